"""Sentences in which a property holds: some word of theirs has a label, or they have it themselves.

A property is a label and its value (or several, with ``|`` between them), on the side of the source
or of the reference. It holds in a sentence of which at least one word is annotated so; a label of
whole sentences (a column of the corpus, ``column:NAME`` as wherever labels are named, or the plain
name if no word label has it) holds where the column says it. Sentences that were not annotated do
not have it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ..errors import InvalidInputError, UnknownNameError
from .corpus import Corpus
from .labels import COMPUTED, WordLabels

SIDES = ("source", "reference")
_COLUMN = "column:"


@dataclass(frozen=True)
class Holding:
    """A property of sentences.

    Parameters
    ----------
    label, value : str
        Several values are separated by ``|``.
    side : {"source", "reference"}
        Whose words are looked at.

    Raises
    ------
    InvalidInputError
        If something is missing.
    """

    label: str
    value: str
    side: str = "source"

    def __post_init__(self) -> None:
        if self.side not in SIDES:
            raise InvalidInputError(f"side must be one of {', '.join(SIDES)}, not {self.side!r}.")
        if not self.label or not self.value:
            raise InvalidInputError("A property needs a label and its value.")

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Holding:
        """Read what :meth:`to_dict` wrote."""
        if unknown := set(values) - {"label", "value", "side"}:
            raise InvalidInputError(f"A property has no {sorted(unknown)[0]!r}.")
        return cls(**{name: str(value) for name, value in values.items()})

    def to_dict(self) -> dict[str, str]:
        """Plain values."""
        return asdict(self)

    def check(self, corpus: Corpus) -> None:
        """Raise UnknownNameError if the corpus has no such label."""
        words, columns = self._word_names(corpus), corpus.columns
        if self.label not in words and self.label.removeprefix(_COLUMN) not in columns:
            known = [*words, *(f"{_COLUMN}{name}" for name in columns)]
            raise UnknownNameError(f"label of {self.side} words or sentences", self.label, known)

    def sentences(self, corpus: Corpus) -> list[bool]:
        """Whether it holds, of every sentence.

        Raises
        ------
        UnknownNameError
            If the corpus has no such label.
        """
        self.check(corpus)
        wanted = set(self.value.split("|"))
        labels = self._labels(corpus)
        if labels is None or self.label not in self._word_names(corpus):
            column = corpus.columns[self.label.removeprefix(_COLUMN)]
            return [value in wanted for value in column]
        layer = next(one for one in labels.layers if self.label in one.names)
        return [
            any(token.labels.get(self.label, "") in wanted for token in tokens)
            for tokens in layer.sentences
        ]

    def _labels(self, corpus: Corpus) -> WordLabels | None:
        return corpus.source_labels if self.side == "source" else corpus.reference_labels

    def _word_names(self, corpus: Corpus) -> list[str]:
        """Labels of the annotation; every sentence has a first word, so places say nothing."""
        labels = self._labels(corpus)
        return [] if labels is None else [n for n in labels.names if n not in COMPUTED]
