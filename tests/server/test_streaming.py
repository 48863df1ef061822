"""Rankings that fill while they are made, and naming that nobody asked for."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask import Flask

from neurox_core.engine.running import Order, Outcome, Progress
from neurox_core.rankings import sample as sample_module
from neurox_server.contracts import ConceptsMeta, Job, RankingInfo, RankingMade, StabilityResult
from neurox_server.frames import decode
from neurox_server.settings import Settings

from .conftest import API, Api

CASE = {"name": "capitalisation", "classes": ["Capitalised", "lower"]}
BODY = {"model": "lstm", "method": "average_precision", "label": CASE}


class ByHand:
    """An engine whose jobs a test runs, ends and counts."""

    def __init__(self) -> None:
        self.orders: list[Order] = []
        self.cancelled: list[str] = []

    def submit(self, order: Order) -> None:
        self.orders.append(order)

    def cancel(self, job: str) -> None:
        self.cancelled.append(job)

    def close(self) -> None:
        pass

    def of(self, kind: str) -> list[Order]:
        """Orders of a kind, in the order in which they came."""
        return [order for order in self.orders if order.kind == kind]


@pytest.fixture
def hand() -> ByHand:
    return ByHand()


@pytest.fixture
def prepared(serve: Callable[..., Flask], settings: Settings) -> Api:
    api = Api(serve(settings).test_client())
    assert api.extracted()["state"] == "done"
    return api


def test_a_ranking_is_told_while_it_is_made(prepared: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample_module, "PREVIEW_EVERY", 0.0)
    heard: list[Job] = []
    jobs = prepared.client.application.extensions["neurox"].jobs
    monkeypatch.setattr(jobs, "_publish", heard.append)
    monkeypatch.setattr("neurox_server.jobs._TOLD_EVERY", -1.0)
    started = Job.model_validate(prepared.post("/projects/tiny/rankings", BODY, 202))
    assert isinstance(started.result, RankingMade) and started.result.preview is None
    ended = prepared.wait(started.id)
    info = RankingInfo.model_validate(prepared.post("/projects/tiny/rankings", BODY))
    assert started.result.ranking == info.id == ended["result"]["ranking"]
    assert ended["result"]["preview"] is None
    answer = prepared.client.get(f"{API}/projects/tiny/rankings/{info.id}/order?label=lower")
    arrays, _ = decode(answer.data)
    shown = [j.result.preview for j in heard if isinstance(j.result, RankingMade)]
    known = [p for p in shown if p is not None]
    assert known and known[-1].known == info.neurons == 32
    assert sum(layer.width for layer in known[-1].layers) == info.neurons
    first = known[-1].labels["lower"]
    assert first.order == arrays["order"].tolist()[:30]
    np.testing.assert_allclose(first.scores, arrays["scores"][first.order], rtol=1e-6)


def test_a_ranking_that_is_being_made_has_an_address(
    serve: Callable[..., Flask], settings: Settings, prepared: Api, hand: ByHand
) -> None:
    mine = Api(serve(settings, hand).test_client())
    job = mine.post("/projects/tiny/rankings", BODY, 202)
    made = job["result"]["ranking"]
    answer = mine.get(f"/projects/tiny/rankings/{made}", 409)
    assert answer["error"]["code"] == "not_ready" and answer["error"]["job"] == job["id"]
    partial = {
        "order": [3, 1], "scores": [0.5, 0.25], "known": 2, "note": "2 of 32", "labels": {},
        "layers": [{"address": "encoder.0.rnn_hidden", "width": 16}],
    }  # fmt: skip
    (order,) = hand.of("rank")
    order.on_progress(Progress(2, 32, "", {"ranking": made, "preview": partial}))
    assert mine.get(f"/jobs/{job['id']}")["result"]["preview"]["order"] == [3, 1]
    order.on_end(Outcome("cancelled"))
    mine.get(f"/projects/tiny/rankings/{made}", 404)
    assert mine.get("/projects/tiny/rankings")["rankings"] == []
    again = mine.post("/projects/tiny/rankings", BODY, 202)
    assert again["id"] != job["id"] and again["result"]["preview"] is None


def test_stability_counts_resamples(prepared: Api) -> None:
    body = {"model": "lstm", "method": "mean_selectivity", "label": CASE}
    prepared.wait(prepared.post("/projects/tiny/rankings", body, 202)["id"])
    made = prepared.post("/projects/tiny/rankings", body)["id"]
    job = prepared.post(
        f"/projects/tiny/rankings/{made}/stability", {"resamples": 4, "k": 3}, 202
    )  # fmt: skip
    result = StabilityResult.model_validate(prepared.wait(job["id"])["result"])
    assert result.complete and result.resamples == len(result.overlaps) == 4


# --- naming by itself ---------------------------------------------------------------------------


@pytest.fixture
def own(settings: Settings) -> Settings:
    """Of a server that begins by itself."""
    return replace(settings, auto_extract=True)


def test_neurons_are_named_once_the_activations_are_there(
    serve: Callable[..., Flask], own: Settings
) -> None:
    api = Api(serve(own).test_client())
    api.get("/projects/tiny")
    api.wait(api.get("/jobs")["jobs"][0]["id"])
    until = time.monotonic() + 20
    while len(jobs := [j for j in api.get("/jobs")["jobs"] if j["kind"] == "concepts"]) < 2:
        assert time.monotonic() < until, "nobody has the neurons named"
        time.sleep(0.02)
    assert {j["title"] for j in jobs} == {
        "Name the encoder neurons of An LSTM", "Name the decoder neurons of An LSTM",
    }  # fmt: skip
    for job in jobs:
        assert api.wait(job["id"])["state"] == "done"
    answer = api.client.get(f"{API}/projects/tiny/models/lstm/concepts?stack=decoder")
    assert ConceptsMeta.model_validate(decode(answer.data)[1]).made
    api.get("/projects/tiny")
    assert len([j for j in api.get("/jobs")["jobs"] if j["kind"] == "concepts"]) == 2


@pytest.mark.parametrize("moved", [False, True])
def test_a_new_server_finds_the_names_that_are_there(
    serve: Callable[..., Flask], own: Settings, prepared: Api, hand: ByHand, moved: bool
) -> None:
    work = prepared.client.application.extensions["neurox"].work
    project = prepared.client.application.extensions["neurox"].projects["tiny"]
    for stack in ("encoder", "decoder"):
        path = work.names.path(project, "lstm", stack)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"names")
    if moved:
        place = own.workspace.rename(own.workspace.with_name("elsewhere"))
        own = replace(own, workspace=place)
    api = Api(serve(own, hand).test_client())
    api.get("/projects/tiny")
    assert hand.orders == []


def test_naming_that_was_cancelled_waits_for_the_button(
    serve: Callable[..., Flask], own: Settings, prepared: Api, hand: ByHand
) -> None:
    api = Api(serve(own, hand).test_client())
    api.get("/projects/tiny")
    first, second = hand.of("concepts")
    assert first.background and second.background and not hand.of("extract")
    assert api.client.delete(f"{API}/jobs/{first.job}").status_code == 200
    first.on_end(Outcome("cancelled"))
    api.get("/projects/tiny")
    assert len(hand.of("concepts")) == 2
    path = "/projects/tiny/models/lstm/concepts?stack=encoder"
    meta = ConceptsMeta.model_validate(decode(api.client.get(API + path).data)[1])
    assert not meta.made and meta.job == first.job
    api.post("/projects/tiny/concepts", {"model": "lstm"}, 202)
    assert not hand.of("concepts")[2].background


def test_names_of_neurons_outlive_labels_that_are_added(prepared: Api) -> None:
    def names(stack: str) -> ConceptsMeta:
        answer = prepared.client.get(f"{API}/projects/tiny/models/lstm/concepts?stack={stack}")
        return ConceptsMeta.model_validate(decode(answer.data)[1])

    for stack in ("encoder", "decoder"):
        asked = prepared.post("/projects/tiny/concepts", {"model": "lstm", "stack": stack}, 202)
        assert prepared.wait(asked["id"])["state"] == "done"
    files = "/projects/tiny/label-files"
    places = {"form": "words", "name": "places", "content": "town\nhe\n", "file": "places.txt"}
    added = prepared.post(files, places, 201)
    assert (names("encoder").made, names("encoder").lacks) == (True, ["places"])
    # Labels of the source say nothing new of what the decoder writes.
    assert (names("decoder").made, names("decoder").lacks) == (True, [])
    asked = prepared.post("/projects/tiny/concepts", {"model": "lstm"}, 202)
    assert prepared.wait(asked["id"])["state"] == "done"
    assert names("encoder").lacks == []
    prepared.client.delete(f"{API}{files}/{added['id']}")
    assert (names("encoder").made, names("encoder").lacks) == (True, [])


def test_work_in_the_background_gives_way(
    serve: Callable[..., Flask], own: Settings, prepared: Api, hand: ByHand
) -> None:
    api = Api(serve(own, hand).test_client())
    api.get("/projects/tiny")
    first, second = hand.of("concepts")
    first.on_progress(Progress(5, 16, "comparing"))
    asked = api.post("/projects/tiny/rankings", BODY, 202)
    assert hand.cancelled == [first.job, second.job]
    first.on_end(Outcome("cancelled"))
    waiting = api.get(f"/jobs/{first.job}")
    assert waiting["state"] == "queued" and "other work" in waiting["message"]
    assert [o.job for o in hand.orders][-2:] == [asked["id"], first.job]
    again = hand.orders[-1]
    assert again.background
    again.on_end(Outcome("done", {"path": "x"}))
    assert api.get(f"/jobs/{first.job}")["state"] == "done"


def test_an_idle_server_stays_idle_if_told_so(prepared: Api) -> None:
    prepared.get("/projects/tiny")
    assert {j["kind"] for j in prepared.get("/jobs")["jobs"]} == {"extract"}


def test_a_background_job_in_a_process_is_started_again(tmp_path: Path) -> None:
    """What the cluster has to keep apart: the order that gave way, and the one in its place."""
    from neurox_core.engine.cluster import DaskEngine

    engine = DaskEngine()
    old, new, ended = object(), object(), list[Any]()
    order = Order("job", "extract", {}, lambda p: None, ended.append, background=True)
    engine._orders["job"] = (order, new)
    engine._drop("job", old)
    engine._came_back("job", old)
    assert ended == [] and engine._orders["job"] == (order, new)
    engine.close()
