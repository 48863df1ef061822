"""Average precision of a class and of the rest over many rows, from one sort of the values.

Without ties the precision at place m of the ascending order is c / m for a row of the smaller
class, c being the number of its rows up to there, and (m - c) / m for another. c / m summed over
all m is, for each row of the smaller class, the sum of 1 / m from its place on: a difference of
harmonic numbers. So only the places of that class are looked at. A run of equal values counts as
its last row throughout, which is put right run by run. Where runs are many, all are summed run by
run.
"""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from ..compiled import compiled
from .sorting import Keys, MarkedSort

Floats = NDArray[np.float64]
MANY = 16
"""One value in so many that is equal to the one before is too many to look at each."""
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
        self._few = int(counts[smaller])
        self._order = [0, 1] if smaller == 0 else [1, 0]
        self._marks = numbers == smaller
        every = np.arange(1.0, len(numbers) + 1)
        # A running sum alone would lose a digit or two.
        self._harmonic = np.append(0.0, np.log(every) + np.euler_gamma + _tail(every))
        self._harmonic[1:NEAR] = np.cumsum(1 / every[: NEAR - 1])
        self._memory = threading.local()

    def of(self, values: NDArray[np.floating]) -> tuple[Floats, Floats]:
        """Of the columns of (rows, neurons): from above and from below, (2, neurons) each.

        NaN for neurons that never change. May be called by several threads.
        """
        sort, places = self._memory_for(values.dtype)
        totals = np.empty((values.shape[1], 2, 2))
        for keys, total in zip(sort.sorted(values), totals, strict=True):
            tied = _ties(keys)
            if tied == len(keys) - 1:
                total[:] = np.nan
            elif tied * MANY > len(keys):
                _by_run(keys, self._few, total)
            else:
                _by_place(keys, tied, self._few, self._harmonic, places, total)
        totals /= np.array([self._few, len(self._marks) - self._few])
        above, below = totals[:, :, self._order].transpose(1, 2, 0)
        return above, below

    def _memory_for(self, dtype: np.dtype[np.floating]) -> tuple[MarkedSort, NDArray[np.int32]]:
        """The calling thread's own; it serves one tile after the other."""
        held: dict[str, tuple[MarkedSort, NDArray[np.int32]]] = self._memory.__dict__
        if dtype.name not in held:
            places = np.empty(self._few + 1, np.int32)
            held[dtype.name] = MarkedSort(self._marks, dtype), places
        return held[dtype.name]


@compiled
def _ties(keys: Keys) -> int:
    """How many values are equal to the one before."""
    found = 0
    for i in range(keys.size - 1):
        found += (keys[i] | 1) == (keys[i + 1] | 1)
    return found


@compiled
def _by_place(
    keys: Keys, tied: int, few: int, harmonic: Floats, places: NDArray[np.int32], found: Floats
) -> None:
    """Sums of the precisions at the rows of each class, of one neuron with few equal values.

    Parameters
    ----------
    keys : array (rows,)
        As :class:`.MarkedSort` gives them; the smaller class is marked.
    tied, few : int
        Values that are equal to the one before; rows of the smaller class.
    harmonic : array (rows + 1,)
    places : array (few + 1,)
        Overwritten.
    found : array (2, 2)
        Filled, from above and from below; of the smaller class and of the other.
    """
    rows, count = keys.size, 0
    for i in range(rows):
        # Written in any case, and kept if the row is marked.
        places[count] = i
        count += keys[i] & 1
    # c / m summed over the rows of the smaller class, and over all.
    above = below = all_above = all_below = 0.0
    for i in range(few):
        above += (few - i) / (rows - places[i])
        below += (i + 1) / (places[i] + 1)
        all_above += harmonic[rows - places[i] - 1]
        all_below += harmonic[places[i]]
    all_above, all_below = few * harmonic[rows] - all_above, few * harmonic[rows] - all_below
    before = stop = 0
    for start in range(rows - 1 if tied else 0):
        if (keys[start] | 1) != (keys[start + 1] | 1) or start < stop:
            continue
        while before < few and places[before] < start:
            before += 1
        stop, upto = start, before
        while stop < rows and (keys[stop] | 1) == (keys[start] | 1):
            # Take off what was summed as if the values differed.
            marked = keys[stop] & 1
            high, low = (few - upto) / (rows - stop), (upto + marked) / (stop + 1)
            above, below = above - marked * high, below - marked * low
            all_above, all_below = all_above - high, all_below - low
            upto, stop = upto + marked, stop + 1
        high, low = (few - before) / (rows - start), upto / stop
        above, below = above + (upto - before) * high, below + (upto - before) * low
        all_above += (stop - start) * high
        all_below += (stop - start) * low
    found[0, 0], found[0, 1] = above, rows - few - all_above + above
    found[1, 0], found[1, 1] = below, rows - few - all_below + below


@compiled
def _by_run(keys: Keys, few: int, found: Floats) -> None:
    """What :func:`_by_place` finds, of a neuron with many equal values."""
    rows, before, start = keys.size, 0, 0
    found[:] = 0.0
    while start < rows:
        stop, own = start, 0
        while stop < rows and (keys[stop] | 1) == (keys[start] | 1):
            own += keys[stop] & 1
            stop += 1
        others = stop - start - own
        high, low = (few - before) / (rows - start), (before + own) / stop
        found[0, 0] += own * high
        found[0, 1] += others * (1 - high)
        found[1, 0] += own * low
        found[1, 1] += others * (1 - low)
        before, start = before + own, stop


def _tail(numbers: Floats) -> Floats:
    """What harmonic numbers are above ln m + γ (Euler 1740), for numbers that are not small."""
    square = 1 / (numbers * numbers)
    found: Floats = 1 / (2 * numbers) - square * (1 / 12 - square / 120)
    return found
