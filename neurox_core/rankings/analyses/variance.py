"""Variance: neurons whose values spread widely come first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..analysis import Analysis, Parameters
from ..sample import Sample


def score(sample: Sample, parameters: Parameters) -> NDArray[np.float64]:
    """Population variance over tokens."""
    return np.square(sample.statistics.deviation)


ANALYSIS = Analysis(
    name="variance",
    title="Variance",
    summary="Neurons whose activation spreads most around its mean come first.",
    formula="mean((x - mean(x))²)",
    reference="Dalvi et al. 2019, NeuroX (AAAI demonstrations)",
    score=score,
    from_moments=lambda moments: moments.variance,
    standardizable=False,
)
