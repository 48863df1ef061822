"""Sorted values that carry a mark of their row, from one sort of plain integers.

The bits of a float without its sign are an integer in the order of its magnitude; with the sign
put back it is in the order of the value. Below 2 in magnitude a bit is free, in which the mark
goes. So values are divided by 2**16 first, which is exact from 10**-33 on. Columns with values that
are larger or nearer to 0 than that are sorted in the next wider type.

A sort of plain integers is several times faster than one that keeps row numbers, and the marked
rows need not be searched for afterwards. Columns are turned to rows some at a time; each is made
into keys just before it is sorted, when it is in the cache.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .turning import turned

Keys = NDArray[np.signedinteger[Any]]
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
        self._columns = np.empty((0, len(marks)), self._dtype)
        self._factor = self._dtype.type(2.0 ** SHIFT[self._dtype.itemsize])
        edge = 2 * int(np.finfo(self._dtype).smallest_normal.view(self._whole))
        # Where zeros of both signs begin and end, and what is not too small to be exact.
        self._small = np.array([-edge, -2, 0, edge], self._whole)

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
        for number, column in enumerate(turned(values, out=self._columns[:count])):
            keys = self._keys(column)
            if keys is None or not self._exact(values[:, number], keys):
                keys = self._wider(values[:, number])
            yield keys

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

    def _keys(self, column: NDArray[np.floating]) -> Keys | None:
        """Sorted keys, in the memory of the column; None if it has values too large for them."""
        column *= self._factor
        keys, sign = column.view(self._whole), self._spare
        # -2 where negative, or 0: the highest bit below the sign is not set.
        np.right_shift(keys, 8 * keys.itemsize - 2, out=sign)
        keys += keys  # the sign goes
        if keys.min() < 0:
            return None
        keys ^= sign
        keys |= self._marks
        keys.sort()
        return keys

    def _exact(self, column: NDArray[np.floating], keys: Keys) -> bool:
        """Whether no value but 0 became subnormal, or 0, when it was divided; 0 and -0 are one."""
        low, minus, zero, high = np.searchsorted(keys, self._small)
        if zero > minus:
            keys[minus:zero] += 2
            keys[minus:high].sort()
        return low == high or bool(high - low == np.count_nonzero(column == 0))

    def _wider(self, column: NDArray[np.floating]) -> Keys:
        """Keys by double precision, or, of doubles, by the rank of their value."""
        if self._dtype == np.float32:
            return next(MarkedSort(self._given, np.float64).sorted(column[:, None]))
        keys: Keys = 2 * np.unique(column, return_inverse=True)[1] + self._marks
        keys.sort()
        return keys
