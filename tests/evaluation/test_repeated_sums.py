"""Repeated scores of language models and classifiers are those of scoring once."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score

from neurox_core.errors import InvalidInputError
from neurox_core.evaluation.metrics import score_outputs
from neurox_core.evaluation.repeated_sums import RepeatedClasses, RepeatedPerplexity
from neurox_core.evaluation.scorers import scorer
from neurox_core.evaluation.scores import CorpusScore
from neurox_core.evaluation.slice_sums import SliceSums


def same(found: CorpusScore, expected: CorpusScore) -> None:
    assert found.sentences == expected.sentences
    assert found.changed_sentences == expected.changed_sentences
    assert list(found.metrics) == list(expected.metrics)
    for name, one in expected.metrics.items():
        ours = found.metrics[name]
        assert ours.value == pytest.approx(one.value)
        assert ours.interval == pytest.approx(one.interval)
        assert ours.baseline == pytest.approx(one.baseline)
        assert ours.p_value == pytest.approx(one.p_value)
        assert ours.signature == one.signature


def test_perplexity_equals_scoring_once() -> None:
    rng = np.random.default_rng(3)
    clean = [rng.normal(-3, 1, n).tolist() for n in rng.integers(1, 12, 30)]
    changed = [[v - abs(rng.normal(0.3, 0.4)) for v in text] for text in clean[:20]] + clean[20:]
    totals = [[[sum(t), len(t)] for t in side] for side in (changed, clean)]
    scores = RepeatedPerplexity(30, 80)
    same(scores.score(*totals), score_outputs("language-modelling", changed, None, clean,
                                              resamples=80))  # fmt: skip
    every = [v for text in changed for v in text]
    assert scores.score(totals[0]).metrics["perplexity"].value == pytest.approx(
        math.exp(-sum(every) / len(every))
    )
    assert scores.score(totals[0], totals[0]).metrics["perplexity"].p_value == 1.0


@pytest.mark.parametrize("words", [False, True])
def test_classes_equal_scoring_once_and_scikit_learn(words: bool) -> None:
    rng = random.Random(5)

    def labels(mixed: float, like: list[str] | None = None) -> list[str]:
        chosen = rng.choices("abcd", k=60)
        return chosen if like is None else [
            o if rng.random() < mixed else g for o, g in zip(chosen, like, strict=True)
        ]  # fmt: skip

    gold = labels(0)
    clean, changed = labels(0.3, gold), labels(0.6, gold)
    sides: list = [changed, gold, clean]
    if words:
        lengths = [1, 2, 3, 4, 5] * 4
        starts = np.cumsum([0, *lengths[:-1]])
        sides = [[side[a : a + n] for a, n in zip(starts, lengths, strict=True)] for side in sides]
    task = "token-classification" if words else "classification"
    found = scorer(task, sides[1], 70).score(sides[0], sides[2])
    same(found, score_outputs(task, *sides, resamples=70))
    assert found.metrics["accuracy"].value == pytest.approx(100 * accuracy_score(gold, changed))
    assert found.metrics["f1"].value == pytest.approx(
        100 * f1_score(gold, changed, average="macro")
    )


def test_words_without_gold_are_left_out_and_words_without_class_are_wrong() -> None:
    gold, said = [["a", "", "b"], ["b"]], [["a", "b", ""], ["b"]]
    same(RepeatedClasses(gold, 20).score(said),
         score_outputs("token-classification", said, gold, resamples=20))  # fmt: skip
    value = RepeatedClasses(gold, 20).score(said).metrics["accuracy"].value
    assert value == pytest.approx(200 / 3)


def test_what_cannot_be_scored_is_told() -> None:
    with pytest.raises(InvalidInputError, match="no gold label"):
        RepeatedClasses([[""], []])
    with pytest.raises(InvalidInputError, match=r"Text 2 \(index 1\) has 1 predicted but 2 gold"):
        RepeatedClasses([["a"], ["a", "b"]]).score([["a"], ["a"]])
    with pytest.raises(InvalidInputError, match="2 texts but 1 outputs"):
        RepeatedPerplexity(2).score([[-1.0, 1]])
    with pytest.raises(InvalidInputError, match=r"text 2 \(index 1\) is nan"):
        RepeatedPerplexity(2).score([[-1.0, 1], [math.nan, 2]])
    with pytest.raises(InvalidInputError, match="no predicted token"):
        RepeatedPerplexity(1).score([[0.0, 0]])
    with pytest.raises(InvalidInputError, match="'encoding'"):
        scorer("encoding", ["a"])
    # A language model that is quite broken has a large perplexity, not an infinite one.
    assert math.isfinite(RepeatedPerplexity(1).score([[-9e5, 3]]).metrics["perplexity"].value)


@pytest.mark.parametrize(
    ("task", "gold", "outputs", "baseline", "metric", "alone"),
    [
        ("classification", ["a", "", "b", ""], ["a", "a", "a", "b"], ["a", "b", "b", "b"],
         "accuracy", 50.0),
        ("language-modelling", [""] * 4, [[-5.0, 3], [0.0, 0], [-2.0, 1], [0.0, 0]],
         [[-4.0, 3], [0.0, 0], [-1.0, 1], [0.0, 0]], "perplexity", math.exp(7 / 4)),
    ],
)  # fmt: skip
def test_a_text_with_nothing_to_score_counts_in_no_slice(
    task: str, gold: list[str], outputs: Any, baseline: Any, metric: str, alone: float
) -> None:
    """It is neither wrong nor of an endless perplexity."""
    slices = SliceSums(task, gold, outputs, baseline, resamples=20)
    for found in slices.sentence_scores(metric):
        assert found is not None and np.isnan(found).tolist() == [False, True, False, True]
    assert slices.score("some", [0, 1, 2]).metrics[metric].value == pytest.approx(alone)
    with pytest.raises(InvalidInputError, match="None of the 2 texts of 'bare' has a gold label"):
        slices.score("bare", [1, 3])
    groups = {"bare": [1, 3], "mixed": [0, 1], "whole": [0, 2]}
    assert [one.name for one in slices.of(groups)] == ["mixed", "whole"]
    assert [one.name for one in slices.of(groups, 2)] == ["whole"]
