"""What every contract builds on: texts, numbers, addresses, errors."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def printable(text: str) -> str:
    """Refuse control characters, which no model was trained on and no page can show."""
    for place, character in enumerate(text):
        if ord(character) < 32 and character not in "\t\n\r":
            name = "null" if character == "\0" else "control"
            raise ValueError(
                f"the text holds a {name} character (U+{ord(character):04X}) at place {place}; "
                "remove it"
            )
    return text


Finite = Annotated[float, Field(allow_inf_nan=False)]


Text = Annotated[str, Field(max_length=20_000), AfterValidator(printable)]


Address = Annotated[str, Field(min_length=1, max_length=80)]


class Contract(BaseModel):
    """Base: unknown fields are an error, so that a misspelt option is never silently ignored."""

    # Answers always carry every field, so their schemas say that none is optional.
    model_config = ConfigDict(extra="forbid", json_schema_serialization_defaults_required=True)


class ErrorDetail(Contract):
    """What went wrong, in words for a person, and a stable code for a program."""

    code: str
    message: str
    where: str | None = None
    job: str | None = Field(None, description="A job to wait for, when code is 'not_ready'.")


class ErrorBody(Contract):
    """The one shape of every error answer."""

    status: int
    error: ErrorDetail


class Health(Contract):
    """Answer of /healthz."""

    status: Literal["ok"]
    version: str


Value = bool | int | Finite | Annotated[str, Field(max_length=2000)]


class Removed(Contract):
    """What was deleted."""

    id: str
