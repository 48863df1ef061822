"""Exact statistics of any number of half-precision values in constant memory.

There are only 65,536 different float16 numbers. How often each of them occurs says everything that
:class:`.statistics.LayerStatistics` holds apart from groups: moments are weighted sums over the
numbers in float64, quantiles and histograms are read off the running totals. This is quicker than
sorting the values.

Counts stand in the order of the numbers, from the least to the largest; only those between the
extremes of a unit are looked at. Where all values of a unit are there at once, units take turns
with the counts of one, a quarter of a megabyte, which stay in the cache.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..compiled import compiled
from .grouped import Floats
from .statistics import BINS, LEVELS, LayerStatistics, edges
from .tables import Longs

Counts = NDArray[np.uint32]
Bits = NDArray[np.uint16]

_NUMBERS, _RUN = 2**16, 64
# All float16 numbers in order, by their bits: those with the sign first, -0 before 0.
_ORDER = np.concatenate([np.arange(0xFFFF, 0x7FFF, -1), np.arange(0x8000)]).astype(np.uint16)
_VALUES = _ORDER.view(np.float16).astype(np.float64)
_LEVELS = np.array(LEVELS)
_SUMS = (
    "minimum", "maximum", "mean", "deviation", "skewness", "kurtosis", "mean_absolute",
    "mean_distance",
)  # fmt: skip


class Tally:
    """Counts of the values of some units.

    Parameters
    ----------
    units, rows : int
        Rows come so many at a time, at most.
    whole : bool
        Whether all rows come at once.
    """

    def __init__(self, units: int, rows: int, *, whole: bool) -> None:
        self._counts = np.zeros((1 if whole else units, _NUMBERS), np.uint32)
        # Not a power of two from unit to unit: all would share a few lines of the cache.
        self._places, self._whole = np.empty((units, rows + _RUN // 2), np.uint16), whole
        self._waiting = self._nothing = self._places[:, :0], np.empty(0, np.int64)
        # Places of the extremes.
        self._least = np.full(units, _NUMBERS - 1, np.uint16)
        self._largest = np.zeros(units, np.uint16)

    def add(self, values: NDArray[np.float16], special: Longs) -> None:
        """Take in some of the values.

        Parameters
        ----------
        values : array (rows, units) of float16, finite
        special : array of int64
            Rows that do not count.
        """
        places = self._places[:, : len(values)]
        _turn(values.view(np.uint16), places)
        ordinary = _first_missing(special)
        if ordinary < len(values):
            # Special rows stand in for another, and are taken off again where they are counted.
            places[:, special] = places[:, ordinary : ordinary + 1]
            np.minimum(self._least, places.min(1), out=self._least)
            np.maximum(self._largest, places.max(1), out=self._largest)
        if self._whole:
            self._waiting = places, special
        else:
            _count(places, special, self._counts)

    def statistics(self) -> LayerStatistics:
        """What :func:`.statistics.describe` says of the same values; at least one is needed.

        All that was taken in is forgotten.
        """
        units = len(self._places)
        sums, totals = np.empty((len(_SUMS), units)), np.empty(units, np.int64)
        found: dict[str, Any] = dict(zip(_SUMS, sums, strict=True))
        quantiles, bins = np.empty((units, len(LEVELS))), np.empty((units, BINS), np.int64)
        bounds = edges(_VALUES[self._least], _VALUES[self._largest])
        _describe(
            *self._waiting, self._counts, _VALUES, _LEVELS, bounds, totals, sums, quantiles, bins
        )
        self._least[:], self._largest[:] = _NUMBERS - 1, 0
        self._waiting = self._nothing
        unknown = np.full(units, np.nan)
        return LayerStatistics(
            count=int(totals[0]), quantiles=quantiles, counts=bins,
            position_variance=unknown, word_variance=unknown, **found,
        )  # fmt: skip


def _first_missing(numbers: Longs) -> int:
    """The first number that ascending ones lack."""
    gaps = np.flatnonzero(numbers != np.arange(len(numbers)))
    return int(gaps[0]) if len(gaps) else len(numbers)


@compiled
def _turn(bits: Bits, places: Bits) -> None:
    """The bits of numbers, (rows, units), as their places in the order, (units, rows).

    All bits of a number with a sign are turned over, and of any other the first.
    """
    for i in range(bits.shape[0]):
        for u in range(bits.shape[1]):
            places[u, i] = bits[i, u] ^ (0x8000 | 0x7FFF * (bits[i, u] >> 15))


@compiled
def _count(places: Bits, special: Longs, counts: Counts) -> None:
    """Count the numbers of each unit."""
    for u in range(places.shape[0]):
        for i in range(places.shape[1]):
            counts[u, places[u, i]] += 1
        for i in special:
            counts[u, places[u, i]] -= 1


@compiled
def _describe(
    places: Bits, special: Longs, counts: Counts, values: Floats, levels: Floats, bounds: Floats,
    totals: Longs, sums: Floats, quantiles: Floats, bins: Longs,
) -> None:  # fmt: skip
    """Count more numbers as :func:`_count` does, read everything off, and clear the counts.

    Parameters
    ----------
    places : array (units, rows)
    counts : array (units or 1, 65536)
    values : array (65536,)
        The numbers in order.
    levels : array (levels,)
    bounds : array (units, bins + 1)
        Edges of the bins. Not computed here, where they might be rounded otherwise.
    totals : array (units,)
        Filled with the number of values.
    sums : array (8, units)
        Filled with what ``_SUMS`` names.
    quantiles : array (units, levels)
        Linear between neighbouring ranks.
    bins : array (units, bins)
        The last one has its right edge.
    """
    runs, parts = counts.shape[1] // _RUN, bins.shape[1]
    before = np.empty(runs + 1, np.int64)
    for u in range(places.shape[0]):
        own = np.uint32(u % len(counts))
        for i in range(places.shape[1]):
            counts[own, places[u, i]] += 1
        for i in special:
            counts[own, places[u, i]] -= 1

        # How many numbers stand before each run of places, and where those that occur begin.
        total = 0
        for run in range(runs):
            before[run] = total
            inside = np.uint32(0)
            for p in range(_RUN):
                # Not wider than the counts, so that many are added at once.
                inside = np.uint32(inside + counts[own, run * _RUN + p])
            total += int(inside)
        before[runs] = totals[u] = total
        low, high = 0, runs
        while before[low + 1] == 0:
            low += 1
        while before[high - 1] == total:
            high -= 1
        # From 0 on, so that none could be counted from the end, and many are taken at once.
        seen, numbers = counts[own, low * _RUN : high * _RUN], values[low * _RUN : high * _RUN]
        first, last = 0, seen.size - 1
        while seen[first] == 0:
            first += 1
        while seen[last] == 0:
            last -= 1

        least, largest = numbers[first], numbers[last]
        linear = absolute = 0.0
        for p in range(seen.size):
            c, x = np.float64(seen[p]), numbers[p]
            linear += c * x
            absolute += c * abs(x)
        # A constant's mean is its value: rounding must not give it a deviation. (-0 equals 0.)
        mean = least if least == largest else linear / total
        second = third = fourth = distance = 0.0
        for p in range(seen.size):
            c, away = np.float64(seen[p]), numbers[p] - mean
            square = away * away
            second += c * square
            third += c * square * away
            fourth += c * square * square
            distance += c * abs(away)
        variance = second / total
        sums[0, u], sums[1, u], sums[2, u], sums[3, u] = least, largest, mean, variance**0.5
        sums[4, u] = third / total / variance**1.5 if variance > 0 else np.nan
        sums[5, u] = fourth / total / variance**2 - 3.0 if variance > 0 else np.nan
        sums[6, u], sums[7, u] = absolute / total, distance / total

        run = 0
        for level in range(levels.size):
            target = levels[level] * (total - 1)
            rank = np.int64(target)
            lower = upper = 0.0
            for side in range(2):
                wanted = min(rank + side, total - 1)
                while before[run + 1] <= wanted:
                    run += 1
                place = run * _RUN
                passed = before[run] + counts[own, place]
                while passed <= wanted:
                    place += 1
                    passed += counts[own, place]
                lower, upper = upper, values[place]
            quantiles[u, level] = lower + (upper - lower) * (target - rank)

        passed = 0
        for part in range(parts):
            until = total
            if part + 1 < parts:
                edge = bounds[u, part + 1]
                # The last run that begins below the edge; the first if none does.
                run, end = low, high
                while end - run > 1:
                    middle = (run + end) // 2
                    if values[middle * _RUN] < edge:
                        run = middle
                    else:
                        end = middle
                until, place = before[run], run * _RUN
                while values[place] < edge:
                    until += counts[own, place]
                    place += 1
            bins[u, part] = until - passed
            passed = until
        seen[:] = 0
