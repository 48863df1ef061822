"""Word variance: neurons that answer to the word itself, not to its context, come first."""

from __future__ import annotations

from ..analysis import Analysis, Parameters, Scored
from ..grouping import explained
from ..sample import Sample


def score(sample: Sample, parameters: Parameters) -> Scored:
    """Share of variance between word types: a store's own, or those given as labels."""
    return explained(sample, "word")


ANALYSIS = Analysis(
    name="word_variance",
    title="Variance explained by the word",
    summary="Neurons whose activation is known from the word alone, whatever its context, come "
    "first. Words that occur once explain themselves by chance; the expected share of a random "
    "neuron stands beside the scores.",
    formula="1 - E[Var(x | word type)] / Var(x)",
    reference="Bau et al. 2019, Identifying and Controlling Important Neurons in Neural Machine "
    "Translation, Table 1",
    score=score,
    needs=frozenset({"groups"}),
    knows_constant=True,
)
