"""Noun phrases in both languages at once: determiners, adjectives, agreement, pronouns.

A `NounPhrase` carries both surfaces and what the verb and the adjectives must agree with.
``gender`` is the French grammatical gender, ``marked`` the gender that the English text shows
(label ``masc``, ``fem`` or ``none``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from . import english, french, lexicon_adjectives, lexicon_people, lexicon_things
from .english import en
from .lexicon_adjectives import Adjective
from .lexicon_things import Thing
from .notation import Tokens, tok

ADJECTIVES = lexicon_adjectives.adjectives()
THINGS = lexicon_things.things()
OCCUPATIONS = lexicon_people.occupations()
MARKED = lexicon_people.marked()
FAMILY = lexicon_people.family()
PROFESSIONS = [o for o in OCCUPATIONS if o not in lexicon_people.ROLES]

# determiner: English singular, plural, French masculine, feminine, plural, code of the French
_DETERMINERS = {
    "the": ("the/DET.d", "the/DET.d", "le", "la", "les", "d"),
    "a": ("a/DET.i", "", "un", "une", "des", "i"),
    "some": ("a/DET.i", "some/DET", "un", "une", "des", "i"),
    "this": ("this/DET.xs", "these/DET.xp", "ce", "cette", "ces", "x"),
    "that": ("that/DET.xs", "those/DET.xp", "ce", "cette", "ces", "x"),
    "my": ("my/PRON.1so", "my/PRON.1so", "mon", "ma", "mes", "o"),
    "your": ("your/PRON.2o", "your/PRON.2o", "votre", "votre", "vos", "o"),
    "his": ("his/PRON.3mso", "his/PRON.3mso", "son", "sa", "ses", "o"),
    "her": ("her/PRON.3fso", "her/PRON.3fso", "son", "sa", "ses", "o"),
    "our": ("our/PRON.1po", "our/PRON.1po", "notre", "notre", "nos", "o"),
    "their": ("their/PRON.3po", "their/PRON.3po", "leur", "leur", "leurs", "o"),
    "several": ("", "several/DET", "", "", "plusieurs", ""),
    "few": ("", "a_few/DET", "", "", "quelques", ""),
    "every": ("every/DET", "", "chaque", "chaque", "", ""),
}
_NUMBERS = {
    "two": "deux",
    "three": "trois",
    "four": "quatre",
    "five": "cinq",
    "six": "six",
    "ten": "dix",
}
_PRIVATE = set(
    "house apartment garden kitchen bedroom garage roof shop office farm door window".split()
)
_WILD = {
    "lion",
    "elephant",
    "butterfly",
    "mouse",
    "law",
    "language",
    "concert",
    "show",
    "match",
    "bus",
    "train",
    "plane",
}
_SPOUSES = {"husband": ("my", "your", "her"), "wife": ("my", "your", "his")}
POSSESSIVES = ("my", "your", "his", "her", "our", "their")


@dataclass(frozen=True)
class NounPhrase:
    """A noun phrase in both languages.

    ``negated`` is the French direct object of a negated verb ("pas de livre"), if it differs.
    """

    en: Tokens
    fr: Tokens
    person: int = 3
    number: str = "s"
    gender: str = "m"
    marked: str = "none"
    key: str = ""
    pronoun: str = ""
    negated: Tokens | None = None

    @property
    def plural(self) -> bool:
        """Whether English and French treat it as a plural."""
        return self.number == "p"


_PRONOUNS = {
    "I": ("je", 1, "s", "m", "none"),
    "you": ("vous", 2, "s", "m", "none"),
    "he": ("il", 3, "s", "m", "masc"),
    "she": ("elle", 3, "s", "f", "fem"),
    "we": ("nous", 1, "p", "m", "none"),
    "they": ("ils", 3, "p", "m", "none"),
}


def pronoun(name: str) -> NounPhrase:
    """Return a subject pronoun: I, you, he, she, we, they (they is "ils")."""
    fr_form, person, number, gender, marked = _PRONOUNS[name]
    return NounPhrase(en(name), french.fr(fr_form), person, number, gender, marked, name, name)


def anaphor(subject: NounPhrase) -> NounPhrase:
    """Return the pronoun for a subject of known gender ("the women ... they", "elles")."""
    if subject.pronoun:
        return subject
    if subject.plural:
        back = pronoun("they")
        return (
            replace(back, fr=french.fr("elles"), gender="f", marked="fem")
            if subject.gender == "f"
            else back
        )
    return pronoun("she" if subject.gender == "f" else "he")


def it(subject: NounPhrase) -> NounPhrase:
    """Return the pronoun that takes up a thing: it (il or elle), they (ils or elles)."""
    form = ("elle" if subject.gender == "f" else "il") + ("s" if subject.plural else "")
    english_form = "they" if subject.plural else "it"
    return replace(subject, en=en(english_form), fr=french.fr(form), pronoun=english_form)


def adjective_fr(adjective: Adjective, gender: str, number: str) -> Tokens:
    """Return the French adjective agreeing in gender (``m``/``f``) and number (``s``/``p``)."""
    if adjective.invariable:
        noun = adjective.masculine.split()[1]
        return french.fr(f"en {noun}/NOUN.{'fs' if noun == 'colère' else 'ms'}")
    form = adjective.feminine if gender == "f" else adjective.masculine
    if number == "p":
        form = french.plural(form)
    return (tok(form, f"ADJ.{gender}{number}"),)


def adjective_en(adjective: Adjective) -> Tokens:
    """Return the English adjective."""
    return (tok(adjective.en, "ADJ"),)


def _determiner(det: str, gender: str, number: str) -> tuple[Tokens, Tokens]:
    if det in _NUMBERS:
        return en(f"{det}/NUM.#"), french.fr(f"{_NUMBERS[det]}/NUM.#")
    row = _DETERMINERS[det]
    english_det = (
        en(row[1] if number == "p" else row[0]) if (row[1] if number == "p" else row[0]) else ()
    )
    if det == "few":
        english_det = en("a/DET.i few/ADJ")
    form = row[4] if number == "p" else row[3] if gender == "f" else row[2]
    code = row[5] + ("p" if number == "p" else gender + "s")
    return english_det, (tok(form, f"DET.{code}"),)


def noun(english_noun: str, french_noun: str, gender: str, number: str) -> tuple[Tokens, Tokens]:
    """Return a bare noun on both sides; several words are a compound noun."""
    if number == "p":
        english_noun = english.plural(english_noun)
        table = {**lexicon_things.FRENCH_PLURALS, **lexicon_people.FAMILY_PLURALS}
        french_noun = table.get(french_noun) or french.plural(french_noun)
        french_noun = {"beau-père": "beaux-pères", "belle-mère": "belles-mères"}.get(
            french_noun, french_noun
        )
    en_tokens = tuple(
        tok(
            w,
            f"NOUN.{number}"
            if i == english_noun.count(" ")
            else "NOUN.s"
            if w != "comic"
            else "ADJ",
        )
        for i, w in enumerate(english_noun.split())
    )
    words = french_noun.split()
    fr_tokens = [tok(words[0], f"NOUN.{gender}{number}")]
    for w in words[1:]:
        if w.startswith("d'"):
            fr_tokens += [tok("de", "ADP"), tok(w[2:], "NOUN.fs")]
        else:
            fr_tokens.append(
                tok(
                    w,
                    "ADP" if w == "de" else "NOUN.fs" if w == "classe" else f"ADJ.{gender}{number}",
                )
            )
    return en_tokens, tuple(fr_tokens)


def noun_phrase(
    english_noun: str,
    french_noun: str,
    gender: str,
    number: str,
    det: str,
    adjective: Adjective | None = None,
    degree: str = "",
    marked: str = "none",
) -> NounPhrase:
    """Build determiner, adjective and noun.

    Parameters
    ----------
    english_noun, french_noun : str
        Singular nouns.
    gender : {"m", "f"}
    number : {"s", "p"}
    det : str
        A key of the determiner table or an English number.
    adjective : Adjective, optional
    degree : {"", "very"}
    marked : str
        Gender label.
    """
    en_noun, fr_noun = noun(english_noun, french_noun, gender, number)
    en_det, fr_det = _determiner(det, gender, number)
    en_adj: Tokens = ()
    before: Tokens = ()
    after: Tokens = ()
    if adjective:
        en_adj = (en("very") if degree else ()) + adjective_en(adjective)
        fr_adj = (french.fr("très") if degree else ()) + adjective_fr(adjective, gender, number)
        before, after = (fr_adj, ()) if adjective.position == "B" else ((), fr_adj)
    if before and fr_det[0].form == "des":
        fr_det = french.fr("de/DET.ip")
    core = before + fr_noun + after
    negated = french.fr("de/DET.i") + core if fr_det[0].form in {"un", "une", "des", "de"} else None
    key = english_noun
    return NounPhrase(
        en_det + en_adj + en_noun, fr_det + core, 3, number, gender, marked, key, "", negated
    )


def mass_phrase(thing: Thing, det: str) -> NounPhrase:
    """Build a phrase with a mass noun: ``some``, ``bare`` (partitive) or a definite determiner."""
    if det not in {"some", "bare"}:
        return noun_phrase(thing.en, thing.fr, thing.gender, "s", det)
    en_noun, fr_noun = noun(thing.en, thing.fr, thing.gender, "s")
    if french.vowel_sound(fr_noun[0].form):
        partitive = french.fr(f"de le/DET.d{thing.gender}s" if thing.gender == "m" else "de la")
    else:
        partitive = french.fr("de la") if thing.gender == "f" else (tok("du", "DET.ims"),)
    negated = french.fr("de/DET.i") + fr_noun
    en_det = en("some/DET") if det == "some" else ()
    return NounPhrase(
        en_det + en_noun, partitive + fr_noun, 3, "s", thing.gender, "none", thing.en, "", negated
    )


def generic(thing: Thing) -> NounPhrase:
    """Build a phrase about the kind: "coffee", "le café"; "cats", "les chats"."""
    number = "s" if thing.mass else "p"
    phrase = noun_phrase(thing.en, thing.fr, thing.gender, number, "the")
    return replace(phrase, en=phrase.en[1:])


def may_own(thing: Thing) -> bool:
    """Say whether "his" and "her" sound natural with a thing."""
    return not thing.mass and (thing.kind != "b" or thing.en in _PRIVATE) and thing.en not in _WILD


def suits(adjective: Adjective, thing: Thing) -> bool:
    """Say whether an adjective describes a thing sensibly."""
    if adjective.en in lexicon_adjectives.ONLY:
        return (
            thing.en.replace(" ", "_") in lexicon_adjectives.ONLY[adjective.en].split()
            or f"#{thing.kind}" in lexicon_adjectives.ONLY[adjective.en].split()
        )
    return bool(set(thing.kind.replace("W", "w")) & set(adjective.kinds))


def suiting(thing: Thing) -> list[Adjective]:
    """Return the adjectives that describe a thing sensibly."""
    return [a for a in ADJECTIVES.values() if suits(a, thing)]


def fitting(kinds: str) -> list[Adjective]:
    """Return the adjectives that describe any of the given classes."""
    return [a for a in ADJECTIVES.values() if set(kinds) & set(a.kinds)]


def thing_phrase(
    r: Random, thing: Thing, own: str = "", singular: bool = False, adjective: bool = True
) -> NounPhrase:
    """Build a phrase for a thing with a random determiner, number and fitting adjective.

    ``own`` is a possessive to prefer ("his"), ``singular`` forbids the plural.
    """
    if thing.mass:
        return mass_phrase(thing, r.choice(("some", "some", "bare", "the", "this")))
    number = "p" if not singular and r.random() < (1 if thing.kind == "W" else 0.27) else "s"
    public = not thing.mass and not may_own(thing)
    if own and r.random() < 0.6 and not public:
        det = own
    elif number == "s":
        det = r.choices(("the", "a", "this", "that", r.choice(POSSESSIVES)), (35, 35, 10, 5, 15))[0]
    else:
        det = r.choices(
            (
                "the",
                "a",
                "some",
                "this",
                r.choice(POSSESSIVES),
                r.choice(tuple(_NUMBERS)),
                "several",
                "few",
            ),
            (25, 15, 15, 10, 15, 14, 3, 3),
        )[0]
    det = "the" if public and det in POSSESSIVES else det
    options = suiting(thing)
    chosen = r.choice(options) if adjective and options and r.random() < 0.2 else None
    return noun_phrase(thing.en, thing.fr, thing.gender, number, det, chosen)


def name(r: Random) -> NounPhrase:
    """Return a first name, the same in both languages."""
    gender = r.choice("mf")
    form = r.choice(lexicon_people.NAMES[gender])
    word = (tok(form, "PROPN.s"),)
    marked = "fem" if gender == "f" else "masc"
    return NounPhrase(word, (tok(form, f"PROPN.{gender}s"),), 3, "s", gender, marked, form)


def family_member(r: Random, own: str = "") -> NounPhrase:
    """Return a relative with a possessive."""
    relative = r.choice(list(FAMILY))
    french_noun, gender = FAMILY[relative]
    number = "p" if relative not in lexicon_people.ONE_ONLY and r.random() < 0.2 else "s"
    marked = "fem" if gender == "f" else "masc"
    return noun_phrase(
        relative, french_noun, gender, number, own or r.choice(possessors(relative)), marked=marked
    )


def possessors(relative: str) -> tuple[str, ...]:
    """Return the possessives that go with a relative; a husband is hers, a wife his."""
    return _SPOUSES.get(relative, POSSESSIVES)


def occupation(
    key: str,
    gender: str,
    number: str,
    det: str,
    adjective: Adjective | None = None,
    degree: str = "",
    marked: str = "none",
) -> NounPhrase:
    """Return a phrase for an occupation; ``gender`` chooses the French form."""
    masculine, feminine = OCCUPATIONS[key]
    return noun_phrase(
        key,
        feminine if gender == "f" else masculine,
        gender,
        number,
        det,
        adjective,
        degree,
        marked,
    )


def marked_person(r: Random, number: str = "") -> NounPhrase:
    """Return a person whose English noun shows the gender: a woman, the boys, this actress."""
    key = r.choices(list(MARKED), [5, 5, 4, 4, 2, 2, 2, 2, 2, 1, 1, 1, 1])[0]
    french_noun, gender = MARKED[key]
    number = number or ("p" if r.random() < 0.35 else "s")
    det = r.choices(("the", "this", "that", "a"), (70, 17, 6, 7))[0]
    if number == "p" and det == "a":
        det = "the"
    adjective = r.choice(fitting("P")) if r.random() < 0.2 else None
    return noun_phrase(
        key, french_noun, gender, number, det, adjective, marked="fem" if gender == "f" else "masc"
    )


def subject_from(r: Random, keys: tuple[str, ...] = (), pairs: bool = True) -> NounPhrase:
    """Choose a person as the subject; ``keys`` restricts the occupations."""
    roll = r.random()
    if keys and roll >= 0.5:
        return restricted(r, r.choice(keys))
    if roll < 0.47:
        return pronoun(r.choices(list(_PRONOUNS), (17, 12, 24, 24, 12, 13))[0])
    if roll < 0.58:
        return name(r)
    if roll < 0.70:
        return family_member(r)
    if roll < 0.78:
        return marked_person(r)
    if roll < 0.81 and pairs:
        return two_people(r)
    key = r.choice(list(OCCUPATIONS))
    return restricted(r, key)


def restricted(r: Random, key: str) -> NounPhrase:
    """Return a phrase for the given occupation, marked noun or relative."""
    number = "p" if r.random() < 0.33 else "s"
    det = r.choices(("the", "this", "my", "our", "a"), (68, 14, 6, 6, 6))[0]
    if det == "a" and number == "p" or det in {"my", "our"} and key not in lexicon_people.MINE:
        det = "the"
    if key in MARKED:
        french_noun, gender = MARKED[key]
        return noun_phrase(
            key, french_noun, gender, number, det, marked="fem" if gender == "f" else "masc"
        )
    adjective = r.choice(fitting("P")) if r.random() < 0.14 else None
    return occupation(key, "m", number, det, adjective)


def open_gender(subject: NounPhrase) -> bool:
    """Say whether "her" or "she" after the subject would give it a gender that it has not got."""
    alone = not subject.pronoun and not subject.plural and subject.person == 3
    return alone and subject.marked == "none" and subject.key in OCCUPATIONS


def names_owner(tokens: Tokens) -> bool:
    """Say whether English words contain "his" or "her" as a possessive."""
    return any(t.form in {"his", "her"} and t.has("Poss=Yes") for t in tokens)


def confusable(first: NounPhrase, second: NounPhrase) -> bool:
    """Say whether a pronoun would be read as the other person: "the teacher ... she"."""
    for noun, other in ((first, second), (second, first)):
        if open_gender(noun) and names_owner(other.en):
            return True
        if noun.pronoun or other.pronoun not in {"he", "she", "they"}:
            continue
        if other.pronoun == "they" and noun.plural or open_gender(noun):
            return True
    return False


def two_people(r: Random) -> NounPhrase:
    """Return "Mary and Paul", "my brother and Anna"."""
    first = name(r) if r.random() < 0.5 else family_member(r)
    second = name(r)
    while second.key == first.key:
        second = name(r)
    gender = "f" if first.gender == second.gender == "f" else "m"
    marked = {"ff": "fem", "mm": "masc"}.get(first.gender + second.gender, "none")
    joined_en, joined_fr = first.en + en("and") + second.en, first.fr + french.fr("et") + second.fr
    return NounPhrase(joined_en, joined_fr, 3, "p", gender, marked, first.key + "+" + second.key)


def person_object(r: Random) -> NounPhrase:
    """Choose a person as an object: the doctor, her brother, Mary."""
    roll = r.random()
    if roll < 0.2:
        return name(r)
    if roll < 0.45:
        return family_member(r)
    if roll < 0.6:
        return marked_person(r)
    number = "p" if r.random() < 0.3 else "s"
    key = r.choice(list(OCCUPATIONS))
    det = (
        r.choice(("the", "the", "a", "this", "my", "our"))
        if number == "s"
        else r.choice(("the", "these"))
    )
    if det in {"my", "our"} and key not in lexicon_people.MINE:
        det = "the"
    return occupation(key, "m", number, "this" if det == "these" else det)
