"""Entropy: neurons that use their whole range evenly come first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..analysis import Analysis, Parameters
from ..sample import Sample


def score(sample: Sample, parameters: Parameters) -> NDArray[np.float64]:
    """Entropy in bits of each neuron's histogram: equal bins from its minimum to its maximum."""
    counts = sample.statistics.counts.astype(np.float64)
    shares = counts / counts.sum(1, keepdims=True)
    logs = np.log2(shares, out=np.zeros_like(shares), where=shares > 0)
    # Sorted, so that a neuron and its mirror image, whose bins stand the other way, are equal.
    return np.asarray(-np.sort(shares * logs, axis=1).sum(1), np.float64)


ANALYSIS = Analysis(
    name="entropy",
    title="Entropy",
    summary="Neurons whose activations spread evenly between their lowest and highest come first; "
    "those that are nearly always in one narrow part of their range come last. It does not depend "
    "on the neuron's scale.",
    formula="-Σ p(b) log₂ p(b) over 40 equal bins b between min(x) and max(x), in bits (at most "
    "5.32)",
    reference="Shannon 1948, of the histogram of activations",
    score=score,
)
