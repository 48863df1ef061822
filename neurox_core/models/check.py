"""Is a model read and edited correctly? Its facts, the laws it was put to, and what it can do.

:func:`check_model` is what stands behind ``neurox check`` and behind the screen where a model is
added. It takes seconds: four short sentences, sequences of a dozen tokens.

What it cannot see: whether the model is any good, and whether a checkpoint's tokenizer is the one
that the network was trained with.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..addresses import LayerAddress
from ..errors import InvalidInputError, NeuroXError
from .base import TranslationModel
from .check_case import Case, NotJudged
from .check_laws import LAWS
from .hub_defaults import applied
from .sites import heads_of, parameters_of

TEXTS = (
    "He left.",
    "She reads a book in the garden.",
    "The men are here today.",
    "They did not know why he left the town so early.",
)
SCORES = {
    "translation": "BLEU, chrF, TER",
    "language-modelling": "perplexity",
    "classification": "accuracy, F1",
    "token-classification": "accuracy, F1",
    "encoding": "none: it gives activations only",
}


@dataclass(frozen=True)
class Law:
    """One law and how it went.

    Attributes
    ----------
    name, detail : str
        `detail` says what was measured, where it broke, or why it was not judged.
    state : {"holds", "broken", "not judged"}
    """

    name: str
    state: str
    detail: str


@dataclass(frozen=True)
class Ability:
    """Something that can, or cannot, be done with the model, and why."""

    name: str
    possible: bool
    why: str


@dataclass(frozen=True)
class Stack:
    """One stack of a model.

    Attributes
    ----------
    name : str
    layers : int
    heads : int or None
        Attention heads of a layer; None if unknown or without attention.
    sites : dict of str to int
        Width of each site; the largest over the layers.
    """

    name: str
    layers: int
    heads: int | None
    sites: dict[str, int]


@dataclass(frozen=True)
class CheckReport:
    """What :func:`check_model` found.

    Attributes
    ----------
    name, family, architecture, task, score, dtype, device, fingerprint : str
    parameters, vocabulary, max_tokens : int
    source_language, target_language : str
    languages, labels : list of str
    special_tokens : dict of str to str
    stacks : list of Stack
    unresolved : dict of str to str
        Sites that were not found, with the reason.
    own_settings : dict of str to str
        Generation settings of the checkpoint that are not taken over, with the reason.
    unused_weights : dict of str to int
        Parts of the checkpoint that the network has no place for, such as layers beyond those that
        its configuration names, and how many weights each has.
    laws : list of Law
    abilities : list of Ability
    """

    name: str
    family: str
    architecture: str
    task: str
    score: str
    dtype: str
    device: str
    fingerprint: str
    parameters: int
    vocabulary: int
    max_tokens: int
    source_language: str
    target_language: str
    languages: list[str]
    labels: list[str]
    special_tokens: dict[str, str]
    stacks: list[Stack]
    unresolved: dict[str, str]
    own_settings: dict[str, str]
    unused_weights: dict[str, int]
    laws: list[Law]
    abilities: list[Ability]

    @property
    def ok(self) -> bool:
        """Whether no law is broken."""
        return all(law.state != "broken" for law in self.laws)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, with ``ok``."""
        return asdict(self) | {"ok": self.ok}


def check_model(
    model: TranslationModel,
    texts: Sequence[str] = TEXTS,
    *,
    on_progress: Callable[[int, int], None] | None = None,
) -> CheckReport:
    """Put a model to the laws of every model and say what can be done with it.

    Parameters
    ----------
    model : TranslationModel
    texts : sequence of str
        At least two sentences of different lengths, in the model's source language.
    on_progress : callable of (done, total), optional
        In laws.

    Returns
    -------
    CheckReport
        ``ok`` is False if a law is broken. A law that raises anything counts as broken.
    """
    if len(texts) < 2:
        raise InvalidInputError("A check needs at least two sentences, of different lengths.")
    case = Case(model, [model.checked(text) for text in texts])
    laws = []
    for number, (name, law) in enumerate(LAWS.items()):
        laws.append(_judge(name, law, case))
        if on_progress is not None:
            on_progress(number + 1, len(LAWS))
    return CheckReport(
        name=model.name, family=model.family,
        architecture=model.architecture or type(model.module).__name__,
        task=model.task, score=SCORES.get(model.task, "none"),
        dtype=str(model.dtype).removeprefix("torch."), device=str(model.device),
        fingerprint=model.fingerprint, parameters=parameters_of(model.module),
        vocabulary=model.vocabulary_size, max_tokens=model.max_tokens,
        source_language=model.source_language, target_language=model.target_language,
        languages=list(model.languages), labels=list(getattr(model, "labels", ())),
        special_tokens=_special(model), stacks=stacks_of(model),
        unresolved=dict(model.unresolved), own_settings=dict(model.own_settings),
        unused_weights=parts_of(model.unused_weights), laws=laws, abilities=abilities_of(model),
    )  # fmt: skip


def stacks_of(model: TranslationModel) -> list[Stack]:
    """The stacks with their layers and sites."""
    config = getattr(model.module, "config", None)
    found: dict[str, tuple[set[int], dict[str, int]]] = {}
    for text, width in model.sites.items():
        address = LayerAddress.parse(text)
        layers, sites = found.setdefault(address.stack, (set(), {}))
        layers.add(address.layer)
        sites[address.site] = max(width, sites.get(address.site, 0))
    return [
        Stack(name, max(layers) + 1, heads_of(config, name), sites)
        for name, (layers, sites) in found.items()
    ]


def parts_of(weights: Sequence[str]) -> dict[str, int]:
    """Parts that weights belong to, and how many each has: layers, or modules outside of them."""
    found: Counter[str] = Counter()
    for name in weights:
        above = name.split(".")[:-1] or [name]
        layer = next((place for place, part in enumerate(above) if part.isdecimal()), len(above))
        found[".".join(above[: layer + 1])] += 1
    return dict(found)


def abilities_of(model: TranslationModel) -> list[Ability]:
    """What can and cannot be done with a model, and why."""
    writes = model.task in ("translation", "language-modelling")
    heads = any(site.endswith("_attn_heads") for site in model.sites)
    labels = len(getattr(model, "labels", ()))
    found = [
        Ability("read activations", True, f"{len(model.sites)} layer addresses"),
        Ability("ablate and manipulate neurons", True, "at every site, per row and position"),
        Ability(
            "means and values in sigma", model.statistics is not None,
            "statistics lie beside the model" if model.statistics is not None
            else "extract activations of a corpus first; they bring the statistics",
        ),
        Ability(
            "attention heads", heads,
            "sites *_attn_heads hold the heads' outputs side by side" if heads
            else "no attention was found whose heads stand apart",
        ),
        Ability(
            "continue a prompt" if model.task == "language-modelling" else "translate", writes,
            "greedy and beam search, live" if writes else "an encoder writes no text",
        ),
        Ability(
            "class probabilities", labels > 0,
            f"{labels} classes" if labels else "it has no head that gives classes",
        ),
        Ability(
            "score a corpus", model.task != "encoding",
            SCORES.get(model.task, "none").removeprefix("none: "),
        ),
    ]  # fmt: skip
    if writes and (kept := applied(model.rules)):
        why = "applied as the library's generate does"
        found.append(Ability(f"the checkpoint's own {', '.join(kept)}", True, why))
    for setting, reason in model.own_settings.items() if writes else ():
        found.append(Ability(f"the checkpoint's own {setting}", False, reason))
    if model.languages:
        some = ", ".join(model.languages[:6]) + (", ..." if len(model.languages) > 6 else "")
        why = f"{len(model.languages)} codes, at load: {some}"
        found.append(Ability("choose languages", True, why))
    reasons: dict[str, set[str]] = {}
    for address, reason in model.unresolved.items():
        reasons.setdefault(reason, set()).add(address.rpartition(".")[2])
    for reason, sites in reasons.items():
        found.append(Ability(f"sites {', '.join(sorted(sites))}", False, reason))
    return found


def _judge(name: str, law: Callable[[Case], str], case: Case) -> Law:
    try:
        return Law(name, "holds", law(case))
    except NotJudged as reason:
        return Law(name, "not judged", str(reason))
    except NeuroXError as error:
        return Law(name, "broken", str(error))
    except Exception as error:  # An adapter of a third party may raise anything.
        return Law(name, "broken", f"{type(error).__name__}: {error}")


def _special(model: TranslationModel) -> dict[str, str]:
    tokenizer = getattr(model, "_tokenizer", None)
    if tokenizer is not None and hasattr(tokenizer, "special_tokens"):
        named: dict[str, str] = tokenizer.special_tokens()
        return named
    try:
        return {"eos_token": model.pieces([model.eos_id])[0]}
    except (NeuroXError, IndexError, ValueError):
        return {}
