"""Endpoints that compute while a person waits: translations and activations."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from flask import Response, current_app

from neurox_core.corpora.text_labels import TextLabels
from neurox_core.engine.live import LiveModel
from neurox_core.engine.meant import meant
from neurox_core.engine.painting import Painting, paint, resolve
from neurox_core.interventions.where import Where, asked_labels
from neurox_core.models.tokens import Tokens

from ..contracts import (
    ActivationsMeta,
    ActivationsRequest,
    ActivationsText,
    ScopesRequest,
    ScopesResult,
    ScopeWords,
    TranslateRequest,
    TranslateResponse,
)
from ..errors import ApiError
from ..frames import MIME, encode
from ..projects import Project
from ..routes import Operation
from ..services import Services
from ..views import check_labels, interventions, text_view, translated

_LARGEST_HALF = 65504.0


def translate(services: Services, project: str, body: TranslateRequest) -> TranslateResponse:
    """Translate clean and changed."""
    if body.project != project:
        raise ApiError(
            "invalid_input", f"The body is about project {body.project!r}, the address about "
            f"{project!r}.", "body.project",
        )  # fmt: skip
    return translate_now(services, body)


def translate_now(
    services: Services, body: TranslateRequest, cancelled: Callable[[], bool] | None = None
) -> TranslateResponse:
    """The work of both interfaces, HTTP and Socket.IO."""
    began = time.perf_counter()
    opened = services.projects[body.project]
    live = services.stores.live(opened, body.model)
    texts = opened.sentence_texts(body.sentences) + body.texts
    if not texts:
        raise ApiError("invalid_input", "There is nothing to translate: give sentences or texts.")
    settings = [interventions(setting.interventions) for setting in body.settings]
    edits, stack = [edit for setting in settings for edit in setting], live.model.source_stack
    check_labels(opened, edits, stack)
    asked = asked_labels(edits, stack)
    sentences = [*body.sentences, *([None] * len(body.texts))]

    def labels(index: int, tokens: Tokens) -> TextLabels:
        return opened.source_labels.of(sentences[index], tokens, asked)

    items = live.translate(texts, settings, body.beams, cancelled, labels, opened.output_forms.of)
    return TranslateResponse(
        request=body.request,
        superseded=False,
        milliseconds=round((time.perf_counter() - began) * 1000, 2),
        items=[translated(item, number) for item, number in zip(items, sentences, strict=True)],
    )


SHOWN_WORDS = 12
"""Words that are told of a scope."""


def scopes(services: Services, project: str, body: ScopesRequest) -> ScopesResult:
    """Which words of some texts neurons are limited to, and which scope cannot be used."""
    opened = services.projects[project]
    live = services.stores.live(opened, body.model)
    texts = opened.sentence_texts(body.sentences) + body.texts
    sentences = [*body.sentences, *([None] * len(body.texts))]

    def labels(index: int, tokens: Tokens, names: Sequence[str]) -> TextLabels:
        return opened.source_labels.of(sentences[index], tokens, names)

    asked = [(one.neuron, partial(Where.from_dict, one.where.model_dump())) for one in body.scopes]
    found = meant(live, texts, asked, body.beams, labels, opened.output_forms.of)
    return ScopesResult(
        texts=len(texts),
        scopes=[
            ScopeWords(
                wrong=one.wrong or None, count=len(one.words), texts=one.texts,
                words=list(dict.fromkeys(one.words))[:SHOWN_WORDS],
            )
            for one in found
        ],
    )  # fmt: skip


def activations(services: Services, project: str, body: ActivationsRequest) -> Response:
    """Values of some neurons on some texts, as a binary frame."""
    opened = services.projects[project]
    live = opened.live(body.model)
    texts = opened.sentence_texts(body.sentences) + body.texts
    if not texts:
        raise ApiError("invalid_input", "There is nothing to read: give sentences or texts.")
    places = [resolve(live.model.sites, name) for name in body.neurons]
    sources = live.all_checked(texts)
    targets: list[Tokens | None] | None = None
    kinds = ["translation"] * len(texts)
    if any(layer.startswith("decoder.") for layer, _ in places):
        targets, kinds = _targets(opened, live, texts, body)
    painted = paint(live, body.neurons, sources, targets, body.word)
    values, entries = _laid_out(painted, body, kinds)
    mean, deviation, minimum, maximum = services.stores.known(opened, body.model, places)
    meta = ActivationsMeta(
        neurons=body.neurons, word=body.word, texts=entries, mean=mean, deviation=deviation,
        minimum=minimum, maximum=maximum,
    )  # fmt: skip
    frame = encode({"values": values}, meta.model_dump(mode="json"))
    return current_app.response_class(frame, mimetype=MIME, headers={"Cache-Control": "no-store"})


def _targets(
    opened: Project, live: LiveModel, texts: list[str], body: ActivationsRequest
) -> tuple[list[Tokens | None], list[str]]:
    """What the decoder reads: references where they are wanted and exist, else translations.

    None stands for a language model's text itself.
    """
    there = opened.corpus.has_references or live.model.task != "translation"
    given = len(body.sentences) if body.text == "reference" and there else 0
    references: list[Tokens | None] = [
        None if live.model.source_stack == "decoder"
        else live.model.tokenize(opened.corpus.references[i], "target")
        for i in body.sentences[:given]
    ]  # fmt: skip
    produced = [r.tokens for r in live.baseline(texts[given:], body.beams)]
    return references + produced, ["reference"] * given + ["translation"] * len(produced)


def _laid_out(
    painted: list[Painting], body: ActivationsRequest, kinds: list[str]
) -> tuple[np.ndarray, list[ActivationsText]]:
    """All texts side by side: values (neurons, units of all texts) in half precision."""
    entries, start = [], 0
    for painting in painted:
        count = painting.values.shape[1]
        number = body.sentences[painting.item] if painting.item < len(body.sentences) else None
        entries.append(
            ActivationsText.model_validate(
                {
                    "item": painting.item, "sentence": number, "side": painting.side,
                    "text": "source" if painting.side == "source" else kinds[painting.item],
                    "start": start, "count": count, "view": text_view(painting.tokens),
                }
            )
        )  # fmt: skip
        start += count
    values = np.concatenate([p.values for p in painted], axis=1)
    return np.clip(values, -_LARGEST_HALF, _LARGEST_HALF).astype(np.float16), entries


OPERATIONS = (
    Operation(
        "POST", "/projects/<project>/translate", translate, "Translate, clean and changed",
        {200: TranslateResponse}, body=TranslateRequest,
    ),
    Operation(
        "POST", "/projects/<project>/scopes", scopes, "Which words neurons are limited to",
        {200: ScopesResult}, body=ScopesRequest,
    ),
    Operation(
        "POST", "/projects/<project>/activations", activations, "Read neurons on texts",
        {200: MIME}, body=ActivationsRequest,
    ),
)  # fmt: skip
