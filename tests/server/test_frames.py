"""Frames: what goes in comes out, and the bytes are as the browser expects them."""

from __future__ import annotations

import json
import struct

import numpy as np
import pytest

from neurox_server.frames import DTYPES, decode, encode


@pytest.mark.parametrize("kind", DTYPES)
@pytest.mark.parametrize("shape", [(0,), (3,), (2, 5), (1, 2, 3)])
def test_round_trip(kind: str, shape: tuple[int, ...]) -> None:
    values = (np.arange(np.prod(shape)) % 100).astype(kind).reshape(shape)
    arrays, meta = decode(encode({"first": values, "second": values[::-1]}, {"name": "é"}))
    assert meta == {"name": "é"}
    assert arrays["first"].dtype == np.dtype(kind)
    np.testing.assert_array_equal(arrays["first"], values)
    np.testing.assert_array_equal(arrays["second"], values[::-1])


def test_bytes_of_a_small_frame() -> None:
    frame = encode({"v": np.array([1.5, -2.0], "f4"), "n": np.array([7], "u4")}, {"k": None})
    assert frame[:4] == b"NXB1"
    (length,) = struct.unpack("<I", frame[4:8])
    assert (8 + length) % 8 == 0
    header = json.loads(frame[8 : 8 + length])
    assert header["arrays"][0] == {"name": "v", "dtype": "f4", "shape": [2], "offset": 0}
    assert header["arrays"][1] == {"name": "n", "dtype": "u4", "shape": [1], "offset": 8}
    data = frame[8 + length :]
    assert data[:8] == struct.pack("<ff", 1.5, -2.0)
    assert data[8:12] == struct.pack("<I", 7)
    assert len(data) == 16


def test_big_endian_and_strided_arrays_are_written_little_endian() -> None:
    big = np.arange(6, dtype=">f4").reshape(2, 3)[:, ::2]
    arrays, _ = decode(encode({"x": big}, {}))
    np.testing.assert_array_equal(arrays["x"], [[0, 2], [3, 5]])


def test_what_cannot_be_sent_is_refused() -> None:
    with pytest.raises(ValueError, match="float64"):
        encode({"x": np.zeros(2)}, {})
    with pytest.raises(ValueError):
        encode({}, {"mean": float("nan")})
    with pytest.raises(ValueError, match="NXB1"):
        decode(b"<!doctype html>")
