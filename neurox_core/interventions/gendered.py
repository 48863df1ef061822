"""Grammatical gender as a sentence shows it: of the noun that it begins with, and of pronouns.

In French, Spanish, Italian, Portuguese and German the determiner says the gender of a noun. Where
it does not (``l'``, ``mon`` before a vowel), the noun's own ending is read, if the two genders
differ in it; else the gender is unknown. No aligner or tagger is needed as long as the noun is the
subject and comes first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Grammar:
    """Forms of a language by gender: determiners, endings of nouns, and pronouns."""

    masculine: str
    feminine: str
    masculine_endings: tuple[str, ...]
    feminine_endings: tuple[str, ...]
    he: str
    she: str


GRAMMARS = {
    "fr": Grammar(
        "le un ce cet", "la une cette ma",
        ("eur", "ien", "ier", "ent", "ant", "eux", "in"),
        ("euse", "trice", "ienne", "ière", "ente", "ante", "esse", "ine"), "il", "elle",
    ),
    "es": Grammar(
        "el un este ese aquel", "la una esta esa aquella", ("ero", "or", "ano", "ico"),
        ("era", "ora", "ana", "ica", "iz"), "él", "ella",
    ),
    "it": Grammar(
        "il lo un uno questo quel", "la una questa quella", ("iere", "tore", "ato", "ico"),
        ("iera", "trice", "essa", "ata", "ica"), "lui|egli", "lei|ella",
    ),
    "pt": Grammar(
        "o um este esse", "a uma esta essa", ("eiro", "or", "ado", "ico"),
        ("eira", "ora", "ada", "ica"), "ele", "ela",
    ),
    "de": Grammar(
        "der ein dieser", "die eine diese", ("er", "ent", "ist"), ("in",), "er", "sie",
    ),
}  # fmt: skip
"""Languages that can be read."""
_VOWELS = "aeiouyhàâéèêëîïôûœæ"


def grammar_of(language: str) -> Grammar | None:
    """The grammar of a language code such as ``fr`` or ``fr_FR``, if there is one."""
    return GRAMMARS.get(re.split(r"[-_]", language.lower())[0][:2])


def noun_gender(text: str, language: str = "fr") -> str:
    """Gender of the noun that a sentence begins with: ``m``, ``f`` or ``unknown``.

    Examples
    --------
    >>> noun_gender("La coiffeuse est partie."), noun_gender("L'infirmier est parti.")
    ('f', 'm')
    """
    grammar = grammar_of(language)
    words = re.findall(r"[\w-]+['\u2019]?", text.strip()[:60].lower())
    if grammar is None or not words:
        return "unknown"
    first, second = words[0], words[1] if len(words) > 1 else ""
    if first in grammar.feminine.split():
        return "f"
    if first in grammar.masculine.split():
        return "m"
    if first == "mon" and grammar is GRAMMARS["fr"] and not second.startswith(tuple(_VOWELS)):
        return "m"
    if second.endswith(grammar.feminine_endings):
        return "f"
    return "m" if second.endswith(grammar.masculine_endings) else "unknown"


def has_pronoun(texts: Sequence[str], gender: str, language: str = "fr") -> list[bool]:
    """Which texts hold the pronoun for ``m`` or ``f``."""
    grammar = grammar_of(language)
    if grammar is None:
        return [False] * len(texts)
    forms = grammar.he if gender == "m" else grammar.she
    pattern = re.compile(rf"\b(?:{forms})\b", re.IGNORECASE)
    return [bool(pattern.search(text)) for text in texts]


_ENGLISH = {"m": "he him his himself", "f": "she her hers herself"}
_DETERMINERS = "the a an my our your this that"


def english_gender(text: str) -> str | None:
    """The gender that the pronouns of an English sentence say; None for none, or both.

    Examples
    --------
    >>> english_gender("The doctor said that she was late."), english_gender("The doctor left.")
    ('f', None)
    """
    words = set(re.findall(r"[a-z]+", text.lower()))
    found = [gender for gender, forms in _ENGLISH.items() if words & set(forms.split())]
    return found[0] if len(found) == 1 else None


def english_subject(text: str) -> str:
    """The noun that an English sentence begins with, as far as that can be seen without a parser.

    Examples
    --------
    >>> english_subject("The doctor said that she was late.")
    'doctor'
    """
    words = re.findall(r"[a-z-]+", text.lower())
    return next((w for w in words if w not in _DETERMINERS.split()), "")
