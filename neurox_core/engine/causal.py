"""Jobs about cause and effect: plain JSON values in, plain JSON values out.

Everything a curve makes is kept (see :mod:`.kept`), translations in the same files as what a score
translates, so that a job that was cut off goes on, and a set of neurons that was scored as a point
of a curve need not be decoded again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import CancelledError
from .kept import KeptTranslations, kept_outputs
from .sources import open_corpus, open_model
from .tasks import Parameters, Reporter

if TYPE_CHECKING:
    from ..corpora import Corpus
    from ..models.base import TranslationModel


class _Ranked:
    """A ranking that came as plain values."""

    def __init__(self, name: str, signature: str, neurons: Sequence[str]) -> None:
        self.name, self.signature, self._neurons = name, signature, list(neurons)

    def neurons(self, first: int = 0, last: int | None = None) -> list[str]:
        """Addresses by rank."""
        return self._neurons[first:last]


def ablate_task(parameters: Parameters, reporter: Reporter) -> dict[str, Any]:
    """Ablation curves (see :func:`neurox_core.ablation_curve`).

    Parameters
    ----------
    parameters : mapping
        ``model``, ``corpus``, ``neurons`` (addresses, most important first), ``cache`` (a folder);
        optional ``ranking`` and ``ranking_signature``, ``steps``, ``directions``, ``seeds``,
        ``operation``, ``scope``, ``beams``, ``workers``, ``part`` with ``part_column``,
        ``sentences`` (the first so many), ``metrics``, ``store``.

    Returns
    -------
    dict
        The curves as plain values. Each point also has ``translations``, the name of the file in
        the cache that holds its translations, or what else the model gave.

    Raises
    ------
    CancelledError
        What was finished is kept in the cache.
    """
    from ..interventions.curve import DIRECTIONS, LEAST_SEEDS, ablation_curve

    chosen: dict[str, Any] = {
        "operation": parameters.get("operation", "zero"),
        "scope": parameters.get("scope", "output"),
        "beams": int(parameters.get("beams", 1)),
    }
    model, corpus = opened(parameters, samples=chosen["operation"] == "resample")
    keep = kept_outputs(Path(parameters["cache"]), model, corpus.sources, chosen["beams"])
    ranked = _Ranked(
        parameters.get("ranking", "given"), parameters.get("ranking_signature", ""),
        parameters["neurons"],
    )  # fmt: skip
    steps = parameters.get("steps", 20)
    directions = parameters.get("directions", DIRECTIONS)
    seeds = parameters.get("seeds", tuple(range(LEAST_SEEDS)))
    total = _points(steps, directions, seeds)
    done = 0
    files: dict[tuple[str, Any, int], str] = {}

    def plain(curves: Any) -> dict[str, Any]:
        found: dict[str, Any] = curves.to_dict()
        for curve in found["curves"]:
            for point in curve["points"]:
                place = (curve["direction"], curve["seed"], point["ablated"])
                if place not in files:
                    files[place] = _file(keep, ranked, chosen, *place)
                point["translations"] = files[place]
        return found

    def on_point(curve: Any, point: Any, curves: Any) -> None:
        nonlocal done
        done += 1
        last = curve is curves.curves[-1]
        partial = plain(curves) if last else None
        reporter.progress(min(done, total), total, f"{point.ablated} neurons", partial)

    def on_sample(metric: str, at: int, samples: int) -> None:
        reporter.progress(min(done, total), total, f"{metric}: sample {at + 1} of {samples}")

    with ExitStack() as stack:
        decode = None
        if int(parameters.get("workers", 1)) > 1:
            decode = stack.enter_context(_spread(parameters, corpus, chosen, reporter))
        curves = ablation_curve(
            model, corpus, ranked, steps=steps, directions=directions, seeds=seeds, keep=keep,
            decode=decode, metrics=parameters.get("metrics"), on_point=on_point,
            on_sample=on_sample, cancelled=reporter.cancelled, **chosen,
        )  # fmt: skip
    if not curves.complete:
        raise CancelledError("The curves were cancelled; their finished points are kept.")
    return plain(curves)


def opened(parameters: Parameters, samples: bool = False) -> tuple[TranslationModel, Corpus]:
    """Model and corpus of a job; with `samples` the model knows what its neurons do on the text."""
    from ..activations import open_store
    from ..interventions import ReferenceValues

    store = open_store(parameters["store"]) if parameters.get("store") else None
    model = open_model(parameters["model"], store)
    corpus = chosen_text(parameters)
    if samples:
        read = corpus.references if corpus.has_references else None
        model.statistics = ReferenceValues.measure(model, corpus.sources, read)
    return model, corpus


def chosen_text(parameters: Parameters) -> Corpus:
    """The corpus of a job, or the part or the first sentences of it that were asked for."""
    corpus = open_corpus(parameters["corpus"])
    if parameters.get("part") is not None:
        corpus = corpus.select(parameters["part_column"], parameters["part"])
    limit = parameters.get("sentences")
    if limit is not None and limit < len(corpus):
        corpus = corpus.take(range(limit))
    return corpus


def _spread(
    parameters: Parameters, corpus: Corpus, chosen: Mapping[str, Any], reporter: Reporter
) -> Any:
    from .spread import Spread

    sampled = (corpus.sources, corpus.references) if chosen["operation"] == "resample" else None
    return Spread(
        parameters["model"], corpus.sources, int(parameters["workers"]), sampled=sampled,
        store=parameters.get("store"), cancelled=reporter.cancelled, **chosen,
    )  # fmt: skip


def _points(steps: Any, directions: Sequence[str], seeds: Sequence[int]) -> int:
    """How many points there will be."""
    numbers = 21 if isinstance(steps, str) else steps + 1 if isinstance(steps, int) else len(steps)
    return int(numbers) * sum(len(seeds) if d == "random" else 1 for d in directions)


def _file(
    keep: KeptTranslations,
    ranked: _Ranked,
    chosen: Mapping[str, Any],
    direction: str,
    seed: int | None,
    ablated: int,
) -> str:
    """The file of a point's translations."""
    from ..interventions.curve import orders_of

    order = orders_of(ranked.neurons(), [direction], [seed or 0])[0]
    return keep.key(order.keyed(ablated, chosen["operation"], chosen["scope"]))
