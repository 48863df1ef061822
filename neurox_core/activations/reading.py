"""Reading a layer's Zarr array, with damage told in words."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import zarr
from numpy.typing import NDArray

from .layout import (
    CHECKSUM_BYTES,
    TOKEN_CHUNK,
    UNIT_CHUNK,
    chunk_bytes,
    chunk_grid,
    damaged,
    layer_folder,
)


class LayerArray:
    """The activations of one layer, (tokens, units), read as far as they are asked for.

    Supports ``array[rows, units]`` with integers and slices, ``shape``, ``dtype`` and
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
            self._array: Any = zarr.open_array(store=str(self._folder), mode="r")
        except Exception as error:  # Zarr raises many kinds for missing and malformed metadata
            raise damaged(root, self._folder / "zarr.json", str(error)) from error

    @property
    def shape(self) -> tuple[int, int]:
        """Tokens and units."""
        rows, units = self._array.shape
        return int(rows), int(units)

    @property
    def dtype(self) -> np.dtype[Any]:
        """As stored."""
        found: np.dtype[Any] = np.dtype(self._array.dtype)
        return found

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, selection: Any) -> NDArray[Any]:
        self._require_files(selection)
        try:
            return np.asarray(self._array[selection])
        except (ValueError, OSError) as error:
            self.verify()
            raise damaged(self._root, self._folder, str(error)) from error

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        values = self[:, :]
        return values if dtype is None else values.astype(dtype)

    def check_files(self) -> None:
        """Every chunk is there and has its size; StoreError naming the first that is not."""
        expected = chunk_bytes(str(self.dtype))
        for file in self._files():
            try:
                size = file.stat().st_size
            except OSError as error:
                raise damaged(self._root, file, "it is missing") from error
            if size != expected:
                raise damaged(
                    self._root, file, f"it has {size} bytes where there should be {expected}"
                )

    def verify(self) -> None:
        """Read everything and compare its checksums; StoreError naming the first damaged file."""
        self.check_files()
        for row, column in itertools.product(*map(range, chunk_grid(*self.shape))):
            place = (
                slice(row * TOKEN_CHUNK, (row + 1) * TOKEN_CHUNK),
                slice(column * UNIT_CHUNK, (column + 1) * UNIT_CHUNK),
            )
            try:
                self._array[place]
            except (ValueError, OSError) as error:
                file = self._folder / "c" / str(row) / str(column)
                raise damaged(self._root, file, f"its {8 * CHECKSUM_BYTES}-bit checksum does not "
                              "fit its content") from error

    def _require_files(self, selection: Any) -> None:
        # Zarr takes a missing chunk for one of zeros; here all are written, so it is damage.
        rows, units = self.shape
        selected = selection if isinstance(selection, tuple) else (selection,)
        picked = [*selected, slice(None), slice(None)][:2]
        touched = _chunks(picked[0], rows, TOKEN_CHUNK), _chunks(picked[1], units, UNIT_CHUNK)
        for row, column in itertools.product(*touched):
            file = self._folder / "c" / str(row) / str(column)
            if not file.exists():
                raise damaged(self._root, file, "it is missing")

    def _files(self) -> Iterator[Path]:
        for row, column in itertools.product(*map(range, chunk_grid(*self.shape))):
            yield self._folder / "c" / str(row) / str(column)


def _chunks(selected: Any, size: int, chunk: int) -> list[int]:
    """Numbers of the chunks along one axis that an integer, slice or list of indices touches."""
    places = np.arange(size)[selected]
    return [int(number) for number in np.unique(places // chunk)]
