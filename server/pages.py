"""The page and its files: the built client, and the page itself at every other address.

File names of the build carry a hash of their content, so they may be kept for ever; the page is
asked for anew each time. Files are small and few, so they are read once, compressed once, and kept
until they change on disk.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from flask import Blueprint, Response, current_app, request
from werkzeug.security import safe_join

from .errors import ApiError

_COMPRESSED = {".js", ".css", ".html", ".svg", ".json", ".map", ".webmanifest", ".txt"}
_FOR_EVER = "public, max-age=31536000, immutable"
_ASSETS = "assets/"
_KINDS = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".html": "text/html",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".map": "application/json",
}


class _File(NamedTuple):
    """A file as it is sent."""

    plain: bytes
    packed: bytes | None
    tag: str


def pages(static: Path) -> Blueprint:
    """The blueprint that serves a built client.

    Parameters
    ----------
    static : Path
        With ``index.html`` and the folder ``assets``.
    """
    made = Blueprint("pages", __name__)
    kept = lru_cache(maxsize=256)(_read)

    def sent(path: Path, cache: str) -> Response:
        return _sent(kept(path, path.stat().st_mtime_ns), path, cache)

    @made.get("/")
    @made.get("/<path:path>")
    def page(path: str = "") -> Response:
        if path.startswith(("api/", "socket.io")):
            raise ApiError("not_found", f"There is nothing at /{path[:80]}; see /openapi.json.")
        if "." in path.rpartition("/")[2]:
            return sent(_found(static, path), _FOR_EVER if path.startswith(_ASSETS) else "no-cache")
        index = static / "index.html"
        if not index.is_file():
            raise ApiError(
                "not_built",
                "The page is not built yet, so there is only the interface under /api/v1. Run "
                "'make client' (it needs Node 20), then reload.",
                status=404,
            )
        return sent(index, "no-cache")

    return made


def _found(static: Path, path: str) -> Path:
    """A file of the client; ApiError (404) for any other."""
    place = None if "\0" in path else safe_join(str(static), path)
    if place is None or not Path(place).is_file():
        raise ApiError("not_found", f"There is no file /{path[:80]}.")
    return Path(place)


def _read(path: Path, changed: int) -> _File:
    plain = path.read_bytes()
    packed = gzip.compress(plain, 6, mtime=0) if path.suffix in _COMPRESSED else None
    return _File(plain, packed, hashlib.sha256(plain).hexdigest()[:20])


def _sent(file: _File, path: Path, cache: str) -> Response:
    kind = (
        _KINDS.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    )
    packed = file.packed if request.accept_encodings.quality("gzip") > 0 else None
    response = current_app.response_class(file.plain if packed is None else packed, mimetype=kind)
    response.headers["Cache-Control"] = cache
    response.set_etag(file.tag if packed is None else f"{file.tag}-gz")
    if file.packed is not None:
        response.headers["Vary"] = "Accept-Encoding"
    if packed is not None:
        response.headers["Content-Encoding"] = "gzip"
    response.make_conditional(request)
    return response
