"""Which sentences an edit is meant for, on a command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from neurox_core.errors import InvalidInputError

if TYPE_CHECKING:
    from neurox_core.corpora import Holding

holding_option = click.option(
    "--where",
    "holding",
    metavar="[reference:]LABEL=VALUE",
    help="Sentences that it is meant for: those with a word of the source (or the reference) that "
    "has this label, or that have it themselves. The others count as elsewhere.",
)


def holding_of(text: str) -> Holding:
    """``Tense=Past`` of the source, ``reference:Tense=Past``, or a label of sentences."""
    from neurox_core.corpora import Holding

    side, behind, rest = text.partition(":")
    if side not in ("source", "reference") or not behind:
        side, rest = "source", text
    label, sign, value = rest.partition("=")
    if not sign or not label or not value:
        raise InvalidInputError(f"{text!r} says no label and its value; write Tense=Past.")
    return Holding(label, value, side)
