"""Where a model attends: from the translation to the source, and within each.

A map has a row for every token that was produced, or read, and a column for every token that could
be attended to; each row sums to one. Rows of the decoder stand for the token that was *produced* at
that position, columns for those that had been *read* by then, so the first column is the start
token. A recurrent model has one map, source by translation. A Transformer has one for every layer
and head; where a number for a layer or for all is wanted, it is their plain mean, which is a
summary and nothing that the model computes. A language model has self-attention over the prompt and
its continuation, an encoder over the text that it reads: it writes nothing, so nothing is forced.

Weights come from a teacher-forced pass over exactly the tokens in question, under the same
interventions. An attention weight is where a head looks, not what a word causes: for that there are
interventions and :func:`neurox_core.attribute`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from ..errors import InvalidInputError, UnknownNameError
from .base import Interventions, TranslationModel
from .contract import WRITES
from .tokens import Tokens

KINDS = ("cross", "encoder", "decoder")
"""Translation to source, within the source, within the translation (or the whole text)."""


@dataclass(frozen=True)
class Place:
    """What a row or column of a map stands for.

    Attributes
    ----------
    side : {"source", "target", "start"}
    index : int
        Which piece of that text; -1 for the start token.
    piece : str
    """

    side: str
    index: int
    piece: str


@dataclass(frozen=True)
class AttentionMap:
    """Attention of one kind.

    Attributes
    ----------
    kind : str
        One of :data:`KINDS`.
    queries, keys : list of Place
        Rows and columns.
    layers : dict of int to Tensor (heads, queries, keys), float32
        Weights by layer.
    """

    kind: str
    queries: list[Place]
    keys: list[Place]
    layers: dict[int, Tensor] = field(repr=False)

    def mean(self, layer: int | None = None) -> Tensor:
        """Mean over the heads of a layer, or over those of all layers; (queries, keys)."""
        if layer is not None:
            return self.of(layer).mean(0)
        return torch.stack([weights.mean(0) for weights in self.layers.values()]).mean(0)

    def of(self, layer: int) -> Tensor:
        """Weights (heads, queries, keys) of a layer; UnknownNameError if it has no such map."""
        if layer not in self.layers:
            raise UnknownNameError("layer with attention", str(layer), [*map(str, self.layers)])
        return self.layers[layer]


def attention(
    model: TranslationModel,
    text: str,
    target: str | Tokens | None = None,
    interventions: Interventions = (),
    beams: int = 1,
    *,
    kind: str | None = None,
    layer: int | None = None,
) -> dict[str, AttentionMap]:
    """Attention weights while a model writes a text.

    Parameters
    ----------
    model : TranslationModel
    text : str
        Source or prompt.
    target : str or Tokens, optional
        What it writes; its own output under the interventions by default. An encoder has none, and
        attention of the kind ``encoder`` needs none.
    interventions : sequence of Intervention
    beams : int
        Of the search for its own output.
    kind, layer : str, int, optional
        Only this one; all by default.

    Returns
    -------
    dict of str to AttentionMap
        The kinds that the model has, of :data:`KINDS`.

    Raises
    ------
    InvalidInputError
        If the model has no attention of this kind that NeuroX can read, or is an encoder and is to
        write.
    UnknownNameError
        If there is no such kind, or the model has none in this layer.
    TextTooLongError, UnknownAddressError, MissingStatisticsError
    """
    wanted = _wanted(model, kind, layer)
    source = model.checked(text)
    written = _written(model, text, target, interventions, beams, kind)
    seen = model.attending()
    forced = seen.forward([source], None if written is None else [written], wanted, [interventions])
    found: dict[str, AttentionMap] = {}
    for address in wanted:
        if address in forced.activations:
            of, number = _read(address)
            if of not in found:
                found[of] = AttentionMap(of, *_places(model, of, source, written), {})
            weights = forced.activations[address][0].float().cpu()
            weights = weights.unsqueeze(1) if weights.ndim == 2 else weights
            found[of].layers[number] = weights.transpose(0, 1).contiguous()
    if not found:
        raise InvalidInputError(
            f"{model.name} says that it has {', '.join(wanted[:3])}, but its passes never show it: "
            "its adapter has to call neurox_core.models.taps.observe with the weights."
        )
    return {of: found[of] for of in KINDS if of in found}


def _written(
    model: TranslationModel,
    text: str,
    target: str | Tokens | None,
    interventions: Interventions,
    beams: int,
    kind: str | None,
) -> Tokens | None:
    """What is written while attention is looked at; None if nothing need be."""
    if model.task not in WRITES:
        if target is not None:
            raise InvalidInputError(
                f"{model.name} is an encoder ({model.task}): it reads a text and writes none, so "
                "there is no target."
            )
        return None
    if target is None and kind == "encoder":
        return None
    if target is None:
        target = output_tokens(model, text, interventions, beams)
    elif isinstance(target, str):
        target = model.tokenize(target, "target")
    if not target.ids:
        raise InvalidInputError("The output is empty, so there is nothing to show attention of.")
    return target


def attention_of(model: TranslationModel) -> dict[str, list[int]]:
    """The kinds of attention that a model has, and the layers of each."""
    known = [_read(address) for address in model.attention_maps]
    found = {kind: sorted(n for of, n in known if of == kind) for kind in KINDS}
    return {kind: layers for kind, layers in found.items() if layers}


def _read(address: str) -> tuple[str, int]:
    """Kind and layer of a map by its address."""
    stack, layer, site = address.split(".")
    return "cross" if site.startswith("cross") else stack, int(layer)


def _wanted(model: TranslationModel, kind: str | None, layer: int | None) -> list[str]:
    known = attention_of(model)
    if kind is not None and kind not in KINDS:
        raise UnknownNameError("kind of attention", kind, list(known or KINDS))
    if not known or (kind is not None and kind not in known):
        raise InvalidInputError(_none(model, kind, list(known)))
    kinds = list(known) if kind is None else [kind]
    layers = sorted({n for of in kinds for n in known[of]})
    if layer is not None and layer not in layers:
        raise UnknownNameError("layer with attention", str(layer), [*map(str, layers)])
    return [
        address
        for address in model.attention_maps
        if (read := _read(address))[0] in kinds and layer in (None, read[1])
    ]


def _none(model: TranslationModel, kind: str | None, known: Sequence[str]) -> str:
    """Why there is no attention, or none of a kind."""
    own = {a.partition(".")[0] for a in model.layers}
    stacks = {a.partition(".")[0] for a in model.layers if a.endswith(".rnn_hidden")}
    said = "no attention" if kind is None else f"no attention of the kind {kind!r}"
    if kind in stacks or (kind is None and stacks):
        # A recurrent layer carries one state from token to token.
        why = "its layers are recurrent: they pass a state on from token to token, and look at none"
    elif kind in ("encoder", "decoder") and kind not in own:
        why = f"it has no {kind}"
    elif kind == "cross":
        why = "it does not read a source and write another text"
    else:
        why = f"NeuroX finds no attention in a model of this kind ({model.family})"
    rest = f" It has {', '.join(known)}." if known else ""
    return f"{model.name} has {said}: {why}.{rest}"


def output_tokens(
    model: TranslationModel, text: str, interventions: Interventions, beams: int
) -> Tokens:
    """What a model writes, as tokens with the ids that it produced."""
    best = model.translate([text], interventions, beams)[0]
    pieces = model.pieces(best.ids)
    return Tokens(best.text, best.ids, pieces, [None] * len(pieces), [], [-1] * len(pieces))


def _places(
    model: TranslationModel, kind: str, source: Tokens, target: Tokens | None
) -> tuple[list[Place], list[Place]]:
    """What rows and columns stand for."""
    read = [Place("source", i, piece) for i, piece in enumerate(source.pieces)]
    if kind == "encoder" or target is None:
        return read, read
    made = [Place("target", i, piece) for i, piece in enumerate(target.pieces)]
    if kind == "cross":
        return made, read
    if model.source_stack == "decoder":  # A prompt and what follows it are one text.
        return [*read[1:], *made], [*read, *made[:-1]]
    start = Place("start", -1, _first(model.pieces([model.start_id])))
    return made, [start, *made[:-1]]


def _first(pieces: Sequence[Any]) -> str:
    return str(pieces[0]) if pieces else ""
