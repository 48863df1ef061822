"""Jobs about what neurons cause, beside curves: plain JSON values in, plain JSON values out."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..interventions.intervention import Intervention
from .causal import opened
from .kept import KeptTranslations
from .sources import lend_samples, open_corpus, open_model, open_placed
from .tasks import Parameters, Reporter

if TYPE_CHECKING:
    from ..corpora import Corpus
    from ..interventions.control_results import Control, ControlPoint
    from ..interventions.where import Forms, Labels
    from ..models.tokens import Tokens

EXAMPLES = 40
"""Judged sentences in the result of a control job."""


def control_task(parameters: Parameters, reporter: Reporter) -> dict[str, Any]:
    """The control protocol (see :func:`neurox_core.control`).

    Cells of the sweep are written to a file as they are found; asked again, only those that are
    missing are made.

    Parameters
    ----------
    parameters : mapping
        ``model``, ``corpus``, ``label``, ``values`` (two), ``wanted`` (0 or 1); optional
        ``layers``, ``ks``, ``betas``, ``select``, ``scope``, ``limit``, ``seed``, ``alignment``
        (``"corpus"`` or ``"attention"``), ``annotator`` (``name`` and ``parameters`` of what tags
        references and outputs, in place of the annotation), ``kept`` (a file that belongs to this
        question alone), ``name`` (what the model is called in the result), ``part`` with
        ``part_column``, ``store``.
    """
    from ..interventions.control_protocol import BETAS, KS, control
    from ..interventions.control_words import annotator_tagger

    model, corpus = opened(parameters)
    first, second = parameters["values"]
    file = Path(parameters["kept"]) if parameters.get("kept") else None
    tagging = parameters.get("annotator")
    ks, betas = parameters.get("ks", KS), parameters.get("betas", BETAS)
    total = len(ks) * len(betas) + 1

    def plain(now: Control) -> dict[str, Any]:
        values = now.to_dict(EXAMPLES)
        return {**values, "model": parameters.get("name", values["model"])}

    def told(now: Control) -> None:
        if file is not None and now.sweep:
            _keep_points(file, now)
        reporter.progress(len(now.sweep), total, "", plain(now))

    found = control(
        model, corpus, parameters["label"], (first, second), int(parameters["wanted"]),
        layers=parameters.get("layers"), ks=ks, betas=betas,
        select=parameters.get("select", "accuracy"), scope=parameters.get("scope", "output"),
        align="attention" if parameters.get("alignment") == "attention" else None,
        tagger=None if not tagging else annotator_tagger(tagging["name"], **tagging["parameters"]),
        limit=int(parameters.get("limit", 120)), seed=int(parameters.get("seed", 0)),
        earlier=_kept_points(file), on_point=told, cancelled=reporter.cancelled,
    )  # fmt: skip
    return plain(found)


def _keep_points(file: Path, now: Control) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".draft")
    draft.write_text(json.dumps([p.to_dict() for p in now.sweep]), encoding="utf-8")
    draft.replace(file)


def _kept_points(file: Path | None) -> dict[tuple[int, float], ControlPoint]:
    """What an earlier run left; nothing if that cannot be read."""
    from ..interventions.control_results import ControlPoint

    if file is None or not file.is_file():
        return {}
    try:
        points = [ControlPoint.from_dict(v) for v in json.loads(file.read_text(encoding="utf-8"))]
    except (ValueError, TypeError, KeyError):
        return {}
    return {(p.k, p.beta): p for p in points}


def sets_task(parameters: Parameters, reporter: Reporter) -> dict[str, Any]:
    """Manipulation sets side by side (see :func:`neurox_core.compare_sets`).

    Parameters
    ----------
    parameters : mapping
        ``model``, ``corpus``, ``sets`` (each ``name`` and ``interventions``); optional ``beams``,
        ``shown`` (sentences in the result, 200), ``part`` with ``part_column``, ``store``.
    """
    from ..interventions.sets import ManipulationSet, compare_sets

    sets = [ManipulationSet.from_dict(values) for values in parameters["sets"]]
    model, corpus = opened(parameters, samples=any(_sampled(s.interventions) for s in sets))
    found = compare_sets(
        model, corpus, sets, beams=int(parameters.get("beams", 1)), on_progress=reporter.progress,
        cancelled=reporter.cancelled,
    )  # fmt: skip
    return found.to_dict(int(parameters.get("shown", 200)))


def try_task(parameters: Parameters, reporter: Reporter) -> dict[str, Any]:
    """An edit on a whole corpus (see :func:`neurox_core.try_edit`).

    Parameters
    ----------
    parameters : mapping
        ``model``, ``corpus``, ``interventions``, ``word``, ``wanted``; optional ``limit``,
        ``beams``, ``holding`` (``label``, ``value``, ``side``), ``part`` with ``part_column``,
        ``store``, ``cache`` (a folder of translations).
    """
    from ..corpora.holding import Holding
    from ..interventions.trying import try_edit

    edits = [Intervention.from_dict(values) for values in parameters["interventions"]]
    model, corpus = opened(parameters)
    lend_samples(model, open_corpus(parameters["corpus"]))
    limit, cache = parameters.get("limit"), parameters.get("cache")
    beams = int(parameters.get("beams", 1))
    sources = corpus.sources if limit is None else corpus.sources[:limit]
    holding = Holding.from_dict(parameters["holding"]) if parameters.get("holding") else None
    reporter.progress(0, len(sources), "translating")
    found = try_edit(
        model, corpus, edits, parameters["word"], parameters["wanted"], limit=limit,
        holding=holding, beams=beams,
        keep=(
            None if cache is None else KeptTranslations(Path(cache), model, sources, beams, corpus)
        ),
        cancelled=reporter.cancelled,
    )  # fmt: skip
    reporter.progress(found["sentences"], found["sentences"])
    asked = {name: parameters[name] for name in ("interventions", "word", "wanted")}
    return {**asked, "beams": beams, **found}


def bias_task(parameters: Parameters, reporter: Reporter) -> dict[str, Any]:
    """The gender experiment (see :func:`neurox_core.gender_bias`).

    Parameters
    ----------
    parameters : mapping
        ``model``, ``interventions``; optional ``occupations``, ``templates``, ``sentences``,
        ``beams``, ``limit``, ``store``, and ``corpus`` where an intervention draws on one.
    """
    from ..activations import open_store
    from ..interventions.bias import TEMPLATES, gender_bias
    from ..interventions.where import asked_forms, asked_labels

    store = open_store(parameters["store"]) if parameters.get("store") else None
    edits = [Intervention.from_dict(values) for values in parameters["interventions"]]
    model = open_model(parameters["model"], store)
    labels: Callable[[Tokens], Labels | None] | None = None
    forms: Forms | None = None
    if asked_labels(edits) or asked_forms(edits) or _sampled(edits):
        corpus = open_corpus(parameters["corpus"])
        lend_samples(model, corpus)
        labels, forms = known_words(corpus, edits)
    templates = parameters.get("templates")
    found = gender_bias(
        model, edits, occupations=parameters.get("occupations"),
        templates=TEMPLATES if templates is None else templates,
        sentences=parameters.get("sentences", ()), beams=int(parameters.get("beams", 1)),
        limit=parameters.get("limit"), labels=labels, forms=forms,
        on_progress=reporter.progress, cancelled=reporter.cancelled,
    ).to_dict()  # fmt: skip
    return {**found, "model": parameters.get("name", found["model"])}


def known_words(
    corpus: Corpus, interventions: Sequence[Intervention]
) -> tuple[Callable[[Tokens], Labels | None], Forms]:
    """What a corpus says of the words of other texts, of those read and of those written."""
    from ..corpora.text_labels import OutputForms, SourceLabels
    from ..interventions.where import asked_labels

    names, known = asked_labels(interventions), SourceLabels(corpus)
    return (lambda tokens: known.of(None, tokens, names).values), OutputForms(corpus).of


def prune_task(parameters: Parameters, reporter: Reporter) -> dict[str, Any]:
    """A smaller model (see :func:`neurox_core.prune_model`).

    A folder that an earlier, interrupted run of the same job left is made anew.

    Parameters
    ----------
    parameters : mapping
        ``model``, ``neurons`` (addresses, most important first), ``path`` of the new folder, which
        belongs to this job alone, ``share``; optional ``ranking`` (its name), ``corpus`` to score
        both models on, with ``part`` and ``part_column`` or ``sentences`` (the first so many), and
        ``beams``.
    """
    from ..interventions.pruning import prune_model
    from ..interventions.pruning_tools import compare_models
    from .causal import chosen_text

    target, source = Path(parameters["path"]), parameters["model"]
    if target.exists():
        shutil.rmtree(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        pruned = prune_model(source, parameters["neurons"], target, float(parameters["share"]))
        found: dict[str, Any] = {
            "name": target.name, "model": parameters.get("name", str(source)),
            "ranking": parameters.get("ranking", "given"),
            "share": float(parameters["share"]),
            "dropped": {layer: len(units) for layer, units in pruned.dropped.items()},
            "passed_over": pruned.passed_over,
            "parameters": list(pruned.parameters), "bytes": list(pruned.bytes), "scores": None,
        }  # fmt: skip
        if parameters.get("corpus"):
            found["scores"] = compare_models(
                source, target, chosen_text(parameters), int(parameters.get("beams", 1)),
                reporter.progress, reporter.cancelled, open_placed,
            )  # fmt: skip
    except BaseException:  # What nobody waits for any more is not left lying in the workspace.
        shutil.rmtree(target, ignore_errors=True)
        raise
    reporter.progress(1, 1)
    return found


def _sampled(interventions: Any) -> bool:
    """Whether values are drawn from what neurons do on the text."""
    return any(i.operation == "resample" or i.unit == "percentile" for i in interventions)
