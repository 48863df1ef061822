"""Average precision: neurons whose highest or lowest values are all on one label come first."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from ...activations.spreading import cores
from ...corpora.labelling import require_classes
from ..analysis import Analysis, Parameters, Scored
from ..classes import by_label
from ..ranked import known_first, ranked_blocks, tiles
from ..sample import Sample
from ..two_classes import TwoClasses

Floats = NDArray[np.float64]
LONG = 16_384
"""Rows from which on two classes are scored neuron by neuron."""


def score(sample: Sample, parameters: Parameters) -> Scored:
    """Average precision of each label against the rest, of the better direction.

    Tied values are one threshold, as in scikit-learn. A row of the class with j rows of the class
    and m rows of all not below it adds the precision j / m; the mean over the rows of the class is
    the sum over thresholds of precision times the step of recall.
    """
    labelling = sample.labelling
    names = tuple(require_classes(labelling))
    counts = labelling.counts
    high, low = np.full((2, len(names), sample.neurons), np.nan)
    share = (counts / counts.sum())[:, None]

    def so_far(done: int) -> Scored:
        known = np.maximum(high, low)
        overall = ((known[:, :done] - share) / (1 - share)).max(0)
        return known_first(names, known, done, overall)

    if len(names) == 2 and counts.sum() >= LONG:
        two = TwoClasses(labelling.values.astype(np.int64))
        every = tiles(sample, so_far=so_far, least=32)
        with cores(torch.get_num_threads()) as threads:
            for (first, values), both in threads.spread(lambda tile: two.of(tile[1]), every):
                columns = slice(first, first + values.shape[1])
                high[:, columns], low[:, columns] = both
        return _scored(names, high, low, share)
    for some, ranked in ranked_blocks(sample, so_far=so_far):
        if len(names) == 2 and not ranked.tied:
            high[:, some], low[:, some] = _of_two(ranked.order, labelling.values.astype(np.float64))
            continue
        found = ranked.grouped(labelling)
        smaller, upto = found.own
        if not ranked.tied:
            smaller, upto = smaller[:1], upto[:1]  # the same for all neurons
        size = np.repeat(counts, counts)
        rows = found.start.shape[1]
        high[:, some] = (
            found.sums((size - smaller) / (rows - found.start)) / counts
        ).T * ranked.moving
        low[:, some] = (found.sums(upto / found.stop) / counts).T * ranked.moving
    return _scored(names, high, low, share)


def _scored(names: tuple[str, ...], high: Floats, low: Floats, share: Floats) -> Scored:
    """By label and overall, of average precisions (labels, neurons) from above and from below."""
    precision = np.maximum(high, low)
    gain = (precision - share) / (1 - share)
    direction = np.where(high >= low, 1, -1).astype(np.int8)
    details = {"share": share[:, 0]}
    return by_label(names, precision, gain.max(0), worth=gain, direction=direction, details=details)


def _of_two(order: NDArray[np.int64], truth: Floats) -> tuple[Floats, Floats]:
    """Average precision of two classes from above and from below, without ties.

    With hits k and their running number c along the places i = 1, ..., n of the ascending order,
    the class with s rows has from below sum(k c / i) / s, and from above
    sum(k (s + 1 - c) / (n + 1 - i)) / s. The other class has the hits 1 - k, numbered i - c.

    Parameters
    ----------
    order : array (neurons, rows)
        Rows of each neuron, ascending.
    truth : array (rows,)
        1 for rows of the second class, 0 for those of the first.

    Returns
    -------
    array (2, neurons), array (2, neurons)
    """
    rows = order.shape[1]
    place = np.arange(1.0, rows + 1)
    below, above = 1 / place, 1 / place[::-1]
    hit = truth[order]
    number = np.cumsum(hit, axis=1)
    both = hit * number

    def total(values: Floats, weights: Floats) -> Floats:
        # Row by row, so that a neuron's score does not depend on those beside it.
        return np.asarray(np.einsum("ij,j->i", values, weights))

    second = truth.sum()
    first = rows - second
    hits, boths = total(hit, above), total(both, above)
    up = total(both, below)
    others = (place * above).sum() - total(number, above) - total(hit, place * above) + boths
    down = rows - second - total(number, below) + up
    high = [(first + 1) * (above.sum() - hits) - others, (second + 1) * hits - boths]
    counts = np.array([[first], [second]])
    return np.stack(high) / counts, np.stack([down, up]) / counts


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
