"""What a ranking tells while it is made: true as far as it goes, and in the end the ranking."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from neurox_core.engine.ranking import SHOWN, preview
from neurox_core.errors import CancelledError
from neurox_core.rankings import Ranking, rank
from neurox_core.rankings import sample as sample_module
from neurox_core.rankings.analysis import Scored
from neurox_core.rankings.correlation import correlate
from neurox_core.rankings.ranking import ordered
from neurox_core.rankings.source import ArraySource
from neurox_core.rankings.stability import Stability, stability

DRAW = np.random.default_rng(4)
X = DRAW.normal(size=(600, 70)).round(2)
Y = DRAW.integers(0, 3, 600)
X[:, 5] += 3 * (Y == 1)
NAMES = np.array(["a", "b", "c"])[Y]
OTHERS = {
    "near": X[:, :20] + DRAW.normal(size=(600, 20)),
    "far": DRAW.normal(size=(600, 12)),
}


def told(name: str, monkeypatch: pytest.MonkeyPatch, **given: Any) -> tuple[list[Any], Ranking]:
    """Preliminary results of a ranking, and the ranking."""
    monkeypatch.setattr(sample_module, "PREVIEW_EVERY", 0.0)
    found: list[Mapping[str, Any]] = []

    def report(done: int, total: int, message: str, partial: Mapping[str, Any] | None) -> None:
        if partial is not None:
            found.append(partial)

    return found, rank(name, X, on_progress=report, **given)


@pytest.mark.parametrize("name", ["average_precision", "iou", "mutual_information"])
def test_blocks_of_neurons_have_their_final_scores(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, made = told(name, monkeypatch, labels=NAMES)
    known = [np.isfinite(p["scored"].scores) for p in found]
    assert [k.sum() for k in known] == [32, 64, 70]
    assert [p["note"] for p in found][0] == "32 of 70 neurons"
    for partial, some in zip(found, known, strict=True):
        np.testing.assert_allclose(partial["scored"].scores[some], made.scores[some])
        for label, below in partial["scored"].labels.items():
            np.testing.assert_allclose(below.scores[some], made.labels[label].scores[some])


def test_a_probe_tells_each_penalty_and_then_the_one_that_was_chosen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found, made = told("probe", monkeypatch, labels=NAMES, retrain=False, minimal=False)
    assert [p["note"] for p in found[:2]] == ["penalty 1 of 6", "penalty 2 of 6"]
    assert len(found) == 7
    last = found[-1]["scored"]
    assert last.order.tolist() == made.order.tolist()
    assert set(last.labels) == {"a", "b", "c"}
    np.testing.assert_array_equal(last.labels["b"].scores, made.labels["b"].scores)


def test_gaussian_tells_the_choice_as_it_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    found, made = told("gaussian", monkeypatch, labels=NAMES, select=4, select_label=2)
    whole = [p for p in found if p["note"].endswith("for label")]
    sizes = [int(np.isfinite(p["scored"].scores).sum()) for p in whole]
    assert sizes == sorted(sizes) and max(sizes) == 3
    for partial, size in zip(whole, sizes, strict=True):
        assert partial["scored"].order[:size].tolist() == made.order[:size].tolist()
    assert set(found[-1]["scored"].labels) == {"a", "b"}  # That of c is being chosen.


def test_correlations_so_far_are_those_of_the_rows_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("neurox_core.rankings.correlation.batch_rows", lambda width: 100)
    found, made = told("max_correlation", monkeypatch, others=OTHERS)
    assert [p["note"] for p in found] == [f"{n} of 600 words" for n in (100, 200, 400)]
    for partial, rows in zip(found, (100, 200, 400), strict=True):
        both = np.corrcoef(np.hstack([X, OTHERS["near"], OTHERS["far"]])[:rows].T)
        np.testing.assert_allclose(partial["scored"].scores, np.abs(both[:70, 70:]).max(1), 1e-6)
    both = np.corrcoef(np.hstack([X, OTHERS["near"], OTHERS["far"]]).T)
    np.testing.assert_allclose(made.scores, np.abs(both[:70, 70:]).max(1), 1e-6)


def test_watching_changes_no_correlation() -> None:
    x = DRAW.normal(size=(5000, 9)).astype(np.float32) * 40 + 1000
    x[:, 4] = 7
    pair = [ArraySource.of(x), ArraySource.of(x[:, ::-1] + DRAW.normal(size=(5000, 9)))]
    plain = correlate(pair, [(0, 1)])
    seen = []
    watched = correlate(pair, [(0, 1)], watch=lambda done, rows, best: seen.append(best(1)))
    np.testing.assert_array_equal(plain.matrices[0, 1], watched.matrices[0, 1])
    for one in seen:
        assert np.isnan(one[4]) and np.isfinite(np.delete(one, 4)).all()


@pytest.mark.parametrize("name", ["linear_regression", "svcca"])
def test_other_models_come_one_by_one(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found, _ = told(name, monkeypatch, others=OTHERS)
    alone = rank(name, X, others={"near": OTHERS["near"]})
    assert [p["note"] for p in found] == ["1 of 2 other models"]
    np.testing.assert_allclose(found[0]["scored"].scores, alone.scores, atol=1e-8)


def test_stability_tells_the_resamples_so_far() -> None:
    found: list[Stability] = []

    def report(done: int, total: int, message: str, partial: Mapping[str, Any] | None) -> None:
        if partial is not None:
            found.append(partial["stability"])

    given: dict[str, Any] = {"labels": NAMES, "k": 5, "resamples": 6}
    whole = stability("mean_selectivity", X, on_progress=report, **given)
    assert [one.resamples for one in found] == [2, 3, 4, 5]
    assert found[-1].overlaps.tolist() == whole.overlaps[:5].tolist()
    assert set(found[0].labels) == {"a", "b", "c"}


def test_nobody_listens_nothing_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample_module, "PREVIEW_EVERY", 0.0)

    def never(*given: object) -> Scored:
        raise AssertionError("a preliminary result was made for nobody")

    sample_module.Sample(ArraySource.of(X)).preview(1, 2, "", never, "")
    calls = iter([False, False, True])
    with pytest.raises(CancelledError):
        rank("iou", X, labels=NAMES, cancelled=lambda: next(calls))


def test_first_neurons_for_a_screen() -> None:
    scores = np.full(1000, np.nan)
    scores[:300] = DRAW.normal(size=300)
    below = Scored(np.r_[np.nan, 2.0, 1.0], np.array([2, 1, 0]))
    found = preview(Scored(scores, labels={"a": below}), "half")
    assert found["order"] == ordered(scores)[:SHOWN].tolist() and found["known"] == 300
    assert found["scores"] == sorted(found["scores"], reverse=True)
    assert found["labels"] == {"a": {"order": [2, 1], "scores": [1.0, 2.0]}}
