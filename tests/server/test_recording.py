"""What recording takes is told before it begins, and a server's budget is kept."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from neurox_core.activations import budget, layout, open_store
from neurox_core.corpora import Corpus
from neurox_core.engine.recording import is_small
from neurox_core.models.card import ModelCard
from neurox_server import recording, work
from neurox_server.settings import Settings

from .conftest import Api
from .test_creation import TEXT
from .test_jobs import Silent

COST = "/projects/tiny/models/lstm/recording"


@pytest.fixture
def poor(settings: Settings, serve: Callable[..., Flask]) -> Api:
    """A server on which nothing may be recorded."""
    return Api(serve(replace(settings, max_store_size=50_000)).test_client())


def test_what_is_told_is_what_is_written(api: Api, settings: Settings) -> None:
    told = api.get(COST)
    assert told["exact"] and not told["recorded"] and told["refused"] is None
    assert told["max_bytes"] is None and told["free_bytes"] > 0 and told["seconds"] > 0
    assert api.get("/jobs")["jobs"] == [], "asking starts nothing"
    assert not list(settings.workspace.glob("neurox-*"))
    api.extracted()
    (index,) = settings.workspace.glob("**/store.json")
    store = open_store(index.parent)
    assert told["tokens"] == {s: len(store.tokens(s)) for s in ("encoder", "decoder")}
    assert told["neurons"] == sum(store.layers.values()) and told["sentences"] == store.sentences
    written = sum(f.stat().st_size for f in store.path.rglob("*") if f.is_file())
    assert 0.5 * told["bytes"] < written <= told["bytes"]
    assert api.get(COST)["recorded"] is True


def test_it_is_measured_once(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    first = api.get(COST)

    def again(*args: Any) -> None:
        raise AssertionError("measured twice")

    monkeypatch.setattr(recording, "expected", again)
    assert api.get(COST)["seconds"] == first["seconds"]


def test_a_disk_without_room_for_a_trial_is_told(
    api: Api, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "free_bytes", lambda root: (root, 1000))
    error = api.get(COST, 409)["error"]
    assert error["code"] == "store" and "Make room on its disk" in error["message"]
    assert "neurox-estimate" not in error["message"] and "max_bytes" not in error["message"]


def test_a_budget_is_kept_and_told_with_the_way_out(
    poor: Api, settings: Settings, serve: Callable[..., Flask]
) -> None:
    told = poor.get(COST)
    assert told["max_bytes"] == 50_000
    for part in ("would take", "the budget is 50.0 kB", "max_store_size", "fewer sentences"):
        assert part in told["refused"]
    job = poor.extracted()
    assert job["state"] == "failed" and job["error"]["code"] == "disk_budget"
    # The tried and the counted size are the same for a text this short.
    assert job["error"]["message"] == told["refused"]
    assert not list(settings.workspace.glob("**/store.json"))
    body = {"model": "lstm", "method": "variance"}
    error = poor.post("/projects/tiny/rankings", body, 409)["error"]
    assert "budget is 50.0 kB" in error["message"]

    rich = Api(serve(replace(settings, max_store_size=100_000_000)).test_client())
    assert rich.get(COST)["refused"] is None
    assert rich.extracted()["state"] == "done"


def test_a_full_disk_is_told_before(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    api.get(COST)
    small = budget.shutil.disk_usage("/")._replace(free=1000)
    monkeypatch.setattr(budget.shutil, "disk_usage", lambda path: small)
    told = api.get(COST)
    assert told["free_bytes"] == 1000 and "1.0 kB are free at" in told["refused"]


def test_a_workspace_that_cannot_be_written_is_told(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    # When the folder of the trial is made, and while the trial is written.
    for place, name in ((budget.tempfile, "mkdtemp"), (layout, "write_arrays")):
        for code, said in (
            (errno.ENOSPC, "(No space left on device). Make room on its disk."),
            (errno.EROFS, "(Read-only file system). Whoever runs it has to let it write"),
        ):

            def fails(*args: Any, code: int = code, **options: Any) -> None:
                raise OSError(code, os.strerror(code))

            with monkeypatch.context() as patched:
                patched.setattr(place, name, fails)
                error = api.get(COST, 409)["error"]
            assert error["code"] == "store" and said in error["message"]


def test_an_estimate_near_the_budget_leaves_the_last_word_to_the_job(
    api: Api, tmp_path: Path
) -> None:
    from neurox_core.activations import Estimate
    from neurox_core.engine.recording import certain_refusal

    def of(exact: bool) -> Estimate:
        return Estimate(1000, 10, {"encoder": 1}, 1_050_000, 1.0, exact)

    assert certain_refusal(of(False), tmp_path, 1_000_000) is None
    assert "1.1 MB" in str(certain_refusal(of(True), tmp_path, 1_000_000))
    assert "1.1 MB" in str(certain_refusal(of(False), tmp_path, 900_000))


def test_wrong_names_are_no_failure(api: Api) -> None:
    for path in ("/projects/none/models/lstm/recording", "/projects/tiny/models/none/recording"):
        assert api.get(path, 404)["error"]["code"] == "unknown_name"


def test_a_project_that_is_not_made_yet(
    poor: Api, recurrent_folder: Path, settings: Settings
) -> None:
    model = str(recurrent_folder.resolve())
    (told,) = poor.post("/recording", {"models": [model], "sources": TEXT})["models"]
    assert told["sentences"] == 2 and "max_store_size" in told["refused"]
    assert [p["id"] for p in poor.get("/projects")["projects"]] == ["tiny"]
    assert not (settings.workspace / "projects").exists()
    long = "He left. " * 300
    error = poor.post("/recording", {"models": [model], "sources": f"{long}\tIl est parti."}, 422)
    assert error["error"]["code"] == "text_too_long"
    error = poor.post("/recording", {"models": [model], "sources": "a\tb\nc"}, 422)["error"]
    assert "Line 2: the reference is empty" in error["message"]
    assert poor.post("/recording", {"models": ["no-such"], "sources": TEXT}, 404)
    assert poor.post("/recording", {"models": [], "sources": TEXT}, 422)


def test_naming_folders_needs_leave(settings: Settings, serve: Callable[..., Flask]) -> None:
    closed = Api(serve(replace(settings, new_projects=False)).test_client())
    assert closed.post("/recording", {"models": ["/"], "sources": TEXT}, 403)
    closed.get(COST)


def test_what_takes_long_waits_for_a_word(
    settings: Settings, serve: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "is_small", lambda *facts: False)
    api = Api(serve(replace(settings, auto_extract=True)).test_client())
    neuron = "/projects/tiny/models/lstm/neurons/encoder.1.rnn_hidden[3]"
    api.get("/projects/tiny")
    error = api.get(neuron, 409)["error"]
    assert (error["code"], error["where"], error["job"]) == ("unrecorded", "lstm", None)
    assert "not begun unasked" in error["message"]
    assert (
        api.post("/projects/tiny/rankings", {"model": "lstm", "method": "variance"}, 409)["error"][
            "code"
        ]
        == "unrecorded"
    )
    assert api.get("/jobs")["jobs"] == [], "neither opening nor looking starts it"
    # Agreed to once, it is recorded, and everything goes on as ever.
    assert api.extracted()["state"] == "done"
    assert api.get(neuron)["address"] == "encoder.1.rnn_hidden[3]"


def test_who_looks_while_it_is_recorded_is_told_the_job(
    settings: Settings, serve: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "is_small", lambda *facts: False)
    api = Api(serve(settings, Silent()).test_client())
    job = api.post("/projects/tiny/extract", {"model": "lstm"}, 202)["id"]
    error = api.get("/projects/tiny/models/lstm/neurons/encoder.1.rnn_hidden[3]", 409)["error"]
    assert (error["code"], error["job"]) == ("not_ready", job)


@pytest.mark.parametrize(
    ("sentences", "parameters", "small"),
    [(600, 5_500_000, True), (200, 75_000_000, True), (5000, 75_000_000, False),
     (200, 7_000_000_000, False)],
)  # fmt: skip
def test_a_moment_is_guessed_from_sizes_alone(sentences: int, parameters: int, small: bool) -> None:
    layers = {f"{stack}.{i}.resid_post": 512 for stack in ("encoder", "decoder") for i in range(6)}
    card = ModelCard("x", "en", "fr", "f", parameters, 512, layers)
    line = "A sentence of the usual length, which has some twenty words in it, and then it ends."
    corpus = Corpus("made up", [line] * sentences, [line] * sentences)
    assert is_small(card, corpus, list(layers)) is small
    # Many wide layers take room, however quick the model is.
    wide = dict.fromkeys(layers, 50_000)
    card = replace(card, sites=wide, parameters=1000)
    assert not is_small(card, corpus.take(range(200)), list(wide))


def test_room_for_each_model_is_not_room_for_all(
    api: Api, project_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = [str(project_file.parent / name) for name in ("lstm", "marian")]
    body = {"models": models, "sources": TEXT}
    told = api.post("/recording", body)
    assert told["together"] is None
    each = [one["bytes"] for one in told["models"]]
    some = budget.shutil.disk_usage("/")._replace(free=max(each) + 1)
    monkeypatch.setattr(budget.shutil, "disk_usage", lambda path: some)
    told = api.post("/recording", body)
    assert [one["refused"] for one in told["models"]] == [None, None]
    assert "all 2 models would take" in told["together"] and "fewer models" in told["together"]
    assert api.post("/recording", body | {"models": models[:1]})["together"] is None
