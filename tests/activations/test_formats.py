"""What is exported and imported again is the same store, in every format."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy

from neurox_core.activations import (
    ActivationStore,
    export_activations,
    extract,
    import_activations,
)
from neurox_core.activations.formats import hdf5
from neurox_core.activations.formats.sink import Sink
from neurox_core.corpora import Corpus
from neurox_core.corpora.labels import AnnotatedToken, WordLabels
from neurox_core.errors import CancelledError, FormatError, InvalidInputError, StoreError
from neurox_core.models.tokens import words_of
from neurox_core.rankings import rank
from tests.activations.fake import FakeModel
from tests.activations.test_extraction import made_up

FORMATS = ("hdf5", "json", "npz", "npy", "safetensors", "parquet")
LAYER = "encoder.1.resid_post"


def labelled(corpus: Corpus) -> Corpus:
    """The corpus with every word's length and first letter as labels of its source."""
    sentences = [
        [AnnotatedToken(a, b, {"upos": text[a].upper(), "Length": str(b - a)})
         for a, b in words_of(text)]
        for text in corpus.sources
    ]  # fmt: skip
    return Corpus(corpus.name, corpus.sources, corpus.references, {}, WordLabels.of(sentences))


# An empty sentence, repeated sentences, and characters of several bytes.
EXTRA = ["", "Über l'été", "Über l'été", "東京 \u2028 it"]
PLAIN = made_up(60, seed=5)
CORPUS = labelled(Corpus("mixed", PLAIN.sources + EXTRA, PLAIN.references + EXTRA[::-1]))


@pytest.fixture(scope="module")
def model() -> Any:
    return FakeModel(width=7)


@pytest.fixture(scope="module", params=["float16", "float32"])
def store(
    model: Any, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> ActivationStore:
    layers = [a for a in model.layers if a.endswith("resid_post")]
    folder = tmp_path_factory.mktemp("stores") / "acts"
    return extract(model, CORPUS, folder, layers, dtype=request.param)


@pytest.mark.parametrize("form", FORMATS)
def test_a_round_trip_is_exact(
    store: ActivationStore, model: Any, tmp_path: Path, form: str
) -> None:
    files = export_activations(store, tmp_path / f"x.{form}", model=model, corpus=CORPUS)
    assert [f.name for f in files] == [f"x.encoder.{form}", f"x.decoder.{form}"]
    back = import_activations(files, tmp_path / "back")
    assert (back.layers, back.dtype, back.sentences) == (store.layers, store.dtype, 64)
    assert (back.model, back.model_fingerprint) == ("fake", store.model_fingerprint)
    assert back.corpus_fingerprint == store.corpus_fingerprint
    for stack in ("encoder", "decoder"):
        assert back.texts(stack) == store.texts(stack)
        assert back.vocabulary(stack) == store.vocabulary(stack)
        for table in ("tokens", "words"):
            found, expected = getattr(back, table)(stack), getattr(store, table)(stack)
            for name, column in vars(expected).items():
                np.testing.assert_array_equal(getattr(found, name), column, err_msg=name)
    for address in store.layers:
        found = np.asarray(back.layer(address))
        assert found.dtype == store.dtype
        np.testing.assert_array_equal(found, np.asarray(store.layer(address)))
        for name, values in store.statistics(address).arrays().items():
            np.testing.assert_array_equal(back.statistics(address).arrays()[name], values)
        assert back.top_words(f"{address}[3]") == store.top_words(f"{address}[3]")
    words = [CORPUS.sources[i] for i in range(len(CORPUS)) for _ in words_of(CORPUS.sources[i])]
    labels = back.labels("encoder")
    assert labels is not None and set(labels) == {"upos", "Length"}
    table = back.words("encoder")
    spans = zip(words, table.start.tolist(), table.end.tolist(), strict=True)
    assert labels["Length"] == [str(b - a) for _, a, b in spans]
    assert back.labels("decoder") is None
    # Once more, from the imported store, which knows its pieces and labels itself.
    again = export_activations(back, tmp_path / f"y.{form}", layers=[LAYER])
    third = import_activations(again[0], tmp_path / "third")
    assert third.labels("encoder") == labels
    assert third.pieces("encoder") == back.pieces("encoder")
    np.testing.assert_array_equal(third.neuron(f"{LAYER}[2]"), store.neuron(f"{LAYER}[2]"))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("words", ["first", "last", "mean"])
def test_rows_can_be_words(store: ActivationStore, tmp_path: Path, form: str, words: str) -> None:
    (file,) = export_activations(
        store, tmp_path / f"x.{form}", layers=[LAYER], words=words, corpus=CORPUS
    )
    back = import_activations(file, tmp_path / "back")
    expected = store.neuron(f"{LAYER}[4]", word=words)
    np.testing.assert_array_equal(back.neuron(f"{LAYER}[4]", word="first"), expected)
    np.testing.assert_array_equal(back.neuron(f"{LAYER}[4]"), expected[~np.isnan(expected)])
    assert back.texts("encoder") == CORPUS.sources
    assert list(back.words("encoder").start) == list(store.words("encoder").start)
    ranking = rank("variance", back)
    scores = [back.neuron(f"{LAYER}[{u}]").astype(np.float64).var() for u in range(7)]
    np.testing.assert_allclose(ranking.scores, scores, rtol=1e-6)


def test_numpy_and_safetensors_files_are_plain(
    store: ActivationStore, model: Any, tmp_path: Path
) -> None:
    both = [LAYER, "encoder.0.resid_post"]
    expected = [np.asarray(store.layer(address)) for address in both]
    for form in ("npz", "npy", "safetensors"):
        export_activations(store, tmp_path / f"x.{form}", layers=both, model=model)
    with np.load(tmp_path / "x.npz") as archive:
        for address, values in zip(both, expected, strict=True):
            np.testing.assert_array_equal(archive[address], values)
        np.testing.assert_array_equal(archive["sentence"], store.tokens("encoder").sentence)
        np.testing.assert_array_equal(archive["special"], store.tokens("encoder").special)
    # NeuroX's number of a neuron is its column.
    np.testing.assert_array_equal(np.load(tmp_path / "x.npy")[:, 1 * 7 + 3], expected[1][:, 3])
    found = safetensors.numpy.load_file(tmp_path / "x.safetensors")
    np.testing.assert_array_equal(found[LAYER], expected[0])
    assert found[LAYER].dtype == store.dtype


def test_parquet_has_a_row_a_token(store: ActivationStore, model: Any, tmp_path: Path) -> None:
    from pyarrow import parquet

    export_activations(store, tmp_path / "x.parquet", layers=[LAYER], model=model, corpus=CORPUS)
    table = parquet.read_table(tmp_path / "x.parquet").to_pydict()
    np.testing.assert_array_equal(np.array(table[LAYER]), np.asarray(store.layer(LAYER)))
    text = CORPUS.sources[61]
    rows = [i for i, sentence in enumerate(table["sentence"]) if sentence == 61]
    assert [table["token"][i] for i in rows] == model.tokenize(text).pieces
    assert [table["special"][i] for i in rows] == [False] * (len(rows) - 1) + [True]
    assert [table["label_upos"][i] for i in rows] == ["Ü", "Ü", "L", "É", "É", None]


def test_a_dtype_can_be_chosen_and_overflow_is_told(tmp_path: Path) -> None:
    large: Any = FakeModel(width=3, scale=1e5)
    store = extract(large, made_up(5), tmp_path / "a", ["encoder.0.resid_post"], dtype="float32")
    (file,) = export_activations(store, tmp_path / "x.npz", model=large)
    with pytest.raises(InvalidInputError, match=r"encoder.0.resid_post .*sentence \d+ .*float32"):
        import_activations(file, tmp_path / "b", dtype="float16")
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize("dtype", ["float16", "float32"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_value_that_is_no_number_is_looked_for_in_the_file(
    tmp_path: Path, value: float, dtype: str
) -> None:
    values = np.ones((4, 3), np.float32)
    values[2, 1] = value
    # One that only float32 holds, beside it, changes nothing: float32 would be refused next.
    values[3, 1] = 1e5
    (tmp_path / "tokens.txt").write_text("a b\nc d\n")
    for now in (values, np.where(values == 1e5, 1, values)):
        np.savez(tmp_path / "x.npz", **{"encoder.0.resid_post": now})
        with pytest.raises(InvalidInputError, match=r"sentence 2 \(index 1\) that") as caught:
            import_activations(
                tmp_path / "x.npz", tmp_path / "a", tokens=tmp_path / "tokens.txt", dtype=dtype
            )
        assert "not a number (NaN), infinite" in str(caught.value)
        assert f"leave the sentence out of {tmp_path / 'x.npz'}" in str(caught.value)
        assert "--dtype" not in str(caught.value) and "model" not in str(caught.value)
        assert not (tmp_path / "a").exists()


def test_files_that_say_nothing_of_their_text_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "tokens.txt").write_text("a b\nc d\n")
    for fill, folder in ((1.0, "one"), (2.0, "two")):
        (tmp_path / folder).mkdir()
        file = tmp_path / folder / "x.npz"
        np.savez(file, **{"encoder.0.resid_post": np.full((4, 3), fill, np.float32)})
    import_activations(tmp_path / "one/x.npz", tmp_path / "a", tokens=tmp_path / "tokens.txt")
    with pytest.raises(StoreError, match="asked for: it was made of other files, or with other"):
        import_activations(tmp_path / "two/x.npz", tmp_path / "a", tokens=tmp_path / "tokens.txt")


def test_a_file_that_is_looked_through_first_tells_how_far_it_is(
    store: ActivationStore, model: Any, tmp_path: Path
) -> None:
    layer = next(iter(store.layers))
    (file,) = export_activations(
        store, tmp_path / "x.json", model=model, layers=[layer], words="last"
    )
    seen: list[tuple[int, int]] = []
    import_activations(file, tmp_path / "a", on_open=lambda *now: seen.append(now))
    size = file.stat().st_size
    assert seen == sorted(seen) and seen[-1] == (size, size) and len(seen) == store.sentences


def test_progress_reaches_the_end_and_cancelling_leaves_nothing(
    store: ActivationStore, model: Any, tmp_path: Path
) -> None:
    seen: list[tuple[int, int]] = []

    def on_progress(done: int, total: int) -> None:
        seen.append((done, total))

    files = export_activations(store, tmp_path / "x.npz", model=model, on_progress=on_progress)
    assert seen == sorted(seen) and seen[-1] == (128, 128)
    seen.clear()
    with pytest.raises(CancelledError):
        import_activations(
            files, tmp_path / "a", on_progress=on_progress, cancelled=lambda: len(seen) > 3
        )
    assert len(seen) == 4 and not (tmp_path / "a").exists()
    read: list[tuple[int, int]] = []
    layers: list[tuple[int, int]] = []
    import_activations(
        files, tmp_path / "a", on_progress=on_progress,
        on_read=lambda *now: read.append(now), on_describe=lambda *now: layers.append(now),
    )  # fmt: skip
    assert seen[-1] == (128, 128)
    # Tokens are read before the first value is written, and that is told, too.
    assert read == [(i + 1, 128) for i in range(128)]
    assert layers[-1] == (len(store.layers), len(store.layers))
    with pytest.raises(CancelledError):
        export_activations(store, tmp_path / "y.npz", model=model, cancelled=lambda: True)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "x.decoder.npz", "x.encoder.npz"]


def test_of_two_files_none_is_left_where_the_second_is_not_finished(
    store: ActivationStore, model: Any, tmp_path: Path
) -> None:
    done = 0

    def on_progress(now: int, total: int) -> None:
        nonlocal done
        done = now

    with pytest.raises(CancelledError):
        export_activations(
            store, tmp_path / "x.npz", model=model, on_progress=on_progress,
            cancelled=lambda: done > store.sentences,
        )  # fmt: skip
    assert done > store.sentences and not list(tmp_path.iterdir())


def test_a_path_in_the_place_of_something_else_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"an opened store, not '.*'; open_store opens"):
        export_activations(str(tmp_path), tmp_path / "x.npz")  # type: ignore[arg-type]
    with pytest.raises(FormatError, match="is a folder, not a file"):
        import_activations(tmp_path, tmp_path / "a")


def test_a_place_that_cannot_be_written_is_told(
    store: ActivationStore, model: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    for name in ("x.npz", "x.npy", "x.safetensors", "x.parquet", "x.json", "x.hdf5"):
        with pytest.raises(
            FormatError, match=r"x\.\w+ cannot be written: .*\. Choose another folder"
        ):
            export_activations(store, tmp_path / "file" / name, layers=[LAYER], words="last")
    # HDF5 must not be told: it would try again when the process ends, and crash.
    monkeypatch.setattr(hdf5, "Sink", lambda path: Sink(Path("/dev/full")))
    with pytest.raises(FormatError, match=r"x\.hdf5 cannot be written: .*\. Make room, or"):
        export_activations(store, tmp_path / "x.hdf5", layers=[LAYER], words="last")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    made = tmp_path / "new" / "folder" / "x.npz"
    assert export_activations(store, made, layers=[LAYER], model=model) == [made] and made.is_file()


def test_what_lies_there_is_kept(store: ActivationStore, model: Any, tmp_path: Path) -> None:
    (file,) = export_activations(store, tmp_path / "x.npz", layers=[LAYER], model=model)
    with pytest.raises(FormatError, match="x.npz is there already"):
        export_activations(store, file, layers=[LAYER], model=model)
    export_activations(store, file, layers=[LAYER], model=model, overwrite=True)
    first = import_activations(file, tmp_path / "a")
    written = (tmp_path / "a" / "store.json").stat().st_mtime_ns
    assert import_activations(file, tmp_path / "a").key == first.key
    assert (tmp_path / "a" / "store.json").stat().st_mtime_ns == written
    said = r"not what was asked for: the dtype is float\d\d, not float\d\d\. Choose another"
    with pytest.raises(StoreError, match=said):
        import_activations(file, tmp_path / "a", dtype="float32" if store.dtype == "float16"
                           else "float16")  # fmt: skip
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work")
    with pytest.raises(StoreError, match="Nothing was changed"):
        import_activations(file, tmp_path / "thesis", overwrite=True)
    assert (tmp_path / "thesis" / "chapter.txt").read_text() == "years of work"


def test_an_import_that_was_killed_starts_again(
    store: ActivationStore, model: Any, tmp_path: Path
) -> None:
    (file,) = export_activations(store, tmp_path / "x.npz", layers=[LAYER], model=model)
    whole = import_activations(file, tmp_path / "a")
    index = json.loads((whole.path / "store.json").read_text())
    from neurox_core.activations.layout import Metadata

    metadata = Metadata.read(whole.path)
    metadata.complete = False
    metadata.write(whole.path)
    (whole.path / "activations" / LAYER / "c" / "0" / "0").unlink()
    again = import_activations(file, tmp_path / "a")
    assert again.key == index["key"]
    np.testing.assert_array_equal(again.neuron(f"{LAYER}[0]"), store.neuron(f"{LAYER}[0]"))


@pytest.mark.parametrize("asked", [{"sample": 9, "seed": 4}, {"limit": 5}])
def test_labels_of_the_sentences_that_a_store_holds_are_taken_along(
    model: Any, tmp_path: Path, asked: dict[str, int]
) -> None:
    import pyarrow.parquet as pq

    limit = asked.pop("limit", None)
    taken = CORPUS if limit is None else CORPUS.take(range(limit))
    store = extract(model, taken, tmp_path / "acts", [LAYER], **asked)
    export_activations(store, tmp_path / "x.parquet", words="last", corpus=CORPUS)
    table = pq.read_table(tmp_path / "x.parquet").to_pydict()
    assert store.sentences == (limit or 9)
    assert len(set(table["sentence"])) == sum(map(bool, store.texts("encoder")))
    assert table["label_upos"] == [word[0].upper() for word in table["token"]]


def test_labels_go_with_a_language_model_too(open_family: Any, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    corpus = labelled(Corpus("few", ["He left.", "She reads a book."], ["", ""]))
    store = extract(open_family("gpt2")[1], corpus, tmp_path / "acts", ["decoder.0.resid_post"])
    export_activations(store, tmp_path / "x.parquet", words="last", corpus=corpus)
    table = pq.read_table(tmp_path / "x.parquet").to_pydict()
    assert table["label_upos"] == [word[0].upper() for word in table["token"]]
    assert "B" in table["label_upos"], "of the book"


def test_a_missing_package_is_named(
    store: ActivationStore, model: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, form, how in (("h5py", "hdf5", "h5py"), ("pyarrow", "parquet", r"\[formats\]")):
        monkeypatch.setitem(sys.modules, module, None)
        with pytest.raises(FormatError, match=f"'{module}', .*pip install .*{how}"):
            export_activations(store, tmp_path / f"x.{form}", layers=[LAYER], model=model)
    assert not list(tmp_path.iterdir())


def bad_requests() -> Sequence[tuple[dict[str, Any], str]]:
    return [
        ({"path": "x.doc"}, r"does not tell the format\. .*\.jsonl, \.npz.*safetensors"),
        ({"path": "x.npz", "format": "excel"}, "no format called 'excel'"),
        ({"path": "x.pt"}, "'pt' is only read; write one of hdf5, json, npz,"),
        ({"path": "x.npz", "format": "pt"}, "only read"),
        ({"path": "x.npz", "format": "p"}, "There are: hdf5, json, npz, npy,"),
        ({"path": "x.npz", "words": "middle"}, "first, last, mean"),
        ({"path": "x.npz", "dtype": "int8"}, "float16, float32"),
        ({"path": "x.npz", "layers": LAYER}, r"layers=\['encoder"),
        ({"path": "x.npz", "layers": []}, "at least one layer"),
        ({"path": "x.npz", "layers": ["encoder.9.resid_post"]}, "not recorded"),
        ({"path": "x.npz", "corpus": PLAIN}, "other texts"),
    ]


@pytest.mark.parametrize(("request_", "message"), bad_requests())
def test_bad_requests_name_what_is_wrong(
    store: ActivationStore, tmp_path: Path, request_: dict[str, Any], message: str
) -> None:
    options = {**request_, "path": tmp_path / request_["path"]}
    with pytest.raises(InvalidInputError, match=message):
        export_activations(store, **options)
    assert not list(tmp_path.iterdir())


def test_neurox_formats_hold_layers_of_one_width(model: Any, tmp_path: Path) -> None:
    store = extract(model, made_up(5), tmp_path / "a", ["encoder.0.embed", LAYER])
    for form in ("hdf5", "json"):
        with pytest.raises(
            FormatError, match=r"one width, not .*embed \(3\).*name layers of one width"
        ):
            export_activations(store, tmp_path / f"x.{form}", model=model)


def test_a_decoder_that_reads_the_text_itself_stays_so(tmp_path: Path) -> None:
    """Rows of a language model consume the tokens they stand for; those of a translator do not."""
    np.save(tmp_path / "x.npy", np.arange(10, dtype=np.float32).reshape(5, 2))
    layers, tokens = ["decoder.3.resid_post"], [["Once", "upon", "a"], ["time", "."]]
    store = import_activations(tmp_path / "x.npy", tmp_path / "a", layers=layers, tokens=tokens)
    (file,) = export_activations(store, tmp_path / "y.parquet")
    again = import_activations(file, tmp_path / "b")
    for one in (store, again):
        table = one.tokens("decoder")
        np.testing.assert_array_equal(table.inputs, table.outputs)
        assert one.pieces("decoder") == dict(enumerate(["Once", "upon", "a", "time", "."]))
        np.testing.assert_array_equal(one.neuron("decoder.3.resid_post[1]"), [1, 3, 5, 7, 9])
