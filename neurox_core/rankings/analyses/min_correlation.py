"""MinCorr: neurons that all other models have too come first."""

from __future__ import annotations

from ..analysis import Analysis, Parameters, Scored
from ..partners import best_correlations
from ..sample import Sample


def score(sample: Sample, parameters: Parameters) -> Scored:
    """Largest absolute correlation in the other model where that is smallest."""
    best, details = best_correlations(sample, lambda known: known.min(0))
    return Scored(best.min(0), details=details)


ANALYSIS = Analysis(
    name="min_correlation",
    title="Correlation with every other model (MinCorr)",
    summary="Neurons that have a close counterpart in every other model come first; with one "
    "other model it is the same as MaxCorr.",
    formula="min over other models m of max over neurons j of |ρ(x, xⱼᵐ)|",
    reference="Bau et al. 2019, Identifying and Controlling Important Neurons in Neural Machine "
    "Translation",
    score=score,
    needs=frozenset({"others"}),
    family="cross-model",
    knows_constant=True,
)
