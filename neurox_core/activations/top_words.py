"""The words that a neuron answers to, from sums over the occurrences of every word type.

All types are looked at once, and those that are among the best so far enter a short sorted list;
equal scores stand by the number of their type.

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

from ..compiled import compiled
from .blocks import Words
from .grouped import Floats, add_words, share, sum_words
from .tables import Longs

KINDS = ("top", "bottom", "frequent")
KEPT = 20
SMOOTHING = 4
THRESHOLD = 0.1
_AT_ONCE = 16


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
        return cls(
            *(
                np.concatenate([getattr(p, name) for p in parts], axis=1)
                for name in ("types", "scores", "means")
            )
        )

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
            row = zip(
                self.types[kind, unit], self.scores[kind, unit], self.means[kind, unit], strict=True
            )
            lists.append(
                [
                    WordScore(vocabulary[t], float(score), float(mean), int(counts[t]))
                    for t, score, mean in row
                    if t >= 0
                ]
            )
        return TopWords(*lists)


class Sums:
    """Sums over the types of words.

    Parameters
    ----------
    counts : array (types,) of int
        Occurrences of each type.
    units : int
    """

    def __init__(self, counts: Longs, units: int) -> None:
        self._counts = counts
        self._means, self._squares, self._word = np.zeros((3, units))
        self._sums, self._magnitudes = np.zeros((2, len(counts), units))

    def begin(self) -> None:
        """Forget all that was taken in."""
        for sums in (self._means, self._squares, self._sums, self._magnitudes):
            sums[:] = 0.0

    def take(self, values: NDArray[np.floating], words: Words) -> None:
        """Take in some words for the means over all, from contiguous (rows, units)."""
        sum_words(values, words.first, words.last, self._word, self._means)

    def center(self) -> None:
        """All words were taken in, and are to be added one by one now."""
        self._means /= max(int(self._counts.sum()), 1)

    def add(self, values: NDArray[np.floating], words: Words) -> None:
        """Add the same words to the sums over their types."""
        add_words(
            values, *words, self._means, self._word, self._sums, self._magnitudes, self._squares
        )

    def lists(self) -> tuple[WordLists, Floats]:
        """The best types of every unit, and the share of variance that types explain."""
        deviations = np.sqrt(self._squares / max(int(self._counts.sum()), 1))
        # Of a type that does not occur all sums are 0, and so are its scores.
        average, smooth = 1.0 / np.maximum(self._counts, 1), 1.0 / (self._counts + SMOOTHING)
        scale = 1.0 / np.where(deviations > 0, deviations, 1)
        found, between = WordLists.empty(len(self._means)), np.zeros(len(self._means))
        _choose(
            self._sums, self._magnitudes, average, smooth, scale, self._means,
            found.types, found.scores, found.means, between,
        )  # fmt: skip
        return found, share(between, self._squares)


@compiled
def _choose(
    sums: Floats, magnitudes: Floats, average: Floats, smooth: Floats, scale: Floats, mean: Floats,
    types: NDArray[np.int32], scores: NDArray[np.float32], means: NDArray[np.float32],
    between: Floats,
) -> None:  # fmt: skip
    """Fill the lists, (kinds, units, kept) each, from the sums over all types, (types, units).

    A list holds what its name says: nothing but negative words at the bottom.

    Parameters
    ----------
    average, smooth : array (types,)
        What sums are multiplied with for a mean, and for a smoothed one.
    scale, mean : array (units,)
        What a smoothed mean is multiplied with for its score; what was taken off all values.
    between : array (units,)
        Filled with the part of the total sum of squares that lies between types.
    """
    count, units, kept = len(sums), len(scale), types.shape[2]
    largest = np.zeros(units)
    for t in range(count):
        for u in range(units):
            largest[u] = max(largest[u], magnitudes[t, u] * average[t])
        for u in range(units):
            between[u] += sums[t, u] * sums[t, u] * average[t]
    for u in range(units):
        largest[u] = 1.0 / largest[u] if largest[u] > 0 else 0.0
    # Keys of some types at a time, and the largest of them: few types enter a list, and most units
    # have none among those at hand.
    keys = np.empty((3, _AT_ONCE, units), np.float32)
    best = np.empty((3, units), np.float32)
    # What a key has to exceed to enter each list, and how long it is.
    least = np.zeros((3, units), np.float32)
    least[2] = THRESHOLD
    sizes = np.zeros((3, units), np.int64)
    for first in range(0, count, _AT_ONCE):
        some = min(_AT_ONCE, count - first)
        best[:] = 0.0
        for k in range(some):
            own = np.uint32(first + k)
            for u in range(units):
                keys[1, k, u] = -sums[own, u] * smooth[own] * scale[u]
            for u in range(units):
                keys[0, k, u] = abs(keys[1, k, u])
            for u in range(units):
                keys[2, k, u] = magnitudes[own, u] * average[own] * largest[u]
            for kind in range(3):
                for u in range(units):
                    best[kind, u] = max(best[kind, u], keys[kind, k, u])
        for kind in range(3):
            for u in range(units):
                if best[kind, u] <= least[kind, u]:
                    continue
                size = sizes[kind, u]
                for k in range(some):
                    key = keys[kind, k, u]
                    if key <= least[kind, u]:
                        continue
                    place = min(size, kept - 1)
                    while place > 0 and scores[kind, u, place - 1] < key:
                        scores[kind, u, place] = scores[kind, u, place - 1]
                        types[kind, u, place] = types[kind, u, place - 1]
                        place -= 1
                    scores[kind, u, place], types[kind, u, place] = key, first + k
                    size = min(size + 1, kept)
                    if size == kept:
                        least[kind, u] = scores[kind, u, kept - 1]
                sizes[kind, u] = size
    for kind in range(3):
        for u in range(units):
            for place in range(sizes[kind, u]):
                t = types[kind, u, place]
                if kind == 1 or (kind == 0 and sums[t, u] < 0):
                    scores[kind, u, place] = -scores[kind, u, place]
                means[kind, u, place] = sums[t, u] * average[t] + mean[u]
