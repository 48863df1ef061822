"""What a score means follows the model: perplexity, classes, translations; clean and changed."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from neurox_core.corpora import Corpus
from neurox_core.engine.measuring import measure
from neurox_core.errors import CancelledError, InvalidInputError
from neurox_core.interventions import Intervention
from tests.models import reading

TEXTS = ["She reads a book in the garden.", "He left.", "The men are here.", "They were not."]


@pytest.mark.parametrize("name", ["gpt2", "opt"])
def test_the_perplexity_of_a_language_model_is_the_librarys_loss(
    name: str, open_family: Any
) -> None:
    folder, model = open_family(name)
    module, total, tokens = reading.fresh(folder), 0.0, 0
    for text in TEXTS:
        ids = torch.tensor([model.tokenize(text).ids])
        with torch.inference_mode():
            loss = module(input_ids=ids, labels=ids).loss
        total, tokens = total + float(loss) * (ids.shape[1] - 1), tokens + ids.shape[1] - 1
    found = measure(model, Corpus("texts", TEXTS, TEXTS)).metrics["perplexity"]
    assert found.value == pytest.approx(math.exp(total / tokens), rel=1e-4)


def test_a_changed_model_is_scored_against_its_clean_run(open_family: Any) -> None:
    _, model = open_family("gpt2")
    off = Intervention([f"decoder.0.ffn_act[{u}]" for u in range(24)], "zero")
    seen: list[tuple[int, int]] = []
    found = measure(
        model, Corpus("texts", TEXTS, TEXTS), [off], on_progress=lambda *now: seen.append(now)
    )
    clean = measure(model, Corpus("texts", TEXTS, TEXTS)).metrics["perplexity"]
    score = found.metrics["perplexity"]
    assert score.baseline == clean.value != score.value
    assert 0 < score.p_value <= 1 and found.changed_sentences == 4
    assert seen[-1] == (8, 8)
    with pytest.raises(CancelledError):
        measure(model, Corpus("texts", TEXTS, TEXTS), cancelled=lambda: True)


def test_a_classifier_is_scored_on_its_labels(open_family: Any) -> None:
    _, model = open_family("bert-classes")
    labels = [found.label for found in model.classify(TEXTS)]
    gold = [*labels[:3], next(label for label in model.labels if label != labels[3])]
    found = measure(model, Corpus("texts", TEXTS, gold))
    assert found.metrics["accuracy"].value == 75.0 and set(found.metrics) == {"accuracy", "f1"}


def test_a_token_classifier_is_scored_on_the_labels_of_words(open_family: Any) -> None:
    _, model = open_family("bert-tags")
    words = [found.word_labels for found in model.classify(TEXTS)]
    corpus = Corpus("texts", TEXTS, [" ".join(labels) for labels in words])
    assert measure(model, corpus).metrics["accuracy"].value == 100.0
    flipped = [["O" if label == "NAME" else "NAME" for label in labels] for labels in words]
    assert measure(model, corpus, gold=flipped).metrics["accuracy"].value == 0.0


def test_a_translation_model_is_scored_as_before_and_an_encoder_not_at_all(
    tiny_marian: Any, open_family: Any
) -> None:
    texts = [found.text for found in tiny_marian.translate(TEXTS)]
    found = measure(tiny_marian, Corpus("texts", TEXTS, texts))
    assert set(found.metrics) == {"bleu", "chrf"} and found.bleu.value == pytest.approx(100)
    with pytest.raises(InvalidInputError, match="nothing to score"):
        measure(open_family("bert")[1], Corpus("texts", TEXTS, TEXTS))


def test_a_corpus_without_references_scores_language_models_only(
    tiny_marian: Any, open_family: Any
) -> None:
    corpus = Corpus("texts", TEXTS, TEXTS, has_references=False)
    _, language_model = open_family("gpt2")
    assert measure(language_model, corpus).metrics["perplexity"].value > 1
    _, classifier = open_family("bert-classes")
    with pytest.raises(InvalidInputError, match="texts has no labels to score bert-classes by"):
        measure(classifier, corpus)
    with pytest.raises(InvalidInputError, match="has no references to score.*after a tab"):
        measure(tiny_marian, corpus)
