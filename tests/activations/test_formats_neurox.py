"""Files exactly as NeuroX writes them are read, and what is written is what NeuroX reads.

The files are made, and taken apart, here with h5py, json and torch alone, after the description of
NeuroX's writer and loader.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from neurox_core.activations import (
    ActivationStore,
    export_activations,
    extract,
    import_activations,
)
from neurox_core.corpora import Corpus
from neurox_core.errors import FormatError, InvalidInputError
from neurox_core.rankings import rank
from tests.activations.fake import FakeModel

SENTENCES = [
    "The house is old .".split(),
    ["It", "is", "old", "."],
    ["It", "is", "old", "."],
    ["", "spaces"],
    ["[CLS]", "(Occurrence", "7)"],
]
LAYERS, SIZE = 3, 4
TAGS = [["tag" + token[:1] for token in tokens] for tokens in SENTENCES]


def values() -> list[NDArray[np.float32]]:
    """(layers, tokens, size) for each sentence."""
    draw = np.random.default_rng(0)
    return [draw.normal(size=(LAYERS, len(s), SIZE)).astype(np.float32) for s in SENTENCES]


def flat(found: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    """As NeuroX loads them: (tokens, layers * size)."""
    return np.concatenate([x.swapaxes(0, 1).reshape(-1, LAYERS * SIZE) for x in found])


def write_hdf5(path: Path, index_key: str = "sentence_to_index") -> None:
    names: dict[str, str] = {}
    with h5py.File(path, "w") as file:
        for i, (tokens, x) in enumerate(zip(SENTENCES, values(), strict=True)):
            file.create_dataset(str(i), x.shape, dtype="float32", data=x)
            name, count = " ".join(tokens), 1
            while name in names:
                count += 1
                name = f"{' '.join(tokens)} (Occurrence {count})"
            names[name] = str(i)
        index = file.create_dataset(index_key, (1,), dtype=h5py.special_dtype(vlen=str))
        index[0] = json.dumps(names)


def write_json(path: Path) -> None:
    with path.open("w") as file:
        for i, (tokens, x) in enumerate(zip(SENTENCES, values(), strict=True)):
            features = [
                {"token": token,
                 "layers": [{"index": k, "values": [round(float(v), 8) for v in x[k, t]]}
                            for k in range(LAYERS)]}
                for t, token in enumerate(tokens)
            ]  # fmt: skip
            file.write(json.dumps({"linex_index": i, "features": features}) + "\n")


def write_pt(path: Path) -> None:
    torch.save(
        [[[torch.from_numpy(x[k, t].copy()) for k in range(LAYERS)] for t in range(x.shape[1])]
         for x in values()],
        path,
    )  # fmt: skip


def check(store: ActivationStore, site: str = "resid_post", atol: float = 0.0) -> None:
    """The store has NeuroX's neurons under NeuroX's numbers."""
    assert list(store.layers) == [f"encoder.{k}.{site}" for k in range(LAYERS)]
    expected = flat(values())
    for layer in range(LAYERS):
        for unit in range(SIZE):
            np.testing.assert_allclose(
                store.neuron(f"encoder.{layer}.{site}[{unit}]"), expected[:, layer * SIZE + unit],
                rtol=1.2e-7 if atol else 0, atol=atol,
            )  # fmt: skip
    ranking = rank("variance", store)
    np.testing.assert_allclose(ranking.scores, expected.astype(np.float64).var(0), rtol=1e-5)
    assert str(ranking.neuron(6)) == f"encoder.1.{site}[2]"
    assert store.texts("encoder") == [" ".join(tokens) for tokens in SENTENCES]
    assert "old" in store.vocabulary("encoder")
    assert {w.word for w in store.top_words(f"encoder.0.{site}[0]").top} <= {
        token for tokens in SENTENCES for token in tokens
    }


def test_hdf5_of_neurox(tmp_path: Path) -> None:
    write_hdf5(tmp_path / "acts.hdf5")
    store = import_activations(tmp_path / "acts.hdf5", tmp_path / "a")
    check(store)
    assert (store.model, store.corpus, store.dtype) == ("unknown", "acts", "float32")


def test_json_lines_of_neurox(tmp_path: Path) -> None:
    write_json(tmp_path / "acts.json")
    check(import_activations(tmp_path / "acts.json", tmp_path / "a"), atol=1e-8)


def test_nested_lists_of_2019_need_tokens(tmp_path: Path) -> None:
    write_pt(tmp_path / "acts.pt")
    with pytest.raises(FormatError, match="acts.pt cannot be read: .*name a text file"):
        import_activations(tmp_path / "acts.pt", tmp_path / "a")
    lines = [" ".join(tokens) for tokens in SENTENCES]
    lines[3] = "two spaces"
    (tmp_path / "src.txt").write_text("\n".join(lines) + "\n")
    (tmp_path / "tags.txt").write_text("\n".join(" ".join(tags) for tags in TAGS) + "\n")
    store = import_activations(
        tmp_path / "acts.pt", tmp_path / "a", tokens=tmp_path / "src.txt",
        labels={"pos": tmp_path / "tags.txt"}, model="en-ar-1",
    )  # fmt: skip
    assert store.model == "en-ar-1" and store.labels("encoder") == {"pos": sum(TAGS, [])}
    assert list(store.layers) == [f"encoder.{k}.rnn_hidden" for k in range(LAYERS)]
    np.testing.assert_array_equal(store.neuron("encoder.2.rnn_hidden[1]"), flat(values())[:, 9])


def test_labels_go_to_words_that_are_not_empty(tmp_path: Path) -> None:
    write_hdf5(tmp_path / "acts.hdf5")
    store = import_activations(tmp_path / "acts.hdf5", tmp_path / "a", labels={"pos": TAGS})
    labels = store.labels("encoder")
    assert labels is not None
    # The empty token is no word, so it has no label.
    assert labels["pos"] == [t for tags in TAGS for t in tags if t != "tag"]
    assert len(labels["pos"]) == len(store.words("encoder"))
    with pytest.raises(
        FormatError, match=r"sentence 1 \(index 0\) has 5 tokens and 1 labels 'pos'"
    ):
        import_activations(
            tmp_path / "acts.hdf5", tmp_path / "b", labels={"pos": [["one"]] * len(TAGS)}
        )


def test_names_of_layers_can_be_given(tmp_path: Path) -> None:
    write_hdf5(tmp_path / "acts.h5")
    names = ["encoder.0.embed", "encoder.0.resid_post", "encoder.1.resid_post"]
    store = import_activations(tmp_path / "acts.h5", tmp_path / "a", layers=names)
    assert list(store.layers) == names
    np.testing.assert_array_equal(store.neuron("encoder.0.embed[3]"), flat(values())[:, 3])
    with pytest.raises(FormatError, match="3 layers, and 1 name was given"):
        import_activations(tmp_path / "acts.h5", tmp_path / "b", layers=names[:1])
    with pytest.raises(FormatError, match="not a layer address"):
        import_activations(tmp_path / "acts.h5", tmp_path / "b", layers=["a", "b", "c"])


def loaded_by_neurox(path: Path) -> tuple[list[NDArray[Any]], list[str]]:
    """What NeuroX's loader makes of an HDF5 file, and its sentences."""
    with h5py.File(path, "r") as file:
        names = json.loads(file["sentence_to_index"][0])
        found = [np.array(file[names[name]]) for name in names]
        assert sorted(file.keys()) == sorted([*names.values(), "sentence_to_index"])
    return [np.swapaxes(x, 0, 1).reshape(x.shape[1], -1) for x in found], list(names)


def test_what_neurox_reads_of_an_export(tmp_path: Path) -> None:
    model: Any = FakeModel(width=5)
    corpus = Corpus("c", ["the house", "the house", "it is"], ["a", "b", "c"])
    layers = ["encoder.0.resid_post", "encoder.1.resid_post"]
    store = extract(model, corpus, tmp_path / "s", layers, dtype="float32")
    for form in ("hdf5", "json"):
        export_activations(store, tmp_path / f"x.{form}", words="last")
    expected = []
    for text in corpus.sources:
        tokens = model.tokenize(text)
        lasts = [max(i for i, w in enumerate(tokens.word_ids) if w == word)
                 for word in range(len(tokens.words))]  # fmt: skip
        expected.append(np.concatenate([model.values(a, text)[lasts] for a in layers], axis=1))
    found, names = loaded_by_neurox(tmp_path / "x.hdf5")
    assert names == ["the house", "the house (Occurrence 2)", "it is"]
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_array_equal(a, b)
    lines = [json.loads(line) for line in (tmp_path / "x.json").read_text().splitlines()]
    assert [line["linex_index"] for line in lines] == [0, 1, 2]
    for line, b, text in zip(lines, expected, corpus.sources, strict=True):
        assert [feature["token"] for feature in line["features"]] == text.split(" ")
        for row, feature in enumerate(line["features"]):
            assert [layer["index"] for layer in feature["layers"]] == [0, 1]
            joined = np.concatenate([layer["values"] for layer in feature["layers"]])
            np.testing.assert_array_equal(joined.astype(np.float32), b[row])


def test_plain_arrays_of_other_programs(tmp_path: Path) -> None:
    expected = flat(values())
    np.save(tmp_path / "m.npy", expected)
    names = [f"encoder.{k}.resid_post" for k in range(LAYERS)]
    check(import_activations(tmp_path / "m.npy", tmp_path / "a", layers=names, tokens=SENTENCES))
    arrays = {n: expected[:, k * SIZE : (k + 1) * SIZE] for k, n in enumerate(names)}
    np.savez_compressed(tmp_path / "m.npz", **arrays)
    check(import_activations(tmp_path / "m.npz", tmp_path / "b", tokens=SENTENCES))
    from safetensors.torch import save_file

    half = {n: torch.tensor(x).bfloat16() for n, x in arrays.items()}
    save_file(half, tmp_path / "m.safetensors")
    store = import_activations(tmp_path / "m.safetensors", tmp_path / "c", tokens=SENTENCES)
    np.testing.assert_array_equal(np.asarray(store.layer(names[1])), half[names[1]].float().numpy())
    with pytest.raises(FormatError, match=r"18 rows of 1 sentences, .* have 5 tokens"):
        import_activations(tmp_path / "m.npz", tmp_path / "d", tokens=SENTENCES[:1])
    assert not (tmp_path / "d").exists()


def test_a_table_of_another_program(tmp_path: Path) -> None:
    import pyarrow as arrow
    from pyarrow import parquet

    table = arrow.table({
        "sentence": [i for i, s in enumerate(SENTENCES) for _ in s],
        "token": [token for s in SENTENCES for token in s],
        "encoder.0.resid_post": [row.tolist() for row in flat(values())],
    })  # fmt: skip
    parquet.write_table(table, tmp_path / "t.parquet")
    store = import_activations(tmp_path / "t.parquet", tmp_path / "a")
    np.testing.assert_array_equal(np.asarray(store.layer("encoder.0.resid_post")), flat(values()))
    assert store.texts("encoder")[1] == "It is old ."
    with pytest.raises(InvalidInputError, match="no columns of lists"):
        parquet.write_table(table.select(["sentence", "token"]), tmp_path / "u.parquet")
        import_activations(tmp_path / "u.parquet", tmp_path / "b")
