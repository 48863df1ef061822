"""Tokens, and the short notation in which the tables write them.

A phrase is written as words separated by spaces, each ``form``, ``form/UPOS`` or
``form/UPOS.codes``. Bare words are looked up in the closed-class dictionary of their language, so
only open-class words need their annotation in the tables. A code is one character and stands for
Universal Dependencies features, see `CODES`. French is written uncontracted and unelided ("à le
hôpital"): `french.finish` makes the surface.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

CODES: dict[str, dict[str, str]] = {
    "m": {"Gender": "Masc"},
    "f": {"Gender": "Fem"},
    "t": {"Gender": "Neut"},
    "s": {"Number": "Sing"},
    "p": {"Number": "Plur"},
    "1": {"Person": "1"},
    "2": {"Person": "2"},
    "3": {"Person": "3"},
    "P": {"Mood": "Ind", "Tense": "Pres", "VerbForm": "Fin"},
    "T": {"Mood": "Ind", "Tense": "Past", "VerbForm": "Fin"},
    "I": {"Mood": "Ind", "Tense": "Imp", "VerbForm": "Fin"},
    "F": {"Mood": "Ind", "Tense": "Fut", "VerbForm": "Fin"},
    "C": {"Mood": "Cnd", "Tense": "Pres", "VerbForm": "Fin"},
    "M": {"Mood": "Imp", "VerbForm": "Fin"},
    "N": {"VerbForm": "Inf"},
    "A": {"VerbForm": "Fin"},
    "K": {"Tense": "Past", "VerbForm": "Part"},
    "G": {"Tense": "Pres", "VerbForm": "Part"},
    "d": {"Definite": "Def", "PronType": "Art"},
    "i": {"Definite": "Ind", "PronType": "Art"},
    "x": {"PronType": "Dem"},
    "r": {"PronType": "Prs"},
    "o": {"Poss": "Yes", "PronType": "Prs"},
    "z": {"PronType": "Prs", "Reflex": "Yes"},
    "q": {"PronType": "Int"},
    "l": {"PronType": "Rel"},
    "n": {"Polarity": "Neg"},
    "c": {"Degree": "Cmp"},
    "S": {"Degree": "Sup"},
    "#": {"NumType": "Card"},
    "O": {"NumType": "Ord"},
    "y": {"Case": "Nom"},
    "a": {"Case": "Acc"},
}


class Token(NamedTuple):
    """One syntactic word of a sentence.

    Attributes
    ----------
    form : str
        The word as written.
    upos : str
        Universal part of speech.
    feats : str
        Universal features, ``Name=Value`` joined by ``|`` in alphabetical order, or ``_``.
    space_after : bool
        Whether a space follows in the text.
    """

    form: str
    upos: str
    feats: str = "_"
    space_after: bool = True

    def has(self, feature: str) -> bool:
        """Say whether the token carries ``Name=Value``."""
        return feature in self.feats.split("|")


Tokens = tuple[Token, ...]


@dataclass(frozen=True)
class Labels:
    """What a sentence says, as labels; every value ``none`` where it does not apply.

    ``tense`` is the English tense and aspect; what stands before the hyphen is the coarse tense.
    ``gender`` is the gender of the subject as far as the *English* text marks it. ``number`` is
    ``none`` for "you", which English leaves open.
    """

    template: str
    tense: str = "none"
    number: str = "none"
    gender: str = "none"
    person: str = "none"
    polarity: str = "affirmative"
    question: str = "no"

    def row(self) -> tuple[str, ...]:
        """Give the values in the order of the TSV columns."""
        return (
            self.template,
            self.tense,
            self.number,
            self.gender,
            self.person,
            self.polarity,
            self.question,
        )


Combination = tuple[str, ...]


@dataclass(frozen=True)
class Pair:
    """A sentence, its translation, its labels, and the word combinations it contains."""

    english: Tokens
    french: Tokens
    labels: Labels
    combinations: tuple[Combination, ...] = field(default=())

    @property
    def source(self) -> str:
        """Return the English text."""
        return text(self.english)

    @property
    def reference(self) -> str:
        """Return the French text."""
        return text(self.french)


def text(tokens: Tokens) -> str:
    """Join tokens to plain text."""
    return "".join(t.form + (" " if t.space_after else "") for t in tokens).rstrip()


def feats(codes: str) -> str:
    """Spell out feature codes, e.g. ``fs`` to ``Gender=Fem|Number=Sing``."""
    named: dict[str, str] = {}
    for code in codes:
        named.update(CODES[code])
    return "|".join(f"{k}={v}" for k, v in sorted(named.items())) or "_"


def tok(form: str, tag: str) -> Token:
    """Make a token from a form and ``UPOS`` or ``UPOS.codes``."""
    upos, _, codes = tag.partition(".")
    return Token(form, upos, feats(codes))


def annotate(phrase: str, closed: dict[str, str]) -> Tokens:
    """Read a phrase in the notation described above.

    Raises
    ------
    KeyError
        If a word has no annotation and is not in ``closed``.
    """
    out = []
    for word in phrase.split():
        form, _, tag = word.rpartition("/")
        if not form:
            form, tag = word, closed[word] if word in closed else closed[word.lower()]
        out.append(tok(form.replace("_", " "), tag))
    return tuple(out)
