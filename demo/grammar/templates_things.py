"""What things are like, what there is and where, what the weather and the time are."""

from __future__ import annotations

from random import Random

from . import french
from .clauses import Predicate, clause
from .drafting import EST_CE_QUE, NOTHING, PLACES, Twin, label, pair, time_for, twin
from .english import en
from .french import fr
from .lexicon_phrases import LOCATED, rows
from .notation import Pair, tok
from .phrases import (
    FAMILY,
    THINGS,
    NounPhrase,
    adjective_en,
    adjective_fr,
    fitting,
    it,
    mass_phrase,
    may_own,
    noun_phrase,
    possessors,
    suiting,
)
from .templates_be import COLOURS, NATIONAL, be, definite_subject, degree_of
from .templates_simple import say


def thing_quality(r: Random) -> Pair | None:
    """The car is red. These books were very interesting."""
    thing = r.choice(list(THINGS.values()))
    options = suiting(thing)
    if thing.en in {
        "bank",
        "library",
        "museum",
        "shop",
        "pharmacy",
        "market",
        "restaurant",
        "bakery",
        "door",
        "window",
    }:
        options += fitting("!")
    if not options:
        return None
    adjective = r.choice(options)
    number = "s" if thing.mass else "p" if thing.kind == "W" or r.random() < 0.35 else "s"
    det = r.choice(("the", "the", "this", "my", "his", "her", "our", "their", "your"))
    if not thing.mass and (thing.kind in "bsa" or not may_own(thing)):
        det = r.choice(("the", "the", "this"))
    phrase = noun_phrase(thing.en, thing.fr, thing.gender, number, det)
    words = degree_of(r, adjective.en) + Twin(
        adjective_en(adjective), adjective_fr(adjective, thing.gender, number)
    )
    tense = r.choices(("present", "past", "future"), (70, 25, 5))[0]
    if adjective.en in COLOURS | NATIONAL and tense == "future":
        tense = "present"
    combo = ("thing+adjective", thing.en, adjective.en)
    return say(r, "thing quality", phrase, be(words), tense, combo, timed=0, adverbs=False)


def located(r: Random) -> Pair | None:
    """My mother is at the hospital. We were at home yesterday."""
    subject = definite_subject(r)
    place = r.choice(PLACES)
    tense = r.choices(("present", "past", "future", "present-perfect"), (50, 34, 15, 1))[0]
    if tense == "present-perfect":
        return None
    codes = {"present": "n", "past": "p", "future": "f"}[tense]
    time = time_for(r, tense, False, codes) if r.random() < 0.35 else NOTHING
    if any(t.form == "ago" for t in time.en):
        time = NOTHING
    combo = ("verb+place", "be", place.key)
    return say(
        r, "located", subject, be(place.where), tense, combo, tail=time, timed=0, adverbs=False
    )


def there_is(r: Random) -> Pair | None:
    """There is a book on the table. There were three dogs in the garden."""
    where_en, where_fr, kinds = r.choice([row for row in rows(LOCATED) if row[2] != "-"])
    thing = r.choice(
        [
            t
            for t in THINGS.values()
            if t.kind in kinds and t.en != where_en.split()[-1].split("/")[0]
        ]
    )
    if thing.en in {"ladder", "statue", "elephant", "lion", "cow", "pig", "box", "bag", "wardrobe"}:
        return None
    tense = r.choices(("present", "past", "future"), (60, 32, 8))[0]
    negative, asked = r.random() < 0.12, False
    if not negative:
        asked = r.random() < 0.12
    if thing.mass:
        phrase = mass_phrase(thing, "bare" if negative or asked else "some")
    else:
        number = "p" if r.random() < 0.45 or negative else "s"
        det = r.choice(("two", "three", "several", "some", "four")) if number == "p" else "a"
        det = "a" if number == "p" and (negative or asked) else det
        adjective = r.choice(suiting(thing)) if r.random() < 0.35 and suiting(thing) else None
        phrase = noun_phrase(thing.en, thing.fr, thing.gender, number, det, adjective)
    any_word = (
        en("any")
        if phrase.negated and (negative or asked) and (phrase.plural or thing.mass)
        else ()
    )
    expletive = NounPhrase(en("there"), fr("il"), 3, phrase.number, "m", key="there")
    english_side, _ = clause(
        expletive,
        Predicate("be", "être"),
        tense,
        negative=negative,
        asked=asked,
        short=r.random() < 0.5,
    )
    kind = {"present": "present", "past": "imperfect", "future": "future"}[tense]
    verb = french.verb("avoir", kind, 3, False)
    object_fr = phrase.negated if negative and phrase.negated else phrase.fr
    french_side = (
        fr("il")
        + (fr("ne") if negative else ())
        + fr("y")
        + (verb,)
        + (fr("pas") if negative else ())
    )
    words = Twin(english_side + any_word + phrase.en, french_side + object_fr) + twin(
        where_en, where_fr
    )
    if asked:
        words = Twin(words.en, EST_CE_QUE + words.fr)
    labels = label("there is", phrase, tense, negative, "yes-no" if asked else "no")
    return pair(
        words, "?" if asked else ".", labels, ("verb+place", "there " + phrase.key, where_en)
    )


def weather(r: Random) -> Pair | None:
    """It is raining. It was cold yesterday. It will snow tomorrow."""
    subject = NounPhrase(en("it"), fr("il"), key="it", pronoun="it")
    verb_en, verb_fr = r.choice(
        (
            ("rain", "pleuvoir"),
            ("snow", "neiger"),
            ("cold", "froid"),
            ("hot", "chaud"),
            ("late", "tard"),
            ("early", "tôt"),
        )
    )
    place = r.choice([p for p in PLACES if "/PROPN" in p.key or "mountain" in p.key])
    tail = place.where if r.random() < 0.5 and verb_en not in {"late", "early"} else NOTHING
    combo = ("verb+place", verb_en, place.key) if tail.en else ("phrase", verb_en)
    if verb_en in {"rain", "snow"}:
        tense = r.choice(
            ("present-progressive", "past", "future", "past-progressive", "future-near")
        )
        return say(
            r,
            "weather",
            subject,
            Predicate(verb_en, verb_fr),
            tense,
            combo,
            tail=tail,
            timed=0.6,
            adverbs=False,
        )
    if verb_en in {"late", "early"}:
        pred = Predicate("be", "être", en(verb_en), fr(verb_fr), stative=True)
        return say(
            r,
            "weather",
            subject,
            pred,
            r.choice(("present", "past")),
            combo,
            timed=0,
            adverbs=False,
        )
    tense = r.choice(("present", "past", "future"))
    pred = Predicate("be", "faire", (tok(verb_en, "ADJ"),), fr(f"{verb_fr}/ADJ.ms"), stative=True)
    codes = {"present": "n", "past": "p", "future": "f"}[tense]
    time = time_for(r, tense, False, codes) if r.random() < 0.5 else NOTHING
    if any(t.form == "ago" for t in time.en):
        return None
    return say(r, "weather", subject, pred, tense, combo, tail=tail + time, timed=0, adverbs=False)


_HOURS = "one two three four five six seven eight nine ten eleven".split()
_HOURS_FR = "une/NUM.f# deux trois quatre cinq six sept huit neuf dix onze".split()


def clock(r: Random) -> Pair | None:
    """It is three o'clock. It is not ten o'clock in the morning."""
    i = r.randrange(len(_HOURS))
    subject = NounPhrase(en("it"), fr("il"), key="it", pronoun="it")
    part = r.choice(
        (
            NOTHING,
            NOTHING,
            twin("in the morning", "de le matin"),
            twin("in the evening", "de le soir"),
        )
    )
    if part.en and (
        part.fr[-1].form == "soir" and not 5 <= i <= 10 or part.fr[-1].form == "matin" and i < 0
    ):
        part = NOTHING
    prefix = r.choice((NOTHING, NOTHING, twin("already", "déjà"), twin("almost", "presque")))
    heures = "heure/NOUN.fs" if i == 0 else "heures/NOUN.fp"
    words = prefix + twin(f"{_HOURS[i]}/NUM.# o'clock", f"{_HOURS_FR[i]} {heures}") + part
    tense = r.choice(("present", "past"))
    return say(r, "clock", subject, be(words), tense, ("phrase", _HOURS[i]), timed=0, adverbs=False)


def presenting(r: Random) -> Pair | None:
    """This is my brother. These are her shoes. It is a good book."""
    if r.random() < 0.45:
        relative = r.choice(list(FAMILY))
        french_noun, gender = FAMILY[relative]
        phrase = noun_phrase(
            relative,
            french_noun,
            gender,
            "s",
            r.choice(possessors(relative)),
            marked="fem" if gender == "f" else "masc",
        )
    else:
        thing = r.choice([t for t in THINGS.values() if not t.mass])
        number = "p" if r.random() < 0.3 else "s"
        adjective = r.choice(suiting(thing)) if r.random() < 0.5 and suiting(thing) else None
        det = r.choice(
            ("a", "a", "my", "her", "his", "our", "their", "your") if may_own(thing) else ("a",)
        )
        phrase = noun_phrase(thing.en, thing.fr, thing.gender, number, det, adjective)
    forms = ("these/PRON.xp", "they") if phrase.plural else ("this/PRON.xs", "it", "that/PRON.xs")
    form = r.choice(forms[:1] if phrase.marked != "none" else forms)
    subject = NounPhrase(
        en(form),
        fr("ce/PRON.3xs"),
        3,
        phrase.number,
        phrase.gender,
        phrase.marked,
        form,
        form.split("/")[0],
    )
    tense = r.choices(("present", "past"), (85, 15))[0]
    combo = ("verb+object", "this is", phrase.key)
    return say(
        r,
        "presenting",
        subject,
        be(Twin(phrase.en, phrase.fr), ce=True),
        tense,
        combo,
        timed=0,
        adverbs=False,
    )


def belonging(r: Random) -> Pair | None:
    """The car is new but it is dirty: "it" takes the gender of the thing."""
    thing = r.choice([t for t in THINGS.values() if t.kind in "vuweborW"])
    options = [a for a in suiting(thing) if a.en not in NATIONAL]
    if not options:
        return None
    first, second = r.choice(options), r.choice(options)
    clash = {
        ("big", "small"),
        ("new", "old"),
        ("heavy", "light"),
        ("clean", "dirty"),
        ("fast", "slow"),
    }
    colours = first.en in COLOURS and second.en in COLOURS
    good = {
        "good",
        "beautiful",
        "pretty",
        "new",
        "comfortable",
        "modern",
        "interesting",
        "useful",
        "elegant",
        "clean",
        "excellent",
        "fast",
        "famous",
        "funny",
    }
    bad = {
        "bad",
        "old",
        "expensive",
        "heavy",
        "broken",
        "dirty",
        "boring",
        "difficult",
        "slow",
        "small",
        "long",
        "empty",
        "strange",
    }
    if first.en == second.en or colours or any({first.en, second.en} == set(c) for c in clash):
        return None
    if first.en in good and second.en in bad or first.en in bad and second.en in good:
        link = twin("but", "mais")
    elif first.en in good and second.en in good or first.en in bad and second.en in bad:
        link = twin("and", "et")
    else:
        return None
    if len(options) < 2:
        return None
    number = "p" if thing.kind == "W" or r.random() < 0.3 else "s"
    det = r.choice(
        ("the", "this", "my", "her", "his", "our") if may_own(thing) else ("the", "this")
    )
    phrase = noun_phrase(thing.en, thing.fr, thing.gender, number, det)
    tense = r.choices(("present", "past"), (80, 20))[0]
    parts = []
    for subject, adjective in ((phrase, first), (it(phrase), second)):
        words = Twin(adjective_en(adjective), adjective_fr(adjective, thing.gender, number))
        parts.append(Twin(*clause(subject, be(words), tense)))
    words = parts[0] + link + parts[1]
    combos = (("thing+adjective", thing.en, first.en), ("thing+adjective", thing.en, second.en))
    return pair(words, ".", label("two qualities", phrase, tense), *combos)
