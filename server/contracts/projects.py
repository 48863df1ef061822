"""Projects, their models and their text; new ones."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from .base import Contract, Value, printable


class LayerInfo(Contract):
    """A place whose units can be read and changed."""

    address: str
    stack: Literal["encoder", "decoder"]
    layer: int
    site: str
    width: int
    scopes: list[Literal["output", "recurrence"]]


class ModelInfo(Contract):
    """A model of a project."""

    name: str
    title: str
    family: str
    task: Literal[
        "translation", "language-modelling", "classification", "token-classification", "encoding"
    ]
    source_language: str
    target_language: str
    source_direction: Literal["ltr", "rtl", "auto"]
    target_direction: Literal["ltr", "rtl", "auto"]
    parameters: int
    max_tokens: int
    layers: list[LayerInfo]
    extracted: list[str] = Field(description="Layers with activations and statistics on disk.")
    metrics: list[str] = Field(description="What it can be scored by, installed ones included.")
    usual_metrics: list[str] = Field(description="What it is scored by if none are named.")
    prunable: list[Literal["recurrent", "feed_forward", "heads"]] = Field(
        description="Kinds of units that can be taken out for good."
    )
    unprunable: str = Field(description="Why none can; empty if some can.")


class CorpusPart(Contract):
    """A part of the corpus with its own score."""

    name: str
    sentences: int


class CorpusInfo(Contract):
    """The text of a project."""

    name: str
    sentences: int
    parts: list[CorpusPart]
    labels: list[str] = Field(description="Word labels, such as upos, Tense, Number.")
    columns: list[str] = Field(description="Sentence labels.")
    references: bool = Field(
        description="Without them a translation model's decoder is recorded on its own output."
    )


class ParameterInfo(Contract):
    """An option of an analysis or an annotator."""

    name: str
    kind: Literal["bool", "int", "float", "str"]
    default: Value
    help: str
    minimum: float | None
    maximum: float | None
    choices: list[str] = Field(description="What a text may be; anything if empty.")


class RankingMethod(Contract):
    """An analysis that orders neurons, and what it has to be given."""

    name: str
    title: str
    summary: str
    formula: str
    reference: str
    family: str = Field(description="individual, cross-model or linguistic.")
    needs: list[str] = Field(
        description="'labels' and 'others' have to be given; 'targets' says that labels may be "
        "numbers, 'seed' that the seed matters."
    )
    parameters: list[ParameterInfo]
    standardize: bool = Field(description="Whether activations are standardised by default.")
    standardizable: bool


class NeuronNote(Contract):
    """A neuron worth looking at, and why."""

    model: str
    address: str
    note: str


class PlaceShown(Contract):
    """Words that an intervention is limited to."""

    words: list[str] = Field(default_factory=list)
    pattern: str = ""
    label: str = ""
    value: str = ""


class PresetEdit(Contract):
    """One intervention of a preset, with nothing left to a default."""

    neurons: list[str]
    operation: Literal["zero", "mean", "resample", "set", "add", "scale", "patch"]
    value: float
    unit: Literal["raw", "sigma", "percentile"]
    positions: list[int] | None
    scope: Literal["output", "recurrence"]
    where: PlaceShown | None = None
    seed: int = 0
    values: list[list[float]] | None = None


class Preset(Contract):
    """A group of neurons that turns a property of the translation.

    Of `of` sentences that it was not chosen by, `turned` came out exactly as the model translates
    the sentence that differs in that property; `sentences` are some of these.
    """

    model: str
    name: str
    turned: int
    of: int
    sentences: list[str]
    interventions: list[PresetEdit]


class ProjectSummary(Contract):
    """One line of the list of projects."""

    id: str
    title: str
    description: str


class ProjectList(Contract):
    """The projects of this server."""

    projects: list[ProjectSummary]
    new: bool = Field(description="Whether people may make projects here.")
    demo_models: list[str] = Field(description="Names of models that come along.")


class RecordingRequest(Contract):
    """Models by name or folder, and a text, of a project that is not made yet."""

    models: list[Annotated[str, Field(min_length=1, max_length=500)]] = Field(
        min_length=1,
        max_length=20,
        description="Folders of the server's machine, demo models, or names on a hub.",
    )
    sources: Annotated[str, Field(max_length=20_000_000), AfterValidator(printable)] | None = Field(
        None,
        description="Sentences, one a line, each perhaps with its reference after a tab; the "
        "demo's text if missing. Without any reference the text stands for itself.",
    )
    references: Annotated[str, Field(max_length=20_000_000), AfterValidator(printable)] | None = (
        None
    )


class NewProject(RecordingRequest):
    """A project to be made: models by name or folder, and a text."""

    title: Annotated[str, Field(min_length=1, max_length=120), AfterValidator(printable)]
    description: Annotated[str, Field(max_length=2000), AfterValidator(printable)] = ""


class RecordingCost(Contract):
    """What recording the activations of a model on a text takes."""

    model: str
    title: str
    sentences: int
    neurons: int
    tokens: dict[str, int] = Field(description="By stack.")
    bytes: int = Field(description="On disk.")
    seconds: float = Field(description="On the server's machine, as busy as it is.")
    exact: bool = Field(description="Whether all sentences were counted, or some to tell from.")
    recorded: bool = Field(description="Whether it was done already.")
    free_bytes: int = Field(description="Of the disk that the workspace is on.")
    max_bytes: int | None = Field(description="Most that it may take on this server.")
    refused: str | None = Field(description="Why it cannot begin, and the way out.")


class RecordingCosts(Contract):
    """The same for some models."""

    models: list[RecordingCost]
    together: str | None = Field(
        description="Why not all of them can be recorded, if there is room for each but not for "
        "all; a project can be made of them all the same."
    )


class Project(ProjectSummary):
    """All that the page needs to draw itself."""

    models: list[ModelInfo]
    corpus: CorpusInfo
    rankings: list[RankingMethod]
    default_model: str
    notes: list[NeuronNote] = Field(description="Known-good neurons, shown first.")
    warnings: list[str] = Field(description="Models that cannot be opened, and why.")
    presets: list[Preset] = Field(description="Groups of neurons that are known to work.")
