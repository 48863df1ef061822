"""Position variance: neurons that tell how far into the sentence a token is come first."""

from __future__ import annotations

from ..analysis import Analysis, Parameters, Scored
from ..grouping import explained
from ..sample import Sample


def score(sample: Sample, parameters: Parameters) -> Scored:
    """Share of variance between positions: a store's own, or those given as labels."""
    return explained(sample, "position")


ANALYSIS = Analysis(
    name="position_variance",
    title="Variance explained by position",
    summary="Neurons whose activation is known from the token's position in its sentence alone "
    "come first. Short texts explain much by chance; the expected share of a random neuron stands "
    "beside the scores.",
    formula="1 - E[Var(x | position)] / Var(x)",
    reference="Bau et al. 2019, Identifying and Controlling Important Neurons in Neural Machine "
    "Translation, Table 1",
    score=score,
    needs=frozenset({"groups"}),
    knows_constant=True,
)
