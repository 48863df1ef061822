"""Which rows make up each word, laid down with words of one form next to each other.

A word's value is the mean over its rows. Sums over the words of a form are then sums over
neighbours.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch

from .groups import Floats, Groups
from .tables import Ints, Longs


class Words(NamedTuple):
    """Words of a block.

    Attributes
    ----------
    first, last : array of int32
        Rows of each word, from the block's start; equal when there are none.
    types : array of int32
        The number of its form.
    """

    first: Ints
    last: Ints
    types: Ints


class WordRows:
    """Words of a block that have rows, those of a form next to each other.

    Parameters
    ----------
    types : array of int32
        The forms that occur.
    counts : array of int64
        Words of each form.
    pieces, starts : array of int32
        The rows of all words, one word after the other, and where each word begins.
    weights : array (rows,) of float64
        How much a row counts in the sum over all words of the mean over their rows.

    Attributes
    ----------
    groups : Groups
        Words by form.
    """

    def __init__(
        self, types: Ints, counts: Longs, pieces: Ints, starts: Ints, weights: Floats
    ) -> None:
        self.types, self.weights = types, torch.from_numpy(weights)
        self.groups = Groups(np.arange(len(starts), dtype=np.int32), counts)
        lengths = np.diff(starts, append=np.int32(len(pieces)))
        self._pieces, self._starts = torch.from_numpy(pieces), torch.from_numpy(starts)
        self._parts = torch.from_numpy((1.0 / lengths).astype(np.float32)).unsqueeze(1)

    @staticmethod
    def arranged(words: Words, rows: int) -> tuple[Ints, Longs, Ints, Ints, Floats]:
        """The parameters for some words of a block with so many rows."""
        present = np.flatnonzero(words.first < words.last)
        order = present[np.argsort(words.types[present], kind="stable")]
        types, counts = np.unique(words.types[present], return_counts=True)
        begins, lengths = words.first[order], (words.last - words.first)[order]
        starts = np.cumsum(lengths, dtype=np.int32) - lengths
        pieces = np.repeat(begins - starts, lengths) + np.arange(lengths.sum(), dtype=np.int32)
        shares = np.repeat(1.0 / lengths, lengths)
        weights = np.bincount(pieces, shares, minlength=rows).astype(np.float64)
        return types, counts.astype(np.int64), pieces, starts.astype(np.int32), weights

    def __len__(self) -> int:
        return len(self._starts)

    def means(self, x: torch.Tensor) -> torch.Tensor:
        """Means over the rows of each word, (words, units), of (rows, units)."""
        # Sums have a faster kernel than means.
        found = torch.nn.functional.embedding_bag(self._pieces, x, self._starts, mode="sum")
        return found.mul_(self._parts.to(found.dtype))
