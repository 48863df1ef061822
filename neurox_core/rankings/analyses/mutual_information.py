"""Mutual information: neurons whose value says most about the label come first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...corpora.labelling import require_classes
from ..analysis import Analysis, Parameter, Parameters, Scored
from ..classes import by_label
from ..ranked import Ranked, ranked_blocks
from ..sample import Sample

Floats = NDArray[np.float64]


def score(sample: Sample, parameters: Parameters) -> Scored:
    """Bits that a neuron's bin tells about the label, all of them and each against the rest.

    Bins hold equally many rows: a row's bin is the mean rank of its ties, as a share of the rows,
    times the number of bins. A value that many rows share (the 0 of a ReLU) has a bin of its own.
    """
    labelling, bins = sample.labelling, int(parameters["bins"])
    names = tuple(require_classes(labelling))
    classes = labelling.values.astype(np.int64)
    moving = np.empty(sample.neurons)
    joint = np.empty((sample.neurons, bins, len(names)))
    total, share = len(labelling), labelling.counts / len(labelling)

    def so_far(done: int) -> Scored:
        known = joint[:done] / total
        bits = np.full(sample.neurons, np.nan)
        bits[:done] = information(known, known.sum(2), share) * moving[:done]
        return Scored(bits)

    for some, ranked in ranked_blocks(sample, so_far=so_far):
        moving[some] = ranked.moving
        joint[some] = _joint(ranked, classes, bins, len(names))
    joint /= total
    bin_share = joint.sum(2)
    overall = information(joint, bin_share, share)
    scores = np.empty((len(names), sample.neurons))
    for number in range(len(names)):
        own = joint[:, :, number]
        pair = np.stack([own, bin_share - own], axis=2)
        part = np.array([share[number], 1 - share[number]])
        scores[number] = information(pair, bin_share, part)
    chance = (bins - 1) * (len(names) - 1) / (2 * len(labelling) * np.log(2))
    entropy = float(-(share * np.log2(share)).sum())
    details = {"label_entropy": entropy, "chance": float(chance)}
    return by_label(names, scores * moving, overall * moving, details=details)


def information(joint: Floats, rows: Floats, columns: Floats) -> Floats:
    """Bits of mutual information of joint shares (..., rows, columns) with those margins."""
    product = rows[..., :, None] * columns
    ratio = np.ones_like(joint)
    # A share that rounding left below 0 is 0.
    np.divide(joint, product, out=ratio, where=(joint > 1e-12) & (product > 0))
    found: Floats = (joint * np.log2(ratio)).sum((-2, -1))
    return np.maximum(found, 0.0)


def _joint(
    ranked: Ranked, values: NDArray[np.integer], bins: int, classes: int
) -> NDArray[np.int64]:
    """Rows of each neuron, bin and class."""
    neurons, rows = ranked.order.shape
    middle = ranked.start + ranked.stop  # twice the mean rank, counted from one half
    found = np.minimum(middle * bins // (2 * rows), bins - 1)
    cell = found * classes + values[ranked.order]
    cell += np.arange(neurons)[:, None] * (bins * classes)
    counts = np.bincount(cell.ravel(), minlength=neurons * bins * classes)
    return counts.reshape(neurons, bins, classes)


ANALYSIS = Analysis(
    name="mutual_information",
    title="Mutual information",
    summary="Neurons whose value, cut into ranges of equally many words, says most about the label "
    "come first.",
    formula="Σ p(b, l) log₂ (p(b, l) / (p(b) p(l))), b: bin of the value by rank, l: label",
    reference="Shannon 1948; Ross 2014, Mutual information between discrete and continuous data "
    "sets",
    score=score,
    parameters={"bins": Parameter(10, "Ranges that the values are cut into.", 2, 100)},
    needs=frozenset({"labels"}),
    family="linguistic",
    knows_constant=True,
)
