"""Text to neurons, and neurons to concepts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import mannwhitneyu
from sklearn.metrics import average_precision_score, roc_auc_score

from neurox_core.activations import extract
from neurox_core.corpora import Corpus
from neurox_core.errors import CancelledError, InvalidInputError
from neurox_core.rankings.concepts import Identified, identify
from neurox_core.rankings.marking import marked
from tests.activations.fake import FakeModel

X = np.random.default_rng(0).normal(size=(400, 6))
X[:, 5] = 3
ROWS = np.sort(np.random.default_rng(1).choice(400, 30, replace=False))
CHOSEN = np.isin(np.arange(400), ROWS)
X[CHOSEN, 2] -= 2
X[CHOSEN, 4] += 40
X[:, 4] *= 10


def test_neurons_that_tell_marked_rows_lead_with_their_sign_and_area() -> None:
    found = marked(X, CHOSEN, best=3)
    details: Any = found.details
    assert found.name == "marked" and found.order[:2].tolist() == [4, 2]
    expected = (X[CHOSEN].mean(0) - X[~CHOSEN].mean(0))[:5] / X.std(0)[:5]
    np.testing.assert_allclose(details["difference"][:5], expected, rtol=1e-9)
    np.testing.assert_allclose(found.scores[:5], np.abs(expected))
    assert details["direction"][[4, 2]].tolist() == [1, -1]
    areas = [roc_auc_score(CHOSEN, X[:, i]) for i in found.order[:3]]
    np.testing.assert_allclose(details["auc"], areas)
    assert found.order[-1] == 5 and np.isnan(found.scores[5])  # never changes
    np.testing.assert_array_equal(marked(X, ROWS).order, found.order)
    assert marked(X, ROWS).signature != marked(X, ROWS[1:]).signature


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Any:
    texts = [f"the word number {i} stands here longword" for i in range(900)]
    model: Any = FakeModel(width=40)
    return extract(model, Corpus("c", texts, texts), tmp_path_factory.mktemp("s") / "a")


def test_marked_words_of_a_store_mark_all_their_tokens(store: Any, tmp_path: Path) -> None:
    words = store.words("encoder")
    picked = np.array([5, 6, 800, 5000])
    tokens = store.tokens("encoder")
    layers = ["encoder.0.resid_post", "encoder.1.resid_post"]
    inside = np.zeros(len(tokens), bool)
    for word in picked:
        inside[words.first[word] : words.last[word]] = True
    assert len(tokens) > 3 * 4096  # several chunks
    found = marked(store, picked, layers=layers)
    x = np.concatenate([store.columns(a, 0, 40) for a in layers], 1).astype(np.float64)
    expected = marked(x, inside[~tokens.special])
    np.testing.assert_allclose(found.scores, expected.scores, rtol=1e-5)
    np.testing.assert_array_equal(found.order, expected.order)
    np.testing.assert_allclose(found.details["auc"], expected.details["auc"])  # type: ignore[arg-type]
    same = marked(store, inside[~tokens.special], layers=layers, unit="tokens")
    np.testing.assert_array_equal(same.scores, found.scores)
    assert marked(store, picked, stack="decoder").neuron(0).startswith("decoder.")


@pytest.mark.parametrize(
    "rows, message",
    [
        ([], "Nothing is marked"),
        (np.ones(400, bool), "Everything is marked"),
        ([400], "0 to 399"),
        ([-1], "0 to 399"),
        (np.ones(3, bool), "400 rows"),
        ([0.5], "truth value"),
    ],
)
def test_marks_that_do_not_fit_are_told(rows: Any, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        marked(X, rows)
    with pytest.raises(InvalidInputError, match="words or tokens"):
        marked(X, [1], unit="letters")


# --- what is this neuron? -----------------------------------------------------------------------

COUNT = 3000
DRAW = np.random.default_rng(3)
BANK = {f"noise {i}": DRAW.random(COUNT) < 0.1 for i in range(30)}
BANK["noun"] = DRAW.random(COUNT) < 0.3
BANK["month"] = BANK["noun"] & (DRAW.random(COUNT) < 0.08)
BANK["never"] = np.zeros(COUNT, bool)
SENTENCES = np.arange(COUNT) // 10


def neurons() -> np.ndarray:
    x = np.random.default_rng(4).normal(size=(COUNT, 40))
    x[:, 3] += 1.5 * BANK["noun"]
    x[:, 7] -= 4.0 * BANK["month"]
    x[:, 9] = np.round(x[:, 9] + 3 * BANK["noun"])  # ties
    x[:, 11] += 0.25 * BANK["noun"]  # significant, but weak
    x[:, 13] = 2.0
    return x


@pytest.fixture(scope="module")
def known() -> Identified:
    return identify(neurons(), BANK, sentences=SENTENCES)


def test_neurons_get_the_concept_that_they_answer_to_and_noise_gets_none(known: Identified) -> None:
    named = {i: found for i in range(40) if (found := known.match(i)) is not None}
    assert sorted(named) == [3, 7, 9]
    assert [(named[i].concept, named[i].direction) for i in sorted(named)] == [
        ("noun", 1), ("month", -1), ("noun", 1)
    ]  # fmt: skip
    assert known.left_out == ("never",)
    assert known.q[11] < 0.01 and not known.found[11] and known.match(13) is None


def test_the_evidence_is_that_of_the_held_out_half(known: Identified) -> None:
    """Areas and p-values as scikit-learn and scipy find them, on one of the halves."""
    x = neurons()
    first = np.zeros(300, bool)
    first[np.random.default_rng(0).permutation(300)[:150]] = True
    held = ~first[SENTENCES]
    for neuron in (3, 7, 9):
        found = known.match(neuron)
        assert found is not None
        values, truth = found.direction * x[held, neuron], BANK[found.concept][held]
        assert found.auc == pytest.approx(roc_auc_score(truth, values))
        assert found.average_precision == pytest.approx(average_precision_score(truth, values))
        assert found.share == pytest.approx(truth.mean()) and found.words == truth.sum()
        theirs = mannwhitneyu(values[truth], values[~truth], use_continuity=False)
        assert np.log(found.p) == pytest.approx(np.log(theirs.pvalue), rel=1e-4)


def test_p_values_are_corrected_over_all_neurons_and_concepts() -> None:
    """With nothing to find, hardly a neuron has a small corrected value."""
    x = np.random.default_rng(8).normal(size=(COUNT, 200))
    found = identify(x, BANK, sentences=SENTENCES, minimum_auc=0.5)
    assert found.found.sum() <= 1
    assert (found.p <= found.q + 1e-12).all() and (found.q <= 1).all()


def test_the_correction_is_that_of_benjamini_and_hochberg() -> None:
    from scipy.stats import false_discovery_control, norm

    from neurox_core.rankings.concepts import _corrected

    z = np.abs(np.random.default_rng(0).normal(size=(20, 5)) * 2).astype(np.float32)
    expected = false_discovery_control(2 * norm.sf(z.astype(float).ravel())).reshape(z.shape)
    for column in range(5):
        np.testing.assert_allclose(_corrected(z, z[:, column]), expected[:, column], rtol=1e-9)


def test_a_store_is_identified_like_the_array_of_its_words(store: Any) -> None:
    bank = {"longword": store.words("encoder").index == 6, "the": store.words("encoder").index == 0}
    layers = ["encoder.0.resid_post"]
    found = identify(store, bank, layers=layers, words="mean")
    table = store.words("encoder")
    x = np.stack([store.neuron(f"encoder.0.resid_post[{i}]", word="mean") for i in range(40)], 1)
    same = identify(x, bank, sentences=table.sentence)
    np.testing.assert_array_equal(found.best, same.best)
    np.testing.assert_allclose(found.auc, same.auc, rtol=1e-6)


def test_banks_that_do_not_fit_are_told() -> None:
    x = neurons()
    for bank, message in (({}, "empty"), ({"a": np.ones(3, bool)}, "'a' is bool of shape"),
                          ({"a": np.ones(COUNT)}, "'a' is float64"),
                          ({"never": BANK["never"]}, "None of the 1 concepts")):  # fmt: skip
        with pytest.raises(InvalidInputError, match=message):
            identify(x, bank)
    with pytest.raises(InvalidInputError, match="at least 2"):
        identify(x, BANK, sentences=np.zeros(COUNT, int))
    with pytest.raises(InvalidInputError, match="0 to 39"):
        identify(x, BANK).match(40)
    with pytest.raises(CancelledError):
        identify(x, BANK, cancelled=lambda: True)
