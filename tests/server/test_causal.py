"""Ablation curves and attribution over HTTP."""

from __future__ import annotations

import pytest

from .conftest import PAIRS, Api

LAYER = "encoder.1.rnn_hidden"
NEURONS = [f"{LAYER}[{i}]" for i in range(6)]


def curves(api: Api, **changes: object) -> dict:
    body = {"model": "lstm", "neurons": NEURONS, "steps": 3, "directions": ["top", "random"]}
    job = api.post("/projects/tiny/ablate", {**body, **changes}, 202)
    found = api.wait(job["id"])
    assert found["state"] == "done", found["error"]
    return found["result"]


def test_an_order_of_ones_own_is_ablated_step_by_step(api: Api) -> None:
    found = curves(api)
    assert [c["direction"] for c in found["curves"]] == ["top", *["random"] * 5]
    assert all([p["ablated"] for p in c["points"]] == [0, 2, 4, 6] for c in found["curves"])
    assert [b["ablated"] for b in found["random_bleu"]] == [0, 2, 4, 6]
    assert found["complete"] and "nrefs:1" in found["bleu_signature"]
    ends = {c["points"][-1]["bleu"] for c in found["curves"]}
    assert len(ends) == 1, "all orders end with the same neurons ablated"

    point = found["curves"][0]["points"][-1]
    kept = api.get(f"/projects/tiny/kept?name={point['translations']}&first=2&count=3")
    assert kept["total"] == len(PAIRS)
    assert [i["source"] for i in kept["items"]] == [p[1] for p in PAIRS[2:5]]
    assert all(isinstance(i["translation"], str) for i in kept["items"])
    # The score of the same neurons switched off by hand is the same.
    job = api.post(
        "/projects/tiny/score",
        {"model": "lstm", "interventions": [{"neurons": NEURONS, "operation": "zero"}]}, 202,
    )  # fmt: skip
    whole = {p["part"]: p for p in api.wait(job["id"])["result"]["parts"]}
    scores = [p["bleu"] for p in whole.values() if p["sentences"] == len(PAIRS)]
    assert scores == [] or scores[0] == pytest.approx(point["bleu"])


def test_a_ranking_is_ablated_by_its_order(api: Api) -> None:
    api.extracted()
    ranking = api.post("/projects/tiny/rankings", {"model": "lstm", "method": "variance",
                                                   "layers": [LAYER]})  # fmt: skip
    found = curves(api, neurons=None, ranking=ranking["id"], steps=2, most=4, sentences=10)
    assert [p["ablated"] for p in found["curves"][0]["points"]] == [0, 2, 4]
    assert found["ranking"] == ranking["title"]


def test_bad_questions_are_told_at_once(reader: Api) -> None:
    path, body = "/projects/tiny/ablate", {"model": "lstm", "neurons": NEURONS}
    for change, said in (
        ({"neurons": ["encoder.9.rnn_hidden[0]"]}, "encoder.9"), ({"neurons": None}, "either"),
        ({"ranking": "abc"}, "either"),
        ({"steps": "adaptive", "most": 3}, "daptive"),
    ):  # fmt: skip
        assert said in str(reader.post(path, {**body, **change}, 422)["error"])
    assert "everyday" in str(reader.post(path, {**body, "part": "nowhere"}, 404)["error"])
    assert reader.post(path, {"model": "lstm", "ranking": "abc"}, 404)["error"]["code"]
    for name in ("../../etc/passwd", "x" * 8, ""):
        reader.get(f"/projects/tiny/kept?name={name}", 422)
    gone = reader.get("/projects/tiny/kept?name=0123456789abcdef")
    assert all(i["translation"] is None for i in gone["items"])


def test_who_made_a_word(reader: Api) -> None:
    body = {"model": "lstm", "text": "He left.", "target": "Il est parti.", "word": 1,
            "alternative": "a", "baseline": "zero", "verify": 5, "count": 8}  # fmt: skip
    found = reader.post("/projects/tiny/attribute", body)
    assert (found["word"], found["alternative"], found["prefix"]) == ("est", "a", "Il ")
    assert len(found["neurons"]) == 8 and len(found["verified"]) == 5
    sizes = [abs(n["estimate"]) for n in found["neurons"]]
    assert sizes == sorted(sizes, reverse=True)
    for change in ({"word": 9}, {"alternative": "est"}, {"baseline": "counterfactual"},
                   {"text": " "}):  # fmt: skip
        reader.post("/projects/tiny/attribute", {**body, **change}, 422)


def test_what_would_make_another_word(api: Api) -> None:
    api.extracted()
    text = "She reads a book in the garden."
    body = {"project": "tiny", "model": "lstm", "texts": [text], "request": 1, "settings": []}
    now = api.post("/projects/tiny/translate", body)["items"][0]["baseline"]["view"]
    job = api.post("/projects/tiny/find", {"model": "lstm", "text": text, "word": 0,
                                           "wanted": "Les", "most": 3}, 202)  # fmt: skip
    ended = api.wait(job["id"])
    assert ended["state"] == "done", ended["error"]
    found = ended["result"]
    assert found["before"] == now["text"] and found["wanted"] == "Les"
    assert len(found["interventions"]) <= 3
    # What is offered does what it says.
    body["settings"] = [{"name": "found", "interventions": found["interventions"]}]
    again = api.post("/projects/tiny/translate", body)["items"][0]["outputs"][0]["view"]
    assert again["text"] == found["after"]


def test_a_search_looks_in_the_layers_and_the_search_that_are_named(api: Api) -> None:
    api.extracted()
    text = "She reads a book in the garden."
    asked = {"model": "lstm", "text": text, "word": 0, "wanted": "Les", "most": 2, "beams": 3,
             "layers": ["encoder.0.rnn_hidden"], "scope": "recurrence"}  # fmt: skip
    ended = api.wait(api.post("/projects/tiny/find", asked, 202)["id"])
    assert ended["state"] == "done", ended["error"]
    body = {"project": "tiny", "model": "lstm", "texts": [text], "request": 1, "settings": [],
            "beams": 3}  # fmt: skip
    now = api.post("/projects/tiny/translate", body)["items"][0]["baseline"]["view"]
    assert ended["result"]["before"] == now["text"]
    for one in ended["result"]["interventions"]:
        assert one["neurons"][0].startswith("encoder.0.rnn_hidden[")
        assert one["scope"] == "recurrence"
    wrong = api.post("/projects/tiny/find", {**asked, "layers": ["encoder.9.rnn_hidden"]}, 422)
    assert "encoder.9.rnn_hidden" in wrong["error"]["message"]


def test_two_runs_are_compared_where_they_part(reader: Api) -> None:
    path = "/projects/tiny/compare"
    body = {"model": "lstm", "text": "He left.", "counterfactual": "The men are here.",
            "neurons": 3}  # fmt: skip
    found = reader.post(path, body)
    assert found["translations"][0] != found["translations"][1]
    first = found["layers"][0]
    assert first["layer"] == "encoder.0.embed" and len(found["neurons"]) == 3
    alike = reader.post(path, {**body, "counterfactual": body["text"]}, 422)
    assert alike["error"]["code"] == "invalid_input"
