"""`neurox import` and `neurox export`: from a file of NeuroX to a store and back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from neurox_core.activations import import_size
from neurox_server.cli import cli
from tests.activations.test_formats_neurox import SENTENCES, flat, values, write_hdf5, write_pt


def neurox(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in arguments])


@pytest.mark.parametrize("command", ["import", "export"])
def test_both_explain_themselves_with_examples(command: str) -> None:
    result = neurox(command, "--help")
    assert result.exit_code == 0
    assert f"neurox {command}" in result.output.partition("Examples:")[2]


def test_in_ranked_and_out_again(tmp_path: Path) -> None:
    write_hdf5(tmp_path / "acts.hdf5")
    result = neurox("import", tmp_path / "acts.hdf5", "--out", tmp_path / "store")
    assert result.exit_code == 0, result.output
    assert "12 neurons in 3 layers on 5 sentences" in result.output
    result = neurox("rank", "--method", "variance", "--store", tmp_path / "store", "--top", 1,
                    "--format", "csv")  # fmt: skip
    best = int(flat(values()).var(0).argmax())
    assert f"encoder.{best // 4}.resid_post[{best % 4}]" in result.output
    result = neurox("export", tmp_path / "store", tmp_path / "x.npy",
                    "--layers", "encoder.2.resid_post,encoder.0.resid_post")  # fmt: skip
    assert result.exit_code == 0, result.output
    expected = flat(values())[:, [8, 9, 10, 11, 0, 1, 2, 3]]
    np.testing.assert_array_equal(np.load(tmp_path / "x.npy"), expected)


def test_tokens_and_labels_from_files(tmp_path: Path) -> None:
    write_pt(tmp_path / "acts.pt")
    text = "\n".join(" ".join(token or "-" for token in tokens) for tokens in SENTENCES)
    for name in ("src", "pos"):
        (tmp_path / f"{name}.txt").write_text(text + "\n")
    result = neurox("import", tmp_path / "acts.pt", "-o", tmp_path / "store", "--tokens",
                    tmp_path / "src.txt", "--label", f"pos={tmp_path / 'pos.txt'}")  # fmt: skip
    assert result.exit_code == 0, result.output
    result = neurox("import", tmp_path / "acts.pt", "-o", tmp_path / "b", "--label", "pos")
    assert result.exit_code == 2 and "'pos' is not a label such as" in result.output


def test_what_an_import_takes_is_told_and_bounded_before_anything_is_written(
    tmp_path: Path,
) -> None:
    write_hdf5(tmp_path / "acts.hdf5")
    given = ("import", tmp_path / "acts.hdf5", "--out", tmp_path / "store")
    told = neurox(*given, "--estimate")
    assert told.exit_code == 0, told.output
    assert "at most" in told.stdout and f"are free at {tmp_path}" in told.stdout
    needed = import_size(tmp_path / "acts.hdf5")
    refused = neurox(*given, "--max-size", f"{needed - 1}")
    assert refused.exit_code == 2 and "--max-size" in refused.output
    assert not (tmp_path / "store").exists()
    half = neurox(*given, "--max-size", f"{needed - 1}", "--dtype", "float16")
    assert half.exit_code == 0, half.output
    whole = neurox(*given, "--max-size", f"{needed}", "--overwrite")
    assert whole.exit_code == 0, whole.output
    files = [f for f in (tmp_path / "store").rglob("*") if f.is_file()]
    assert sum(f.stat().st_size for f in files) <= needed
    assert neurox(*given, "--max-size", "plenty").exit_code == 2


def test_layers_that_are_none_are_named_as_they_are_given(tmp_path: Path) -> None:
    write_hdf5(tmp_path / "acts.hdf5")
    result = neurox("import", tmp_path / "acts.hdf5", "-o", tmp_path / "s", "--layers", "a,b,c")
    assert result.exit_code == 2 and "--layers" in result.output


def test_mistakes_are_one_line(tmp_path: Path) -> None:
    for arguments, message in (
        (("import", tmp_path / "no.hdf5", "-o", tmp_path / "s"), "There is no file"),
        (("import", __file__, "-o", tmp_path / "s"), "does not tell the format"),
        (("export", tmp_path, tmp_path / "x.npz"), "not an activation store"),
    ):
        result = neurox(*arguments)
        assert result.exit_code == 2 and message in result.output
        assert "Traceback" not in result.output
