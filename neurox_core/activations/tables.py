"""Which token of which sentence each row of a store is, and which rows make up a word.

Rows stand in the order of the corpus. An encoder row consumed its token. A decoder row has two: the
token that it consumed (``inputs``) and the one that it predicts (``outputs``); *words are
output-aligned*: a decoder row belongs to the word whose piece it produces, so the word's values
tell what the network did to write it. Special rows are those whose labelled token is none of the
text: the end token, which on the decoder's side is the row that predicts the end. They are kept,
and left out of statistics and words.

A word owns the pieces whose first visible character lies in it. A word that owns none, because a
piece spans it and its predecessor, takes the piece that covers its first character. One that no
piece covers has an empty range, and NaN as its value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from ..errors import InvalidInputError, nth

WORD_VIEWS = ("first", "last", "mean")

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


class Tokenized(Protocol):
    """What is needed of :class:`neurox_core.models.tokens.Tokens`."""

    @property
    def text(self) -> str: ...
    @property
    def ids(self) -> list[int]: ...
    @property
    def pieces(self) -> list[str]: ...
    @property
    def spans(self) -> list[tuple[int, int] | None]: ...
    @property
    def words(self) -> list[tuple[int, int]]: ...
    @property
    def word_ids(self) -> list[int]: ...


@dataclass(frozen=True)
class TokenTable:
    """One entry a row of a stack's activations.

    Attributes
    ----------
    sentence, position : array of int32
        `position` counts from 0 within the sentence.
    inputs, outputs : array of int32
        Piece consumed and, in the decoder, piece predicted; the same array in the encoder.
    word : array of int32
        Word of the labelled piece (`outputs`) within its sentence; -1 if it belongs to none.
    special : array of bool
    offsets : array of int64, sentences + 1
        Sentence i has rows ``offsets[i]`` to ``offsets[i + 1] - 1``.
    """

    sentence: Ints
    position: Ints
    inputs: Ints
    outputs: Ints
    word: Ints
    special: NDArray[np.bool_]
    offsets: Longs

    def __len__(self) -> int:
        return len(self.sentence)

    def rows(self, sentence: int) -> slice:
        """Rows of one sentence."""
        if not 0 <= sentence < len(self.offsets) - 1:
            raise InvalidInputError(
                f"There is no {nth(sentence)}: the store has {len(self.offsets) - 1} sentences."
            )
        return slice(int(self.offsets[sentence]), int(self.offsets[sentence + 1]))


@dataclass(frozen=True)
class WordTable:
    """One entry a word of a stack's texts.

    Attributes
    ----------
    sentence, index : array of int32
        `index` counts from 0 within the sentence.
    start, end : array of int32
        Characters of the text.
    first, last : array of int64
        Rows ``first`` to ``last - 1`` make up the word; equal when there is none.
    type : array of int32
        Number of its surface form in the vocabulary; case matters.
    counts : array of int64
        Occurrences of each type that have rows.
    offsets : array of int64, sentences + 1
    """

    sentence: Ints
    index: Ints
    start: Ints
    end: Ints
    first: Longs
    last: Longs
    type: Ints
    counts: Longs
    offsets: Longs

    def __len__(self) -> int:
        return len(self.sentence)

    def of(self, sentence: int) -> slice:
        """Words of one sentence."""
        return slice(int(self.offsets[sentence]), int(self.offsets[sentence + 1]))


def word_ranges(tokens: Tokenized) -> list[tuple[int, int]]:
    """Pieces of each word as (first, one past the last); equal when no piece covers it."""
    ranges = [(0, 0)] * len(tokens.words)
    for piece, word in enumerate(tokens.word_ids):
        if word >= 0:
            first, last = ranges[word]
            ranges[word] = (piece if first == last else first, piece + 1)
    for word, (first, last) in enumerate(ranges):
        if first == last:
            ranges[word] = _covering(tokens, tokens.words[word][0])
    return ranges


def aggregate(
    values: NDArray[np.floating], ranges: Sequence[tuple[int, int]] | Longs, word: str = "mean"
) -> NDArray[np.float32]:
    """Values of words from values of pieces.

    Parameters
    ----------
    values : array (pieces, ...)
    ranges : sequence of (int, int)
        As :func:`word_ranges` gives them.
    word : {"mean", "first", "last"}
        The mean of a word's pieces, or one of them.

    Returns
    -------
    array (words, ...), float32
        NaN for words without pieces.
    """
    if word not in WORD_VIEWS:
        raise InvalidInputError(f"{word!r} is not a view of words: use {', '.join(WORD_VIEWS)}.")
    bounds = np.asarray(ranges, np.int64).reshape(-1, 2)
    flat = np.asarray(values, np.float32).reshape(len(values), -1)
    empty = bounds[:, 0] == bounds[:, 1]
    if word == "mean":
        found = mean_matrix(bounds, len(flat), np.float32) @ flat
    else:
        at = bounds[:, 0] if word == "first" else bounds[:, 1] - 1
        found = flat[np.where(empty, 0, at)] if len(flat) else np.zeros((len(bounds), 0), "f4")
    found = np.asarray(found, np.float32)
    found[empty] = np.nan
    return found.reshape(len(bounds), *np.shape(values)[1:])


def mean_matrix(bounds: Longs, columns: int, dtype: type[np.floating]) -> csr_matrix:
    """Sparse (words, columns) matrix that takes the mean over each word's range of columns."""
    lengths = bounds[:, 1] - bounds[:, 0]
    pointers = np.concatenate([[0], np.cumsum(lengths)])
    indices = np.arange(pointers[-1]) - np.repeat(pointers[:-1] - bounds[:, 0], lengths)
    weights = np.repeat(1.0 / np.maximum(lengths, 1), lengths).astype(dtype)
    return csr_matrix((weights, indices, pointers), shape=(len(bounds), columns))


def _covering(tokens: Tokenized, character: int) -> tuple[int, int]:
    for piece, span in enumerate(tokens.spans):
        if span is not None and span[0] <= character < span[1]:
            return piece, piece + 1
    return 0, 0
