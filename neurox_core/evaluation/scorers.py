"""Scoring many outputs of one corpus: what counts them, by the model's task and chosen metrics.

What each class counts once and keeps is told in :mod:`.repeated` (translation),
:mod:`.repeated_sums` (language models and classifiers) and :mod:`.user_metrics` (third parties').
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from .metrics import BY_TASK, chosen
from .repeated import RepeatedScores
from .repeated_sums import sums
from .scores import CorpusScore
from .user_metrics import OnSample, RepeatedUser


class Scorer(Protocol):
    """Scores of many outputs of one corpus."""

    def score(self, outputs: Sequence[Any], baseline: Sequence[Any] | None = None) -> CorpusScore:
        """The scores of some outputs, with p-values against a baseline's."""


def scorer(
    task: str,
    gold: Sequence[Any],
    resamples: int = 300,
    metrics: Sequence[str] | None = None,
    *,
    on_sample: OnSample | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Scorer:
    """What scores the outputs of a kind of model.

    Parameters
    ----------
    task : str
        As ``model.task``.
    gold : sequence
        References of a translation model; gold labels of a classifier, or a list of them, one a
        word, for each text; of a language model only their number counts.
    resamples : int
    metrics : sequence of str, optional
        As :func:`.metrics.metrics` lists them; by default the task's own, without TER.
    on_sample, cancelled : callable, optional
        As :class:`.user_metrics.RepeatedUser` takes them; other metrics need no time to speak of.

    Raises
    ------
    InvalidInputError
        If the task has no score.
    UnknownNameError
        If it has no such metric.
    """
    names = chosen(task, metrics)
    own = [name for name in names if name in BY_TASK[task]]
    counted: Scorer | None = None
    if own and task == "translation":
        counted = RepeatedScores(gold, own, resamples)
    elif own:
        counted = sums(task, gold, resamples)
    others = {
        name: RepeatedUser(name, gold, resamples, on_sample, cancelled)
        for name in names
        if name not in own
    }
    if counted is not None and metrics is None:
        return counted
    return _Chosen(names, counted, others)


class _Chosen:
    """Metrics in the order that they were asked for, counted or called."""

    def __init__(
        self, names: Sequence[str], counted: Scorer | None, others: dict[str, RepeatedUser]
    ) -> None:
        self._names, self._counted, self._others = names, counted, others

    def score(self, outputs: Sequence[Any], baseline: Sequence[Any] | None = None) -> CorpusScore:
        """As :meth:`Scorer.score`."""
        counted = None if self._counted is None else self._counted.score(outputs, baseline)
        found = {} if counted is None else dict(counted.metrics)
        found |= {name: one.score(outputs, baseline) for name, one in self._others.items()}
        changed = None
        if baseline is not None:
            changed = sum(a != b for a, b in zip(outputs, baseline, strict=True))
        return CorpusScore({name: found[name] for name in self._names}, len(outputs), changed)
