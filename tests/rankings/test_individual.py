"""Each score equals the formula that the screen shows, computed from the values themselves."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from neurox_core.errors import InvalidInputError
from neurox_core.rankings import Analysis, Parameter, Sample, rank
from neurox_core.rankings.sample import ArraySource

X = np.random.default_rng(0).gamma(1.5, size=(300, 6)) * [1, 3, 0.1, 2, 5, 1] - [0, 1, 0, 9, 2, 1]


def hoyer(column: np.ndarray) -> float:
    root = np.sqrt(len(column))
    return float((root - np.linalg.norm(column, 1) / np.linalg.norm(column, 2)) / (root - 1))


ORACLES = {
    "variance": np.var(X, axis=0),
    "mean_distance": np.array([np.mean(np.abs(c - np.mean(c))) for c in X.T]),
    "range": np.ptp(X, axis=0),
    "kurtosis": stats.kurtosis(X, axis=0),
    "sparsity": np.array([hoyer(c) for c in X.T]),
}


@pytest.mark.parametrize("name", ORACLES)
def test_scores_equal_the_formula(name: str) -> None:
    found = rank(name, X)
    np.testing.assert_allclose(found.scores, ORACLES[name], rtol=1e-10)
    assert found.order.tolist() == np.argsort(-ORACLES[name]).tolist()


@pytest.mark.parametrize("name", ["mean_distance", "range", "kurtosis", "sparsity"])
def test_standardised_scores_are_those_of_standardised_values(name: str) -> None:
    z = (X - X.mean(0)) / X.std(0)
    found = rank(name, X, standardize=True)
    np.testing.assert_allclose(found.scores, rank(name, z).scores, rtol=1e-9)
    assert "std:yes" in found.signature


def test_variance_of_standardised_neurons_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="same score"):
        rank("variance", X, standardize=True)


def test_sparsity_reaches_from_zero_to_one() -> None:
    flat = np.tile([1.0, -1.0], 50)
    single = np.zeros(100)
    single[3] = -2
    assert rank("sparsity", np.stack([flat, single], 1)).scores == pytest.approx([0, 1])


def test_blocks_go_once_over_all_neurons_and_standardise() -> None:
    x = np.random.default_rng(1).normal(size=(50, 70)) * 3 + 1
    sample = Sample(ArraySource.of(x, None), standardized=True)
    found = np.concatenate([block for _, block in sample.blocks()], axis=1)
    np.testing.assert_allclose(found, (x - x.mean(0)) / x.std(0), atol=1e-12)
    assert [first for first, _ in sample.blocks()] == [0, 32, 64]


def test_parameters_are_checked_against_what_is_declared() -> None:
    options = {
        "share": Parameter(0.5, "", 0.0, 1.0), "count": Parameter(3, "", minimum=1),
        "side": Parameter("both", "", choices=("both", "high")), "flip": Parameter(False, ""),
    }  # fmt: skip
    made = Analysis("x", "X", "x", "x", "x", lambda s, p: np.zeros(1), options)
    assert made.checked({"share": 1, "flip": True}) == {
        "share": 1.0, "count": 3, "side": "both", "flip": True
    }  # fmt: skip
    for name, value in (
        ("share", 1.5),
        ("share", "a"),
        ("share", float("nan")),
        ("count", 0),
        ("count", 2.5),
        ("count", True),
        ("side", "low"),
        ("flip", 1),
    ):
        with pytest.raises(InvalidInputError, match=name):
            made.checked({name: value})
    with pytest.raises(InvalidInputError, match="count is 1 or more, not 0"):
        made.checked({"count": 0})
    with pytest.raises(InvalidInputError, match="it has: share, count, side, flip"):
        made.checked({"shared": 1})
