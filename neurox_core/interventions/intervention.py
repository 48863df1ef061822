"""An intervention as a value: frozen, comparable, serialisable, independent of any model."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ..addresses import Neuron
from ..errors import InvalidInputError
from .where import Where

OPERATIONS = ("zero", "mean", "resample", "set", "add", "scale", "patch")
UNITS = ("raw", "sigma", "percentile")
SCOPES = ("output", "recurrence")
_MOST_VALUES = 1_000_000


@dataclass(frozen=True)
class Intervention:
    """Neurons, what to do with them, and where.

    Parameters
    ----------
    neurons : sequence of str
        Addresses such as ``encoder.1.rnn_hidden[3]``. An empty list changes nothing.
    operation : {"zero", "mean", "resample", "set", "add", "scale", "patch"}
        ``zero``, ``mean`` and ``resample`` ablate; ``resample`` puts the values that the neurons
        had at random other tokens of a corpus, the same token for all of them at one position.
        ``set`` puts `value` in place of the activation, ``add`` adds it, ``scale`` multiplies by
        it. ``patch`` puts `values`, which come from another run.
    value : float
        Ignored by ``zero``, ``mean``, ``resample`` and ``patch``.
    unit : {"raw", "sigma", "percentile"}
        ``sigma``: ``set`` puts mean + value * sd, ``add`` adds value * sd, with the neuron's own
        mean and standard deviation. ``percentile``, for ``set`` only: the value that `value`
        percent of the neuron's activations do not exceed. ``scale`` takes a plain factor whatever
        the unit.
    positions : sequence of int, optional
        Absolute token positions in the neuron's stack (0 is the first token of the source, or the
        decoder's start token); all positions if missing.
    scope : {"output", "recurrence"}
        For recurrent sites: change what later layers and the attention see (Bau et al. 2019), or
        the state itself. Other sites have only ``output``; ``rnn_cell`` has only ``recurrence``.
    where : Where, optional
        Words that it is limited to: of the source, or for neurons of a translation model's decoder
        those that are written; see :func:`.where.placed`.
    values : sequence of sequences of float, optional
        For ``patch``: a row for each of `positions`, a number for each neuron.
    seed : int
        For ``resample``: where in the random order of tokens it begins.

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
    where: Where | None = None
    values: tuple[tuple[float, ...], ...] | None = None
    seed: int = 0

    def __init__(
        self,
        neurons: Sequence[str],
        operation: str,
        value: float = 0.0,
        unit: str = "raw",
        positions: Sequence[int] | None = None,
        scope: str = "output",
        where: Where | Mapping[str, Any] | None = None,
        values: Sequence[Sequence[float]] | None = None,
        seed: int = 0,
    ) -> None:
        if isinstance(neurons, str):
            neurons = [neurons]
        _one_of("operation", operation, OPERATIONS)
        _one_of("unit", unit, UNITS)
        _one_of("scope", scope, SCOPES)
        put = object.__setattr__
        put(self, "neurons", tuple(canonical(n) for n in neurons))
        put(self, "operation", operation)
        put(self, "value", _finite(value, operation))
        put(self, "unit", unit)
        put(self, "positions", None if positions is None else _positions(positions))
        put(self, "scope", scope)
        put(self, "where", Where.from_dict(where) if isinstance(where, Mapping) else where)
        put(self, "values", None if values is None else tuple(tuple(map(float, v)) for v in values))
        put(self, "seed", int(seed))
        _check_percentile(self)
        _check_patch(self, positions)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; :meth:`from_dict` reads them back.

        What only few interventions have (`where`, `values`, `seed`) is there only if it is used.
        """
        found: dict[str, Any] = {
            "neurons": list(self.neurons),
            "operation": self.operation,
            "value": self.value,
            "unit": self.unit,
            "positions": None if self.positions is None else list(self.positions),
            "scope": self.scope,
        }
        if self.where is not None:
            found["where"] = self.where.to_dict()
        if self.values is not None:
            found["values"] = [list(row) for row in self.values]
        if self.seed:
            found["seed"] = self.seed
        return found

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Intervention:
        """Read what :meth:`to_dict` wrote; unknown keys are an error."""
        known = {"neurons", "operation", "value", "unit", "positions", "scope", "where", "values",
                 "seed"}  # fmt: skip
        if unknown := set(values) - known:
            raise InvalidInputError(
                f"An intervention has no {sorted(unknown)[0]!r}; it has {', '.join(sorted(known))}."
            )
        if missing := {"neurons", "operation"} - set(values):
            raise InvalidInputError(f"An intervention needs {' and '.join(sorted(missing))}.")
        return cls(**values)


@lru_cache(maxsize=65536)
def canonical(name: str) -> str:
    """An address as it is always written; InvalidInputError if it is none."""
    return str(Neuron.parse(name))


def _check_percentile(one: Intervention) -> None:
    if one.unit != "percentile" or one.operation == "scale":
        return
    if one.operation == "add":
        raise InvalidInputError("A percentile is a place, not a distance: use it with 'set'.")
    if one.operation == "set" and not 0 <= one.value <= 100:
        raise InvalidInputError(f"A percentile lies between 0 and 100, not at {one.value:g}.")


def _check_patch(one: Intervention, positions: Sequence[int] | None) -> None:
    """`values` come with ``patch``, and fit the positions, which must not be reordered."""
    if one.operation != "patch":
        if one.values is not None:
            raise InvalidInputError(f"Values belong to 'patch', not to {one.operation!r}.")
        return
    if one.values is None or one.positions is None or one.where is not None:
        raise InvalidInputError("'patch' needs values and the positions that they belong to.")
    if list(one.positions) != list(positions or ()):
        raise InvalidInputError("The positions of 'patch' must ascend, each once.")
    if len(one.values) != len(one.positions):
        raise InvalidInputError(
            f"'patch' has {len(one.positions)} positions but {len(one.values)} rows of values."
        )
    if len(one.values) * len(one.neurons) > _MOST_VALUES:
        raise InvalidInputError("'patch' has more than a million values.")
    for row in one.values:
        if len(row) != len(one.neurons):
            raise InvalidInputError(
                f"'patch' has {len(one.neurons)} neurons but a row of {len(row)} values."
            )
        if not all(map(math.isfinite, row)):
            raise InvalidInputError("The values of 'patch' must be finite numbers.")


def _one_of(what: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise InvalidInputError(f"{what} must be one of {', '.join(allowed)}, not {value!r}.")


def _finite(value: float, operation: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number) or abs(number) > 1e6:
        raise InvalidInputError(
            f"The value of {operation!r} must be a finite number of at most a million, "
            f"not {value!r}."
        )
    return number


def _positions(positions: Sequence[int]) -> tuple[int, ...]:
    numbers = tuple(sorted({int(p) for p in positions}))
    if any(p < 0 or p > 100_000 for p in numbers):
        raise InvalidInputError(
            f"Positions count tokens from 0; {min(numbers)} to {max(numbers)} is out of range."
        )
    return numbers
