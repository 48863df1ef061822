"""What a score means for each kind of model, and metrics that others bring.

A third party's metric is an entry point of the group ``neurox.metrics``: a callable
``(outputs: list of str, references: list of str) -> float`` over a whole corpus. Where it has an
attribute ``higher_is_better`` that is False, lower is better. Its interval and p-value come from
calling it on sentences drawn anew, so a slow metric wants few samples.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.metadata import entry_points

import numpy as np

from ..errors import InvalidInputError, UnknownNameError
from .classes import CLASS_METRICS, Labels, score_classes
from .likelihood import Logprobs, perplexity
from .resampling import Draws, Statistic, scored
from .scores import METRICS, CorpusScore, MetricScore, score_corpus

GROUP = "neurox.metrics"
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

UserMetric = Callable[[Sequence[str], Sequence[str]], float]


def metrics(task: str) -> list[str]:
    """Names of the metrics that a task can be scored with, those of third parties last."""
    if task not in BY_TASK:
        raise UnknownNameError("task", task, list(BY_TASK))
    own = list(BY_TASK[task])
    if task not in ("translation", "classification"):
        return own  # Others score one text against one reference.
    return own + sorted({e.name for e in entry_points(group=GROUP)} - set(own))


def higher_is_better(metric: str) -> bool:
    """Which way a metric points."""
    if metric in LOWER_IS_BETTER:
        return False
    if metric in METRICS or metric in CLASS_METRICS:
        return True
    return bool(getattr(user_metric(metric), "higher_is_better", True))


def user_metric(name: str) -> UserMetric:
    """A third party's metric."""
    for entry in entry_points(group=GROUP, name=name):
        try:
            found: UserMetric = entry.load()
        except (ImportError, AttributeError) as error:
            raise InvalidInputError(
                f"The metric {name!r} ({entry.value}) cannot be imported: {error}"
            ) from error
        return found
    raise UnknownNameError("metric", name, sorted(e.name for e in entry_points(group=GROUP)))


def score_outputs(
    task: str,
    outputs: Sequence[str] | Labels | Logprobs,
    references: Sequence[str] | Labels | None = None,
    baseline: Sequence[str] | Labels | Logprobs | None = None,
    *,
    metrics: Sequence[str] | None = None,
    resamples: int = 300,
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

    Raises
    ------
    InvalidInputError
        If the model's task cannot be scored, or the lists do not fit.
    UnknownNameError
        If a metric is unknown.
    """
    if not BY_TASK.get(task):
        raise InvalidInputError(f"A model for {task!r} has no output that could be scored.")
    names = list(metrics) if metrics is not None else [m for m in BY_TASK[task] if m != "ter"]
    own = [m for m in names if m in BY_TASK[task]]
    others = [m for m in names if m not in own]
    if task == "language-modelling":
        if others:
            raise UnknownNameError("metric of language models", others[0], BY_TASK[task])
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
        name: _by_user(name, outputs, references, baseline, resamples)  # type: ignore[arg-type]
        for name in others
    }
    changed = found.changed_sentences
    if baseline is not None and changed is None:
        changed = sum(a != b for a, b in zip(outputs, baseline, strict=True))
    every = {name: (found.metrics | added)[name] for name in names}
    return CorpusScore(every, len(outputs), changed)


def _by_user(
    name: str,
    outputs: Sequence[str],
    references: Sequence[str],
    baseline: Sequence[str] | None,
    resamples: int,
) -> MetricScore:
    metric = user_metric(name)
    for what, given in (("references", references), ("baseline outputs", baseline)):
        if given is not None and len(given) != len(outputs):
            raise InvalidInputError(f"There are {len(outputs)} outputs but {len(given)} {what}.")

    def of(texts: Sequence[str]) -> Statistic:
        def statistic(chosen: Draws) -> float:
            rows = chosen.tolist()
            value = float(metric([texts[i] for i in rows], [references[i] for i in rows]))
            if not np.isfinite(value):
                raise InvalidInputError(f"The metric {name!r} gave {value}, which is no number.")
            return value

        return statistic

    first = None if baseline is None else of(baseline)
    return scored(of(outputs), first, len(outputs), resamples, f"metric:{name}")
