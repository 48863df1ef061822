"""Reading a layer's array, with damage told in words.

A chunk's checksum is compared the first time that the chunk is read, and again when its file was
written since. After that only what is asked for is read: a sentence's few rows, or the rows of a
column for one neuron. So the second neuron of a chunk costs a quarter of a megabyte less work than
the first, and a store that :func:`.store.open_store` has verified is quick from the start.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ..errors import InvalidInputError
from . import array_json
from .chunks import ChunkError, check_size, chunk_file, read_rows, scratch
from .layout import TOKEN_CHUNK, UNIT_CHUNK, chunk_grid, damaged, layer_folder

Selection = int | slice
Place = tuple[slice, slice]


class LayerArray:
    """The activations of one layer, (tokens, units), read as far as they are asked for.

    Supports ``array[rows, units]`` with integers and slices, ``shape``, ``dtype``, ``len`` and
    ``numpy.asarray``.

    Parameters
    ----------
    root : Path
        Folder of the store.
    address : str
        Layer address.
    """

    def __init__(self, root: Path, address: str) -> None:
        self._root, self._folder = root, layer_folder(root, address)
        try:
            self.shape, dtype = array_json.read_description(self._folder)
        except (OSError, ValueError) as error:
            raise damaged(root, self._folder / array_json.NAME, str(error)) from error
        self.dtype: np.dtype[Any] = np.dtype(dtype)
        # When each chunk was written whose checksum has been compared; 0 for the others.
        self._verified = np.zeros(chunk_grid(*self.shape), np.int64)

    @property
    def zarr(self) -> Any:
        """The same as an array of the Zarr library."""
        import zarr

        return zarr.open_array(store=str(self._folder), mode="r")

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, selection: Selection | tuple[Selection, Selection]) -> NDArray[Any]:
        picked = selection if isinstance(selection, tuple) else (selection, slice(None))
        if len(picked) != 2 or not all(isinstance(p, (int, np.integer, slice)) for p in picked):
            raise InvalidInputError(
                "Activations are read as array[tokens, units] with numbers and slices; for "
                "anything else take numpy.asarray(array) first."
            )
        # What is read is the smallest block of whole chunks; numpy then picks from it.
        (row, rows), (unit, units) = (
            _bounds(part, size) for part, size in zip(picked, self.shape, strict=True)
        )
        block = np.empty((rows - row, units - unit), self.dtype)
        self.copy(slice(row, rows), slice(unit, units), block, scratch(self.dtype))
        places = _moved(picked[0], self.shape[0], row), _moved(picked[1], self.shape[1], unit)
        found: NDArray[Any] = block[places]
        return found

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        values = self[:, :]
        return values if dtype is None else values.astype(dtype)

    def copy(self, rows: slice, units: slice, into: NDArray[Any], memory: NDArray[Any]) -> None:
        """Some rows and units, into given memory.

        Parameters
        ----------
        rows, units : slice
            Within the array, with both ends and without a step.
        into : array (rows, units) of the same type
        memory : array
            What :func:`.chunks.scratch` gave; overwritten.
        """
        places = range(rows.start, rows.stop), range(units.start, units.stop)
        for some, values in self._parts(*places, memory):
            into[some] = values

    def copy_rows(self, first: int, last: int, into: NDArray[np.float32]) -> None:
        """Rows `first` to `last` - 1 of all units, widened while they are copied.

        Parameters
        ----------
        first, last : int
            Within the array.
        into : array (last - first, units) of float32
            May be a part of the columns of a larger array.
        """
        found, units = torch.from_numpy(into), range(self.shape[1])
        for top in (i * TOKEN_CHUNK for i in _chunks(range(first, last), TOKEN_CHUNK)):
            rows = range(max(first, top), min(last, top + TOKEN_CHUNK))
            # Chunks put side by side and then widened: several times as fast as widening each into
            # its columns. Numpy widens float16 value by value.
            side = [torch.from_numpy(values) for _, values in self._parts(rows, units)]
            found[rows.start - first : rows.stop - first].copy_(torch.cat(side, 1))

    def check_files(self) -> None:
        """Every chunk is there and has its size; StoreError naming the first that is not."""
        for file in self._files():
            try:
                check_size(file, self.dtype)
            except ChunkError as error:
                raise damaged(self._root, file, str(error)) from error

    def verify(self) -> None:
        """Read everything and compare its checksums; StoreError naming the first damaged file."""
        part = scratch(self.dtype)
        self._verified[:] = 0
        for i, j in itertools.product(*map(range, chunk_grid(*self.shape))):
            self._read(i, j, part, 0, 0)

    def _parts(
        self, rows: range, units: range, memory: NDArray[Any] | None = None
    ) -> Iterator[tuple[Place, NDArray[Any]]]:
        """What each chunk holds of some rows and units, and its place in them.

        In `memory` until the next one, or each in its own.
        """
        for i, j in itertools.product(_chunks(rows, TOKEN_CHUNK), _chunks(units, UNIT_CHUNK)):
            top, left = i * TOKEN_CHUNK, j * UNIT_CHUNK
            a, b = max(rows.start, top), min(rows.stop, top + TOKEN_CHUNK)
            c, d = max(units.start, left), min(units.stop, left + UNIT_CHUNK)
            part = scratch(self.dtype) if memory is None else memory
            self._read(i, j, part, a - top, b - top)
            place = slice(a - rows.start, b - rows.start), slice(c - units.start, d - units.start)
            yield place, part[a - top : b - top, c - left : d - left]

    def _read(self, row: int, column: int, into: NDArray[Any], first: int, last: int) -> None:
        """Some rows of a chunk."""
        file = chunk_file(self._folder, row, column)
        try:
            known = int(self._verified[row, column])
            self._verified[row, column] = read_rows(file, into, first, last, known)
        except ChunkError as error:
            raise damaged(self._root, file, str(error)) from error

    def _files(self) -> Iterator[Path]:
        for row, column in itertools.product(*map(range, chunk_grid(*self.shape))):
            yield chunk_file(self._folder, row, column)


def _bounds(selected: Selection, size: int) -> tuple[int, int]:
    """Smallest range that holds a selection along an axis; IndexError as in numpy."""
    if not isinstance(selected, slice):
        index = int(selected)
        if not -size <= index < size:
            raise IndexError(f"index {index} is out of bounds for axis with size {size}")
        return index % size, index % size + 1
    places = range(*selected.indices(size))
    if not places:
        return 0, 0
    return min(places[0], places[-1]), max(places[0], places[-1]) + 1


def _moved(selected: Selection, size: int, origin: int) -> Selection:
    """The selection relative to the block that was read."""
    if not isinstance(selected, slice):
        return int(selected) % size - origin
    places = range(*selected.indices(size))
    if not places:
        return slice(0, 0)
    # The block ends where the selection does, whichever way it goes.
    return slice(places[0] - origin, None, places.step)


def _chunks(places: range, size: int) -> range:
    """Chunks that hold some places."""
    return range(places.start // size, -(-places.stop // size))
