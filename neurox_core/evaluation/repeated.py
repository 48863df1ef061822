"""Scoring the same sentences many times: what was counted in a sentence is kept.

Corpus scores are functions of counts that add up over sentences. A curve scores the same references
against translations that are mostly those of the point before, so counts are kept by sentence and
translation, and the bootstrap draws the same sentences for every system. All numbers equal those of
:func:`.scores.score_corpus`, which is what the tests check.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sacrebleu.metrics.base import Metric

from ..errors import InvalidInputError, UnknownNameError
from .resampling import half_width, paired
from .scores import METRICS, CorpusScore, MetricScore

Stats = NDArray[np.float32]


class RepeatedScores:
    """Scores of many translations of one text.

    Parameters
    ----------
    references : sequence of str
    metrics : sequence of {"bleu", "chrf", "ter"}
    resamples : int
        Bootstrap samples, drawn once with sacreBLEU's seed (``SACREBLEU_SEED``, 12345).

    Raises
    ------
    InvalidInputError
        If there is no sentence.
    UnknownNameError
        If a metric is unknown.
    """

    def __init__(
        self,
        references: Sequence[str],
        metrics: Sequence[str] = ("bleu", "chrf"),
        resamples: int = 300,
    ) -> None:
        if unknown := [m for m in metrics if m not in METRICS]:
            raise UnknownNameError("metric", unknown[0], list(METRICS))
        if not references:
            raise InvalidInputError("There is no sentence to score.")
        self._count, self._resamples = len(references), resamples
        self._metrics: dict[str, Metric] = {
            name: METRICS[name](references=[list(references)]) for name in metrics
        }
        self._kept: dict[tuple[str, int, str], list[float]] = {}
        seed = os.environ.get("SACREBLEU_SEED", "12345").lower()
        rng = np.random.default_rng(None if seed == "none" else int(seed))
        drawn = rng.choice(self._count, size=(resamples, self._count), replace=True)
        self._weights = np.stack([np.bincount(d, minlength=self._count) for d in drawn])
        self._signatures = {}
        for name, metric in self._metrics.items():
            signature = metric.get_signature()
            signature.update("seed", seed)
            signature.update("bs", resamples)
            self._signatures[name] = str(signature)

    def score(self, texts: Sequence[str], baseline: Sequence[str] | None = None) -> CorpusScore:
        """As :func:`.scores.score_corpus`."""
        for what, given in (("translations", texts), ("baseline translations", baseline)):
            if given is not None and len(given) != self._count:
                raise InvalidInputError(f"There are {self._count} references, {len(given)} {what}.")
        found = {
            name: self._one(name, metric, texts, baseline) for name, metric in self._metrics.items()
        }
        changed = None
        if baseline is not None:
            changed = sum(a != b for a, b in zip(texts, baseline, strict=True))
        return CorpusScore(found, self._count, changed)

    def _one(
        self, name: str, metric: Metric, texts: Sequence[str], baseline: Sequence[str] | None
    ) -> MetricScore:
        value, drawn = self._drawn(name, metric, texts)
        first: float | None = None
        p_value: float | None = None
        if baseline is not None:
            first, drawn_first = self._drawn(name, metric, baseline)
            p_value = paired(value, first, drawn, drawn_first)
        return MetricScore(value, half_width(drawn), first, p_value, self._signatures[name])

    def _drawn(
        self, name: str, metric: Metric, texts: Sequence[str]
    ) -> tuple[float, NDArray[np.float64]]:
        """The score, and that of each bootstrap sample."""
        stats = [self._stats(name, metric, i, text) for i, text in enumerate(texts)]
        table = np.array(stats, np.float64)
        sums: Stats = (self._weights @ table).astype(np.float32)
        scores = [float(_score(metric, row)) for row in sums]
        return float(metric._aggregate_and_compute(stats).score), np.array(scores)

    def _stats(self, name: str, metric: Metric, sentence: int, text: str) -> list[float]:
        key = (name, sentence, text)
        if key not in self._kept:
            assert metric._ref_cache is not None
            self._kept[key] = metric._compute_segment_statistics(
                metric._preprocess_segment(text), metric._ref_cache[sentence]
            )
        return self._kept[key]


def _score(metric: Metric, sums: Stats) -> float:
    found: Any = metric._compute_score_from_stats(sums)  # type: ignore[arg-type]
    return float(found.score)
