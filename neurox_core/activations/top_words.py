"""The words that a neuron answers to, for all neurons of a layer by one sparse matrix product.

The product (words, tokens) x (tokens, units) takes the mean of every word's pieces and puts words
of one type next to each other, so that sums over types are sums over neighbours.

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

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .statistics import Floats, Groups, units_first
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

    @classmethod
    def empty(cls, units: int) -> WordLists:
        """Lists without words."""
        shape = (len(KINDS), units, KEPT)
        return cls(np.full(shape, -1, np.int32), np.zeros(shape, "f4"), np.zeros(shape, "f4"))

    @classmethod
    def concatenate(cls, parts: Sequence[WordLists]) -> WordLists:
        """Lists of several blocks of units, one after the other."""
        return cls(*(np.concatenate([getattr(p, name) for p in parts], axis=1)
                     for name in ("types", "scores", "means")))

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
        self._groups = Groups(words.type[present])
        # Words type after type, so that those of a type lie side by side.
        rows = present[self._groups.order]
        bounds = np.stack([words.first[rows], words.last[rows]], axis=1)
        self._means = mean_matrix(bounds, tokens, np.float32)
        self._types = np.unique(words.type[present])

    @property
    def chance(self) -> float:
        """Share of variance that the word types of a random unit explain, in expectation."""
        return self._groups.chance

    def score(self, x: NDArray[np.float32]) -> tuple[WordLists, Floats]:
        """Word lists of some units, and the share of variance that word types explain.

        Parameters
        ----------
        x : array (tokens, units)
            All rows of the stack, special ones included.
        """
        lists = WordLists.empty(x.shape[1])
        shares = np.full(x.shape[1], np.nan)
        if len(self._types):
            scratch = np.empty((2, self._means.shape[0]))
            for unit, values in enumerate(units_first(self._means @ x)):
                shares[unit] = self._unit(values, lists, unit, scratch)
        return lists, shares

    def _unit(
        self, values: NDArray[np.floating], lists: WordLists, unit: int, scratch: Floats
    ) -> float:
        """Fill in the lists of one unit; its share of variance, NaN for a constant."""
        low, high = float(values.min()), float(values.max())
        # Taking means in float32 rounds, so a constant may differ from itself in the last digit.
        if high - low <= 1e-6 * max(abs(low), abs(high)):
            return float("nan")
        centred, absolute = scratch
        np.copyto(centred, values)
        mean = float(centred.sum()) / len(centred)
        centred -= mean
        squares = float(centred @ centred)
        deviation = (squares / len(centred)) ** 0.5
        counts = self._groups.counts
        sums = self._groups.sums(centred)
        magnitudes = self._groups.sums(np.abs(centred, out=absolute)) / counts
        smoothed = sums / deviation / (counts + SMOOTHING)
        relative = magnitudes / magnitudes.max()
        keys = (np.abs(smoothed), -smoothed, relative)
        scores = (smoothed, smoothed, relative)
        # A list holds what its name says: nothing but negative words at the bottom.
        least = (0.0, 0.0, THRESHOLD)
        for kind, (key, score, bound) in enumerate(zip(keys, scores, least, strict=True)):
            chosen = _best(key)
            chosen = chosen[key[chosen] > bound]
            place = (kind, unit, slice(len(chosen)))
            lists.types[place] = self._types[chosen]
            lists.scores[place] = score[chosen]
            lists.means[place] = sums[chosen] / counts[chosen] + mean
        return self._groups.share(sums, squares)


def _best(key: Floats) -> NDArray[np.int64]:
    """Places of the largest keys, largest first, ties by place."""
    chosen = np.arange(len(key))
    if len(key) > KEPT:
        chosen = np.sort(np.argpartition(key, -KEPT)[-KEPT:])
    return chosen[np.argsort(-key[chosen], kind="stable")]
