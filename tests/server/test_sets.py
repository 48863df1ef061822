"""Neurons limited to words, manipulation sets, tried edits and groups of neurons, over HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from neurox_core import load_model
from neurox_server.sets import Sets
from neurox_server.settings import Settings

from .conftest import API, PAIRS, Api

LAYER = "encoder.1.rnn_hidden"
NEURONS = [f"{LAYER}[{i}]" for i in range(8)]
STRONG = {"neurons": NEURONS, "operation": "set", "value": 3.0}
PATH = "/projects/tiny/sets"


def translated(api: Api, edit: dict[str, Any] | None, **given: Any) -> list[dict[str, Any]]:
    settings = [] if edit is None else [{"name": "one", "interventions": [edit]}]
    body = {"project": "tiny", "model": "lstm", "request": 1, "settings": settings, **given}
    found: list[dict[str, Any]] = api.post("/projects/tiny/translate", body)["items"]
    return found


def outputs(items: list[dict[str, Any]]) -> list[str]:
    return [i["outputs"][0]["view"]["text"] for i in items]


def test_of_sets_kept_at_once_under_one_name_one_is_kept(
    api: Api, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = Sets._check_names

    def slowly(*given: Any) -> None:
        look(*given)
        time.sleep(0.05)

    monkeypatch.setattr(Sets, "_check_names", slowly)
    body = {"name": "twice", "model": "lstm", "interventions": [STRONG]}
    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(lambda _: app.test_client().post(API + PATH, json=body), range(4))
        assert sorted(answer.status_code for answer in answers) == [201, 422, 422, 422]
    assert len(api.get(f"{PATH}?model=lstm")["sets"]) == 1


def test_a_neuron_is_changed_at_the_words_that_are_named(reader: Api) -> None:
    sentences = [0, 4, 5]  # "He left.", "The woman sees ...", "He left the town."
    clean = [i["baseline"]["view"]["text"] for i in translated(reader, None, sentences=sentences)]
    for where in ({"words": ["HE"]}, {"pattern": "[Hh].?"}):
        items = translated(reader, {**STRONG, "where": where}, sentences=sentences)
        for item, before in zip(items, clean, strict=True):
            view = item["source"]
            at = [
                k for k, w in enumerate(view["piece_words"]) if w >= 0 and view["words"][w] == "He"
            ]
            by_hand = translated(reader, {**STRONG, "positions": at}, texts=[view["text"]])
            assert outputs([item]) == outputs(by_hand)
            if not at:
                assert outputs([item]) == [before], "a sentence without the word is left alone"
                assert item["outputs"][0]["changed"] == []


def test_labels_are_those_of_the_corpus_and_guessed_for_other_sentences(reader: Api) -> None:
    where = {"label": "Tense", "value": "Past"}  # "left" in sentence 0 alone is annotated.
    edit = {**STRONG, "where": where}
    inside = translated(reader, edit, sentences=[0, 5], texts=["She left the garden."])
    views = [i["source"] for i in inside]
    for item, view, past in zip(inside, views, (["left"], [], ["left"]), strict=True):
        at = [k for k, w in enumerate(view["piece_words"]) if w >= 0 and view["words"][w] in past]
        by_hand = translated(reader, {**STRONG, "positions": at}, texts=[view["text"]])
        assert outputs([item]) == outputs(by_hand)
    assert inside[0]["warnings"] == []
    assert "same forms" in inside[2]["warnings"][-1]
    assert "2 of 5 words" in inside[2]["warnings"][-1], "'left' and '.' were annotated"
    body = {"project": "tiny", "model": "lstm", "request": 1, "sentences": [0], "settings": [
        {"name": "x", "interventions": [{**STRONG, "where": {"label": "Mood", "value": "Ind"}}]}
    ]}  # fmt: skip
    assert "Tense" in reader.post("/projects/tiny/translate", body, 404)["error"]["message"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"where": {"pattern": "("}}, "regular expression"),
        ({"where": {}}, "names no words"),
        ({"where": {"label": "Tense"}}, "value"),
        ({"where": {"pattern": "(a|aa)+"}}, "too long"),
        ({"operation": "add", "unit": "percentile"}, "percentile"),
        ({"unit": "percentile", "value": 101}, "between 0 and 100"),
    ],
)
def test_places_that_make_no_sense_are_refused(
    reader: Api, change: dict[str, Any], said: str
) -> None:
    text = "a" * 60 + "c"
    body = {"project": "tiny", "model": "lstm", "request": 1, "texts": [text, "He left."],
            "settings": [{"name": "x", "interventions": [{**STRONG, **change}]}]}  # fmt: skip
    assert said in reader.post("/projects/tiny/translate", body, 422)["error"]["message"]


def test_percentiles_and_resampling_mean_the_same_on_the_page_and_in_a_job(api: Api) -> None:
    model_edits = [
        {"neurons": NEURONS, "operation": "set", "value": 95.0, "unit": "percentile"},
        {"neurons": NEURONS, "operation": "resample", "seed": 4},
    ]
    everything = list(range(len(PAIRS)))
    for edit in model_edits:
        live = outputs(translated(api, edit, sentences=everything))
        job = api.post("/projects/tiny/score",
                       {"model": "lstm", "interventions": [edit]}, 202)  # fmt: skip
        ended = api.wait(job["id"])
        assert ended["state"] == "done", ended["error"]
        clean = [i["baseline"]["view"]["text"] for i in translated(api, None, sentences=everything)]
        changed = sum(a != b for a, b in zip(live, clean, strict=True))
        parts = ended["result"]["parts"]
        assert sum(p["changed_sentences"] for p in parts if p["part"] != "all") == changed


def test_a_set_is_kept_scored_changed_and_deleted(api: Api, serve: Callable[..., Flask],
                                                  settings: Settings) -> None:  # fmt: skip
    body = {"name": "Strong <b>", "model": "lstm", "interventions": [
        {**STRONG, "where": {"words": ["he"]}}, {"neurons": ["decoder.0.rnn_hidden[1]"],
                                                 "operation": "zero"},
    ]}  # fmt: skip
    made = api.post(PATH, body, 201)
    assert (made["name"], made["neurons"], made["score"]) == ("Strong <b>", 9, None)
    assert made["interventions"][0]["where"]["words"] == ["he"]
    assert "already" in api.post(PATH, body, 422)["error"]["message"]

    # Its score is the job that scores these very interventions, with the search that was asked for.
    job = api.post("/projects/tiny/score", {"model": "lstm", "interventions":
                                            body["interventions"]}, 202)  # fmt: skip
    api.wait(job["id"])
    (listed,) = api.get(f"{PATH}?model=lstm")["sets"]
    assert listed["score"] == job["id"]
    assert api.get(f"{PATH}?model=lstm&beams=2")["sets"][0]["score"] is None
    assert api.get(f"{PATH}?model=marian")["sets"] == []
    api.get(f"{PATH}?model=nowhere", 404)

    # Another server on the same workspace finds it; what is edited has no score until it is scored.
    other = Api(serve(settings).test_client())
    assert [s["id"] for s in other.get(f"{PATH}?model=lstm")["sets"]] == [made["id"]]
    changed = api.post(f"{PATH}/{made['id']}", {**body, "interventions": [STRONG]})
    assert (changed["id"], changed["neurons"], changed["score"]) == (made["id"], 8, None)
    assert api.post(f"{PATH}/{made['id']}", body)["score"] == job["id"]
    api.post(f"{PATH}/0123456789ab", body, 404)
    client = api.client
    assert client.delete(f"/api/v1{PATH}/{made['id']}").status_code == 200
    assert client.delete(f"/api/v1{PATH}/{made['id']}").status_code == 404
    assert api.get(f"{PATH}?model=lstm")["sets"] == []


def test_sets_of_a_file_come_all_or_not_at_all(api: Api, settings: Settings) -> None:
    good = {"name": "one", "interventions": [STRONG]}
    bad = {"name": "two", "interventions": [{**STRONG, "neurons": ["encoder.7.rnn_hidden[0]"]}]}
    refused = api.post(f"{PATH}/import", {"model": "lstm", "sets": [good, bad]}, 422)
    assert "encoder.7" in refused["error"]["message"]
    assert "already" in api.post(f"{PATH}/import", {"model": "lstm", "sets": [good, good]},
                                 422)["error"]["message"]  # fmt: skip
    assert api.get(f"{PATH}?model=lstm")["sets"] == []
    both = [good, {**bad, "interventions": [STRONG, STRONG]}]
    api.post(f"{PATH}/import", {"model": "lstm", "sets": both}, 201)
    assert [s["name"] for s in api.get(f"{PATH}?model=lstm")["sets"]] == ["one", "two"]
    # A damaged file costs only itself.
    (settings.workspace / "sets" / "tiny" / "x.json").write_text("{")
    assert len(api.get(f"{PATH}?model=lstm")["sets"]) == 2


def test_an_edit_is_tried_on_the_whole_corpus(api: Api) -> None:
    everything = list(range(len(PAIRS)))
    items = translated(api, STRONG, sentences=everything)
    before = [i["baseline"]["view"] for i in items]
    after = [i["outputs"][0]["view"] for i in items]
    at = next(i for i in everything if set(after[i]["words"]) - set(before[i]["words"]))
    word = before[at]["words"][0]
    wanted = sorted(set(after[at]["words"]) - set(before[at]["words"]))[0]
    job = api.post("/projects/tiny/try", {"model": "lstm", "interventions": [STRONG],
                                          "word": word, "wanted": wanted}, 202)  # fmt: skip
    ended = api.wait(job["id"])
    assert ended["state"] == "done", ended["error"]
    found = ended["result"]
    assert (found["word"], found["wanted"], found["sentences"]) == (word, wanted, len(PAIRS))
    assert [i["neurons"] for i in found["interventions"]] == [NEURONS]

    def has(view: dict[str, Any], text: str) -> bool:
        return text.casefold() in {w.casefold() for w in view["words"]}

    with_word = [i for i in everything if has(before[i], word)]
    turned = [i for i in with_word if has(after[i], wanted) and not has(after[i], word)]
    moved = [i for i in everything if before[i]["text"] != after[i]["text"]]
    assert found["with_word"] == len(with_word) and found["turned"] == len(turned)
    assert found["changed_elsewhere"] == len([i for i in moved if i not in with_word])
    assert found["changed_otherwise"] == len(
        [i for i in moved if i in with_word and i not in turned]
    )
    assert {e["source"] for e in found["turned_examples"]} == {PAIRS[i][1] for i in turned}
    assert found["metrics"]["bleu"]["change"] == pytest.approx(
        found["metrics"]["bleu"]["value"] - found["metrics"]["bleu"]["baseline"]
    )
    wide = {"model": "lstm", "interventions": [STRONG], "word": word, "wanted": wanted, "beams": 4}
    ended = api.wait(api.post("/projects/tiny/try", wide, 202)["id"])
    assert ended["state"] == "done", ended["error"]
    assert (found["beams"], ended["result"]["beams"]) == (1, 4)
    body = {"project": "tiny", "model": "lstm", "sentences": everything, "request": 1, "beams": 4,
            "settings": [{"name": "a", "interventions": [STRONG]}]}  # fmt: skip
    items = api.post("/projects/tiny/translate", body)["items"]
    changed = [i for i in items if i["baseline"]["view"] != i["outputs"][0]["view"]]
    told = ended["result"]["changed_elsewhere"] + ended["result"]["changed_otherwise"]
    assert told + ended["result"]["turned"] == len(changed)


def test_groups_are_scored_by_the_metrics_that_are_named(api: Api, installed_metrics: None) -> None:
    (model,) = [m for m in api.get("/projects/tiny")["models"] if m["name"] == "lstm"]
    assert {"bleu", "chrf", "ter", "length_ratio"} <= set(model["metrics"])
    assert model["usual_metrics"] == ["bleu", "chrf"]
    body = {"model": "lstm", "groups": "layers", "layers": [LAYER]}
    ids = []
    for metrics in (["ter", "length_ratio"], ["chrf"], None):
        job = api.post("/projects/tiny/groups", {**body, "metrics": metrics}, 202)
        ended = api.wait(job["id"])
        assert ended["state"] == "done", ended["error"]
        found = ended["result"]
        names = metrics or model["usual_metrics"]
        assert [m["name"] for m in found["metrics"]] == names
        for row in (found["baseline"], *found["points"]):
            assert list(row["metrics"]) == names and (row["bleu"] is None) == (metrics is not None)
        ids.append(job["id"])
    assert len(set(ids)) == 3  # Each is an answer of its own.
    wrong = api.post("/projects/tiny/groups", {**body, "metrics": ["accuracy"]}, 404)
    assert "length_ratio" in wrong["error"]["message"]


def test_groups_are_ablated_each_as_a_whole(api: Api) -> None:
    path = "/projects/tiny/groups"

    def done(**given: Any) -> dict[str, Any]:
        job = api.post(path, {"model": "lstm", **given}, 202)
        ended = api.wait(job["id"])
        assert ended["state"] == "done", ended["error"]
        found: dict[str, Any] = ended["result"]
        return found

    layers = done(groups="layers", layers=[LAYER, "decoder.1.rnn_hidden"])
    assert [(p["name"], p["neurons"]) for p in layers["points"]] == [
        (LAYER, 16), ("decoder.1.rnn_hidden", 16)
    ]  # fmt: skip
    # The whole layer as a list of neurons, scored by hand, comes out the same.
    units = [f"{LAYER}[{u}]" for u in range(16)]
    these = done(groups="these", neurons=units)["points"][0]
    job = api.post("/projects/tiny/score", {"model": "lstm", "interventions": [
        {"neurons": units, "operation": "zero"}]}, 202)  # fmt: skip
    whole = {p["part"]: p for p in api.wait(job["id"])["result"]["parts"]}["all"]
    for point in (layers["points"][0], these):
        assert point["bleu"] == pytest.approx(whole["bleu"])
        assert point["bleu_p_value"] == pytest.approx(whole["bleu_p_value"])
        assert point["changed_sentences"] == whole["changed_sentences"]
    assert layers["baseline"]["bleu"] == pytest.approx(whole["bleu_baseline"])
    kept = api.get(f"/projects/tiny/kept?name={these['translations']}")
    assert all(isinstance(i["translation"], str) for i in kept["items"])
    others = done(groups="others", neurons=units[:10], operation="resample")
    assert others["points"][0]["neurons"] == 6 and others["operation"] == "resample"
    heads = done(model="marian", groups="heads", layers=["encoder.0.self_attn_heads"])
    project = api.client.application.extensions["neurox"].projects["tiny"]
    size = load_model(project.model_reference("marian")).sites["encoder.0.self_attn_heads"]
    assert sum(p["neurons"] for p in heads["points"]) == size and len(heads["points"]) > 1

    for change, said in (
        ({"groups": "these"}, "No neuron"), ({"groups": "heads"}, "_attn_heads"),
        ({"groups": "heads", "layers": [LAYER]}, "_attn_heads"),
        ({"groups": "others", "neurons": units}, "none is left"),
        ({"groups": "layers", "layers": ["encoder.9.rnn_hidden"]}, "encoder.9"),
    ):  # fmt: skip
        assert said in api.post(path, {"model": "lstm", **change}, 422)["error"]["message"]
