"""The gender experiment: forms are read as a person would, and counts add up."""

from __future__ import annotations

import json

import pytest

from neurox_core.errors import CancelledError, InvalidInputError
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
        ("Notre juge est là.", "unknown"),
        ("Mon médecin est parti.", "m"),
        ("Mon infirmière est partie.", "f"),
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
    assert before["pronouns"] == {"m->m": 3, "m->f": 0, "f->m": 3, "f->f": 0}
    assert after["accuracy"] == 0.5 and after["accuracy_m"] == 0.0
    assert after["pronouns"]["f->f"] == 3


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


def test_sentences_of_ones_own_and_other_languages(tiny_recurrent: TranslationModel) -> None:
    found = gender_bias(
        tiny_recurrent, templates=[], sentences=["My nurse lost his keys.", "The zoologist said "
                                                 "that she was late."],
    )  # fmt: skip
    assert [(c.noun, c.gold, c.stereotype) for c in found.cases] == [
        ("nurse", "m", "f"), ("zoologist", "f", ""),
    ]  # fmt: skip
    summary = found.summary("before")
    judged = [c for c in found.cases if c.stereotype and c.found_before != "unknown"]
    assert summary["pro"] is None, "no sentence is pro-stereotypical"
    assert (summary["anti"] is None) == (judged == [])
    for text in ("The doctor left.", "The doctor told her that he left."):
        with pytest.raises(InvalidInputError, match=r"Sentence 1 \(index 0\).*he .him, his."):
            gender_bias(tiny_recurrent, templates=[], sentences=[text])
    with pytest.raises(InvalidInputError, match="between 1"):
        gender_bias(tiny_recurrent, templates=[])
    assert noun_gender("La doctora llegó.", "es") == "f" and noun_gender("Der Arzt", "de") == "m"
    assert noun_gender("The doctor", "en") == "unknown"


def test_a_cancelled_experiment_stops(tiny_recurrent: TranslationModel) -> None:
    seen: list[tuple[int, int]] = []
    with pytest.raises(CancelledError):
        gender_bias(
            tiny_recurrent, on_progress=lambda done, total: seen.append((done, total)),
            cancelled=lambda: bool(seen),
        )  # fmt: skip
    assert seen == [(64, 240)]
