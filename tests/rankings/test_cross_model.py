"""Cross-model rankings and layer similarity against numpy, scikit-learn and scipy."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.cross_decomposition import CCA
from sklearn.decomposition import PCA
from sklearn.linear_model import LinearRegression, Ridge

from neurox_core.activations import extract
from neurox_core.activations.formats import import_activations
from neurox_core.corpora import Corpus
from neurox_core.corpora.labelling import Labelling
from neurox_core.errors import InvalidInputError
from neurox_core.rankings import analysis, correlation, rank
from neurox_core.rankings.correlation import correlate
from neurox_core.rankings.linear import components
from neurox_core.rankings.similarity import layer_similarity
from neurox_core.rankings.source import ArraySource, StoreSource
from tests.activations.fake import FakeModel

ROWS = 900


def model(width: int, seed: int) -> np.ndarray:
    """Neurons that mix 10 signals, which all models have in common, and have offsets and scales."""
    signals = np.random.default_rng(99).normal(size=(ROWS, 10))
    draw = np.random.default_rng(seed)
    x = signals @ draw.normal(size=(10, width)) + draw.normal(size=(ROWS, width)) * 2
    return np.asarray(x * draw.lognormal(size=width) + draw.normal(size=width) * 30)


X, Y, Z = model(12, 1), model(25, 2), model(7, 3)


def z(x: np.ndarray) -> np.ndarray:
    return np.asarray((x - x.mean(0)) / x.std(0))


def cross(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.asarray(np.corrcoef(x.T, y.T)[: x.shape[1], x.shape[1] :])


@pytest.fixture(params=["double", "single"])
def digits(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> float:
    """Both precisions, in several batches; the tolerance that goes with each."""
    monkeypatch.setattr(correlation, "EXACT", np.inf if request.param == "double" else 0)
    monkeypatch.setattr(correlation, "BATCH_BYTES", 1)  # 256 rows
    return 1e-9 if request.param == "double" else 1e-5


def test_correlations_are_those_of_numpy(digits: float) -> None:
    found = correlate([ArraySource.of(x) for x in (X, Y)], [(0, 1), (1, 1)])
    np.testing.assert_allclose(found.matrices[0, 1], cross(X, Y), atol=digits)
    np.testing.assert_allclose(found.matrices[1, 1], np.corrcoef(Y.T), atol=digits)
    assert (np.diag(found.matrices[1, 1]) == 1).all()
    assert (found.matrices[1, 1] == found.matrices[1, 1].T).all()
    np.testing.assert_allclose(found.means[0], X.mean(0), rtol=1e-6)
    np.testing.assert_allclose(found.deviations[0], X.std(0), rtol=1e-5)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_values_that_cost_digits_are_correlated_as_well(digits: float, dtype: type) -> None:
    draw = np.random.default_rng(0)
    x = draw.normal(size=(2000, 6))
    y = x @ draw.normal(size=(6, 5)) + draw.normal(size=(2000, 5))
    x[:, 1] += 1000  # far from 0
    x[:1000, 2] = 0.1  # constant in the first batches
    x[:, 3] = np.where(np.arange(2000) == 1999, 100, 1e-3 * x[:, 3])  # one far away, in the last
    x[:, 4] += np.arange(2000) / 10  # drifts away from the first batch's mean
    if dtype != np.float16:
        x[:, 0] *= 1e-25
        y[:, 0] *= 1e25
    if dtype == np.float64:
        x[:, 5] *= 1e-180
        y[:, 1] *= 1e180
    x, y = x.astype(dtype), y.astype(dtype)
    found = correlate([ArraySource.of(x), ArraySource.of(y)], [(0, 1)])
    wide = [v.astype(np.float64) for v in (x, y)]
    expected = cross(*(v / np.abs(v).max(0) for v in wide))
    np.testing.assert_allclose(found.matrices[0, 1], expected, atol=digits)


@pytest.mark.parametrize("value", [0.0, 0.1, -7e4, 1e-30])
def test_constants_are_found_and_correlate_with_nothing(digits: float, value: float) -> None:
    x, y = X.astype(np.float32), Y.astype(np.float32)
    x[:, 3], y[:, 0], y[:300, 1], y[300:, 1] = value, 5.0, 0.0, 1.0
    found = correlate([ArraySource.of(x), ArraySource.of(y)], [(0, 1)])
    assert np.flatnonzero(found.constant[0]).tolist() == [3]
    assert np.flatnonzero(found.constant[1]).tolist() == [0]
    assert not found.matrices[0, 1][3].any() and not found.matrices[0, 1][:, 0].any()
    expected = np.corrcoef(x[:, 0].astype(float), y[:, 1].astype(float))[0, 1]
    assert found.matrices[0, 1][0, 1] == pytest.approx(expected, abs=digits)


def test_max_and_min_correlation_are_the_papers_formulas(digits: float) -> None:
    best = np.stack([np.abs(cross(X, other)).max(1) for other in (Y, Z)])
    for name, expected in (("max_correlation", best.max(0)), ("min_correlation", best.min(0))):
        found = rank(name, X, others={"y": Y, "z": Z})
        np.testing.assert_allclose(found.scores, expected, atol=digits)
        assert found.order.tolist() == np.argsort(-expected).tolist()
        only = rank(name, X, others=Z)
        np.testing.assert_allclose(only.scores, best[1], atol=digits)


def test_every_neuron_keeps_its_best_partner_in_every_other_model(digits: float) -> None:
    found = rank("max_correlation", X, others={"y": Y, "z": Z})
    partners: Any = found.details["partners"]
    assert list(partners) == ["y", "z"] and found.details["rows"] == ROWS
    for name, other in (("y", Y), ("z", Z)):
        rho = cross(X, other)
        index = np.abs(rho).argmax(1)
        assert partners[name]["neuron"].tolist() == index.tolist()
        signed = rho[np.arange(12), index]
        np.testing.assert_allclose(partners[name]["correlation"], signed, atol=digits)
        assert partners[name]["address"] is None
    assert (partners["y"]["correlation"] < 0).any()  # mirror images are partners too


def test_linear_regression_is_that_of_scikit_learn(digits: float) -> None:
    errors = [np.square(z(X) - LinearRegression().fit(o, z(X)).predict(o)).mean(0) for o in (Y, Z)]
    found = rank("linear_regression", X, others={"y": Y, "z": Z})
    np.testing.assert_allclose(found.scores, -np.max(errors, 0), atol=digits)
    for name, expected in zip(("y", "z"), errors, strict=True):
        mse: Any = found.details["mse"]
        np.testing.assert_allclose(mse[name], expected, atol=digits)
    raw = rank("linear_regression", X, others=[Y, Z], standardize=False)
    np.testing.assert_allclose(raw.scores, -np.max(errors, 0) * X.var(0), rtol=1e-4)
    ridged = Ridge(alpha=0.3 * ROWS, fit_intercept=False).fit(z(Y), z(X))
    expected = np.square(z(X) - ridged.predict(z(Y))).mean(0)
    found = rank("linear_regression", X, others=Y, ridge=0.3)
    np.testing.assert_allclose(found.scores, -expected, atol=digits)


def test_regression_on_neurons_that_depend_on_one_another_is_that_without_them(
    digits: float,
) -> None:
    more = np.concatenate([Y, -3 * Y[:, :4] + 2, Y[:, :5] @ np.ones((5, 1)), Y[:, :1] * 0], 1)
    found, plain = (rank("linear_regression", X, others={"o": o}) for o in (more, Y))
    np.testing.assert_allclose(found.scores, plain.scores, atol=10 * digits)
    assert found.details["rank"] == {"o": 25} == plain.details["rank"]


def test_canonical_correlations_are_those_of_scikit_learn(digits: float) -> None:
    kept = {}
    for name, x in (("x", X), ("y", Y)):
        pca = PCA().fit(z(x))
        count = int(np.searchsorted(np.cumsum(pca.explained_variance_ratio_), 0.9)) + 1
        kept[name] = pca.transform(z(x))[:, :count]
    count = min(kept["x"].shape[1], kept["y"].shape[1])
    a, b = CCA(n_components=3, max_iter=5000, tol=1e-12).fit_transform(kept["x"], kept["y"])
    expected = [np.corrcoef(a[:, i], b[:, i])[0, 1] for i in range(3)]
    found = rank("svcca", X, others={"y": Y}, variance_kept=0.9, directions=3)
    models: Any = found.details["models"]
    shared = models["y"]
    assert shared["components"] == [kept["x"].shape[1], kept["y"].shape[1]]
    assert len(shared["coefficients"]) == count
    np.testing.assert_allclose(shared["coefficients"][:3], expected, atol=max(digits, 1e-6))
    loadings = np.array([[np.corrcoef(x, v)[0, 1] for v in a.T] for x in X.T])
    np.testing.assert_allclose(np.abs(shared["loadings"]), np.abs(loadings), atol=1e-4)
    score = (np.square(loadings) * expected).sum(1)
    np.testing.assert_allclose(found.scores, score, atol=1e-4)
    # The directions are weights on the activations, and enough components were kept.
    variates = z(X) @ shared["directions"]
    np.testing.assert_allclose(np.cov(variates.T, bias=True), np.eye(3), atol=1e-4)
    for direction, neurons in enumerate(shared["top"]):
        strongest = np.argsort(-np.abs(shared["loadings"][:, direction]))
        assert neurons == strongest[:10].tolist()
        assert shared["loadings"][neurons[0], direction] > 0


@pytest.mark.parametrize("common", [0.5, 300.0])
def test_components_in_single_precision_are_white_and_span_the_same(
    common: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where one component is nearly everything, the others are left to double precision."""
    used: list[torch.dtype] = []
    eigh = torch.linalg.eigh

    def noted(square: torch.Tensor) -> Any:
        used.append(square.dtype)
        return eigh(square)

    monkeypatch.setattr(torch.linalg, "eigh", noted)
    draw = np.random.default_rng(5)
    x = draw.normal(size=(4000, 30)) * np.linspace(1, 4, 30) + common * draw.normal(size=(4000, 1))
    within = np.corrcoef(x.T).astype(np.float32)
    found = components(within, np.ones(30), 0.9 if common < 1 else 0.99999, 6)
    assert used == [torch.float32] + [torch.float64] * (common > 1)
    count, exact = len(found.variances), within.astype(np.float64)
    assert 1 < count < 30
    np.testing.assert_allclose(found.white.T @ exact @ found.white, np.eye(count), atol=1e-7)
    np.testing.assert_allclose(found.loads, exact @ found.white, atol=1e-6)
    values, vectors = np.linalg.eigh(exact)
    np.testing.assert_allclose(found.variances, values[::-1][:count], rtol=1e-5)
    basis, top = np.linalg.qr(found.white)[0], vectors[:, ::-1][:, :count]
    np.testing.assert_allclose(basis @ basis.T, top @ top.T, atol=1e-4)


def test_svcca_of_several_models_is_the_mean_and_may_work_on_raw_values(digits: float) -> None:
    both = rank("svcca", X, others={"y": Y, "z": Z})
    apart = [rank("svcca", X, others=o).scores for o in (Y, Z)]
    np.testing.assert_allclose(both.scores, np.mean(apart, 0), atol=1e-5)
    raw: Any = rank("svcca", X, others=Y, variance_kept=0.9, standardize=False).details["models"]
    pca = PCA().fit(X)
    count = int(np.searchsorted(np.cumsum(pca.explained_variance_ratio_), 0.9)) + 1
    assert raw["model 1"]["components"][0] == count
    variates = (X - X.mean(0)) @ raw["model 1"]["directions"]
    np.testing.assert_allclose(variates.var(0), 1, atol=1e-4)


def test_a_model_and_its_rotation_share_all_directions(digits: float) -> None:
    turned = z(X) @ np.linalg.qr(np.random.default_rng(0).normal(size=(12, 12)))[0] * 3 + 1
    found = rank("svcca", X, others={"turned": turned}, variance_kept=1.0)
    models: Any = found.details["models"]
    np.testing.assert_allclose(models["turned"]["coefficients"], 1, atol=1e-4)
    np.testing.assert_allclose(found.scores, 1, atol=1e-4)
    regression = rank("linear_regression", X, others=turned)
    np.testing.assert_allclose(regression.scores, 0, atol=1e-4)


def test_too_few_rows_and_dead_models_are_refused_with_the_way_out() -> None:
    draw = np.random.default_rng(0)
    x, y = draw.normal(size=(20, 5)), draw.normal(size=(20, 19))
    with pytest.raises(InvalidInputError, match=r"20 rows.* 19 independent.*ridge=0.1"):
        rank("linear_regression", x, others={"wide": y})
    assert np.isfinite(rank("linear_regression", x, others={"wide": y}, ridge=0.1).scores).all()
    with pytest.raises(InvalidInputError, match="20 rows, too few"):
        rank("svcca", x, others={"wide": y})
    for name in ("max_correlation", "min_correlation", "linear_regression", "svcca"):
        with pytest.raises(InvalidInputError, match="No neuron of dead changes"):
            rank(name, X, others={"dead": np.ones((ROWS, 3)), "y": Y})
        with pytest.raises(InvalidInputError, match="needs others="):
            rank(name, X)
        with pytest.raises(InvalidInputError, match="have 5 rows, those to be ranked 900"):
            rank(name, X, others={"short": Y[:5]})


def cka(x: np.ndarray, y: np.ndarray) -> float:
    a, b = (v.astype(np.float64) - v.mean(0, dtype=np.float64) for v in (x, y))
    inner = np.linalg.norm(a.T @ b) ** 2
    return float(inner / (np.linalg.norm(a.T @ a) * np.linalg.norm(b.T @ b)))


def test_layer_similarity_is_linear_cka(digits: float) -> None:
    first = {"encoder.0.resid_post": X.astype(np.float32), "encoder.1.resid_post": Y}
    second = {"a": Z, "b": X * 4 - 1, "c": Y[:, ::-1].astype(np.float16)}
    found = layer_similarity(first, second)
    assert found.rows == tuple(first) and found.columns == ("a", "b", "c") and found.tokens == ROWS
    expected = [[cka(x, y) for y in second.values()] for x in first.values()]
    np.testing.assert_allclose(found.values, expected, atol=max(digits, 1e-8))
    assert found.values[0, 1] == pytest.approx(1, abs=digits)
    own = layer_similarity(first)
    np.testing.assert_allclose(own.values, [[1, cka(X, Y)], [cka(X, Y), 1]], atol=digits)


def test_layers_that_cannot_be_compared_are_told() -> None:
    dead = layer_similarity({"x": X, "dead": np.ones((ROWS, 2))})
    assert np.isnan(dead.values[1]).all() and dead.values[0, 0] == 1
    again = json.loads(json.dumps(dead.to_json(), allow_nan=False))
    assert again["values"][1] == [None, None] and again["rows"] == ["x", "dead"]
    with pytest.raises(InvalidInputError, match="same rows"):
        layer_similarity({"x": X, "y": Y[:7]})
    with pytest.raises(InvalidInputError, match="no layer 'q'"):
        layer_similarity({"x": X}, layers=["q"])
    with pytest.raises(InvalidInputError, match="at least one layer"):
        layer_similarity({})


class Pieces(FakeModel):
    """Like the fake model, with other pieces and other values."""

    name = "pieces"

    def __init__(self, seed: int, width: int) -> None:
        super().__init__(width)
        self.seed, self.fingerprint = seed, f"{seed}" * 64
        self.name = f"pieces {seed}"

    def values(self, address: str, text: str) -> np.ndarray:
        found = super().values(address, text)
        draw = np.random.default_rng(self.seed)
        return np.asarray(found @ draw.normal(size=(found.shape[1],) * 2), np.float32)


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    draw = np.random.default_rng(4)
    texts = [" ".join(["word"] * n) + f" {i}" for i, n in enumerate(draw.integers(1, 25, 700))]
    folder = tmp_path_factory.mktemp("s")
    corpus, models = Corpus("c", texts, texts), (Pieces(1, 40), Pieces(2, 40))
    layers = [a for a in models[0].layers if "resid" in a]
    return [extract(m, corpus, folder / m.name, layers) for m in models]  # type: ignore[arg-type]


def word_values(store: Any, layers: list[str]) -> np.ndarray:
    table = store.words(layers[0].partition(".")[0])
    return np.concatenate(
        [np.asarray(store.layer(a), np.float64)[table.last - 1] for a in layers], axis=1
    )


def test_stores_are_compared_word_by_word_with_addresses_of_the_partners(stores: list[Any]) -> None:
    first, second = stores
    layers = ["decoder.0.resid_post", "decoder.1.resid_post"]
    found = rank("max_correlation", first, others=second, layers=layers[:1])
    x, y = word_values(first, layers[:1]), word_values(second, layers)
    rho = cross(x, y)
    np.testing.assert_allclose(found.scores, np.abs(rho).max(1), atol=1e-6)
    partner: Any = found.details["partners"]
    index = np.abs(rho).argmax(1)
    assert partner["pieces 2"]["address"] == [f"{layers[i // 40]}[{i % 40}]" for i in index]
    assert found.details["rows"] == len(x)
    heat = layer_similarity(first, second, layers=layers)
    expected = [[cka(word_values(s, [a]), word_values(t, [b])) for b in layers]
                for s, t, a in ((first, second, layer) for layer in layers)]  # fmt: skip
    np.testing.assert_allclose(heat.values, expected, atol=1e-6)
    assert heat.columns == tuple(layers)
    own = layer_similarity(first)
    tokens = ~first.tokens("encoder").special
    values = [np.asarray(first.layer(a))[tokens] for a in own.rows]
    assert all(a.startswith("encoder") for a in own.rows)
    np.testing.assert_allclose(own.values, [[cka(x, y) for y in values] for x in values], atol=1e-6)
    with pytest.raises(InvalidInputError, match="cannot be compared: .*only of the encoder"):
        layer_similarity(first, layers=["encoder.0.resid_post", "decoder.0.resid_post"])
    with pytest.raises(InvalidInputError, match="of another decoder|of another encoder"):
        layer_similarity(first, second, layers=layers, other_layers=["encoder.0.resid_post"])
    with pytest.raises(InvalidInputError, match="store is compared with a store"):
        layer_similarity(first, {"x": X})


@pytest.mark.parametrize("name", ["variance", "word_variance", "anova_f", "max_correlation"])
def test_stores_without_layers_and_labels_of_other_words_are_told_plainly(
    stores: list[Any], name: str
) -> None:
    first, second = stores[:2]
    stack = next(iter(first.layers)).partition(".")[0]
    words = first.words(stack)
    labels = np.where(np.arange(int((words.first < words.last).sum())) % 2 == 0, "a", "b")
    with pytest.raises(InvalidInputError, match="layers is empty; name at least one"):
        rank(name, first, labels=labels, others=second, layers=[])
    if "others" in analysis(name).needs:
        with pytest.raises(InvalidInputError, match="arrays or opened stores, not 'lstm-b'"):
            rank(name, first, others="lstm-b")
    if "labels" in analysis(name).needs:
        other = Labelling.of(labels, stack="nowhere")
        with pytest.raises(InvalidInputError, match="of nowhere words; name layers of the nowhere"):
            rank(name, first, labels=other, layers=list(first.layers)[:1])


@pytest.mark.parametrize("name", ["max_correlation", "linear_regression", "svcca"])
def test_stores_may_be_larger_than_the_memory_that_is_used(
    name: str, stores: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(correlation, "BATCH_BYTES", 1)
    heights: list[int] = []
    read = StoreSource.rows

    def rows(source: StoreSource, first: int, last: int) -> np.ndarray:
        heights.append(last - first)
        return read(source, first, last)

    monkeypatch.setattr(StoreSource, "rows", rows)
    first, second = stores
    size = sum(np.asarray(s.layer(a)).nbytes for s in stores for a in s.layers if "enc" in a)
    tracemalloc.start()
    rank(name, first, others=second)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # Tensors, which are not traced, hold a batch of each model and the matrices.
    assert peak < size / 2 and max(heights) == 256
    assert sum(heights) == 2 * len(word_values(first, ["encoder.0.resid_post"]))  # one pass


def test_rows_of_a_store_are_those_of_the_array_whether_they_follow_each_other_or_not(
    tmp_path: Path,
) -> None:
    values = np.random.default_rng(3).normal(size=(4500, 40)).astype(np.float16)
    np.save(tmp_path / "x.npy", values)
    tokens = [["w"] * 45 for _ in range(100)]
    store = import_activations(tmp_path / "x.npy", tmp_path / "s", tokens=tokens)
    source = StoreSource(store, None, "last")
    np.testing.assert_array_equal(source.rows(4000, 4300), values[4000:4300])
    some = np.arange(0, 4500, 3)
    np.testing.assert_array_equal(source.take(some).rows(100, 1500), values[some][100:])
    # As many rows as the stretch is long, in another order.
    turned = np.array([8, 7, 9])
    np.testing.assert_array_equal(source.take(turned).rows(0, 3), values[turned])
