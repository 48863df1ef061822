"""Fixed phrases, questions with a question word, requests and orders."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from . import french
from .clauses import Predicate, clause, predicate
from .drafting import (
    EST_CE_QUE,
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
from .lexicon_phrases import FORMULAS, rows
from .lexicon_verbs import Frame
from .notation import Pair, tok
from .phrases import (
    THINGS,
    NounPhrase,
    may_own,
    noun_phrase,
    pronoun,
    subject_from,
    thing_phrase,
)
from .templates_be import definite_subject

_FORMULAS = [(twin(a, b), a) for a, b in rows(FORMULAS, " ; ")]
_PLAIN = [
    f
    for f in TRANSITIVE
    if not set("tg") & set(f.flags) and not f.subjects and "@p" not in f.objects
]


def formula(r: Random) -> Pair | None:
    """Thank you very much. What time is it?"""
    words, key = r.choice(_FORMULAS)
    mark = words.en[-1].form
    bare = Twin(words.en[:-1], words.fr[:-1])
    question = (
        "no"
        if mark != "?"
        else "wh"
        if key.split()[0] in {"How", "What", "Where", "Who", "Why"}
        else "yes-no"
    )
    negative = any("n't" in t.form or t.form == "not" for t in bare.en) and key != "Why not ?"
    return pair(
        bare, mark, label("formula", None, negative=negative, question=question), ("phrase", key)
    )


_WH = (("where", "où"), ("when", "quand/ADV.q"), ("why", "pourquoi"), ("how", "comment"))
_WH_VERBS = {
    "where": "work|travailler live|habiter go|aller sleep|dormir eat|manger study|étudier "
    "wait|attendre play|jouer",
    "when": "leave|partir arrive|arriver come_back|revenir eat|manger go_out|sortir begin|commencer"
    " get_up|se_lever",
    "why": "cry|pleurer laugh|rire leave|partir smile|sourire run|courir shout|crier "
    "work|travailler wait|attendre",
    "how": "travel|voyager come|venir go_home|rentrer answer|répondre work|travailler",
}


def wh_question(r: Random) -> Pair | None:
    """Where does she work? When did the teachers arrive?"""
    word_en, word_fr = r.choice(_WH)
    verb_en, verb_fr = r.choice(_WH_VERBS[word_en].split()).replace("_", " ").split("|")
    subject = definite_subject(r)
    tense = r.choice(("present", "past", "future", "present-progressive", "past-progressive"))
    if word_en == "when" and "progressive" in tense or verb_en == "live" and "progressive" in tense:
        tense = "past"
    if verb_en == "live" and tense == "past":
        tense = "present"
    pred = predicate(Frame(verb_en, verb_fr, (), (), ""))
    english_side, french_side = clause(subject, pred, tense, asked=True)
    words = Twin(en(word_en) + english_side, fr(word_fr) + EST_CE_QUE + french_side)
    combos = (
        ("verb+tense+person", f"{word_en} {verb_en}", tense, person_key(subject)),
        ("verb+subject", f"{word_en} {verb_en}", subject.key),
    )
    return pair(words, "?", label("wh question", subject, tense, question="wh"), *combos)


def what_question(r: Random) -> Pair | None:
    """What is she reading? What did the baker buy?"""
    frame = r.choice([f for f in _PLAIN if " " not in f.en and " " not in f.fr])
    subject = subject_from(r)
    tense = r.choice(("present-progressive", "past", "future", "past-progressive", "future-near"))
    english_side, french_side = clause(subject, predicate(frame), tense, asked=True)
    opening = fr("Qu'est-ce/PRON.q que/PRON.q")
    words = Twin(en("what") + english_side, opening + french_side)
    combo = ("verb+tense+person", f"what {frame.en}", tense, person_key(subject))
    who = ("verb+subject", f"what {frame.en}", subject.key)
    return pair(words, "?", label("what question", subject, tense, question="wh"), combo, who)


def who_question(r: Random) -> Pair | None:
    """Who repaired the car? Who is going to prepare dinner?"""
    frame = r.choice(_PLAIN)
    thing = pick_thing(r, [k for k in groups(frame.objects) if k in THINGS])
    obj = thing_phrase(r, thing, "", "1" in frame.flags)
    subject = NounPhrase(en("who"), fr("qui/PRON.q"), key="who")
    tense = r.choice(
        ("past", "past", "present-progressive", "future", "present-perfect", "future-near")
    )
    words = Twin(*clause(subject, predicate(frame, obj), tense))
    combo = ("verb+object", frame.en, obj.key)
    return pair(words, "?", label("who question", subject, tense, question="wh"), combo)


def where_is(r: Random) -> Pair | None:
    """Where is the station? Where were my keys?"""
    if r.random() < 0.7:
        thing = r.choice([t for t in THINGS.values() if t.kind in "oevbwWrn"])
        number = "p" if r.random() < 0.25 else "s"
        det = "the" if not may_own(thing) else r.choice(("the", "my", "your", "his", "her", "our"))
        phrase = noun_phrase(thing.en, thing.fr, thing.gender, number, det)
    else:
        phrase = subject_from(r)
        if phrase.pronoun or phrase.en[0].form.lower() in {"a", "this", "that"}:
            return None
    tense = r.choices(("present", "past"), (75, 25))[0]
    english_side, french_side = clause(
        phrase, Predicate("be", "être", stative=True), tense, asked=True
    )
    verb = french_side[len(phrase.fr) :]
    words = Twin(en("where") + english_side, fr("où") + verb + phrase.fr)
    return pair(
        words,
        "?",
        label("where is", phrase, tense, question="wh"),
        ("verb+object", "where is", phrase.key),
    )


def price(r: Random) -> Pair | None:
    """How much does this book cost? How many chairs are there in the kitchen?"""
    thing = r.choice([t for t in THINGS.values() if t.kind in "oevwWrfu"])
    number = "p" if r.random() < 0.35 else "s"
    phrase = noun_phrase(
        thing.en, thing.fr, thing.gender, number, r.choice(("this", "the", "that"))
    )
    english_side, _ = clause(phrase, Predicate("cost", "coûter"), "present", asked=True)
    verb = french.verb("coûter", "present", 3, phrase.plural)
    words = Twin(en("how much") + english_side, fr("combien") + (verb,) + phrase.fr)
    return pair(
        words,
        "?",
        label("price", phrase, "present", question="wh"),
        ("verb+subject", "cost", thing.en),
    )


def how_many(r: Random) -> Pair | None:
    """How many books do you have?"""
    subject = definite_subject(r)
    thing = r.choice([t for t in THINGS.values() if t.kind in "orwWven" and may_own(t)])
    phrase = noun_phrase(thing.en, thing.fr, thing.gender, "p", "a")
    tense = "present"
    english_side, french_side = clause(subject, Predicate("have", "avoir"), tense, asked=True)
    counted = phrase.negated or phrase.fr
    words = Twin(
        en("how many") + phrase.en + english_side,
        fr("combien") + fr("de") + counted[1:] + EST_CE_QUE + french_side,
    )
    combos = (("verb+object", "how many", thing.en), ("verb+subject", "how many", subject.key))
    return pair(words, "?", label("how many", subject, tense, question="wh"), *combos)


def how_old(r: Random) -> Pair | None:
    """How old is your sister? How is your mother?"""
    subject = definite_subject(r)
    if subject.pronoun and r.random() < 0.5:
        return None
    if r.random() < 0.5:
        english_side, french_side = clause(subject, Predicate("be", "avoir"), "present", asked=True)
        words = Twin(
            en("how old/ADJ") + english_side,
            fr("quel/DET.ms âge/NOUN.ms") + EST_CE_QUE + french_side,
        )
        key = "how old"
    else:
        english_side, french_side = clause(subject, Predicate("be", "aller"), "present", asked=True)
        if subject.pronoun:
            return None
        words = Twin(
            en("how") + english_side, fr("comment") + french_side[len(subject.fr) :] + subject.fr
        )
        key = "how is"
    return pair(
        words,
        "?",
        label("how old", subject, "present", question="wh"),
        ("verb+subject", key, subject.key),
    )


_PLEASE = twin(", please", ", si/SCONJ il vous plaît/VERB.P3s")
# One does not ask for these: they happen, or sound odd as a wish to another person.
_NOT_ASKED = set(
    "lose break steal miss forget win receive hear see wear drink eat own hold receive find".split()
)


def request(r: Random) -> Pair | None:
    """I would like a coffee, please."""
    thing = r.choice([t for t in THINGS.values() if t.kind in "fFD"])
    cups = thing.en in {"coffee", "tea", "beer", "lemonade", "orange juice"}
    if thing.mass and not (cups and r.random() < 0.5):
        obj = thing_phrase(r, thing)
        if obj.negated is None:
            return None
    else:
        det = r.choice(("a", "two", "three"))
        obj = noun_phrase(thing.en, thing.fr, thing.gender, "s" if det == "a" else "p", det)
    if cups and obj.plural:
        return None
    subject = pronoun(r.choice(("I", "I", "we")))
    would = "'d/AUX.A" if r.random() < 0.4 else "would/AUX.A"
    head = subject.en + en(would) + en("like/VERB.N")
    verb = french.verb("vouloir", "conditional", 1, subject.plural)
    words = Twin(head + obj.en, subject.fr + (verb,) + obj.fr)
    if r.random() < 0.7:
        words = words + _PLEASE
    labels = label("request", subject, "conditional")
    return pair(words, ".", labels, ("verb+object", "would like", thing.en))


def _task(r: Random) -> tuple[Frame, NounPhrase] | None:
    """Draw what one may ask somebody to do, and to what."""
    frame = r.choice([f for f in _PLAIN if f.en not in _NOT_ASKED])
    thing = pick_thing(r, [k for k in groups(frame.objects) if k in THINGS])
    obj = thing_phrase(r, thing, r.choice(("my", "your")), "1" in frame.flags, False)
    awkward = any(t.form in {"a", "his", "her", "our", "their"} for t in obj.en)
    return None if awkward and r.random() < 0.6 else (frame, obj)


def polite_question(r: Random) -> Pair | None:
    """Could you open the door, please?"""
    task = _task(r)
    if task is None:
        return None
    frame, obj = task
    pred = predicate(frame, obj)
    modal, tense = r.choice((("could", "conditional"), ("can", "present")))
    you = pronoun("you")
    verb = french.verb("pouvoir", tense, 2, True)
    asking = EST_CE_QUE + you.fr + (verb,) if modal == "can" else (verb,) + fr("-vous/PRON.2pr")
    head = en(f"{modal}/AUX.A you") + (tok(frame.en.split()[0], "VERB.N"),)
    words = Twin(head + pred.en_rest, asking + (french.infinitive(pred.fr_verb),) + pred.fr_rest)
    if r.random() < 0.7:
        words = words + _PLEASE
    labels = label("polite question", you, tense, question="yes-no")
    return pair(words, "?", labels, ("verb+object", frame.en, obj.key))


def order(r: Random) -> Pair | None:
    """Close the window, please. Don't touch the painting!"""
    task = _task(r)
    if task is None:
        return None
    frame, obj = task
    pred = predicate(frame, obj)
    negative = r.random() < 0.3
    verb = french.verb(pred.fr_verb, "imperative", 2, True)
    lemma = frame.en.split()[0]
    if negative:
        dont = en(r.choice(("do/AUX.M n't/PART.n", "do/AUX.M n't/PART.n", "do/AUX.M not")))
        rest_en = pred.en_rest
        if rest_en[0].form == "some":
            rest_en = en("any") + rest_en[1:]
        rest = pred.fr_negated if pred.fr_negated is not None else pred.fr_rest
        french_side = fr("ne") + (verb,) + fr("pas") + rest
        words = Twin(dont + (tok(lemma, "VERB.N"),) + rest_en, french_side)
    else:
        words = Twin((tok(lemma, "VERB.M"),) + pred.en_rest, (verb,) + pred.fr_rest)
        if r.random() < 0.4:
            words = words + _PLEASE
    labels = replace(label("order", None, "imperative", negative), person="2")
    return pair(words, r.choice((".", ".", "!")), labels, ("verb+object", frame.en, obj.key))
