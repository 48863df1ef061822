"""Estimated effects are derivatives, real ones come from real runs, and both add up."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
import torch

from neurox_core import load_model
from neurox_core.errors import InvalidInputError, MissingStatisticsError
from neurox_core.interventions import Intervention, ReferenceValues, attribute, compare_runs
from neurox_core.interventions.attribution import backward, matched
from neurox_core.interventions.objective import Objective
from neurox_core.models.base import TranslationModel

SOURCE = "She reads a book in the garden."
TARGET = "Elle lit un livre dans le jardin."


def by_hand(model: TranslationModel, text: str, first: int, edits: list[Intervention]) -> float:
    """Log-probability of a text's pieces from `first` on, piece by piece."""
    target = model.tokenize(text, "target")
    run = model.forward([model.checked(SOURCE)], [target], interventions=[edits], logprobs=True)
    assert run.logprobs is not None
    return float(run.logprobs[0, first : len(target.ids) - 1].sum())


@pytest.mark.parametrize("scope", ["output", "recurrence"])
def test_gradients_equal_small_real_changes(tiny_model: TranslationModel, scope: str) -> None:
    if scope == "recurrence" and tiny_model.family != "recurrent":
        with pytest.raises(InvalidInputError, match="no recurrent layers"):
            attribute(tiny_model, SOURCE, TARGET, scope=scope, baseline="zero")
        return
    objective = Objective.of(tiny_model, SOURCE, TARGET, 3, "jardin")
    layers = [a for a in tiny_model.layers if not a.endswith("rnn_cell") or scope == "recurrence"]
    if scope == "recurrence":
        layers = [a for a in layers if ".rnn_" in a]
    value, states, gradients = backward(tiny_model, objective, layers, scope)
    assert value == pytest.approx(objective.values(tiny_model, [[]])[0], abs=1e-4)
    for layer in layers:
        assert states[layer].shape == gradients[layer].shape
        total = gradients[layer].sum(0)
        unit = int(total.abs().max(0).values.argmax())
        position = int(total[:, unit].abs().argmax())
        step = 1e-2
        up, down = objective.values(
            tiny_model,
            [
                [Intervention([f"{layer}[{unit}]"], "add", s, positions=[position], scope=scope)]
                for s in (step, -step)
            ],
        )
        slope = float(total[position, unit])
        assert slope == pytest.approx((up - down) / (2 * step), rel=0.05, abs=2e-3), layer


def test_effects_are_verified_by_real_runs(tiny_model: TranslationModel) -> None:
    model = tiny_model
    model.statistics = ReferenceValues.measure(
        model, [SOURCE, "He left."], [TARGET, "Il est parti."]
    )
    try:
        found = attribute(model, SOURCE, TARGET, 3, verify=6)
    finally:
        known, model.statistics = model.statistics, None
    assert found.objective.word == "livre" and found.objective.prefix == "Elle lit un "
    first = model.tokenize(TARGET[: TARGET.index("livre") + 5], "target")
    places = found.objective.places[0]
    assert "".join(first.pieces[p] for p in places).strip("\u2581") == "livre"
    clean = by_hand(model, "Elle lit un livre", places[0], [])
    assert found.value == pytest.approx(clean, abs=1e-4)
    model.statistics = known
    try:
        for row in found.verified:
            off = [Intervention([row["neuron"]], "mean")]
            effect = by_hand(model, "Elle lit un livre", places[0], off) - clean
            assert row["effect"] == pytest.approx(effect, abs=1e-4)
    finally:
        model.statistics = None
    names = [name for name, _ in found.ranked()]
    assert (
        len(names)
        == len(set(names))
        == sum(width for a, width in model.sites.items() if not a.endswith("rnn_cell"))
    )
    sizes = [abs(effect) for _, effect in found.ranked()]
    assert sizes == sorted(sizes, reverse=True)
    plain = json.loads(json.dumps(found.to_dict(5)))
    assert len(plain["neurons"]) == 5 and plain["word"] == "livre"
    assert sum(plain["neurons"][0]["positions"]) == pytest.approx(plain["neurons"][0]["estimate"])


def test_two_words_are_compared(tiny_model: TranslationModel) -> None:
    found = attribute(tiny_model, SOURCE, TARGET, 0, "Il", baseline="zero", verify=3)
    one, two = (attribute(tiny_model, SOURCE, t, 0, baseline="zero", verify=0)
                for t in ("Elle", "Il"))  # fmt: skip
    assert found.value == pytest.approx(one.value - two.value, abs=1e-4)
    for layer, effects in found.effects.items():
        a, b = one.effects[layer], two.effects[layer]
        length = min(len(a), len(b), len(effects))
        total = np.pad(a, ((0, len(effects) - len(a)), (0, 0)))[:length] - b[:length]
        assert np.allclose(effects[:length], total, atol=1e-3), layer


def test_a_counterfactual_that_changes_nothing_downstream_explains_everything(
    tiny_model: TranslationModel,
) -> None:
    """The whole encoder's output patched from another sentence is that sentence, to first order."""
    other = "He reads a book in the garden."
    found = attribute(
        tiny_model, SOURCE, TARGET, 1, baseline="counterfactual", counterfactual=other, verify=4
    )
    for row in found.verified:
        assert np.isfinite(row["effect"])
    pairs = matched(tiny_model.checked(SOURCE), tiny_model.checked(other))
    a, b = tiny_model.checked(SOURCE).ids, tiny_model.checked(other).ids
    assert pairs[-1] == (len(a) - 1, len(b) - 1)
    assert len({i for i, _ in pairs}) == len(pairs) == len({j for _, j in pairs})
    embed = found.effects["encoder.0.embed"]
    same = [i for i, j in pairs if a[i] == b[j]]
    assert tiny_model.family != "recurrent" or np.allclose(embed[same], 0), (
        "words that are the same have the same embedding"
    )


def test_each_of_two_words_has_its_own_states_of_the_other_sentence(
    tiny_model: TranslationModel,
) -> None:
    """Behind a word's first piece the decoder reads something else for each of the two words."""
    model, other, words = tiny_model, "He reads a book in the garden.", ("Elle", "parti")
    layer = next(a for a in model.layers if a.startswith("decoder.1.") and "attn" not in a)
    found = attribute(
        model, SOURCE, words[0], 0, words[1], baseline="counterfactual", counterfactual=other,
        layers=[layer], verify=3,
    )  # fmt: skip
    targets = [model.tokenize(word, "target") for word in words]
    assert max(map(len, found.objective.places)) > 1, "a word of several pieces is asked about"
    for row in found.verified:
        unit, measures = int(row["neuron"].partition("[")[2][:-1]), []
        for edited in (False, True):
            sums = []
            for target, places in zip(targets, found.objective.places, strict=True):
                theirs = model.forward([model.checked(other)], [target], capture=[layer])
                values = theirs.activations[layer][0, :, unit].tolist()
                patch = Intervention([row["neuron"]], "patch", positions=range(len(values)),
                                     values=[[v] for v in values])  # fmt: skip
                run = model.forward([model.checked(SOURCE)], [target], logprobs=True,
                                    interventions=[[patch] if edited else []])  # fmt: skip
                assert run.logprobs is not None
                sums.append(float(run.logprobs[0, places].sum()))
            measures.append(sums[0] - sums[1])
        assert row["effect"] == pytest.approx(measures[1] - measures[0], abs=1e-4)


def test_a_model_is_left_without_gradients(tiny_model: TranslationModel) -> None:
    before = tiny_model.translate([SOURCE])[0]
    attribute(tiny_model, SOURCE, TARGET, 1, baseline="zero", verify=0)
    assert all(p.grad is None for p in tiny_model.module.parameters())
    after = tiny_model.translate([SOURCE])[0]
    assert after.ids == before.ids and after.score == before.score
    assert torch.is_inference_mode_enabled() is False


def test_bad_questions_are_refused(tiny_model: TranslationModel) -> None:
    with pytest.raises(InvalidInputError, match="words 0 to 7"):
        attribute(tiny_model, SOURCE, TARGET, 8, baseline="zero")
    with pytest.raises(InvalidInputError, match="another word"):
        attribute(tiny_model, SOURCE, TARGET, 0, "Elle", baseline="zero")
    with pytest.raises(InvalidInputError, match="baseline is one of"):
        attribute(tiny_model, SOURCE, TARGET, 0, baseline="median")
    with pytest.raises(InvalidInputError, match="source itself"):
        attribute(tiny_model, SOURCE, TARGET, 0, baseline="counterfactual", counterfactual=SOURCE)
    with pytest.raises(MissingStatisticsError, match="'zero'"):
        attribute(tiny_model, SOURCE, TARGET, 0)


@pytest.mark.parametrize("alternative", [None, "house"])
def test_estimates_of_a_language_model_are_derivatives(open_family, alternative) -> None:  # type: ignore[no-untyped-def]
    _, model = open_family("gpt2")
    found = attribute(model, "He left", " book garden", 1, alternative, baseline="zero", verify=0)
    objective = found.objective
    assert found.value == pytest.approx(objective.values(model, [[]])[0], abs=1e-4)
    for name, estimate in found.ranked(120)[::20]:
        ends = [[Intervention([name], "scale", factor)] for factor in (0.999, 1.001)]
        low, high = objective.values(model, ends)
        assert (low - high) / 0.002 == pytest.approx(estimate, abs=0.03, rel=0.02)


@pytest.mark.parametrize("other", ["They left", "She left the"])
def test_a_language_models_prompt_is_patched_position_by_position(open_family, other: str) -> None:  # type: ignore[no-untyped-def]
    _, model = open_family("gpt2")
    found = compare_runs(model, "He left", other, neurons=3)
    first = found.layers[0]
    assert first["layer"] == "decoder.0.embed"
    length = len(found.target_pieces)
    assert all(len(row["positions"]) == length for row in found.layers)
    assert found.target_pieces[: len(found.source_pieces)] == found.source_pieces
    if other == "They left":  # Equally long: all of its embeddings are all of the other run.
        assert first["whole"] == pytest.approx(1, abs=1e-3)
    for one in found.neurons:
        assert np.sign(one["estimate"]) == np.sign(one["effect"]) or abs(one["effect"]) < 0.1


def test_an_alternative_that_no_model_would_write_is_told() -> None:
    """Nonsense has a log-probability, and so effects; that they mean little has to be said."""
    model = load_model("lstm-a")
    asked: dict[str, Any] = {
        "target": "Il est parti.", "position": 0, "baseline": "zero", "verify": 1,
    }  # fmt: skip
    assert attribute(model, "He left.", alternative="Elle", **asked).warnings == []
    assert attribute(model, "He left.", **asked).warnings == []
    [never] = attribute(model, "He left.", alternative="xqzzgh", **asked).warnings
    assert "would not write 'xqzzgh' here" in never and "q z z g h" in never
    assert re.search(r"about 1e-(1|2|3)\d\.", never)
    # Its sign for the unknown may well be likely: what is asked is still not the word.
    found = attribute(model, "He left.", alternative="\u6f22", **asked)
    assert found.value < 5
    assert "cannot write '\u6f22'" in found.warnings[0]
    assert found.to_dict()["warnings"] == found.warnings
