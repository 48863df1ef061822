"""Word labels from NeuroX's pairs of lines and from tables.

*Pairs of lines* are two text files: a line of words and a line with one label for each of them,
separated by spaces. They stand beside the corpus as ``<stem>.<side>.<name>.labels`` and, where the
words are not simply the sentence cut at spaces, ``<stem>.<side>.<name>.words``.

*Tables* (``<stem>.<side>.tsv``) have one word a line with its labels in columns after it, a first
line that names the columns (the first of them ``word``), and an empty line between sentences.

As with CoNLL-U, words are found in the sentences by their characters, so they may be cut
differently from NeuroX's own (``do`` and ``n't``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from ..errors import CorpusError, nth
from .labels import COMPUTED, AnnotatedToken, WordLabels, read_text

WORD_COLUMN = "word"


def read_pairs(
    path: Path, texts: Sequence[str], *, name: str = "label", words: Path | None = None
) -> WordLabels:
    """Read NeuroX's pairs of lines.

    Parameters
    ----------
    path : Path
        Labels, one line a sentence.
    texts : sequence of str
        The sentences.
    name : str
        What the label is called.
    words : Path, optional
        The words of the sentences as the labels count them; the sentences cut at white space if
        missing.

    Raises
    ------
    CorpusError
        Naming file and line, if the numbers of lines or words differ, or words are not those of
        the sentence.
    """
    given = None if words is None else (read_text(words), str(words))
    return parse_pairs(read_text(path), texts, str(path), name=name, words=given)


def parse_pairs(
    content: str,
    texts: Sequence[str],
    where: str,
    *,
    name: str = "label",
    words: tuple[str, str] | None = None,
) -> WordLabels:
    """The same of the content of files.

    Parameters
    ----------
    content : str
        Lines of labels.
    texts : sequence of str
    where : str
        What errors call the file of labels.
    name : str
    words : (str, str), optional
        Lines of words, and what errors call that file.
    """
    check_name(where, 1, name)
    labels = lines_of(content)
    lines, of = (list(texts), "the corpus") if words is None else (lines_of(words[0]), words[1])
    for file, found in ((where, labels), (of, lines)):
        if len(found) != len(texts):
            raise CorpusError(
                f"{file} has {len(found)} lines; the corpus has {len(texts)} sentences."
            )
    sentences = []
    for row, (line, text) in enumerate(zip(labels, lines, strict=True)):
        given, forms = line.split(), text.split()
        if len(given) != len(forms):
            raise CorpusError(
                f"{where}, line {row + 1}: {len(given)} labels for {len(forms)} words"
                + ("; give the words in a file of their own" if words is None else f" of {of}")
                + "."
            )
        rows = [(row + 1, form, {name: label}) for form, label in zip(forms, given, strict=True)]
        sentences.append(located(where if words is None else of, rows, texts[row], row))
    return WordLabels.of(sentences)


def read_table(path: Path, texts: Sequence[str]) -> WordLabels:
    """Read a table of words; CorpusError names file and line of what does not fit."""
    return parse_table(read_text(path), texts, str(path))


def parse_table(content: str, texts: Sequence[str], where: str) -> WordLabels:
    """The same of a file's content; `where` is what errors call the file."""
    lines = lines_of(content)
    names = [cell.strip() for cell in lines[0].split("\t")] if lines else []
    if len(names) < 2 or names[0] != WORD_COLUMN or len(set(names)) < len(names):
        raise CorpusError(
            f"{where}, line 1: the first line names the columns, {WORD_COLUMN!r} first and then "
            f"one or more labels, each once, with tabs between them; it is "
            f"{''.join(lines[:1])[:80]!r}."
        )
    for name in names[1:]:
        check_name(where, 1, name)
    blocks: list[list[tuple[int, str, dict[str, str]]]] = [[]]
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            if blocks[-1]:
                blocks.append([])
            continue
        cells = line.split("\t")
        if len(cells) != len(names):
            raise CorpusError(
                f"{where}, line {number}: {len(cells)} columns where there should be {len(names)}."
            )
        values = {name: cell for name, cell in zip(names[1:], cells[1:], strict=True) if cell}
        blocks[-1].append((number, cells[0], values))
    found = [block for block in blocks if block]
    if len(found) != len(texts):
        raise CorpusError(
            f"{where} has {len(found)} sentences, with an empty line between two; the corpus has "
            f"{len(texts)}."
        )
    sentences = [located(where, block, texts[row], row) for row, block in enumerate(found)]
    return WordLabels.of(sentences)


def located(
    where: str, rows: Iterable[tuple[int, str, dict[str, str]]], text: str, row: int
) -> list[AnnotatedToken]:
    """Words (line number, form, labels) found one after the other in their sentence."""
    found: list[AnnotatedToken] = []
    cursor = 0
    for number, form, labels in rows:
        start = text.find(form, cursor)
        if start < 0 or text[cursor:start].strip():
            raise CorpusError(
                f"{where}, line {number}: {form!r} is not the next word of {nth(row)}, which "
                f"continues with {text[cursor : cursor + 30]!r}."
            )
        cursor = start + len(form)
        found.append(AnnotatedToken(start, cursor, labels))
    return found


def beside(path: Path, side: str, texts: Sequence[str]) -> list[WordLabels]:
    """Labels from the files of these forms that stand beside a corpus file."""
    start = f"{path.stem}.{side}."
    found = []
    table = path.with_name(f"{start}tsv")
    if table.exists():
        found.append(read_table(table, texts))
    for file in sorted(path.parent.glob("*.labels")):
        if file.name.startswith(start):
            name = file.name.removeprefix(start).removesuffix(".labels")
            words = file.with_suffix(".words")
            found.append(
                read_pairs(file, texts, name=name, words=words if words.exists() else None)
            )
    return found


def check_name(where: str, line: int, name: str) -> None:
    """CorpusError if a label cannot be called that."""
    if not name or name in COMPUTED or "." in name:
        raise CorpusError(
            f"{where}, line {line}: {name!r} cannot be a label's name; it is not empty, not "
            f"{' or '.join(COMPUTED)}, and has no dot."
        )


def lines_of(content: str) -> list[str]:
    """Lines of a text, without empty ones at its end."""
    lines = [line.removesuffix("\r") for line in content.split("\n")]
    while lines and not lines[-1].strip():
        lines.pop()
    return lines
