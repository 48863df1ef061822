"""safetensors: one tensor (tokens, units) a layer, named by its address, in the corpus' order.

The description (see :mod:`.rows`) is a tensor of bytes, ``neurox_app``. The file is written here
rather than by the library, which wants all tensors in memory at once; its layout is eight bytes for
the length of a JSON header, the header, and the values.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from ...errors import FormatError
from .content import Content, Header
from .hints import Hints
from .kept import AT_ONCE, Kept, lines_of
from .npz import little
from .rows import ABOUT, BLOCK, RowContent, description, of_layers

_NAMES = {"float16": "F16", "float32": "F32"}
# As numpy has no bfloat16, its values become float32, which holds each of them.
_DTYPES = {"F16": "float16", "BF16": "float32", "F32": "float32", "F64": "float64"}


def write(path: Path, content: Content) -> None:
    """Write a file that any safetensors library reads."""
    header = content.header
    size = np.dtype(header.dtype).itemsize
    entries: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    end = 0
    for address, width in header.layers.items():
        begin, end = end, end + header.rows * width * size
        entries[address] = {
            "dtype": _NAMES[header.dtype], "shape": [header.rows, width],
            "data_offsets": [begin, end],
        }  # fmt: skip
    with description(content) as (length, about), path.open("wb") as file:
        entries[ABOUT] = {"dtype": "U8", "shape": [length], "data_offsets": [end, end + length]}
        head = json.dumps(entries).encode()
        head += b" " * (-len(head) % 8)
        file.write(len(head).to_bytes(8, "little") + head)
        for address in header.layers:
            for values in content.values([address]):
                file.write(little(values[address], header.dtype))
        file.writelines(about)


def read(path: Path, hints: Hints) -> Content:
    """Open a safetensors file of anyone."""
    try:
        with safe_open(path, framework="pt") as file:
            about, shapes = None, {}
            for name in file.keys():  # noqa: SIM118 - not a dict
                part = file.get_slice(name)
                if name == ABOUT:
                    about = _lines(part)
                    continue
                dtype = np.dtype(_DTYPES.get(part.get_dtype(), "int64"))
                shapes[name] = (tuple(part.get_shape()), dtype)
            return _Tensors(path, *of_layers(shapes, about, hints))
    except FormatError:
        raise
    except (SafetensorError, OSError, ValueError) as error:
        raise FormatError(f"it is no safetensors file ({error})") from error


def _lines(part: Any) -> Iterator[bytes]:
    """The lines of a tensor of bytes."""
    size = int(part.get_shape()[0])
    starts = range(0, size, AT_ONCE)
    return lines_of(part[i : i + AT_ONCE].numpy().tobytes() for i in starts)


class _Tensors(RowContent):
    """A safetensors file; opened anew for each layer."""

    def __init__(
        self, path: Path, header: Header, sentences: Kept, sources: dict[str, str]
    ) -> None:
        super().__init__(header, sentences)
        self._path, self._sources = path, sources

    def blocks(self, address: str) -> Iterator[NDArray[Any]]:
        """All rows of a layer."""
        with safe_open(self._path, framework="pt") as file:
            part = file.get_slice(self._sources[address])
            for first in range(0, self.header.rows, BLOCK):
                block: torch.Tensor = part[first : first + BLOCK]
                yield (block.float() if block.dtype == torch.bfloat16 else block).numpy()
