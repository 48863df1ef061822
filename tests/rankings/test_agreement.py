"""Agreement of rankings against scipy and small cases worked out by hand."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from scipy import stats

from neurox_core.errors import InvalidInputError
from neurox_core.rankings import Ranking, rank
from neurox_core.rankings.agreement import agreement, borda, overlap_curve


def made(order: list[int], scores: list[float] | None = None, **more: Any) -> Ranking:
    falling = np.empty(len(order))
    falling[order] = np.arange(len(order))[::-1]
    return Ranking(
        more.pop("name", "made"), np.array(order),
        falling if scores is None else np.array(scores, np.float64), None, **more,
    )  # fmt: skip


def test_a_small_case_worked_out_by_hand() -> None:
    a, b, c = made([0, 1, 2, 3, 4]), made([1, 0, 4, 3, 2]), made([4, 3, 2, 1, 0])
    found = agreement({"a": a, "b": b, "c": c}, k=2)
    assert found.names == ("a", "b", "c") and found.chance == 2 / 5
    assert found.overlap.tolist() == [[1, 1, 0], [1, 1, 0], [0, 0, 1]]
    assert found.jaccard.tolist() == found.overlap.tolist()
    assert found.average_overlap.tolist() == [0.5, 0.5, 0]
    # Votes 5, 4, 3, 2, 1 of each: 0 gets 5+4+1, 1 gets 4+5+2, 2 gets 3+1+3, 3 gets 2+2+4, 4 gets
    # 1+3+5.
    assert found.consensus.tolist() == [1, 0, 4, 3, 2]
    assert found.neuron_vote.tolist() == [1, 1, 0]
    three = agreement([a, b], k=3)
    assert three.overlap[0, 1] == 2 / 3 and three.jaccard[0, 1] == 2 / 4
    # Of the pairs of a, (0, 1), (2, 3), (2, 4) and (3, 4) stand the other way in b.
    assert three.kendall[0, 1] == pytest.approx((6 - 4) / 10)
    assert three.spearman[0, 1] == pytest.approx(1 - 6 * (1 + 1 + 4 + 0 + 4) / (5 * 24))


def test_rank_correlations_are_those_of_scipy_with_ties_and_missing_scores() -> None:
    draw = np.random.default_rng(0)
    x = draw.normal(size=(300, 60)) * draw.gamma(2, size=60)
    x[:, 40:] = np.sign(x[:, 40:])
    x[:, 7] = 3
    found = agreement([rank(name, x) for name in ("variance", "range", "kurtosis")])
    assert found.names == ("variance", "range", "kurtosis") and found.k == 6
    scores = [
        np.nan_to_num(rank(name, x).scores, nan=-1e9) for name in ("variance", "range", "kurtosis")
    ]
    for i, first in enumerate(scores):
        for j, second in enumerate(scores):
            assert found.spearman[i, j] == pytest.approx(stats.spearmanr(first, second).statistic)
            assert found.kendall[i, j] == pytest.approx(stats.kendalltau(first, second).statistic)


def test_neurons_that_no_ranking_tells_apart_are_no_agreement() -> None:
    # Both leave 90 of 100 neurons at 0, and find other ones: the tails say nothing.
    draw = np.random.default_rng(1)
    rankings = []
    for part in (slice(0, 10), slice(50, 60)):
        scores = np.zeros(100)
        scores[part] = draw.uniform(1, 2, 10)
        rankings.append(made(np.lexsort((np.arange(100), -scores)).tolist(), scores.tolist()))
    found = agreement(rankings, k=10)
    assert found.overlap[0, 1] == 0 and found.spearman[0, 1] < 0


def test_an_order_that_is_not_that_of_the_scores_is_taken_as_it_is() -> None:
    first = made([2, 0, 1], [0.0, 0.0, 0.0])
    second = made([2, 0, 1], [5.0, 1.0, 9.0])
    assert agreement([first, made([2, 0, 1])]).names == ("made", "made (2)")
    assert agreement([second, made([1, 2, 0], [5.0, 1.0, 9.0])]).spearman[0, 1] == -0.5


def test_only_the_first_hundred_get_votes() -> None:
    order = np.arange(500)
    found = borda([order, order[::-1]], 100)
    # 0 and 499 have 100 votes each, 250 none.
    assert found[:4].tolist() == [0, 499, 1, 498]
    assert found[200] == 100 and set(found[200:].tolist()) == set(range(100, 400))
    assert agreement([made(order.tolist())], k=200).neuron_vote.tolist() == [1.0]


def test_overlap_at_every_k_is_that_of_sets() -> None:
    draw = np.random.default_rng(2)
    a, b = made(draw.permutation(30).tolist()), made(draw.permutation(30).tolist())
    expected = [len({*a.order[:k]} & {*b.order[:k]}) / k for k in range(1, 31)]
    assert overlap_curve(a, b).tolist() == expected


def test_the_result_is_json() -> None:
    x = np.random.default_rng(3).normal(size=(50, 20))
    found = agreement([rank("variance", x)])
    again = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert again["average_overlap"] == [None] and again["overlap"] == [[1.0]]
    assert len(again["consensus"]) == again["k"] == 2


def test_bad_calls_are_told_what_is_wrong() -> None:
    a, b = made([0, 1, 2]), made([0, 1])
    with pytest.raises(InvalidInputError, match="other neurons"):
        agreement([a, b])
    x = np.random.default_rng(3).normal(size=(50, 4))
    named = [rank("variance", x, layers=[(f"encoder.{i}.resid_post", 4)]) for i in (0, 1)]
    with pytest.raises(InvalidInputError, match="same model and layers"):
        agreement(named)
    for bad in (0, 4, True, 1.5):
        with pytest.raises(InvalidInputError, match="from 1 to 3"):
            agreement([a], k=bad)  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match="at least one"):
        agreement([])
