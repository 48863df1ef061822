"""Mean selectivity: neurons whose mean on a label differs from the rest come first."""

from __future__ import annotations

import numpy as np

from ..analysis import Analysis, Parameters, Scored
from ..classes import by_label, class_means, sign
from ..sample import Sample


def score(sample: Sample, parameters: Parameters) -> Scored:
    """|mean on the label - mean on the rest| / (maximum - minimum), and which of them is higher."""
    found = class_means(sample)
    difference = found.means - found.rest
    scores = np.abs(difference) / found.span
    return by_label(found.names, scores, direction=sign(difference))


ANALYSIS = Analysis(
    name="mean_selectivity",
    title="Mean selectivity",
    summary="Neurons whose mean on one label differs most from their mean elsewhere, as a share of "
    "their range, come first. Overall a neuron counts by its best label.",
    formula="|mean₊ - mean₋| / (max - min); overall: the largest of the labels",
    reference="Selectivity ranking of the NeuroX library's authors",
    score=score,
    needs=frozenset({"labels"}),
    family="linguistic",
    knows_constant=True,
)
