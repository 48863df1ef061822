"""Exact statistics of any number of half-precision values in constant memory.

There are only 65,536 different float16 numbers. How often each of them occurs says everything that
:class:`.statistics.LayerStatistics` holds apart from groups: moments are weighted sums over the
numbers in float64, quantiles and histograms are read off the running totals. Above some ten
thousand values this is quicker than sorting them as well.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ..compiled import compiled
from .grouped import Floats
from .statistics import BINS, LEVELS, LayerStatistics, edges, units_first

_NUMBERS, _SIGN = 2**16, 2**15
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
        self._counts = np.zeros((units, _NUMBERS), np.uint32)

    def add(self, values: NDArray[np.floating], special: NDArray[np.int64]) -> None:
        """Take in some values.

        Parameters
        ----------
        values : array (rows, units), contiguous
            Finite numbers of half precision, in whatever type.
        special : array of int64
            Rows that do not count.
        """
        halves: NDArray[np.float16] = torch.from_numpy(values).half().numpy()
        _count(units_first(halves).view(np.uint16), special, self._counts)

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
        bits = self._counts[unit].astype(np.int64)
        counts = np.concatenate([bits[:_SIGN:-1], bits[_SIGN : _SIGN + 1], bits[:_SIGN]])
        places = np.flatnonzero(counts)
        return _ORDER[places].view(np.float16).astype(np.float64), counts[places]


@compiled
def _count(
    bits: NDArray[np.uint16], special: NDArray[np.int64], counts: NDArray[np.uint32]
) -> None:
    for unit in range(len(bits)):
        row, found = bits[unit], counts[unit]
        for i in range(row.size):
            found[row[i]] += 1
        for i in special:
            found[row[i]] -= 1


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
