"""A decoding looked into over HTTP: lines, alternatives, the beam tree, forced words, attention."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from neurox_server.frames import decode

from .conftest import API, Api

TEXT = "She reads a book in the garden."
EDITS = [{"neurons": ["decoder.1.rnn_hidden[2]"], "operation": "set", "value": 3.0}]


def decoding(reader: Api, status: int = 200, **body: Any) -> Any:
    return reader.post(
        "/projects/tiny/decoding", {"model": "lstm", "text": TEXT, **body}, status
    )  # fmt: skip


def attention(reader: Api, **body: Any) -> tuple[np.ndarray, dict[str, Any]]:
    answer = reader.client.post(f"{API}/projects/tiny/attention", json=body)
    assert answer.status_code == 200, answer.text
    arrays, meta = decode(answer.data)
    return arrays["values"], meta


def test_clean_and_changed_lines_are_what_the_page_translates(reader: Api) -> None:
    found = decoding(reader, interventions=EDITS, beams=3, alternatives=4)
    asked = {"project": "tiny", "model": "lstm", "texts": [TEXT], "beams": 3,
             "settings": [{"interventions": EDITS}]}  # fmt: skip
    item = reader.post("/projects/tiny/translate", asked)["items"][0]
    assert [line["kind"] for line in found["lines"]] == ["clean", "changed"]
    assert found["lines"][0]["view"] == item["baseline"]["view"]
    assert found["lines"][1]["view"] == item["outputs"][0]["view"]
    assert found["lines"][1]["changed"] == item["outputs"][0]["changed"]
    assert found["prefix"] == [] and found["attention"] is True and found["ends"] == [0]
    for line in found["lines"]:
        assert [s["piece"] for s in line["steps"]] == line["view"]["pieces"]
        assert line["score"] == pytest.approx(
            sum(s["logprob"] for s in line["steps"]) / len(line["steps"]), abs=1e-5
        )
        for step in line["steps"]:
            assert len(step["alternatives"]) == 4
            assert sum(math.exp(a["logprob"]) for a in step["alternatives"]) <= 1 + 1e-6
            if step["rank"] is not None:
                assert step["alternatives"][step["rank"]]["token"] == step["token"]


def test_the_tree_leads_to_the_line(reader: Api) -> None:
    line = decoding(reader, beams=4)["lines"][0]
    tree = line["tree"]
    assert len({len(tree[k]) for k in tree if k != "beams"}) == 1
    node, path = tree["ranks"].index(0), []
    while node >= 0:
        assert tree["fates"][node] == "winner"
        path.append(tree["tokens"][node])
        node = tree["parents"][node]
    assert path[::-1] == [s["token"] for s in line["steps"]]
    assert line["hypotheses"][0] == {"text": line["view"]["text"], "score": line["score"]}
    assert len(line["hypotheses"]) == sum(r is not None for r in tree["ranks"]) == 4


def test_a_forced_word_is_a_line_of_its_own_also_under_interventions(reader: Api) -> None:
    steps = decoding(reader)["lines"][0]["steps"]
    ids = [steps[0]["token"], steps[1]["alternatives"][1]["token"]]
    found = decoding(reader, interventions=EDITS, prefix_ids=ids)
    kinds = ["clean", "changed", "forced", "forced_changed"]
    assert [line["kind"] for line in found["lines"]] == kinds
    for line in found["lines"][2:]:
        assert [s["token"] for s in line["steps"][:2]] == ids
        assert [s["forced"] for s in line["steps"][:3]] == [True, True, False]
    assert found["lines"][2]["changed"], "another word differs from the clean line"
    typed = decoding(reader, prefix="Les hommes")
    assert [line["kind"] for line in typed["lines"]] == ["clean", "forced"]
    assert typed["lines"][1]["view"]["text"].startswith("Les hommes")
    assert "".join(typed["prefix"]).replace("\u2581", " ").strip() == "Les hommes"


def test_words_with_a_label_are_changed_in_a_sentence_of_the_corpus(reader: Api) -> None:
    """The first sentence is annotated; the pronoun is its first word, "He"."""
    edit = {"neurons": ["encoder.1.rnn_hidden[2]"], "operation": "set", "value": 5.0}
    by_label = [{**edit, "where": {"label": "upos", "value": "PRON"}}]
    pieces = decoding(reader, text=None, sentence=0)["source"]["piece_words"]
    places = [i for i, word in enumerate(pieces) if word == 0]

    def scores(**body: Any) -> list[float]:
        return [line["score"] for line in decoding(reader, text=None, sentence=0, **body)["lines"]]

    found = scores(interventions=by_label)
    assert found == pytest.approx(scores(interventions=[{**edit, "positions": places}]), abs=1e-5)
    assert found[0] != pytest.approx(found[1], abs=1e-4)
    warned = decoding(reader, interventions=by_label)["warnings"]
    assert len(warned) == 1


@pytest.mark.parametrize("model", ["lstm", "marian"])
def test_attention_is_of_the_tokens_given(reader: Api, model: str) -> None:
    line = decoding(reader, model=model)["lines"][0]
    ids = [s["token"] for s in line["steps"]]
    values, meta = attention(reader, model=model, text=TEXT, ids=ids)
    assert (meta["kind"], meta["layer"], meta["heads"]) == ("cross", None, 1)
    assert values.shape == (1, len(meta["rows"]), len(meta["columns"]))
    assert [p["piece"] for p in meta["rows"]] == line["view"]["pieces"]
    assert np.allclose(values.astype(float).sum(-1), 1, atol=5e-3)
    if model == "marian":
        assert meta["kinds"] == ["cross", "encoder", "decoder"] and meta["layers"] == [0, 1]
        heads, one = attention(reader, model=model, text=TEXT, ids=ids, kind="decoder", layer=1)
        assert heads.shape == (2, len(ids), len(ids)) and one["columns"][0]["side"] == "start"
        edits = [{"neurons": ["decoder.0.ffn_act[1]"], "operation": "set", "value": 4.0}]
        moved, _ = attention(
            reader, model=model, text=TEXT, ids=ids, kind="decoder", layer=1, interventions=edits
        )
        assert not np.allclose(moved, heads)
    else:
        assert meta["kinds"] == ["cross"] and meta["layers"] == [1]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"prefix": "Il", "prefix_ids": [3]}, "not both"),
        ({"prefix_ids": [3, 999]}, "is no id"),
        ({"prefix_ids": [3, 0]}, "ends the text"),
        ({"text": " "}, "no text"),
        ({"sentence": 2}, "either a sentence"),
        ({"interventions": [{**EDITS[0], "neurons": ["decoder.9.ffn_act[1]"]}]}, "decoder.9"),
        ({"alternatives": 11}, "less than or equal to 10"),
    ],
)  # fmt: skip
def test_bad_questions_are_told_in_words(reader: Api, body: dict[str, Any], said: str) -> None:
    answer = reader.client.post(
        f"{API}/projects/tiny/decoding", json={"model": "lstm", "text": TEXT, **body}
    )
    assert 400 <= answer.status_code < 500
    assert said in answer.get_json()["error"]["message"]


def test_attention_that_cannot_be_shown_is_refused(reader: Api) -> None:
    def said(**body: Any) -> str:
        answer = reader.client.post(
            f"{API}/projects/tiny/attention", json={"model": "lstm", "text": TEXT, **body}
        )
        assert 400 <= answer.status_code < 500
        return str(answer.get_json()["error"]["message"])

    assert "is no id" in said(ids=[5, 4000])
    assert "encoder" in said(ids=[5, 6], kind="encoder")
    assert "layer with attention" in said(ids=[5, 6], layer=0)
    assert "at most 600" in said(ids=[5] * 700)


def test_a_prefix_that_the_model_cannot_write_is_told(reader: Api) -> None:
    assert decoding(reader, prefix="Elle")["warnings"] == []
    found = decoding(reader, prefix="Elle \u6f22")
    [warning] = found["warnings"]
    assert "cannot write '\u6f22'" in warning
    assert [line["kind"] for line in found["lines"]] == ["clean", "forced"]
