"""Every error has the one shape, names what is wrong, and leaves the server serving."""

from __future__ import annotations

import errno
import os
from typing import Any

import pytest
from flask import Flask

from neurox_server.contracts import ErrorBody

from .conftest import API, Api

TRANSLATE = f"{API}/projects/tiny/translate"


def body(**changes: Any) -> dict[str, Any]:
    """A request that is right but for `changes`."""
    return {"project": "tiny", "model": "lstm", "texts": ["He left."], **changes}


def checked(answer: Any, status: int, *words: str) -> ErrorBody:
    """The answer has the shape and says the words."""
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/json"
    found = ErrorBody.model_validate_json(answer.data)
    assert found.status == status
    for word in words:
        assert word in found.error.message, found.error.message
    return found


@pytest.mark.parametrize(
    ("method", "path", "status", "word"),
    [
        ("GET", "/api/v1/nothing", 404, "/openapi.json"),
        ("GET", "/api/v1/projects/none", 404, "'none'"),
        ("GET", "/api/v1/projects/..%2f..%2fetc", 404, "There is"),
        ("GET", "/api/v1/projects/tiny/sentences?limit=1000", 422, "limit"),
        ("GET", "/api/v1/projects/tiny/sentences?offset=-1", 422, "offset"),
        ("GET", "/api/v1/projects/tiny/sentences?ofset=1", 422, "ofset"),
        ("GET", "/api/v1/projects/tiny/sentences?part=none", 404, "'none'"),
        ("GET", "/api/v1/projects/tiny/sentences?model=none", 404, "'none'"),
        ("GET", "/api/v1/jobs/..%2f..%2frecords.sqlite", 404, "There is"),
        ("GET", "/api/v1/jobs/none", 404, "'none'"),
        ("DELETE", "/api/v1/jobs/none", 404, "'none'"),
        ("PUT", "/api/v1/projects", 405, ""),
        ("GET", "/api/v1/projects/tiny/rankings/none/order", 404, "'none'"),
        ("GET", "/api/v1/projects/tiny/rankings/none/export?format=xls", 422, "format"),
        (
            "GET",
            "/api/v1/projects/tiny/models/lstm/neurons/encoder.9.rnn_hidden[0]",
            404,
            "encoder.9",
        ),
        ("GET", "/api/v1/projects/tiny/models/lstm/neurons/nonsense", 422, "nonsense"),
        ("GET", "/assets/none.js", 404, "none.js"),
        ("GET", "/..%2f..%2ftiny.yaml", 404, ""),
    ],
)
def test_wrong_addresses(shared: Flask, method: str, path: str, status: int, word: str) -> None:
    checked(shared.test_client().open(path, method=method), status, word)


@pytest.mark.parametrize(
    ("values", "status", "words"),
    [
        (body(texts=[""]), 422, ["no text"]),
        (body(texts=["  \n "]), 422, ["no text"]),
        (body(texts=["word " * 2000]), 422, ["tokens", "takes at most"]),
        (body(texts=["word " * 10_000]), 422, ["body.texts[0]", "20000", "split it into"]),
        (body(texts=["a\0b"]), 422, ["null character", "place 1"]),
        (body(texts=[7]), 422, ["body.texts[0]"]),
        (body(texts="He left."), 422, ["body.texts"]),
        (body(texts=[]), 422, ["nothing to translate"]),
        (body(sentences=[8]), 422, ["no sentence 9 (index 8)", "8 sentences"]),
        (body(sentences=[-1]), 422, ["body.sentences[0]"]),
        (body(sentences=[0] * 51), 422, ["body.sentences"]),
        (body(beams=0), 422, ["body.beams"]),
        (body(beams=1.5), 422, ["body.beams"]),
        (body(model="gpt"), 404, ["'gpt'", "lstm, marian"]),
        (body(project="other"), 422, ["'other'"]),
        (body(beam=2), 422, ["body.beam"]),
        ({}, 422, ["body.project"]),
        ([], 422, ["body"]),
    ],
)
def test_wrong_translate_requests(
    shared: Flask, values: Any, status: int, words: list[str]
) -> None:
    client = shared.test_client()
    checked(client.post(TRANSLATE, json=values), status, *words)
    assert client.post(TRANSLATE, json=body()).status_code == 200


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"neurons": ["encoder.1.rnn_hidden[16]"]}, ["16 units", "0 to 15"]),
        ({"neurons": ["encoder.1.rnn_hiden[1]"]}, ["not a layer address"]),
        ({"neurons": ["encoder.1.ffn_act[1]"]}, ["encoder.1.ffn_act"]),
        ({"neurons": ["encoder.1.rnn_hidden[-1]"]}, ["not a neuron address"]),
        ({"neurons": [None]}, ["neurons[0]"]),
        ({"operation": "explode"}, ["operation", "'zero'"]),
        ({"value": 1e7}, ["value"]),
        ({"value": "NaN"}, ["value"]),
        ({"unit": "percent"}, ["unit"]),
        ({"operation": "add", "unit": "percentile", "value": 5}, ["percentile", "'set'"]),
        ({"positions": [-1]}, ["positions[0]"]),
        ({"operation": "mean"}, ["mean", "Record activations first"]),
    ],
)
def test_wrong_interventions(shared: Flask, change: dict[str, Any], words: list[str]) -> None:
    intervention = {"neurons": ["encoder.1.rnn_hidden[1]"], "operation": "zero", **change}
    values = body(settings=[{"interventions": [intervention]}])
    client = shared.test_client()
    answer = client.post(TRANSLATE, json=values)
    assert 400 <= answer.status_code < 500
    checked(answer, answer.status_code, *words)
    assert client.post(TRANSLATE, json=body()).status_code == 200


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_are_none(shared: Flask, number: str) -> None:
    text = (
        '{"project":"tiny","model":"lstm","texts":["He left."],"settings":[{"interventions":[{'
        f'"neurons":["encoder.1.rnn_hidden[1]"],"operation":"set","value":{number}}}]}}]}}'
    )
    answer = shared.test_client().post(TRANSLATE, data=text, content_type="application/json")
    assert answer.status_code in (400, 422)
    checked(answer, answer.status_code)


@pytest.mark.parametrize(
    "data", [b"", b"{", b"nul", b"{'a': 1}", b"\xff\xfe", b'{"project": "\\ud800"}', b"[" * 100_000]
)
def test_bodies_that_are_no_json(shared: Flask, data: bytes) -> None:
    answer = shared.test_client().post(TRANSLATE, data=data, content_type="application/json")
    assert checked(answer, 400).error.code == "malformed_json"


def test_a_body_of_another_type(shared: Flask) -> None:
    answer = shared.test_client().post(TRANSLATE, data={"project": "tiny"})
    checked(answer, 415, "application/json")


def test_a_huge_body(shared: Flask) -> None:
    data = b'{"texts": ["' + b"a" * (2 * 1024 * 1024) + b'"]}'
    client = shared.test_client()
    checked(client.post(TRANSLATE, data=data, content_type="application/json"), 413, "2 MB")
    assert client.get("/healthz").status_code == 200


def test_a_bug_is_a_500_that_tells_nothing_private(
    shared: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = shared.extensions["neurox"]

    def broken() -> None:
        raise RuntimeError("secret path /home/somebody")

    monkeypatch.setattr(type(services.jobs), "all", lambda self: broken())
    found = checked(shared.test_client().get(f"{API}/jobs"), 500, "log")
    assert "secret" not in found.error.message
    assert shared.test_client().get("/healthz").status_code == 200


@pytest.mark.parametrize(
    ("code", "said"), [(errno.ENOSPC, "Make room on its disk"), (errno.EROFS, "--workspace")]
)
def test_what_cannot_be_written_is_told_with_the_way_out(
    shared: Flask, monkeypatch: pytest.MonkeyPatch, code: int, said: str
) -> None:
    services = shared.extensions["neurox"]

    def fails(self: object) -> None:
        raise OSError(code, os.strerror(code), "/home/somebody/x")

    monkeypatch.setattr(type(services.jobs), "all", fails)
    found = checked(shared.test_client().get(f"{API}/jobs"), 409, said)
    assert os.strerror(code) in found.error.message and "somebody" not in found.error.message


def test_text_in_another_script_is_translated_with_a_warning(reader: Api) -> None:
    found = reader.post("/projects/tiny/translate", body(texts=["привет мир"]))
    assert "does not know" in found["items"][0]["warnings"][0]
    assert reader.post("/projects/tiny/translate", body())["items"][0]["warnings"] == []
