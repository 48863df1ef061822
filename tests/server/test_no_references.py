"""A project of a translator whose text has no references: the decoder writes its own output."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from flask import Flask

from neurox_core.activations import open_store
from neurox_core.engine.sources import lend_samples
from neurox_core.interventions import ReferenceValues
from neurox_core.models.registry import load_model
from neurox_server import creation
from neurox_server.frames import decode
from neurox_server.settings import Settings

from .conftest import API, Api

TEXTS = ["He left.", "She reads a book in the garden.", "The men are here."]
NEURON = "decoder.1.rnn_hidden[3]"


@pytest.fixture
def plain(
    recurrent_folder: Path, tmp_path: Path, settings: Settings, serve: Callable[..., Flask]
) -> Api:
    (tmp_path / "model").symlink_to(recurrent_folder)
    (tmp_path / "text.txt").write_text("\n".join(TEXTS) + "\n", encoding="utf-8")
    values = {"id": "plain", "title": "Plain", "models": [{"name": "lstm", "path": "model"}],
              "corpus": "text.txt"}  # fmt: skip
    (tmp_path / "plain.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    chosen = replace(settings, projects=(tmp_path / "plain.yaml",))
    return Api(serve(chosen).test_client())


def test_the_decoder_is_recorded_on_what_the_model_writes(
    plain: Api, settings: Settings, recurrent_folder: Path
) -> None:
    assert plain.get("/projects/plain")["corpus"]["references"] is False
    assert plain.extracted("plain")["state"] == "done"
    own = [t.text for t in load_model(recurrent_folder).translate(TEXTS)]
    (index,) = settings.workspace.glob("**/store.json")
    store = open_store(index.parent)
    assert store.texts("decoder") == own and store.texts("encoder") == TEXTS
    found = plain.get(f"/projects/plain/models/lstm/neurons/{NEURON}")
    assert found["text"] == "translation"
    named = plain.get("/projects/plain/models/lstm/neurons/encoder.1.rnn_hidden[3]")
    assert named["text"] == "source"
    assert plain.get("/projects/plain/labels?side=reference")["labels"] == []


def test_the_job_names_every_line_that_is_too_long(
    api: Api, recurrent_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(creation, "CHECKED", 3)  # A longer text is looked at by the job.
    long = "He left. " * 300
    body = {"title": "a", "models": [str(recurrent_folder.resolve())],
            "sources": f"He left.\n{long}\nShe reads.\n{long}\n"}  # fmt: skip
    made = api.post("/projects", body, 201)
    job = api.extracted(made["id"], recurrent_folder.name)
    assert job["state"] == "failed" and job["error"]["code"] == "text_too_long"
    # As they were typed, and before one sentence was translated.
    assert ": line 2 has " in job["error"]["message"] and "; line 4 has " in job["error"]["message"]
    assert job["done"] == 0


def test_no_view_forces_the_source_on_the_decoder(plain: Api) -> None:
    body = {"model": "lstm", "neurons": [NEURON], "text": "reference", "sentences": [1]}
    answer = plain.client.post(f"{API}/projects/plain/activations", json=body)
    _, meta = decode(answer.data)
    asked: dict[str, Any] = {"project": "plain", "model": "lstm", "sentences": [1], "request": 1,
                             "settings": []}  # fmt: skip
    made = plain.post("/projects/plain/translate", asked)["items"][0]["baseline"]["view"]
    assert [t["text"] for t in meta["texts"]] == ["translation"]
    assert meta["texts"][0]["view"]["text"] == made["text"]


def test_samples_of_the_decoder_are_those_of_its_own_output(recurrent_folder: Path) -> None:
    from neurox_core.corpora import Corpus

    model, layer = load_model(recurrent_folder), NEURON.partition("[")[0]
    lend_samples(model, Corpus("plain", TEXTS, TEXTS, has_references=False))
    own = [t.text for t in model.translate(TEXTS)]
    wanted = ReferenceValues.measure(model, TEXTS, own, [layer]).samples(layer)
    assert model.statistics is not None
    assert np.array_equal(model.statistics.samples(layer), wanted)  # type: ignore[attr-defined]
