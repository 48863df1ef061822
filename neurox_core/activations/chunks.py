"""One chunk file of a Zarr array: little-endian values and their CRC-32C.

The arrays are plain Zarr 3 with the codecs ``bytes`` and ``crc32c``; any Zarr library reads them.
Chunks are nevertheless written and read here, since Zarr-Python spends several times longer on its
scheduling than on a quarter of a megabyte, takes a missing chunk for zeros, and does not say which
file is damaged.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import google_crc32c
import numpy as np
from numpy.typing import NDArray

from .layout import CHECKSUM_BYTES, TOKEN_CHUNK, UNIT_CHUNK


class ChunkError(Exception):
    """A chunk file cannot be trusted; the message says why."""


def chunk_file(folder: Path, row: int, column: int) -> Path:
    """Where a chunk lies in the folder of its array."""
    return folder / "c" / str(row) / str(column)


def write_chunk(file: Path, values: NDArray[Any]) -> None:
    """Write up to 4096 x 32 values; those beyond the array's edge are zeros.

    A kill may leave a part of the file. The rows of a chunk count as written only after all its
    chunks are (see ``store.json``), so such a file is written anew.
    """
    if values.shape != (TOKEN_CHUNK, UNIT_CHUNK):
        whole = np.zeros((TOKEN_CHUNK, UNIT_CHUNK), values.dtype)
        whole[: values.shape[0], : values.shape[1]] = values
        values = whole
    content = values.astype(values.dtype.newbyteorder("<"), order="C").tobytes()
    checksum = int(google_crc32c.value(content)).to_bytes(CHECKSUM_BYTES, "little")
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as stream:
        stream.write(content)
        stream.write(checksum)


def read_chunk(file: Path, dtype: np.dtype[Any]) -> NDArray[Any]:
    """The 4096 x 32 values of a chunk, read-only; ChunkError if the file is damaged."""
    check_size(file, dtype)
    content = file.read_bytes()
    values = memoryview(content)[:-CHECKSUM_BYTES]
    stored = int.from_bytes(content[-CHECKSUM_BYTES:], "little")
    if int(google_crc32c.value(bytes(values))) != stored:
        raise ChunkError("its checksum does not fit its content")
    found = np.frombuffer(values, dtype.newbyteorder("<")).astype(dtype, copy=False)
    return found.reshape(TOKEN_CHUNK, UNIT_CHUNK)


def check_size(file: Path, dtype: np.dtype[Any]) -> None:
    """ChunkError if the file is missing or has not the size of every chunk."""
    expected = TOKEN_CHUNK * UNIT_CHUNK * dtype.itemsize + CHECKSUM_BYTES
    try:
        size = file.stat().st_size
    except OSError as error:
        raise ChunkError("it is missing") from error
    if size != expected:
        raise ChunkError(f"it has {size} bytes where there should be {expected}")
