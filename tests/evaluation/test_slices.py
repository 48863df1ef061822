"""Slices have the scores of their sentences, and a likeness is sacreBLEU's."""

from __future__ import annotations

import numpy as np
import pytest
from sacrebleu import sentence_chrf
from sacrebleu.metrics.bleu import BLEU

from neurox_core.corpora.labelling import Labelling
from neurox_core.errors import InvalidInputError, UnknownNameError
from neurox_core.evaluation import score_corpus
from neurox_core.evaluation.slices import (
    WITHOUT,
    Likeness,
    SliceScores,
    groups_of,
    slice_scores,
)

REFERENCES = [f"le chat numéro {i} dort sur le tapis rouge ." for i in range(20)] + [
    f"ils étaient {i} dans la maison hier soir ." for i in range(20)
]
CLEAN = [r.replace("dort", "mange") if i % 3 else r for i, r in enumerate(REFERENCES)]
CHANGED = [c.replace("maison", "ville") if i % 4 == 0 else c for i, c in enumerate(CLEAN)]
GROUPS = {"cats": list(range(20)), "houses": list(range(20, 40)), "few": [3, 24, 28]}


def test_each_slice_is_scored_as_if_it_were_the_corpus() -> None:
    found = slice_scores(GROUPS, REFERENCES, CHANGED, CLEAN, resamples=100)
    assert [one.name for one in found] == list(GROUPS)
    for one in found:
        rows = GROUPS[one.name]
        alone = score_corpus(
            [CHANGED[i] for i in rows], [REFERENCES[i] for i in rows], [CLEAN[i] for i in rows],
            resamples=100,
        )  # fmt: skip
        assert one.sentences == len(rows) and one.changed_sentences == alone.changed_sentences
        for name, metric in one.metrics.items():
            wanted = alone.metrics[name]
            assert metric.value == pytest.approx(wanted.value, abs=1e-4)
            assert metric.interval == pytest.approx(wanted.interval, abs=1e-4)
            assert metric.baseline == pytest.approx(wanted.baseline, abs=1e-4)
            assert metric.p_value == pytest.approx(wanted.p_value, abs=1e-9)
            assert metric.difference == pytest.approx(metric.value - (metric.baseline or 0))


def test_the_interval_of_the_difference_is_paired() -> None:
    one = SliceScores(REFERENCES, CHANGED, CLEAN, resamples=200).score("all", range(40))
    drawn = np.random.default_rng(12345).choice(40, (200, 40), replace=True)
    bleu = BLEU()

    def score(texts: list[str], rows: np.ndarray) -> float:
        return bleu.corpus_score([texts[i] for i in rows], [[REFERENCES[i] for i in rows]]).score

    apart = np.sort([score(CHANGED, d) - score(CLEAN, d) for d in drawn])
    wanted = (apart[200 - 5 - 1] - apart[5]) / 2
    assert one.metrics["bleu"].difference_interval == pytest.approx(wanted, abs=1e-3)
    same = SliceScores(REFERENCES, CLEAN, CLEAN, resamples=50).score("all", range(40))
    assert same.changed_sentences == 0
    metric = same.metrics["bleu"]
    assert (metric.difference, metric.difference_interval, metric.p_value) == (0.0, 0.0, 1.0)


def test_without_a_baseline_there_is_no_difference() -> None:
    scores = SliceScores(REFERENCES, CLEAN, resamples=50)
    one = scores.score("all", range(40))
    assert one.changed_sentences is None and one.metrics["chrf"].difference is None
    alone = score_corpus(CLEAN, REFERENCES, resamples=50)
    assert one.metrics["chrf"].value == pytest.approx(alone.chrf.value, abs=1e-4)
    assert scores.signatures["chrf"] == alone.chrf.signature
    sentences, none = scores.sentence_scores("chrf")
    assert none is None
    wanted = [sentence_chrf(c, [r]).score for c, r in zip(CLEAN, REFERENCES, strict=True)]
    np.testing.assert_allclose(sentences, wanted, atol=1e-4)


def test_sentences_of_words_of_numbers_and_of_nothing() -> None:
    owner = np.array([0, 0, 1, 2, 2, 4])
    words = Labelling.of(["NOUN", "VERB", "NOUN", "", "VERB", "VERB"], sentences=owner)
    found = groups_of(words, 6)
    assert {name: rows.tolist() for name, rows in found.items()} == {
        "NOUN": [0, 1], "VERB": [0, 2, 4], WITHOUT: [3, 5],
    }  # fmt: skip
    numbers = Labelling.of([1.0, 3.0, 2.0, np.nan, 7.0, 9.0], sentences=owner)
    ranges = groups_of(numbers, 5, ranges=2)
    assert {name: rows.tolist() for name, rows in ranges.items()} == {
        "2": [0, 1], "7 to 9": [2, 4], WITHOUT: [3],
    }  # fmt: skip
    nothing = Labelling.of(["", "", "", "", "", ""], sentences=owner)
    assert list(groups_of(nothing, 6)) == [WITHOUT]


def test_small_slices_can_be_left_out() -> None:
    found = slice_scores(GROUPS, REFERENCES, CLEAN, resamples=20, minimum=4)
    assert [one.name for one in found] == ["cats", "houses"]


def test_what_cannot_be_sliced() -> None:
    with pytest.raises(InvalidInputError, match="40 references, 1 outputs"):
        SliceScores(REFERENCES, ["x"])
    with pytest.raises(UnknownNameError):
        SliceScores(REFERENCES, CLEAN, metrics=("blue",))
    with pytest.raises(InvalidInputError, match="no sentence"):
        SliceScores(REFERENCES, CLEAN, resamples=20).score("empty", [])


def test_likeness_is_chrf_against_every_text() -> None:
    texts = [*REFERENCES, "", "a", "  b  c ", "\u00e9\u00e9\u00e9\u00e9 \u00e9\u00e9\u00e9\u00e9"]
    likeness = Likeness(texts)
    for query in ("le chat dort .", "\u00e9\u00e9\u00e9\u00e9\u00e9", "x", REFERENCES[3]):
        wanted = [sentence_chrf(text, [query]).score for text in texts]
        np.testing.assert_allclose(likeness.scores(query), wanted, atol=1e-6)
    assert likeness.scores("").max() == 0.0
    assert int(likeness.scores(REFERENCES[25]).argmax()) == 25
