"""Perplexity, accuracy, F1 and others' metrics against scikit-learn and plain sums."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score

from neurox_core.errors import CancelledError, InvalidInputError, UnknownNameError
from neurox_core.evaluation.classes import score_classes
from neurox_core.evaluation.likelihood import bits_per_character, perplexity
from neurox_core.evaluation.metrics import higher_is_better, metrics, score_outputs
from neurox_core.evaluation.scorers import scorer

RNG = np.random.default_rng(4)
GOLD = [str(x) for x in RNG.choice(["noun", "verb", "other"], 200, p=[0.6, 0.3, 0.1])]
GUESS = [g if RNG.random() < 0.7 else "noun" for g in GOLD]
BETTER = [g if RNG.random() < 0.6 else p for g, p in zip(GOLD, GUESS, strict=True)]


def test_perplexity_is_the_exponential_of_the_mean_over_all_tokens() -> None:
    sentences = [RNG.normal(-3, 1, RNG.integers(1, 30)).tolist() for _ in range(80)]
    found = perplexity(sentences).metrics["perplexity"]
    every = [value for sentence in sentences for value in sentence]
    assert found.value == pytest.approx(math.exp(-sum(every) / len(every)))
    assert (
        found.baseline is None
        and found.p_value is None
        and f"tokens:{len(every)}" in (found.signature)
    )
    again = [math.exp(-np.mean(np.concatenate([sentences[i] for i in RNG.integers(80, size=80)])))
             for _ in range(2000)]  # fmt: skip
    half = (np.quantile(again, 0.975) - np.quantile(again, 0.025)) / 2
    assert found.interval == pytest.approx(half, rel=0.2)


def test_a_worse_prediction_is_significantly_worse_and_none_is_none() -> None:
    sentences = [RNG.normal(-3, 1, 20).tolist() for _ in range(60)]
    worse = [[v - 0.3 for v in s] for s in sentences]
    found = perplexity(worse, sentences)
    score = found.metrics["perplexity"]
    assert score.value / score.baseline == pytest.approx(math.exp(0.3))
    assert score.p_value == pytest.approx(1 / 301) and found.changed_sentences == 60
    same = perplexity(sentences, sentences)
    assert same.metrics["perplexity"].p_value == 1.0 and same.changed_sentences == 0
    with pytest.raises(InvalidInputError, match="other sentences"):
        perplexity(sentences, worse[:-1])
    with pytest.raises(InvalidInputError, match="no predicted token"):
        perplexity([[], []])


def test_bits_per_character_do_not_depend_on_how_a_text_is_cut() -> None:
    whole, parts = [[math.log(1 / 8)]], [[math.log(1 / 2), math.log(1 / 4)]]
    assert bits_per_character(whole, ["abc"]) == pytest.approx(1.0)
    assert bits_per_character(parts, ["abc"]) == pytest.approx(1.0)


def test_accuracy_and_f1_are_scikit_learns() -> None:
    found = score_classes(GUESS, GOLD, BETTER).metrics
    for name, wanted in (
        ("accuracy", accuracy_score(GOLD, GUESS)),
        ("f1", f1_score(GOLD, GUESS, average="macro")),
    ):
        assert found[name].value == pytest.approx(100 * wanted)
        assert 0 < found[name].interval < 15 and found[name].p_value < 0.05
    assert found["accuracy"].baseline == pytest.approx(100 * accuracy_score(GOLD, BETTER))


def test_labels_of_words_count_alike_and_words_without_a_gold_label_are_left_out() -> None:
    gold = [GOLD[i : i + 7] for i in range(0, 196, 7)]
    guess = [GUESS[i : i + 7] for i in range(0, 196, 7)]
    gold[0] = ["", "", *gold[0][2:]]
    kept = [(g, p) for gs, ps in zip(gold, guess, strict=True)
            for g, p in zip(gs, ps, strict=True) if g]  # fmt: skip
    found = score_classes(guess, gold).metrics
    right, said = zip(*kept, strict=True)
    assert found["accuracy"].value == pytest.approx(100 * accuracy_score(right, said))
    assert found["f1"].value == pytest.approx(100 * f1_score(right, said, average="macro"))
    with pytest.raises(InvalidInputError, match=r"Text 2 \(index 1\) has 7 predicted but 6"):
        score_classes(guess, [gold[0], gold[1][:-1], *gold[2:]])
    guess[3] = [""] * 7  # Words that no token covers.
    assert score_classes(guess, gold).metrics["accuracy"].value < found["accuracy"].value
    with pytest.raises(UnknownNameError, match="accuracy"):
        score_classes(GUESS, GOLD, metrics=["bleu"])


def test_a_users_metric_stands_beside_our_own(installed_metrics: None) -> None:
    texts, wanted = ["He left.", "No."] * 6, ["He left.", "No, no."] * 6
    assert metrics("translation") == ["bleu", "chrf", "ter", "errors", "length_ratio", "lost"]
    found = score_outputs(
        "translation", texts, wanted, wanted, metrics=["errors", "bleu", "length_ratio"],
        resamples=20,
    )  # fmt: skip
    assert list(found.metrics) == ["errors", "bleu", "length_ratio"]
    assert found.metrics["errors"].value == 6 and found.metrics["errors"].baseline == 0
    assert found.metrics["length_ratio"].value == pytest.approx(66 / 90)
    assert found.metrics["length_ratio"].signature.startswith("metric:length_ratio|bs:20|seed:")
    assert found.changed_sentences == 6
    assert not higher_is_better("errors") and higher_is_better("length_ratio")
    with pytest.raises(InvalidInputError, match="neurox_example_metric:lost"):
        score_outputs("translation", texts, wanted, metrics=["lost"])


def test_each_task_has_its_scores_and_no_others() -> None:
    assert metrics("language-modelling") == ["perplexity"] and not higher_is_better("perplexity")
    assert metrics("encoding") == []
    assert set(score_outputs("classification", GUESS, GOLD).metrics) == {"accuracy", "f1"}
    for call in (
        lambda: score_outputs("encoding", [], []),
        lambda: score_outputs("translation", ["a"]),
    ):
        with pytest.raises(InvalidInputError):
            call()
    with pytest.raises(UnknownNameError):
        score_outputs("language-modelling", [[-1.0]], metrics=["bleu"])
    with pytest.raises(UnknownNameError):
        metrics("poetry")


def test_a_users_metric_says_how_far_it_is_and_can_be_stopped(installed_metrics: None) -> None:
    texts, wanted = ["He left.", "No."] * 6, ["He left.", "No, no."] * 6
    told: list[tuple[str, int, int]] = []
    scores = scorer(
        "translation", wanted, 20, ["bleu", "errors"], on_sample=lambda *at: told.append(at),
        cancelled=lambda: len(told) == 30,
    )  # fmt: skip
    scores.score(wanted, wanted)
    assert told == [("errors", done, 20) for done in range(20)], "of one text once"
    with pytest.raises(CancelledError, match="errors"):
        scores.score(texts, wanted)
    assert len(told) == 30
    with pytest.raises(CancelledError):
        score_outputs(
            "translation", texts, wanted, metrics=["errors"], resamples=20, cancelled=lambda: True
        )
