"""The order by weight mass passes through the published sets, without losing neurons."""

from __future__ import annotations

import numpy as np
import pytest

from neurox_core.corpora.labelling import Labelling
from neurox_core.errors import InvalidInputError
from neurox_core.rankings.splits import TEST, TRAIN, VALIDATION, split
from neurox_core.rankings.weights import levels, ordering, salient


def published(weights: np.ndarray, share: float) -> set[int]:
    """The published set, in its own words: shortest prefix with that share of each label's mass."""
    found: set[int] = set()
    for row in np.abs(weights):
        order = np.argsort(-row, kind="stable")
        mass, total = 0.0, row.sum()
        for count, neuron in enumerate(order):
            if count > 0 and mass >= share * total:
                break
            found.add(int(neuron))
            mass += row[neuron]
    return found


@pytest.mark.parametrize("seed", range(3))
def test_sets_are_the_published_ones_at_every_cutoff(seed: int) -> None:
    draw = np.random.default_rng(seed)
    weights = draw.laplace(size=(6, 200)).astype(np.float32).astype(np.float64)
    weights[draw.random(weights.shape) < 0.5 * (seed > 0)] = 0  # as after an L1 penalty
    order, level = ordering(weights)
    for share in np.arange(0, 1, 0.01):  # at 1 rounding decides on zeros
        expected = published(weights, share)
        assert set(salient(weights, share).tolist()) == expected
        assert set(order[: len(expected)].tolist()) == expected
    assert sorted(order.tolist()) == list(range(200))
    assert (np.diff(level[order]) >= 0).all()


def test_order_within_a_step_is_by_weight_and_zeros_come_last() -> None:
    """The published list of these weights is [0, 2]: neurons 1 and 3 are lost."""
    order, level = ordering(np.array([[5.0, 0, 1, 0]]))
    assert order.tolist() == [0, 2, 1, 3]
    np.testing.assert_allclose(level, [0, 1, 5 / 6, 1])
    order, _ = ordering(np.array([[1.0, 4.0, 3.0, 2.0]]))
    assert order.tolist() == [1, 2, 3, 0]


def test_the_level_is_the_least_of_the_labels() -> None:
    weights = np.array([[4.0, 3, 2, 1], [0, 1, 1, 8]])
    found = levels(weights)
    np.testing.assert_allclose(found, [[0, 0.4, 0.7, 0.9], [1, 0.8, 0.9, 0]])
    order, level = ordering(weights)
    np.testing.assert_allclose(level, [0, 0.4, 0.7, 0])
    assert order.tolist() == [3, 0, 1, 2]  # 3 has 80 % of a label's mass, 0 has 40 %


def test_labels_without_weight_have_no_say() -> None:
    order, level = ordering(np.array([[0.0, 0, 0], [0, 2, 1]]))
    assert order.tolist() == [1, 2, 0]
    assert level.tolist() == [1, 0, 2 / 3]


def test_parts_hold_whole_sentences_and_every_class_is_trained_on() -> None:
    draw = np.random.default_rng(0)
    sentences = np.repeat(np.arange(60), draw.integers(1, 9, 60))
    values = np.where(np.arange(len(sentences)) == 7, "rare", "common")
    labelling = Labelling.of(values, sentences=sentences)
    for seed in range(20):
        parts = split(labelling, np.random.default_rng(seed))
        of = {s: set(parts[sentences == s].tolist()) for s in range(60)}
        assert all(len(found) == 1 for found in of.values())
        sizes = [sum(found == {part} for found in of.values())
                 for part in (TRAIN, VALIDATION, TEST)]  # fmt: skip
        assert sizes in ([42, 6, 12], [43, 5, 12], [43, 6, 11])
        assert parts[7] == TRAIN


def test_too_few_sentences_are_refused() -> None:
    labelling = Labelling.of(["a", "b", "a"], sentences=[0, 0, 1])
    with pytest.raises(InvalidInputError, match=r"2 different sentence.*at least 3"):
        split(labelling, np.random.default_rng(0))
    both = Labelling.of(["a", "b", "a", "b"], sentences=[0, 0, 1, 1])
    assert set(split(both, np.random.default_rng(0), validation=0).tolist()) == {TRAIN, TEST}
    with pytest.raises(InvalidInputError, match="very few of 3 sentences"):
        split(Labelling.of(["a", "b", "c"]), np.random.default_rng(0))
