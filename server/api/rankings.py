"""Endpoints of rankings: make one, list them, fetch an order, take one away as a file."""

from __future__ import annotations

import csv
import io
import json

from flask import Response, current_app

from ..contracts import ExportQuery, RankingInfo, RankingList, RankingRequest, RankingsQuery
from ..frames import MIME, encode
from ..rankings import rows
from ..routes import Operation
from ..services import Services


def make_ranking(services: Services, project: str, body: RankingRequest) -> RankingInfo:
    """Rank neurons; 409 with the job to wait for if the activations are not recorded yet."""
    opened = services.projects[project]
    store = services.stores.find(opened, body.model)
    if store is None:
        raise services.work.not_ready(opened, body.model)
    return services.rankings.make(project, body.model, body.method, store, body.layers)


def list_rankings(services: Services, project: str, query: RankingsQuery) -> RankingList:
    """The rankings that were made."""
    opened = services.projects[project]
    return RankingList(rankings=services.rankings.all(opened.id, query.model))


def ranking_order(services: Services, project: str, ranking: str) -> Response:
    """Order and scores, as a binary frame."""
    info = services.rankings.get(services.projects[project].id, ranking)
    order, scores = services.rankings.order(info.id)
    frame = encode({"order": order, "scores": scores}, {"id": info.id})
    headers = {"Cache-Control": "private, max-age=86400"}
    return current_app.response_class(frame, mimetype=MIME, headers=headers)


def export_ranking(services: Services, project: str, ranking: str, query: ExportQuery) -> Response:
    """A ranking as a table: rank, neuron, score."""
    info = services.rankings.get(services.projects[project].id, ranking)
    table = rows(info, *services.rankings.order(info.id))
    if query.format == "json":
        neurons = [{"rank": r, "neuron": n, "score": s} for r, n, s in table]
        text, mime = (
            json.dumps({"ranking": info.model_dump(), "neurons": neurons}),
            "application/json",
        )
    else:
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["rank", "neuron", "score"])
        writer.writerows((r, n, "" if s is None else repr(s)) for r, n, s in table)
        text, mime = stream.getvalue(), "text/csv"
    name = f"{info.model}-{info.method}-{info.id}.{query.format}"
    return current_app.response_class(
        text, mimetype=mime, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


OPERATIONS = (
    Operation(
        "POST", "/projects/<project>/rankings", make_ranking, "Rank neurons", {200: RankingInfo},
        body=RankingRequest,
    ),
    Operation(
        "GET", "/projects/<project>/rankings", list_rankings, "List rankings", {200: RankingList},
        query=RankingsQuery,
    ),
    Operation(
        "GET", "/projects/<project>/rankings/<ranking>/order", ranking_order,
        "Order and scores of a ranking", {200: MIME},
    ),
    Operation(
        "GET", "/projects/<project>/rankings/<ranking>/export", export_ranking,
        "A ranking as a file", {200: "text/csv"}, query=ExportQuery,
    ),
)  # fmt: skip
