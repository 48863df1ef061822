"""The job that ablates groups of neurons, each as a whole: plain JSON values in and out.

Every group's translations are kept in the same files as those of scores and curves, so that a group
that was scored before, or that a cancelled job had finished, is not decoded again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import CancelledError
from ..evaluation.scorers import scorer
from ..interventions.curve_results import CurvePoint, described, flat_signatures
from ..interventions.groups import ablations, chosen_groups
from ..interventions.outputs import gold_of, scorable
from ..interventions.redecode import Redecoder
from ..interventions.settings import Setting
from .causal import opened
from .kept import kept_outputs
from .measuring import read
from .sources import lend_samples, open_corpus
from .tasks import Parameters, Reporter

if TYPE_CHECKING:
    from ..interventions.intervention import Intervention


def groups_task(parameters: Parameters, reporter: Reporter) -> dict[str, Any]:
    """Score a corpus with each of some groups ablated.

    Parameters
    ----------
    parameters : mapping
        ``model``, ``corpus``, ``groups``, ``neurons``, ``layers`` (see
        :func:`neurox_core.interventions.groups.chosen_groups`), ``title``, ``name`` (of the
        model, for the result), ``cache`` (a folder); optional ``operation``, ``scope``,
        ``beams``, ``part`` with ``part_column``, ``sentences`` (the first so many), ``metrics``,
        ``store``.

    Returns
    -------
    dict
        ``baseline`` and ``points``, a row each: the group's ``name``, its number of ``neurons``,
        scores as a point of a curve has them, and ``translations``, the name of the file of the
        translations, or of what else the model gave.

    Raises
    ------
    CancelledError
        What was finished is kept in the cache.
    """
    model, corpus = opened(parameters)
    lend_samples(model, open_corpus(parameters["corpus"]))
    operation, scope = parameters.get("operation", "zero"), parameters.get("scope", "output")
    beams = int(parameters.get("beams", 1))
    groups = chosen_groups(
        model, parameters["groups"], parameters.get("neurons", ()), parameters.get("layers", ())
    )
    scorable(model)
    keep = kept_outputs(Path(parameters["cache"]), model, corpus.sources, beams)
    finished = 0

    def on_sample(metric: str, at: int, samples: int) -> None:
        reporter.progress(finished, len(groups), f"{metric}: sample {at + 1} of {samples}")

    scores = scorer(
        model.task, gold_of(model, corpus), metrics=parameters.get("metrics"),
        on_sample=on_sample, cancelled=reporter.cancelled,
    )  # fmt: skip
    engine: list[Redecoder] = []  # Made when something has to be decoded.

    def made(edits: Sequence[Intervention]) -> list[Any]:
        if model.task != "translation":
            return read(model, corpus, [edits], keep, cancelled=reporter.cancelled)[0]
        known = keep.get(edits)
        if known is not None:
            return known
        if not engine:
            engine.append(Redecoder(model, corpus.sources, beams))
        setting = Setting.everywhere(model, edits, len(corpus))
        ids = engine[0].run([setting], None, reporter.cancelled) if edits else None
        found = engine[0].texts(ids[0] if ids else engine[0].clean(reporter.cancelled))
        keep.put(edits, found)
        return found

    clean = made([])
    first = scores.score(clean, clean)

    def row(name: str, neurons: int, edits: Sequence[Intervention]) -> dict[str, Any]:
        score = scores.score(made(edits), clean) if edits else first
        point = CurvePoint.of(neurons, score).to_dict()
        del point["ablated"]
        return {"name": name, "neurons": neurons, **point, "translations": keep.key(edits)}

    signatures = {name: one.signature for name, one in first.metrics.items()}
    result: dict[str, Any] = {
        "title": parameters["title"], "model": parameters["name"], "operation": operation,
        "scope": scope, "beams": beams, "complete": False, "baseline": row("nothing", 0, []),
        "points": [], **flat_signatures(signatures), "metrics": described(signatures),
    }  # fmt: skip
    sets = ablations(groups, operation, scope)
    for finished, one in enumerate(sets):
        if reporter.cancelled():
            raise CancelledError("The ablations were cancelled; finished groups are kept.")
        result["points"].append(row(one.name, len(groups[one.name]), one.interventions))
        reporter.progress(finished + 1, len(sets), one.name, _copy(result))
    return {**result, "complete": True}


def _copy(result: Mapping[str, Any]) -> dict[str, Any]:
    return {**result, "points": list(result["points"])}
