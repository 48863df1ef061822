"""Metrics that others bring.

A third party's metric is an entry point of the group ``neurox.metrics``: a callable
``(outputs: list of str, references: list of str) -> float`` over a whole corpus. Where it has an
attribute ``higher_is_better`` that is False, lower is better. Its interval and p-value come from
calling it on sentences drawn anew, so a slow metric wants few samples.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from importlib.metadata import entry_points
from typing import Any

import numpy as np

from ..errors import CancelledError, InvalidInputError, UnknownNameError
from .repeated_sums import Floats
from .resampling import draws, half_width, paired, seed
from .scores import MetricScore

GROUP = "neurox.metrics"

UserMetric = Callable[[Sequence[str], Sequence[str]], float]
OnSample = Callable[[str, int, int], None]
"""Told a metric's name, how many samples of some outputs it was called on, and of how many."""

_REMEMBERED = 2
"""Systems whose samples are kept: the baseline, and the last one."""


def user_metrics() -> list[str]:
    """Names of the metrics that are installed."""
    return sorted({entry.name for entry in entry_points(group=GROUP)})


def user_metric(name: str) -> UserMetric:
    """A third party's metric.

    Raises
    ------
    UnknownNameError
        If there is none of that name.
    InvalidInputError
        If it cannot be imported.
    """
    for entry in entry_points(group=GROUP, name=name):
        try:
            found: UserMetric = entry.load()
        except (ImportError, AttributeError) as error:
            raise InvalidInputError(
                f"The metric {name!r} ({entry.value}) cannot be imported: {error}"
            ) from error
        return found
    raise UnknownNameError("metric", name, user_metrics())


class RepeatedUser:
    """A third party's metric of many outputs of one text; what a baseline's samples gave is kept.

    Parameters
    ----------
    name : str
    references : sequence of str
    resamples : int
    on_sample : callable of (name, done, total), optional
        Called between samples: someone else's metric may take seconds for each.
    cancelled : callable, optional
        Asked between samples.
    """

    def __init__(
        self,
        name: str,
        references: Sequence[str],
        resamples: int = 300,
        on_sample: OnSample | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        self._on_sample, self._cancelled = on_sample, cancelled
        self._name, self._metric = name, user_metric(name)
        self._references, self._resamples = list(references), resamples
        self._samples = [sample.tolist() for sample in draws(len(self._references), resamples)]
        self._kept: OrderedDict[tuple[str, ...], tuple[float, Floats]] = OrderedDict()

    def score(self, outputs: Sequence[Any], baseline: Sequence[Any] | None = None) -> MetricScore:
        """The metric of some outputs, and against a baseline's the paired bootstrap's p-value.

        Raises
        ------
        InvalidInputError
            If there is not one output for each reference, or the metric fails or gives no number.
        CancelledError
            Between samples.
        """
        for what, given in (("outputs", outputs), ("baseline outputs", baseline)):
            if given is not None and len(given) != len(self._references):
                raise InvalidInputError(
                    f"There are {len(self._references)} references but {len(given)} {what}."
                )
        first: float | None = None
        p_value: float | None = None
        others: Floats | None = None
        if baseline is not None:  # First, so that it stays among the remembered.
            first, others = self._drawn(baseline)
        value, drawn = self._drawn(outputs)
        if first is not None and others is not None:
            p_value = paired(value, first, drawn, others)
        signature = f"metric:{self._name}|bs:{self._resamples}|seed:{seed()}"
        return MetricScore(value, half_width(drawn), first, p_value, signature)

    def _drawn(self, outputs: Sequence[str]) -> tuple[float, Floats]:
        key = tuple(outputs)
        if key not in self._kept:
            value = self._of(key, range(len(key)))
            drawn: list[float] = []
            for sample in self._samples:
                self._between(len(drawn))
                drawn.append(self._of(key, sample))
            self._kept[key] = value, np.array(drawn)
        self._kept.move_to_end(key)
        while len(self._kept) > _REMEMBERED:
            self._kept.popitem(last=False)
        return self._kept[key]

    def _between(self, done: int) -> None:
        if self._cancelled is not None and self._cancelled():
            raise CancelledError(f"The metric {self._name!r} was stopped.")
        if self._on_sample is not None:
            self._on_sample(self._name, done, len(self._samples))

    def _of(self, outputs: Sequence[str], rows: Sequence[int]) -> float:
        try:
            value = float(
                self._metric([outputs[i] for i in rows], [self._references[i] for i in rows])
            )
        except Exception as error:  # Someone else's code: any failure is told, with its name.
            raise InvalidInputError(
                f"The metric {self._name!r} failed: {type(error).__name__}: {error}"
            ) from error
        if not np.isfinite(value):
            raise InvalidInputError(f"The metric {self._name!r} gave {value}, which is no number.")
        return value
