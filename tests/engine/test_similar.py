"""States as a store holds them, and outcomes as the corpus' annotation says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from neurox_core.activations import extract
from neurox_core.activations.nearest import nearest_states
from neurox_core.corpora import Corpus
from neurox_core.corpora.labels import AnnotatedToken, WordLabels
from neurox_core.engine.outcomes import NONE, Outcome, Outcomes, labels_of_outputs
from neurox_core.engine.states import mean_state, states_of, word_state
from neurox_core.errors import InvalidInputError

PAIRS = [
    ("He left.", "Il est parti."), ("The men are here.", "Les hommes sont ici."),
    ("She reads a book in the garden.", "Elle lit un livre dans le jardin."),
]  # fmt: skip
CORPUS = Corpus("pairs", [s for s, _ in PAIRS], [r for _, r in PAIRS])


def test_states_are_those_of_the_store(tiny_model: Any, tmp_path: Path) -> None:
    store = extract(tiny_model, CORPUS, tmp_path / "store", dtype="float32")
    for layer in store.layers:
        stack = layer.partition(".")[0]
        for number, (source, reference) in enumerate(PAIRS):
            sides = tiny_model.tokenize(source), tiny_model.tokenize(reference, "target")
            found = states_of(tiny_model, layer, *sides)
            rows = store.tokens(stack).rows(number)
            np.testing.assert_allclose(found, store.layer(layer)[rows], atol=1e-5)
        read = sides[0] if stack == "encoder" else sides[1]
        near = nearest_states(store, layer, word_state(found, read, 1), 1).neighbours[0]
        assert (near.sentence, near.word) == (2, 1) and near.value == pytest.approx(1, abs=1e-5)
        special = store.tokens(stack).special[rows]
        np.testing.assert_allclose(mean_state(found, read), found[~special].mean(0), atol=1e-6)
    with pytest.raises(InvalidInputError, match="does not read the source"):
        states_of(tiny_model, next(a for a in store.layers if a.startswith("dec")), sides[0])


def test_states_of_a_language_model(open_family: Any, tmp_path: Path) -> None:
    _, model = open_family("gpt2")
    store = extract(model, CORPUS, tmp_path / "store", dtype="float32")
    layer = list(store.layers)[-1]
    tokens = model.tokenize(PAIRS[1][0])
    rows = store.tokens("decoder").rows(1)
    np.testing.assert_allclose(
        states_of(model, layer, tokens), store.layer(layer)[rows], atol=1e-5
    )  # fmt: skip


def annotated() -> Corpus:
    """References whose words have a Tense, as far as they are verbs."""
    references = ["Il est parti.", "Il part.", "Elle part demain."]
    tense = {"est": "Past", "part": "Pres"}
    tokens = []
    for text in references:
        found, at = [], 0
        for word in text.replace(".", " .").split():
            at = text.index(word, at)
            labels = {"Tense": tense[word]} if word in tense else {}
            found.append(AnnotatedToken(at, at + len(word), {"upos": "X", **labels}))
            at += len(word)
        tokens.append(tuple(found))
    labels = WordLabels.of(tokens)
    return Corpus("tense", ["a", "b", "c"], references, {"mood": ["x", "", "y"]}, None, labels)


def test_outcomes_of_words_with_a_label() -> None:
    corpus = annotated()
    said = ["Elle est ici.", "Il part et il est parti.", "Rien du tout."]
    assert labels_of_outputs("Tense", corpus, said) == ["Past", "Past, Pres", NONE]
    assert Outcomes(Outcome("label", "Tense"), corpus, said).values == ["Past", "Past, Pres", NONE]
    assert Outcomes(Outcome("column", "mood"), corpus, said).values == ["x", "", "y"]


def test_outcomes_that_need_no_label() -> None:
    corpus = annotated()
    said = ["Il EST parti.", "Il part.", "Il restera."]
    with_est = Outcomes(Outcome("contains", "est"), corpus, said).values
    assert [value.startswith("with ") for value in with_est] == [True, False, False]
    two = Outcomes(Outcome("contains", "il part"), corpus, said).values
    assert [value.startswith("with ") for value in two] == [False, True, False]
    assert Outcomes(Outcome("reference"), corpus, said).values[1:] == [
        "as the reference", "not as the reference",
    ]  # fmt: skip
    changed = Outcomes(Outcome("changed"), corpus, said, [said[0], "Elle part.", said[2]]).values
    assert changed == ["unchanged", "changed", "unchanged"]


def test_words_that_no_token_has(tiny_recurrent: Any) -> None:
    tokens = tiny_recurrent.tokenize("He left.")
    states = np.zeros((len(tokens.ids), 4), np.float32)
    with pytest.raises(InvalidInputError, match="words 0 to 2"):
        word_state(states, tokens, 3)
