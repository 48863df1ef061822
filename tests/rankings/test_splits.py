"""A sentence that occurs twice is never both trained and tested on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from neurox_core.activations.formats import import_activations
from neurox_core.corpora import label_words
from neurox_core.corpora.labelling import Labelling
from neurox_core.errors import InvalidInputError
from neurox_core.rankings import rank
from neurox_core.rankings.concepts import identify
from neurox_core.rankings.splits import TEST, TRAIN, VALIDATION, few_tested, split

QUICK: dict[str, Any] = {"retrain": False, "minimal": False, "control": False}
WORDS, COPIES, NEURONS = 3, 4, 150
TEXTS = [f"w{i % 7} x{i} end" for i in range(60)] * COPIES


def memorised() -> tuple[np.ndarray, np.ndarray]:
    """Noise and random labels, the same for all copies of a text: nothing to learn but texts."""
    draw = np.random.default_rng(0)
    x = draw.normal(size=(60 * WORDS, NEURONS))
    labels = draw.choice(["a", "b"], 60 * WORDS)
    return np.tile(x, (COPIES, 1)), np.tile(labels, COPIES)


def held_out(**given: Any) -> float:
    details: Any = rank("probe", penalty="given", **QUICK, **given).details
    return float(details["score"]["test"])


def parts_by_text(labelling: Labelling) -> list[set[int]]:
    parts = split(labelling, np.random.default_rng(0))
    assert set(parts.tolist()) == {TRAIN, VALIDATION, TEST}
    texts = np.array(TEXTS)[labelling.sentences]
    return [set(parts[texts == text].tolist()) for text in sorted(set(TEXTS))]


def test_all_copies_of_a_text_are_in_one_part() -> None:
    labels = label_words([t if i % 2 else f" {t}  " for i, t in enumerate(TEXTS)], None, "position")
    assert len(set(labels.sentences.tolist())) == len(TEXTS)
    assert all(len(parts) == 1 for parts in parts_by_text(labels))
    assert any(len(parts) > 1 for parts in parts_by_text(replace(labels, texts=None)))
    # The same where words without a label are left out, and where one class is told from the rest.
    some = label_words(TEXTS, None, "word_list", words="w0 w1 x3 x4", told_apart="each word")
    narrowed = some.used().against("w0")
    assert narrowed.texts is not None and len(narrowed.texts) == len(narrowed)
    assert len(set(narrowed.texts.tolist())) == sum(
        any(w in ("w0", "w1", "x3", "x4") for w in t.split()) for t in set(TEXTS)
    )


def test_an_arrays_texts_are_told_by_word_types() -> None:
    x, labels = memorised()
    sentences = np.arange(len(x)) // WORDS
    types = np.array([word for text in TEXTS for word in text.split()])
    known = Labelling.of(labels, sentences=sentences, types=types)
    unknown = replace(known, texts=None)
    assert held_out(activations=x, labels=unknown) > 0.9  # by heart
    assert held_out(activations=x, labels=known) < 0.7
    given = Labelling.of(labels, sentences=sentences, texts=sentences % 60)
    np.testing.assert_array_equal(known.groups, given.groups)
    with pytest.raises(InvalidInputError, match="texts has shape"):
        Labelling.of(labels, sentences=sentences, texts=[1, 2])


def test_a_store_knows_its_texts(tmp_path: Path) -> None:
    x, labels = memorised()
    np.save(tmp_path / "x.npy", x.astype(np.float32))
    tokens = [text.split() for text in TEXTS]
    store = import_activations(tmp_path / "x.npy", tmp_path / "store", tokens=tokens, model="m")
    assert held_out(activations=store, labels=labels.tolist()) < 0.7
    stack = next(iter(store.layers)).partition(".")[0]
    own = Labelling.of(labels, sentences=np.arange(len(x)) // WORDS, stack=stack)
    assert held_out(activations=store, labels=own) < 0.7
    # Neither does a neuron get its name from a sentence that it was found on.
    bank = {f"random {i}": np.tile(np.random.default_rng(i).random(60 * WORDS) < 0.3, COPIES)
            for i in range(40)}  # fmt: skip
    named = identify(store, bank, minimum_auc=0.65, level=1.0).found.sum()
    assert named < NEURONS / 4


def test_too_few_different_sentences_are_told() -> None:
    labels = label_words(["He left."] * 40, None, "capitalisation")
    with pytest.raises(InvalidInputError, match=r"1 different sentence\(s\); at least 3"):
        split(labels, np.random.default_rng(0))


def test_scores_of_few_held_out_words_come_with_a_warning() -> None:
    labels = Labelling.of(["a"] * 150 + ["b"] * 150 + ["c"] * 5)
    assert few_tested(labels, np.arange(300)) != []  # c is not among them at all
    assert few_tested(labels.take(np.arange(300)).used(), np.arange(100, 200)) == []
    few, classes = few_tested(labels, np.arange(140, 165))
    assert "of 25 held-out words only, so they may be off by 20 points" in few
    assert "c (0)" in classes and "a (" not in classes
    assert "points" not in few_tested(Labelling.of(np.arange(9.0)), np.arange(9))[0]


def test_a_probe_and_gaussians_say_that_they_were_tested_on_few_words() -> None:
    draw = np.random.default_rng(0)
    labels = Labelling.of(draw.choice(["a", "b"], 120), sentences=np.arange(120) // 3)
    x = draw.normal(size=(120, 4))
    for method, options in (("probe", {"penalty": "given", **QUICK}), ("gaussian", {"select": 2})):
        warnings: Any = rank(method, x, labels=labels, **options).details["warnings"]
        assert len(warnings) == 1 and "held-out words only" in warnings[0]
    labels = Labelling.of(draw.choice(["a", "b"], 900), sentences=np.arange(900) // 3)
    enough = rank("probe", draw.normal(size=(900, 4)), labels=labels, penalty="given", **QUICK)
    assert enough.details["warnings"] == []
