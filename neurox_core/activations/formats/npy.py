"""numpy's plain file: one matrix (tokens, neurons), all layers beside each other.

Column ``layer * size + unit`` is NeuroX's number of a neuron where all layers have one width. The
description (see :mod:`.rows`) lies beside it as ``<name>.npy.json``. A file without one is taken as
one layer, or as several equally wide ones if their addresses are given.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import FormatError
from .content import Content, Header, checked, damage, stored_dtype
from .hints import Hints
from .kept import Kept
from .npz import little, start_array
from .rows import BLOCK, RowContent, describe, described


def about_file(path: Path) -> Path:
    """Where the description of a file lies."""
    return path.with_name(path.name + ".json")


def write(path: Path, content: Content) -> None:
    """Write a matrix that ``numpy.load`` reads, and its description."""
    header = content.header
    with about_file(path).open("wb") as about:
        about.writelines(describe(content))
    with path.open("wb") as file:
        start_array(file, header.dtype, (header.rows, sum(header.layers.values())))
        for values in content.values():
            joined = np.concatenate([values[address] for address in header.layers], axis=1)
            file.write(little(joined, header.dtype))


def read(path: Path, hints: Hints) -> Content:
    """Open a matrix of numpy's or of ours."""
    with damage("its array"):
        matrix = np.load(path, mmap_mode="r", allow_pickle=False)
    if not isinstance(matrix, np.ndarray) or matrix.ndim != 2 or matrix.dtype.kind != "f":
        raise FormatError("it is not a matrix (tokens, neurons) of floating point numbers")
    return _Matrix.open(path, matrix, hints)


class _Matrix(RowContent):
    """A matrix, mapped into memory."""

    def __init__(self, matrix: NDArray[Any], header: Header, sentences: Kept) -> None:
        super().__init__(header, sentences)
        self._matrix = matrix
        edges = np.concatenate([[0], np.cumsum(list(header.layers.values()))]).tolist()
        self._columns = {
            a: slice(*edges[i : i + 2]) for i, a in enumerate(header.layers)
        }  # fmt: skip

    @classmethod
    def open(cls, path: Path, matrix: NDArray[Any], hints: Hints) -> _Matrix:
        """Find out which columns are which layer."""
        about = about_file(path)
        if about.is_file() and hints == Hints():
            with about.open("rb") as lines:
                header, sentences = described(lines)
            if (header.rows, sum(header.layers.values())) != matrix.shape:
                raise FormatError(f"its description {about.name} does not fit it")
            return cls(matrix, header, sentences)
        names = ["encoder.0.resid_post"] if hints.layers is None else hints.layers
        if not names or matrix.shape[1] % len(names):
            raise FormatError(f"its {matrix.shape[1]} neurons are not {len(names)} equal layers")
        sentences = hints.sentences()
        widths = dict.fromkeys(names, matrix.shape[1] // len(names))
        header = Header(widths, stored_dtype(matrix.dtype), len(sentences), len(matrix))
        return cls(matrix, checked(header), sentences)

    def blocks(self, address: str) -> Iterator[NDArray[Any]]:
        """All rows of a layer."""
        for first in range(0, len(self._matrix), BLOCK):
            yield np.asarray(self._matrix[first : first + BLOCK, self._columns[address]])
