"""Decoding values of the core as contracts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from neurox_core.engine.decoding_view import DecodedLine as Line
from neurox_core.models.attention import AttentionMap, Place, attention_of
from neurox_core.models.base import TranslationModel
from neurox_core.models.beam_tree import BeamTree

from .contracts import (
    AttentionMeta,
    AttentionPlace,
    BeamTreeView,
    DecodedHypothesis,
    DecodedLine,
    DecodedStep,
    DecodingResult,
)
from .views import text_view


def decoding_result(
    model: TranslationModel, lines: Sequence[Line], warnings: Sequence[str]
) -> DecodingResult:
    """All lines of a decoding."""
    prefix = lines[-1].decoding.prefix
    return DecodingResult(
        source=text_view(lines[0].decoding.source),
        prefix=model.pieces(prefix),
        ends=sorted(model.ends),
        warnings=list(warnings),
        attention=bool(model.attention_maps),
        lines=[_line(model, line) for line in lines],
    )


def _line(model: TranslationModel, line: Line) -> DecodedLine:
    tree = line.decoding.tree
    assert tree is not None
    return DecodedLine.model_validate(
        {
            "kind": line.kind, "view": text_view(line.shown.tokens), "score": line.shown.score,
            "truncated": line.shown.truncated, "changed": line.shown.changed,
            "steps": [
                DecodedStep.model_validate(step, from_attributes=True)
                for step in line.decoding.steps
            ],
            "tree": _tree(model, tree),
            "hypotheses": [DecodedHypothesis(text=t, score=s) for t, s in line.hypotheses],
        }
    )  # fmt: skip


def _tree(model: TranslationModel, tree: BeamTree) -> BeamTreeView:
    columns: dict[str, list[Any]] = {
        "parents": [n.parent for n in tree.nodes], "steps": [n.step for n in tree.nodes],
        "tokens": [n.token for n in tree.nodes], "logprobs": [n.logprob for n in tree.nodes],
        "totals": [n.total for n in tree.nodes], "fates": [n.fate for n in tree.nodes],
        "scores": [n.score for n in tree.nodes], "ranks": [n.rank for n in tree.nodes],
    }  # fmt: skip
    pieces = model.pieces(columns["tokens"])
    return BeamTreeView.model_validate({"beams": tree.beams, "pieces": pieces, **columns})


def attention_meta(
    model: TranslationModel, found: AttentionMap, layer: int | None, heads: int
) -> AttentionMeta:
    """What the numbers of an attention frame are."""
    known = attention_of(model)
    return AttentionMeta.model_validate(
        {
            "kind": found.kind, "kinds": list(known), "layer": layer, "layers": known[found.kind],
            "heads": heads, "rows": _places(found.queries), "columns": _places(found.keys),
        }
    )  # fmt: skip


def _places(places: Sequence[Place]) -> list[AttentionPlace]:
    return [AttentionPlace.model_validate(place, from_attributes=True) for place in places]
