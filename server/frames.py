"""Arrays of numbers as bytes: a small JSON header, then the arrays as the browser's typed arrays.

A frame is the four bytes ``NXB1``, the header's length as an unsigned 32-bit little-endian number,
the header in UTF-8 padded with spaces so that the data start at a multiple of 8, and the arrays,
each at a multiple of 8 so that a typed array can be laid over the bytes without a copy. The header
is ``{"arrays": [{"name", "dtype", "shape", "offset"}], "meta": {...}}``; offsets count from the
start of the data. Numbers are little-endian. ``f2`` needs reading by hand in browsers that lack
Float16Array.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAGIC = b"NXB1"
MIME = "application/octet-stream"
DTYPES = ("f4", "f2", "u4", "i4", "i1")

_ALIGN = 8


def encode(arrays: Mapping[str, NDArray[Any]], meta: Mapping[str, Any]) -> bytes:
    """Write a frame.

    Parameters
    ----------
    arrays : mapping of str to ndarray
        Of one of the types in :data:`DTYPES`.
    meta : mapping
        Anything that JSON can hold; NaN and infinity are refused.

    Raises
    ------
    ValueError
        If an array has another type or `meta` is not JSON.
    """
    entries, blocks, offset = [], [], 0
    for name, array in arrays.items():
        kind = array.dtype.str[1:]
        if kind not in DTYPES:
            raise ValueError(f"A frame holds {', '.join(DTYPES)}; {name} has type {array.dtype}.")
        data = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")).tobytes()
        data += b"\0" * (-len(data) % _ALIGN)
        entries.append({"name": name, "dtype": kind, "shape": list(array.shape), "offset": offset})
        blocks.append(data)
        offset += len(data)
    header = json.dumps(
        {"arrays": entries, "meta": dict(meta)}, ensure_ascii=False, allow_nan=False,
        separators=(",", ":"),
    ).encode()  # fmt: skip
    header += b" " * (-(8 + len(header)) % _ALIGN)
    return b"".join([MAGIC, struct.pack("<I", len(header)), header, *blocks])


def decode(frame: bytes) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Read a frame: its arrays by name, and its meta; ValueError if it is none."""
    if len(frame) < 8 or frame[:4] != MAGIC:
        raise ValueError("These bytes are not a NeuroX frame: they do not begin with 'NXB1'.")
    (length,) = struct.unpack_from("<I", frame, 4)
    header = json.loads(frame[8 : 8 + length])
    arrays = {}
    for entry in header["arrays"]:
        shape = tuple(entry["shape"])
        arrays[entry["name"]] = np.frombuffer(
            frame, np.dtype("<" + entry["dtype"]), int(np.prod(shape)), 8 + length + entry["offset"]
        ).reshape(shape)
    return arrays, header["meta"]
