"""Commands on models that do not translate: what they print is what the model's task means."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from neurox_server.cli import cli

TEXTS = ["He left.", "She reads a book in the garden."]


def neurox(*arguments: object, text: str | None = None) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in arguments], input=text)


def test_classes_are_shown_with_their_probabilities_clean_and_changed(open_family: Any) -> None:
    folder, model = open_family("bert-classes")
    edit = "encoder.1.resid_post[0-7]=3"
    result = neurox("classify", "-m", folder, *TEXTS, "--set", edit, "--format", "json")
    found = json.loads(result.stdout)
    for item, clean in zip(found, model.classify(TEXTS), strict=True):
        assert item["baseline"]["labels"] == ["bad", "good", "plain"]
        assert item["baseline"]["probabilities"] == pytest.approx(clean.probabilities)
        assert item["changed"]["probabilities"] != item["baseline"]["probabilities"]
    plain = neurox("classify", "-m", folder, text="He left.\n")
    best = model.classify(TEXTS[0])[0]
    assert f"baseline  {best.label} {max(best.probabilities):.3f}, " in plain.output


def test_a_tagger_shows_each_words_class(open_family: Any) -> None:
    folder, model = open_family("bert-tags")
    labels = model.classify("He left.")[0].word_labels
    result = neurox("classify", "-m", folder, "He left.")
    assert f"He/{labels[0]} left/{labels[1]} ./{labels[2]}" in result.output


def test_a_prompt_is_continued_by_the_command_that_translates(open_family: Any) -> None:
    folder, model = open_family("gpt2")
    result = neurox("translate", "-m", folder, "She reads", "--format", "json")
    (found,) = json.loads(result.stdout)
    assert found["baseline"]["text"] == model.translate(["She reads"])[0].text


@pytest.mark.parametrize(
    ("name", "references", "metrics"),
    [("gpt2", ["-", "-"], ["perplexity"]), ("bert-classes", ["bad", "good"], ["accuracy", "f1"])],
)
def test_scores_are_those_of_the_task(
    name: str, references: list[str], metrics: list[str], open_family: Any, tmp_path: Path
) -> None:
    folder, model = open_family(name)
    path = tmp_path / "texts.tsv"
    path.write_text("\n".join(f"{a}\t{b}" for a, b in zip(TEXTS, references, strict=True)) + "\n")
    edit = f"{model.source_stack}.0.ffn_act[0-23]"
    result = neurox("score", "-m", folder, "-c", path, "--ablate", edit, "--format", "json",
                    "--resamples", 20)  # fmt: skip
    assert result.exit_code == 0, result.output
    rows = json.loads(result.stdout)
    assert [row["metric"] for row in rows] == metrics
    assert all(row["baseline"] is not None and 0 < row["p"] <= 1 for row in rows)


def test_curves_have_the_metrics_of_the_task(open_family: Any, tmp_path: Path) -> None:
    folder, _ = open_family("bert-classes")
    path, order = tmp_path / "texts.tsv", tmp_path / "order.txt"
    path.write_text("\n".join(f"{t}\t{g}" for t, g in zip(TEXTS, ["bad", "good"], strict=True)))
    order.write_text("\n".join(f"encoder.0.resid_post[{i}]" for i in range(4)))
    result = neurox("ablate", "-m", folder, "-c", path, "--neurons", order, "--steps", 2,
                    "--directions", "top", "--format", "csv")  # fmt: skip
    assert result.exit_code == 0, result.output
    columns, *rows = [line.split(",") for line in result.stdout.splitlines()]
    assert columns == ["order", "ablated", "accuracy", "accuracy +/-", "accuracy p", "F1",
                       "F1 +/-", "F1 p", "changed"]  # fmt: skip
    assert [row[:2] for row in rows] == [["top", "0"], ["top", "2"], ["top", "4"]]
    assert "metric:f1|labels:2" in result.stderr and "area top: accuracy" in result.stderr


def test_curves_are_of_the_chosen_precision_on_one_process_and_on_two(
    open_family: Any, tmp_path: Path
) -> None:
    folder, _ = open_family("gpt2")
    path, order = tmp_path / "texts.txt", tmp_path / "order.txt"
    path.write_text("\n".join(["source", *TEXTS]))
    order.write_text("\n".join(f"decoder.0.resid_post[{i}]" for i in range(4)))
    found = {}
    for more in ((), ("--workers", 2), ("--precision", "bf16"),
                 ("--precision", "bf16", "--device", "cpu", "--workers", 2)):  # fmt: skip
        result = neurox(
            "ablate", "-m", folder, "-c", path, "--neurons", order, "--steps", 2,
            "--directions", "top", "--format", "csv", "--resamples", 20, *more,
        )  # fmt: skip
        assert result.exit_code == 0, result.output
        rows = [line.split(",") for line in result.stdout.splitlines()[1:]]
        found[more] = [float(row[2]) for row in rows]
    single, spread, rounded, both = found.values()
    assert spread == pytest.approx(single, rel=1e-5)
    # In bf16 rows of other batches round otherwise, but never as little as float32 does.
    assert both == pytest.approx(rounded, rel=0.01)
    for other in (rounded, both):
        assert all(abs(a / b - 1) > 5e-5 for a, b in zip(single, other, strict=True))


def test_what_a_model_cannot_do_is_one_line(open_family: Any) -> None:
    plain, tagger = open_family("bert")[0], open_family("bert-tags")[0]
    for arguments, message in (
        (["classify", "-m", plain, "He left."], "no classes"),
        (["translate", "-m", tagger, "He left."], "writes no text"),
        (["classify", "-m", plain], "no text"),
    ):
        result = neurox(*arguments, text="")
        assert result.exit_code == 2 and message in result.stderr
        assert len(result.stderr.strip().splitlines()) == 1


def test_labels_that_are_no_classes_of_the_model_are_told(open_family: Any, tmp_path: Path) -> None:
    folder, _ = open_family("bert-classes")
    (tmp_path / "c.tsv").write_text("He left.\tpositive\nThe men are here.\tnegative\n", "utf-8")
    result = neurox("score", "-m", folder, "-c", tmp_path / "c.tsv")
    assert result.exit_code == 2
    assert "None of the labels of the corpus c (negative, positive) is a class" in result.stderr
    assert "which has bad, good, plain" in result.stderr


def test_texts_without_one_label_a_word_are_named_by_their_lines(
    open_family: Any, tmp_path: Path
) -> None:
    folder, _ = open_family("bert-tags")
    (tmp_path / "t.tsv").write_text("He left.\tO NAME O\nShe left him.\tO NAME\n", "utf-8")
    result = neurox("score", "-m", folder, "-c", tmp_path / "t.tsv")
    assert result.exit_code == 2
    assert "1 of 2 texts of the corpus t" in result.stderr
    assert "line 2, 'She left him.': 4 words, 2 labels" in result.stderr
