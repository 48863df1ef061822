"""MaxCorr: neurons that some other model has too come first."""

from __future__ import annotations

from ..analysis import Analysis, Parameters, Scored
from ..partners import best_correlations
from ..sample import Sample


def score(sample: Sample, parameters: Parameters) -> Scored:
    """Largest absolute correlation with any neuron of any other model."""
    best, details = best_correlations(sample, lambda known: known.max(0))
    return Scored(best.max(0), details=details)


ANALYSIS = Analysis(
    name="max_correlation",
    title="Correlation with another model (MaxCorr)",
    summary="Neurons that have a close counterpart in at least one other model come first: what "
    "models that were trained apart find again is likely to matter.",
    formula="max over other models m, neurons j of |ρ(x, xⱼᵐ)|",
    reference="Bau et al. 2019, Identifying and Controlling Important Neurons in Neural Machine "
    "Translation",
    score=score,
    needs=frozenset({"others"}),
    family="cross-model",
    knows_constant=True,
)
