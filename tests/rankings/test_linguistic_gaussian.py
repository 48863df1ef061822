"""The Gaussian ranking equals a plain computation with whole covariance matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal

from neurox_core.errors import InvalidInputError
from neurox_core.rankings import rank
from neurox_core.rankings.gaussians import Greedy, choose

ROWS, NEURONS, CLASSES = 260, 7, 3


def data() -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(5)
    y = draw.integers(0, CLASSES, ROWS)
    x = draw.normal(size=(ROWS, NEURONS)) @ (np.eye(NEURONS) + 0.3 * draw.normal(size=(7, 7)))
    x[:, 1] += 3.0 * (y == 0)
    x[:, 5] += 2.5 * (y == 1)
    x[:, 2] *= 1 + 2 * (y == 2)
    x[:, 6] = x[:, 1] + 0.05 * draw.normal(size=ROWS)  # nothing new beside neuron 1
    return x.astype(np.float32), y


def plain(
    x: np.ndarray, y: np.ndarray, train: np.ndarray, held: np.ndarray, d: int, count: int
) -> Any:
    """Greedy choice with a new distribution for every set, as the published code works."""
    x = x.astype(np.float64)
    share = np.bincount(y[train]) / len(train)
    prior = np.diag(x[train].var(0))
    gaussians = []
    for c in range(CLASSES):
        own = x[train][y[train] == c]
        mean = own.mean(0)
        scatter = (own - mean).T @ (own - mean)
        gaussians.append((mean, (prior + scatter) / (len(own) + 2 * d + 4)))

    def information(some: list[int]) -> float:
        logs = np.stack([
            multivariate_normal(mean[some], cov[np.ix_(some, some)]).logpdf(x[held][:, some])
            + np.log(p)
            for (mean, cov), p in zip(gaussians, share, strict=True)
        ])  # fmt: skip
        posterior = logs - np.logaddexp.reduce(logs, axis=0)
        own = posterior[y[held], np.arange(len(held))]
        return float(own.mean() - np.log(share[y[held]]).mean()) / np.log(2)

    chosen: list[int] = []
    reached: list[float] = []
    for _ in range(count):
        options = {j: information([*chosen, j]) for j in range(NEURONS) if j not in chosen}
        chosen.append(max(options, key=options.__getitem__))
        reached.append(options[chosen[-1]])
    return chosen, reached, options


@pytest.mark.parametrize("degrees", [3, NEURONS])
def test_the_choice_is_that_of_whole_covariances(degrees: int) -> None:
    x, y = data()
    train, held = np.arange(180), np.arange(180, ROWS)
    chosen, reached, options = plain(x, y, train, held, degrees, 4)
    tensor = torch.from_numpy(x)
    greedy = Greedy(tensor[:180], y[train], tensor[180:], y[held], CLASSES, degrees)
    found = choose(greedy, 4)
    assert found.neurons == chosen
    np.testing.assert_allclose(found.information, reached, rtol=2e-4)
    for neuron, bits in options.items():
        assert found.gains[neuron] == pytest.approx(bits - reached[2], abs=2e-4)


def test_information_of_a_perfect_neuron_is_the_entropy_in_bits() -> None:
    """The library's normalised information reached 1.4427 by mixing bits and nats."""
    y = np.arange(400) % 2
    x = np.random.default_rng(0).normal(size=(400, 3))
    x[:, 1] = 50 * y + 0.1 * x[:, 1]
    details: Any = rank("gaussian", x, labels=y, select=1).details
    assert details["information"][0] == pytest.approx(details["label_entropy"], rel=1e-3)
    assert details["normalized"][0] == pytest.approx(1, rel=1e-3)
    assert details["label_entropy"] == pytest.approx(1, abs=0.05)


def test_a_copy_of_a_chosen_neuron_is_not_chosen_next() -> None:
    x, y = data()
    found = rank("gaussian", x, labels=y, select=3)
    assert len({1, 6} & set(found.order[:3].tolist())) == 1
    assert {2, 5} <= set(found.order[:3].tolist())
    selected: Any = found.details["selected"]
    assert found.order[:3].tolist() == selected.tolist()
    rest = found.scores[found.order[3:]]
    assert (np.diff(rest) <= 0).all()


def test_two_labels_share_one_choice() -> None:
    x, y = data()
    found = rank("gaussian", x, labels=y == 1, select=3)
    assert list(found.labels) == ["False", "True"]
    for below in found.labels.values():
        np.testing.assert_array_equal(below.order, found.order)
    assert not rank("gaussian", x, labels=y == 1, select=3, select_label=0).labels


def test_every_label_has_its_own_choice() -> None:
    x, y = data()
    found = rank("gaussian", x, labels=y, select=2, select_label=1)
    assert found.labels["1"].order[0] == 5 and found.labels["2"].order[0] == 2
    assert not rank("gaussian", x, labels=y, select=2, select_label=0).labels


def test_without_memory_for_all_only_those_best_alone_are_considered() -> None:
    x, y = data()
    whole = rank("gaussian", x, labels=y, select=2, select_label=2)
    small = rank("gaussian", x, labels=y, select=2, select_label=2, max_memory=0)
    assert small.details["pool"] == 2 and whole.details["pool"] == NEURONS
    assert sorted(small.order.tolist()) == list(range(NEURONS))
    assert small.order[0] == whole.order[0]
    assert (np.diff(small.scores[small.order[2:]]) <= 0).all()


def test_more_neurons_than_there_are_may_be_asked_for() -> None:
    x, y = data()
    x[:, 3] = 1
    found = rank("gaussian", x, labels=y, select=100)
    assert sorted(found.order.tolist()) == list(range(NEURONS)) and found.order[-1] == 3
    with pytest.raises(InvalidInputError, match="at least 2"):
        rank("gaussian", x, labels=np.zeros(ROWS, int))
