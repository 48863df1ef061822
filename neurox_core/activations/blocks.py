"""The rows of a stack in blocks of whole sentences: at which place each is, and of which word.

Statistics of a long corpus are sums over such blocks. A block's numbers are read from the store's
tables when they are needed, so that memory holds those of a few blocks, and never those of the
corpus.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from . import layout
from .columns import ColumnFile
from .tables import Ints, Longs

SHORT, BLOCK_ROWS = 2**16, 2**14
"""A corpus of at most so many rows is one block; blocks of longer ones have at most so many."""


class Words(NamedTuple):
    """Words that have rows.

    Attributes
    ----------
    first, last : array (words,) of int32
        Rows ``first`` to ``last - 1`` make up a word.
    types : array (words,) of int32
        The number of its form.
    """

    first: Ints
    last: Ints
    types: Ints

    @classmethod
    def present(cls, first: Longs, last: Longs, types: Ints) -> Words:
        """Those that have rows; `first` and `last` are equal of the others."""
        return cls(*(x[first < last].astype(np.int32) for x in (first, last, types)))


@dataclass(frozen=True)
class Block:
    """Neighbouring sentences of a stack.

    Attributes
    ----------
    rows : slice
        Of the store; all other numbers count from its start.
    special : array of int64
        Rows that are no token of the text.
    places : array (rows,) of int32
        Place of each row in its sentence; of special rows the number of places.
    words : Words
    """

    rows: slice
    special: Longs
    places: Ints
    words: Words


class StackRows:
    """All blocks of a stack.

    Parameters
    ----------
    root : Path
        Folder of the store.
    stack : str

    Attributes
    ----------
    total, tokens : int
        Rows, and those that are not special.
    positions : array of int64
        How many of them stand at each place of a sentence.
    forms : array of int64
        Words that have rows, by the number of their form.
    longest : int
        Rows of the longest block.
    """

    def __init__(self, root: Path, stack: str) -> None:
        self._file = ColumnFile(root / layout.tokens_file(stack))
        sentences: Longs = self._file.read("token_offsets")
        words: Longs = self._file.read("word_offsets")
        cuts = _cuts(sentences)
        self._rows, self._words = sentences[cuts].tolist(), words[cuts].tolist()
        self.forms: Longs = self._file.read("word_counts")
        self.positions = np.zeros(int(np.diff(sentences).max(initial=0)), np.int64)
        for number in range(len(self)):
            places = np.delete(*self._tokens(number)[::-1])
            self.positions += np.bincount(places, minlength=len(self.positions))
        self.total, self.tokens = self._rows[-1], int(self.positions.sum())
        self.longest = int(np.diff(self._rows).max(initial=0))
        self._only = self._block(0) if len(self) == 1 else None

    def __len__(self) -> int:
        return len(self._rows) - 1

    def blocks(self) -> Iterator[Block]:
        """One block after the other; several threads may go through them."""
        for number in range(len(self)):
            yield self._only or self._block(number)

    def _block(self, number: int) -> Block:
        special, places = self._tokens(number)
        places[special] = len(self.positions)
        words = self._words[number : number + 2]
        first, last = (
            self._file.read(f"word_{side}", *words) - self._rows[number]
            for side in ("first", "last")
        )
        found = Words.present(first, last, self._file.read("word_type", *words))
        return Block(slice(*self._rows[number : number + 2]), special, places, found)

    def _tokens(self, number: int) -> tuple[Longs, Ints]:
        """Special rows of a block, and the places of all."""
        special, places = (
            self._file.read(f"token_{name}", *self._rows[number : number + 2])
            for name in ("special", "position")
        )
        return np.flatnonzero(special), places


def _cuts(sentences: Longs) -> list[int]:
    """Sentences with which blocks begin, and the end; a longer sentence is a block of its own."""
    cuts, total = [0], len(sentences) - 1
    most = SHORT if sentences[-1] <= SHORT else BLOCK_ROWS
    while cuts[-1] < total:
        first = cuts[-1]
        last = int(np.searchsorted(sentences, sentences[first] + most, side="right")) - 1
        cuts.append(min(max(last, first + 1), total))
    return cuts
