"""NeuroX's HDF5: dataset ``"0"`` to ``"N-1"`` of shape (layers, tokens, size), one a sentence.

``sentence_to_index`` holds one string: a JSON object from each sentence (its tokens, separated by a
space) to the name of its dataset; a sentence that occurs again is called ``... (Occurrence 2)``.
Everything else that is known is in an attribute ``neurox_app`` of the file and of each dataset,
which other programs pass over.

A file may point to others on the same machine (external links, external storage, virtual datasets).
Such a file is refused: it could show what the person who sent it could not read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import FormatError, nth
from .content import Content, Header, Sentence, Values, checked, damage, stored_dtype
from .hints import Hints
from .kept import Kept
from .kinds import package
from .sink import Sink

INDEX = "sentence_to_index"
ABOUT = "neurox_app"
_OCCURRENCE = re.compile(r"(.*) \(Occurrence \d+\)", re.DOTALL)


def write(path: Path, content: Content) -> None:
    """Write a file that NeuroX reads."""
    h5py = package("h5py", "h5py")
    header = content.header
    one_width(header)
    index: dict[str, str] = {}
    # From version 1.8 of the library on, an attribute may be larger than 64 kB.
    with Sink(path) as sink, h5py.File(sink, "w", libver=("v108", "latest")) as file:
        file.attrs[ABOUT] = json.dumps(header.to_dict())
        both = zip(content.sentences(), content.values(), strict=True)
        for number, (sentence, values) in enumerate(both):
            stacked = np.stack([values[address] for address in header.layers])
            # Checksums need chunks, and there is nothing to check in an empty sentence.
            dataset = file.create_dataset(
                str(number),
                data=stacked.astype(header.dtype),
                fletcher32=bool(len(sentence)) or None,
            )
            dataset.attrs[ABOUT] = json.dumps(sentence.to_dict())
            sink.check()
            index[_unused(" ".join(sentence.pieces), index)] = str(number)
        names = file.create_dataset(INDEX, (1,), dtype=h5py.string_dtype())
        names[0] = json.dumps(index)


def read(path: Path, hints: Hints) -> Content:
    """Open a file of NeuroX or of ours."""
    h5py = package("h5py", "h5py")
    try:
        file = h5py.File(path, "r")
    except OSError as error:
        raise FormatError(f"it is no HDF5 file ({error})") from error
    try:
        with damage("its structure"):
            return _Datasets(file, hints)
    except BaseException:
        file.close()
        raise


def one_width(header: Header) -> int:
    """The width of all layers; FormatError if they differ."""
    widths = set(header.layers.values())
    if len(widths) > 1:
        listed = ", ".join(f"{a} ({w})" for a, w in header.layers.items())
        raise FormatError(
            f"this format holds layers of one width, not {listed}; name layers of one width"
        )
    return widths.pop()


class _Datasets(Content):
    """An open HDF5 file."""

    def __init__(self, file: Any, hints: Hints) -> None:
        self._file = file
        if INDEX not in file:
            raise FormatError(f"it has no {INDEX!r}, so it is no file of NeuroX")
        index = self._index()
        count = len(index)
        if not count:
            raise FormatError("it holds no sentences")
        self._shapes = [self._dataset(i).shape for i in range(count)]
        self._sentences: Kept | None = None
        rows = sum(shape[1] for shape in self._shapes)
        if ABOUT in file.attrs and hints == Hints():
            self.header = Header.of(_parsed(file.attrs[ABOUT]))
            if (self.header.sentences, self.header.rows) != (count, rows):
                raise FormatError("its header does not fit its datasets")
        else:
            layers, _, width = self._shapes[0]
            names = hints.addresses(layers)
            self._sentences = hints.sentences(
                _tokens(index[i], shape[1]) for i, shape in enumerate(self._shapes)
            )
            dtype = stored_dtype(self._dataset(0).dtype)
            self.header = checked(Header(dict.fromkeys(names, width), dtype, count, rows))
        expected = (len(self.header.layers), one_width(self.header))
        for number, shape in enumerate(self._shapes):
            if (shape[0], shape[2]) != expected:
                raise FormatError(
                    f"dataset {number} has {shape[0]} layers of {shape[2]} units, where there "
                    f"should be {expected[0]} of {expected[1]}"
                )

    def sentences(self) -> Iterator[Sentence]:
        """Every sentence, in order."""
        given = None if self._sentences is None else iter(self._sentences)
        for number, shape in enumerate(self._shapes):
            if given is not None:
                sentence = next(given, Sentence("", [], [], [], []))
            else:
                with damage(nth(number)):
                    sentence = Sentence.of(_parsed(self._dataset(number).attrs.get(ABOUT)))
            same_rows(number, len(sentence), shape[1])
            yield sentence

    def values(self, layers: Sequence[str] | None = None) -> Iterator[Values]:
        """For every sentence its layers."""
        places = {a: i for i, a in enumerate(self.header.layers) if layers is None or a in layers}
        for number in range(len(self._shapes)):
            with damage(f"dataset {number}"):
                block = self._dataset(number)[...]
            yield {address: block[i] for address, i in places.items()}

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _index(self) -> dict[int, str]:
        """The name of each sentence by its number."""
        self._plain(INDEX)
        try:
            names = _parsed(self._file[INDEX][0])
            found = {int(number): str(name) for name, number in names.items()}
        except (AttributeError, IndexError, TypeError, ValueError, OSError) as error:
            raise FormatError(f"its {INDEX!r} is not an object of names and numbers") from error
        if sorted(found) != list(range(len(found))) or len(found) != len(names):
            raise FormatError(f"its {INDEX!r} does not number the sentences from 0 on")
        return found

    def _dataset(self, number: int) -> Any:
        dataset = self._plain(str(number))
        if len(dataset.shape) != 3 or dataset.dtype.kind != "f":
            raise FormatError(
                f"dataset {number} is {dataset.dtype} of shape {dataset.shape}; floating point "
                "numbers (layers, tokens, size) were expected"
            )
        return dataset

    def _plain(self, name: str) -> Any:
        """A dataset that lies in this very file."""
        if name not in self._file:
            raise FormatError(f"dataset {name!r} is missing")
        link, found = self._file.get(name, getlink=True), self._file[name]
        own = type(link).__name__ == "HardLink" and hasattr(found, "shape")
        if not own or found.external or found.is_virtual:
            raise FormatError(f"{name!r} is not a dataset within this file")
        return found


def same_rows(number: int, tokens: int, rows: int) -> None:
    """FormatError unless a sentence has as many tokens as rows of values."""
    if tokens != rows:
        raise FormatError(f"{nth(number)} has {tokens} tokens and {rows} rows of values")


def _unused(name: str, index: Mapping[str, str]) -> str:
    """A name as NeuroX numbers sentences that occur again."""
    found, occurrence = name, 1
    while found in index:
        occurrence += 1
        found = f"{name} (Occurrence {occurrence})"
    return found


def _tokens(name: str, rows: int) -> list[str]:
    """The tokens of a sentence; a counter at its end goes if there are no rows for it."""
    found = name.split(" ") if name or rows else []
    counted = _OCCURRENCE.fullmatch(name)
    if len(found) != rows and counted is not None:
        return counted[1].split(" ") if counted[1] or rows else []
    return found


def _parsed(text: object) -> Any:
    try:
        return json.loads(text)  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise FormatError(f"a description in it is not JSON ({error})") from error
