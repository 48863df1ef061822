"""Statistics and word lists of some units of a layer, from the store.

The rows are read block by block (see :mod:`.blocks`), twice: first for what can be said of a unit
by itself, with its mean over tokens and over words; then for the sums over places and over words of
what is left when the mean is taken off. A short corpus is one block, which is kept in between.

The values of a short corpus are sorted, those of a long one counted (:mod:`.tally`). Memory is
bounded by the size of a block, however long the corpus is, and by the number of word forms. Long
stores in float32, whose values cannot be counted, keep the values of one unit for each thread while
these are sorted: four bytes a token.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from .blocks import Block, StackRows
from .grouped import add_places, chance, shares
from .layout import UNIT_CHUNK
from .reading import LayerArray
from .statistics import LayerStatistics, of_values, units_first, widened
from .tables import Longs
from .tally import Tally
from .top_words import Sums, WordLists

Taken = tuple[Block, NDArray[np.floating]]

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
        self._rows, self._short = rows, len(rows) <= 1
        self._counted = not self._short and dtype == "float16"
        tokens = VALUES // _COUNTED_UNITS if self._counted else rows.total
        # Sums over the forms of words are as many as these, whatever the block; there are two.
        self.units = _units_at_once(max(tokens, 2 * len(rows.forms)))

    def describe(self, array: LayerArray, first: int) -> tuple[LayerStatistics, WordLists]:
        """Unit `first` of a layer and those after it."""
        units = slice(first, min(first + self.units, array.shape[1]))
        rows, kept = self._rows, list(self._read(array, units)) if self._short else None
        width, places = units.stop - units.start, len(rows.positions)
        by_form = Sums(rows.forms, width)
        found = self._values(kept or self._read(array, units), by_form, width)
        # One place more is that of the special rows.
        by_place = np.zeros((places + 1, width))
        for block, values in kept or self._read(array, units):
            add_places(values, found.mean, block.places, by_place)
            by_form.add(values, block.words)
        squares = np.square(found.deviation) * found.count
        lists, by_word = by_form.lists()
        return replace(
            found, position_variance=shares(by_place[:places], rows.positions, squares),
            position_chance=chance(int(np.count_nonzero(rows.positions)), found.count),
            word_variance=np.where(found.constant, np.nan, by_word),
            word_chance=chance(int(np.count_nonzero(rows.forms)), int(rows.forms.sum())),
        ), lists  # fmt: skip

    def _read(self, array: LayerArray, units: slice) -> Iterator[Taken]:
        """Each block with its values, (rows, units), in single precision."""
        for block in self._rows.blocks():
            yield block, widened(array[block.rows, units])

    def _values(self, blocks: Iterable[Taken], by_form: Sums, width: int) -> LayerStatistics:
        """All that does not need groups; the means over words are taken on the way."""
        seen = Tally(width) if self._counted else _Kept(width, self._rows)
        for block, values in blocks:
            seen.add(values, block.special)
            by_form.take(values, block.words)
        by_form.center()
        return seen.statistics()


class _Kept:
    """Values of all rows, to be sorted; those of special ones come last then."""

    def __init__(self, units: int, rows: StackRows) -> None:
        self._values = np.empty((units, rows.total), np.float32)
        self._tokens, self._end = rows.tokens, 0

    def add(self, values: NDArray[np.floating], special: Longs) -> None:
        """Take in (rows, units)."""
        part = self._values[:, self._end : self._end + len(values)]
        units_first(values, part)
        part[:, special] = np.inf
        self._end += len(values)

    def statistics(self) -> LayerStatistics:
        """Of all that was taken in, which is overwritten."""
        return of_values(self._values, self._tokens)


def _units_at_once(tokens: int) -> int:
    """A power of two up to a chunk's 32 units."""
    units = UNIT_CHUNK
    while units > 1 and units * tokens > VALUES:
        units //= 2
    return units
