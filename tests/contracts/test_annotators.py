"""The contract that every registered annotator keeps, whoever wrote it."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from neurox_core.corpora import Words, annotators, label_words
from neurox_core.corpora.annotation import annotator
from neurox_core.errors import InvalidInputError

# What needs a package that NeuroX does not bring is tried where that package is.
NAMES = [
    entry["name"] for entry in annotators()
    if entry["name"] != "spacy" or importlib.util.find_spec("spacy") is not None
]  # fmt: skip
TEXTS = ["He doesn't know 12 cats.", "Ça va, l'homme ?", "!", "مرحبا بالعالم", "a " * 40 + "B"]


@pytest.mark.parametrize("name", NAMES)
def test_every_word_gets_one_value_and_the_same_again(name: str) -> None:
    first, second = label_words(TEXTS, None, name), label_words(TEXTS, None, name)
    words = Words.of(TEXTS)
    assert len(first) == len(words) and first.stack == "encoder"
    np.testing.assert_array_equal(first.values, second.values)
    np.testing.assert_array_equal(first.sentences, words.sentence)
    assert first.name == second.name and first.classes == second.classes
    assert first.name.partition("(")[0] == name
    if not first.numeric:
        assert first.values.max() < len(first.classes) and (first.counts > 0).all()


@pytest.mark.parametrize("name", NAMES)
def test_a_sentences_labels_do_not_depend_on_where_it_stands(name: str) -> None:
    found = label_words(TEXTS, None, name)
    turned = label_words(TEXTS[::-1], None, name)
    named = ["" if v < 0 else found.classes[int(v)] for v in found.values]
    other = ["" if v < 0 else turned.classes[int(v)] for v in turned.values]
    for sentence in range(len(TEXTS)):
        here = [v for v, s in zip(named, found.sentences, strict=True) if s == sentence]
        place = len(TEXTS) - 1 - sentence
        there = [v for v, s in zip(other, turned.sentences, strict=True) if s == place]
        assert here == there


@pytest.mark.parametrize("name", NAMES)
def test_options_are_declared_and_checked(name: str) -> None:
    with pytest.raises(InvalidInputError, match="has no parameter 'colour'"):
        label_words(TEXTS, None, name, colour=1)
    for option, declared in annotator(name).parameters.items():
        assert declared.check(option, declared.default) == declared.default
        with pytest.raises(InvalidInputError, match=option):
            label_words(TEXTS, None, name, **{option: object()})
        for value in declared.choices:
            label_words(TEXTS, None, name, **{option: value})


@pytest.mark.parametrize("name", NAMES)
def test_no_words_are_told_as_such(name: str) -> None:
    with pytest.raises(InvalidInputError, match="one value for each row"):
        label_words([" "], None, name)
