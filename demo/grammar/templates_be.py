"""Sentences with "be" and "have": occupations, qualities, states, places, possession, age, weather,
comparison.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from . import english
from .clauses import Predicate, partitive
from .drafting import NOTHING, Twin, time_for, twin
from .english import en
from .french import fr
from .lexicon_people import NO_JUDGEMENT
from .lexicon_phrases import rows
from .lexicon_things import ORIGINS
from .lexicon_verbs import AVOIR_STATES
from .notation import Pair, tok
from .phrases import (
    FAMILY,
    OCCUPATIONS,
    PROFESSIONS,
    THINGS,
    NounPhrase,
    adjective_en,
    adjective_fr,
    fitting,
    may_own,
    name,
    noun_phrase,
    occupation,
    possessors,
    pronoun,
    subject_from,
    suiting,
)
from .templates_simple import say

_DEGREES = (
    (NOTHING, 55),
    (twin("very", "très"), 25),
    (twin("too", "trop"), 6),
    (twin("really", "vraiment"), 6),
)
COLOURS = {"red", "blue", "green", "white", "black", "yellow", "gray"}
NATIONAL = {
    "French",
    "English",
    "Italian",
    "German",
    "Spanish",
    "American",
    "Japanese",
    "Canadian",
}
_UNGRADED = (
    COLOURS
    | NATIONAL
    | {
        "married",
        "dead",
        "absent",
        "broken",
        "excellent",
        "delicious",
        "empty",
        "alone",
        "late",
        "ready",
        "furious",
        "free",
        "sure",
        "injured",
        "surprised",
    }
)
AVOIR = [(en(a), partitive(b)) for a, b in rows(AVOIR_STATES)]


def definite_subject(r: Random) -> NounPhrase:
    """Draw a person that is known: not "a doctor"."""
    while True:
        subject = subject_from(r)
        if subject.en[0].form != "a":
            return subject


def be_tense(r: Random) -> str:
    """Draw a tense for a state."""
    return r.choices(("present", "past", "future", "past-habitual"), (58, 27, 12, 3))[0]


def be(en_rest: Twin, ce: bool = False) -> Predicate:
    """Make the predicate "be" + words, être + words."""
    return Predicate("be", "être", en_rest.en, en_rest.fr, stative=True, ce=ce)


def profession(r: Random) -> Pair | None:
    """She is a lawyer. My brother was a nurse. They are engineers."""
    subject = subject_from(r)
    if subject.key in OCCUPATIONS or subject.key in {"king", "queen", "prince", "princess"}:
        return None
    number = "s" if subject.person == 2 else subject.number
    key = r.choice(PROFESSIONS + ["student", "teacher", "doctor", "nurse"])
    job = occupation(key, subject.gender, number, "a")
    pred = be(Twin(job.en, job.fr[1:]))
    return say(
        r,
        "profession",
        subject,
        pred,
        be_tense(r),
        ("verb+object", "be", key),
        timed=0,
        adverbs=False,
    )


def judged(r: Random) -> Pair | None:
    """She is a very good doctor. He was not a patient teacher."""
    subject = subject_from(r)
    if (
        subject.key in OCCUPATIONS
        or subject.person != 3
        or subject.key in {"king", "queen", "prince", "princess"}
    ):
        subject = pronoun(r.choice(("he", "she", "she", "he", "they")))
    key = r.choice([o for o in OCCUPATIONS if o not in NO_JUDGEMENT])
    adjective = r.choice(fitting("Q" if r.random() < 0.6 else "QP"))
    if adjective.en in {"tall", "short", "strong", "elegant"}:
        return None
    graded = adjective.en not in _UNGRADED | {"great", "new"} and r.random() < 0.35
    number = "s" if subject.person == 2 else subject.number
    job = occupation(key, subject.gender, number, "a", adjective, "very" if graded else "")
    pred = be(Twin(job.en, job.fr), ce=bool(subject.pronoun))
    combo = ("person+adjective", key, adjective.en)
    return say(r, "judged profession", subject, pred, be_tense(r), combo, timed=0, adverbs=False)


_EXCESS = set(
    "tired young old short tall strict shy lazy careful nervous busy sick serious polite "
    "generous curious long difficult "
    "expensive heavy slow small big cold hot sweet dirty fast modest".split()
)


def degree_of(r: Random, adjective: str) -> Twin:
    """Draw "very", "too" or nothing for an adjective that allows it."""
    if adjective in _UNGRADED:
        return NOTHING
    if adjective not in _EXCESS:
        return r.choice((NOTHING, NOTHING, twin("very", "très")))
    return r.choices([d for d, _ in _DEGREES], [w for _, w in _DEGREES])[0]


def quality(r: Random) -> Pair | None:
    """The nurse is very tired. We were happy. Are you ready?"""
    subject = definite_subject(r)
    state = r.random() < 0.55
    adjective = r.choice(fitting("S" if state else "P"))
    number = "s" if subject.person == 2 else subject.number
    if any(t.form == adjective.en for t in subject.en):
        return None
    degree = degree_of(r, adjective.en)
    words = degree + Twin(adjective_en(adjective), adjective_fr(adjective, subject.gender, number))
    if adjective.invariable:
        words = Twin(adjective_en(adjective), adjective_fr(adjective, subject.gender, number))
        if degree.en and degree.en[0].form != "very":
            words = words if not degree.en else Twin(words.en, words.fr)
    key = subject.key if not subject.pronoun else "person"
    tense = (
        be_tense(r) if state else r.choices(("present", "past", "past-habitual"), (75, 20, 5))[0]
    )
    timed = 0.3 if state and tense != "past-habitual" else 0
    combo = ("person+adjective", key, adjective.en)
    codes = {"present": "n", "past": "p", "future": "f"}.get(tense, "")
    tail = time_for(r, tense, False, codes) if timed and r.random() < timed else NOTHING
    if any(t.form in {"ago"} for t in tail.en):
        tail = NOTHING
    return say(
        r,
        "quality",
        subject,
        be(words),
        tense,
        combo,
        tail=tail,
        timed=0,
        adverbs=False,
        asking=0.15,
    )


def gendered_quality(r: Random) -> Pair | None:
    """The doctor is proud of her son: coreference shows the gender."""
    gender = r.choice("mf")
    key = r.choice(list(OCCUPATIONS))
    marked = "fem" if gender == "f" else "masc"
    subject = replace(occupation(key, gender, "s", r.choice(("the", "the", "this"))), marked=marked)
    own = "her" if gender == "f" else "his"
    adjective_key, english_link, french_link, relatives = r.choice(
        (
            ("proud", "of", "de", True),
            ("satisfied", "with", "de", False),
            ("jealous", "of", "de", True),
        )
    )
    adjective = next(a for a in fitting("S") if a.en == adjective_key)
    if relatives:
        relative = r.choice([f for f in FAMILY if own in possessors(f)])
        french_noun, other_gender = FAMILY[relative]
        other = noun_phrase(relative, french_noun, other_gender, "s", own)
    else:
        thing = THINGS[
            r.choice(
                (
                    "house",
                    "car",
                    "exam",
                    "project",
                    "computer",
                    "office",
                    "garden",
                    "trip",
                    "decision",
                )
            )
        ]
        other = noun_phrase(thing.en, thing.fr, thing.gender, "s", own)
    words = degree_of(r, adjective.en) + Twin(
        adjective_en(adjective), adjective_fr(adjective, gender, "s")
    )
    words = words + Twin(en(english_link) + other.en, fr(french_link) + other.fr)
    combo = ("person+adjective", key, adjective.en)
    return say(r, "coreference", subject, be(words), be_tense(r), combo, timed=0, adverbs=False)


_AGES = "eight ten twelve fifteen eighteen twenty thirty forty fifty sixty".split()
_AGES_FR = "huit dix douze quinze dix-huit vingt trente quarante cinquante soixante".split()


def age(r: Random) -> Pair | None:
    """She is twenty years old."""
    subject = definite_subject(r)
    if subject.plural and not subject.pronoun:
        return None
    i = r.randrange(len(_AGES))
    words = twin(f"{_AGES[i]} years old/ADJ", f"{_AGES_FR[i]} ans")
    pred = Predicate("be", "avoir", words.en, words.fr, stative=True)
    tense = r.choices(("present", "past", "future"), (70, 20, 10))[0]
    young = subject.key in {"boy", "girl", "child", "pupil", "prince", "princess"}
    if young and i > 3 or not young and i < 5 and subject.key in OCCUPATIONS:
        return None
    if (
        subject.key.startswith("grand")
        and i < 8
        or subject.key in FAMILY
        and "in-law" in subject.key
        and i < 7
    ):
        return None
    combo = ("person+adjective", subject.key, f"{_AGES[i]}/NUM.#")
    return say(r, "age", subject, pred, tense, combo, negation=0.1, timed=0, adverbs=False)


def feeling(r: Random) -> Pair | None:
    """I am hungry. The children were not cold."""
    subject = definite_subject(r)
    words_en, words_fr = r.choice(AVOIR)
    negated = fr("de/DET.i chance/NOUN.fs") if words_en[0].form == "lucky" else None
    pred = Predicate("be", "avoir", words_en, words_fr, negated, stative=True)
    combo = ("person+adjective", subject.key, words_en[0].form)
    return say(r, "feeling", subject, pred, be_tense(r), combo, timed=0, adverbs=False, asking=0.18)


def origin(r: Random) -> Pair | None:
    """She comes from Italy. They are from London."""
    subject = definite_subject(r)
    where_en, where_fr = r.choice(rows(ORIGINS))
    place = twin("from " + where_en, "de " + where_fr)
    verb = "come" if r.random() < 0.6 else "be"
    pred = Predicate(verb, "venir", place.en, place.fr)
    combo = ("verb+place", "come from", where_en)
    return say(r, "origin", subject, pred, "present", combo, timed=0, adverbs=False)


def comparison(r: Random) -> Pair | None:
    """Mary is taller than Paul. This car is more expensive than my bicycle."""
    if r.random() < 0.6:
        first, second = definite_subject(r), definite_subject(r)
        if first.key == second.key or second.pronoun:
            return None
        adjective = r.choice([a for a in fitting("PQ") if a.en not in _UNGRADED | {"great", "new"}])
        key = first.key if not first.pronoun else "person"
        kind = "person+adjective"
    else:
        things = [t for t in THINGS.values() if t.kind in "vuwebnora"]
        thing = r.choice(things)
        other = (
            r.choice([t for t in things if t.kind == thing.kind]) if thing.kind in "vnrf" else thing
        )
        if other.en == thing.en and thing.kind in "ab":
            return None
        number = "p" if r.random() < 0.2 else "s"
        det = r.choice(("this", "my", "her", "his"))
        first = noun_phrase(
            thing.en, thing.fr, thing.gender, number, "the" if thing.kind in "ba" else det
        )
        second = noun_phrase(
            other.en,
            other.fr,
            other.gender,
            number,
            "the" if thing.kind in "ba" else r.choice(("their", "your")),
        )
        options = [a for a in suiting(thing) if a.en not in _UNGRADED | {"new", "white"}]
        if not may_own(thing) and thing.kind not in "ab" or not may_own(other):
            return None
        if not options:
            return None
        adjective = r.choice(options)
        key, kind = thing.en, "thing+adjective"
    direction = r.choice(("more", "more", "less", "as"))
    number = "s" if first.person == 2 else first.number
    form = adjective_fr(adjective, first.gender, number)
    word = english.graded(adjective.en, "er")
    base_en = adjective_en(adjective)
    if direction == "more":
        middle = (tok(word, "ADJ.c"),) if word else en("more/ADV.c") + base_en
        french_middle = fr("plus") + form
        if adjective.en == "good":
            french_middle = (
                tok(
                    {"ms": "meilleur", "fs": "meilleure", "mp": "meilleurs", "fp": "meilleures"}[
                        first.gender + number
                    ],
                    f"ADJ.c{first.gender}{number}",
                ),
            )
        words = Twin(middle + en("than") + second.en, french_middle + fr("que") + second.fr)
    elif direction == "less":
        words = Twin(
            en("less/ADV.c") + base_en + en("than") + second.en,
            fr("moins") + form + fr("que") + second.fr,
        )
        if word and adjective.en in {"good", "bad"}:
            return None
    else:
        words = Twin(
            en("as") + base_en + en("as") + second.en, fr("aussi") + form + fr("que") + second.fr
        )
    tense = r.choices(("present", "past"), (85, 15))[0]
    return say(
        r,
        "comparison",
        first,
        be(words),
        tense,
        (kind, key, adjective.en),
        timed=0,
        adverbs=False,
        asking=0.1,
    )


def superlative(r: Random) -> Pair | None:
    """She is the best student in the school. He is the youngest player."""
    subject = pronoun(r.choice(("he", "she"))) if r.random() < 0.6 else name(r)
    key = r.choice(PROFESSIONS)
    adjective = r.choice(
        [a for a in fitting("QP") if a.en not in _UNGRADED | {"great", "new", "bad", "good"}]
    )
    word = english.graded(adjective.en, "est")
    middle = (tok(word, "ADJ.S"),) if word else en("most/ADV.S") + adjective_en(adjective)
    job = occupation(key, subject.gender, "s", "the")
    article, noun = job.fr[:1], job.fr[1:]
    form = adjective_fr(adjective, subject.gender, "s")
    if adjective.position == "B":
        french_side = article + fr("plus") + form + noun
    else:
        french_side = article + noun + article + fr("plus") + form
    place = r.choice(
        (
            twin("in the city/NOUN.s", "de la ville/NOUN.fs"),
            twin("in the country/NOUN.s", "de le pays/NOUN.ms"),
            twin("in the world/NOUN.s", "de le monde/NOUN.ms"),
            twin("in the village/NOUN.s", "de le village/NOUN.ms"),
            twin("in the team/NOUN.s", "de la équipe/NOUN.fs"),
        )
    )
    words = Twin(en("the") + middle + job.en[1:], french_side) + place
    pred = be(words, ce=bool(subject.pronoun))
    return say(
        r,
        "superlative",
        subject,
        pred,
        be_tense(r),
        ("person+adjective", key, adjective.en),
        timed=0,
        adverbs=False,
        negation=0.08,
    )
