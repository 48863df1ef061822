"""ANOVA F: neurons whose variance lies between the classes come first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...errors import InvalidInputError
from ..analysis import Analysis, Parameters, Scored
from ..classes import ClassMeans, by_label, class_means, sign
from ..sample import Sample

Floats = NDArray[np.float64]


def score(sample: Sample, parameters: Parameters) -> Scored:
    """F of all classes, and of each label against the rest; infinite if nothing is left within."""
    found = class_means(sample, within=True)
    classes, rows = len(found.names), found.rows
    if rows <= classes:
        raise InvalidInputError(
            f"{classes} labels on {rows} rows: ANOVA needs more rows than labels."
        )
    counts = found.counts[:, None]
    between: Floats = (counts * np.square(found.means - found.total)).sum(0)
    overall = _ratio(between, classes - 1, found.within, rows - classes) * found.moving
    difference = found.means - found.rest
    own = counts * (rows - counts) / rows * np.square(difference)
    # What one label against the rest leaves: all that is left, and what lies between the others.
    left = found.within + _among_others(found)
    scores = _ratio(own, 1, left, rows - 2) * found.moving
    return by_label(found.names, scores, overall, direction=sign(difference))


def _among_others(found: ClassMeans) -> Floats:
    """Squares between the classes other than each one, about the mean of those others."""
    left = np.zeros_like(found.means)
    rest = found.rest
    for number in range(len(found.names)):
        others = np.arange(len(found.names)) != number
        distance = np.square(found.means[others] - rest[number])
        left[number] = (found.counts[others, None] * distance).sum(0)
    return left


def _ratio(between: Floats, groups: int, within: Floats, rest: int) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = (between / groups) / (within / rest)
    return found


ANALYSIS = Analysis(
    name="anova_f",
    title="ANOVA F",
    summary="Neurons whose variance lies between the labels rather than within them come first.",
    formula="(between / (L - 1)) / (within / (n - L)), sums of squares; per label: it against the "
    "rest",
    reference="Fisher 1925; univariate feature selection of NeuroX (Dalvi et al. 2019)",
    score=score,
    needs=frozenset({"labels"}),
    family="linguistic",
    knows_constant=True,
)
