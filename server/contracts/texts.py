"""Sentences, interventions, translations and activations."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .base import Address, Contract, Finite, Text


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


class WhereBody(Contract):
    """Words that neurons are limited to; see neurox_core.interventions.Where.

    Those of the source, or for the decoder of a translation model those that it has written.
    """

    words: list[Annotated[str, Field(max_length=100)]] = Field(
        default=[], max_length=100, description="One of these, whatever the case."
    )
    pattern: Annotated[str, Field(max_length=200)] = Field(
        "", description="A regular expression that matches the whole word."
    )
    label: Annotated[str, Field(max_length=100)] = ""
    value: Annotated[str, Field(max_length=500)] = Field(
        "", description="What the label says of the word; several with | between them."
    )


class ScopeBody(Contract):
    """A neuron and the words that it is limited to."""

    neuron: Address
    where: WhereBody


class ScopesRequest(Contract):
    """Ask which words of some texts neurons are limited to."""

    model: str
    sentences: list[Annotated[int, Field(ge=0)]] = Field(default_factory=list, max_length=50)
    texts: list[Text] = Field(default_factory=list, max_length=20)
    scopes: list[ScopeBody] = Field(max_length=100)
    beams: Annotated[int, Field(ge=1, le=10)] = 1


class ScopeWords(Contract):
    """Words that a scope means: of the sources, or for a decoder of the clean translations."""

    wrong: str | None = Field(description="Why the scope cannot be used, if it cannot.")
    count: int
    words: list[str] = Field(description="The first of them, each once.")
    texts: int = Field(description="How many of the texts have such a word.")


class ScopesResult(Contract):
    """In the order of the request."""

    texts: int
    scopes: list[ScopeWords]


class InterventionBody(Contract):
    """See neurox_core.Intervention."""

    neurons: list[Address] = Field(max_length=20_000)
    operation: Literal["zero", "mean", "resample", "set", "add", "scale", "patch"]
    value: Annotated[float, Field(allow_inf_nan=False, ge=-1e6, le=1e6)] = 0.0
    unit: Literal["raw", "sigma", "percentile"] = "raw"
    positions: list[Annotated[int, Field(ge=0, le=100_000)]] | None = Field(None, max_length=1000)
    scope: Literal["output", "recurrence"] = "output"
    where: WhereBody | None = None
    seed: Annotated[int, Field(ge=0, le=1_000_000)] = Field(
        0, description="Of 'resample': where in the random order of tokens it begins."
    )
    values: list[list[Finite]] | None = Field(
        None, max_length=1000,
        description="Of 'patch': a row for each position, a number for each neuron.",
    )  # fmt: skip


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
