"""How a translation came about: alternatives, beam tree, forced words, attention."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .base import Contract, Text
from .texts import InterventionBody, TextView

LineKind = Literal["clean", "changed", "forced", "forced_changed"]
MapKind = Literal["cross", "encoder", "decoder"]
TokenId = Annotated[int, Field(ge=0, le=10_000_000)]


class DecodingRequest(Contract):
    """Decode one sentence, clean and changed, and from a prefix if one is given.

    The sentence is one of the corpus or a text. A prefix is text, which the model's tokenizer cuts,
    or exact ids of the target vocabulary.
    """

    model: str
    sentence: Annotated[int, Field(ge=0)] | None = None
    text: Text | None = None
    interventions: list[InterventionBody] = Field(default_factory=list, max_length=1000)
    beams: Annotated[int, Field(ge=1, le=10)] = 1
    alternatives: Annotated[int, Field(ge=1, le=10)] = 5
    prefix: Text | None = None
    prefix_ids: list[TokenId] | None = Field(None, max_length=2000)


class TokenAlternative(Contract):
    """A token that could have stood at a step, with its natural-log probability."""

    token: int
    piece: str
    logprob: float


class DecodedStep(Contract):
    """A produced token; ``rank`` is its place among the alternatives, null if it is not there."""

    token: int
    piece: str
    logprob: float
    forced: bool
    rank: int | None
    alternatives: list[TokenAlternative]


class BeamTreeView(Contract):
    """All hypotheses that the search held, as columns: entry i of each is node i.

    ``parents`` are numbers of nodes, -1 at the first step. ``scores`` and ``ranks`` are null where
    no hypothesis ends, ``ranks`` also where one ended that better ones displaced.
    """

    beams: int
    parents: list[int]
    steps: list[int]
    tokens: list[int]
    pieces: list[str]
    logprobs: list[float]
    totals: list[float]
    fates: list[Literal["winner", "finished", "left", "outranked", "pruned"]]
    scores: list[float | None]
    ranks: list[int | None]


class DecodedHypothesis(Contract):
    """A text that the search returned, with its score."""

    text: str
    score: float


class DecodedLine(Contract):
    """One decoding. Step i made piece i of the view.

    ``changed`` lists the words that differ from the line without a prefix, or without changes.
    """

    kind: LineKind
    view: TextView
    score: float
    truncated: bool
    changed: list[int]
    steps: list[DecodedStep]
    tree: BeamTreeView
    hypotheses: list[DecodedHypothesis]


class DecodingResult(Contract):
    """The lines: clean, changed if there are interventions, and both again from a prefix."""

    source: TextView
    prefix: list[str] = Field(description="The prefix as the pieces that were forced.")
    ends: list[int] = Field(description="Ids that end a text; they cannot be forced.")
    warnings: list[str]
    attention: bool = Field(description="Whether the model has attention that can be shown.")
    lines: list[DecodedLine]


class AttentionRequest(Contract):
    """Attention while the model writes the tokens given, or an encoder reads; a binary frame.

    The frame's ``values`` are (heads, rows, columns) in half precision: those of a layer, or with
    no layer the mean over all layers and heads as one.
    """

    model: str
    sentence: Annotated[int, Field(ge=0)] | None = None
    text: Text | None = None
    ids: list[TokenId] = Field(
        default_factory=list, max_length=5000, description="None for a model that only reads."
    )
    interventions: list[InterventionBody] = Field(default_factory=list, max_length=1000)
    kind: MapKind | None = Field(None, description="The model's first kind by default.")
    layer: Annotated[int, Field(ge=0)] | None = None


class AttentionPlace(Contract):
    """What a row or column stands for: a piece of the source or of what was written."""

    side: Literal["source", "target", "start"]
    index: int
    piece: str


class AttentionMeta(Contract):
    """The ``meta`` of the frame that answers an AttentionRequest."""

    kind: MapKind
    kinds: list[MapKind]
    layer: int | None
    layers: list[int]
    heads: int
    rows: list[AttentionPlace]
    columns: list[AttentionPlace]
