"""``neurox translate`` with words that are forced and the alternatives of every step."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

import neurox_core as nx

from .test_cli import neurox

TEXT = "She reads a book in the garden."
PUT = "decoder.1.rnn_hidden[0-4]=1.5"


def test_a_prefix_is_what_every_translation_begins_with(
    recurrent_folder: Path, tiny_recurrent: Any
) -> None:
    found = neurox("translate", "-m", recurrent_folder, TEXT, "He left.", "--prefix", "Les")
    wanted = tiny_recurrent.translate([TEXT, "He left."], prefixes=["Les", "Les"])
    assert found.output.splitlines() == [t.text for t in wanted]
    assert all(line.startswith("Les") for line in found.output.splitlines())


def test_alternatives_stand_under_the_translation(
    recurrent_folder: Path, tiny_recurrent: Any
) -> None:
    given = ("translate", "-m", recurrent_folder, TEXT, "--alternatives", "3", "--prefix", "Les")
    first, *steps = neurox(*given).output.splitlines()
    made = nx.alternatives(tiny_recurrent, TEXT, 3, prefix="Les")
    assert first == tiny_recurrent.translate([TEXT], prefixes=["Les"])[0].text
    assert len(steps) == len(made)
    for line, step in zip(steps, made, strict=True):
        assert f"{step.piece} " in line and ("*" in line) == step.forced
        assert f"{100 * math.exp(step.logprob):.1f} %" in line
        others = [a.piece for a in step.alternatives if a.token != step.token]
        assert all(piece in line for piece in others)


def test_json_has_the_steps_of_both_sides(recurrent_folder: Path) -> None:
    given = ("translate", "-m", recurrent_folder, TEXT, "--alternatives", "2", "--set", PUT)
    (item,) = json.loads(neurox(*given, "--beams", "3", "--format", "json").output)
    for side in ("baseline", "changed"):
        steps = item[side]["steps"]
        assert [s["piece"] for s in steps][:-1] == item[side]["tokens"]
        assert all(len(s["alternatives"]) == 2 for s in steps)
        assert item[side]["score"] == pytest.approx(
            sum(s["logprob"] for s in steps) / len(steps), abs=1e-5
        )
    assert item["baseline"]["text"] != item["changed"]["text"]


def test_characters_that_the_model_does_not_know_are_named(recurrent_folder: Path) -> None:
    found = neurox("translate", "-m", recurrent_folder, "\u65e5\u672c", "He left.")
    assert found.exit_code == 0 and found.stdout.count("\n") == 2
    (warning,) = [line for line in found.stderr.splitlines() if line.strip()]
    assert "does not know" in warning and "\u65e5\u672c" in warning
    assert neurox("translate", "-m", recurrent_folder, "He left.").stderr.strip() == ""
