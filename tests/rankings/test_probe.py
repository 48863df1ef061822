"""The probe finds the minimum that it says, and its evaluation is honest."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from sklearn.linear_model import ElasticNet, LogisticRegression
from sklearn.metrics import confusion_matrix

from neurox_core.corpora.labelling import Labelling
from neurox_core.errors import CancelledError, InvalidInputError
from neurox_core.rankings import Ranking, rank
from neurox_core.rankings.design import MemoryDesign
from neurox_core.rankings.logistic import Penalty, Targets, fit
from neurox_core.rankings.probing import Steps
from neurox_core.rankings.sample import Sample
from neurox_core.rankings.selection import minimal
from neurox_core.rankings.source import ArraySource
from neurox_core.rankings.splits import TRAIN

QUICK: dict[str, Any] = {"retrain": False, "minimal": False, "control": False}


def task(rows: int = 900, neurons: int = 12, seed: int = 0) -> tuple[np.ndarray, Labelling]:
    """Three classes that neurons 3 (both ways) and 8 tell, in sentences, of 60 word types."""
    draw = np.random.default_rng(seed)
    values = draw.integers(0, 3, rows)
    x = draw.normal(size=(rows, neurons))
    x[:, 3] += 4.0 * (values == 0) - 4.0 * (values == 1)
    x[:, 8] += 3.0 * (values == 2)
    types = values * 20 + draw.integers(0, 20, rows)
    names = np.array(["a", "b", "c"])[values]
    return x, Labelling.of(names, name="tag", sentences=np.arange(rows) // 6, types=types)


X, LABELS = task()


@pytest.fixture(scope="module")
def found() -> Ranking:
    return rank("probe", X, labels=LABELS, layers=[("encoder.0.ffn_act", 8), ("encoder.1.x", 4)])


def memory(x: np.ndarray) -> MemoryDesign:
    return MemoryDesign({TRAIN: torch.from_numpy(x).float()}, {TRAIN: np.arange(len(x))})


def objective(
    w: np.ndarray, b: np.ndarray, x: np.ndarray, y: np.ndarray, l1: float, l2: float
) -> float:
    logits = x @ w.T + b
    logits -= logits.max(1, keepdims=True)
    logs = logits - np.log(np.exp(logits).sum(1, keepdims=True))
    loss = -logs[np.arange(len(y)), y].mean()
    return float(loss + l1 * np.abs(w).sum() + l2 * np.square(w).sum())


@pytest.mark.parametrize("l1, l2", [(0.0, 0.01), (0.02, 0.005)])
def test_logistic_regression_reaches_the_minimum_that_scikit_learn_finds(
    l1: float, l2: float
) -> None:
    z = (X - X.mean(0)) / X.std(0)
    y = LABELS.values.astype(np.int64)
    found = fit(memory(z), Targets(y, 3), Penalty(l1, l2), rounds=200)
    # Theirs is C * sum of losses + r |w|_1 + (1 - r) / 2 |w|^2.
    total = l1 + 2 * l2
    theirs = LogisticRegression(
        C=1 / (len(y) * total), l1_ratio=l1 / total, solver="saga", max_iter=5000, tol=1e-6
    ).fit(z, y)
    w, b = found.weights.double().numpy(), found.bias.double().numpy()
    best = objective(theirs.coef_, theirs.intercept_, z, y, l1, l2)
    assert objective(w, b, z, y, l1, l2) == pytest.approx(best, rel=2e-3)
    np.testing.assert_allclose(w, theirs.coef_, atol=0.03)
    if l1:
        np.testing.assert_array_equal(w[np.abs(theirs.coef_) < 1e-9], 0)
        assert (np.abs(theirs.coef_) < 1e-9).mean() > 0.5


def test_linear_regression_reaches_the_minimum_that_scikit_learn_finds() -> None:
    z = (X - X.mean(0)) / X.std(0)
    y = X @ np.arange(12) + np.random.default_rng(1).normal(size=len(X))
    y = (y - y.mean()) / y.std()
    found = fit(memory(z), Targets(y, 1), Penalty(0.05, 0.02), rounds=200)
    # Theirs is half the mean square + a r |w|_1 + a (1 - r) / 2 |w|^2.
    theirs = ElasticNet(alpha=0.09, l1_ratio=0.05 / 0.09).fit(z, y)
    np.testing.assert_allclose(found.weights.numpy()[0], theirs.coef_, atol=0.01)


def test_the_root_penalty_of_the_published_code_is_its_gradient() -> None:
    w = torch.randn(3, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    w.requires_grad_(True)
    (0.3 * w.pow(2).sum().sqrt()).backward()  # type: ignore[no-untyped-call]
    torch.testing.assert_close(Penalty(0, 0.3, "norm").gradient(w.detach()), w.grad)
    assert Penalty(0, 0.3, "norm").gradient(torch.zeros(2, 2)) == 0


def test_the_neurons_that_tell_the_labels_lead(found: Ranking) -> None:
    assert set(found.order[:2].tolist()) == {3, 8}
    assert {found.labels[name].order[0] for name in "ab"} == {3}
    assert found.labels["c"].order[0] == 8
    assert found.labels["a"].details["weight"][3] > 0 > found.labels["b"].details["weight"][3]  # type: ignore[index]
    assert (np.diff(found.scores[found.order]) <= 0).all()


def test_scores_are_of_sentences_that_were_not_trained_on(found: Ranking) -> None:
    details: Any = found.details
    assert details["rows"] == {"train": 630, "validation": 90, "test": 180}
    assert details["score"]["test"] > 0.9
    confusion = details["confusion"]
    assert confusion.sum() == 180
    assert np.trace(confusion) / 180 == pytest.approx(details["score"]["test"])
    for number, name in enumerate("abc"):
        expected = confusion[number, number] / confusion[number].sum()
        assert details["recall"][name] == pytest.approx(expected)
    assert details["majority"]["test"] == pytest.approx(
        confusion.sum(1)["abc".index(details["majority"]["label"])] / 180
    )


def test_noise_is_not_told_above_the_majority() -> None:
    """The library's tutorial trained and tested on the same 71 tokens: accuracy 1.0."""
    x = np.random.default_rng(0).normal(size=(300, 400))
    labels = np.random.default_rng(1).choice(["a", "b"], 300)
    details: Any = rank("probe", x, labels=labels, **{**QUICK, "control": True}).details
    assert details["score"]["test"] < 0.7
    # No word types are known: every row has a random answer, which cannot be told either.
    assert details["control"]["test"] < 0.7 and abs(details["selectivity"]) < 0.3
    off: Any = rank("probe", x, labels=labels, **QUICK).details
    assert off["control"] is None and off["selectivity"] is None


def test_the_control_task_gives_each_word_type_one_answer(found: Ranking) -> None:
    details: Any = found.details
    # 60 types at random: what the neurons tell of the class says little of the answer.
    assert details["control"]["test"] < 0.65
    assert details["selectivity"] == pytest.approx(
        details["score"]["test"] - details["control"]["test"]
    )


def test_few_neurons_are_enough_and_the_bottom_ones_tell_nothing(found: Ranking) -> None:
    details: Any = found.details
    assert [entry["neurons"] for entry in details["keep"]] == [1, 2, 2]
    for entry in details["keep"]:
        for way in ("masked", "retrained"):
            assert entry[way]["top"] > entry[way]["bottom"] + 0.15
    assert details["keep"][1]["retrained"]["top"] > 0.9
    assert details["minimal"]["neurons"] == 2
    curve = details["curve"]
    assert curve["neurons"] == [1, 2, 5, 10, 12]
    for kind in ("top", "random", "bottom"):
        assert curve[kind][-1] == pytest.approx(details["score"]["test"])
    assert curve["top"][1] > 0.9 > curve["bottom"][3]
    layers = {"encoder.0.ffn_act": int(found.order[0] == 3), "encoder.1.x": 0}
    layers["encoder.1.x"] = 1 - layers["encoder.0.ffn_act"]
    assert details["layers"] == {"top": 1, "neurons": layers}


def test_the_path_and_the_choice_are_shown(found: Ranking) -> None:
    details: Any = found.details
    path, chosen = details["penalties"], details["chosen"]
    best = min(path, key=lambda entry: entry["loss"])
    first = next(e for e in path if e["loss"] <= best["loss"] + best["error"])
    assert (chosen["l1"], chosen["l2"]) == (first["l1"], first["l2"])
    one: Any = rank("probe", X, labels=LABELS, penalty="given", l1=0.5, **QUICK).details
    assert one["penalties"][0]["nonzero"] == 0 and len(one["penalties"]) == 1


def test_numbers_are_probed_by_regression_without_classes() -> None:
    draw = np.random.default_rng(3)
    target = draw.normal(size=400) * 7 + 30
    x = draw.normal(size=(400, 6))
    x[:, 4] -= 0.2 * target
    found = rank("probe", x, labels=target)
    details: Any = found.details
    assert found.order[0] == 4 and not found.labels
    assert details["metric"] == "r2" and 0.6 < details["score"]["test"] < 1
    assert "confusion" not in details
    assert details["minimal"]["neurons"] == 1
    with pytest.raises(InvalidInputError, match=r"label is 2 in every sentence"):
        rank("probe", x, labels=np.full(400, 2.0))


def test_rows_may_be_streamed(found: Ranking) -> None:
    streamed = rank("probe", X, labels=LABELS, max_memory=1e-6, penalty="given", **QUICK)
    assert set(streamed.order[:2].tolist()) == {3, 8}
    details: Any = streamed.details
    assert details["score"]["test"] == pytest.approx(found.details["score"]["test"], abs=0.03)  # type: ignore[index]
    assert details["keep"][2]["masked"]["top"] > 0.9


def test_bad_options_are_told() -> None:
    for bad in ("ten", "0,5", "101"):
        with pytest.raises(InvalidInputError, match="percentages"):
            rank("probe", X, labels=LABELS, keep=bad)
    with pytest.raises(InvalidInputError, match="very few of 3 sentences"):
        rank("probe", X[:3], labels=["a", "b", "b"])


def test_neurons_that_never_change_are_refused() -> None:
    for x in (np.ones((900, 4)), np.zeros((900, 4), np.float16)):
        with pytest.raises(InvalidInputError, match="nothing to train a probe on"):
            rank("probe", x, labels=LABELS, **QUICK)


@pytest.mark.parametrize(
    ("needed", "found", "tried"),
    [
        (1, 1, [1]), (37, 38, [1, 2, 5, 10, 20, 35, 38, 42, 50]), (None, None, None),
        (300, 300, None), (6, 6, [1, 2, 5, 6, 7, 10]),
    ],
)  # fmt: skip
def test_how_few_neurons_are_enough_is_narrowed_down(
    monkeypatch: pytest.MonkeyPatch, needed: int | None, found: int | None, tried: list[int] | None
) -> None:
    class Whole:
        def score(self, part: int) -> float:
            return 0.8

    class Part:
        def __init__(self, count: int) -> None:
            self.count = count

        def score(self, part: int) -> float:
            return 0.77 if needed is not None and self.count >= needed else 0.5

    monkeypatch.setattr(
        "neurox_core.rankings.selection.retrained", lambda probe, some, steps, seed: Part(len(some))
    )
    steps: Any = Steps(Sample(ArraySource.of(X)), 20)
    result: Any = minimal(Whole(), np.arange(300), steps, 0)  # type: ignore[arg-type]
    assert result["neurons"] == found and result["target"] == pytest.approx(0.76)
    counts = [entry["neurons"] for entry in result["tried"]]
    assert counts == sorted(counts) and (tried is None or counts == tried)


def test_the_probe_stops_when_it_is_cancelled() -> None:
    asked = iter([False] * 5)
    with pytest.raises(CancelledError):
        rank("probe", X, labels=LABELS, cancelled=lambda: next(asked, True))


def test_progress_goes_up_to_all() -> None:
    seen: list[float] = []

    def told(done: int, total: int, message: str, partial: object) -> None:
        if message == "training":
            seen.append(done / total)

    rank("probe", X, labels=LABELS, on_progress=told, penalty="given", **QUICK)
    assert seen == sorted(seen) and seen[0] == 0 and 0.1 < seen[-1] <= 1


def test_confusion_agrees_with_scikit_learn() -> None:
    from neurox_core.rankings.probing import Probe, describe_classes
    from neurox_core.rankings.splits import TEST, VALIDATION

    x, labels = task(200, 9, 2)
    z = torch.from_numpy(x).float()
    rows = {TRAIN: np.arange(100), VALIDATION: np.arange(100, 110), TEST: np.arange(110, 200)}
    design = MemoryDesign({part: z[some] for part, some in rows.items()}, rows)
    targets = Targets(labels.values.astype(np.int64), 3)
    linear = fit(design, targets, Penalty())
    shown: Any = describe_classes(Probe(design, targets, linear, Penalty(), []), labels)
    said = linear.logits(z[rows[TEST]]).argmax(1).numpy()
    np.testing.assert_array_equal(shown["confusion"], confusion_matrix(labels.values[110:], said))


def test_a_streamed_pass_keeps_to_its_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read, picked and scaled is there at once, and the part before it."""
    heights: list[int] = []
    read = ArraySource.rows

    def rows(source: ArraySource, first: int, last: int) -> np.ndarray:
        heights.append(last - first)
        return read(source, first, last)

    monkeypatch.setattr(ArraySource, "rows", rows)
    x, labels = np.tile(X, (5, 1)), Labelling.of(np.tile(LABELS.values, 5), sentences=range(4500))
    memory = 4 * x.size * 0.6
    rank("probe", x, labels=labels, max_memory=memory / 1e9, penalty="given", **QUICK)
    assert max(heights) == int(memory / (16 * x.shape[1])) < len(x) / 4
