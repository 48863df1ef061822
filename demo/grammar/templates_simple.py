"""Simple statements and yes/no questions: verbs with and without objects, movement, giving, control
verbs, pronoun objects.

Each template takes a `random.Random` and returns a `Pair`, or None where the draw makes no good
sentence.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from .clauses import CLITICS, Clitic, Predicate, clause, predicate
from .drafting import (
    COMMA,
    DITRANSITIVE,
    EST_CE_QUE,
    INANIMATE,
    INTRANSITIVE,
    NOTHING,
    PLACES,
    TRANSITIVE,
    Twin,
    choose_tense,
    groups,
    label,
    pair,
    person_key,
    pick_thing,
    time_for,
    twin,
)
from .lexicon_verbs import TO_PERSON, Frame
from .notation import Combination, Pair, Tokens
from .phrases import (
    FAMILY,
    MARKED,
    OCCUPATIONS,
    THINGS,
    NounPhrase,
    generic,
    may_own,
    names_owner,
    noun_phrase,
    occupation,
    open_gender,
    person_object,
    subject_from,
    thing_phrase,
)

_OWN = {"I": "my", "you": "your", "he": "his", "she": "her", "we": "our", "they": "their"}
_MANNERS = {
    "q": (
        ("quickly", "rapidement/ADV"),
        ("slowly", "lentement"),
        ("carefully", "avec soin/NOUN.ms"),
    ),
    "w": (("well", "bien"), ("very well", "très bien"), ("badly", "mal")),
}


def say(
    r: Random,
    template: str,
    subject: NounPhrase,
    pred: Predicate,
    tense: str,
    *combinations: Combination,
    tail: Twin = NOTHING,
    negation: float = 0.14,
    asking: float = 0.12,
    timed: float = 0.45,
    adverbs: bool = True,
    habitual: bool = True,
) -> Pair | None:
    """Finish a sentence: draw negation, question, contraction, frequency adverb and time.

    Return None where "his" or "her" would wrongly refer back to the subject.

    Parameters
    ----------
    tail : Twin
        Words after the predicate, before the time.
    negation, asking, timed : float
        Probabilities of a negation, of a yes/no question and of a time.
    adverbs : bool
        Whether a frequency adverb may stand with the verb.
    habitual : bool
        Whether the simple present may take a frequency adverb or a habitual time.
    """
    if open_gender(subject) and names_owner(pred.en_rest + tail.en):
        return None
    modal = pred.control is not None
    be_like = pred.en_verb in {"be", "become"}
    if not modal and (tense == "present" and not habitual or pred.stative and not be_like):
        timed, adverbs = 0, False
    if tense == "past" and pred.en_verb in {"read", "cut", "put"} and not modal:
        timed = 1
    negative = tense not in {"past-habitual"} and not _oddly_negated(pred) and r.random() < negation
    asked = (
        not negative and tense != "past-habitual" and not _oddly_asked(pred) and r.random() < asking
    )
    adverb = ""
    if adverbs and not negative and not asked and not modal:
        adverb = _adverb(r, tense)
    no_time = adverb in {"never", "already", "always", "often", "sometimes", "rarely"}
    time = NOTHING if no_time or modal and tense != "present" else NOTHING
    front = False
    if not no_time and r.random() < timed:
        codes = (
            "f"
            if modal and tense == "present" and pred.control and "m" in pred.control.flags
            else ""
        )
        if not modal or codes or tense in {"past", "future"}:
            front = not asked and r.random() < 0.2
            time = time_for(r, tense, front, codes)
    english_side, french_side = clause(
        subject, pred, tense, negative=negative, asked=asked, adverb=adverb, short=r.random() < 0.5
    )
    words = Twin(english_side, french_side) + tail
    words = time + COMMA + words if front and time.en else words + time
    if asked:
        words = Twin(words.en, EST_CE_QUE + words.fr)
    label_tense = "conditional" if modal and pred.control and "c" in pred.control.flags else tense
    combinations += (("verb+tense+person", _verb_key(pred), label_tense, person_key(subject)),)
    labels = label(
        template, subject, label_tense, negative or adverb == "never", "yes-no" if asked else "no"
    )
    return pair(words, "?" if asked else ".", labels, *combinations)


def _verb_key(pred: Predicate) -> str:
    return (pred.control.en + " " if pred.control else "") + pred.en_verb + "/" + pred.fr_verb


def _oddly_negated(pred: Predicate) -> bool:
    return pred.control is not None and pred.control.en in {
        "must",
        "have to",
        "could",
        "need to",
        "love to",
        "prefer to",
    }


def _oddly_asked(pred: Predicate) -> bool:
    return pred.control is not None and pred.control.en in {
        "hope to",
        "love to",
        "could",
        "should",
        "must",
    }


def _adverb(r: Random, tense: str) -> str:
    if tense == "present" and r.random() < 0.35:
        return r.choice(("always", "often", "sometimes", "never", "rarely", "never"))
    if tense == "present-perfect" and r.random() < 0.5:
        return r.choice(("already", "never"))
    return ""


def whose(subject: NounPhrase) -> str:
    """Return the possessive that refers to the subject, if English leaves no doubt."""
    if subject.pronoun:
        return _OWN[subject.pronoun]
    if subject.marked != "none" and not subject.plural:
        return "her" if subject.gender == "f" else "his"
    return "their" if subject.plural else ""


def object_for(r: Random, frame: Frame, own: str) -> NounPhrase | None:
    """Draw an object that the verb takes; `own` is the possessive that refers to the subject."""
    keys = groups(frame.objects)
    if not keys:
        return None
    key = r.choice(keys)
    people = "@p" in keys
    if people and (key == "@p" or r.random() < 0.5):
        return person_object(r)
    if key in THINGS:
        thing = THINGS[key]
        if "g" in frame.flags:
            return generic(thing)
        return thing_phrase(r, thing, own if "o" in frame.flags else "", "1" in frame.flags)
    if key in MARKED:
        french_noun, gender = MARKED[key]
        return noun_phrase(key, french_noun, gender, "s", "the")
    if key in FAMILY:
        return None
    return occupation(key, "m", "p" if r.random() < 0.3 else "s", "the")


def same_key(subject: NounPhrase, obj: NounPhrase) -> bool:
    """Say whether subject and object would be the same person, or clash ("my ... my")."""
    shared = set(subject.key.split("+")) & set(obj.key.split("+"))
    return bool(shared)


def clashes(subject: NounPhrase, clitic: Clitic) -> bool:
    """Say whether subject and object pronoun would be the same person ("I ... me", "we ... us")."""
    mine = {"I": 1, "we": 1, "you": 2}.get(subject.pronoun, 0)
    return mine > 0 and mine == {"me": 1, "us": 1, "you": 2}.get(clitic.en, 0)


def transitive(r: Random) -> Pair | None:
    """She is reading a book. The teachers were correcting the exercises yesterday."""
    frame = r.choice(TRANSITIVE)
    subject = subject_from(r, frame.subjects)
    obj = object_for(r, frame, whose(subject))
    if obj is None or same_key(subject, obj):
        return None
    tense = choose_tense(r, "t" in frame.flags, "h" in frame.flags, "x" in frame.flags)
    pred = predicate(frame, obj)
    combos: tuple[Combination, ...] = (("verb+object", frame.en, obj.key),)
    return say(r, "transitive", subject, pred, tense, *combos, habitual="h" in frame.flags)


def own_thing(r: Random) -> Pair | None:
    """The lawyer lost her keys: English shows the gender there, French in the noun."""
    frame = r.choice([f for f in TRANSITIVE if "o" in f.flags and not f.subjects])
    keys = [k for k in groups(frame.objects) if k in THINGS and may_own(THINGS[k])]
    if not keys:
        return None
    thing = pick_thing(r, keys)
    gender = r.choice("mf")
    subject = occupation(r.choice(list(OCCUPATIONS)), gender, "s", r.choice(("the", "the", "this")))
    subject = replace(subject, marked="fem" if gender == "f" else "masc")
    number = "p" if thing.kind == "W" or r.random() < 0.3 else "s"
    obj = noun_phrase(thing.en, thing.fr, thing.gender, number, "her" if gender == "f" else "his")
    tense = choose_tense(r, "t" in frame.flags, "h" in frame.flags, "x" in frame.flags)
    combos: tuple[Combination, ...] = (
        ("verb+object", frame.en, obj.key),
        ("verb+subject", frame.en, subject.key),
    )
    return say(r, "own thing", subject, predicate(frame, obj), tense, *combos, adverbs=False)


def pronoun_object(r: Random) -> Pair | None:
    """I saw her yesterday. She has met them."""
    frame = r.choice([f for f in TRANSITIVE if "@p" in f.objects and " " not in f.fr])
    subject = subject_from(r, frame.subjects)
    clitic = r.choice(CLITICS)
    if clashes(subject, clitic):
        return None
    tense = choose_tense(r, "t" in frame.flags, "h" in frame.flags, "x" in frame.flags)
    pred = predicate(frame, clitic=clitic)
    return say(
        r,
        "pronoun object",
        subject,
        pred,
        tense,
        ("verb+object", frame.en, clitic.en),
        habitual="h" in frame.flags,
    )


_ERRANDS = (
    "pharmacy",
    "bank",
    "bakery",
    "airport",
    "market",
    "work",
    "factory",
    "office",
    "station",
)
_ONLY_THERE = {
    "swim": "swimming_pool beach Italy Portugal Spain",
    "sleep": "home hotel hospital Paris London Rome Berlin garden village countryside mountains",
    "cook": "home kitchen restaurant hotel village",
    "live": "Paris London Rome Berlin Lyon France Italy Spain Germany England Canada Japan Portugal"
    " city village "
    "countryside mountains",
    "have dinner": "home restaurant hotel Paris Rome Lyon garden kitchen",
    "have lunch": "home restaurant hotel Paris Rome Lyon garden kitchen work school university "
    "office "
    "park",
    "have breakfast": "home hotel kitchen garden",
    "watch television": "home hotel hospital kitchen",
    "play chess": "home park library hotel garden school",
    "play cards": "home hotel garden kitchen beach",
    "play football": "park beach school garden village",
    "play tennis": "park village school university countryside Paris London",
    "run": "park forest beach mountains city garden countryside",
    "walk": "park forest beach mountains city garden countryside Paris Rome London village",
    "take a walk": "park forest beach mountains city garden countryside Paris Rome London village",
    "train": "park school swimming_pool beach mountains university Spain Canada",
}


def does_there(verb: str, place: str) -> bool:
    """Say whether one would do this there."""
    last = place.split("/")[0].split()[-1]
    plain = " ".join(w.split("/")[0] for w in verb.split())
    if plain in _ONLY_THERE:
        return last in _ONLY_THERE[plain].split()
    return plain in {"work", "wait"} and last != "work" or last not in _ERRANDS


def intransitive(r: Random) -> Pair | None:
    """He left. They slept at home. My sister plays the piano very well."""
    frame = r.choice(INTRANSITIVE)
    subject = subject_from(r)
    tail = NOTHING
    inner: Tokens = ()
    combos: tuple[Combination, ...] = ()
    if "T" in frame.flags or "l" in frame.flags and r.random() < 0.4:
        place = r.choice([p for p in PLACES if does_there(frame.en, p.key)])
        tail, combos = place.where, (("verb+place", frame.en, place.key),)
    elif r.random() < 0.3:
        manners = [m for flag in "qw" if flag in frame.flags for m in _MANNERS[flag]]
        if manners:
            manner = r.choice(manners)
            words = twin(*manner)
            tail, inner = (Twin(words.en, ()), words.fr) if manner in _MANNERS["w"] else (words, ())
    tense = choose_tense(r, False, "h" in frame.flags or "T" in frame.flags)
    verb_subject = (("verb+subject", frame.en, subject.key),) if not subject.pronoun else ()
    habitual = "h" in frame.flags or "T" in frame.flags
    pred = replace(predicate(frame), fr_manner=inner)
    return say(
        r,
        "intransitive",
        subject,
        pred,
        tense,
        *combos,
        *verb_subject,
        tail=tail,
        habitual=habitual,
    )


def motion(r: Random) -> Pair | None:
    """We are going to the station. She went to France last year."""
    place = r.choice([p for p in PLACES if "garden" not in p.key])
    verb_en, verb_fr = r.choice(
        (("go", "aller"), ("go", "aller"), ("return", "retourner"), ("go back", "retourner"))
    )
    if "return" in verb_en and place.to.en[0].form == "home":
        return None
    subject = subject_from(r)
    tense = choose_tense(r)
    if tense == "future-near":
        tense = "future"
    pred = predicate(Frame(verb_en, verb_fr, (), (), ""))
    return say(r, "motion", subject, pred, tense, ("verb+place", verb_en, place.key), tail=place.to)


def giving(r: Random) -> Pair | None:
    """He gave a book to his sister. She will send them a letter."""
    frame = r.choice(DITRANSITIVE)
    subject = subject_from(r)
    thing = pick_thing(r, [k for k in frame.objects if k in THINGS])
    obj = thing_phrase(r, thing, singular=thing.mass, adjective=False)
    tense = choose_tense(r, habitual=False)
    combo = ("verb+object", frame.en, obj.key)
    if r.random() < 0.5 and frame.en not in {"explain"}:
        clitic = r.choice(CLITICS)
        if clashes(subject, clitic):
            return None
        dative = Clitic(*clitic[:4], True)
        base = predicate(frame, obj)
        pred = replace(
            base, clitic=dative, en_rest=predicate(frame, clitic=dative).en_rest + obj.en
        )
        return say(r, "giving", subject, pred, tense, combo, adverbs=False)
    receiver = person_object(r)
    if same_key(subject, receiver):
        return None
    tail = Twin(twin("to/ADP", "à").en + receiver.en, twin("to/ADP", "à").fr + receiver.fr)
    return say(
        r,
        "giving",
        subject,
        predicate(frame, obj),
        tense,
        combo,
        tail=tail,
        adverbs=False,
        timed=0.3,
    )


def to_person(r: Random) -> Pair | None:
    """She was talking to the doctor. They work with my brother."""
    verb_en, verb_fr = r.choice([line.split("|") for line in TO_PERSON.splitlines()])
    subject, other = subject_from(r), person_object(r)
    if same_key(subject, other):
        return None
    stative = verb_en in {"obey", "live with"}
    tense = choose_tense(r, stative)
    if r.random() < 0.3 and verb_fr.endswith(" à") and verb_en != "think about":
        clitic = r.choice(CLITICS)
        if clashes(subject, clitic):
            return None
        pred = predicate(Frame(verb_en, verb_fr, (), (), ""), clitic=Clitic(*clitic[:4], True))
        return say(r, "to person", subject, pred, tense, ("verb+object", verb_en, clitic.en))
    pred = predicate(Frame(verb_en, verb_fr, (), (), ""), other)
    return say(
        r,
        "to person",
        subject,
        pred,
        tense,
        ("verb+object", verb_en, other.key),
        habitual=not stative,
    )


def inanimate(r: Random) -> Pair | None:
    """The train left at noon. The dogs are sleeping in the garden."""
    frame = r.choice(INANIMATE)
    keys = [k for k in frame.subjects if k in THINGS]
    thing = pick_thing(r, keys)
    animal = thing.kind == "n"
    number = "p" if r.random() < 0.3 else "s"
    det = r.choice(
        ("the", "the", "this", "my", "our")
        if may_own(thing) and (animal or thing.kind in "veog")
        else ("the", "the", "this")
    )
    adjective = None
    subject = noun_phrase(thing.en, thing.fr, thing.gender, number, det, adjective)
    habitual = frame.en in {
        "arrive",
        "leave",
        "begin",
        "end",
        "open",
        "close",
        "sleep",
        "eat",
        "work",
    }
    tense = choose_tense(r, frame.en == "work", habitual)
    timed = 0.6 if frame.en in {"arrive", "leave", "begin", "end", "open", "close", "stop"} else 0.3
    return say(
        r,
        "inanimate",
        subject,
        predicate(frame),
        tense,
        ("verb+subject", frame.en, thing.en),
        timed=timed,
        adverbs=habitual,
    )
