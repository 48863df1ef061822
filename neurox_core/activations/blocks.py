"""The rows of a stack in blocks of whole sentences: what is a token, at which place, of which word.

Statistics of a long corpus are sums over such blocks. A block's numbers (rows in the order of their
groups) are worked out of the table on disk when they are needed, so that memory holds those of a
few blocks, and never those of the corpus.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch

from . import layout
from .columns import ColumnFile
from .statistics import Groups
from .tables import Ints, Longs

SHORT, BLOCK_ROWS = 2**16, 2**13
"""A corpus of at most so many rows is one block; blocks of longer ones have at most so many."""
_KEPT = 2


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
    first, last, type : array of int32
        Rows of each word, equal when there are none, and the number of its form.
    """

    rows: slice
    text: Ints
    position: Groups
    positions: Ints
    first: Ints
    last: Ints
    type: Ints


class WordRows:
    """Words of a block that have rows, those of a form next to each other.

    Attributes
    ----------
    types : array of int32
        The forms that occur.
    groups : Groups
        Words by form.
    weights : tensor (rows,) of float64
        How much a row counts in the sum over all words of the mean over their rows.
    """

    def __init__(self, block: Block) -> None:
        present = np.flatnonzero(block.first < block.last)
        order = present[np.argsort(block.type[present], kind="stable")]
        self.groups, self.types = Groups(block.type[order]), np.unique(block.type[present])
        begins, lengths = block.first[order], (block.last - block.first)[order]
        starts = np.cumsum(lengths, dtype=np.int32) - lengths
        pieces = np.repeat(begins - starts, lengths) + np.arange(lengths.sum(), dtype=np.int32)
        self._pieces, self._starts = torch.from_numpy(pieces), torch.from_numpy(starts)
        count = block.rows.stop - block.rows.start
        weights = np.bincount(pieces, np.repeat(1.0 / lengths, lengths), minlength=count)
        self.weights = torch.from_numpy(weights)

    def __len__(self) -> int:
        return len(self._starts)

    def means(self, x: torch.Tensor) -> torch.Tensor:
        """Means over the rows of each word, (words, units), of (rows, units)."""
        return torch.nn.functional.embedding_bag(self._pieces, x, self._starts, mode="mean")


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
        longest = int(np.diff(sentences).max(initial=0))
        self.positions = np.zeros(longest, np.int64)
        for number in range(len(self)):
            rows = self._bounds(number)
            special = self._file.read("token_special", *rows)
            places = self._file.read("token_position", *rows)[~special]
            self.positions += np.bincount(places, minlength=longest)
        self.tokens = int(self.positions.sum())
        self.block = lru_cache(maxsize=_KEPT)(self._block)
        self.words = lru_cache(maxsize=_KEPT)(lambda number: WordRows(self.block(number)))

    def __len__(self) -> int:
        return len(self._rows) - 1

    def _bounds(self, number: int) -> tuple[int, int]:
        return self._rows[number], self._rows[number + 1]

    def _block(self, number: int) -> Block:
        (row, end), words = self._bounds(number), self._words[number : number + 2]
        special = self._file.read("token_special", row, end)
        text = np.flatnonzero(~special).astype(np.int32)
        places = self._file.read("token_position", row, end)[text]
        first, last = (
            (self._file.read(f"word_{side}", *words) - row).astype(np.int32)
            for side in ("first", "last")
        )
        return Block(
            slice(row, end), text, Groups(places, text), np.unique(places), first, last,
            self._file.read("word_type", *words),
        )  # fmt: skip


def _cuts(sentences: Longs) -> list[int]:
    """Sentences with which blocks begin, and the end; a longer sentence is a block of its own."""
    cuts, total = [0], len(sentences) - 1
    most = SHORT if sentences[-1] <= SHORT else BLOCK_ROWS
    while cuts[-1] < total:
        first = cuts[-1]
        last = int(np.searchsorted(sentences, sentences[first] + most, side="right")) - 1
        cuts.append(min(max(last, first + 1), total))
    return cuts
