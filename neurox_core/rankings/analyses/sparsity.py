"""Sparsity: neurons that are near zero on most tokens come first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..analysis import Analysis, Parameters
from ..sample import Sample


def score(sample: Sample, parameters: Parameters) -> NDArray[np.float64]:
    """Hoyer's measure over tokens: 0 if all values have the same size, 1 if one is not zero.

    With n tokens, the norms are sum|x| = n * mean|x| and sqrt(sum x^2) = sqrt(n * mean(x^2)).
    """
    found = sample.statistics
    return hoyer(
        sample.tokens, found.mean_absolute, np.square(found.deviation) + np.square(found.mean)
    )


def hoyer(
    count: NDArray[np.int64] | NDArray[np.float64],
    mean_absolute: NDArray[np.float64],
    mean_square: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Hoyer's measure from the number of values and the means of |x| and x^2."""
    root = np.sqrt(count)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = root * mean_absolute / np.sqrt(mean_square)
        return np.asarray((root - ratio) / (root - 1.0), np.float64)


ANALYSIS = Analysis(
    name="sparsity",
    title="Sparsity",
    summary="Neurons that are close to zero on most tokens and active on few come first. Unlike "
    "kurtosis it looks at the distance from zero, not from the mean.",
    formula="(√n - Σ|x| / √(Σx²)) / (√n - 1), n tokens",
    reference="Hoyer 2004, Non-negative matrix factorization with sparseness constraints",
    score=score,
    from_moments=lambda moments: hoyer(moments.count, moments.mean_absolute, moments.mean_square),
)
