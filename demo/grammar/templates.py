"""All templates and how often each is drawn."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from . import templates_be as b
from . import templates_complex as c
from . import templates_control as k
from . import templates_questions as q
from . import templates_simple as s
from . import templates_things as t
from .notation import Pair

Template = Callable[[Random], Pair | None]

TEMPLATES: tuple[tuple[Template, float], ...] = (
    (s.transitive, 26),
    (s.own_thing, 5),
    (s.pronoun_object, 5),
    (s.intransitive, 17),
    (s.motion, 4),
    (s.giving, 6),
    (s.to_person, 5),
    (k.control, 11),
    (s.inanimate, 3),
    (k.becoming, 2),
    (b.profession, 5),
    (b.judged, 9),
    (b.quality, 9),
    (b.gendered_quality, 2),
    (t.thing_quality, 6),
    (t.located, 4),
    (t.there_is, 3),
    (b.age, 1.5),
    (b.feeling, 3),
    (b.origin, 1.5),
    (t.weather, 1),
    (t.clock, 0.4),
    (b.comparison, 4),
    (b.superlative, 2),
    (t.presenting, 3),
    (t.belonging, 2),
    (q.formula, 1),
    (q.wh_question, 3),
    (q.what_question, 2),
    (q.who_question, 2),
    (q.where_is, 2),
    (q.price, 1),
    (q.how_many, 1),
    (q.how_old, 1),
    (q.request, 1.5),
    (q.polite_question, 2),
    (q.order, 2),
    (c.because, 5),
    (c.when, 4),
    (c.saying, 5),
    (c.coordinated, 4),
    (c.condition, 1.5),
    (c.relative, 4),
)
