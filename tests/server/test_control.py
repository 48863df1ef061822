"""Control of a property, the gender experiment and smaller models over HTTP."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from flask import Flask

from neurox_core import load_model
from neurox_core.interventions import control
from neurox_core.interventions.bias import OCCUPATIONS, gender_bias
from neurox_server.settings import Settings
from tests.interventions.test_control import NUMBER, PAIRS

from .conftest import Api

ASKED = {
    "model": "lstm", "label": "Number", "values": ["Plur", "Sing"], "wanted": 1, "ks": [2, 6],
    "betas": [0, 4.5], "limit": 20,
}  # fmt: skip


@pytest.fixture(scope="module")
def many(recurrent_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose corpus has enough labelled words."""
    folder = tmp_path_factory.mktemp("many")
    (folder / "lstm").symlink_to(recurrent_folder)
    rows = [PAIRS[i % 5] for i in range(120)]
    text = "\n".join(["source\treference", *("\t".join(row) for row in rows)]) + "\n"
    (folder / "text.tsv").write_text(text, encoding="utf-8")
    values = {form: value for value, forms in NUMBER.items() for form in forms.split()}
    blocks = []
    for i, (_, reference) in enumerate(rows):
        lines = [f"# sent_id = {i}"]
        for j, word in enumerate(reference.replace(".", " .").split(), start=1):
            value = values.get(word.casefold())
            lines.append("\t".join([str(j), word, word, "X", "_",
                                    f"Number={value}" if value else "_", *["_"] * 4]))  # fmt: skip
        blocks.append("\n".join(lines) + "\n\n")
    (folder / "text.reference.conllu").write_text("".join(blocks), encoding="utf-8")
    path = folder / "many.yaml"
    values_ = {"id": "many", "title": "Many", "models": [{"name": "lstm"}], "corpus": "text.tsv"}
    path.write_text(yaml.safe_dump(values_), encoding="utf-8")
    return path


@pytest.fixture
def much(serve: Callable[..., Flask], many: Path, static: Path, tmp_path: Path) -> Api:
    """A client of a server of that project."""
    own = Settings(
        projects=(many,), workspace=tmp_path / "workspace", static=static, auto_extract=False
    )
    return Api(serve(own).test_client())


def test_a_sweep_is_what_the_toolkit_finds(much: Api, many: Path, tmp_path: Path) -> None:
    job = much.post("/projects/many/control", ASKED, 202)
    assert job["title"] == "Control Number from Plur to Sing: lstm" and job["unit"] == "cells"
    done = much.wait(job["id"])
    assert done["state"] == "done", done["error"]
    found = done["result"]
    assert [(c["k"], c["beta"]) for c in found["sweep"]] == [(2, 0), (2, 4.5), (6, 0), (6, 4.5)]
    assert (found["wanted"], found["other"], found["ks"]) == ("Sing", "Plur", [2, 6])
    assert found["best"]["success"] <= 1 and len(found["interventions"]) == found["best"]["k"]
    assert found["interventions"][0]["where"]["words"] == found["words"]

    from neurox_core.engine.sources import open_corpus

    corpus = open_corpus({"path": str(many.parent / "text.tsv")})
    model = load_model(str((many.parent / "lstm").resolve()))
    own = control(
        model, corpus, "Number", ("Plur", "Sing"), ks=(2, 6), betas=(0.0, 4.5), limit=20
    ).to_dict(40)
    assert found["sweep"] == own["sweep"] and found["neurons"] == own["neurons"]
    assert found["examples"] == own["examples"]
    assert much.post("/projects/many/control", ASKED, 202)["id"] == job["id"], "asked again: found"
    kept = list((tmp_path / "workspace" / "control").glob("*.json"))
    assert len(kept) == 1, "cells are on disk for a run that is cut off"


def test_what_cannot_be_controlled_is_told_at_once(much: Api) -> None:
    for change, status, said in (
        ({"label": "Tense"}, 404, "Number"), ({"values": ["Plur"]}, 422, "values"),
        ({"layers": ["encoder.7.rnn_hidden"]}, 404, "encoder.7"), ({"model": "x"}, 404, "lstm"),
        ({"ks": []}, 422, "ks"), ({"betas": [float("1e9")]}, 422, "betas"),
        ({"select": "best"}, 422, "select"),
    ):  # fmt: skip
        answer = much.client.post("/api/v1/projects/many/control", json={**ASKED, **change})
        assert answer.status_code in (status, 422), answer.text
        assert said in answer.text
    failed = much.post("/projects/many/control", {**ASKED, "values": ["Dual", "Sing"]}, 202)
    ended = much.wait(failed["id"])
    assert ended["state"] == "failed" and "needed to fit" in ended["error"]["message"]


def test_genders_are_counted_clean_and_changed(reader: Api, recurrent_folder: Path) -> None:
    used = reader.get("/bias")
    assert used["occupations"] == OCCUPATIONS and "fr" in used["languages"]
    body = {
        "model": "lstm", "occupations": {"doctor": "m", "nurse": "f"}, "sentences":
        ["The judge said that she was ill."], "interventions":
        [{"neurons": [f"encoder.1.rnn_hidden[{u}]" for u in range(8)], "operation": "set",
          "value": 3}],
    }  # fmt: skip
    job = reader.wait(reader.post("/projects/tiny/bias", body, 202)["id"])
    assert job["state"] == "done", job["error"]
    found = job["result"]
    assert found["sentences"] == 2 * 2 * len(used["templates"]) + 1
    model = load_model(str(recurrent_folder))
    own = gender_bias(
        model, occupations={"doctor": "m", "nurse": "f"}, sentences=body["sentences"]
    ).to_dict()
    assert found["before"] == own["before"]
    assert [c["before"] for c in found["cases"]] == [c["before"] for c in own["cases"]]
    assert found["changed_sentences"] == sum(c["before"] != c["after"] for c in found["cases"])
    assert found["cases"][-1]["stereotype"] == "", "no list says what a judge is"
    for change, said in (
        ({"templates": ["The {noun} left."]}, "pronoun"),
        ({"sentences": ["The judge left."]}, "needs one of he"),
    ):  # fmt: skip
        assert said in str(reader.post("/projects/tiny/bias", {**body, **change}, 422))
    reader.post("/projects/tiny/bias", {**body, "interventions": [
        {"neurons": ["encoder.9.rnn_hidden[0]"], "operation": "zero"}]}, 422)  # fmt: skip


def test_a_smaller_model_is_made_opened_found_again_and_taken_away(
    serve: Callable[..., Flask], settings: Settings, app: Flask, api: Api
) -> None:
    api.extracted()
    ranking = api.post("/projects/tiny/rankings", {
        "model": "lstm", "method": "variance",
        "layers": ["encoder.0.rnn_hidden", "encoder.1.rnn_hidden"]})  # fmt: skip
    body = {"model": "lstm", "ranking": ranking["id"], "share": 0.25}
    job = api.wait(api.post("/projects/tiny/prune", body, 202)["id"])
    assert job["state"] == "done", job["error"]
    found = job["result"]
    assert found["parameters"][1] < found["parameters"][0] and found["bytes"][1] < found["bytes"][0]
    assert found["scores"]["sentences"] == 8 and len(found["scores"]["seconds"]) == 2
    opened = api.post("/projects/tiny/pruned", {"job": job["id"]}, 201)
    assert opened == {"name": found["name"], "title": "An LSTM less 25 %"}
    models = {m["name"]: m for m in api.get("/projects/tiny")["models"]}
    whole, small = models["lstm"], models[opened["name"]]
    assert small["parameters"] < whole["parameters"]
    width = {x["address"]: x["width"] for x in small["layers"]}["encoder.1.rnn_hidden"]
    kept = {x["address"]: x["width"] for x in whole["layers"]}["encoder.1.rnn_hidden"]
    assert kept - width == found["dropped"]["encoder.1.rnn_hidden"] == round(kept * 0.25)
    text = {"project": "tiny", "model": opened["name"], "texts": ["He left."], "request": 1}
    assert api.post("/projects/tiny/translate", text)["items"][0]["baseline"]["view"]["text"]
    assert api.post("/projects/tiny/pruned", {"job": job["id"]}, 201) == opened, "asked twice"

    # The next server on the same workspace has it too.
    again = Api(serve(settings).test_client())
    assert opened["name"] in {m["name"] for m in again.get("/projects/tiny")["models"]}
    folder = settings.workspace / "models" / opened["name"]
    assert folder.is_dir()
    assert again.client.delete(f"/api/v1/projects/tiny/pruned/{opened['name']}").status_code == 200
    assert not folder.exists()
    assert again.client.delete("/api/v1/projects/tiny/pruned/lstm").status_code == 403
    assert again.client.delete("/api/v1/projects/tiny/pruned/none").status_code == 404


def test_heads_are_taken_out_by_their_weights(api: Api) -> None:
    body = {"model": "marian", "kind": "heads", "share": 0.5, "score": False}
    job = api.wait(api.post("/projects/tiny/prune", body, 202)["id"])
    assert job["state"] == "done", job["error"]
    assert job["result"]["ranking"] == "the weights of attention heads"
    assert any(layer.endswith("_attn_heads") for layer in job["result"]["dropped"])
    opened = api.post("/projects/tiny/pruned", {"job": job["id"]}, 201)
    models = {m["name"]: m["parameters"] for m in api.get("/projects/tiny")["models"]}
    assert models[opened["name"]] < models["marian"]


def test_what_cannot_be_pruned_is_told(api: Api) -> None:
    api.extracted()
    one = api.post("/projects/tiny/rankings", {
        "model": "lstm", "method": "variance", "layers": ["encoder.1.rnn_hidden"]})  # fmt: skip
    body = {"model": "lstm", "ranking": one["id"]}
    assert "no units of that kind" in str(
        api.post("/projects/tiny/prune", {**body, "kind": "feed_forward"}, 422)
    )
    api.post("/projects/tiny/prune", {**body, "share": 1}, 422)
    said = api.post("/projects/tiny/prune", {"model": "lstm", "kind": "heads"}, 422)["error"]
    assert "no attention heads" in said["message"]
    api.post("/projects/tiny/prune", {**body, "ranking": "none"}, 404)
    failed = api.wait(api.post("/projects/tiny/prune", body, 202)["id"])
    assert failed["state"] == "failed" and "lacks units of" in failed["error"]["message"]
    api.post("/projects/tiny/pruned", {"job": failed["id"]}, 404)


def test_a_model_whose_folder_went_does_not_stop_the_server(
    serve: Callable[..., Flask], settings: Settings
) -> None:
    folder = settings.workspace / "models"
    folder.mkdir(parents=True)
    (folder / "gone.json").write_text('{"project": "tiny", "title": "Gone"}', encoding="utf-8")
    (folder / "broken.json").write_text("{", encoding="utf-8")
    models = Api(serve(settings).test_client()).get("/projects/tiny")["models"]
    assert [m["name"] for m in models] == ["lstm", "marian"]
    shutil.rmtree(folder)
