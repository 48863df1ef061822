"""What a file of activations holds, whatever its format: a header, sentences, and their values.

Every format is one module with ``write(path, content)`` and ``read(path, hints)``, both about a
:class:`Content`: so each pair of formats converts, and none knows of the store. A content holds the
rows of one stack. Its sentences, and their values, can be gone through several times (formats that
keep layer after layer do so once a layer), and only a few thousand rows are in memory at a time.

What the formats themselves have no place for (spans, word numbers, names of layers) travels along
as the dictionaries of :class:`Header` and :class:`Sentence`. A file of another program lacks them:
then each of its tokens is a word, and what else is missing the caller has to give as hints.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ...addresses import LayerAddress
from ...errors import FormatError, InvalidInputError, NeuroXError
from ..layout import DTYPES

KIND = "neurox-app activations"
VERSION = 1

Values = Mapping[str, NDArray[Any]]
Span = tuple[int, int]
_D = TypeVar("_D")


@dataclass(frozen=True)
class Header:
    """What all rows of a file have in common.

    Attributes
    ----------
    layers : dict of str to int
        Addresses and widths, in the order of the file; all of one stack.
    dtype : {"float16", "float32"}
    sentences, rows : int
    start_id : int or None
        What a decoder read first.
    view : str or None
        How rows were made from pieces: ``first``, ``last`` or ``mean`` where rows are words.
    model, model_fingerprint, corpus, corpus_fingerprint, decoder_text : str
        As in a store; "" where nothing is known.
    """

    layers: dict[str, int]
    dtype: str
    sentences: int
    rows: int
    start_id: int | None = None
    view: str | None = None
    model: str = ""
    model_fingerprint: str = ""
    corpus: str = ""
    corpus_fingerprint: str = ""
    decoder_text: str = ""

    @property
    def stack(self) -> str:
        """The stack that all layers belong to."""
        return next(iter(self.layers)).partition(".")[0]

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {"kind": KIND, "version": VERSION, **asdict(self)}

    @classmethod
    def of(cls, values: object) -> Header:
        """What :meth:`to_dict` gave; FormatError for anything else."""
        if not isinstance(values, dict) or values.get("kind") != KIND:
            raise FormatError(f"a header of kind {KIND!r} was expected")
        if values.get("version") != VERSION:
            raise FormatError(
                f"it is of version {values.get('version')!r}, this program reads {VERSION}"
            )
        found = _typed(cls, values)
        layers = {str(a): _whole(w) for a, w in found.layers.items()}
        return checked(replace(found, layers=layers))


@dataclass(frozen=True)
class Sentence:
    """The rows of one sentence; the fields of a tokenised text, and labels.

    Attributes
    ----------
    text : str
    pieces : list of str
        What each row is: a piece, or a word.
    spans : list of (int, int) or None
        Characters of each row; None for special tokens.
    words : list of (int, int)
        Characters of the words of the text.
    word_ids : list of int
        Word of each row; -1 for none.
    ids : list of int
        Number of each piece in the model's vocabulary; empty if it is not known.
    labels : dict of str to list of str
        One value for each word.
    """

    text: str
    pieces: list[str]
    spans: list[Span | None]
    words: list[Span]
    word_ids: list[int]
    ids: list[int] = field(default_factory=list)
    labels: dict[str, list[str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.pieces)

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {item.name: getattr(self, item.name) for item in fields(self)}

    @classmethod
    def of(cls, values: object) -> Sentence:
        """What :meth:`to_dict` gave; FormatError for anything else."""
        if not isinstance(values, dict):
            raise FormatError("a sentence is described by an object")
        found = _typed(cls, values)
        try:
            spans = [None if s is None else (_whole(s[0]), _whole(s[1])) for s in found.spans]
            words = [(_whole(a), _whole(b)) for a, b in found.words]
            word_ids, ids = [_whole(w, -1) for w in found.word_ids], [_whole(i) for i in found.ids]
        except (TypeError, ValueError, IndexError) as error:
            raise FormatError("its spans are not pairs of numbers") from error
        sentence = replace(found, spans=spans, words=words, word_ids=word_ids, ids=ids)
        sentence._check()
        return sentence

    @classmethod
    def of_tokens(cls, tokens: Sequence[str], labels: Mapping[str, Sequence[str]]) -> Sentence:
        """A sentence of which only the tokens are known: each that is not empty is a word."""
        ends = np.cumsum([len(token) + 1 for token in tokens]).tolist()
        spans: list[Span | None] = [
            (end - 1 - len(token), end - 1) for token, end in zip(tokens, ends, strict=True)
        ]
        kept = [i for i, token in enumerate(tokens) if token]
        word_ids = [-1] * len(tokens)
        for word, row in enumerate(kept):
            word_ids[row] = word
        words = [span for span in (spans[i] for i in kept) if span is not None]
        return cls(
            " ".join(tokens), list(tokens), spans, words, word_ids,
            labels={name: [values[i] for i in kept] for name, values in labels.items()},
        )  # fmt: skip

    def _check(self) -> None:
        rows = len(self.pieces)
        lengths = {len(self.spans), len(self.word_ids), len(self.ids) or rows}
        good = (
            lengths == {rows}
            and all(isinstance(piece, str) for piece in self.pieces)
            and all(w < len(self.words) for w in self.word_ids)
            and all(0 <= a < b <= len(self.text) for a, b in self.words)
            and all(
                isinstance(found, list) and len(found) == len(self.words)
                and all(isinstance(value, str) for value in found)
                for found in self.labels.values()
            )
        )  # fmt: skip
        if not good:
            raise FormatError(f"the parts of the sentence {self.text[:40]!r} do not fit together")


class Content(ABC):
    """The rows of one stack, from a store or from a file.

    Attributes
    ----------
    header : Header
    """

    header: Header

    @abstractmethod
    def sentences(self) -> Iterator[Sentence]:
        """Every sentence, in order."""

    @abstractmethod
    def values(self, layers: Sequence[str] | None = None) -> Iterator[Values]:
        """For every sentence the values (rows, units) of all or of some layers."""

    def close(self) -> None:  # noqa: B027 - most have nothing to do
        """Let go of the file."""


def checked(header: Header) -> Header:
    """A header that can be a store's; FormatError says what is wrong with it."""
    stacks = set()
    for address, width in header.layers.items():
        try:
            stacks.add(LayerAddress.parse(address).stack)
        except InvalidInputError as error:
            raise FormatError(
                f"{error} Give the addresses of its layers (layers, --layers)"
            ) from error
        if width < 1:
            raise FormatError(f"{address} has no units")
    if len(stacks) != 1:
        raise FormatError(
            "its layers have to be of one stack, encoder or decoder, and at least one"
        )
    if header.dtype not in DTYPES:
        raise FormatError(f"its values are {header.dtype}; {' and '.join(DTYPES)} can be read")
    if header.sentences < 1 or header.rows < 1:
        raise FormatError("it holds no tokens")
    return header


def stored_dtype(dtype: np.dtype[Any]) -> str:
    """The type in which values of a file are kept; FormatError if they are no numbers."""
    if dtype.kind != "f" or dtype.itemsize > 8:
        raise FormatError(f"its values are {dtype}, not floating point numbers")
    return "float16" if dtype.itemsize == 2 else "float32"


@contextmanager
def damage(what: str) -> Iterator[None]:
    """Turns the many kinds that libraries raise for a damaged file into a FormatError."""
    try:
        yield
    except NeuroXError:
        raise
    except Exception as error:
        first = str(error).partition("\n")[0]
        raise FormatError(f"{what} cannot be made out, it may be damaged ({first})") from error


def _typed(cls: type[_D], values: Mapping[str, Any]) -> _D:
    """A dataclass from JSON values of the right kinds; those that it does not know are dropped."""
    kinds: dict[str, Any] = {"int": int, "str": str, "list": list, "dict": dict}
    found = {}
    for item in fields(cls):  # type: ignore[arg-type]
        if item.name not in values:
            continue
        value, kind = values[item.name], str(item.type)
        if not (value is None and kind.endswith("| None")):
            wanted = kinds[kind.partition("[")[0].partition(" ")[0]]
            if not isinstance(value, wanted) or isinstance(value, bool):
                raise FormatError(f"{item.name} is {type(value).__name__}, not {kind}")
        found[item.name] = value
    try:
        return cls(**found)
    except TypeError as error:
        raise FormatError(f"its description is not complete ({error})") from error


def _whole(value: object, least: int = 0) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value < 2**31:
        raise FormatError(f"{value!r} is not a whole number from {least} on")
    return value
