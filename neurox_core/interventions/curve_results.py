"""What ablation curves are made of: points, areas, bands, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from ..evaluation import CorpusScore


@dataclass(frozen=True)
class CurvePoint:
    """Scores with some neurons ablated.

    Attributes
    ----------
    ablated : int
        Number of neurons.
    bleu, chrf : float
    bleu_interval, chrf_interval : float
        Half widths of the 95 % intervals.
    bleu_p_value, chrf_p_value : float
        Against no ablation, paired bootstrap.
    changed_sentences, sentences : int
    """

    ablated: int
    bleu: float
    chrf: float
    bleu_interval: float
    chrf_interval: float
    bleu_p_value: float
    chrf_p_value: float
    changed_sentences: int
    sentences: int

    @classmethod
    def of(cls, ablated: int, score: CorpusScore) -> CurvePoint:
        """A point from scores against the baseline."""
        bleu, chrf = score.bleu, score.chrf
        return cls(
            ablated, bleu.value, chrf.value, bleu.interval, chrf.interval, bleu.p_value or 0.0,
            chrf.p_value or 0.0, score.changed_sentences or 0, score.sentences,
        )  # fmt: skip


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
    translations : dict of int to list of str
        By number ablated, one a sentence.
    """

    direction: str
    seed: int | None = None
    points: list[CurvePoint] = field(default_factory=list)
    translations: dict[int, list[str]] = field(default_factory=dict, repr=False)

    def add(self, point: CurvePoint, translations: Sequence[str]) -> None:
        """Put a point in its place."""
        self.points = sorted([*self.points, point], key=lambda p: p.ablated)
        self.translations[point.ablated] = list(translations)

    def area(self, metric: str = "bleu") -> float:
        """Mean height of the curve between its first and last point (trapezoids), in the score."""
        x = np.array([p.ablated for p in self.points], np.float64)
        y = np.array([getattr(p, metric) for p in self.points], np.float64)
        if len(x) < 2:
            return float("nan")
        return float(np.trapezoid(y, x) / (x[-1] - x[0]))

    def to_dict(self) -> dict[str, Any]:
        """Plain values, without translations; areas are None while there is one point."""
        whole = len(self.points) > 1
        return {
            "direction": self.direction,
            "seed": self.seed,
            "points": [asdict(point) for point in self.points],
            "area_bleu": self.area("bleu") if whole else None,
            "area_chrf": self.area("chrf") if whole else None,
        }


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
        sacreBLEU's, by metric.
    signature : str
        What the curves were made from.
    complete : bool
        False if they were cancelled.
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

    def curve(self, direction: str, seed: int | None = None) -> Curve:
        """The curve of a direction (and seed)."""
        return next(
            c for c in self.curves
            if c.direction == direction and seed in (None, c.seed)
        )  # fmt: skip

    def band(self, metric: str = "bleu") -> list[dict[str, float]]:
        """Mean, minimum and maximum of the random orders at each number ablated by all of them."""
        random = [c for c in self.curves if c.direction == "random"]
        if not random:
            return []
        values = [{p.ablated: float(getattr(p, metric)) for p in c.points} for c in random]
        shared = sorted(set.intersection(*(set(v) for v in values)))
        return [
            {"ablated": n, "mean": float(np.mean([v[n] for v in values])),
             "low": min(v[n] for v in values), "high": max(v[n] for v in values)}
            for n in shared
        ]  # fmt: skip

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
            "complete": self.complete,
            "curves": [curve.to_dict() for curve in self.curves],
            "random_bleu": self.band("bleu"),
            "random_chrf": self.band("chrf"),
            "bleu_signature": self.signatures["bleu"],
            "chrf_signature": self.signatures["chrf"],
            "signature": self.signature,
        }
