"""Range: neurons with the widest distance between their extremes come first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..analysis import Analysis, Parameters
from ..sample import Sample


def score(sample: Sample, parameters: Parameters) -> NDArray[np.float64]:
    """Maximum minus minimum over tokens."""
    return sample.statistics.maximum - sample.statistics.minimum


ANALYSIS = Analysis(
    name="range",
    title="Range",
    summary="Neurons with the largest distance between their highest and lowest activation come "
    "first; two tokens decide.",
    formula="max(x) - min(x)",
    reference="Dalvi et al. 2019, NeuroX (AAAI demonstrations)",
    score=score,
    from_moments=lambda moments: moments.maximum - moments.minimum,
)
