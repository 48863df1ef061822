"""Top words by both scores, compared with a loop over the corpus."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from neurox_core.activations import extract
from neurox_core.activations.blocks import Words
from neurox_core.activations.top_words import Sums, WordLists
from neurox_core.corpora import Corpus
from tests.activations.fake import FakeModel

LAYER = "encoder.0.resid_post"


def numbered(sentences: int) -> Corpus:
    """Words of very different frequency, some of them once; case matters."""
    draw = np.random.default_rng(2)
    words = np.array([f"w{i}" for i in range(60)] + ["The", "the"])
    weights = 1.0 / np.arange(1, 63)
    lines = [
        " ".join(draw.choice(words, draw.integers(1, 9), p=weights / weights.sum()))
        for _ in range(sentences)
    ]
    return Corpus("numbered", lines, lines)


class Planted(FakeModel):
    """Unit 0 fires on "the", unit 1 falls on "The", unit 2 is constant."""

    def values(self, address: str, text: str) -> np.ndarray:
        found, tokens = super().values(address, text), self.tokenize(text)
        for piece, word in enumerate(tokens.word_ids):
            form = text[slice(*tokens.words[word])] if word >= 0 else ""
            found[piece, 0] = 3.0 * (form == "the") + 0.01 * piece
            found[piece, 1] = -3.0 * (form == "The") + 0.01 * piece
            found[piece, 2] = 0.1
        return found


@pytest.fixture(scope="module")
def setting(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Corpus, Any]:
    model: Any = Planted()
    corpus = numbered(200)
    path: Path = tmp_path_factory.mktemp("stores") / "acts"
    return model, corpus, extract(model, corpus, path, [LAYER], dtype="float32")


@pytest.mark.parametrize("unit", [0, 1, 3, 4])
def test_scores_equal_a_loop(setting: tuple[Any, Corpus, Any], unit: int) -> None:
    model, corpus, store = setting
    values: dict[str, list[float]] = defaultdict(list)
    for text in corpus.sources:
        tokens, x = model.tokenize(text), model.values(LAYER, text)[:, unit]
        for word, (a, b) in enumerate(tokens.words):
            pieces = [p for p, w in enumerate(tokens.word_ids) if w == word]
            values[text[a:b]].append(float(np.mean(x[pieces], dtype=np.float64)))
    every = np.concatenate(list(values.values()))
    mean, deviation = every.mean(), every.std()
    z = {word: (np.array(v) - mean) / deviation for word, v in values.items()}
    smoothed = {word: v.sum() / (len(v) + 4) for word, v in z.items()}
    average = {word: np.abs(v).mean() for word, v in z.items()}
    relative = {word: v / max(average.values()) for word, v in average.items()}
    found = store.top_words(f"{LAYER}[{unit}]")
    for listed, scores, best in (
        (found.top, smoothed, sorted(smoothed, key=lambda w: -abs(smoothed[w]))[:20]),
        (found.bottom, smoothed, sorted((w for w in smoothed if smoothed[w] < 0),
                                        key=lambda w: smoothed[w])[:20]),
        (found.frequent, relative, sorted((w for w in relative if relative[w] > 0.1),
                                          key=lambda w: -relative[w])[:20]),
    ):  # fmt: skip
        assert [w.score for w in listed] == pytest.approx([scores[w] for w in best], rel=1e-4)
        # The same words; neighbours whose scores agree to rounding may change places.
        assert {w.word for w in listed[:10]} <= set(best)
        for entry in listed:
            assert entry.score == pytest.approx(scores[entry.word], rel=1e-4)
            assert entry.count == len(values[entry.word])
            assert entry.mean == pytest.approx(np.mean(values[entry.word]), rel=1e-4, abs=1e-5)


def test_planted_words_come_first_with_their_sign(setting: tuple[Any, Corpus, Any]) -> None:
    store = setting[2]
    first, second = store.top_words(f"{LAYER}[0]"), store.top_words(f"{LAYER}[1]")
    assert first.top[0].word == "the" and first.top[0].score > 0
    assert second.top[0].word == second.bottom[0].word == "The" and second.bottom[0].score < 0
    assert first.frequent[0].word == "the" and first.frequent[0].score == pytest.approx(1.0)


def test_a_constant_neuron_answers_to_no_word(setting: tuple[Any, Corpus, Any]) -> None:
    words = setting[2].top_words(f"{LAYER}[2]")
    assert words.top == words.bottom == words.frequent == []


def scored(
    x: np.ndarray, types: np.ndarray, first: np.ndarray, last: np.ndarray
) -> tuple[WordLists, np.ndarray]:
    """Lists, and shares of variance, of (tokens, units)."""
    words = Words.present(first, last, types)
    sums = Sums(np.bincount(types), x.shape[1])
    sums.take(x, words)
    sums.center()
    sums.add(x, words)
    return sums.lists()


@pytest.mark.parametrize("apart", [False, True])
def test_words_of_one_piece_are_scored_as_all_words_are(apart: bool) -> None:
    """Rows that belong to no word do not count; a word of two equal pieces is one of one piece."""
    draw = np.random.default_rng(5)
    types = np.sort(draw.zipf(1.5, 400) % 50).astype(np.int32)[draw.permutation(400)]
    x = draw.normal(size=(460, 6)).astype(np.float32)
    rows = np.sort(draw.choice(460, 400, replace=False)).astype(np.int32)
    x[np.setdiff1d(np.arange(460), rows)] = 1e3 if apart else 1.0
    lists, shares = scored(x, types, rows, rows + 1)
    twice = np.repeat(x, 2, axis=0)
    again, same = scored(twice, types, 2 * rows, 2 * rows + 2)
    np.testing.assert_allclose(shares, same, rtol=1e-5)
    np.testing.assert_allclose(lists.scores, again.scores, rtol=1e-4)
    np.testing.assert_allclose(lists.means, again.means, rtol=1e-4, atol=1e-5)
    z = (x[rows] - x[rows].mean(0, dtype=np.float64)) / x[rows].std(0, dtype=np.float64)
    counts = np.bincount(types)
    sums = np.stack([z[types == t].sum(0) for t in range(len(counts))])
    best = (np.abs(sums) / (counts + 4)[:, None]).max(0)
    np.testing.assert_allclose(np.abs(lists.scores[0, :, 0]), best, rtol=1e-4)


def test_equal_scores_stand_by_number_and_the_least_wins_the_last_place() -> None:
    types = np.repeat(np.arange(30), 2).astype(np.int32)
    rows = np.arange(60, dtype=np.int32)
    values = np.tile([1.0, -1.0], 15).repeat(2).astype(np.float32)
    lists, _ = scored(values[:, None], types, rows, rows + 1)
    assert lists.types[0, 0].tolist() == list(range(20))
    assert lists.types[1, 0, :15].tolist() == list(range(1, 30, 2))
    assert (lists.types[1, 0, 15:] == -1).all()
    assert lists.types[2, 0].tolist() == list(range(20))
