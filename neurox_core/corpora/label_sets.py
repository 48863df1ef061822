"""Files of labels from anywhere: four forms, told by the name of the file or by who gives it.

What a person gives on the page is kept as one JSON file each (:meth:`LabelSet.save`), with the text
of what was given, so that worker processes read it as the server does, and what it says is checked
again against the sentences whenever it is read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from os import PathLike
from pathlib import Path
from typing import Any

from ..errors import CorpusError, InvalidInputError
from ..replacing import replace_text
from .corpus import Corpus
from .label_files import parse_pairs, parse_table, read_pairs, read_table
from .labels import COMPUTED, WordLabels, parse_conllu, read_conllu
from .word_lists import parse_word_list, read_word_list

FORMS = ("conllu", "table", "pairs", "words")
"""CoNLL-U, a table of words, NeuroX's pairs of lines, a list of words."""

SUFFIXES = {
    ".conllu": "conllu", ".conll": "conllu", ".tsv": "table", ".labels": "pairs", ".label": "pairs",
    ".txt": "words",
}  # fmt: skip


@dataclass(frozen=True)
class LabelSet:
    """The text of a file of labels, and what it is.

    Attributes
    ----------
    form : str
        One of `FORMS`.
    side : {"source", "reference"}
    name : str
        What the label of pairs and of a list is called.
    content, file : str
        The text, and what errors call the file.
    words, words_file : str
        Of pairs, the lines of words and what errors call that file; '' if the words are the
        sentences cut at white space.
    names : mapping of str to str
        Other names for labels of the file, where the corpus had their own already.
    """

    form: str
    side: str
    name: str
    content: str
    file: str
    words: str = ""
    words_file: str = ""
    names: Mapping[str, str] = field(default_factory=dict)

    def read(self, texts: Sequence[str]) -> WordLabels:
        """Labels of the words of sentences.

        Raises
        ------
        CorpusError
            Naming file and line, if the file does not have the form or does not fit the sentences.
        """
        content, where = self.content.removeprefix("\ufeff"), self.file
        if self.form == "conllu":
            found = parse_conllu(content, texts, where)
        elif self.form == "table":
            found = parse_table(content, texts, where)
        elif self.form == "words":
            found = parse_word_list(content, texts, where, name=self.name)
        else:
            lines = (self.words.removeprefix("\ufeff"), self.words_file) if self.words else None
            found = parse_pairs(content, texts, where, name=self.name, words=lines)
        if not any(token.labels for tokens in found.sentences for token in tokens):
            raise CorpusError(f"{where} gives no word a label.")
        return found.renamed(self.names) if self.names else found

    def of(self, corpus: Corpus) -> WordLabels:
        """Labels of the words of its side of a corpus; raises what :meth:`read` raises."""
        return self.read(corpus.sources if self.side == "source" else corpus.references)

    def save(self, path: Path) -> None:
        """Write it; a file that is there is replaced in one step."""
        replace_text(path, json.dumps(asdict(self), ensure_ascii=False))

    @classmethod
    def load(cls, path: Path) -> LabelSet:
        """What :meth:`save` wrote; CorpusError if it is damaged."""
        try:
            values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            return cls(**values)
        except (OSError, ValueError, TypeError) as error:
            raise CorpusError(f"{path} cannot be read as labels: {error}.") from error


@dataclass(frozen=True)
class Added:
    """What became of a file of labels.

    Attributes
    ----------
    path : Path
    about : LabelSet or None
        Without the text of the files; None if the file is damaged.
    labels : tuple of str
    words : int
        How many words or tokens have a label.
    error : str
        Why it does not fit the sentences; '' if it does.
    """

    path: Path
    about: LabelSet | None
    labels: tuple[str, ...]
    words: int
    error: str = ""

    @classmethod
    def of(cls, path: Path, given: LabelSet, found: WordLabels) -> Added:
        """A file that fits."""
        words = sum(bool(token.labels) for tokens in found.sentences for token in tokens)
        names = tuple(name for name in found.names if name not in COMPUTED)
        return cls(path, replace(given, content="", words=""), names, words)


def add_labels(corpus: Corpus, paths: Sequence[Path]) -> tuple[Corpus, list[Added]]:
    """A corpus with the labels of files that :meth:`LabelSet.save` wrote.

    A file that does not fit (any longer) is left out and says why.
    """
    results = []
    for path in paths:
        given = None
        try:
            given = LabelSet.load(path)
            found = given.of(corpus)
            corpus = corpus.labelled(given.side, found)
            results.append(Added.of(path, given, found))
        except CorpusError as error:
            about = None if given is None else replace(given, content="", words="")
            results.append(Added(path, about, (), 0, str(error)))
    return corpus, results


def read_labels(
    path: str | PathLike[str],
    texts: Sequence[str],
    *,
    name: str | None = None,
    words: str | PathLike[str] | None = None,
) -> WordLabels:
    """Read a file of labels by the end of its name.

    Parameters
    ----------
    path : path
        ``.conllu``, ``.tsv`` (a table of words), ``.labels`` (a line of labels for each sentence)
        or ``.txt`` (a list of words).
    texts : sequence of str
        The sentences.
    name : str, optional
        What the label of lines and of a list is called; by default as the file is: ``ner`` in
        ``test.source.ner.labels``, ``people`` in ``people.txt``.
    words : path, optional
        The lines of words that a ``.labels`` file is about, if these are not the sentences cut at
        white space. A ``.words`` file beside it is found.

    Returns
    -------
    WordLabels
        :meth:`neurox_core.Corpus.labelled` puts them to a corpus.

    Raises
    ------
    InvalidInputError
        For a name that ends otherwise.
    CorpusError
        Naming file and line, if the file does not fit.

    Examples
    --------
    >>> labels = read_labels("ner.labels", corpus.sources)  # doctest: +SKIP
    >>> corpus = corpus.labelled("source", labels)  # doctest: +SKIP
    """
    file = Path(path)
    form = SUFFIXES.get(file.suffix)
    if form is None:
        raise InvalidInputError(
            f"{file} is not one of {', '.join(SUFFIXES)}: CoNLL-U, a table with a word a line and "
            "named columns, a line of labels for each sentence, or a list of words."
        )
    last = file.stem.rpartition(".")[2]
    own = name or (last if last not in ("", *COMPUTED) else "label")
    if form == "conllu":
        return read_conllu(file, texts)
    if form == "table":
        return read_table(file, texts)
    if form == "words":
        return read_word_list(file, texts, name=own)
    beside = file.with_suffix(".words")
    lines = Path(words) if words is not None else beside if beside.exists() else None
    return read_pairs(file, texts, name=own, words=lines)
