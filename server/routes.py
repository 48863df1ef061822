"""One table of operations: it makes the URL rules, checks what comes in, and writes the OpenAPI.

An :class:`Operation` names its contracts once. :func:`blueprint` turns operations into a Flask
blueprint whose views get validated values and return contracts; :func:`openapi` turns the same
operations into the published document. So an endpoint cannot be served without being described, or
take what its description does not allow.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, current_app, request
from pydantic import BaseModel, ValidationError
from pydantic.json_schema import models_json_schema
from werkzeug.exceptions import UnsupportedMediaType

from .contracts import Contract, ErrorBody
from .errors import answer, validation_body
from .services import Services, services

Reply = Contract | Response | tuple[Contract, int]


@dataclass(frozen=True)
class Operation:
    """One endpoint.

    Attributes
    ----------
    method, path : str
        The path as Flask writes it, such as ``/jobs/<job>``.
    view : callable
        Called with the services, the path's values by name, and ``query`` and ``body`` if declared.
    summary : str
        One line for the document.
    returns : mapping of int to contract or MIME type
        What each successful status carries; files have a MIME type.
    query, body : contract, optional
    largest : int, optional
        Bytes that the request may have, where that is more than others may.
    tag : str
    """

    method: str
    path: str
    view: Callable[..., Reply]
    summary: str
    returns: Mapping[int, type[Contract] | str]
    query: type[Contract] | None = None
    body: type[Contract] | None = None
    largest: int | None = None
    tag: str = field(default="neurox", kw_only=True)


def blueprint(name: str, operations: Sequence[Operation], prefix: str = "") -> Blueprint:
    """A blueprint of operations."""
    made = Blueprint(name, __name__, url_prefix=prefix or None)
    for operation in operations:
        made.add_url_rule(
            operation.path, operation.view.__name__, _checked(operation), methods=[operation.method]
        )
    return made


def _checked(operation: Operation) -> Callable[..., Response]:
    def view(**path: str) -> Response:
        values: dict[str, Any] = dict(path)
        try:
            part = "query"
            given = {k: v for k, v in request.args.items() if k != "token"}
            if operation.query is not None:
                values["query"] = operation.query.model_validate(given)
            part = "body"
            if operation.body is not None:
                if operation.largest is not None:
                    request.max_content_length = operation.largest
                if not request.is_json:
                    raise UnsupportedMediaType()
                values["body"] = operation.body.model_validate_json(request.get_data())
        except ValidationError as error:
            return answer(validation_body(error, part))
        return reply(operation.view(services(), **values))

    return view


def reply(result: Reply) -> Response:
    """A view's result as a response."""
    if isinstance(result, Response):
        return result
    body, status = result if isinstance(result, tuple) else (result, 200)
    response = current_app.response_class(
        body.model_dump_json(), status, mimetype="application/json"
    )
    response.headers["Cache-Control"] = "no-store"
    identifier = getattr(body, "id", None)
    if status == 202 and identifier:
        response.headers["Location"] = f"{request.script_root}/api/v1/jobs/{identifier}"
    return response


def openapi(
    groups: Mapping[str, Sequence[Operation]], extra: Sequence[type[Contract]], version: str
) -> dict[str, Any]:
    """The OpenAPI 3.1 document.

    Parameters
    ----------
    groups : mapping of str to sequence of Operation
        Operations by the prefix they are served under.
    extra : sequence of contracts
        Published though no operation carries them as JSON: Socket.IO payloads, metas of frames.
    """
    inputs: dict[type[BaseModel], None] = {}
    outputs: dict[type[BaseModel], None] = {ErrorBody: None} | dict.fromkeys(extra)
    for operation in (o for group in groups.values() for o in group):
        if operation.body is not None:
            inputs[operation.body] = None
        outputs |= {m: None for m in operation.returns.values() if not isinstance(m, str)}
    _, definitions = models_json_schema(
        [*((m, "validation") for m in inputs), *((m, "serialization") for m in outputs)],
        ref_template="#/components/schemas/{model}",
    )
    paths: dict[str, dict[str, Any]] = {}
    for prefix, group in groups.items():
        for operation in group:
            path = prefix + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", operation.path)
            paths.setdefault(path, {})[operation.method.lower()] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "NeuroX",
            "version": version,
            "summary": "Neurons of translation models: look at them, change them, see the effect.",
            "license": {"name": "BSD-3-Clause", "identifier": "BSD-3-Clause"},
        },
        "servers": [{"url": "/"}],
        "security": [{}, {"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(definitions["$defs"].items())),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _described(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.view.__name__,
        "summary": operation.summary,
        "tags": [operation.tag],
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in re.findall(r"<(?:\w+:)?(\w+)>", operation.path)
        ],
        "responses": {},
    }
    if operation.query is not None:
        described["parameters"] += _query_parameters(operation.query)
    if operation.body is not None:
        described["requestBody"] = {"required": True, "content": _content(operation.body)}
    for status, what in operation.returns.items():
        said = {200: "Done", 202: "Started; poll the job"}.get(status, "Done")
        described["responses"][str(status)] = {"description": said, "content": _content(what)}
    described["responses"]["default"] = {"description": "An error", "content": _content(ErrorBody)}
    return described


def _query_parameters(model: type[Contract]) -> list[dict[str, Any]]:
    schema = model.model_json_schema()
    required = set(schema.get("required", ()))
    return [
        {"name": name, "in": "query", "required": name in required, "schema": described}
        for name, described in schema["properties"].items()
    ]


def _content(what: type[Contract] | str) -> dict[str, Any]:
    if isinstance(what, str):
        return {what: {"schema": {"type": "string", "format": "binary"}}}
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{what.__name__}"}}}


__all__ = ["Operation", "Reply", "Services", "blueprint", "openapi", "reply"]
