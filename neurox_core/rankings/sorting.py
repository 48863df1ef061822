"""Sorted values that carry a mark of their row, from one sort of plain integers.

The bits of a float without its sign are an integer in the order of its magnitude; with the sign
put back it is in the order of the value. Of a half-precision number there are few enough bits that
a mark fits beside them. In the wider types a bit becomes free when magnitudes are counted from one
far below any activation; columns with values outside of that range are sorted in the next wider
type.

A sort of plain integers is several times faster than one that keeps row numbers, and the marked
rows need not be searched for afterwards. Columns are turned to rows some at a time; each is made
into keys just before it is sorted, when it is in the cache.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..compiled import compiled
from .turning import turned

Keys = NDArray[np.signedinteger[Any]]
LEAST = {2: 0, 4: (127 - 100) << 23, 8: (1023 - 600) << 52}
"""By bytes of a value: the bits of the least magnitude, 0 apart, that has a key."""


class MarkedSort:
    """Sorts columns; memory is taken once.

    Parameters
    ----------
    marks : array (rows,) of bool
    dtype : float16, float32 or float64
        Of the columns.
    """

    def __init__(self, marks: NDArray[np.bool_], dtype: Any) -> None:
        self._dtype = np.dtype(dtype)
        self._given = marks
        whole = np.int64 if self._dtype == np.float64 else np.int32
        self._marks: Keys = marks.astype(whole)
        self._keys = np.empty_like(self._marks)
        self._columns = np.empty((0, len(marks)), self._dtype)

    def sorted(self, values: NDArray[np.floating]) -> Iterator[Keys]:
        """Keys of each column's values in ascending order.

        Parameters
        ----------
        values : array (rows, columns)
            Finite.

        Yields
        ------
        array (rows,) of int32 or int64
            Until the next call. The lowest bit is the mark of the row, the others are a signed
            integer for the value: of rows with equal values those without a mark come first.
        """
        count = values.shape[1]
        if len(self._columns) < count:
            # Fresh memory of such a size comes page by page: a tenth of the time of all else.
            self._columns = np.empty((count, len(values)), self._dtype)
        size, keys = self._dtype.itemsize, self._keys
        most = 2 ** (8 * keys.itemsize - 2)
        for column in turned(values, out=self._columns[:count]):
            bits: Keys = column.view(f"i{size}")
            if _keys(bits, self._marks, LEAST[size], most, keys):
                keys.sort()
                yield keys
            else:
                yield self._wider(column)

    def _wider(self, column: NDArray[np.floating]) -> Keys:
        """Keys by double precision, or, of doubles, by the rank of their value."""
        if self._dtype != np.float64:
            return next(MarkedSort(self._given, np.float64).sorted(column[:, None]))
        found: Keys = 2 * np.unique(column, return_inverse=True)[1] + self._marks
        found.sort()
        return found


@compiled
def _keys(bits: Keys, marks: Keys, least: int, most: int, keys: Keys) -> bool:
    """Fill in a key for each value; False if one is too small or too large to have one.

    Parameters
    ----------
    bits, marks : array (rows,)
        Of the values, as integers; 0 or 1.
    least, most : int
        Bits of the least magnitude, and how many there are from there on.
    keys : array (rows,)
        Filled.
    """
    beyond = 0
    magnitudes = (1 << (8 * bits.itemsize - 1)) - 1
    for i in range(bits.size):
        whole = bits[i] & magnitudes
        # 0 and -0 are one value.
        moved = whole - least + 1 if whole else 0
        beyond |= (moved < 0) | (moved >= most)
        keys[i] = ((moved + moved) ^ (-2 if bits[i] < 0 and whole else 0)) | marks[i]
    return beyond == 0
