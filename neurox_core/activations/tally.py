"""Exact statistics of any number of half-precision values in constant memory.

There are only 65,536 different float16 numbers. How often each of them occurs says all that sorted
values would, in less time: quantiles and histograms are read off the running totals. Moments are
sums over the values in float64, about a mean that is known by then, many units at once.

Numbers are counted by their bits and read off in their order, from the least to the largest. Where
all values of a unit are there at once, units take turns with the counts of a few, half a megabyte,
which stay in the cache.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..compiled import compiled
from .grouped import Floats
from .statistics import BINS, LEVELS, LayerStatistics, edges
from .tables import Longs

Counts = NDArray[np.unsignedinteger[Any]]
Bits = NDArray[np.uint16]
Singles = NDArray[np.float32]

_NUMBERS, _RUN = 2**16, 64
_TOGETHER = 4
"""Units whose values are counted in one go: their numbers stand side by side in memory."""
# The bits of all float16 numbers in order: those with the sign first, -0 before 0.
_ORDER = np.concatenate([np.arange(0xFFFF, 0x7FFF, -1), np.arange(0x8000)]).astype(np.uint16)
_VALUES = _ORDER.view(np.float16).astype(np.float64)
_LEVELS = np.array(LEVELS)


class Tally:
    """Counts and sums of the values of some units.

    All values are handed over with :meth:`add`, and then once more with :meth:`again`.

    Parameters
    ----------
    units, rows : int
        Rows come so many at a time, at most.
    whole : bool
        Whether all rows come at once.
    """

    def __init__(self, units: int, rows: int, *, whole: bool) -> None:
        # Half as wide where no count can be larger: less to clear, and to add up.
        narrow = whole and rows < 2**16
        self._counts: Counts = np.zeros(
            (_TOGETHER if whole else units, _NUMBERS), np.uint16 if narrow else np.uint32
        )
        self._units, self._whole = units, whole
        self._waiting = self._nothing = np.empty((0, units), np.uint16), np.empty(0, np.int64)
        self._least, self._largest = np.empty((2, units), np.float32)
        # Of x and |x|; of |x - mean| and the powers of x - mean from the second on.
        self._sums, self._powers = np.empty((2, units)), np.empty((4, units))
        self._begin()

    def _begin(self) -> None:
        """Forget everything."""
        self._total, self._waiting = 0, self._nothing
        self._least[:], self._largest[:] = np.inf, -np.inf
        self._sums[:], self._powers[:] = 0.0, 0.0

    def add(self, stored: NDArray[np.float16], values: NDArray[np.float32], special: Longs) -> None:
        """Take in some of the values.

        Parameters
        ----------
        stored : array (rows, units) of float16, finite
        values : array (rows, units) of float32
            The same numbers.
        special : array of int64, ascending
            Rows that do not count.

        What comes as a whole has to stay there until :meth:`statistics`.
        """
        bits = stored.view(np.uint16)
        _sum_up(values, special, self._sums, self._least, self._largest)
        self._total += len(stored) - len(special)
        if self._whole:
            self._waiting = bits, special
        else:
            _count(bits, 0, special, self._counts)

    def means(self) -> Floats:
        """The mean of each unit, once all values were taken in; at least one is needed."""
        # A constant's mean is its value: rounding must not give it a deviation. (-0 equals 0.)
        constant = self._least == self._largest
        found: Floats = np.where(constant, self._least, self._sums[0] / self._total)
        return found

    def again(self, values: NDArray[np.float32], special: Longs) -> None:
        """See the same values once more."""
        _sum_powers(values, special, self.means(), self._powers)

    def statistics(self) -> LayerStatistics:
        """What :func:`.statistics.describe` says of the same values.

        All that was taken in is forgotten.
        """
        units = self._units
        quantiles, bins = np.empty((units, len(LEVELS))), np.empty((units, BINS), np.int64)
        # Without the sign of a zero.
        minimum, maximum = (x.astype(np.float64) + 0.0 for x in (self._least, self._largest))
        ends, bounds = _places(self._least, self._largest), edges(minimum, maximum)
        for first in range(0, units, len(self._counts)):
            if self._whole:
                _count(self._waiting[0], first, self._waiting[1], self._counts)
            _read_off(
                self._counts, first, ends, self._total, _ORDER, _VALUES, _LEVELS, bounds,
                quantiles, bins,
            )  # fmt: skip
        unknown, count, means = np.full(units, np.nan), self._total, self.means()
        distance, variance, third, fourth = self._powers / count
        with np.errstate(invalid="ignore", divide="ignore"):
            skewness, kurtosis = third / variance**1.5, fourth / variance**2 - 3.0
        found = LayerStatistics(
            count=count, mean=means, deviation=np.sqrt(variance), minimum=minimum, maximum=maximum,
            skewness=skewness, kurtosis=kurtosis, mean_absolute=self._sums[1] / count,
            mean_distance=distance, quantiles=quantiles, counts=bins,
            position_variance=unknown, word_variance=unknown,
        )  # fmt: skip
        self._begin()
        return found


@compiled
def _sum_up(
    values: Singles, special: Longs, sums: Floats, least: Singles, largest: Singles
) -> None:
    """Add up rows that are not special: x and |x|, and the extremes."""
    units, following = values.shape[1], 0
    for i in range(values.shape[0]):
        if following < special.size and special[following] == i:
            following += 1
            continue
        for u in range(units):
            x = np.float64(values[i, u])
            sums[0, u] += x
            sums[1, u] += abs(x)
        for u in range(units):
            least[u] = min(least[u], values[i, u])
            largest[u] = max(largest[u], values[i, u])


@compiled
def _sum_powers(values: Singles, special: Longs, means: Floats, powers: Floats) -> None:
    """Add up rows that are not special: |x - mean| and its second, third and fourth power."""
    units, following = values.shape[1], 0
    for i in range(values.shape[0]):
        if following < special.size and special[following] == i:
            following += 1
            continue
        for u in range(units):
            away = values[i, u] - means[u]
            square = away * away
            powers[0, u] += abs(away)
            powers[1, u] += square
            powers[2, u] += square * away
            powers[3, u] += square * square


def _places(least: Singles, largest: Singles) -> Longs:
    """Places in the order, (2, units), between which the numbers of each unit stand."""
    # Either zero may have been found to be the least or the largest where both occur.
    ends = np.stack([np.where(least == 0, -0.0, least), np.where(largest == 0, 0.0, largest)])
    bits = ends.astype(np.float16).view(np.uint16).astype(np.int64)
    return np.where(bits < 0x8000, bits + 0x8000, 0xFFFF - bits)


@compiled
def _count(bits: Bits, first: int, special: Longs, counts: Counts) -> None:
    """Count numbers of unit `first` and those after it, as many units as there are counts for."""
    end, begin = min(bits.shape[1] - first, counts.shape[0]), 0
    while begin < end:
        u = first + begin
        if begin + _TOGETHER <= end:
            many = _TOGETHER
            for i in range(bits.shape[0]):
                for k in range(_TOGETHER):
                    counts[begin + k, bits[i, u + k]] += 1
        else:
            many = 1
            for i in range(bits.shape[0]):
                counts[begin, bits[i, u]] += 1
        for i in special:
            for k in range(many):
                counts[begin + k, bits[i, u + k]] -= 1
        begin += many


@compiled
def _read_off(
    counts: Counts, first: int, ends: Longs, total: int, order: Bits, values: Floats,
    levels: Floats, bounds: Floats, quantiles: Floats, bins: Longs,
) -> None:  # fmt: skip
    """Read quantiles and bins of unit `first` and those after it off their counts; clear these.

    Parameters
    ----------
    counts : array (some units, 65536)
        By the bits of the numbers.
    ends : array (2, units)
        Places in the order of the least and the largest number.
    total : int
        How many numbers were counted of each unit.
    order, values : array (65536,)
        The bits of all numbers in order, and the numbers.
    levels : array (levels,)
    bounds : array (units, bins + 1)
        Edges of the bins. Not computed here, where they might be rounded otherwise.
    quantiles : array (units, levels)
        Linear between neighbouring ranks.
    bins : array (units, bins)
        The last one has its right edge.
    """
    parts = bins.shape[1]
    before = np.empty(values.size // _RUN + 1, np.int64)
    for own in range(min(counts.shape[0], quantiles.shape[0] - first)):
        u = first + own
        # How many numbers stand before each run of places.
        low, high = ends[0, u] // _RUN, ends[1, u] // _RUN + 1
        before[low] = 0
        for run in range(low, high):
            begin = np.uint32(min(order[run * _RUN], order[run * _RUN + _RUN - 1]))
            inside = counts[own, begin]
            for p in range(1, _RUN):
                # Not wider than the counts, so that many are added at once.
                inside = counts.dtype.type(inside + counts[own, begin + np.uint32(p)])
            before[run + 1] = before[run] + np.int64(inside)

        run = low
        for level in range(levels.size):
            target = levels[level] * (total - 1)
            rank = np.int64(target)
            lower = upper = 0.0
            for side in range(2):
                wanted = min(rank + side, total - 1)
                while before[run + 1] <= wanted:
                    run += 1
                place = run * _RUN
                passed = before[run] + counts[own, order[place]]
                while passed <= wanted:
                    place += 1
                    passed += counts[own, order[place]]
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
                    until += counts[own, order[place]]
                    place += 1
            bins[u, part] = until - passed
            passed = until
        for run in range(low, high):
            begin = np.uint32(min(order[run * _RUN], order[run * _RUN + _RUN - 1]))
            for p in range(_RUN):
                counts[own, begin + np.uint32(p)] = 0
