"""Probeless: neurons whose class means lie far apart come first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..analysis import Analysis, Parameters, Scored
from ..classes import by_label, class_means
from ..sample import Sample


def score(sample: Sample, parameters: Parameters) -> Scored:
    """Sums of distances between class means, over all pairs and over the pairs of one label.

    With the means of a neuron in ascending order q_0 <= ... <= q_(L-1), the sum over pairs is
    sum_r (2r - L + 1) q_r, and a label's distances are those to the means below and above it; both
    need one sort instead of L^2 differences.
    """
    found = class_means(sample)
    scores = distances(found.means) * found.moving
    factors = 2.0 * np.arange(len(found.names)) - len(found.names) + 1
    overall = (np.sort(found.means, axis=0) * factors[:, None]).sum(0) * found.moving
    return by_label(found.names, scores, overall, details={"class_counts": found.counts})


def distances(means: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum of |q_t - q_c| over all c, for each t: (labels, neurons)."""
    order = np.argsort(means, axis=0, kind="stable")
    q = np.take_along_axis(means, order, axis=0)
    count = len(q)
    rank = np.arange(count, dtype=np.float64)[:, None]
    upto = np.cumsum(q, axis=0)
    below = rank * q - (upto - q)
    above = (upto[-1] - upto) - (count - 1 - rank) * q
    found = np.empty_like(means)
    np.put_along_axis(found, order, below + above, axis=0)
    return found


ANALYSIS = Analysis(
    name="probeless",
    title="Probeless",
    summary="Neurons whose mean activation differs most between labels come first; nothing is "
    "trained.",
    formula="overall Σ over pairs of labels |q_i - q_j|; label t: Σ_c |q_t - q_c|; q: class means",
    reference="Antverg and Belinkov 2022, On the Pitfalls of Analyzing Individual Neurons in "
    "Language Models",
    score=score,
    standardize=True,
    needs=frozenset({"labels"}),
    family="linguistic",
    knows_constant=True,
)
