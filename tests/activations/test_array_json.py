"""The description of an array is plain Zarr, and one that a store cannot read is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import zarr
from zarr.codecs import Crc32cCodec

from neurox_core.activations.array_json import NAME, read_description, write_description


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_it_says_what_the_zarr_library_would(tmp_path: Path, dtype: str) -> None:
    write_description(tmp_path / "own", 5000, 40, dtype)
    zarr.create_array(
        store=str(tmp_path / "zarr"), shape=(5000, 40), chunks=(4096, 32), dtype=dtype,
        compressors=[Crc32cCodec()], filters=None, fill_value=0.0,
    )  # fmt: skip
    one, other = (json.loads((tmp_path / name / NAME).read_text()) for name in ("own", "zarr"))
    assert one == other
    opened = zarr.open_array(store=str(tmp_path / "own"), mode="r")
    assert opened.shape == (5000, 40) and str(opened.dtype) == dtype
    for name in ("own", "zarr"):
        assert read_description(tmp_path / name) == ((5000, 40), dtype)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("shape", [5000]), ("shape", [5000, -1]), ("shape", [5000, "40"]), ("shape", None),
        ("data_type", "int8"), ("codecs", [{"name": "zstd"}]), ("codecs", None),
        ("zarr_format", 2), ("node_type", "group"), ("chunk_key_encoding", {"name": "v2"}),
        ("chunk_grid", {"name": "regular", "configuration": {"chunk_shape": [4096, 64]}}),
    ],
)  # fmt: skip
def test_another_layout_is_named(tmp_path: Path, name: str, value: Any) -> None:
    write_description(tmp_path, 5000, 40, "float16")
    known = json.loads((tmp_path / NAME).read_text())
    (tmp_path / NAME).write_text(json.dumps({**known, name: value, "attributes": {"a": 1}}))
    with pytest.raises(ValueError, match=name):
        read_description(tmp_path)


@pytest.mark.parametrize("content", ["", "[]", "3", "{}", "\xff"])
def test_what_is_no_description_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / NAME).write_bytes(content.encode("latin-1"))
    with pytest.raises(ValueError):
        read_description(tmp_path)
