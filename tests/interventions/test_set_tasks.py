"""Manipulation sets side by side, and chosen metrics, of models that do not translate."""

from __future__ import annotations

import json
from typing import Any

import pytest

from neurox_core.corpora import Corpus
from neurox_core.corpora.labels import AnnotatedToken, WordLabels
from neurox_core.engine.measuring import measure
from neurox_core.errors import InvalidInputError, UnknownNameError
from neurox_core.interventions import Intervention, ablation_curve, compare_sets
from neurox_core.models.tokens import words_of

from .test_curve_tasks import GOLD, METRICS
from .texts import SOURCES


def corpus(name: str) -> Corpus:
    labels = WordLabels.of([
        [AnnotatedToken(a, b, {"upos": "NOUN" if text[a:b] == "book" else "X"})
         for a, b in words_of(text)]
        for text in SOURCES
    ])  # fmt: skip
    return Corpus(name, SOURCES, GOLD[name], {}, labels)


def edits_of(model: Any) -> tuple[Intervention, Intervention]:
    site = next(a for a in model.layers if a.endswith("resid_post"))
    units = [f"{site}[{u}]" for u in range(8)]
    where = {"label": "upos", "value": "NOUN"}
    return Intervention(units, "set", 3.0), Intervention(units, "set", 6.0, where=where)


@pytest.mark.parametrize("name", list(GOLD))
def test_sets_are_scored_as_each_alone(open_family: Any, name: str) -> None:
    _, model = open_family(name)
    text, (everywhere, nouns) = corpus(name), edits_of(model)
    moved: list[tuple[int, int]] = []
    found = compare_sets(
        model, text, {"all": [everywhere], "nouns": [nouns], "none": []}, resamples=30,
        on_progress=lambda *at: moved.append(at),
    )  # fmt: skip
    assert moved == [(1, 4), (2, 4), (3, 4), (4, 4)]
    every, some, none = found.outcomes
    assert list(every.score.metrics) == METRICS[name]
    for outcome, edit in ((every, everywhere), (some, nouns)):
        alone = measure(model, text, [edit], resamples=30)
        for metric, one in alone.metrics.items():
            ours = outcome.score.metrics[metric]
            assert ours.value == pytest.approx(one.value) and ours.signature == one.signature
            assert ours.baseline == pytest.approx(one.baseline)
            assert ours.p_value == pytest.approx(one.p_value)
        assert outcome.score.changed_sentences == alone.changed_sentences
        differ = [a != b for a, b in zip(outcome.outputs, none.outputs, strict=True)]
        assert outcome.score.changed_sentences == sum(differ)
    touched = [i for i, (a, b) in enumerate(zip(some.outputs, none.outputs, strict=True)) if a != b]
    assert set(touched) <= {i for i, s in enumerate(SOURCES) if "book" in s}
    assert none.translations == found.baseline and not any(none.changed)
    for said, marked in zip(every.translations, every.changed, strict=True):
        # Of "perplexity 12.3" the number differs, not the name.
        assert "perplexity" not in [[said[a:b] for a, b in words_of(said)][i] for i in marked]
    assert any(every.changed) or not every.score.changed_sentences
    plain = json.loads(json.dumps(found.to_dict(1)))
    assert set(plain["sets"][0]) > set(METRICS[name])


def test_words_of_a_tagger_are_marked_one_by_one(open_family: Any) -> None:
    _, model = open_family("bert-tags")
    outcome = compare_sets(
        model, corpus("bert-tags"), {"all": [edits_of(model)[0]], "none": []}, resamples=20
    ).outcomes
    for a, b, marked in zip(
        outcome[0].outputs, outcome[1].outputs, outcome[0].changed, strict=True
    ):
        assert marked == [i for i, pair in enumerate(zip(a, b, strict=True)) if pair[0] != pair[1]]


def test_a_model_without_a_score_is_told(open_family: Any) -> None:
    _, model = open_family("bert")
    with pytest.raises(InvalidInputError, match="nothing to score"):
        compare_sets(model, Corpus("x", SOURCES, SOURCES), {"none": []})


def test_a_users_metric_is_that_of_every_point(open_family: Any, installed_metrics: None) -> None:
    _, model = open_family("bert-classes")
    text, edit = corpus("bert-classes"), edits_of(model)[0]
    names = ["errors", "f1"]
    found = ablation_curve(
        model, text, list(edit.neurons), steps=2, directions=["top"], metrics=names, resamples=30
    )
    assert list(found.signatures) == names
    assert found.signatures["errors"].startswith("metric:errors|bs:30|seed:")
    for point in found.curves[0].points[1:]:
        off = Intervention(list(edit.neurons)[: point.ablated], "zero")
        alone = measure(model, text, [off], metrics=names, resamples=30)
        for name in names:
            assert point.metrics[name].value == pytest.approx(alone.metrics[name].value)
            assert point.metrics[name].p_value == pytest.approx(alone.metrics[name].p_value)
    values = found.to_dict()
    assert [m["higher_is_better"] for m in values["metrics"]] == [False, True]
    assert set(values["curves"][0]["areas"]) == set(names)
    with pytest.raises(UnknownNameError, match="errors, length_ratio, lost"):
        ablation_curve(model, text, list(edit.neurons), metrics=["bleu"])
    with pytest.raises(InvalidInputError, match="lost"):
        ablation_curve(model, text, list(edit.neurons), metrics=["lost"])


def test_a_translations_curve_by_ter_and_a_users_metric(
    tiny_recurrent: Any, installed_metrics: None
) -> None:
    text = Corpus("pairs", SOURCES, SOURCES[::-1])
    order = [f"encoder.1.rnn_hidden[{u}]" for u in range(8)]
    found = ablation_curve(
        tiny_recurrent, text, order, steps=1, directions=["top"], metrics=["ter", "length_ratio"],
        resamples=20,
    )  # fmt: skip
    last = found.curves[0].points[-1]
    alone = measure(
        tiny_recurrent, text, [Intervention(order, "zero")], metrics=["ter", "length_ratio"],
        resamples=20,
    )  # fmt: skip
    assert {n: m.value for n, m in last.metrics.items()} == pytest.approx(
        {n: m.value for n, m in alone.metrics.items()}
    )
