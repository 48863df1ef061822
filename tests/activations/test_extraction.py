"""What is in the store is what the model computes, in the order of the corpus."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from neurox_core.activations import (
    ActivationStore,
    budget,
    estimate,
    export_activations,
    extract,
    extraction,
    import_activations,
    layout,
    open_store,
)
from neurox_core.activations.batching import batches
from neurox_core.corpora import Corpus
from neurox_core.errors import (
    CancelledError,
    DiskBudgetError,
    InvalidInputError,
    StoreError,
    TextTooLongError,
    UnknownAddressError,
)
from tests.activations.fake import END, START, FakeModel


def made_up(sentences: int, seed: int = 0) -> Corpus:
    """Sentences of 1 to 12 words from a small vocabulary."""
    draw = np.random.default_rng(seed)
    vocabulary = np.array(["the", "house", "l'eau", "tower,", "Tower", "a", "unbelievable", "it."])
    lines = [" ".join(draw.choice(vocabulary, draw.integers(1, 13))) for _ in range(2 * sentences)]
    return Corpus("made up", lines[:sentences], lines[sentences:])


SMALL = made_up(30)
LARGE = made_up(1100)


def same(store: ActivationStore, other: ActivationStore) -> None:
    """Two stores hold the same in every respect."""
    assert store.key == other.key
    for address in store.layers:
        np.testing.assert_array_equal(np.asarray(store.layer(address)), other.layer(address))
        for name, values in store.statistics(address).arrays().items():
            np.testing.assert_array_equal(values, other.statistics(address).arrays()[name])
        neuron = f"{address}[0]"
        assert store.top_words(neuron) == other.top_words(neuron)


@pytest.mark.parametrize("dtype", ["float16", "float32"])
@pytest.mark.parametrize("batch_tokens", [1, 90, 10**6])
def test_rows_stand_in_the_order_of_the_corpus(
    tmp_path: Path, dtype: str, batch_tokens: int
) -> None:
    model = FakeModel()
    store = extract(
        model,
        SMALL,
        tmp_path / "a",
        model.layers,
        dtype=dtype,
        batch_tokens=batch_tokens,  # type: ignore[arg-type]
    )
    assert dict(store.layers) == model.sites
    for address in model.layers:
        texts = SMALL.sources if address.startswith("encoder") else SMALL.references
        expected = np.concatenate([model.values(address, text) for text in texts])
        found = store.layer(address)
        assert found.shape == expected.shape and found.dtype == dtype
        np.testing.assert_array_equal(np.asarray(found), expected.astype(dtype))
    outputs = np.concatenate([model.tokenize(text).ids for text in SMALL.references])
    table = store.tokens("decoder")
    np.testing.assert_array_equal(table.outputs, outputs)
    assert (table.special == (outputs == END)).all()
    assert (table.inputs[table.position == 0] == START).all()
    later = np.flatnonzero(table.position > 0)
    np.testing.assert_array_equal(table.inputs[later], outputs[later - 1])


def test_real_models_give_what_a_pass_over_one_sentence_gives(
    tmp_path: Path, tiny_model: Any
) -> None:
    corpus = Corpus(
        "few", ["He left.", "The woman sees the two old houses.", "She reads."],
        ["Il est parti.", "La femme voit les deux vieilles maisons.", "Elle lit."],
    )  # fmt: skip
    store = extract(tiny_model, corpus, tmp_path / "a", tiny_model.layers, dtype="float32")
    for i, (source, reference) in enumerate(zip(corpus.sources, corpus.references, strict=True)):
        alone = tiny_model.forward(
            [tiny_model.tokenize(source)],
            [tiny_model.tokenize(reference, "target")],
            tiny_model.layers,
        ).activations
        found = store.sentence(i, tiny_model.layers)
        for address in tiny_model.layers:
            np.testing.assert_allclose(found[address], alone[address][0], atol=2e-5, rtol=1e-4)


def test_by_default_the_output_of_every_block_is_recorded(
    tmp_path: Path, tiny_recurrent: Any
) -> None:
    store = extract(tiny_recurrent, Corpus("one", ["He left."], ["Il est parti."]), tmp_path / "a")
    assert list(store.layers) == [
        f"{stack}.{layer}.rnn_hidden" for stack in ("encoder", "decoder") for layer in (0, 1)
    ]


def test_progress_reaches_the_end_and_the_same_store_is_opened_again(tmp_path: Path) -> None:
    model, seen = FakeModel(), []
    first = extract(
        model, SMALL, str(tmp_path / "a"), batch_tokens=50,  # type: ignore[arg-type]
        on_progress=lambda done, total: seen.append((done, total)),
    )  # fmt: skip
    assert seen == sorted(set(seen)) and seen[-1] == (30, 30) and len(seen) > 3
    calls = model.calls
    same(first, extract(model, SMALL, tmp_path / "a"))  # type: ignore[arg-type]
    assert model.calls == calls


@pytest.mark.parametrize("how", ["cancelled", "killed"])
def test_work_that_was_cut_off_goes_on_where_it_stopped(
    tmp_path: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("neurox_core.activations.batching.SHARD_SENTENCES", 100)
    model = FakeModel(width=40)
    whole = extract(model, LARGE, tmp_path / "whole", batch_tokens=500)  # type: ignore[arg-type]
    needed, model.calls = model.calls, 0
    if how == "killed":
        model.fail_after = needed - 3
        with pytest.raises(KeyboardInterrupt):
            extract(model, LARGE, tmp_path / "cut", batch_tokens=500)  # type: ignore[arg-type]
    else:
        with pytest.raises(CancelledError, match="start it again"):
            extract(
                model, LARGE, tmp_path / "cut", batch_tokens=500,  # type: ignore[arg-type]
                cancelled=lambda: model.calls > needed - 3,
            )  # fmt: skip
    with pytest.raises(StoreError, match="not finished"):
        open_store(tmp_path / "cut")
    model.calls, model.fail_after = 0, 10**9
    store = extract(model, LARGE, tmp_path / "cut", batch_tokens=500)  # type: ignore[arg-type]
    assert 0 < model.calls < needed * 0.7
    same(whole, store)


def test_what_is_resumed_stands_in_the_batches_of_a_run_without_a_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("neurox_core.activations.batching.SHARD_SENTENCES", 100)
    # Sums of floating point depend on what else is in a batch.
    model, batches = FakeModel(width=40), []
    forward = model.forward

    def heard(source: Any, *rest: Any) -> Any:
        batches.append([tokens.text for tokens in source])
        return forward(source, *rest)

    model.forward = heard  # type: ignore[method-assign]
    extract(model, LARGE, tmp_path / "whole", batch_tokens=500)  # type: ignore[arg-type]
    whole = [sorted(batch) for batch in batches]
    batches.clear()
    model.fail_after = model.calls + len(whole) - 3
    with pytest.raises(KeyboardInterrupt):
        extract(model, LARGE, tmp_path / "cut", batch_tokens=500)  # type: ignore[arg-type]
    model.fail_after = 10**9
    batches.clear()
    extract(model, LARGE, tmp_path / "cut", batch_tokens=500)  # type: ignore[arg-type]
    assert 0 < len(batches) < len(whole)
    assert all(sorted(batch) in whole for batch in batches)


@pytest.mark.parametrize("name", ["write_json", "write_arrays"])
def test_a_kill_at_the_very_beginning_leaves_nothing_in_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def killed(path: Path, content: object) -> None:
        path.parent.mkdir(exist_ok=True)
        path.with_name(path.name + ".partial").write_text("half")
        raise KeyboardInterrupt

    model: Any = FakeModel()
    with monkeypatch.context() as patched:
        patched.setattr(layout, name, killed)
        with pytest.raises(KeyboardInterrupt):
            extract(model, SMALL, tmp_path / "a")
    assert extract(model, SMALL, tmp_path / "a").sentences == 30


def test_work_cancelled_before_the_statistics_computes_nothing_twice(tmp_path: Path) -> None:
    model = FakeModel()
    extract(model, SMALL, tmp_path / "whole", batch_tokens=50)  # type: ignore[arg-type]
    needed, model.calls = model.calls, 0
    with pytest.raises(CancelledError):
        extract(
            model, SMALL, tmp_path / "cut", batch_tokens=50,  # type: ignore[arg-type]
            cancelled=lambda: model.calls == needed,
        )  # fmt: skip
    same(open_store(tmp_path / "whole"), extract(model, SMALL, tmp_path / "cut"))  # type: ignore[arg-type]
    assert model.calls == needed


def test_another_store_is_not_touched_unless_it_may_be(tmp_path: Path) -> None:
    model: Any = FakeModel()
    extract(model, SMALL, tmp_path / "a", ["encoder.0.resid_post"])
    with pytest.raises(StoreError, match="holds activations of fake .*overwrite=True"):
        extract(model, SMALL, tmp_path / "a", ["encoder.1.resid_post"])
    again = extract(model, SMALL, tmp_path / "a", ["encoder.1.resid_post"], overwrite=True)
    assert list(again.layers) == ["encoder.1.resid_post"]
    other = tmp_path / "thesis"
    other.mkdir()
    (other / "chapter.txt").write_text("years of work")
    with pytest.raises(StoreError, match="Nothing was changed"):
        extract(model, SMALL, other, overwrite=True)
    assert (other / "chapter.txt").read_text() == "years of work"


def test_what_another_store_differs_in_is_told(tmp_path: Path) -> None:
    model: Any = FakeModel()
    both = ["encoder.0.resid_post", "decoder.0.resid_post"]
    extract(model, SMALL, tmp_path / "a", both)
    other: Any = FakeModel()
    other.name, other.fingerprint = "other", "0" * 64
    renamed: Any = FakeModel()
    renamed.name = "renamed"
    retrained: Any = FakeModel()
    retrained.fingerprint = "e" * 64
    texts = list(SMALL.sources)
    asked: list[tuple[str, dict[str, Any]]] = [
        ("the model is fake, not other", {"model": other}),
        ("its model is another one that is called fake, too", {"model": retrained}),
        ("the text is made up, not few", {"corpus": replace(made_up(30, seed=8), name="few")}),
        ("it has 30 sentences, not 7", {"sample": 7}),
        ("its sentences are others", {"corpus": made_up(30, seed=8)}),
        ("the dtype is float16, not float32", {"dtype": "float32", "model": renamed}),
        ("it also has decoder.0.resid_post", {"layers": both[:1]}),
        ("it lacks encoder.1.resid_post, decoder.1.resid_post, encoder.0.embed",
         {"layers": list(model.sites)}),
        ("it lacks decoder.1.resid_post; it also has encoder.0.resid_post",
         {"layers": ["decoder.1.resid_post", both[1]]}),
        ("its decoder read the references, not texts that were given", {"decoder_text": texts}),
    ]  # fmt: skip
    for said, given in asked:
        options: dict[str, Any] = {"model": model, "corpus": SMALL, "layers": both, **given}
        with pytest.raises(StoreError) as caught:
            extract(**options, path=tmp_path / "a")
        assert f"which is not what was asked for: {said}. Choose another" in str(caught.value)
    extract(model, SMALL, tmp_path / "b", both, decoder_text=texts)
    with pytest.raises(StoreError, match="for: its decoder was given other texts. Choose"):
        extract(model, SMALL, tmp_path / "b", both, decoder_text=list(reversed(texts)))


def test_the_decoder_reads_the_texts_that_are_given(tmp_path: Path) -> None:
    model: Any = FakeModel()
    given = list(reversed(SMALL.references))
    store = extract(model, SMALL, tmp_path / "a", ["decoder.0.resid_post"], decoder_text=given)
    assert store.texts("decoder") == given
    found = store.sentence(0, ["decoder.0.resid_post"])["decoder.0.resid_post"]
    expected = model.values("decoder.0.resid_post", given[0]).astype(np.float16)
    np.testing.assert_array_equal(found, expected.astype(np.float32))
    assert store.decoder_text.startswith("given:")
    with pytest.raises(InvalidInputError, match="no 'encoder' rows"):
        store.tokens("encoder")


HALVES = ["encoder.0.embed", "encoder.0.resid_post"]


def test_a_text_is_not_forced_on_the_decoder_as_its_own_reference(tmp_path: Path) -> None:
    model, plain = FakeModel(), replace(SMALL, has_references=False)
    with pytest.raises(InvalidInputError, match="no references for the decoder"):
        extract(model, plain, tmp_path / "a", ["decoder.0.resid_post"])
    assert extract(model, plain, tmp_path / "b", ["encoder.0.resid_post"]).decoder_text == "none"


def test_layers_beyond_float16_are_kept_in_float32(tmp_path: Path) -> None:
    class Large(FakeModel):
        def values(self, address: str, text: str) -> np.ndarray:
            found = super().values(address, text)
            return found * 60000 if address == HALVES[1] and text == SMALL.sources[-1] else found

    model: Any = Large()
    store = extract(model, SMALL, tmp_path / "a", HALVES)
    assert (store.dtype, store.wide) == ("float16", HALVES[1:])
    assert [store.layer(a).dtype for a in HALVES] == [np.float16, np.float32]
    for number, text in enumerate(SMALL.sources):
        found = store.sentence(number, HALVES)
        np.testing.assert_array_equal(found[HALVES[1]], model.values(HALVES[1], text))
    assert store.statistics(HALVES[1]).maximum.max() > 65504
    # What is made in one run is found again, and a budget holds for the larger store as well.
    calls = model.calls
    assert extract(model, SMALL, tmp_path / "a", HALVES).wide == HALVES[1:]
    assert open_store(tmp_path / "a").wide == HALVES[1:] and model.calls == calls
    half = budget.store_bytes(store.layers, {"encoder": len(store.layer(HALVES[0]))}, "float16")
    with pytest.raises(DiskBudgetError):
        extract(model, SMALL, tmp_path / "b", HALVES, max_bytes=half)
    (file,) = export_activations(store, tmp_path / "a.npz")
    again = import_activations(file, tmp_path / "c")
    np.testing.assert_array_equal(again.layer(HALVES[1])[:, :], store.layer(HALVES[1])[:, :])


def test_a_kill_while_a_layer_is_widened_leaves_a_store_that_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model: Any = FakeModel(scale=60000.0)
    layers = HALVES
    whole = extract(model, SMALL, tmp_path / "whole", layers)
    assert sorted(whole.wide) == layers

    def killed(*arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(extraction, "check_room", lambda *a, **b: killed() if a[1].wide else None)
        with pytest.raises(KeyboardInterrupt):
            extract(model, SMALL, tmp_path / "cut", layers)
    same(whole, extract(model, SMALL, tmp_path / "cut", layers))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_no_numbers_are_refused(tmp_path: Path, value: float) -> None:
    class Broken(FakeModel):
        def values(self, address: str, text: str) -> np.ndarray:
            found = super().values(address, text)
            found[0, 0] = value
            return found

    model: Any = Broken()
    with pytest.raises(
        InvalidInputError, match=r"in sentence \d+ .*not a number .*infinite, or beyond"
    ):
        extract(model, SMALL, tmp_path / "a", ["encoder.0.resid_post"])


def test_bad_requests_name_what_is_wrong(tmp_path: Path) -> None:
    model: Any = FakeModel()
    path = tmp_path / "a"
    with pytest.raises(UnknownAddressError, match="encoder.0.resid_post"):
        extract(model, SMALL, path, ["encoder.7.resid_post"])
    with pytest.raises(InvalidInputError, match=r"layers=\['encoder.0.embed'\]"):
        extract(model, SMALL, path, "encoder.0.embed")
    with pytest.raises(InvalidInputError, match="at least one layer"):
        extract(model, SMALL, path, [])
    with pytest.raises(InvalidInputError, match="has no text that the encoder reads"):
        extract(model, Corpus("empty", ["", ""], ["a", "b"]), path, ["encoder.0.embed"])
    assert not path.exists()
    with pytest.raises(InvalidInputError, match="float16, float32"):
        extract(model, SMALL, path, dtype="int8")
    with pytest.raises(InvalidInputError, match="1 texts for 30 sentences"):
        extract(model, SMALL, path, decoder_text=["one"])
    long = Corpus("long", ["short", "word " * 100], ["a", "b"])
    with pytest.raises(TextTooLongError, match=r"1 of 2 sources .*sentence 2 \(sources\[1\]\) has"):
        extract(model, long, path, ["encoder.0.embed"])
    assert not path.exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"model": "lstm-a"}, "not 'lstm-a'; load_model opens one"),
        ({"corpus": "text.tsv"}, "not 'text.tsv'; read_corpus opens"),
        ({"corpus": ["He left."]}, "Corpus.name, sources, references. holds lists"),
        ({"layers": [3]}, "3 is none; the model's own are in model.layers"),
        ({"layers": 3}, "layers is a list of addresses, not 3"),
        ({"sample": 2.5}, "sample is a number of sentences, at least 1, not 2.5"),
        ({"sample": True}, "sample is .* not True"),
        ({"seed": "a"}, "seed is a whole number, at least 0, not 'a'"),
        ({"seed": -1}, "seed is .* not -1"),
        ({"batch_tokens": 0}, "^batch_tokens is a number of tokens, at least 1, not 0.$"),
        ({"batch_tokens": 1.5}, "^batch_tokens is .* not 1.5.$"),
        ({"dtype": np.int8}, "^dtype is one of float16, float32, not <class 'numpy.int8'>.$"),
        ({"decoder_text": ["a", 3]}, "one a sentence; 3 is no text"),
        ({"decoder_text": None}, "one a sentence; None is no text"),
    ],
)
def test_arguments_of_another_kind_are_told(
    tmp_path: Path, given: dict[str, Any], said: str
) -> None:
    asked: dict[str, Any] = {"model": FakeModel(), "corpus": SMALL, **given}
    with pytest.raises(InvalidInputError, match=said):
        extract(**asked, path=tmp_path / "a")
    with pytest.raises(InvalidInputError, match=said):
        estimate(**asked, folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_place_and_a_budget_of_another_kind_are_told(tmp_path: Path) -> None:
    model: Any = FakeModel()
    for budget_ in ("10GB", True, -1, float("nan")):
        with pytest.raises(InvalidInputError, match=r"max_bytes is a number of bytes, such as"):
            extract(model, SMALL, tmp_path / "a", max_bytes=budget_)  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match="path is the path of a folder, not 3"):
        extract(model, SMALL, 3)  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match="folder is the path of a folder, not 3"):
        estimate(model, SMALL, folder=3)  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match="probe is a number of sentences, at least 1"):
        estimate(model, SMALL, folder=tmp_path, probe=0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("dtype", [np.float32, torch.float32, np.dtype("float32")])
def test_types_of_numpy_and_torch_are_understood(tmp_path: Path, dtype: Any) -> None:
    model: Any = FakeModel()
    assert extract(model, SMALL, tmp_path / "a", HALVES, dtype=dtype).dtype == "float32"
    same(extract(model, SMALL, tmp_path / "b", HALVES, dtype="float32"), open_store(tmp_path / "a"))


def test_batches_hold_every_sentence_once_and_pad_little() -> None:
    draw = np.random.default_rng(1)
    lengths = draw.integers(1, 60, size=(200, 2)).tolist() + [[900, 3]]
    found = batches(lengths, 400)
    assert sorted(i for batch in found for i in batch) == list(range(201))
    for batch in found:
        longest = max(max(lengths[i]) for i in batch)
        assert len(batch) == 1 or longest * len(batch) <= 400
    padded = sum(len(batch) * max(max(lengths[i]) for i in batch) for batch in found)
    assert padded < 1.2 * sum(max(pair) for pair in lengths)


def test_no_other_cut_into_batches_costs_less() -> None:
    """Against all cuts of the sorted sentences; a batch costs its padded tokens and 50 a side."""
    draw = np.random.default_rng(3)
    for sides in (1, 2):
        lengths = [tuple(row) for row in draw.integers(5, 60, size=(11, sides)).tolist()]
        order = sorted(range(11), key=lambda i: (max(lengths[i]), lengths[i], i))

        def cost(batch: list[int], lengths: Any = lengths, sides: int = sides) -> float:
            padded = [max(lengths[i][side] for i in batch) * len(batch) for side in range(sides)]
            return sum(padded) + 50 * sides if max(padded) <= 200 or len(batch) == 1 else np.inf

        least = np.inf
        for ends in range(2**10):
            cuts = [0, *(i + 1 for i in range(10) if ends >> i & 1), 11]
            least = min(least, sum(cost(order[a:b]) for a, b in pairwise(cuts)))
        assert sum(cost(batch) for batch in batches(lengths, 200)) == least
    assert batches([], 200) == []
