"""Text that a model has no pieces for is told in the same words wherever somebody types it."""

from __future__ import annotations

from typing import Any

import pytest

from neurox_core import Corpus, Intervention, attribute, find_edit, load_model, patch_from
from neurox_core.errors import InvalidInputError
from neurox_core.interventions import compare_runs, gender_bias, try_edit
from neurox_core.models.base import TranslationModel
from neurox_core.models.unknown import unknown_text

SIGN = "\u6f22"
READ, WRITTEN = f"does not know '{SIGN}'", f"cannot write '{SIGN}'"


@pytest.fixture(scope="module")
def model() -> TranslationModel:
    return load_model("lstm-a")


def test_texts_and_words_are_told_once_each(model: TranslationModel) -> None:
    assert unknown_text(model, ["He left.", "She left."], ["Elle"]) == []
    read, written = unknown_text(model, [f"He {SIGN}", f"{SIGN} \u5b57"], [SIGN, SIGN])
    assert read.count(SIGN) == 1 and "'\u5b57'" in read and READ[:-4] in read
    assert WRITTEN in written and "\u5b57" not in written


def test_a_model_that_spells_by_bytes_knows_everything(open_family: Any) -> None:
    _, gpt2 = open_family("gpt2")
    assert unknown_text(gpt2, [SIGN], [SIGN]) == []


def test_counterfactuals_are_told(model: TranslationModel) -> None:
    asked = ("He is tired.", f"She is tired {SIGN}.")
    found = compare_runs(model, *asked, neurons=0)
    assert [READ in w for w in found.warnings] == [True]
    assert found.to_dict()["warnings"] == found.warnings
    assert compare_runs(model, "He is tired.", "She is tired.", neurons=0).warnings == []
    kept = patch_from(model, *asked, ["encoder.1.rnn_hidden"])
    assert kept.to_dict()["warnings"] == found.warnings
    why = attribute(model, asked[0], position=0, baseline="counterfactual", counterfactual=asked[1])
    assert why.warnings == found.warnings


def test_a_word_that_cannot_be_written_is_not_searched_for(model: TranslationModel) -> None:
    with pytest.raises(InvalidInputError, match=f"{WRITTEN}.* name another word"):
        find_edit(model, "He is tired.", 0, f"E{SIGN}")
    layers: Any = {"layers": ["encoder.0.embed"], "most": 1}
    assert find_edit(model, "He is tired.", 0, "Elle", **layers).warnings == []
    [read] = find_edit(model, f"He is tired {SIGN}.", 0, "Elle", **layers).warnings
    assert READ in read


def test_words_of_a_trial_and_sentences_of_an_experiment_are_told(model: TranslationModel) -> None:
    edit = [Intervention(["encoder.1.rnn_hidden[3]"], "zero")]
    corpus = Corpus("two", ["He left.", "She left."], ["Il est parti.", "Elle est partie."])
    found = try_edit(model, corpus, edit, "Il", SIGN, resamples=10)
    assert [WRITTEN in w for w in found["warnings"]] == [True]
    assert try_edit(model, corpus, edit, "Il", "Elle", resamples=10)["warnings"] == []
    report = gender_bias(model, sentences=[f"The {SIGN} said that he left."], templates=())
    assert [READ in w for w in report.to_dict()["warnings"]] == [True]
