"""Average precision of a class and of the rest over many rows, from two sorts of plain values.

In a stretch of the sorted values in which no row of the smaller class lies, the number c of its
rows below stands still, so that the precisions (m - c) / m of the other rows at places m sum to a
difference of harmonic numbers. What is left to look at are the rows of the smaller class and runs
of equal values. A sort of plain values is several times faster than one that keeps row numbers.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]


class TwoClasses:
    """Average precision of two classes, from above and from below, ties as one threshold.

    Parameters
    ----------
    numbers : array (rows,)
        Class of each row, 0 or 1; both occur.
    """

    def __init__(self, numbers: NDArray[np.integer]) -> None:
        counts = np.bincount(numbers, minlength=2)
        self._smaller = int(counts[1] < counts[0])
        self._rows = np.flatnonzero(numbers == self._smaller)
        self._harmonic = np.concatenate([[0.0], np.cumsum(1 / np.arange(1.0, len(numbers) + 1))])

    def of(self, column: NDArray[np.floating]) -> tuple[Floats, Floats]:
        """Of one neuron's values (rows,): from above and from below, (2,) each; NaN if constant."""
        ordered, few = np.sort(column), np.sort(column[self._rows])
        if ordered[0] == ordered[-1]:
            return np.full(2, np.nan), np.full(2, np.nan)
        equal = np.flatnonzero(ordered[1:] == ordered[:-1])
        runs = _runs(ordered, few, bool(len(equal)))
        above, below = self._at_runs(len(ordered), len(few), *runs)
        if len(equal):
            more = self._of_ties(ordered, few, equal)
            above[1] += more[0]
            below[1] += more[1]
        sizes = np.array([len(few), len(ordered) - len(few)])
        order = [0, 1] if self._smaller == 0 else [1, 0]
        return (above / sizes)[order], (below / sizes)[order]

    def _at_runs(
        self, rows: int, few: int, start: Longs, stop: Longs, before: Longs, upto: Longs
    ) -> tuple[Floats, Floats]:
        """Sums over runs that hold rows of the smaller class, and over what lies between them."""
        harmonic = self._harmonic
        own = (upto - before).astype(np.float64)
        rest, left = (stop - start) - own, rows - start
        high, low = (few - before) / left, upto / stop
        above = own @ high, rest.sum() - rest @ high
        below = own @ low, rest.sum() - rest @ low
        begin, end = np.append(0, stop), np.append(start, rows)
        under = np.append(0.0, upto)
        free = (
            (few - under) @ (harmonic[rows - begin] - harmonic[rows - end]),
            under @ (harmonic[end] - harmonic[begin]),
        )
        between = (end - begin).sum()
        return (
            np.array([above[0], above[1] + between - free[0]]),
            np.array([below[0], below[1] + between - free[1]]),
        )

    def _of_ties(
        self, ordered: NDArray[np.floating], few: NDArray[np.floating], equal: Longs
    ) -> tuple[float, float]:
        """What runs of equal values of the larger class change: all their rows count the last."""
        gap = np.diff(equal) > 1
        start = equal[np.append(True, gap)]
        stop = equal[np.append(gap, True)] + 2
        under = np.searchsorted(few, ordered[start])
        alone = under == np.searchsorted(few, ordered[start], "right")
        start, stop, under = start[alone], stop[alone], under[alone]
        harmonic, size, rows = self._harmonic, stop - start, len(ordered)
        top, bottom = rows - start, rows - stop
        above = (len(few) - under) @ (harmonic[top] - harmonic[bottom] - size / top)
        below = under @ (harmonic[stop] - harmonic[start] - size / stop)
        return float(above), float(below)


def _runs(
    ordered: NDArray[np.floating], few: NDArray[np.floating], tied: bool
) -> tuple[Longs, Longs, Longs, Longs]:
    """Where each value of the smaller class begins and ends among all rows, and among its own."""
    start = np.searchsorted(ordered, few)
    every = np.arange(len(few))
    if not tied:
        return start, start + 1, every, every + 1
    before = every[np.append(True, few[1:] != few[:-1])]
    start, values = start[before], few[before]
    stop = start + 1
    more = np.flatnonzero(ordered[np.minimum(stop, len(ordered) - 1)] == values)
    stop[more] = np.searchsorted(ordered, values[more], "right")
    return start, stop, before, np.append(before[1:], len(few))
