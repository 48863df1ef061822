"""Rows of one stack on their way to disk.

Captured batches come in any order; rows are gathered shard by shard, in the order of the corpus
(see :mod:`.gathering`), and written as soon as a whole row of chunks is full, so that no chunk is
ever read back and rewritten. The next shard may be gathered while the last batches of the one
before are computed. What is on disk is therefore always a multiple of 4096 rows (until the end),
and a run that was cut off goes on from there.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidInputError, nth
from . import array_json
from .chunks import chunk_file, write_chunk
from .gathering import LayerRows, Shard
from .layout import TOKEN_CHUNK, UNIT_CHUNK, layer_folder
from .tables import Longs

_CHECKED = 256
_EXPONENT: dict[str, tuple[type[np.signedinteger[Any]], int]] = {
    "float16": (np.int16, 0x7C00),
    "float32": (np.int32, 0x7F800000),
}
_OVERFLOW = (
    "Look for what makes the model overflow; one in half precision may have to be opened in "
    "float32."
)


class BeyondRangeError(InvalidInputError):
    """A value is too large for float16 (or infinite, which half precision cannot tell apart).

    Attributes
    ----------
    address : str
        The layer.
    """

    def __init__(self, address: str, message: str) -> None:
        super().__init__(message)
        self.address = address


class Rows(NamedTuple):
    """Rows of one layer, from row `first` of the store on.

    Those in `left` are from before; `new` of the `shard` follow.
    """

    address: str
    first: int
    left: NDArray[np.floating]
    shard: LayerRows
    new: int


class StackWriter:
    """Writes the rows of all recorded layers of a stack.

    Parameters
    ----------
    root : Path
        Folder of the store.
    layers : mapping of str to int
        Addresses and widths; all of one stack.
    offsets : array of int64, sentences + 1
    dtype : {"float16", "float32"}
    written : int
        Rows that are on disk already.
    wide : collection of str
        Layers that are written in float32 whatever `dtype` is.
    advice : str
        What to do about a value that is no finite number, for the message.

    Attributes
    ----------
    written : int
        Rows on disk.
    """

    def __init__(
        self, root: Path, layers: Mapping[str, int], offsets: Longs, dtype: str, written: int,
        wide: Collection[str] = (), advice: str = _OVERFLOW,
    ) -> None:  # fmt: skip
        self._offsets, self._advice = offsets, advice
        self._types = {a: "float32" if a in wide else dtype for a in layers}
        self._begun = self._first = self.written = written
        self._widths = dict(layers)
        self._folders = {
            a: _folder(root, a, int(offsets[-1]), w, self._types[a]) for a, w in layers.items()
        }
        self._root = root
        self._left = {a: np.empty((0, w), self._types[a]) for a, w in layers.items()}

    def begin(self, last: int) -> Shard:
        """Room for the sentences up to `last` - 1, of those that follow what was begun before."""
        first, self._begun = self._begun, max(self._begun, int(self._offsets[last]))
        return Shard(self._root, self._offsets, first, self._begun, self._widths, self._types)

    def take(self, shard: Shard) -> list[Rows]:
        """Rows that fill whole chunks now that a shard is complete; at the corpus' end all.

        Shards are taken in the order in which they were begun.
        """
        end = shard.end
        whole = end if end == self._offsets[-1] else end // TOKEN_CHUNK * TOKEN_CHUNK
        count = max(0, whole - self._first)
        full = []
        for address, rows in shard.rows.items():
            left = self._left[address]
            if count < len(left):  # not even a first chunk is full
                self._left[address] = np.concatenate([left, rows.read(0, len(rows))])
                continue
            new = count - len(left)
            full.append(Rows(address, self._first, left, rows, new))
            # A copy, so that the shard goes when the rest of it is written.
            self._left[address] = rows.read(new, len(rows))
        self._first += count
        return full

    def write(self, full: Sequence[Rows]) -> None:
        """Write what :meth:`take` gave; may run in another thread while more is gathered.

        Raises
        ------
        InvalidInputError
            If a value is not finite.
        BeyondRangeError
            If it is too large for float16.
        """
        for address, first, left, shard, new in full:
            end = len(left) + new
            for top in range(0, end, TOKEN_CHUNK):
                begin, until = (max(row - len(left), 0) for row in (top, top + TOKEN_CHUNK))
                parts = left[top : top + TOKEN_CHUNK], shard.read(begin, min(until, new))
                self._check(address, first + top, parts)
                self._write(address, (first + top) // TOKEN_CHUNK, parts)
            self.written = first + end

    def _write(self, address: str, row: int, parts: Sequence[NDArray[np.floating]]) -> None:
        """The chunks of a chunk row."""
        for unit in range(0, self._widths[address], UNIT_CHUNK):
            file = chunk_file(self._folders[address], row, unit // UNIT_CHUNK)
            write_chunk(file, [part[:, unit : unit + UNIT_CHUNK] for part in parts])

    def _check(self, address: str, first: int, parts: Sequence[NDArray[np.floating]]) -> None:
        dtype = self._types[address]
        for values in parts:
            wrong = _not_finite(values, *_EXPONENT[dtype])
            if wrong is not None:
                break
            first += len(values)
        else:
            return
        sentence = int(np.searchsorted(self._offsets, first + wrong, side="right")) - 1
        told = (
            f"{address} has a value in {nth(sentence)} that {dtype} cannot hold: not a number "
            f"(NaN), infinite, or beyond {np.finfo(dtype).max:g}. {self._advice}"
        )
        if dtype == "float16" and not np.isnan(values).any():
            raise BeyondRangeError(address, told)
        raise InvalidInputError(told)


def _not_finite(
    values: NDArray[np.floating], kind: type[np.signedinteger[Any]], mask: int
) -> int | None:
    """The first row with a value that is not finite.

    Such numbers have all exponent bits set. Comparing bits is ten times faster than asking for each
    number in half precision, and some rows at a time stay in the cache.
    """
    bits = values.view(kind)
    for first in range(0, len(bits), _CHECKED):
        exponents = bits[first : first + _CHECKED] & mask
        if exponents.max(initial=0) == mask:
            return first + int(np.flatnonzero((exponents == mask).any(1))[0])
    return None


def _folder(root: Path, address: str, rows: int, width: int, dtype: str) -> Path:
    """The folder of a layer's Zarr array, with its metadata."""
    folder = layer_folder(root, address)
    if folder.is_dir() and _type_of(folder) not in (None, dtype):
        shutil.rmtree(folder)  # from before the layer was found to need another type
    if not (folder / array_json.NAME).is_file():
        array_json.write_description(folder, rows, width, dtype)
    return folder


def _type_of(folder: Path) -> str | None:
    """In which type an array is, if it has its metadata."""
    try:
        return array_json.read_description(folder)[1]
    except (OSError, ValueError):
        return None
