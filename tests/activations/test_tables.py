"""Rows know their tokens, and words their rows."""

from __future__ import annotations

import numpy as np
import pytest

from neurox_core.activations.building import build
from neurox_core.activations.tables import aggregate, word_ranges
from neurox_core.errors import InvalidInputError
from neurox_core.models.tokens import Tokens


def spanning() -> Tokens:
    """ "l'homme" as one piece: two words in it; an empty piece that covers only a space."""
    text = "l'homme part"
    return Tokens(
        text, [7, 8, 3, 4, 0], ["l'homme", "▁", "pa", "rt", "</s>"],
        [(0, 7), (7, 8), (8, 10), (10, 12), None], [(0, 2), (2, 7), (8, 12)], [0, -1, 2, 2, -1],
    )  # fmt: skip


def test_a_word_inside_anothers_piece_takes_that_piece() -> None:
    assert word_ranges(spanning()) == [(0, 1), (0, 1), (2, 4)]


def test_a_word_that_no_piece_covers_has_no_value() -> None:
    tokens = Tokens("a b", [5, 0], ["a", "</s>"], [(0, 1), None], [(0, 1), (2, 3)], [0, -1])
    ranges = word_ranges(tokens)
    assert ranges == [(0, 1), (0, 0)]
    values = np.array([[2.0, 4.0], [9.0, 9.0]])
    for word in ("first", "last", "mean"):
        found = aggregate(values, ranges, word)
        assert found[0].tolist() == [2.0, 4.0]
        assert np.isnan(found[1]).all()


def test_views_of_words() -> None:
    values = np.array([1.0, 100.0, 3.0, 5.0, 100.0], np.float16)
    ranges = word_ranges(spanning())
    assert aggregate(values, ranges, "first").tolist() == [1, 1, 3]
    assert aggregate(values, ranges, "last").tolist() == [1, 1, 5]
    assert aggregate(values, ranges, "mean").tolist() == [1, 1, 4]
    with pytest.raises(InvalidInputError, match="first, last, mean"):
        aggregate(values, ranges, "max")


def test_decoder_rows_know_what_they_read_and_what_they_wrote() -> None:
    tokens, words, vocabulary = build([spanning(), spanning()], start_id=99)
    assert tokens.inputs.tolist() == [99, 7, 8, 3, 4] * 2
    assert tokens.outputs.tolist() == [7, 8, 3, 4, 0] * 2
    assert tokens.word.tolist() == [0, -1, 2, 2, -1] * 2
    assert tokens.special.tolist() == [False, False, False, False, True] * 2
    assert tokens.sentence.tolist() == [0] * 5 + [1] * 5
    assert tokens.position.tolist() == [0, 1, 2, 3, 4] * 2
    assert vocabulary == ["homme", "l'", "part"]
    assert words.first.tolist() == [0, 0, 2, 5, 5, 7]
    assert words.last.tolist() == [1, 1, 4, 6, 6, 9]
    assert [vocabulary[t] for t in words.type[words.of(1)]] == ["l'", "homme", "part"]
    assert words.counts.tolist() == [2, 2, 2]


def test_encoder_rows_read_what_they_are_labelled_with() -> None:
    tokens, _, _ = build([spanning()])
    assert tokens.inputs.tolist() == tokens.outputs.tolist() == [7, 8, 3, 4, 0]
    with pytest.raises(InvalidInputError, match=r"no sentence 2 \(index 1\)"):
        tokens.rows(1)
