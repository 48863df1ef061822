"""Finding analyses by name, and running them under one contract."""

from __future__ import annotations

import hashlib
import logging
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, entry_points, version
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..activations.store import ActivationStore
from ..activations.tables import WORD_VIEWS
from ..errors import InvalidInputError, UnknownNameError
from ..parameters import described
from . import analyses
from .analysis import Analysis, Scored, Value
from .inputs import collect
from .ranking import Layers, Ranking, ordered
from .sample import Progress, Sample

ENTRY_POINTS = "neurox.rankings"
WANTED = {
    "labels": "one for each row, or each word of a store (label_words makes them)",
    "others": "the activations of other models on the same rows or texts",
}
DISTRIBUTION = "neurox-app"

_log = logging.getLogger(__name__)


def rankings() -> list[str]:
    """Names of all analyses, in alphabetical order.

    Examples
    --------
    >>> "variance" in rankings()
    True
    """
    return sorted(_registry())


def describe() -> list[dict[str, Any]]:
    """What a screen shows of every analysis, and what it has to ask for.

    Returns
    -------
    list of dict
        ``name``, ``title``, ``summary``, ``formula``, ``reference``, ``family``, ``needs`` (sorted
        list), ``standardize``, ``standardizable``, and ``parameters``: a list of dict with
        ``name``, ``kind``, ``default``, ``help``, ``minimum``, ``maximum``, ``choices``.
    """
    return [_described(analysis(name)) for name in rankings()]


def _described(found: Analysis) -> dict[str, Any]:
    shown = ("name", "title", "summary", "formula", "reference", "family", "standardize",
             "standardizable")  # fmt: skip
    return {
        **{key: getattr(found, key) for key in shown},
        "needs": sorted(found.needs), "parameters": described(found.parameters),
    }  # fmt: skip


def analysis(name: str) -> Analysis:
    """The analysis of that name; UnknownNameError lists those that there are."""
    found = _registry().get(name)
    if found is None:
        raise UnknownNameError("ranking", name, rankings())
    return found


def rank(
    name: str,
    activations: NDArray[np.floating] | ActivationStore,
    *,
    labels: object = None,
    others: object = None,
    seed: int = 0,
    layers: Sequence[str] | Layers | None = None,
    words: str = "last",
    standardize: bool | None = None,
    on_progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    **parameters: object,
) -> Ranking:
    """Order neurons by an analysis.

    Parameters
    ----------
    name : str
        One of :func:`rankings`.
    activations : array (tokens, neurons), floating, or ActivationStore
        A store's special tokens are left out; it may be larger than memory.
    labels : sequence or Labelling, optional
        One for each row of the array, or for each word (that has tokens) or each token of a store;
        None, '' and NaN where a label does not apply. Analyses that need none do not look at them.
    others : array, ActivationStore, or a sequence or mapping of these, optional
        Other models on the same rows or, for stores, on the same texts: their words are compared.
    seed : int
        For analyses that draw random numbers.
    layers : sequence of str, or of (str, int)
        Which layers of a store, all by default (those of one stack where words are needed: the
        labels', or else the first); or the addresses and widths of an array's columns.
    words : {"last", "first", "mean"}
        Which of its tokens stand for a word of a store, where words are needed.
    standardize : bool, optional
        Work on (x - mean) / deviation; by default as the analysis declares.
    on_progress : callable, optional
        Called with work done, all work, a message, and a preliminary result or None.
    cancelled : callable, optional
        Returns True when the work should stop.
    **parameters
        Options that the analysis declares.

    Returns
    -------
    Ranking

    Raises
    ------
    UnknownNameError, UnknownAddressError
    InvalidInputError
        For an option that the analysis does not have, labels that do not fit or have one class
        only, and for values that are not finite.
    CancelledError

    Examples
    --------
    >>> rank("range", np.array([[0.0, 1.0], [0.5, -1.0]])).scores
    array([0.5, 2. ])
    """
    chosen, sample, options = prepare(
        name, activations, labels=labels, others=others, seed=seed, layers=layers, words=words,
        standardize=standardize, on_progress=on_progress, cancelled=cancelled, **parameters,
    )  # fmt: skip
    return perform(chosen, sample, options)


def prepare(
    name: str,
    activations: NDArray[np.floating] | ActivationStore,
    *,
    labels: object = None,
    others: object = None,
    seed: int = 0,
    layers: Sequence[str] | Layers | None = None,
    words: str = "last",
    standardize: bool | None = None,
    on_progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    **parameters: object,
) -> tuple[Analysis, Sample, Mapping[str, Value]]:
    """Check a call of :func:`rank` and line up what it works on."""
    chosen = analysis(name)
    options = chosen.checked(parameters)
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise InvalidInputError(f"seed is a whole number from 0 on, not {seed!r}.")
    if standardize is not None and not isinstance(standardize, (bool, np.bool_)):
        raise InvalidInputError(f"standardize is True, False or None, not {standardize!r}.")
    if words not in WORD_VIEWS:
        raise InvalidInputError(f"words is one of {', '.join(WORD_VIEWS)}, not {words!r}.")
    standardized = chosen.standardize if standardize is None else bool(standardize)
    if standardized and not chosen.standardizable:
        raise InvalidInputError(
            f"{chosen.title} gives every standardised neuron the same score; leave out standardize."
        )
    needs = set(chosen.needs)
    if "groups" in needs and (labels is not None or not isinstance(activations, ActivationStore)):
        needs.add("labels")
    for what, given in (("labels", labels), ("others", others)):
        if what in needs and given is None:
            raise InvalidInputError(f"The ranking {name!r} needs {what}=: {WANTED[what]}.")
    inputs = collect(needs, activations, labels, others, layers, words)
    sample = Sample(
        inputs.source, standardized, inputs.labels, inputs.others, inputs.other_names, seed,
        on_progress, cancelled,
    )  # fmt: skip
    return chosen, sample, MappingProxyType(options)


def perform(chosen: Analysis, sample: Sample, options: Mapping[str, Value]) -> Ranking:
    """Score all neurons of a sample and put them in order."""
    sample.report(0, 1)
    found = chosen.score(sample, options)
    scored = found if isinstance(found, Scored) else Scored(np.asarray(found, np.float64))
    made: dict[str, object] = {**options, "standardize": sample.standardized, "seed": sample.seed}
    return _ranking(chosen, sample, scored, made, _signature(chosen, sample, options))


def _ranking(
    chosen: Analysis, sample: Sample, scored: Scored, made: dict[str, object], signature: str
) -> Ranking:
    """Constant neurons last, every neuron once, the same for each label."""
    scores = np.asarray(scored.scores, np.float64)
    if scores.shape != (sample.neurons,):
        raise InvalidInputError(
            f"The ranking {chosen.name!r} gave {scores.shape} scores for {sample.neurons} neurons."
        )
    if not chosen.knows_constant:
        scores = np.where(sample.constant, np.nan, scores)
    order = ordered(scores)
    if scored.order is not None:
        missing = np.isnan(scores[scored.order])
        order = np.concatenate([scored.order[~missing], scored.order[missing]]).astype(np.int64)
        if not np.array_equal(np.sort(order), np.arange(sample.neurons)):
            raise InvalidInputError(f"The ranking {chosen.name!r} gave an order that is none.")
    below = {
        label: _ranking(chosen, sample, one, {**made, "label": label}, f"{signature}|label:{label}")
        for label, one in scored.labels.items()
    }
    return Ranking(
        chosen.name, order, scores, sample.source.layers, made, signature, below, scored.details
    )


def _signature(chosen: Analysis, sample: Sample, options: Mapping[str, object]) -> str:
    source = sample.source
    layers = "+".join(address for address, _ in source.layers or ()) or "columns"
    facts = {
        "ranking": chosen.name,
        **options,
        "std": "yes" if sample.standardized else "no",
        "layers": layers,
        "neurons": source.neurons,
        "tokens": "+".join(str(count) for count in dict.fromkeys(source.tokens.tolist())),
    }
    if sample.labels is not None:
        facts["labels"] = f"{sample.labels.name}.{_hash(sample.labels.values)}"
    if "others" in chosen.needs:
        facts["others"] = "+".join(other.origin.replace("|", ".") for other in sample.others)
    if "seed" in chosen.needs:
        facts["seed"] = sample.seed
    listed = "|".join(f"{name}:{value}" for name, value in facts.items())
    return f"{listed}|{source.origin}|version:{_version()}"


@cache
def _registry() -> Mapping[str, Analysis]:
    """Our own analyses, one a file, then those of other distributions."""
    found: dict[str, Analysis] = {}
    for module in pkgutil.iter_modules(analyses.__path__, analyses.__name__ + "."):
        own: Analysis = import_module(module.name).ANALYSIS
        found[own.name] = own
    for entry in entry_points(group=ENTRY_POINTS):
        # Somebody else's broken file must not take ours away.
        try:
            other = entry.load()
        except Exception as error:
            _log.warning("The ranking %s cannot be loaded: %s", entry.value, error)
            continue
        if not isinstance(other, Analysis) or other.name in found:
            _log.warning("%s is no Analysis with a name of its own; it is left out.", entry.value)
            continue
        found[other.name] = other
    return MappingProxyType(found)


def _hash(values: NDArray[Any]) -> str:
    return hashlib.sha256(np.ascontiguousarray(values).data).hexdigest()[:12]


def _version() -> str:
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return "source"
