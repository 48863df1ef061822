"""Slices of the corpus, sentences that come out otherwise, and nearest states."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .ablation import MetricInfo
from .base import Address, Contract, Text
from .rankings import LabelBody
from .texts import InterventionBody


class OfOutputs(Contract):
    """Whose translations, or other outputs: of a model, clean and under interventions."""

    model: str
    interventions: list[InterventionBody] = Field(default_factory=list, max_length=1000)
    beams: Annotated[int, Field(ge=1, le=10)] = 1
    start: bool = Field(
        True, description="Start translating the corpus if that was not done; else 409, not_scored."
    )


class SlicesRequest(OfOutputs):
    """Scores of the sentences that have each value of a label."""

    label: LabelBody
    least: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        5, description="Slices of fewer sentences are left out."
    )


class SliceMetricBody(Contract):
    """A score of a slice; what compares it with the clean model only under interventions."""

    value: float
    interval: float = Field(description="Half width of the 95 % confidence interval.")
    baseline: float | None = Field(description="Of the clean model.")
    difference: float | None
    difference_interval: float | None = Field(description="Half width, from paired samples.")
    p_value: float | None


class SliceInfo(Contract):
    """A slice and its scores; sentences may be in several slices."""

    name: str
    sentences: int
    changed_sentences: int | None
    metrics: dict[str, SliceMetricBody] = Field(description="By the metric's name.")
    bleu: SliceMetricBody | None = Field(None, description="Of a translation model, once more.")
    chrf: SliceMetricBody | None = None


class SlicesResult(Contract):
    """All slices of a label, and the whole corpus."""

    model: str
    label: str
    whole: SliceInfo
    slices: list[SliceInfo]
    left_out: int = Field(description="Slices of too few sentences.")
    metrics: list[MetricInfo] = Field(description="Of the model's task, the most usual first.")
    bleu_signature: str = ""
    chrf_signature: str = ""


class SliceSentencesRequest(SlicesRequest):
    """A window on the sentences of a slice."""

    name: Annotated[str, Field(max_length=200)]
    order: Literal["corpus", "worst", "change"] = Field(
        "corpus", description="As in the corpus, worst first, or what got most worse first."
    )
    offset: Annotated[int, Field(ge=0)] = 0
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class SliceSentence(Contract):
    """A sentence of a slice, what the model made of it, and the score of each."""

    sentence: int
    source: str
    reference: str
    clean: str
    changed: str | None
    score: float | None = Field(
        description="In the metric that the answer names; null of a text with nothing to score."
    )
    score_changed: float | None
    chrf: float | None = Field(None, description="Of a translation model, once more.")
    chrf_changed: float | None = None


class SliceSentences(Contract):
    """A window on a slice."""

    total: int
    offset: int
    metric: str = Field(description="chrF, a text's own perplexity, or how many labels are right.")
    sentences: list[SliceSentence]


class OutcomeBody(Contract):
    """What of an output is looked at; see neurox_core.engine.outcomes.Outcome."""

    kind: Literal["contains", "gives", "changed", "reference", "label", "column"]
    name: Annotated[str, Field(max_length=200)] = ""


class CounterpartsRequest(OfOutputs):
    """Find the most similar sentences of the corpus that come out otherwise than this one."""

    sentence: Annotated[int, Field(ge=0)] | None = None
    text: Text | None = Field(None, description="A text of the user's own, if no sentence.")
    outcome: OutcomeBody
    similarity: Literal["states", "chrf"] = "states"
    layer: Address | None = Field(
        None, description="Whose mean states are compared; the last that reads the source."
    )
    count: Annotated[int, Field(ge=1, le=50)] = 8


class Counterpart(Contract):
    """A similar sentence with another outcome."""

    sentence: int
    similarity: float = Field(description="Cosine, or chrF from 0 to 100.")
    outcome: str
    source: str
    reference: str
    clean: str
    changed: str | None


class OutcomeCount(Contract):
    """How many sentences of the corpus come out so."""

    outcome: str
    sentences: int


class CounterpartsResult(Contract):
    """The most similar sentences that come out otherwise, and how the corpus comes out."""

    source: str
    clean: str
    changed: str | None
    outcome: str
    layer: str | None
    outcomes: list[OutcomeCount]
    found: list[Counterpart]


class NearestRequest(Contract):
    """Find the tokens of the corpus whose states are nearest to that of a word."""

    model: str
    sentence: Annotated[int, Field(ge=0)] | None = None
    text: Text | None = Field(None, description="A text of the user's own, if no sentence.")
    side: Literal["source", "target"] = Field(
        "source", description="A word of the source, or of the model's clean output."
    )
    word: Annotated[int, Field(ge=0, le=100_000)]
    layer: Address
    metric: Literal["cosine", "euclidean"] = "cosine"
    each_sentence: bool = Field(True, description="At most one token of each sentence.")
    beams: Annotated[int, Field(ge=1, le=10)] = 1
    count: Annotated[int, Field(ge=1, le=50)] = 12


class NearToken(Contract):
    """A token of the corpus, in the words around it."""

    sentence: int
    word: int = Field(description="Place of its word among `words`, -1 for none.")
    value: float = Field(description="Cosine, or Euclidean distance.")
    words: list[str]
    spaces: list[bool] = Field(description="Whether a space stands before each word.")


class NearestResult(Contract):
    """The nearest tokens, nearest first."""

    layer: str
    metric: Literal["cosine", "euclidean"]
    word: str
    compared: int
    tokens: int = Field(description="Of the corpus.")
    exact: bool = Field(description="False: an index was searched, and a nearer one may exist.")
    found: list[NearToken]
