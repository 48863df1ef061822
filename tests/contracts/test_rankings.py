"""The contract that every registered ranking keeps, whoever wrote it."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from neurox_core.activations import extract
from neurox_core.corpora import Corpus
from neurox_core.errors import InvalidInputError, UnknownAddressError, UnknownNameError
from neurox_core.rankings import analysis, correlation, describe, rank, rankings
from tests.activations.fake import FakeModel

TOKENS, NEURONS = 400, 12

NAMES = [name for name in rankings() if not analysis(name).needs & {"labels", "others", "groups"}]
MAGNITUDE = {"variance", "mean_distance", "range"}


def noise(seed: int = 0, neurons: int = NEURONS) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(TOKENS, neurons))


def spikes(sign: float) -> np.ndarray:
    """Quiet, but for a few tokens."""
    found = np.zeros(TOKENS)
    found[::50] = sign
    return found


PLANTED: dict[str, Callable[[float], np.ndarray]] = {
    "variance": lambda sign: sign * 100 * np.abs(noise(9)[:, 0]),
    "mean_distance": lambda sign: sign * 100 * np.abs(noise(9)[:, 0]),
    "range": lambda sign: sign * 100 * np.abs(noise(9)[:, 0]),
    "kurtosis": lambda sign: 3 * spikes(sign) + 5,
    "sparsity": lambda sign: 3 * spikes(sign),
    "entropy": lambda sign: sign * np.linspace(-1, 1, TOKENS),
}
"""For each ranking a neuron that it has to find, the right way up and upside down."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """More than 3 MB of activations in two layers of each stack; one constant neuron."""

    class Model(FakeModel):
        def values(self, address: str, text: str) -> np.ndarray:
            found = super().values(address, text) * np.linspace(0.5, 2, self.sites[address])
            found[:, 7] = 0.25
            return found.astype(np.float32)

    draw = np.random.default_rng(4)
    texts = [" ".join(["word"] * n) for n in draw.integers(1, 25, 700)]
    texts = [f"{text} {i}" for i, text in enumerate(texts)]
    model: Any = Model(width=70)
    layers = [layer for layer in model.layers if "resid" in layer]
    return extract(model, Corpus("c", texts, texts), tmp_path_factory.mktemp("s") / "a", layers)


def test_every_ranking_of_ours_has_a_planted_neuron() -> None:
    assert set(PLANTED) >= {"variance", "mean_distance", "range", "kurtosis", "sparsity"}
    assert set(PLANTED) <= set(rankings())


@pytest.mark.parametrize("sign", [1.0, -1.0, 100.0])
@pytest.mark.parametrize("name", PLANTED)
def test_the_planted_neuron_comes_first(name: str, sign: float) -> None:
    x = noise()
    x[:, 5] = PLANTED[name](sign)
    assert rank(name, x).order[0] == 5
    scaled = x.copy()
    scaled[:, 3] *= 1e5
    # A ranking by magnitude must see the scale, one by shape must not.
    assert rank(name, scaled).order[0] == (3 if name in MAGNITUDE else 5)


@pytest.mark.parametrize("name", NAMES)
def test_order_holds_every_neuron_once_by_descending_score(name: str) -> None:
    found = rank(name, noise())
    assert found.name == name and len(found) == NEURONS
    assert found.order.dtype == np.int64 and found.scores.dtype == np.float64
    assert sorted(found.order.tolist()) == list(range(NEURONS))
    assert (np.diff(found.scores[found.order]) <= 0).all()


@pytest.mark.parametrize("name", NAMES)
def test_permuting_neurons_permutes_the_ranking(name: str) -> None:
    x = noise() ** 3
    shuffled = np.random.default_rng(1).permutation(NEURONS)
    found, moved = rank(name, x), rank(name, x[:, shuffled])
    np.testing.assert_allclose(moved.scores, found.scores[shuffled], rtol=1e-12)
    if name != "redundancy":  # all clusters have one neuron here: ties
        np.testing.assert_array_equal(shuffled[moved.order], found.order)


@pytest.mark.parametrize("name", NAMES)
def test_permuting_tokens_changes_nothing(name: str) -> None:
    x = noise() ** 3
    shuffled = x[np.random.default_rng(1).permutation(TOKENS)]
    np.testing.assert_allclose(rank(name, shuffled).scores, rank(name, x).scores, rtol=1e-10)


@pytest.mark.parametrize("name", NAMES)
def test_copies_of_rows_change_no_order(name: str) -> None:
    x = noise() ** 3
    found, again = rank(name, x), rank(name, np.concatenate([x, x[::-1]]))
    np.testing.assert_array_equal(again.order, found.order)
    # Hoyer's measure has the number of rows in it, the others have not.
    rtol = 0.05 if name == "sparsity" else 1e-10
    np.testing.assert_allclose(again.scores, found.scores, rtol=rtol)


@pytest.mark.parametrize("value", [0.0, 0.1, -7e4, 1e-30])
@pytest.mark.parametrize("name", NAMES)
def test_constant_neurons_have_no_score_and_come_last(name: str, value: float) -> None:
    x = noise() * 1e-3
    x[:, [2, 6]] = value
    found = rank(name, x)
    assert np.isnan(found.scores[[2, 6]]).all()
    assert np.isfinite(np.delete(found.scores, [2, 6])).all()
    assert found.order[-2:].tolist() == [2, 6]


@pytest.mark.parametrize("name", [name for name in NAMES if name != "redundancy"])
def test_ties_stand_in_the_order_of_their_index(name: str) -> None:
    x = noise()
    x[:, 8] = x[:, 4] = x[:, 1]
    order = rank(name, x).order.tolist()
    place = order.index(1)
    assert order[place : place + 3] == [1, 4, 8]


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize("name", NAMES)
def test_half_and_single_precision_are_ranked_as_their_exact_values(name: str, dtype: type) -> None:
    x = (noise() * 500).astype(dtype)
    found, exact = rank(name, x), rank(name, x.astype(np.float64))
    np.testing.assert_allclose(found.scores, exact.scores, rtol=1e-9)
    np.testing.assert_array_equal(found.order, exact.order)
    np.testing.assert_array_equal(rank(name, x[::-1][:, ::-1]).order, rank(name, x[:, ::-1]).order)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_call_gives_the_same_result(name: str) -> None:
    x = noise()
    before = x.copy()
    first, second = rank(name, x, seed=3), rank(name, x, seed=3)
    np.testing.assert_array_equal(first.order, second.order)
    np.testing.assert_array_equal(first.scores, second.scores)
    assert first.signature == second.signature
    np.testing.assert_array_equal(x, before)
    assert rank(name, x * 2).signature != first.signature


@pytest.mark.parametrize("name", NAMES)
def test_a_store_is_ranked_like_the_array_it_holds(name: str, store: Any) -> None:
    for stack in ("encoder", "decoder"):
        layers = [layer for layer in store.layers if layer.startswith(stack)]
        x = np.concatenate([store.columns(layer, 0, 70) for layer in layers], axis=1)
        found = rank(name, store, layers=layers)
        array = rank(name, x, layers=[(layer, 70) for layer in layers])
        # The kurtosis may be near 0, and is what is left when 3 is taken from a number about 3.
        np.testing.assert_allclose(found.scores, array.scores, rtol=1e-9, atol=1e-13)
        np.testing.assert_array_equal(found.order, array.order)
        assert found.neuron(int(found.order[0])) == array.neuron(int(array.order[0]))
        assert np.isnan(found.scores[[7, 77]]).all()


@pytest.mark.parametrize("name", NAMES)
def test_a_store_may_be_larger_than_the_memory_that_is_used(
    name: str, store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(correlation, "BATCH_BYTES", 2**18)
    size = sum(store.layer(address).shape[0] * 70 * 2 for address in store.layers)
    tracemalloc.start()
    rank(name, store)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < size / 2


def test_neurons_of_all_layers_have_their_addresses(store: Any) -> None:
    found = rank("variance", store)
    layers = list(store.layers)
    assert found.layers == [(layer, 70) for layer in layers]
    assert found.neuron(0) == f"{layers[0]}[0]" and found.neuron(75) == f"{layers[1]}[5]"
    assert found.neurons(0, 2) == [found.neuron(int(i)) for i in found.order[:2]]
    assert len(set(found.neurons())) == 280
    with pytest.raises(InvalidInputError, match="0 to 279"):
        found.neuron(280)
    for part in ("ranking:variance", layers[3], store.model_fingerprint[:12],
                 store.corpus_fingerprint[:12], "dtype:float16", "version:"):  # fmt: skip
        assert part in found.signature


@pytest.mark.parametrize("name", NAMES)
def test_bad_calls_are_told_what_is_wrong(name: str, store: Any) -> None:
    with pytest.raises(InvalidInputError, match=f"{name!r} has no parameter 'quantille'"):
        rank(name, noise(), quantille=0.5)
    for bad in (np.nan, np.inf, -np.inf):
        x = noise()
        x[7, 9] = bad
        with pytest.raises(InvalidInputError, match="Neuron 9 .*not finite"):
            rank(name, x)
    for shape in ((0, 5), (5, 0), (5,), (2, 2, 2)):
        with pytest.raises(InvalidInputError, match="tokens, neurons"):
            rank(name, np.zeros(shape))
    with pytest.raises(InvalidInputError, match="tokens, neurons"):
        rank(name, np.array([["a", "b"]]))  # type: ignore[arg-type]
    with pytest.raises(UnknownAddressError, match="not recorded"):
        rank(name, store, layers=["encoder.5.resid_post"])
    with pytest.raises(InvalidInputError, match="none of them twice"):
        rank(name, store, layers=["encoder.0.resid_post"] * 2)
    with pytest.raises(InvalidInputError, match="7 neurons; the array has 12"):
        rank(name, noise(), layers=[("encoder.0.resid_post", 7)])


def test_unknown_rankings_are_told_with_those_that_there_are() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean variance.*There are: anova_f"):
        rank("varience", noise())


def test_every_ranking_says_what_it_is() -> None:
    assert [entry["name"] for entry in describe()] == rankings()
    for entry in describe():
        assert all(entry[key] for key in ("title", "summary", "formula", "reference", "family"))
        assert entry["summary"].endswith(".")


def test_the_package_is_a_function_too() -> None:
    import neurox_core

    assert neurox_core.rankings() == neurox_core.rankings() == rankings()


def test_extraction_leaves_no_partial_files(store: Any) -> None:
    assert not list(Path(store.path).rglob("*.partial"))


# --- rankings that compare models ---------------------------------------------------------------

CROSS = [name for name in rankings() if "others" in analysis(name).needs]
DIGITS = 1e-6
"""What cross-model scores are good to, however large the problem."""


def other_models() -> dict[str, np.ndarray]:
    """Two models of their own widths, without anything in common with :func:`noise`."""
    return {"a": noise(20, 9), "b": noise(21, 15)}


@pytest.fixture(params=["double", "single"])
def precision(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The precision of small problems, and of large ones; several batches."""
    monkeypatch.setattr(correlation, "EXACT", np.inf if request.param == "double" else 0)
    monkeypatch.setattr(correlation, "BATCH_BYTES", 1)


def test_all_rankings_across_models_keep_the_contract() -> None:
    assert {"max_correlation", "min_correlation", "linear_regression", "svcca"} <= set(CROSS)


@pytest.mark.parametrize("scale", [1.0, -1.0, 100.0, -0.01])
@pytest.mark.parametrize("name", CROSS)
def test_the_neuron_that_others_have_too_comes_first(
    name: str, scale: float, precision: None
) -> None:
    x, others = noise(), other_models()
    for number, other in enumerate(others.values()):
        other[:, 3 + number] = scale * (x[:, 5] + 0.1 * noise(22 + number)[:, 0]) + 7
    assert rank(name, x, others=others).order[0] == 5
    x[:, 8] *= 1e5
    assert rank(name, x, others=others).order[0] == 5


@pytest.mark.parametrize("name", CROSS)
def test_cross_model_rankings_hold_every_neuron_once(name: str, precision: None) -> None:
    x, others = noise(), other_models()
    x[:, 2], x[:, 6], others["a"][:, 4] = 0.1, -7e4, 5.0
    found = rank(name, x, others=others)
    assert sorted(found.order.tolist()) == list(range(NEURONS))
    assert np.isnan(found.scores[[2, 6]]).all() and found.order[-2:].tolist() == [2, 6]
    kept = found.order[:-2]
    assert np.isfinite(found.scores[kept]).all() and (np.diff(found.scores[kept]) <= 0).all()


@pytest.mark.parametrize("name", CROSS)
def test_permutations_and_copies_of_rows_change_no_cross_model_ranking(
    name: str, precision: None
) -> None:
    x, others = noise(), other_models()
    found = rank(name, x, others=others)
    shuffled = np.random.default_rng(1).permutation(NEURONS)
    moved = rank(name, x[:, shuffled], others=others)
    np.testing.assert_allclose(moved.scores, found.scores[shuffled], atol=5 * DIGITS)
    backwards = {key: other[:, ::-1] for key, other in others.items()}
    np.testing.assert_allclose(
        rank(name, x, others=backwards).scores, found.scores, atol=5 * DIGITS
    )
    rows = np.random.default_rng(1).permutation(np.arange(2 * TOKENS) % TOKENS)
    doubled = rank(name, x[rows], others={key: other[rows] for key, other in others.items()})
    np.testing.assert_allclose(doubled.scores, found.scores, atol=5 * DIGITS)


@pytest.mark.parametrize("name", CROSS)
def test_equal_neurons_of_cross_model_rankings_stand_in_the_order_of_their_index(
    name: str,
) -> None:
    x = noise()
    x[:, 8] = x[:, 4] = x[:, 1]
    found = rank(name, x, others=other_models(), **({"directions": 5} if name == "svcca" else {}))
    order = found.order.tolist()
    place = order.index(1)
    assert order[place : place + 3] == [1, 4, 8]
    assert found.scores[1] == found.scores[4] == found.scores[8]


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize("name", CROSS)
def test_cross_model_rankings_take_half_precision_and_repeat_themselves(
    name: str, dtype: type, precision: None
) -> None:
    x = (noise() * 500).astype(dtype)
    others = {key: other.astype(dtype) for key, other in other_models().items()}
    before = x.copy()
    found, again = (rank(name, x, others=others, seed=3) for _ in range(2))
    np.testing.assert_array_equal(found.scores, again.scores)
    assert found.signature == again.signature
    np.testing.assert_array_equal(x, before)
    wide = {key: other.astype(np.float64) for key, other in others.items()}
    exact = rank(name, x.astype(np.float64), others=wide)
    np.testing.assert_allclose(found.scores, exact.scores, atol=5 * DIGITS)
    x.flags.writeable = False
    np.testing.assert_array_equal(rank(name, x, others=others).scores, found.scores)
    changed = rank(name, x, others={**others, "a": others["a"] * 2})
    assert changed.signature != found.signature


@pytest.mark.parametrize("name", CROSS)
def test_a_store_is_compared_with_another_in_one_pass_and_little_memory(
    name: str, store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(correlation, "BATCH_BYTES", 2**18)
    layers = [layer for layer in store.layers if layer.startswith("encoder")]
    half = [layers[0]]
    size = sum(store.layer(address).shape[0] * 70 * 2 for address in store.layers)
    tracemalloc.start()
    found = rank(name, store, others={"itself": store}, layers=half)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < size / 2
    # Every neuron is its own partner in the whole model.
    partner: Any = found.details["partners"]
    addresses = partner["itself"]["address"]
    assert addresses == [None if u == 7 else f"{layers[0]}[{u}]" for u in range(70)]
    assert np.isnan(found.scores[7]) and "others:" in found.signature


# --- rankings that compare groups of rows ---------------------------------------------------------

GROUPED = [name for name in rankings() if "groups" in analysis(name).needs]


def groups() -> np.ndarray:
    return np.random.default_rng(30).integers(0, 6, TOKENS)


@pytest.mark.parametrize("scale", [1.0, -1.0, 100.0])
@pytest.mark.parametrize("name", GROUPED)
def test_the_neuron_that_its_groups_explain_comes_first(name: str, scale: float) -> None:
    x = noise()
    x[:, 5] += 3 * (groups() - 2.5)
    x[:, 5] *= scale
    x[:, [2, 6]] = 0.1
    found = rank(name, x, labels=groups())
    assert found.order[0] == 5 and found.order[-2:].tolist() == [2, 6]
    assert np.isnan(found.scores[[2, 6]]).all()
    doubled = np.concatenate([x, x[::-1]])
    labels = np.concatenate([groups(), groups()[::-1]])
    again = rank(name, doubled, labels=labels)
    np.testing.assert_allclose(again.scores, found.scores, rtol=1e-9)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize("name", GROUPED)
def test_rankings_by_groups_permute_tie_and_take_half_precision(name: str, dtype: type) -> None:
    x = (noise() * 500).astype(dtype)
    x[:, 8] = x[:, 4] = x[:, 1]
    found = rank(name, x, labels=groups())
    order = found.order.tolist()
    place = order.index(1)
    assert order[place : place + 3] == [1, 4, 8]
    exact = rank(name, x.astype(np.float64), labels=groups())
    np.testing.assert_array_equal(found.scores, exact.scores)
    shuffled = np.random.default_rng(1).permutation(NEURONS)
    moved = rank(name, x[:, shuffled], labels=groups())
    np.testing.assert_allclose(moved.scores, found.scores[shuffled], rtol=1e-9)
    assert rank(name, x, labels=groups()[::-1]).signature != found.signature
    with pytest.raises(InvalidInputError, match="needs labels="):
        rank(name, x)
