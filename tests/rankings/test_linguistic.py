"""Rankings by labels equal independent computations of their formulas."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from sklearn.feature_selection import f_classif
from sklearn.metrics import average_precision_score, jaccard_score, mutual_info_score, roc_auc_score

from neurox_core.corpora.labelling import Labelling
from neurox_core.errors import InvalidInputError
from neurox_core.rankings import rank
from neurox_core.rankings.fingerprint import fingerprint
from neurox_core.rankings.ranked import Ranked
from neurox_core.rankings.two_classes import TwoClasses

ROWS, NEURONS = 300, 9
DRAW = np.random.default_rng(0)
LABELS = DRAW.choice(["ADJ", "NOUN", "VERB", "X"], ROWS, p=[0.2, 0.5, 0.25, 0.05])
NAMES = sorted(set(LABELS.tolist()))
X = DRAW.normal(size=(ROWS, NEURONS)) * np.geomspace(0.1, 100, NEURONS)
X[:, 2] += 20 * (LABELS == "VERB")
X[:, 3] -= 9 * (LABELS == "X")
X[:, 4] = np.maximum(X[:, 4], 0)  # many ties
X[:, 5] = np.round(X[:, 5] / 5)
IS = {name: LABELS == name for name in NAMES}


def test_probeless_sums_distances_between_class_means() -> None:
    means = {name: X[rows].mean(0) for name, rows in IS.items()}
    found = rank("probeless", X, labels=LABELS, standardize=False)
    pairs = sum(np.abs(means[a] - means[b]) for a, b in combinations(NAMES, 2))
    np.testing.assert_allclose(found.scores, pairs, rtol=1e-10)
    for name in NAMES:
        own = sum(np.abs(means[name] - means[other]) for other in NAMES)
        np.testing.assert_allclose(found.labels[name].scores, own, rtol=1e-10)


def test_probeless_standardises_unless_told_not_to() -> None:
    """An outlier unit with a large scale must not lead every list, as unit 308 of BERT did."""
    x = np.random.default_rng(1).normal(size=(ROWS, 5))
    x[:, 2] += LABELS == "VERB"
    x[:, 4] *= 1000
    assert rank("probeless", x, labels=LABELS).labels["VERB"].order[0] == 2
    assert rank("probeless", x, labels=LABELS, standardize=False).order[0] == 4


def test_mean_selectivity_is_the_difference_of_means_over_the_range() -> None:
    found = rank("mean_selectivity", X, labels=LABELS)
    for name, rows in IS.items():
        difference = X[rows].mean(0) - X[~rows].mean(0)
        np.testing.assert_allclose(found.labels[name].scores, abs(difference) / np.ptp(X, 0))
        direction = found.labels[name].details["direction"]
        np.testing.assert_array_equal(direction, np.where(difference < 0, -1, 1))
    best = np.max([found.labels[name].scores for name in NAMES], axis=0)
    np.testing.assert_allclose(found.scores, best)


@pytest.mark.parametrize("negative", ["absolute", "rectify", "shift"])
def test_class_selectivity_is_that_of_morcos(negative: str) -> None:
    activity = {"absolute": np.abs(X), "rectify": np.maximum(X, 0), "shift": X - X.min(0)}[negative]
    means = np.array([activity[IS[name]].mean(0) for name in NAMES])
    top = means.max(0)
    rest = (means.sum(0) - top) / (len(NAMES) - 1)
    found = rank("class_selectivity", X, labels=LABELS, negative=negative)
    np.testing.assert_allclose(found.scores, (top - rest) / (top + rest), rtol=1e-10)
    assert [NAMES[i] for i in found.details["best_label"]] == [  # type: ignore[attr-defined]
        NAMES[i] for i in means.argmax(0)
    ]


def test_class_selectivity_of_a_neuron_without_activity_is_zero() -> None:
    x = np.stack([-np.arange(1.0, 7), [1.0, 1, 1, 0, 0, 0]], axis=1)
    found = rank("class_selectivity", x, labels=[1, 1, 1, 0, 0, 0], negative="rectify")
    assert found.scores.tolist() == [0, 1]


def test_anova_equals_scikit_learn() -> None:
    found = rank("anova_f", X, labels=LABELS)
    np.testing.assert_allclose(found.scores, f_classif(X, LABELS)[0], rtol=1e-9)
    for name, rows in IS.items():
        np.testing.assert_allclose(found.labels[name].scores, f_classif(X, rows)[0], rtol=1e-9)


def test_anova_of_a_perfect_neuron_is_infinite_and_needs_rows() -> None:
    x = np.stack([[0.0, 0, 1, 1, 1], [0.3, 0.2, 0.1, 0.5, 0.9]], axis=1)
    found = rank("anova_f", x, labels=["a", "a", "b", "b", "b"])
    assert found.scores[0] == np.inf and found.order.tolist() == [0, 1]
    with pytest.raises(InvalidInputError, match="more rows than labels"):
        rank("anova_f", x[:2], labels=["a", "b"])


def test_average_precision_equals_scikit_learn_in_the_better_direction() -> None:
    found = rank("average_precision", X, labels=LABELS)
    gains = []
    for name, rows in IS.items():
        both = [[average_precision_score(rows, s * c) for c in X.T] for s in (1, -1)]
        np.testing.assert_allclose(found.labels[name].scores, np.max(both, 0), rtol=1e-12)
        direction = found.labels[name].details["direction"]
        np.testing.assert_array_equal(direction, np.where(np.argmax(both, 0), -1, 1))
        gains.append((np.max(both, 0) - rows.mean()) / (1 - rows.mean()))
    np.testing.assert_allclose(found.scores, np.max(gains, 0), rtol=1e-10)
    np.testing.assert_array_equal(found.details["best_label"], np.argmax(gains, 0))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_average_precision_of_two_classes_with_and_without_ties(dtype: type[np.floating]) -> None:
    draw = np.random.default_rng(3)
    x = draw.normal(size=(501, 40)).astype(dtype)
    x[:, ::3] = x[:, ::3].round(1)
    truth = draw.random(501) < 0.2
    x[truth, 4] += 2
    x[:, 7] = x[:, 4]
    found = rank("average_precision", x, labels=truth)
    for name, rows in (("True", truth), ("False", ~truth)):
        both = [[average_precision_score(rows, s * c) for c in x.T] for s in (1, -1)]
        np.testing.assert_allclose(found.labels[name].scores, np.max(both, 0), rtol=1e-11)
    assert found.order[:2].tolist() == [4, 7] and found.scores[4] == found.scores[7]


def test_areas_equal_scikit_learn() -> None:
    areas = Ranked.of(X).grouped(Labelling.of(LABELS)).areas()
    for number, name in enumerate(NAMES):
        expected = [roc_auc_score(IS[name], column) for column in X.T]
        np.testing.assert_allclose(areas[:, number], expected, rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_ranks_are_those_of_the_values(dtype: type) -> None:
    x = np.array([[3.0, -0.0, 1], [-2, 0.0, 1.25], [3, -5, -1e-7], [0.5, 7, -1]]).astype(dtype)
    found = Ranked.of(x)
    assert found.order.tolist() == [[1, 3, 0, 2], [2, 0, 1, 3], [3, 2, 0, 1]]
    assert found.start.tolist() == [[0, 1, 2, 2], [0, 1, 1, 3], [0, 1, 2, 3]]
    assert found.stop.tolist() == [[1, 2, 4, 4], [1, 3, 3, 4], [1, 2, 3, 4]]
    np.testing.assert_array_equal(found.middle[0], [3.5, 1, 3.5, 2])


def test_values_that_single_precision_does_not_tell_apart_are_ranked() -> None:
    x = np.array([[1.0 + 1e-12], [1.0], [1.0 + 2e-12]])
    assert Ranked.of(x).order.tolist() == [[1, 0, 2]]


def on(column: np.ndarray, most: int) -> np.ndarray:
    """Rows above the highest value that leaves at most so many above it."""
    return column > np.sort(column)[::-1][most]


@pytest.mark.parametrize("threshold", ["label", "quantile"])
def test_iou_is_that_of_the_rows_above_a_threshold(threshold: str) -> None:
    found = rank("iou", X, labels=LABELS, threshold=threshold, quantile=0.9)
    for name, rows in IS.items():
        most = int(rows.sum()) if threshold == "label" else 30
        both = [
            [jaccard_score(rows, on(s * c, most)) for c in X.T] for s in (1, -1)
        ]  # fmt: skip
        np.testing.assert_allclose(found.labels[name].scores, np.max(both, 0), rtol=1e-12)
    if threshold == "label":
        assert found.labels["VERB"].order[0] == 2 and found.labels["VERB"].scores[2] == 1
    assert found.labels["X"].order[0] == 3 and found.labels["X"].details["direction"][3] == -1  # type: ignore[index]


def test_iou_does_not_write_to_the_callers_array() -> None:
    x = X.copy()
    rank("iou", x, labels=LABELS)
    np.testing.assert_array_equal(x, X)


def test_mutual_information_equals_scikit_learn_on_the_bins() -> None:
    found = rank("mutual_information", X, labels=LABELS, bins=5)
    smaller = (X[:, None] < X[None]).sum(0)  # (rows, neurons): how many are below each
    upto = (X[:, None] <= X[None]).sum(0)
    bins = np.minimum((smaller + upto) / 2 / ROWS * 5, 4).astype(int)
    expected = [mutual_info_score(LABELS, column) / np.log(2) for column in bins.T]
    np.testing.assert_allclose(found.scores, expected, rtol=1e-9)
    for name, rows in IS.items():
        expected = [mutual_info_score(rows, column) / np.log(2) for column in bins.T]
        np.testing.assert_allclose(found.labels[name].scores, expected, rtol=1e-9)


def test_mutual_information_of_a_copy_of_the_label_is_its_entropy() -> None:
    """In bits on both sides: the library's normalised score reached 1.4427."""
    label = np.repeat([0, 1, 1, 0, 1], 40)
    found = rank("mutual_information", np.stack([label * 3.0, -1.0 * label], 1), labels=label)
    p = 0.6
    entropy = -p * np.log2(p) - (1 - p) * np.log2(1 - p)
    assert found.scores == pytest.approx([entropy] * 2, rel=1e-12)
    assert found.details["label_entropy"] == pytest.approx(entropy)


def test_a_rare_value_of_a_sparse_neuron_has_a_bin_of_its_own() -> None:
    label = np.zeros(200, int)
    label[:3] = 1
    for column in (label, 1 - label):
        found = rank("mutual_information", column[:, None] * 1.0, labels=label)
        assert found.scores[0] == pytest.approx(float(found.details["label_entropy"]))  # type: ignore[arg-type]


@pytest.mark.parametrize("share", [0.05, 0.5, 0.9])
@pytest.mark.parametrize("kinds", [2, 5, 10_000, 300_000])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_average_precision_of_two_classes_over_many_rows(
    share: float, kinds: int, dtype: type[np.floating]
) -> None:
    # scikit-learn's, with few ties, many, and hardly anything else; the second neuron is constant.
    random = np.random.default_rng(int(share * 100) + kinds)
    x = (random.integers(0, kinds, (17_000, 3)) - kinds // 2).astype(dtype)
    truth = random.random(len(x)) < share
    x[:, 1], x[:, 2] = 1.0, x[:, 2] + kinds * truth * (random.random(len(x)) < 0.3)
    found = rank("average_precision", x, labels=truth)
    for name, rows in (("True", truth), ("False", ~truth)):
        scores = found.labels[name].scores
        assert np.isnan(scores[1])
        for neuron in (0, 2):
            expected = max(average_precision_score(rows, s * x[:, neuron]) for s in (1, -1))
            assert scores[neuron] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("kind", ["half", "relu", "tiny", "huge", "both", "minus_zero", "wide"])
def test_average_precision_of_two_classes_is_exact_for_odd_values(kind: str) -> None:
    # Each is a case of its own for keys of 32 bits: ties, values that do not fit, and zeros.
    random = np.random.default_rng(5)
    x = random.standard_normal((16_500, 2)).astype(np.float32)
    truth = random.random(len(x)) < 0.1
    if kind == "half":
        x = x.astype(np.float16)
    elif kind == "relu":
        x = np.maximum(x, 0)
    elif kind == "tiny":
        x[:, 0] *= np.float32(1e-42)
    elif kind == "huge":
        x[:, 0] *= np.float32(1e37)
    elif kind == "both":
        x[::2, 0] *= np.float32(1e-36)
        x[1::2, 0] *= np.float32(1e35)
    elif kind == "minus_zero":
        x[::2, 0], x[1::4, 0] = 0.0, -0.0
    else:
        x = x.astype(np.float64)
        x[::2, 0] *= 1e-300
        x[1::2, 0] *= 1e-20
        x[:, 1] *= 1e60
    found = rank("average_precision", x, labels=truth)
    for name, rows in (("True", truth), ("False", ~truth)):
        for neuron in range(2):
            # By rank: equal values have equal ranks, and scikit-learn compares with a tolerance.
            ranks = np.unique(x[:, neuron], return_inverse=True)[1]
            expected = max(average_precision_score(rows, s * ranks) for s in (1, -1))
            assert found.labels[name].scores[neuron] == pytest.approx(expected, rel=1e-12)


def test_the_mark_of_an_array_is_that_of_its_values() -> None:
    x = np.random.default_rng(0).standard_normal((300, 500))
    mark = fingerprint(x)
    assert mark == fingerprint(np.asfortranarray(x)) == fingerprint(x.copy())
    assert len({mark, fingerprint(x.T), fingerprint(x.reshape(500, 300)), fingerprint(x[:299]),
                fingerprint(x.astype(np.float32)), fingerprint(x[::-1])}) == 6  # fmt: skip
    for place in ((0, 0), (299, 499), (150, 7)):
        other = x.copy()
        other[place] = np.nextafter(other[place], 9)
        assert fingerprint(other) != mark
    swapped = x.copy()
    swapped[[3, 4]] = swapped[[4, 3]]
    assert fingerprint(swapped) != mark


def test_two_classes_of_any_size_equal_scikit_learn() -> None:
    random = np.random.default_rng(2)
    for rows in (*range(2, 20), 40, 1023, 1025):
        truth = random.permutation(np.arange(rows) < max(1, rows // 3)).astype(np.int64)
        x = random.standard_normal((rows, 4))
        x[:, 1], x[:, 2] = random.integers(0, 3, rows), random.integers(0, rows, rows)
        x[0, 1], x[1, 1] = 0, 2
        above, below = TwoClasses(truth).of(x)
        expected = [
            [[average_precision_score(truth == c, s * column) for column in x.T] for c in (0, 1)]
            for s in (1, -1)
        ]
        moving = x.min(0) < x.max(0)
        np.testing.assert_array_equal(np.isnan(above), ~np.stack([moving, moving]))
        np.testing.assert_allclose(
            np.array([above, below])[:, :, moving], np.array(expected)[:, :, moving], rtol=1e-12
        )
