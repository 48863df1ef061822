"""The control protocol: classifiers against scikit-learn, and numbers recomputed from examples."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from sklearn.naive_bayes import GaussianNB

from neurox_core.corpora import Corpus
from neurox_core.corpora.labels import AnnotatedToken, WordLabels
from neurox_core.errors import InvalidInputError
from neurox_core.evaluation import score_corpus
from neurox_core.interventions import Intervention, control
from neurox_core.interventions.control_results import ControlPoint
from neurox_core.interventions.control_words import AttentionLinker, annotator_tagger
from neurox_core.interventions.gaussian import Gaussians
from neurox_core.models.attention import attention
from neurox_core.models.base import TranslationModel
from neurox_core.models.tokens import words_of

PAIRS = [
    ("He left.", "Il est parti."),
    ("She reads a book in the garden.", "Elle lit un livre dans le jardin."),
    ("The men are here.", "Les hommes sont ici."),
    ("They were not at home yesterday.", "Ils étaient à la maison hier."),
    ("The woman sees the two old houses.", "La femme voit les deux vieilles maisons."),
]
NUMBER = {
    "Sing": "il est elle lit un livre le jardin la femme voit maison",
    "Plur": "les hommes sont ils étaient deux vieilles maisons",
}


def annotated(texts: list[str]) -> WordLabels:
    values = {form: value for value, forms in NUMBER.items() for form in forms.split()}
    sentences = []
    for text in texts:
        tokens = []
        for a, b in words_of(text):
            value = values.get(text[a:b].casefold())
            tokens.append(AnnotatedToken(a, b, {"Number": value} if value else {}))
        sentences.append(tokens)
    return WordLabels.of(sentences)


def corpus() -> Corpus:
    rows = [PAIRS[i % 5] for i in range(120)]
    references = [t for _, t in rows]
    return Corpus("tiny", [s for s, _ in rows], references, {}, None, annotated(references))


def test_classifiers_equal_naive_bayes_with_one_feature() -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 300)
    x = rng.normal(size=(300, 5)) * [1, 2, 0.5, 1, 3] + np.outer(y, [0, 1.5, 0.2, -2, 4])
    fitted = Gaussians.fit(x, y)
    for unit in range(5):
        reference = GaussianNB(priors=[0.5, 0.5], var_smoothing=0).fit(x[:, [unit]], y)
        assert (fitted.predict(x)[:, unit] == reference.predict(x[:, [unit]])).all()
        right = reference.predict(x[:, [unit]]) == y
        assert fitted.accuracy(x, y)[unit] == pytest.approx(
            (right[y == 0].mean() + right[y == 1].mean()) / 2
        )
    m0, m1 = x[y == 0].mean(0), x[y == 1].mean(0)
    assert np.allclose(fitted.alpha(1, 0.0), m1)
    assert np.allclose(fitted.alpha(1, 2.0), m1 + 2 * (m1 - m0))
    assert np.allclose(fitted.alpha(0, 2.0), m0 + 2 * (m0 - m1))


def test_reported_numbers_follow_from_the_examples(tiny_recurrent: TranslationModel) -> None:
    found = control(
        tiny_recurrent, corpus(), "Number", ("Plur", "Sing"), ks=(2, 8), betas=(0.0, 6.0)
    )
    assert [(p.k, p.beta) for p in found.sweep] == [(2, 0.0), (2, 6.0), (8, 0.0), (8, 6.0)]
    best, examples = found.best, found.examples
    assert best.words == sum(len(e["words"]) for e in examples) >= best.sentences == len(examples)
    turned = sum(len(e["turned"]) for e in examples)
    assert best.success == pytest.approx(turned / best.words)
    assert 0 <= best.untold <= 1 - best.success
    references = {s: t for s, t in PAIRS}
    score = score_corpus(
        [e["after"] for e in examples], [references[e["source"]] for e in examples],
        [e["before"] for e in examples], resamples=10,
    )  # fmt: skip
    assert best.bleu == pytest.approx(score.bleu.value)
    assert best.bleu_change == pytest.approx(score.bleu.value - score.bleu.baseline)
    before = tiny_recurrent.translate([e["source"] for e in examples])
    assert [e["before"] for e in examples] == [t.text for t in before]
    accuracies = [a for _, a in found.neurons]
    assert accuracies == sorted(accuracies, reverse=True) and 0.5 < accuracies[0] <= 1
    assert [i.neurons[0] for i in found.interventions] == [n for n, _ in found.neurons][: best.k]
    assert json.loads(json.dumps(found.to_dict()))["best"]["k"] == best.k


def test_the_chosen_setting_can_be_applied_to_any_sentence(
    tiny_recurrent: TranslationModel,
) -> None:
    found = control(tiny_recurrent, corpus(), "Number", ("Plur", "Sing"), ks=(8,), betas=(6.0,))
    for example in found.examples[:3]:
        again = tiny_recurrent.translate([example["source"]], found.interventions)[0]
        assert isinstance(again.text, str)
    words = found.interventions[0].where.words
    assert "men" in words and "he" not in words
    copy = [Intervention.from_dict(i.to_dict()) for i in found.interventions]
    assert copy == found.interventions


def test_what_cannot_be_tried_is_told(tiny_recurrent: TranslationModel) -> None:
    whole = corpus()
    with pytest.raises(InvalidInputError, match="no label 'Tense'.*Number"):
        control(tiny_recurrent, whole, "Tense", ("Past", "Pres"))
    with pytest.raises(InvalidInputError, match="needed to fit"):
        control(tiny_recurrent, whole.take(range(10)), "Number", ("Plur", "Sing"))
    with pytest.raises(InvalidInputError, match="decoder"):
        control(tiny_recurrent, whole, "Number", ("Plur", "Sing"), layers=["decoder.0.rnn_hidden"])


def test_a_sweep_goes_on_where_it_was_cut_off(tiny_recurrent: TranslationModel) -> None:
    ask = {"ks": (2, 8), "betas": (0.0, 6.0)}
    seen: list[int] = []
    whole = control(
        tiny_recurrent, corpus(), "Number", ("Plur", "Sing"), **ask,
        on_point=lambda now: seen.append(len(now.sweep)),
    )  # fmt: skip
    assert seen == [0, 1, 2, 3, 4], "neurons appear first, then cell by cell"
    kept = {(p.k, p.beta): ControlPoint.from_dict(json.loads(json.dumps(p.to_dict())))
            for p in whole.sweep[:2]}  # fmt: skip
    assert list(kept.values()) == whole.sweep[:2]
    marked = {key: replace(point, success=0.123) for key, point in kept.items()}
    again = control(tiny_recurrent, corpus(), "Number", ("Plur", "Sing"), **ask, earlier=marked)
    assert [p.success for p in again.sweep[:2]] == [0.123, 0.123], "those are not made again"
    assert again.sweep[2:] == whole.sweep[2:]


def test_every_cell_can_be_applied_and_shows_what_it_made(tiny_recurrent: TranslationModel) -> None:
    found = control(tiny_recurrent, corpus(), "Number", ("Plur", "Sing"), ks=(3,), betas=(0.0, 6.0))
    for point in found.sweep:
        assert len(point.outputs) == len(found.shown) > 0
        edits = found.setting(point.k, point.beta)
        assert [e.neurons[0] for e in edits] == [n for n, _ in found.neurons[:3]]
        first = found.ranked[0]
        aim = first.wanted_mean + point.beta * (first.wanted_mean - first.other_mean)
        assert edits[0].value == pytest.approx(aim)
        places = [
            [at for at, w in enumerate(tiny_recurrent.tokenize(s["source"]).word_ids)
             if w in s["words"]] for s in found.shown
        ]  # fmt: skip
        for shown, output, where in zip(found.shown, point.outputs, places, strict=True):
            here = [replace(e, where=None, positions=tuple(where)) for e in edits]
            assert tiny_recurrent.translate([shown["source"]], here)[0].text == output["after"]
    with pytest.raises(InvalidInputError, match="k lies between"):
        found.setting(999, 1.0)


def test_neurons_by_difference_and_at_random(tiny_recurrent: TranslationModel) -> None:
    ask = {"ks": (1,), "betas": (1.0,)}
    found = {
        select: control(
            tiny_recurrent, corpus(), "Number", ("Plur", "Sing"), select=select, **ask
        ).neurons
        for select in ("accuracy", "difference", "random")
    }
    orders = [[n for n, _ in neurons] for neurons in found.values()]
    assert orders[0] != orders[2] != orders[1]
    accuracy = dict(found["accuracy"])
    for name, value in found["random"]:
        assert accuracy.get(name, value) == value, "the accuracy shown is the neuron's own"
    with pytest.raises(InvalidInputError, match="select"):
        control(tiny_recurrent, corpus(), "Number", ("Plur", "Sing"), select="best", **ask)
    ask["ks"] = (1, 999)
    with pytest.raises(InvalidInputError, match=r"have \d+ neurons: .*leave out 999\."):
        control(tiny_recurrent, corpus(), "Number", ("Plur", "Sing"), **ask)


def test_links_by_attention_go_to_the_word_with_most_weight(
    tiny_recurrent: TranslationModel, tiny_marian: TranslationModel
) -> None:
    for model in (tiny_recurrent, tiny_marian):
        sources, targets = [s for s, _ in PAIRS], [t for _, t in PAIRS]
        links = AttentionLinker(model).links(sources, targets)
        for source, target, found in zip(sources, targets, links, strict=True):
            read, made = model.tokenize(source), model.tokenize(target, "target")
            weights = attention(model, source, target)["cross"].mean().numpy()
            for word in range(len(made.words)):
                rows = [i for i, w in enumerate(made.word_ids) if w == word]
                by_word = [
                    sum(weights[r, c] for r in rows for c, w in enumerate(read.word_ids) if w == v)
                    for v in range(len(read.words))
                ]
                assert (int(np.argmax(by_word)), word) in found
            assert len(found) == len(made.words)
        ask = {"ks": (2,), "betas": (1.0,), "align": "attention"}
        if model is tiny_recurrent:
            found = control(model, corpus(), "Number", ("Plur", "Sing"), **ask)
            assert found.alignment == "the model's attention"


def test_outputs_can_be_tagged_by_an_annotator(tiny_recurrent: TranslationModel) -> None:
    tagger = annotator_tagger("regular_expression", pattern="^[a-m].*")
    assert tagger(["Les deux jours.", "", "Oui"]) == [
        ["match", "match", "match", "other"], [], ["other"],
    ]  # fmt: skip
    found = control(
        tiny_recurrent, corpus(), "shape", ("match", "other"), ks=(2,), betas=(1.0,), tagger=tagger
    )
    assert found.tagging == "an annotator" and 0 <= found.sweep[0].success <= 1


def test_the_characters_of_edited_words_are_told(tiny_recurrent: TranslationModel) -> None:
    found = control(tiny_recurrent, corpus(), "Number", ("Plur", "Sing"), ks=(1,), betas=(1.0,))
    for one in [*found.shown, *found.examples]:
        words = [one["source"][a:b] for a, b in words_of(one["source"])]
        said = [one["source"][a:b] for a, b in one["places"]]
        assert said == [words[w] for w in one["words"]] and said
