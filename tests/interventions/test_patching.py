"""Cells of the comparison of two runs, kept as interventions."""

from __future__ import annotations

import json

import numpy as np
import pytest

from neurox_core.corpora import Corpus
from neurox_core.errors import InvalidInputError, UnknownAddressError
from neurox_core.interventions import Intervention, ManipulationSet, compare_sets, patch_from
from neurox_core.interventions.comparing import compare_runs
from neurox_core.models.base import TranslationModel
from tests.interventions.texts import REFERENCES, SOURCES

HE, SHE = "He was here.", "She reads."
"""Of one length for both families, so that every position has a counterpart."""


@pytest.fixture
def model(tiny_model: TranslationModel) -> TranslationModel:
    """A model that translates the two otherwise."""
    he, she = (t.text for t in tiny_model.translate([HE, SHE]))
    assert he != she
    return tiny_model


def test_a_kept_cell_recovers_what_the_map_says(model: TranslationModel) -> None:
    one, two = HE, SHE
    found = compare_runs(model, one, two, neurons=3)
    for row in found.layers[1:3]:
        layer = row["layer"]
        assert patch_from(model, one, two, [layer]).recovered == pytest.approx(
            row["whole"], abs=1e-4
        )
        place = next(i for i, share in enumerate(row["positions"]) if share is not None)
        kept = patch_from(model, one, two, [(layer, place)])
        assert kept.recovered == pytest.approx(row["positions"][place], abs=1e-4)
        assert kept.interventions[0].positions == (place,)
        assert len(kept.interventions[0].neurons) == model.sites[layer]
    for single in found.neurons:
        kept = patch_from(model, one, two, [single["neuron"]])
        assert kept.recovered == pytest.approx(single["recovered"], abs=1e-4)


def test_runs_are_compared_where_the_chosen_search_parts_them(tiny_model: TranslationModel) -> None:
    model, layer = tiny_model, "encoder.0.embed"
    greedy, wide = ([t.text for t in model.translate(SOURCES, beams=n)] for n in (1, 4))
    # A pair that the two searches translate otherwise.
    one, two = next(
        (a, b) for a in range(len(SOURCES)) for b in range(len(SOURCES))
        if greedy[a] != wide[a] and wide[a].split()[0] != wide[b].split()[0]
    )  # fmt: skip
    found = compare_runs(model, SOURCES[one], SOURCES[two], neurons=1, beams=4)
    assert found.translations == (wide[one], wide[two])
    kept = patch_from(model, SOURCES[one], SOURCES[two], [layer], beams=4)
    assert kept.before == wide[one]
    assert kept.after == model.translate([SOURCES[one]], kept.interventions, 4)[0].text
    assert kept.recovered == pytest.approx(found.layers[0]["whole"], abs=1e-4)


def test_the_values_are_those_of_the_other_run(model: TranslationModel) -> None:
    one, two = HE, SHE
    layer = "encoder.0.embed"
    kept = patch_from(model, one, two, [(layer, 0), (layer, 1), f"{layer}[2]"])
    other = model.forward([model.checked(two)], capture=[layer]).activations[layer][0].numpy()
    whole, single = kept.interventions
    assert whole.positions == (0, 1) and whole.operation == "patch"
    np.testing.assert_array_equal(np.float32(whole.values), other[:2])
    np.testing.assert_array_equal(np.float32(single.values)[:, 0], other[:, 2])
    # The embeddings are all that the encoder reads: patched everywhere, the other text comes out.
    everything = patch_from(model, one, two, [layer])
    assert everything.recovered == pytest.approx(1.0, abs=1e-3)
    assert everything.after == model.translate([two])[0].text
    assert everything.before == model.translate([one])[0].text


def test_a_patch_is_written_down_and_put_into_a_corpus(model: TranslationModel) -> None:
    one, two = HE, SHE
    kept = patch_from(model, one, two, ["encoder.0.embed"])
    plain = json.loads(json.dumps(kept.to_dict()))
    edits = [Intervention.from_dict(values) for values in plain["interventions"]]
    assert edits == kept.interventions
    corpus = Corpus("tiny", [HE, *SOURCES[1:]], REFERENCES)
    found = compare_sets(model, corpus, [ManipulationSet("kept", tuple(edits))], resamples=20)
    expected = [t.text for t in model.translate(corpus.sources, edits)]
    assert found.outcomes[0].translations == expected
    assert expected[0] == kept.after


def test_what_cannot_be_patched_is_said(model: TranslationModel) -> None:
    one, two = HE, SHE
    with pytest.raises(InvalidInputError, match="at least one"):
        patch_from(model, one, two, [])
    with pytest.raises(InvalidInputError, match="counterpart"):
        patch_from(model, one, two, [("encoder.0.embed", 99)])
    with pytest.raises(UnknownAddressError):
        patch_from(model, one, two, ["encoder.9.embed"])
    with pytest.raises(UnknownAddressError):
        patch_from(model, one, two, ["encoder.0.embed[99999]"])
    with pytest.raises(InvalidInputError, match="translated"):
        patch_from(model, one, one, ["encoder.0.embed"])
