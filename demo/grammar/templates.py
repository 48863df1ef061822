"""All templates and how often each is drawn."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from . import templates_be as b
from . import templates_complex as c
from . import templates_simple as s
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
    (s.control, 11),
    (s.inanimate, 3),
    (s.becoming, 2),
    (b.profession, 5),
    (b.judged, 9),
    (b.quality, 9),
    (b.gendered_quality, 2),
    (b.thing_quality, 6),
    (b.located, 4),
    (b.there_is, 3),
    (b.age, 1.5),
    (b.feeling, 3),
    (b.origin, 1.5),
    (b.weather, 1),
    (b.clock, 0.4),
    (b.comparison, 4),
    (b.superlative, 2),
    (b.presenting, 3),
    (b.belonging, 2),
    (c.formula, 0.6),
    (c.wh_question, 3),
    (c.what_question, 2),
    (c.who_question, 2),
    (c.where_is, 2),
    (c.price, 1),
    (c.how_many, 1),
    (c.how_old, 1),
    (c.wanting, 5),
    (c.because, 5),
    (c.when, 4),
    (c.saying, 5),
    (c.coordinated, 4),
    (c.condition, 1.5),
    (c.relative, 4),
)
