"""NeuroX's JSON lines: one object a sentence, one feature a token, one list of values a layer.

::

    {"linex_index": 0, "features": [{"token": "The", "layers": [{"index": 0, "values": [0.1]}]}]}

``linex_index`` is what the key is really called. Numbers are written with as many digits as it
takes to read the same number back (NeuroX cuts them at eight decimals); everything else that is
known stands under ``neurox_app`` and ``neurox_app_header``, which other programs pass over. The
text is several times larger than the same values in binary: other formats serve better wherever
there is a choice.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterator, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import FormatError
from .content import Content, Header, Sentence, Values, checked, damage
from .hdf5 import one_width, same_rows
from .hints import Hints
from .kept import Kept

ABOUT, HEADER = "neurox_app", "neurox_app_header"


def write(path: Path, content: Content) -> None:
    """Write a file that NeuroX reads."""
    header = content.header
    one_width(header)
    with path.open("w", encoding="utf-8") as file:
        both = zip(content.sentences(), content.values(), strict=True)
        for number, (sentence, values) in enumerate(both):
            texts = [_digits(values[address].astype(header.dtype)) for address in header.layers]
            features = [
                f'{{"token": {json.dumps(piece)}, "layers": ['
                + ", ".join(f'{{"index": {k}, "values": [{layer[row]}]}}'
                            for k, layer in enumerate(texts))
                + "]}"
                for row, piece in enumerate(sentence.pieces)
            ]  # fmt: skip
            file.write(f'{{"linex_index": {number}, "features": [{", ".join(features)}]')
            if number == 0:
                file.write(f', "{HEADER}": {json.dumps(header.to_dict())}')
            file.write(f', "{ABOUT}": {json.dumps(sentence.to_dict())}}}\n')


def read(path: Path, hints: Hints) -> Content:
    """Open a file of NeuroX or of ours; all lines are read once to count and check them."""
    return _Lines(path, hints)


def _digits(values: NDArray[Any]) -> list[str]:
    """Each row of a layer as numbers with commas, in the fewest digits that are exact."""
    return [", ".join(row) for row in values.astype("U").tolist()]


class _Lines(Content):
    """A file of JSON lines."""

    def __init__(self, path: Path, hints: Hints) -> None:
        self._path = path
        own, header, shapes, lengths = Kept(), None, set(), array("q")
        for number, line in self._lines(hints.on_open):
            if number == 0 and HEADER in line and hints == Hints():
                header = Header.of(line[HEADER])
            lengths.append(len(_tokens(number, line)))
            if header is not None and ABOUT in line:
                own.append(Sentence.of(line[ABOUT]))
            shapes |= {_shape(number, feature) for feature in line["features"]}
        if len(shapes) != 1:
            raise FormatError(
                "it holds no tokens" if not shapes
                else f"its tokens have different layers: {sorted(shapes)[:4]}"
            )  # fmt: skip
        rows = sum(lengths)
        ((layers, width),) = shapes
        if header is not None and len(own) == len(lengths):
            self.header, self._sentences = header, own
            fits = (header.sentences, header.rows, tuple(header.layers.values()))
            if fits != (len(lengths), rows, (width,) * layers):
                raise FormatError("its header does not fit its lines")
        else:
            self._sentences = hints.sentences(_tokens(i, line) for i, line in self._lines())
            names = hints.addresses(layers)
            self.header = checked(
                Header(dict.fromkeys(names, width), "float32", len(lengths), rows)
            )
        if len(self._sentences) != len(lengths):
            raise FormatError(f"it holds {len(lengths)} sentences, not {len(self._sentences)}")
        for number, sizes in enumerate(zip(self._sentences.lengths, lengths, strict=True)):
            same_rows(number, *sizes)

    def sentences(self) -> Iterator[Sentence]:
        """Every sentence, in order."""
        yield from self._sentences

    def values(self, layers: Sequence[str] | None = None) -> Iterator[Values]:
        """For every sentence its layers."""
        places = {a: i for i, a in enumerate(self.header.layers) if layers is None or a in layers}
        for _, line in self._lines():
            features, found = line["features"], {}
            for address, place in places.items():
                rows = [feature["layers"][place]["values"] for feature in features]
                shape = (len(rows), self.header.layers[address])
                found[address] = np.array(rows, np.float64).reshape(shape).astype(self.header.dtype)
            yield found

    def _lines(
        self, on_open: Callable[[int, int], None] | None = None
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        """Number and object of each line that is not empty."""
        number, size = 0, self._path.stat().st_size
        with self._path.open("rb") as binary, TextIOWrapper(binary, encoding="utf-8") as file:
            try:
                for line in file:
                    if not line.strip():
                        continue
                    found = json.loads(line)
                    if not isinstance(found, dict) or not isinstance(found.get("features"), list):
                        raise FormatError(f"line {number + 1} has no list of features")
                    yield number, found
                    if on_open is not None:
                        on_open(binary.tell(), size)
                    number += 1
            except (ValueError, RecursionError) as error:
                if isinstance(error, FormatError):
                    raise
                raise FormatError(f"line {number + 1} is not JSON ({error})") from error


def _tokens(number: int, line: dict[str, Any]) -> list[str]:
    with damage(f"line {number + 1}"):
        return [str(feature["token"]) for feature in line["features"]]


def _shape(number: int, feature: Any) -> tuple[int, int]:
    """Layers and width of one token; FormatError if it has another form."""
    try:
        widths = {len(layer["values"]) for layer in feature["layers"]}
        numbers = all(
            type(v) in (float, int) for layer in feature["layers"] for v in layer["values"]
        )
    except (TypeError, KeyError) as error:
        raise FormatError(f"line {number + 1} has a token without layers or values") from error
    if len(widths) != 1 or not numbers:
        raise FormatError(
            f"line {number + 1} has a token whose layers are not numbers, or not of one length"
        )
    return len(feature["layers"]), widths.pop()
