"""Searching for an edit, trying it on a corpus, and comparing two runs by patching."""

from __future__ import annotations

import json

import pytest

from neurox_core.corpora import Corpus
from neurox_core.errors import InvalidInputError, MissingStatisticsError
from neurox_core.interventions import (
    Intervention,
    ReferenceValues,
    compare_runs,
    find_edit,
    try_edit,
)
from neurox_core.models.base import TranslationModel
from tests.interventions.texts import REFERENCES, SOURCES


def words(text: str) -> list[str]:
    return text.rstrip(".").split()


def test_an_edit_is_found_that_makes_the_word(tiny_recurrent: TranslationModel) -> None:
    model = tiny_recurrent
    with pytest.raises(MissingStatisticsError, match="natural range"):
        find_edit(model, SOURCES[0], 0, "Les")
    model.statistics = known = ReferenceValues.measure(model, SOURCES)
    try:
        before = words(model.translate([SOURCES[0]])[0].text)[0]
        wanted = next(w for w in ("Les", "Elle", "La", "Il") if w != before)
        found = find_edit(model, SOURCES[0], 0, wanted, bound=3.0)
        assert found.found and 1 <= len(found.interventions) <= 10
        again = model.translate([SOURCES[0]], found.interventions)[0].text
        assert again == found.after and words(again)[0] == wanted
        assert found.steps[0] > 0 and found.steps == sorted(found.steps, reverse=True)
        for one in found.interventions:
            layer, _, unit = one.neurons[0][:-1].partition("[")
            low, high = (v[int(unit)] for v in known.ranges(layer))  # type: ignore[misc,index]
            assert low - 1e-5 <= one.value <= high + 1e-5
        if len(found.interventions) > 1:
            for left in found.interventions:
                rest = [i for i in found.interventions if i is not left]
                assert rest, "no neuron is there for nothing"
        assert json.loads(json.dumps(found.to_dict()))["wanted"] == wanted
        with pytest.raises(InvalidInputError):
            find_edit(model, SOURCES[0], 0, wanted, most=0)
    finally:
        model.statistics = None


@pytest.mark.parametrize("beams", [1, 3])
def test_the_word_comes_out_of_the_search_that_is_named(
    tiny_recurrent: TranslationModel, beams: int
) -> None:
    model, layer = tiny_recurrent, "encoder.0.rnn_hidden"
    model.statistics = ReferenceValues.measure(model, SOURCES)
    try:
        clean = model.translate([SOURCES[0]], beams=beams)[0].text
        wanted = next(w for w in ("Les", "Elle", "La", "Il") if w != words(clean)[0])
        found = find_edit(
            model, SOURCES[0], 0, wanted, layers=[layer], bound=8.0, scope="recurrence",
            beams=beams,
        )  # fmt: skip
        assert found.before == clean
        edits = found.interventions
        assert {(i.neurons[0].partition("[")[0], i.scope) for i in edits} == {(layer, "recurrence")}
        assert found.after == model.translate([SOURCES[0]], edits, beams)[0].text
        assert found.found == (words(found.after)[0] == wanted)
        tried = try_edit(
            model, Corpus("tiny", SOURCES, REFERENCES), edits, words(clean)[0], wanted,
            resamples=20, beams=beams,
        )  # fmt: skip
        texts = [
            [words(t.text) for t in model.translate(SOURCES, given, beams)] for given in ([], edits)
        ]
        has = [i for i, text in enumerate(texts[0]) if words(clean)[0] in text]
        assert tried["with_word"] == len(has)
        assert tried["changed_elsewhere"] == sum(
            texts[0][i] != texts[1][i] for i in range(5) if i not in has
        )
    finally:
        model.statistics = None


def test_an_edit_is_tried_on_a_corpus(tiny_recurrent: TranslationModel) -> None:
    model = tiny_recurrent
    corpus = Corpus("tiny", SOURCES, REFERENCES)
    site = "encoder.1.rnn_hidden"
    edit = [Intervention([f"{site}[{u}]" for u in range(8)], "set", 2.0)]
    clean = [t.text for t in model.translate(SOURCES)]
    changed = [t.text for t in model.translate(SOURCES, edit)]
    word = words(clean[0])[0]
    wanted = next(w for w in words(changed[0]) if w != word)
    found = try_edit(model, corpus, edit, word, wanted, resamples=20)
    has = [i for i, text in enumerate(clean) if word in words(text)]
    turned = [i for i in has if word not in words(changed[i]) and wanted in words(changed[i])]
    assert (found["with_word"], found["turned"]) == (len(has), len(turned))
    assert found["without_word"] == 5 - len(has)
    assert found["changed_elsewhere"] == sum(
        clean[i] != changed[i] for i in range(5) if i not in has
    )
    bleu = found["metrics"]["bleu"]
    assert bleu["change"] == bleu["value"] - bleu["baseline"]


def test_patching_everything_recovers_everything(tiny_model: TranslationModel) -> None:
    model = tiny_model
    texts = [t.text for t in model.translate(SOURCES)]
    same_length = [
        (a, b)
        for a in range(5)
        for b in range(5)
        if words(texts[a])[:1] != words(texts[b])[:1]
        and len(model.checked(SOURCES[a]).ids) == len(model.checked(SOURCES[b]).ids)
    ]
    one, two = same_length[0] if same_length else (0, 1)
    found = compare_runs(model, SOURCES[one], SOURCES[two], neurons=4)
    plain = json.loads(json.dumps(found.to_dict()))
    layers = {row["layer"]: row for row in plain["layers"]}
    if same_length:
        assert layers["encoder.0.embed"]["whole"] == pytest.approx(1.0, abs=1e-3)
    single = all(len(places) == 1 for places in found.objective.places)
    if single and model.family != "recurrent":  # The word's last state is all that its scores see.
        assert layers["decoder.1.resid_post"]["whole"] == pytest.approx(1.0, abs=1e-3)
    for row in plain["neurons"]:
        assert row["recovered"] == pytest.approx(
            row["effect"] / (plain["counterfactual_value"] - plain["value"])
        )
    assert len(layers["encoder.0.embed"]["positions"]) == len(plain["source_pieces"])
    with pytest.raises(InvalidInputError, match="translated"):
        compare_runs(model, SOURCES[0], SOURCES[0])
