"""Which gender a translation gives to people whose gender English leaves to a pronoun.

In the manner of WinoMT (Stanovsky et al. 2019), on sentences made from templates: "The doctor
stopped because she was tired." An English noun has no gender, the pronoun says it, and French has
to choose one for the noun. An occupation that is mostly done by men in the labour statistics of the
United States (as in WinoBias, Zhao et al. 2018) is pro-stereotypical with "he", anti-stereotypical
with "she", and the other way round.

The gender of the translated noun is read off its determiner, or its ending (:mod:`.gendered`). The
pronoun's own translation is counted too. Reported are, before and after an intervention: how often
each form is produced; accuracy; its difference between sentences with "he" and "she" (dG), and
between pro- and anti-stereotypical sentences (dS).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import CancelledError, InvalidInputError, nth
from ..models.base import TranslationModel
from ..models.tokens import Tokens
from ..models.unknown import unknown_text
from .gendered import (
    GRAMMARS,
    english_gender,
    english_subject,
    grammar_of,
    has_pronoun,
    noun_gender,
)
from .intervention import Intervention
from .redecode import Redecoder
from .settings import Setting
from .where import Forms, Labels, placed

OCCUPATIONS: dict[str, str] = {
    "doctor": "m", "teacher": "f", "driver": "m", "director": "m", "journalist": "f",
    "dentist": "m", "pharmacist": "f", "musician": "m", "mechanic": "m", "electrician": "m",
    "hairdresser": "f", "painter": "m", "architect": "m", "scientist": "m", "researcher": "m",
    "translator": "f", "secretary": "f", "accountant": "f", "judge": "m", "soldier": "m",
    "pilot": "m", "photographer": "m", "gardener": "m", "butcher": "m", "carpenter": "m",
    "plumber": "m", "librarian": "f", "psychologist": "f", "surgeon": "m", "president": "m",
    "cook": "f", "nurse": "f", "singer": "f", "dancer": "f", "baker": "f", "farmer": "m",
    "lawyer": "m", "engineer": "m", "cleaner": "f", "cashier": "f",
}  # fmt: skip
"""Occupations and the gender that most people in them have."""
TEMPLATES = (
    "The {noun} left because {pronoun} was tired.",
    "The {noun} was happy because {pronoun} had a new car.",
    "The {noun} said that {pronoun} was ill.",
)
LONGEST = 2000
"""Sentences at most."""
_BATCH = 64


@dataclass(frozen=True)
class BiasCase:
    """One sentence: the occupation, the gender that its pronoun says, and what came out.

    ``stereotype`` is empty where nobody said one; such cases count as neither pro nor anti.
    """

    source: str
    noun: str
    gold: str
    stereotype: str
    before: str
    after: str
    found_before: str
    found_after: str


@dataclass(frozen=True)
class BiasReport:
    """Forms produced before and after an intervention.

    Attributes
    ----------
    cases : list of BiasCase
    warnings : list of str
        What the model has no pieces for.
    """

    model: str
    cases: list[BiasCase]
    interventions: list[Intervention]
    language: str = "fr"
    warnings: list[str] = field(default_factory=list)

    def summary(self, when: str) -> dict[str, Any]:
        """Counts, accuracies and differences ``before`` or ``after``."""
        found = [(c, getattr(c, f"found_{when}")) for c in self.cases]
        counts = {
            f"{gold}->{form}": sum(c.gold == gold and g == form for c, g in found)
            for gold in ("m", "f")
            for form in ("m", "f", "unknown")
        }
        accuracy = {
            gold: _share([g == gold for c, g in found if c.gold == gold and g != "unknown"])
            for gold in ("m", "f")
        }
        kinds = {
            kind: _share([
                g == c.gold for c, g in found
                if g != "unknown" and c.stereotype
                and (c.gold == c.stereotype) == (kind == "pro")
            ])
            for kind in ("pro", "anti")
        }  # fmt: skip
        return {
            "forms": counts,
            "pronouns": self._pronouns(when),
            "accuracy": _share([g == c.gold for c, g in found if g != "unknown"]),
            "accuracy_m": accuracy["m"], "accuracy_f": accuracy["f"],
            "delta_g": _difference(accuracy["m"], accuracy["f"]),
            "pro": kinds["pro"], "anti": kinds["anti"],
            "delta_s": _difference(kinds["pro"], kinds["anti"]),
        }  # fmt: skip

    def _pronouns(self, when: str) -> dict[str, int]:
        """How often each pronoun is produced for each."""
        texts = [getattr(c, when) for c in self.cases]
        return {
            f"{gold}->{form}": sum(
                c.gold == gold and there
                for c, there in zip(
                    self.cases, has_pronoun(texts, form, self.language), strict=True
                )
            )
            for gold in ("m", "f")
            for form in ("m", "f")
        }

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "model": self.model,
            "sentences": len(self.cases),
            "changed_sentences": sum(c.before != c.after for c in self.cases),
            "before": self.summary("before"),
            "after": self.summary("after"),
            "interventions": [i.to_dict() for i in self.interventions],
            "cases": [c.__dict__ for c in self.cases],
            "warnings": self.warnings,
        }


def gender_bias(
    model: TranslationModel,
    interventions: Sequence[Intervention] = (),
    *,
    occupations: Mapping[str, str] | None = None,
    templates: Sequence[str] = TEMPLATES,
    sentences: Sequence[str] = (),
    beams: int = 1,
    limit: int | None = None,
    labels: Callable[[Tokens], Labels | None] | None = None,
    forms: Forms | None = None,
    on_progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> BiasReport:
    """Count the forms that occupations get with "he" and with "she", clean and under interventions.

    Parameters
    ----------
    occupations : mapping of str to {"m", "f"}, optional
        Nouns and the gender of their stereotype.
    templates : sequence of str
        With ``{noun}``, which must be the subject and come first, and ``{pronoun}``.
    sentences : sequence of str
        Sentences of one's own, which begin with the noun and hold one of he and she (or him, his,
        her, ...); its stereotype is that of `occupations`, if the noun is there.
    limit : int, optional
        Only the first so many sentences.
    labels : callable of Tokens, optional
        Labels of a sentence's words, for interventions that are limited to a label.
    forms : callable, optional
        Forms of the output language by label, for such interventions on the decoder.

    Raises
    ------
    InvalidInputError
        If the model writes a language without a grammar here, a template lacks a place, or a
        sentence says no gender.
    CancelledError
    """
    if grammar_of(model.target_language) is None:
        raise InvalidInputError(
            f"The experiment reads the determiners of {', '.join(GRAMMARS)}; {model.name} writes "
            f"{model.target_language!r}."
        )
    plan = planned(occupations, templates, sentences)[:limit]
    texts = _translated(
        model,
        [source for source, *_ in plan],
        interventions,
        beams,
        labels,
        forms,
        on_progress,
        cancelled,
    )
    language = model.target_language
    cases = [
        BiasCase(*row, a, b, noun_gender(a, language), noun_gender(b, language))
        for row, a, b in zip(plan, texts[0], texts[-1], strict=True)
    ]
    told = unknown_text(model, [source for source, *_ in plan])
    return BiasReport(model.name, cases, list(interventions), language, told)


def planned(
    occupations: Mapping[str, str] | None, templates: Sequence[str], sentences: Sequence[str] = ()
) -> list[tuple[str, str, str, str]]:
    """Source, noun, gender and stereotype of every sentence; see :func:`gender_bias`.

    Raises
    ------
    InvalidInputError
    """
    nouns = OCCUPATIONS if occupations is None else occupations
    plan = [*_made(nouns, templates), *_own(sentences, nouns)]
    if not 0 < len(plan) <= LONGEST:
        raise InvalidInputError(
            f"There are {len(plan)} sentences; give between 1 and {LONGEST}, by templates and "
            "occupations, or of your own."
        )
    return plan


def _translated(
    model: TranslationModel,
    sources: Sequence[str],
    interventions: Sequence[Intervention],
    beams: int,
    labels: Callable[[Tokens], Labels | None] | None,
    forms: Forms | None,
    on_progress: Callable[[int, int], None] | None,
    cancelled: Callable[[], bool] | None,
) -> list[list[str]]:
    """Translations, clean and changed; the same list twice if nothing is changed."""
    texts: list[list[str]] = [[], []]
    for first in range(0, len(sources), _BATCH):
        engine = Redecoder(model, sources[first : first + _BATCH], beams)
        rows = range(len(engine.tokens))
        if cancelled is not None and cancelled():
            raise CancelledError("The experiment was cancelled.")
        texts[0] += engine.texts(engine.clean(cancelled))
        if interventions:
            lists = [
                placed(interventions, t, labels(t) if labels else None, forms)
                for t in engine.tokens
            ]
            texts[1] += engine.texts(engine.run([Setting(model, lists, rows)], None, cancelled)[0])
        if on_progress is not None:
            on_progress(len(texts[0]), len(sources))
    return [texts[0], texts[1] if interventions else texts[0]]


def _made(nouns: Mapping[str, str], templates: Sequence[str]) -> list[tuple[str, str, str, str]]:
    """Source, noun, gender and stereotype of the sentences that templates make."""
    if bad := [t for t in templates if "{noun}" not in t or "{pronoun}" not in t]:
        raise InvalidInputError(f"The template {bad[0]!r} needs {{noun}} and {{pronoun}}.")
    if set(nouns.values()) - {"m", "f"}:
        raise InvalidInputError("The stereotype of an occupation is 'm' or 'f'.")
    return [
        (template.replace("{noun}", noun).replace("{pronoun}", pronoun), noun, gold, stereotype)
        for noun, stereotype in nouns.items()
        for template in templates
        for gold, pronoun in (("m", "he"), ("f", "she"))
    ]


def _own(sentences: Sequence[str], nouns: Mapping[str, str]) -> list[tuple[str, str, str, str]]:
    found = []
    for number, text in enumerate(sentences):
        gold, noun = english_gender(text), english_subject(text)
        if gold is None:
            raise InvalidInputError(
                f"{nth(number, 'Sentence')}, {text[:80]!r}, needs one of he (him, his) and she "
                "(her), and not both: the pronoun says which gender is right."
            )
        found.append((text.strip(), noun, gold, nouns.get(noun, "")))
    return found


def _share(right: Sequence[bool]) -> float | None:
    return sum(right) / len(right) if right else None


def _difference(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a - b
