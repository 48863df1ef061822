"""`neurox extract` under a budget, from a sample, and only told what it would take."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from neurox_core.activations import open_store
from neurox_core.models.base import TranslationModel
from neurox_server.cli import cli


def neurox(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in arguments])


@pytest.fixture
def base(recurrent_folder: Path, tmp_path: Path) -> list[object]:
    """The beginning of a command on 40 sentences."""
    lines = [f"He left the {i} houses.\tIl est parti." for i in range(40)]
    (tmp_path / "c.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    out = tmp_path / "acts"
    return ["extract", "--model", recurrent_folder, "--corpus", tmp_path / "c.tsv", "--out", out]


def test_a_sample_with_the_models_own_translations(base: list[object], tmp_path: Path) -> None:
    result = neurox(*base, "--sample", 7, "--seed", 3, "--decoder-text", "translation")
    assert result.exit_code == 0, result.output
    assert "on 7 sentences" in result.output
    store = open_store(tmp_path / "acts")
    assert store.rows is not None and len(store.rows) == 7
    assert store.texts("encoder")[2] == f"He left the {store.rows[2]} houses."
    assert store.decoder_text.startswith("given:") and any(store.texts("decoder"))


def test_an_estimate_writes_nothing(base: list[object], tmp_path: Path) -> None:
    result = neurox(*base, "--estimate")
    assert result.exit_code == 0, result.output
    assert "64 neurons on 40 sentences" in result.output and "MB, about " in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["c.tsv"]


def test_a_budget_is_kept(base: list[object], tmp_path: Path) -> None:
    result = neurox(*base, "--max-size", "0.5 MB")
    assert result.exit_code == 2 and "the budget is 500 kB" in result.output
    assert "--max-size" in result.output
    assert not (tmp_path / "acts").exists()
    assert neurox(*base, "--max-size", "1GB").exit_code == 0
    result = neurox(*base, "--max-size", "plenty")
    assert result.exit_code == 2 and "not a size such as 500MB" in result.output


@pytest.mark.parametrize("more", [[], ["--estimate"]])
def test_lines_that_are_too_long_are_told_before_anything_is_translated(
    base: list[object], tmp_path: Path, more: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*arguments: object, **options: object) -> None:
        raise AssertionError("something was translated")

    monkeypatch.setattr(TranslationModel, "translate", never)
    lines = ["He left. " * (300 if i in (2, 5) else 1) for i in range(8)]
    (tmp_path / "c.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    result = neurox(*base, *more)
    assert result.exit_code == 2, result.output
    assert "2 of 8 sources have more than" in result.output
    assert "line 3 has " in result.output and "; line 6 has " in result.output
    assert not (tmp_path / "acts").exists()


def test_layers_that_name_nothing_are_not_all_layers(base: list[object], tmp_path: Path) -> None:
    for nothing in ("", " , "):
        result = neurox(*base, "--layers", nothing)
        assert result.exit_code == 2 and "names nothing" in result.output, result.output
    assert not (tmp_path / "acts").exists()


def test_what_was_there_already_is_told(base: list[object], tmp_path: Path) -> None:
    assert "there already" not in neurox(*base).output
    again = neurox(*base)
    assert again.exit_code == 0, again.output
    assert "on 40 sentences. It was there already; nothing was to be done." in again.output
    assert "there already" not in neurox(*base, "--overwrite").output
    imported = ["import", tmp_path / "x.encoder.npz", "--out", tmp_path / "b"]
    assert neurox("export", tmp_path / "acts", tmp_path / "x.npz").exit_code == 0
    assert "there already" not in neurox(*imported).output
    assert "on 40 sentences. It was there already" in neurox(*imported).output


@pytest.mark.parametrize("more", [[], ["--overwrite"]])
def test_who_stops_it_is_told_how_it_goes_on(
    base: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: list[str]
) -> None:
    def stopped(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("neurox_core.activations.extraction.summarize", stopped)
        result = neurox(*base, *more)
    assert result.exit_code == 1 and "Aborted!" in result.output
    assert f"What was recorded is kept in {tmp_path / 'acts'}: start the same" in result.output
    assert ("without --overwrite" in result.output) == bool(more)
    again = neurox(*base)
    assert again.exit_code == 0 and "there already" not in again.output
    # Nothing goes on of what had not begun.
    with monkeypatch.context() as patched:
        patched.setattr("neurox_core.activations.planning.Plan.tokenize", stopped)
        base[-1] = tmp_path / "other"
        result = neurox(*base)
    assert result.exit_code == 1 and "is kept" not in result.output
