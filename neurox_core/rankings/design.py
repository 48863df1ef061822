"""Rows and columns as a probe is trained on them: parts, scaled, in memory or streamed.

In memory the rows lie in float32, part after part and those of the training part shuffled, so that
a minibatch is a slice. Where that is larger than the caller allows, rows are read from the source
again in every pass, as many together as are allowed, in shuffled order; nothing else is kept.

Columns are scaled by mean and deviation of the *training* rows alone. A column that never changes
there becomes 0 and takes no part.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from .sample import Sample
from .source import Source
from .splits import TRAIN, Parts

Longs = NDArray[np.int64]
Floats = NDArray[np.float64]


ROWS = 256
"""At least so many rows are read together."""


@dataclass(frozen=True)
class Scale:
    """What is subtracted from each column, and what it is multiplied with; both (neurons,)."""

    shift: Floats
    factor: Floats

    @classmethod
    def of(cls, sample: Sample, parts: Parts) -> Scale:
        """Of the training rows; no shift and no factor if the sample is not standardised."""
        shift, factor = np.zeros(sample.neurons), np.ones(sample.neurons)
        if not sample.standardized:
            return cls(shift, factor)
        train = parts == TRAIN
        for first, values in sample.source.blocks():
            block = values[train].astype(np.float64)
            some = slice(first, first + block.shape[1])
            shift[some] = block.mean(0)
            moving = block.min(0) < block.max(0)
            deviation = block.std(0)
            factor[some] = np.divide(1, deviation, out=np.zeros(len(deviation)),
                                     where=moving & (deviation > 0))  # fmt: skip
            sample.report(first + block.shape[1], sample.neurons, "statistics of the training rows")
        return cls(shift, factor)

    def take(self, columns: Longs) -> Scale:
        """Those of some columns."""
        return Scale(self.shift[columns], self.factor[columns])

    def apply(self, values: NDArray[np.floating]) -> NDArray[np.float32]:
        """Scaled, float32; differences are taken in float64, some rows at a time."""
        found = np.empty(values.shape, np.float32)
        for first in range(0, len(values), ROWS):
            some = slice(first, first + ROWS)
            found[some] = (values[some].astype(np.float64) - self.shift) * self.factor
        return found


class Design(ABC):
    """Rows of the parts.

    Attributes
    ----------
    rows : dict of int to array of int64
        Numbers of the rows of each part, as :meth:`batches` goes through them.
    width : int
        Columns.
    """

    rows: dict[int, Longs]
    width: int

    @abstractmethod
    def batches(
        self, part: int, size: int, random: np.random.Generator | None = None
    ) -> Iterator[tuple[torch.Tensor, Longs]]:
        """Scaled values (up to `size` rows, columns) and row numbers; shuffled batches if asked."""

    @abstractmethod
    def columns(self, which: Longs) -> Design:
        """Some of the columns."""


class MemoryDesign(Design):
    """All rows in memory."""

    def __init__(self, values: dict[int, torch.Tensor], rows: dict[int, Longs]) -> None:
        self._values, self.rows = values, rows
        self.width = int(next(iter(values.values())).shape[1])

    def batches(
        self, part: int, size: int, random: np.random.Generator | None = None
    ) -> Iterator[tuple[torch.Tensor, Longs]]:
        """Slices of the part."""
        values, rows = self._values[part], self.rows[part]
        for first in _starts(len(rows), size, random):
            yield values[first : first + size], rows[first : first + size]

    def columns(self, which: Longs) -> MemoryDesign:
        """A copy of some columns."""
        index = torch.from_numpy(which)
        return MemoryDesign({p: v[:, index] for p, v in self._values.items()}, self.rows)


class StreamedDesign(Design):
    """Rows are read anew in each pass."""

    def __init__(
        self, source: Source, scale: Scale, parts: Parts, memory: float, which: Longs | None = None
    ) -> None:
        self._source, self._scale, self._parts = source, scale, parts
        self._memory, self._which = memory, which
        self.rows = {int(part): np.flatnonzero(parts == part) for part in np.unique(parts)}
        self.width = source.neurons if which is None else len(which)

    def batches(
        self, part: int, size: int, random: np.random.Generator | None = None
    ) -> Iterator[tuple[torch.Tensor, Longs]]:
        """Rows of the part, out of as many consecutive ones as may be in memory."""
        height = len(self._parts)
        # Up to four copies at once: as read, picked, scaled, and the band before.
        band = max(ROWS, int(self._memory / (16 * self._source.neurons)))
        for first in _starts(height, band, random):
            some = first + np.flatnonzero(self._parts[first : first + band] == part)
            if not len(some):
                continue
            values = self._source.rows(first, min(first + band, height))[some - first]
            if self._which is not None:
                values = values[:, self._which]
            scaled = torch.from_numpy(self._scale.apply(values))
            del values
            for start in _starts(len(some), size, random):
                yield scaled[start : start + size], some[start : start + size]

    def columns(self, which: Longs) -> Design:
        """Some columns, in memory if they fit."""
        scale = self._scale.take(which)
        if not _fits(len(self._parts), len(which), self._memory):
            chosen = which if self._which is None else self._which[which]
            return StreamedDesign(self._source, scale, self._parts, self._memory, chosen)
        values = {}
        for part in self.rows:
            pieces = [batch[:, torch.from_numpy(which)] for batch, _ in self.batches(part, 1024)]
            values[part] = torch.cat(pieces)
        return MemoryDesign(values, self.rows)


def design(sample: Sample, parts: Parts, memory: float) -> Design:
    """The rows of a sample, for a probe.

    Parameters
    ----------
    sample : Sample
    parts : array (rows,) of int8
    memory : float
        Bytes that the float32 values may take; more than that is streamed.
    """
    scale = Scale.of(sample, parts)
    if not _fits(len(parts), sample.neurons, memory):
        return StreamedDesign(sample.source, scale, parts, memory)
    random = sample.random()
    rows = {int(part): random.permutation(np.flatnonzero(parts == part))
            for part in np.unique(parts)}  # fmt: skip
    values = {part: torch.empty(len(some), sample.neurons) for part, some in rows.items()}
    for first, block in sample.source.blocks():
        last = first + block.shape[1]
        scaled = torch.from_numpy(scale.take(np.arange(first, last)).apply(block))
        for part, some in rows.items():
            values[part][:, first:last] = scaled[torch.from_numpy(some)]
        sample.report(last, sample.neurons, "reading")
    return MemoryDesign(values, rows)


def _starts(count: int, size: int, random: np.random.Generator | None) -> list[int]:
    starts = np.arange(0, count, size)
    if random is not None:
        random.shuffle(starts)
    found: list[int] = starts.tolist()
    return found


def _fits(rows: int, columns: int, memory: float) -> bool:
    return 4.0 * rows * columns <= memory
