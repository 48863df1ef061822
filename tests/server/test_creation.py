"""Projects made on the page: models are checked, text is taken, a restart finds them again."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from neurox_server import creation
from neurox_server.settings import Settings

from .conftest import Api

TEXT = "He left.\tIl est parti.\nThe men are here.\tLes hommes sont ici.\n"


@pytest.fixture
def model(recurrent_folder: Path) -> str:
    """A folder of a model."""
    return str(recurrent_folder.resolve())


def test_a_project_is_made_opened_found_again_and_deleted(
    api: Api, model: str, settings: Settings, serve: Callable[..., Flask]
) -> None:
    body = {"title": "Über my <b>text</b>", "models": [model], "sources": TEXT}
    made = api.post("/projects", body, 201)
    assert made["id"] == "uber-my-b-text-b" and made["title"] == body["title"]
    shown = api.get(f"/projects/{made['id']}")
    assert [m["name"] for m in shown["models"]] == [Path(model).name]
    page = api.get(f"/projects/{made['id']}/sentences?limit=5")
    assert [s["source"]["text"] for s in page["sentences"]] == ["He left.", "The men are here."]
    assert page["sentences"][1]["reference"]["text"] == "Les hommes sont ici."
    name = Path(model).name
    answer = api.post(f"/projects/{made['id']}/translate", {
        "project": made["id"], "model": name, "texts": ["He left."], "request": 1, "settings": [],
    })  # fmt: skip
    assert answer["items"][0]["baseline"]["view"]["words"]
    second = api.post("/projects", body, 201)
    assert second["id"] == "uber-my-b-text-b-2"

    again = Api(serve().test_client())
    ids = [p["id"] for p in again.get("/projects")["projects"]]
    assert ids == ["tiny", made["id"], second["id"]]
    assert again.client.delete(f"/api/v1/projects/{made['id']}").status_code == 200
    assert again.get(f"/projects/{made['id']}", 404)["error"]["code"] == "unknown_name"
    assert not (settings.workspace / "projects" / made["id"]).exists()
    assert again.client.delete("/api/v1/projects/tiny").status_code == 403


def test_a_table_with_a_header_keeps_its_columns(api: Api, model: str) -> None:
    text = "source\tkind\nHe left.\tshort\nThe men are here.\tlong\n"
    made = api.post("/projects", {"title": "a", "models": [model], "sources": text}, 201)
    project = api.get(f"/projects/{made['id']}")
    assert project["corpus"]["columns"] == ["kind"] and project["corpus"]["sentences"] == 2
    found = api.get(f"/projects/{made['id']}/sentences?limit=2")["sentences"]
    assert [s["columns"]["kind"] for s in found] == ["short", "long"]


def test_references_may_stand_beside_and_a_text_may_have_none(api: Api, model: str) -> None:
    left, right = "One.\nTwo.", "Un.\nDeux."
    made = api.post("/projects", {"title": "a", "models": [model], "sources": left,
                                  "references": right}, 201)  # fmt: skip
    found = api.get(f"/projects/{made['id']}/sentences?limit=2")["sentences"]
    assert [s["reference"]["text"] for s in found] == ["Un.", "Deux."]
    made = api.post("/projects", {"title": "b", "models": [model], "sources": left}, 201)
    found = api.get(f"/projects/{made['id']}/sentences?limit=2")["sentences"]
    assert [s["reference"]["text"] for s in found] == ["One.", "Two."]


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"sources": "a\nb", "references": "c"}, 422, "2 sentences and 1 references"),
        ({"sources": "a\tb\nc"}, 422, "Line 2: the reference is empty"),
        ({"sources": "\n\n"}, 422, "empty"),
        ({"sources": "source\tkind\na\tx\nb"}, 422, "The text, line 3: 1 columns where there"),
        ({"models": ["no-such-model"]}, 404, "no-such-model"),
        ({"models": []}, 422, "models"),
        ({"title": ""}, 422, "title"),
        ({"title": "a\0b"}, 422, "null character"),
    ],
)
def test_what_is_wrong_is_told_and_leaves_nothing(
    api: Api, model: str, settings: Settings, change: dict[str, Any], status: int, said: str
) -> None:
    body = {"title": "t", "models": [model], "sources": TEXT, **change}
    assert said in str(api.post("/projects", body, status)["error"])
    folder = settings.workspace / "projects"
    assert not folder.exists() or not list(folder.iterdir())
    assert [p["id"] for p in api.get("/projects")["projects"]] == ["tiny"]


def test_a_project_that_cannot_be_written_is_told(
    api: Api, model: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(self: Path, *_: Any, **__: Any) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))

    with monkeypatch.context() as patched:
        patched.setattr(creation.Path, "write_text", fails)
        body = {"title": "t", "models": [model], "sources": TEXT}
        error = api.post("/projects", body, 409)["error"]
    assert "cannot be written (Permission denied)" in error["message"]
    assert "room" not in error["message"] and "--workspace" in error["message"]
    assert not list((settings.workspace / "projects").iterdir())


def test_a_server_for_others_makes_none_unless_told(
    settings: Settings, serve: Callable[..., Flask], model: str
) -> None:
    closed = Api(serve(replace(settings, new_projects=False)).test_client())
    assert closed.get("/projects")["new"] is False
    body = {"title": "t", "models": [model], "sources": TEXT}
    assert "--new-projects" in closed.post("/projects", body, 403)["error"]["message"]
    assert closed.post("/check", {"model": model}, 403)["error"]["code"] == "forbidden"


def test_a_model_is_checked_before_it_is_added(api: Api, model: str) -> None:
    job = api.post("/check", {"model": model}, 202)
    found = api.wait(job["id"])
    assert found["state"] == "done", found["error"]
    report = found["result"]
    assert report["ok"] and report["task"] == "translation"
    assert {s["name"] for s in report["stacks"]} == {"encoder", "decoder"}
    assert all(law["state"] in ("holds", "not judged") for law in report["laws"])
    assert "no-such" in str(api.post("/check", {"model": "no-such"}, 404)["error"])


def test_a_text_that_a_model_cannot_take_is_told_while_it_can_be_changed(
    api: Api, model: str, settings: Settings
) -> None:
    long = "He left. " * 300
    lines = ["He left.\tIl est parti.", f"{long}\tIl est parti.", f"He left.\t{long}"]
    body = {"title": "t", "models": [model], "sources": "\n".join(lines)}
    error = api.post("/projects", body, 422)["error"]
    assert error["code"] == "text_too_long"
    assert "1 of 3 sources has more than" in error["message"] and "line 2 has" in error["message"]
    assert "1 of 3 references has" in error["message"] and "line 3 has" in error["message"]
    assert [p["id"] for p in api.get("/projects")["projects"]] == ["tiny"]
    # Without references there is nothing for the decoder to read.
    body["sources"] = f"He left.\n{long}"
    assert "references" not in api.post("/projects", body, 422)["error"]["message"]
    body["sources"] = "He left.\nShe reads.\n"
    api.post("/projects", body, 201)
