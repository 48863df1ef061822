"""Every number about a neuron equals an independent computation."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from neurox_core.activations import ActivationStore, extract
from neurox_core.activations.statistics import LEVELS, describe
from neurox_core.activations.tally import Tally
from tests.activations.fake import FakeModel
from tests.activations.test_extraction import made_up

LAYER = "decoder.1.resid_post"
CORPUS = made_up(300, seed=5)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> ActivationStore:
    model: Any = FakeModel(width=40)
    return extract(model, CORPUS, tmp_path_factory.mktemp("stores") / "acts")


def test_moments_quantiles_and_histogram(store: ActivationStore) -> None:
    x = np.asarray(store.layer(LAYER))[~store.tokens("decoder").special].astype(np.float64)
    found = store.statistics(LAYER)
    assert found.count == len(x)
    near = {"rtol": 1e-10, "atol": 1e-12}
    np.testing.assert_allclose(found.mean, x.mean(0), **near)
    np.testing.assert_allclose(found.deviation, x.std(0), **near)
    np.testing.assert_array_equal(found.minimum, x.min(0))
    np.testing.assert_array_equal(found.maximum, x.max(0))
    np.testing.assert_allclose(found.skewness, stats.skew(x), **near)
    np.testing.assert_allclose(found.kurtosis, stats.kurtosis(x), **near)
    np.testing.assert_allclose(found.mean_distance, np.abs(x - x.mean(0)).mean(0), **near)
    np.testing.assert_allclose(found.mean_absolute, np.abs(x).mean(0), **near)
    np.testing.assert_allclose(found.quantiles, np.quantile(x, LEVELS, axis=0).T, **near)
    for unit in (0, 33):
        edges, counts = found.histogram(unit)
        expected, same_edges = np.histogram(x[:, unit], bins=40)
        np.testing.assert_allclose(edges, same_edges, **near)
        np.testing.assert_array_equal(counts, expected)
        assert found.quantile(unit)["0.5"] == pytest.approx(np.median(x[:, unit]))


def explained(values: np.ndarray, groups: list[Any]) -> float:
    """1 - E[Var(x | group)] / Var(x), word for word."""
    members = defaultdict(list)
    for value, group in zip(values.tolist(), groups, strict=True):
        members[group].append(value)
    within = sum(len(m) * np.var(m) for m in members.values()) / len(values)
    return float(1 - within / np.var(values))


def test_variance_explained_by_position_and_by_word(store: ActivationStore) -> None:
    found, table, words = store.statistics(LAYER), store.tokens("decoder"), store.words("decoder")
    text = CORPUS.references
    forms = [text[s][a:b] for s, a, b in zip(words.sentence, words.start, words.end, strict=True)]
    for unit in (1, 38):
        tokens = store.neuron(f"{LAYER}[{unit}]").astype(np.float64)
        positions = table.position[~table.special].tolist()
        assert found.position_variance[unit] == pytest.approx(explained(tokens, positions))
        means = store.neuron(f"{LAYER}[{unit}]", word="mean").astype(np.float64)
        assert found.word_variance[unit] == pytest.approx(explained(means, forms), rel=1e-4)
    # Random activations explain about what chance gives: the reader's yardstick.
    assert found.word_variance.mean() == pytest.approx(found.word_chance, abs=0.01)
    assert found.position_variance.mean() == pytest.approx(found.position_chance, abs=0.01)


def test_planted_neurons_are_explained_by_what_they_encode(tmp_path: Path) -> None:
    class Planted(FakeModel):
        def values(self, address: str, text: str) -> np.ndarray:
            found, tokens = super().values(address, text), self.tokenize(text)
            found[:, 0] = np.arange(len(found)) / 10
            found[:, 1] = [
                len(text[slice(*tokens.words[w])]) if w >= 0 else 0 for w in tokens.word_ids
            ]
            found[:, 2] = 0.1
            return found

    model: Any = Planted()
    found = extract(model, CORPUS, tmp_path / "a").statistics("encoder.0.resid_post")
    assert found.position_variance[0] == pytest.approx(1.0) and found.word_variance[0] < 0.3
    assert found.word_variance[1] == pytest.approx(1.0, rel=1e-5)
    assert found.position_variance[1] < 0.5
    assert found.constant.tolist() == [False, False, True, False, False]
    assert found.deviation[2] == 0 and found.mean[2] == np.float16(0.1)
    for name in ("skewness", "kurtosis", "position_variance", "word_variance"):
        assert np.isnan(getattr(found, name)[2])
    assert found.counts[2].sum() == found.count


def test_a_large_mean_does_not_swallow_a_small_spread() -> None:
    draw = np.random.default_rng(0)
    noise = np.round(draw.normal(size=(5000, 1)), 3)
    found = describe(1e6 + noise)
    x = noise.astype(np.longdouble)
    assert found.deviation[0] == pytest.approx(float(x.std()), rel=1e-9)
    assert found.kurtosis[0] == pytest.approx(float(stats.kurtosis(noise)[0]), rel=1e-6)


def test_standardized_statistics_are_those_of_standardized_values() -> None:
    draw = np.random.default_rng(0)
    x = draw.gamma(2.0, size=(500, 4)) * [1, 10, 0.1, 0]
    found = describe(x).standardized()
    with np.errstate(invalid="ignore"):
        expected = describe((x[:, :3] - x[:, :3].mean(0)) / x[:, :3].std(0))
    for name in ("mean", "deviation", "minimum", "maximum", "skewness", "kurtosis",
                 "mean_absolute", "mean_distance", "quantiles"):  # fmt: skip
        np.testing.assert_allclose(getattr(found, name)[:3], getattr(expected, name), atol=1e-12)
    assert np.isnan(found.mean_distance[3])


def test_few_tokens() -> None:
    found = describe(np.array([[1.0, 2.0]], np.float16))
    assert found.count == 1 and found.constant.all() and found.quantiles[1, 4] == 2


def test_counted_values_are_described_as_sorted_ones() -> None:
    """Zeros of a rectified unit, over several blocks, as sorting all values at once finds them."""
    draw = np.random.default_rng(5)
    x = np.maximum(draw.normal(size=(240_000, 3)), [0, -9, 1]).astype(np.float16)
    tally, none = Tally(3, 240_000, whole=False), np.array([], np.int64)
    for part in np.array_split(x, 7):
        tally.add(part, part.astype(np.float32), none)
    for part in np.array_split(x, 3):
        tally.again(part.astype(np.float32), none)
    found, expected = tally.statistics().arrays(), describe(x).arrays()
    for name in expected:
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-9, err_msg=name)
    assert (x[:, 0] == 0).sum() > 2**16 and (x[:, 2] == 1).sum() > 3 * 2**16


def test_values_on_the_edges_of_bins_are_counted_as_sorted_ones() -> None:
    """Round numbers lie on edges, which are rounded themselves; special rows count for nothing."""
    draw = np.random.default_rng(0)
    x = (np.round(draw.normal(size=(3000, 64)) * draw.uniform(1, 3000, 64)) / 16).astype(np.float16)
    special = np.array([0, 1, 700, 2999])
    tally = Tally(64, len(x), whole=True)
    tally.add(x, x.astype(np.float32), special)
    tally.again(x.astype(np.float32), special)
    found, expected = tally.statistics(), describe(np.delete(x, special, 0))
    np.testing.assert_array_equal(found.counts, expected.counts)
    np.testing.assert_allclose(found.kurtosis, expected.kurtosis, rtol=1e-9)
    np.testing.assert_allclose(found.mean_distance, expected.mean_distance, rtol=1e-9)


@pytest.mark.parametrize("rows", [500, 70_000])
@pytest.mark.parametrize("whole", [True, False])
def test_any_number_of_units_is_counted_and_zeros_of_both_signs_are_one_number(
    rows: int, whole: bool
) -> None:
    """Seven units; zeros as the least, the largest and the only number; counts beyond 65,535."""
    x = np.random.default_rng(1).normal(size=(rows, 7)).astype(np.float16)
    x[:, 0], x[:, 1] = np.abs(x[:, 0]), -np.abs(x[:, 1])
    x[::2, :2], x[1::3, :2], x[:, 2], x[:, 3] = 0.0, -0.0, 0.0, -0.0
    x[::3, 2], x[:, 4] = -0.0, 65504
    tally, none = Tally(7, rows, whole=whole), np.array([], np.int64)
    for _ in range(2):  # What was taken in before is forgotten.
        tally.add(x, x.astype(np.float32), none)
        tally.again(x.astype(np.float32), none)
        found, expected = tally.statistics().arrays(), describe(x).arrays()
        for name in expected:
            np.testing.assert_allclose(found[name], expected[name], rtol=1e-9, err_msg=name)
