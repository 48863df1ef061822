"""One chunk file of a Zarr array: little-endian values and their CRC-32C.

The arrays are plain Zarr 3 with the codecs ``bytes`` and ``crc32c``; any Zarr library reads them.
Chunks are nevertheless written and read here, since Zarr-Python spends several times longer on its
scheduling than on a quarter of a megabyte, takes a missing chunk for zeros, and does not say which
file is damaged.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from crc32c import crc32c
from numpy.typing import NDArray

from .layout import CHECKSUM_BYTES, TOKEN_CHUNK, UNIT_CHUNK


class ChunkError(Exception):
    """A chunk file cannot be trusted; the message says why."""


def chunk_file(folder: Path, row: int, column: int) -> Path:
    """Where a chunk lies in the folder of its array."""
    return folder / f"c/{row}/{column}"


def write_chunk(file: Path, parts: Sequence[NDArray[Any]]) -> None:
    """Write up to 4096 rows of 32 values; those beyond the array's edge are zeros.

    Parameters
    ----------
    file : Path
    parts : sequence of array (rows, units)
        One below the other; of one type and width.

    A kill may leave a part of the file. The rows of a chunk count as written only after all its
    chunks are (see ``store.json``), so such a file is written anew.
    """
    whole = scratch(parts[0].dtype)
    row, units = 0, parts[0].shape[1]
    for part in parts:
        whole[row : row + len(part), :units] = part
        row += len(part)
    whole[row:], whole[:, units:] = 0, 0
    checksum = crc32c(whole.data)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as stream:
        stream.write(whole.data)
        stream.write(checksum.to_bytes(CHECKSUM_BYTES, "little"))


def scratch(dtype: np.dtype[Any]) -> NDArray[Any]:
    """Memory that :func:`read_rows` can read a chunk into."""
    return np.empty((TOKEN_CHUNK, UNIT_CHUNK), dtype.newbyteorder("<"))


def read_rows(file: Path, into: NDArray[Any], first: int, last: int, verified: int) -> int:
    """Read some rows of a chunk, and all of it if its checksum was not compared yet.

    Parameters
    ----------
    file : Path
    into : array (4096, 32), little-endian, contiguous
        Rows `first` to `last` - 1 hold those of the chunk afterwards; what is in the others is
        not defined.
    first, last : int
    verified : int
        What this function returned for the file before; 0 if it was not read yet.

    Returns
    -------
    int
        Time at which the file was written, in nanoseconds: as long as it stays the same, the
        checksum is not compared again and only the rows asked for are read.

    Raises
    ------
    ChunkError
        If the file is missing or damaged.
    """
    expected = _size(into.dtype)
    try:
        with file.open("rb", buffering=0) as stream:
            state = os.fstat(stream.fileno())
            if state.st_size != expected:
                raise ChunkError(_wrong_size(state.st_size, expected))
            if verified and state.st_mtime_ns == verified:
                part = into[first:last]
                stream.seek(first * UNIT_CHUNK * into.dtype.itemsize)
                if stream.readinto(part.data) == part.nbytes:
                    return verified
                stream.seek(0)
            read = stream.readinto(into.data)
            stored = int.from_bytes(stream.read(), "little")
    except FileNotFoundError as error:
        raise ChunkError("it is missing") from error
    if read != into.nbytes or crc32c(into.data) != stored:
        raise ChunkError("its checksum does not fit its content")
    return state.st_mtime_ns


def check_size(file: Path, dtype: np.dtype[Any]) -> None:
    """ChunkError if the file is missing or has not the size of every chunk."""
    try:
        size = file.stat().st_size
    except OSError as error:
        raise ChunkError("it is missing") from error
    if size != _size(dtype):
        raise ChunkError(_wrong_size(size, _size(dtype)))


def _size(dtype: np.dtype[Any]) -> int:
    return TOKEN_CHUNK * UNIT_CHUNK * dtype.itemsize + CHECKSUM_BYTES


def _wrong_size(found: int, expected: int) -> str:
    return f"it has {found} bytes where there should be {expected}"
