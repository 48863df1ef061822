"""A project of models that do not translate: live output and scores in the way of their task."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from flask import Flask

from neurox_server.frames import decode
from neurox_server.settings import Settings
from tests.models.families import build

from .conftest import API, Api

LINES = "source\treference\nHe left.\tgood\nShe reads a book.\tbad\nThe men are here.\tplain\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of a language model, two classifiers and a bare encoder."""
    root = tmp_path_factory.mktemp("tasks")
    names = ("gpt2", "bert-classes", "bert-tags", "bert")
    for name in names:
        build(name, root)
    (root / "text.tsv").write_text(LINES, encoding="utf-8")
    values = {"id": "tasks", "title": "Tasks", "models": list(names), "corpus": "text.tsv"}
    (root / "tasks.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    return root


@pytest.fixture
def tasks(folder: Path, settings: Settings, serve: Callable[..., Flask]) -> Api:
    return Api(serve(replace(settings, projects=(folder / "tasks.yaml",))).test_client())


def output(api: Api, model: str, neurons: list[str]) -> dict[str, Any]:
    body = {
        "project": "tasks", "model": model, "texts": ["He left."], "request": 1,
        "settings": [{"name": "changed", "interventions": [
            {"neurons": neurons, "operation": "set", "value": 30.0}]}],
    }  # fmt: skip
    found: dict[str, Any] = api.post("/projects/tasks/translate", body)["items"][0]
    return found


def test_every_model_says_what_it_is_for(tasks: Api) -> None:
    found = {m["name"]: m["task"] for m in tasks.get("/projects/tasks")["models"]}
    assert found == {"gpt2": "language-modelling", "bert-classes": "classification",
                     "bert-tags": "token-classification", "bert": "encoding"}  # fmt: skip


def test_attention_within_the_text_of_an_encoder_is_shown(tasks: Api) -> None:
    def answer(**body: Any) -> Any:
        return tasks.client.post(f"{API}/projects/tasks/attention",
                                 json={"model": "bert-classes", "sentence": 1, **body})  # fmt: skip

    arrays, meta = decode(answer(layer=1).data)
    assert (meta["kind"], meta["kinds"], meta["layers"]) == ("encoder", ["encoder"], [0, 1])
    assert meta["rows"] == meta["columns"] and {p["side"] for p in meta["rows"]} == {"source"}
    values = arrays["values"].astype(float)
    assert values.shape == (2, len(meta["rows"]), len(meta["rows"]))
    assert np.allclose(values.sum(-1), 1, atol=5e-3)
    off = {"neurons": [f"encoder.0.self_attn_heads[{u}]" for u in range(16)], "operation": "zero"}
    moved, _ = decode(answer(layer=1, interventions=[off]).data)
    assert not np.allclose(moved["values"], arrays["values"], atol=1e-3)
    for body, said in (({"ids": [4]}, "writes nothing"), ({"kind": "cross"}, "another text")):
        wrong = answer(**body)
        assert wrong.status_code == 422 and said in wrong.get_json()["error"]["message"]


def test_classes_of_a_text_are_its_output_and_move_with_a_neuron(tasks: Api) -> None:
    neurons = [f"encoder.1.resid_post[{i}]" for i in range(6)]
    found = output(tasks, "bert-classes", neurons)
    words = found["baseline"]["view"]["words"]
    assert sorted(words[::2]) == ["bad", "good", "plain"]
    shares = [float(w.rstrip("%")) for w in words[1::2]]
    assert shares == sorted(shares, reverse=True) and sum(shares) == pytest.approx(100, abs=0.2)
    changed = found["outputs"][0]
    assert changed["view"]["words"] != words and changed["changed"]


def test_a_token_classifier_gives_each_word_a_class(tasks: Api) -> None:
    found = output(tasks, "bert-tags", ["encoder.1.resid_post[0]"])
    assert len(found["baseline"]["view"]["words"]) == 3  # He, left, the full stop
    assert set(found["baseline"]["view"]["words"]) <= {"O", "NAME"}


def test_a_bare_encoder_says_nothing_and_a_language_model_goes_on(tasks: Api) -> None:
    assert output(tasks, "bert", ["encoder.0.resid_post[0]"])["baseline"]["view"]["text"] == ""
    assert output(tasks, "gpt2", ["decoder.0.resid_post[0]"])["baseline"]["view"]["pieces"]


def test_a_word_of_a_continuation_is_asked_about_whatever_signs_it_has(tasks: Api) -> None:
    text = "He left."
    made = output(tasks, "gpt2", ["decoder.0.resid_post[0]"])["baseline"]["view"]
    assert any(ord(sign) < 32 for sign in made["text"]), "what a text that is sent may not hold"
    found = tasks.post("/projects/tasks/attribute", {
        "model": "gpt2", "text": text, "word": 0, "baseline": "zero"})  # fmt: skip
    assert found["word"] == made["words"][0]
    wide = {"model": "gpt2", "text": text, "beams": 4, "baseline": "zero"}
    ask = {"project": "tasks", "model": "gpt2", "texts": [text], "request": 1, "beams": 4}
    item = tasks.post("/projects/tasks/translate", ask)["items"][0]
    found = tasks.post("/projects/tasks/attribute", {**wide, "word": 1})
    assert found["word"] == item["baseline"]["view"]["words"][1]


@pytest.mark.parametrize(
    ("model", "metric"), [("gpt2", "perplexity"), ("bert-classes", "accuracy")]
)
def test_scores_follow_the_task(tasks: Api, model: str, metric: str) -> None:
    layer = "decoder" if model == "gpt2" else "encoder"
    edit = {"neurons": [f"{layer}.1.resid_post[{i}]" for i in range(6)], "operation": "zero"}
    job = tasks.post("/projects/tasks/score", {"model": model, "interventions": [edit]}, 202)
    found = tasks.wait(job["id"])
    assert found["state"] == "done", found["error"]
    scores = {m["name"]: m for m in found["result"]["metrics"]}
    assert metric in scores and found["result"]["parts"] == []
    assert scores[metric]["baseline"] is not None and scores[metric]["p_value"] is not None
    assert 0 <= found["result"]["changed_sentences"] <= found["result"]["scored"]


def test_what_gives_no_output_cannot_be_scored(tasks: Api) -> None:
    job = tasks.post("/projects/tasks/score", {"model": "bert", "interventions": []}, 202)
    found = tasks.wait(job["id"])
    assert found["state"] == "failed" and "nothing to score" in found["error"]["message"]


@pytest.mark.parametrize(
    ("model", "metric"), [("gpt2", "perplexity"), ("bert-classes", "accuracy"), ("bert", None)]
)
def test_other_models_are_pruned_and_scored_in_their_way(
    model: str, metric: str | None, tasks: Api
) -> None:
    body = {"model": model, "kind": "any", "share": 0.25}
    job = tasks.wait(tasks.post("/projects/tasks/prune", body, 202)["id"])
    assert job["state"] == "done", job["error"]
    found = job["result"]
    assert found["ranking"] == "the weights of feed-forward units"
    assert {n for layer, n in found["dropped"].items() if layer.endswith("ffn_act")} == {6}
    if metric is None:
        assert found["scores"] is None
    else:
        assert metric in found["scores"]["metrics"]
    opened = tasks.post("/projects/tasks/pruned", {"job": job["id"]}, 201)
    models = {m["name"]: m for m in tasks.get("/projects/tasks")["models"]}
    small = models[opened["name"]]
    assert (small["task"], small["prunable"]) == (models[model]["task"], ["feed_forward"])
    assert small["parameters"] < models[model]["parameters"]


def test_labels_that_are_no_classes_are_told_before_the_job(tasks: Api) -> None:
    body = {"model": "bert-tags", "kind": "feed_forward"}
    said = tasks.post("/projects/tasks/prune", body, 422)["error"]["message"]
    assert "not one label a word" in said
    job = tasks.wait(tasks.post("/projects/tasks/prune", {**body, "score": False}, 202)["id"])
    assert job["state"] == "done", job["error"]


def test_what_cannot_be_pruned_is_known_and_languages_stay(
    tmp_path: Path, settings: Settings, serve: Callable[..., Flask]
) -> None:
    for name in ("albert", "nllb"):
        build(name, tmp_path)
    (tmp_path / "text.tsv").write_text(LINES, encoding="utf-8")
    many = {"name": "nllb", "path": f"{tmp_path}/nllb:eng_Latn:fra_Latn"}
    values = {"id": "two", "title": "Two", "models": ["albert", many], "corpus": "text.tsv"}
    (tmp_path / "two.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    changed = replace(settings, projects=(tmp_path / "two.yaml",))
    api = Api(serve(changed).test_client())
    models = {m["name"]: m for m in api.get("/projects/two")["models"]}
    assert models["albert"]["prunable"] == []
    assert "type albert cannot be pruned" in models["albert"]["unprunable"]
    assert models["nllb"]["prunable"] == ["feed_forward", "heads"]
    assert models["nllb"]["unprunable"] == ""
    said = api.post("/projects/two/prune", {"model": "albert"}, 422)["error"]["message"]
    assert said == models["albert"]["unprunable"]
    body = {"model": "nllb", "kind": "feed_forward", "share": 0.5}
    job = api.wait(api.post("/projects/two/prune", body, 202)["id"])
    assert job["state"] == "done", job["error"]
    name = api.post("/projects/two/pruned", {"job": job["id"]}, 201)["name"]
    for one in (api, Api(serve(changed).test_client())):
        found = {m["name"]: m for m in one.get("/projects/two")["models"]}[name]
        assert found["target_language"] == "fra_Latn"
