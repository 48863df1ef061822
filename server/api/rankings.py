"""Endpoints of rankings: make one, list them, fetch an order, take one away as a file."""

from __future__ import annotations

import re

import numpy as np
from flask import Response, current_app
from numpy.typing import NDArray

from neurox_core.activations import ActivationStore
from neurox_core.engine.naming import load_names
from neurox_core.engine.ranking import compare_rankings as agree
from neurox_core.rankings import Ranking
from neurox_core.rankings.export import FORMATS
from neurox_core.rankings.export import export_ranking as file_content

from ..contracts import (
    AgreementInfo,
    AgreementRequest,
    ConceptsMeta,
    ConceptsQuery,
    ConceptsRequest,
    ExportQuery,
    Job,
    MarkedRequest,
    RankingDetails,
    RankingInfo,
    RankingList,
    RankingQuery,
    RankingRequest,
    RankingsQuery,
    Removed,
    SimilarityRequest,
    StabilityRequest,
)
from ..errors import ApiError
from ..frames import MIME, encode
from ..projects import Project
from ..routes import Operation
from ..services import Services
from ..views import layer_info

KEPT = {"Cache-Control": "private, max-age=86400"}


def make_ranking(
    services: Services, project: str, body: RankingRequest
) -> RankingInfo | tuple[Job, int]:
    """Rank neurons; 202 with a job if it takes long, 409 with one if activations are missing."""
    opened = services.projects[project]
    plan = services.rankings.plan(
        opened, body, stores_of(services, opened, body.model, body.others)
    )
    known = services.rankings.find(plan)
    if known is not None:
        return known
    return services.rankings.make(plan) if plan.quick else (services.work.rank(plan), 202)


def stores_of(
    services: Services, opened: Project, model: str, others: list[str]
) -> dict[str, ActivationStore]:
    """Activations of models; if some are not recorded yet, that is started and told."""
    found = {}
    for name in dict.fromkeys([model, *others]):
        store = services.stores.find(opened, name)
        if store is None:
            raise services.work.not_ready(opened, name)
        found[name] = store
    return found


def list_rankings(services: Services, project: str, query: RankingsQuery) -> RankingList:
    """The rankings that were made."""
    opened = services.projects[project]
    return RankingList(rankings=services.rankings.all(opened.id, query.model))


def show_ranking(services: Services, project: str, ranking: str) -> RankingInfo:
    """One ranking; 409 with a job while it is being made."""
    opened = services.projects[project]
    try:
        return services.rankings.get(opened.id, ranking)
    except ApiError:
        job = services.work.ranking_job(ranking)
        if job is None or job.project != opened.id or job.state not in ("queued", "running"):
            raise
        text = f"The ranking is being made: {job.title}."
        raise ApiError("not_ready", text, job=job.id) from None


def remove_ranking(services: Services, project: str, ranking: str) -> Removed:
    """Delete a ranking; it can be made again."""
    info = services.rankings.get(services.projects[project].id, ranking)
    services.rankings.remove(info.id)
    return Removed(id=info.id)


def ranking_order(services: Services, project: str, ranking: str, query: RankingQuery) -> Response:
    """Order and scores, of all labels or one, as a binary frame."""
    info = services.rankings.get(services.projects[project].id, ranking)
    file = services.rankings.file(info.id)
    arrays = {
        "order": file.order(query.label).astype(np.uint32),
        "scores": file.scores(query.label).astype(np.float32),
    }
    frame = encode(arrays, {"id": info.id})
    return current_app.response_class(frame, mimetype=MIME, headers=KEPT)


def ranking_details(
    services: Services, project: str, ranking: str, query: RankingQuery
) -> Response:
    """What else was found, as a binary frame whose meta is a RankingDetails."""
    info = services.rankings.get(services.projects[project].id, ranking)
    details, arrays = services.rankings.file(info.id).details(query.label)
    meta = RankingDetails(id=info.id, label=query.label, details=details)
    frame = encode({name: _sendable(a) for name, a in arrays.items()}, meta.model_dump())
    return current_app.response_class(frame, mimetype=MIME, headers=KEPT)


def _sendable(array: NDArray[np.generic]) -> NDArray[np.generic]:
    """In a type that a browser's typed arrays have."""
    kind = {"f": np.float32, "i": np.int32, "u": np.uint32, "b": np.int8}[array.dtype.kind]
    return array.astype(kind)


def export_ranking(services: Services, project: str, ranking: str, query: ExportQuery) -> Response:
    """A ranking as a table: rank, neuron, score, what was found of it, and the signature."""
    info = services.rankings.get(services.projects[project].id, ranking)
    chosen = services.rankings.file(info.id).part(query.label, details=True)
    part = "" if query.label is None else "-" + re.sub(r"[^A-Za-z0-9]+", "_", query.label)[:40]
    name = f"{info.model}-{info.method}{part}-{info.id}.{query.format}"
    return current_app.response_class(
        file_content(chosen, query.format), mimetype=FORMATS[query.format],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


def compare_rankings(services: Services, project: str, body: AgreementRequest) -> AgreementInfo:
    """How far rankings of the same neurons agree."""
    opened = services.projects[project].id
    chosen: dict[str, Ranking] = {}
    for part in body.rankings:
        info = services.rankings.get(opened, part.ranking)
        name = info.title if part.label is None else f"{info.title}: {part.label}"
        number = sum(known.partition(" (")[0] == name for known in chosen)
        ranking = services.rankings.file(info.id).part(part.label)
        chosen[name if not number else f"{name} ({number + 1})"] = ranking
    return AgreementInfo.model_validate(agree(chosen, body.k))


def start_stability(
    services: Services, project: str, ranking: str, body: StabilityRequest
) -> tuple[Job, int]:
    """Make a ranking again on resampled sentences, or find that it was done."""
    opened = services.projects[project]
    info = services.rankings.get(opened.id, ranking)
    request = RankingRequest.model_validate(
        {
            **{name: getattr(info, name) for name in RankingRequest.model_fields},
            "layers": [layer.address for layer in info.layers],
            "label": None if info.label is None else info.label.model_dump(),
        }
    )
    stores = stores_of(services, opened, info.model, info.others)
    plan = services.rankings.plan(opened, request, stores)
    return services.work.stability(plan, body.resamples, body.k), 202


def start_similarity(services: Services, project: str, body: SimilarityRequest) -> tuple[Job, int]:
    """Compare layers by linear CKA, or find that it was done."""
    opened = services.projects[project]
    stores_of(services, opened, body.model, [] if body.other is None else [body.other])
    return services.work.similarity(opened, body), 202


def rank_marked(services: Services, project: str, body: MarkedRequest) -> RankingInfo:
    """Rank neurons by how well they tell marked words from all the others."""
    opened = services.projects[project]
    store = stores_of(services, opened, body.model, [])[body.model]
    return services.rankings.mark(opened, body, store)


def start_concepts(services: Services, project: str, body: ConceptsRequest) -> tuple[Job, int]:
    """Name the neurons of a stack, or find that it was done."""
    opened = services.projects[project]
    stores_of(services, opened, body.model, [])
    return services.work.concepts(opened, body.model, body.stack), 202


def show_concepts(services: Services, project: str, model: str, query: ConceptsQuery) -> Response:
    """Names of neurons, as a binary frame whose meta is a ConceptsMeta; without them, an empty one.

    That nobody asked for names yet is no error: the page asks whether there are some. Names that
    were found before labels were added are better than none, and say what they lack.
    """
    opened = services.projects[project]
    path, job = services.work.names.path(opened, model, query.stack), None
    lacks: list[str] = []
    if not path.is_file():
        asked = services.work.naming_job(opened, model, query.stack)
        job = None if asked is None else asked.id
        before = services.work.names.before(opened, model, query.stack)
        if before is None:
            empty = ConceptsMeta(
                model=model, stack=query.stack, made=False, layers=[], concepts=[], signature="",
                note="", job=job,
            )  # fmt: skip
            return current_app.response_class(encode({}, empty.model_dump()), mimetype=MIME)
        path, lacks = before
    found, arrays = load_names(path)
    meta = ConceptsMeta(
        model=model, stack=query.stack, made=True, concepts=found["concepts"],
        layers=[layer_info(a, w) for a, w in found["layers"]], signature=found["signature"],
        note=found.get("note", ""), job=job, lacks=lacks,
    )  # fmt: skip
    sent = {name: _sendable(array) for name, array in arrays.items() if name != "p"}
    return current_app.response_class(encode(sent, meta.model_dump()), mimetype=MIME)


OPERATIONS = (
    Operation(
        "POST", "/projects/<project>/rankings", make_ranking, "Rank neurons",
        {200: RankingInfo, 202: Job}, body=RankingRequest,
    ),
    Operation(
        "GET", "/projects/<project>/rankings", list_rankings, "List rankings", {200: RankingList},
        query=RankingsQuery,
    ),
    Operation(
        "GET", "/projects/<project>/rankings/<ranking>", show_ranking, "A ranking",
        {200: RankingInfo},
    ),
    Operation(
        "DELETE", "/projects/<project>/rankings/<ranking>", remove_ranking, "Delete a ranking",
        {200: Removed},
    ),
    Operation(
        "GET", "/projects/<project>/rankings/<ranking>/order", ranking_order,
        "Order and scores of a ranking", {200: MIME}, query=RankingQuery,
    ),
    Operation(
        "GET", "/projects/<project>/rankings/<ranking>/details", ranking_details,
        "What else a ranking found", {200: MIME}, query=RankingQuery,
    ),
    Operation(
        "GET", "/projects/<project>/rankings/<ranking>/export", export_ranking,
        "A ranking as a file", {200: "text/csv"}, query=ExportQuery,
    ),
    Operation(
        "POST", "/projects/<project>/rankings/<ranking>/stability", start_stability,
        "How stable a ranking is", {202: Job}, body=StabilityRequest,
    ),
    Operation(
        "POST", "/projects/<project>/agreement", compare_rankings, "How far rankings agree",
        {200: AgreementInfo}, body=AgreementRequest,
    ),
    Operation(
        "POST", "/projects/<project>/similarity", start_similarity, "How alike layers are",
        {202: Job}, body=SimilarityRequest,
    ),
    Operation(
        "POST", "/projects/<project>/marked", rank_marked, "Neurons of marked words",
        {200: RankingInfo}, body=MarkedRequest,
    ),
    Operation(
        "POST", "/projects/<project>/concepts", start_concepts, "Name neurons", {202: Job},
        body=ConceptsRequest,
    ),
    Operation(
        "GET", "/projects/<project>/models/<model>/concepts", show_concepts, "Names of neurons",
        {200: MIME}, query=ConceptsQuery,
    ),
)  # fmt: skip
