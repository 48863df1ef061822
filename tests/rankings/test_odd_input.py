"""What people pass: lists, half precision, missing labels, several labels, wrong shapes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from neurox_core.corpora.labelling import Labelling
from neurox_core.errors import InvalidInputError
from neurox_core.rankings import Ranking, analysis, rank, rankings

ALL = [
    "anova_f", "average_precision", "class_selectivity", "entropy", "gaussian", "iou", "kurtosis",
    "linear_regression", "max_correlation", "mean_distance", "mean_selectivity", "min_correlation",
    "mutual_information", "position_variance", "probe", "probeless", "range", "redundancy",
    "sparsity", "svcca", "variance", "word_variance",
]  # fmt: skip
BY_LABEL = [name for name in ALL if {"labels", "groups"} & analysis(name).needs]
FEW: dict[str, dict[str, Any]] = {
    "probe": {"penalty": "given", "retrain": False, "minimal": False},
    "gaussian": {"select": 3, "select_label": 2},
}
DRAW = np.random.default_rng(0)
CLASS = DRAW.integers(0, 3, 240)
NAMES = np.array(["a", "b", "c"])[CLASS]
X = (DRAW.normal(size=(240, 8)) + 3.0 * np.eye(3, 8)[CLASS]).astype(np.float16)
Y = (X.astype(np.float64) @ DRAW.normal(size=(8, 5))).astype(np.float16)


def made(name: str, x: Any = X, labels: Any = NAMES, others: Any = Y) -> Ranking:
    return rank(name, x, labels=labels, others=others, **FEW.get(name, {}))


def test_the_registered_names_are_these() -> None:
    assert [name for name in rankings() if name in ALL] == ALL


@pytest.mark.parametrize("name", ALL)
def test_lists_half_precision_and_column_order_are_the_same_numbers(name: str) -> None:
    wanted = made(name, X.astype(np.float64), others=Y.astype(np.float64))
    for x, labels, others in (
        (X, NAMES.tolist(), [Y]),
        (X.tolist(), NAMES.tolist(), Y.tolist()),
        (np.asfortranarray(X), NAMES.astype(object), {"model 1": np.asfortranarray(Y)}),
    ):
        found = made(name, x, labels, others)
        np.testing.assert_array_equal(found.order, wanted.order)
        np.testing.assert_allclose(found.scores, wanted.scores, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("name", BY_LABEL)
@pytest.mark.parametrize("missing", [None, "", float("nan")])
def test_rows_without_a_label_do_not_count(name: str, missing: object) -> None:
    some = np.arange(240) % 4 != 0
    given = [label if keep else missing for label, keep in zip(NAMES.tolist(), some, strict=True)]
    found, wanted = made(name, labels=given), made(name, X[some], NAMES[some])
    np.testing.assert_array_equal(found.order, wanted.order)
    np.testing.assert_array_equal(found.scores, wanted.scores)
    assert list(found.labels) == list(wanted.labels)


def test_numbers_with_gaps_stay_numbers() -> None:
    target = Labelling.of([0.5, None, 2, float("nan")])
    assert target.numeric and target.applies.tolist() == [True, False, True, False]
    classes = Labelling.of([10, None, 2, 10])
    assert classes.classes == ("2", "10") and classes.values.tolist() == [1, -1, 0, 1]
    assert Labelling.of([True, None, False]).classes == ("False", "True")


@pytest.mark.parametrize("name", BY_LABEL)
def test_several_labels_of_a_row_are_refused_with_the_way_out(name: str) -> None:
    for several in ([{"a", "b"}] * 240, [["a"], ["a", "b"]] * 120, [("a", "b")] * 240):
        with pytest.raises(InvalidInputError, match=r"Row 0 has several labels .*one for each row"):
            made(name, labels=several)
    with pytest.raises(InvalidInputError, match="label_words makes them from a name"):
        made(name, labels="upos")
    with pytest.raises(InvalidInputError, match=r"1 class here \(a\)"):
        made(name, labels=["a"] * 240)


@pytest.mark.parametrize("name", ALL)
def test_what_are_no_activations_is_told(name: str) -> None:
    for x in ([[1.0, 2.0], [1.0]], [["a", "b"]] * 240, np.zeros((0, 3)), X[:, 0], X + 0j):
        with pytest.raises(InvalidInputError, match="array of numbers"):
            made(name, x)
    with pytest.raises(InvalidInputError, match=r"Neuron 2 has values that are not finite"):
        made(name, np.where(np.eye(240, 8)[:, ::-1] * np.arange(8) == 2, np.inf, X))


@pytest.mark.parametrize("name", ALL)
def test_very_large_values_are_refused_by_all_alike(name: str) -> None:
    big = X.astype(np.float64)
    big[7, 5] *= 2.0**400
    with pytest.raises(InvalidInputError, match=r"Neuron 5 has values beyond 1e\+70; divide"):
        made(name, big)
    if "others" in analysis(name).needs:
        with pytest.raises(InvalidInputError, match="Neuron 5 has values beyond"):
            made(name, others=big)


@pytest.mark.parametrize("name", ALL)
def test_what_would_be_read_wrongly_is_refused(name: str) -> None:
    with pytest.raises(InvalidInputError, match="masked in places"):
        made(name, np.ma.masked_array(X, mask=X > 2))
    with pytest.raises(InvalidInputError, match="an opened store, not 'acts'; open_store opens"):
        made(name, "acts")
    for wrong, said in (({"words": "middle"}, "words is one of"), ({"standardize": "no"}, "True")):
        with pytest.raises(InvalidInputError, match=said):
            rank(name, X, labels=NAMES, others=Y, **wrong)  # type: ignore[arg-type]
    if "others" in analysis(name).needs:
        with pytest.raises(InvalidInputError, match="open_store opens"):
            made(name, others=["lstm-b"])


@pytest.mark.parametrize("labels", [set(NAMES), {"a": 1}, 3, len])
def test_labels_that_have_no_order_are_refused(labels: object) -> None:
    with pytest.raises(InvalidInputError, match="one value for each row, in the order of the rows"):
        made("probeless", labels=labels)


def test_truth_values_are_numbers() -> None:
    on = X > 1
    np.testing.assert_array_equal(made("probeless", on).order, made("probeless", on * 1.0).order)


@pytest.mark.parametrize("seed", [-1, "one", 0.5, None])
def test_a_seed_is_a_whole_number(seed: Any) -> None:
    for name in ("variance", "probe"):
        with pytest.raises(InvalidInputError, match="seed is a whole number"):
            rank(name, X, labels=NAMES, seed=seed)
