"""Kurtosis: neurons that are quiet on most tokens and extreme on a few come first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..analysis import Analysis, Parameters
from ..sample import Sample


def score(sample: Sample, parameters: Parameters) -> NDArray[np.float64]:
    """Excess kurtosis from population moments."""
    return sample.statistics.kurtosis


ANALYSIS = Analysis(
    name="kurtosis",
    title="Kurtosis",
    summary="Neurons that stay near their mean on most tokens and leave it far on a few come "
    "first: detectors of something rare. It does not depend on the neuron's scale.",
    formula="mean((x - mean(x))⁴) / mean((x - mean(x))²)² - 3",
    reference="Pearson 1905; as a measure of selectivity Olshausen and Field 2004",
    score=score,
    from_moments=lambda moments: moments.fourth / np.square(moments.variance) - 3.0,
)
