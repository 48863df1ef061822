"""Jobs about cause and effect give what the calls give, as plain values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from neurox_core.engine.tasks import task
from neurox_core.errors import InvalidInputError
from neurox_core.interventions import Intervention, gender_bias
from neurox_core.models.base import TranslationModel
from neurox_core.models.registry import load_model

PAIRS = [("He left.", "Il est parti."), ("The men are here.", "Les hommes sont ici.")]
UNITS = [f"encoder.1.rnn_hidden[{u}]" for u in range(8)]


class Reporter:
    def progress(
        self, done: int, total: int, message: str = "", partial: Mapping[str, Any] | None = None
    ) -> None:
        assert 0 <= done <= total

    def cancelled(self) -> bool:
        return False


@pytest.fixture
def basis(recurrent_folder: Path, tmp_path: Path) -> dict[str, Any]:
    text = tmp_path / "pairs.tsv"
    text.write_text("\n".join("\t".join(pair) for pair in PAIRS), encoding="utf-8")
    return {"model": str(recurrent_folder), "corpus": {"path": str(text)}}


def run(kind: str, parameters: dict[str, Any]) -> dict[str, Any]:
    found = task(kind)(json.loads(json.dumps(parameters)), Reporter())
    again: dict[str, Any] = json.loads(json.dumps(found))
    return again


def test_sets_with_percentiles_and_words(
    basis: dict[str, Any], tiny_recurrent: TranslationModel
) -> None:
    high = Intervention(UNITS, "set", 95, unit="percentile", where={"words": ["men"]})
    zero = Intervention(UNITS, "zero")
    sets = [
        {"name": "high", "interventions": [high.to_dict()]},
        {"name": "zero", "interventions": [zero.to_dict()]},
    ]
    found = run("sets", {**basis, "sets": sets, "shown": 1})
    assert [s["name"] for s in found["sets"]] == ["high", "zero"]
    assert len(found["sentences"]) == 1
    first = found["sentences"][0]
    assert first["outputs"][0]["text"] == first["baseline"], "no 'men' in the first sentence"
    expected = tiny_recurrent.translate([PAIRS[0][0]], [zero])[0].text
    assert first["outputs"][1]["text"] == expected


def test_an_edit_is_tried_and_bias_is_counted(
    basis: dict[str, Any], tiny_recurrent: TranslationModel
) -> None:
    edit = Intervention(UNITS, "set", 2.0)
    found = run("try", {**basis, "interventions": [edit.to_dict()], "word": "Il", "wanted": "La"})
    assert found["sentences"] == 2
    assert found["with_word"] + found["without_word"] == 2
    model = {"model": basis["model"], "interventions": [edit.to_dict()]}
    expected = json.loads(json.dumps(gender_bias(tiny_recurrent, [edit]).to_dict()))
    assert run("bias", model) == expected


def test_a_pruning_job_can_be_run_again(basis: dict[str, Any], tmp_path: Path) -> None:
    neurons = [f"encoder.{layer}.rnn_hidden[{u}]" for layer in (0, 1) for u in range(16)]
    parameters = {
        "model": basis["model"], "neurons": neurons, "path": str(tmp_path / "small"), "share": 0.25,
    }  # fmt: skip
    assert run("prune", parameters) == run("prune", parameters)
    assert load_model(tmp_path / "small").sites["encoder.1.rnn_hidden"] == 12


def test_a_control_job_says_what_the_corpus_lacks(basis: dict[str, Any]) -> None:
    asked = {**basis, "label": "Tense", "values": ["Past", "Pres"], "wanted": 1}
    with pytest.raises(InvalidInputError, match="no label 'Tense'"):
        run("control", asked)
