"""Accuracy and F1 of predicted classes.

F1 is the plain mean of the classes' F1 over all classes that occur in the gold labels or the
predictions (``macro``, as scikit-learn's ``f1_score`` makes it); a class without a true positive
counts 0. Labels come in groups: one label for each text, or a list for each (a label for every
word), in which case all labels count alike and whole sentences are drawn for the interval.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidInputError, UnknownNameError, nth
from .resampling import Draws, Statistic, scored
from .scores import CorpusScore

Labels = Sequence[str] | Sequence[Sequence[str]]
CLASS_METRICS = ("accuracy", "f1")


def score_classes(
    predicted: Labels,
    gold: Labels,
    baseline: Labels | None = None,
    *,
    metrics: Sequence[str] = CLASS_METRICS,
    resamples: int = 300,
) -> CorpusScore:
    """Score predicted classes, from 0 to 100.

    Parameters
    ----------
    predicted, gold, baseline : sequence of str, or of sequences of str
        A label for each text, or for each of its words. "" as a gold label is left out, and as a
        prediction it is wrong.
    metrics : sequence of {"accuracy", "f1"}
    resamples : int
        Bootstrap samples of texts.

    Raises
    ------
    InvalidInputError
        If there is nothing to score, or texts do not have as many labels as gold labels.
    UnknownNameError
        If a metric is unknown.

    Examples
    --------
    >>> score_classes(["a", "b", "b"], ["a", "b", "a"]).metrics["f1"].value
    66.66666666666667
    """
    if unknown := [m for m in metrics if m not in CLASS_METRICS]:
        raise UnknownNameError("metric of classes", unknown[0], CLASS_METRICS)
    names = sorted({label for side in (predicted, gold, baseline or []) for label in _flat(side)})
    table = _confusions(predicted, gold, names)
    first = None if baseline is None else _confusions(baseline, gold, names)
    if not table.sum():
        raise InvalidInputError("There is no gold label to score against.")
    found = {}
    for metric in metrics:
        signature = f"metric:{metric}|labels:{int(table.sum())}"
        signature += "|average:macro" if metric == "f1" else ""
        found[metric] = scored(
            _statistic(table, metric), None if first is None else _statistic(first, metric),
            len(table), resamples, signature,
        )  # fmt: skip
    changed = None
    if baseline is not None:
        changed = sum(_of(a) != _of(b) for a, b in zip(predicted, baseline, strict=True))
    return CorpusScore(found, len(table), changed)


def _statistic(table: NDArray[np.int64], metric: str) -> Statistic:
    def statistic(chosen: Draws) -> float:
        weights = np.bincount(chosen, minlength=len(table))
        counts = np.tensordot(weights, table, axes=1)
        right, total = np.diag(counts), counts.sum()
        if metric == "accuracy":
            return float(100.0 * right.sum() / total) if total else 0.0
        both = counts.sum(0) + counts.sum(1)
        there = both > 0
        return float(100.0 * np.mean(2.0 * right[there] / both[there])) if there.any() else 0.0

    return statistic


def _confusions(predicted: Labels, gold: Labels, names: Sequence[str]) -> NDArray[np.int64]:
    """Counts (texts, gold, predicted)."""
    if len(predicted) != len(gold):
        raise InvalidInputError(f"There are {len(predicted)} predictions for {len(gold)} texts.")
    number = {name: i for i, name in enumerate(names)}
    table = np.zeros((len(gold), len(names), len(names)), np.int64)
    for i, (given, wanted) in enumerate(zip(predicted, gold, strict=True)):
        ours, right = _of(given), _of(wanted)
        if len(ours) != len(right):
            raise InvalidInputError(
                f"{nth(i, 'Text')} has {len(ours)} predicted but {len(right)} labels."
            )
        for a, b in zip(right, ours, strict=True):
            if a:
                table[i, number[a], number[b]] += 1
    return table


def _of(labels: str | Sequence[str]) -> list[str]:
    return [labels] if isinstance(labels, str) else list(labels)


def _flat(side: Labels) -> list[str]:
    return [label for labels in side for label in _of(labels)]
