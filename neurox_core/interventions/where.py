"""Positions named by what stands there: words, a regular expression, or a label.

A scope of words means nothing until a text is known. :class:`Where` says it as a value that can be
kept and sent; :func:`placed` turns it into the token positions of one text, so that what is applied
is always an explicit list. A word takes all of its tokens. Words are those of
:mod:`neurox_core.models.tokens`, which are the same for every model.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import regex

from ..errors import InvalidInputError

if TYPE_CHECKING:
    from ..models.tokens import Tokens
    from .intervention import Intervention

Labels = Mapping[str, Sequence[str]]
"""Values of each label, one a word, as ``WordLabels.for_words`` gives them."""
_LONGEST = 200
PATIENCE = 1.0
"""Seconds that a pattern may take for the words of one text."""


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
            regex.compile(self.pattern)
        except regex.error as error:
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
            If a label is asked for that is not known here, or the pattern takes too long.
        """
        wanted = {word.casefold() for word in self.words}
        matching = self._matching(texts)
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
            and (matching is None or i in matching)
            and (column is None or column[i] in values)
        ]

    def _matching(self, texts: Sequence[str]) -> set[int] | None:
        """Words that the whole pattern matches; None if there is none.

        A pattern may come over the network, and one such as ``(a+)+b`` can take for ever.
        """
        if not self.pattern:
            return None
        expression, end = regex.compile(self.pattern), time.monotonic() + PATIENCE
        try:
            return {
                i
                for i, text in enumerate(texts)
                if expression.fullmatch(text, timeout=max(1e-3, end - time.monotonic()))
            }
        except TimeoutError as error:
            raise InvalidInputError(
                f"The pattern {self.pattern!r} takes too long on {' '.join(texts)[:60]!r}; write "
                "it without a repetition inside a repetition."
            ) from error

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
        _of_the_source(one)
        here = one.where.positions(tokens, labels)
        allowed = here if one.positions is None else sorted(set(here) & set(one.positions))
        found.append(replace(one, where=None, positions=tuple(allowed)))
    return found


def anywhere(interventions: Sequence[Intervention]) -> list[Intervention]:
    """The same interventions without ``where``: to check addresses before a text is known.

    Raises what :func:`placed` raises.
    """
    found = []
    for one in interventions:
        if one.where is not None:
            _of_the_source(one)
        found.append(replace(one, where=None))
    return found


def asked_labels(interventions: Sequence[Intervention]) -> list[str]:
    """Labels that some interventions are limited by, each once."""
    names = [i.where.label for i in interventions if i.where is not None and i.where.label]
    return list(dict.fromkeys(names))


def _of_the_source(one: Intervention) -> None:
    """Refuse words of the source for neurons that read something else."""
    if decoder := [n for n in one.neurons if n.startswith("decoder.")]:
        raise InvalidInputError(
            f"where= names words of the source, but {decoder[0]} belongs to the decoder, whose "
            "words are not known before it decodes. Use positions."
        )
