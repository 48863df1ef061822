"""Sentences with "be" and "have": occupations, qualities, states, places, possession, age, weather, comparison."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from . import english
from . import french
from .clauses import Predicate
from .clauses import clause
from .clauses import partitive
from .drafting import EST_CE_QUE
from .drafting import NOTHING
from .drafting import PLACES
from .drafting import Twin
from .drafting import label
from .drafting import pair
from .drafting import time_for
from .drafting import twin
from .english import en
from .french import fr
from .lexicon_people import NO_JUDGEMENT
from .lexicon_phrases import LOCATED
from .lexicon_phrases import rows
from .lexicon_things import ORIGINS
from .lexicon_verbs import AVOIR_STATES
from .notation import Pair
from .notation import tok
from .phrases import FAMILY
from .phrases import OCCUPATIONS
from .phrases import PROFESSIONS
from .phrases import THINGS
from .phrases import NounPhrase
from .phrases import adjective_en
from .phrases import adjective_fr
from .phrases import fitting
from .phrases import it
from .phrases import mass_phrase
from .phrases import name
from .phrases import noun_phrase
from .phrases import occupation
from .phrases import pronoun
from .phrases import subject_from
from .phrases import suiting
from .templates_simple import say

_DEGREES = ((NOTHING, 55), (twin("very", "très"), 25), (twin("too", "trop"), 6), (twin("really", "vraiment"), 6))
_COLOURS = {"red", "blue", "green", "white", "black", "yellow", "gray"}
_NATIONAL = {"French", "English", "Italian", "German", "Spanish", "American", "Japanese", "Canadian"}
_UNGRADED = _COLOURS | _NATIONAL | {
    "married", "dead", "absent", "broken", "excellent", "delicious", "empty", "alone", "late", "ready", "furious", "free", "sure",
}
AVOIR = [(en(a), partitive(b)) for a, b in rows(AVOIR_STATES)]


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
    return say(r, "profession", subject, pred, be_tense(r), ("verb+object", "be", key), timed=0, adverbs=False)


def judged(r: Random) -> Pair | None:
    """She is a very good doctor. He was not a patient teacher."""
    subject = subject_from(r)
    if subject.key in OCCUPATIONS or subject.person != 3 or subject.key in {"king", "queen", "prince", "princess"}:
        subject = pronoun(r.choice(("he", "she", "she", "he", "they")))
    key = r.choice([o for o in OCCUPATIONS if o not in NO_JUDGEMENT])
    adjective = r.choice(fitting("Q" if r.random() < 0.6 else "QP"))
    if adjective.en == "tall" or adjective.en == "short":
        return None
    graded = adjective.en not in _UNGRADED | {"great"} and r.random() < 0.35
    number = "s" if subject.person == 2 else subject.number
    job = occupation(key, subject.gender, number, "a", adjective, "very" if graded else "")
    pred = be(Twin(job.en, job.fr), ce=bool(subject.pronoun))
    combo = ("person+adjective", key, adjective.en)
    return say(r, "judged profession", subject, pred, be_tense(r), combo, timed=0, adverbs=False)


def _degree(r: Random, adjective: str) -> Twin:
    if adjective in _UNGRADED:
        return NOTHING
    return r.choices([d for d, _ in _DEGREES], [w for _, w in _DEGREES])[0]


def quality(r: Random) -> Pair | None:
    """The nurse is very tired. We were happy. Are you ready?"""
    subject = subject_from(r)
    state = r.random() < 0.55
    adjective = r.choice(fitting("S" if state else "P"))
    number = "s" if subject.person == 2 else subject.number
    if any(t.form == adjective.en for t in subject.en):
        return None
    degree = _degree(r, adjective.en)
    words = degree + Twin(adjective_en(adjective), adjective_fr(adjective, subject.gender, number))
    if adjective.invariable:
        words = Twin(adjective_en(adjective), adjective_fr(adjective, subject.gender, number))
        if degree.en and degree.en[0].form != "very":
            words = words if not degree.en else Twin(words.en, words.fr)
    key = subject.key if not subject.pronoun else "person"
    tense = be_tense(r) if state else r.choices(("present", "past", "past-habitual"), (75, 20, 5))[0]
    timed = 0.3 if state and tense != "past-habitual" else 0
    combo = ("person+adjective", key, adjective.en)
    codes = {"present": "n", "past": "p", "future": "f"}.get(tense, "")
    tail = time_for(r, tense, False, codes) if timed and r.random() < timed else NOTHING
    if any(t.form in {"ago"} for t in tail.en):
        tail = NOTHING
    return say(r, "quality", subject, be(words), tense, combo, tail=tail, timed=0, adverbs=False, asking=0.15)


def gendered_quality(r: Random) -> Pair | None:
    """Coreference shows the gender: "The doctor is happy with her work", "le médecin / la médecin"."""
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
        relative = r.choice(list(FAMILY))
        french_noun, other_gender = FAMILY[relative]
        other = noun_phrase(relative, french_noun, other_gender, "s", own)
    else:
        thing = THINGS[r.choice(("house", "car", "exam", "project", "computer", "office", "garden", "trip", "decision"))]
        other = noun_phrase(thing.en, thing.fr, thing.gender, "s", own)
    words = _degree(r, adjective.en) + Twin(adjective_en(adjective), adjective_fr(adjective, gender, "s"))
    words = words + Twin(en(english_link) + other.en, fr(french_link) + other.fr)
    combo = ("person+adjective", key, adjective.en)
    return say(r, "coreference", subject, be(words), be_tense(r), combo, timed=0, adverbs=False)


def thing_quality(r: Random) -> Pair | None:
    """The car is red. These books were very interesting."""
    thing = r.choice(list(THINGS.values()))
    options = suiting(thing)
    if thing.en in {"bank", "library", "museum", "shop", "pharmacy", "market", "restaurant", "bakery", "door", "window"}:
        options += fitting("!")
    if not options:
        return None
    adjective = r.choice(options)
    number = "s" if thing.mass else "p" if r.random() < 0.35 else "s"
    det = r.choice(("the", "the", "this", "my", "his", "her", "our", "their", "your"))
    if thing.kind in "bsa":
        det = r.choice(("the", "the", "this"))
    phrase = noun_phrase(thing.en, thing.fr, thing.gender, number, det)
    words = _degree(r, adjective.en) + Twin(adjective_en(adjective), adjective_fr(adjective, thing.gender, number))
    tense = r.choices(("present", "past", "future"), (70, 25, 5))[0]
    if adjective.en in _COLOURS | _NATIONAL and tense == "future":
        tense = "present"
    combo = ("thing+adjective", thing.en, adjective.en)
    return say(r, "thing quality", phrase, be(words), tense, combo, timed=0, adverbs=False)


def located(r: Random) -> Pair | None:
    """My mother is at the hospital. We were at home yesterday."""
    subject = subject_from(r)
    place = r.choice(PLACES)
    tense = r.choices(("present", "past", "future", "present-perfect"), (50, 34, 15, 1))[0]
    if tense == "present-perfect":
        return None
    codes = {"present": "n", "past": "p", "future": "f"}[tense]
    time = time_for(r, tense, False, codes) if r.random() < 0.35 else NOTHING
    if any(t.form == "ago" for t in time.en):
        time = NOTHING
    combo = ("verb+place", "be", place.key)
    return say(r, "located", subject, be(place.where), tense, combo, tail=time, timed=0, adverbs=False)


def there_is(r: Random) -> Pair | None:
    """There is a book on the table. There were three dogs in the garden."""
    where_en, where_fr, kinds = r.choice([row for row in rows(LOCATED) if row[2] != "-"])
    thing = r.choice([t for t in THINGS.values() if t.kind in kinds and t.en != where_en.split()[-1].split("/")[0]])
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
    any_word = en("any") if phrase.negated and (negative or asked) and (phrase.plural or thing.mass) else ()
    expletive = NounPhrase(en("there"), fr("il"), 3, phrase.number, "m", key="there")
    english_side, _ = clause(expletive, Predicate("be", "être"), tense, negative=negative, asked=asked, short=r.random() < 0.5)
    kind = {"present": "present", "past": "imperfect", "future": "future"}[tense]
    verb = french.verb("avoir", kind, 3, False)
    object_fr = phrase.negated if negative and phrase.negated else phrase.fr
    french_side = fr("il") + (fr("ne") if negative else ()) + fr("y") + (verb,) + (fr("pas") if negative else ())
    words = Twin(english_side + any_word + phrase.en, french_side + object_fr) + twin(where_en, where_fr)
    if asked:
        words = Twin(words.en, EST_CE_QUE + words.fr)
    labels = label("there is", phrase, tense, negative, "yes-no" if asked else "no")
    return pair(words, "?" if asked else ".", labels, ("verb+place", "there " + phrase.key, where_en))


_AGES = "eight/NUM.# ten/NUM.# twelve/NUM.# fifteen/NUM.# eighteen/NUM.# twenty/NUM.# thirty/NUM.# forty/NUM.# fifty/NUM.# sixty/NUM.#".split()
_AGES_FR = "huit/NUM.# dix/NUM.# douze/NUM.# quinze/NUM.# dix-huit/NUM.# vingt/NUM.# trente/NUM.# quarante/NUM.# cinquante/NUM.# soixante/NUM.#".split()


def age(r: Random) -> Pair | None:
    """She is twenty years old."""
    subject = subject_from(r)
    if subject.plural and not subject.pronoun:
        return None
    i = r.randrange(len(_AGES))
    words = twin(f"{_AGES[i]} years old/ADJ", f"{_AGES_FR[i]} ans")
    pred = Predicate("be", "avoir", words.en, words.fr, stative=True)
    tense = r.choices(("present", "past", "future"), (70, 20, 10))[0]
    young = subject.key in {"boy", "girl", "child", "pupil", "prince", "princess"}
    if young and i > 3 or not young and i < 5 and subject.key in OCCUPATIONS:
        return None
    if subject.key.startswith("grand") and i < 8 or subject.key in FAMILY and "in-law" in subject.key and i < 7:
        return None
    combo = ("person+adjective", subject.key, _AGES[i])
    return say(r, "age", subject, pred, tense, combo, negation=0.1, timed=0, adverbs=False)


def feeling(r: Random) -> Pair | None:
    """I am hungry. The children were not cold."""
    subject = subject_from(r)
    words_en, words_fr = r.choice(AVOIR)
    negated = fr("de/DET.i chance/NOUN.fs") if words_en[0].form == "lucky" else None
    pred = Predicate("be", "avoir", words_en, words_fr, negated, stative=True)
    combo = ("person+adjective", subject.key, words_en[0].form)
    return say(r, "feeling", subject, pred, be_tense(r), combo, timed=0, adverbs=False, asking=0.18)


def origin(r: Random) -> Pair | None:
    """She comes from Italy. They are from London."""
    subject = subject_from(r)
    where_en, where_fr = r.choice(rows(ORIGINS))
    place = twin("from " + where_en, "de " + where_fr)
    verb = "come" if r.random() < 0.6 else "be"
    pred = Predicate(verb, "venir", place.en, place.fr)
    combo = ("verb+place", "come from", where_en)
    return say(r, "origin", subject, pred, "present", combo, timed=0, adverbs=False)


def weather(r: Random) -> Pair | None:
    """It is raining. It was cold yesterday. It will snow tomorrow."""
    subject = NounPhrase(en("it"), fr("il"), key="it", pronoun="it")
    verb_en, verb_fr = r.choice((("rain", "pleuvoir"), ("snow", "neiger"), ("cold", "froid"), ("hot", "chaud"), ("late", "tard"), ("early", "tôt")))
    place = r.choice([p for p in PLACES if "/PROPN" in p.key or "mountain" in p.key])
    tail = place.where if r.random() < 0.5 and verb_en not in {"late", "early"} else NOTHING
    combo = ("verb+place", verb_en, place.key) if tail.en else ("phrase", verb_en)
    if verb_en in {"rain", "snow"}:
        tense = r.choice(("present-progressive", "past", "future", "past-progressive", "future-near"))
        return say(r, "weather", subject, Predicate(verb_en, verb_fr), tense, combo, tail=tail, timed=0.6, adverbs=False)
    if verb_en in {"late", "early"}:
        pred = Predicate("be", "être", en(verb_en), fr(verb_fr), stative=True)
        return say(r, "weather", subject, pred, r.choice(("present", "past")), combo, timed=0, adverbs=False)
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
    part = r.choice((NOTHING, NOTHING, twin("in the morning", "de le matin"), twin("in the evening", "de le soir")))
    if part.en and (part.fr[-1].form == "soir" and not 5 <= i <= 10 or part.fr[-1].form == "matin" and i < 0):
        part = NOTHING
    prefix = r.choice((NOTHING, NOTHING, twin("already", "déjà"), twin("almost", "presque")))
    heures = "heure/NOUN.fs" if i == 0 else "heures/NOUN.fp"
    words = prefix + twin(f"{_HOURS[i]}/NUM.# o'clock", f"{_HOURS_FR[i]} {heures}") + part
    tense = r.choice(("present", "past"))
    return say(r, "clock", subject, be(words), tense, ("phrase", _HOURS[i]), timed=0, adverbs=False)


def comparison(r: Random) -> Pair | None:
    """Mary is taller than Paul. This car is more expensive than my bicycle."""
    if r.random() < 0.6:
        first, second = subject_from(r), subject_from(r)
        if first.key == second.key or second.pronoun:
            return None
        adjective = r.choice([a for a in fitting("PQ") if a.en not in _UNGRADED | {"great", "new"}])
        key = first.key if not first.pronoun else "person"
        kind = "person+adjective"
    else:
        things = [t for t in THINGS.values() if t.kind in "vuwebnora"]
        thing = r.choice(things)
        other = r.choice([t for t in things if t.kind == thing.kind]) if thing.kind in "vnrf" else thing
        if other.en == thing.en and thing.kind in "ab":
            return None
        number = "p" if r.random() < 0.2 else "s"
        det = r.choice(("this", "my", "her", "his"))
        first = noun_phrase(thing.en, thing.fr, thing.gender, number, "the" if thing.kind in "ba" else det)
        second = noun_phrase(other.en, other.fr, other.gender, number, "the" if thing.kind in "ba" else r.choice(("their", "your")))
        options = [a for a in suiting(thing) if a.en not in _UNGRADED | {"new", "white"}]
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
            french_middle = (tok({"ms": "meilleur", "fs": "meilleure", "mp": "meilleurs", "fp": "meilleures"}[first.gender + number], f"ADJ.c{first.gender}{number}"),)
        words = Twin(middle + en("than") + second.en, french_middle + fr("que") + second.fr)
    elif direction == "less":
        words = Twin(en("less/ADV.c") + base_en + en("than") + second.en, fr("moins") + form + fr("que") + second.fr)
        if word and adjective.en in {"good", "bad"}:
            return None
    else:
        words = Twin(en("as") + base_en + en("as") + second.en, fr("aussi") + form + fr("que") + second.fr)
    tense = r.choices(("present", "past"), (85, 15))[0]
    return say(r, "comparison", first, be(words), tense, (kind, key, adjective.en), timed=0, adverbs=False, asking=0.1)


def superlative(r: Random) -> Pair | None:
    """She is the best student in the school. He is the youngest player."""
    subject = pronoun(r.choice(("he", "she"))) if r.random() < 0.6 else name(r)
    key = r.choice(PROFESSIONS)
    adjective = r.choice([a for a in fitting("QP") if a.en not in _UNGRADED | {"great", "new", "bad", "good"}])
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
    return say(r, "superlative", subject, pred, be_tense(r), ("person+adjective", key, adjective.en), timed=0, adverbs=False, negation=0.08)


def presenting(r: Random) -> Pair | None:
    """This is my brother. These are her shoes. It is a good book."""
    if r.random() < 0.45:
        relative = r.choice(list(FAMILY))
        french_noun, gender = FAMILY[relative]
        phrase = noun_phrase(relative, french_noun, gender, "s", r.choice(("my", "her", "his", "our", "their", "your")), marked="fem" if gender == "f" else "masc")
    else:
        thing = r.choice([t for t in THINGS.values() if not t.mass])
        number = "p" if r.random() < 0.3 else "s"
        adjective = r.choice(suiting(thing)) if r.random() < 0.5 and suiting(thing) else None
        det = r.choice(("a", "a", "my", "her", "his", "our", "their", "your"))
        phrase = noun_phrase(thing.en, thing.fr, thing.gender, number, det, adjective)
    forms = ("these/PRON.xp", "they") if phrase.plural else ("this/PRON.xs", "it", "that/PRON.xs")
    form = r.choice(forms[:1] if phrase.marked != "none" else forms)
    subject = NounPhrase(en(form), fr("ce/PRON.3xs"), 3, phrase.number, phrase.gender, phrase.marked, form, form.split("/")[0])
    tense = r.choices(("present", "past"), (85, 15))[0]
    combo = ("verb+object", "this is", phrase.key)
    return say(r, "presenting", subject, be(Twin(phrase.en, phrase.fr), ce=True), tense, combo, timed=0, adverbs=False)


def belonging(r: Random) -> Pair | None:
    """The car is new but it is dirty: "it" takes the gender of the thing."""
    thing = r.choice([t for t in THINGS.values() if t.kind in "vuweborW"])
    options = [a for a in suiting(thing) if a.en not in _NATIONAL]
    if not options:
        return None
    first, second = r.choice(options), r.choice(options)
    clash = {("big", "small"), ("new", "old"), ("heavy", "light"), ("clean", "dirty"), ("fast", "slow")}
    colours = first.en in _COLOURS and second.en in _COLOURS
    good = {"good", "beautiful", "pretty", "new", "comfortable", "modern", "interesting", "useful", "elegant", "clean", "excellent", "fast", "famous", "funny"}
    bad = {"bad", "old", "expensive", "heavy", "broken", "dirty", "boring", "difficult", "slow", "small", "long", "empty", "strange"}
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
    phrase = noun_phrase(thing.en, thing.fr, thing.gender, number, r.choice(("the", "this", "my", "her", "his", "our") if thing.kind != "b" else ("the", "this")))
    tense = r.choices(("present", "past"), (80, 20))[0]
    parts = []
    for subject, adjective in ((phrase, first), (it(phrase), second)):
        words = Twin(adjective_en(adjective), adjective_fr(adjective, thing.gender, number))
        parts.append(Twin(*clause(subject, be(words), tense)))
    words = parts[0] + link + parts[1]
    combos = (("thing+adjective", thing.en, first.en), ("thing+adjective", thing.en, second.en))
    return pair(words, ".", label("two qualities", phrase, tense), *combos)


