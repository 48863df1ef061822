"""The nearest states: equal to brute force, whatever the blocks; an index is told from it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics.pairwise import cosine_similarity, euclidean_distances

from neurox_core.activations import ActivationStore, extract, state_index
from neurox_core.activations.nearest import (
    nearest_states,
    needs_index,
    sentence_state,
    similar_sentences,
)
from neurox_core.activations.state_index import StateIndex
from neurox_core.corpora import Corpus
from neurox_core.errors import CancelledError, InvalidInputError, StoreError, UnknownAddressError
from tests.activations.fake import FakeModel

LAYERS = ("encoder.0.resid_post", "encoder.1.resid_post")
TEXTS = [f"{a} {b} {c} end ." for a in ("one", "two", "six") for b in ("big", "old", "new")
         for c in ("cat", "dog", "house", "tree")]  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> ActivationStore:
    corpus = Corpus("texts", TEXTS, [text.upper() for text in TEXTS])
    return extract(
        FakeModel(width=40), corpus, tmp_path_factory.mktemp("store") / "s", list(LAYERS)
    )


def plain(store: ActivationStore, layer: str) -> tuple[np.ndarray, np.ndarray]:
    """All values, and which rows count."""
    table = store.tokens(layer.partition(".")[0])
    return np.asarray(store.layer(layer)).astype(np.float64), np.flatnonzero(~table.special)


@pytest.mark.parametrize("block", [1 << 22, 200, 7])
@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_exact_search_is_brute_force(
    store: ActivationStore, metric: str, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state_index, "BLOCK", block)
    layer = next(iter(store.layers))
    values, rows = plain(store, layer)
    query = values[rows[17]] + 0.05
    compare = cosine_similarity if metric == "cosine" else euclidean_distances
    wanted = compare(query[None], values[rows])[0]
    best = np.sort(-wanted if metric == "cosine" else wanted)[:9]
    found = nearest_states(store, layer, query, 9, metric=metric)
    given = np.array([one.value for one in found.neighbours])
    np.testing.assert_allclose(-given if metric == "cosine" else given, best, atol=2e-3)
    assert found.exact and found.compared == found.rows == len(rows)
    table = store.tokens(layer.partition(".")[0])
    for one in found.neighbours:
        assert not table.special[one.row]
        assert (one.sentence, one.position) == (table.sentence[one.row], table.position[one.row])


def test_a_sentence_can_be_left_out_and_each_be_named_once(store: ActivationStore) -> None:
    layer = next(iter(store.layers))
    values, rows = plain(store, layer)
    sentence = int(store.tokens("encoder").sentence[rows[17]])
    everywhere = nearest_states(store, layer, values[rows[17]], 5)
    assert everywhere.neighbours[0].value == pytest.approx(1.0, abs=1e-3)
    other = nearest_states(
        store, layer, values[rows[17]], 30, without=sentence, each_sentence=True
    )  # fmt: skip
    sentences = [one.sentence for one in other.neighbours]
    assert sentence not in sentences and len(set(sentences)) == len(sentences) == 30
    assert other.compared == len(rows) - int(
        (store.tokens("encoder").sentence[rows] == sentence).sum()
    )


def test_an_index_finds_most_of_it_and_all_of_it_with_all_lists(
    store: ActivationStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state_index, "BLOCK", 300)
    layer = next(iter(store.layers))
    values, rows = plain(store, layer)
    told: list[tuple[int, int]] = []
    made = StateIndex.build(
        store, layer, tmp_path / "index", lists=6, on_progress=lambda d, t, m: told.append((d, t))
    )  # fmt: skip
    assert told == sorted(told) and told[-1][0] == told[-1][1]
    again = StateIndex(tmp_path / "index")
    assert again.rows == len(rows) and not list(tmp_path.glob("*.partial"))
    exact = nearest_states(store, layer, values[rows[40]], 8, metric="euclidean")
    monkeypatch.setattr(StateIndex.near, "__defaults__", ("cosine", 6))
    full = nearest_states(store, layer, values[rows[40]], 8, metric="euclidean", index=made)
    assert not full.exact and full.compared == len(rows)
    distances = [[one.value for one in found.neighbours] for found in (exact, full)]
    np.testing.assert_allclose(distances[0], distances[1], atol=1e-2)
    monkeypatch.setattr(StateIndex.near, "__defaults__", ("cosine", 1))
    one_list = nearest_states(store, layer, values[rows[40]], 8, index=again)
    assert 0 < one_list.compared < len(rows)
    assert one_list.neighbours[0].value == pytest.approx(1.0, abs=1e-3)


def test_a_damaged_or_foreign_index_is_refused(store: ActivationStore, tmp_path: Path) -> None:
    first, second = list(store.layers)[:2]
    made = StateIndex.build(store, first, tmp_path / "index", lists=2)
    width = store.layers[second]
    with pytest.raises(InvalidInputError, match="index is of"):
        nearest_states(store, second, np.zeros(width), index=made)
    (tmp_path / "index" / "rows.npy").write_bytes(b"nothing")
    with pytest.raises(StoreError, match="made again"):
        StateIndex(tmp_path / "index")
    with pytest.raises(CancelledError):
        StateIndex.build(store, first, tmp_path / "other", cancelled=lambda: True)
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("block", [1 << 22, 100])
def test_sentences_by_their_mean_state(
    store: ActivationStore, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state_index, "BLOCK", block)
    layer = next(iter(store.layers))
    values, rows = plain(store, layer)
    owner = store.tokens("encoder").sentence[rows]
    means = np.stack([values[rows[owner == s]].mean(0) for s in range(len(TEXTS))])
    table = store.tokens("encoder")
    some = table.rows(5)
    query = sentence_state(values[some], table.special[some])
    np.testing.assert_allclose(query, means[5], rtol=1e-5)
    found = similar_sentences(store, layer, query)
    np.testing.assert_allclose(found, cosine_similarity(means[5:6], means)[0], atol=1e-5)


def test_what_cannot_be_asked(store: ActivationStore) -> None:
    layer = next(iter(store.layers))
    width = store.layers[layer]
    with pytest.raises(InvalidInputError, match="finite numbers"):
        nearest_states(store, layer, np.zeros(width + 1))
    with pytest.raises(InvalidInputError, match="metric"):
        nearest_states(store, layer, np.zeros(width), metric="manhattan")
    with pytest.raises(InvalidInputError, match="k must"):
        nearest_states(store, layer, np.zeros(width), 0)
    with pytest.raises(UnknownAddressError):
        nearest_states(store, "encoder.9.resid_post", np.zeros(width))
    with pytest.raises(CancelledError):
        nearest_states(store, layer, np.zeros(width), cancelled=lambda: True)
    with pytest.raises(InvalidInputError, match="no token"):
        sentence_state(np.zeros((1, 3)), [True])
    zero = nearest_states(store, layer, np.zeros(width), 1)
    assert zero.neighbours[0].value == 0.0
    assert not needs_index(store, layer)
