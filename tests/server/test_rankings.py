"""Rankings that need labels or other models: as jobs, with sub-rankings, details and files."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask import Flask

from neurox_core.activations import open_store
from neurox_core.corpora import label_words, read_corpus
from neurox_core.rankings import rank
from neurox_core.rankings.marking import marked
from neurox_server.contracts import (
    AgreementInfo,
    ConceptsMeta,
    Job,
    LabelBody,
    LabelInfo,
    LabelList,
    RankingDetails,
    RankingInfo,
    SimilarityResult,
    StabilityResult,
)
from neurox_server.frames import decode
from neurox_server.rankings import label_title

from .conftest import API, Api

CASE = {"name": "capitalisation", "classes": ["Capitalised", "lower"]}


def made(api: Api, body: dict[str, Any]) -> RankingInfo:
    """The ranking, after its job if it needs one."""
    answer = api.client.post(f"{API}/projects/tiny/rankings", json=body)
    if answer.status_code == 202:
        job = api.wait(Job.model_validate(answer.get_json()).id)
        assert job["state"] == "done", job
        answer = api.client.post(f"{API}/projects/tiny/rankings", json=body)
        assert answer.get_json()["id"] == job["result"]["ranking"]
    assert answer.status_code == 200, answer.text
    return RankingInfo.model_validate(answer.get_json())


def frame(api: Api, path: str) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    answer = api.client.get(f"{API}/projects/tiny/rankings/{path}")
    assert answer.status_code == 200, answer.text
    return decode(answer.data)


@pytest.mark.parametrize(
    ("label", "title"),
    [
        ({"name": "upos", "classes": ["ADJ", "ADV"], "minimum": 20}, "upos"),
        ({"name": "annotator:sentence_length", "parameters": {"ranges": 3}, "side": "reference"},
         "sentence length (ranges 3) of the reference"),
        ({"name": "column:part", "against": "natural"}, "part = natural"),
    ],
)  # fmt: skip
def test_labels_are_called_in_titles_as_on_the_page(label: dict[str, Any], title: str) -> None:
    assert label_title(LabelBody.model_validate(label)) == title


@pytest.fixture(scope="module")
def prepared(served: Flask) -> Api:
    api = Api(served.test_client())
    for model in ("lstm", "marian"):
        api.extracted(model=model)
    return api


def test_methods_say_what_they_need(prepared: Api) -> None:
    methods = {m["name"]: m for m in prepared.get("/projects/tiny")["rankings"]}
    assert methods["variance"]["needs"] == [] and methods["variance"]["family"] == "individual"
    assert "labels" in methods["anova_f"]["needs"]
    assert "others" in methods["max_correlation"]["needs"]
    (bins,) = [p for p in methods["mutual_information"]["parameters"] if p["name"] == "bins"]
    assert bins["kind"] == "int" and bins["help"] and bins["minimum"] is not None


def test_a_ranking_by_labels_is_a_job_and_agrees_with_the_toolkit(
    prepared: Api, project_file: Any
) -> None:
    body = {"model": "lstm", "method": "anova_f", "label": CASE, "seed": 3}
    first = prepared.post("/projects/tiny/rankings", body, 202)
    assert first["kind"] == "rank" and "ANOVA" in first["title"]
    info = made(prepared, body)
    assert info.label is not None and info.label.name == "capitalisation"
    assert [s.label for s in info.labels] == ["Capitalised", "lower"] and info.seed == 3
    assert all(layer.stack == "encoder" for layer in info.layers)
    arrays, _ = frame(prepared, f"{info.id}/order")
    lower, _ = frame(prepared, f"{info.id}/order?label=lower")

    corpus = read_corpus(project_file.parent / "text.tsv")
    settings = prepared.client.application.extensions["neurox"]
    opened = settings.projects["tiny"]
    store = open_store(settings.stores.path(opened, "lstm"))
    labels = label_words(store, corpus, "capitalisation", classes=["Capitalised", "lower"])
    expected = rank("anova_f", store, labels=labels, seed=3)
    np.testing.assert_array_equal(arrays["order"], expected.order)
    np.testing.assert_allclose(arrays["scores"], expected.scores, rtol=1e-5)
    np.testing.assert_array_equal(lower["order"], expected.labels["lower"].order)
    assert info.signature == expected.signature and "labels:capitalisation" in info.signature
    # The job entered it in the list, without anybody asking again.
    listed = prepared.get("/projects/tiny/rankings?model=lstm")["rankings"]
    assert info.id in {r["id"] for r in listed}
    assert prepared.get(f"/projects/tiny/rankings/{info.id}")["signature"] == info.signature


def test_other_models_give_partners(prepared: Api) -> None:
    info = made(prepared, {"model": "lstm", "method": "max_correlation", "others": ["marian"]})
    assert info.others == ["marian"] and "partners" in info.details
    assert {layer.stack for layer in info.layers} == {"encoder"}
    arrays, meta = frame(prepared, f"{info.id}/details")
    details = RankingDetails.model_validate(meta).details
    partner = details["partners"]["marian"]
    values = arrays[partner["correlation"]["$array"]]
    assert values.shape == (info.neurons,) and values.dtype == np.float32
    scores = frame(prepared, f"{info.id}/order")[0]["scores"]
    np.testing.assert_allclose(np.abs(values), scores, atol=1e-6)
    assert partner["address"][0].startswith("encoder.")
    file = prepared.client.get(f"{API}/projects/tiny/rankings/{info.id}/export?format=csv").text
    rows = list(csv.DictReader(file.splitlines()[1:]))
    order = frame(prepared, f"{info.id}/order")[0]["order"]
    assert [r["partner in marian"] for r in rows] == [partner["address"][i] for i in order]
    said = [float(r["correlation with marian"]) for r in rows]
    np.testing.assert_allclose(said, values[order], atol=1e-6)


def test_files_carry_the_signature(prepared: Api) -> None:
    info = made(prepared, {"model": "lstm", "method": "anova_f", "label": CASE})
    path = f"{API}/projects/tiny/rankings/{info.id}/export"
    whole = prepared.client.get(f"{path}?format=csv").text.splitlines()
    part = prepared.client.get(f"{path}?format=csv&label=lower")
    assert whole[0] == f"# signature: {info.signature}" and len(whole) == info.neurons + 2
    assert part.text.splitlines()[0] == f"# signature: {info.signature}|label:lower"
    assert "-lower-" in part.headers["Content-Disposition"]
    found = json.loads(prepared.client.get(f"{path}?format=json").text)
    assert found["signature"] == info.signature and len(found["neurons"]) == info.neurons
    assert prepared.get(f"/projects/tiny/rankings/{info.id}/export?label=x", 422)
    from pyarrow import parquet

    table = parquet.read_table(io.BytesIO(prepared.client.get(f"{path}?format=parquet").data))
    assert table.schema.metadata[b"signature"].decode() == info.signature
    assert table["neuron"].to_pylist() == [line.split(",")[1] for line in whole[2:]]


def test_a_ranking_can_be_deleted_and_made_again(prepared: Api) -> None:
    body = {"model": "lstm", "method": "kurtosis", "layers": ["encoder.0.rnn_hidden"]}
    info = made(prepared, body)
    removed = prepared.client.delete(f"{API}/projects/tiny/rankings/{info.id}")
    assert removed.get_json() == {"id": info.id}
    prepared.get(f"/projects/tiny/rankings/{info.id}", 404)
    prepared.get(f"/projects/tiny/rankings/{info.id}/details", 404)
    assert made(prepared, body).id == info.id


def test_labels_are_listed_and_described(prepared: Api) -> None:
    found = LabelList.model_validate(prepared.get("/projects/tiny/labels?side=source")).labels
    kinds = {entry.name: entry.kind for entry in found}
    assert kinds["upos"] == "annotation" and kinds["column:part"] == "column"
    assert kinds["regular_expression"] == "annotator"
    info = LabelInfo.model_validate(prepared.post("/projects/tiny/labels", CASE))
    assert [c.name for c in info.classes] == ["Capitalised", "lower"]
    assert "He" in info.classes[0].examples and info.labelled == sum(c.words for c in info.classes)
    number = prepared.post(
        "/projects/tiny/labels", {"name": "position", "parameters": {"form": "number"}}
    )
    assert number["numeric"] and number["lowest"] == 0 and number["highest"] == 7
    assert prepared.post("/projects/tiny/labels", {"name": "nothing"}, 404)


@pytest.mark.parametrize(
    ("change", "status", "message"),
    [
        ({"method": "anova_f"}, 422, "needs a label"),
        ({"method": "max_correlation"}, 422, "needs others"),
        ({"method": "anova_f", "label": {"name": "tone"}}, 404, "no label called 'tone'"),
        ({"method": "anova_f", "label": {"name": "capitalisation", "classes": ["lower"]}}, 422,
         "has 1 class here"),
        ({"method": "anova_f", "label": {"name": "position", "parameters": {"form": "number"}}},
         422, "is a number"),
        ({"method": "anova_f", "label": CASE, "layers": ["decoder.0.rnn_hidden"]}, 422,
         "is not a layer of the encoder"),
        ({"method": "mutual_information", "label": CASE, "parameters": {"bins": 1}}, 422, "bins"),
        ({"method": "mutual_information", "label": CASE, "parameters": {"bin": 4}}, 422,
         "no parameter 'bin'"),
        ({"method": "max_correlation", "others": ["none"]}, 404, "'none'"),
        ({"method": "max_correlation", "others": ["marian"],
          "layers": ["encoder.0.rnn_hidden", "decoder.0.rnn_hidden"]}, 422, "one stack"),
    ],
)  # fmt: skip
def test_what_cannot_be_ranked_is_told_at_once(
    prepared: Api, change: dict[str, Any], status: int, message: str
) -> None:
    error = prepared.post("/projects/tiny/rankings", {"model": "lstm", **change}, status)["error"]
    assert message in error["message"]


def test_other_models_are_recorded_first(api: Api) -> None:
    api.extracted()
    body = {"model": "lstm", "method": "max_correlation", "others": ["marian"]}
    error = api.post("/projects/tiny/rankings", body, 409)["error"]
    assert error["code"] == "not_ready" and api.wait(error["job"])["state"] == "done"
    assert made(api, body).others == ["marian"]


def test_agreement_of_rankings(prepared: Api) -> None:
    layers = ["encoder.0.rnn_hidden", "encoder.1.rnn_hidden"]
    infos = [made(prepared, {"model": "lstm", "method": m, "layers": layers})
             for m in ("variance", "range", "kurtosis")]  # fmt: skip
    labelled = made(prepared, {"model": "lstm", "method": "anova_f", "label": CASE})
    body = {"rankings": [{"ranking": i.id} for i in infos], "k": 5}
    body["rankings"].append({"ranking": labelled.id, "label": "lower"})
    found = AgreementInfo.model_validate(prepared.post("/projects/tiny/agreement", body))
    orders = [frame(prepared, f"{i.id}/order")[0]["order"] for i in infos]
    shared = len(set(orders[0][:5]) & set(orders[1][:5])) / 5
    assert found.overlap[0][1] == pytest.approx(shared) and found.overlap[2][2] == 1
    assert found.names[3] == "ANOVA F: lower" and found.k == 5 and found.neurons == 32
    assert found.curve_at[-1] == 32 and found.curves[0][-1] == 1 and len(found.curves) == 3
    assert all(address.startswith("encoder.") for address in found.consensus)
    twice = {"rankings": [{"ranking": infos[0].id}] * 2}
    assert prepared.post("/projects/tiny/agreement", twice)["names"] == ["Variance", "Variance (2)"]
    whole = made(prepared, {"model": "lstm", "method": "variance"})
    body["rankings"][0] = {"ranking": whole.id}
    error = prepared.post("/projects/tiny/agreement", body, 422)["error"]
    assert "other neurons" in error["message"]
    body["rankings"][0] = {"ranking": "none"}
    assert prepared.post("/projects/tiny/agreement", body, 404)


def test_stability_of_a_ranking(prepared: Api) -> None:
    layers = ["encoder.0.rnn_hidden", "encoder.1.rnn_hidden"]
    for body in ({"method": "variance", "layers": layers}, {"method": "anova_f", "label": CASE}):
        info = made(prepared, {"model": "lstm", **body})
        path = f"/projects/tiny/rankings/{info.id}/stability"
        job = prepared.wait(prepared.post(path, {"resamples": 4, "k": 6}, 202)["id"])
        assert job["state"] == "done", job["error"]
        found = StabilityResult.model_validate(job["result"])
        assert found.k == 6 and found.resamples == len(found.overlaps) == 4
        assert found.low <= found.mean <= found.high and 0 < found.chance < 1
        assert set(found.labels) == {s.label for s in info.labels}
        # The same question is answered from what is known.
        again = prepared.post(path, {"resamples": 4, "k": 6}, 202)
        assert again["id"] == job["id"] and again["state"] == "done"


def test_similarity_of_layers(prepared: Api) -> None:
    body = {"model": "lstm", "other": "marian"}
    job = prepared.wait(prepared.post("/projects/tiny/similarity", body, 202)["id"])
    assert job["state"] == "done", job["error"]
    found = SimilarityResult.model_validate(job["result"])
    assert found.rows == ["encoder.0.rnn_hidden", "encoder.1.rnn_hidden"]
    assert all(len(row) == len(found.columns) for row in found.values)
    assert all(v is not None and 0 <= v <= 1 for row in found.values for v in row)
    own = prepared.wait(prepared.post("/projects/tiny/similarity", {"model": "lstm"}, 202)["id"])
    assert own["result"]["values"][0][0] == pytest.approx(1)


def test_marked_words_find_their_neurons(prepared: Api, project_file: Any) -> None:
    spans = [{"sentence": 0, "first": 0, "last": 0}, {"sentence": 4, "first": 3, "last": 5}]
    body = {"model": "lstm", "spans": spans}
    info = RankingInfo.model_validate(prepared.post("/projects/tiny/marked", body))
    assert info.title.startswith("Marked words: “He”, “the”, “two”") and info.family == "marked"
    services = prepared.client.application.extensions["neurox"]
    store = open_store(services.stores.path(services.projects["tiny"], "lstm"))
    at = np.flatnonzero(store.words("encoder").sentence == 4)
    expected = marked(store, [0, *at[3:6].tolist()], stack="encoder")
    arrays, _ = frame(prepared, f"{info.id}/order")
    np.testing.assert_array_equal(arrays["order"], expected.order)
    assert prepared.post("/projects/tiny/marked", body)["id"] == info.id
    other = prepared.post("/projects/tiny/marked", body | {"side": "reference"})
    assert other["layers"][0]["stack"] == "decoder"
    spans[0]["last"] = 99
    error = prepared.post("/projects/tiny/marked", body, 422)["error"]
    assert "Sentence 1 (index 0) has 3 words; words 1 to 100" in error["message"]


def test_neurons_are_named_once_for_a_stack(prepared: Api) -> None:
    path = "/projects/tiny/models/lstm/concepts?stack=encoder"
    arrays, meta = decode(prepared.client.get(API + path).data)
    assert not arrays and ConceptsMeta.model_validate(meta).made is False
    job = prepared.post("/projects/tiny/concepts", {"model": "lstm"}, 202)
    assert prepared.wait(job["id"])["state"] == "done"
    arrays, meta = decode(prepared.client.get(API + path).data)
    found = ConceptsMeta.model_validate(meta)
    neurons = sum(layer.width for layer in found.layers)
    assert arrays["best"].shape[0] == arrays["found"].shape[0] == neurons
    assert found.made and not found.note and arrays["best"].max() < len(found.concepts)


def test_a_text_too_short_for_names_is_a_note_and_no_failed_job(
    api: Api, recurrent_folder: Path
) -> None:
    body = {"title": "short", "models": [str(recurrent_folder)], "sources": "Oui.\tOui."}
    project = api.post("/projects", body, 201)["id"]
    asked = {"model": recurrent_folder.name}
    api.wait(api.post(f"/projects/{project}/extract", asked, 202)["id"])
    asked["stack"] = "encoder"
    job = api.wait(api.post(f"/projects/{project}/concepts", asked, 202)["id"])
    assert job["state"] == "done", job
    path = f"{API}/projects/{project}/models/{asked['model']}/concepts?stack=encoder"
    arrays, meta = decode(api.client.get(path).data)
    found = ConceptsMeta.model_validate(meta)
    assert found.made and "too short to say" in found.note and not arrays
