"""Reading a store, and what is said when a part of it is damaged."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr

from neurox_core.activations import ActivationStore, chunks, contexts, extract, open_store
from neurox_core.errors import InvalidInputError, StoreError, UnknownAddressError
from tests.activations.fake import FakeModel
from tests.activations.test_extraction import SMALL, made_up

LAYER = "encoder.1.resid_post"
CORPUS = made_up(500, seed=3)


@pytest.fixture(scope="module")
def model() -> Any:
    return FakeModel(width=40)


@pytest.fixture(scope="module")
def store(model: Any, tmp_path_factory: pytest.TempPathFactory) -> ActivationStore:
    return extract(model, CORPUS, tmp_path_factory.mktemp("stores") / "acts", dtype="float32")


def test_one_neuron_over_the_corpus(store: ActivationStore, model: Any) -> None:
    expected = np.concatenate([model.values(LAYER, text)[:, 37] for text in CORPUS.sources])
    np.testing.assert_array_equal(store.neuron(f"{LAYER}[37]", include_special=True), expected)
    ends = np.cumsum([len(model.tokenize(text).ids) for text in CORPUS.sources]) - 1
    np.testing.assert_array_equal(store.neuron(f"{LAYER}[37]"), np.delete(expected, ends))


def test_a_layer_is_read_like_an_array_and_by_any_zarr_library(
    store: ActivationStore, model: Any
) -> None:
    expected = np.concatenate([model.values(LAYER, text) for text in CORPUS.sources])
    layer = store.layer(LAYER)
    assert layer.shape == expected.shape and len(layer) == len(expected) > 4096
    np.testing.assert_array_equal(np.asarray(layer), expected)
    np.testing.assert_array_equal(zarr.open_array(layer.zarr.store, mode="r")[:], expected)
    for place in (
        (5, 3), (-1, -1), (slice(4000, 4200), slice(30, 34)), (slice(None, None, 1000), 39),
        (slice(4100, 4000, -7), slice(None, None, -3)), (slice(9, 3), slice(None)), 7, slice(3, 5),
    ):  # fmt: skip
        np.testing.assert_array_equal(layer[place], expected[place])
    with pytest.raises(IndexError):
        layer[10**6, 0]
    with pytest.raises(InvalidInputError, match="numbers and slices"):
        layer[[1, 2], 0]  # type: ignore[index]


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_rows_are_copied_widened_into_columns_of_a_larger_array(
    dtype: str, model: Any, tmp_path: Path
) -> None:
    layer = extract(model, CORPUS, tmp_path / "a", [LAYER], dtype=dtype).layer(LAYER)
    whole = np.asarray(layer).astype(np.float32)
    for first, last in ((0, 7), (4000, 4200), (0, len(layer)), (3, 3)):
        into = np.full((last - first, 50), -1, np.float32)
        layer.copy_rows(first, last, into[:, 4:44])
        np.testing.assert_array_equal(into[:, 4:44], whole[first:last])
        assert (into[:, :4] == -1).all() and (into[:, 44:] == -1).all()


def test_zarr_itself_finds_a_damaged_chunk(store: ActivationStore, tmp_path: Path) -> None:
    shutil.copytree(store.path / "activations" / LAYER, tmp_path / "layer")
    flip(tmp_path / "layer" / "c" / "0" / "0")
    with pytest.raises(ValueError, match="checksum"):
        zarr.open_array(str(tmp_path / "layer"), mode="r")[:]


def test_words_of_one_sentence(store: ActivationStore, model: Any) -> None:
    index = 17
    tokens = model.tokenize(CORPUS.sources[index])
    values = model.values(LAYER, CORPUS.sources[index])
    means = [
        values[[p for p, w in enumerate(tokens.word_ids) if w == word]].mean(0)
        for word in range(len(tokens.words))
    ]
    found = store.sentence(index, [LAYER, f"{LAYER}[2]"], word="mean")
    np.testing.assert_allclose(found[LAYER], means, rtol=1e-6, atol=1e-7)
    np.testing.assert_array_equal(found[f"{LAYER}[2]"], found[LAYER][:, 2])
    whole = store.neuron(f"{LAYER}[2]", word="mean")
    np.testing.assert_allclose(whole[store.words("encoder").of(index)], found[f"{LAYER}[2]"])
    lasts = [
        max(p for p, w in enumerate(tokens.word_ids) if w == word)
        for word in range(len(tokens.words))
    ]
    found = store.sentence(index, [f"{LAYER}[2]"], word="last")
    np.testing.assert_array_equal(found[f"{LAYER}[2]"], values[lasts, 2])


def test_contexts_are_the_extreme_words_of_distinct_sentences(
    store: ActivationStore, model: Any
) -> None:
    places = []
    for i, text in enumerate(CORPUS.sources):
        tokens, values = model.tokenize(text), model.values(LAYER, text)[:, 5]
        for word in range(len(tokens.words)):
            pieces = [p for p, w in enumerate(tokens.word_ids) if w == word]
            places.append((float(values[pieces].mean()), i, word))
    for sign, found in zip((-1, 1), contexts(store, f"{LAYER}[5]", 8), strict=True):
        best: dict[int, tuple[float, int, int]] = {}
        for place in sorted(places, key=lambda p: (sign * p[0], p[1:])):
            best.setdefault(place[1], place)
        expected = list(best.values())[:8]
        assert [(c.sentence, c.word) for c in found] == [(s, w) for _, s, w in expected]
        assert [c.value for c in found] == pytest.approx([v for v, _, _ in expected], rel=1e-5)
        for context in found:
            assert context.text == CORPUS.sources[context.sentence]
            assert context.values[context.word] == np.float32(context.value)
            assert len(context.values) == len(context.words)


def test_a_store_serves_as_statistics_of_interventions(store: ActivationStore) -> None:
    moments = store.moments(LAYER)
    assert moments is not None
    columns = store.columns(LAYER, 0, 40).astype(np.float64)
    np.testing.assert_allclose(moments[0], columns.mean(0), atol=1e-12)
    np.testing.assert_allclose(moments[1], columns.std(0), rtol=1e-12)
    ranges = store.ranges(LAYER)
    assert ranges is not None
    np.testing.assert_array_equal(ranges, [columns.min(0), columns.max(0)])
    assert store.moments("decoder.9.resid_post") is None


def test_unknown_places_are_told(store: ActivationStore) -> None:
    with pytest.raises(UnknownAddressError, match="not recorded"):
        store.layer("encoder.0.embed")
    with pytest.raises(UnknownAddressError, match="40 units, 0 to 39"):
        store.neuron(f"{LAYER}[40]")
    with pytest.raises(InvalidInputError, match=r"no sentence 501 \(index 500\)"):
        store.sentence(500, [LAYER])


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-7])


DAMAGE: list[tuple[str, Callable[[Path], None]]] = [
    (name, how)
    for name in (
        f"activations/{LAYER}/c/0/1", f"activations/{LAYER}/zarr.json", "texts.json",
        "tokens/encoder.npz", f"statistics/{LAYER}.npz", f"top_words/{LAYER}.npz", "store.json",
        "vocabulary/encoder.json",
    )
    for how in (flip, cut, Path.unlink)
]  # fmt: skip


@pytest.mark.parametrize(("name", "how"), DAMAGE)
def test_damage_names_the_file_and_the_way_out(
    store: ActivationStore, tmp_path: Path, name: str, how: Callable[[Path], None]
) -> None:
    root = tmp_path / "copy"
    shutil.copytree(store.path, root)
    how(root / name)
    with pytest.raises(StoreError) as caught:
        open_store(root)
    message = str(caught.value)
    assert str(root) in message
    if (name, how) != ("store.json", Path.unlink):
        assert str(root / name) in message
        assert f"delete the folder {root}" in message
        assert "Extract or import it again" in message and "--overwrite" in message


@pytest.mark.parametrize("how", [flip, cut, Path.unlink])
def test_damage_is_found_when_reading_too(
    store: ActivationStore, tmp_path: Path, how: Callable[[Path], None]
) -> None:
    root = tmp_path / "copy"
    shutil.copytree(store.path, root)
    opened = open_store(root, verify=False)
    chunk = root / "activations" / LAYER / "c" / "0" / "1"
    how(chunk)
    np.testing.assert_array_equal(opened.neuron(f"{LAYER}[3]"), store.neuron(f"{LAYER}[3]"))
    for read in (lambda: opened.neuron(f"{LAYER}[35]"), lambda: opened.sentence(2, [LAYER])):
        with pytest.raises(StoreError, match="delete the folder") as caught:
            read()
        assert str(chunk) in str(caught.value)


def test_extracting_into_a_damaged_store_says_so_and_overwrite_mends_it(
    model: Any, tmp_path: Path
) -> None:
    path = tmp_path / "a"
    extract(model, SMALL, path)
    flip(path / "store.json")
    with pytest.raises(StoreError, match="delete the folder"):
        extract(model, SMALL, path)
    assert extract(model, SMALL, path, overwrite=True).sentences == 30


def test_stores_of_another_version_are_refused(store: ActivationStore, tmp_path: Path) -> None:
    root = tmp_path / "copy"
    shutil.copytree(store.path, root)
    values = json.loads((root / "store.json").read_text())
    (root / "store.json").write_text(json.dumps({**values, "version": 99}))
    with pytest.raises(StoreError, match="version 99.* import it again.*overwrite=True"):
        open_store(root)
    with pytest.raises(StoreError, match=r"There is no folder .*nothing\. An activation store is"):
        open_store(tmp_path / "nothing")
    with pytest.raises(StoreError, match="not an activation store"):
        open_store(tmp_path)


def test_checksums_are_compared_once_and_again_when_a_file_was_written(
    store: ActivationStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "copy"
    shutil.copytree(store.path, root)
    opened = open_store(root)
    compared = []
    compare = chunks.crc32c

    def counted(content: memoryview) -> int:
        compared.append(content.nbytes)
        return compare(content)

    monkeypatch.setattr(chunks, "crc32c", counted)
    for _ in range(2):
        np.testing.assert_array_equal(opened.neuron(f"{LAYER}[3]"), store.neuron(f"{LAYER}[3]"))
        places = [f"{LAYER}[{unit}]" for unit in (0, 31, 32, 39)]
        for index in (0, 499):
            found, expected = opened.sentence(index, places), store.sentence(index, places)
            for place in places:
                np.testing.assert_array_equal(found[place], expected[place])
    again = open_store(root, verify=False)
    compared.clear()
    again.neuron(f"{LAYER}[3]")
    column = list((root / "activations" / LAYER / "c").glob("*/0"))
    assert len(compared) == len(column) > 1
    again.neuron(f"{LAYER}[4]")
    assert len(compared) == len(column)
    flip(root / "activations" / LAYER / "c" / "1" / "0")
    os.utime(root / "activations" / LAYER / "c" / "1" / "0")
    for stale in (opened, again):
        with pytest.raises(StoreError, match="checksum"):
            stale.neuron(f"{LAYER}[3]")


def test_a_file_without_a_date_is_always_compared(store: ActivationStore, tmp_path: Path) -> None:
    root = tmp_path / "copy"
    shutil.copytree(store.path, root)
    opened = open_store(root, verify=False)
    chunk = root / "activations" / LAYER / "c" / "0" / "0"
    os.utime(chunk, (0, 0))
    opened.neuron(f"{LAYER}[3]")
    flip(chunk)
    os.utime(chunk, (0, 0))
    with pytest.raises(StoreError, match="checksum"):
        opened.neuron(f"{LAYER}[3]")
