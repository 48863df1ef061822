"""The rows of a stack in blocks of whole sentences: what is a token, at which place, of which word.

Statistics of a long corpus are sums over such blocks. A block's numbers (rows in the order of their
groups) are worked out once and put down in a temporary file, so that memory holds those of a few
blocks, and never those of the corpus.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import layout
from .columns import ColumnFile, Shelf
from .groups import Groups
from .tables import Ints, Longs
from .word_rows import WordRows, Words

SHORT, BLOCK_ROWS = 2**16, 2**14
"""A corpus of at most so many rows is one block; blocks of longer ones have at most so many."""


@dataclass(frozen=True)
class Block:
    """Neighbouring sentences of a stack.

    Attributes
    ----------
    rows : slice
        Of the store; all other numbers count from its start.
    text : array of int32
        Rows that are not special.
    position : Groups
        Rows of the text by their place in the sentence.
    positions : array of int32
        The places, in the order of the groups.
    """

    rows: slice
    text: Ints
    position: Groups
    positions: Ints

    @classmethod
    def of(cls, rows: slice, special: NDArray[np.bool_], places: Ints) -> Block:
        """From what the table says of each row."""
        text = np.flatnonzero(~special).astype(np.int32)
        places = places[text]
        return cls(rows, text, Groups.of(places, text), np.unique(places))


class StackRows:
    """All blocks of a stack.

    Parameters
    ----------
    root : Path
        Folder of the store.
    stack : str

    Attributes
    ----------
    tokens : int
        Rows that are not special.
    positions : array of int64
        How many of them stand at each place of a sentence.
    forms : array of int64
        Words that have rows, by the number of their form.
    """

    def __init__(self, root: Path, stack: str) -> None:
        self._file = ColumnFile(root / layout.tokens_file(stack))
        sentences: Longs = self._file.read("token_offsets")
        words: Longs = self._file.read("word_offsets")
        cuts = _cuts(sentences)
        self._rows, self._words = sentences[cuts].tolist(), words[cuts].tolist()
        self.forms: Longs = self._file.read("word_counts")
        self.positions = np.zeros(int(np.diff(sentences).max(initial=0)), np.int64)
        self._shelf = Shelf(root)
        for number in range(len(self)):
            self._shelf.put(self._parts(number))
        self.tokens = int(self.positions.sum())

    def __len__(self) -> int:
        return len(self._rows) - 1

    def blocks(self) -> Iterator[tuple[Block, WordRows]]:
        """One block after the other, with its words."""
        for number in range(len(self)):
            text, order, counts, positions, *words = self._shelf.take(number)
            block = Block(self._slice(number), text, Groups(order, counts), positions)
            yield block, WordRows(*words)

    def only(self) -> tuple[Block, Words]:
        """The block of a short corpus, and its words."""
        return self._block(0), self._words_of(0)

    def _parts(self, number: int) -> list[NDArray[Any]]:
        block = self._block(number)
        self.positions[block.positions] += block.position.counts
        if len(self) == 1:
            return []
        rows = block.rows.stop - block.rows.start
        words = WordRows.arranged(self._words_of(number), rows)
        return [block.text, block.position.order, block.position.counts, block.positions, *words]

    def _slice(self, number: int) -> slice:
        return slice(self._rows[number], self._rows[number + 1])

    def _block(self, number: int) -> Block:
        rows = self._slice(number)
        special, places = (
            self._file.read(f"token_{name}", rows.start, rows.stop)
            for name in ("special", "position")
        )
        return Block.of(rows, special, places)

    def _words_of(self, number: int) -> Words:
        words = self._words[number : number + 2]
        first, last = (
            (self._file.read(f"word_{side}", *words) - self._rows[number]).astype(np.int32)
            for side in ("first", "last")
        )
        return Words(first, last, self._file.read("word_type", *words))


def _cuts(sentences: Longs) -> list[int]:
    """Sentences with which blocks begin, and the end; a longer sentence is a block of its own."""
    cuts, total = [0], len(sentences) - 1
    most = SHORT if sentences[-1] <= SHORT else BLOCK_ROWS
    while cuts[-1] < total:
        first = cuts[-1]
        last = int(np.searchsorted(sentences, sentences[first] + most, side="right")) - 1
        cuts.append(min(max(last, first + 1), total))
    return cuts
