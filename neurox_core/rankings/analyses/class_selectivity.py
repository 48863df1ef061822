"""Class selectivity: neurons that answer to one class and to no other come first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..analysis import Analysis, Parameter, Parameters, Scored
from ..classes import by_label, class_means
from ..sample import Sample

Floats = NDArray[np.float64]


def score(sample: Sample, parameters: Parameters) -> Scored:
    """(mean on a class - mean over the other classes) / their sum, of activity of at least 0.

    The mean over the other classes is the mean of their means, as in the paper: rare classes count
    as much as frequent ones. A neuron without any activity gets 0.
    """
    negative = parameters["negative"]

    def activity(block: Floats) -> Floats:
        if negative == "absolute":
            return np.abs(block)
        if negative == "rectify":
            return np.maximum(block, 0.0)
        return np.asarray(block - block.min(0))

    found = class_means(sample, change=activity)
    classes = len(found.names)
    rest = (found.means.sum(0) - found.means) / (classes - 1)
    both = found.means + rest
    scores = np.divide(found.means - rest, both, out=np.zeros_like(both), where=both > 0)
    return by_label(found.names, scores * found.moving)


ANALYSIS = Analysis(
    name="class_selectivity",
    title="Class selectivity",
    summary="Neurons that are active on one class and silent on all others come first.",
    formula="(μ_max - μ_-max) / (μ_max + μ_-max); μ_max: the highest class mean of the activity, "
    "μ_-max: mean of the other class means; per label with that label in place of max",
    reference="Morcos et al. 2018, On the importance of single directions for generalization",
    score=score,
    parameters={
        "negative": Parameter(
            "absolute",
            "The measure needs activity of at least 0, as after a ReLU. What stands for it where "
            "values are negative: their absolute value, 0 (rectify), or the distance from the "
            "neuron's minimum (shift).",
            choices=("absolute", "rectify", "shift"),
        )
    },
    needs=frozenset({"labels"}),
    family="linguistic",
    knows_constant=True,
)
