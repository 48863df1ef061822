"""Exact statistics of any number of half-precision values in constant memory.

There are only 65,536 different float16 numbers. How often each of them occurs says all that sorted
values would, in less time: quantiles and histograms are read off the running totals. Moments are
sums over the values in float64, about a mean that is known by then, many units at once.

Counts stand in the order of the numbers, from the least to the largest. Where all values of a unit
are there at once, units take turns with the counts of one, a quarter of a megabyte, which stay in
the cache.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..compiled import compiled
from .grouped import Floats
from .statistics import BINS, LEVELS, LayerStatistics, edges
from .tables import Longs

Counts = NDArray[np.uint32]
Bits = NDArray[np.uint16]
Singles = NDArray[np.float32]

_NUMBERS, _RUN = 2**16, 64
# All float16 numbers in order, by their bits: those with the sign first, -0 before 0.
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
        self._counts = np.zeros((1 if whole else units, _NUMBERS), np.uint32)
        # Not a power of two from unit to unit: all would share a few lines of the cache.
        self._places, self._whole = np.empty((units, rows + _RUN // 2), np.uint16), whole
        self._waiting = self._nothing = self._places[:, :0], np.empty(0, np.int64)
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
        """
        places = self._places[:, : len(stored)]
        _turn(stored.view(np.uint16), places)
        _sum_up(values, special, self._sums, self._least, self._largest)
        self._total += len(stored) - len(special)
        if self._whole:
            self._waiting = places, special
        else:
            _count(places, special, self._counts)

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
        units = len(self._places)
        quantiles, bins = np.empty((units, len(LEVELS))), np.empty((units, BINS), np.int64)
        # Without the sign of a zero.
        minimum, maximum = (x.astype(np.float64) + 0.0 for x in (self._least, self._largest))
        _read_off(
            *self._waiting, self._counts, _VALUES, _LEVELS, edges(minimum, maximum), quantiles, bins
        )
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
def _read_off(
    places: Bits, special: Longs, counts: Counts, values: Floats, levels: Floats, bounds: Floats,
    quantiles: Floats, bins: Longs,
) -> None:  # fmt: skip
    """Count more numbers as :func:`_count` does, read quantiles and bins off, clear the counts.

    Parameters
    ----------
    places : array (units, rows)
    counts : array (units or 1, 65536)
    values : array (65536,)
        The numbers in order.
    levels : array (levels,)
    bounds : array (units, bins + 1)
        Edges of the bins. Not computed here, where they might be rounded otherwise.
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
        before[runs] = total
        low, high = 0, runs
        while before[low + 1] == 0:
            low += 1
        while before[high - 1] == total:
            high -= 1

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
        counts[own, low * _RUN : high * _RUN] = 0
