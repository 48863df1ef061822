"""Interventions as they are written on a command line.

``--ablate "encoder.1.rnn_hidden[3,5-7]"`` names four neurons. A value follows after ``=``, as in
``--set "encoder.1.rnn_hidden[2]=2sigma"``: a raw activation or, with ``sigma``, standard deviations
from the neuron's mean. All options may be given several times. They act in a fixed order: set, add,
scale, and ablate last, so that an ablated neuron stays ablated.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

import click

from neurox_core.errors import InvalidInputError

if TYPE_CHECKING:
    from neurox_core import Intervention

_NEURONS = re.compile(r"\s*([a-z0-9_.]+)\[([\d,\s-]+)\]\s*(?:=\s*(\S+)\s*)?")
_VALUE = re.compile(r"([-+]?[\d.]+(?:e[-+]?\d+)?)(sigma|sd|σ)?", re.IGNORECASE)
_MOST = 20_000

Function = TypeVar("Function", bound=Callable[..., object])


def edit_options(command: Function) -> Function:
    """Add the options that say what to change to a command."""
    options = [
        click.option(
            "--ablate", multiple=True, metavar="NEURONS[=mean]",
            help="Silence neurons: with zero, or with their mean. "
            'Example: "encoder.1.rnn_hidden[3,5-7]".',
        ),
        click.option(
            "--set", "put", multiple=True, metavar="NEURONS=VALUE",
            help='Hold neurons at a value: "...[5]=0.8", or "...[5]=2sigma" for two standard '
            "deviations above the mean.",
        ),
        click.option(
            "--add", multiple=True, metavar="NEURONS=VALUE", help="Add a value (raw or sigma)."
        ),
        click.option(
            "--scale", multiple=True, metavar="NEURONS=FACTOR", help="Multiply by a factor."
        ),
        click.option(
            "--positions", metavar="N,N-N",
            help="Token positions that the changes hold at, from 0; all if missing.",
        ),
        click.option(
            "--scope", type=click.Choice(["output", "recurrence"]), default="output",
            show_default=True,
            help="Recurrent layers: change what later layers see, or the state itself.",
        ),
    ]  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def interventions(
    ablate: Sequence[str],
    put: Sequence[str],
    add: Sequence[str],
    scale: Sequence[str],
    positions: str | None,
    scope: str,
) -> list[Intervention]:
    """What the options of :func:`edit_options` mean, in the order it takes effect."""
    from neurox_core import Intervention

    where = None if positions is None else _numbers(positions)
    found = []
    for operation, texts in (("set", put), ("add", add), ("scale", scale)):
        for text in texts:
            neurons, given = _split(text)
            value, unit = _value(text, given)
            if operation == "scale" and unit == "sigma":
                raise InvalidInputError(f"--scale takes a plain factor, not sigma: {text!r}.")
            found.append(Intervention(neurons, operation, value, unit, where, scope))
    for text in ablate:
        neurons, given = _split(text)
        if given not in (None, "zero", "mean"):
            raise InvalidInputError(
                f"--ablate puts zero or mean in place of an activation, not {given!r}. "
                f"To hold a neuron at a value: --set {text!r}."
            )
        found.append(Intervention(neurons, given or "zero", 0.0, "raw", where, scope))
    return found


def _split(text: str) -> tuple[list[str], str | None]:
    """``layer[1,3-4]=x`` as its neurons and ``x``."""
    match = _NEURONS.fullmatch(text)
    if match is None:
        raise InvalidInputError(
            f"{text!r} does not name neurons. One looks like 'encoder.1.rnn_hidden[3]', several "
            "like 'encoder.1.rnn_hidden[3,5-7]'; a value follows after '='."
        )
    return [f"{match[1]}[{unit}]" for unit in _numbers(match[2])], match[3]


def _value(text: str, given: str | None) -> tuple[float, str]:
    """``2sigma`` as (2.0, "sigma") and ``0.5`` as (0.5, "raw")."""
    match = _VALUE.fullmatch(given or "")
    try:
        if match is None:
            raise ValueError
        return float(match[1]), "sigma" if match[2] else "raw"
    except ValueError:
        raise InvalidInputError(
            f"{text!r} needs a number after '=', such as 0.5 or 2sigma."
        ) from None


def _numbers(text: str) -> list[int]:
    """``3,5-7`` as [3, 5, 6, 7]."""
    found: list[int] = []
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d{1,7})\s*(?:-\s*(\d{1,7})\s*)?", part)
        if match is None:
            raise InvalidInputError(f"{text!r} is not a list of numbers such as '3,5-7'.")
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first or last - first >= _MOST:
            raise InvalidInputError(f"{part.strip()!r} is not a range of at most {_MOST} numbers.")
        found += range(first, last + 1)
    return found
