"""One shape for every error, and which status each kind of error gets.

Whatever goes wrong, the answer is an :class:`~.contracts.ErrorBody`, which a browser that opens an
address is shown as a page. A :class:`NeuroXError` is the
asker's to mend, so it is a 4xx with the error's own text; anything unforeseen is a 500 that keeps
its details in the log.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, current_app, has_request_context, request
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from neurox_core.activations.folders import reason
from neurox_core.errors import NeuroXError

from . import refusals
from .contracts import ErrorBody, ErrorDetail

STATUS = {
    "unknown_name": 404,
    "model_load": 409,
    "store": 409,
    "missing_statistics": 409,
    "cancelled": 409,
    "not_ready": 409,
    "unrecorded": 409,
    "not_found": 404,
    "unauthorized": 401,
    "forbidden": 403,
}
"""Status by error code; any other deliberate error is 422: understood, but not usable."""

_CODES = {
    400: "bad_request", 401: "unauthorized", 403: "forbidden", 404: "not_found",
    405: "method_not_allowed", 408: "timeout", 411: "length_required", 413: "too_large",
    414: "too_large", 415: "unsupported_media_type", 429: "too_many", 431: "too_large",
}  # fmt: skip
_ADVICE = {
    404: "There is nothing at this address. /openapi.json lists what there is.",
    415: "The body must be JSON: send it with Content-Type: application/json.",
}


class ApiError(NeuroXError):
    """An error of the interface itself.

    Parameters
    ----------
    code, message : str
    where : str, optional
        The part of the request that is wrong.
    job : str, optional
        A job to wait for.
    """

    def __init__(
        self, code: str, message: str, where: str | None = None, job: str | None = None,
        status: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__(message)
        self.code, self.where, self.job = code, where, job
        self.status = status


def not_found(kind: str, name: str, instead: str) -> ApiError:
    """There is no such thing; `instead` says where to look."""
    return ApiError("not_found", f"There is no {kind} {name[:80]!r}. {instead}")


def unwritable(error: OSError | None, subject: str = "What the server keeps") -> ApiError:
    """The server cannot write what it was asked to keep; None if there is too little room."""
    why, full = ("it has no room", True) if error is None else reason(error)
    way = (
        "Make room on its disk"
        if full
        else "Whoever runs it has to let it write there, or give it another folder (--workspace)"
    )
    return ApiError("store", f"{subject} cannot be written ({why}). {way}.")


def error_body(error: Exception) -> ErrorBody:
    """Any exception as an answer."""
    # Whatever was to be written: these are never met in reading.
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
        error = unwritable(error)
    if isinstance(error, HTTPException):
        status = error.code or 500
        message = _too_large() if status == 413 else _ADVICE.get(status)
        message = message or error.description or error.name
        return ErrorBody(status=status, error=_detail(_CODES.get(status, "error"), message))
    if isinstance(error, NeuroXError):
        status = getattr(error, "status", None) or STATUS.get(error.code, 422)
        detail = _detail(error.code, str(error))
        detail.where, detail.job = getattr(error, "where", None), getattr(error, "job", None)
        return ErrorBody(status=status, error=detail)
    return ErrorBody(
        status=500,
        error=_detail(
            "internal",
            f"The server failed at this request ({type(error).__name__}); its log has the details. "
            "It goes on serving. Please report this.",
        ),
    )


def validation_body(error: ValidationError, part: str = "body") -> ErrorBody:
    """What a contract found wrong with a body (or query): 400 if it is no JSON, else 422."""
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    if problems[0]["type"] == "json_invalid":
        text = problems[0]["msg"].removeprefix("Invalid JSON: ")
        return ErrorBody(
            status=400, error=_detail("malformed_json", f"The {part} is not JSON: {text}.")
        )
    told = [f"{_place(p['loc'], part)}: {_words(p['msg'])}{_way_out(p)}" for p in problems[:3]]
    more = f" (and {len(problems) - 3} more)" if len(problems) > 3 else ""
    detail = _detail("invalid_input", "; ".join(told) + more + ".")
    detail.where = _place(problems[0]["loc"], part)
    return ErrorBody(status=422, error=detail)


def answer(body: ErrorBody) -> Response:
    """An error as a response: a page for a browser, JSON for everybody else."""
    made = current_app.response_class
    if has_request_context() and refusals.wants_page(request):
        response = made(refusals.page(body, request), body.status, mimetype="text/html")
        response.headers["Content-Security-Policy"] = refusals.POLICY
    else:
        response = made(body.model_dump_json(), body.status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept")
    return response


def install(app: Flask) -> None:
    """Answer every error of an application in the one shape."""

    @app.errorhandler(Exception)
    def handle(error: Exception) -> Response:
        body = error_body(error)
        if body.status >= 500:
            app.logger.error("request failed", exc_info=error)
        response = answer(body)
        allowed = getattr(error, "valid_methods", None)
        if body.status == 405 and allowed:
            response.headers["Allow"] = ", ".join(sorted(allowed))
        return response


def _too_large() -> str:
    """How much this request may hold; some take more than others."""
    most = request.max_content_length if has_request_context() else None
    than = "it may be" if most is None else f"{most // 1_000_000} MB"
    return f"The request is larger than {than}. Send fewer or shorter texts at a time."


def _detail(code: str, message: str) -> ErrorDetail:
    return ErrorDetail(code=code, message=message, where=None, job=None)


def _place(location: tuple[Any, ...], part: str) -> str:
    steps = "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in location)
    return f"{part}{steps}"


def _way_out(problem: Mapping[str, Any]) -> str:
    """What to do about a text that is too long; other problems say it themselves."""
    text = problem["type"] == "string_too_long" and "texts" in problem["loc"]
    return "; split it into sentences" if text else ""


def _words(message: str) -> str:
    text = message.removeprefix("Value error, ")
    return text[:1].lower() + text[1:]
