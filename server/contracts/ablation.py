"""Ablation curves, of a model of any task that has a score."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .base import Address, Contract

MetricNames = Annotated[
    list[Annotated[str, Field(max_length=100)]] | None,
    Field(
        min_length=1, max_length=8,
        description="In place of the task's own scores; also what is installed (neurox.metrics).",
    ),
]  # fmt: skip


class AblationRequest(Contract):
    """Ablate more and more neurons of a ranking and score the corpus at each step."""

    model: str
    ranking: Annotated[str, Field(max_length=64)] | None = Field(
        None, description="Id of a ranking; or give neurons."
    )
    label: Annotated[str, Field(max_length=200)] | None = None
    neurons: list[Address] | None = Field(
        None, min_length=1, max_length=20_000, description="An order of one's own, first first."
    )
    steps: Annotated[int, Field(ge=2, le=100)] | Literal["adaptive"] = 10
    most: Annotated[int, Field(ge=1)] | None = Field(
        None, description="Go no further than this many neurons; all by default."
    )
    directions: list[Literal["top", "bottom", "random"]] = Field(
        default=["top", "bottom", "random"], min_length=1, max_length=3
    )
    orders: Annotated[int, Field(ge=5, le=20)] = Field(5, description="Random orders.")
    operation: Literal["zero", "mean", "resample"] = "zero"
    scope: Literal["output", "recurrence"] = "output"
    beams: Annotated[int, Field(ge=1, le=10)] = 1
    part: str | None = None
    sentences: Annotated[int, Field(ge=10)] | None = Field(
        None, description="The first so many of the corpus; all by default."
    )
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    metrics: MetricNames = None


class PointScore(Contract):
    """A metric with some neurons ablated."""

    value: float
    interval: float = Field(description="Half width of the 95 % confidence interval.")
    p_value: float = Field(description="Against no ablation; paired bootstrap over texts.")


class MetricInfo(Contract):
    """A metric of a model's task."""

    name: str
    signature: str = Field(description="How it is made; bs is the number of bootstrap samples.")
    higher_is_better: bool
    logarithmic: bool = Field(description="Compared and averaged by its logarithm: perplexity.")


class FlatScores(Contract):
    """Scores of a translation model by names of their own; `metrics` has those of every model."""

    bleu: float | None = None
    chrf: float | None = None
    bleu_interval: float | None = None
    chrf_interval: float | None = None
    bleu_p_value: float | None = None
    chrf_p_value: float | None = None
    metrics: dict[str, PointScore]


class AblationPoint(FlatScores):
    """Scores with some neurons ablated; p-values are against none."""

    ablated: int
    changed_sentences: int
    sentences: int
    translations: str = Field(description="What the outputs at this point are asked by.")


class AblationCurve(Contract):
    """One order; areas are the mean height of a curve, None while it has one point."""

    direction: Literal["top", "bottom", "random"]
    seed: int | None
    points: list[AblationPoint]
    area_bleu: float | None = None
    area_chrf: float | None = None
    areas: dict[str, float | None] = Field(description="By the metric's name.")


class BandPoint(Contract):
    """What random orders have in common at a number of neurons."""

    ablated: int
    mean: float
    low: float
    high: float


class AblationResult(Contract):
    """Result, or partial result, of a job that ablates."""

    model: str
    corpus: str
    ranking: str
    neurons: int
    operation: str
    scope: str
    beams: int
    complete: bool
    curves: list[AblationCurve]
    task: str
    metrics: list[MetricInfo] = Field(description="Of the model's task, the most usual first.")
    bands: dict[str, list[BandPoint]] = Field(
        description="What random orders have in common, by the metric's name."
    )
    random_bleu: list[BandPoint] = Field(default_factory=list)
    random_chrf: list[BandPoint] = Field(default_factory=list)
    bleu_signature: str = ""
    chrf_signature: str = ""
    signature: str
