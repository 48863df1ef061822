"""What a point of a curve made, who made a word, what would make another, two runs compared."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from .base import Address, Contract, Text, printable
from .projects import PresetEdit


class KeptQuery(Contract):
    """Translations of a point of an ablation curve, of some sentences of the corpus."""

    name: Annotated[str, Field(pattern="^[0-9a-f]{8,64}$")]
    first: Annotated[int, Field(ge=0)] = 0
    count: Annotated[int, Field(ge=1, le=100)] = 10


class KeptTranslation(Contract):
    """A sentence with what the model made of it; None where nothing is kept."""

    sentence: int
    source: str
    translation: str | None
    reference: str


class KeptTranslations(Contract):
    """Sentences of the corpus with their kept translations."""

    total: int
    items: list[KeptTranslation]


class AttributionRequest(Contract):
    """Which neurons made a word of the output, or made it rather than another."""

    model: str
    text: Text
    target: Text | None = Field(None, description="The output; the model's own by default.")
    beams: Annotated[int, Field(ge=1, le=10)] = Field(
        1, description="Of the search that makes the model's own."
    )
    word: Annotated[int, Field(ge=0)] | None = Field(None, description="Which word of it, from 0.")
    alternative: Annotated[str, Field(max_length=200)] | None = None
    baseline: Literal["mean", "zero", "counterfactual"] = "mean"
    counterfactual: Text | None = None
    scope: Literal["output", "recurrence"] = "output"
    verify: Annotated[int, Field(ge=0, le=200)] = 20
    count: Annotated[int, Field(ge=1, le=1000)] = 60


class AttributedNeuron(Contract):
    """Estimated effect of a neuron, in all and at each position of its stack."""

    neuron: str
    estimate: float
    positions: list[float]


class VerifiedNeuron(Contract):
    """Estimated effect, and that of a real intervention."""

    neuron: str
    estimate: float
    effect: float


class AttributionResult(Contract):
    """Effects of neurons on a word's log-probability, or on a difference of two."""

    source: str
    prefix: str
    word: str
    alternative: str | None
    baseline: str
    scope: str
    value: float
    neurons: list[AttributedNeuron]
    layers: dict[str, float]
    verified: list[VerifiedNeuron]
    correlation: float | None
    warnings: list[str] = Field(description="Why these effects say little.")


class FindRequest(Contract):
    """Which few neurons, within their natural range, would make another word?"""

    model: str
    text: Text
    word: Annotated[int, Field(ge=0)] = Field(description="A word of the translation, from 0.")
    wanted: Annotated[str, Field(min_length=1, max_length=100), AfterValidator(printable)]
    most: Annotated[int, Field(ge=1, le=50)] = 10
    bound: Annotated[float, Field(gt=0, le=10)] = 3.0
    layers: list[Address] | None = Field(
        None,
        min_length=1,
        max_length=200,
        description="Where to look; all that read the source and have known means if missing.",
    )
    scope: Literal["output", "recurrence"] = "output"
    beams: Annotated[int, Field(ge=1, le=10)] = Field(
        1, description="Of the search whose translation has the word."
    )


class FindResult(Contract):
    """An edit that makes a word, or the best there was."""

    source: str
    prefix: str
    word: str
    wanted: str
    found: bool
    interventions: list[PresetEdit]
    steps: list[float] = Field(description="The measure with no, one, two ... neurons.")
    before: str
    after: str
    bound: float
    warnings: list[str] = Field(
        default_factory=list,
        description="Why the search is in doubt.",
    )


class CompareRequest(Contract):
    """Patch states of another sentence's run into this one's."""

    model: str
    text: Text
    counterfactual: Text
    neurons: Annotated[int, Field(ge=0, le=200)] = 20
    beams: Annotated[int, Field(ge=1, le=10)] = Field(
        1, description="Of the search whose translations are compared."
    )


class PatchedLayer(Contract):
    """What patching a layer recovers of the difference: 0 nothing, 1 all of it."""

    layer: str
    whole: float
    positions: list[float | None] = Field(description="Each position alone.")


class PatchedNeuron(Contract):
    """What patching a neuron recovers."""

    neuron: str
    estimate: float
    effect: float
    recovered: float


class CompareResult(Contract):
    """Where the difference between two sentences' translations comes from."""

    source: str
    counterfactual: str
    translations: list[str]
    prefix: str
    word: str
    alternative: str | None
    value: float
    counterfactual_value: float
    layers: list[PatchedLayer]
    neurons: list[PatchedNeuron]
    source_pieces: list[str]
    target_pieces: list[str]
    warnings: list[str] = Field(description="What the model has no pieces for.")
