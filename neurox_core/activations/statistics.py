"""What can be said of every neuron of a layer from its activations alone.

All numbers are exact: moments about the true mean in float64, quantiles from sorted values (in a
long corpus from counted ones, see :mod:`.tally`), no sketches. Only sums over groups are in
float32, of values about their mean and of at most 128 at a time: shares of variance are good to six
digits. They describe the values *as stored* (float16 by default), so whatever is computed from the
store agrees with them.

Special tokens are left out. ``position_variance`` groups tokens by their position in the sentence.
``word_variance`` groups words (the mean of their pieces) by their surface form, case kept. Both are
1 - E[Var(x | group)] / Var(x) with population variances (Bau et al. 2019, Table 1). A group of one
has no variance, so a random neuron gets a share of about ``*_chance`` = (groups - 1) / (n - 1) too:
read the word share against it in a small corpus.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEVELS = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
BINS = 40
_LEVELS = np.array(LEVELS)
_STRETCH = 2**15
_TILE = 256
_PART = 128


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


def describe(x: NDArray[np.floating], rows: NDArray[np.integer] | None = None) -> LayerStatistics:
    """Statistics of some units.

    Parameters
    ----------
    x : array (tokens, units), floating
        Finite values; at least one token.
    rows : array of int, optional
        The tokens to look at; all of them by default. Shares of variance are filled in by
        :mod:`.summaries`.
    """
    return of_values(units_first(x, np.arange(len(x)) if rows is None else rows))


def of_values(values: NDArray[np.floating]) -> LayerStatistics:
    """Statistics of (units, tokens), float32 or float64, which are sorted in place."""
    values.sort(axis=1)
    minimum, maximum = values[:, 0].astype(np.float64), values[:, -1].astype(np.float64)
    unknown = np.full(len(values), np.nan)
    return LayerStatistics(
        count=values.shape[1], minimum=minimum, maximum=maximum, quantiles=_quantiles(values),
        counts=_counts(values, edges(minimum, maximum)),
        position_variance=unknown, word_variance=unknown, **_moments(values),
    )  # fmt: skip


def about(x: NDArray[np.floating], mean: Floats) -> torch.Tensor:
    """A copy of (tokens, units) minus a mean of each unit, in float32, or float64 if x is.

    Rounding the mean moves all values alike; the differences between them stay what they are.
    """
    values = torch.from_numpy(np.ascontiguousarray(x))
    found = values.to(torch.promote_types(values.dtype, torch.float32), copy=True)
    return found.sub_(torch.from_numpy(mean).to(found.dtype))


def units_first(
    x: NDArray[np.floating], rows: NDArray[np.integer], *, widen: bool = True
) -> NDArray[np.floating]:
    """Some rows of (tokens, units) as contiguous (units, rows); a copy.

    In float32 or float64, or, if not to be widened, in the type of `x`.
    """
    found = np.empty((x.shape[1], len(rows)), x.dtype)
    # Turned over in tiles that fit into the first cache.
    for first in range(0, len(rows), _TILE):
        found[:, first : first + _TILE] = x[rows[first : first + _TILE]].T
    if widen and x.dtype == np.float16:
        # Much faster than numpy, which widens value by value.
        found = torch.from_numpy(found).float().numpy()
    return found


def concatenate(parts: Sequence[LayerStatistics]) -> LayerStatistics:
    """Units of several statistics, one after the other; count and chances are the first one's."""
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(part, name) for part in parts]) for name in _PER_UNIT
    }
    return replace(parts[0], **columns)


class Groups:
    """Rows put into groups, to tell how much of a variance lies between them.

    Parameters
    ----------
    labels : array of int
        Group of each row.
    rows : array of int, optional
        The rows that `labels` are about; by default the first, second and so on.

    Attributes
    ----------
    order : array of int32
        The rows, group after group.
    counts : array of int64
        Rows of each group, in the order of their labels.
    """

    def __init__(
        self, labels: NDArray[np.integer], rows: NDArray[np.integer] | None = None
    ) -> None:
        # Row numbers in four bytes: at millions of rows this is most of the memory in use.
        order = np.argsort(labels, kind="stable").astype(np.int32)
        self.counts = np.unique(labels, return_counts=True)[1]
        starts = np.cumsum(self.counts) - self.counts
        self.order = order if rows is None else rows[order].astype(np.int32)
        # Long groups are summed in parts.
        parts = -(-self.counts // _PART)
        firsts = np.cumsum(parts) - parts
        within = np.arange(parts.sum()) - np.repeat(firsts, parts)
        offsets = np.repeat(starts, parts) + within * _PART
        self._offsets = torch.from_numpy(offsets.astype(np.int32))
        self._firsts = torch.from_numpy(firsts)
        self._long = np.flatnonzero(parts > 1)
        counts = parts[self._long]
        begins = np.cumsum(counts) - counts
        of_long = np.repeat(firsts[self._long] - begins, counts) + np.arange(counts.sum())
        self._of_long, self._long_starts = torch.from_numpy(of_long), torch.from_numpy(begins)
        self._members = torch.from_numpy(self.order)

    @property
    def chance(self) -> float:
        """Share of a random variable's variance that lies between the groups, in expectation."""
        return chance(len(self.counts), len(self.order))

    def sums(self, values: torch.Tensor) -> torch.Tensor:
        """Sums over each group, (groups, units), of values (all rows, units) about a mean."""
        # A bag of embeddings is a sum over listed rows, and has the fastest kernel for it.
        parts = torch.nn.functional.embedding_bag(self._members, values, self._offsets, mode="sum")
        if not len(self._long):
            return parts
        found = parts[self._firsts]
        several = parts[self._of_long].double()
        every = torch.arange(len(several))
        whole = torch.nn.functional.embedding_bag(every, several, self._long_starts, mode="sum")
        found[torch.from_numpy(self._long)] = whole.to(found.dtype)
        return found

    def shares(self, sums: torch.Tensor, squares: Floats) -> Floats:
        """What :func:`shares` says of the groups' sums."""
        return shares(sums, self.counts, squares)


def shares(sums: torch.Tensor, counts: NDArray[np.int64], squares: Floats) -> Floats:
    """1 - E[Var(x | group)] / Var(x) of each unit, NaN where there is no variance.

    The part of the total sum of squares that lies between groups is the sum of S_g^2 / n_g.

    Parameters
    ----------
    sums : tensor (groups, units)
        Sums of a centred x.
    counts : array (groups,)
        Members of each group.
    squares : array (units,)
        Sums of squares of x.
    """
    weights = torch.from_numpy(1.0 / counts).to(sums.dtype)
    between = (weights @ (sums * sums)).double().numpy()
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(squares > 0, np.minimum(between / squares, 1.0), np.nan)


def chance(groups: int, rows: int) -> float:
    """Share of a random variable's variance that lies between groups, in expectation."""
    return (groups - 1) / (rows - 1) if rows > 1 else float("nan")


def _moments(ordered: NDArray[np.floating]) -> dict[str, Any]:
    """Moments of each sorted row under the names of LayerStatistics."""
    names = ("mean", "deviation", "skewness", "kurtosis", "mean_absolute", "mean_distance")
    found = np.full((len(names), len(ordered)), np.nan)
    count = ordered.shape[1]
    # A stretch of a unit after the other in the same memory, so that all its steps stay in the
    # cache, and long corpora need no more memory than short ones.
    buffers = np.empty((2, min(count, _STRETCH)))
    for unit, row in enumerate(ordered):
        # A constant's mean is its value: rounding must not give it a deviation.
        total, absolute = _sums(row, buffers)
        mean = float(row[0]) if row[0] == row[-1] else total / count
        distance, second, third, fourth = _central(row, mean, buffers)
        variance = second / count
        skewness = kurtosis = np.nan
        if variance > 0:
            skewness = third / count / variance**1.5
            kurtosis = fourth / count / variance**2 - 3.0
        found[:, unit] = (
            mean, variance**0.5, skewness, kurtosis, absolute / count, distance / count
        )  # fmt: skip
    return dict(zip(names, found, strict=True))


def _stretches(row: NDArray[np.floating], buffer: Floats) -> Iterator[Floats]:
    """A row in float64, piece by piece."""
    for first in range(0, len(row), len(buffer)):
        part = row[first : first + len(buffer)]
        x = buffer[: len(part)]
        np.copyto(x, part)
        yield x


def _sums(row: NDArray[np.floating], buffers: Floats) -> tuple[float, float]:
    """Sum of sorted values, and of their magnitudes."""
    total = absolute = 0.0
    for x in _stretches(row, buffers[0]):
        total += float(x.sum())
        absolute += _absolute(x, int(x.searchsorted(0.0)))
    return total, absolute


def _central(
    row: NDArray[np.floating], mean: float, buffers: Floats
) -> tuple[float, float, float, float]:
    """Sums of |x - mean|, and of the second, third and fourth power, of sorted values."""
    sums = np.zeros(4)
    for x in _stretches(row, buffers[0]):
        y = buffers[1, : len(x)]
        x -= mean
        distance = _absolute(x, int(x.searchsorted(0.0)))
        second = np.multiply(x, x, out=y).sum()
        third = np.multiply(x, y, out=x).sum()
        sums += (distance, second, third, np.multiply(y, y, out=y).sum())
    return float(sums[0]), float(sums[1]), float(sums[2]), float(sums[3])


def _absolute(ordered: Floats, first: int) -> float:
    """Sum of the magnitudes of sorted values, of which `first` are negative."""
    return float(ordered[first:].sum() - ordered[:first].sum())


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
