"""Sorted values that carry a mark of their row, from one sort of plain integers.

The bits of a float without its sign are an integer in the order of its magnitude; with the sign
put back it is in the order of the value. Below 2 in magnitude a bit is free, in which the mark
goes. So values are divided by 2**16 first, which is exact from 10**-33 on. Columns with values that
are larger or nearer to 0 than that are sorted in the next wider type.

A sort of plain integers is several times faster than one that keeps row numbers, and the marked
rows need not be searched for afterwards. Keys are made of a few rows at a time, in the cache, while
columns are turned to rows: a plain transposed copy takes longer than the sort.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.signedinteger[Any]]
ROWS = 1024
"""Rows worked on together; with 32 columns they stay in the cache."""
SHIFT = {4: -16, 8: -512}
"""By bytes of a value: the power of two that it is multiplied with."""


class MarkedSort:
    """Sorts columns; memory is taken once.

    Parameters
    ----------
    marks : array (rows,) of bool
    dtype : float32 or float64
        Of the columns, or wider.
    """

    def __init__(self, marks: NDArray[np.bool_], dtype: Any) -> None:
        self._dtype = np.dtype(dtype)
        self._whole = np.dtype(f"i{self._dtype.itemsize}")
        self._given, self._marks = marks, marks.astype(self._whole)
        self._spare = np.empty(len(marks), self._whole)
        self._bytes = np.empty(len(marks), np.uint8)
        self._factor = self._dtype.type(2.0 ** SHIFT[self._dtype.itemsize])
        edge = 2 * int(np.finfo(self._dtype).smallest_normal.view(self._whole))
        self._normal = np.array([2 - edge, edge], self._whole)

    def sorted(self, values: NDArray[np.floating]) -> Iterator[Keys]:
        """Keys of each column's values in ascending order.

        Parameters
        ----------
        values : array (rows, columns)
            Finite.

        Yields
        ------
        array (rows,) of int32 or int64
            The lowest bit is the mark of the row, the others are a signed integer for the value:
            of rows with equal values those without a mark come first.
        """
        every, fits = self._keys(values)
        for number, keys in enumerate(every):
            keys.sort()
            fit = fits[number] and self._exact(values[:, number], keys)
            yield keys if fit else self._wider(values[:, number])

    def equal(self, keys: Keys) -> NDArray[np.bool_]:
        """Whether each value but the first is the one before, (rows - 1,); until the next call."""
        spare = self._spare if keys.dtype == self._whole else np.empty_like(keys)
        changed = np.bitwise_xor(keys[1:], keys[:-1], out=spare[1:]).view(f"u{keys.itemsize}")
        found = self._bytes.view(np.bool_)[1:]
        np.less(changed, 2, out=found)
        return found

    def marked(self, keys: Keys) -> NDArray[np.bool_]:
        """Whether each row, in order, has a mark; until the next call."""
        np.copyto(self._bytes, keys, casting="unsafe")
        self._bytes &= 1
        return self._bytes.view(np.bool_)

    def _keys(self, values: NDArray[np.floating]) -> tuple[Keys, NDArray[np.bool_]]:
        """Keys (columns, rows), not sorted, and which columns are not too large for them."""
        rows, columns = values.shape
        found = np.empty((columns, rows), self._whole)
        fits = np.ones(columns, np.bool_)
        scaled = np.empty((columns, ROWS), self._dtype)
        negative = np.empty((columns, ROWS), self._whole)
        for first in range(0, rows, ROWS):
            part = values[first : first + ROWS].T
            here = (slice(None), slice(part.shape[1]))
            now, sign = scaled[here], negative[here]
            np.multiply(part, self._factor, out=now, dtype=self._dtype)
            bits = now.view(self._whole)
            np.right_shift(bits, 8 * bits.itemsize - 1, out=sign)  # -1 where negative, or 0
            bits <<= 1  # the sign goes; 0 and -0 become equal
            if bits.min() < 0:
                fits &= bits.min(1) >= 0
            bits ^= sign
            bits -= sign
            marks = self._marks[first : first + ROWS]
            np.bitwise_or(bits, marks, out=found[:, first : first + ROWS])
        return found, fits

    def _exact(self, column: NDArray[np.floating], keys: Keys) -> bool:
        """Whether no value but 0 became subnormal, or 0, when it was divided."""
        low, high = np.searchsorted(keys, self._normal)
        return low == high or bool(high - low == np.count_nonzero(column == 0))

    def _wider(self, column: NDArray[np.floating]) -> Keys:
        """Keys by double precision, or, of doubles, by the rank of their value."""
        if self._dtype == np.float32:
            return next(MarkedSort(self._given, np.float64).sorted(column[:, None]))
        keys: Keys = 2 * np.unique(column, return_inverse=True)[1] + self._marks
        keys.sort()
        return keys
