"""An intervention as a value: frozen, comparable, serialisable, independent of any model."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..addresses import Neuron
from ..errors import InvalidInputError

OPERATIONS = ("zero", "mean", "set", "add", "scale")
UNITS = ("raw", "sigma")
SCOPES = ("output", "recurrence")


@dataclass(frozen=True)
class Intervention:
    """Neurons, what to do with them, and where.

    Parameters
    ----------
    neurons : sequence of str
        Addresses such as ``encoder.1.rnn_hidden[3]``. An empty list changes nothing.
    operation : {"zero", "mean", "set", "add", "scale"}
        ``zero`` and ``mean`` ablate; ``set`` puts `value` in place of the activation, ``add`` adds
        it, ``scale`` multiplies by it.
    value : float
        Ignored by ``zero`` and ``mean``.
    unit : {"raw", "sigma"}
        ``sigma``: ``set`` puts mean + value * sd, ``add`` adds value * sd, with the neuron's own
        mean and standard deviation. ``scale`` takes a plain factor whatever the unit.
    positions : sequence of int, optional
        Absolute token positions in the neuron's stack (0 is the first token of the source, or the
        decoder's start token); all positions if missing.
    scope : {"output", "recurrence"}
        For recurrent sites: change what later layers and the attention see (Bau et al. 2019), or
        the state itself. Other sites have only ``output``; ``rnn_cell`` has only ``recurrence``.

    Raises
    ------
    InvalidInputError
        If a word is not one of the above, an address is malformed, or a number is not finite.

    Examples
    --------
    >>> Intervention(["encoder.1.rnn_hidden[3]"], "set", 2.0, unit="sigma").to_dict()["value"]
    2.0
    """

    neurons: tuple[str, ...]
    operation: str
    value: float = 0.0
    unit: str = "raw"
    positions: tuple[int, ...] | None = None
    scope: str = "output"

    def __init__(
        self,
        neurons: Sequence[str],
        operation: str,
        value: float = 0.0,
        unit: str = "raw",
        positions: Sequence[int] | None = None,
        scope: str = "output",
    ) -> None:
        if isinstance(neurons, str):
            neurons = [neurons]
        _one_of("operation", operation, OPERATIONS)
        _one_of("unit", unit, UNITS)
        _one_of("scope", scope, SCOPES)
        put = object.__setattr__
        put(self, "neurons", tuple(str(Neuron.parse(n)) for n in neurons))
        put(self, "operation", operation)
        put(self, "value", _finite(value, operation))
        put(self, "unit", unit)
        put(self, "positions", None if positions is None else _positions(positions))
        put(self, "scope", scope)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; :meth:`from_dict` reads them back."""
        return {
            "neurons": list(self.neurons),
            "operation": self.operation,
            "value": self.value,
            "unit": self.unit,
            "positions": None if self.positions is None else list(self.positions),
            "scope": self.scope,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Intervention:
        """Read what :meth:`to_dict` wrote; unknown keys are an error."""
        known = {"neurons", "operation", "value", "unit", "positions", "scope"}
        if unknown := set(values) - known:
            raise InvalidInputError(
                f"An intervention has no {sorted(unknown)[0]!r}; it has {', '.join(sorted(known))}."
            )
        if missing := {"neurons", "operation"} - set(values):
            raise InvalidInputError(f"An intervention needs {' and '.join(sorted(missing))}.")
        return cls(**values)


def _one_of(what: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise InvalidInputError(f"{what} must be one of {', '.join(allowed)}, not {value!r}.")


def _finite(value: float, operation: str) -> float:
    number = float(value)
    if not math.isfinite(number) or abs(number) > 1e6:
        raise InvalidInputError(
            f"The value of {operation!r} must be a finite number of at most a million, not {value}."
        )
    return number


def _positions(positions: Sequence[int]) -> tuple[int, ...]:
    numbers = tuple(sorted({int(p) for p in positions}))
    if any(p < 0 or p > 100_000 for p in numbers):
        raise InvalidInputError(
            f"Positions count tokens from 0; {min(numbers)} to {max(numbers)} is out of range."
        )
    return numbers
