"""Intervals and p-values by drawing sentences again (Koehn 2004), for any score of a corpus.

The draws are seeded by ``SACREBLEU_SEED`` as sacreBLEU's are, so that the scores of translation,
language models and classifiers are all made alike and repeat exactly.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidInputError
from .scores import MetricScore

Draws = NDArray[np.int64]
Statistic = Callable[[Draws], float]


def draws(sentences: int, resamples: int) -> Draws:
    """Sentences of each sample, (resamples, sentences), drawn with replacement."""
    if sentences == 0:
        raise InvalidInputError("There is no sentence to score.")
    if resamples < 10:
        raise InvalidInputError(f"resamples must be at least 10, not {resamples}.")
    drawn = np.random.default_rng(seed()).choice(sentences, (resamples, sentences), replace=True)
    return np.asarray(drawn, np.int64)


def seed() -> int | None:
    """The seed: 12345, or what the environment says; ``none`` for another one every time."""
    text = os.environ.get("SACREBLEU_SEED", "12345").lower()
    return None if text == "none" else int(text)


def scored(
    statistic: Statistic,
    baseline: Statistic | None,
    sentences: int,
    resamples: int,
    signature: str,
) -> MetricScore:
    """A score with its 95 % interval and, given a baseline, its paired bootstrap p-value.

    Parameters
    ----------
    statistic, baseline : callable of array of int64
        The score of some sentences, named by their numbers; a number may come several times.
    sentences, resamples : int
    signature : str
        How the score is made; the seed and the number of samples are added.
    """
    samples = draws(sentences, resamples)
    everything = np.arange(sentences)
    value = statistic(everything)
    found = np.array([statistic(s) for s in samples])
    first: float | None = None
    p_value: float | None = None
    if baseline is not None:
        first = baseline(everything)
        others = np.array([baseline(s) for s in samples])
        p_value = paired(value, first, found, others)
    ends = f"|bs:{resamples}|seed:{seed()}"
    return MetricScore(value, half_width(found), first, p_value, f"{signature}{ends}")


def half_width(drawn: NDArray[np.float64]) -> float:
    """Half of the middle 95 % of what was drawn, cut off as sacreBLEU does."""
    ordered, cut = np.sort(drawn), len(drawn) // 40
    return float(0.5 * (ordered[len(drawn) - cut - 1] - ordered[cut]))


def paired(
    value: float, first: float, drawn: NDArray[np.float64], others: NDArray[np.float64]
) -> float:
    """The paired bootstrap's p-value, with sacreBLEU's centring; 1 for no difference."""
    apart = np.abs(drawn - others)
    beyond = int(np.sum(apart - apart.mean() > abs(first - value)))
    return 1.0 if first == value else (beyond + 1) / (len(drawn) + 1)
