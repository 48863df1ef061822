"""A server on a tiny project: random models, a corpus of eight sentences, jobs in a thread."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient

from neurox_core.engine.threads import ThreadEngine
from neurox_server.app import close, create_app
from neurox_server.settings import Settings

API = "/api/v1"
PAIRS = [
    ("everyday", "He left.", "Il est parti."),
    ("everyday", "She reads a book in the garden.", "Elle lit un livre dans le jardin."),
    ("everyday", "The men are here.", "Les hommes sont ici."),
    ("everyday", "They were not at home yesterday.", "Ils étaient à la maison hier."),
    ("natural", "The woman sees the two old houses.", "La femme voit les deux vieilles maisons."),
    ("natural", "He left the town.", "Il a quitté la ville."),
    ("natural", "I do not know why.", "Je ne sais pas pourquoi."),
    ("natural", "The two men see the town.", "Les deux hommes voient la ville."),
]
ANNOTATION = """\
# sent_id = 0
1\tHe\the\tPRON\t_\tGender=Masc|Number=Sing\t_\t_\t_\t_
2\tleft\tleave\tVERB\t_\tTense=Past\t_\t_\t_\t_
3\t.\t.\tPUNCT\t_\t_\t_\t_\t_\t_

"""


@dataclass
class Api:
    """A client that speaks JSON and waits for jobs."""

    client: FlaskClient

    def get(self, path: str, status: int = 200) -> Any:
        """GET a JSON document."""
        answer = self.client.get(API + path)
        assert answer.status_code == status, answer.text
        return answer.get_json()

    def post(self, path: str, body: Any, status: int = 200) -> Any:
        """POST a JSON document."""
        answer = self.client.post(API + path, json=body)
        assert answer.status_code == status, answer.text
        return answer.get_json()

    def wait(self, job: str, *states: str, seconds: float = 60) -> dict[str, Any]:
        """Wait until a job is in one of the states (at its end if none is given)."""
        wanted = states or ("done", "failed", "cancelled")
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found: dict[str, Any] = self.get(f"/jobs/{job}")
            if found["state"] in wanted:
                return found
            time.sleep(0.02)
        raise AssertionError(f"job {job} is still {found['state']}, not {wanted}")

    def extracted(self, project: str = "tiny", model: str = "lstm") -> dict[str, Any]:
        """Record activations and wait for it."""
        job = self.post(f"/projects/{project}/extract", {"model": model}, 202)
        return self.wait(job["id"])


@pytest.fixture(scope="session")
def project_file(
    recurrent_folder: Path, marian_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A project of two models and one annotated corpus; paths are relative to the file."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "lstm").symlink_to(recurrent_folder)
    (folder / "marian").symlink_to(marian_folder)
    lines = ["source\treference\tpart", *(f"{s}\t{r}\t{p}" for p, s, r in PAIRS)]
    (folder / "text.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "text.source.conllu").write_text(ANNOTATION, encoding="utf-8")
    values = {
        "id": "tiny", "title": "Tiny", "description": "Two random models.",
        "models": [{"name": "lstm", "title": "An LSTM"}, "marian"], "corpus": "text.tsv",
        "notes": [{"model": "lstm", "address": "encoder.1.rnn_hidden[3]", "note": "Look."}],
    }  # fmt: skip
    path = folder / "tiny.yaml"
    path.write_text(yaml.safe_dump(values), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def static(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built client."""
    folder = tmp_path_factory.mktemp("client") / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>NeuroX</title>" + " " * 2000)
    (folder / "assets" / "index-1a2b3c4d.js").write_text("console.log('page');" * 200)
    return folder


@pytest.fixture
def settings(project_file: Path, static: Path, tmp_path: Path) -> Settings:
    """Of a server that starts nothing by itself."""
    return Settings(
        projects=(project_file,),
        workspace=tmp_path / "workspace",
        static=static,
        auto_extract=False,
    )


@pytest.fixture
def serve(settings: Settings) -> Iterator[Callable[..., Flask]]:
    """Makes applications of their own, with jobs in a thread, and closes them."""
    made: list[Flask] = []

    def make(own: Settings = settings, engine: Any = None) -> Flask:
        app = create_app(own, engine or ThreadEngine())
        made.append(app)
        return app

    yield make
    for app in made:
        close(app)


def _application(project_file: Path, static: Path, workspace: Path) -> Iterator[Flask]:
    own = Settings(projects=(project_file,), workspace=workspace, static=static, auto_extract=False)
    app = create_app(own, ThreadEngine())
    yield app
    close(app)


@pytest.fixture(scope="session")
def shared(
    project_file: Path, static: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """One application for all tests that leave nothing behind."""
    yield from _application(project_file, static, tmp_path_factory.mktemp("workspace"))


@pytest.fixture(scope="module")
def served(
    project_file: Path, static: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """One of a file of tests that records activations: in `shared`, nothing is recorded."""
    yield from _application(project_file, static, tmp_path_factory.mktemp("workspace"))


@pytest.fixture
def reader(shared: Flask) -> Api:
    """A client of the shared application."""
    return Api(shared.test_client())


@pytest.fixture
def app(serve: Callable[..., Flask]) -> Flask:
    """An application of the test's own."""
    return serve()


@pytest.fixture
def api(app: Flask) -> Api:
    """A client of it."""
    return Api(app.test_client())
