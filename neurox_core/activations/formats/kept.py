"""Sentences that are put down in a temporary file, and gone through as often as is wanted.

As Python objects, tokens with their spans and words take some hundred bytes each: a text of ten
million tokens would not fit into memory. Here is one number a sentence in memory.
"""

from __future__ import annotations

import json
import tempfile
import weakref
from array import array
from collections.abc import Iterable, Iterator

from .content import Sentence

AT_ONCE = 2**20
"""Bytes that are read at a time."""


class Kept:
    """Sentences in a file without a name, which the system removes.

    Parameters
    ----------
    sentences : iterable of Sentence, optional

    Attributes
    ----------
    lengths : array of int
        Rows of each.
    """

    def __init__(self, sentences: Iterable[Sentence] = ()) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as this)
        weakref.finalize(self, self._file.close)
        self.lengths = array("q")
        for sentence in sentences:
            self.append(sentence)

    def __len__(self) -> int:
        return len(self.lengths)

    def append(self, sentence: Sentence) -> None:
        """Put one more behind the others; not while they are gone through."""
        self._file.write(json.dumps(sentence.to_dict()).encode() + b"\n")
        self.lengths.append(len(sentence))

    def __iter__(self) -> Iterator[Sentence]:
        for line in lines_of(self._blocks()):
            yield Sentence.of(json.loads(line))

    def _blocks(self) -> Iterator[bytes]:
        """The file in pieces; others may go through it at the same time."""
        place = 0
        while True:
            self._file.seek(place)
            block = self._file.read(AT_ONCE)
            if not block:
                return
            place += len(block)
            yield block


def lines_of(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of a text that comes in pieces, without their ends."""
    rest = b""
    for block in blocks:
        *whole, rest = (rest + block).split(b"\n")
        yield from whole
    if rest:
        yield rest
