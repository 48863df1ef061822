"""A person sees every difference between two translations, and none where there is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurox_core.evaluation import word_diff


@pytest.mark.parametrize(
    ("baseline", "changed", "marked"),
    [
        ("il est parti hier", "elle est partie hier", [0, 2]),
        ("il est parti hier", "il est hier", [2]),
        ("il est parti hier", "il est parti", [2]),
        ("il est", "il est très est", [2, 3]),
        ("a b", "b a", [0, 1]),
        ("a b", "", []),
        ("", "a b", [0, 1]),
        ("x y", "x y", []),
    ],
)
def test_marked_words(baseline: str, changed: str, marked: list[int]) -> None:
    assert word_diff(baseline.split(), changed.split()) == marked


words = st.lists(st.sampled_from("abcd"), max_size=7)


@given(words, words)
def test_something_is_marked_exactly_if_the_texts_differ(a: list[str], b: list[str]) -> None:
    found = word_diff(a, b)
    assert bool(found) == (a != b and bool(b))
    assert found == sorted(set(found)) and all(0 <= i < len(b) for i in found)
