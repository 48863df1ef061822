"""Socket.IO: live answers, old requests dropped, news of jobs, and who may connect."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask_socketio import SocketIOTestClient

from neurox_server.contracts import ErrorBody, Job, TranslateResponse
from neurox_server.settings import Settings
from neurox_server.sockets import Turns

from .conftest import Api

BODY = {"project": "tiny", "model": "lstm", "texts": ["He left."], "request": 3}
NOT_A_NUMBER = {
    "neurons": ["encoder.1.rnn_hidden[1]"], "operation": "set", "value": float("nan")
}  # fmt: skip


def connected(app: Flask, **options: Any) -> SocketIOTestClient:
    """A Socket.IO client of an application."""
    return app.extensions["socketio"].test_client(
        app, flask_test_client=app.test_client(), **options
    )


def test_translate_answers_as_over_http(shared: Flask, reader: Api) -> None:
    told = connected(shared).emit("translate", BODY, callback=True)
    live = TranslateResponse.model_validate(told)
    http = TranslateResponse.model_validate(reader.post("/projects/tiny/translate", BODY))
    assert live.request == 3 and not live.superseded
    assert live.items == http.items


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (None, 422), ("text", 422), ({}, 422), (BODY | {"beams": "many"}, 422),
        (BODY | {"texts": ["a\0"]}, 422), (BODY | {"texts": [""]}, 422),
        (BODY | {"model": "none"}, 404), (BODY | {"project": "none"}, 404),
        (BODY | {"settings": [{"interventions": [NOT_A_NUMBER]}]}, 422),
    ],
)  # fmt: skip
def test_wrong_requests_are_told_and_the_connection_lives(
    shared: Flask, body: Any, status: int
) -> None:
    client = connected(shared)
    error = ErrorBody.model_validate(client.emit("translate", body, callback=True))
    assert error.status == status and error.error.message
    assert client.is_connected()
    assert client.emit("translate", BODY, callback=True)["items"]


def test_a_burst_computes_the_first_and_the_newest() -> None:
    turns, computed, superseded = Turns(), [], []
    started, go_on = threading.Event(), threading.Event()

    def ask(number: int) -> None:
        with turns.turn(number) as wanted:
            if not wanted:
                superseded.append(number)
                return
            computed.append(number)
            started.set()
            go_on.wait(5)

    threads = [threading.Thread(target=ask, args=(0,))]
    threads[0].start()
    assert started.wait(5)
    for number in range(1, 6):
        threads.append(threading.Thread(target=ask, args=(number,)))
        threads[-1].start()
        until = time.monotonic() + 5
        while len(superseded) < number - 1 and time.monotonic() < until:
            time.sleep(0.001)
        # Each newcomer sends the one that waited home at once, while the first is still computed.
        assert superseded == list(range(1, number))
    go_on.set()
    for thread in threads:
        thread.join(5)
    assert computed == [0, 5]


def test_a_late_old_request_does_not_displace_a_newer_one() -> None:
    turns = Turns()
    with turns.turn(7) as newest:
        assert newest
    with turns.turn(5) as late:
        assert not late
    with turns.turn(8) as next_one:
        assert next_one


def test_a_failed_request_gives_its_turn_back() -> None:
    turns = Turns()
    with pytest.raises(RuntimeError), turns.turn(1):
        raise RuntimeError
    with turns.turn(2) as wanted:
        assert wanted


def test_jobs_are_told_to_every_page(app: Flask, api: Api) -> None:
    clients = [connected(app), connected(app)]
    job = api.post("/projects/tiny/extract", {"model": "lstm"}, 202)
    api.wait(job["id"])
    for client in clients:
        until, states = time.monotonic() + 5, []
        while "done" not in states and time.monotonic() < until:
            news = [
                Job.model_validate(m["args"][0])
                for m in client.get_received()
                if m["name"] == "job"
            ]
            states += [n.state for n in news if n.id == job["id"]]
        assert states[0] == "queued" and states[-1] == "done"


TOKEN = "correct-horse-battery-staple"


@pytest.mark.parametrize(
    ("options", "welcome"),
    [
        ({}, False),
        ({"auth": {"token": "wrong"}}, False),
        ({"auth": {"token": TOKEN}}, True),
        ({"query_string": f"token={TOKEN}"}, True),
        ({"headers": {"Authorization": f"Bearer {TOKEN}"}}, True),
    ],
)
def test_the_token_is_asked_for(
    serve: Callable[..., Flask], settings: Settings, options: dict[str, Any], welcome: bool
) -> None:
    app = serve(replace(settings, host="0.0.0.0", token=TOKEN))
    assert connected(app, **options).is_connected() == welcome
