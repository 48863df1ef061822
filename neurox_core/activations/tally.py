"""Exact statistics of any number of half-precision values in constant memory.

There are only 65,536 different float16 numbers. How often each of them occurs says everything that
:class:`.statistics.LayerStatistics` holds apart from groups: moments are weighted sums over the
numbers in float64, quantiles and histograms are read off the running totals. Above some ten
thousand values this is quicker than sorting them as well.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .groups import Floats
from .statistics import BINS, LEVELS, LayerStatistics, edges

_NUMBERS, _SIGN = 2**16, 2**15
_MOST = np.iinfo(np.uint16).max
# All float16 numbers from the least to the largest, by their bits: those with the sign first.
_ORDER = np.concatenate([np.arange(0xFFFF, 0x7FFF, -1), np.arange(0x8000)]).astype(np.uint16)
_LEVELS = np.array(LEVELS)


class Tally:
    """Counts of the values of some units.

    Parameters
    ----------
    units : int
    """

    def __init__(self, units: int) -> None:
        # Hardly a number comes often enough for more than two bytes; a unit with such numbers, as
        # zeros of a rectified one, gets a row of large counts when there is the first.
        self._counts = np.zeros((units, _NUMBERS), np.uint16)
        self._large: dict[int, NDArray[np.int64]] = {}

    def add(self, values: NDArray[np.float16]) -> None:
        """Take in finite values, (units, rows), contiguous."""
        for unit, row in enumerate(values.view(np.uint16)):
            counts = np.bincount(row, minlength=_NUMBERS)
            counts += self._counts[unit]
            if counts.max() <= _MOST:
                self._counts[unit] = counts
                continue
            self._large[unit] = counts + self._large.get(unit, 0)
            self._counts[unit] = 0

    def statistics(self) -> LayerStatistics:
        """What :func:`.statistics.describe` says of the same values; at least one is needed."""
        units, count = len(self._counts), 0
        found: dict[str, Any] = {name: np.full(units, np.nan) for name in _MOMENTS}
        ends, quantiles = np.empty((2, units)), np.empty((units, len(LEVELS)))
        bins = np.empty((units, BINS), np.int64)
        for unit in range(units):
            values, counts = self._occurring(unit)
            ends[:, unit] = values[0], values[-1]
            for name, value in _moments(values, counts).items():
                found[name][unit] = value
            quantiles[unit] = _quantiles(values, counts)
            bins[unit] = _bins(values, counts, edges(values[0], values[-1]))
            count = int(counts.sum())
        unknown = np.full(units, np.nan)
        return LayerStatistics(
            count=count, minimum=ends[0], maximum=ends[1],
            quantiles=quantiles, counts=bins,
            position_variance=unknown, word_variance=unknown, **found,
        )  # fmt: skip

    def _occurring(self, unit: int) -> tuple[Floats, NDArray[np.int64]]:
        """The values that occur, ascending, and how often."""
        bits = self._counts[unit] + self._large.get(unit, np.int64(0))
        counts = np.concatenate([bits[:_SIGN:-1], bits[_SIGN : _SIGN + 1], bits[:_SIGN]])
        places = np.flatnonzero(counts)
        return _ORDER[places].view(np.float16).astype(np.float64), counts[places]


_MOMENTS = ("mean", "deviation", "skewness", "kurtosis", "mean_absolute", "mean_distance")


def _moments(values: Floats, occurrences: NDArray[np.int64]) -> dict[str, float]:
    total, counts = int(occurrences.sum()), occurrences.astype(np.float64)

    def average(x: Floats) -> float:
        # Not as a product of vectors: the library below would start threads for it.
        return float((x * counts).sum()) / total

    # A constant's mean is its value: rounding must not give it a deviation.
    mean = float(values[0]) if values[0] == values[-1] else average(values)
    away = values - mean
    squares = away * away
    variance = average(squares)
    skewness = kurtosis = float("nan")
    if variance > 0:
        skewness = average(squares * away) / variance**1.5
        kurtosis = average(squares * squares) / variance**2 - 3.0
    absolute, distance = average(np.abs(values)), average(np.abs(away))
    moments = (mean, variance**0.5, skewness, kurtosis, absolute, distance)
    return dict(zip(_MOMENTS, moments, strict=True))


def _quantiles(values: Floats, counts: NDArray[np.int64]) -> Floats:
    """Quantiles, linear between neighbouring ranks."""
    ranks = np.cumsum(counts)
    place = _LEVELS * (ranks[-1] - 1)
    low = place.astype(np.int64)
    a, b = (
        values[np.searchsorted(ranks, np.minimum(rank, ranks[-1] - 1), side="right")]
        for rank in (low, low + 1)
    )
    found: Floats = a + (b - a) * (place - low)
    return found


def _bins(values: Floats, counts: NDArray[np.int64], bounds: Floats) -> NDArray[np.int64]:
    """Occurrences in each bin; the last one holds its right edge."""
    ranks = np.concatenate([[0], np.cumsum(counts)])
    cuts = ranks[np.searchsorted(values, bounds[1:-1])]
    found: NDArray[np.int64] = np.diff(np.concatenate([[0], cuts, ranks[-1:]]))
    return found
