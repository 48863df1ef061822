"""Project files, and the endpoints that tell what there is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from neurox_core.errors import InvalidInputError
from neurox_server.contracts import Project, SentencePage
from neurox_server.projects import open_projects, read_project

from .conftest import PAIRS, Api

GOOD: dict[str, Any] = {"id": "mine", "title": "Mine", "models": ["lstm-a"], "corpus": "text.tsv"}


def written(folder: Path, values: Any) -> Path:
    """A project file."""
    path = folder / "project.yaml"
    path.write_text(values if isinstance(values, str) else yaml.safe_dump(values), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"titel": "x"}, ["titel", "Extra"]),
        ({"id": "My Project"}, ["id"]),
        ({"id": "../up"}, ["id"]),
        ({"models": []}, ["models"]),
        ({"models": ["a", "b/a"]}, ["'a'", "twice"]),
        ({"models": [{"name": "a/b"}]}, ["models.0"]),
        ({"default_model": "none"}, ["default_model", "'none'", "lstm-a"]),
        ({"notes": [{"model": "none", "address": "x", "note": "y"}]}, ["notes[0].model", "'none'"]),
        ({"corpus": 7}, ["corpus"]),
        ({"title": None}, ["title"]),
    ],
)
def test_a_wrong_key_is_named_with_its_file(
    tmp_path: Path, change: dict[str, Any], words: list[str]
) -> None:
    path = written(tmp_path, GOOD | change)
    with pytest.raises(InvalidInputError) as caught:
        read_project(path)
    for word in [str(path), *words]:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    "text", ["a: [", "just words", "", "- 1\n- 2", "!!python/object:os.system {}"]
)
def test_files_that_hold_no_project(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(InvalidInputError, match=str(path)):
        read_project(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"none\.yaml"):
        read_project(tmp_path / "none.yaml")


def test_two_projects_of_one_id_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="'mine'"):
        open_projects([written(tmp_path, GOOD)] * 2)


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "networks" / "best").mkdir(parents=True)
    project = read_project(written(tmp_path, GOOD | {"models": ["networks/best", "lstm-a"]}))
    assert project.model_reference("best") == str(tmp_path / "networks" / "best")
    assert project.model_reference("lstm-a") == "lstm-a"
    assert project.corpus_reference == {"path": str(tmp_path / "text.tsv")}


def test_the_shipped_project_file_is_right() -> None:
    project = open_projects([]).first
    assert project.id == "demo"
    assert project.default_model in project.models
    assert project.corpus_reference == {"demo": True}


def test_project(reader: Api) -> None:
    assert [p["id"] for p in reader.get("/projects")["projects"]] == ["tiny"]
    found = Project.model_validate(reader.get("/projects/tiny"))
    assert [(m.name, m.title, m.family) for m in found.models] == [
        ("lstm", "An LSTM", "recurrent"), ("marian", "marian", "huggingface"),
    ]  # fmt: skip
    hidden = next(x for x in found.models[0].layers if x.address == "encoder.1.rnn_hidden")
    assert (hidden.stack, hidden.layer, hidden.width) == ("encoder", 1, 16)
    assert hidden.scopes == ["output", "recurrence"]
    assert {(p.name, p.sentences) for p in found.corpus.parts} == {("everyday", 4), ("natural", 4)}
    assert found.corpus.sentences == len(PAIRS)
    assert {"upos", "Tense", "position"} <= set(found.corpus.labels)
    assert found.default_model == "lstm"
    assert found.notes[0].address == "encoder.1.rnn_hidden[3]"
    assert "variance" in {r.name for r in found.rankings}


def test_sentences(reader: Api) -> None:
    page = SentencePage.model_validate(reader.get("/projects/tiny/sentences?limit=3"))
    assert (page.total, page.offset, [s.index for s in page.sentences]) == (8, 0, [0, 1, 2])
    first = page.sentences[0]
    assert (first.source.text, first.reference.text, first.part) == (
        "He left.",
        "Il est parti.",
        "everyday",
    )
    assert first.source.words == ["He", "left", "."]
    assert first.source.spaces == [False, True, False]
    assert len(first.source.pieces) == len(first.source.piece_words)
    assert first.source.piece_words[-1] == -1
    assert first.source_labels["upos"] == ["PRON", "VERB", "PUNCT"]
    assert first.source_labels["Tense"] == ["", "Past", ""]
    assert first.source_labels["position"] == ["0", "1", "2"]
    assert first.columns == {"part": "everyday"}


@pytest.mark.parametrize(
    ("query", "total", "indices"),
    [
        ("offset=6&limit=5", 8, [6, 7]),
        ("offset=100", 8, []),
        ("part=natural&limit=2", 4, [4, 5]),
        ("query=TOWN", 2, [5, 7]),
        ("query=maison", 2, [3, 4]),
        ("query=TOWN&part=natural&offset=1", 2, [7]),
        ("query=zebra", 0, []),
        ("query=%00", 0, []),
    ],
)
def test_windows(reader: Api, query: str, total: int, indices: list[int]) -> None:
    page = reader.get(f"/projects/tiny/sentences?{query}")
    assert (page["total"], [s["index"] for s in page["sentences"]]) == (total, indices)


def test_pieces_are_those_of_the_model_asked_for(reader: Api) -> None:
    pages = [reader.get(f"/projects/tiny/sentences?limit=1&model={m}") for m in ("lstm", "marian")]
    assert all(p["sentences"][0]["source"]["pieces"] for p in pages)


def test_a_missing_model_folder_is_told_and_the_rest_goes_on(
    serve: Any, settings: Any, tmp_path: Path, project_file: Path
) -> None:
    from dataclasses import replace

    values = yaml.safe_load(project_file.read_text(encoding="utf-8"))
    folder = project_file.parent
    changes = {
        "id": "broken",
        "models": [
            {"name": "gone", "path": str(tmp_path / "gone")},
            {"name": "lstm", "path": str(folder / "lstm")},
        ],
        "corpus": str(folder / "text.tsv"), "notes": [],
    }  # fmt: skip
    app = serve(replace(settings, projects=(written(tmp_path, values | changes),)))
    api = Api(app.test_client())
    found = Project.model_validate(api.get("/projects/broken"))
    assert [m.name for m in found.models] == ["lstm"] and found.default_model == "lstm"
    assert "'gone'" in found.warnings[0] and str(tmp_path / "gone") in found.warnings[0]
    body = {"project": "broken", "model": "lstm", "texts": ["He left."]}
    assert api.post("/projects/broken/translate", body)["items"]
    error = api.post("/projects/broken/translate", body | {"model": "gone"}, 409)["error"]
    assert error["code"] == "model_load" and str(tmp_path / "gone") in error["message"]


def test_a_project_none_of_whose_models_can_be_opened(
    serve: Any, settings: Any, tmp_path: Path, project_file: Path
) -> None:
    from dataclasses import replace

    values = GOOD | {
        "models": [str(tmp_path / "gone")],
        "corpus": str(project_file.parent / "text.tsv"),
    }
    api = Api(serve(replace(settings, projects=(written(tmp_path, values),))).test_client())
    assert api.get("/projects/mine", 409)["error"]["code"] == "model_load"
    assert api.get("/projects")["projects"]
