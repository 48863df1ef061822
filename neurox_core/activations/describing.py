"""Statistics and word lists of some units of a layer, from the store.

The rows are read block by block (see :mod:`.blocks`), twice: first for what can be said of a unit
by itself, with its mean over tokens and over words; then for the sums over places and over words of
what is left when the mean is taken off. A short corpus is one block, which is kept in between.

Values in half precision are counted (:mod:`.tally`). Memory is bounded by the size of a block,
however long the corpus is, and by the number of word forms. Values in float32 are too many to be
counted: they are sorted, and of a long store those of one unit for each thread are kept while they
are, four bytes a token. Each thread has its memory for as long as a stack is described; pages that
are taken anew for every few units cost a fifth of the time.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from .blocks import Block, StackRows
from .chunks import scratch
from .grouped import Floats, add_places, between_groups, chance, share
from .layout import UNIT_CHUNK
from .reading import LayerArray
from .statistics import LayerStatistics, of_values, units_first
from .tables import Longs
from .tally import Tally
from .top_words import Sums, WordLists

VALUES = 3 * 2**19
"""Most values that a thread works on at a time."""
_COUNTED_UNITS = 16
"""Units of a long corpus that a thread counts at a time; their counts take four megabytes."""


class Describer:
    """Describes layers of a stack, `units` at a time.

    Parameters
    ----------
    rows : StackRows
    dtype : str
        Of the layers.

    Attributes
    ----------
    units : int
    """

    def __init__(self, rows: StackRows, dtype: str) -> None:
        self._rows, self._dtype = rows, np.dtype(dtype)
        self._own = threading.local()
        if len(rows) > 1 and dtype == "float16":
            tokens = VALUES // _COUNTED_UNITS
        else:
            tokens = rows.total
        # Sums over the forms of words are as many as these, whatever the block; there are two.
        self.units = _units_at_once(max(tokens, 2 * len(rows.forms)))

    def describe(self, array: LayerArray, first: int) -> tuple[LayerStatistics, WordLists]:
        """Unit `first` of a layer and those after it."""
        units = slice(first, min(first + self.units, array.shape[1]))
        bench: _Bench | None = getattr(self._own, "bench", None)
        if bench is None or bench.width != units.stop - units.start:
            bench = self._own.bench = _Bench(self._rows, self._dtype, units.stop - units.start)
        return bench.describe(array, units)


class _Bench:
    """What a thread describes `width` units at a time with: its memory, and the steps in order."""

    def __init__(self, rows: StackRows, dtype: np.dtype[Any], width: int) -> None:
        self.width, self._rows = width, rows
        self._stored = np.empty((rows.longest, width), dtype)
        self._values, self._scratch = self._stored, scratch(dtype)
        self._seen: Tally | _Sorted = _Sorted(width, rows)
        if dtype == np.float16:
            self._values = np.empty((rows.longest, width), np.float32)
            self._seen = Tally(width, rows.longest, whole=len(rows) <= 1)
        self._by_form = Sums(rows.forms, width)
        # One place more is that of the special rows.
        self._by_place = np.empty((len(rows.positions) + 1, width))

    def describe(self, array: LayerArray, units: slice) -> tuple[LayerStatistics, WordLists]:
        """Some units of a layer."""
        rows, by_form, by_place = self._rows, self._by_form, self._by_place
        by_form.begin()
        for block, stored, values in self._read(array, units):
            self._seen.add(stored, values, block.special)
            by_form.take(values, block.words)
        by_form.center()
        by_place[:], means = 0.0, self._seen.means()
        for block, _, values in self._read(array, units, again=True):
            self._seen.again(values, block.special)
            add_places(values, means, block.places, by_place)
            by_form.add(values, block.words)
        found = self._seen.statistics()
        squares = np.square(found.deviation) * found.count
        lists, by_word = by_form.lists()
        return replace(
            found,
            position_variance=share(between_groups(by_place[:-1], rows.positions), squares),
            position_chance=chance(int(np.count_nonzero(rows.positions)), found.count),
            word_variance=np.where(found.constant, np.nan, by_word),
            word_chance=chance(int(np.count_nonzero(rows.forms)), int(rows.forms.sum())),
        ), lists  # fmt: skip

    def _read(
        self, array: LayerArray, units: slice, *, again: bool = False
    ) -> Iterator[tuple[Block, NDArray[np.floating], NDArray[np.floating]]]:
        """Each block with its values as they are stored and in single precision."""
        for block in self._rows.blocks():
            count = block.rows.stop - block.rows.start
            stored, values = self._stored[:count], self._values[:count]
            # The only block is still there.
            if not again or len(self._rows) > 1:
                array.copy(block.rows, units, stored, self._scratch)
                if values.dtype != stored.dtype:
                    torch.from_numpy(values).copy_(torch.from_numpy(stored))
            yield block, stored, values


class _Sorted:
    """Values of all rows, to be sorted; those of special ones come last then."""

    def __init__(self, units: int, rows: StackRows) -> None:
        self._units, self._rows, self._end = units, rows, 0
        self._values = np.empty((units, 0), np.float32)

    def add(self, _: NDArray[np.floating], values: NDArray[np.floating], special: Longs) -> None:
        """Take in (rows, units)."""
        if not self._end:
            self._values = np.empty((self._units, self._rows.total), np.float32)
        part = self._values[:, self._end : self._end + len(values)]
        units_first(values, part)
        part[:, special] = np.inf
        self._end += len(values)

    def means(self) -> Floats:
        """The mean of each unit, once all values were taken in."""
        self._found, self._end = of_values(self._values, self._rows.tokens), 0
        return self._found.mean

    def again(self, values: NDArray[np.floating], special: Longs) -> None:
        """Nothing is left to be seen."""

    def statistics(self) -> LayerStatistics:
        """Of all that was taken in."""
        return self._found


def _units_at_once(tokens: int) -> int:
    """A power of two up to a chunk's 32 units."""
    units = UNIT_CHUNK
    while units > 1 and units * tokens > VALUES:
        units //= 2
    return units
