"""The commands about cause and effect, over tiny models."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from neurox_core.interventions import pruning
from neurox_core.models import registry
from neurox_core.models.base import TranslationModel
from neurox_server.cli import cli
from neurox_server.cli.sets import read_sets

COMMANDS = ("ablate", "attribute", "compare", "find", "control", "bias", "prune")


def neurox(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in arguments])


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "test.tsv"
    path.write_text("He left.\tIl est parti.\nThe men are here.\tLes hommes sont ici.\n")
    return path


@pytest.fixture
def order(tmp_path: Path) -> Path:
    path = tmp_path / "order.csv"
    rows = [f"{i + 1},encoder.{i % 2}.rnn_hidden[{i // 2}],0.5" for i in range(32)]
    path.write_text("rank,neuron,score\n" + "\n".join(rows))
    return path


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_examples(command: str) -> None:
    result = neurox(command, "--help")
    assert result.exit_code == 0
    assert f"neurox {command}" in result.output.partition("Examples:")[2]


def test_a_curve_from_a_file_of_neurons(recurrent_folder: Path, corpus: Path, order: Path) -> None:
    result = neurox("ablate", "-m", recurrent_folder, "-c", corpus, "--neurons", order, "--steps",
                    2, "--directions", "top,bottom", "--format", "json")  # fmt: skip
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["neurons"] == 32 and found["complete"]
    assert [p["ablated"] for p in found["curves"][1]["points"]] == [0, 16, 32]
    missing = neurox("ablate", "-m", recurrent_folder, "-c", corpus)
    assert missing.exit_code == 2 and "--neurons" in missing.output


def test_a_word_is_attributed_and_runs_are_compared(recurrent_folder: Path) -> None:
    result = neurox("attribute", "-m", recurrent_folder, "He left.", "--word", 0, "--baseline",
                    "zero", "--top", 3, "--format", "csv")  # fmt: skip
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[0] == "neuron,estimate,effect"
    assert len(result.stdout.splitlines()) == 4
    two = ("compare", "-m", recurrent_folder, "He left.", "The men are here.")
    options = ("--layers", "encoder.1.rnn_hidden", "--scope", "recurrence", "--beams", 3)
    result = neurox(*two, *options, "--top", 1, "--format", "json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert [row["layer"] for row in found["layers"]] == ["encoder.1.rnn_hidden"]
    wide = neurox("translate", "-m", recurrent_folder, *two[3:], "--beams", 3)
    assert found["translations"] == wide.stdout.splitlines()
    same = neurox("compare", "-m", recurrent_folder, "He left.", "He left.")
    assert same.exit_code == 2 and "translated" in same.output


def test_a_smaller_model_is_written(
    recurrent_folder: Path, corpus: Path, order: Path, tmp_path: Path
) -> None:
    out = tmp_path / "small"
    result = neurox("prune", "-m", recurrent_folder, "--neurons", order, "--share", 0.25, "--out",
                    out, "-c", corpus)  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "parameters" in result.stdout and "BLEU" in result.stdout
    assert "passed over" not in result.output and ": 16 units fewer" in result.output
    assert json.loads((out / "config.json").read_text())["hidden_size"] == 12


def test_models_are_compared_on_a_device_and_in_a_precision(
    marian_folder: Path, recurrent_folder: Path, corpus: Path, order: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    opened: list[tuple[str, str]] = []
    whole = registry.load_model

    def load(name: str, device: str = "cpu", dtype: str = "float32") -> TranslationModel:
        opened.append((device, dtype))
        return whole(name, device, dtype=dtype)

    monkeypatch.setattr(pruning, "load_model", load)
    given = ("prune", "-m", marian_folder, "--weights", "feed_forward", "-c", corpus, "--limit", 2)
    out = tmp_path / "small"
    result = neurox(*given, "--out", out, "--device", "auto", "--precision", "bf16")
    assert result.exit_code == 0, result.output
    assert opened == [("auto", "bf16")] * 2
    # What cannot be is told in words of the command, and nothing is left.
    for options, said in (
        (("--precision", "int8"), "'int8' is no precision; write float32, bf16 or fp16"),
        (("--device", "tpu9"), "'tpu9'"),
    ):
        result = neurox(*given, "--out", tmp_path / "none", *options)
        assert result.exit_code == 2 and said in result.output, result.output
    own = ("prune", "-m", recurrent_folder, "--neurons", order, "-c", corpus)
    result = neurox(*own, "--out", tmp_path / "none", "--precision", "bf16")
    assert result.exit_code == 2 and "leave out the precision (dtype, --precision)" in result.output
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"encoder.1.rnn_hidden[16]\n", "encoder.1.rnn_hidden has 16 units, 0 to 15"),
        (b"\xff[", "is not text in UTF-8"),
        (b"nothing\n", "names no neuron"),
    ],
)
def test_a_list_of_neurons_that_the_model_does_not_have_is_refused(
    recurrent_folder: Path, corpus: Path, tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "neurons.txt"
    file.write_bytes(content)
    for command in (
        ("prune", "--neurons", file, "--out", tmp_path / "small"),
        ("ablate", "-c", corpus, "--neurons", file),
        ("groups", "others", "-c", corpus, "--neurons-file", file),
    ):
        result = neurox(*command, "-m", recurrent_folder)
        assert result.exit_code == 2 and said in result.output, result.output
    assert not (tmp_path / "small").exists()


def test_deliberate_errors_are_one_line(recurrent_folder: Path, corpus: Path) -> None:
    for arguments in (
        ("control", "-m", recurrent_folder, "-c", corpus, "--label", "Tense", "--values",
         "Past,Pres", "--to", "Pres"),
        ("control", "-m", recurrent_folder, "-c", corpus, "--label", "Tense", "--values", "Past",
         "--to", "Past"),
        ("find", "-m", recurrent_folder, "He left.", "--word", 0, "--instead", "Elle"),
    ):  # fmt: skip
        result = neurox(*arguments)
        assert result.exit_code == 2 and "Traceback" not in result.output
    assert neurox("bias", "-m", recurrent_folder).exit_code == 0


def test_a_search_says_where_to_look_and_takes_what_is_usual_from_a_corpus(
    recurrent_folder: Path, corpus: Path, tmp_path: Path
) -> None:
    given = ("find", "-m", recurrent_folder, "He left.", "--word", 0, "--instead", "Elle",
             "--layers", "encoder.0.rnn_hidden", "--scope", "recurrence", "--beams", 2)  # fmt: skip
    out = tmp_path / "found.json"
    for options in (("--like", corpus), ("--corpus", corpus)):
        result = neurox(*given, *options, "--out", out)
        assert result.exit_code == 0, result.output
        (made,) = read_sets(out)
        assert {(i.neurons[0].partition("[")[0], i.scope) for i in made.interventions} == {
            ("encoder.0.rnn_hidden", "recurrence")
        }
    assert "sentences turned" in result.output and "chrF" in result.output
    wrong = neurox(*given, "--layers", "encoder.4.embed", "--like", corpus)
    assert wrong.exit_code == 2 and "encoder.4.embed" in wrong.output
    made_by = ("attribute", "-m", recurrent_folder, "He left.", "--word", 0, "--top", 2)
    assert neurox(*made_by).exit_code == 2
    one = neurox(*made_by, "--like", corpus, "--layers", "encoder.0.embed", "--format", "csv")
    assert one.exit_code == 0 and one.stdout.splitlines()[1].startswith("encoder.0.embed[")


def test_a_part_of_the_gender_experiment_at_some_words(
    recurrent_folder: Path, corpus: Path
) -> None:
    given = ("bias", "-m", recurrent_folder, "--limit", 6, "--beams", 2, "--set",
             "encoder.1.rnn_hidden[3]=2sigma", "--format", "json")  # fmt: skip
    refused = neurox(*given)
    assert refused.exit_code == 2 and "--like" in refused.output  # What is a sigma?
    result = neurox(*given, "--at", "words:he", "--like", corpus)
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["sentences"] == 6
    assert all(c["before"] == c["after"] for c in found["cases"] if c["gold"] == "f")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--where", "Tense=Past"], "--corpus"),
        (["--where", "Tense", "--corpus"], "Tense=Past"),
        (["--where", "reference:Tense=Past", "--corpus"], "label of reference words or sentences"),
    ],
)
def test_where_an_edit_is_meant_for_is_checked_before_the_search(
    recurrent_folder: Path, corpus: Path, given: list[str], said: str
) -> None:
    if given[-1] == "--corpus":
        given = [*given, str(corpus)]
    result = neurox("find", "-m", recurrent_folder, "He left.", "--word", 0, "--instead", "Elle",
                    *given)  # fmt: skip
    assert result.exit_code == 2 and said in result.output
