"""What a browser is shown when something is refused: a small page that says what to do.

Programs get the error as JSON (:mod:`.errors`); a browser says that it wants ``text/html``. The
page holds everything that it needs, since whoever lacks the token is sent no other file, and runs
no script. A form without an action goes to the address of the page, and keeps what stands behind
its hash, where a long view does.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape

from flask import Request

from .contracts import ErrorBody

_STYLE = (
    ":root{color-scheme:light dark}"
    "body{margin:15vh auto 0;padding:0 16px;max-width:560px;font:15px/1.5 system-ui,sans-serif;"
    "color:light-dark(#1a1d24,#e7e9ee);background:light-dark(#eef0f4,#0e1015)}"
    "h1{font-size:20px}form{display:flex;flex-wrap:wrap;gap:8px;align-items:end}"
    "label{flex:1 1 260px;display:grid;gap:4px}input,button{font:inherit;padding:6px 10px}"
    "code{font-size:13px;overflow-wrap:anywhere}"
)
POLICY = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'"
    "; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_WHERE = (
    "<p>The address with the token was printed where the server was started, in the line "
    "<code>Open http://…/?token=… in a browser</code>. Open that address, or ask whoever runs the "
    "server for it. The token, or the whole address, can also be given here:</p>"
)
_FIELD = (
    '<label>Access token<input type="password" name="token" required autofocus '
    'autocomplete="current-password"></label><button>Open NeuroX</button>'
)


def wants_page(asked: Request) -> bool:
    """Whether a browser asks, on behalf of a person who will read the answer."""
    return any(kind == "text/html" for kind, _ in asked.accept_mimetypes)


def page(body: ErrorBody, asked: Request) -> str:
    """An error as a page; one without a token has a field for it."""
    if body.status == 401:
        title = "This server needs its access token"
        if asked.args.get("token") is not None:
            title = "That is not the access token of this server"
        rest = "".join(
            f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
            for name, value in asked.args.items(multi=True)
            if name != "token"
        )
        told = f"{_WHERE}<form>{rest}{_FIELD}</form>"
    else:
        title = "NeuroX cannot show this"
        told = f"<p>{escape(body.error.message)}</p>"
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title} – NeuroX</title>'
        f"<style>{_STYLE}</style><main><h1>{title}</h1>{told}</main></html>"
    )
