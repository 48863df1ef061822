"""Columns of tables that are longer than memory should hold.

While texts are tokenised, numbers go to a file without a name (:class:`Spool`), which the system
removes when the process ends, however it ends. The finished table is an uncompressed ``npz`` file;
:class:`ColumnFile` reads stretches of its columns where they lie. Memory therefore does not grow
with the number of tokens. What a stretch reads is not covered by a checksum of its own: the file is
(see :mod:`.layout`), and is compared when a store is opened.
"""

from __future__ import annotations

import struct
import tempfile
import weakref
import zipfile
from array import array
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

_BUFFERED = 2**14
_TYPES: dict[str, np.dtype[Any]] = {"i": np.dtype(np.int32), "b": np.dtype(np.int8)}
# A local file header: 26 bytes, then the lengths of the name and of the extra field.
_LOCAL = struct.Struct("<26xHH")


class Parts(NamedTuple):
    """A column that is made piece by piece when it is written.

    Attributes
    ----------
    dtype : numpy.dtype
    length : int
        Entries of all pieces together.
    make : callable
        Gives the pieces in order.
    """

    dtype: np.dtype[Any]
    length: int
    make: Callable[[], Iterator[NDArray[Any]]]

    def whole(self) -> NDArray[Any]:
        """The column in memory."""
        found = np.empty(self.length, self.dtype)
        end = 0
        for part in self.make():
            found[end : end + len(part)] = part
            end += len(part)
        return found


class Spool:
    """Numbers that are appended one after the other, and read back in stretches.

    Parameters
    ----------
    kind : {"i", "b"}
        Integers of 32 or of 8 bits.
    folder : path, optional
        Where the file lies; the system's temporary folder by default.
    """

    def __init__(self, kind: str = "i", folder: Path | None = None) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 (lives as long as this)
        weakref.finalize(self, self._file.close)
        self._buffer, self._dtype, self._written = array(kind), _TYPES[kind], 0

    def __len__(self) -> int:
        return self._written + len(self._buffer)

    def extend(self, values: Iterable[int]) -> None:
        """Append numbers."""
        self._buffer.extend(values)
        if len(self._buffer) >= _BUFFERED:
            self._flush()

    def read(self, first: int = 0, last: int | None = None) -> NDArray[Any]:
        """Numbers `first` to `last` - 1; must not run in two threads at once."""
        self._flush()
        end = len(self) if last is None else last
        found: NDArray[Any] = np.empty(max(end - first, 0), self._dtype)
        self._file.seek(first * self._dtype.itemsize)
        if self._file.readinto(found.data) != found.nbytes:
            raise OSError("a temporary file has become shorter")
        return found

    def _flush(self) -> None:
        if len(self._buffer):
            self._file.seek(self._written * self._dtype.itemsize)
            self._file.write(self._buffer)
            self._written += len(self._buffer)
            del self._buffer[:]


class ColumnFile:
    """An uncompressed ``npz`` file of one-dimensional arrays, of which stretches are read.

    Parameters
    ----------
    path : Path

    Raises
    ------
    OSError, ValueError, zipfile.BadZipFile
        If it is missing or something else.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._places: dict[str, tuple[int, np.dtype[Any], int]] = {}
        with zipfile.ZipFile(path) as archive, path.open("rb") as stream:
            for entry in archive.infolist():
                if entry.compress_type != zipfile.ZIP_STORED:
                    raise ValueError(f"{entry.filename} is compressed")
                stream.seek(entry.header_offset)
                name, extra = _LOCAL.unpack(stream.read(_LOCAL.size))
                stream.seek(name + extra, 1)
                np.lib.format.read_magic(stream)
                shape, _, dtype = np.lib.format.read_array_header_1_0(stream)
                if len(shape) == 1:
                    place = stream.tell(), dtype, int(shape[0])
                    self._places[entry.filename.removesuffix(".npy")] = place

    def length(self, name: str) -> int:
        """Entries of a column."""
        return self._places[name][2]

    def read(self, name: str, first: int = 0, last: int | None = None) -> NDArray[Any]:
        """Entries `first` to `last` - 1 of a column; all by default."""
        start, dtype, length = self._places[name]
        count = (length if last is None else min(last, length)) - first
        return np.fromfile(self._path, dtype, max(count, 0), offset=start + first * dtype.itemsize)
