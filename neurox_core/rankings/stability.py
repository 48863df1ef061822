"""How much of a ranking stays when other sentences of the same kind had been looked at.

Sentences are drawn with replacement, as many as there are, and the neurons are ranked again
(bootstrap). The share of the first k neurons that are still among the first k is the overlap; a
random ranking has k / n. Tokens of a sentence depend on one another, so whole sentences are drawn,
not tokens; rows of an array without sentences are drawn one by one, which makes a ranking look
steadier than it is if neighbouring rows are alike.

Rankings that need nothing but moments take one pass over the values for all resamples; all others
are made again for each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..activations.store import ActivationStore
from ..errors import InvalidInputError
from .agreement import first_k
from .analysis import Analysis, Value
from .grouping import store_groups
from .moments import resampled_moments, sentence_numbers
from .ranking import Layers, Ranking, ordered
from .registry import analysis, perform, prepare
from .sample import Progress, Sample
from .source import by_stack

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Options = Mapping[str, Value]


@dataclass(frozen=True)
class Stability:
    """How steady a ranking is under resampled sentences.

    Attributes
    ----------
    name : str
        The analysis.
    k, resamples : int
    unit : {"sentences", "rows"}
        What was drawn, and how many of them there are.
    units : int
    chance : float
        Overlap of a random ranking, in expectation.
    overlaps : array (resamples,)
        Share of the first k neurons that each resample finds again.
    mean, low, high : float
        Mean overlap, and the quantiles of the overlaps that hold `level` of them.
    level : float
    frequency : array (neurons,)
        Share of the resamples in which a neuron is among the first k.
    place_low, place_high : array (neurons,) of int64
        Places, from 0, that hold `level` of a neuron's places.
    signature : str
        That of the ranking, and how it was resampled.
    labels : mapping of str to Stability
        For each sub-ranking; resamples that lack the label are left out.
    """

    name: str
    k: int
    resamples: int
    unit: str
    units: int
    chance: float
    overlaps: Floats
    mean: float
    low: float
    high: float
    level: float
    frequency: Floats
    place_low: Longs
    place_high: Longs
    signature: str
    labels: Mapping[str, Stability] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Numbers and lists; arrays over all neurons are left out."""
        names = ("name", "k", "resamples", "unit", "units", "chance", "mean", "low", "high",
                 "level", "signature")  # fmt: skip
        return {
            **{name: getattr(self, name) for name in names}, "overlaps": self.overlaps.tolist(),
            "labels": {label: one.to_json() for label, one in self.labels.items()},
        }  # fmt: skip


@dataclass(frozen=True)
class _Plan:
    """What all resamples have in common."""

    k: int
    level: float
    unit: str
    units: int
    sentences: Longs | None
    drawn: Longs


def stability(
    name: str,
    activations: NDArray[np.floating] | ActivationStore,
    *,
    labels: object = None,
    others: object = None,
    sentences: ArrayLike | None = None,
    k: int | None = None,
    resamples: int = 20,
    level: float = 0.95,
    seed: int = 0,
    layers: Sequence[str] | Layers | None = None,
    words: str = "last",
    standardize: bool | None = None,
    on_progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    **parameters: object,
) -> Stability:
    """Rank neurons on resampled sentences and compare.

    Parameters
    ----------
    name, activations, labels, others, layers, words, standardize, on_progress, cancelled
        As for :func:`.registry.rank`. On a store, all but a few rankings take layers of one stack
        only.
    sentences : sequence of int, optional
        Sentence of each row of an array; by default that of the labels, or each row by itself.
    k : int, optional
        How many neurons count as the first; by default a tenth of them, 100 at most.
    resamples : int
        At least 2.
    level : float
        Share of the resamples between `low` and `high`.
    seed : int
        Of the draws, and of the ranking if it draws too.
    **parameters
        Options of the analysis.

    Raises
    ------
    InvalidInputError, CancelledError

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(200, 5)) * [1, 2, 3, 4, 5]
    >>> stability("variance", x, k=1).mean
    1.0
    """
    if isinstance(activations, ActivationStore) and labels is None:
        if "groups" in analysis(name).needs:
            labels, words = store_groups(name, activations, layers, words)
    chosen, sample, options = prepare(
        name, activations, labels=labels, others=others, seed=seed, layers=layers, words=words,
        standardize=standardize, on_progress=on_progress, cancelled=cancelled, **parameters,
    )  # fmt: skip
    plan = _plan(sample, sentences, k, resamples, level)
    quiet = replace(sample, on_progress=None)
    full = perform(chosen, quiet, options)
    if chosen.from_moments is not None and not sample.standardized:
        moments = resampled_moments(sample, plan.sentences, plan.drawn)
        with np.errstate(invalid="ignore", divide="ignore"):
            scores = chosen.from_moments(moments)
        scores = np.where(moments.variance > 0, scores, np.nan)
        return _compare(full, {None: [ordered(row) for row in scores]}, plan)
    return _compare(full, _again(chosen, sample, options, plan, full), plan)


def _plan(
    sample: Sample, sentences: ArrayLike | None, k: int | None, resamples: int, level: float
) -> _Plan:
    if isinstance(resamples, bool) or not isinstance(resamples, int) or resamples < 2:
        raise InvalidInputError(f"resamples is a number from 2 on, not {resamples!r}.")
    if not 0 < level < 1:
        raise InvalidInputError(f"level is between 0 and 1, not {level!r}.")
    given = None if sentences is None else np.asarray(sentences, np.int64)
    if given is None and sample.labels is not None:
        given = sample.labels.sentences
    sources = [source for source, _ in by_stack(sample.source)]
    if given is not None:
        if given.shape != (sources[0].height,):
            raise InvalidInputError(
                f"sentences has the shape {given.shape}; there are {sources[0].height} rows."
            )
        given = np.unique(given, return_inverse=True)[1].astype(np.int64)
    numbers = [sentence_numbers(source, given) for source in sources]
    present = np.unique(np.concatenate(numbers))
    if len(present) < 2:
        raise InvalidInputError("There is one sentence only; nothing can be drawn. Take more text.")
    known = given is not None or hasattr(sources[0], "row_table")
    single = all(len(np.unique(found)) == len(found) for found in numbers)
    draw = sample.random()
    drawn = np.zeros((resamples, int(present[-1]) + 1), np.int64)
    for row in drawn:
        np.add.at(row, present[draw.integers(len(present), size=len(present))], 1)
    unit = "rows" if single or not known else "sentences"
    return _Plan(first_k(k, sample.neurons), level, unit, len(present), given, drawn)


def _again(
    chosen: Analysis, sample: Sample, options: Options, plan: _Plan, full: Ranking
) -> dict[str | None, list[Longs]]:
    """Orders of every resample, of the ranking (None) and of its sub-rankings."""
    found: dict[str | None, list[Longs]] = {None: [], **{label: [] for label in full.labels}}
    failed: InvalidInputError | None = None
    for number, rows in enumerate(_rows(sample, plan)):
        sample.report(number, len(plan.drawn), "Ranking resampled sentences")
        part = replace(
            sample, source=sample.source.take(rows), on_progress=None,
            labels=None if sample.labels is None else sample.labels.take(rows).used(),
            others=tuple(other.take(rows) for other in sample.others),
        )  # fmt: skip
        try:
            ranking = perform(chosen, part, options)
        except InvalidInputError as error:  # a class that was not drawn
            failed = error
            continue
        found[None].append(ranking.order)
        for label, below in ranking.labels.items():
            if label in found:
                found[label].append(below.order)
        _tell(sample, full, found, plan, number + 1)
    if failed is not None and len(found[None]) < 2:
        raise failed
    return found


def _tell(
    sample: Sample,
    full: Ranking,
    found: Mapping[str | None, Sequence[Longs]],
    plan: _Plan,
    done: int,
) -> None:
    """The resamples so far as a preliminary result, ``stability``."""  # fmt: skip
    total = len(plan.drawn)
    if sample.on_progress is not None and 2 <= len(found[None]) and done < total:
        partial = {"stability": _compare(full, found, plan)}
        sample.report(done, total, "Ranking resampled sentences", partial)


def _rows(sample: Sample, plan: _Plan) -> Iterator[Longs]:
    """Rows of each resample, ascending, as often as their sentence was drawn."""
    sentences = sentence_numbers(sample.source, plan.sentences)
    for counts in plan.drawn:
        yield np.repeat(np.arange(len(sentences)), counts[sentences])


def _compare(full: Ranking, orders: Mapping[str | None, Sequence[Longs]], plan: _Plan) -> Stability:
    below = {
        label: _one(full.labels[label], found, plan)
        for label, found in orders.items()
        if label is not None and len(found) >= 2
    }
    return replace(_one(full, orders[None], plan), labels=below)


def _one(full: Ranking, orders: Sequence[Longs], plan: _Plan) -> Stability:
    k, neurons = plan.k, len(full)
    places = np.empty((len(orders), neurons), np.int64)
    for row, order in zip(places, orders, strict=True):
        row[order] = np.arange(neurons)
    among = places < k
    overlaps = among[:, full.order[:k]].mean(1)
    tails = [(1 - plan.level) / 2, (1 + plan.level) / 2]
    low, high = np.quantile(overlaps, tails)
    place = np.quantile(places, tails, axis=0, method="nearest")
    return Stability(
        full.name, k, len(orders), plan.unit, plan.units, k / neurons, overlaps,
        float(overlaps.mean()), float(low), float(high), plan.level, among.mean(0), place[0],
        place[1], f"{full.signature}|resamples:{len(orders)}|drawn:{plan.unit}|k:{k}",
    )  # fmt: skip
