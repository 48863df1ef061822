"""Giving memory back to the system between the phases of a long piece of work.

The C library of Linux keeps what was freed for later, and the more of it the larger the pieces
were; after arrays over millions of tokens that may be most of a process. Elsewhere nothing is done.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any


def give_back() -> None:
    """Return free memory to the system, if the C library knows how to."""
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Any:
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # not glibc
        return None
