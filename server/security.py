"""Who may ask: an access token, host names, origins, and what a page may load.

Without a token the server listens on the loopback interface only, and answers only to loopback
host names, so that a web page elsewhere cannot reach it by pointing a name of its own here. With a
token every request but ``/healthz`` has to carry it: as ``Authorization: Bearer``, or once as
``?token=`` on a page, which puts it into a cookie that scripts cannot read and other sites cannot
send, and takes it out of the address. Requests that change something must come from the same
origin; no other origin is ever allowed.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from hashlib import sha256
from html import escape
from urllib.parse import parse_qs, urlencode, urlsplit

from flask import Flask, Request, Response, request

from .errors import ApiError
from .settings import LOOPBACK, Settings

COOKIE = "neurox_token"
OPEN_PATHS = ("/healthz",)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
# A long view stands behind a hash, which no server is sent and a page that goes on by itself loses.
_GO_ON = "const a = document.links[0]; a.hash = location.hash; location.replace(a.href);"
_GO_ON_HASH = b64encode(sha256(_GO_ON.encode()).digest()).decode()
_WELCOME_POLICY = f"default-src 'none'; script-src 'sha256-{_GO_ON_HASH}'; frame-ancestors 'none'"
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def install(app: Flask, settings: Settings) -> None:
    """Guard every request and every answer of an application."""

    @app.before_request
    def guard() -> Response | None:
        check_host(request, settings)
        check_origin(request)
        if settings.token is None or request.path in OPEN_PATHS:
            return None
        given = written_token(request.args.get("token"))
        if given is not None and request.method == "GET" and not request.path.startswith("/api/"):
            return _welcome(settings.token, given)
        if not carries(request, settings.token, given):
            raise ApiError(
                "unauthorized",
                "This server needs its access token. Open the address that was printed when it "
                "started, or send 'Authorization: Bearer <token>'.",
            )
        return None

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response


def check_host(asked: Request, settings: Settings) -> None:
    """Refuse host names that are not this server's; ApiError 403."""
    if settings.token is not None:
        return  # Other sites cannot know the token, whatever name they use.
    name = urlsplit(f"//{asked.host}").hostname or ""
    if name not in LOOPBACK and name not in settings.allowed_hosts:
        raise ApiError(
            "forbidden",
            f"This server does not answer to the name {name!r}. Use 127.0.0.1, or start it with "
            "this name allowed.",
        )


def check_origin(asked: Request) -> None:
    """Refuse requests that a page of another origin sends; ApiError 403."""
    origin = asked.headers.get("Origin")
    if origin is None or asked.method in ("GET", "HEAD", "OPTIONS"):
        return
    if urlsplit(origin).netloc != asked.host:
        raise ApiError("forbidden", f"Pages of {origin} may not use this server.")


def written_token(given: str | None) -> str | None:
    """The token that somebody wrote: alone, or the whole address that was printed."""
    if given is None or "?" not in given:
        return given
    return parse_qs(urlsplit(given.strip()).query).get("token", [given])[0]


def carries(asked: Request, token: str, given: str | None) -> bool:
    """Whether a request carries the token, in a header, its address or its cookie."""
    scheme, _, sent = asked.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and same(sent.strip(), token):
        return True
    if given is not None and same(given, token):
        return True
    return same(asked.cookies.get(COOKIE, ""), cookie_value(token))


def same(given: str, token: str) -> bool:
    """Compare in a time that tells nothing."""
    return hmac.compare_digest(given.encode(), token.encode())


def cookie_value(token: str) -> str:
    """What the cookie holds: proof of the token, not the token itself."""
    return hmac.new(token.encode(), b"neurox cookie", sha256).hexdigest()


def _welcome(token: str, given: str) -> Response:
    """Set the cookie and go on to the same page without the token in its address.

    The page goes on by itself instead of a redirect: a redirect that began at another site would
    not send the new cookie.
    """
    if not same(given.strip(), token):
        raise ApiError("unauthorized", "The access token in the address is not this server's.")
    rest = urlencode([(k, v) for k, v in request.args.items(multi=True) if k != "token"])
    target = escape(request.path + (f"?{rest}" if rest else ""), quote=True)
    page = (
        f'<!doctype html><html lang="en"><title>NeuroX</title>'
        f'<noscript><meta http-equiv="refresh" content="0;url={target}"></noscript>'
        f'<a href="{target}">Open NeuroX</a><script>{_GO_ON}</script></html>'
    )
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": _WELCOME_POLICY}
    response = Response(page, mimetype="text/html", headers=headers)
    response.set_cookie(
        COOKIE, cookie_value(token), httponly=True, samesite="Strict", secure=request.is_secure,
        max_age=30 * 24 * 3600,
    )  # fmt: skip
    return response
