"""A text as a model sees it: ids, pieces, character spans, and the words they belong to.

Words are found in the text itself, not by the tokenizer, so that every model of a project has the
same words: runs of letters and digits, and single other characters. An apostrophe ends a word
after a French elision ("l'homme" is two words) and stays inside otherwise ("don't" is one); a
hyphen between letters stays inside. A piece belongs to the word that holds its first character
which is not a space.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

_ELISION = r"(?:[cdjlmnstCDJLMNST]|(?:[jJ]us|[lL]ors|[pP]uis|[qQ]uoi)?[qQ]u)['\u2019](?=\w)"
_WORD = re.compile(rf"{_ELISION}|\w+(?:[-'\u2019]\w+)*|[^\w\s]")


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


def words_of(text: str) -> list[tuple[int, int]]:
    """Character spans of the words of a text.

    Examples
    --------
    >>> [ "l'homme n'est pas là."[a:b] for a, b in words_of("l'homme n'est pas là.")]
    ["l'", 'homme', "n'", 'est', 'pas', 'là', '.']
    """
    return [match.span() for match in _WORD.finditer(text)]


def spaces_before(text: str, words: Sequence[tuple[int, int]]) -> list[bool]:
    """Whether white space stands directly before each word."""
    return [a > 0 and text[a - 1].isspace() for a, _ in words]


def word_ids(
    spans: Sequence[tuple[int, int] | None], words: Sequence[tuple[int, int]]
) -> list[int]:
    """The word of each piece: the one that holds its first character that is in a word at all."""
    ends = [end for _, end in words]
    found = []
    for span in spans:
        word = -1 if span is None else bisect_right(ends, span[0])
        # The first word that ends after the piece begins, if it begins before the piece ends.
        inside = span is not None and word < len(words) and words[word][0] < span[1]
        found.append(word if inside else -1)
    return found
