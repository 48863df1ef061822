"""Mistakes of the older library of this name that must not come back.

Numbers are those of the list of reproduced bugs that the rankings were written against. What is
about one of them alone stands here, named by its number; the rest is tested where it belongs, which
this table says (``here`` is this file, a path is below ``tests/``, or the repository for client/):

1   labels end to end     corpora/test_annotators.py::test_labels_of_a_stores_words_rank_its_neurons
2   neurons are lost      rankings/test_probe_weights.py::test_order_within_a_step_is_by_weight_and_zeros_come_last
3   the bottom 0          here::test_3_no_neurons_are_none
4   order within a step   rankings/test_probe_weights.py::test_order_within_a_step_is_by_weight_and_zeros_come_last
5   regression targets    rankings/test_probe.py::test_numbers_are_probed_by_regression_without_classes
6   regression scores     here::test_6_the_score_of_a_regression_is_that_of_scikit_learn
7   classes of a number   rankings/test_probe.py::test_numbers_are_probed_by_regression_without_classes
8   too long a sentence   activations/test_extraction.py::test_bad_requests_name_what_is_wrong
9   lines are shifted     corpora/test_annotators.py::test_files_that_do_not_fit_name_file_and_line
10  gaps between labels   here::test_10_names_of_classes_need_not_be_consecutive_numbers
11  numbers of labels     here::test_11_classes_have_the_same_numbers_in_every_process
12  what is called IoU    rankings/test_linguistic.py::test_iou_does_not_write_to_the_callers_array
13  bits and nats, bins   rankings/test_linguistic_gaussian.py::test_information_of_a_perfect_neuron_is_the_entropy_in_bits
14  sub-words to words    activations/test_tables.py::test_views_of_words
15  right to left         tests/e2e/look.spec.ts::colour takes no room: Arabic letters stay joined across painted pieces
16  all values are zero   client/tests/colour.test.ts::leave a constant neuron unpainted
17  a long first token    tests/e2e/look.spec.ts::a first word longer than the line is broken, not cut off
18  a second tokenizer    models/test_tokens.py::test_many_texts_are_cut_like_each_alone
19  a cache that saves    here::test_19_a_text_is_cut_into_tokens_once_for_all_layers
20  random weights        models/test_families_seq2seq.py::test_a_checkpoint_without_some_weights_is_refused
21  words without pieces  activations/test_tables.py::test_a_word_that_no_piece_covers_has_no_value
22  slow reading of HDF5  here::test_22_hdf5_is_read_array_by_array
23  one large unit leads  rankings/test_linguistic.py::test_probeless_standardises_unless_told_not_to
24  classes without rows  here::test_24_a_class_without_test_words_has_no_recall
25  tested as trained     rankings/test_probe.py::test_noise_is_not_told_above_the_majority
"""  # noqa: E501

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import torch
from sklearn.metrics import r2_score

from neurox_core.activations import extract, import_activations
from neurox_core.corpora.corpus import Corpus
from neurox_core.corpora.labelling import Labelling
from neurox_core.errors import InvalidInputError
from neurox_core.rankings import rank
from neurox_core.rankings.design import MemoryDesign
from neurox_core.rankings.logistic import Penalty, Targets, fit
from neurox_core.rankings.probing import Probe, describe_classes
from neurox_core.rankings.splits import TEST, TRAIN
from neurox_core.rankings.weights import salient
from tests.activations.fake import FakeModel

TESTS = Path(__file__).parents[1]
QUICK: dict[str, Any] = {"retrain": False, "minimal": False, "control": False, "penalty": "given"}


def test_every_bug_of_the_list_has_its_test() -> None:
    """The table above names a test that is there for each number."""
    rows = re.findall(r"^(\d+) +\S.*? {2,}(\S+?)::(.+)$", __doc__ or "", re.MULTILINE)
    assert [int(number) for number, _, _ in rows] == list(range(1, 26))
    for _, file, name in rows:
        path = Path(__file__) if file == "here" else TESTS / file
        if path.suffix == ".ts":
            path = TESTS.parent / file
        text = path.read_text(encoding="utf-8")
        assert f"\ndef {name}(" in text or f"'{name}'" in text, name


def test_3_no_neurons_are_none() -> None:
    """``ordering[-0:]`` was all of them."""
    x, y = np.random.default_rng(0).normal(size=(200, 40)), np.arange(200) % 2
    x[:, 7] += 4 * y
    with pytest.raises(InvalidInputError, match="percentages"):
        rank("probe", x, labels=y, keep="0", **QUICK)
    details: Any = rank("probe", x, labels=y, keep="0.1", **QUICK).details
    entry = details["keep"][0]
    assert entry["neurons"] == 1 and entry["masked"]["top"] > entry["masked"]["bottom"] + 0.2
    assert len(salient(np.array([[0.0, 3, 1]]), 0.0)) == 1


def test_6_the_score_of_a_regression_is_that_of_scikit_learn() -> None:
    """Predictions (rows, 1) less targets (rows,) were a matrix (rows, rows)."""
    draw = np.random.default_rng(1)
    x = draw.normal(size=(300, 5)).astype(np.float32)
    y = x @ np.arange(5.0) + draw.normal(size=300)
    z = torch.from_numpy(x)
    rows = {TRAIN: np.arange(200), TEST: np.arange(200, 300)}
    design = MemoryDesign({part: z[some] for part, some in rows.items()}, rows)
    targets = Targets((y - y[:200].mean()) / y[:200].std(), 1)
    linear = fit(design, targets, Penalty())
    said = linear.logits(z[200:])[:, 0].numpy()
    score = Probe(design, targets, linear, Penalty(), []).score(TEST)
    assert score == pytest.approx(r2_score(targets.values[200:], said), abs=1e-6)
    assert 0.9 < score < 1


@pytest.mark.parametrize("name", ["probe", "gaussian", "anova_f", "probeless", "iou"])
def test_10_names_of_classes_need_not_be_consecutive_numbers(name: str) -> None:
    x = np.random.default_rng(2).normal(size=(240, 6))
    classes = np.arange(240) % 3
    x[:, :3] += 3 * np.eye(3)[classes]
    options = QUICK if name == "probe" else {}
    some = rank(name, x, labels=np.array([3, 17, 900])[classes], **options)
    plain = rank(name, x, labels=classes, **options)
    np.testing.assert_array_equal(some.order, plain.order)
    assert list(some.labels) == ["3", "17", "900"] and list(plain.labels) == ["0", "1", "2"]


def test_11_classes_have_the_same_numbers_in_every_process() -> None:
    """They were numbered by a set of texts, whose order changes with PYTHONHASHSEED."""
    code = (
        "from neurox_core.corpora.labelling import Labelling\n"
        "found = Labelling.of(['VERB', 'NOUN', None, 'ADJ', 'NOUN', 'X', 'ADV'])\n"
        "print(found.classes, found.values.tolist())"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True, text=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert said == {"('ADJ', 'ADV', 'NOUN', 'VERB', 'X') [3, 2, -1, 0, 2, 4, 1]\n"}


def test_19_a_text_is_cut_into_tokens_once_for_all_layers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """41 words cost 42 calls of the tokenizer, with its cache as without."""
    cut: list[str] = []
    plain = FakeModel.tokenize

    def tokenize(model: FakeModel, text: str, side: str = "source") -> Any:
        cut.append(text)
        return plain(model, text, side)

    monkeypatch.setattr(FakeModel, "tokenize", tokenize)
    monkeypatch.setattr(
        FakeModel, "tokenize_all",
        lambda model, texts, side="source": [tokenize(model, text, side) for text in texts],
    )  # fmt: skip
    monkeypatch.setattr(
        FakeModel, "values", lambda model, address, text: np.ones((len(plain(model, text).ids),
                                                                  model.sites[address])),
    )  # fmt: skip
    texts = [f"sentence number {i}" for i in range(20)]
    model: Any = FakeModel()
    layers = ["encoder.0.resid_post", "encoder.1.resid_post"]
    extract(model, Corpus("small", texts, texts), tmp_path / "acts", layers)
    assert len(cut) <= 2 * len(texts)  # to plan, and to run


def test_22_hdf5_is_read_array_by_array(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading number by number took 38 times as long."""
    sentences = {f"one two three {i}": str(i) for i in range(6)}
    with h5py.File(tmp_path / "acts.hdf5", "w") as file:
        for index in sentences.values():
            file[index] = np.full((2, 4, 50), float(index), np.float32)
        file["sentence_to_index"] = [json.dumps(sentences)]
    reads: list[object] = []
    read = h5py.Dataset.__getitem__

    def counted(dataset: Any, *key: Any, **options: Any) -> Any:
        reads.append(key)
        return read(dataset, *key, **options)

    monkeypatch.setattr(h5py.Dataset, "__getitem__", counted)
    store = import_activations(tmp_path / "acts.hdf5", tmp_path / "store")
    assert len(store.layers) == 2
    assert len(reads) <= 10 * len(sentences)  # not the 2,400 numbers


def test_24_a_class_without_test_words_has_no_recall() -> None:
    """It was 0 divided by 0, since the guard compared a tuple."""
    labels = Labelling.of(["a", "b", "c", "a", "b", "a"])
    rows = {TRAIN: np.arange(3), TEST: np.arange(3, 6)}
    values = {TRAIN: torch.eye(3), TEST: torch.eye(3)[[0, 1, 0]]}
    design, targets = MemoryDesign(values, rows), Targets(labels.values.astype(np.int64), 3)
    probe = Probe(design, targets, fit(design, targets, Penalty(0, 0)), Penalty(), [])
    found: Any = describe_classes(probe, labels)
    assert found["recall"] == {"a": 1.0, "b": 1.0, "c": None}
