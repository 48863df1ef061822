"""What an import is given: files, tokens, labels."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from ...errors import FormatError
from .content import Sentence
from .npy import about_file

Texts = str | PathLike[str] | Sequence[Sequence[str]]


@dataclass(frozen=True)
class Row:
    """A sentence in the form that the tables are built from."""

    text: str
    ids: list[int]
    pieces: list[str]
    spans: list[tuple[int, int] | None]
    words: list[tuple[int, int]]
    word_ids: list[int]

    @classmethod
    def of(cls, sentence: Sentence, numbers: dict[str, int]) -> Row:
        """With its own ids, or with numbers in the order in which pieces occur."""
        ids = sentence.ids or [numbers.setdefault(p, len(numbers)) for p in sentence.pieces]
        return cls(
            sentence.text, ids, sentence.pieces, sentence.spans, sentence.words, sentence.word_ids
        )


class FlatLabels:
    """Labels of all words, one list a name; '' where a sentence has none of that name.

    Attributes
    ----------
    values : dict of str to list of str
    """

    def __init__(self) -> None:
        self.values: dict[str, list[str]] = {}
        self._words = 0
        self._same: dict[str, str] = {}

    def add(self, sentence: Sentence) -> None:
        """Take in the next sentence; a label that recurs is one object."""
        for name in [n for n in sentence.labels if n not in self.values]:
            self.values[name] = [""] * self._words
        for name, values in self.values.items():
            found = sentence.labels.get(name, [""] * len(sentence.words))
            values.extend(self._same.setdefault(value, value) for value in found)
        self._words += len(sentence.words)


def lists_of(given: Texts) -> list[list[str]]:
    """Tokens of each sentence, from a text file or as they are."""
    if not isinstance(given, (str, PathLike)):
        return [list(map(str, line)) for line in given]
    path = Path(given)
    try:
        # A line ends at a newline only, so that characters such as U+2028 stay inside.
        lines = path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    except UnicodeDecodeError as error:
        raise FormatError(f"{path} is not UTF-8 text ({error}).") from error
    same: dict[str, str] = {}  # A token that recurs is one object.
    return [
        [same.setdefault(token, token) for token in line.split(" ")] if line else []
        for line in (line.strip() for line in lines)
    ]


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Puts the file's name before what is wrong with it."""
    try:
        yield
    except FormatError as error:
        raise FormatError(f"{path} cannot be read: {str(error).rstrip('.')}.") from error


def hash_of(path: Path) -> str:
    """SHA-256 of a file and of the description that may lie beside it."""
    digest = hashlib.sha256()
    for file in (path, about_file(path)):
        if file.is_file():
            with file.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()
