"""Sentences of two clauses: because, when, if, that, and, relative clauses."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from . import french
from .clauses import Predicate, clause, predicate
from .drafting import (
    COMMA,
    INTRANSITIVE,
    PLACES,
    TRANSITIVE,
    Twin,
    groups,
    label,
    pair,
    person_key,
    pick_thing,
    twin,
)
from .english import en
from .french import fr
from .lexicon_verbs import Frame
from .notation import Pair, tok
from .phrases import (
    OCCUPATIONS,
    PROFESSIONS,
    THINGS,
    NounPhrase,
    adjective_en,
    adjective_fr,
    anaphor,
    confusable,
    fitting,
    marked_person,
    names_owner,
    noun_phrase,
    occupation,
    open_gender,
    pronoun,
    subject_from,
    suiting,
    thing_phrase,
)
from .templates_be import AVOIR, be, definite_subject
from .templates_control import UNINTENDED
from .templates_simple import does_there

_PLAIN = [
    f
    for f in TRANSITIVE
    if not set("tg") & set(f.flags) and not f.subjects and "@p" not in f.objects
]


_REASONS = (
    (("stay home", "rester à la maison/NOUN.fs"), "tired sick"),
    (("sleep", "dormir"), "tired sick"),
    (("cry", "pleurer"), "sad tired disappointed injured"),
    (("smile", "sourire"), "happy proud satisfied"),
    (("laugh", "rire"), "happy"),
    (("shout", "crier"), "angry furious nervous"),
    (("leave", "partir"), "tired angry disappointed sad busy sick"),
    (("sing", "chanter"), "happy"),
    (("dance", "danser"), "happy"),
    (("run", "courir"), "late nervous"),
    (("take a taxi/NOUN.s", "prendre un taxi/NOUN.ms"), "late tired injured"),
    (("hurry", "se dépêcher"), "late nervous"),
    (("rest", "se reposer"), "tired sick injured"),
    (("go to bed/NOUN.s", "se coucher"), "tired sick"),
)


def _named_subject(r: Random) -> NounPhrase:
    """Return a person that a pronoun can take up and that this pronoun gives a gender."""
    subject = subject_from(r)
    if subject.pronoun or subject.marked != "none" or subject.plural:
        if subject.plural and subject.gender == "f" and subject.marked == "none":
            return pronoun("they")
        return subject
    gender = r.choice("mf")
    key = subject.key
    marked = "fem" if gender == "f" else "masc"
    return replace(occupation(key, gender, "s", "the"), marked=marked)


def because(r: Random) -> Pair | None:
    """The nurse stayed home because she was tired."""
    (verb_en, verb_fr), moods = r.choice(_REASONS)
    subject = _named_subject(r)
    mood = r.choice(moods.split())
    adjective = next(a for a in fitting("S") if a.en == mood)
    tense = r.choice(("past", "past", "present-progressive", "past-progressive"))
    if verb_en in {"stay home"} and "progressive" in tense:
        tense = "past"
    if verb_en == "rest" and tense == "past" and r.random() < 0.3:
        tense = "present-progressive"
    second_tense = "present" if tense.startswith("present") else "past"
    back = anaphor(subject)
    number = "s" if back.person == 2 else back.number
    words = Twin(
        *clause(subject, predicate(Frame(verb_en, verb_fr, (), (), "")), tense, negative=False)
    )
    reason = be(Twin(adjective_en(adjective), adjective_fr(adjective, subject.gender, number)))
    words = words + twin("because", "parce que") + Twin(*clause(back, reason, second_tense))
    combos = (
        ("verb+subject", f"{verb_en} because", subject.key),
        ("person+adjective", subject.key if not subject.pronoun else "person", mood),
        ("verb+tense+person", verb_en, tense, person_key(subject)),
    )
    return pair(words, ".", label("because", subject, tense), *combos)


def _event(r: Random, subject: NounPhrase, tense: str) -> tuple[Twin, str] | None:
    """Draw a short clause: an activity in the given tense."""
    if r.random() < 0.5:
        brief = UNINTENDED if "progressive" in tense else {"live"}
        frame = r.choice([f for f in INTRANSITIVE if f.en not in brief])
        return Twin(*clause(subject, predicate(frame), tense)), frame.en
    frame = r.choice([f for f in _PLAIN if "h" in f.flags or "q" in f.flags])
    thing = pick_thing(r, [k for k in groups(frame.objects) if k in THINGS])
    obj = thing_phrase(r, thing, "", "1" in frame.flags, False)
    if open_gender(subject) and names_owner(obj.en):
        return None
    return Twin(*clause(subject, predicate(frame, obj), tense)), frame.en


_POINTS = (
    ("arrive", "arriver"),
    ("come back", "revenir"),
    ("leave", "partir"),
    ("call", "téléphoner"),
    ("enter", "entrer"),
)


def when(r: Random) -> Pair | None:
    """The teacher was reading a book when the pupils arrived."""
    first, second = subject_from(r), subject_from(r)
    if first.key == second.key or confusable(first, second):
        return None
    verb_en, verb_fr = r.choice(_POINTS)
    if "call" in verb_en:
        return None
    if verb_en == "enter":
        verb_en = "come in"
    drawn = _event(r, first, "past-progressive")
    if drawn is None:
        return None
    words, key = drawn
    point = Twin(*clause(second, predicate(Frame(verb_en, verb_fr, (), (), "")), "past"))
    link = twin("when", "quand")
    combos = (("verb+subject", key, first.key), ("verb+subject", f"when {verb_en}", second.key))
    if r.random() < 0.3:
        words = link + point + COMMA + words
        labels = label("when", first, "past-progressive")
    else:
        words = words + link + point
        labels = label("when", first, "past-progressive")
    return pair(words, ".", labels, *combos)


_HOPED = [
    a for a in fitting("S") if a.en in {"happy", "ready", "satisfied", "calm", "free", "proud"}
]
_SAYING = (
    ("say", "dire", "past"),
    ("think", "penser", "present"),
    ("know", "savoir", "present"),
    ("believe", "croire", "present"),
    ("hope", "espérer", "present"),
    ("say", "dire", "present"),
)


def saying(r: Random) -> Pair | None:
    """She says that the doctor is ready. He said that he was tired."""
    verb_en, verb_fr, tense = r.choice(_SAYING)
    speaker = subject_from(r)
    same = r.random() < 0.4
    if same:
        speaker = _named_subject(r)
        other = anaphor(speaker)
    else:
        other = definite_subject(r)
        if other.key == speaker.key or confusable(speaker, other):
            return None
    inner = "future" if verb_en == "hope" else "present" if tense == "present" else "past"
    number = "s" if other.person == 2 else other.number
    roll = r.random()
    if roll < 0.4:
        adjective = r.choice(_HOPED if verb_en == "hope" else fitting("SP"))
        if any(t.form == adjective.en for t in other.en):
            return None
        pred = be(Twin(adjective_en(adjective), adjective_fr(adjective, other.gender, number)))
        combo = ("person+adjective", other.key if not other.pronoun else "person", adjective.en)
    elif roll < 0.6:
        place = r.choice(PLACES)
        pred, combo = be(place.where), ("verb+place", "be", place.key)
    elif roll < 0.8:
        if other.key in OCCUPATIONS:
            return None
        key = r.choice(PROFESSIONS)
        job = occupation(key, other.gender, number, "a")
        pred, combo = be(Twin(job.en, job.fr[1:])), ("verb+object", "be", key)
        if inner == "future":
            return None
    else:
        words_en, words_fr = r.choice(AVOIR)
        pred = Predicate("be", "avoir", words_en, words_fr, stative=True)
        combo = ("person+adjective", other.key if not other.pronoun else "person", words_en[0].form)
        if inner == "future":
            return None
    frame = Frame(verb_en, verb_fr, (), (), "")
    words = Twin(*clause(speaker, predicate(frame), tense))
    link = twin("that", "que") if r.random() < 0.8 else Twin((), fr("que"))
    words = words + link + Twin(*clause(other, pred, inner))
    combos = (combo, ("verb+subject", f"{verb_en} that", speaker.key))
    return pair(words, ".", label("saying", speaker, tense), *combos)


def coordinated(r: Random) -> Pair | None:
    """He opened the door and left. Mary is singing and Paul is dancing."""
    tense = r.choice(("past", "past", "present-progressive", "future", "past-progressive"))
    first = subject_from(r, pairs=False)
    same = r.random() < 0.4
    second = anaphor(_known(first)) if same else subject_from(r, pairs=False)
    if not same and (second.key == first.key or confusable(first, second)):
        return None
    unknown = open_gender(first) or open_gender(second)
    first = _known(first) if same else first
    one, two = _event(r, first, tense), _event(r, second, tense)
    if one is None or two is None or one[1] == two[1]:
        return None
    if unknown and names_owner(one[0].en + two[0].en):
        return None
    link = r.choice((twin("and", "et"), twin("and", "et"), twin("and then", "et puis")))
    if tense != "past" and link.en[-1].form == "then" or not same:
        link = twin("and", "et")
    words = one[0] + link + two[0]
    combos = (
        ("verb+subject", one[1], first.key),
        ("verb+tense+person", one[1], tense, person_key(first)),
        ("verb+tense+person", two[1], tense, person_key(second)),
    )
    return pair(words, ".", label("coordinated", first, tense), *combos)


def _known(subject: NounPhrase) -> NounPhrase:
    """Give an occupation without visible gender the masculine, which "he" then shows."""
    if subject.pronoun or subject.marked != "none" or subject.plural:
        return subject
    return replace(subject, marked="masc")


_BAD_WEATHER = (
    twin("if it rains/VERB.P3s", "si il pleut/VERB.P3s"),
    twin("if it snows/VERB.P3s", "si il neige/VERB.P3s"),
    twin("if it is/AUX.P3s cold/ADJ", "si il fait/VERB.P3s froid/ADJ.ms"),
)
_GOOD_WEATHER = (
    twin("if it is/AUX.P3s hot/ADJ", "si il fait/VERB.P3s chaud/ADJ.ms"),
    twin("if the weather/NOUN.s is/AUX.P3s nice/ADJ", "si il fait/VERB.P3s beau/ADJ.ms"),
)
_INDOORS = (
    ("stay home", "rester à la maison/NOUN.fs"),
    ("take the car/NOUN.s", "prendre la voiture/NOUN.fs"),
    ("take the bus/NOUN.s", "prendre le bus/NOUN.ms"),
    ("read a book/NOUN.s", "lire un livre/NOUN.ms"),
    ("watch a movie/NOUN.s", "regarder un film/NOUN.ms"),
    ("leave early", "partir tôt"),
    ("eat in the kitchen/NOUN.s", "manger dans la cuisine/NOUN.fs"),
    ("wear a coat/NOUN.s", "porter un manteau/NOUN.ms"),
    ("visit the museum/NOUN.s", "visiter le musée/NOUN.ms"),
)
_OUTDOORS = (
    ("go to the beach/NOUN.s", "aller à la plage/NOUN.fs"),
    ("work in the garden/NOUN.s", "travailler dans le jardin/NOUN.ms"),
    ("go out", "sortir"),
    ("swim in the lake/NOUN.s", "nager dans le lac/NOUN.ms"),
    ("play football/NOUN.s", "jouer à le football/NOUN.ms"),
    ("eat in the garden/NOUN.s", "manger dans le jardin/NOUN.ms"),
    ("take a walk/NOUN.s", "se promener"),
)


def condition(r: Random) -> Pair | None:
    """If it rains, we will stay home."""
    subject = subject_from(r)
    fine, negative = r.random() < 0.4, r.random() < 0.3
    first = r.choice(_GOOD_WEATHER if fine else _BAD_WEATHER)
    activity = r.choice(_OUTDOORS if fine != negative else _INDOORS)
    pred = predicate(Frame(*activity, (), (), ""))
    main = Twin(*clause(subject, pred, "future", negative=negative, short=r.random() < 0.4))
    words = first + COMMA + main if r.random() < 0.6 else main + first
    combos = (
        ("verb+subject", activity[0], subject.key),
        ("verb+tense+person", activity[0], "future", person_key(subject)),
    )
    return pair(words, ".", label("condition", subject, "future", negative), *combos)


def relative(r: Random) -> Pair | None:
    """The woman who works here is my sister. The car that she bought is red."""
    if r.random() < 0.45:
        return _who_relative(r)
    frame = r.choice([f for f in _PLAIN if " " not in f.en and " " not in f.fr])
    countable = [k for k in groups(frame.objects) if k in THINGS and not THINGS[k].mass]
    if not countable:
        return None
    thing = pick_thing(r, countable)
    subject = subject_from(r)
    number = "p" if r.random() < 0.3 else "s"
    options = suiting(thing)
    if not options or frame.en in {
        "break",
        "steal",
        "win",
        "sell",
        "finish",
        "start",
        "build",
        "solve",
    }:
        return None
    adjective = r.choice(options)
    head = noun_phrase(thing.en, thing.fr, thing.gender, number, "the")
    tense = r.choice(("past", "past", "present-progressive", "future-near"))
    inner_en, inner_fr = clause(subject, predicate(frame), tense)
    if tense == "past":
        done = french.participle(frame.fr, thing.gender, number)
        inner_fr = inner_fr[:-1] + (done,)
    that = en("that/PRON.l") if r.random() < 0.7 else ()
    quality = be(Twin(adjective_en(adjective), adjective_fr(adjective, thing.gender, number)))
    main_tense = "past" if tense == "past" and r.random() < 0.3 else "present"
    clause_en, clause_fr = clause(head, quality, main_tense)
    n_en, n_fr = len(head.en), len(head.fr)
    words = Twin(
        clause_en[:n_en] + that + inner_en + clause_en[n_en:],
        clause_fr[:n_fr] + fr("que/PRON.l") + inner_fr + clause_fr[n_fr:],
    )
    combos = (("verb+object", frame.en, thing.en), ("thing+adjective", thing.en, adjective.en))
    return pair(words, ".", label("relative", head, main_tense), *combos)


def _who_relative(r: Random) -> Pair | None:
    head = marked_person(r)
    if (
        head.en[0].form in {"a"}
        or len(head.en) != 2
        or head.key in {"king", "queen", "prince", "princess"}
    ):
        return None
    frame = r.choice([f for f in INTRANSITIVE if "T" not in f.flags and "h" in f.flags])
    place = r.choice([p for p in PLACES if does_there(frame.en, p.key)])
    tense = r.choice(("present", "present-progressive", "past-progressive"))
    who = replace(head, en=(tok("who", "PRON.l"),), fr=(tok("qui", "PRON.l"),))
    inner = Twin(*clause(who, predicate(frame), tense))
    if "l" in frame.flags and r.random() < 0.6:
        inner = inner + place.where
    roll = r.random()
    if roll < 0.5:
        key = r.choice(PROFESSIONS)
        other = occupation(
            key, head.gender, head.number, r.choice(("a", "my", "our")) if not head.plural else "a"
        )
        pred = be(
            Twin(
                other.en, other.fr if other.fr[0].form not in {"un", "une", "des"} else other.fr[1:]
            )
        )
        combo = ("verb+object", "who " + frame.en, key)
    else:
        adjective = r.choice(fitting("P"))
        pred = be(Twin(adjective_en(adjective), adjective_fr(adjective, head.gender, head.number)))
        combo = ("person+adjective", head.key, adjective.en)
    main_tense = "present" if tense.startswith("present") else "past"
    clause_en, clause_fr = clause(head, pred, main_tense)
    words = Twin(clause_en[:2] + inner.en + clause_en[2:], clause_fr[:2] + inner.fr + clause_fr[2:])
    return pair(
        words,
        ".",
        label("relative", head, main_tense),
        combo,
        ("verb+subject", "who " + frame.en, head.key),
    )
