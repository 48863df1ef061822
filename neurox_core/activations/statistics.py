"""What can be said of every neuron of a layer from its activations alone.

All numbers are exact: moments about the true mean in float64, quantiles from sorted values (in a
long corpus from counted ones, see :mod:`.tally`), no sketches. They describe the values *as stored*
(float16 by default), so whatever is computed from the store agrees with them.

Special tokens are left out. ``position_variance`` groups tokens by their position in the sentence.
``word_variance`` groups words (the mean of their pieces) by their surface form, case kept. Both are
1 - E[Var(x | group)] / Var(x) with population variances (Bau et al. 2019, Table 1). A group of one
has no variance, so a random neuron gets a share of about ``*_chance`` = (groups - 1) / (n - 1) too:
read the word share against it in a small corpus.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ..compiled import compiled
from .grouped import Floats

LEVELS = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
BINS = 40
_LEVELS = np.array(LEVELS)
_TILE = 256


@dataclass(frozen=True)
class LayerStatistics:
    """Statistics of the units of one layer; every array has one row a unit.

    Attributes
    ----------
    count : int
        Tokens, special ones left out.
    mean, deviation : array of float64
        Population standard deviation; exactly 0 for a constant unit.
    minimum, maximum : array of float64
    skewness, kurtosis : array of float64
        Third and fourth standardised moments; kurtosis is in excess of the normal distribution's
        3. NaN for a constant unit.
    mean_absolute, mean_distance : array of float64
        Mean of |x|, and of |x - mean|.
    quantiles : array (units, levels)
        At :data:`LEVELS`, linear between values.
    counts : array (units, bins) of int64
        Tokens in equal bins between minimum and maximum, see :meth:`edges`.
    position_variance, word_variance : array of float64
        Shares from 0 to 1; NaN for a constant unit, and where no words are known.
    position_chance, word_chance : float
        The share that a random unit would get.
    """

    count: int
    mean: Floats
    deviation: Floats
    minimum: Floats
    maximum: Floats
    skewness: Floats
    kurtosis: Floats
    mean_absolute: Floats
    mean_distance: Floats
    quantiles: Floats
    counts: NDArray[np.int64]
    position_variance: Floats
    word_variance: Floats
    position_chance: float = float("nan")
    word_chance: float = float("nan")

    @property
    def constant(self) -> NDArray[np.bool_]:
        """Units that never change."""
        return np.equal(self.minimum, self.maximum)

    def edges(self, unit: int) -> Floats:
        """Edges of a unit's histogram, one more than bins."""
        found: Floats = edges(self.minimum[unit : unit + 1], self.maximum[unit : unit + 1])[0]
        return found

    def histogram(self, unit: int) -> tuple[Floats, NDArray[np.int64]]:
        """Edges and counts of a unit's histogram."""
        return self.edges(unit), self.counts[unit]

    def quantile(self, unit: int) -> dict[str, float]:
        """Quantiles of a unit by level, such as ``"0.25"``."""
        return {str(q): float(v) for q, v in zip(LEVELS, self.quantiles[unit], strict=True)}

    def standardized(self) -> LayerStatistics:
        """The statistics that (x - mean) / deviation would have; NaN for constant units."""
        deviation = np.where(self.constant, np.nan, self.deviation)
        distance = self.mean_distance / deviation
        return replace(
            self,
            mean=self.mean * 0,
            deviation=deviation / deviation,
            minimum=(self.minimum - self.mean) / deviation,
            maximum=(self.maximum - self.mean) / deviation,
            mean_absolute=distance,
            mean_distance=distance,
            quantiles=(self.quantiles - self.mean[:, None]) / deviation[:, None],
        )

    def arrays(self) -> dict[str, np.ndarray]:
        """As plain arrays, for a file."""
        return {f.name: np.asarray(getattr(self, f.name)) for f in fields(self)}

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, np.ndarray]) -> LayerStatistics:
        """What :meth:`arrays` gave."""
        scalars = ("position_chance", "word_chance")
        values = {f.name: arrays[f.name] for f in fields(cls)}
        return cls(
            **{  # type: ignore[arg-type]
                name: int(v) if name == "count" else float(v) if name in scalars else v
                for name, v in values.items()
            }
        )


_PER_UNIT = [
    f.name
    for f in fields(LayerStatistics)
    if f.name not in ("count", "position_chance", "word_chance")
]


def edges(minimum: Floats | float, maximum: Floats | float) -> Floats:
    """Edges of equal bins along a new last axis.

    A constant unit gets bins around its value that span 1, as in numpy.
    """
    margin = np.where(minimum == maximum, 0.5, 0.0)
    found: Floats = np.linspace(minimum - margin, maximum + margin, BINS + 1, axis=-1)
    return found


def describe(x: NDArray[np.floating]) -> LayerStatistics:
    """Statistics of some units.

    Parameters
    ----------
    x : array (tokens, units), floating
        Finite values; at least one token. Shares of variance are left out.
    """
    return of_values(widened(units_first(x)))


def of_values(values: NDArray[np.floating], count: int | None = None) -> LayerStatistics:
    """Statistics of (units, tokens), float32 or float64, which are sorted in place.

    Of the `count` least values, if that is given.
    """
    sums = np.empty((len(values), 7))
    for row, found in zip(values, sums, strict=True):
        row.sort()
        _sum_up(row[:count], found)
    values = values[:, :count]
    minimum, maximum = values[:, 0].astype(np.float64), values[:, -1].astype(np.float64)
    unknown = np.full(len(values), np.nan)
    return LayerStatistics(
        count=values.shape[1], minimum=minimum, maximum=maximum, quantiles=_quantiles(values),
        counts=_counts(values, edges(minimum, maximum)),
        position_variance=unknown, word_variance=unknown,
        **_moments(sums.T, values.shape[1], minimum == maximum),
    )  # fmt: skip


def units_first(
    x: NDArray[np.floating], into: NDArray[np.floating] | None = None
) -> NDArray[np.floating]:
    """(tokens, units) as (units, tokens), in given or in new memory."""
    found = np.empty(x.shape[::-1], x.dtype) if into is None else into
    # Turned over in tiles that fit into the first cache.
    for first in range(0, len(x), _TILE):
        found[:, first : first + _TILE] = x[first : first + _TILE].T
    return found


def widened(x: NDArray[np.floating]) -> NDArray[np.floating]:
    """In float32, if it was float16: much faster than numpy, which widens value by value."""
    if x.dtype != np.float16:
        return x
    found: NDArray[np.float32] = torch.from_numpy(x).float().numpy()
    return found


def concatenate(parts: Sequence[LayerStatistics]) -> LayerStatistics:
    """Units of several statistics, one after the other; count and chances are the first one's."""
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(part, name) for part in parts]) for name in _PER_UNIT
    }
    return replace(parts[0], **columns)


@compiled
def _sum_up(ordered: NDArray[np.floating], found: Floats) -> None:
    """Sums over a sorted row.

    Parameters
    ----------
    ordered : array (tokens,)
    found : array (7,)
        Filled: the median, the sums of the first four powers of x about it, of |x| and of
        |x - mean|.
    """
    # About the median first. Mean and median are never further apart than a deviation, so nothing
    # is lost when the powers are moved to the mean.
    count, origin = ordered.size, np.float64(ordered[ordered.size // 2])
    first = second = third = fourth = absolute = distance = 0.0
    for i in range(count):
        x = ordered[i] - origin
        square = x * x
        first += x
        second += square
        third += square * x
        fourth += square * square
        absolute += abs(np.float64(ordered[i]))
    mean = origin + first / count
    for i in range(count):
        distance += abs(ordered[i] - mean)
    found[0], found[1], found[2], found[3] = origin, first, second, third
    found[4], found[5], found[6] = fourth, absolute, distance


def _moments(sums: Floats, count: int, constant: NDArray[np.bool_]) -> dict[str, Any]:
    """Moments under the names of LayerStatistics, from the sums of :func:`_sum_up`."""
    origins, (first, second, third, fourth, absolute, distance) = sums[0], sums[1:] / count
    # A constant's mean is its value: rounding must not give it a deviation.
    mean = np.where(constant, origins, origins + first)
    square = first * first
    variance = np.where(constant, 0.0, second - square)
    with np.errstate(invalid="ignore", divide="ignore"):
        skewness = (third - first * (3 * second - 2 * square)) / variance**1.5
        kurtosis = (fourth - first * (4 * third - first * (6 * second - 3 * square))) / variance**2
    return {
        "mean": mean, "deviation": np.sqrt(variance),
        "skewness": np.where(constant, np.nan, skewness),
        "kurtosis": np.where(constant, np.nan, kurtosis) - 3.0,
        "mean_absolute": absolute,
        "mean_distance": np.where(constant, 0.0, distance),
    }  # fmt: skip


def _quantiles(ordered: NDArray[np.floating]) -> Floats:
    """Quantiles of sorted rows, linear between neighbours."""
    place = _LEVELS * (ordered.shape[1] - 1)
    low = place.astype(np.int64)
    a = ordered[:, low].astype(np.float64)
    b = ordered[:, np.minimum(low + 1, ordered.shape[1] - 1)]
    found: Floats = a + (b - a) * (place - low)
    return found


def _counts(ordered: NDArray[np.floating], bounds: Floats) -> NDArray[np.int64]:
    """Histograms of sorted rows; the last bin holds its right edge."""
    # The least value of the data's type that is not below an edge splits them as the edge does.
    inner = bounds[:, 1:-1].astype(ordered.dtype)
    upward = np.nextafter(inner, ordered.dtype.type(np.inf))
    inner = np.where(inner < bounds[:, 1:-1], upward, inner)
    cuts = np.zeros(bounds.shape, np.int64)
    cuts[:, -1] = ordered.shape[1]
    for unit, row in enumerate(ordered):
        cuts[unit, 1:-1] = row.searchsorted(inner[unit])
    return cuts[:, 1:] - cuts[:, :-1]
