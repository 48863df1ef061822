"""Rows of each neuron in the order of its values: what methods by rank are made of.

One sort a neuron serves all labels and both directions. Values of 32 bits are sorted together with
their row number in one integer of 64 bits, whose upper half keeps the order of the values; that is
several times faster than an indirect sort. Other values are sorted indirectly. Ties are exact:
every statistic treats tied rows as one threshold, so it does not depend on the order of the rows.

Standardised values have the order of raw ones, so raw ones are used always.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..corpora.labelling import Labelling
from .analysis import Scored
from .sample import Sample

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
TILE = 1 << 16
"""Values worked on together, so that they stay in the cache."""


@dataclass(frozen=True)
class Ranked:
    """Some neurons, their rows in ascending order of the neuron's values.

    Attributes
    ----------
    order : array (neurons, rows) of int64
        Rows, ascending; tied rows by number.
    start, stop : array (neurons, rows) of int64
        By place in that order: how many rows have a smaller value, and one not larger.
    tied : bool
        Whether any two values of a neuron are equal.
    """

    order: Longs
    start: Longs
    stop: Longs
    tied: bool

    @classmethod
    def of(cls, values: NDArray[np.floating]) -> Ranked:
        """Rank the columns of (rows, neurons)."""
        order, ordered = sorted_rows(values)
        equal = ordered[:, 1:] == ordered[:, :-1]
        return cls._of_runs(order, equal) if equal.any() else cls._untied(order)

    @classmethod
    def parts(cls, values: NDArray[np.floating]) -> Iterator[tuple[Longs, Ranked]]:
        """Columns without ties, then those with ties: their numbers and ranks."""
        order, ordered = sorted_rows(values)
        equal = ordered[:, 1:] == ordered[:, :-1]
        tied = equal.any(1)
        if not tied.all():
            free = np.flatnonzero(~tied)
            yield free, cls._untied(order[free] if tied.any() else order)
        if tied.any():
            some = np.flatnonzero(tied)
            yield some, cls._of_runs(order[some], equal[some])

    @classmethod
    def _untied(cls, order: Longs) -> Ranked:
        every = np.broadcast_to(np.arange(order.shape[1]), order.shape)
        return cls(order, every, every + 1, False)

    @classmethod
    def _of_runs(cls, order: Longs, equal: NDArray[np.bool_]) -> Ranked:
        """Places that are equal to the one before them are marked."""
        fresh = np.ones(order.shape, bool)
        fresh[:, 1:] = ~equal
        last = np.ones(order.shape, bool)
        last[:, :-1] = ~equal
        return cls(order, *_runs(fresh, last), True)

    @property
    def moving(self) -> Floats:
        """1, and NaN for neurons that never change."""
        return np.where(self.stop[:, 0] < self.order.shape[1], 1.0, np.nan)

    @cached_property
    def middle(self) -> Floats:
        """Mean rank of each row's ties, from 1, by row: (neurons, rows)."""
        found = np.empty(self.order.shape)
        np.put_along_axis(found, self.order, (self.start + self.stop + 1) / 2, axis=1)
        return found

    def grouped(self, labelling: Labelling) -> Grouped:
        """The same, class after class; every class has a row."""
        counts = labelling.counts
        kinds = labelling.values.astype(np.int16 if len(counts) < 2**15 else np.int64)[self.order]
        group = _by_class(kinds, counts)
        start, stop = group, group + 1
        if self.tied:
            start = np.take_along_axis(self.start, group, axis=1)
            stop = np.take_along_axis(self.stop, group, axis=1)
        offsets = np.concatenate([[0], np.cumsum(counts)[:-1]])
        return Grouped(self, offsets, counts, start, stop)


@dataclass(frozen=True)
class Grouped:
    """Ranks by class: the columns are the rows of class 0, ascending, then those of class 1, ...

    Attributes
    ----------
    ranked : Ranked
    offsets, counts : array (classes,)
    start, stop : array (neurons, rows)
        As in :class:`Ranked`: among the rows of all classes.
    """

    ranked: Ranked
    offsets: Longs
    counts: Longs
    start: Longs
    stop: Longs

    def sums(self, values: NDArray[Any]) -> NDArray[Any]:
        """Sums over classes, (neurons, classes)."""
        return np.asarray(np.add.reduceat(values, self.offsets, axis=1))

    @property
    def own(self) -> tuple[Longs, Longs]:
        """Among the rows of its class: how many have a smaller value, and one not larger."""
        places = np.arange(self.start.shape[1]) - np.repeat(self.offsets, self.counts)
        if not self.ranked.tied:
            every = np.broadcast_to(places, self.start.shape)
            return every, every + 1
        fresh = np.ones(self.start.shape, bool)
        fresh[:, 1:] = self.start[:, 1:] != self.start[:, :-1]
        fresh[:, self.offsets] = True
        last = np.ones(self.start.shape, bool)
        last[:, :-1] = fresh[:, 1:]
        start, stop = _runs(fresh, last)
        shift = np.repeat(self.offsets, self.counts)
        return start - shift, stop - shift

    def areas(self) -> Floats:
        """Area under the ROC curve of each class against the rest, (neurons, classes).

        The share of pairs of a row of the class and one of another in which the former's value is
        higher, ties counting half (Mann and Whitney 1947).
        """
        rows = self.start.shape[1]
        ranks = self.sums((self.start + self.stop + 1) / 2)
        pairs = self.counts * (rows - self.counts)
        found: Floats = (ranks - self.counts * (self.counts + 1) / 2) / pairs
        return found


def tiles(
    sample: Sample,
    message: str = "",
    so_far: Callable[[int], Scored] | None = None,
    least: int = 1,
) -> Iterator[tuple[int, NDArray[np.floating]]]:
    """Number of the first neuron and values (rows, few neurons), with progress.

    Values of a tile stay in the cache, unless the rows are so many that there would be fewer than
    `least` neurons.
    `so_far` gives what is known when so many of the first neurons have been looked at.
    """
    for first, block in sample.source.blocks():
        height, width = block.shape
        step = max(least, TILE // height)
        for low in range(0, width, step):
            yield first + low, block[:, low : low + step]
        done = first + width
        if so_far is None:
            sample.report(done, sample.neurons, message)
        else:
            make = partial(so_far, done)
            sample.preview(done, sample.neurons, message, make, neurons_done(done, sample))


def ranked_blocks(
    sample: Sample, message: str = "", so_far: Callable[[int], Scored] | None = None
) -> Iterator[tuple[Longs, Ranked]]:
    """Numbers of neurons and their ranks, a few neurons at a time; see :func:`tiles`."""
    for first, values in tiles(sample, message, so_far):
        for some, ranked in Ranked.parts(values):
            yield first + some, ranked


def neurons_done(done: int, sample: Sample) -> str:
    """How far a preliminary result has come that knows the first neurons only."""
    return f"{done} of {sample.neurons} neurons"


def known_first(names: Sequence[str], scores: Floats, done: int, overall: Floats) -> Scored:
    """A preliminary result: scores of the first neurons, NaN for all others.

    Parameters
    ----------
    names : sequence of str
    scores : array (labels, neurons)
    done : int
    overall : array (done,)
    """
    neurons = scores.shape[1]

    def padded(known: Floats) -> Floats:
        return np.concatenate([known, np.full(neurons - done, np.nan)])

    below = {
        name: Scored(padded(row[:done])) for name, row in zip(names, scores, strict=True)
    }  # fmt: skip
    return Scored(padded(overall), labels=below)


def sorted_rows(values: NDArray[np.floating]) -> tuple[Longs, NDArray[Any]]:
    """Rows of each column in order, and values (or keys) that tell which of them are tied."""
    # First together, then turned over: both in the cache.
    columns = np.array(np.ascontiguousarray(values).T, order="C")
    with np.errstate(over="ignore"):
        single = columns.astype(np.float32, copy=False)
    if columns.dtype == np.float64 and not np.array_equal(single, columns):
        order = np.argsort(columns, axis=1, kind="stable").astype(np.int64)
        return order, np.take_along_axis(columns, order, axis=1)
    single += np.float32(0.0)  # -0 becomes 0
    bits = single.view(np.int32)
    # Negative floats stand in reverse; with all their bits but the sign turned they do not.
    bits ^= (bits >> 31) & np.int32(0x7FFFFFFF)
    keys = bits.astype(np.int64)
    keys <<= 32
    keys |= np.arange(columns.shape[1], dtype=np.int64)
    keys.sort(axis=1)
    ordered = keys >> 32
    keys &= 0xFFFFFFFF
    return keys, ordered


def _by_class(kinds: NDArray[Any], counts: Longs) -> Longs:
    """Places class after class, in ascending order within each: (neurons, rows)."""
    if len(counts) > 3:
        return np.argsort(kinds, axis=1, kind="stable")
    neurons, rows = kinds.shape
    shift = np.arange(neurons)[:, None] * rows
    return np.concatenate([
        np.flatnonzero(kinds == number).reshape(neurons, count) - shift
        for number, count in enumerate(counts.tolist())
    ], axis=1)  # fmt: skip


def _runs(fresh: NDArray[np.bool_], last: NDArray[np.bool_]) -> tuple[Longs, Longs]:
    """First place of each run, and one past its last, where runs begin and end as marked."""
    places = np.arange(fresh.shape[1])
    start = np.maximum.accumulate(np.where(fresh, places, 0), axis=1)
    backward = np.where(last, places + 1, fresh.shape[1])[:, ::-1]
    stop = np.minimum.accumulate(backward, axis=1)[:, ::-1]
    return start, stop
