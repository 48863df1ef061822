"""The words that a neuron answers to, for all neurons of a layer by two sparse matrix products.

A word's value is the mean of its pieces; z is that value standardised over all words. Words are
told apart by their surface form, case kept. Two scores are in use and both are kept:

``top`` and ``bottom``
    NeuroX's 2019 demo: the sum of z over a word's occurrences, divided by their number plus 4. It
    is signed, and a word that occurs once needs a large value to win. ``top`` has the largest
    magnitudes first, ``bottom`` the most negative values.
``frequent``
    NeuroX's Python library: the mean of |z|, divided by the largest of all words, where it exceeds
    0.1. It is unsigned and not smoothed: words that occur once often win.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from .statistics import Floats, between
from .tables import WordTable, mean_matrix

KINDS = ("top", "bottom", "frequent")
KEPT = 20
SMOOTHING = 4
THRESHOLD = 0.1


@dataclass(frozen=True)
class WordScore:
    """A word type that a neuron answers to.

    Attributes
    ----------
    word : str
    score : float
        See the module's description.
    mean : float
        Mean value over its occurrences, in the activation's own unit.
    count : int
        Occurrences in the corpus.
    """

    word: str
    score: float
    mean: float
    count: int


@dataclass(frozen=True)
class TopWords:
    """Three lists of words, best first."""

    top: list[WordScore]
    bottom: list[WordScore]
    frequent: list[WordScore]


@dataclass(frozen=True)
class WordLists:
    """Chosen word types of some units.

    Attributes
    ----------
    types : array (kinds, units, kept) of int32
        -1 where a list is shorter.
    scores, means : array (kinds, units, kept) of float32
    """

    types: NDArray[np.int32]
    scores: NDArray[np.float32]
    means: NDArray[np.float32]

    def arrays(self) -> dict[str, np.ndarray]:
        """As plain arrays, for a file."""
        return {"types": self.types, "scores": self.scores, "means": self.means}

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, np.ndarray]) -> WordLists:
        """What :meth:`arrays` gave."""
        return cls(arrays["types"], arrays["scores"], arrays["means"])

    def of(self, unit: int, vocabulary: list[str], counts: NDArray[np.int64]) -> TopWords:
        """The lists of one unit, as words."""
        lists = []
        for kind in range(len(KINDS)):
            row = zip(self.types[kind, unit], self.scores[kind, unit], self.means[kind, unit],
                      strict=True)
            lists.append([
                WordScore(vocabulary[t], float(score), float(mean), int(counts[t]))
                for t, score, mean in row
                if t >= 0
            ])
        return TopWords(*lists)


class WordScorer:
    """Scores of all word types for blocks of units.

    Parameters
    ----------
    words : WordTable
    tokens : int
        Rows of the stack, special ones included.
    """

    def __init__(self, words: WordTable, tokens: int) -> None:
        present = np.flatnonzero(words.first < words.last)
        bounds = np.stack([words.first[present], words.last[present]], axis=1)
        self._means = mean_matrix(bounds, tokens, np.float64)
        types = words.type[present]
        self._present = np.flatnonzero(words.counts)
        compact = np.searchsorted(self._present, types)
        self._counts = words.counts[self._present]
        self._types = csr_matrix(
            (np.ones(len(types)), (compact, np.arange(len(types)))),
            shape=(len(self._present), len(types)),
        )

    @property
    def chance(self) -> float:
        """Share of variance that the word types of a random unit explain, in expectation."""
        words = self._types.shape[1]
        return (len(self._counts) - 1) / (words - 1) if words > 1 else float("nan")

    def score(self, x: NDArray[np.floating]) -> tuple[WordLists, Floats]:
        """Word lists, and the share of variance that word types explain.

        Parameters
        ----------
        x : array (tokens, units)
            All rows of the stack, special ones included.
        """
        units = x.shape[1]
        values = np.asarray(self._means @ np.asarray(x, np.float64))
        if not len(values):
            empty = np.zeros((len(KINDS), units, KEPT))
            lists = WordLists((empty - 1).astype(np.int32), empty.astype("f4"), empty.astype("f4"))
            return lists, np.full(units, np.nan)
        low, high = values.min(0), values.max(0)
        # Taking means rounds, so a constant may differ from itself in the last digits.
        constant = high - low <= 1e-12 * np.maximum(np.abs(low), np.abs(high))
        mean = values.mean(0)
        values = np.where(constant, 0.0, values - mean)
        squares = np.einsum("wu,wu->u", values, values)
        deviation = np.sqrt(squares / len(values))
        sums = np.asarray(self._types @ values)
        magnitudes = np.asarray(self._types @ np.abs(values, out=values))
        share = between(sums, self._counts, squares)
        divisor = np.where(constant, 1.0, deviation)[:, None]
        return self._lists(sums.T / divisor, magnitudes.T / divisor, mean, deviation), share

    def _lists(self, sums: Floats, magnitudes: Floats, mean: Floats, sd: Floats) -> WordLists:
        """Pick the best types; `sums` and `magnitudes` are (units, types), of z and |z|."""
        smoothed = sums / (self._counts + SMOOTHING)
        average = magnitudes / self._counts
        largest = average.max(1, keepdims=True)
        relative = np.divide(average, largest, out=np.zeros_like(average), where=largest > 0)
        picks = [_best(np.abs(smoothed)), _best(-smoothed), _best(relative)]
        scores = [np.take_along_axis(s, p, 1)
                  for s, p in zip((smoothed, smoothed, relative), picks, strict=True)]
        means = [np.take_along_axis(sums, p, 1) / self._counts[p] * sd[:, None] + mean[:, None]
                 for p in picks]
        # A list holds what its name says: only negative words at the bottom, none of a constant.
        holds = [scores[0] != 0, scores[1] < 0, scores[2] > THRESHOLD]
        types = [np.where(h, self._present[p], -1) for h, p in zip(holds, picks, strict=True)]
        return WordLists(
            _padded(types, -1).astype(np.int32),
            _padded(scores, 0).astype(np.float32),
            _padded(means, 0).astype(np.float32),
        )


def _best(key: Floats) -> NDArray[np.int64]:
    """Columns with the largest keys of each row, largest first, ties by column."""
    kept = min(KEPT, key.shape[1])
    if kept < key.shape[1]:
        chosen = np.sort(np.argpartition(key, -kept, axis=1)[:, -kept:], axis=1)
    else:
        chosen = np.broadcast_to(np.arange(kept), key.shape).copy()
    order = np.argsort(-np.take_along_axis(key, chosen, 1), axis=1, kind="stable")
    return np.take_along_axis(chosen, order, 1)


def _padded(parts: list[np.ndarray], fill: float) -> np.ndarray:
    stacked = np.stack(parts)
    missing = KEPT - stacked.shape[2]
    return np.pad(stacked, ((0, 0), (0, 0), (0, missing)), constant_values=fill)
