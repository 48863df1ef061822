"""Scores of parts of a corpus: sentences with a label, of a length, with a word.

What BLEU and chrF count in a sentence adds up over sentences, so it is counted once for the whole
corpus; a slice is then scored, with its bootstrap, by adding up rows. All values, intervals and
p-values equal those of :func:`.scores.score_corpus` on the slice's sentences alone, and the
interval of the difference comes from the same samples, paired (Koehn 2004). Slices may overlap: a
sentence belongs to every slice whose label one of its words has.

The module also tells which sentences are alike: :class:`Likeness` gives the chrF (Popović 2015) of
one text against every sentence of a corpus at once, from a sparse table of character n-grams.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sacrebleu.metrics.base import Metric
from scipy.sparse import csc_matrix

from ..errors import InvalidInputError, UnknownNameError
from .resampling import draws, half_width, paired, seed
from .scores import METRICS

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

WITHOUT = "none of these"
"""Slice of the sentences that are in no other one."""

RANGES = 4
"""Slices of a label that is a number, of about as many sentences each."""

ORDER = 6
BETA = 2.0
"""chrF's character n-grams, and how much more recall counts than precision."""


class Labelled(Protocol):
    """What is needed of :class:`neurox_core.corpora.labelling.Labelling`."""

    @property
    def values(self) -> NDArray[Any]: ...
    @property
    def classes(self) -> tuple[str, ...]: ...
    @property
    def sentences(self) -> NDArray[np.int64]: ...


@dataclass(frozen=True)
class SliceMetric:
    """A score of a slice.

    Attributes
    ----------
    value, interval : float
        Of the outputs, with the half width of the 95 % interval.
    baseline, difference, difference_interval, p_value : float or None
        If there is a baseline: its value, what the outputs have over it, the half width of the
        95 % interval of that, and the paired bootstrap's p-value.
    """

    value: float
    interval: float
    baseline: float | None = None
    difference: float | None = None
    difference_interval: float | None = None
    p_value: float | None = None


@dataclass(frozen=True)
class SliceScore:
    """Scores of the sentences of a slice.

    Attributes
    ----------
    name : str
    sentences : int
    changed_sentences : int or None
        Those whose output differs from the baseline's.
    metrics : dict of str to SliceMetric
    """

    name: str
    sentences: int
    changed_sentences: int | None
    metrics: dict[str, SliceMetric]


def groups_of(labels: Labelled, sentences: int, ranges: int = RANGES) -> dict[str, Longs]:
    """Sentences of each value of a label.

    Parameters
    ----------
    labels : Labelling
        Of words; of a label of sentences all words of a sentence have its value.
    sentences : int
        Of the corpus.
    ranges : int
        Slices of a label that is a number: a sentence's number is the mean over its words.

    Returns
    -------
    dict of str to array of int64
        By value, in the order of the classes, then :data:`WITHOUT` if any sentence has none. A
        sentence is in the slice of every class that one of its words has.
    """
    numeric = labels.values.dtype.kind == "f"
    known = ~np.isnan(labels.values) if numeric else labels.values >= 0
    owner, values = labels.sentences[known], labels.values[known]
    if numeric:
        found = _ranges(owner, values.astype(np.float64), sentences, ranges)
    else:
        pairs = np.unique(np.stack([values.astype(np.int64), owner]), axis=1)
        found = {
            name: pairs[1][pairs[0] == number] for number, name in enumerate(labels.classes)
        }  # fmt: skip
        found = {name: rows for name, rows in found.items() if len(rows)}
    inside = np.zeros(sentences, np.bool_)
    inside[owner] = True
    if not inside.all():
        found[WITHOUT] = np.flatnonzero(~inside)
    return found


def _ranges(owner: Longs, values: Floats, sentences: int, ranges: int) -> dict[str, Longs]:
    counts = np.bincount(owner, minlength=sentences)
    some = np.flatnonzero(counts)
    if not len(some):
        return {}
    means = np.bincount(owner, values, minlength=sentences)[some] / counts[some]
    edges = np.unique(np.quantile(means, np.linspace(0, 1, ranges + 1)[1:-1]))
    numbers = np.searchsorted(edges, means, side="left")
    found = {}
    for number in np.unique(numbers):
        rows = some[numbers == number]
        low, high = means[numbers == number].min(), means[numbers == number].max()
        found[f"{low:g}" if low == high else f"{low:g} to {high:g}"] = rows
    return found


class SliceScores:
    """Outputs of a corpus, ready to be scored slice by slice.

    Parameters
    ----------
    references, outputs : sequence of str
        One each a sentence.
    baseline : sequence of str, optional
    metrics : sequence of {"bleu", "chrf", "ter"}
    resamples : int

    Raises
    ------
    InvalidInputError, UnknownNameError
    """

    def __init__(
        self,
        references: Sequence[str],
        outputs: Sequence[str],
        baseline: Sequence[str] | None = None,
        *,
        metrics: Sequence[str] = ("bleu", "chrf"),
        resamples: int = 300,
    ) -> None:
        if unknown := [m for m in metrics if m not in METRICS]:
            raise UnknownNameError("metric", unknown[0], list(METRICS))
        for what, given in (("outputs", outputs), ("outputs of the baseline", baseline)):
            if given is not None and len(given) != len(references):
                raise InvalidInputError(
                    f"There are {len(references)} references, {len(given)} {what}."
                )
        self.outputs, self.baseline = list(outputs), None if baseline is None else list(baseline)
        self._resamples = resamples
        self._metrics: dict[str, Metric] = {
            name: METRICS[name](references=[list(references)]) for name in metrics
        }
        systems = [self.outputs] if self.baseline is None else [self.outputs, self.baseline]
        self._tables = {
            name: [_table(metric, system) for system in systems]
            for name, metric in self._metrics.items()
        }

    def __len__(self) -> int:
        return len(self.outputs)

    @property
    def signatures(self) -> dict[str, str]:
        """sacreBLEU's signature of each metric."""
        found = {}
        for name, metric in self._metrics.items():
            signature = metric.get_signature()
            signature.update("seed", str(seed()).lower())
            signature.update("bs", self._resamples)
            found[name] = str(signature)
        return found

    def sentence_scores(self, metric: str) -> tuple[Floats, Floats | None]:
        """A metric of each sentence alone, (sentences,), of the outputs and of the baseline.

        BLEU of one sentence is 0 where an n-gram length has no match; chrF says more.
        """
        of = self._metrics[metric]
        found = [np.array([_score(of, row) for row in table]) for table in self._tables[metric]]
        return found[0], found[1] if len(found) > 1 else None

    def score(self, name: str, rows: ArrayLike) -> SliceScore:
        """Score some sentences.

        Raises
        ------
        InvalidInputError
            If there is none.
        """
        chosen = np.asarray(rows, np.int64)
        samples = draws(len(chosen), self._resamples)
        weights = np.stack([np.bincount(s, minlength=len(chosen)) for s in samples])
        changed = None
        if self.baseline is not None:
            changed = sum(self.outputs[i] != self.baseline[i] for i in chosen.tolist())
        found = {name: self._one(name, chosen, weights) for name in self._metrics}
        return SliceScore(name, len(chosen), changed, found)

    def of(self, groups: Mapping[str, ArrayLike], minimum: int = 1) -> list[SliceScore]:
        """Score every group of at least so many sentences, in the order given."""
        sized = [(name, np.asarray(rows, np.int64)) for name, rows in groups.items()]
        return [self.score(name, rows) for name, rows in sized if len(rows) >= max(minimum, 1)]

    def _one(self, name: str, rows: Longs, weights: Longs) -> SliceMetric:
        metric = self._metrics[name]
        values, drawn = [], []
        for table in self._tables[name]:
            some = table[rows]
            values.append(_score(metric, some.sum(0)))
            drawn.append(np.array([_score(metric, row) for row in weights @ some]))
        if len(values) == 1:
            return SliceMetric(values[0], half_width(drawn[0]))
        return SliceMetric(
            values[0], half_width(drawn[0]), values[1], values[0] - values[1],
            half_width(drawn[0] - drawn[1]), paired(values[0], values[1], *drawn),
        )  # fmt: skip


def slice_scores(
    groups: Mapping[str, ArrayLike],
    references: Sequence[str],
    outputs: Sequence[str],
    baseline: Sequence[str] | None = None,
    *,
    metrics: Sequence[str] = ("bleu", "chrf"),
    resamples: int = 300,
    minimum: int = 1,
) -> list[SliceScore]:
    """Scores of groups of sentences; see :class:`SliceScores`.

    Parameters
    ----------
    groups : mapping of str to sequence of int
        Numbers of sentences, such as :func:`groups_of` finds.

    Examples
    --------
    >>> said = ["Il est parti .", "Elle lit un livre ."]
    >>> found = slice_scores({"short": [0], "long": [1]}, said, said, resamples=20)
    >>> [(one.name, one.sentences, round(one.metrics["chrf"].value)) for one in found]
    [('short', 1, 100), ('long', 1, 100)]
    """
    scores = SliceScores(references, outputs, baseline, metrics=metrics, resamples=resamples)
    return scores.of(groups, minimum)


def _table(metric: Metric, texts: Sequence[str]) -> Floats:
    """What a metric counts, (sentences, counts)."""
    cache = metric._ref_cache
    assert cache is not None
    return np.array([
        metric._compute_segment_statistics(metric._preprocess_segment(text), known)
        for text, known in zip(texts, cache, strict=True)
    ], np.float64)  # fmt: skip


def _score(metric: Metric, sums: Floats) -> float:
    # As sacreBLEU's bootstrap does it: the sums in single precision.
    found: Any = metric._compute_score_from_stats(sums.astype(np.float32))  # type: ignore[arg-type]
    return float(found.score)


class Likeness:
    """chrF of one text against each of many.

    Parameters
    ----------
    texts : sequence of str
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._number: dict[str, int] = {}
        rows: list[int] = []
        columns: list[int] = []
        self._totals = np.zeros((len(texts), ORDER))
        for row, text in enumerate(texts):
            for order, grams in enumerate(_grams(text)):
                self._totals[row, order] = len(grams)
                columns += [self._number.setdefault(g, len(self._number)) for g in grams]
                rows += [row] * len(grams)
        # Entries of the same place are added up: counts of n-grams.
        self._counts = csc_matrix(
            (np.ones(len(rows), np.int32), (rows, columns)), (len(texts), len(self._number) or 1)
        )

    def scores(self, text: str) -> Floats:
        """chrF, 0 to 100, of every text as an answer where `text` is the reference."""
        precision, recall = np.zeros((2, len(self._totals)))
        orders = np.zeros(len(self._totals))
        for order, grams in enumerate(_grams(text)):
            total, own = self._totals[:, order], len(grams)
            usable = (total > 0) & (own > 0)
            matches = self._matches(grams)
            precision[usable] += matches[usable] / total[usable]
            recall[usable] += matches[usable] / max(own, 1)
            orders += usable
        precision, recall = precision / np.maximum(orders, 1), recall / np.maximum(orders, 1)
        found = np.zeros(len(precision))
        below = BETA**2 * precision + recall
        np.divide((1 + BETA**2) * precision * recall, below, out=found, where=below > 0)
        return 100 * found

    def _matches(self, grams: Sequence[str]) -> Floats:
        """n-grams that each text shares with these."""
        counted: dict[int, int] = {}
        for gram in grams:
            if (number := self._number.get(gram)) is not None:
                counted[number] = counted.get(number, 0) + 1
        some = self._counts[:, list(counted)].tocsc()
        limits = np.repeat(list(counted.values()), np.diff(some.indptr))
        shared = np.minimum(some.data, limits)
        return np.bincount(some.indices, shared, minlength=len(self._totals)).astype(np.float64)


def _grams(text: str) -> list[list[str]]:
    """Character n-grams of each length, white space left out."""
    joined = "".join(text.split())
    return [
        [joined[i : i + n] for i in range(len(joined) - n + 1)] for n in range(1, ORDER + 1)
    ]  # fmt: skip
