"""Which gender a translation gives to people whose gender English leaves to a pronoun.

In the manner of WinoMT (Stanovsky et al. 2019), on sentences made from templates: "The doctor
stopped because she was tired." An English noun has no gender, the pronoun says it, and French has
to choose one for the noun. An occupation that is mostly done by men in the labour statistics of the
United States (as in WinoBias, Zhao et al. 2018) is pro-stereotypical with "he", anti-stereotypical
with "she", and the other way round.

The gender of the translated noun is read off its determiner (``le`` or ``la``, ``un`` or ``une``);
where that is elided (``l'``), off the noun's form if the two genders differ in it, else it is
unknown. That needs no aligner, because the noun is the subject and the first word after it. The
pronoun's own translation is counted too. Reported are, before and after an intervention: how often
each form is produced; accuracy; its difference between sentences with "he" and "she" (dG), and
between pro- and anti-stereotypical sentences (dS).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import InvalidInputError
from ..models.base import TranslationModel
from .intervention import Intervention

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
_MASCULINE = re.compile(r"\b(?:le|un|ce|cet|mon|notre)\b", re.IGNORECASE)
_FEMININE = re.compile(r"\b(?:la|une|cette|ma)\b", re.IGNORECASE)
_FEMININE_ENDINGS = ("euse", "trice", "ienne", "ière", "ente", "ante", "esse", "euse", "ine")
_MASCULINE_ENDINGS = ("eur", "ien", "ier", "ent", "ant", "eux", "in")
_HE, _SHE = re.compile(r"\bil\b", re.IGNORECASE), re.compile(r"\belle\b", re.IGNORECASE)


@dataclass(frozen=True)
class BiasCase:
    """One sentence: the occupation, the gender that its pronoun says, and what came out."""

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
    """

    model: str
    cases: list[BiasCase]
    interventions: list[Intervention]

    def summary(self, when: str) -> dict[str, Any]:
        """Counts, accuracies and differences ``before`` or ``after``."""
        found = [(c, getattr(c, f"found_{when}")) for c in self.cases]
        texts = [(c, getattr(c, when)) for c in self.cases]
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
                if g != "unknown" and (c.gold == c.stereotype) == (kind == "pro")
            ])
            for kind in ("pro", "anti")
        }  # fmt: skip
        return {
            "forms": counts,
            "pronouns": {
                "m->il": sum(c.gold == "m" and bool(_HE.search(t)) for c, t in texts),
                "m->elle": sum(c.gold == "m" and bool(_SHE.search(t)) for c, t in texts),
                "f->il": sum(c.gold == "f" and bool(_HE.search(t)) for c, t in texts),
                "f->elle": sum(c.gold == "f" and bool(_SHE.search(t)) for c, t in texts),
            },
            "accuracy": _share([g == c.gold for c, g in found if g != "unknown"]),
            "accuracy_m": accuracy["m"], "accuracy_f": accuracy["f"],
            "delta_g": _difference(accuracy["m"], accuracy["f"]),
            "pro": kinds["pro"], "anti": kinds["anti"],
            "delta_s": _difference(kinds["pro"], kinds["anti"]),
        }  # fmt: skip

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
        }


def gender_bias(
    model: TranslationModel,
    interventions: Sequence[Intervention] = (),
    *,
    occupations: dict[str, str] | None = None,
    templates: Sequence[str] = TEMPLATES,
    beams: int = 1,
) -> BiasReport:
    """Count the forms that occupations get with "he" and with "she", clean and under interventions.

    Parameters
    ----------
    occupations : dict of str to {"m", "f"}, optional
        Nouns and the gender of their stereotype.
    templates : sequence of str
        With ``{noun}``, which must be the subject and come first, and ``{pronoun}``.

    Raises
    ------
    InvalidInputError
        If the model does not write French, or a template lacks a place.
    """
    if not model.target_language.lower().startswith("fr"):
        raise InvalidInputError(
            f"The experiment reads French determiners; {model.name} writes "
            f"{model.target_language!r}."
        )
    nouns = OCCUPATIONS if occupations is None else occupations
    if bad := [t for t in templates if "{noun}" not in t or "{pronoun}" not in t]:
        raise InvalidInputError(f"The template {bad[0]!r} needs {{noun}} and {{pronoun}}.")
    if not nouns or not templates or set(nouns.values()) - {"m", "f"}:
        raise InvalidInputError("Give templates, and occupations with the stereotype 'm' or 'f'.")
    plan = [
        (template.format(noun=noun, pronoun=pronoun), noun, gold, stereotype)
        for noun, stereotype in nouns.items()
        for template in templates
        for gold, pronoun in (("m", "he"), ("f", "she"))
    ]
    sources = [source for source, *_ in plan]
    before = [t.text for t in model.translate(sources, beams=beams)]
    after = before
    if interventions:
        after = [t.text for t in model.translate(sources, list(interventions), beams)]
    cases = [
        BiasCase(*row, a, b, noun_gender(a), noun_gender(b))
        for row, a, b in zip(plan, before, after, strict=True)
    ]
    return BiasReport(model.name, cases, list(interventions))


def noun_gender(text: str) -> str:
    """Gender of the noun that a French sentence begins with: ``m``, ``f`` or ``unknown``.

    Examples
    --------
    >>> noun_gender("La coiffeuse est partie."), noun_gender("L'infirmier est parti.")
    ('f', 'm')
    """
    start = text.strip()[:40]
    words = re.findall(r"[\w-]+['\u2019]?", start)
    if not words:
        return "unknown"
    first, second = words[0].lower(), words[1].lower() if len(words) > 1 else ""
    if _FEMININE.fullmatch(first):
        return "f"
    if _MASCULINE.fullmatch(first):
        return "m"
    if second.endswith(_FEMININE_ENDINGS):
        return "f"
    return "m" if second.endswith(_MASCULINE_ENDINGS) else "unknown"


def _share(right: Sequence[bool]) -> float | None:
    return sum(right) / len(right) if right else None


def _difference(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a - b
