"""Jobs about what neurons cause, beside curves: plain JSON values in, plain JSON values out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..interventions.intervention import Intervention
from .causal import opened
from .tasks import Parameters, Reporter


def control_task(parameters: Parameters, reporter: Reporter) -> dict[str, Any]:
    """The control protocol (see :func:`neurox_core.control`).

    Parameters
    ----------
    parameters : mapping
        ``model``, ``corpus``, ``label``, ``values`` (two), ``wanted`` (0 or 1); optional
        ``layers``, ``ks``, ``betas``, ``scope``, ``limit``, ``seed``, ``part`` with
        ``part_column``, ``store``.
    """
    from ..interventions.control_protocol import BETAS, KS, control

    model, corpus = opened(parameters)
    first, second = parameters["values"]
    return control(
        model, corpus, parameters["label"], (first, second), int(parameters["wanted"]),
        layers=parameters.get("layers"), ks=parameters.get("ks", KS),
        betas=parameters.get("betas", BETAS), scope=parameters.get("scope", "output"),
        limit=int(parameters.get("limit", 120)), seed=int(parameters.get("seed", 0)),
        on_progress=reporter.progress, cancelled=reporter.cancelled,
    ).to_dict()  # fmt: skip


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
        model, corpus, sets, beams=int(parameters.get("beams", 1)), cancelled=reporter.cancelled
    )
    reporter.progress(len(corpus), len(corpus))
    return found.to_dict(int(parameters.get("shown", 200)))


def try_task(parameters: Parameters, reporter: Reporter) -> dict[str, Any]:
    """An edit on a whole corpus (see :func:`neurox_core.try_edit`).

    Parameters
    ----------
    parameters : mapping
        ``model``, ``corpus``, ``interventions``, ``word``, ``wanted``; optional ``limit``,
        ``part`` with ``part_column``, ``store``.
    """
    from ..interventions.finding import try_edit

    edits = [Intervention.from_dict(values) for values in parameters["interventions"]]
    model, corpus = opened(parameters, samples=_sampled(edits))
    found = try_edit(
        model, corpus, edits, parameters["word"], parameters["wanted"],
        limit=parameters.get("limit"), cancelled=reporter.cancelled,
    )  # fmt: skip
    reporter.progress(found["sentences"], found["sentences"])
    return found


def bias_task(parameters: Parameters, reporter: Reporter) -> dict[str, Any]:
    """The gender experiment (see :func:`neurox_core.gender_bias`).

    Parameters
    ----------
    parameters : mapping
        ``model``, ``interventions``; optional ``beams``, ``store``.
    """
    from ..activations import open_store
    from ..interventions.bias import gender_bias
    from .sources import open_model

    store = open_store(parameters["store"]) if parameters.get("store") else None
    edits = [Intervention.from_dict(values) for values in parameters["interventions"]]
    found = gender_bias(
        open_model(parameters["model"], store), edits, beams=int(parameters.get("beams", 1))
    )
    reporter.progress(1, 1)
    return found.to_dict()


def prune_task(parameters: Parameters, reporter: Reporter) -> dict[str, Any]:
    """A smaller model (see :func:`neurox_core.prune_model`).

    A folder that an earlier, interrupted run of the same job left is made anew.

    Parameters
    ----------
    parameters : mapping
        ``model``, ``neurons`` (addresses, most important first), ``path`` of the new folder, which
        belongs to this job alone, ``share``; optional ``corpus`` to score both models on.
    """
    import shutil

    from ..interventions.pruning import prune_model
    from .sources import open_corpus

    target = Path(parameters["path"])
    if (target / "config.json").is_file():
        shutil.rmtree(target)
    corpus = open_corpus(parameters["corpus"]) if parameters.get("corpus") else None
    found = prune_model(
        parameters["model"], parameters["neurons"], target, float(parameters["share"]),
        corpus=corpus,
    )  # fmt: skip
    reporter.progress(1, 1)
    return found.to_dict()


def _sampled(interventions: Any) -> bool:
    """Whether values are drawn from what neurons do on the text."""
    return any(i.operation == "resample" or i.unit == "percentile" for i in interventions)
