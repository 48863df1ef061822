"""States of one run kept as interventions on another."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .base import Address, Contract, Text
from .projects import PresetEdit


class PatchCell(Contract):
    """A layer or a neuron, at one position or at all that have a counterpart."""

    address: Address
    position: Annotated[int, Field(ge=0, le=100_000)] | None = None


class PatchRequest(Contract):
    """Make interventions of cells of a comparison, and try them on its sentence."""

    model: str
    text: Text
    counterfactual: Text
    cells: list[PatchCell] = Field(min_length=1, max_length=100)
    beams: Annotated[int, Field(ge=1, le=10)] = Field(
        1, description="Of the search that translates both sentences, and this one patched."
    )


class PatchResult(Contract):
    """Cells as interventions, what they carry over together, and the sentence under them."""

    interventions: list[PresetEdit]
    recovered: float = Field(description="0 nothing of the difference, 1 all of it.")
    before: str
    after: str
    warnings: list[str] = Field(description="What the model has no pieces for.")
