"""A short mark of an array's values, for signatures.

It tells by which values a ranking was made, and is no protection against anybody who wants two
arrays to have the same: hashes that are take as long as some rankings.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from crc32c import crc32c
from numpy.typing import NDArray

PIECE = 1 << 18
"""Bytes that a checksum is of, more or less: whole rows."""


def fingerprint(values: NDArray[Any]) -> str:
    """12 hexadecimal digits from the values, type and shape, the same for any memory layout.

    SHA-256 of the CRC-32C checksums (Castagnoli 1993) of pieces of a quarter of a megabyte. A
    change of any one value is always seen, and so is any other within 32 bits; arrays that differ
    in one piece only, in other ways, have the same mark once in 2**32, all others once in 2**48.
    """
    rows = max(1, PIECE // max(1, values[:1].nbytes))
    checks = [
        crc32c(np.ascontiguousarray(values[first : first + rows]).data)
        for first in range(0, len(values), rows)
    ]
    facts = f"{values.dtype.str}{values.shape}".encode()
    return hashlib.sha256(facts + np.array(checks, "<u4").tobytes()).hexdigest()[:12]
