"""The page and its files: the built client, and the page itself at every other address.

File names of the build carry a hash of their content, so they may be kept for ever; the page is
asked for anew each time. Text is compressed once and kept.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, current_app, request, send_file
from werkzeug.security import safe_join

from .errors import ApiError

_COMPRESSED = {".js", ".css", ".html", ".svg", ".json", ".map", ".webmanifest", ".txt"}
_FOR_EVER = "public, max-age=31536000, immutable"
_ASSETS = "assets/"


def pages(static: Path) -> Blueprint:
    """The blueprint that serves a built client.

    Parameters
    ----------
    static : Path
        With ``index.html`` and the folder ``assets``.
    """
    made = Blueprint("pages", __name__)

    @made.get("/")
    @made.get("/<path:path>")
    def page(path: str = "") -> Response:
        if path.startswith(("api/", "socket.io")):
            raise ApiError("not_found", f"There is nothing at /{path[:80]}; see /openapi.json.")
        if "." in path.rpartition("/")[2]:
            return _file(static, path)
        return _index(static)

    return made


def _index(static: Path) -> Response:
    index = static / "index.html"
    if not index.is_file():
        raise ApiError(
            "not_built",
            "The page is not built yet, so there is only the interface under /api/v1. Run "
            "'make client' (it needs Node 20), then reload.",
            status=404,
        )
    return _sent(index, "no-cache")


def _file(static: Path, path: str) -> Response:
    found = safe_join(str(static), path)
    if found is None or not Path(found).is_file():
        raise ApiError("not_found", f"There is no file /{path[:80]}.")
    return _sent(Path(found), _FOR_EVER if path.startswith(_ASSETS) else "no-cache")


def _sent(path: Path, cache: str) -> Response:
    response: Response = send_file(path, conditional=True, etag=True)
    response.headers["Cache-Control"] = cache
    if path.suffix not in _COMPRESSED or response.status_code != 200:
        return response
    response.headers["Vary"] = "Accept-Encoding"
    if "gzip" not in request.accept_encodings or "Range" in request.headers:
        return response
    response.direct_passthrough = False
    response.set_data(_compress()(path, path.stat().st_mtime_ns))
    response.headers["Content-Encoding"] = "gzip"
    etag, _ = response.get_etag()
    response.set_etag(f"{etag}-gz")
    return response


def _compress() -> Callable[[Path, int], bytes]:
    """The application's own compressor, which remembers what it did."""
    kept: Callable[[Path, int], bytes] = current_app.extensions.setdefault(
        "neurox_gzip", lru_cache(maxsize=64)(_gzipped)
    )
    return kept


def _gzipped(path: Path, changed: int) -> bytes:
    return gzip.compress(path.read_bytes(), 6, mtime=0)
