"""The gender experiment: forms are read as a person would, and counts add up."""

from __future__ import annotations

import json

import pytest

from neurox_core.errors import InvalidInputError
from neurox_core.interventions import Intervention, gender_bias
from neurox_core.interventions.bias import BiasCase, BiasReport, noun_gender
from neurox_core.models.base import TranslationModel


@pytest.mark.parametrize(
    ("text", "gender"),
    [
        ("Le médecin est parti parce qu'elle était fatiguée.", "m"),
        ("La médecin est partie.", "f"),
        ("Une enseignante est partie.", "f"),
        ("L'infirmière est partie.", "f"),
        ("L'électricien est parti.", "m"),
        ("L'électricienne est partie.", "f"),
        ("L'architecte est là.", "unknown"),
        ("", "unknown"),
        ("Cette juge a dit qu'il était malade.", "f"),
    ],
)
def test_the_gender_of_the_subject(text: str, gender: str) -> None:
    assert noun_gender(text) == gender


def test_counts_accuracies_and_differences_by_hand() -> None:
    rows = [  # noun, what the pronoun says, stereotype, found
        ("doctor", "m", "m", "m"), ("doctor", "f", "m", "m"), ("nurse", "m", "f", "f"),
        ("nurse", "f", "f", "f"), ("judge", "m", "m", "m"), ("judge", "f", "m", "unknown"),
    ]  # fmt: skip
    cases = [
        BiasCase("", noun, gold, kind, "Il part.", "Elle part.", found, "f")
        for noun, gold, kind, found in rows
    ]
    report = BiasReport("m", cases, [])
    before, after = report.summary("before"), report.summary("after")
    assert before["forms"] == {
        "m->m": 2, "m->f": 1, "m->unknown": 0, "f->m": 1, "f->f": 1, "f->unknown": 1,
    }  # fmt: skip
    assert before["accuracy"] == pytest.approx(3 / 5)
    assert before["accuracy_m"] == pytest.approx(2 / 3) and before["accuracy_f"] == 0.5
    assert before["delta_g"] == pytest.approx(2 / 3 - 1 / 2)
    assert before["pro"] == 1.0 and before["anti"] == 0.0 and before["delta_s"] == 1.0
    assert before["pronouns"] == {"m->il": 3, "m->elle": 0, "f->il": 3, "f->elle": 0}
    assert after["accuracy"] == 0.5 and after["accuracy_m"] == 0.0
    assert after["pronouns"]["f->elle"] == 3


def test_the_experiment_runs_clean_and_changed(tiny_recurrent: TranslationModel) -> None:
    edit = [Intervention([f"encoder.1.rnn_hidden[{u}]" for u in range(8)], "set", 3.0)]
    nouns = {"woman": "f", "man": "m"}
    found = gender_bias(tiny_recurrent, edit, occupations=nouns)
    plain = json.loads(json.dumps(found.to_dict()))
    assert plain["sentences"] == 2 * 3 * 2 and plain["changed_sentences"] > 0
    assert sum(plain["before"]["forms"].values()) == 12
    for case in found.cases:
        assert case.after == tiny_recurrent.translate([case.source], edit)[0].text
        assert ("she" in case.source.split()) == (case.gold == "f")
    with pytest.raises(InvalidInputError, match="pronoun"):
        gender_bias(tiny_recurrent, templates=["The {noun} left."])
    with pytest.raises(InvalidInputError, match="stereotype"):
        gender_bias(tiny_recurrent, occupations={"judge": "x"})
