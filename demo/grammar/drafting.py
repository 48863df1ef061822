"""What templates share: the loaded tables, times for a tense, labels, punctuation, and the finished
`Pair`.
"""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from . import english, french, lexicon_phrases, lexicon_things, lexicon_verbs
from .english import en
from .french import fr
from .lexicon_things import Thing
from .notation import Combination, Labels, Pair, Tokens, tok
from .phrases import FAMILY, MARKED, OCCUPATIONS, THINGS, NounPhrase


class Twin(NamedTuple):
    """The same words in both languages."""

    en: Tokens
    fr: Tokens

    def __add__(self, other: Twin) -> Twin:  # type: ignore[override]
        """Concatenate on both sides."""
        return Twin(self.en + other.en, self.fr + other.fr)


NOTHING = Twin((), ())


class Place(NamedTuple):
    """A place: being there, and going there."""

    key: str
    where: Twin
    to: Twin


class Time(NamedTuple):
    """A time adverbial and the codes of the tenses that it goes with."""

    words: Twin
    codes: str


def twin(english_phrase: str, french_phrase: str) -> Twin:
    """Annotate both sides."""
    return Twin(en(english_phrase), fr(french_phrase))


def _compound(phrase: str) -> str:
    """Annotate the first part of an English compound as a noun: swimming_pool/NOUN.s."""
    return phrase.replace("swimming_pool/NOUN.s", "swimming/NOUN.s pool/NOUN.s")


def _places() -> list[Place]:
    out = []
    for where, ou, to, vers in lexicon_phrases.rows(lexicon_things.PLACES):
        out.append(Place(where, twin(_compound(where), ou), twin(_compound(to), vers)))
    return out


PLACES = _places()
TIMES = [Time(twin(a, b), c) for a, b, c in lexicon_phrases.rows(lexicon_phrases.TIMES) if c != "-"]
TRANSITIVE = lexicon_verbs.transitive()
INTRANSITIVE = lexicon_verbs.intransitive()
INANIMATE = lexicon_verbs.inanimate()
DITRANSITIVE = lexicon_verbs.ditransitive()
TIME_CODES = {
    "present": "r",
    "present-progressive": "n",
    "past": "p",
    "past-progressive": "q",
    "future": "f",
    "future-near": "f",
    "present-perfect": "c",
}


def choose_tense(
    r: Random, stative: bool = False, habitual: bool = True, brief: bool = False
) -> str:
    """Draw a tense that the verb allows."""
    if stative:
        return r.choices(("present", "past", "future", "past-habitual"), (50, 30, 15, 5))[0]
    weights = {
        "present": 18 if habitual else 3,
        "present-progressive": 0 if brief else 15,
        "past": 24,
        "past-progressive": 0 if brief else 11,
        "past-habitual": 5 if habitual else 0,
        "present-perfect": 7,
        "future": 12,
        "future-near": 6,
        "past-perfect": 2,
        "conditional": 0,
    }
    return r.choices(list(weights), list(weights.values()))[0]


def time_for(r: Random, tense: str, front: bool = False, codes: str = "") -> Twin:
    """Draw a time that goes with a tense; nothing if there is none."""
    code = codes or TIME_CODES.get(tense, "")
    options = [t.words for t in TIMES if code and code in t.codes and (not front or "F" in t.codes)]
    return r.choice(options) if options else NOTHING


def groups(objects: tuple[str, ...]) -> list[str]:
    """Expand ``#x`` classes to the things in them; keep ``@p``; drop nouns that no table knows."""
    out: list[str] = []
    for o in objects:
        if o.startswith("#"):
            out += [t.en for t in THINGS.values() if t.kind == o[1]]
        elif o in THINGS or o == "@p" or o in OCCUPATIONS or o in MARKED or o in FAMILY:
            out.append(o)
    return out


def pick_thing(r: Random, keys: list[str]) -> Thing:
    """Draw a thing."""
    return THINGS[r.choice(keys)]


def finish(words: Twin, mark: str) -> Twin:
    """Add the final mark and make the surface of both sides."""
    end = (tok(mark, "PUNCT"),)
    return Twin(english.finish(words.en + end), french.finish(words.fr + end))


def label(
    template: str,
    subject: NounPhrase | None,
    tense: str = "none",
    negative: bool = False,
    question: str = "no",
) -> Labels:
    """Make the labels of a sentence from its main subject."""
    polarity = "negative" if negative else "affirmative"
    if subject is None:
        return Labels(template, tense, polarity=polarity, question=question)
    number = "none" if subject.person == 2 else "plur" if subject.plural else "sing"
    return Labels(template, tense, number, subject.marked, str(subject.person), polarity, question)


def pair(words: Twin, mark: str, labels: Labels, *combinations: Combination) -> Pair:
    """Finish a draft."""
    done = finish(words, mark)
    return Pair(done.en, done.fr, labels, combinations)


def person_key(subject: NounPhrase) -> str:
    """Name the person and number of a subject, for combinations."""
    return f"{subject.person}{'' if subject.person == 2 else subject.number}"


EST_CE_QUE = fr("est/AUX.P3s -ce/PRON.3xs que")
COMMA = twin(",", ",")
