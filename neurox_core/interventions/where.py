"""Positions named by what stands there: words, a regular expression, or a label.

A scope of words means nothing until a text is known. :class:`Where` says it as a value that can be
kept and sent. For neurons of the stack that reads the source, :func:`placed` turns it into the
token positions of one text: an explicit list, in which a word takes all of its tokens. For neurons
of a translation model's decoder it stays a condition on the word that was just written, which
:mod:`.written` defines; there a label stands for the forms that have it in the corpus, as for any
text that nobody annotated. Words are those of :mod:`neurox_core.models.tokens`, which are the same
for every model.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import regex

from ..errors import InvalidInputError

if TYPE_CHECKING:
    from ..models.tokens import Tokens
    from .intervention import Intervention

Labels = Mapping[str, Sequence[str]]
"""Values of each label, one a word, as ``WordLabels.for_words`` gives them."""
Forms = Callable[[str, str], Sequence[str]]
"""Word forms of a label (first) and its value (second), values that may be several with ``|``."""
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
            raise InvalidInputError("The place names no words: give words, a pattern or a label.")
        if bool(self.label) != bool(self.value):
            raise InvalidInputError("A place needs a label and its value together.")
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
            raise InvalidInputError(
                "A place (where) has words, pattern, label and value, but no "
                f"{sorted(unknown)[0]!r}."
            )
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
    interventions: Sequence[Intervention],
    tokens: Tokens,
    labels: Labels | None = None,
    forms: Forms | None = None,
    stack: str = "encoder",
) -> list[Intervention]:
    """The same interventions with every ``where`` made ready for one source text.

    Neurons that read the source get positions. Those that read what is written keep the condition,
    its label replaced by words; an intervention on both kinds becomes one of each.

    Parameters
    ----------
    tokens : Tokens
        The source.
    labels : Labels, optional
        Of the source's words.
    forms : callable, optional
        Forms of labels of the language that is written.
    stack : str
        The one that reads the source: a model's ``source_stack``.

    Raises
    ------
    InvalidInputError
        If a label is asked for that is not known.
    """
    found = []
    for one in interventions:
        if one.where is None:
            found.append(one)
            continue
        reading, writing = _sides(one, stack)
        if reading:
            here = one.where.positions(tokens, labels)
            allowed = here if one.positions is None else sorted(set(here) & set(one.positions))
            found.append(replace(one, neurons=reading, where=None, positions=tuple(allowed)))
        if writing:
            said = _spelt(one.where, forms)
            if said is None:
                found.append(replace(one, neurons=writing, where=None, positions=()))
            elif said is one.where and not reading:
                found.append(one)
            else:
                found.append(replace(one, neurons=writing, where=said))
    return found


def anywhere(interventions: Sequence[Intervention]) -> list[Intervention]:
    """The same interventions without ``where``: to check addresses before a text is known."""
    return [i if i.where is None else replace(i, where=None) for i in interventions]


def asked_labels(interventions: Sequence[Intervention], stack: str = "encoder") -> list[str]:
    """Labels of source words that some interventions are limited by, each once."""
    names = [i.where.label for i in interventions if i.where is not None and _sides(i, stack)[0]]
    return list(dict.fromkeys(name for name in names if name))


def asked_forms(interventions: Sequence[Intervention], stack: str = "encoder") -> list[str]:
    """Labels of written words that some interventions are limited by, each once."""
    names = [i.where.label for i in interventions if i.where is not None and _sides(i, stack)[1]]
    return list(dict.fromkeys(name for name in names if name))


def _sides(one: Intervention, stack: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Neurons of the stack that reads the source, and the others."""
    reading = tuple(n for n in one.neurons if n.startswith(f"{stack}."))
    return reading, tuple(n for n in one.neurons if not n.startswith(f"{stack}."))


def _spelt(where: Where, forms: Forms | None) -> Where | None:
    """A condition without a label, which output has none of; None if no word can meet it."""
    if not where.label:
        return where
    if forms is None:
        raise InvalidInputError(
            f"Output words with the label {where.label!r} were asked for, but no labels of the "
            "language that is written are known here. Use a corpus whose references have labels, "
            "or words or a pattern."
        )
    having = {form.casefold() for form in forms(where.label, where.value)}
    if where.words:
        having &= {word.casefold() for word in where.words}
    return Where(tuple(sorted(having)), where.pattern) if having else None
