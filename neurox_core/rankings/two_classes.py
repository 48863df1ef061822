"""Average precision of a class and of the rest over many rows, from one sort of the values.

Without ties the precision at place m of the ascending order is c / m for a row of the smaller
class, c being the number of its rows up to there, and (m - c) / m for another. c / m summed over
all m is, for each row of the smaller class, the sum of 1 / m from its place on: a difference of
harmonic numbers. So only the places of that class are looked at. A run of equal values counts as
its last row throughout; what that changes is a difference of harmonic numbers again. Where runs are
many, precisions are summed run by run.
"""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from .sorting import Keys, MarkedSort

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
MANY = 16
"""One run of equal values in so many rows is too many to look at each."""
NEAR = 1024
"""Harmonic numbers from here on are those of a short series, to the last digit."""


class TwoClasses:
    """Average precision of two classes, from above and from below, ties as one threshold.

    Parameters
    ----------
    numbers : array (rows,)
        Class of each row, 0 or 1; both occur.
    """

    def __init__(self, numbers: NDArray[np.integer]) -> None:
        counts = np.bincount(numbers, minlength=2)
        smaller = int(counts[1] < counts[0])
        self._rows, self._few = len(numbers), int(counts[smaller])
        self._order = [0, 1] if smaller == 0 else [1, 0]
        self._marks = numbers == smaller
        every = np.arange(1.0, self._rows + 1)
        # A running sum alone would lose a digit or two.
        self._harmonic = np.append(0.0, np.log(every) + np.euler_gamma + _tail(every))
        self._harmonic[1:NEAR] = np.cumsum(1 / every[: NEAR - 1])
        self._before = self._harmonic[-2::-1].copy(), self._harmonic[:-1]
        self._memory = threading.local()
        number = np.arange(1.0, self._few + 1)
        self._number = np.stack([number[::-1], number])

    def of(self, values: NDArray[np.floating]) -> tuple[Floats, Floats]:
        """Of the columns of (rows, neurons): from above and from below, (2, neurons) each.

        NaN for neurons that never change. May be called by several threads.
        """
        sort = self._sort(np.float64 if values.dtype == np.float64 else np.float32)
        sums: list[Floats] = []
        runs: list[Longs] = []
        for number, keys in enumerate(sort.sorted(values)):
            found, tied = self._without_ties(sort, keys)
            sums.append(found)
            if tied is not None:
                runs.append(np.stack([np.full(tied.shape[1], number), *tied]))
        totals = np.stack(sums)
        if runs:
            numbers, *tied_runs = np.concatenate(runs, axis=1)
            first = np.flatnonzero(np.diff(numbers, prepend=-1))
            totals[numbers[first]] += np.add.reduceat(self._changes(*tied_runs), first, axis=0)
        totals /= np.array([self._few, self._rows - self._few])
        above, below = totals[:, :, self._order].transpose(1, 2, 0)
        return above, below

    def _sort(self, dtype: type[np.floating]) -> MarkedSort:
        """The calling thread's own; its memory serves one tile after the other."""
        held: dict[str, MarkedSort] = self._memory.__dict__
        if dtype.__name__ not in held:
            held[dtype.__name__] = MarkedSort(self._marks, dtype)
        return held[dtype.__name__]

    def _without_ties(self, sort: MarkedSort, keys: Keys) -> tuple[Floats, Longs | None]:
        """Sums of precisions of a neuron, and the runs of equal values that were not seen to.

        Returns
        -------
        array (2, 2)
            From above and from below; of the smaller class and of the other.
        array (4, runs), optional
            Where each run starts and stops; rows of the smaller class before it and up to its end.
        """
        if keys[0] >> 1 == keys[-1] >> 1:
            return np.full((2, 2), np.nan), None
        equal = sort.equal(keys)
        ties = np.flatnonzero(equal)
        if not len(ties):
            return self._by_place(np.flatnonzero(sort.marked(keys))), None
        gap = np.flatnonzero(ties[1:] - ties[:-1] > 1)
        if len(gap) * MANY > self._rows:
            return self._by_run(keys, np.flatnonzero(~equal)), None
        runs = np.empty((4, len(gap) + 1), np.int64)
        runs[0, 0], runs[0, 1:] = ties[0], ties[gap + 1]
        runs[1, -1], runs[1, :-1] = ties[-1] + 2, ties[gap] + 2
        places = np.flatnonzero(sort.marked(keys))
        runs[2:] = np.searchsorted(places, runs[:2])
        return self._by_place(places), runs

    def _by_place(self, places: Longs) -> Floats:
        """Sums as if no values were equal: `places` of the smaller class, from 0.

        Returns
        -------
        array (2, 2)
            From above and from below; of the smaller class and of the other.
        """
        rows, few = self._rows, self._few
        shares = np.empty((2, few))
        np.subtract(rows, places, out=shares[0])
        np.add(places, 1, out=shares[1])
        own = np.divide(self._number, shares, out=shares).sum(1)
        # 1 / m from the place on: H(rows) - H(place - 1)
        before = [table.take(places, mode="clip").sum() for table in self._before]
        later = few * self._harmonic[rows] - np.array(before)
        return np.stack([own, rows - few - later + own], axis=1)

    def _by_run(self, keys: Keys, last: Longs) -> Floats:
        """Sums over all runs of equal values, which end at the `last` places but for one."""
        stop = np.append(last + 1, self._rows)
        upto = np.cumsum(keys & 1)[stop - 1]
        before, start = np.append(0, upto[:-1]), np.append(0, stop[:-1])
        own = (upto - before).astype(np.float64)
        others = (stop - start) - own
        shares = (self._few - before) / (self._rows - start), upto / stop
        return np.array([[own @ s, others.sum() - others @ s] for s in shares])

    def _changes(self, start: Longs, stop: Longs, before: Longs, upto: Longs) -> Floats:
        """What runs of equal values change, (runs, 2, 2); the smaller class stands last in them.

        Parameters
        ----------
        start, stop : array (runs,)
        before, upto : array (runs,)
            Rows of the smaller class before the run, and up to its end.
        """
        own = upto - before
        others = stop - start - own
        # From below: the other class, then the smaller one.
        first, middle, end = self._harmonic[np.stack([start, stop - own, stop])]
        share = upto / stop
        below = [(stop - upto) * (end - middle) - own * (1 - share),
                 before * (middle - first) - others * share]  # fmt: skip
        # From above: the other way round.
        top, bottom = self._rows - start, self._rows - stop
        left, past = self._few - before, self._few - upto
        first, middle, end = self._harmonic[np.stack([bottom, bottom + own, top])]
        share = left / top
        above = [(bottom - past) * (middle - first) - own * (1 - share),
                 left * (end - middle) - others * share]  # fmt: skip
        return np.array([above, below]).transpose(2, 0, 1)


def _tail(numbers: Floats) -> Floats:
    """What harmonic numbers are above ln m + γ (Euler 1740), for numbers that are not small."""
    square = 1 / (numbers * numbers)
    found: Floats = 1 / (2 * numbers) - square * (1 / 12 - square / 120)
    return found
