"""numpy's archive: one array (tokens, units) a layer, named by its address, in the corpus' order.

``sentence`` and ``special`` (one entry a row) make it useful without NeuroX; ``neurox_app`` holds
the bytes of the description (see :mod:`.rows`). Arrays are written and read in blocks, so the
archive may be larger than memory.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ...errors import FormatError
from .content import Content, Header, damage
from .hints import Hints
from .kept import AT_ONCE, Kept, lines_of
from .rows import ABOUT, BLOCK, RowContent, description, of_layers

_EXTRA = ("sentence", "special")


def write(path: Path, content: Content) -> None:
    """Write an archive that ``numpy.load`` reads."""
    header = content.header
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        with description(content) as (size, about), _entry(archive, ABOUT) as entry:
            start_array(entry, "uint8", (size,))
            for part in about:
                entry.write(part)
        with _entry(archive, "sentence") as entry:
            start_array(entry, "int64", (header.rows,))
            for number, sentence in enumerate(content.sentences()):
                entry.write(little(np.full(len(sentence), number), "int64"))
        with _entry(archive, "special") as entry:
            start_array(entry, "bool", (header.rows,))
            for sentence in content.sentences():
                entry.write(little(np.array([s is None for s in sentence.spans], bool), "bool"))
        for address, width in header.layers.items():
            with _entry(archive, address) as entry:
                start_array(entry, header.dtype, (header.rows, width))
                for values in content.values([address]):
                    entry.write(little(values[address], header.dtype))


def read(path: Path, hints: Hints) -> Content:
    """Open an archive of numpy or of ours."""
    with damage("its archive"):
        archive = zipfile.ZipFile(path)
    try:
        return _Archive.open(archive, hints)
    except BaseException:
        archive.close()
        raise


def _entry(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    return archive.open(f"{name}.npy", "w", force_zip64=True)


def start_array(file: IO[bytes], dtype: str, shape: tuple[int, ...]) -> None:
    """The beginning of an ``npy`` file, after which its values follow."""
    descr = np.lib.format.dtype_to_descr(np.dtype(dtype).newbyteorder("<"))
    np.lib.format.write_array_header_1_0(
        file, {"descr": descr, "fortran_order": False, "shape": shape}
    )


def little(values: NDArray[Any], dtype: str) -> bytes:
    """Values as little-endian bytes, row after row."""
    return values.astype(np.dtype(dtype).newbyteorder("<")).tobytes()


class _Archive(RowContent):
    """An open archive."""

    def __init__(
        self, archive: zipfile.ZipFile, header: Header, sentences: Kept,
        sources: dict[str, str],
    ) -> None:  # fmt: skip
        super().__init__(header, sentences)
        self._archive, self._sources = archive, sources

    @classmethod
    def open(cls, archive: zipfile.ZipFile, hints: Hints) -> _Archive:
        """Look at the names and shapes."""
        shapes: dict[str, tuple[tuple[int, ...], np.dtype[Any]]] = {}
        about = None
        for member in archive.namelist():
            name = member.removesuffix(".npy")
            with damage(member), archive.open(member) as entry:
                shape, dtype = _shape(entry)
                if name == ABOUT:
                    about = _lines(archive, member)
                elif name not in _EXTRA:
                    shapes[name] = (shape, dtype)
        return cls(archive, *of_layers(shapes, about, hints))

    def blocks(self, address: str) -> Iterator[NDArray[Any]]:
        """All rows of a layer."""
        member = f"{self._sources[address]}.npy"
        with damage(member), self._archive.open(member) as entry:
            (_, width), dtype = _shape(entry)
            size = width * dtype.itemsize * BLOCK
            while content := entry.read(size):
                if len(content) % (width * dtype.itemsize):
                    raise FormatError(f"{member} ends within a row")
                yield np.frombuffer(content, dtype).reshape(-1, width)

    def close(self) -> None:
        """Close the archive."""
        self._archive.close()


def _lines(archive: zipfile.ZipFile, member: str) -> Iterator[bytes]:
    """The lines of an array of bytes."""
    with damage(member), archive.open(member) as entry:
        _shape(entry)
        yield from lines_of(iter(lambda: entry.read(AT_ONCE), b""))


def _shape(entry: IO[bytes]) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Shape and type of an array whose values come next; FormatError for what is not plain."""
    try:
        version = np.lib.format.read_magic(entry)
        reader = np.lib.format.read_array_header_1_0
        if version != (1, 0):
            reader = np.lib.format.read_array_header_2_0
        shape, fortran, dtype = reader(entry)
    except ValueError as error:
        raise FormatError(f"it holds something else than numpy arrays ({error})") from error
    if dtype.hasobject or (fortran and len(shape) > 1):
        raise FormatError(
            "it holds Python objects, or arrays in the order of Fortran; save arrays of numbers, "
            "numpy.ascontiguousarray(x)"
        )
    return shape, dtype
