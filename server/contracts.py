"""What goes over the wire: every JSON body of the HTTP and Socket.IO interfaces.

These Pydantic models are the single source of truth. They are published as OpenAPI at
``/openapi.json``, and the client's TypeScript types are generated from that document; a test fails
when the committed types drift. Arrays of numbers do not appear here: they travel in the binary
frames of :mod:`.frames`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _printable(text: str) -> str:
    """Refuse control characters, which no model was trained on and no page can show."""
    for place, character in enumerate(text):
        if ord(character) < 32 and character not in "\t\n\r":
            name = "null" if character == "\0" else "control"
            raise ValueError(
                f"the text holds a {name} character (U+{ord(character):04X}) at place {place}; "
                "remove it"
            )
    return text


Finite = Annotated[float, Field(allow_inf_nan=False)]
Text = Annotated[str, Field(max_length=20_000), AfterValidator(_printable)]
Address = Annotated[str, Field(min_length=1, max_length=80)]


class Contract(BaseModel):
    """Base: unknown fields are an error, so that a misspelt option is never silently ignored."""

    # Answers always carry every field, so their schemas say that none is optional.
    model_config = ConfigDict(extra="forbid", json_schema_serialization_defaults_required=True)


class ErrorDetail(Contract):
    """What went wrong, in words for a person, and a stable code for a program."""

    code: str
    message: str
    where: str | None = None
    job: str | None = Field(None, description="A job to wait for, when code is 'not_ready'.")


class ErrorBody(Contract):
    """The one shape of every error answer."""

    status: int
    error: ErrorDetail


class Health(Contract):
    """Answer of /healthz."""

    status: Literal["ok"]
    version: str


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
    source_direction: Literal["ltr", "rtl"]
    target_direction: Literal["ltr", "rtl"]
    parameters: int
    max_tokens: int
    layers: list[LayerInfo]
    extracted: list[str] = Field(description="Layers with activations and statistics on disk.")


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


Value = bool | int | Finite | Annotated[str, Field(max_length=2000)]
"""Of an option: which of these is said by its kind."""


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


class PresetEdit(Contract):
    """One intervention of a preset, with nothing left to a default."""

    neurons: list[str]
    operation: Literal["zero", "mean", "set", "add", "scale"]
    value: float
    unit: Literal["raw", "sigma"]
    positions: list[int] | None
    scope: Literal["output", "recurrence"]


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


class NewProject(Contract):
    """A project to be made: models by name or folder, and a text."""

    title: Annotated[str, Field(min_length=1, max_length=120), AfterValidator(_printable)]
    description: Annotated[str, Field(max_length=2000), AfterValidator(_printable)] = ""
    models: list[Annotated[str, Field(min_length=1, max_length=500)]] = Field(
        min_length=1,
        max_length=20,
        description="Folders of the server's machine, demo models, or names on a hub.",
    )
    sources: Annotated[str, Field(max_length=20_000_000), AfterValidator(_printable)] | None = (
        Field(
            None,
            description="Sentences, one a line, each perhaps with its reference after a tab; the "
            "demo's text if missing. Without any reference the text stands for itself.",
        )
    )
    references: Annotated[str, Field(max_length=20_000_000), AfterValidator(_printable)] | None = (
        None
    )


class CheckRequest(Contract):
    """A model to look into."""

    model: Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_printable)]


class CheckedLaw(Contract):
    """A law and how it went."""

    name: str
    state: Literal["holds", "broken", "not judged"]
    detail: str


class CheckedAbility(Contract):
    """Something that can, or cannot, be done with a model, and why."""

    name: str
    possible: bool
    why: str


class CheckedStack(Contract):
    """One stack of a model."""

    name: str
    layers: int
    heads: int | None
    sites: dict[str, int]


class CheckResult(Contract):
    """What a model is made of, and whether it is read and edited correctly."""

    name: str
    family: str
    architecture: str
    task: str
    score: str
    dtype: str
    device: str
    fingerprint: str
    parameters: int
    vocabulary: int
    max_tokens: int
    source_language: str
    target_language: str
    languages: list[str]
    labels: list[str]
    special_tokens: dict[str, str]
    stacks: list[CheckedStack]
    unresolved: dict[str, str]
    laws: list[CheckedLaw]
    abilities: list[CheckedAbility]
    ok: bool


class Project(ProjectSummary):
    """All that the page needs to draw itself."""

    models: list[ModelInfo]
    corpus: CorpusInfo
    rankings: list[RankingMethod]
    default_model: str
    notes: list[NeuronNote] = Field(description="Known-good neurons, shown first.")
    warnings: list[str] = Field(description="Models that cannot be opened, and why.")
    presets: list[Preset] = Field(description="Groups of neurons that are known to work.")


class TextView(Contract):
    """A text as words, and as the pieces that the model sees.

    ``spaces[i]`` tells whether a space stands before word i. ``piece_words[j]`` is the word that
    piece j belongs to, -1 for special tokens.
    """

    text: str
    words: list[str]
    spaces: list[bool]
    pieces: list[str]
    piece_words: list[int]


class Sentence(Contract):
    """One sentence of the corpus."""

    index: int
    part: str
    source: TextView
    reference: TextView
    columns: dict[str, str]
    source_labels: dict[str, list[str]] = Field(description="Label name to one value a word.")
    reference_labels: dict[str, list[str]]


class SentencePage(Contract):
    """A window on the corpus."""

    total: int
    offset: int
    sentences: list[Sentence]


class SentenceQuery(Contract):
    """Which window of the corpus."""

    offset: Annotated[int, Field(ge=0)] = 0
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    part: str | None = None
    query: Annotated[str, Field(max_length=200)] | None = Field(
        None, description="Only sentences whose source or reference holds this, whatever the case."
    )
    model: str | None = Field(None, description="Whose pieces to show; the default model's.")


class InterventionBody(Contract):
    """See neurox_core.Intervention."""

    neurons: list[Address] = Field(max_length=20_000)
    operation: Literal["zero", "mean", "set", "add", "scale"]
    value: Annotated[float, Field(allow_inf_nan=False, ge=-1e6, le=1e6)] = 0.0
    unit: Literal["raw", "sigma"] = "raw"
    positions: list[Annotated[int, Field(ge=0, le=100_000)]] | None = Field(None, max_length=1000)
    scope: Literal["output", "recurrence"] = "output"


class Setting(Contract):
    """A named list of interventions, decoded as one row of the batch."""

    name: str = Field("changed", max_length=80)
    interventions: list[InterventionBody] = Field(max_length=1000)


class TranslateRequest(Contract):
    """Translate sentences of the corpus, texts of the user's own, or both, clean and changed."""

    project: str
    model: str
    sentences: list[Annotated[int, Field(ge=0)]] = Field(default_factory=list, max_length=50)
    texts: list[Text] = Field(default_factory=list, max_length=20)
    settings: list[Setting] = Field(default_factory=list, max_length=8)
    beams: Annotated[int, Field(ge=1, le=10)] = 1
    request: int = Field(0, description="The client's own number, handed back.")


class Output(Contract):
    """A translation. ``changed`` lists the words that differ from the baseline (LCS diff)."""

    view: TextView
    score: float
    changed: list[int]
    truncated: bool = Field(description="Cut at the length limit before the model ended.")


class TranslatedItem(Contract):
    """One source with its baseline and one output a setting, in the request's order."""

    sentence: int | None
    source: TextView
    warnings: list[str]
    baseline: Output
    outputs: list[Output]


class TranslateResponse(Contract):
    """Answer to a TranslateRequest. Superseded answers carry no items."""

    request: int
    superseded: bool
    milliseconds: float
    items: list[TranslatedItem]


class ActivationsRequest(Contract):
    """Activations of some neurons on sentences or texts; answered by a binary frame.

    ``text`` chooses what the decoder reads: the model's own baseline translation or the reference
    (the reference of a user's own text does not exist). Encoder neurons always read the source.
    """

    model: str
    neurons: list[Address] = Field(min_length=1, max_length=64)
    sentences: list[Annotated[int, Field(ge=0)]] = Field(default_factory=list, max_length=100)
    texts: list[Text] = Field(default_factory=list, max_length=20)
    text: Literal["translation", "reference"] = "translation"
    word: Literal["first", "last", "mean", "pieces"] = "mean"
    beams: Annotated[int, Field(ge=1, le=10)] = Field(1, description="Of the baseline translation.")


class ActivationsText(Contract):
    """A text of an activation frame: columns ``start`` to ``start + count`` are its units.

    Neurons of the encoder have values on the sides ``source``, those of the decoder on ``target``;
    the other cells are NaN. ``item`` counts the request's sentences and then its texts.
    """

    item: int
    sentence: int | None
    side: Literal["source", "target"]
    text: Literal["source", "translation", "reference"]
    start: int
    count: int
    view: TextView


class ActivationsMeta(Contract):
    """The ``meta`` of the frame that answers an ActivationsRequest; numbers are one a neuron."""

    neurons: list[str]
    word: Literal["first", "last", "mean", "pieces"]
    texts: list[ActivationsText]
    mean: list[float | None]
    deviation: list[float | None]
    minimum: list[float | None]
    maximum: list[float | None]


class ExtractRequest(Contract):
    """Start, or find, the job that extracts a model's activations on the corpus."""

    model: str


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


class MarkedSpan(Contract):
    """Words of a sentence of the corpus, counted from 0; both ends are marked."""

    sentence: Annotated[int, Field(ge=0)]
    first: Annotated[int, Field(ge=0)]
    last: Annotated[int, Field(ge=0)]


class MarkedRequest(Contract):
    """Which neurons tell marked words from all the others."""

    model: str
    side: Literal["source", "reference"] = "source"
    spans: list[MarkedSpan] = Field(min_length=1, max_length=2000)
    layers: list[Address] | None = Field(None, min_length=1, max_length=1000)


class ConceptsRequest(Contract):
    """Name the neurons of a stack by the concepts that they answer to."""

    model: str
    stack: Literal["encoder", "decoder"] = "encoder"


class ConceptsQuery(Contract):
    """Names of which stack."""

    stack: Literal["encoder", "decoder"] = "encoder"


class ConceptsMeta(Contract):
    """The ``meta`` of the frame that names the neurons of a stack.

    Arrays, by flat index of the layers: ``best``, ``auc`` and ``direction`` (neurons, up to 3) hold
    the best concepts by number, their areas under the curve on held-out sentences, and whether the
    neuron is high (1) or low (-1) on them; ``average_precision`` and ``q`` (the corrected p-value)
    are of the first; ``found`` tells whether that is the neuron's name. ``shares`` and ``words`` of
    each concept are of the held-out words.
    """

    model: str
    stack: Literal["encoder", "decoder"]
    made: bool = Field(description="False if nobody had the neurons named yet.")
    layers: list[LayerInfo]
    concepts: list[str]
    signature: str


class Removed(Contract):
    """What was deleted."""

    id: str


class RankingsQuery(Contract):
    """Whose rankings."""

    model: str | None = None


class ExportQuery(Contract):
    """How to write a file."""

    format: Literal["csv", "json", "parquet"] = "csv"
    label: Annotated[str, Field(max_length=200)] | None = None


class WordScore(Contract):
    """A word that a neuron answers to."""

    word: str
    score: float
    mean: float
    count: int


class Context(Contract):
    """A place in the corpus where the neuron is extreme; values are one a word."""

    sentence: int
    word: int
    value: float
    words: list[str]
    spaces: list[bool]
    values: list[float | None] = Field(description="None for a word without pieces.")


class Histogram(Contract):
    """Counts between consecutive edges."""

    edges: list[float]
    counts: list[int]


class NeuronInfo(Contract):
    """All that is known of one neuron on the corpus."""

    address: str
    model: str
    text: Literal["source", "reference"]
    count: int
    mean: float
    deviation: float
    minimum: float
    maximum: float
    skewness: float | None
    kurtosis: float | None
    quantiles: dict[str, float]
    histogram: Histogram
    position_variance: float | None
    word_variance: float | None
    top_words: list[WordScore] = Field(description="Smoothed z-score, largest magnitude first.")
    bottom_words: list[WordScore] = Field(description="Smoothed z-score, most negative first.")
    frequent_words: list[WordScore] = Field(description="Mean |z| as in the NeuroX library.")
    highest: list[Context]
    lowest: list[Context]


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


class RankingMade(Contract):
    """Result of a job that ranks: the ranking's id."""

    ranking: str


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


class AblationPoint(Contract):
    """Scores with some neurons ablated; p-values are against none."""

    ablated: int
    bleu: float
    chrf: float
    bleu_interval: float
    chrf_interval: float
    bleu_p_value: float
    chrf_p_value: float
    changed_sentences: int
    sentences: int
    translations: str = Field(description="What the translations at this point are asked by.")


class AblationCurve(Contract):
    """One order; areas are the mean height of a curve, None while it has one point."""

    direction: Literal["top", "bottom", "random"]
    seed: int | None
    points: list[AblationPoint]
    area_bleu: float | None
    area_chrf: float | None


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
    random_bleu: list[BandPoint]
    random_chrf: list[BandPoint]
    bleu_signature: str
    chrf_signature: str
    signature: str


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


class FindRequest(Contract):
    """Which few neurons, within their natural range, would make another word?"""

    model: str
    text: Text
    word: Annotated[int, Field(ge=0)] = Field(description="A word of the translation, from 0.")
    wanted: Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_printable)]
    most: Annotated[int, Field(ge=1, le=50)] = 10
    bound: Annotated[float, Field(gt=0, le=10)] = 3.0


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


class CompareRequest(Contract):
    """Patch states of another sentence's run into this one's."""

    model: str
    text: Text
    counterfactual: Text
    neurons: Annotated[int, Field(ge=0, le=200)] = 20


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


JobState = Literal["queued", "running", "done", "failed", "cancelled"]


class Job(Contract):
    """Work that takes more than about two seconds."""

    id: str
    kind: Literal[
        "extract", "score", "rank", "stability", "similarity", "concepts", "ablate", "check", "find"
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
    result: (
        ScoreResult
        | RankingMade
        | StabilityResult
        | SimilarityResult
        | AblationResult
        | CheckResult
        | FindResult
        | None
    ) = Field(
        None, description="By the kind of job; of one that scores or ablates partial while it runs."
    )
    error: ErrorDetail | None


class JobList(Contract):
    """Jobs of this server, newest first."""

    jobs: list[Job]
