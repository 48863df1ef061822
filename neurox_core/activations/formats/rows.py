"""What formats share that keep whole layers: row blocks cut into sentences, and descriptions.

The description of such a file is UTF-8 text: a line of JSON for the header, then one for each
sentence.
"""

from __future__ import annotations

import json
import tempfile
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import FormatError
from .content import Content, Header, Sentence, Values, checked, stored_dtype
from .hints import Hints
from .kept import AT_ONCE, Kept

BLOCK = 4096
"""Rows that are read or written at a time."""

ABOUT = "neurox_app"


class RowContent(Content):
    """A content whose layers can be read as blocks of rows, from the first row on.

    Parameters
    ----------
    header : Header
    sentences : Kept
        None where :meth:`sentences` is overridden and `lengths` given.
    lengths : sequence of int, optional
        Rows of each sentence.
    """

    def __init__(
        self, header: Header, sentences: Kept | None, lengths: Sequence[int] | None = None
    ) -> None:
        self.header, self._sentences = header, sentences
        given: Sequence[int] = () if lengths is None else lengths
        self._lengths = given if sentences is None else sentences.lengths
        rows = sum(self._lengths)
        if (header.sentences, header.rows) != (len(self._lengths), rows):
            raise FormatError(
                f"it has {header.rows} rows of {header.sentences} sentences, and its "
                f"{len(self._lengths)} sentences have {rows} tokens: they are of another text, or "
                "cut otherwise"
            )

    @abstractmethod
    def blocks(self, address: str) -> Iterator[NDArray[Any]]:
        """All rows of a layer, in blocks of any size."""

    def sentences(self) -> Iterator[Sentence]:
        """Every sentence, in order."""
        if self._sentences is not None:
            yield from self._sentences

    def values(self, layers: Sequence[str] | None = None) -> Iterator[Values]:
        """For every sentence its layers."""
        chosen = [a for a in self.header.layers if layers is None or a in layers]
        cutters = {address: _Cutter(self.blocks(address)) for address in chosen}
        for length in self._lengths:
            yield {address: cutter.take(length) for address, cutter in cutters.items()}


class _Cutter:
    """Takes rows off a run of blocks."""

    def __init__(self, blocks: Iterator[NDArray[Any]]) -> None:
        self._blocks = blocks
        self._rest = next(blocks, np.empty((0, 0), np.float32))

    def take(self, rows: int) -> NDArray[Any]:
        """The next rows."""
        parts = [self._rest[:rows]]
        while (missing := rows - sum(map(len, parts))) > 0:
            self._rest = next(self._blocks, self._rest[:0])
            if not len(self._rest):
                raise FormatError("it ends before its last row")
            parts.append(self._rest[:missing])
        self._rest = self._rest[len(parts[-1]) :]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)


def describe(content: Content) -> Iterator[bytes]:
    """The description of a content, line by line."""
    yield json.dumps(content.header.to_dict()).encode() + b"\n"
    for sentence in content.sentences():
        yield json.dumps(sentence.to_dict()).encode() + b"\n"


@contextmanager
def description(content: Content) -> Iterator[tuple[int, Iterator[bytes]]]:
    """The bytes of a description, and its parts, for formats that name the size first."""
    with tempfile.TemporaryFile() as file:
        for line in describe(content):
            file.write(line)
        size = file.tell()
        file.seek(0)
        yield size, iter(lambda: file.read(AT_ONCE), b"")


def described(lines: Iterable[bytes]) -> tuple[Header, Kept]:
    """What :func:`describe` wrote; FormatError for anything else."""
    try:
        values = (json.loads(line) for line in lines)
        header = Header.of(next(values, None))
        return header, Kept(Sentence.of(value) for value in values)
    except (ValueError, RecursionError) as error:
        if isinstance(error, FormatError):
            raise
        raise FormatError(f"its description is not JSON lines ({error})") from error


def of_layers(
    shapes: Mapping[str, tuple[tuple[int, ...], np.dtype[Any]]],
    about: Iterable[bytes] | None,
    hints: Hints,
) -> tuple[Header, Kept, dict[str, str]]:
    """Header and sentences of a file with one array a layer.

    Parameters
    ----------
    shapes : mapping of str to (shape, dtype)
        Every array of the file by its name.
    about : iterable of bytes or None
        The lines of the description, if the file has one.

    Returns
    -------
    Header, Kept
    dict of str to str
        Name of each layer's array.
    """
    if not shapes:
        raise FormatError("it holds no arrays")
    for name, (shape, dtype) in shapes.items():
        if len(shape) != 2 or dtype.kind != "f":
            raise FormatError(
                f"{name!r} is {dtype} of shape {shape}; floating point numbers (tokens, units) "
                "were expected"
            )
    rows = {shape[0] for shape, _ in shapes.values()}
    if len(rows) != 1:
        raise FormatError("its arrays do not have the same number of tokens")
    if about is not None and hints == Hints():
        header, sentences = described(about)
        widths = {name: shape[1] for name, (shape, _) in shapes.items()}
        if header.layers != widths or {header.rows} != rows:
            raise FormatError("its description does not fit its arrays")
        return header, sentences, {name: name for name in header.layers}
    names = list(shapes) if hints.layers is None else hints.addresses(len(shapes))
    sources = dict(zip(names, shapes, strict=True))
    sentences = hints.sentences()
    dtypes = {stored_dtype(dtype) for _, dtype in shapes.values()}
    header = Header(
        {address: shapes[name][0][1] for address, name in sources.items()},
        "float16" if dtypes == {"float16"} else "float32", len(sentences), rows.pop(),
    )  # fmt: skip
    return checked(header), sentences, sources
