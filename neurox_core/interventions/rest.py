"""Rows that are not finished, and the edits that their decoders have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from torch import Tensor

from .intervention import Intervention
from .memories import Batch
from .settings import Setting

ROWS = 256
"""Rows that step together: each step reads all weights, so that few rows cost almost as much."""


@dataclass
class Rest:
    """A row that is not finished: where it comes from and what is known of it.

    ``trail`` gathers the states of a recurrent decoder's last layer: a batch's and the row's place.
    """

    batch: Batch
    row: int
    sentence: int
    setting: int
    ids: list[int]
    limit: int
    trail: list[tuple[Tensor, int]] = field(default_factory=list)


def edit_of(settings: Sequence[Setting], one: Rest) -> tuple[int, int]:
    """Which list of interventions a row's decoder has; what edits the encoder is in its memory."""
    setting = settings[one.setting]
    return (one.setting, setting.owner[one.sentence]) if setting.stack("decoder") else (-1, -1)


def edits_of(
    settings: Sequence[Setting], rest: Sequence[Rest]
) -> tuple[list[list[Intervention]], dict[tuple[int, int], int]]:
    """All lists of interventions that occur, and the place of each."""
    found: list[list[Intervention]] = []
    places: dict[tuple[int, int], int] = {}
    for one in rest:
        key = edit_of(settings, one)
        if key not in places:
            places[key] = len(found)
            found.append([] if key[0] < 0 else settings[one.setting].of(one.sentence))
    return found, places
