"""Stability is what ranking again on drawn sentences gives, in whichever way it is computed."""

from __future__ import annotations

import json
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

from neurox_core.activations import extract
from neurox_core.corpora import Corpus
from neurox_core.errors import CancelledError, InvalidInputError
from neurox_core.rankings import analysis, rank, registry
from neurox_core.rankings.stability import stability
from tests.activations.fake import FakeModel

SENTENCES = np.repeat(np.arange(80), 5)


def activations(spread: float = 1.0, neurons: int = 30) -> np.ndarray:
    draw = np.random.default_rng(0)
    x = draw.normal(size=(400, neurons)) * np.exp(spread * np.linspace(-1, 1, neurons))
    return np.asarray(x + 0.5 * draw.normal(size=(80, neurons))[SENTENCES] + 3)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Any:
    draw = np.random.default_rng(4)
    texts = [" ".join(draw.choice(["a", "bc", "def"], n)) for n in draw.integers(2, 12, 50)]
    model: Any = FakeModel(width=20)
    layers = [a for a in model.layers if "resid" in a]
    return extract(model, Corpus("c", texts, texts), tmp_path_factory.mktemp("s") / "a", layers)


def test_overlaps_are_those_of_rankings_of_the_drawn_sentences() -> None:
    x, seed, resamples, k = activations(), 7, 6, 4
    found = stability("mean_distance", x, sentences=SENTENCES, seed=seed, resamples=resamples, k=k)
    assert (found.unit, found.units, found.resamples) == ("sentences", 80, resamples)
    top = set(rank("mean_distance", x).order[:k].tolist())
    draw = np.random.default_rng(seed)
    counts = np.zeros(30)
    for number in range(resamples):
        drawn = draw.integers(80, size=80)
        rows = np.concatenate([np.flatnonzero(SENTENCES == s) for s in drawn])
        again = rank("mean_distance", x[rows]).order[:k]
        counts[again] += 1
        assert found.overlaps[number] == len(top & set(again.tolist())) / k
    np.testing.assert_allclose(found.frequency, counts / resamples)
    assert found.mean == pytest.approx(found.overlaps.mean())
    assert found.low <= found.mean <= found.high and found.chance == pytest.approx(4 / 30)


@pytest.mark.parametrize("name", ["variance", "range", "kurtosis", "sparsity"])
def test_the_quick_way_gives_what_ranking_again_gives(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    x = activations()
    x[:, 5] = 2.0
    x[:, 8] *= 1e6
    shuffled = np.random.default_rng(1).permutation(400)
    quick = stability(name, x, sentences=SENTENCES)
    plain = replace(analysis(name), from_moments=None)
    entries = {**registry._registry(), name: plain}
    monkeypatch.setattr(registry, "_registry", lambda: MappingProxyType(entries))
    slow = stability(name, x, sentences=SENTENCES)
    for field in ("overlaps", "frequency", "place_low", "place_high"):
        np.testing.assert_array_equal(getattr(quick, field), getattr(slow, field))
    moved = stability(name, x[shuffled], sentences=SENTENCES[shuffled])
    np.testing.assert_array_equal(moved.overlaps, slow.overlaps)
    assert quick.place_low[5] == quick.place_high[5] == 29  # constant: always last


def test_a_clear_ranking_is_steady_and_noise_is_not() -> None:
    clear = stability("variance", activations(spread=5), sentences=SENTENCES, k=5)
    assert clear.mean == 1 and clear.low == 1
    noise = stability("variance", activations(spread=0), sentences=SENTENCES, k=5)
    assert noise.mean < 0.9 and noise.low < noise.high


def test_rows_without_sentences_are_drawn_one_by_one() -> None:
    found = stability("variance", activations())
    assert found.unit == "rows" and found.units == 400 and found.k == 3
    assert "drawn:rows" in found.signature and "resamples:20" in found.signature


def test_sentences_of_the_labels_are_drawn_and_every_label_has_its_stability() -> None:
    x = activations()
    labels = np.array(["a", "b", "c"])[np.random.default_rng(3).integers(0, 3, 400)]
    found = stability("probeless", x, labels=labels, sentences=SENTENCES, resamples=5)
    assert found.unit == "sentences" and set(found.labels) == {"a", "b", "c"}
    assert all(one.resamples == 5 and one.k == 3 for one in found.labels.values())
    again = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert len(again["overlaps"]) == 5 and again["labels"]["b"]["unit"] == "sentences"


def test_a_class_that_is_rarely_drawn_does_not_stop_it() -> None:
    labels = np.where(SENTENCES == 3, "rare", "common")
    found = stability("anova_f", activations(), labels=labels, sentences=SENTENCES, resamples=12)
    assert 2 <= found.resamples < 12


def test_other_models_are_drawn_along() -> None:
    x = activations()
    y = x[:, ::-1] * -2 + 0.1 * np.random.default_rng(5).normal(size=x.shape)
    y[:, :20] = np.random.default_rng(6).normal(size=(400, 20))
    found = stability("max_correlation", x, others=y, sentences=SENTENCES, k=10, resamples=4)
    assert found.mean == 1  # the ten that have a partner


@pytest.mark.parametrize("name", ["variance", "sparsity", "entropy", "position_variance",
                                  "word_variance", "redundancy"])  # fmt: skip
def test_of_a_store_its_own_sentences_are_drawn(name: str, store: Any) -> None:
    layers = ["decoder.0.resid_post", "decoder.1.resid_post"]
    found = stability(name, store, layers=layers, resamples=4)
    assert (found.unit, found.units, found.k, len(found.frequency)) == ("sentences", 50, 4, 40)
    assert found.signature.startswith(f"ranking:{name}|")
    table = store.tokens("decoder")
    x = np.concatenate([store.columns(a, 0, 20) for a in layers], 1)
    if name in ("variance", "sparsity", "entropy"):
        array = stability(name, x, sentences=table.sentence[~table.special], resamples=4)
        np.testing.assert_array_equal(found.overlaps, array.overlaps)


def test_both_stacks_of_a_store_where_moments_are_enough(store: Any) -> None:
    found = stability("variance", store, resamples=5)
    assert len(found.frequency) == 80 and found.units == 50
    with pytest.raises(InvalidInputError, match="name layers of one"):
        stability("mean_distance", store, resamples=5)


def test_bad_calls_are_told_what_is_wrong_and_work_can_be_stopped() -> None:
    x = activations()
    for bad in (1, 2.5, True):
        with pytest.raises(InvalidInputError, match="resamples"):
            stability("variance", x, resamples=bad)  # type: ignore[arg-type]
    for text, options in (("level", {"level": 1.0}), ("k is a number", {"k": 31}),
                          ("400 rows", {"sentences": [1, 2]}),
                          ("one sentence", {"sentences": np.zeros(400, int)})):  # fmt: skip
        with pytest.raises(InvalidInputError, match=text):
            stability("variance", x, **options)  # type: ignore[arg-type]
    for name in ("variance", "mean_distance"):
        with pytest.raises(CancelledError):
            stability(name, x, cancelled=lambda: True)
