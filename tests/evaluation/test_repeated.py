"""Repeated scoring gives the very numbers of sacreBLEU's paired test."""

from __future__ import annotations

import random

import pytest

from neurox_core.errors import InvalidInputError, UnknownNameError
from neurox_core.evaluation import RepeatedScores, score_corpus

WORDS = "le chat dort sur la table de cuisine et mange un petit poisson rouge".split()


def texts(seed: int, count: int = 40) -> list[str]:
    rng = random.Random(seed)
    return [" ".join(rng.choices(WORDS, k=rng.randint(3, 14))) + "." for _ in range(count)]


def mixed(seed: int, references: list[str], kept: float) -> list[str]:
    rng = random.Random(seed)
    return [r if rng.random() < kept else o for r, o in zip(references, texts(seed), strict=True)]


def test_every_number_equals_the_paired_test() -> None:
    references = texts(0)
    baseline = mixed(1, references, 0.7)
    scores = RepeatedScores(references, ("bleu", "chrf", "ter"), resamples=60)
    for seed, kept in ((2, 0.65), (3, 0.2), (4, 0.0)):
        changed = mixed(seed, references, kept)
        found = scores.score(changed, baseline)
        expected = score_corpus(
            changed, references, baseline, metrics=("bleu", "chrf", "ter"), resamples=60
        )
        assert found.sentences == 40 and found.changed_sentences == expected.changed_sentences
        for name, metric in expected.metrics.items():
            ours = found.metrics[name]
            assert ours.value == metric.value and ours.baseline == metric.baseline
            assert ours.interval == pytest.approx(metric.interval, abs=1e-6)
            assert ours.p_value == metric.p_value
            assert ours.signature == metric.signature
    alone = scores.score(baseline)
    assert alone.bleu.p_value is None and alone.changed_sentences is None
    assert scores.score(baseline, baseline).bleu.p_value == 1.0


def test_bad_calls_are_told_what_is_wrong() -> None:
    with pytest.raises(UnknownNameError, match="'meteor'"):
        RepeatedScores(["a"], ("meteor",))
    with pytest.raises(InvalidInputError, match="no sentence"):
        RepeatedScores([])
    with pytest.raises(InvalidInputError, match="1 references, 2 translations"):
        RepeatedScores(["a"]).score(["a", "b"])
