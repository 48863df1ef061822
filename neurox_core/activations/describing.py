"""Statistics and word lists of some units of a layer, from the store.

A corpus of one block (see :mod:`.blocks`) is read once, and all is worked out in memory. A longer
one is read twice, block by block: first the values are counted (:mod:`.tally`), which gives their
means; then the sums over places and over words of what is left when the mean is taken off. Memory
is bounded by the size of a block, however long the corpus is, and by the number of word forms.
Stores in float32, whose values cannot be counted, keep the values of one unit for each thread while
these are sorted: four bytes a token.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from .blocks import Block, StackRows
from .groups import Floats, chance, shares
from .layout import UNIT_CHUNK
from .reading import LayerArray
from .statistics import LayerStatistics, about, describe, of_values, units_first
from .tables import Ints
from .tally import Tally
from .top_words import Sums, WordLists, WordScorer, best_lists
from .word_rows import WordRows

VALUES = 3 * 2**19
"""Most values that a thread works on at a time."""
_STRETCH = 2**12
_COUNTED_UNITS = 16
"""Units of a long corpus that a thread counts at a time; their counts take four megabytes."""


class Describer(Protocol):
    """Describes layers of a stack, `units` at a time."""

    units: int

    def describe(self, array: LayerArray, first: int) -> tuple[LayerStatistics, WordLists]:
        """Unit `first` of a layer and those after it."""


def describer_of(rows: StackRows, dtype: str) -> Describer:
    """How to describe the layers of a stack whose rows these are."""
    return InMemory(rows) if len(rows) <= 1 else InBlocks(rows, dtype)


class InMemory:
    """A short corpus: all tokens at once."""

    def __init__(self, rows: StackRows) -> None:
        self._block, words = rows.only()
        self.units = _units_at_once(self._block.rows.stop)
        self._scorer = WordScorer(words.types, words.first, words.last)

    def describe(self, array: LayerArray, first: int) -> tuple[LayerStatistics, WordLists]:
        """Unit `first` of a layer and those after it."""
        x, block = array[:, first : first + self.units], self._block
        found = describe(x, block.text)
        centred = about(x, found.mean)
        squares = np.square(found.deviation) * found.count
        by_position = block.position.shares(block.position.sums(centred), squares)
        lists, by_word = self._scorer.score(centred, found.mean)
        return replace(
            found, position_variance=by_position, position_chance=block.position.chance,
            word_variance=np.where(found.constant, np.nan, by_word),
            word_chance=self._scorer.chance,
        ), lists  # fmt: skip


class InBlocks:
    """A long corpus: block after block, twice."""

    def __init__(self, rows: StackRows, dtype: str) -> None:
        self._rows, self._counted = rows, dtype == "float16"
        # Sums over the forms of words are as many as these, whatever the block.
        self._forms = np.flatnonzero(rows.forms)
        tokens = VALUES // _COUNTED_UNITS if self._counted else rows.tokens
        self.units = _units_at_once(max(tokens, len(rows.forms)))

    def describe(self, array: LayerArray, first: int) -> tuple[LayerStatistics, WordLists]:
        """Unit `first` of a layer and those after it."""
        units = slice(first, min(first + self.units, array.shape[1]))
        found, word_means = self._values(array, units)
        totals = _Totals(self._rows, found, word_means)
        for block, rows in self._rows.blocks():
            totals.add(block, rows, about(array[block.rows, units], found.mean))
        occurrences, positions = self._rows.forms[self._forms], self._rows.positions
        words, places = totals.of_words(self._forms, occurrences), np.flatnonzero(positions)
        squares = np.square(found.deviation) * found.count
        by_position = shares(totals.by_position[places], positions[places], squares)
        lists = WordLists.empty(len(squares))
        if len(self._forms):
            lists = best_lists(words, self._forms, occurrences)
        return replace(
            found, position_variance=by_position,
            position_chance=chance(len(places), found.count),
            word_variance=np.where(found.constant, np.nan, words.shares),
            word_chance=chance(len(self._forms), int(occurrences.sum())),
        ), lists  # fmt: skip

    def _values(self, array: LayerArray, units: slice) -> tuple[LayerStatistics, Floats]:
        """All that does not need groups, and the means over words."""
        width = units.stop - units.start
        values: _Counted | _Kept = (
            _Counted(width) if self._counted else _Kept(width, self._rows.tokens)
        )
        total = torch.zeros(width, dtype=torch.float64)
        for block, rows in self._rows.blocks():
            x = array[block.rows, units]
            values.add(x, block.text)
            for row in range(0, len(x), _STRETCH):
                part = slice(row, row + _STRETCH)
                total += rows.weights[part] @ torch.from_numpy(x[part]).double()
        count = max(int(self._rows.forms.sum()), 1)
        return values.statistics(), (total / count).numpy()


class _Counted:
    """Half-precision values, counted."""

    def __init__(self, units: int) -> None:
        self._tally = Tally(units)

    def add(self, x: NDArray[np.floating], rows: Ints) -> None:
        self._tally.add(units_first(x, rows, widen=False))

    def statistics(self) -> LayerStatistics:
        return self._tally.statistics()


class _Kept:
    """Other values, kept."""

    def __init__(self, units: int, rows: int) -> None:
        self._values, self._end = np.empty((units, rows), np.float32), 0

    def add(self, x: NDArray[np.floating], rows: Ints) -> None:
        self._values[:, self._end : self._end + len(rows)] = units_first(x, rows)
        self._end += len(rows)

    def statistics(self) -> LayerStatistics:
        return of_values(self._values)


class _Totals:
    """Sums over places and word forms, gathered block by block."""

    def __init__(self, rows: StackRows, found: LayerStatistics, word_means: Floats) -> None:
        units = len(found.mean)
        self._means = word_means
        # What is left of a word's mean when the mean over tokens is taken off as `about` does it,
        # which rounds.
        rounded = found.mean.astype(np.float32)
        self._moved = torch.from_numpy((word_means - rounded).astype(np.float32))
        self._constant = torch.from_numpy(found.constant)
        self._squares = torch.zeros(units, dtype=torch.float64)
        self.by_position = torch.zeros(len(rows.positions), units, dtype=torch.float64)
        self._sums, self._magnitudes = torch.zeros(2, len(rows.forms), units)

    def add(self, block: Block, rows: WordRows, x: torch.Tensor) -> None:
        """Take in a block of values about the mean over tokens."""
        if len(block.text):
            places = torch.from_numpy(block.positions).long()
            self.by_position[places] += block.position.sums(x)
        if not len(rows):
            return
        words = rows.means(x) - self._moved
        words[:, self._constant] = 0.0
        self._squares += (words * words).sum(0)
        forms = torch.from_numpy(rows.types).long()
        self._sums[forms] += rows.groups.sums(words)
        self._magnitudes[forms] += rows.groups.sums(words.abs_())

    def of_words(self, forms: NDArray[np.int64], counts: NDArray[np.int64]) -> Sums:
        """Sums over the forms that occur, with the share of variance that they explain."""
        chosen = torch.from_numpy(forms)
        sums, squares = self._sums[chosen], self._squares.numpy()
        deviations = np.sqrt(squares / max(int(counts.sum()), 1))
        return Sums(
            self._means.astype(np.float32),
            np.where(squares > 0, deviations, 1.0).astype(np.float32),
            sums.t().contiguous().numpy(),
            self._magnitudes[chosen].t().contiguous().numpy(),
            shares(sums, counts, squares),
        )


def _units_at_once(tokens: int) -> int:
    """A power of two up to a chunk's 32 units."""
    units = UNIT_CHUNK
    while units > 1 and units * tokens > VALUES:
        units //= 2
    return units
