"""Loops over single values, as machine code.

What numpy and torch can say only in many passes over memory, or not at all, is written here and
there as a plain loop and compiled by numba when it is first called: a second or two for each, once
on a machine, for the code is kept in numba's cache (beside the module, or in the user's cache
folder). Numba itself is loaded then and not before: most commands never need it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import update_wrapper
from typing import Any, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_LOCK = threading.Lock()


class compiled(Generic[P, R]):  # noqa: N801 - used as a decorator
    """A function of arrays and numbers that is compiled at its first call.

    It runs without the interpreter's lock, so several threads can each work on a part. Sums and
    products may be taken in another order than written (by lanes of a vector), never with less
    precision; what has to be rounded as elsewhere is computed there and handed over. It may call no
    other function of ours, and must be handed arrays of the types that it was meant for.
    """

    def __init__(self, function: Callable[P, R]) -> None:
        self._function = function
        self._run: Callable[P, R] | None = None
        update_wrapper(self, function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Compile if need be, and run."""
        if self._run is None:
            with _LOCK:
                self._run = self._run or _compile(self._function)
        return self._run(*args, **kwargs)


def _compile(function: Callable[P, R]) -> Callable[P, R]:
    import numba

    options: dict[str, Any] = {"nogil": True, "fastmath": {"reassoc"}}
    try:
        made: Callable[P, R] = numba.njit(cache=True, **options)(function)
    except RuntimeError:
        # Neither the module's folder nor the user's cache can be written: compiled every time.
        made = numba.njit(**options)(function)
    return made
