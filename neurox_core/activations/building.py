"""Tables of tokens and words, built text by text.

See :mod:`.tables` for what the tables hold.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .tables import Ints, Longs, Tokenized, TokenTable, WordTable, word_ranges


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
