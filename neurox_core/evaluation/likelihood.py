"""Perplexity: how well a language model predicts a text.

The perplexity of a corpus is ``exp(-(sum of natural log-probabilities) / tokens)`` over all tokens
that were predicted, the first token of a text left out where nothing stands before it. It depends
on the tokenizer: numbers of models with different vocabularies cannot be compared, except per
character (``bits_per_character``).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidInputError
from .resampling import Draws, Statistic, scored
from .scores import CorpusScore

Logprobs = Sequence[Sequence[float]]


def perplexity(
    logprobs: Logprobs, baseline: Logprobs | None = None, *, resamples: int = 300
) -> CorpusScore:
    """Perplexity of a corpus, lower being better.

    Parameters
    ----------
    logprobs, baseline : sequence of sequences of float
        Natural log-probability of every predicted token, a list for each sentence.
    resamples : int
        Bootstrap samples of sentences.

    Returns
    -------
    CorpusScore
        With the metric ``perplexity``.

    Raises
    ------
    InvalidInputError
        If there is no token, or the two sides do not have the same sentences.

    Examples
    --------
    >>> round(perplexity([[-1.0, -2.0], [-3.0]]).metrics["perplexity"].value, 4)
    7.3891
    """
    sums, counts = _totals(logprobs)
    first = None
    if baseline is not None:
        if [len(s) for s in baseline] != [len(s) for s in logprobs]:
            raise InvalidInputError("The baseline has other sentences, or other tokens in them.")
        first = _totals(baseline)
    signature = f"metric:ppl|tokens:{int(counts.sum())}"

    def of(totals: NDArray[np.float64]) -> Statistic:
        def statistic(chosen: Draws) -> float:
            tokens = counts[chosen].sum()
            return float(np.exp(-totals[chosen].sum() / tokens)) if tokens else float("inf")

        return statistic

    result = scored(
        of(sums), None if first is None else of(first[0]), len(sums), resamples, signature
    )
    changed = None
    if baseline is not None:
        pairs = zip(logprobs, baseline, strict=True)
        changed = sum(list(a) != list(b) for a, b in pairs)
    return CorpusScore({"perplexity": result}, len(sums), changed)


def bits_per_character(logprobs: Logprobs, texts: Sequence[str]) -> float:
    """Negative base-2 log-probability of all tokens over the characters of the texts.

    Unlike perplexity it may be compared between models with different vocabularies.
    """
    if len(logprobs) != len(texts) or not sum(map(len, texts)):
        raise InvalidInputError("Give a list of log-probabilities for each text, and some text.")
    total = sum(sum(sentence) for sentence in logprobs)
    return float(-total / np.log(2.0) / sum(map(len, texts)))


def _totals(logprobs: Logprobs) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    counts = np.array([len(s) for s in logprobs], np.int64)
    if not counts.sum():
        raise InvalidInputError("There is no predicted token to score.")
    return np.array([float(sum(s)) for s in logprobs]), counts
