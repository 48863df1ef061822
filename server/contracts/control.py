"""Controlling a property of the output, the gender experiment, and smaller models."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from .base import Address, Contract, Text, Value, printable
from .projects import PresetEdit
from .texts import InterventionBody

Label = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(printable)]
Beta = Annotated[float, Field(ge=-1000, le=1000, allow_inf_nan=False)]


class AnnotatorBody(Contract):
    """What tags references and outputs in place of the annotation."""

    name: Label
    parameters: dict[Annotated[str, Field(max_length=80)], Value] = Field(default_factory=dict)


class ControlRequest(Contract):
    """Find the neurons that control a property, and try them over a sweep."""

    model: str
    label: Label = Field(description="Of the references' words, such as Tense.")
    values: list[Label] = Field(
        min_length=2, max_length=2, description="Two values; alternatives are separated by |."
    )
    wanted: Literal[0, 1] = Field(1, description="Which of them the output is to take.")
    annotator: AnnotatorBody | None = None
    layers: list[Address] | None = Field(
        None, min_length=1, max_length=100, description="Of the encoder; its last if missing."
    )
    ks: list[Annotated[int, Field(ge=1, le=2000)]] = Field(
        default=[1, 5, 20, 50], min_length=1, max_length=10
    )
    betas: list[Beta] = Field(default=[0.0, 2.0, 8.0, 32.0], min_length=1, max_length=12)
    select: Literal["accuracy", "difference", "random"] = "accuracy"
    alignment: Literal["corpus", "attention"] = "corpus"
    scope: Literal["output", "recurrence"] = "output"
    limit: Annotated[int, Field(ge=10, le=2000)] = Field(
        120, description="Most sentences of each of the two judging parts."
    )
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0


class ControlOutput(Contract):
    """What a sentence became in a cell: source words that took the value, output words changed."""

    after: str
    turned: list[int]
    changed: list[int]


class ControlCell(Contract):
    """One setting of the sweep."""

    k: int
    beta: float
    success: float
    untold: float = Field(description="Share of the words that have neither value now.")
    words: int
    sentences: int
    bleu: float
    bleu_change: float
    chrf_change: float
    changed_elsewhere: float
    outputs: list[ControlOutput]


class ControlNeuronInfo(Contract):
    """A neuron with the accuracy of its classifier and the mean of either class."""

    neuron: str
    accuracy: float
    wanted_mean: float
    other_mean: float


class ControlSentence(Contract):
    """A sentence as it is without an edit, and which of its words are edited."""

    source: str
    before: str
    words: list[int]
    places: list[list[int]] = Field(description="First and last character of each, the end open.")


class ControlExample(ControlSentence):
    """A sentence that nothing was chosen by."""

    after: str
    turned: list[int]
    changed: list[int]


class ControlResult(Contract):
    """Result, or partial result, of a control job; `best` is missing while the sweep runs."""

    name: str
    wanted: str
    other: str
    model: str
    scope: Literal["output", "recurrence"]
    layers: list[str]
    select: str
    alignment: str
    tagging: str
    ks: list[int]
    betas: list[float]
    fitted_words: list[int] = Field(description="Of the wanted value, and the other.")
    neurons: list[ControlNeuronInfo]
    sweep: list[ControlCell]
    shown: list[ControlSentence]
    best: ControlCell | None
    words: list[str] = Field(description="Source words of the other value, most frequent first.")
    interventions: list[PresetEdit]
    examples: list[ControlExample]
    signature: str


class BiasRequest(Contract):
    """Which gender people get whose gender a pronoun says, clean and under interventions."""

    model: str
    interventions: list[InterventionBody] = Field(default_factory=list, max_length=1000)
    occupations: dict[Label, Literal["m", "f"]] | None = Field(
        None, max_length=500, description="Nouns with their stereotype; a list of ours if missing."
    )
    templates: list[Text] | None = Field(
        None, max_length=50, description="With {noun}, which comes first, and {pronoun}."
    )
    sentences: list[Text] = Field(
        default_factory=list, max_length=1000, description="Own ones, each with he or she."
    )
    beams: Annotated[int, Field(ge=1, le=10)] = 1
    limit: Annotated[int, Field(ge=1)] | None = Field(
        None, description="Only the first so many sentences."
    )


class BiasSummary(Contract):
    """Counts by gender said and gender produced, and shares; None where nothing is known."""

    forms: dict[str, int] = Field(description="Such as f->m; the last may be unknown.")
    pronouns: dict[str, int]
    accuracy: float | None
    accuracy_m: float | None
    accuracy_f: float | None
    delta_g: float | None
    pro: float | None
    anti: float | None
    delta_s: float | None


class BiasCaseInfo(Contract):
    """One sentence."""

    source: str
    noun: str
    gold: Literal["m", "f"]
    stereotype: Literal["m", "f", ""]
    before: str
    after: str
    found_before: Literal["m", "f", "unknown"]
    found_after: Literal["m", "f", "unknown"]


class BiasResult(Contract):
    """Result of the gender experiment."""

    model: str
    sentences: int
    changed_sentences: int
    before: BiasSummary
    after: BiasSummary
    interventions: list[PresetEdit]
    cases: list[BiasCaseInfo]
    warnings: list[str] = Field(
        default_factory=list, description="What the model has no pieces for."
    )


class BiasMaterial(Contract):
    """The occupations and templates that are used if none are given."""

    occupations: dict[str, Literal["m", "f"]]
    templates: list[str]
    languages: list[str] = Field(description="Target languages whose determiners can be read.")


class PruneRequest(Contract):
    """Take the least important units of a model out for good."""

    model: str
    ranking: Annotated[str, Field(max_length=64)] | None = Field(
        None, description="Id of a ranking; by the size of their weights if missing."
    )
    label: Annotated[str, Field(max_length=200)] | None = None
    share: Annotated[float, Field(gt=0, lt=1)] = Field(0.2, description="Of the units of a layer.")
    kind: Literal["any", "recurrent", "feed_forward", "heads"] = Field(
        "any", description="Units of the ranking that are considered."
    )
    score: bool = True
    part: str | None = None
    beams: Annotated[int, Field(ge=1, le=10)] = 1


class PrunedScore(Contract):
    """A score of the smaller model beside that of the whole one."""

    before: float
    after: float
    interval: float
    p_value: float
    signature: str
    logarithmic: bool = Field(description="Compared by its logarithm: perplexity.")


class PrunedScores(Contract):
    """Both models on the corpus; seconds are those of decoding."""

    sentences: int
    seconds: list[float]
    changed_sentences: int
    metrics: dict[str, PrunedScore] = Field(
        description="By name, those of the model's task: BLEU and chrF, perplexity, accuracy."
    )


class PruneResult(Contract):
    """A smaller model that was saved."""

    name: str = Field(description="What it is called when it is opened.")
    model: str = Field(description="The whole one.")
    ranking: str
    share: float
    dropped: dict[str, int] = Field(description="How many units of each layer.")
    passed_over: list[str] = Field([], description="Layers of the ranking that decided nothing.")
    parameters: list[int]
    bytes: list[int]
    scores: PrunedScores | None


class PrunedModel(Contract):
    """Make a smaller model one of the project's."""

    job: Annotated[str, Field(max_length=64)]
    title: Annotated[str, Field(min_length=1, max_length=80), AfterValidator(printable)] | None = (
        None
    )


class OpenedModel(Contract):
    """A model that now belongs to the project."""

    name: str
    title: str
