"""Finding analyses by name, and running them under one contract."""

from __future__ import annotations

import logging
import pkgutil
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, entry_points, version
from types import MappingProxyType
from typing import cast

import numpy as np
from numpy.typing import NDArray

from ..activations.store import ActivationStore
from ..errors import InvalidInputError, UnknownNameError
from . import analyses
from .analysis import Analysis
from .ranking import Layers, Ranking, ordered
from .sample import ArraySource, Sample, Source, StoreSource

ENTRY_POINTS = "neurox.rankings"
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


def describe() -> list[dict[str, str]]:
    """What a screen shows of every analysis: name, title, summary, formula and reference."""
    shown = ("name", "title", "summary", "formula", "reference")
    return [{key: getattr(analysis(name), key) for key in shown} for name in rankings()]


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
    standardize: bool | None = None,
    **parameters: object,
) -> Ranking:
    """Order neurons by an analysis.

    Parameters
    ----------
    name : str
        One of :func:`rankings`.
    activations : array (tokens, neurons), floating, or ActivationStore
        A store's special tokens are left out; it may be larger than memory.
    labels, others : optional
        Labels of tokens, and activations of other models, for analyses that need them; the others
        do not look at them.
    seed : int
        For analyses that draw random numbers.
    layers : sequence of str, or of (str, int)
        Which layers of a store, all by default; or the addresses and widths of an array's columns.
    standardize : bool, optional
        Work on (x - mean) / deviation; by default as the analysis declares.
    **parameters
        Options that the analysis declares.

    Returns
    -------
    Ranking

    Raises
    ------
    UnknownNameError, UnknownAddressError
    InvalidInputError
        For an option that the analysis does not have, and for values that are not finite.

    Examples
    --------
    >>> rank("range", np.array([[0.0, 1.0], [0.5, -1.0]])).scores
    array([0.5, 2. ])
    """
    chosen = analysis(name)
    options = chosen.checked(parameters)
    standardized = chosen.standardize if standardize is None else standardize
    if standardized and not chosen.standardizable:
        raise InvalidInputError(
            f"{chosen.title} gives every standardised neuron the same score; leave out standardize."
        )
    for what, given in (("labels", labels), ("others", others)):
        if what in chosen.needs and given is None:
            raise InvalidInputError(f"The ranking {name!r} needs {what}=.")
    sample = Sample(_source(activations, layers), standardized, labels, others, seed)
    scores = np.asarray(chosen.score(sample, MappingProxyType(options)), np.float64)
    if scores.shape != (sample.neurons,):
        raise InvalidInputError(
            f"The ranking {name!r} gave {scores.shape} scores for {sample.neurons} neurons."
        )
    scores = np.where(sample.constant, np.nan, scores)
    return Ranking(
        name, ordered(scores), scores, sample.source.layers,
        {**options, "standardize": standardized, "seed": seed},
        _signature(chosen, sample, options),
    )  # fmt: skip


def _source(
    activations: NDArray[np.floating] | ActivationStore, layers: Sequence[str] | Layers | None
) -> Source:
    names = None if layers is None else list(layers)
    plain = names is not None and all(isinstance(item, str) for item in names)
    if isinstance(layers, str):
        raise InvalidInputError(f"layers is a list; write layers=[{layers!r}].")
    if isinstance(activations, ActivationStore):
        if names is not None and not plain:
            raise InvalidInputError("layers of a store are a list of addresses.")
        return StoreSource(activations, cast("list[str] | None", names))
    if names is not None and plain:
        raise InvalidInputError("layers of an array are a list of (address, width).")
    return ArraySource.of(activations, cast("list[tuple[str, int]] | None", names))


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


def _version() -> str:
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return "source"
