"""Sentences in which a property holds."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .base import Contract


class HoldingBody(Contract):
    """A label that a word of the sentence has, or the sentence itself; see corpora.holding."""

    side: Literal["source", "reference"]
    label: Annotated[str, Field(min_length=1, max_length=120)]
    value: Annotated[str, Field(min_length=1, max_length=500)] = Field(
        description="Several with | between them."
    )
