"""What can be said of a model without loading it.

Loading a Transformer's library takes seconds, and a page that lists four models needs only their
names, layers and sizes. A model's folder may hold ``card.json`` with these facts; it is believed
only while the fingerprint of the files that it names still agrees.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from .base import TranslationModel
from .fingerprint import fingerprint_files
from .sites import parameters_of

FILE = "card.json"
""":mod:`.huggingface` leaves this file out of its fingerprint by name."""


@dataclass(frozen=True)
class ModelCard:
    """A model's facts.

    Attributes
    ----------
    family, source_language, target_language, fingerprint : str
    parameters : int
        Distinct weights.
    max_tokens : int
    sites : dict of str to int
        Layer addresses and widths.
    files : list of str
        What the fingerprint is taken from.
    task : str
        What the model is for, see :class:`.base.TranslationModel`.
    """

    family: str
    source_language: str
    target_language: str
    fingerprint: str
    parameters: int
    max_tokens: int
    sites: dict[str, int]
    files: list[str] = field(default_factory=list)
    task: str = "translation"

    @classmethod
    def of(cls, model: TranslationModel) -> ModelCard:
        """The card of a loaded model."""
        return cls(
            model.family, model.source_language, model.target_language, model.fingerprint,
            parameters_of(model.module), model.max_tokens, dict(model.sites),
            list(model.fingerprinted), model.task,
        )  # fmt: skip

    def write(self, folder: Path) -> None:
        """Put the card into the model's folder."""
        text = json.dumps(asdict(self), indent=1)
        (folder / FILE).write_text(text + "\n", encoding="utf-8")


def read_card(folder: Path) -> ModelCard | None:
    """The card of a model's folder; None if there is none, or if the model has changed since."""
    try:
        card = ModelCard(**json.loads((folder / FILE).read_text(encoding="utf-8")))
        current = fingerprint_files(folder, card.files)
    except (OSError, ValueError, TypeError):
        return None
    return card if card.files and current == card.fingerprint else None
