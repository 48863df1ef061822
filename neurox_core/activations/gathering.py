"""Rows of a shard on their way from batches, which come by length, to the order of the corpus.

They are gathered in a file without a name beside the store, which the system removes when the
process ends, however it ends. The larger a shard, the less its batches pad; in a file it may be
many times what memory should hold of it. What was just written is read back from the system's file
cache, which gives way when memory is needed for something else.
"""

from __future__ import annotations

import tempfile
import threading
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .tables import Longs

_TORCH = {"float16": torch.float16, "float32": torch.float32}


class _Part(NamedTuple):
    """The rows of one sentence of a batch: from `first` on in the shard, `skipped` in the batch."""

    sentence: int
    skipped: int
    first: int
    length: int


class LayerRows:
    """The rows of one layer of a shard.

    Parameters
    ----------
    file : raw binary file
    lock : threading.Lock
        Held by whoever moves the file's place.
    begin : int
        Where the rows lie in the file.
    shape : (int, int)
        Rows and units.
    dtype : {"float16", "float32"}
    """

    def __init__(
        self, file: Any, lock: threading.Lock, begin: int, shape: tuple[int, int], dtype: str
    ) -> None:
        self._file, self._lock, self._begin = file, lock, begin
        self.shape, self.dtype = shape, np.dtype(dtype)

    def __len__(self) -> int:
        return self.shape[0]

    def put(self, first: int, values: NDArray[Any]) -> None:
        """Keep contiguous rows, from row `first` of the shard on."""
        left = _bytes(values)
        with self._lock:
            self._file.seek(self._place(first))
            while left:
                left = left[self._file.write(left) :]

    def read(self, first: int, last: int) -> NDArray[Any]:
        """Rows `first` to `last` - 1, all of which were put."""
        found = np.empty((max(last - first, 0), self.shape[1]), self.dtype)
        left = _bytes(found)
        with self._lock:
            self._file.seek(self._place(first))
            while left:
                count = self._file.readinto(left)
                if not count:
                    raise OSError("a temporary file has become shorter")
                left = left[count:]
        return found

    def _place(self, row: int) -> int:
        return self._begin + row * self.shape[1] * self.dtype.itemsize


class Shard:
    """Room for the rows of neighbouring sentences of a stack, in the order of the corpus.

    Parameters
    ----------
    folder : Path
        On the disk that the file is made on.
    offsets : array of int64, sentences + 1
        First row of each sentence of the corpus.
    first, end : int
        The rows to be gathered; others are passed over.
    widths : mapping of str to int
        Of all recorded layers of the stack.
    types : mapping of str to {"float16", "float32"}

    Attributes
    ----------
    rows : dict of str to LayerRows
    """

    def __init__(
        self, folder: Path, offsets: Longs, first: int, end: int, widths: Mapping[str, int],
        types: Mapping[str, str],
    ) -> None:  # fmt: skip
        self._offsets, self._first, self.end = offsets, first, end
        file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 (lives as long as this)
        lock, size, begin = threading.Lock(), max(end - first, 0), 0
        self.rows: dict[str, LayerRows] = {}
        for address, width in widths.items():
            rows = LayerRows(file, lock, begin, (size, width), types[address])
            self.rows[address] = rows
            begin += size * width * rows.dtype.itemsize
        # Rows that are being written need the file for longer than the shard.
        weakref.finalize(lock, file.close)

    def place(self, sentences: Sequence[int], captured: Mapping[str, Tensor]) -> None:
        """Take in a batch; batches of other sentences may be placed by other threads meanwhile.

        Parameters
        ----------
        sentences : sequence of int
            Sentence of each row of the batch.
        captured : mapping of str to Tensor (batch, positions, width)
            Padded on the right; layers of other stacks are passed over.
        """
        parts = self._parts(sentences)
        for address, rows in self.rows.items():
            # Rounded as a whole: from an accelerator all at once.
            found = captured[address].to(_TORCH[rows.dtype.name]).to("cpu").contiguous().numpy()
            for sentence, skipped, first, length in parts:
                rows.put(first, found[sentence, skipped : skipped + length])

    def _parts(self, sentences: Sequence[int]) -> list[_Part]:
        """Where the rows of each sentence go; after a resume the first ones are on disk already."""
        found = []
        for number, sentence in enumerate(sentences):
            start = int(self._offsets[sentence]) - self._first
            skipped = max(-start, 0)
            length = int(self._offsets[sentence + 1] - self._offsets[sentence]) - skipped
            if length > 0:
                found.append(_Part(number, skipped, start + skipped, length))
        return found


def _bytes(values: NDArray[Any]) -> memoryview:
    """The memory of a contiguous array."""
    return values.reshape(-1).view(np.uint8).data
