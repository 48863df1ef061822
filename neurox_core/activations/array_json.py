"""The description of a layer's array, ``zarr.json``, as a store writes it and wants it.

Plain Zarr 3: any Zarr library opens the folder. The description is nevertheless written and read
here, for Zarr-Python takes milliseconds for each layer to do either, more than all else that it
costs to open one; and a store has to insist on how its chunks are laid out, since they are read
here as well (see :mod:`.chunks`).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from . import layout

NAME = "zarr.json"


def write_description(folder: Path, rows: int, units: int, dtype: str) -> None:
    """Make the folder of an array (rows, units), without chunks.

    Parameters
    ----------
    folder : Path
    rows, units : int
    dtype : {"float16", "float32"}
    """
    description = {"shape": [rows, units], "data_type": dtype, **_layout(), "fill_value": 0.0}
    layout.write_json(folder / NAME, {**description, "attributes": {}, "storage_transformers": []})


def read_description(folder: Path) -> tuple[tuple[int, int], str]:
    """Shape and type of the array in a folder.

    Raises
    ------
    OSError, ValueError
        If there is no description, or it tells of something that a store does not hold.
    """
    found = json.loads((folder / NAME).read_text(encoding="utf-8"))
    if not isinstance(found, dict):
        raise ValueError("it is no description of an array")
    for name, expected in _layout().items():
        if not _covers(expected, found.get(name)):
            raise ValueError(f"{name} is {found.get(name)!r:.200} where {expected!r} is needed")
    shape, dtype = found.get("shape"), found.get("data_type")
    if (
        not isinstance(shape, list)
        or len(shape) != 2
        or not all(type(n) is int and n >= 0 for n in shape)
    ):
        raise ValueError(f"shape is {shape!r:.200} where two whole numbers are needed")
    if dtype not in layout.DTYPES:
        raise ValueError(f"data_type is {dtype!r:.200}, not one of {', '.join(layout.DTYPES)}")
    return (shape[0], shape[1]), dtype


def _layout() -> dict[str, Any]:
    """What is the same for all arrays of a store."""
    shape = [layout.TOKEN_CHUNK, layout.UNIT_CHUNK]
    return {
        "zarr_format": 3, "node_type": "array",
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": shape}},
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
        "codecs": [
            {"name": "bytes", "configuration": {"endian": "little"}},
            {"name": "crc32c"},
        ],
    }  # fmt: skip


def _covers(expected: Any, found: Any) -> bool:
    """Whether all that is expected was found; other entries may stand beside it."""
    if isinstance(expected, dict):
        known = isinstance(found, dict)
        return known and all(_covers(value, found.get(name)) for name, value in expected.items())
    if isinstance(expected, list):
        same = isinstance(found, list) and len(found) == len(expected)
        return same and all(map(_covers, expected, found))
    return bool(expected == found)
