"""Edits of a decoder at words that it writes: positions by hand, and the laws of every model."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from neurox_core.corpora import Corpus
from neurox_core.corpora.labels import AnnotatedToken, WordLabels
from neurox_core.corpora.text_labels import OutputForms
from neurox_core.engine.live import LiveModel
from neurox_core.errors import InvalidInputError, UnknownNameError
from neurox_core.interventions import Intervention, compare_sets, placed
from neurox_core.interventions.redecode import Redecoder
from neurox_core.interventions.settings import Setting
from neurox_core.interventions.written import Words
from neurox_core.models.base import TranslationModel
from neurox_core.models.search import SearchOptions
from neurox_core.models.tokens import words_of

TEXTS = [
    "He left.",
    "She reads a book in the garden.",
    "The woman sees the two old houses.",
    "They were not at home yesterday.",
]
REFERENCES = [
    "Il est parti.", "Elle lit un livre dans le jardin.", "La femme voit les deux maisons.",
    "Ils étaient chez eux hier.",
]  # fmt: skip
SITES = {"recurrent": "decoder.1.rnn_hidden", "huggingface": "decoder.1.resid_post"}
PATTERN = r"(?i)[a-m].*"


def edit(model: TranslationModel, value: float = 4.0, **more: Any) -> Intervention:
    units = [f"{SITES[model.family]}[{u}]" for u in range(6)]
    return Intervention(units, "set", value, **{"where": {"pattern": PATTERN}, **more})


def outcome(results: Any) -> list[tuple[list[int], float]]:
    return [(r.ids, r.score) for r in results]


def holding(model: TranslationModel, ids: list[int], meant: Any) -> list[int]:
    """Positions by the definition, told in another way: what every prefix spells, from scratch."""
    found = []
    for read in range(1, len(ids)):
        before, now = (model.detokenize(ids[:n]).split() for n in (read - 1, read))
        if now != before:
            text = " ".join(now)
            word = [text[a:b] for a, b in words_of(text)][-1]
            if meant(word):
                found.append(read)
    return found


def test_the_word_of_a_token_is_the_last_one_written_if_it_spells_anything() -> None:
    pieces = ["", "l", "'", "hom", "me", " ", "est", "<fr>"]
    spelt = Words(lambda ids: "".join(p for i in ids if not (p := pieces[i]).startswith("<")))
    read = torch.tensor([[0, 1, 2, 3, 4, 5, 6, 7]])
    expected = [None, "l", "'", "hom", "homme", None, "est", None]
    assert spelt.of(read, 0, 8) == [expected]
    assert spelt.of(read, 3, 2) == [["hom", "homme"]]


def test_it_equals_the_list_of_positions_at_which_it_holds(tiny_model: TranslationModel) -> None:
    written = [t.text for t in tiny_model.translate(TEXTS)]
    meant = lambda word: word[0].casefold() in "abcdefghijklm"  # noqa: E731
    site, changed = SITES[tiny_model.family], 0
    for source, target in zip(TEXTS, written, strict=True):
        sides = [tiny_model.tokenize(source)], [tiny_model.tokenize(target, "target")]
        at = holding(tiny_model, sides[1][0].ids, meant)
        lists = [[edit(tiny_model)]], [[edit(tiny_model, where=None, positions=at)]], [[]]
        found, by_hand, clean = (
            tiny_model.forward(*sides, [site], rows, logprobs=True) for rows in lists
        )
        assert found.logprobs is not None and by_hand.logprobs is not None
        assert torch.equal(found.logprobs, by_hand.logprobs)
        assert torch.equal(found.activations[site], by_hand.activations[site])
        changed += not torch.equal(found.activations[site], clean.activations[site])
    assert changed, "some word begins so"


@pytest.mark.parametrize("beams", [1, 3])
def test_a_row_is_what_it_would_be_alone_and_scores_as_when_forced(
    tiny_model: TranslationModel, beams: int
) -> None:
    settings = [[], [edit(tiny_model)], [edit(tiny_model, -4.0, where={"words": ["la", "il"]})],
                [edit(tiny_model, where={"pattern": "(?!)"})]]  # fmt: skip
    rows = [(text, setting) for setting in settings for text in TEXTS]
    together = tiny_model.translate([t for t, _ in rows], [s for _, s in rows], beams)
    alone = [tiny_model.translate([text], setting, beams)[0] for text, setting in rows]
    assert [t.ids for t in together] == [t.ids for t in alone]
    clean, changed, _, nowhere = (together[i : i + 4] for i in (0, 4, 8, 12))
    assert outcome(nowhere) == outcome(clean), "what holds nowhere changes nothing"
    assert [t.ids for t in changed] != [t.ids for t in clean]
    for (text, setting), found in zip(rows, together, strict=True):
        target = tiny_model.tokenize("", "target")
        target = type(target)("", found.ids, [], [], [], [])
        forced = tiny_model.forward([tiny_model.tokenize(text)], [target], (), [setting], True)
        assert forced.logprobs is not None
        assert float(forced.logprobs.sum()) / len(found.ids) == pytest.approx(found.score, abs=1e-3)


def test_a_draft_taken_back_and_a_prefix_change_nothing(tiny_model: TranslationModel) -> None:
    sources = [tiny_model.tokenize(t) for t in TEXTS]
    rows = [[edit(tiny_model)]] * len(TEXTS)
    plain = [h[0] for h in tiny_model.search(sources, rows, SearchOptions(max_length=14))]
    assert all(len(h.ids) > 2 for h in plain)
    for count in (len(TEXTS), 1):
        for spoil in (0, 2):
            drafts = [[[*h.ids[:spoil], 9, *h.ids[spoil:-1]]] for h in plain[:count]]
            options = SearchOptions(max_length=14, drafts=drafts)
            found = tiny_model.search(sources[:count], rows[:count], options)
            assert [h[0].ids for h in found] == [h.ids for h in plain[:count]]
    options = SearchOptions(max_length=14, prefixes=[h.ids[:2] for h in plain])
    found = tiny_model.search(sources, rows, options)
    assert [h[0].ids for h in found] == [h.ids for h in plain]


@pytest.mark.parametrize("beams", [1, 2])
def test_decoding_again_from_guesses_is_decoding(tiny_model: TranslationModel, beams: int) -> None:
    engine = Redecoder(tiny_model, TEXTS, beams)
    settings = [
        Setting.everywhere(tiny_model, [edit(tiny_model, value)], len(TEXTS))
        for value in (-4.0, 1.0, 4.0)
    ]
    found = engine.run(settings)
    for setting, texts in zip(settings, found, strict=True):
        wanted = tiny_model.translate(TEXTS, setting.lists[0], beams)
        assert texts == [t.ids for t in wanted]


def test_an_edit_of_the_state_itself_and_of_both_sides() -> None:
    pattern = {"pattern": "b.*"}
    mixed = Intervention(["encoder.0.embed[1]", "decoder.0.embed[2]"], "zero", where=pattern)
    text = "a bee"
    from neurox_core.models.tokens import Tokens

    tokens = Tokens(text, [4, 5, 1], ["a", "bee", "</s>"], [(0, 1), (2, 5), None],
                    [(0, 1), (2, 5)], [0, 1, -1])  # fmt: skip
    reading, writing = placed([mixed], tokens)
    assert (reading.neurons, reading.positions) == (("encoder.0.embed[1]",), (1,))
    assert writing.neurons == ("decoder.0.embed[2]",) and writing.where == mixed.where
    both = placed([mixed], tokens, stack="decoder")
    assert both[0].positions == (1,), "a language model's decoder reads the prompt"


def test_a_recurrent_state_is_edited_step_by_step(tiny_recurrent: TranslationModel) -> None:
    state = edit(tiny_recurrent, scope="recurrence")
    together = tiny_recurrent.translate([*TEXTS, *TEXTS], [[state]] * 4 + [[]] * 4)
    assert [t.ids for t in together[4:]] == [t.ids for t in tiny_recurrent.translate(TEXTS)]
    for text, found in zip(TEXTS, together[:4], strict=True):
        at = holding(tiny_recurrent, found.ids, lambda w: w[0].casefold() in "abcdefghijklm")
        by_hand = edit(tiny_recurrent, scope="recurrence", where=None, positions=at)
        again = tiny_recurrent.translate([text], [by_hand])[0]
        assert again.ids == found.ids and again.score == pytest.approx(found.score, abs=1e-5)


def labelled() -> Corpus:
    """References whose articles are tagged; "la" is a pronoun once, which four fifths outweigh."""
    articles = {"il": "PRON", "elle": "PRON", "la": "DET", "les": "DET", "le": "DET", "un": "DET"}
    rows = [
        [AnnotatedToken(a, b, {"upos": articles.get(text[a:b].casefold(), "X")})
         for a, b in words_of(text)]
        for text in REFERENCES
    ]  # fmt: skip
    return Corpus("tiny", TEXTS, REFERENCES, {}, None, WordLabels.of(rows))


def test_a_label_stands_for_the_forms_that_have_it_in_the_references(
    tiny_model: TranslationModel,
) -> None:
    forms = OutputForms(labelled())
    assert forms.of("upos", "DET") == ("la", "le", "les", "un")
    assert forms.of("upos", "PRON|DET") == ("elle", "il", "la", "le", "les", "un")
    assert "position" not in forms.names
    with pytest.raises(UnknownNameError, match="Tense"):
        forms.of("Tense", "Past")
    by_label = edit(tiny_model, where={"label": "upos", "value": "DET|PRON"})
    by_words = edit(tiny_model, where={"words": ["Il", "elle", "la", "les", "le", "un"]})
    nobody = edit(tiny_model, where={"label": "upos", "value": "VERB"})
    sets = {"label": [by_label], "words": [by_words], "nobody": [nobody]}
    found = compare_sets(tiny_model, labelled(), sets, resamples=20)
    label, words, none = (one.translations for one in found.outcomes)
    assert label == words and none == found.baseline
    live = LiveModel(tiny_model)
    shown = live.translate(TEXTS, [[by_label], [nobody]], forms=forms.of)
    assert [item.outputs[0].tokens.text for item in shown] == label
    assert [item.outputs[1].tokens.text for item in shown] == found.baseline
    with pytest.raises(InvalidInputError, match="references have labels"):
        tiny_model.translate(TEXTS, [by_label])
    unlabelled = Corpus("plain", TEXTS, REFERENCES)
    with pytest.raises(InvalidInputError, match="no labels"):
        compare_sets(tiny_model, unlabelled, sets, resamples=20)


@pytest.mark.parametrize("name", ["t5", "m2m100"])
def test_other_families_are_edited_at_the_same_words(open_family: Any, name: str) -> None:
    """M2M-100 has to write its language first, which is no word."""
    _, model = open_family(name)
    for site in ("decoder.1.resid_post", "decoder.0.ffn_act"):
        units = [f"{site}[{u}]" for u in range(8)]
        named = Intervention(units, "set", 3.0, where={"pattern": "(?i).*[aeiou].*"})
        for beams in (1, 2):
            for text, found in zip(TEXTS, model.translate(TEXTS, [named], beams), strict=True):
                at = holding(model, found.ids, lambda w: not set(w.casefold()).isdisjoint("aeiou"))
                by_hand = Intervention(units, "set", 3.0, positions=at)
                target = model.tokenize("", "target")
                target = type(target)("", found.ids, [], [], [], [])
                rows = [[named]], [[by_hand]]
                forced = [
                    model.forward([model.tokenize(text)], [target], (), row, True).logprobs
                    for row in rows
                ]
                assert torch.equal(*forced)
                total = float(forced[0].sum()) / len(found.ids)
                assert total == pytest.approx(found.score, abs=1e-3)
