"""Average precision: neurons whose highest or lowest values are all on one label come first."""

from __future__ import annotations

import numpy as np

from ...corpora.labelling import require_classes
from ..analysis import Analysis, Parameters, Scored
from ..classes import by_label
from ..ranked import known_first, ranked_blocks
from ..sample import Sample


def score(sample: Sample, parameters: Parameters) -> Scored:
    """Average precision of each label against the rest, of the better direction.

    Tied values are one threshold, as in scikit-learn. A row of the class with j rows of the class
    and m rows of all not below it adds the precision j / m; the mean over the rows of the class is
    the sum over thresholds of precision times the step of recall.
    """
    labelling = sample.labelling
    names = tuple(require_classes(labelling))
    counts = labelling.counts
    high, low = np.empty((2, len(names), sample.neurons))
    share = (counts / counts.sum())[:, None]

    def so_far(done: int) -> Scored:
        known = np.maximum(high, low)
        overall = ((known[:, :done] - share) / (1 - share)).max(0)
        return known_first(names, known, done, overall)

    for some, ranked in ranked_blocks(sample, so_far=so_far):
        found = ranked.grouped(labelling)
        smaller, upto = found.own
        size = np.repeat(counts, counts)
        rows = found.start.shape[1]
        high[:, some] = (
            found.sums((size - smaller) / (rows - found.start)) / counts
        ).T * ranked.moving
        low[:, some] = (found.sums(upto / found.stop) / counts).T * ranked.moving
    precision = np.maximum(high, low)
    gain = (precision - share) / (1 - share)
    direction = np.where(high >= low, 1, -1).astype(np.int8)
    details = {"share": share[:, 0]}
    return by_label(names, precision, gain.max(0), worth=gain, direction=direction, details=details)


ANALYSIS = Analysis(
    name="average_precision",
    title="Average precision",
    summary="Neurons by which a label's words can be found come first: all its words are among "
    "their highest values, or among their lowest. Overall a neuron counts by the label that it "
    "finds best beyond chance.",
    formula="per label Σ_k (R_k - R_(k-1)) P_k of the better direction; overall: the largest "
    "(AP - share) / (1 - share), share: of the label among all rows",
    reference="Zhu 2004, Recall, precision and average precision; called IoU in the NeuroX library",
    score=score,
    needs=frozenset({"labels"}),
    family="linguistic",
    knows_constant=True,
)
