"""Labels, rankings, and how rankings and layers compare."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from .base import Address, Contract, Value, one_line, printable
from .projects import LayerInfo, ParameterInfo

LARGEST_LABELS = 10_000_000
"""Characters of a file of labels; CoNLL-U of some 200,000 words."""


LabelText = Annotated[
    str, Field(min_length=1, max_length=LARGEST_LABELS), AfterValidator(printable)
]


class LabelBody(Contract):
    """A label of words: of the annotation, of the sentence's columns, or made by an annotator."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    side: Literal["source", "reference"] = "source"
    parameters: dict[Annotated[str, Field(max_length=80)], Value] = Field(default_factory=dict)
    classes: list[Annotated[str, Field(max_length=200)]] | None = Field(
        None, min_length=1, max_length=500, description="Words of other classes are left out."
    )
    against: Annotated[str, Field(max_length=200)] | None = Field(
        None, description="One class, told from all others."
    )
    minimum: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        1, description="Classes with fewer words are left out."
    )
    rest: Annotated[str, Field(max_length=80)] = Field(
        "", description="Class of words without a label; they are left out if it is empty."
    )


class LabelUsed(LabelBody):
    """The label of a ranking that was made, with nothing left to a default."""


class LabelSource(Contract):
    """Something that labels words."""

    name: str = Field(description="What a LabelBody calls it.")
    title: str
    summary: str
    kind: Literal["annotation", "column", "annotator"]
    parameters: list[ParameterInfo]


class LabelList(Contract):
    """Everything that labels the words of one side of the corpus."""

    labels: list[LabelSource]


class LabelsQuery(Contract):
    """Of which side."""

    side: Literal["source", "reference"] = "source"


class LabelFile(Contract):
    """A file of labels from the asker's computer, as text."""

    form: Literal["conllu", "table", "pairs", "words"] = Field(
        description="CoNLL-U; a table with a word a line; lines of words and lines of labels; a "
        "list of words."
    )
    side: Literal["source", "reference"] = "source"
    name: Annotated[str, Field(min_length=1, max_length=40), AfterValidator(one_line)] = Field(
        description="What the label is called. Labels of CoNLL-U and of a table have names of "
        "their own; this is put before one that is taken."
    )
    content: Annotated[
        str, Field(min_length=1, max_length=LARGEST_LABELS), AfterValidator(printable)
    ]
    file: Annotated[str, Field(min_length=1, max_length=120), AfterValidator(one_line)] = Field(
        description="Its name, for messages; it is not opened."
    )
    words: LabelText | None = Field(
        None, description="Of pairs, the lines of words; the sentences cut at spaces if missing."
    )
    words_file: Annotated[str, Field(max_length=120), AfterValidator(one_line)] = ""


class AddedLabels(Contract):
    """A file of labels that was added to a project."""

    id: str
    form: Literal["conllu", "table", "pairs", "words"] | None
    side: Literal["source", "reference"] | None
    name: str
    file: str
    labels: list[str] = Field(description="What a LabelBody calls them.")
    words: int = Field(description="How many words have a label.")
    error: str = Field(description="Why it does not fit the corpus any longer; empty if it does.")


class AddedLabelsList(Contract):
    """All files of labels that were added to a project."""

    files: list[AddedLabels]


class LabelClass(Contract):
    """A class of a label; the examples are its most frequent words."""

    name: str
    words: int
    examples: list[str]


class LabelInfo(Contract):
    """What a label says of the words of the corpus."""

    name: str
    numeric: bool
    words: int = Field(description="Of the corpus.")
    labelled: int
    classes: list[LabelClass]
    lowest: float | None = Field(description="Of a label that is a number.")
    highest: float | None


class RankingRequest(Contract):
    """Rank the neurons of some layers."""

    model: str
    method: str
    layers: list[Address] | None = Field(
        None, min_length=1, max_length=1000, description="All recorded layers if missing, those "
        "of one stack where words are labelled or models compared.",
    )  # fmt: skip
    parameters: dict[Annotated[str, Field(max_length=80)], Value] = Field(
        default_factory=dict, description="Options of the method; the others have their default."
    )
    label: LabelBody | None = None
    others: list[str] = Field(
        default_factory=list, max_length=20, description="Other models of the project."
    )
    standardize: bool | None = Field(None, description="As the method declares if missing.")
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    words: Literal["first", "last", "mean"] = Field(
        "last", description="Which of its tokens stand for a word."
    )


class SubRanking(Contract):
    """The ranking of one label."""

    label: str
    signature: str


class RankingInfo(Contract):
    """A ranking that was made; the order comes as a binary frame."""

    id: str
    model: str
    method: str
    title: str
    family: str
    layers: list[LayerInfo]
    neurons: int
    signature: str
    parameters: dict[str, Value]
    label: LabelUsed | None
    others: list[str]
    standardize: bool | None
    seed: int
    words: Literal["first", "last", "mean"]
    labels: list[SubRanking]
    details: list[str] = Field(description="What else the analysis found.")
    created: str


class RankingList(Contract):
    """The rankings that were made for a model."""

    rankings: list[RankingInfo]


class RankingQuery(Contract):
    """Which part of a ranking."""

    label: Annotated[str, Field(max_length=200)] | None = Field(
        None, description="A label of the ranking; the whole ranking if missing."
    )


class RankingDetails(Contract):
    """The ``meta`` of the frame with what else an analysis found.

    Where the details hold an array of numbers, they hold ``{"$array": name}`` and the frame the
    array.
    """

    id: str
    label: str | None
    details: dict[str, Any]


class RankingPart(Contract):
    """A ranking that was made, or one of its labels."""

    ranking: Annotated[str, Field(max_length=40)]
    label: Annotated[str, Field(max_length=200)] | None = None


class AgreementRequest(Contract):
    """Compare rankings of the same neurons."""

    rankings: list[RankingPart] = Field(min_length=2, max_length=12)
    k: Annotated[int, Field(ge=1)] | None = Field(
        None, description="How many neurons count as the first; a tenth, at most 100, if missing."
    )


class AgreementInfo(Contract):
    """How far rankings agree; matrices are (rankings, rankings), in the request's order."""

    names: list[str]
    k: int
    neurons: int
    chance: float = Field(description="Overlap of two random rankings.")
    overlap: list[list[float | None]]
    jaccard: list[list[float | None]]
    spearman: list[list[float | None]]
    kendall: list[list[float | None]]
    average_overlap: list[float | None] = Field(description="Fan et al. 2023.")
    neuron_vote: list[float | None] = Field(description="Fan et al. 2023.")
    consensus: list[str] = Field(description="Neurons by the votes of all rankings, the first k.")
    curve_at: list[int] = Field(description="Numbers of first neurons.")
    curves: list[list[float]] = Field(
        description="Overlap of the first ranking with each other one at these numbers."
    )


class StabilityRequest(Contract):
    """Make a ranking again on resampled sentences."""

    resamples: Annotated[int, Field(ge=2, le=500)] = 20
    k: Annotated[int, Field(ge=1)] | None = None


class StabilityPart(Contract):
    """Overlap at k of resampled rankings with the ranking."""

    name: str
    k: int
    resamples: int
    unit: Literal["sentences", "rows"]
    units: int
    chance: float
    mean: float
    low: float
    high: float
    level: float
    signature: str
    overlaps: list[float]


class StabilityResult(StabilityPart):
    """Result of a stability job, with one of each label."""

    labels: dict[str, StabilityPart]
    complete: bool = Field(True, description="False while resamples are still to come.")


class SimilarityRequest(Contract):
    """Compare the layers of a model with one another, or with those of another model."""

    model: str
    other: str | None = None
    stack: Literal["encoder", "decoder"] = "encoder"
    words: Literal["first", "last", "mean"] = "last"


class SimilarityResult(Contract):
    """Linear CKA, 0 to 1, of layers; None where a layer never changes."""

    rows: list[str]
    columns: list[str]
    values: list[list[float | None]]
    tokens: int


class RankingsQuery(Contract):
    """Whose rankings."""

    model: str | None = None


class ExportQuery(Contract):
    """How to write a file."""

    format: Literal["csv", "json", "parquet"] = "csv"
    label: Annotated[str, Field(max_length=200)] | None = None


class FirstNeurons(Contract):
    """Flat numbers of the first neurons of a ranking, and their scores."""

    order: list[int]
    scores: list[float]


class LayerWidth(Contract):
    """A layer and its units."""

    address: str
    width: int


class RankingPreview(FirstNeurons):
    """A ranking that is not finished."""

    note: str = Field(description="How far it has come, such as 'penalty 2 of 6'.")
    known: int = Field(description="Neurons that have a score already.")
    layers: list[LayerWidth] = Field(description="What the flat numbers count.")
    labels: dict[str, FirstNeurons]


class RankingMade(Contract):
    """Result of a job that ranks: the ranking's id, and its first neurons while it is made."""

    ranking: str
    preview: RankingPreview | None = Field(
        None, description="What is known so far; None when nothing is, or the ranking is made."
    )
