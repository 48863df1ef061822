"""One neuron; the neurons of marked text; what neurons are."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .base import Address, Contract
from .projects import LayerInfo


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
    note: str = Field("", description="Why nothing could be found; there are no arrays then.")
    job: str | None = Field(None, description="The newest job that was to name them.")
    lacks: list[str] = Field(
        default=[], description="Labels that were added since, so that no neuron can be named by."
    )


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
    text: Literal["source", "reference", "translation"] = Field(
        description="What the values are of; a translation is the model's own."
    )
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
