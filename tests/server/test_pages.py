"""The page at every address, its files, and how long a browser keeps them."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from neurox_server.settings import Settings

ASSET = "/assets/index-1a2b3c4d.js"


@pytest.mark.parametrize("path", ["/", "/tiny", "/tiny/neurons/5", "/?project=tiny"])
def test_the_page_is_everywhere(shared: Flask, path: str) -> None:
    answer = shared.test_client().get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "text/html" and "NeuroX" in answer.text
    assert answer.headers["Cache-Control"] == "no-cache"


def test_hashed_files_are_kept_for_ever(shared: Flask) -> None:
    answer = shared.test_client().get(ASSET)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.mimetype in ("text/javascript", "application/javascript")


def test_text_is_compressed_for_those_who_can_read_it(shared: Flask) -> None:
    client = shared.test_client()
    plain = client.get(ASSET)
    packed = client.get(ASSET, headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data)
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
    assert plain.headers["ETag"] != packed.headers["ETag"]


def test_an_unchanged_page_is_not_sent_again(shared: Flask) -> None:
    client = shared.test_client()
    tag = client.get("/").headers["ETag"]
    assert client.get("/", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        "/assets/none.js",
        "/../settings.py",
        "/assets/..%2f..%2fproject%2ftiny.yaml",
        "/.env",
        "/a\0.js",
    ],
)
def test_files_that_are_not_of_the_page(shared: Flask, path: str) -> None:
    answer = shared.test_client().get(path)
    assert answer.status_code == 404 and answer.is_json


def test_without_a_built_page_the_interface_still_answers(
    serve: Callable[..., Flask], settings: Settings, tmp_path: Path
) -> None:
    client = serve(replace(settings, static=tmp_path / "none")).test_client()
    answer = client.get("/")
    assert answer.status_code == 404 and "make client" in answer.get_json()["error"]["message"]
    assert client.get("/api/v1/projects").status_code == 200
