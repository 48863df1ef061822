"""Jobs: one for each question, progress, cancel, restart; and what waits for their results."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask import Flask

from neurox_core.engine import tasks
from neurox_core.engine.running import Order, Outcome
from neurox_core.engine.threads import ThreadEngine
from neurox_core.errors import CancelledError
from neurox_server.contracts import Job, NeuronInfo, RankingInfo
from neurox_server.frames import decode
from neurox_server.jobs import is_alive, owner_name
from neurox_server.records import RecordsError
from neurox_server.settings import Settings

from .conftest import API, Api

LAYERS = [
    "encoder.0.rnn_hidden",
    "encoder.1.rnn_hidden",
    "decoder.0.rnn_hidden",
    "decoder.1.rnn_hidden",
]


class Silent:
    """An engine that never begins: what a server that was killed leaves behind."""

    def __init__(self) -> None:
        self.orders: list[Order] = []

    def submit(self, order: Order) -> None:
        self.orders.append(order)

    def cancel(self, job: str) -> None:
        pass

    def close(self) -> None:
        pass


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Makes extraction a job of a hundred small steps that stops at an event or when cancelled."""
    go_on = threading.Event()

    def extract(parameters: Any, reporter: tasks.Reporter) -> dict[str, Any]:
        for step in range(100):
            if reporter.cancelled():
                raise CancelledError("stopped")
            reporter.progress(step + 1, 100, "working")
            if not go_on.is_set():
                time.sleep(0.02)
        return {"path": parameters["path"]}

    monkeypatch.setattr(tasks, "extract", extract)
    return go_on


def test_extraction_from_question_to_neuron(api: Api, app: Flask) -> None:
    error = api.get("/projects/tiny/models/lstm/neurons/encoder.1.rnn_hidden[3]", 409)["error"]
    assert error["code"] == "not_ready"
    job = api.wait(error["job"])
    assert (job["state"], job["kind"], job["project"], job["error"]) == (
        "done",
        "extract",
        "tiny",
        None,
    )
    assert (job["done"], job["total"], job["unit"]) == (8, 8, "sentences")
    assert job["finished"] >= job["created"]
    models = api.get("/projects/tiny")["models"]
    assert models[0]["extracted"] == LAYERS and models[1]["extracted"] == []
    found = NeuronInfo.model_validate(
        api.get("/projects/tiny/models/lstm/neurons/encoder.1.rnn_hidden[3]")
    )
    assert found.minimum <= found.mean <= found.maximum
    assert sum(found.histogram.counts) == found.count
    assert len(found.histogram.edges) == len(found.histogram.counts) + 1
    assert found.text == "source" and found.top_words and found.highest
    for place in found.highest + found.lowest:
        assert len(place.words) == len(place.spaces) == len(place.values)
        assert place.values[place.word] == pytest.approx(place.value)
    assert found.highest[0].value >= found.highest[-1].value >= found.lowest[0].value
    texts = {"sentence": 0, "words": ["He", "left", "."]}
    assert all(p.words == texts["words"] for p in found.highest if p.sentence == texts["sentence"])


def test_statistics_come_with_activations_once_recorded(api: Api) -> None:
    body = {
        "model": "lstm",
        "neurons": ["encoder.1.rnn_hidden[3]", "encoder.0.embed[0]"],
        "sentences": [0],
    }

    def meta() -> dict[str, Any]:
        answer = api.client.post(f"{API}/projects/tiny/activations", json=body)
        return decode(answer.data)[1]

    assert meta()["mean"] == [None, None]
    api.extracted()
    known = meta()
    assert known["minimum"][0] <= known["mean"][0] <= known["maximum"][0]
    assert known["deviation"][0] > 0
    assert known["mean"][1] is None
    # The model can now be set to its own means.
    change = {
        "neurons": ["encoder.1.rnn_hidden[3]"],
        "operation": "set",
        "value": 2.0,
        "unit": "sigma",
    }
    request = {
        "project": "tiny",
        "model": "lstm",
        "sentences": [0],
        "settings": [{"interventions": [change]}],
    }
    assert api.post("/projects/tiny/translate", request)["items"]


def test_the_same_question_finds_the_same_job(api: Api, slow: threading.Event) -> None:
    first = api.post("/projects/tiny/extract", {"model": "lstm"}, 202)
    again = api.post("/projects/tiny/extract", {"model": "lstm"}, 202)
    other = api.post("/projects/tiny/extract", {"model": "marian"}, 202)
    assert first["id"] == again["id"] != other["id"]
    slow.set()
    assert api.wait(first["id"])["state"] == api.wait(other["id"])["state"] == "done"
    assert {j["id"] for j in api.get("/jobs")["jobs"]} == {first["id"], other["id"]}


def test_a_finished_job_answers_from_the_records(api: Api) -> None:
    done = api.extracted()
    again = api.post("/projects/tiny/extract", {"model": "lstm"}, 202)
    assert again["id"] == done["id"] and again["state"] == "done"


def test_start_tells_where_to_look(api: Api, slow: threading.Event) -> None:
    answer = api.client.post(f"{API}/projects/tiny/extract", json={"model": "lstm"})
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"{API}/jobs/{answer.get_json()['id']}"
    assert api.client.get(answer.headers["Location"]).status_code == 200
    slow.set()


def test_progress_and_estimate(api: Api, slow: threading.Event) -> None:
    job = api.post("/projects/tiny/extract", {"model": "lstm"}, 202)
    seen = []
    while (now := api.get(f"/jobs/{job['id']}"))["done"] < 20:
        seen.append(now["done"])
        time.sleep(0.02)
    assert seen == sorted(seen)
    assert now["state"] == "running" and now["total"] == 100 and now["message"] == "working"
    assert now["eta_seconds"] > 0
    slow.set()
    assert api.wait(job["id"])["eta_seconds"] is None


def test_cancel(api: Api, slow: threading.Event) -> None:
    job = api.post("/projects/tiny/extract", {"model": "lstm"}, 202)
    api.wait(job["id"], "running")
    answer = api.client.delete(f"{API}/jobs/{job['id']}")
    assert answer.status_code == 200 and answer.get_json()["cancelling"]
    ended = api.wait(job["id"])
    assert ended["state"] == "cancelled" and ended["done"] < 100 and not ended["cancelling"]
    # It is not begun again behind the person's back, but when asked to.
    error = api.post("/projects/tiny/rankings", {"model": "lstm", "method": "variance"}, 409)[
        "error"
    ]
    assert error["job"] == job["id"] and "cancelled" in error["message"]
    slow.set()
    fresh = api.post("/projects/tiny/extract", {"model": "lstm"}, 202)
    assert fresh["id"] != job["id"] and api.wait(fresh["id"])["state"] == "done"
    # A finished job stays finished.
    api.client.delete(f"{API}/jobs/{fresh['id']}")
    assert api.get(f"/jobs/{fresh['id']}")["state"] == "done"


class Reluctant(Silent):
    """An engine whose cancelled jobs stop only when a test says so."""

    def end(self, number: int, state: Any) -> None:
        """Have one of the orders end."""
        self.orders[number].on_end(Outcome(state, {"path": "somewhere"}))


def test_asked_while_it_is_being_cancelled_a_job_begins_anew_after_it(
    serve: Callable[..., Flask],
) -> None:
    engine = Reluctant()
    api = Api(serve(engine=engine).test_client())

    def ask() -> Any:
        return api.post("/projects/tiny/extract", {"model": "lstm"}, 202)

    old = ask()
    assert api.client.delete(f"{API}/jobs/{old['id']}").get_json()["cancelling"]
    fresh = ask()
    assert fresh["id"] != old["id"] and fresh["state"] == "queued" and not fresh["cancelling"]
    assert "has stopped" in fresh["message"]
    assert ask()["id"] == fresh["id"]
    # Both would write the same files: the new one waits.
    assert [o.job for o in engine.orders] == [old["id"]]
    engine.end(0, "cancelled")
    assert api.get(f"/jobs/{old['id']}")["state"] == "cancelled"
    assert [o.job for o in engine.orders] == [old["id"], fresh["id"]]
    assert "has stopped" not in api.get(f"/jobs/{fresh['id']}")["message"]
    engine.end(1, "done")
    assert api.get(f"/jobs/{fresh['id']}")["state"] == "done"


def test_a_job_that_waits_for_a_cancelled_one_can_be_cancelled_itself(
    serve: Callable[..., Flask],
) -> None:
    engine = Reluctant()
    api = Api(serve(engine=engine).test_client())
    ids = []
    for _ in range(2):
        ids.append(api.post("/projects/tiny/extract", {"model": "lstm"}, 202)["id"])
        api.client.delete(f"{API}/jobs/{ids[-1]}")
    assert api.get(f"/jobs/{ids[1]}")["state"] == "cancelled"  # It had nothing to stop.
    assert api.get(f"/jobs/{ids[0]}")["cancelling"]
    third = api.post("/projects/tiny/extract", {"model": "lstm"}, 202)
    engine.end(0, "cancelled")
    assert [o.job for o in engine.orders] == [ids[0], third["id"]]


def test_a_job_that_is_cancelled_as_its_turn_comes_does_not_begin(
    serve: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Reluctant()
    app = serve(engine=engine)
    api, jobs = Api(app.test_client()), app.extensions["neurox"].jobs
    old = api.post("/projects/tiny/extract", {"model": "lstm"}, 202)
    api.client.delete(f"{API}/jobs/{old['id']}")
    waiting = api.post("/projects/tiny/extract", {"model": "lstm"}, 202)
    end = jobs._end

    def late(*told: Any) -> None:
        """The first job stops after the second was cancelled, and before that has ended."""
        monkeypatch.undo()
        engine.end(0, "cancelled")
        end(*told)

    monkeypatch.setattr(jobs, "_end", late)
    api.client.delete(f"{API}/jobs/{waiting['id']}")
    assert api.get(f"/jobs/{waiting['id']}")["state"] == "cancelled"
    assert [o.job for o in engine.orders] == [old["id"]]


def test_a_task_that_fails_says_why(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def extract(parameters: Any, reporter: Any) -> dict[str, Any]:
        raise ZeroDivisionError("of something")

    monkeypatch.setattr(tasks, "extract", extract)
    job = api.extracted()
    assert job["state"] == "failed"
    assert "ZeroDivisionError" in job["error"]["message"]
    assert api.get("/jobs")["jobs"][0]["state"] == "failed"


def test_jobs_survive_a_restart(serve: Callable[..., Flask], settings: Settings) -> None:
    first = Api(serve().test_client())
    done = first.extracted()
    second = Api(serve().test_client())
    assert second.get(f"/jobs/{done['id']}") == done
    assert second.post("/projects/tiny/extract", {"model": "lstm"}, 202)["id"] == done["id"]


def test_an_unfinished_job_goes_on_after_a_restart(
    serve: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = serve(engine=Silent())
    job = Api(killed.test_client()).post("/projects/tiny/extract", {"model": "lstm"}, 202)
    assert job["state"] == "queued"
    after = Api(serve(engine=ThreadEngine()).test_client())
    found = after.wait(job["id"])
    assert found["state"] == "done" and found["created"] == job["created"]


def test_a_job_that_was_being_cancelled_does_not_go_on_after_a_restart(
    serve: Callable[..., Flask],
) -> None:
    killed = Api(serve(engine=Silent()).test_client())
    job = killed.post("/projects/tiny/extract", {"model": "lstm"}, 202)
    assert not job["cancelling"]
    killed.client.delete(f"{API}/jobs/{job['id']}")
    assert killed.get(f"/jobs/{job['id']}")["cancelling"]
    after = Api(serve(engine=Silent()).test_client()).get(f"/jobs/{job['id']}")
    assert after["state"] == "cancelled" and not after["cancelling"] and after["finished"]


def test_jobs_of_a_living_server_are_left_alone(
    serve: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = serve(engine=Silent())
    job = Api(other.test_client()).post("/projects/tiny/extract", {"model": "lstm"}, 202)
    monkeypatch.setattr("neurox_server.jobs.owner_name", lambda: "another machine|1|0.0")
    mine = serve(engine=Silent())
    assert mine.extensions["neurox"].jobs._engine.orders == []
    assert Api(mine.test_client()).get(f"/jobs/{job['id']}")["state"] == "queued"


def test_servers_are_told_apart() -> None:
    mine = owner_name()
    assert is_alive(mine)
    host, pid, _ = mine.split("|")
    assert not is_alive(f"{host}|{pid}|1.00")
    assert not is_alive(f"{host}|999999999|1.00")
    assert is_alive("elsewhere|1|1.00")


def test_opening_a_project_starts_recording_once(
    serve: Callable[..., Flask], settings: Settings
) -> None:
    engine = Silent()
    api = Api(serve(replace(settings, auto_extract=True), engine).test_client())
    api.get("/projects/tiny")
    api.get("/projects/tiny")
    assert [o.kind for o in engine.orders] == ["extract"]
    assert engine.orders[0].parameters["layers"] == LAYERS


def test_rankings(api: Api) -> None:
    body = {"model": "lstm", "method": "variance"}
    error = api.post("/projects/tiny/rankings", body, 409)["error"]
    assert error["code"] == "not_ready"
    api.wait(error["job"])
    info = RankingInfo.model_validate(api.post("/projects/tiny/rankings", body))
    assert info.neurons == 64 and [x.address for x in info.layers] == LAYERS
    assert info.signature and info.title
    assert api.post("/projects/tiny/rankings", body)["id"] == info.id
    some = RankingInfo.model_validate(
        api.post("/projects/tiny/rankings", body | {"layers": LAYERS[1:2]})
    )
    assert some.id != info.id and some.neurons == 16
    listed = api.get("/projects/tiny/rankings?model=lstm")["rankings"]
    assert {r["id"] for r in listed} == {info.id, some.id}
    assert api.get("/projects/tiny/rankings?model=marian")["rankings"] == []


def test_the_order_of_a_ranking_agrees_with_the_neurons(api: Api) -> None:
    api.extracted()
    body = {"model": "lstm", "method": "variance", "layers": ["encoder.1.rnn_hidden"]}
    info = api.post("/projects/tiny/rankings", body)
    answer = api.client.get(f"{API}/projects/tiny/rankings/{info['id']}/order")
    arrays, _ = decode(answer.data)
    order, scores = arrays["order"], arrays["scores"]
    assert order.dtype == np.uint32 and sorted(order) == list(range(16))
    assert np.all(np.diff(scores[order]) <= 0)
    deviations = [
        api.get(f"/projects/tiny/models/lstm/neurons/encoder.1.rnn_hidden[{unit}]")["deviation"]
        for unit in range(16)
    ]
    assert list(order) == list(np.argsort(-np.square(deviations), kind="stable"))


def test_a_ranking_as_a_file(api: Api) -> None:
    api.extracted()
    body = {"model": "lstm", "method": "variance", "layers": ["encoder.1.rnn_hidden"]}
    info = api.post("/projects/tiny/rankings", body)
    path = f"{API}/projects/tiny/rankings/{info['id']}"
    arrays, _ = decode(api.client.get(f"{path}/order").data)
    table = api.client.get(f"{path}/export?format=csv")
    assert "attachment" in table.headers["Content-Disposition"]
    lines = table.text.splitlines()
    assert lines[0] == f"# signature: {info['signature']}"
    assert lines[1] == "rank,neuron,score" and len(lines) == 18
    assert lines[2].split(",")[:2] == ["1", f"encoder.1.rnn_hidden[{arrays['order'][0]}]"]
    as_json = api.client.get(f"{path}/export?format=json").get_json()
    assert as_json["neurons"][0]["neuron"] == f"encoder.1.rnn_hidden[{arrays['order'][0]}]"
    assert as_json["signature"] == info["signature"]


@pytest.mark.parametrize(
    ("change", "status", "word"),
    [
        ({"method": "magic"}, 404, "magic"),
        ({"layers": ["encoder.7.rnn_hidden"]}, 422, "encoder.7"),
        ({"layers": ["encoder.0.embed"]}, 422, "not recorded"),
        ({"layers": []}, 422, "layer"),
        ({"model": "none"}, 404, "'none'"),
    ],
)
def test_wrong_ranking_requests(api: Api, change: dict[str, Any], status: int, word: str) -> None:
    api.extracted()
    body = {"model": "lstm", "method": "variance", **change}
    assert word in api.post("/projects/tiny/rankings", body, status)["error"]["message"]


def test_a_damaged_store_is_named_and_made_again(api: Api, settings: Settings) -> None:
    api.extracted()
    (store,) = (settings.workspace / "stores").iterdir()
    chunk = next(
        p for p in sorted((store / "activations").rglob("*")) if p.is_file() and "c" in p.parts[-3:]
    )
    data = bytearray(chunk.read_bytes())
    data[10] ^= 255
    chunk.write_bytes(data)
    job = api.extracted()
    assert job["state"] == "done"
    assert api.get("/projects/tiny/models/lstm/neurons/encoder.1.rnn_hidden[3]")["count"] > 0


def test_a_store_with_a_broken_index_is_told(api: Api, settings: Settings) -> None:
    api.extracted()
    (store,) = (settings.workspace / "stores").iterdir()
    (store / "store.json").write_text("{}")
    path = "/projects/tiny/models/lstm/neurons/encoder.1.rnn_hidden[3]"
    error = api.get(path, 409)["error"]
    assert error["code"] == "store" and str(store) in error["message"]
    assert api.get("/projects/tiny")["models"][0]["extracted"] == []
    assert api.extracted()["state"] == "done"
    assert api.get(path)["count"] > 0


def test_records_that_are_no_database_are_named(
    serve: Callable[..., Flask], settings: Settings
) -> None:
    settings.workspace.mkdir()
    (settings.workspace / "records.sqlite").write_text("not a database, and long enough to tell")
    with pytest.raises(RecordsError, match="records.sqlite"):
        serve()


def test_a_result_of_another_version_is_left_out(app: Flask, api: Api) -> None:
    job = api.post("/projects/tiny/score", {"model": "lstm", "interventions": []}, 202)
    api.wait(job["id"])
    records = app.extensions["neurox"].jobs._records
    record = records.job(job["id"])
    record.result = {"bleu": 12}
    records.put(record)
    found = api.get(f"/jobs/{job['id']}")
    assert found["state"] == "done" and found["result"] is None


def test_a_job_is_a_contract(api: Api) -> None:
    assert Job.model_validate(api.extracted()).result is None


def test_the_workspace_holds_no_pickle(api: Api, settings: Settings) -> None:
    api.extracted()
    api.post("/projects/tiny/rankings", {"model": "lstm", "method": "variance"})
    files = [p for p in Path(settings.workspace).rglob("*") if p.is_file()]
    assert files and not [p for p in files if p.suffix in (".pkl", ".pickle", ".pt")]
