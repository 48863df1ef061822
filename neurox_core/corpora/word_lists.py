"""Word labels from a list of words.

A list has one word a line; words of it are ``listed``, all others ``other``. Or it has a word and
its class a line, with a tab between; words that are not in it have no label. Case does not count.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..errors import CorpusError
from ..models.tokens import words_of
from .label_files import check_name, lines_of
from .labels import AnnotatedToken, WordLabels, read_text

LISTED, OTHER = "listed", "other"


def read_word_list(path: Path, texts: Sequence[str], *, name: str = "label") -> WordLabels:
    """Label the words of texts by a list.

    Parameters
    ----------
    path : Path
    texts : sequence of str
        The sentences.
    name : str
        What the label is called.

    Raises
    ------
    CorpusError
        Naming file and line, if a line holds something else, a word has two classes, or none of the
        words occurs.
    """
    return parse_word_list(read_text(path), texts, str(path), name=name)


def parse_word_list(content: str, texts: Sequence[str], where: str, *, name: str) -> WordLabels:
    """The same of a file's content; `where` is what errors call the file."""
    check_name(where, 1, name)
    classes = _classes(content, where)
    rest = OTHER if set(classes.values()) == {LISTED} else ""
    known = {value: {name: value} for value in {*classes.values(), rest} if value}
    sentences, met = [], False
    for text in texts:
        found = []
        for start, end in words_of(text):
            value = classes.get(text[start:end].casefold(), rest)
            met |= value != rest
            found.append(AnnotatedToken(start, end, known.get(value, {})))
        sentences.append(found)
    if not met:
        raise CorpusError(
            f"{where}: none of the {len(classes)} words occurs in the text. Words are compared as "
            "NeuroX cuts them, punctuation apart; is the other side of the corpus meant?"
        )
    return WordLabels.of(sentences)


def _classes(content: str, where: str) -> dict[str, str]:
    """Class of each word, without case."""
    found: dict[str, str] = {}
    first: dict[str, int] = {}
    columns = 0
    for number, line in enumerate(lines_of(content), start=1):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        columns = columns or len(cells)
        if len(cells) > 2 or len(cells) != columns or not all(cells):
            raise CorpusError(
                f"{where}, line {number}: give one word a line, or on each line a word and its "
                f"class with a tab between them; it is {line[:60]!r}."
            )
        if len(cells[0].split()) > 1:
            raise CorpusError(
                f"{where}, line {number}: {cells[0][:60]!r} is more than one word; give one a line."
            )
        word, value = cells[0].casefold(), cells[1] if columns == 2 else LISTED
        if found.setdefault(word, value) != value:
            raise CorpusError(
                f"{where}, line {number}: {cells[0][:60]!r} is {value!r}, and {found[word]!r} in "
                f"line {first[word]}. Give each word one class; case does not count."
            )
        first.setdefault(word, number)
    if not found:
        raise CorpusError(f"{where} holds no word; give one a line.")
    return found
