"""Estimates and budgets, samples, locks, kills: what keeps a long extraction out of trouble."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from neurox_core.activations import (
    ActivationStore,
    blocks,
    budget,
    describing,
    estimate,
    extract,
    extraction,
    folders,
    layout,
    open_store,
    planning,
)
from neurox_core.activations.layout import Metadata
from neurox_core.activations.reading import LayerArray
from neurox_core.activations.top_words import TopWords
from neurox_core.corpora import Corpus, read_corpus
from neurox_core.errors import (
    DiskBudgetError,
    InvalidInputError,
    StoreError,
    TextTooLongError,
)
from tests.activations.fake import FakeModel
from tests.activations.test_extraction import LARGE, SMALL, made_up, same

ROOT = Path(__file__).resolve().parents[2]


def on_disk(store: ActivationStore) -> int:
    return sum(file.stat().st_size for file in store.path.rglob("*") if file.is_file())


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_the_estimate_bounds_what_is_written(tmp_path: Path, dtype: str) -> None:
    model: Any = FakeModel(width=70)
    found = estimate(model, LARGE, dtype=dtype, probe=400)
    assert not found.exact and found.sentences == 1100 and found.neurons == 280
    assert 0 < found.seconds < 600
    store = extract(model, LARGE, tmp_path / "a", dtype=dtype)
    assert 0.7 * found.bytes < on_disk(store) < 1.05 * found.bytes
    for stack, tokens in found.tokens.items():
        assert tokens == pytest.approx(len(store.tokens(stack)), rel=0.05)
    assert "280 neurons on 1,100 sentences (~" in str(found)
    assert found.to_dict()["bytes"] == found.bytes


def test_an_estimate_of_a_small_corpus_is_exact(tmp_path: Path) -> None:
    model: Any = FakeModel()
    found = estimate(model, SMALL, ["encoder.0.embed"], folder=tmp_path)
    assert found.exact and list(tmp_path.iterdir()) == []
    assert found.tokens == {"encoder": sum(len(model.tokenize(t).ids) for t in SMALL.sources)}


def test_the_budget_is_kept_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model: Any = FakeModel(width=40)
    with pytest.raises(
        DiskBudgetError, match=r"would take .*MB, and the budget is 1.0 MB.*--max-size"
    ):
        extract(model, SMALL, tmp_path / "a", max_bytes=1_000_000)
    assert model.calls == 0 and not (tmp_path / "a").exists()
    store = extract(model, SMALL, tmp_path / "a", max_bytes=100_000_000)
    small = budget.shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(budget.shutil, "disk_usage", lambda path: small)
    with pytest.raises(DiskBudgetError, match=r"1.0 kB are free at .*another folder"):
        extract(model, LARGE, tmp_path / "b")
    # Rows are gathered beside the store.
    told = Metadata.read(tmp_path / "a")
    needed = budget.store_bytes(told.layers, told.tokens, told.dtype)
    just = small._replace(free=needed + 1000)
    with monkeypatch.context() as patched:
        patched.setattr(budget.shutil, "disk_usage", lambda path: just)
        with pytest.raises(DiskBudgetError, match=r"more while it is made; .* are free"):
            extract(model, SMALL, tmp_path / "b")
    # What would be replaced is still there, and what is finished needs no room.
    with pytest.raises(DiskBudgetError):
        extract(model, LARGE, tmp_path / "a", overwrite=True)
    same(store, extract(model, SMALL, tmp_path / "a"))


LONG = "word " * 100
SIDES = "source\treference\n"


def test_all_texts_that_are_too_long_are_named_before_anything_is_computed(tmp_path: Path) -> None:
    lines = [f"{LONG if i % 7 == 0 else 'short'}\t{LONG if i == 4 else 'court'}" for i in range(50)]
    (tmp_path / "text.tsv").write_text(SIDES + "\n".join(lines) + "\n", encoding="utf-8")
    corpus, model = read_corpus(tmp_path / "text.tsv"), FakeModel()
    with pytest.raises(TextTooLongError) as caught:
        extract(model, corpus, tmp_path / "a")  # type: ignore[arg-type]
    said = str(caught.value)
    assert "8 of 50 sources have more than the 60 tokens that fake takes: line 2 has 2" in said
    assert "; line 30 has " in said and "line 37" not in said and "; and 3 more. " in said
    assert "1 of 50 references has more than" in said and ": line 6 has " in said
    assert "shorten, split or leave out" in said
    assert model.calls == 0 and not (tmp_path / "a").exists()
    # A sample keeps the numbers of its lines, and what is not in it is in nobody's way.
    with pytest.raises(TextTooLongError, match=r"of 20 sources .*: line (2|9|16|23|30|37|44) has"):
        extract(model, corpus, tmp_path / "a", sample=20, seed=3)  # type: ignore[arg-type]
    fine = corpus.take([i for i in range(50) if i % 7 and i != 4])
    assert extract(model, fine, tmp_path / "a").sentences == 41  # type: ignore[arg-type]


def test_an_estimate_names_all_texts_that_are_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "PROBED", 20)
    texts = [LONG if i % 3 == 0 else "short" for i in range(90)]
    model: Any = FakeModel()
    with pytest.raises(TextTooLongError, match=r"^30 of 90 sources .*sentence 1 \(sources\[0\]\)"):
        estimate(model, Corpus("made up", texts, ["a"] * 90), folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_estimate_looks_at_the_sample_alone(tmp_path: Path) -> None:
    model: Any = FakeModel()
    drawn = planning.chosen_rows(LARGE, 40, 5)
    assert drawn is not None
    texts = [text if i in drawn else LONG for i, text in enumerate(LARGE.sources)]
    corpus = Corpus("made up", texts, LARGE.references)
    found = estimate(model, corpus, sample=40, seed=5, folder=tmp_path)
    store = extract(model, corpus, tmp_path / "a", sample=40, seed=5)
    assert found.exact and found.tokens == {s: len(store.tokens(s)) for s in found.tokens}


@pytest.mark.parametrize(
    ("code", "said"),
    [(errno.ENOSPC, "Make room, or choose another folder"),
     (errno.EACCES, "denied. Choose another folder"), (errno.EROFS, "system. Choose another")],
)  # fmt: skip
def test_an_estimate_that_cannot_write_names_the_folder_that_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, said: str
) -> None:
    def fails(*arguments: object, **options: object) -> None:
        raise OSError(code, os.strerror(code), "neurox-estimate-1234")

    model: Any = FakeModel()
    # When the folder of the trial is made, and while the trial is written.
    for place, name in ((budget.tempfile, "mkdtemp"), (layout, "write_arrays")):
        with monkeypatch.context() as patched:
            patched.setattr(place, name, fails)
            with pytest.raises(StoreError, match=said) as caught:
                estimate(model, SMALL, folder=tmp_path)
        assert f"in a folder, and {tmp_path} cannot be written: " in str(caught.value)
        assert "neurox-estimate" not in str(caught.value)
        assert list(tmp_path.iterdir()) == []


def test_an_estimate_without_room_for_its_trial_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = budget.shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(budget.shutil, "disk_usage", lambda path: small)
    model: Any = FakeModel()
    said = rf"{tmp_path} has no room for a trial: .* are needed, and 1.0 kB are free. Make room"
    with pytest.raises(StoreError, match=said) as caught:
        estimate(model, LARGE, folder=tmp_path)
    assert "max_bytes" not in str(caught.value) and "neurox-estimate" not in str(caught.value)


def test_an_estimate_has_one_trial_on_the_disk_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[Path]] = []
    check = extraction.check_room

    def noted(root: Path, *others: Any, **more: Any) -> None:
        seen.append(list(tmp_path.glob("neurox-estimate-*/*/store.json")))
        check(root, *others, **more)

    monkeypatch.setattr(extraction, "check_room", noted)
    model: Any = FakeModel()
    assert estimate(model, LARGE, folder=tmp_path).seconds > 0
    assert len(seen) >= 3 and not any(seen)


def test_an_estimate_goes_on_while_its_trial_says_little(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each trial takes what its sentences take, and half a second more where every store does."""
    tried: list[int] = []
    extract_it = extraction.extract

    def noted(*given: Any, **options: Any) -> Any:
        tried.append(options["sample"])
        now[0] += 0.001 * options["sample"] + fixed
        return extract_it(*given, **options)

    now, fixed = [0.0], 0.0
    monkeypatch.setattr(extraction, "extract", noted)
    monkeypatch.setattr(budget.time, "perf_counter", lambda: now[0])
    model: Any = FakeModel()
    found = estimate(model, LARGE, folder=tmp_path)
    assert tried == [8, 100, 400, 1100] and found.exact and found.seconds == pytest.approx(1.1)
    tried.clear()
    fixed = 0.5  # of every store: the second trial takes long enough
    found = estimate(model, LARGE, folder=tmp_path)
    assert tried == [8, 100, 400] and found.seconds == pytest.approx(1.6)
    tried.clear()
    fixed = 0.0  # who says how many are looked at gets no more
    assert not estimate(model, LARGE, folder=tmp_path, probe=64).exact and tried == [8, 16, 64]


def test_float16_is_a_way_out_for_who_does_not_have_it(tmp_path: Path) -> None:
    model: Any = FakeModel()
    for dtype, way in (("float16", False), ("float32", True)):
        with pytest.raises(DiskBudgetError, match="budget is 1 byte. ") as caught:
            extract(model, SMALL, tmp_path / "a", dtype=dtype, max_bytes=1)
        assert ("use float16" in str(caught.value)) == way
        assert "record fewer layers" in str(caught.value)


def test_a_folder_that_may_not_be_written_is_told_without_talk_of_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*arguments: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(layout, "write_arrays", denied)
    with pytest.raises(StoreError, match="denied. Choose another folder, and extract again.$"):
        extract(FakeModel(), SMALL, tmp_path / "a")  # type: ignore[arg-type]


def test_what_was_written_before_the_disk_was_full_is_promised_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    model: Any = FakeModel()
    with monkeypatch.context() as patched:
        patched.setattr(extraction, "summarize", full)
        with pytest.raises(StoreError, match="extract again; it goes on where it stopped.$"):
            extract(model, SMALL, tmp_path / "a")
    calls = model.calls
    assert extract(model, SMALL, tmp_path / "a").sentences == 30 and model.calls == calls


def test_a_disk_that_is_full_before_the_first_sentence_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(layout, "write_arrays", full)
    with pytest.raises(StoreError, match=r"a cannot be written: No space left .*Make room"):
        extract(FakeModel(), SMALL, tmp_path / "a")  # type: ignore[arg-type]
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize(
    ("count", "text"),
    [(1, "1 byte"), (999, "999 bytes"), (1234, "1.2 kB"), (5e8, "500 MB"), (12.34e9, "12.3 GB"),
     (3e12, "3.0 TB")],
)  # fmt: skip
def test_sizes_for_people(count: float, text: str) -> None:
    assert budget.size(count) == text


def test_a_sample_is_seeded_and_says_what_it_holds(tmp_path: Path) -> None:
    model: Any = FakeModel()
    layers = ["encoder.0.resid_post", "decoder.0.resid_post"]
    given = [f"it {i}" for i in range(len(LARGE))]
    stores = [
        extract(model, LARGE, tmp_path / str(i), layers, sample=20, seed=seed, decoder_text=given)
        for i, seed in enumerate((1, 1, 2))
    ]
    rows = stores[0].rows
    assert rows is not None and len(rows) == 20 and rows == sorted(set(rows))
    assert stores[1].rows == rows and stores[1].key == stores[0].key
    assert stores[2].rows != rows and stores[2].key != stores[0].key
    assert stores[0].texts("encoder") == [LARGE.sources[i] for i in rows]
    assert stores[0].texts("decoder") == [given[i] for i in rows]
    found = stores[0].sentence(7, [layers[0]])[layers[0]]
    expected = model.values(layers[0], LARGE.sources[rows[7]]).astype(np.float16)
    np.testing.assert_array_equal(found, expected.astype(np.float32))
    whole = extract(model, SMALL, tmp_path / "whole", sample=10**6)
    assert whole.rows is None and whole.sentences == 30
    with pytest.raises(InvalidInputError, match="at least 1, not 0"):
        extract(model, SMALL, tmp_path / "none", sample=0)


def test_a_store_knows_its_pieces(tmp_path: Path) -> None:
    model: Any = FakeModel()
    store = extract(model, SMALL, tmp_path / "a")
    pieces = store.pieces("decoder")
    assert pieces is not None
    tokens = model.tokenize(SMALL.references[3])
    rows = store.tokens("decoder").rows(3)
    assert [pieces[i] for i in store.tokens("decoder").outputs[rows].tolist()] == tokens.pieces


def test_two_writers_do_not_meet(tmp_path: Path) -> None:
    model: Any = FakeModel()
    told: list[str] = []

    def meanwhile(done: int, total: int) -> None:
        with pytest.raises(StoreError, match="being written by another process") as caught:
            extract(FakeModel(), SMALL, tmp_path / "a")  # type: ignore[arg-type]
        told.append(str(caught.value))

    store = extract(model, SMALL, tmp_path / "a", on_progress=meanwhile)
    assert told and f"process {os.getpid()} on " in told[0]
    assert not (tmp_path / "a" / folders.LOCK).exists()
    same(store, extract(model, SMALL, tmp_path / "a"))
    # A lock file that nobody holds is in nobody's way.
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / folders.LOCK).write_text("process 1 on the moon")
    same(store, extract(model, SMALL, tmp_path / "b"))


KILLED = """
import sys
sys.path.insert(0, {root!r})
import os, time
from tests.activations.test_extraction_limits import FakeModel, extract, made_up
from neurox_core.activations import batching
batching.SHARD_SENTENCES = 384
model = FakeModel(width=40)
forward = model.forward
def slow(*arguments):
    time.sleep(0.01)
    return forward(*arguments)
model.forward = slow
print("begun", flush=True)
extract(model, made_up(2500, seed=9), {path!r}, ["encoder.0.resid_post"], batch_tokens=200)
"""


def test_a_killed_process_is_gone_on_with_at_the_last_shard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("neurox_core.activations.batching.SHARD_SENTENCES", 384)
    path, corpus = tmp_path / "a", made_up(2500, seed=9)
    script = KILLED.format(root=str(ROOT), path=str(path))
    child = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=ROOT
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and child.poll() is None:
            if (path / "store.json").is_file() and Metadata.read(path).written["encoder"] > 8000:
                break
            time.sleep(0.05)
    finally:
        child.send_signal(signal.SIGKILL)
        child.communicate()
    written = Metadata.read(path).written["encoder"]
    assert written > 8000 and not Metadata.read(path).complete
    with pytest.raises(StoreError, match="not finished"):
        open_store(path)
    model, whole = FakeModel(width=40), FakeModel(width=40)
    again: Any = (model, corpus, path, ["encoder.0.resid_post"])
    store = extract(*again, batch_tokens=200)
    expected = extract(whole, corpus, tmp_path / "b", ["encoder.0.resid_post"], batch_tokens=200)  # type: ignore[arg-type]
    share = 1 - written / Metadata.read(path).tokens["encoder"]
    assert model.calls <= whole.calls * (share + 0.2)
    open_store(path)
    same(expected, store)


def test_described_layers_are_not_described_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model: Any = FakeModel()
    whole, layers = extract(model, SMALL, tmp_path / "whole"), []
    describe = describing.Describer.describe

    def killed(self: Any, array: Any, first: int) -> Any:
        layers.append(array)
        if len(layers) == 3:
            raise KeyboardInterrupt
        return describe(self, array, first)

    with monkeypatch.context() as patched:
        patched.setattr(describing.Describer, "describe", killed)
        with pytest.raises(KeyboardInterrupt):
            extract(model, SMALL, tmp_path / "cut")
    seen: list[tuple[int, int]] = []
    store = extract(
        model, SMALL, tmp_path / "cut", on_describe=lambda done, total: seen.append((done, total))
    )
    assert seen == [(i, 4) for i in range(1, 5)]
    same(whole, store)


@pytest.mark.parametrize("dtype", ["float16", "float32"])
@pytest.mark.parametrize("values", [10**6, 2000])
def test_a_long_corpus_is_described_block_by_block_with_the_same_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dtype: str, values: int
) -> None:
    model: Any = PlantedWords(width=9)
    corpus = Corpus("odd", [*SMALL.sources, "", "a"], [*SMALL.references, "", "a"])
    whole = extract(model, corpus, tmp_path / "a", dtype=dtype)
    monkeypatch.setattr(describing, "VALUES", values)
    monkeypatch.setattr(blocks, "SHORT", 100)
    monkeypatch.setattr(blocks, "BLOCK_ROWS", 100)
    assert len(blocks.StackRows(tmp_path / "a", "encoder")) > 5
    most: list[int] = []
    read = LayerArray.copy

    def noted(array: LayerArray, rows: slice, units: slice, into: Any, memory: Any) -> None:
        read(array, rows, units, into, memory)
        most.append(len(into))

    monkeypatch.setattr(LayerArray, "copy", noted)
    parts = extract(model, corpus, tmp_path / "b", dtype=dtype)
    assert len(most) > 10 and max(most) <= 100  # Never more rows in memory than a block has.
    monkeypatch.undo()
    for address in whole.layers:
        found = parts.statistics(address).arrays()
        for name, expected in whole.statistics(address).arrays().items():
            np.testing.assert_allclose(found[name], expected, rtol=1e-5, atol=1e-12, err_msg=name)
        for unit in range(whole.layers[address]):
            same_words(whole.top_words(f"{address}[{unit}]"), parts.top_words(f"{address}[{unit}]"))


class PlantedWords(FakeModel):
    """Unit 1 answers to one word, unit 2 is constant, unit 3 is large and hardly moves."""

    def values(self, address: str, text: str) -> np.ndarray:
        found, tokens = super().values(address, text), self.tokenize(text)
        for piece, word in enumerate(tokens.word_ids):
            form = text[slice(*tokens.words[word])] if word >= 0 else ""
            found[piece, 1] += 5.0 * (len(form) == 3)
        found[:, 2] = 0.1
        if found.shape[1] > 3:
            found[:, 3] = 100 + found[:, 3] / 4
        return found


def same_words(expected: TopWords, found: TopWords) -> None:
    for listed in fields(expected):
        a, b = getattr(expected, listed.name), getattr(found, listed.name)
        np.testing.assert_allclose([w.score for w in b], [w.score for w in a], rtol=1e-3, atol=1e-6)
        means = {w.word: (w.mean, w.count) for w in a}
        both = [w for w in b if w.word in means]
        # Words whose scores agree to rounding may change places, and the last may drop out.
        assert len(both) >= len(a) - 2
        for word in both:
            assert (word.mean, word.count) == pytest.approx(means[word.word], rel=1e-3, abs=1e-4)


def test_no_scores_over_the_vocabulary_are_computed(
    tiny_model: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*arguments: object, **options: object) -> None:
        raise AssertionError("the projection to the vocabulary was computed")

    monkeypatch.setattr(tiny_model, "logits", never)
    heads = [m for m in tiny_model.module.modules()
             if getattr(m, "out_features", 0) == tiny_model.vocabulary_size]  # fmt: skip
    for head in heads:
        monkeypatch.setattr(head, "forward", never)
    # Nor does the decoder run where only the encoder is recorded.
    texts = Corpus("few", ["He left.", "She reads."], ["Il est parti.", "Elle lit."])
    assert extract(tiny_model, texts, tmp_path / "both").sentences == 2
    monkeypatch.setattr(tiny_model, "decode", never)
    layers = [address for address in tiny_model.layers if address.startswith("encoder.")]
    assert extract(tiny_model, texts, tmp_path / "encoder", layers).sentences == 2
