"""What ablation curves are made of: points, areas, bands, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..evaluation import CorpusScore, MetricScore
from ..evaluation.metrics import LOGARITHMIC, higher_is_better

FLAT = ("bleu", "chrf")
"""Metrics whose numbers plain values hold by names of their own as well."""


@dataclass(frozen=True)
class CurvePoint:
    """Scores with some neurons ablated.

    Attributes
    ----------
    ablated : int
        Number of neurons.
    metrics : dict of str to MetricScore
        By name, the most usual first: ``value``, ``interval`` (half width of the 95 % interval)
        and ``p_value`` (against no ablation, paired bootstrap over texts). Those of a translation
        model also are attributes: ``bleu``, ``bleu_interval``, ``bleu_p_value``, and so on.
    changed_sentences, sentences : int
    """

    ablated: int
    metrics: Mapping[str, MetricScore]
    changed_sentences: int
    sentences: int

    @classmethod
    def of(cls, ablated: int, score: CorpusScore) -> CurvePoint:
        """A point from scores against the baseline."""
        return cls(ablated, dict(score.metrics), score.changed_sentences or 0, score.sentences)

    @property
    def metric(self) -> str:
        """The metric that comes first."""
        return next(iter(self.metrics))

    def height(self, metric: str | None = None) -> float:
        """A metric's value on its scale: the logarithm of a perplexity."""
        name = metric or self.metric
        value = self.metrics[name].value
        return float(np.log(value)) if name in LOGARITHMIC else value

    @property
    def bleu(self) -> float:
        """BLEU, of a translation model."""
        return self.metrics["bleu"].value

    @property
    def chrf(self) -> float:
        """The character F-score, of a translation model."""
        return self.metrics["chrf"].value

    @property
    def bleu_interval(self) -> float:
        """Half width of BLEU's interval."""
        return self.metrics["bleu"].interval

    @property
    def chrf_interval(self) -> float:
        """Half width of chrF's interval."""
        return self.metrics["chrf"].interval

    @property
    def bleu_p_value(self) -> float:
        """BLEU's p-value."""
        return self.metrics["bleu"].p_value or 0.0

    @property
    def chrf_p_value(self) -> float:
        """chrF's p-value."""
        return self.metrics["chrf"].p_value or 0.0

    def to_dict(self) -> dict[str, Any]:
        """Plain values; BLEU and chrF stand under their own names, too."""
        found: dict[str, Any] = {"ablated": self.ablated}
        for name in FLAT:
            if name in self.metrics:
                one = self.metrics[name]
                found |= {name: one.value, f"{name}_interval": one.interval,
                          f"{name}_p_value": one.p_value or 0.0}  # fmt: skip
        return found | {
            "changed_sentences": self.changed_sentences, "sentences": self.sentences,
            "metrics": {
                name: {"value": one.value, "interval": one.interval, "p_value": one.p_value or 0.0}
                for name, one in self.metrics.items()
            },
        }  # fmt: skip


@dataclass
class Curve:
    """One order of ablation.

    Attributes
    ----------
    direction : {"top", "bottom", "random"}
    seed : int or None
        Of a random order.
    points : list of CurvePoint
        In the order of the number ablated; grows while a curve is computed.
    outputs : dict of int to list
        By number ablated, for each sentence: the translation, a classifier's label or list of
        labels, a language model's sum of log-probabilities and number of tokens.
    """

    direction: str
    seed: int | None = None
    points: list[CurvePoint] = field(default_factory=list)
    outputs: dict[int, list[Any]] = field(default_factory=dict, repr=False)

    @property
    def translations(self) -> dict[int, list[Any]]:
        """The outputs, by their name of a translation model."""
        return self.outputs

    def add(self, point: CurvePoint, outputs: Sequence[Any]) -> None:
        """Put a point in its place."""
        self.points = sorted([*self.points, point], key=lambda p: p.ablated)
        self.outputs[point.ablated] = list(outputs)

    def area(self, metric: str | None = None) -> float:
        """Mean height of the curve between its first and last point (trapezoids), in the score.

        The mean of a perplexity is taken of its logarithm, the cross-entropy: it does not hang on
        the one point where the model has come apart.
        """
        if len(self.points) < 2:
            return float("nan")
        name = metric or self.points[0].metric
        x = np.array([p.ablated for p in self.points], np.float64)
        y = np.array([p.height(name) for p in self.points], np.float64)
        return _value(name, float(np.trapezoid(y, x) / (x[-1] - x[0])))

    def to_dict(self) -> dict[str, Any]:
        """Plain values, without outputs; areas are None while there is one point."""
        whole = len(self.points) > 1
        names = self.points[0].metrics if self.points else ()
        areas = {name: self.area(name) if whole else None for name in names}
        return {
            "direction": self.direction,
            "seed": self.seed,
            "points": [point.to_dict() for point in self.points],
            **{f"area_{name}": area for name, area in areas.items() if name in FLAT},
            "areas": areas,
        }


def _value(metric: str, height: float) -> float:
    """What has a height; see :meth:`CurvePoint.height`."""
    return float(np.exp(height)) if metric in LOGARITHMIC else height


def described(signatures: Mapping[str, str]) -> list[dict[str, Any]]:
    """Metrics as plain values: their names, how they are made, and how they are read."""
    return [
        {"name": name, "signature": signature, "higher_is_better": higher_is_better(name),
         "logarithmic": name in LOGARITHMIC}
        for name, signature in signatures.items()
    ]  # fmt: skip


def flat_signatures(signatures: Mapping[str, str]) -> dict[str, str]:
    """Signatures of the metrics of translation, by names of their own."""
    return {f"{name}_signature": v for name, v in signatures.items() if name in FLAT}


@dataclass
class AblationCurves:
    """Curves of one ranking.

    Attributes
    ----------
    curves : list of Curve
    neurons : int
        In the ranking.
    model, corpus, ranking : str
        Names.
    operation, scope, beams : str, str, int
    signatures : dict of str to str
        How each metric is made, by its name.
    signature : str
        What the curves were made from.
    complete : bool
        False if they were cancelled.
    task : str
        The model's, which says what the scores are.
    """

    curves: list[Curve]
    neurons: int
    model: str
    corpus: str
    ranking: str
    operation: str
    scope: str
    beams: int
    signatures: Mapping[str, str]
    signature: str
    complete: bool = False
    task: str = "translation"

    def curve(self, direction: str, seed: int | None = None) -> Curve:
        """The curve of a direction (and seed)."""
        return next(
            c for c in self.curves
            if c.direction == direction and seed in (None, c.seed)
        )  # fmt: skip

    def band(self, metric: str | None = None) -> list[dict[str, float]]:
        """Mean, minimum and maximum of the random orders at each number ablated by all of them."""
        random = [c for c in self.curves if c.direction == "random" and c.points]
        if not random:
            return []
        name = metric or random[0].points[0].metric
        values = [{p.ablated: p for p in c.points} for c in random]
        found = []
        for n in sorted(set.intersection(*(set(v) for v in values))):
            scores = [v[n].metrics[name].value for v in values]
            mean = _value(name, float(np.mean([v[n].height(name) for v in values])))
            found.append({"ablated": n, "mean": mean, "low": min(scores), "high": max(scores)})
        return found

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "model": self.model,
            "corpus": self.corpus,
            "ranking": self.ranking,
            "neurons": self.neurons,
            "operation": self.operation,
            "scope": self.scope,
            "beams": self.beams,
            "task": self.task,
            "complete": self.complete,
            "curves": [curve.to_dict() for curve in self.curves],
            **{f"random_{name}": self.band(name) for name in self.signatures if name in FLAT},
            **flat_signatures(self.signatures),
            "metrics": described(self.signatures),
            "bands": {name: self.band(name) for name in self.signatures},
            "signature": self.signature,
        }
