"""Work that takes longer, and corpus scores."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .ablation import AblationResult
from .base import Contract, ErrorDetail
from .causal import FindResult
from .checks import CheckResult
from .control import BiasResult, ControlResult, PruneResult
from .rankings import RankingMade, SimilarityResult, StabilityResult
from .sets import GroupsResult, TryResult
from .texts import InterventionBody


class ExtractRequest(Contract):
    """Start, or find, the job that extracts a model's activations on the corpus."""

    model: str


class ScoreRequest(Contract):
    """Score the whole corpus, clean and under interventions."""

    model: str
    interventions: list[InterventionBody] = Field(max_length=1000)
    beams: Annotated[int, Field(ge=1, le=10)] = 1
    part: str | None = None


class PartScore(Contract):
    """Scores of one part of the corpus; ``p_value`` is None without interventions."""

    part: str
    sentences: int
    changed_sentences: int
    bleu: float
    bleu_interval: float = Field(description="Half width of the 95 % confidence interval.")
    bleu_baseline: float
    bleu_p_value: float | None
    chrf: float
    chrf_interval: float
    chrf_baseline: float
    chrf_p_value: float | None


class MetricResult(Contract):
    """A score of a model that does not translate; baseline and p-value only if it was changed."""

    name: str
    value: float
    interval: float = Field(description="Half width of the 95 % confidence interval.")
    baseline: float | None
    p_value: float | None
    signature: str


class ScoreResult(Contract):
    """Result, or partial result, of a score job."""

    model: str
    complete: bool
    scored: int
    parts: list[PartScore]
    bleu_signature: str
    chrf_signature: str
    metrics: list[MetricResult] = Field(
        default_factory=list, description="Of a model that does not translate, in place of parts."
    )
    changed_sentences: int | None = Field(
        None, description="Of a model that does not translate; parts have their own."
    )
    clean_translations: str = Field(
        "", description="Name of what was translated, for /kept; that of the clean model."
    )
    changed_translations: str = ""


JobState = Literal["queued", "running", "done", "failed", "cancelled"]


class Job(Contract):
    """Work that takes more than about two seconds."""

    id: str
    kind: Literal[
        "extract",
        "score",
        "rank",
        "stability",
        "similarity",
        "concepts",
        "index",
        "ablate",
        "check",
        "find",
        "control",
        "bias",
        "prune",
        "groups",
        "try",
    ]
    title: str
    project: str
    state: JobState
    done: int
    total: int
    unit: str = Field(description="What done and total count, such as 'sentences'.")
    message: str
    eta_seconds: float | None
    created: str
    finished: str | None
    cancelling: bool = Field(False, description="It was asked to stop and has not yet done so.")
    result: (
        ScoreResult
        | RankingMade
        | StabilityResult
        | SimilarityResult
        | AblationResult
        | CheckResult
        | FindResult
        | ControlResult
        | BiasResult
        | PruneResult
        | GroupsResult
        | TryResult
        | None
    ) = Field(
        None, description="By the kind of job; of one that scores or ablates partial while it runs."
    )
    error: ErrorDetail | None


class JobList(Contract):
    """Jobs of this server, newest first."""

    jobs: list[Job]
