"""Tables of tokens and words, built text by text.

See :mod:`.tables` for what the tables hold. The columns of a table in the making lie in temporary
files; in memory are two numbers a text, the word types and the pieces.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .columns import Parts, Spool
from .tables import Ints, Longs, Tokenized, TokenTable, WordTable, word_ranges

_TEXTS = 1024
_FIELDS = 5


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


class _Some(NamedTuple):
    """Neighbouring texts, and the rows and words that they have."""

    texts: slice
    rows: slice
    words: slice


class TableBuilder:
    """Tables from texts that come one after the other, of which none is kept.

    Parameters
    ----------
    folder : path, optional
        Where temporary files lie; the system's temporary folder by default.

    Attributes
    ----------
    pieces : dict of int to str
        The pieces that occurred, by id.
    visible : int
        Tokens that are not special.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.pieces: dict[int, str] = {}
        self.visible = 0
        self._lengths, self._counts = array("i"), array("i")
        self._ids, self._word_ids = Spool(folder=folder), Spool(folder=folder)
        self._special = Spool("b", folder)
        # Start, end, first row, row after the last and type of every word.
        self._words = Spool(folder=folder)
        self._forms: dict[str, int] = {}

    def add(self, text: Tokenized) -> None:
        """Take in the next text."""
        row = len(self._ids)
        self._lengths.append(len(text.ids))
        self._ids.extend(text.ids)
        self._word_ids.extend(text.word_ids)
        special = [span is None for span in text.spans]
        self._special.extend(special)
        self.visible += special.count(False)
        self.pieces.update(zip(text.ids, text.pieces, strict=True))
        self._counts.append(len(text.words))
        forms, content = self._forms, text.text
        found: list[int] = []
        for (start, end), (first, last) in zip(text.words, word_ranges(text), strict=True):
            number = forms.setdefault(content[start:end], len(forms))
            found += (start, end, row + first, row + last, number)
        self._words.extend(found)

    @property
    def rows(self) -> int:
        """Tokens of all texts."""
        return len(self._ids)

    def ids(self, first: int = 0, last: int | None = None) -> Ints:
        """The ids of all texts, one after the other, or a stretch of them; one thread at a time."""
        return self._ids.read(first, last)

    @property
    def offsets(self) -> Longs:
        """Where each text begins, and the end."""
        return _offsets(self._lengths)

    @property
    def vocabulary(self) -> list[str]:
        """Word types, most frequent first, then by spelling."""
        tally = self._tally(present=False)
        return sorted(self._forms, key=lambda form: (-tally[self._forms[form]], form))

    def tables(self, start_id: int | None = None) -> tuple[TokenTable, WordTable, list[str]]:
        """What :func:`build` returns."""
        columns = {name: column.whole() for name, column in self.columns(start_id).items()}
        tokens, words = (
            {n.removeprefix(kind): v for n, v in columns.items() if n.startswith(kind)}
            for kind in ("token_", "word_")
        )
        return TokenTable(**tokens), WordTable(**words), self.vocabulary

    def columns(self, start_id: int | None = None) -> dict[str, Parts]:
        """Each column of ``tokens/<stack>.npz``, a thousand texts at a time in memory."""
        numbers = self._numbers()
        return {
            "token_sentence": self._tokens(lambda s: _repeated(self._lengths, s.texts)),
            "token_position": self._tokens(lambda s: _within(self._lengths, s.texts)),
            "token_inputs": self._tokens(lambda s: self._inputs(s, start_id)),
            "token_outputs": self._tokens(lambda s: self.ids(s.rows.start, s.rows.stop)),
            "token_word": self._tokens(lambda s: self._word_ids.read(s.rows.start, s.rows.stop)),
            "token_special": self._tokens(
                lambda s: self._special.read(s.rows.start, s.rows.stop).view(np.bool_), np.bool_
            ),
            "token_offsets": _given(self.offsets),
            "word_sentence": self._each_word(lambda s: _repeated(self._counts, s.texts)),
            "word_index": self._each_word(lambda s: _within(self._counts, s.texts)),
            "word_start": self._each_word(lambda s: self._field(s, 0)),
            "word_end": self._each_word(lambda s: self._field(s, 1)),
            "word_first": self._each_word(lambda s: self._field(s, 2), np.int64),
            "word_last": self._each_word(lambda s: self._field(s, 3), np.int64),
            "word_type": self._each_word(lambda s: numbers[self._field(s, 4)]),
            "word_counts": _given(self._occurrences(numbers)),
            "word_offsets": _given(_offsets(self._counts)),
        }

    def _runs(self) -> Iterator[_Some]:
        rows, words = self.offsets, _offsets(self._counts)
        for first in range(0, len(self._lengths), _TEXTS):
            last = min(first + _TEXTS, len(self._lengths))
            yield _Some(
                slice(first, last), slice(int(rows[first]), int(rows[last])),
                slice(int(words[first]), int(words[last])),
            )  # fmt: skip

    def _tokens(self, make: Callable[[_Some], NDArray[Any]], dtype: Any = np.int32) -> Parts:
        return Parts(np.dtype(dtype), len(self._ids), lambda: map(make, self._runs()))

    def _each_word(self, make: Callable[[_Some], NDArray[Any]], dtype: Any = np.int32) -> Parts:
        return Parts(np.dtype(dtype), len(self._words) // _FIELDS, lambda: map(make, self._runs()))

    def _field(self, some: _Some, field: int) -> Ints:
        """One number of each of some words."""
        found = self._words.read(some.words.start * _FIELDS, some.words.stop * _FIELDS)
        return found.reshape(-1, _FIELDS)[:, field]

    def _inputs(self, some: _Some, start_id: int | None) -> Ints:
        ids = self.ids(some.rows.start, some.rows.stop)
        if start_id is None or not len(ids):
            return ids
        inputs = np.empty_like(ids)
        inputs[1:] = ids[:-1]
        lengths = _ints(self._lengths)[some.texts]
        inputs[_offsets(lengths)[:-1][lengths > 0]] = start_id
        return inputs

    def _numbers(self) -> Ints:
        """Place in the vocabulary of each type, types in the order in which they occurred."""
        numbers = np.empty(len(self._forms), np.int32)
        numbers[[self._forms[form] for form in self.vocabulary]] = np.arange(len(self._forms))
        return numbers

    def _tally(self, *, present: bool) -> Longs:
        """Occurrences of each type, in the order of their first; perhaps with rows only."""
        tally = np.zeros(len(self._forms), np.int64)
        for some in self._runs():
            types = self._field(some, 4)
            if present:
                types = types[self._field(some, 2) < self._field(some, 3)]
            tally += np.bincount(types, minlength=len(tally))
        return tally

    def _occurrences(self, numbers: Ints) -> Longs:
        counts = np.empty(len(numbers), np.int64)
        counts[numbers] = self._tally(present=True)
        return counts


def _given(values: NDArray[Any]) -> Parts:
    return Parts(values.dtype, len(values), lambda: iter([values]))


def _ints(values: array[int]) -> Ints:
    return np.frombuffer(values, np.int32) if len(values) else np.empty(0, np.int32)


def _offsets(lengths: array[int] | Ints) -> Longs:
    counts = _ints(lengths) if isinstance(lengths, array) else lengths
    found = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=found[1:])
    return found


def _repeated(lengths: array[int], texts: slice) -> Ints:
    """Sentence of each row of some texts."""
    return np.repeat(np.arange(texts.start, texts.stop, dtype=np.int32), _ints(lengths)[texts])


def _within(lengths: array[int], texts: slice) -> Ints:
    """Place in its sentence of each row of some texts."""
    counts = _ints(lengths)[texts]
    offsets = _offsets(counts)
    found = np.arange(offsets[-1], dtype=np.int32)
    found -= np.repeat(offsets[:-1].astype(np.int32), counts)
    return found
