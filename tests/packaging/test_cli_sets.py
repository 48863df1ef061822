"""A patch kept from the command line, and sets of changes side by side."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from neurox_server.cli import cli

HE, SHE = "He was here.", "She reads."


def neurox(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in arguments])


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "test.tsv"
    path.write_text(f"{HE}\tIl était ici.\nThe men are here.\tLes hommes sont ici.\n")
    return path


def test_a_patch_is_kept_in_a_file_and_put_into_a_corpus(
    recurrent_folder: Path, corpus: Path, tmp_path: Path
) -> None:
    out = tmp_path / "patch.json"
    cells = ("--keep", "encoder.0.embed@0", "--keep", "encoder.1.rnn_hidden[3]")
    made = neurox("compare", "-m", recurrent_folder, HE, SHE, *cells, "--out", out, "--format",
                  "json")  # fmt: skip
    assert made.exit_code == 0, made.output
    kept = json.loads(made.stdout)
    assert [i["operation"] for i in kept["interventions"]] == ["patch", "patch"]
    assert kept["interventions"][0]["positions"] == [0]

    found = neurox("sets", out, "-m", recurrent_folder, "-c", corpus, "--show", 1, "--format",
                   "json")  # fmt: skip
    assert found.exit_code == 0, found.output
    values = json.loads(found.stdout)
    (sentence,) = values["sentences"]
    assert (sentence["baseline"], sentence["outputs"][0]["text"]) == (kept["before"], kept["after"])
    (one,) = values["sets"]
    assert one["sentences"] == 2 and one["bleu"]["signature"]
    table = neurox("sets", out, "-m", recurrent_folder, "-c", corpus, "--show", 1)
    assert kept["before"] in table.stdout and "BLEU change" in table.stdout


def test_what_the_page_exports_is_read(
    recurrent_folder: Path, corpus: Path, tmp_path: Path
) -> None:
    place = {"words": ["he"], "pattern": "", "label": "", "value": ""}
    edit = {"neurons": ["encoder.1.rnn_hidden[3]"], "operation": "set", "value": 2.0, "unit": "raw",
            "positions": None, "scope": "output", "where": place, "seed": 0,
            "values": None}  # fmt: skip
    path = tmp_path / "sets.json"
    listed = [{"name": "one", "interventions": [edit]},
              {"name": "two", "interventions": [{**edit, "where": None}]}]  # fmt: skip
    path.write_text(json.dumps({"model": "x", "sets": listed}))
    result = neurox("sets", path, "-m", recurrent_folder, "-c", corpus, "--format", "csv")
    assert result.exit_code == 0, result.output
    assert [line.split(",")[0] for line in result.stdout.splitlines()] == ["set", "one", "two"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON"),
        ("[]", "no manipulation sets"),
        ('[{"name": "x"}]', "set 1"),
        ('[{"name": "x", "interventions": [{"operation": "zero"}]}]', "neurons"),
        ('[{"name": "x", "interventions": [3]}]', "set 1"),
        ('[{"name": "x", "interventions": [{"neurons": 3, "operation": "zero"}]}]', "set 1"),
    ],
)
def test_a_file_that_holds_no_sets_is_told(
    recurrent_folder: Path, corpus: Path, tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "sets.json"
    path.write_text(text)
    result = neurox("sets", path, "-m", recurrent_folder, "-c", corpus)
    assert result.exit_code == 2 and said in result.output, result.output


def test_cells_that_cannot_be_kept_are_told(recurrent_folder: Path, tmp_path: Path) -> None:
    compare = ("compare", "-m", recurrent_folder, HE, SHE)
    for options, said in (
        (("--out", tmp_path / "x.json"), "--keep"),
        (("--keep", "encoder.0.embed@x"), "number"),
        (("--keep", "encoder.0.embed@99"), "counterpart"),
        (("--keep", "encoder.9.embed"), "encoder.9.embed"),
        (("--keep", "encoder.0.embed", "--layers", "encoder.0.embed"), "leave out --layers"),
    ):
        result = neurox(*compare, *options)
        assert result.exit_code == 2 and said in result.output, result.output
