"""What can be said of every neuron of a layer from its activations alone.

All numbers come from one pass over the stored values, a few units at a time and all their tokens
together, so that memory is bounded by the number of tokens and everything is exact: moments about
the true mean in float64, quantiles from sorted values, no sketches. They describe the values *as
stored* (float16 by default), so whatever is computed from the store agrees with them.

Special tokens are left out. ``position_variance`` groups tokens by their position in the sentence.
``word_variance`` groups words (the mean of their pieces) by their surface form, case kept. Both are
1 - E[Var(x | group)] / Var(x) with population variances (Bau et al. 2019, Table 1). A group of one
has no variance, so a random neuron gets a share of about ``*_chance`` = (groups - 1) / (n - 1) too:
read the word share against it in a small corpus.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Floats = NDArray[np.float64]

LEVELS = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
BINS = 40
_CELLS = 1_500_000
"""Values worked on together: 12 MB in float64."""


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
        return edges(self.minimum[unit], self.maximum[unit])

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
        return cls(**{  # type: ignore[arg-type]
            name: int(v) if name == "count" else float(v) if name in scalars else v
            for name, v in values.items()
        })


def edges(minimum: float, maximum: float) -> Floats:
    """Edges of equal bins; a constant unit gets bins around its value that span 1, as in numpy."""
    if minimum == maximum:
        minimum, maximum = minimum - 0.5, maximum + 0.5
    return np.linspace(minimum, maximum, BINS + 1)


def describe(x: NDArray[np.floating], groups: Groups | None = None) -> LayerStatistics:
    """Statistics of some units.

    Parameters
    ----------
    x : array (tokens, units), floating
        Finite values, special tokens left out.
    groups : Groups, optional
        Positions of the tokens. Word shares are filled in by :mod:`.top_words`.
    """
    step = max(1, _CELLS // max(1, len(x)))
    parts = [
        _describe(np.asarray(x[:, i : i + step]), groups)
        for i in range(0, x.shape[1], step)
    ]
    return concatenate(parts)


def concatenate(parts: list[LayerStatistics]) -> LayerStatistics:
    """Units of several statistics of the same tokens, one after the other."""
    arrays = {
        f.name: np.concatenate([getattr(p, f.name) for p in parts])
        for f in fields(LayerStatistics)
        if np.ndim(getattr(parts[0], f.name))
    }
    return replace(parts[0], **arrays)  # type: ignore[arg-type]


class Groups:
    """Rows put into groups, ready to tell how much of a variance lies between them.

    Parameters
    ----------
    labels : array of int
        Group of each row.
    """

    def __init__(self, labels: NDArray[np.integer]) -> None:
        _, numbers = np.unique(labels, return_inverse=True)
        self.counts = np.bincount(numbers)
        self.matrix = csr_matrix(
            (np.ones(len(labels)), (numbers, np.arange(len(labels)))),
            shape=(len(self.counts), len(labels)),
        )

    @property
    def chance(self) -> float:
        """Share of a random variable's variance that lies between the groups, in expectation."""
        rows = int(self.counts.sum())
        return (len(self.counts) - 1) / (rows - 1) if rows > 1 else float("nan")

    def share(self, centred: Floats, squares: Floats) -> Floats:
        """Share of variance between groups: (rows, units) about their mean, sums of squares."""
        sums = np.asarray(self.matrix @ centred)
        return between(sums, self.counts, squares)


def between(sums: Floats, counts: NDArray[np.integer], squares: Floats) -> Floats:
    """1 - E[Var(x | group)] / Var(x) from sums in groups of a centred variable.

    The part of the total sum of squares that lies between groups is the sum of S_g^2 / n_g.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.einsum("gu,gu,g->u", sums, sums, 1.0 / np.maximum(counts, 1)) / squares
    shares: Floats = np.clip(np.where(squares > 0, share, np.nan), 0.0, 1.0)
    return shares


def _describe(x: NDArray[np.floating], groups: Groups | None) -> LayerStatistics:
    count, units = x.shape
    ordered = np.sort(np.ascontiguousarray(x.T, np.float32), axis=1)
    minimum, maximum = (ordered[:, i].astype(np.float64) for i in (0, -1))
    wide = np.ascontiguousarray(x, np.float64)
    absolute = np.abs(wide).mean(0)
    # A constant's mean is its value: rounding must not give it a deviation.
    constant = minimum == maximum
    mean = np.where(constant, minimum, wide.mean(0))
    wide -= mean
    distance = np.abs(wide).mean(0)
    squared = wide * wide
    squares = squared.sum(0)
    variance = squares / count
    third = np.einsum("ij,ij->j", squared, wide) / count
    fourth = np.einsum("ij,ij->j", squared, squared) / count
    divisor = np.where(constant, np.nan, variance)
    nothing = np.full(units, np.nan)
    return LayerStatistics(
        count, mean, np.sqrt(variance), minimum, maximum,
        third / divisor**1.5, fourth / divisor**2 - 3.0, absolute, distance,
        _quantiles(ordered), _counts(ordered, minimum, maximum),
        nothing if groups is None else groups.share(wide, squares), nothing.copy(),
        float("nan") if groups is None else groups.chance,
    )  # fmt: skip


def _quantiles(ordered: NDArray[np.float32]) -> Floats:
    """Quantiles of sorted rows, linear between neighbours."""
    place = np.array(LEVELS) * (ordered.shape[1] - 1)
    low = np.floor(place).astype(np.int64)
    high = np.minimum(low + 1, ordered.shape[1] - 1)
    a, b = ordered[:, low].astype(np.float64), ordered[:, high].astype(np.float64)
    found: Floats = a + (b - a) * (place - low)
    return found


def _counts(
    ordered: NDArray[np.float32], minimum: Floats, maximum: Floats
) -> NDArray[np.int64]:
    """Histogram of sorted rows; the last bin holds its right edge."""
    counts = np.empty((len(ordered), BINS), np.int64)
    for unit, values in enumerate(ordered):
        inner = edges(minimum[unit], maximum[unit])[1:-1]
        # The least float32 not below an edge splits the values as the edge itself does.
        below = inner.astype(np.float32)
        below = np.where(below < inner, np.nextafter(below, np.float32(np.inf)), below)
        cuts = np.searchsorted(values, below.astype(np.float32), side="left")
        counts[unit] = np.diff(cuts, prepend=0, append=len(values))
    return counts
