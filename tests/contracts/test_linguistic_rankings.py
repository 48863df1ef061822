"""The contract that every ranking by labels keeps, whoever wrote it."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest

from neurox_core.activations import extract
from neurox_core.corpora import Corpus
from neurox_core.corpora.labelling import Labelling
from neurox_core.errors import CancelledError, InvalidInputError
from neurox_core.rankings import Ranking, analysis, rank, rankings
from tests.activations.fake import FakeModel

ROWS, NEURONS = 400, 12

NAMES = [name for name in rankings() if "labels" in analysis(name).needs]
OPTIONS: dict[str, dict[str, Any]] = {
    "probe": {
        "penalty": "given",
        "l1": 1e-3,
        "l2": 1e-3,
        "retrain": False,
        "minimal": False,
        "control": False,
    },
    "gaussian": {"select": 3, "select_label": 1},
}
"""Less work for those that do much."""

SAMPLED = [name for name in NAMES if "seed" in analysis(name).needs]
EXACT = [name for name in NAMES if name not in SAMPLED]

LABELS = {
    "binary": np.random.default_rng(7).choice(["no", "yes"], ROWS, p=[0.7, 0.3]),
    "many": np.random.default_rng(8).choice(["a", "b", "c", "yes"], ROWS),
}


def noise(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(ROWS, NEURONS))


def planted(labels: np.ndarray, strength: float = 1.0) -> np.ndarray:
    x = noise()
    x[:, 5] = strength * (0.5 * x[:, 5] + 3 * (labels == "yes"))
    return x


def ranked(name: str, x: Any, labels: Any = LABELS["many"], **more: Any) -> Ranking:
    return rank(name, x, labels=labels, **{**OPTIONS.get(name, {}), **more})


def test_all_of_ours_keep_the_contract() -> None:
    assert set(NAMES) >= {
        "anova_f", "average_precision", "class_selectivity", "gaussian", "iou",
        "mean_selectivity", "mutual_information", "probe", "probeless",
    }  # fmt: skip
    assert all(analysis(name).family == "linguistic" for name in NAMES)


@pytest.mark.parametrize("strength", [1.0, -1.0, 100.0, -0.01])
@pytest.mark.parametrize("kind", LABELS)
@pytest.mark.parametrize("name", NAMES)
def test_the_neuron_that_tells_a_label_comes_first(name: str, kind: str, strength: float) -> None:
    labels = LABELS[kind]
    x = planted(labels, strength)
    found = ranked(name, x, labels)
    assert found.order[0] == 5
    for label, below in found.labels.items():
        assert label in set(labels.tolist())
        assert sorted(below.order.tolist()) == list(range(NEURONS))
        assert below.signature.endswith(f"|label:{label}")
    if "yes" in found.labels:
        assert found.labels["yes"].order[0] == 5
    x[:, 8] *= 1e5
    assert ranked(name, x, labels).order[0] == 5


@pytest.mark.parametrize("kind", LABELS)
@pytest.mark.parametrize("name", NAMES)
def test_every_neuron_once_and_constant_ones_last(name: str, kind: str) -> None:
    x = noise() * 1e-3
    x[:, 2], x[:, 6] = 0.1, -7e4
    found = ranked(name, x, LABELS[kind])
    for one in (found, *found.labels.values()):
        assert sorted(one.order.tolist()) == list(range(NEURONS))
        assert np.isnan(one.scores[[2, 6]]).all() and one.order[-2:].tolist() == [2, 6]
        kept = one.scores[one.order[:-2]]
        assert np.isfinite(kept).all()
        if name != "gaussian":  # its order is that in which neurons were chosen
            assert (np.diff(kept) <= 0).all()


@pytest.mark.parametrize("name", NAMES)
def test_permuting_neurons_permutes_the_ranking(name: str) -> None:
    x = planted(LABELS["many"])
    shuffled = np.random.default_rng(1).permutation(NEURONS)
    found, moved = ranked(name, x), ranked(name, x[:, shuffled])
    exact = name in EXACT
    np.testing.assert_allclose(moved.scores, found.scores[shuffled], atol=1e-12 if exact else 0.02)
    if exact and len(set(found.scores.tolist())) == NEURONS:
        np.testing.assert_array_equal(shuffled[moved.order], found.order)
    assert shuffled[moved.order[0]] == 5


@pytest.mark.parametrize("name", EXACT)
def test_the_order_and_copies_of_rows_do_not_matter(name: str) -> None:
    x, labels = planted(LABELS["many"]), LABELS["many"]
    found = ranked(name, x)
    rows = np.random.default_rng(1).permutation(np.arange(2 * ROWS) % ROWS)
    doubled = ranked(name, x[rows], labels[rows])
    np.testing.assert_array_equal(doubled.order, found.order)
    # F counts the rows: n - L of them are free.
    factor = (2 * ROWS - 4) / (ROWS - 4) if name == "anova_f" else 1.0
    np.testing.assert_allclose(doubled.scores, factor * found.scores, rtol=1e-9)


@pytest.mark.parametrize("name", SAMPLED)
def test_copies_of_sentences_leave_the_planted_neuron_first(name: str) -> None:
    x = planted(LABELS["many"])
    labels = Labelling.of(np.tile(LABELS["many"], 2), sentences=np.arange(2 * ROWS) % ROWS)
    assert ranked(name, np.tile(x, (2, 1)), labels).order[0] == 5


@pytest.mark.parametrize("name", EXACT)
def test_ties_stand_in_the_order_of_their_index(name: str) -> None:
    x = noise()
    x[:, 8] = x[:, 4] = x[:, 1]
    found = ranked(name, x)
    for one in (found, *found.labels.values()):
        order = one.order.tolist()
        place = order.index(1)
        assert order[place : place + 3] == [1, 4, 8]
        assert one.scores[1] == one.scores[4] == one.scores[8]


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize("name", NAMES)
def test_half_and_single_precision_are_ranked_as_their_exact_values(name: str, dtype: type) -> None:
    x = (planted(LABELS["many"]) * 500).astype(dtype)
    found, exact = ranked(name, x), ranked(name, x.astype(np.float64))
    np.testing.assert_allclose(found.scores, exact.scores, rtol=1e-9)
    np.testing.assert_array_equal(found.order, exact.order)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_call_gives_the_same_result(name: str) -> None:
    x = planted(LABELS["many"])
    x.flags.writeable = False
    first, second = ranked(name, x, seed=3), ranked(name, x, seed=3)
    np.testing.assert_array_equal(first.order, second.order)
    np.testing.assert_array_equal(first.scores, second.scores)
    assert first.signature == second.signature
    assert ranked(name, x, LABELS["binary"], seed=3).signature != first.signature
    other = ranked(name, x, seed=4)
    assert (other.signature != first.signature) == (name in SAMPLED)


@pytest.mark.parametrize("name", NAMES)
def test_labels_that_do_not_fit_are_told(name: str) -> None:
    x = noise()
    with pytest.raises(InvalidInputError, match="needs labels="):
        rank(name, x)
    with pytest.raises(InvalidInputError, match="3 labels for 400 rows"):
        ranked(name, x, ["a", "b", "a"])
    with pytest.raises(InvalidInputError, match=r"has 1 class here \(only\); at least 2"):
        ranked(name, x, ["only"] * ROWS)
    with pytest.raises(InvalidInputError, match="No row has a label"):
        ranked(name, x, [None] * ROWS)
    if "targets" not in analysis(name).needs:
        with pytest.raises(InvalidInputError, match="this ranking needs classes"):
            ranked(name, x, x[:, 0])
    with pytest.raises(CancelledError):
        ranked(name, x, cancelled=lambda: True)


@pytest.mark.parametrize("name", EXACT)
def test_rows_without_a_label_do_not_count(name: str) -> None:
    x = planted(LABELS["many"])
    labels = LABELS["many"].astype(object)
    labels[::7] = None
    has = labels != None  # noqa: E711
    part = ranked(name, x[has], LABELS["many"][has])
    np.testing.assert_allclose(ranked(name, x, labels).scores, part.scores, rtol=1e-12)


WIDTH = 600


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Above 15 MB of activations; the last word of a text is known to unit 7 of layer 1."""

    class Model(FakeModel):
        def values(self, address: str, text: str) -> np.ndarray:
            found = super().values(address, text)
            if address == "encoder.1.resid_post":
                found[:, 7] = 0.3 * found[:, 7]
                found[-3:, 7] += 4
            return found

    draw = np.random.default_rng(4)
    texts = [" ".join(["word"] * n) for n in draw.integers(1, 20, 400)]
    texts = [f"{text} {1000 + i}" for i, text in enumerate(texts)]
    model: Any = Model(width=WIDTH)
    layers = ["encoder.0.resid_post", "encoder.1.resid_post"]
    return extract(model, Corpus("c", texts, texts), tmp_path_factory.mktemp("s") / "a", layers)


@pytest.mark.parametrize("name", NAMES)
def test_a_store_may_be_larger_than_the_memory_that_is_used(name: str, store: Any) -> None:
    table = store.words("encoder")
    last = np.append(np.diff(table.sentence) > 0, True)
    labels = np.where(last, "last", "other")
    size = sum(store.layer(address).shape[0] * width * 2 for address, width in store.layers.items())
    memory = {"max_memory": 3e-3} if name in SAMPLED else {}
    tracemalloc.start()
    found = ranked(name, store, labels, **memory)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 0.7 * size
    assert found.neuron(int(found.order[0])) == "encoder.1.resid_post[7]"


@pytest.mark.parametrize("name", EXACT)
def test_a_store_is_ranked_like_the_array_of_its_words(name: str, store: Any) -> None:
    table = store.words("encoder")
    labels = np.where(table.index % 3 == 0, "a", "b")
    x = np.stack([store.neuron(f"encoder.0.resid_post[{i}]", word="last") for i in range(40)], 1)
    found = ranked(name, store, labels, layers=["encoder.0.resid_post"])
    array = ranked(name, x, labels)
    np.testing.assert_allclose(found.scores[:40], array.scores, rtol=1e-9)
