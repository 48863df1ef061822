"""Slices, counterparts and nearest states over HTTP, against what they are made of."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flask import Flask
from sacrebleu import sentence_chrf

from neurox_core.activations import nearest
from neurox_core.engine.outcomes import Outcome, Outcomes
from neurox_core.engine.similar import ranked_counterparts
from neurox_core.errors import InvalidInputError, UnknownNameError
from neurox_core.evaluation import score_corpus
from neurox_server.contracts import CounterpartsResult, NearestResult, SlicesResult

from .conftest import API, PAIRS, Api

SOURCES = [s for _, s, _ in PAIRS]
EDITS = [{"neurons": [f"decoder.1.rnn_hidden[{u}]" for u in range(8)], "operation": "zero"}]
PART = {"name": "column:part"}


@pytest.fixture(scope="module")
def api(served: Flask) -> Api:
    """With activations, and translations clean and changed."""
    found = Api(served.test_client())
    found.extracted()
    for edits in ([], EDITS):
        job = found.post("/projects/tiny/score", {"model": "lstm", "interventions": edits}, 202)
        assert found.wait(job["id"])["state"] == "done"
    return found


def translated(api: Api, edits: list[Any]) -> list[str]:
    body = {
        "project": "tiny", "model": "lstm", "sentences": list(range(len(PAIRS))),
        "settings": [{"name": "x", "interventions": edits}],
    }  # fmt: skip
    items = api.post("/projects/tiny/translate", body)["items"]
    return [item["outputs"][0]["view"]["text"] for item in items]


def test_slices_are_the_scores_of_their_sentences(api: Api) -> None:
    body = {"model": "lstm", "label": PART, "interventions": EDITS, "least": 1}
    found = SlicesResult.model_validate(api.post("/projects/tiny/slices", body))
    assert [(s.name, s.sentences) for s in found.slices] == [("everyday", 4), ("natural", 4)]
    clean, changed = translated(api, []), translated(api, EDITS)
    for one, rows in zip(found.slices, (slice(0, 4), slice(4, 8)), strict=True):
        references = [r for _, _, r in PAIRS][rows]
        alone = score_corpus(changed[rows], references, clean[rows])
        assert one.chrf.value == pytest.approx(alone.chrf.value, abs=1e-4)
        assert one.chrf.baseline == pytest.approx(alone.chrf.baseline, abs=1e-4)
        assert one.bleu.p_value == pytest.approx(alone.bleu.p_value)
        assert one.changed_sentences == alone.changed_sentences
    assert found.whole.sentences == 8 and "nrefs:1" in found.bleu_signature
    few = SlicesResult.model_validate(api.post("/projects/tiny/slices", body | {"least": 5}))
    assert few.slices == [] and few.left_out == 2


def test_slices_of_words_and_lengths_without_interventions(api: Api) -> None:
    label = {"name": "length", "parameters": {"form": "class", "ranges": 2}}
    found = SlicesResult.model_validate(
        api.post("/projects/tiny/slices", {"model": "lstm", "label": label, "least": 1})
    )
    assert sum(one.sentences for one in found.slices) == 8
    assert all(
        one.chrf.difference is None and one.changed_sentences is None for one in found.slices
    )
    words = {"name": "regular_expression", "parameters": {"pattern": "^the$", "ignore_case": True}}
    found = SlicesResult.model_validate(
        api.post("/projects/tiny/slices", {"model": "lstm", "label": words, "least": 1})
    )
    match = next(one for one in found.slices if one.name == "match")
    assert match.sentences == sum(" the " in f" {s.lower()} " for s in SOURCES)


def test_sentences_of_a_slice(api: Api) -> None:
    body = {"model": "lstm", "label": PART, "interventions": EDITS, "name": "natural"}
    found = api.post("/projects/tiny/slices/sentences", body)
    assert found["total"] == 4 and [s["sentence"] for s in found["sentences"]] == [4, 5, 6, 7]
    for one in found["sentences"]:
        assert one["chrf"] == pytest.approx(
            sentence_chrf(one["clean"], [one["reference"]]).score, abs=1e-3
        )
    change = api.post("/projects/tiny/slices/sentences", body | {"order": "change", "limit": 3})
    falls = [s["chrf_changed"] - s["chrf"] for s in change["sentences"]]
    assert falls == sorted(falls) and len(falls) == 3
    worst = api.post("/projects/tiny/slices/sentences", body | {"order": "worst", "offset": 1})
    scores = [s["chrf_changed"] for s in worst["sentences"]]
    assert scores == sorted(scores) and len(scores) == 3
    error = api.post("/projects/tiny/slices/sentences", body | {"name": "poetry"}, 404)["error"]
    assert "everyday" in error["message"]


def test_what_is_not_translated_yet_is_a_job(api: Api) -> None:
    body = {"model": "lstm", "label": PART, "beams": 2}
    quiet = api.post("/projects/tiny/slices", body | {"start": False}, 409)["error"]
    assert quiet["code"] == "not_scored" and quiet["job"] is None
    error = api.post("/projects/tiny/slices", body, 409)["error"]
    assert error["code"] == "not_ready"
    assert api.wait(error["job"])["kind"] == "score"
    api.post("/projects/tiny/slices", body | {"start": False})


def test_translations_that_are_gone_are_made_again(api: Api, served: Flask) -> None:
    body = {"model": "lstm", "label": PART, "beams": 3}
    first = api.post("/projects/tiny/slices", body, 409)["error"]["job"]
    result = api.wait(first)["result"]
    cache = served.extensions["neurox"].settings.workspace / "translations"
    (cache / f"{result['clean_translations']}.json").unlink()
    again = api.post("/projects/tiny/slices", body, 409)["error"]["job"]
    assert again != first and api.wait(again)["state"] == "done"
    api.post("/projects/tiny/slices", body)


# --- counterparts ---------------------------------------------------------------------------------


def test_the_most_similar_sentence_that_comes_out_otherwise(api: Api) -> None:
    said = translated(api, [])
    word = next(w for w in " ".join(said).split() if 0 < sum(w in s.split() for s in said) < 8)
    body = {
        "model": "lstm", "sentence": 0, "similarity": "chrf",
        "outcome": {"kind": "contains", "name": word},
    }  # fmt: skip
    found = CounterpartsResult.model_validate(api.post("/projects/tiny/counterparts", body))
    assert found.clean == said[0] and found.layer is None
    values = Outcomes(Outcome("contains", word), _corpus(api), said).values
    assert {o.outcome: o.sentences for o in found.outcomes} == {
        v: values.count(v) for v in set(values)
    }
    others = [i for i, v in enumerate(values) if v != values[0]]
    likeness = {i: sentence_chrf(SOURCES[i], [SOURCES[0]]).score for i in others}
    assert [c.sentence for c in found.found] == sorted(others, key=lambda i: (-likeness[i], i))
    assert found.found[0].similarity == pytest.approx(max(likeness.values()), abs=1e-4)


def _corpus(api: Api) -> Any:
    return api.client.application.extensions["neurox"].projects["tiny"].corpus  # type: ignore[attr-defined]


def test_similarity_by_mean_states(api: Api, served: Flask) -> None:
    body = {"model": "lstm", "sentence": 3, "outcome": {"kind": "column", "name": "part"}}
    found = CounterpartsResult.model_validate(api.post("/projects/tiny/counterparts", body))
    assert found.layer == "encoder.1.rnn_hidden" and found.outcome == "everyday"
    assert {c.sentence for c in found.found} == {4, 5, 6, 7}
    services = served.extensions["neurox"]
    store = services.stores.find(services.projects["tiny"], "lstm")
    table, values = store.tokens("encoder"), np.asarray(store.layer(found.layer), np.float64)
    means = [
        values[table.rows(i)][~table.special[table.rows(i)]].mean(0) for i in range(len(PAIRS))
    ]
    for one in found.found:
        a, b = means[3], means[one.sentence]
        cosine = a @ b / np.linalg.norm(a) / np.linalg.norm(b)
        assert one.similarity == pytest.approx(cosine, abs=2e-3)


def test_changed_under_interventions_and_own_texts(api: Api) -> None:
    clean, changed = translated(api, []), translated(api, EDITS)
    body = {"model": "lstm", "interventions": EDITS, "outcome": {"kind": "changed"}}
    found = CounterpartsResult.model_validate(
        api.post("/projects/tiny/counterparts", body | {"text": "He left."})
    )
    assert (found.clean, found.changed) == (clean[0], changed[0])
    same = [a == b for a, b in zip(clean, changed, strict=True)]
    assert {c.sentence for c in found.found} == {i for i, s in enumerate(same) if s != same[0]}
    error = api.post(
        "/projects/tiny/counterparts", body | {"interventions": [], "sentence": 1}, 422
    )["error"]
    assert "switch an intervention on" in error["message"]


@pytest.mark.parametrize(
    "body, said",
    [
        ({"sentence": 1, "text": "x", "outcome": {"kind": "reference"}}, "either a sentence"),
        ({"sentence": 1, "outcome": {"kind": "contains", "name": " "}}, "needs a text"),
        ({"text": "He left.", "outcome": {"kind": "reference"}}, "no reference"),
        ({"sentence": 99, "outcome": {"kind": "reference"}}, "99"),
        (
            {"sentence": 1, "outcome": {"kind": "reference"}, "layer": "decoder.0.rnn_hidden"},
            "read",
        ),
    ],
)
def test_counterparts_that_cannot_be(api: Api, body: dict[str, Any], said: str) -> None:
    answer = api.client.post(f"{API}/projects/tiny/counterparts", json={"model": "lstm", **body})
    assert 400 <= answer.status_code < 500 and said in answer.get_json()["error"]["message"]


def test_labels_that_the_corpus_lacks(api: Api) -> None:
    corpus = _corpus(api)
    with pytest.raises(UnknownNameError):
        Outcomes(Outcome("label", "Tense"), corpus, SOURCES)
    with pytest.raises(UnknownNameError):
        Outcomes(Outcome("column", "mood"), corpus, SOURCES)
    with pytest.raises(InvalidInputError):
        Outcomes(Outcome("changed"), corpus, SOURCES)
    similarity = np.array([1.0, np.nan, 0.5, 0.9, 0.9])
    assert ranked_counterparts(["a", "b", "b", "", "b"], "a", similarity) == [(4, 0.9), (2, 0.5)]
    assert ranked_counterparts(["a", "b", "b", "", "b"], "a", similarity, without=4, k=1) == [
        (2, 0.5)
    ]


# --- nearest states -------------------------------------------------------------------------------


def test_nearest_tokens_of_a_word(api: Api) -> None:
    body = {"model": "lstm", "sentence": 1, "word": 1, "layer": "encoder.0.rnn_hidden"}
    found = NearestResult.model_validate(api.post("/projects/tiny/nearest", body))
    assert found.word == "reads" and found.exact and found.metric == "cosine"
    assert 0 < len(found.found) <= 7 and 1 not in {one.sentence for one in found.found}
    values = [one.value for one in found.found]
    assert values == sorted(values, reverse=True) and values[0] <= 1.001
    for one in found.found:
        assert "".join(one.words) == SOURCES[one.sentence].replace(" ", "")
        assert -1 <= one.word < len(one.words) == len(one.spaces)
    assert found.compared < found.tokens


def test_the_same_text_typed_is_nearest_to_itself(api: Api) -> None:
    for side, layer in (("source", "encoder.1.rnn_hidden"), ("target", "decoder.1.rnn_hidden")):
        body = {
            "model": "lstm", "text": SOURCES[4], "side": side, "word": 0, "layer": layer,
            "metric": "euclidean", "count": 3,
        }  # fmt: skip
        found = NearestResult.model_validate(api.post("/projects/tiny/nearest", body))
        values = [one.value for one in found.found]
        assert values == sorted(values) and len(values) == 3
        if side == "source":
            assert found.found[0].sentence == 4 and found.found[0].word == 0
            assert values[0] < 0.02


def test_a_large_layer_gets_an_index_first(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearest, "EXACT", 10)
    body = {"model": "lstm", "sentence": 1, "word": 1, "layer": "encoder.0.rnn_hidden"}
    error = api.post("/projects/tiny/nearest", body, 409)["error"]
    job = api.wait(error["job"])
    assert (job["kind"], job["state"]) == ("index", "done")
    found = NearestResult.model_validate(api.post("/projects/tiny/nearest", body))
    assert not found.exact and found.found


@pytest.mark.parametrize(
    "body, said",
    [
        ({"layer": "encoder.7.rnn_hidden", "word": 0}, "not recorded"),
        ({"layer": "decoder.0.rnn_hidden", "word": 0}, "states of the source"),
        ({"layer": "encoder.0.rnn_hidden", "word": 50}, "words 0 to"),
    ],
)
def test_nearest_states_that_cannot_be(api: Api, body: dict[str, Any], said: str) -> None:
    answer = api.client.post(
        f"{API}/projects/tiny/nearest", json={"model": "lstm", "sentence": 1, **body}
    )
    assert 400 <= answer.status_code < 500 and said in answer.get_json()["error"]["message"]
