"""Places of decoder neurons, of language models and classifiers; tries where a property holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask

from neurox_server.settings import Settings
from tests.models.families import build

from .conftest import ANNOTATION, PAIRS, Api

LINES = "source\treference\tpart\nHe left.\tgood\ta\nShe reads a book.\tbad\tb\n"
TARGET = """\
# sent_id = 0
1\tIl\til\tPRON\t_\tGender=Masc\t_\t_\t_\t_
2\test\têtre\tAUX\t_\tTense=Pres\t_\t_\t_\t_
3\tparti\tpartir\tVERB\t_\tTense=Past\t_\t_\t_\t_
4\t.\t.\tPUNCT\t_\t_\t_\t_\t_\t_

"""


@pytest.fixture(scope="module")
def folder(recurrent_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A translation project annotated on both sides, and one of models of other tasks."""
    root = tmp_path_factory.mktemp("places")
    (root / "lstm").symlink_to(recurrent_folder)
    for name in ("gpt2", "bert-classes"):
        build(name, root)
    pairs = ["source\treference\tpart", *(f"{s}\t{r}\t{p}" for p, s, r in PAIRS)]
    (root / "text.tsv").write_text("\n".join(pairs) + "\n", encoding="utf-8")
    (root / "lines.tsv").write_text(LINES, encoding="utf-8")
    for stem in ("text", "lines"):
        (root / f"{stem}.source.conllu").write_text(ANNOTATION, encoding="utf-8")
    (root / "text.reference.conllu").write_text(TARGET, encoding="utf-8")
    for name, models, text in (
        ("both", ["lstm"], "text.tsv"), ("tasks", ["gpt2", "bert-classes"], "lines.tsv"),
    ):  # fmt: skip
        values = {"id": name, "title": name, "models": models, "corpus": text}
        (root / f"{name}.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    return root


@pytest.fixture
def api(folder: Path, settings: Settings, serve: Callable[..., Flask]) -> Api:
    files = tuple(folder / f"{name}.yaml" for name in ("both", "tasks"))
    return Api(serve(replace(settings, projects=files)).test_client())


def ask(
    api: Api, project: str, model: str, edit: dict[str, Any], status: int = 200, **given: Any
) -> Any:
    body = {
        "project": project, "model": model, "request": 1,
        "settings": [{"name": "one", "interventions": [edit]}], **given,
    }  # fmt: skip
    return api.post(f"/projects/{project}/translate", body, status)


def shown(outputs: list[dict[str, Any]]) -> list[Any]:
    """Pieces and scores; a batch of another size may add numbers in another order."""
    return [(o["view"]["pieces"], round(o["score"], 3)) for o in outputs]


def changed(answer: Any) -> list[Any]:
    return shown([i["outputs"][0] for i in answer["items"]])


DECODER = {"neurons": [f"decoder.1.rnn_hidden[{i}]" for i in range(8)], "operation": "set",
           "value": 3.0}  # fmt: skip


def test_a_decoder_neuron_is_changed_where_such_a_word_was_written(api: Api) -> None:
    sentences = list(range(len(PAIRS)))
    words = ask(api, "both", "lstm", {**DECODER, "where": {"words": ["EST", "il"]}},
                sentences=sentences)  # fmt: skip
    label = {"label": "upos", "value": "AUX|PRON"}
    labelled = ask(api, "both", "lstm", {**DECODER, "where": label}, sentences=sentences)
    assert changed(labelled) == changed(words), "forms that the references tag so"
    clean = shown([i["baseline"] for i in words["items"]])
    assert changed(words)[0] != clean[0], "its translation begins with Il"
    nowhere = ask(api, "both", "lstm", {**DECODER, "where": {"words": ["xylophone"]}},
                  sentences=sentences)  # fmt: skip
    assert changed(nowhere) == clean
    asked = {"model": "lstm", "sentence": 0, "interventions": [{**DECODER, "where": label}]}
    looked = api.post("/projects/both/decoding", asked)
    line = next(x for x in looked["lines"] if x["kind"] == "changed")
    assert line["view"]["pieces"] == changed(words)[0][0]


def test_labels_are_those_of_the_side_that_the_neuron_is_on(api: Api) -> None:
    for label, value, known in (("Number", "Sing", "Tense"), ("position", "0", "Tense")):
        place = {"label": label, "value": value}
        answer = ask(api, "both", "lstm", {**DECODER, "where": place}, 404, sentences=[0])
        assert "output words" in answer["error"]["message"] and known in answer["error"]["message"]
    encoder = {**DECODER, "neurons": ["encoder.1.rnn_hidden[0]"]}
    place = {"label": "Number", "value": "Sing"}
    assert ask(api, "both", "lstm", {**encoder, "where": place}, sentences=[0])["items"]


def test_a_corpus_is_scored_under_a_place_of_the_decoder(api: Api) -> None:
    edit = {**DECODER, "where": {"label": "upos", "value": "PRON"}}
    live = ask(api, "both", "lstm", edit, sentences=list(range(len(PAIRS))))
    moved = [i["outputs"][0]["view"]["text"] != i["baseline"]["view"]["text"]
             for i in live["items"]]  # fmt: skip
    job = api.post("/projects/both/score", {"model": "lstm", "interventions": [edit]}, 202)
    found = api.wait(job["id"])
    assert found["state"] == "done", found["error"]
    every = next(p for p in found["result"]["parts"] if p["part"] == "all")
    assert every["changed_sentences"] == sum(moved)


@pytest.mark.parametrize(
    ("model", "layer"), [("gpt2", "decoder.0.resid_post"), ("bert-classes", "encoder.0.resid_post")]
)
def test_words_of_a_prompt_or_a_text_to_classify(api: Api, model: str, layer: str) -> None:
    edit = {"neurons": [f"{layer}[{i}]" for i in range(6)], "operation": "set", "value": 30.0}
    for where in ({"words": ["LEFT"]}, {"label": "Tense", "value": "Past"}, {"pattern": "l.*t"}):
        found = ask(api, "tasks", model, {**edit, "where": where}, sentences=[0, 1])
        view = found["items"][0]["source"]
        at = [k for k, w in enumerate(view["piece_words"]) if w >= 0 and view["words"][w] == "left"]
        by_hand = ask(api, "tasks", model, {**edit, "positions": at}, sentences=[0])
        assert changed(found)[0] == changed(by_hand)[0]
        clean = shown([i["baseline"] for i in found["items"]])
        assert changed(found)[0] != clean[0] and changed(found)[1] == clean[1]


def test_an_edit_is_tried_where_a_property_holds(api: Api) -> None:
    edit = {**DECODER, "neurons": [f"encoder.1.rnn_hidden[{i}]" for i in range(8)]}
    asked = {"model": "lstm", "interventions": [edit], "word": ".", "wanted": "li"}
    results = []
    for holding in (None, {"side": "source", "label": "Tense", "value": "Past"},
                    {"side": "reference", "label": "part", "value": PAIRS[1][0]}):  # fmt: skip
        job = api.post("/projects/both/try", {**asked, "holding": holding}, 202)
        found = api.wait(job["id"])
        assert found["state"] == "done", found["error"]
        results.append(found["result"])
    plain, past, part = results
    assert plain["holding"] is None and past["holding"]["value"] == "Past"
    assert past["sentences_holding"] == 1, "one sentence is annotated"
    assert part["sentences_holding"] == sum(p == PAIRS[1][0] for p, _, _ in PAIRS)
    for found in (past, part):
        assert found["with_word"] + found["word_elsewhere"] == plain["with_word"]
        assert found["turned"] + found["turned_elsewhere"] == plain["turned"]
        assert found["with_word"] + found["without_word"] == len(PAIRS)
    wrong = {"side": "source", "label": "Mood", "value": "Ind"}
    answer = api.post("/projects/both/try", {**asked, "holding": wrong}, 404)
    assert "Tense" in answer["error"]["message"]
    for bad in ({**wrong, "value": ""}, {**wrong, "side": "left"}, {"label": "Tense"}):
        api.post("/projects/both/try", {**asked, "holding": bad}, 422)


def test_it_is_told_which_words_a_scope_means_and_which_scope_is_wrong(api: Api) -> None:
    sentences, own = [0, 1], "He saw him."
    texts = [PAIRS[0][1], PAIRS[1][1], own]
    clean = ask(
        api, "both", "lstm", {"neurons": ["encoder.0.rnn_hidden[1]"], "operation": "zero"},
        sentences=sentences, texts=[own],
    )["items"]  # fmt: skip
    written = [word for item in clean for word in item["baseline"]["view"]["words"]]
    assert len(written) > 1
    encoder, decoder = "encoder.0.rnn_hidden[1]", "decoder.0.rnn_hidden[1]"
    scopes = [
        {"neuron": encoder, "where": {"words": ["he", "him"]}},
        {"neuron": encoder, "where": {"pattern": "(h"}},
        {"neuron": encoder, "where": {"words": ["nowhere"]}},
        {"neuron": decoder, "where": {"words": [written[0]]}},
        {"neuron": decoder, "where": {"label": "Shape", "value": "round"}},
    ]
    body = {"model": "lstm", "sentences": sentences, "texts": [own], "scopes": scopes}
    found = api.post("/projects/both/scopes", body)
    assert found["texts"] == 3
    he, bad, none, first, label = found["scopes"]
    words = [[w for w in t.replace(".", " ").split() if w.lower() in ("he", "him")] for t in texts]
    assert he["count"] == sum(map(len, words))
    assert he["texts"] == sum(map(bool, words))
    assert {w.lower() for w in he["words"]} == {"he", "him"}
    assert "'(h' is not a regular expression" in bad["wrong"]
    assert none == {"wrong": None, "count": 0, "words": [], "texts": 0}
    assert first["count"] == sum(word.lower() == written[0].lower() for word in written)
    assert "Shape" in label["wrong"]
