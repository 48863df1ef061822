"""A text as a model sees it: ids, pieces, character spans, and the words they belong to.

Words are found in the text itself, not by the tokenizer, so that every model of a project has the
same words: runs of letters and digits, and single other characters. An apostrophe ends a word
after a French elision ("l'homme" is two words) and stays inside otherwise ("don't" is one); a
hyphen between letters stays inside. A piece belongs to the word that holds its first character
which is not a space.

Marks that are written above, below or behind a letter (Arabic and Hebrew vowels, Indic vowel signs,
accents that are characters of their own) belong to the letter's word. What makes one emoji out of
several characters (a joined family, a skin tone, a flag, the sign for "in colour") is one word,
too. Scripts that put no space between words give no words without a dictionary, so something
smaller stands in: every Chinese character, every run of one kana, every Thai, Lao, Khmer or Burmese
consonant with its vowels.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from ..errors import InvalidInputError

_ELISION = r"(?:[cdjlmnstCDJLMNST]|(?:[jJ]us|[lL]ors|[pP]uis|[qQ]uoi)?[qQ]u)['\u2019](?=\w)"
_UNSEEN = r"\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
"""Marks of direction, joiners, soft hyphens and the like: no words, for nobody can see them."""
_WORD = re.compile(rf"{_ELISION}|\w+(?:[-'\u2019]\w+)*|[^\w\s{_UNSEEN}]")
_UNREADABLE = re.compile("[\0\ud800-\udfff]")
_FIRST_MARK = "\u0300"
"""Text below this character needs none of what follows."""
_HAN = r"\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HIRAGANA, _KATAKANA = r"\u3041-\u309f", r"\u30a1-\u30fa\u30fc-\u30ff\uff66-\uff9f"
_PREPOSED = r"\u0e40-\u0e44\u0ec0-\u0ec4"
"""Thai and Lao vowels that are written before their consonant."""
_FLAG, _EMOJI = r"\U0001f1e6-\U0001f1ff", r"\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f"
"""Letters that make a flag two by two; skin tones and tags, which stand behind an emoji."""
_VARIANT = r"\ufe00-\ufe0f\U000e0100-\U000e01ef"
"""Which form of a character is meant."""
_CLUSTERED = r"\u0e01-\u0e5b\u0e81-\u0edf\u1000-\u109f\u1780-\u17dd"
_TOGETHER = 64


@dataclass(frozen=True)
class Tokens:
    """One tokenised text.

    Attributes
    ----------
    text : str
    ids : list of int
        Special tokens included.
    pieces : list of str
        As the model sees them.
    spans : list of (int, int) or None
        Characters of `text` each piece covers; None for special tokens.
    words : list of (int, int)
        Character spans of the words.
    word_ids : list of int
        Word of each piece; -1 for special tokens and for pieces that cover no word.
    """

    text: str
    ids: list[int]
    pieces: list[str]
    spans: list[tuple[int, int] | None]
    words: list[tuple[int, int]]
    word_ids: list[int]

    @property
    def word_texts(self) -> list[str]:
        """The words as strings."""
        return [self.text[a:b] for a, b in self.words]

    @property
    def spaces(self) -> list[bool]:
        """Whether white space stands before each word."""
        return spaces_before(self.text, self.words)


def some_texts(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Texts that are tokenised together.

    The tokens of many more would live so long that Python looked through all objects of the
    process, again and again, for some that could go.
    """
    for first in range(0, len(texts), _TOGETHER):
        yield texts[first : first + _TOGETHER]


def words_of(text: str) -> list[tuple[int, int]]:
    """Character spans of the words of a text.

    Examples
    --------
    >>> [ "l'homme n'est pas là."[a:b] for a, b in words_of("l'homme n'est pas là.")]
    ["l'", 'homme', "n'", 'est', 'pas', 'là', '.']
    """
    plain = not text or max(text) < _FIRST_MARK
    return [match.span() for match in (_WORD if plain else _any_script()).finditer(text)]


@cache
def _any_script() -> re.Pattern[str]:
    """The words of any text; made when the first such text comes."""
    marks = _ranges([i for i in range(0x300, 0x10000) if unicodedata.category(chr(i))[0] == "M"])
    joiners = r"\u200c\u200d"  # They stand inside Persian and Indic words.
    letter = rf"(?:(?![{_HAN}{_HIRAGANA}{_KATAKANA}{_CLUSTERED}])[\w{marks}{joiners}])"
    follows = r"\u0e30\u0e32\u0e33\u0e45\u0eb0\u0eb2\u0eb3"  # Vowels behind, no marks in Unicode.
    return re.compile(
        rf"{_ELISION}|[{_HAN}][{_VARIANT}]*|[{_HIRAGANA}]+|[{_KATAKANA}]+"
        rf"|[{_PREPOSED}]?[{_CLUSTERED}][{marks}{follows}{joiners}]*"
        rf"|(?![{joiners}]){letter}+(?:[-'\u2019]{letter}+)*"
        rf"|[{_FLAG}]{{2}}|[^\w\s{_UNSEEN}](?:[{marks}{_EMOJI}]|\u200d[^\w\s{_UNSEEN}])*"
    )


def _ranges(points: Sequence[int]) -> str:
    """Code points as the inside of a character class."""
    found: list[list[int]] = []
    for point in points:
        if found and point == found[-1][1] + 1:
            found[-1][1] = point
        else:
            found.append([point, point])
    return "".join(rf"\u{a:04x}-\u{b:04x}" for a, b in found)


def translatable(text: object) -> str:
    """The text that was given, if a tokenizer can read it.

    Raises
    ------
    InvalidInputError
        If it is no string, is empty, or holds a null character or bytes that are no UTF-8 (which
        Python keeps as lone surrogates).
    """
    if not isinstance(text, str):
        raise InvalidInputError(f"A text is needed, not {text!r:.60}.")
    if not text.strip():
        raise InvalidInputError("There is no text to translate: it is empty or only spaces.")
    if wrong := _UNREADABLE.search(text):
        what = "a null character" if wrong[0] == "\0" else "bytes that are not UTF-8"
        raise InvalidInputError(
            f"The text {text[:60]!r} holds {what} at place {wrong.start()}; remove it, or write "
            "the text as UTF-8."
        )
    return text


def spaces_before(text: str, words: Sequence[tuple[int, int]]) -> list[bool]:
    """Whether white space stands directly before each word."""
    return [a > 0 and text[a - 1].isspace() for a, _ in words]


def word_ids(
    spans: Sequence[tuple[int, int] | None], words: Sequence[tuple[int, int]]
) -> list[int]:
    """The word of each piece: the one that holds its first character that is in a word at all."""
    ends = [end for _, end in words]
    found, word, count = [], 0, len(words)
    for span in spans:
        if span is None:
            found.append(-1)
            continue
        begin, end = span
        # The first word that ends after the piece begins; pieces rarely go back.
        if word and ends[word - 1] > begin:
            word = bisect_right(ends, begin)
        while word < count and ends[word] <= begin:
            word += 1
        # If it begins before the piece ends.
        found.append(word if word < count and words[word][0] < end else -1)
    return found
