"""What every contract builds on: texts, numbers, addresses, errors."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def printable(text: str) -> str:
    """Refuse control characters, which no model was trained on and no page can show."""
    if found := _CONTROL.search(text):
        name = "null" if found[0] == "\0" else "control"
        raise ValueError(
            f"the text holds a {name} character (U+{ord(found[0]):04X}) at place {found.start()}; "
            "remove it"
        )
    return text


def one_line(text: str) -> str:
    """Refuse control characters and line breaks, and an empty text; spaces around it go."""
    if any(ord(character) < 32 for character in text):
        raise ValueError("a name has no line breaks, tabs or control characters")
    return text.strip()


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
