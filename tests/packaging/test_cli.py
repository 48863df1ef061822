"""The command `neurox`, over tiny models: what it prints, and how it fails."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import neurox_core as nx
from neurox_core.models.base import TranslationModel
from neurox_server.cli import cli

WANTED = "Il est parti.", "Elle lit un livre."
COMMANDS = ("demo", "serve", "check", "extract", "rank", "translate", "classify", "score")
ALL_OFF = "encoder.1.rnn_hidden[0-15]"


def neurox(*arguments: object, text: str | None = None) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in arguments], input=text)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "test.tsv"
    rows = [
        ("He left.", "Il est parti."),
        ("She reads a book in the garden.", "Elle lit un livre."),
        ("The men are here.", "Les hommes sont ici."),
    ]
    lines = [
        "source\treference\tpart",
        *(f"{s}\t{r}\t{'ab'[i % 2]}" for i, (s, r) in enumerate(rows)),
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_help_lists_all_commands_without_loading_anything_heavy() -> None:
    code = (
        "import sys; from neurox_server.cli import cli\n"
        "cli(['--help'], standalone_mode=False)\n"
        "print([m for m in ('torch', 'transformers', 'flask', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert all(f"  {name} " in done.stdout for name in COMMANDS)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_examples(command: str) -> None:
    result = neurox(command, "--help")
    assert result.exit_code == 0
    assert f"neurox {command}" in result.output.partition("Examples:")[2]


def test_translate_prints_one_line_for_each_text(
    recurrent_folder: Path, tiny_recurrent: TranslationModel
) -> None:
    texts = ["He left.", "The men are here."]
    result = neurox("translate", "-m", recurrent_folder, *texts)
    assert result.exit_code == 0
    assert result.output.splitlines() == [t.text for t in tiny_recurrent.translate(texts)]


def test_translate_reads_the_standard_input(recurrent_folder: Path) -> None:
    given = neurox("translate", "-m", recurrent_folder, text="He left.\n\nThe men are here.\n")
    assert (
        given.output
        == neurox("translate", "-m", recurrent_folder, "He left.", "The men are here.").output
    )


def test_translate_shows_baseline_and_change(
    recurrent_folder: Path, tiny_recurrent: TranslationModel
) -> None:
    from neurox_core import Intervention

    text = "The woman sees the two old houses."
    off = Intervention([f"encoder.1.rnn_hidden[{u}]" for u in range(16)], "zero")
    wanted = tiny_recurrent.translate([text], [off], 2)[0].text
    baseline = tiny_recurrent.translate([text], beams=2)[0].text
    assert wanted != baseline
    arguments = ("translate", "-m", recurrent_folder, text, "--ablate", ALL_OFF, "--beams", "2")
    assert neurox(*arguments).output.splitlines() == [
        f"source    {text}",
        f"baseline  {baseline}",
        f"changed   {wanted}",
    ]
    (item,) = json.loads(neurox(*arguments, "--format", "json").output)
    assert (item["baseline"]["text"], item["changed"]["text"]) == (baseline, wanted)


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["--ablate", "encoder.1.rnn_hidden[16]"], "16 units"),
        (["--ablate", "encoder.9.rnn_hidden[0]"], "encoder.9.rnn_hidden"),
        (
            ["--set", "encoder.1.rnn_hidden[0]=1sigma"],
            "Mean and deviation come from a corpus: name one with --like",
        ),
        (["   "], "empty"),
    ],
)
def test_an_error_is_one_line_and_status_2(
    recurrent_folder: Path, arguments: list[str], names: str
) -> None:
    if arguments[0].startswith("--"):
        arguments = ["He left.", *arguments]
    result = neurox("translate", "-m", recurrent_folder, *arguments)
    assert result.exit_code == 2
    assert names in result.stderr
    assert result.stderr.startswith("Error: ") and len(result.stderr.splitlines()) == 1


def test_missing_model_corpus_and_store_are_named(tmp_path: Path, recurrent_folder: Path) -> None:
    missing = tmp_path / "nothing"
    for arguments in (
        ["translate", "-m", missing, "He left."],
        ["score", "-m", recurrent_folder, "-c", missing],
        ["rank", "--method", "variance", "--store", missing],
        ["serve", "--config", missing],
    ):
        result = neurox(*arguments)
        assert result.exit_code == 2, arguments
        assert str(missing) in result.stderr and "Traceback" not in result.stderr
    assert f"There is no folder {missing}" in neurox("rank", "-M", "range", "-s", missing).stderr


def test_extract_then_rank(recurrent_folder: Path, corpus: Path, tmp_path: Path) -> None:
    import neurox_core as nx

    store = tmp_path / "acts"
    layer = "encoder.1.rnn_hidden"
    result = neurox("extract", "-m", recurrent_folder, "-c", corpus, "-o", store, "--layers", layer)
    assert result.exit_code == 0, result.output
    wanted = nx.rank("variance", nx.open_store(store))
    table = neurox("rank", "--method", "variance", "--store", store, "--top", 3, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(table.stdout)))
    assert [r["neuron"] for r in rows] == [f"{layer}[{i}]" for i in wanted.order[:3]]
    assert float(rows[0]["score"]) == pytest.approx(wanted.scores[wanted.order[0]])
    everything = json.loads(
        neurox("rank", "--method", "variance", "--store", store, "--format", "json").stdout
    )
    assert len(everything) == 16
    assert wanted.signature in table.stderr


def test_rank_names_the_analyses() -> None:
    listed = neurox("rank", "--list").output.split()
    assert {"variance", "mean_distance", "range", "kurtosis", "sparsity"} <= set(listed)
    result = neurox("rank", "--method", "nothing-like-it", "--store", "x")
    assert result.exit_code == 2


def test_score_rates_each_part_apart(recurrent_folder: Path, corpus: Path) -> None:
    result = neurox(
        "score",
        "-m",
        recurrent_folder,
        "-c",
        corpus,
        "--ablate",
        ALL_OFF,
        "--resamples",
        20,
        "--format",
        "json",
    )
    assert result.exit_code == 0, result.output
    rows = json.loads(result.stdout)
    assert [(r["part"], r["system"], r["sentences"]) for r in rows] == [
        ("a", "baseline", 2),
        ("a", "changed", 2),
        ("b", "baseline", 1),
        ("b", "changed", 1),
    ]
    assert rows[0]["BLEU p"] is None and 0 <= rows[1]["BLEU p"] <= 1


def test_scores_are_named_also_installed_ones(
    recurrent_folder: Path, corpus: Path, installed_metrics: None
) -> None:
    given = ("score", "-m", recurrent_folder, "-c", corpus, "--ablate", ALL_OFF, "--resamples", 20)
    chosen = ("--metric", "ter", "--metric", "length_ratio", "--format", "json")
    result = neurox(*given, *chosen)
    assert result.exit_code == 0, result.output
    rows = json.loads(result.stdout)
    assert len(rows) == 4 and "BLEU" not in rows[0]
    assert rows[0]["TER"] >= 0 and rows[0]["length_ratio"] > 0
    assert rows[0]["length_ratio p"] is None and 0 < rows[1]["length_ratio p"] <= 1
    assert "TER nrefs:1" in result.stderr and "length_ratio" in result.stderr
    wrong = neurox(*given, "--metric", "accuracy")
    assert wrong.exit_code == 2 and "accuracy" in wrong.stderr and "length_ratio" in wrong.stderr
    assert "nrefs:1" in result.stderr and "version:" in result.stderr


def test_a_port_in_use_is_named_with_the_way_out() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        for command in ("serve", "demo"):
            result = neurox(command, "--port", port)
            if "models are missing" in result.stderr:  # a demo without weights says so first
                continue
            assert result.exit_code == 2
            assert str(port) in result.stderr and "--port 0" in result.stderr


def test_the_address_of_a_server_with_a_token_is_printed_with_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("neurox_server.run.run", lambda *_: None)
    told = neurox("serve", "--port", 0, "--token", "a token & much more", "--workspace", tmp_path)
    assert told.exit_code == 0
    assert "/?token=a%20token%20%26%20much%20more in a browser" in told.stderr


def test_a_token_that_is_too_short_is_refused() -> None:
    result = neurox("serve", "--host", "0.0.0.0", "--port", 0, "--token", "short")
    assert result.exit_code == 2 and "token" in result.stderr


def test_check_says_what_a_model_has_and_ends_with_what_can_be_done(marian_folder: Path) -> None:
    result = neurox("check", marian_folder, "--text", "He left.", "--text", "She reads a book.")
    assert result.exit_code == 0, result.output
    assert "encoder: 2 layers, 2 heads" in result.output and "ffn_act" in result.output
    assert "BROKEN" not in result.output
    last = result.output.rstrip().splitlines()
    assert last[-1].startswith("All laws that apply hold")
    assert any("class probabilities: it has no head" in line for line in last)


def test_check_says_which_weights_are_not_used_and_no_languages_that_are_not_stated(
    marian_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "cut"
    shutil.copytree(marian_folder, folder)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"encoder_layers": 1}))
    result = neurox("check", folder)
    assert result.exit_code == 0, result.output
    assert "weights of the checkpoint: model.encoder.layers.1 (16)" in result.output
    assert "config.json names too few" in result.output
    assert "languages   en -> fr" in result.output
    settings = json.loads((marian_folder / "tokenizer_config.json").read_text())
    for key in ("source_lang", "target_lang"):
        settings.pop(key)
    shutil.copytree(marian_folder, folder, dirs_exist_ok=True)
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    result = neurox("check", folder)
    assert "not used" not in result.output and "languages" not in result.output


def test_plain_text_is_a_corpus_and_installed_metrics_are_scores(
    marian_folder: Path, tmp_path: Path, installed_metrics: None
) -> None:
    plain, pairs = tmp_path / "plain.txt", tmp_path / "pairs.tsv"
    plain.write_text("He left.\nShe reads a book.\n")
    pairs.write_text(f"He left.\t{WANTED[0]}\nShe reads a book.\t{WANTED[1]}\n")
    result = neurox("score", "-m", marian_folder, "-c", plain)
    assert result.exit_code == 2 and "plain has no references to score" in result.stderr
    given = ("extract", "-m", marian_folder, "-c", plain, "-o", tmp_path / "acts")
    result = neurox(*given, "--decoder-text", "reference")
    assert result.exit_code == 2 and "--decoder-text translation" in result.stderr
    result = neurox(*given, "--estimate")
    assert result.exit_code == 0 and not (tmp_path / "acts").exists(), result.output
    result = neurox(*given)
    assert result.exit_code == 0 and "on the model's own translations" in result.stderr
    own = nx.load_model(marian_folder).translate(["He left.", "She reads a book."])
    assert nx.open_store(tmp_path / "acts").texts("decoder") == [one.text for one in own]
    alone = (*given[:-1], tmp_path / "encoder", "--layers", "encoder.1.ffn_act")
    result = neurox(*alone, "--decoder-text", "reference")
    assert result.exit_code == 0 and "translations" not in result.stderr, result.output
    asked = ("--metric", "errors", "--metric", "bleu", "--resamples", 10)
    result = neurox("score", "-m", marian_folder, "-c", pairs, *asked, "--format", "csv")
    assert result.exit_code == 0, result.output
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    found = nx.load_model(marian_folder).translate(["He left.", "She reads a book."])
    wrong = [one.text != text for one, text in zip(found, WANTED, strict=True)]
    assert float(rows[0]["errors"]) == sum(wrong) and "BLEU p" in rows[0]
    assert "errors metric:errors|bs:10" in result.stderr
    result = neurox("score", "-m", marian_folder, "-c", pairs, "--metric", "perplexity")
    assert result.exit_code == 2 and "length_ratio" in result.stderr


def test_check_fails_if_a_law_is_broken(
    marian_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from neurox_core.models.check_case import Case, LawBrokenError

    def never(case: Case) -> str:
        raise LawBrokenError("It rained.")

    monkeypatch.setattr("neurox_core.models.check.LAWS", {"the sun shines": never})
    result = neurox("check", marian_folder)
    assert result.exit_code == 1
    assert "BROKEN  the sun shines: It rained." in result.output
    found = neurox("check", marian_folder, "--format", "json")
    assert found.exit_code == 1 and json.loads(found.stdout)["ok"] is False


def test_check_of_what_is_no_model_is_one_line(tmp_path: Path) -> None:
    for arguments in ([tmp_path], [tmp_path / "no"], ["marian", "--dtype", "int4"]):
        result = neurox("check", *arguments)
        assert result.exit_code == 2 and len(result.stderr.splitlines()) == 1


def test_examples_name_layers_that_the_demo_models_have() -> None:
    """What help shows can be typed as it stands, where its model is one of the demo."""
    lines = [
        line for command in cli.commands.values() for line in (command.epilog or "").split("\n")
    ]
    named = re.compile(r"(?:-m|--model|check) (lstm-a|marian)\b")
    layer = re.compile(r"\b(?:encoder|decoder)\.\d+\.[a-z_]+")
    found = [
        (found[1], address)
        for line in lines if (found := named.search(line))
        for address in layer.findall(line)
    ]  # fmt: skip
    sites = {name: nx.load_model(name).sites for name in {name for name, _ in found}}
    assert len(found) > 10 and set(sites) == {"lstm-a", "marian"}
    assert not [(name, address) for name, address in found if address not in sites[name]]
