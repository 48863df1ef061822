"""Decoding as a person looks into it: one sentence, clean and changed, with and without a prefix.

All lines are decoded in one batch by the model's own search, so they differ by what was asked for
and by nothing else. The lock of the live model is held for that batch only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..corpora.text_labels import TextLabels
from ..errors import InvalidInputError, TextTooLongError
from ..evaluation import word_diff
from ..interventions.intervention import Intervention
from ..interventions.where import Forms
from ..models.attention import AttentionMap, attention, attention_of
from ..models.contract import WRITES
from ..models.inspection import Decoding, Line, inspect
from ..models.tokens import Tokens
from ..models.unknown import unknown_text
from .live import LiveModel, Rendering, rendering

LabelsOf = Callable[[int, Tokens], TextLabels]
MOST_TOKENS = 600
"""Tokens of both sides together whose attention is drawn."""


@dataclass(frozen=True)
class DecodedLine:
    """One line of the comparison.

    Attributes
    ----------
    kind : str
        ``clean``, ``changed``, ``forced`` or ``forced_changed``.
    shown : Rendering
        With the words that differ from the clean line, or of a line with a prefix and
        interventions from the changed one without.
    decoding : Decoding
    hypotheses : list of (str, float)
        Texts and scores that the search returned, best first.
    """

    kind: str
    shown: Rendering
    decoding: Decoding
    hypotheses: list[tuple[str, float]]


def decode_lines(
    live: LiveModel,
    text: str,
    interventions: Sequence[Intervention] = (),
    prefix: str | Sequence[int] = "",
    *,
    beams: int = 1,
    alternatives: int = 5,
    labels: LabelsOf | None = None,
    forms: Forms | None = None,
) -> tuple[list[DecodedLine], list[str]]:
    """Decode one text in all the ways that are asked for.

    Parameters
    ----------
    live : LiveModel
    text : str
    interventions : sequence of Intervention
        None of them: there is no changed line.
    prefix : str or sequence of int
        Empty: there is no forced line.
    beams, alternatives : int
    labels : callable, optional
        Labels of the text's words, if an intervention is limited by them.
    forms : callable, optional
        Forms of output words by label, likewise.

    Returns
    -------
    list of DecodedLine, list of str
        The lines, and what to say of where the interventions have a place, and of a text or a
        prefix that the model has no pieces for.

    Raises
    ------
    InvalidInputError, TextTooLongError, UnknownAddressError, MissingStatisticsError
    """
    _require_writing(live)
    live.check([interventions])
    source = live.checked(text)
    edits, notes = live.placed(source, interventions, labels, forms)
    begun = [prefix] if isinstance(prefix, str) and prefix else []
    notes = [*notes, *unknown_text(live.model, [source], begun)]
    lines = {"clean": Line()}
    if interventions:
        lines["changed"] = Line(edits)
    if prefix:
        lines["forced"] = Line((), prefix)
    if prefix and interventions:
        lines["forced_changed"] = Line(edits, prefix)
    with live.exclusively():
        found = inspect(
            live.model, text, list(lines.values()), alternatives=alternatives, beams=beams,
            tree=True,
        )  # fmt: skip
    made = dict(zip(lines, found, strict=True))
    shown = {kind: rendering(live.model, one.translation) for kind, one in made.items()}
    return [_line(live, kind, made[kind], shown) for kind in made], notes


def _line(
    live: LiveModel, kind: str, decoding: Decoding, shown: dict[str, Rendering]
) -> DecodedLine:
    own = shown[kind]
    against = shown["changed" if kind == "forced_changed" else "clean"]
    differs = word_diff(against.tokens.word_texts, own.tokens.word_texts)
    tree = decoding.tree
    assert tree is not None
    return DecodedLine(
        kind,
        Rendering(own.tokens, own.score, own.truncated, list(differs)),
        decoding,
        [
            (live.model.detokenize(tree.path(end)), tree.nodes[end].score or 0.0)
            for end in tree.ends()
        ],
    )


def attention_map(
    live: LiveModel,
    text: str,
    ids: Sequence[int],
    interventions: Sequence[Intervention] = (),
    labels: LabelsOf | None = None,
    forms: Forms | None = None,
    *,
    kind: str | None = None,
    layer: int | None = None,
) -> AttentionMap:
    """Attention of one kind while the model writes exactly these tokens.

    Parameters
    ----------
    live : LiveModel
    text : str
    ids : sequence of int
        What it wrote, end token included if it wrote one; none of a model that only reads.
    interventions : sequence of Intervention
    labels, forms : callable, optional
    kind : str, optional
        The model's first kind by default.
    layer : int, optional
        All by default.

    Raises
    ------
    UnknownNameError
        If the model has no such kind or layer.
    InvalidInputError
        If the model has no attention, an id is not of its vocabulary, or there are ids of a model
        that writes nothing or none of one that writes.
    TextTooLongError
        If the map would be too large to draw.
    """
    model, source = live.model, live.checked(text)
    if wrong := [i for i in ids if not 0 <= i < model.vocabulary_size]:
        raise InvalidInputError(
            f"{wrong[0]} is no id of {model.name}; they go from 0 to {model.vocabulary_size - 1}."
        )
    if (model.task in WRITES) != bool(ids):
        raise InvalidInputError(
            "Attention is that of a text while it is written: give the ids that were written."
            if not ids else f"{model.name} ({model.task}) writes nothing: give no ids."
        )  # fmt: skip
    if len(source.ids) + len(ids) > MOST_TOKENS:
        raise TextTooLongError(
            f"The two texts have {len(source.ids) + len(ids)} tokens; attention is drawn for at "
            f"most {MOST_TOKENS}. Choose a shorter sentence."
        )
    pieces = model.pieces(list(ids))
    target = Tokens("", list(ids), pieces, [None] * len(ids), [], [-1] * len(ids)) if ids else None
    live.check([interventions])
    edits, _ = live.placed(source, interventions, labels, forms)
    kind = kind or next(iter(attention_of(model)), None)
    with live.exclusively():
        found = attention(model, text, target, edits, kind=kind, layer=layer)
    return next(iter(found.values()))


def _require_writing(live: LiveModel) -> None:
    if live.model.task not in WRITES:
        raise InvalidInputError(
            f"{live.model.name} writes no text ({live.model.task}), so nothing is decoded."
        )
