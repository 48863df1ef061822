"""What a model is made of, and whether it is read and edited correctly."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from .base import Contract, printable


class CheckRequest(Contract):
    """A model to look into."""

    model: Annotated[str, Field(min_length=1, max_length=500), AfterValidator(printable)]


class CheckedLaw(Contract):
    """A law and how it went."""

    name: str
    state: Literal["holds", "broken", "not judged"]
    detail: str


class CheckedAbility(Contract):
    """Something that can, or cannot, be done with a model, and why."""

    name: str
    possible: bool
    why: str


class CheckedStack(Contract):
    """One stack of a model."""

    name: str
    layers: int
    heads: int | None
    sites: dict[str, int]


class CheckResult(Contract):
    """What a model is made of, and whether it is read and edited correctly."""

    name: str
    family: str
    architecture: str
    task: str
    score: str
    dtype: str
    device: str
    fingerprint: str
    parameters: int
    vocabulary: int
    max_tokens: int
    source_language: str
    target_language: str
    languages: list[str]
    labels: list[str]
    special_tokens: dict[str, str]
    stacks: list[CheckedStack]
    unresolved: dict[str, str]
    own_settings: dict[str, str] = Field(
        description="Generation settings of the checkpoint that are not taken over, and why."
    )
    unused_weights: dict[str, int] = Field(
        description="Parts of the checkpoint that the network has no place for, and how many "
        "weights each has."
    )
    laws: list[CheckedLaw]
    abilities: list[CheckedAbility]
    ok: bool
