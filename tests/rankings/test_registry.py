"""Rankings of other distributions join ours, and broken ones do no harm."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from neurox_core.errors import InvalidInputError
from neurox_core.rankings import Analysis, rank, registry


def theirs() -> Analysis:
    """A third party's analysis: the first token's value, for which it needs labels."""
    return Analysis(
        "theirs", "Theirs", "A summary.", "x", "x",
        lambda sample, _: next(iter(sample.blocks()))[1][0], needs=frozenset({"labels"}),
    )  # fmt: skip


THEIRS = theirs()
CLASH = replace(THEIRS, name="variance")
WRONG = replace(THEIRS, name="wrong", score=lambda sample, _: np.zeros(1), needs=frozenset())


@pytest.fixture
def plugged(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    loaded = {"THEIRS": THEIRS, "CLASH": CLASH, "WRONG": WRONG}

    class Points:
        def __init__(self, name: str) -> None:
            self.value = name

        def load(self) -> object:
            return loaded[self.value]

    points = [Points(name) for name in [*loaded, "MISSING"]]
    monkeypatch.setattr(registry, "entry_points", lambda group: points)
    registry._registry.cache_clear()
    yield
    monkeypatch.undo()
    registry._registry.cache_clear()


def test_others_join_and_broken_or_clashing_ones_are_left_out(
    plugged: None, caplog: pytest.LogCaptureFixture
) -> None:
    x = np.random.default_rng(0).normal(size=(20, 3))
    with caplog.at_level(logging.WARNING):
        assert {"theirs", "variance", "wrong"} <= set(registry.rankings())
    assert "MISSING" in caplog.text and "CLASH" in caplog.text
    np.testing.assert_allclose(rank("variance", x).scores, x.var(0))
    np.testing.assert_array_equal(rank("theirs", x, labels=["a", "b"] * 10).scores, x[0])


def test_what_an_analysis_needs_and_gives_is_checked(plugged: None) -> None:
    x = np.random.default_rng(0).normal(size=(20, 3))
    with pytest.raises(InvalidInputError, match="needs labels="):
        rank("theirs", x)
    with pytest.raises(InvalidInputError, match="3 neurons"):
        rank("wrong", x)


def test_neurons_without_names_are_told_how_to_get_some() -> None:
    found = rank("variance", np.eye(3))
    with pytest.raises(InvalidInputError, match="layers="):
        found.neuron(0)
