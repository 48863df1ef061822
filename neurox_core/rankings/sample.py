"""What an analysis works on: rows, columns, their statistics, labels and other models' rows.

A sample stands for an array in memory or for layers of an activation store, which may be larger
than memory: analyses either use the statistics, which a store keeps, or go through :meth:`blocks`
(all rows of a few neurons) or :meth:`batches` (a few rows of all neurons).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ..activations.statistics import LayerStatistics
from ..corpora.labelling import Labelling
from ..errors import CancelledError, InvalidInputError
from .analysis import Scored
from .source import BLOCK, ArraySource, Source, StoreSource

__all__ = ["BLOCK", "ArraySource", "Sample", "Source", "StoreSource"]

Progress = Callable[[int, int, str, Mapping[str, object] | None], None]
"""Called with work done, all work, what is being done, and a preliminary result or None.

A preliminary result has ``scored``, a :class:`.analysis.Scored` whose scores are NaN where nothing
is known yet, and ``note``, which says how far it has come.
"""

PREVIEW_EVERY = 1.0
"""Least seconds between two preliminary results; making one takes time, too."""


@dataclass
class _Pace:
    """When the last preliminary result was told."""

    last: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class Sample:
    """What an analysis works on.

    Attributes
    ----------
    source : Source
        Only rows that have a label, if there are labels.
    standardized : bool
        Whether statistics, blocks and batches are those of (x - mean) / deviation.
    labels : Labelling or None
        One for each row.
    others : tuple of Source
        Other models on the same rows.
    other_names : tuple of str
    seed : int
    on_progress : callable, optional
    is_cancelled : callable, optional
    """

    source: Source
    standardized: bool = False
    labels: Labelling | None = None
    others: tuple[Source, ...] = ()
    other_names: tuple[str, ...] = ()
    seed: int = 0
    on_progress: Progress | None = None
    is_cancelled: Callable[[], bool] | None = None
    _pace: _Pace = field(default_factory=_Pace, repr=False, compare=False)

    @cached_property
    def raw_statistics(self) -> LayerStatistics:
        """Statistics of all neurons, as recorded."""
        return self.source.statistics()

    @cached_property
    def statistics(self) -> LayerStatistics:
        """Statistics of all neurons; standardised if the sample is."""
        return self.raw_statistics.standardized() if self.standardized else self.raw_statistics

    @property
    def neurons(self) -> int:
        """How many there are."""
        return self.source.neurons

    @property
    def tokens(self) -> NDArray[np.int64]:
        """Rows of each neuron."""
        return self.source.tokens

    @cached_property
    def constant(self) -> NDArray[np.bool_]:
        """Neurons that never change, or too little for a deviation in float64.

        Squares vanish below 1e-162. Stores hold float16 or float32, whose smallest value is 1e-45,
        so this is met by float64 arrays only.
        """
        found = self.source.spread
        return np.logical_or(found.constant, ~(found.deviation > 0))

    @property
    def labelling(self) -> Labelling:
        """The labels; InvalidInputError if none were given."""
        if self.labels is None:
            raise InvalidInputError("This ranking needs labels=.")
        return self.labels

    def random(self) -> np.random.Generator:
        """A generator that starts from the seed."""
        return np.random.default_rng(self.seed)

    def report(
        self, done: int, total: int, message: str = "", partial: Mapping[str, object] | None = None
    ) -> None:
        """Say how far the work is; CancelledError if it is no longer wanted.

        Call it at least once a second of work.
        """
        if self.is_cancelled is not None and self.is_cancelled():
            raise CancelledError("The ranking was cancelled; nothing was changed.")
        if self.on_progress is not None:
            self.on_progress(done, total, message, partial)

    def preview(
        self,
        done: int,
        total: int,
        message: str,
        make: Callable[[], Scored],
        note: str,
        at_once: bool = False,
    ) -> None:
        """As :meth:`report`, with what is known so far, if anybody listens and it is time again.

        Parameters
        ----------
        done, total, message
            As for :meth:`report`.
        make : callable
            Gives what is known; called only if it is told.
        note : str
            How far the preliminary result has come, such as "penalty 2 of 6".
        at_once : bool
            Tell it even if the last one was told just now.
        """  # fmt: skip
        due = at_once or time.monotonic() - self._pace.last >= PREVIEW_EVERY
        if self.on_progress is None or not due:
            self.report(done, total, message)
            return
        partial = {"scored": make(), "note": note}
        self._pace.last = time.monotonic()
        self.report(done, total, message, partial)

    def blocks(self, dtype: DTypeLike = np.float64) -> Iterator[tuple[int, NDArray[np.floating]]]:
        """First neuron and values (rows, up to 32 neurons) of one block after the other."""
        for first, block in self.source.blocks():
            yield first, self._scaled(block, slice(first, first + block.shape[1]), dtype)

    def batches(
        self, size: int = 4096, dtype: DTypeLike = np.float64
    ) -> Iterator[tuple[int, NDArray[np.floating]]]:
        """First row and values (up to `size` rows, neurons) of one batch after the other."""
        for first in range(0, self.source.height, size):
            values = self.source.rows(first, min(first + size, self.source.height))
            yield first, self._scaled(values, slice(None), dtype)

    def matrix(self, dtype: DTypeLike = np.float32) -> NDArray[np.floating]:
        """All rows of all neurons at once; for analyses that cannot do without."""
        found = np.empty((self.source.height, self.neurons), dtype)
        for first, block in self.blocks(dtype):
            found[:, first : first + block.shape[1]] = block
        return found

    def _scaled(
        self, values: NDArray[np.floating], some: slice, dtype: DTypeLike
    ) -> NDArray[np.floating]:
        scaled = values.astype(dtype)  # a copy: the caller's array is never written to
        if self.standardized:
            deviation = self.source.spread.deviation[some]
            scaled -= self.source.spread.mean[some].astype(dtype)
            scaled /= np.where(deviation > 0, deviation, 1.0).astype(dtype)
        return scaled
