"""Named manipulation sets, an edit tried on a corpus, groups of neurons ablated as a whole."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from .ablation import FlatScores, MetricInfo, MetricNames
from .base import Address, Contract, printable
from .holding import HoldingBody
from .projects import PresetEdit
from .texts import InterventionBody

Name = Annotated[str, Field(min_length=1, max_length=80), AfterValidator(printable)]


class SetBody(Contract):
    """A manipulation set to keep: interventions of one model under a name."""

    name: Name
    model: str
    interventions: list[InterventionBody] = Field(min_length=1, max_length=1000)


class ImportedSet(Contract):
    """A set as ``ManipulationSet.to_dict`` writes it."""

    name: Name
    interventions: list[InterventionBody] = Field(min_length=1, max_length=1000)


class SetsImport(Contract):
    """Several sets at once, such as those of an exported file; all are kept or none."""

    model: str
    sets: list[ImportedSet] = Field(min_length=1, max_length=100)


class SetsQuery(Contract):
    """Sets of which model; scores are those of this search."""

    model: str
    beams: Annotated[int, Field(ge=1, le=10)] = 1


class SetInfo(Contract):
    """A kept set. ``score`` is the newest job that scored the corpus with it as it is now."""

    id: str
    name: str
    model: str
    created: str
    neurons: int
    interventions: list[PresetEdit]
    score: str | None


class SetList(Contract):
    """Sets of a model, oldest first."""

    sets: list[SetInfo]


class TryRequest(Contract):
    """Apply an edit to the whole corpus: how often does it do what it did to one sentence?"""

    model: str
    interventions: list[InterventionBody] = Field(min_length=1, max_length=1000)
    word: Annotated[str, Field(min_length=1, max_length=100), AfterValidator(printable)] = Field(
        description="A word of translations that the edit should turn."
    )
    wanted: Annotated[str, Field(min_length=1, max_length=100), AfterValidator(printable)]
    sentences: Annotated[int, Field(ge=1)] | None = Field(
        None, description="The first so many of the corpus; all by default."
    )
    beams: Annotated[int, Field(ge=1, le=10)] = 1
    holding: HoldingBody | None = Field(
        None, description="It is meant for sentences in which this holds; the others are elsewhere."
    )


class TriedMetric(Contract):
    """A corpus score under the edit, against none."""

    baseline: float
    value: float
    change: float
    p_value: float | None
    signature: str
    logarithmic: bool = Field(description="Compared by its logarithm: perplexity.")


class TriedExample(Contract):
    """A sentence that the edit changed."""

    source: str
    before: str
    after: str


class TryResult(Contract):
    """What an edit does where its word is, and elsewhere."""

    interventions: list[PresetEdit]
    word: str
    wanted: str
    beams: int = 1
    sentences: int
    with_word: int
    turned: int
    changed_otherwise: int = Field(description="Sentences with the word that changed, but not so.")
    without_word: int
    changed_elsewhere: int
    holding: HoldingBody | None = None
    sentences_holding: int | None = Field(None, description="Sentences in which that holds.")
    word_elsewhere: int | None = Field(
        None, description="Sentences with the word in which it does not hold."
    )
    turned_elsewhere: int | None = Field(None, description="Those of them that were turned.")
    metrics: dict[str, TriedMetric] = Field(
        description="By name, those of the model's task: BLEU and chrF, perplexity, or accuracy."
    )
    turned_examples: list[TriedExample]
    broken_examples: list[TriedExample]
    warnings: list[str] = Field(
        default_factory=list, description="Of words that the model has no pieces for."
    )


class GroupsRequest(Contract):
    """Ablate groups of neurons, each as a whole, and score the corpus under each.

    ``these``: exactly `neurons`. ``others``: all other units of their layers. ``layers``: each of
    `layers` whole (all layers if missing). ``heads``: each head of each of `layers`.
    """

    model: str
    groups: Literal["these", "others", "layers", "heads"]
    neurons: list[Address] = Field(default_factory=list, max_length=20_000)
    layers: list[Address] = Field(default_factory=list, max_length=200)
    operation: Literal["zero", "mean", "resample"] = "zero"
    scope: Literal["output", "recurrence"] = "output"
    beams: Annotated[int, Field(ge=1, le=10)] = 1
    part: str | None = None
    sentences: Annotated[int, Field(ge=10)] | None = Field(
        None, description="The first so many of the corpus; all by default."
    )
    metrics: MetricNames = None


class GroupPoint(FlatScores):
    """Scores with one group ablated; p-values are against none."""

    name: str
    neurons: int
    changed_sentences: int
    sentences: int
    translations: str = Field(description="What the translations under it are asked by.")


class GroupsResult(Contract):
    """Result, or partial result, of a job that ablates groups; ``baseline`` ablates nothing."""

    title: str
    model: str
    operation: str
    scope: str
    beams: int
    complete: bool
    baseline: GroupPoint
    points: list[GroupPoint]
    metrics: list[MetricInfo] = Field(description="Of the model's task, the most usual first.")
    bleu_signature: str = ""
    chrf_signature: str = ""
