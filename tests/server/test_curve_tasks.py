"""Ablation curves and groups over HTTP for models that do not translate."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask

from neurox_core.evaluation.likelihood import perplexity
from neurox_core.interventions import Intervention
from neurox_core.models.registry import load_model
from neurox_server.contracts import AblationResult, GroupsResult, SlicesResult
from neurox_server.settings import Settings
from tests.models.families import build

from .conftest import Api

TEXTS = ["He left.", "She reads a book.", "The men are here.", "They were not at home."] * 3
GOLD = ["good", "bad", "plain", "good"] * 3
NAMES = ("gpt2", "bert-classes", "bert-tags", "bert")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of a language model, two classifiers and a bare encoder."""
    root = tmp_path_factory.mktemp("curves")
    for name in NAMES:
        build(name, root)
    lines = [f"{i} {a}\t{b}" for i, (a, b) in enumerate(zip(TEXTS, GOLD, strict=True))]
    (root / "text.tsv").write_text("\n".join(["source\treference", *lines]), encoding="utf-8")
    values = {"id": "tasks", "title": "Tasks", "models": list(NAMES), "corpus": "text.tsv"}
    (root / "tasks.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    return root


@pytest.fixture
def api(folder: Path, settings: Settings, serve: Callable[..., Flask]) -> Api:
    return Api(serve(replace(settings, projects=(folder / "tasks.yaml",))).test_client())


def neurons(model: str) -> list[str]:
    stack = "decoder" if model == "gpt2" else "encoder"
    return [f"{stack}.1.resid_post[{i}]" for i in range(6)]


def result(api: Api, path: str, body: dict[str, Any]) -> Any:
    job = api.wait(api.post(f"/projects/tasks/{path}", body, 202)["id"])
    assert job["state"] == "done", job["error"]
    return job["result"]


@pytest.mark.parametrize(
    ("model", "metrics"),
    [("gpt2", ["perplexity"]), ("bert-classes", ["accuracy", "f1"])],
)
def test_a_curve_ends_at_the_score_of_its_neurons(
    api: Api, folder: Path, model: str, metrics: list[str]
) -> None:
    body = {"model": model, "neurons": neurons(model), "steps": 3, "directions": ["top", "random"]}
    found = AblationResult.model_validate(result(api, "ablate", body))
    assert [m.name for m in found.metrics] == metrics and found.complete
    assert all([p.ablated for p in c.points] == [0, 2, 4, 6] for c in found.curves)
    assert all(len(found.bands[m]) == 4 for m in metrics) and found.random_bleu == []
    edit = {"neurons": neurons(model), "operation": "zero"}
    scored = result(api, "score", {"model": model, "interventions": [edit]})
    by_name = {m["name"]: m for m in scored["metrics"]}
    last = found.curves[0].points[-1]
    for one in found.metrics:
        assert one.higher_is_better is (model != "gpt2") and "bs:300" in one.signature
        ours = last.metrics[one.name]
        assert ours.value == pytest.approx(by_name[one.name]["value"], rel=1e-4)
        assert ours.p_value == pytest.approx(by_name[one.name]["p_value"], abs=0.01)
        assert one.signature == by_name[one.name]["signature"]
    # What the model says at a point can be read.
    first = found.curves[0].points[0]
    kept = api.get(f"/projects/tasks/kept?name={first.translations}&count=2")["items"]
    network: Any = load_model(folder / model)
    if model == "gpt2":
        (values,) = network.logprobs([kept[1]["source"]])
        own = math.exp(-sum(values) / len(values))
        said = kept[1]["translation"]
        assert said.startswith("perplexity ") and float(said.split()[1]) == pytest.approx(own, 1e-2)
    else:
        assert kept[1]["translation"] == network.classify(kept[1]["source"])[0].label


def test_groups_are_scored_in_the_way_of_the_task(api: Api) -> None:
    body = {"model": "gpt2", "groups": "layers", "layers": ["decoder.0.resid_post"]}
    found = GroupsResult.model_validate(result(api, "groups", body))
    assert [m.name for m in found.metrics] == ["perplexity"] and found.bleu_signature == ""
    (point,) = found.points
    assert point.metrics["perplexity"].value > 0 and point.bleu is None
    assert point.changed_sentences == point.sentences == len(TEXTS)


@pytest.mark.parametrize("model", ["gpt2", "bert-classes"])
def test_slices_are_the_scores_of_their_texts(api: Api, folder: Path, model: str) -> None:
    edits = [{"neurons": neurons(model), "operation": "zero"}]
    label = {"name": "length", "parameters": {"form": "class", "ranges": 2}}
    body = {"model": model, "label": label, "interventions": edits, "least": 1}
    quiet = api.post("/projects/tasks/slices", body | {"start": False}, 409)["error"]
    assert quiet["code"] == "not_scored"
    job = api.wait(api.post("/projects/tasks/slices", body, 409)["error"]["job"])
    assert job["state"] == "done", job["error"]
    found = SlicesResult.model_validate(api.post("/projects/tasks/slices", body))
    assert sum(one.sentences for one in found.slices) == len(TEXTS) and len(found.slices) == 2
    whole = {m["name"]: m for m in job["result"]["metrics"]}
    network: Any = load_model(folder / model)
    for metric in found.metrics:
        ours = found.whole.metrics[metric.name]
        assert ours.value == pytest.approx(whole[metric.name]["value"])
        assert ours.baseline == pytest.approx(whole[metric.name]["baseline"])
        assert ours.p_value == pytest.approx(whole[metric.name]["p_value"])
        assert ours.difference == pytest.approx(ours.value - ours.baseline)
    for one in found.slices:
        asked = body | {"name": one.name, "order": "worst"}
        window = api.post("/projects/tasks/slices/sentences", asked)
        texts = [s["source"] for s in window["sentences"]]
        changed = [Intervention(neurons(model), "zero")]
        scores = [s["score_changed"] for s in window["sentences"]]
        if model == "gpt2":
            alone = perplexity(network.logprobs(texts, changed)).metrics["perplexity"].value
            assert one.metrics["perplexity"].value == pytest.approx(alone, rel=1e-4)
            assert window["metric"] == "perplexity" and scores == sorted(scores, reverse=True)
        else:
            said = [c.label for c in network.classify(texts, changed)]
            right = [a == s["reference"] for a, s in zip(said, window["sentences"], strict=True)]
            assert one.metrics["accuracy"].value == pytest.approx(100 * sum(right) / len(right))
            assert [s["changed"] for s in window["sentences"]] == said
            assert window["metric"] == "accuracy" and scores == sorted(scores)


def test_what_has_no_score_is_told(api: Api) -> None:
    for path, more in (("ablate", {"neurons": neurons("bert")}), ("groups", {"groups": "layers"})):
        said = api.post(f"/projects/tasks/{path}", {"model": "bert", **more}, 422)["error"]
        assert "nothing to score" in said["message"]
    # Labels of texts are no labels of words: the job says so.
    body = {"model": "bert-tags", "neurons": neurons("bert-tags"), "steps": 2}
    job = api.wait(api.post("/projects/tasks/ablate", body, 202)["id"])
    assert job["state"] == "failed" and "not one label a word" in job["error"]["message"]


def test_a_curve_by_a_metric_that_is_named(api: Api) -> None:
    body = {"model": "bert-classes", "neurons": neurons("bert-classes"), "steps": 2,
            "directions": ["top"]}  # fmt: skip
    found = AblationResult.model_validate(result(api, "ablate", {**body, "metrics": ["f1"]}))
    assert [m.name for m in found.metrics] == ["f1"]
    error = api.post("/projects/tasks/ablate", {**body, "metrics": ["bleu"]}, 404)["error"]
    assert "accuracy, f1" in error["message"]


@pytest.mark.parametrize(("model", "outcomes"), [
    ("gpt2", {"perplexity"}), ("bert-classes", {"bad", "good", "plain"}),
])  # fmt: skip
def test_sentences_that_come_out_otherwise(api: Api, model: str, outcomes: set[str]) -> None:
    result(api, "score", {"model": model, "interventions": []})
    body = {"model": model, "similarity": "chrf", "outcome": {"kind": "gives"}}
    found = api.post("/projects/tasks/counterparts", {**body, "sentence": 0})
    assert sum(o["sentences"] for o in found["outcomes"]) == len(TEXTS)
    assert {o["outcome"].split()[0] for o in found["outcomes"]} <= outcomes
    assert all(one["outcome"] != found["outcome"] for one in found["found"])
    own = api.post("/projects/tasks/counterparts", {**body, "text": f"0 {TEXTS[0]}"})
    assert (own["outcome"], own["clean"]) == (found["outcome"], found["clean"])
    refused = {**body, "sentence": 0, "outcome": {"kind": "label", "name": "Tense"}}
    assert (
        "no outcome" in api.post("/projects/tasks/counterparts", refused, 422)["error"]["message"]
    )
