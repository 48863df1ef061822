"""How neurons differ between the classes of a labelling.

One pass over the blocks of a sample gives counts, means and the squares that are left within the
classes, in float64. Sums over classes are products with a sparse matrix of ones, which add rows in
their order, so that equal columns get exactly equal results wherever they stand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from ..corpora.labelling import Labelling, require_classes
from .analysis import Scored
from .sample import Sample

Floats = NDArray[np.float64]
Change = Callable[[Floats], Floats]


@dataclass(frozen=True)
class ClassMeans:
    """Means of classes.

    Attributes
    ----------
    names : tuple of str
    counts : array (classes,) of int64
        Rows of each.
    means : array (classes, neurons)
    within : array (neurons,)
        Sum over rows of the squared distance from the row's class mean.
    span : array (neurons,)
        Largest value less the smallest; NaN for neurons that never change, so that scores
        multiplied with `moving` are NaN for these.
    """

    names: tuple[str, ...]
    counts: NDArray[np.int64]
    means: Floats
    within: Floats
    span: Floats

    @property
    def moving(self) -> Floats:
        """1, and NaN for neurons that never change."""
        return self.span / self.span

    @property
    def rows(self) -> int:
        """All rows."""
        return int(self.counts.sum())

    @property
    def total(self) -> Floats:
        """Mean of all rows, (neurons,)."""
        found: Floats = (self.counts[:, None] * self.means).sum(0) / self.rows
        return found

    @property
    def rest(self) -> Floats:
        """For each class the mean of all rows of the others, (classes, neurons)."""
        counts = self.counts[:, None]
        found: Floats = (self.total * self.rows - counts * self.means) / (self.rows - counts)
        return found


def indicator(labelling: Labelling) -> csr_matrix:
    """Sparse matrix (classes, rows) of ones; times the rows it sums over classes."""
    rows = np.arange(len(labelling))
    ones = np.ones(len(labelling))
    shape = (len(labelling.classes), len(labelling))
    return csr_matrix((ones, (labelling.values, rows)), shape=shape)


def class_means(
    sample: Sample, *, within: bool = False, change: Change | None = None
) -> ClassMeans:
    """Means of the classes of a sample's labels.

    Parameters
    ----------
    sample : Sample
    within : bool
        Compute the squares within classes too; zeros otherwise.
    change : callable, optional
        Applied to each block of values first.

    Raises
    ------
    InvalidInputError
        If the labels are numeric or have one class only.
    """
    labelling = sample.labelling
    names = tuple(require_classes(labelling))
    sums, counts = indicator(labelling), labelling.counts
    means = np.empty((len(names), sample.neurons))
    squares, span = np.zeros(sample.neurons), np.empty(sample.neurons)
    for first, values in reported(sample):
        some = slice(first, first + values.shape[1])
        span[some] = values.max(0) - values.min(0)
        block = values if change is None else change(values)
        means[:, some] = sums @ block / counts[:, None]
        if within:
            block = block - means[labelling.values, some]
            squares[some] = np.square(block).sum(0)
    return ClassMeans(names, counts, means, squares, np.where(span > 0, span, np.nan))


def reported(sample: Sample, message: str = "") -> Iterator[tuple[int, Floats]]:
    """Blocks in float64, with progress after each."""
    for first, block in sample.blocks(np.float64):
        yield first, block  # type: ignore[misc]
        sample.report(first + block.shape[1], sample.neurons, message)


def by_label(
    names: Sequence[str],
    scores: Floats,
    overall: Floats | None = None,
    *,
    worth: Floats | None = None,
    direction: NDArray[np.signedinteger] | None = None,
    details: Mapping[str, object] | None = None,
) -> Scored:
    """A ranking with one below it for each label.

    Parameters
    ----------
    names : sequence of str
    scores : array (labels, neurons)
    overall : array (neurons,), optional
        By default the best of the labels.
    worth : array (labels, neurons), optional
        What decides which label is a neuron's best; by default the scores.
    direction : array (labels, neurons) of int, optional
        1 where a neuron is high on the label's rows, -1 where it is low there. The overall
        ranking shows that of the neuron's best label.
    details : mapping, optional

    Returns
    -------
    Scored
        Its details hold ``best_label`` (numbers of `labels`), ``labels`` and, if known,
        ``direction``.
    """
    best = np.argmax(np.nan_to_num(scores if worth is None else worth, nan=-np.inf), axis=0)
    found: dict[str, object] = {"labels": list(names), "best_label": best, **(details or {})}
    if direction is not None:
        found["direction"] = np.take_along_axis(direction, best[None], 0)[0]
    below = {
        name: Scored(
            row, details={} if direction is None else {"direction": direction[number]}
        )
        for number, (name, row) in enumerate(zip(names, scores, strict=True))
    }  # fmt: skip
    return Scored(scores.max(0) if overall is None else overall, labels=below, details=found)


def sign(values: NDArray[np.floating]) -> NDArray[np.int8]:
    """1 for values of at least 0 and -1 below."""
    return np.where(values < 0, -1, 1).astype(np.int8)
