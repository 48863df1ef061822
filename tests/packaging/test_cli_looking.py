"""Commands that look at the corpus and into decoding: each prints what the toolkit finds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import neurox_core as nx
from neurox_core.activations import extract
from neurox_core.corpora import Corpus

from .test_cli import neurox

PAIRS = [
    ("He left.", "Il est parti."), ("The men are here.", "Les hommes sont ici."),
    ("She reads a book in the garden.", "Elle lit un livre dans le jardin."),
    ("They were not at home yesterday.", "Ils étaient à la maison hier."),
]  # fmt: skip
CORPUS = Corpus("pairs", [s for s, _ in PAIRS], [r for _, r in PAIRS])
LAYER = "encoder.1.rnn_hidden"
PUT = "encoder.1.rnn_hidden[0-7]=2"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "pairs.tsv"
    path.write_text("\n".join("\t".join(pair) for pair in PAIRS) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def store(tmp_path: Path, tiny_recurrent: Any) -> Path:
    extract(tiny_recurrent, CORPUS, tmp_path / "acts", dtype="float32")
    return tmp_path / "acts"


@pytest.mark.parametrize(
    "command", ["attention", "tree", "nearest", "similar", "slices", "groups", "try"]
)
def test_every_command_explains_itself_with_examples(command: str) -> None:
    result = neurox(command, "--help")
    assert result.exit_code == 0
    assert f"neurox {command}" in result.output.partition("Examples:")[2]


def test_tokens_in_the_nearest_states(
    recurrent_folder: Path, tiny_recurrent: Any, store: Path, tmp_path: Path
) -> None:
    given = ("nearest", "-m", recurrent_folder, "-s", store, PAIRS[2][0], "--word", 1,
             "--layer", LAYER, "--top", 3, "--format", "json")  # fmt: skip
    rows = json.loads(neurox(*given).stdout)
    found = nx.nearest_words(
        tiny_recurrent, nx.open_store(store), PAIRS[2][0], 1, LAYER, 3, each_sentence=True
    )
    assert [(r["sentence"], r["place"]) for r in rows] == [
        (n.sentence, n.word) for n in found.neighbours
    ]
    assert (rows[0]["word"], rows[0]["text"]) == ("reads", PAIRS[2][0])
    indexed = neurox(*given, "--index", tmp_path / "lists")
    assert json.loads(indexed.stdout)[0] == pytest.approx(rows[0], abs=1e-2)
    assert "nearest lists" in indexed.stderr
    for options, said in (
        (("--layer", "encoder.7.rnn_hidden"), "not recorded"), (("--word", 9), "words 0 to"),
        (("--side", "target"), "target"), (("--index", store), "no index"),
    ):  # fmt: skip
        result = neurox(*given, *options)
        assert result.exit_code == 2 and said in result.stderr, result.output


def test_similar_sentences_that_come_out_otherwise(
    recurrent_folder: Path, tiny_recurrent: Any, corpus: Path, store: Path
) -> None:
    given = ("similar", "-m", recurrent_folder, "-c", corpus, "--outcome", "changed", "--set", PUT,
             "--at", "words:he,men", "--format", "json")  # fmt: skip
    edit = nx.Intervention([f"{LAYER}[{u}]" for u in range(8)], "set", 2.0,
                           where={"words": ["he", "men"]})  # fmt: skip
    sources = CORPUS.sources
    pairs = zip(tiny_recurrent.translate(sources), tiny_recurrent.translate(sources, [edit]),
                strict=True)  # fmt: skip
    moved = {i for i, (clean, changed) in enumerate(pairs) if clean.text != changed.text}
    assert moved and moved <= {0, 1}
    found = json.loads(neurox(*given, "--sentence", min(moved)).stdout)
    assert found["outcomes"] == {"unchanged": 4 - len(moved), "changed": len(moved)}
    assert found["outcome"] == "changed"
    assert {one["sentence"] for one in found["found"]} == {*range(4)} - moved
    states = json.loads(neurox(*given, "He left.", "--store", store).stdout)
    assert states["layer"] == LAYER
    assert {one["sentence"] for one in states["found"]} == (
        {*range(4)} - moved if 0 in moved else moved
    )
    wanted = nx.find_counterparts(
        tiny_recurrent, CORPUS, "He left.", nx.Outcome("changed"), [edit],
        store=nx.open_store(store),
    )  # fmt: skip
    assert [one["similarity"] for one in states["found"]] == pytest.approx(
        [one.similarity for one in wanted.found]
    )
    for options, said in (
        (("--sentence", 1, "x"), "either"), ((), "either"),
        (("--sentence", 9), "(index 9): the corpus has 4"),
        (("--sentence", 0, "--layer", LAYER), "--store"),
        (("--sentence", 0, "--outcome", "gives"), "translation"),
        (("--sentence", 0, "--outcome", "mood"), "An outcome is one of"),
        (("--sentence", 0, "--outcome", "label:Tense"), "Tense"),
        (("x", "--outcome", "reference"), "no reference"),
    ):  # fmt: skip
        result = neurox(*given, *options)
        assert result.exit_code == 2 and said in result.stderr, result.output


@pytest.mark.parametrize(
    ("name", "gold", "outcome", "metrics"),
    [
        ("gpt2", "-", "gives", ["perplexity"]),
        ("bert-classes", "good", "reference", ["accuracy", "f1"]),
    ],
)
def test_models_that_do_not_translate(
    name: str, gold: str, outcome: str, metrics: list[str], open_family: Any, tmp_path: Path
) -> None:
    folder, model = open_family(name)
    path = tmp_path / "texts.tsv"
    path.write_text("\n".join(f"{s}\t{gold}" for s, _ in PAIRS) + "\n")
    found = json.loads(neurox("similar", "-m", folder, "-c", path, "--sentence", 0, "--outcome",
                              outcome, "--format", "json").stdout)  # fmt: skip
    assert sum(found["outcomes"].values()) == len(PAIRS)
    assert all(one["outcome"] != found["outcome"] for one in found["found"])
    edit = f"{model.source_stack}.1.resid_post[0-7]=2"
    sliced = json.loads(neurox("slices", "-m", folder, "-c", path, "--label", "length", "--set",
                               edit, "--least", 1, "--format", "json").stdout)  # fmt: skip
    assert list(sliced["whole"]["metrics"]) == metrics
    whole = nx.measure(model, nx.read_corpus(path), [
        nx.Intervention([f"{model.source_stack}.1.resid_post[{u}]" for u in range(8)], "set", 2.0)
    ])  # fmt: skip
    for metric in metrics:
        one = sliced["whole"]["metrics"][metric]
        assert one["value"] == pytest.approx(whole.metrics[metric].value)
        assert one["p_value"] == pytest.approx(whole.metrics[metric].p_value)
    layers = json.loads(neurox("groups", "layers", "-m", folder, "-c", path, "--format",
                               "json").stdout)  # fmt: skip
    assert [row["group"] for row in layers] == model.layers


def test_slices_are_scored_clean_and_changed(recurrent_folder: Path, corpus: Path) -> None:
    given = ("slices", "-m", recurrent_folder, "-c", corpus, "--least", 1, "--format", "csv")
    label = ("--label", "regular_expression", "--with", "pattern=[Tt]he")
    lines = [line.split(",") for line in neurox(*given, *label).stdout.splitlines()]
    assert lines[0][1:] == ["sentences", "BLEU", "BLEU +/-", "chrF", "chrF +/-"]
    assert [line[0] for line in lines[1:]] == ["all sentences", "match", "other"]
    changed = neurox(*given, *label, "--set", PUT).stdout.splitlines()
    assert "BLEU change +/-" in changed[0] and changed[1].startswith("all sentences,4,")
    lost = neurox(*given, "--label", "column:mood")
    assert lost.exit_code == 2 and "mood" in lost.stderr


def test_groups_are_ablated_whole(recurrent_folder: Path, corpus: Path, tmp_path: Path) -> None:
    given = ("-m", recurrent_folder, "-c", corpus, "--format", "json")
    these = ("--neurons", f"{LAYER}[3,5-7]")
    (row,) = json.loads(neurox("groups", "these", *given, *these).stdout)
    assert (row["group"], row["neurons"], row["sentences"]) == ("these neurons", 4, 4)
    (rest,) = json.loads(neurox("groups", "others", *given, *these, "--metric", "ter").stdout)
    assert rest["neurons"] == 12 and "TER p" in rest and "BLEU" not in rest
    order = tmp_path / "order.txt"
    order.write_text(f"{LAYER}[3]\n")
    (one,) = json.loads(neurox("groups", "these", *given, "--neurons-file", order).stdout)
    assert one["group"] == f"{LAYER}[3]"
    for arguments, said in (
        (("others", *given), "No neuron"), (("heads", *given), "no layer of heads"),
        (("layers", *given, *these), "--layers"), (("these", *given, "--layers", LAYER), "neurons"),
        (("these", *given, "--neurons", f"{LAYER}[3]=2"), "value"),
        (("layers", *given, "--metric", "accuracy"), "accuracy"),
    ):  # fmt: skip
        result = neurox("groups", *arguments)
        assert result.exit_code == 2 and said in result.stderr, result.output


def test_an_edit_is_kept_applied_and_tried(
    recurrent_folder: Path, tiny_recurrent: Any, corpus: Path, tmp_path: Path
) -> None:
    made = nx.ManipulationSet(
        "put", (nx.Intervention([f"{LAYER}[{u}]" for u in range(8)], "set", 2.0),)
    )
    path = tmp_path / "put.json"
    path.write_text(json.dumps({"model": "x", "sets": [made.to_dict()]}))
    both = [neurox("translate", "-m", recurrent_folder, "He left.", *edit, "--format", "json")
            for edit in (("--apply", path), ("--set", PUT))]  # fmt: skip
    assert both[0].stdout == both[1].stdout and "changed" in json.loads(both[0].stdout)[0]
    clean = tiny_recurrent.translate(["He left."])[0].text.split()[0]
    given = ("try", "-m", recurrent_folder, "-c", corpus, "--word", clean, "--instead", "xyz")
    tried = json.loads(neurox(*given, "--apply", path, "--format", "json").stdout)
    wanted = nx.try_edit(tiny_recurrent, CORPUS, made.interventions, clean, "xyz")
    assert tried["with_word"] == wanted["with_word"] >= 1
    assert tried["changed_elsewhere"] == wanted["changed_elsewhere"]
    assert "BLEU change" in neurox(*given, "--apply", path).stdout
    beams = neurox(*given, "--apply", path, "--beams", 3, "--resamples", 20, "--format", "json")
    wanted = nx.try_edit(tiny_recurrent, CORPUS, made.interventions, clean, "xyz", beams=3)
    tried = json.loads(beams.stdout)
    assert tried["changed_elsewhere"] == wanted["changed_elsewhere"]
    assert "bs:20" in tried["metrics"]["bleu"]["signature"]
    for options, said in (((), "Nothing is changed"), (("--apply", corpus), "not JSON"),
                          (("--set", PUT, "--where", "Tense"), "Tense=Past")):  # fmt: skip
        result = neurox(*given, *options)
        assert result.exit_code == 2 and said in result.stderr, result.output


def test_attention_and_the_tree(recurrent_folder: Path, tiny_recurrent: Any) -> None:
    found = json.loads(neurox("attention", "-m", recurrent_folder, "He left.", "--format",
                              "json").stdout)  # fmt: skip
    wanted = nx.attention(tiny_recurrent, "He left.")["cross"]
    assert found["keys"] == [place.piece for place in wanted.keys]
    for row, weights in zip(found["weights"], wanted.mean().tolist(), strict=True):
        assert row == pytest.approx(weights) and sum(row) == pytest.approx(1, abs=1e-4)
    for options, said in ((("--head", 0), "--layer"), (("--layer", 7), "7"),
                          (("--layer", 1, "--head", 5), "head"),
                          (("--kind", "x"), "kind")):  # fmt: skip
        result = neurox("attention", "-m", recurrent_folder, "He left.", *options)
        assert result.exit_code == 2 and said in result.stderr, result.output

    given = ("tree", "-m", recurrent_folder, "He left.", "--beams", 3)
    nodes = json.loads(neurox(*given, "--format", "json").stdout)["nodes"]
    tree = nx.beam_tree(tiny_recurrent, "He left.", 3)
    assert [(n["parent"], n["token"], n["fate"]) for n in nodes] == [
        (n.parent, n.token, n.fate) for n in tree.nodes
    ]
    drawn = neurox(*given)
    assert drawn.stdout.count("place") == len(tree.ends())
    best = tiny_recurrent.translate(["He left."], (), 3)[0].text
    assert drawn.stderr.splitlines()[0] == f"1. {best}"
