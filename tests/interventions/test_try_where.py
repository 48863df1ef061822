"""An edit that is meant for sentences in which a property holds, tried on a corpus."""

from __future__ import annotations

from typing import Any

import pytest

from neurox_core.corpora import Corpus
from neurox_core.corpora.holding import Holding
from neurox_core.corpora.labels import AnnotatedToken, WordLabels
from neurox_core.engine.measuring import measure
from neurox_core.errors import InvalidInputError, UnknownNameError
from neurox_core.interventions import Intervention, try_edit
from neurox_core.interventions.outputs import outputs
from neurox_core.models.base import TranslationModel
from neurox_core.models.tokens import words_of
from tests.interventions.test_curve_tasks import GOLD
from tests.interventions.texts import REFERENCES, SOURCES

TENSES = {"left": "Past", "were": "Past", "reads": "Pres", "are": "Pres", "est": "Pres"}
PARTS = ["one", "two", "one", "two", "two"]


def labels(texts: list[str], skip: int | None = None) -> WordLabels:
    return WordLabels.of([
        [] if i == skip else [
            AnnotatedToken(a, b, {"Tense": TENSES[text[a:b]]} if text[a:b] in TENSES else {})
            for a, b in words_of(text)
        ]
        for i, text in enumerate(texts)
    ])  # fmt: skip


def corpus(skip: int | None = None) -> Corpus:
    both = labels(SOURCES, skip), labels(REFERENCES)
    return Corpus("tiny", SOURCES, REFERENCES, {"part": PARTS}, *both)


@pytest.mark.parametrize(
    ("holding", "rows"),
    [
        (Holding("Tense", "Past"), [0, 3]),
        (Holding("Tense", "Past|Pres"), [0, 1, 2, 3]),
        (Holding("Tense", "Pres", "reference"), [0]),
        (Holding("part", "two"), [1, 3, 4]),
        (Holding("column:part", "one|two"), [0, 1, 2, 3, 4]),
        (Holding("Tense", "Fut"), []),
    ],
)
def test_a_property_holds_where_a_word_or_the_sentence_has_it(
    holding: Holding, rows: list[int]
) -> None:
    assert [i for i, holds in enumerate(holding.sentences(corpus())) if holds] == rows
    assert Holding.from_dict(holding.to_dict()) == holding


def test_what_was_not_annotated_does_not_have_it_and_unknown_labels_are_told() -> None:
    assert Holding("Tense", "Past").sentences(corpus(skip=0)) == [False] * 3 + [True, False]
    plain = Corpus("plain", SOURCES, REFERENCES, {"part": PARTS})
    for name in ("Mood", "position"):
        with pytest.raises(UnknownNameError, match=r"Tense.*part"):
            Holding(name, "x").sentences(corpus())
    with pytest.raises(UnknownNameError, match="part"):
        Holding("Tense", "Past").check(plain)
    wrong: list[dict[str, Any]] = [
        {"label": "", "value": "x"}, {"label": "x", "value": ""},
        {"label": "x", "value": "y", "side": "left"}, {"label": "x", "value": "y", "words": "z"},
    ]  # fmt: skip
    for values in wrong:
        with pytest.raises(InvalidInputError):
            Holding.from_dict(values)


def test_a_tried_edit_is_counted_where_the_property_holds_and_elsewhere(
    tiny_recurrent: TranslationModel,
) -> None:
    model = tiny_recurrent
    edit = [Intervention([f"encoder.1.rnn_hidden[{u}]" for u in range(8)], "set", 3.0)]
    clean = [t.text for t in model.translate(SOURCES)]
    changed = [t.text for t in model.translate(SOURCES, edit)]
    before, after = [
        [{text[a:b].casefold() for a, b in words_of(text)} for text in some]
        for some in (clean, changed)
    ]
    word = "la"  # "They were not at home", in the past, and "The woman sees", which is not.
    wanted = next(w for w in sorted(after[3] - before[3]) if len(w) > 1)
    said = [i for i in range(5) if word in before[i]]
    turned = [i for i in said if word not in after[i] and wanted in after[i]]
    assert len(said) > 1
    for holding, holds in ((Holding("Tense", "Past"), [0, 3]), (Holding("part", "one"), [0, 2])):
        found = try_edit(model, corpus(), edit, word, wanted, holding=holding, resamples=20)
        has = [i for i in said if i in holds]
        moved = [i for i in range(5) if clean[i] != changed[i] and i not in has]
        assert len(has) < len(said)
        assert found["with_word"] == len(has) and found["without_word"] == 5 - len(has)
        assert found["turned"] == len([i for i in turned if i in holds])
        assert found["turned_elsewhere"] == len([i for i in turned if i not in holds])
        assert found["word_elsewhere"] == len(said) - len(has)
        assert found["changed_elsewhere"] == len(moved)
        assert found["sentences_holding"] == 2
        assert found["holding"] == holding.to_dict()
    plain = try_edit(model, corpus(), edit, word, wanted, resamples=20)
    assert plain["with_word"] == len(said) and "holding" not in plain
    assert plain["metrics"] == found["metrics"], "scores are always those of the whole corpus"
    first = try_edit(model, corpus(), edit, word, wanted, limit=2, resamples=20,
                     holding=Holding("Tense", "Past"))  # fmt: skip
    assert first["sentences"] == 2 and first["sentences_holding"] == 1


@pytest.mark.parametrize("name", ["gpt2", "bert-classes", "bert-tags"])
def test_a_tried_edit_is_scored_in_the_way_of_the_task(open_family: Any, name: str) -> None:
    _, model = open_family(name)
    text = Corpus("tiny", SOURCES, GOLD[name])
    site = next(a for a in model.layers if a.endswith("resid_post"))
    edit = [Intervention([f"{site}[{u}]" for u in range(8)], "set", 6.0)]
    found = try_edit(model, text, edit, "zebra", "horse", resamples=20)
    expected = measure(model, text, edit, resamples=20)
    assert list(found["metrics"]) == list(expected.metrics)
    for metric, score in expected.metrics.items():
        ours = found["metrics"][metric]
        assert ours["value"] == pytest.approx(score.value)
        assert ours["baseline"] == pytest.approx(score.baseline)
        assert ours["p_value"] == pytest.approx(score.p_value)
        assert ours["logarithmic"] == (metric == "perplexity")
    clean, changed = (outputs(model, SOURCES, edits) for edits in ([], edit))
    if name == "bert-classes":  # Classes are the words.
        i = next(i for i, (a, b) in enumerate(zip(clean, changed, strict=True)) if a != b)
        turned = try_edit(model, text, edit, clean[i], changed[i], resamples=20)
        assert turned["turned"] > 0
        assert turned["with_word"] == clean.count(clean[i])
    if name == "gpt2":  # What it goes on with is counted, not what it is scored on.
        texts = [t.text for t in model.translate(SOURCES)]
        word = next(text[a:b] for text in texts for a, b in words_of(text))
        said = try_edit(model, text, edit, word, "horse", resamples=20)
        assert said["with_word"] > 0


def test_an_edit_of_a_bare_encoder_cannot_be_tried(open_family: Any) -> None:
    _, model = open_family("bert")
    with pytest.raises(InvalidInputError, match="nothing to score"):
        try_edit(model, Corpus("tiny", SOURCES, SOURCES), [], "a", "b")
