"""Corpus scores and what may be concluded from them.

All numbers are sacreBLEU's (Post 2018): BLEU, chrF and TER of a whole corpus, a 95 % confidence
interval by bootstrap resampling of sentences (Koehn 2004), and, given a baseline, a p-value by
paired bootstrap, each with the signature that makes it comparable. The resampling is seeded by
sacreBLEU's own ``SACREBLEU_SEED`` (12345 unless set), so the same texts give the same numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sacrebleu.metrics.base import Metric
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from sacrebleu.metrics.ter import TER
from sacrebleu.significance import PairedTest, Result

from ..errors import InvalidInputError, UnknownNameError

METRICS: dict[str, type[BLEU] | type[CHRF] | type[TER]] = {"bleu": BLEU, "chrf": CHRF, "ter": TER}


@dataclass(frozen=True)
class MetricScore:
    """One metric of one corpus.

    Attributes
    ----------
    value : float
        As sacreBLEU prints it, 0 to 100.
    interval : float
        Half width of the 95 % confidence interval.
    baseline : float or None
        The baseline's value, if there is a baseline.
    p_value : float or None
        Paired bootstrap against the baseline, two-sided.
    signature : str
        sacreBLEU's signature.
    """

    value: float
    interval: float
    baseline: float | None
    p_value: float | None
    signature: str


@dataclass(frozen=True)
class CorpusScore:
    """Scores of a corpus.

    Attributes
    ----------
    metrics : dict of str to MetricScore
    sentences : int
    changed_sentences : int or None
        Sentences whose text differs from the baseline's.
    """

    metrics: dict[str, MetricScore]
    sentences: int
    changed_sentences: int | None

    @property
    def bleu(self) -> MetricScore:
        """BLEU, if it was asked for."""
        return self.metrics["bleu"]

    @property
    def chrf(self) -> MetricScore:
        """The character F-score, if it was asked for."""
        return self.metrics["chrf"]


def score_corpus(
    hypotheses: Sequence[str],
    references: Sequence[str],
    baseline: Sequence[str] | None = None,
    *,
    metrics: Sequence[str] = ("bleu", "chrf"),
    resamples: int = 300,
) -> CorpusScore:
    """Score translations against references, and against a baseline's translations.

    Parameters
    ----------
    hypotheses, references, baseline : sequence of str
        One each a sentence, in the same order.
    metrics : sequence of {"bleu", "chrf", "ter"}
    resamples : int
        Bootstrap samples; a p-value is never below 1 / (resamples + 1).

    Raises
    ------
    InvalidInputError
        If the lengths differ or there is no sentence.
    UnknownNameError
        If a metric is unknown.

    Examples
    --------
    >>> round(score_corpus(["Il est parti hier ."], ["Il est parti hier ."]).bleu.value, 6)
    100.0
    """
    _check(hypotheses, references, baseline, metrics, resamples)
    first = list(hypotheses if baseline is None else baseline)
    systems: list[tuple[str, Sequence[str]]] = [("baseline", first)]
    if baseline is not None:
        systems.append(("changed", list(hypotheses)))
    chosen: dict[str, Metric] = {
        name: METRICS[name](references=[list(references)]) for name in metrics
    }
    signatures, found = PairedTest(systems, chosen, None, "bs", n_samples=resamples)()
    results = {}
    for name, label in zip(metrics, signatures, strict=True):
        # Scores come in the order of the systems; the last one is what was asked about.
        scored = [r for r in found[label] if isinstance(r, Result)]
        results[name] = MetricScore(
            value=float(scored[-1].score),
            interval=float(scored[-1].ci or 0.0),
            baseline=None if baseline is None else float(scored[0].score),
            p_value=None if baseline is None else _p_value(scored[0], scored[-1]),
            signature=str(signatures[label]),
        )
    changed = None
    if baseline is not None:
        changed = sum(a != b for a, b in zip(hypotheses, baseline, strict=True))
    return CorpusScore(results, len(hypotheses), changed)


def _p_value(first: Result, last: Result) -> float:
    """sacreBLEU's p-value, but 1 for no difference: it counts only strictly larger ones."""
    return 1.0 if first.score == last.score else float(last.p_value or 0.0)


def _check(
    hypotheses: Sequence[str],
    references: Sequence[str],
    baseline: Sequence[str] | None,
    metrics: Sequence[str],
    resamples: int,
) -> None:
    if unknown := [m for m in metrics if m not in METRICS]:
        raise UnknownNameError("metric", unknown[0], list(METRICS))
    if len(hypotheses) == 0:
        raise InvalidInputError("There is no sentence to score.")
    if resamples < 10:
        raise InvalidInputError(f"resamples must be at least 10, not {resamples}.")
    for what, texts in (("references", references), ("baseline translations", baseline)):
        if texts is not None and len(texts) != len(hypotheses):
            raise InvalidInputError(
                f"There are {len(hypotheses)} translations but {len(texts)} {what}."
            )
