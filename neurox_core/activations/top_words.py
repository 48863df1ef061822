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
        values = units_first(self._means @ x)
        if not len(self._types):
            return WordLists.empty(len(values)), np.full(len(values), np.nan)
        found = _Sums(values, self._groups)
        return self._lists(found), found.shares

    def _lists(self, found: _Sums) -> WordLists:
        """The best types of every unit."""
        counts = self._groups.counts
        smoothed = found.sums / (found.deviations[:, None] * (counts + SMOOTHING))
        average = found.magnitudes / counts
        largest = average.max(1, keepdims=True)
        relative = np.divide(average, largest, out=average, where=largest > 0)
        lists = WordLists.empty(len(smoothed))
        # A list holds what its name says: nothing but negative words at the bottom.
        for kind, (key, score, least) in enumerate((
            (np.abs(smoothed), smoothed, 0.0), (-smoothed, smoothed, 0.0),
            (relative, relative, THRESHOLD),
        )):  # fmt: skip
            chosen = _best(key)
            kept = slice(chosen.shape[1])
            holds = np.take_along_axis(key, chosen, 1) > least
            means = np.take_along_axis(found.sums, chosen, 1) / counts[chosen]
            lists.types[kind, :, kept] = np.where(holds, self._types[chosen], -1)
            lists.scores[kind, :, kept] = np.take_along_axis(score, chosen, 1) * holds
            lists.means[kind, :, kept] = (means + found.means[:, None]) * holds
        return lists


class _Sums:
    """Sums over the types of words, one row a unit, of values about their mean.

    Attributes
    ----------
    means, deviations : array (units,)
        Over words. A constant unit has sums of 0, and 1 in place of its deviation.
    sums, magnitudes : array (units, types)
        Sums of x - mean and of |x - mean|.
    shares : array (units,)
        Of variance explained by types; NaN for a constant unit.
    """

    def __init__(self, values: NDArray[np.floating], groups: Groups) -> None:
        units, words = values.shape
        self.means = np.zeros(units)
        self.deviations = np.ones(units)
        self.sums, self.magnitudes = np.zeros((2, units, len(groups.counts)))
        self.shares = np.full(units, np.nan)
        centred, absolute = np.empty((2, words))
        low, high = values.min(1), values.max(1)
        # Taking means in float32 rounds, so a constant may differ from itself in the last digit.
        changes = high - low > 1e-6 * np.maximum(np.abs(low), np.abs(high))
        for unit in np.flatnonzero(changes):
            np.copyto(centred, values[unit])
            self.means[unit] = mean = centred.sum() / words
            centred -= mean
            squares = float(centred @ centred)
            self.deviations[unit] = (squares / words) ** 0.5
            self.sums[unit] = groups.sums(centred)
            self.magnitudes[unit] = groups.sums(np.abs(centred, out=absolute))
            self.shares[unit] = groups.share(self.sums[unit], squares)


def _best(key: Floats) -> NDArray[np.int64]:
    """Columns of the largest keys of each row, largest first, ties by column."""
    if key.shape[1] > KEPT:
        chosen = np.sort(np.argpartition(key, -KEPT, axis=1)[:, -KEPT:], axis=1)
    else:
        chosen = np.tile(np.arange(key.shape[1]), (len(key), 1))
    order = np.argsort(-np.take_along_axis(key, chosen, 1), axis=1, kind="stable")
    return np.take_along_axis(chosen, order, 1)
