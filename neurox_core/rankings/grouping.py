"""How much of a neuron's variance lies between groups of rows: positions, or word types.

The share is 1 - E[Var(x | group)] / Var(x) with population variances (Bau et al. 2019, Table 1).
A group of one has no variance, so a random neuron gets a share of about
(groups - 1) / (rows - 1) too; it stands beside the scores as ``chance``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..activations.grouped import chance
from ..activations.store import ActivationStore
from ..corpora.labelling import Labelling, require_classes
from ..errors import InvalidInputError
from .analysis import Scored
from .sample import Sample
from .source import StoreSource

Floats = NDArray[np.float64]


def explained(sample: Sample, kept: str) -> Scored:
    """Share of variance explained by the labels or, without labels, by what a store has kept.

    Parameters
    ----------
    sample : Sample
    kept : {"position", "word"}
        Which share of the store's statistics.
    """
    if sample.labels is not None:
        return _by_labels(sample, sample.labels)
    source = sample.source
    if not isinstance(source, StoreSource):
        raise InvalidInputError(f"Give labels=, the {kept} of each row.")
    chance = [
        np.full(width, getattr(source.store.statistics(address), f"{kept}_chance"))
        for address, width in source.layers or ()
    ]
    shares = getattr(sample.raw_statistics, f"{kept}_variance")
    return Scored(shares, details={"chance": np.concatenate(chance)})


def store_groups(
    name: str, store: ActivationStore, layers: object, words: str
) -> tuple[Labelling | None, str]:
    """Labels that give what a store has kept, for when some of its rows are to be looked at.

    Returns
    -------
    Labelling or None
        None if the analysis is none of ours.
    str
        The view of words that goes with them.
    """
    chosen = list(layers) if isinstance(layers, (list, tuple)) else list(store.layers)
    stack = str(chosen[0]).partition(".")[0]
    some = [x for x in store.layers if x.partition(".")[0] == stack][:1]
    view = "mean" if name == "word_variance" else None
    if name not in ("position_variance", "word_variance") or not some:
        return None, words
    source = StoreSource(store, some, view)
    values = source.row_table("position" if view is None else "type")
    sentences = source.row_table("sentence")
    return Labelling.of(values, name="word" if view else "position", sentences=sentences), "mean"


def _by_labels(sample: Sample, labels: Labelling) -> Scored:
    if not labels.numeric:
        require_classes(labels)
    numbers = np.unique(labels.values, return_inverse=True)[1]
    order, counts = np.argsort(numbers, kind="stable"), np.bincount(numbers)
    if len(counts) < 2:
        raise InvalidInputError(
            f"All rows have the same {labels.name}; at least two groups are needed. Take more text."
        )
    starts = np.cumsum(counts) - counts
    scores = np.full(sample.neurons, np.nan)
    for first, block in sample.source.blocks():
        sample.report(first, sample.neurons, "Comparing groups")
        # From the first row on, so that a constant is exactly 0.
        x = block[order].astype(np.float64)
        x -= x[0]
        x -= x.mean(0)
        between = (np.square(np.add.reduceat(x, starts)) / counts[:, None]).sum(0)
        total = np.square(x).sum(0)
        share = np.divide(between, total, out=np.full(len(total), np.nan), where=total > 0)
        scores[first : first + len(share)] = np.minimum(share, 1.0)
    expected = chance(len(counts), len(order))
    return Scored(scores, details={"chance": np.full(sample.neurons, expected)})
