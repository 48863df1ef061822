"""Mean distance: like variance, but a few extreme values weigh less."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..analysis import Analysis, Parameters
from ..sample import Sample


def score(sample: Sample, parameters: Parameters) -> NDArray[np.float64]:
    """Mean absolute deviation over tokens."""
    return sample.statistics.mean_distance


ANALYSIS = Analysis(
    name="mean_distance",
    title="Distance from mean",
    summary="Neurons that are on average farthest from their mean come first; "
    "single extreme values count for less than with the variance.",
    formula="mean(|x - mean(x)|)",
    reference="Dalvi et al. 2019, NeuroX (AAAI demonstrations)",
    score=score,
)
