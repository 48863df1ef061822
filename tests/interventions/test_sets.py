"""Manipulation sets: every output is a real decode, scores are those of the outputs."""

from __future__ import annotations

import json

import pytest

from neurox_core.corpora import Corpus
from neurox_core.corpora.labels import AnnotatedToken, WordLabels
from neurox_core.corpora.text_labels import SourceLabels
from neurox_core.errors import InvalidInputError, UnknownAddressError
from neurox_core.evaluation import score_corpus, word_diff
from neurox_core.interventions import Intervention, ManipulationSet, Where, compare_sets
from neurox_core.interventions.groups import (
    ablations,
    all_but,
    chosen_groups,
    head_groups,
    layer_groups,
)
from neurox_core.models.base import TranslationModel
from neurox_core.models.tokens import Tokens, words_of

SOURCES = ["He left.", "She reads a book in the garden.", "The men are here."]
REFERENCES = ["Il est parti.", "Elle lit un livre dans le jardin.", "Les hommes sont ici."]


def corpus() -> Corpus:
    labels = WordLabels.of([
        [AnnotatedToken(a, b, {"upos": "NOUN"} if text[a:b] in ("book", "men") else {"upos": "X"})
         for a, b in words_of(text)]
        for text in SOURCES
    ])  # fmt: skip
    return Corpus("tiny", SOURCES, REFERENCES, {}, labels)


def words(text: str) -> list[str]:
    return [text[a:b] for a, b in words_of(text)]


def test_sets_stand_side_by_side(tiny_model: TranslationModel) -> None:
    site = [a for a in tiny_model.layers if a.startswith("encoder.1")][-1]
    units = [f"{site}[{u}]" for u in range(10)]
    everywhere = Intervention(units, "set", 3.0)
    nouns = Intervention(units, "set", 6.0, where={"label": "upos", "value": "NOUN"})
    found = compare_sets(
        tiny_model, corpus(), {"all": [everywhere], "nouns": [nouns], "none": []}, resamples=20
    )
    base = [t.text for t in tiny_model.translate(SOURCES)]
    assert found.baseline == base
    every, some, none = found.outcomes
    assert every.translations == [t.text for t in tiny_model.translate(SOURCES, [everywhere])]
    for i, noun in ((1, "book"), (2, "men")):
        tokens = tiny_model.checked(SOURCES[i])
        at = [p for p, w in enumerate(tokens.word_ids) if w >= 0 and tokens.word_texts[w] == noun]
        by_hand = Intervention(units, "set", 6.0, positions=at)
        assert some.translations[i] == tiny_model.translate([SOURCES[i]], [by_hand])[0].text
    assert some.translations[0] == base[0], "a sentence without a noun is left alone"
    assert none.translations == base and none.score.changed_sentences == 0
    expected = score_corpus(every.translations, REFERENCES, base, resamples=20)
    assert every.score.bleu.value == expected.bleu.value
    assert every.score.changed_sentences == expected.changed_sentences
    assert every.changed == [
        word_diff(words(a), words(b)) for a, b in zip(base, every.translations, strict=True)
    ]
    plain = json.loads(json.dumps(found.to_dict(limit=2)))
    assert len(plain["sentences"]) == 2 and [s["name"] for s in plain["sets"]] == [
        "all", "nouns", "none",
    ]  # fmt: skip


def test_sets_are_values_with_names_of_their_own(tiny_recurrent: TranslationModel) -> None:
    one = ManipulationSet("past", (Intervention(["encoder.1.rnn_hidden[3]"], "set", 1.0),))
    assert ManipulationSet.from_dict(json.loads(json.dumps(one.to_dict()))) == one
    with pytest.raises(InvalidInputError, match="name of its own"):
        compare_sets(tiny_recurrent, corpus(), [one, one])
    missing = Intervention(
        ["encoder.1.rnn_hidden[3]"], "zero", where={"label": "Mood", "value": "X"}
    )
    with pytest.raises(InvalidInputError, match="'Mood'.*upos"):
        compare_sets(tiny_recurrent, corpus(), {"mood": [missing]})


def test_layers_heads_and_all_but_a_few_are_groups(
    tiny_marian: TranslationModel, tiny_recurrent: TranslationModel
) -> None:
    heads = head_groups(tiny_marian, "encoder.1.self_attn_heads")
    assert {k: len(v) for k, v in heads.items()} == {
        "encoder.1.self_attn_heads head 0": 8, "encoder.1.self_attn_heads head 1": 8,
    }  # fmt: skip
    found = compare_sets(tiny_marian, corpus(), ablations(heads), resamples=10)
    for outcome, units in zip(found.outcomes, heads.values(), strict=True):
        off = [Intervention(units, "zero")]
        assert outcome.translations == [t.text for t in tiny_marian.translate(SOURCES, off)]
    rest = all_but(tiny_recurrent, ["encoder.1.rnn_hidden[3]", "encoder.1.rnn_hidden[0]"])
    assert len(rest) == 14 and "encoder.1.rnn_hidden[3]" not in rest
    with pytest.raises(UnknownAddressError, match="16 units, 0 to 15"):
        all_but(tiny_recurrent, ["encoder.1.rnn_hidden[16]"])
    assert list(layer_groups(tiny_recurrent)) == tiny_recurrent.layers
    with pytest.raises(InvalidInputError, match="does not hold heads"):
        head_groups(tiny_recurrent, "encoder.1.rnn_hidden")
    with pytest.raises(InvalidInputError, match="zero, mean or resample"):
        ablations(heads, "set")


def test_chosen_groups_are_what_they_are_called(tiny_model: TranslationModel) -> None:
    layer = [a for a in tiny_model.layers if a.startswith("encoder.1")][-1]
    width = tiny_model.sites[layer]
    names = [f"{layer}[{u}]" for u in range(3)]
    assert chosen_groups(tiny_model, "these", [*names, names[0]]) == {"these neurons": names}
    rest = chosen_groups(tiny_model, "others", names)["all others"]
    assert rest == [f"{layer}[{u}]" for u in range(3, width)]
    assert list(chosen_groups(tiny_model, "layers")) == list(tiny_model.layers)
    assert chosen_groups(tiny_model, "layers", layers=[layer]) == {
        layer: [f"{layer}[{u}]" for u in range(width)]
    }
    for kind, neurons, said in (
        ("these", [], "No neuron"), ("others", [f"{layer}[{u}]" for u in range(width)], "none is"),
        ("heads", [], "_attn_heads"), ("both", [], "one of"),
    ):  # fmt: skip
        with pytest.raises(InvalidInputError, match=said):
            chosen_groups(tiny_model, kind, neurons)


def test_labels_of_other_texts_are_guessed_by_form_and_that_is_said() -> None:
    known = SourceLabels(corpus())
    tokens = words_tokens("The men read a book.")
    found = known.of(None, tokens, ["upos"])
    assert found.values is not None
    assert found.values["upos"] == ["X", "NOUN", "", "X", "NOUN", "X"]
    assert "5 of 6 words" in found.note  # "read" stands nowhere in the corpus.
    own = known.of(2, words_tokens(SOURCES[2]), ["upos"])
    assert own.note == "" and own.values is not None and own.values["upos"][1] == "NOUN"
    assert known.of(None, tokens, ["position"]).values["position"] == list("012345")  # type: ignore[index]
    nothing = SourceLabels(Corpus("plain", SOURCES, REFERENCES)).of(0, tokens, ["upos"])
    assert nothing.values is None and "labels belong" in nothing.note


def words_tokens(text: str) -> Tokens:
    spans = words_of(text)
    return Tokens(text, [], words(text), list(spans), spans, list(range(len(spans))))


def test_a_pattern_that_would_take_for_ever_is_given_up() -> None:
    with pytest.raises(InvalidInputError, match="too long"):
        Where(pattern="(a|aa)+").indices(["a" * 60 + "c"])
