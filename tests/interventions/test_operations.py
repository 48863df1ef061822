"""Resampling, percentiles, patches and scopes of words, against their definitions."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from neurox_core.errors import InvalidInputError, MissingStatisticsError
from neurox_core.interventions import Intervention, Plan, ReferenceValues, Where, placed
from neurox_core.models.base import TranslationModel

SITE = "encoder.0.rnn_hidden"
SITES = {SITE: 6}
TABLE = np.random.default_rng(0).normal(size=(11, 6)).astype(np.float32)
KNOWN = ReferenceValues({SITE: TABLE})


def applied(rows: list[list[Intervention]], x: torch.Tensor) -> torch.Tensor:
    return Plan(rows, SITES, KNOWN).apply(SITE, "output", x, 0, None)


def test_resampled_neurons_take_the_values_of_one_real_token_at_each_position() -> None:
    x = torch.randn(3, 8, 6)
    one = Intervention([f"{SITE}[1]", f"{SITE}[4]"], "resample", seed=3)
    two = Intervention([f"{SITE}[1]"], "resample", positions=[2, 5])
    found = applied([[one], [], [two]], x)
    pairs = {(float(a), float(b)) for a, b in TABLE[:, [1, 4]]}
    assert all((float(a), float(b)) in pairs for a, b in found[0][:, [1, 4]])
    assert len({float(v) for v in found[0, :, 1]}) == 8, "another token at each position"
    assert torch.equal(found[0][:, [0, 2, 3, 5]], x[0][:, [0, 2, 3, 5]])
    assert torch.equal(found[1], x[1])
    changed = (found[2] != x[2]).nonzero().tolist()
    assert changed == [[2, 1], [5, 1]]
    alone = Plan([[one]], SITES, KNOWN).apply(SITE, "output", x[:1, 3:5], 3, None)
    assert torch.equal(alone, found[:1, 3:5]), "a chunk alone equals its part of the whole"
    other = applied([[Intervention(one.neurons, "resample", seed=4)], [], []], x)
    assert not torch.equal(other, found)


def test_percentiles_are_those_of_the_sample() -> None:
    for percent in (0, 25, 50, 97.5, 100):
        put = Intervention([f"{SITE}[2]"], "set", percent, unit="percentile")
        found = applied([[put]], torch.zeros(1, 1, 6))
        assert float(found[0, 0, 2]) == pytest.approx(np.percentile(TABLE[:, 2], percent), abs=1e-5)
    with pytest.raises(InvalidInputError, match="between 0 and 100"):
        Intervention([f"{SITE}[2]"], "set", 101, unit="percentile")
    with pytest.raises(MissingStatisticsError, match="ReferenceValues"):
        Plan([[Intervention([f"{SITE}[2]"], "resample")]], SITES)


def test_a_patch_puts_each_value_at_its_place_and_nothing_elsewhere() -> None:
    x = torch.randn(2, 5, 6)
    patch = Intervention(
        [f"{SITE}[5]", f"{SITE}[0]"], "patch", positions=[1, 3], values=[[1, 2], [3, 4]]
    )
    expected = x.clone()
    for position, unit, value in ((1, 5, 1), (1, 0, 2), (3, 5, 3), (3, 0, 4)):
        expected[0, position, unit] = value
    assert torch.equal(applied([[patch], []], x), expected)
    again = Intervention.from_dict(json.loads(json.dumps(patch.to_dict())))
    assert again == patch
    order = torch.tensor([1, 0])
    plan = Plan([[patch], []], SITES)
    chunk = plan.apply(SITE, "output", x[order, 3:5], 3, order)
    assert torch.equal(chunk, expected[order, 3:5])
    for wrong in ({"values": [[1, 2]]}, {"values": [[1], [2]]}, {"values": None}):
        with pytest.raises(InvalidInputError, match="patch"):
            Intervention([f"{SITE}[5]", f"{SITE}[0]"], "patch", positions=[1, 3], **wrong)


def test_a_patch_of_a_run_into_itself_changes_nothing(tiny_model: TranslationModel) -> None:
    site = next(a for a in tiny_model.layers if a.startswith("encoder.1"))
    source = tiny_model.checked("She reads a book in the garden.")
    values = tiny_model.forward([source], capture=[site]).activations[site][0]
    same = Intervention(
        [f"{site}[{u}]" for u in range(tiny_model.sites[site])], "patch",
        positions=range(len(values)), values=values.tolist(),
    )  # fmt: skip
    clean, patched = tiny_model.translate([source.text] * 2, [[], [same]])
    assert patched.ids == clean.ids and patched.score == clean.score


def test_words_a_pattern_and_a_label_name_positions(tiny_model: TranslationModel) -> None:
    tokens = tiny_model.tokenize("The woman sees the two old houses.")
    labels = {"Number": ["", "Sing", "Sing", "", "", "", "Plur", ""]}

    def words(where: Where) -> list[str]:
        return [tokens.word_texts[tokens.word_ids[p]] for p in where.positions(tokens, labels)]

    assert set(words(Where(words=["THE"]))) == {"The", "the"}
    assert set(words(Where(pattern=".*s"))) == {"sees", "houses"}
    assert set(words(Where(pattern=".*s", label="Number", value="Plur"))) == {"houses"}
    assert set(words(Where(label="Number", value="Plur|Sing"))) == {"woman", "sees", "houses"}
    with pytest.raises(InvalidInputError, match="'Tense'.*Number"):
        Where(label="Tense", value="Past").positions(tokens, labels)
    for wrong in ({}, {"label": "Tense"}, {"pattern": "("}):
        with pytest.raises(InvalidInputError):
            Where(**wrong)


def test_a_scope_of_words_equals_the_list_of_its_positions(tiny_model: TranslationModel) -> None:
    site = [a for a in tiny_model.layers if a.startswith("encoder.1")][-1]
    texts = ["The woman sees the two old houses.", "He left."]
    scoped = Intervention(
        [f"{site}[{u}]" for u in range(9)], "set", 5.0, where={"pattern": "[Tt]he"}
    )
    assert Intervention.from_dict(scoped.to_dict()) == scoped
    rows = [placed([scoped], tiny_model.tokenize(text)) for text in texts]
    assert rows[0][0].positions and not rows[1][0].positions
    by_hand = tiny_model.translate(texts, rows)
    assert [t.ids for t in tiny_model.translate(texts, [scoped])] == [t.ids for t in by_hand]
    clean = tiny_model.translate(texts)
    assert by_hand[0].ids != clean[0].ids and by_hand[1].ids == clean[1].ids


def test_measured_values_are_those_of_the_text(tiny_model: TranslationModel) -> None:
    texts = ["She reads a book.", "He left."]
    known = ReferenceValues.measure(tiny_model, texts, texts)
    site = next(a for a in tiny_model.layers if a.startswith("encoder.1"))
    rows = []
    for text in texts:
        tokens = tiny_model.checked(text)
        rows.append(tiny_model.forward([tokens], capture=[site]).activations[site][0, :-1].numpy())
    expected, found = np.concatenate(rows), known.samples(site)
    assert found is not None and found.shape == expected.shape
    assert np.allclose(np.sort(found, axis=0), np.sort(expected, axis=0), atol=1e-5)
    assert any(a.startswith("decoder.") and known.samples(a) is not None for a in tiny_model.layers)
    assert known.samples("encoder.9.embed") is None
