"""Intersection over union: neurons that are on exactly where a label holds come first."""

from __future__ import annotations

import numpy as np

from ...corpora.labelling import require_classes
from ..analysis import Analysis, Parameter, Parameters, Scored
from ..classes import by_label
from ..ranked import known_first, ranked_blocks
from ..sample import Sample


def score(sample: Sample, parameters: Parameters) -> Scored:
    """Jaccard index of the rows above a threshold and the rows of a label, of the better direction.

    A threshold is a value of the neuron, and rows strictly above it are on: the (m+1)th highest,
    so that at most m rows are on, and fewer if ties cross it. m is the size of the label, or the
    share above the quantile.
    """
    labelling = sample.labelling
    names = tuple(require_classes(labelling))
    counts, rows = labelling.counts, len(labelling)
    wanted = counts
    if parameters["threshold"] == "quantile":
        above = int(np.floor((1 - float(parameters["quantile"])) * rows + 1e-9))
        wanted = np.full(len(names), max(above, 1), np.int64)
    both = np.empty((2, len(names), sample.neurons))
    each = np.repeat(wanted, counts)

    def so_far(done: int) -> Scored:
        known = both.max(0)
        return known_first(names, known, done, known[:, :done].max(0))

    for some, ranked in ranked_blocks(sample, so_far=so_far):
        found = ranked.grouped(labelling)
        # From above: rows with a value not smaller; how many of those are on at each threshold.
        edge = np.broadcast_to(wanted, (len(ranked.order), len(names)))
        at = np.take_along_axis(ranked.start, rows - edge, 1)
        on = np.where(
            at == rows - edge, edge, rows - np.take_along_axis(ranked.stop, rows - edge, 1)
        )
        inside = found.sums((rows - found.start <= each).astype(np.int64))
        both[0][:, some] = (inside / (on + counts - inside)).T * ranked.moving
        at = np.take_along_axis(ranked.stop, edge - 1, 1)
        on = np.where(at == edge, edge, np.take_along_axis(ranked.start, edge - 1, 1))
        inside = found.sums((found.stop <= each).astype(np.int64))
        both[1][:, some] = (inside / (on + counts - inside)).T * ranked.moving
    direction = np.where(both[0] >= both[1], 1, -1).astype(np.int8)
    return by_label(names, both.max(0), direction=direction)


ANALYSIS = Analysis(
    name="iou",
    title="Intersection over union",
    summary="Neurons that are on exactly on the words of a label come first; a neuron is on above "
    "a threshold, or, if that fits better, below one.",
    formula="|on ∧ label| / |on ∨ label|; overall: the largest of the labels",
    reference="Mu and Andreas 2020, Compositional Explanations of Neurons; Bau et al. 2017, "
    "Network Dissection",
    score=score,
    parameters={
        "threshold": Parameter(
            "label",
            "On are as many of the highest values as the label has rows (label), or those above a "
            "quantile (quantile), as published.",
            choices=("label", "quantile"),
        ),
        "quantile": Parameter(
            0.995, "Share of the rows that are not on, with threshold=quantile.", 0.0, 1.0
        ),
    },
    needs=frozenset({"labels"}),
    family="linguistic",
    knows_constant=True,
)
