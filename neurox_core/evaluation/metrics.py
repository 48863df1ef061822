"""What a score means for each kind of model; third parties' metrics are in :mod:`.user_metrics`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..errors import InvalidInputError, UnknownNameError
from .classes import CLASS_METRICS, Labels, score_classes
from .likelihood import Logprobs, perplexity
from .scores import METRICS, CorpusScore, score_corpus
from .user_metrics import OnSample, RepeatedUser, user_metric, user_metrics

BY_TASK: dict[str, tuple[str, ...]] = {
    "translation": ("bleu", "chrf", "ter"),
    "language-modelling": ("perplexity",),
    "classification": CLASS_METRICS,
    "token-classification": CLASS_METRICS,
    "encoding": (),
}
LOWER_IS_BETTER = ("ter", "perplexity")
LOGARITHMIC = ("perplexity",)
"""Metrics that grow beyond all bounds, and are compared and averaged by their logarithm."""


def metrics(task: str) -> list[str]:
    """Names of the metrics that a task can be scored with, those of third parties last."""
    if task not in BY_TASK:
        raise UnknownNameError("task", task, list(BY_TASK))
    own = list(BY_TASK[task])
    if task not in ("translation", "classification"):
        return own  # Others score one text against one reference.
    return own + [name for name in user_metrics() if name not in own]


def chosen(task: str, names: Sequence[str] | None) -> list[str]:
    """Metrics that were asked for; by default the task's own, without TER, which is slow.

    Raises
    ------
    InvalidInputError
        If the task has no score, or none is asked for.
    UnknownNameError
        If it has no such metric.
    """
    if not BY_TASK.get(task):
        raise InvalidInputError(f"A model for {task!r} has no output that could be scored.")
    if names is None:
        return [name for name in BY_TASK[task] if name != "ter"]
    known = metrics(task)
    if not names:
        raise InvalidInputError(f"No metric is named; there are {', '.join(known)}.")
    if unknown := [name for name in names if name not in known]:
        raise UnknownNameError(f"metric of {task}", unknown[0], known)
    return list(dict.fromkeys(names))


def higher_is_better(metric: str) -> bool:
    """Which way a metric points."""
    if metric in LOWER_IS_BETTER:
        return False
    if metric in METRICS or metric in CLASS_METRICS:
        return True
    return bool(getattr(user_metric(metric), "higher_is_better", True))


def score_outputs(
    task: str,
    outputs: Sequence[str] | Labels | Logprobs,
    references: Sequence[str] | Labels | None = None,
    baseline: Sequence[str] | Labels | Logprobs | None = None,
    *,
    metrics: Sequence[str] | None = None,
    resamples: int = 300,
    on_sample: OnSample | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> CorpusScore:
    """Score what a model gave, in the way of its task.

    Parameters
    ----------
    task : str
        As ``model.task``.
    outputs, baseline : sequence
        Texts of a translation model, log-probabilities of a language model, labels of a classifier.
    references : sequence, optional
        Reference texts or gold labels; a language model needs none.
    metrics : sequence of str, optional
        Names that :func:`metrics` lists; by default the task's own (without TER, which is slow).
    resamples : int
    on_sample, cancelled : callable, optional
        As :class:`.user_metrics.RepeatedUser` takes them; other metrics need no time to speak of.

    Raises
    ------
    CancelledError
    InvalidInputError
        If the model's task cannot be scored, or the lists do not fit.
    UnknownNameError
        If a metric is unknown.
    """
    names = chosen(task, metrics)
    own = [m for m in names if m in BY_TASK[task]]
    if task == "language-modelling":
        return perplexity(outputs, baseline, resamples=resamples)  # type: ignore[arg-type]
    if references is None:
        raise InvalidInputError("Give references, or gold labels, to score against.")
    found = CorpusScore({}, len(outputs), None)
    if task == "translation" and own:
        found = score_corpus(
            outputs, references, baseline,  # type: ignore[arg-type]
            metrics=own, resamples=resamples,
        )  # fmt: skip
    elif own:
        found = score_classes(
            outputs, references, baseline,  # type: ignore[arg-type]
            metrics=own, resamples=resamples,
        )  # fmt: skip
    added = {
        name: RepeatedUser(
            name, references, resamples, on_sample, cancelled  # type: ignore[arg-type]
        ).score(outputs, baseline)
        for name in names
        if name not in own
    }  # fmt: skip
    changed = found.changed_sentences
    if baseline is not None and changed is None:
        changed = sum(a != b for a, b in zip(outputs, baseline, strict=True))
    every = {name: (found.metrics | added)[name] for name in names}
    return CorpusScore(every, len(outputs), changed)
