"""Scoring the same texts many times, for models that do not translate.

Perplexity, accuracy and F1 are functions of numbers that add up over texts (a sum of
log-probabilities and a count of tokens; for each class how often it was right, wanted and said).
So the bootstrap draws its texts once, a draw is a row of weights, and all draws of a score are one
product of matrices. Values, intervals and paired p-values (Koehn 2004; ``bs`` in the signature) are
those of :func:`.metrics.score_outputs`, which is what the tests check.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidInputError
from .classes import Labels
from .repeated import RepeatedScores
from .resampling import draws, seed
from .scores import CorpusScore, MetricScore

Floats = NDArray[np.float64]
Value = Callable[[Floats], Floats]
"""Scores (...,) of sums (..., numbers)."""

_LARGEST = 700.0
"""Cross-entropy in nats beyond which a perplexity is cut off, at 1e304."""


class Scorer(Protocol):
    """Scores of many outputs of one corpus."""

    def score(self, outputs: Sequence[Any], baseline: Sequence[Any] | None = None) -> CorpusScore:
        """The scores of some outputs, with p-values against a baseline's."""


def scorer(task: str, gold: Sequence[Any], resamples: int = 300) -> Scorer:
    """What scores the outputs of a kind of model.

    Parameters
    ----------
    task : str
        As ``model.task``.
    gold : sequence
        References of a translation model; gold labels of a classifier, or a list of them, one a
        word, for each text; of a language model only their number counts.

    Raises
    ------
    InvalidInputError
        If the task has no score.
    """
    if task == "translation":
        return RepeatedScores(gold, resamples=resamples)
    if task == "language-modelling":
        return RepeatedPerplexity(len(gold), resamples)
    if task in ("classification", "token-classification"):
        return RepeatedClasses(gold, resamples)
    raise InvalidInputError(f"A model for {task!r} has no output that could be scored.")


class _Sums:
    """The bootstrap of scores that are made of sums."""

    def __init__(self, texts: int, resamples: int) -> None:
        drawn = draws(texts, resamples)
        self._texts, self._resamples = texts, resamples
        self._weights = np.stack([np.bincount(d, minlength=texts) for d in drawn]).astype(float)

    def _metric(
        self, value: Value, table: Floats, baseline: Floats | None, signature: str
    ) -> MetricScore:
        """A score of tables (texts, numbers)."""
        found, drawn = float(value(table.sum(0))), value(self._weights @ table)
        ordered, cut = np.sort(drawn), self._resamples // 40
        interval = float(0.5 * (ordered[self._resamples - cut - 1] - ordered[cut]))
        first: float | None = None
        p_value: float | None = None
        if baseline is not None:
            first = float(value(baseline.sum(0)))
            apart = np.abs(drawn - value(self._weights @ baseline))
            beyond = int(np.sum(apart - apart.mean() > abs(first - found)))
            p_value = 1.0 if first == found else (beyond + 1) / (self._resamples + 1)
        signature = f"{signature}|bs:{self._resamples}|seed:{seed()}"
        return MetricScore(found, interval, first, p_value, signature)

    def _check(self, outputs: Sequence[Any]) -> None:
        if len(outputs) != self._texts:
            raise InvalidInputError(f"There are {self._texts} texts but {len(outputs)} outputs.")


class RepeatedPerplexity(_Sums):
    """Perplexity of many outputs of a language model on one text, as :func:`.perplexity` has it.

    Parameters
    ----------
    texts, resamples : int
    """

    def __init__(self, texts: int, resamples: int = 300) -> None:
        super().__init__(texts, resamples)

    def score(
        self,
        outputs: Sequence[Sequence[float]],
        baseline: Sequence[Sequence[float]] | None = None,
    ) -> CorpusScore:
        """Score outputs.

        Parameters
        ----------
        outputs, baseline : sequence of (float, int)
            For each text the sum of the natural log-probabilities of its tokens, and their number.

        Raises
        ------
        InvalidInputError
            If there is no token, or a log-probability is not finite.
        """
        table = self._table(outputs)
        first = None if baseline is None else self._table(baseline)
        signature = f"metric:ppl|tokens:{int(table[:, 1].sum())}"
        found = self._metric(_perplexity, table, first, signature)
        changed = None if first is None else int(np.sum(table[:, 0] != first[:, 0]))
        return CorpusScore({"perplexity": found}, self._texts, changed)

    def _table(self, outputs: Sequence[Sequence[float]]) -> Floats:
        self._check(outputs)
        table = np.array(outputs, np.float64)
        if not table[:, 1].sum():
            raise InvalidInputError("There is no predicted token to score.")
        if len(bad := np.flatnonzero(~np.isfinite(table[:, 0]))):
            raise InvalidInputError(
                f"The log-probability of text {bad[0]} is {table[bad[0], 0]}; in half precision "
                "that is an overflow: open the model in float32."
            )
        return table


def _perplexity(sums: Floats) -> Floats:
    # A draw of texts without a predicted token has the cut-off value.
    nats = np.full(sums.shape[:-1], _LARGEST)
    np.divide(-sums[..., 0], sums[..., 1], out=nats, where=sums[..., 1] > 0)
    return np.asarray(np.exp(np.minimum(nats, _LARGEST)))


class RepeatedClasses(_Sums):
    """Accuracy and macro F1 of many predictions, as :func:`.score_classes` has them.

    Parameters
    ----------
    gold : sequence of str, or of sequences of str
    resamples : int
    """

    def __init__(self, gold: Labels, resamples: int = 300) -> None:
        super().__init__(len(gold), resamples)
        self._gold = [_of(labels) for labels in gold]
        self._labels = sum(label != "" for labels in self._gold for label in labels)
        if not self._labels:
            raise InvalidInputError("There is no gold label to score against.")

    def score(self, outputs: Labels, baseline: Labels | None = None) -> CorpusScore:
        """Score a label of each text, or a list of labels, one a word."""
        sides = [[_of(labels) for labels in side] for side in (outputs, baseline or [])]
        names = sorted({n for side in (*sides, self._gold) for labels in side for n in labels})
        table = self._table(sides[0], names)
        first = None if baseline is None else self._table(sides[1], names)
        size = f"|labels:{self._labels}"
        found = {
            "accuracy": self._metric(_accuracy, table, first, f"metric:accuracy{size}"),
            "f1": self._metric(_macro_f1, table, first, f"metric:f1{size}|average:macro"),
        }
        changed = None
        if baseline is not None:
            changed = sum(a != b for a, b in zip(*sides, strict=True))
        return CorpusScore(found, self._texts, changed)

    def _table(self, said: Sequence[Sequence[str]], names: Sequence[str]) -> Floats:
        """For each class how often it was right, wanted and said, (texts, 3 * classes)."""
        self._check(said)
        number = {name: i for i, name in enumerate(names)}
        table = np.zeros((self._texts, 3, len(names)))
        for i, (wanted, given) in enumerate(zip(self._gold, said, strict=True)):
            if len(wanted) != len(given):
                raise InvalidInputError(
                    f"Text {i} has {len(given)} predicted but {len(wanted)} gold labels."
                )
            for a, b in zip(wanted, given, strict=True):
                if a:
                    table[i, 0, number[a]] += a == b
                    table[i, 1, number[a]] += 1
                    table[i, 2, number[b]] += 1
        return table.reshape(self._texts, -1)


def _accuracy(sums: Floats) -> Floats:
    parts = sums.reshape(*sums.shape[:-1], 3, -1).sum(-1)
    total = parts[..., 1]
    return np.asarray(100.0 * parts[..., 0] / np.maximum(total, 1))


def _macro_f1(sums: Floats) -> Floats:
    """The mean over the classes that are wanted or said; one that is never right counts 0."""
    parts = sums.reshape(*sums.shape[:-1], 3, -1)
    both = parts[..., 1, :] + parts[..., 2, :]
    single = 2.0 * parts[..., 0, :] / np.maximum(both, 1)
    return np.asarray(100.0 * single.sum(-1) / np.maximum((both > 0).sum(-1), 1))


def _of(labels: str | Sequence[str]) -> list[str]:
    return [labels] if isinstance(labels, str) else list(labels)
