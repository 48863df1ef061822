"""Curves of language models and classifiers: every point is what scoring it alone gives."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from neurox_core.corpora import Corpus
from neurox_core.engine.measuring import measure, outputs
from neurox_core.errors import InvalidInputError
from neurox_core.evaluation.metrics import score_outputs
from neurox_core.interventions import Intervention, ReferenceValues, ablation_curve
from neurox_core.interventions.curve import sentence_seed
from neurox_core.models.base import TranslationModel
from neurox_core.models.registry import load_model
from tests.models.families import build

from .texts import SOURCES

GOLD = {
    "gpt2": SOURCES,
    "bert-classes": ["good", "bad", "plain", "good", "bad"],
    "bert-tags": [" ".join("NAME" if i % 2 else "O" for i in range(n)) for n in (3, 8, 5, 7, 8)],
}
METRICS = {
    "gpt2": ["perplexity"], "bert-classes": ["accuracy", "f1"], "bert-tags": ["accuracy", "f1"],
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("curves")
    for name in (*GOLD, "bert"):
        build(name, root)
    return root


def neurons(model: TranslationModel) -> list[str]:
    site = [a for a in model.layers if a.endswith("resid_post")][0]
    return [f"{site}[{u}]" for u in range(model.sites[site])]


def corpus(name: str) -> Corpus:
    return Corpus(name, SOURCES, GOLD[name])


@pytest.mark.parametrize("name", list(GOLD))
def test_every_point_is_the_score_of_its_neurons(folder: Path, name: str) -> None:
    model = load_model(folder / name)
    order = neurons(model)
    found = ablation_curve(model, corpus(name), order, steps=2, resamples=30)
    assert found.complete and list(found.signatures) == METRICS[name] and found.task == model.task
    clean = measure(model, corpus(name), resamples=30)
    for curve in found.curves:
        ranks = {"top": order, "bottom": order[::-1]}.get(curve.direction)
        if ranks is None:
            mixed = np.random.default_rng(curve.seed).permutation(len(order))
            ranks = [order[i] for i in mixed]
        assert [p.ablated for p in curve.points] == [0, 8, 16]
        for point in curve.points[1:]:
            edits = [Intervention(ranks[: point.ablated], "zero")]
            alone = measure(model, corpus(name), edits, resamples=30)
            assert point.changed_sentences == alone.changed_sentences
            for metric, score in alone.metrics.items():
                ours = point.metrics[metric]
                assert ours.value == pytest.approx(score.value, rel=1e-4)
                assert ours.p_value == pytest.approx(score.p_value)
                assert ours.baseline == pytest.approx(clean.metrics[metric].value, rel=1e-4)
                assert ours.signature == score.signature and "|bs:30" in score.signature
    assert any(p.changed_sentences for c in found.curves for p in c.points), "edits do something"


def test_areas_of_perplexity_are_of_its_logarithm(folder: Path) -> None:
    model = load_model(folder / "gpt2")
    found = ablation_curve(model, corpus("gpt2"), neurons(model), steps=[4, 16], resamples=10)
    a, b, c = (p.metrics["perplexity"].value for p in found.curves[0].points)
    mean = (np.log(a * b) / 2 * 4 + np.log(b * c) / 2 * 12) / 16
    assert found.curves[0].area() == pytest.approx(np.exp(mean))
    values = [c.points[1].metrics["perplexity"].value for c in found.curves[2:]]
    band = found.band()[1]
    assert band["mean"] == pytest.approx(np.prod(values) ** 0.2)
    assert (band["low"], band["high"]) == (min(values), max(values))
    plain = found.to_dict()
    (metric,) = plain["metrics"]
    assert not metric["higher_is_better"] and metric["logarithmic"]
    assert plain["bands"]["perplexity"] == found.band() and "random_bleu" not in plain
    assert plain["curves"][0]["areas"] == {"perplexity": found.curves[0].area()}


@pytest.mark.parametrize("name", ["gpt2", "bert-classes"])
@pytest.mark.parametrize("operation", ["mean", "resample"])
def test_other_values_than_zero(folder: Path, name: str, operation: str) -> None:
    model = load_model(folder / name)
    model.statistics = ReferenceValues.measure(model, SOURCES)
    order = neurons(model)
    arguments: dict[str, Any] = {"steps": [8], "directions": ["bottom"], "operation": operation}
    found = ablation_curve(model, corpus(name), order, **arguments, resamples=10)
    rows = [
        [Intervention(order[:7:-1], operation,
                      seed=sentence_seed(s) if operation == "resample" else 0)]
        for s in SOURCES
    ]  # fmt: skip
    alone = outputs(model, SOURCES, rows)
    score = score_outputs(model.task, alone, GOLD[name], resamples=10)
    for metric, value in score.metrics.items():
        point = found.curves[0].points[1]
        assert point.metrics[metric].value == pytest.approx(value.value, rel=1e-4)


class Memory:
    """Keeps outputs by what they were made under."""

    def __init__(self) -> None:
        self.kept: dict[str, list[Any]] = {}

    def get(self, interventions: Sequence[Intervention]) -> list[Any] | None:
        return self.kept.get(str([i.to_dict() for i in interventions]))

    def put(self, interventions: Sequence[Intervention], texts: Sequence[Any]) -> None:
        self.kept[str([i.to_dict() for i in interventions])] = list(texts)


@pytest.mark.parametrize("operation", ["zero", "resample"])
def test_what_is_kept_is_what_an_intervention_gives(folder: Path, operation: str) -> None:
    """A curve draws anew in each sentence, which no one intervention does to all of them."""
    model = load_model(folder / "bert-classes")
    model.statistics = ReferenceValues.measure(model, SOURCES)
    keep, order = Memory(), neurons(model)
    arguments: dict[str, Any] = {"steps": [8], "directions": ["top"], "operation": operation}
    first = ablation_curve(model, corpus("bert-classes"), order, keep=keep, **arguments)
    edit = Intervention(order[:8], operation)
    if operation == "resample":
        assert keep.get([edit]) is None
    else:
        assert keep.get([edit]) == outputs(model, SOURCES, [edit])
    again = ablation_curve(
        model, corpus("bert-classes"), order, keep=keep, **arguments,
        decode=lambda asked: pytest.fail("everything was kept"),
    )  # fmt: skip
    assert again.to_dict() == first.to_dict()


def test_adaptive_steps_and_cancelling(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = load_model(folder / "gpt2")
    found = ablation_curve(
        model, corpus("gpt2"), neurons(model), steps="adaptive", directions=["top"], resamples=10
    )
    counts = [p.ablated for p in found.curves[0].points]
    assert set(range(0, 17, 2)) <= set(counts) and len(counts) > 10
    monkeypatch.setattr("neurox_core.interventions.curve._ROWS_TOGETHER", 1)
    seen: list[int] = []
    cut = ablation_curve(
        model, corpus("gpt2"), neurons(model), steps=16, resamples=10,
        on_point=lambda curve, point, _: seen.append(point.ablated),
        cancelled=lambda: len(seen) >= 14,
    )  # fmt: skip
    assert not cut.complete and [len(c.points) for c in cut.curves] == [2] * 7


def test_what_has_no_score_is_refused(folder: Path) -> None:
    model = load_model(folder / "bert")
    with pytest.raises(InvalidInputError, match="nothing to score"):
        ablation_curve(model, Corpus("x", SOURCES, SOURCES), neurons(model))
    tagger = load_model(folder / "bert-tags")
    with pytest.raises(InvalidInputError, match="one label a word"):
        ablation_curve(tagger, Corpus("x", SOURCES, ["NAME"] * 5), neurons(tagger))
