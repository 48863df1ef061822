"""Who may ask: host names, origins, tokens, cookies; and what a page may load."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

import pytest
from flask import Flask

from neurox_core.errors import InvalidInputError
from neurox_server.settings import Settings

TOKEN = "correct-horse-battery-staple"
PROJECTS = "/api/v1/projects"


@pytest.fixture
def guarded(serve: Callable[..., Flask], settings: Settings) -> Flask:
    """An application that other machines can reach."""
    return serve(replace(settings, host="0.0.0.0", token=TOKEN))


def test_a_token_is_made_up_where_one_is_needed(settings: Settings) -> None:
    assert settings.token is None
    first, second = (replace(settings, host="0.0.0.0").token for _ in range(2))
    assert first and second and first != second and len(first) >= 32


@pytest.mark.parametrize(
    "change", [{"token": "short"}, {"port": 70000}, {"threads": 0}, {"idle_seconds": 0}]
)
def test_settings_that_cannot_be(settings: Settings, change: dict[str, object]) -> None:
    with pytest.raises(InvalidInputError):
        replace(settings, **change)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "path", ["/", "/assets/index-1a2b3c4d.js", PROJECTS, "/openapi.json", "/any/page"]
)
def test_nothing_without_the_token(guarded: Flask, path: str) -> None:
    answer = guarded.test_client().get(path)
    assert answer.status_code == 401
    assert answer.get_json()["error"]["code"] == "unauthorized"


BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.mark.parametrize("path", ["/", "/?project=tiny", "/any/page", PROJECTS])
def test_a_browser_without_the_token_is_told_what_to_do(guarded: Flask, path: str) -> None:
    answer = guarded.test_client().get(path, headers=BROWSER)
    assert answer.status_code == 401 and answer.mimetype == "text/html"
    assert "printed where the server was started" in answer.text
    assert 'name="token"' in answer.text and "<script" not in answer.text
    assert ('name="project" value="tiny"' in answer.text) == ("project=" in path)
    [style] = re.findall(r"<style>(.*?)</style>", answer.text)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in answer.headers["Content-Security-Policy"]
    assert "Accept" in answer.headers["Vary"]


def test_a_browser_with_a_wrong_token_is_told_so_and_nothing_of_it_is_repeated(
    guarded: Flask,
) -> None:
    answer = guarded.test_client().get('/?token=wrong&a="><b>&token="><b>', headers=BROWSER)
    assert answer.status_code == 401 and "That is not the access token" in answer.text
    assert "wrong" not in answer.text and "<b>" not in answer.text


@pytest.mark.parametrize("written", [f" {TOKEN} ", f"http://lab:7117/?token={TOKEN}"])
def test_the_field_takes_the_token_or_the_address(guarded: Flask, written: str) -> None:
    client = guarded.test_client()
    answer = client.get("/", query_string={"token": written, "project": "tiny"}, headers=BROWSER)
    assert answer.status_code == 200 and 'url=/?project=tiny"' in answer.text
    assert client.get(PROJECTS).status_code == 200


def test_a_browser_reads_other_refusals_as_a_page_too(shared: Flask) -> None:
    answer = shared.test_client().get("/", headers={"Host": "<b>.example", **BROWSER})
    assert answer.status_code == 403 and "does not answer to the name" in answer.text
    assert "<b>" not in answer.text


def test_health_needs_no_token(guarded: Flask) -> None:
    assert guarded.test_client().get("/healthz").get_json()["status"] == "ok"


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (f"Bearer {TOKEN}", 200), (f"bearer {TOKEN}", 200), (f"Bearer {TOKEN}x", 401),
        (f"Basic {TOKEN}", 401), ("Bearer ", 401), (TOKEN, 401),
    ],
)  # fmt: skip
def test_bearer(guarded: Flask, header: str, status: int) -> None:
    answer = guarded.test_client().get(PROJECTS, headers={"Authorization": header})
    assert answer.status_code == status


def test_the_address_sets_a_cookie_once_and_is_cleaned(guarded: Flask) -> None:
    client = guarded.test_client()
    answer = client.get(f"/?token={TOKEN}&project=tiny")
    assert answer.status_code == 200
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
    assert TOKEN not in cookie and TOKEN not in answer.text
    assert 'url=/?project=tiny"' in answer.text
    assert client.get(PROJECTS).status_code == 200
    assert client.get("/").status_code == 200
    assert guarded.test_client().get(PROJECTS).status_code == 401


def test_a_wrong_token_in_the_address(guarded: Flask) -> None:
    answer = guarded.test_client().get("/?token=wrong")
    assert answer.status_code == 401 and "Set-Cookie" not in answer.headers


def test_the_page_that_cleans_the_address_escapes_it(guarded: Flask) -> None:
    answer = guarded.test_client().get(f'/"><script>alert(1)</script>?token={TOKEN}&a="><b>')
    assert "<script>alert" not in answer.text and "<b>" not in answer.text


def test_the_page_that_cleans_the_address_keeps_what_stands_behind_a_hash(guarded: Flask) -> None:
    """A long view does; only a script can carry it on, and that one alone may run there."""
    answer = guarded.test_client().get(f"/?token={TOKEN}")
    [script] = re.findall(r"<script>(.*?)</script>", answer.text)
    assert "hash = location.hash" in script
    digest = b64encode(sha256(script.encode()).digest()).decode()
    policy = answer.headers["Content-Security-Policy"]
    assert f"script-src 'sha256-{digest}';" in policy and "default-src 'none'" in policy


@pytest.mark.parametrize(
    ("host", "status"),
    [("localhost:7117", 200), ("127.0.0.1", 200), ("[::1]:7117", 200), ("evil.example", 403),
     ("127.0.0.1.evil.example", 403), ("", 403)],
)  # fmt: skip
def test_names_of_a_server_without_a_token(shared: Flask, host: str, status: int) -> None:
    assert shared.test_client().get(PROJECTS, headers={"Host": host}).status_code == status


def test_names_can_be_allowed(serve: Callable[..., Flask], settings: Settings) -> None:
    app = serve(replace(settings, allowed_hosts=("lab.example",)))
    assert app.test_client().get(PROJECTS, headers={"Host": "lab.example"}).status_code == 200


@pytest.mark.parametrize(
    ("origin", "status"),
    [(None, 200), ("http://localhost", 200), ("http://evil.example", 403), ("null", 403),
     ("http://localhost:8080", 403)],
)  # fmt: skip
def test_pages_of_other_origins_change_nothing(
    shared: Flask, origin: str | None, status: int
) -> None:
    answer = shared.test_client().post(
        f"{PROJECTS}/tiny/translate",
        json={"project": "tiny", "model": "lstm", "texts": ["He left."]},
        headers={} if origin is None else {"Origin": origin},
    )
    assert answer.status_code == status
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/healthz", "/api/v1/nothing", "/assets/index-1a2b3c4d.js"])
def test_every_answer_is_protected(shared: Flask, path: str) -> None:
    headers = shared.test_client().get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy and "unsafe" not in policy
    assert "http" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
