"""Endpoints that look into one decoding: alternatives, beams, forced words, attention."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from flask import Response, current_app

from neurox_core.corpora.text_labels import TextLabels
from neurox_core.engine.decoding_view import LabelsOf, attention_map, decode_lines
from neurox_core.interventions import Intervention
from neurox_core.interventions.where import asked_labels
from neurox_core.models.tokens import Tokens

from ..contracts import AttentionRequest, DecodingRequest, DecodingResult
from ..decoding import attention_meta, decoding_result
from ..errors import ApiError
from ..frames import MIME, encode
from ..projects import Project
from ..routes import Operation
from ..services import Services
from ..views import check_labels, interventions


def decoding(services: Services, project: str, body: DecodingRequest) -> DecodingResult:
    """Decode one sentence in all the ways asked for, and tell every step."""
    if body.prefix is not None and body.prefix_ids is not None:
        raise ApiError("invalid_input", "Give a prefix as text or as ids, not both.", "body.prefix")
    prefix: str | Sequence[int] = (
        body.prefix_ids if body.prefix_ids is not None else (body.prefix or "").strip("\n\r\t")
    )
    opened = services.projects[project]
    live = services.stores.live(opened, body.model)
    text, edits, labels = _asked(opened, body, live.model.source_stack)
    lines, warnings = decode_lines(
        live, text, edits, prefix, beams=body.beams, alternatives=body.alternatives, labels=labels,
        forms=opened.output_forms.of,
    )  # fmt: skip
    return decoding_result(live.model, lines, warnings)


def attention(services: Services, project: str, body: AttentionRequest) -> Response:
    """Where the model attends while it writes a text, as a binary frame."""
    opened = services.projects[project]
    live = services.stores.live(opened, body.model)
    text, edits, labels = _asked(opened, body, live.model.source_stack)
    chosen = attention_map(
        live, text, body.ids, edits, labels, opened.output_forms.of,
        kind=body.kind, layer=body.layer,
    )  # fmt: skip
    weights = chosen.mean().unsqueeze(0) if body.layer is None else chosen.of(body.layer)
    meta = attention_meta(live.model, chosen, body.layer, weights.shape[0])
    values = weights.numpy().astype(np.float16)
    frame = encode({"values": values}, meta.model_dump(mode="json"))
    return current_app.response_class(frame, mimetype=MIME, headers={"Cache-Control": "no-store"})


def _asked(
    project: Project, body: DecodingRequest | AttentionRequest, stack: str
) -> tuple[str, list[Intervention], LabelsOf]:
    """The sentence, what is changed, and how to find the labels of the sentence's words."""
    if (body.sentence is None) == (body.text is None):
        raise ApiError("invalid_input", "Give either a sentence of the corpus or a text.", "body")
    text = body.text or ""
    if body.sentence is not None:
        text = project.sentence_texts([body.sentence])[0]
    edits = interventions(body.interventions)
    check_labels(project, edits, stack)
    asked = asked_labels(edits, stack)

    def labels(index: int, tokens: Tokens) -> TextLabels:
        return project.source_labels.of(body.sentence, tokens, asked)

    return text, edits, labels


OPERATIONS = (
    Operation(
        "POST", "/projects/<project>/decoding", decoding, "Look into the decoding of a sentence",
        {200: DecodingResult}, body=DecodingRequest,
    ),
    Operation(
        "POST", "/projects/<project>/attention", attention, "Where the model attends",
        {200: MIME}, body=AttentionRequest,
    ),
)  # fmt: skip
