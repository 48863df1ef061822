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

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from ..errors import InvalidInputError

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
                f"There is no sentence {sentence}: the store has {len(self.offsets) - 1}."
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


def build(
    texts: Iterable[Tokenized], start_id: int | None = None
) -> tuple[TokenTable, WordTable, list[str]]:
    """Tables of one stack.

    Parameters
    ----------
    texts : iterable of Tokens
    start_id : int, optional
        What the decoder reads first; its inputs are its outputs moved by one. None where rows
        consumed their tokens.

    Returns
    -------
    TokenTable, WordTable, list of str
        The last is the vocabulary of word types, most frequent first, then by spelling.
    """
    builder = TableBuilder()
    for text in texts:
        builder.add(text)
    return builder.tables(start_id)


class TableBuilder:
    """Tables from texts that come one after the other, of which none is kept.

    What is kept is about 25 bytes a token; a tokenised text as Python objects is ten times that.

    Attributes
    ----------
    pieces : dict of int to str
        The pieces that occurred, by id.
    """

    def __init__(self) -> None:
        self.pieces: dict[int, str] = {}
        self._lengths, self._counts = array("i"), array("i")
        self._ids, self._word_ids, self._special = array("i"), array("i"), array("b")
        self._starts, self._ends, self._types = array("i"), array("i"), array("i")
        self._firsts, self._lasts = array("i"), array("i")
        self._forms: dict[str, int] = {}

    def add(self, text: Tokenized) -> None:
        """Take in the next text."""
        row = len(self._ids)
        self._lengths.append(len(text.ids))
        self._ids.extend(text.ids)
        self._word_ids.extend(text.word_ids)
        self._special.extend(span is None for span in text.spans)
        self.pieces.update(zip(text.ids, text.pieces, strict=True))
        self._counts.append(len(text.words))
        for (start, end), (first, last) in zip(text.words, word_ranges(text), strict=True):
            self._starts.append(start)
            self._ends.append(end)
            self._firsts.append(row + first)
            self._lasts.append(row + last)
            form = text.text[start:end]
            self._types.append(self._forms.setdefault(form, len(self._forms)))

    @property
    def ids(self) -> Ints:
        """The ids of all texts, one after the other."""
        return _ints(self._ids)

    @property
    def offsets(self) -> Longs:
        """Where each text begins, and the end."""
        return _offsets(_ints(self._lengths))

    @property
    def vocabulary(self) -> list[str]:
        """Word types, most frequent first, then by spelling."""
        tally = np.bincount(_ints(self._types), minlength=len(self._forms))
        return sorted(self._forms, key=lambda form: (-tally[self._forms[form]], form))

    def tables(self, start_id: int | None = None) -> tuple[TokenTable, WordTable, list[str]]:
        """What :func:`build` returns."""
        columns = {name: make() for name, make in self.columns(start_id).items()}
        tokens, words = (
            {n.removeprefix(kind): v for n, v in columns.items() if n.startswith(kind)}
            for kind in ("token_", "word_")
        )
        return TokenTable(**tokens), WordTable(**words), self.vocabulary

    def columns(self, start_id: int | None = None) -> dict[str, Callable[[], NDArray[Any]]]:
        """How to make each column of ``tokens/<stack>.npz``, so that one at a time is in memory."""
        return {
            "token_sentence": lambda: _repeated(self._lengths),
            "token_position": lambda: _within(self._lengths),
            "token_inputs": lambda: self._inputs(start_id),
            "token_outputs": lambda: self.ids,
            "token_word": lambda: _ints(self._word_ids),
            "token_special": lambda: np.frombuffer(self._special, np.int8).astype(np.bool_),
            "token_offsets": lambda: self.offsets,
            "word_sentence": lambda: _repeated(self._counts),
            "word_index": lambda: _within(self._counts),
            "word_start": lambda: _ints(self._starts),
            "word_end": lambda: _ints(self._ends),
            "word_first": lambda: _ints(self._firsts).astype(np.int64),
            "word_last": lambda: _ints(self._lasts).astype(np.int64),
            "word_type": lambda: self._numbers()[_ints(self._types)],
            "word_counts": self._occurrences,
            "word_offsets": lambda: _offsets(_ints(self._counts)),
        }

    def _inputs(self, start_id: int | None) -> Ints:
        if start_id is None or not len(self._ids):
            return self.ids
        inputs = np.empty(len(self._ids), np.int32)
        inputs[1:] = self.ids[:-1]
        inputs[self.offsets[:-1][_ints(self._lengths) > 0]] = start_id
        return inputs

    def _numbers(self) -> Ints:
        """Place in the vocabulary of each type, types in the order in which they occurred."""
        numbers = np.empty(len(self._forms), np.int32)
        numbers[[self._forms[form] for form in self.vocabulary]] = np.arange(len(self._forms))
        return numbers

    def _occurrences(self) -> Longs:
        present = _ints(self._firsts) < _ints(self._lasts)
        types = self._numbers()[_ints(self._types)[present]]
        return np.bincount(types, minlength=len(self._forms)).astype(np.int64)


def _ints(values: array[int]) -> Ints:
    return np.frombuffer(values, np.int32) if len(values) else np.empty(0, np.int32)


def _offsets(lengths: Ints) -> Longs:
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]).astype(np.int64)


def _repeated(lengths: array[int]) -> Ints:
    """Sentence of each row."""
    return np.repeat(np.arange(len(lengths), dtype=np.int32), _ints(lengths))


def _within(lengths: array[int]) -> Ints:
    """Place of each row in its sentence."""
    counts = _ints(lengths)
    offsets = _offsets(counts)
    found = np.arange(offsets[-1], dtype=np.int32)
    found -= np.repeat(offsets[:-1].astype(np.int32), counts)
    return found


def _covering(tokens: Tokenized, character: int) -> tuple[int, int]:
    for piece, span in enumerate(tokens.spans):
        if span is not None and span[0] <= character < span[1]:
            return piece, piece + 1
    return 0, 0
