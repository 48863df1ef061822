"""One verb governs another: "want to buy", vouloir acheter; "try to sleep", essayer de dormir."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from .clauses import CLITICS, Control, Predicate, predicate
from .drafting import (
    INTRANSITIVE,
    TRANSITIVE,
)
from .lexicon_verbs import CONTROL, Frame
from .notation import Pair
from .phrases import (
    OCCUPATIONS,
    PROFESSIONS,
    occupation,
    subject_from,
)
from .templates_simple import clashes, object_for, same_key, say, whose

CONTROLS = [Control(*line.split("|")) for line in CONTROL.splitlines()]


UNINTENDED = {
    "fall",
    "live",
    "cry",
    "get lost/ADJ",
    "make a mistake/NOUN.s",
    "lose",
    "fall asleep/ADJ",
    "wake up",
    "arrive",
    "stay here",
}


def _is_skill(frame: Frame) -> bool:
    """Say whether one can learn to do it."""
    return "w" in frame.flags and frame.en not in {"work", "sleep"}


def control(r: Random) -> Pair | None:
    """I want to buy a car. She can swim. We must help them."""
    governor = r.choice(CONTROLS)
    skill = governor.en in {"learn to", "know how to"}
    roll = r.random() * (0.8 if skill else 1)
    if roll < 0.55:
        frame = r.choice(
            [
                f
                for f in TRANSITIVE
                if not set("tx") & set(f.flags) and (not skill or "w" in f.flags)
            ]
        )
        subject = subject_from(r, frame.subjects)
        obj = object_for(r, frame, whose(subject))
        if obj is None or same_key(subject, obj):
            return None
        pred, combo = predicate(frame, obj), ("verb+object", frame.en, obj.key)
    elif roll < 0.8:
        frame = r.choice(
            [f for f in INTRANSITIVE if f.en not in UNINTENDED and (not skill or _is_skill(f))]
        )
        subject = subject_from(r)
        pred, combo = predicate(frame), ("verb+subject", frame.en, subject.key)
    else:
        frame = r.choice(
            [
                f
                for f in TRANSITIVE
                if "@p" in f.objects and " " not in f.fr and "t" not in f.flags and "see" != f.en
            ]
        )
        subject, clitic = subject_from(r, frame.subjects), r.choice(CLITICS)
        if clashes(subject, clitic):
            return None
        pred, combo = predicate(frame, clitic=clitic), ("verb+object", frame.en, clitic.en)
    if governor.en in {
        "try to",
        "begin to",
        "start to",
        "refuse to",
        "forget to",
        "decide to",
        "agree to",
        "promise to",
    }:
        tense = r.choices(("past", "present-perfect", "future"), (70, 15, 15))[0]
    elif governor.en == "learn to":
        tense = r.choice(("past", "present-progressive", "future"))
    elif "m" in governor.flags or "c" in governor.flags or governor.en == "know how to":
        tense = "present"
    else:
        tense = r.choices(("present", "past", "future"), (70, 20, 10))[0]
        if governor.en in {"hope to", "prefer to", "love to", "like to"} and tense == "future":
            return None
    return say(
        r,
        "control",
        subject,
        replace(pred, control=governor),
        tense,
        combo,
        adverbs=False,
        timed=0.25,
    )


def becoming(r: Random) -> Pair | None:
    """My daughter became a lawyer. He wants to become a pilot."""
    subject = subject_from(r)
    if (
        subject.key in OCCUPATIONS
        or subject.plural
        or subject.pronoun in {"I", "you"}
        and r.random() < 0.3
    ):
        return None
    key = r.choice(PROFESSIONS)
    job = occupation(key, subject.gender, "s", "a")
    pred = Predicate("become", "devenir", job.en, job.fr[1:])
    combo = ("verb+object", "become", key)
    if r.random() < 0.6:
        governor = r.choice(
            [c for c in CONTROLS if c.en in {"want to", "would like to", "hope to", "decide to"}]
        )
        tense = "past" if governor.en == "decide to" else "present"
        return say(
            r,
            "becoming",
            subject,
            replace(pred, control=governor),
            tense,
            combo,
            timed=0,
            adverbs=False,
        )
    tense = r.choice(("past", "past", "future", "present-perfect", "future-near"))
    return say(r, "becoming", subject, pred, tense, combo, adverbs=False, timed=0.35)
