"""Options that a part (an analysis, an annotator) declares, and how given values are checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import InvalidInputError

Value = int | float | str | bool
Parameters = Mapping[str, Value]


@dataclass(frozen=True)
class Parameter:
    """An option of a part.

    Attributes
    ----------
    default : int, float, str or bool
        Its type is the option's type.
    help : str
    minimum, maximum : float, optional
        Bounds of a number, both allowed themselves.
    choices : tuple of str
        What a string may be; anything if empty.
    """

    default: Value
    help: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()

    def check(self, name: str, value: object) -> Value:
        """The value in the option's type; InvalidInputError if it does not fit."""
        kind = type(self.default)
        fits = isinstance(value, (int, float) if kind is float else kind)
        if not fits or (isinstance(value, bool) and kind is not bool):
            raise InvalidInputError(f"{name} is {kind.__name__}, not {value!r}.")
        found: Value = kind(value)  # type: ignore[call-overload, arg-type]
        if self.choices and found not in self.choices:
            raise InvalidInputError(f"{name} is one of {', '.join(self.choices)}, not {value!r}.")
        if isinstance(found, (int, float)) and not isinstance(found, bool):
            low = float("-inf") if self.minimum is None else self.minimum
            high = float("inf") if self.maximum is None else self.maximum
            if not low <= found <= high:
                allowed = f"from {low:g} to {high:g}"
                if self.maximum is None:
                    allowed = "a number" if self.minimum is None else f"{low:g} or more"
                elif self.minimum is None:
                    allowed = f"{high:g} or less"
                raise InvalidInputError(f"{name} is {allowed}, not {value!r}.")
        return found


def checked(
    what: str, declared: Mapping[str, Parameter], given: Mapping[str, object]
) -> dict[str, Value]:
    """All options, given or by default.

    Parameters
    ----------
    what : str
        Names the part in messages, such as ``the ranking 'probe'``.

    Raises
    ------
    InvalidInputError
        Naming an option that there is not, or whose value does not fit.
    """
    for name in given:
        if name not in declared:
            known = ", ".join(declared) or "none"
            raise InvalidInputError(
                f"{what[:1].upper()}{what[1:]} has no parameter {name!r}; it has: {known}."
            )
    return {name: option.check(name, given.get(name, option.default))
            for name, option in declared.items()}  # fmt: skip


def described(declared: Mapping[str, Parameter]) -> list[dict[str, Any]]:
    """What a screen has to ask for.

    Returns
    -------
    list of dict
        ``name``, ``kind`` (int, float, str or bool), ``default``, ``help``, ``minimum``,
        ``maximum``, ``choices``.
    """
    return [
        {
            "name": name, "kind": type(option.default).__name__, "default": option.default,
            "help": option.help, "minimum": option.minimum, "maximum": option.maximum,
            "choices": list(option.choices),
        }
        for name, option in declared.items()
    ]  # fmt: skip
