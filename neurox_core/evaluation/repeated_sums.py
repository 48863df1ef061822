"""Scoring the same texts many times, for models that do not translate.

Perplexity, accuracy and F1 are functions of numbers that add up over texts (a sum of
log-probabilities and a count of tokens; for each class how often it was right, wanted and said).
So the bootstrap draws its texts once, a draw is a row of weights, and all draws of a score are one
product of matrices. Values, intervals and paired p-values (Koehn 2004; ``bs`` in the signature) are
those of :func:`.metrics.score_outputs`, which is what the tests check.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidInputError, nth
from .classes import Labels
from .resampling import draws, half_width, paired, seed
from .scores import CorpusScore, MetricScore

Floats = NDArray[np.float64]
Value = Callable[[Floats], Floats]
"""Scores (...,) of sums (..., numbers)."""

_LARGEST = 700.0
"""Cross-entropy in nats beyond which a perplexity is cut off, at 1e304."""


def sums(task: str, gold: Sequence[Any], resamples: int = 300) -> Sums:
    """As :func:`.scorers.scorer`, for tasks whose scores are sums; InvalidInputError for others."""
    if task == "language-modelling":
        return RepeatedPerplexity(len(gold), resamples)
    if task in ("classification", "token-classification"):
        return RepeatedClasses(gold, resamples)
    raise InvalidInputError(f"A model for {task!r} has no output that could be scored.")


class Sums(ABC):
    """Scores that are functions of numbers that add up over texts.

    Parameters
    ----------
    texts, resamples : int

    Attributes
    ----------
    values : dict of str to callable
        Each metric as a function of the sums.
    """

    values: ClassVar[Mapping[str, Value]]

    def __init__(self, texts: int, resamples: int) -> None:
        self.texts, self.resamples = texts, resamples
        drawn = draws(texts, resamples)
        self._weights = np.stack([np.bincount(d, minlength=texts) for d in drawn]).astype(float)

    @abstractmethod
    def tables(self, *sides: Sequence[Any]) -> list[Floats]:
        """The numbers of each text (texts, numbers), for each of some lists of outputs."""

    @abstractmethod
    def counted(self, table: Floats) -> NDArray[np.bool_]:
        """Which texts have something to score at all."""

    @abstractmethod
    def signature(self, metric: str, table: Floats) -> str:
        """How a metric is made, without the bootstrap."""

    def signatures(self, table: Floats) -> dict[str, str]:
        """How each metric is made."""
        ends = f"|bs:{self.resamples}|seed:{seed()}"
        return {metric: self.signature(metric, table) + ends for metric in self.values}

    def score(self, outputs: Sequence[Any], baseline: Sequence[Any] | None = None) -> CorpusScore:
        """Score outputs, and compare them with a baseline's.

        Parameters
        ----------
        outputs, baseline : sequence
            Of a language model for each text the sum of the natural log-probabilities of its
            tokens, and their number; of a classifier a label, or a list of labels, one a word.

        Raises
        ------
        InvalidInputError
            If there is nothing to score, or the outputs do not fit.
        """
        tables = self.tables(outputs, *([] if baseline is None else [baseline]))
        found = {
            metric: self._metric(self.values[metric], tables, signature)
            for metric, signature in self.signatures(tables[0]).items()
        }
        changed = None
        if baseline is not None:
            changed = sum(a != b for a, b in zip(outputs, baseline, strict=True))
        return CorpusScore(found, self.texts, changed)

    def _metric(self, value: Value, tables: Sequence[Floats], signature: str) -> MetricScore:
        found, *first = [float(value(table.sum(0))) for table in tables]
        drawn, *others = [value(self._weights @ table) for table in tables]
        p_value = None if not first else paired(found, first[0], drawn, others[0])
        return MetricScore(
            found, half_width(drawn), first[0] if first else None, p_value, signature
        )

    def _check(self, outputs: Sequence[Any]) -> None:
        if len(outputs) != self.texts:
            raise InvalidInputError(f"There are {self.texts} texts but {len(outputs)} outputs.")


def _perplexity(sums: Floats) -> Floats:
    # A draw of texts without a predicted token has the cut-off value.
    nats = np.full(sums.shape[:-1], _LARGEST)
    np.divide(-sums[..., 0], sums[..., 1], out=nats, where=sums[..., 1] > 0)
    return np.asarray(np.exp(np.minimum(nats, _LARGEST)))


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


class RepeatedPerplexity(Sums):
    """Perplexity of many outputs of a language model on one text, as :func:`.perplexity` has it.

    Parameters
    ----------
    texts, resamples : int
    """

    values: ClassVar[Mapping[str, Value]] = {"perplexity": _perplexity}

    def __init__(self, texts: int, resamples: int = 300) -> None:
        super().__init__(texts, resamples)

    def tables(self, *sides: Sequence[Sequence[float]]) -> list[Floats]:
        """The sum of each text's log-probabilities and their number, (texts, 2)."""
        return [self._table(outputs) for outputs in sides]

    def counted(self, table: Floats) -> NDArray[np.bool_]:
        """Texts with a predicted token."""
        return np.asarray(table[:, 1] > 0)

    def signature(self, metric: str, table: Floats) -> str:
        """How perplexity is made."""
        return f"metric:ppl|tokens:{int(table[:, 1].sum())}"

    def _table(self, outputs: Sequence[Sequence[float]]) -> Floats:
        self._check(outputs)
        table = np.array(outputs, np.float64)
        if not table[:, 1].sum():
            raise InvalidInputError("There is no predicted token to score.")
        if len(bad := np.flatnonzero(~np.isfinite(table[:, 0]))):
            raise InvalidInputError(
                f"The log-probability of {nth(int(bad[0]), 'text')} is {table[bad[0], 0]}; in "
                "half precision that is an overflow: open the model in float32."
            )
        return table


class RepeatedClasses(Sums):
    """Accuracy and macro F1 of many predictions, as :func:`.score_classes` has them.

    Parameters
    ----------
    gold : sequence of str, or of sequences of str
    resamples : int
    """

    values: ClassVar[Mapping[str, Value]] = {"accuracy": _accuracy, "f1": _macro_f1}

    def __init__(self, gold: Labels, resamples: int = 300) -> None:
        super().__init__(len(gold), resamples)
        self._gold = [_of(labels) for labels in gold]
        self._labels = sum(label != "" for labels in self._gold for label in labels)
        if not self._labels:
            raise InvalidInputError("There is no gold label to score against.")

    def tables(self, *sides: Labels) -> list[Floats]:
        """For each class how often it was right, wanted and said, (texts, 3 * classes)."""
        lists = [[_of(labels) for labels in side] for side in sides]
        names = sorted({n for side in (*lists, self._gold) for labels in side for n in labels})
        return [self._table(side, names) for side in lists]

    def counted(self, table: Floats) -> NDArray[np.bool_]:
        """Texts with a gold label."""
        return np.asarray(table.reshape(self.texts, 3, -1)[:, 1].any(1))

    def signature(self, metric: str, table: Floats) -> str:
        """How a metric is made."""
        ends = "|average:macro" if metric == "f1" else ""
        return f"metric:{metric}|labels:{self._labels}{ends}"

    def _table(self, said: Sequence[Sequence[str]], names: Sequence[str]) -> Floats:
        self._check(said)
        number = {name: i for i, name in enumerate(names)}
        table = np.zeros((self.texts, 3, len(names)))
        for i, (wanted, given) in enumerate(zip(self._gold, said, strict=True)):
            if len(wanted) != len(given):
                raise InvalidInputError(
                    f"{nth(i, 'Text')} has {len(given)} predicted but {len(wanted)} gold labels. "
                    "Gold labels of words stand in the corpus in place of the reference, one for "
                    "each word of the text and with spaces between them."
                )
            for a, b in zip(wanted, given, strict=True):
                if a:
                    table[i, 0, number[a]] += a == b
                    table[i, 1, number[a]] += 1
                    table[i, 2, number[b]] += 1
        return table.reshape(self.texts, -1)


def _of(labels: str | Sequence[str]) -> list[str]:
    return [labels] if isinstance(labels, str) else list(labels)
