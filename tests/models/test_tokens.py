"""Words are the same for every model, and every piece finds the word that it belongs to."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurox_core.errors import InvalidInputError
from neurox_core.models.base import TranslationModel
from neurox_core.models.hub_tokens import HubTokenizer
from neurox_core.models.spans import laid_along, readable
from neurox_core.models.tokens import word_ids, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("l'homme n'est pas là.", "l' homme n' est pas là ."),
        ("Don't stop, it's late!", "Don't stop , it's late !"),
        ("Qu'est-ce que c'est ?", "Qu' est-ce que c' est ?"),
        ("aujourd'hui, lorsqu'il", "aujourd'hui , lorsqu' il"),
        ("a (b) 3.5", "a ( b ) 3 . 5"),
        ("", ""),
        ("كِتَابٌ جديد، هنا", "كِتَابٌ جديد ، هنا"),
        ("שָׁלוֹם לכם", "שָׁלוֹם לכם"),
        ("我爱你。Hello", "我 爱 你 。 Hello"),
        ("カタカナとひらがな", "カタカナ とひらがな"),
        ("ภาษาไทยดี", "ภา ษา ไท ย ดี"),
        ("नमस्ते दुनिया", "नमस्ते दुनिया"),
        ("e\u0301te\u0301, l'e\u0301te\u0301", "e\u0301te\u0301 , l' e\u0301te\u0301"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        # What is seen as one emoji is one word; what cannot be seen is none.
        ("ok ❤\ufe0f 👍\U0001f3fd!", "ok ❤\ufe0f 👍\U0001f3fd !"),
        ("👨\u200d👩\u200d👧🇫🇷🇩🇪", "👨\u200d👩\u200d👧 🇫🇷 🇩🇪"),
        ("1\ufe0f\u20e3 葛\U000e0100城", "1\ufe0f\u20e3 葛\U000e0100 城"),
        ("\u200fשלום\u200f, \u2068a\u2069 \u200c.", "שלום , a ."),
        ("ไทย\u200bดี Kinder\u00adgarten", "ไท ย ดี Kinder garten"),
    ],
)
def test_words(text: str, words: str) -> None:
    assert [text[a:b] for a, b in words_of(text)] == words.split()


@given(st.text(alphabet="ab' .é日", max_size=20), st.data())
def test_a_piece_belongs_to_the_word_of_its_first_letter(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    spans = list(zip([0, *cuts], [*cuts, len(text)], strict=True))
    words = words_of(text)
    owner = {i: n for n, (a, b) in enumerate(words) for i in range(a, b)}
    inside = {i: n for n, (a, b) in enumerate(words) for i in range(a + 1, b)}
    # A piece of no width, such as a sign that normalisation adds, belongs where it stands.
    expected = [
        inside.get(a, -1) if a == b else next((owner[i] for i in range(a, b) if i in owner), -1)
        for a, b in spans
    ]
    assert word_ids(spans, words) == expected


def test_pieces_without_offsets_are_laid_along_the_text() -> None:
    text = "The  cats' house"
    spans = laid_along(text, ["▁The", "▁cat", "s", "'", "▁house"])
    assert [text[a:b] for a, b in spans] == ["The", "cat", "s", "'", "house"]


def test_bytes_that_make_up_one_character_all_cover_it() -> None:
    """Byte fallback (Llama) and byte-level pieces (GPT-2), among whole characters."""
    pieces = ["<0xC3>", "<0xA9>", "t", "é", "▁", "<0xE6>", "<0x97>", "<0xA5>", "本"]
    spans = laid_along("été 日本", pieces)
    assert spans == [(0, 1), (0, 1), (1, 2), (2, 3), (4, 4), (4, 5), (4, 5), (4, 5), (5, 6)]
    assert readable("Ġ\u00c3\u00a9t\u00c3\u00a9") == "Ġété" and readable("\u00c3") == "<0xC3>"
    assert readable("<|endoftext|>") == "<|endoftext|>" and readable("Ċ") == "Ċ"
    assert readable("▁the") == "▁the"  # of no byte-level vocabulary


TEXTS = ["She reads a book.", "l'homme 日本", "", "  two  spaces ", "a </s> b", ">>fr<< no"]


@pytest.mark.parametrize("side", ["source", "target"])
def test_the_quick_way_equals_the_tokenizer(tiny_marian: TranslationModel, side: str) -> None:
    known: HubTokenizer = tiny_marian.tokenizer  # type: ignore[attr-defined]
    quick, slow = known.by_sentencepiece(TEXTS, side), known.by_tokenizer(TEXTS, side)
    # Text that may hold a special token is left to the tokenizer.
    assert [pieces is None for pieces in quick] == [False] * 4 + [True] * 2
    for one, other in zip(quick[:4], slow, strict=False):
        assert one is not None and one[:2] == other[:2]


@pytest.mark.parametrize("side", ["source", "target"])
def test_many_texts_are_cut_like_each_alone(tiny_model: TranslationModel, side: str) -> None:
    alone = [tiny_model.tokenize(text, side) for text in TEXTS]
    assert tiny_model.tokenize_all(TEXTS, side) == alone
    assert tiny_model.tokenize_all([], side) == []
    # So many that they are cut in several lots, and none.
    many = TEXTS * 60
    assert list(tiny_model.tokenize_each(many, side)) == alone * 60
    assert list(tiny_model.tokenize_each([], side)) == []


@pytest.mark.parametrize("side", ["source", "target"])
@pytest.mark.parametrize("name", ["t5", "nllb", "mbart", "m2m100", "gpt2", "llama", "bert"])
def test_a_batch_of_a_library_tokenizer_equals_single_texts(
    open_family: Any, name: str, side: str
) -> None:
    _, model = open_family(name)
    texts = [*TEXTS, "été 日本", "He left. " * 20]
    alone = [model.tokenize(text, side) for text in texts]
    assert model.tokenize_all(texts, side) == alone
    assert list(model.tokenize_each(texts * 50, side)) == alone * 50


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("  ", "empty or only spaces"),
        ("He\0left.", "null character at place 2"),
        ("He left.\udcff", "not UTF-8 at place 8"),
        (5, "A text is needed, not 5"),
        (None, "A text is needed, not None"),
    ],
)
def test_what_no_tokenizer_can_read_is_refused_before_any_does(
    tiny_recurrent: Any, tiny_marian: Any, text: Any, said: str
) -> None:
    for model in (tiny_recurrent, tiny_marian):
        with pytest.raises(InvalidInputError, match=said):
            model.translate(["He left.", text])
