"""Files of labels added on the page: checked, kept, used like an annotation, and taken away."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from neurox_server.contracts import AddedLabels, AddedLabelsList
from neurox_server.settings import Settings

from .conftest import API, PAIRS, Api

FILES = "/projects/tiny/label-files"
SOURCES = [source for _, source, _ in PAIRS]
CUT = [source.replace(".", " .") for source in SOURCES]
NER = "\n".join(" ".join("WORD" if w.isalpha() else "DOT" for w in line.split()) for line in CUT)
TABLE = "word\tshape\n" + "\n\n".join(
    "\n".join(f"{w}\t{'long' if len(w) > 3 else 'short'}" for w in line.split()) for line in CUT
)
CONLLU = "".join(
    f"# sent_id = {i}\n"
    + "".join(
        f"{k}\t{w}\t_\tX\t_\tSize={len(w)}\t_\t_\t_\t_\n" for k, w in enumerate(line.split(), 1)
    )
    + "\n"
    for i, line in enumerate(CUT)
)  # fmt: skip


def body(form: str, content: str, name: str = "mine", **more: Any) -> dict[str, Any]:
    return {"form": form, "name": name, "content": content, "file": f"{name}.txt", **more}


def classes(api: Api, name: str, side: str = "source") -> dict[str, int]:
    said = api.post("/projects/tiny/labels", {"name": name, "side": side})
    return {c["name"]: c["words"] for c in said["classes"]}


def test_every_form_is_taken_and_labels_the_words(api: Api) -> None:
    pairs = body("pairs", NER, "ner", words="\n".join(CUT), words_file="words.txt")
    added = [
        AddedLabels.model_validate(api.post(FILES, one, 201))
        for one in (
            pairs, body("table", TABLE, "t"), body("conllu", CONLLU, "again"),
            body("words", "\ufefftown\nhe\nnever\r\n", "places"),
            body("words", "ville\tplace\nil\tperson\n", "sorts", side="reference"),
        )
    ]  # fmt: skip
    # The corpus has upos of its own, so that of the file is told apart by the file's name.
    assert [one.labels for one in added] == [
        ["ner"], ["shape"], ["Size", "again/upos"], ["places"], ["sorts"],
    ]  # fmt: skip
    assert classes(api, "ner")["DOT"] == 8
    assert set(classes(api, "shape")) == {"long", "short"}
    assert classes(api, "again/upos") == {"X": added[2].words} and "PRON" in classes(api, "upos")
    assert classes(api, "places")["listed"] == 4  # He twice, town twice
    assert classes(api, "sorts", "reference") == {"person": 2, "place": 2}
    listed = {one["name"]: one for one in api.get("/projects/tiny/labels")["labels"]}
    assert listed["ner"]["kind"] == "annotation"
    assert listed["ner"]["summary"] == "ner of the word, from the file ner.txt."
    assert listed["again/upos"]["summary"] == "again/upos of the word, from the file again.txt."
    assert listed["upos"]["summary"] == "upos of the word, from the annotation beside the text."
    assert "sorts" in api.get("/projects/tiny")["corpus"]["labels"]


def test_what_was_added_survives_a_restart_and_can_be_removed(
    api: Api, serve: Callable[..., Flask], settings: Settings
) -> None:
    made = api.post(FILES, body("words", "town", "places"), 201)
    again = Api(serve().test_client())
    (found,) = AddedLabelsList.model_validate(again.get(FILES)).files
    assert found == AddedLabels.model_validate(made) and classes(again, "places")["listed"] == 2
    assert again.client.delete(f"{API}{FILES}/{made['id']}").status_code == 200
    assert again.get(FILES)["files"] == []
    again.post("/projects/tiny/labels", {"name": "places"}, 404)
    assert again.client.delete(f"{API}{FILES}/{made['id']}").status_code == 404
    assert not list((settings.workspace / "labels").rglob("*.json"))


@pytest.mark.parametrize("given", [body("table", TABLE, "t"), body("conllu", CONLLU, "again")])
def test_a_file_that_comes_twice_is_refused(api: Api, given: dict[str, Any]) -> None:
    api.post(FILES, given, 201)
    assert "added already" in api.post(FILES, given, 422)["error"]["message"]
    assert len(api.get(FILES)["files"]) == 1


def test_a_ranking_is_made_by_an_added_label(api: Api) -> None:
    api.extracted()
    api.post(FILES, body("words", "town\nmen\nhe", "places"), 201)
    asked = {"model": "lstm", "method": "probeless", "label": {"name": "places"}}
    job = api.wait(api.post("/projects/tiny/rankings", asked, 202)["id"])
    assert job["state"] == "done", job
    info = api.post("/projects/tiny/rankings", asked)
    assert {part["label"] for part in info["labels"]} == {"listed", "other"}


def test_another_file_of_the_same_name_makes_another_ranking(api: Api) -> None:
    api.extracted()
    asked = {"model": "lstm", "method": "probeless", "label": {"name": "places"}}
    made = []
    for words in ("town\nmen\nhe", "see\nare\nthe"):
        added = api.post(FILES, body("words", words, "places"), 201)
        job = api.wait(api.post("/projects/tiny/rankings", asked, 202)["id"])
        made.append(job["result"]["ranking"])
        api.client.delete(f"{API}{FILES}/{added['id']}")
    assert made[0] != made[1]


def test_slices_are_those_of_the_file_that_is_there_now(api: Api) -> None:
    """The second file has another word for the same label, in other sentences."""
    asked = {"model": "lstm", "label": {"name": "kind"}, "least": 1}
    api.wait(api.post("/projects/tiny/score", {"model": "lstm", "interventions": []}, 202)["id"])
    found = []
    for word in ("town", "the"):
        added = api.post(FILES, body("words", f"{word}\tplace\n", "kind"), 201)
        found.append(api.post("/projects/tiny/slices", asked)["slices"][0])
        assert found[-1]["name"] == "place"
        assert api.client.delete(f"{API}{FILES}/{added['id']}").status_code in (200, 204)
    holding = [
        sum(w in f" {s.lower().replace('.', ' ')}" for s in SOURCES) for w in (" town ", " the ")
    ]
    assert [one["sentences"] for one in found] == holding and len(set(holding)) == 2


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (body("conllu", CONLLU.replace("\tX\t", "\t", 1)), "mine.txt, line 2: 9 columns"),
        (body("table", TABLE.replace("He\t", "She\t", 1)), "mine.txt, line 2: 'She' is not the"),
        (body("table", "form\tner\nHe\tX"), "mine.txt, line 1: the first line names the columns"),
        (body("pairs", NER), "mine.txt, line 1: 3 labels for 2 words; give the words in a file"),
        (body("pairs", "A B"), "mine.txt has 1 lines; the corpus has 8 sentences"),
        (body("words", "he\nold town"), "mine.txt, line 2: 'old town' is more than one word"),
        (body("words", "he\tA\nHE\tB"), "mine.txt, line 2: 'HE' is 'B', and 'A' in line 1"),
        (body("words", "he\tA\nshe"), "mine.txt, line 2: give one word a line"),
        (body("words", "zebra"), "none of the 1 words occurs"),
        (body("words", "\n \n"), "holds no word"),
        (body("words", "he", "upos"), "There is a label 'upos' already"),
        (body("words", "he", "part"), "There is a label 'part' already"),
        (body("words", "he", "capitalisation"), "There is a label 'capitalisation' already"),
        (body("words", "he", "a.b"), "cannot be a label's name"),
        (body("words", "he\0she"), "null"),
        (body("words", "he", "a\nb"), "no line breaks"),
        (body("words", "x" * 10_000_001), "at most 10000000"),
    ],
)
def test_a_file_that_does_not_fit_is_told_and_not_kept(
    api: Api, settings: Settings, given: dict[str, Any], said: str
) -> None:
    error = api.post(FILES, given, 422)["error"]
    assert said in error["message"] and str(settings.workspace) not in error["message"]
    assert api.get(FILES)["files"] == []


def test_a_long_file_is_taken_and_one_too_long_is_told(api: Api) -> None:
    lines = "he\n" + "".join(f"w{i}\n" for i in range(400_000))
    assert len(lines) > 2 * 1024 * 1024
    api.post(FILES, body("words", lines), 201)
    answer = api.client.post(
        API + FILES, data=b"x", content_type="application/json",
        environ_overrides={"CONTENT_LENGTH": str(10**9)},
    )  # fmt: skip
    assert answer.status_code == 413
    assert "larger than 67 MB" in answer.get_json()["error"]["message"]


def test_no_name_of_a_request_becomes_a_path(api: Api, settings: Settings) -> None:
    given = body("words", "he", file="../../outside.txt")
    made = api.post(FILES, given, 201)
    assert made["file"] == "../../outside.txt"
    (kept,) = settings.workspace.rglob("labels/**/*.json")
    assert kept == settings.workspace / "labels" / "tiny" / f"{made['id']}.json"
    assert not list(Path(settings.workspace).parent.glob("outside*"))
    api.client.delete(f"{API}{FILES}/..%2f..%2frecords")
    assert kept.is_file()


def test_a_kept_file_that_fits_no_longer_is_left_out_and_says_why(
    api: Api, serve: Callable[..., Flask], settings: Settings
) -> None:
    made = api.post(FILES, body("pairs", NER, "ner", words="\n".join(CUT)), 201)
    path = settings.workspace / "labels" / "tiny" / f"{made['id']}.json"
    values = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**values, "content": "DOT"}), encoding="utf-8")
    again = Api(serve().test_client())
    (found,) = again.get(FILES)["files"]
    assert "has 1 lines" in found["error"] and found["labels"] == []
    assert "upos" in again.get("/projects/tiny")["corpus"]["labels"]
    again.post("/projects/tiny/labels", {"name": "ner"}, 404)
