"""The words that a neuron answers to, for all neurons of a layer by sums over listed rows.

The means of every word's pieces are laid down with words of one type next to each other, so that
sums over types are sums over neighbours; where every word is one piece, pieces are summed where
they are. A list is cut out of a row of scores by a partition of integers that hold a score and its
type's number, so equal scores stand by number.

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
import torch
from numpy.typing import NDArray

from .groups import Floats, Groups
from .tables import Ints, Longs
from .word_rows import WordRows, Words

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


class WordScorer:
    """Scores of all word types for blocks of units.

    Parameters
    ----------
    types : array of int32
        Number of each word's surface form.
    first, last : array of int32
        Rows ``first`` to ``last - 1`` make up a word; equal when there is none.
    """

    def __init__(self, types: Ints, first: Ints, last: Ints) -> None:
        words = Words(first, last, types)
        present = first < last
        self._types = np.unique(types[present])
        self._rows: WordRows | None = None
        if (last - first <= 1).all():
            self._groups = Groups.of(types[present], first[present])
        else:
            self._rows = WordRows(*WordRows.arranged(words, int(last.max())))
            self._groups = self._rows.groups

    @property
    def chance(self) -> float:
        """Share of variance that the word types of a random unit explain, in expectation."""
        return self._groups.chance

    def score(self, x: torch.Tensor, mean: Floats) -> tuple[WordLists, Floats]:
        """Word lists of some units, and the share of variance that word types explain.

        Parameters
        ----------
        x : tensor (tokens, units)
            All rows of the stack, special ones included, about a mean; they are overwritten.
        mean : array (units,)
            What was taken off; zeros if nothing was.
        """
        units = x.shape[1]
        if not len(self._types):
            return WordLists.empty(units), np.full(units, np.nan)
        words, others = x, None
        if self._rows is None:
            others = self._others(len(x))
        else:
            words = self._rows.means(x)
        found = Sums.of(words, mean, self._groups, others)
        return best_lists(found, self._types, self._groups.counts), found.shares

    def _others(self, rows: int) -> torch.Tensor | None:
        """Rows that are no word's, where a word is one row; None if there are none."""
        if len(self._groups.order) == rows:
            return None
        found = torch.ones(rows, dtype=torch.bool)
        found[torch.from_numpy(self._groups.order)] = False
        return found


def best_lists(found: Sums, types: NDArray[np.integer], occurrences: Longs) -> WordLists:
    """The best types of every unit.

    Parameters
    ----------
    found : Sums
    types, occurrences : array (types,) of int
        Number and count of each type that `found` has sums of.
    """
    counts = occurrences.astype(np.float32)
    smoothed = found.sums / (counts + SMOOTHING)
    smoothed /= found.deviations[:, None]
    average = found.magnitudes / counts
    largest = average.max(1, keepdims=True)
    average /= np.where(largest > 0, largest, 1)
    # A list holds what its name says: nothing but negative words at the bottom.
    keys = (np.abs(smoothed), 0 - np.minimum(smoothed, 0), average)
    parts = [_best(key) for key in keys]
    chosen, best = (np.stack(part) for part in zip(*parts, strict=True))
    holds = best > np.array([0, 0, THRESHOLD], np.float32)[:, None, None]
    place = chosen + np.arange(len(smoothed))[:, None] * smoothed.shape[1]
    best[0], best[1] = smoothed.take(place[0]), -best[1]
    means = found.sums.take(place) / counts[chosen] + found.means[:, None]
    lists, kept = WordLists.empty(len(smoothed)), slice(chosen.shape[2])
    lists.types[..., kept] = np.where(holds, types[chosen], -1)
    lists.scores[..., kept] = best * holds
    lists.means[..., kept] = means * holds
    return lists


@dataclass(frozen=True)
class Sums:
    """Sums over the types of words, one row a unit, of values about their mean.

    Attributes
    ----------
    means, deviations : array (units,) of float32
        Over words. A constant unit has sums of 0, and 1 in place of its deviation.
    sums, magnitudes : array (units, types) of float32
        Sums of x - mean and of |x - mean|.
    shares : array (units,) of float64
        Of variance explained by types; NaN for a constant unit.
    """

    means: NDArray[np.float32]
    deviations: NDArray[np.float32]
    sums: NDArray[np.float32]
    magnitudes: NDArray[np.float32]
    shares: Floats

    @classmethod
    def of(
        cls, words: torch.Tensor, mean: Floats, groups: Groups, others: torch.Tensor | None = None
    ) -> Sums:
        """From the values of all words about `mean`, which are overwritten.

        Rows that are no word's are marked in `others`.
        """
        count = len(groups.order)
        if others is not None:
            words[others] = 0.0
        moved = words.sum(0) / count
        words -= moved
        if others is not None:
            words[others] = 0.0
        means = mean + moved.double().numpy()
        sums = groups.sums(words)
        magnitudes = groups.sums(words.abs_())
        squares = words.square_().sum(0).double().numpy()
        deviations = np.sqrt(squares / count)
        # Taking means in float32 rounds, so a constant may differ from itself in the last digit.
        constant = deviations <= 1e-6 * np.abs(means)
        if constant.any():
            for part in (sums, magnitudes):
                part[:, torch.from_numpy(constant)] = 0.0
        shares = groups.shares(sums, np.where(constant, 0.0, squares))
        return cls(
            means.astype(np.float32),
            np.where(constant, 1.0, deviations).astype(np.float32),
            sums.t().contiguous().float().numpy(),
            magnitudes.t().contiguous().float().numpy(),
            shares,
        )


def _best(key: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Columns of the largest keys of each row, largest first, ties by column; and those keys.

    No key is negative, nor -0, so the bits of larger keys are larger integers.
    """
    bits = np.ascontiguousarray(key, np.float32).view(np.int32)
    packed = (~bits).astype(np.int64)  # the largest first
    packed <<= 32
    packed |= np.arange(key.shape[1])
    if key.shape[1] > KEPT:
        packed.partition(KEPT - 1, axis=1)
        packed = packed[:, :KEPT].copy()
    packed.sort(axis=1)
    ordered = (~(packed >> 32)).astype(np.int32)
    packed &= 0xFFFFFFFF
    return packed, ordered.view(np.float32)
