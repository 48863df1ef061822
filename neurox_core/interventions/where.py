"""Positions named by what stands there: words, a regular expression, or a label.

A scope of words means nothing until a text is known. :class:`Where` says it as a value that can be
kept and sent; :func:`placed` turns it into the token positions of one text, so that what is applied
is always an explicit list. A word takes all of its tokens. Words are those of
:mod:`neurox_core.models.tokens`, which are the same for every model.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..errors import InvalidInputError

if TYPE_CHECKING:
    from ..models.tokens import Tokens
    from .intervention import Intervention

Labels = Mapping[str, Sequence[str]]
"""Values of each label, one a word, as ``WordLabels.for_words`` gives them."""
_LONGEST = 200


@dataclass(frozen=True)
class Where:
    """Words that an intervention is limited to; every condition that is given has to hold.

    Parameters
    ----------
    words : sequence of str
        The word is one of these, whatever its case.
    pattern : str
        A regular expression matches the whole word.
    label, value : str
        The word's label has this value; several values are separated by ``|``.

    Raises
    ------
    InvalidInputError
        If nothing is said, or the expression cannot be compiled.

    Examples
    --------
    >>> Where(label="Tense", value="Past").to_dict()
    {'label': 'Tense', 'value': 'Past'}
    """

    words: tuple[str, ...] = ()
    pattern: str = ""
    label: str = ""
    value: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", tuple(self.words))
        if not (self.words or self.pattern or self.label):
            raise InvalidInputError("where= names no words: give words, a pattern or a label.")
        if bool(self.label) != bool(self.value):
            raise InvalidInputError("where= needs a label and its value together.")
        if len(self.pattern) > _LONGEST:
            raise InvalidInputError(f"A pattern may have {_LONGEST} characters at most.")
        try:
            re.compile(self.pattern)
        except re.error as error:
            raise InvalidInputError(
                f"{self.pattern!r} is not a regular expression: {error}."
            ) from error

    def to_dict(self) -> dict[str, Any]:
        """Plain values of what is said."""
        found: dict[str, Any] = {"words": list(self.words)} if self.words else {}
        return found | {
            name: getattr(self, name)
            for name in ("pattern", "label", "value")
            if getattr(self, name)
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Where:
        """Read what :meth:`to_dict` wrote."""
        if unknown := set(values) - {"words", "pattern", "label", "value"}:
            raise InvalidInputError(f"where= has no {sorted(unknown)[0]!r}.")
        return cls(**values)

    def indices(self, texts: Sequence[str], labels: Labels | None = None) -> list[int]:
        """Which words are meant.

        Raises
        ------
        InvalidInputError
            If a label is asked for that is not known here.
        """
        wanted = {word.casefold() for word in self.words}
        expression = re.compile(self.pattern) if self.pattern else None
        column: Sequence[str] | None = None
        if self.label:
            column = (labels or {}).get(self.label)
            if column is None:
                known = ", ".join(labels) if labels else "none"
                raise InvalidInputError(
                    f"Words with the label {self.label!r} were asked for, but the labels known of "
                    f"this text are: {known}. Use a corpus with labels, or a pattern."
                )
        values = self.value.split("|")
        return [
            i
            for i, text in enumerate(texts)
            if (not wanted or text.casefold() in wanted)
            and (expression is None or expression.fullmatch(text))
            and (column is None or column[i] in values)
        ]

    def positions(self, tokens: Tokens, labels: Labels | None = None) -> list[int]:
        """Tokens of the words that are meant."""
        chosen = set(self.indices(tokens.word_texts, labels))
        return [at for at, word in enumerate(tokens.word_ids) if word in chosen]


def placed(
    interventions: Sequence[Intervention], tokens: Tokens, labels: Labels | None = None
) -> list[Intervention]:
    """The same interventions with every ``where`` replaced by positions of one source text.

    Raises
    ------
    InvalidInputError
        If ``where`` limits a neuron of the decoder: its words are not known before it decodes.
    """
    found = []
    for one in interventions:
        if one.where is None:
            found.append(one)
            continue
        if decoder := [n for n in one.neurons if n.startswith("decoder.")]:
            raise InvalidInputError(
                f"where= names words of the source, but {decoder[0]} belongs to the decoder, whose "
                "words are not known before it decodes. Use positions."
            )
        here = one.where.positions(tokens, labels)
        allowed = here if one.positions is None else sorted(set(here) & set(one.positions))
        found.append(replace(one, where=None, positions=tuple(allowed)))
    return found
