"""Entropy, explained variance and redundancy against independent computations."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from scipy.stats import entropy

from neurox_core.activations import extract
from neurox_core.corpora import Corpus
from neurox_core.errors import InvalidInputError
from neurox_core.rankings import correlation, rank
from tests.activations.fake import FakeModel


def share(x: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """1 - E[Var(x | group)] / Var(x), as it is written."""
    within = sum((groups == g).mean() * x[groups == g].var(0) for g in np.unique(groups))
    return np.asarray(1 - within / x.var(0))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Any:
    draw = np.random.default_rng(4)
    words = ["a", "bc", "def", "ghij", "klmno"]
    texts = [" ".join(draw.choice(words, n)) + f" {i}" for i, n in
             enumerate(draw.integers(2, 12, 60))]  # fmt: skip
    model: Any = FakeModel(width=9)
    return extract(model, Corpus("c", texts, texts), tmp_path_factory.mktemp("s") / "a")


def test_entropy_is_that_of_the_histogram_numpy_makes() -> None:
    x = np.random.default_rng(0).gamma(1.5, size=(500, 7)) * [1, 3, 0.1, 2, 5, 1, 1e6]
    expected = [entropy(np.histogram(column, bins=40)[0], base=2) for column in x.T]
    found = rank("entropy", x)
    np.testing.assert_allclose(found.scores, expected, rtol=1e-12)
    np.testing.assert_allclose(rank("entropy", x, standardize=True).scores, expected, rtol=1e-12)


def test_entropy_reaches_from_one_value_in_a_bin_to_all_bins_alike() -> None:
    even = np.repeat(np.arange(40.0), 10)
    two = np.where(np.arange(400) < 200, 0.0, 1.0)
    found = rank("entropy", np.stack([two, even], 1))
    assert found.scores == pytest.approx([1.0, np.log2(40)]) and found.order.tolist() == [1, 0]


@pytest.mark.parametrize("name", ["position_variance", "word_variance"])
def test_explained_variance_of_an_array_is_that_of_its_labels(name: str) -> None:
    draw = np.random.default_rng(1)
    groups = draw.integers(0, 6, 300)
    x = draw.normal(size=(300, 40)) * 1e-3 + 1e4
    x[:, 5] += groups * 1e-3
    x[:, 33] = 7.0
    found = rank(name, x, labels=groups)
    kept = np.delete(np.arange(40), 33)
    np.testing.assert_allclose(found.scores[kept], share(x[:, kept], groups), rtol=1e-6)
    assert found.order[0] == 5 and found.order[-1] == 33 and np.isnan(found.scores[33])
    np.testing.assert_allclose(found.details["chance"], 5 / 299)
    for same in (groups.astype(float), [f"w{g}" for g in groups]):
        np.testing.assert_array_equal(rank(name, x, labels=same).scores, found.scores)
    # A neuron that the groups fix is explained to the last digit, one that is noise by chance.
    fixed = rank(name, np.stack([groups * 0.1, draw.normal(size=300)], 1), labels=groups)
    assert fixed.scores[0] == pytest.approx(1, abs=1e-12) and fixed.scores[1] < 0.06


def test_rows_without_a_label_are_left_out() -> None:
    draw = np.random.default_rng(2)
    x, groups = draw.normal(size=(200, 3)), draw.integers(0, 4, 200)
    labels = [None if i % 3 == 0 else f"p{g}" for i, g in enumerate(groups)]
    some = np.arange(200) % 3 != 0
    found = rank("position_variance", x, labels=labels)
    np.testing.assert_allclose(found.scores, share(x[some], groups[some]), rtol=1e-10)


def test_explained_variance_of_a_store_is_what_it_has_kept(store: Any) -> None:
    found = rank("position_variance", store)
    for number, address in enumerate(store.layers):
        width = store.layers[address]
        start = sum(list(store.layers.values())[:number])
        table = store.tokens(address.partition(".")[0])
        x = np.asarray(store.layer(address), np.float64)[~table.special]
        expected = share(x, table.position[~table.special])
        np.testing.assert_allclose(found.scores[start : start + width], expected, rtol=1e-6)
        assert found.details["chance"][start] == store.statistics(address).position_chance
    words = rank("word_variance", store, layers=["encoder.0.resid_post"])
    table = store.words("encoder")
    values = np.stack([store.neuron(f"encoder.0.resid_post[{u}]", word="mean") for u in range(9)])
    expected = share(values.T.astype(np.float64), table.type)
    np.testing.assert_allclose(words.scores, expected, rtol=1e-6)
    # The same through labels: words by their types.
    same = rank("word_variance", store, layers=["encoder.0.resid_post"], words="mean",
                labels=[str(t) for t in table.type])  # fmt: skip
    np.testing.assert_allclose(same.scores, words.scores, rtol=1e-6)


def test_groups_that_are_missing_or_all_the_same_are_refused() -> None:
    x = np.random.default_rng(3).normal(size=(30, 2))
    with pytest.raises(InvalidInputError, match="needs labels="):
        rank("word_variance", x)
    for one in ([3] * 30, [2.5] * 30):
        with pytest.raises(InvalidInputError, match="at least"):
            rank("word_variance", x, labels=one)


def families(neurons: int = 60, rows: int = 500, seed: int = 0) -> np.ndarray:
    """Neurons of which some are noisy copies, or mirror images, of others."""
    draw = np.random.default_rng(seed)
    base = draw.normal(size=(rows, neurons // 3))
    x = np.repeat(base, 3, axis=1) * draw.choice([-1, 1], neurons)
    return np.asarray(x + draw.uniform(0.1, 2, neurons) * draw.normal(size=x.shape))


def expected_clusters(x: np.ndarray, threshold: float) -> np.ndarray:
    distances = squareform(1 - np.abs(np.corrcoef(x.T)), checks=False)
    return np.asarray(fcluster(linkage(distances, "average"), threshold, "distance"))


def same_partition(a: np.ndarray, b: np.ndarray) -> bool:
    pairs = set(zip(a.tolist(), b.tolist(), strict=True))
    return len(pairs) == len(set(a.tolist())) == len(set(b.tolist()))


@pytest.mark.parametrize("exact", [np.inf, 0])
@pytest.mark.parametrize("threshold", [0.2, 0.5, 0.8])
def test_clusters_are_those_of_scipy(
    threshold: float, exact: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(correlation, "EXACT", exact)
    x = families()
    found = rank("redundancy", x, threshold=threshold)
    clusters = found.details["cluster"]
    assert isinstance(clusters, np.ndarray)
    assert same_partition(clusters, expected_clusters(x, threshold))


def test_one_neuron_of_each_cluster_comes_first_and_copies_last() -> None:
    x = families()
    found = rank("redundancy", x)
    clusters: Any = found.details["cluster"]
    kept: Any = found.details["representatives"]
    count = len(set(clusters.tolist()))
    first = found.order[:count]
    assert len(set(clusters[first].tolist())) == count and set(first.tolist()) == set(kept)
    assert (found.scores[first] == np.bincount(clusters)[clusters[first]]).all()
    rho = np.abs(np.corrcoef(x.T))
    for neuron in kept:  # the member that is closest to all others of its cluster
        group = np.flatnonzero(clusters == clusters[neuron])
        mean = rho[np.ix_(group, group)].mean(1)
        assert mean[group == neuron][0] == pytest.approx(mean.max(), abs=1e-9)
    rest = found.order[count:]
    stands_for = np.array(kept)[clusters[rest]]
    np.testing.assert_allclose(found.scores[rest], 1 - rho[rest, stands_for], atol=1e-9)


def test_a_copy_and_a_mirror_image_are_redundant_whatever_their_scale() -> None:
    x = np.random.default_rng(5).normal(size=(300, 8))
    x[:, 6], x[:, 2] = -100 * x[:, 4], x[:, 4] * 1e-3 + 5
    found = rank("redundancy", x)
    clusters: Any = found.details["cluster"]
    assert clusters[2] == clusters[4] == clusters[6]
    # Of equals the one with the largest variance stands for the others.
    assert found.order[0] == 6 and found.scores[6] == 3
    assert found.order[-2:].tolist() == [2, 4]


def test_above_the_limit_only_the_neurons_that_vary_most_are_clustered() -> None:
    x = families()
    x[:, 11] = 4.0
    found = rank("redundancy", x, limit=20)
    pool = np.sort(np.argsort(-x.var(0))[:20])
    clusters: Any = found.details["cluster"]
    assert np.isfinite(found.scores).nonzero()[0].tolist() == pool.tolist()
    assert found.details["clustered"] == 20
    assert same_partition(clusters[pool], expected_clusters(x[:, pool], 0.5))
    assert (np.delete(clusters, pool) == -1).all()


def test_encoder_and_decoder_of_a_store_are_clustered_apart(store: Any) -> None:
    found = rank("redundancy", store, threshold=0.95)
    clusters: Any = found.details["cluster"]
    stacks = np.repeat([a.partition(".")[0] for a in store.layers], list(store.layers.values()))
    assert not set(clusters[stacks == "encoder"]) & set(clusters[stacks == "decoder"])
    for stack in ("encoder", "decoder"):
        layers = [a for a in store.layers if a.startswith(stack)]
        x = np.concatenate([store.columns(a, 0, store.layers[a]) for a in layers], 1)
        expected = expected_clusters(x.astype(np.float64), 0.95)
        assert same_partition(clusters[stacks == stack], expected)


def test_a_cancelled_ranking_stops(store: Any) -> None:
    from neurox_core.errors import CancelledError

    calls: list[tuple[int, int]] = []
    stop: Callable[[], bool] = lambda: len(calls) > 0  # noqa: E731
    with pytest.raises(CancelledError):
        rank("redundancy", store, cancelled=stop,
             on_progress=lambda done, total, *rest: calls.append((done, total)))  # fmt: skip
    assert calls and Path(store.path).is_dir()
