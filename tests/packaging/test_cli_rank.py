"""`neurox rank` with labels and other models: every kind of label, exports, and how it fails."""

from __future__ import annotations

import csv
import io
import json
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

import neurox_core as nx
from neurox_core.activations.formats import import_activations
from neurox_server.cli import cli

TEXTS = [
    f"{name} {verb} {count} {thing}s ."
    for name, verb in (("Mary", "was seeing"), ("he", "buys"), ("Tom", "sold"), ("she", "is"))
    for count in (3, 12)
    for thing in ("cat", "book", "table", "tree")
]
WORDS = [text.split() for text in TEXTS]
FLAT = [word for words in WORDS for word in words]


def truth(test: Any) -> np.ndarray:
    return np.array([test(word) for word in FLAT])


ING = truth(lambda w: w.endswith("ing"))
DIGIT = truth(str.isdecimal)
CAPITAL = truth(lambda w: w[0].isupper())
LISTED = truth(lambda w: w in ("he", "she"))
PLACE = np.concatenate([np.arange(len(words)) for words in WORDS])
LENGTH = np.concatenate([[len(words)] * len(words) for words in WORDS])
COUNT = np.array([FLAT.count(word) for word in FLAT])
PLANTED = (ING, DIGIT, CAPITAL, LISTED, PLACE == 0, LENGTH == 6, COUNT > 20)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two stores, `a` and `b`: neuron i of the former knows PLANTED[i], the latter is a mixture."""
    root = tmp_path_factory.mktemp("rank")
    draw = np.random.default_rng(0)
    x = draw.normal(size=(len(FLAT), 12))
    for neuron, known in enumerate(PLANTED):
        x[:, neuron] += 9.0 * known
    for name, values in (("a", x), ("b", x[:, ::-1] * 2 + 1)):
        np.save(root / f"{name}.npy", values.astype(np.float32))
        import_activations(
            root / f"{name}.npy", root / name, tokens=WORDS, model=name,
            labels={"shape": [["digit" if w.isdecimal() else "x" for w in ws] for ws in WORDS]},
        )  # fmt: skip
    lines = ["source\treference\thalf", *(f"{t}\tr{i}\t{i % 2}" for i, t in enumerate(TEXTS))]
    (root / "test.tsv").write_text("\n".join(lines) + "\n")
    rows = [[(w, "NUM" if w.isdecimal() else "X") for w in ws] for ws in WORDS]
    (root / "tags.labels").write_text("\n".join(" ".join(t for _, t in r) for r in rows) + "\n")
    (root / "words.txt").write_text("\n".join(" ".join(ws) for ws in WORDS) + "\n")
    (root / "people.txt").write_text("she\nHe\n")
    tables = ("\n".join(f"{w}\t{t}\t{w[0]}" for w, t in r) for r in rows)
    (root / "tags.tsv").write_text("word\ttag\tletter\n" + "\n\n".join(tables) + "\n")
    blocks = (
        "".join(f"{i}\t{w}\t_\t{t}\t_\tForm={t.lower()}\t_\t_\t_\t_\n"
                for i, (w, t) in enumerate(r, 1))
        for r in rows
    )  # fmt: skip
    (root / "tags.conllu").write_text("\n".join(blocks))
    return root


def neurox(folder: Path, *arguments: object) -> Result:
    there = [str(a).replace("@", f"{folder}/") for a in arguments]
    return CliRunner().invoke(cli, ["rank", "--store", str(folder / "a"), *there])


def listed(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def first(folder: Path, *arguments: object) -> str:
    done = neurox(folder, "--method", "anova_f", "--top", "1", "--format", "json", *arguments)
    return str(listed(done)[0]["neuron"]).rpartition("[")[2].rstrip("]")


@pytest.mark.parametrize(
    ("neuron", "arguments"),
    [
        (0, ["--labels", "regular_expression", "--with", "pattern=ing$"]),
        (1, ["--labels", "regular_expression", "--with", r"pattern=\d"]),
        (2, ["--labels", "capitalisation", "--against", "Capitalised"]),
        (3, ["--labels", "word_list", "--with", "words=he, she"]),
        (4, ["--labels", "position", "--against", "0"]),
        (5, ["--labels", "length", "--with", "ranges=2"]),
        (6, ["--labels", "frequency", "--with", "ranges=2"]),
        (1, ["--labels", "shape"]),
        (1, ["--labels", "tag", "--labels-file", "@tags.tsv"]),
        (1, ["--labels-file", "@tags.labels", "--words-file", "@words.txt"]),
        (1, ["--labels-file", "@tags.conllu", "--labels", "Form", "--classes", "num,x"]),
        (1, ["--labels-file", "@tags.conllu", "--labels", "upos", "--corpus", "@test.tsv"]),
        (3, ["--labels-file", "@people.txt"]),
        (3, ["--labels", "frequent_word", "--with", "count=40", "--classes", "he,.",
             "--rest", "others", "--against", "he"]),
    ],
)  # fmt: skip
def test_labels_of_every_kind_find_the_neuron_that_knows_them(
    folder: Path, neuron: int, arguments: list[str]
) -> None:
    assert first(folder, *arguments) == str(neuron)


def test_columns_of_the_corpus_label_whole_sentences(folder: Path) -> None:
    result = neurox(folder, "-M", "probeless", "-c", "@test.tsv", "-l", "column:half", "--top", 0)
    assert result.exit_code == 0 and "labels:column:half." in result.stderr


def test_the_order_is_that_of_python_and_is_written_in_three_forms(folder: Path) -> None:
    store = nx.open_store(folder / "a")
    labels = nx.label_words(store, None, "capitalisation")
    wanted = nx.rank("average_precision", store, labels=labels).labels["Capitalised"]
    files = [folder / f"order.{form}" for form in ("csv", "json", "parquet")]
    exports = [x for file in files for x in (f"--{file.suffix[1:]}", file)]
    done = neurox(folder, "-M", "average_precision", "-l", "capitalisation", "--format", "json",
                  "--label", "Capitalised", *exports)  # fmt: skip
    order = [str(wanted.neuron(i)) for i in wanted.order.tolist()]
    assert [row["neuron"] for row in listed(done)] == order
    signature, *lines = files[0].read_text().splitlines()
    assert signature == f"# signature: {wanted.signature}"
    assert [row["neuron"] for row in csv.DictReader(io.StringIO("\n".join(lines)))] == order
    kept = json.loads(files[1].read_text())
    assert kept["signature"] == wanted.signature and len(kept["neurons"]) == 12
    parquet = import_module("pyarrow.parquet")
    assert parquet.read_table(files[2])["neuron"].to_pylist() == order


def test_other_models_stand_beside_with_their_best_partners(folder: Path) -> None:
    rows = listed(neurox(folder, "-M", "max_correlation", "--others", "two=@b", "--format", "json"))
    assert len(rows) == 12
    for row in rows:
        unit = int(row["neuron"].rpartition("[")[2][:-1])
        assert row["partner in two"].endswith(f"[{11 - unit}]")
        assert row["correlation with two"] == pytest.approx(1, abs=1e-6)
    assert "partner in b" in neurox(folder, "-M", "svcca", "--others", "@b").stdout


def test_a_probe_is_shown_with_its_control_task(folder: Path) -> None:
    done = neurox(folder, "-M", "probe", "-l", "shape", "--top", 1, "-p", "retrain=no",
                  "-p", "minimal=false", "-p", "penalty=given", "-p", "keep=50")  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "accuracy: train 1.000" in done.stderr and "; selectivity " in done.stderr
    assert "held-out words only" in done.stderr
    numbers = neurox(folder, "-M", "probe", "-l", "position", "--with", "form=number", "-p",
                     "retrain=no", "-p", "minimal=no", "-p", "penalty=given")  # fmt: skip
    assert "r2: train" in numbers.stderr


def test_an_annotator_of_somebody_else_takes_its_options(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from neurox_core.corpora import Annotator, annotation
    from neurox_core.parameters import Parameter

    own = Annotator(
        "longer", "Longer", "Words of more letters.",
        lambda words, options: words.by_form(lambda form: str(len(form) > int(options["letters"]))),
        {"letters": Parameter(9, "So many.")},
    )  # fmt: skip

    class Entry:
        value = "somewhere:longer"

        def load(self) -> Annotator:
            return own

    annotation._registry.cache_clear()
    monkeypatch.setattr(annotation, "entry_points", lambda group: [Entry()])
    try:
        result = neurox(folder, "-M", "anova_f", "-l", "longer", "--with", "letters=3")
        assert "labels:longer(letters=3)." in result.stderr
        assert "--with letters=9" in neurox(folder, "--list-labels").stdout
    finally:
        annotation._registry.cache_clear()


def test_labels_and_analyses_describe_themselves(folder: Path) -> None:
    shown = neurox(folder, "--list-labels", "-c", "@test.tsv").stdout
    for part in ("shape: came with the store", "column:half:", "--with pattern="):
        assert part in shown
    shown = neurox(folder, "--list", "-M", "probe").stdout
    assert "Dalvi et al. 2019" in shown and "-p penalty=path" in shown and "--labels" in shown


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-M", "anova_f"], "needs labels: give --labels"),
        (["-M", "svcca"], "give --others"),
        (["-M", "variance", "-l", "shape"], "takes no labels"),
        (["-M", "variance", "--others", "@b"], "looks at one model"),
        (["-M", "anova_f", "-l", "upos"], "--corpus or --labels-file"),
        (["-M", "anova_f", "-l", "shap", "-c", "@test.tsv"], "no label called 'shap'"),
        (["-M", "anova_f", "-l", "shape", "--against", "y"], "has no class 'y'"),
        (["-M", "anova_f", "-l", "shape", "--classes", "digit"], "at least 2 are needed"),
        (["-M", "svcca", "--others", "@b", "--label", "digit"], "no order of its own"),
        (["-M", "probeless", "-l", "shape", "--label", "y"], "no label of this ranking"),
        (["-M", "anova_f", "-l", "shape", "--with", "a=1"], "takes no options"),
        (["-M", "anova_f", "-l", "position", "--with", "last=x"], "last is a number"),
        (["-M", "anova_f", "-l", "position", "--with", "last"], "is not a setting"),
        (["-M", "anova_f", "-l", "position", "--with", "from_end=x"], "true or false"),
        (["-M", "anova_f", "-l", "position", "--with", "nothing=1"], "has no parameter"),
        (["-M", "anova_f", "-l", "regular_expression", "--with", "pattern=("], "cannot be read"),
        (["-M", "anova_f", "--labels-file", "@tags.tsv"], "say which one with --labels"),
        (["-M", "anova_f", "--labels-file", "@a.npy"], "is not one of"),
        (["-M", "anova_f", "--labels-file", "@none.tsv"], "none.tsv"),
        (["-M", "max_correlation", "--others", "@none"], "There is no folder"),
        (["-M", "max_correlation", "--others", "@b", "--others", "@b"], "called 'b'"),
        (["-M", "probe", "-l", "shape", "-p", "l1=x"], "l1 is a number"),
        (["-M", "probe", "-l", "shape", "-p", "keep=ten"], "percentages"),
        (["-M", "variance", "--csv", "@none/x.csv"], "x.csv"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_in_a_line(
    folder: Path, arguments: list[str], message: str
) -> None:
    result = neurox(folder, *arguments)
    assert result.exit_code == 2 and message in result.stderr
    assert "Traceback" not in result.output
