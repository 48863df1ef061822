"""Labels of words, read from CoNLL-U and carried over to the words that NeuroX shows.

An annotator cuts text into tokens in its own way ("do" and "n't"), NeuroX in another ("don't").
Both are places in the same text, so labels travel by characters: every annotated token is found in
the sentence, in order, and a word takes the labels of the token that holds its first character.

Assumptions: the annotation holds every character of the sentence that is not white space, in
order; one CoNLL-U sentence stands for one row of the corpus. Where every ``# sent_id`` of a file is
a number, it is the row, counted from 0; where some are names, as in the treebanks of Universal
Dependencies, or missing, sentences and rows stand in the same order. A multi-word token (``3-4``)
is one place in the text and takes the labels of its first part. Empty nodes (``5.1``) are not in
the text and are left out.
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from ..errors import CorpusError, nth

COMPUTED = ("position", "length")
"""Labels that need no annotation: a word's 0-based place, and the words of its sentence."""

COLUMNS = ("upos", "xpos", "deprel")
"""Labels from columns of their own; all others are features."""

Key = tuple[str, str, str, str]
"""The columns UPOS, XPOS, FEATS and DEPREL of a token."""


class AnnotatedToken(NamedTuple):
    """A stretch of a sentence and what an annotator said of it.

    Attributes
    ----------
    start, end : int
        Characters of the sentence.
    labels : mapping of str to str
        ``upos``, ``xpos``, ``deprel`` and the keys of the FEATS column.
    """

    start: int
    end: int
    labels: Mapping[str, str]


@dataclass(frozen=True)
class WordLabels:
    """Labels of one side of a corpus.

    Attributes
    ----------
    names : tuple of str
        Labels that occur: ``upos``, ``xpos``, ``deprel``, FEATS keys in alphabetical order,
        ``position``, ``length``.
    sentences : sequence of sequences of AnnotatedToken
        One for each sentence; empty where nothing was annotated.
    more : tuple of WordLabels
        Further annotations of the same sentences, which may cut them into other tokens; a name
        that several have is that of the first.
    """

    names: tuple[str, ...]
    sentences: Sequence[Sequence[AnnotatedToken]]
    more: tuple[WordLabels, ...] = ()

    @classmethod
    def of(cls, sentences: Sequence[Sequence[AnnotatedToken]]) -> WordLabels:
        """Collect the names that occur in annotated sentences."""
        found = {name for tokens in sentences for token in tokens for name in token.labels}
        features = sorted(found - {*COLUMNS, *COMPUTED})
        first = [name for name in COLUMNS if name in found] or ([] if found else ["upos"])
        return cls((*first, *features, *COMPUTED), sentences)

    @classmethod
    def layered(cls, parts: Sequence[WordLabels]) -> WordLabels:
        """Several annotations of the same sentences as one."""
        first, *others = parts
        names = dict.fromkeys(n for part in parts for n in part.names if n not in COMPUTED)
        return cls((*names, *COMPUTED), first.sentences, (*first.more, *others))

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of all annotations: part of what results that ask for labels depend on."""
        found = hashlib.sha256()
        for layer in self.layers:
            for tokens in layer.sentences:
                said = [(t.start, t.end, sorted(t.labels.items())) for t in tokens]
                found.update(json.dumps(said).encode())
            found.update(b"\n")
        return found.hexdigest()

    @cached_property  # Asked for at every sentence; finding the names goes through all of them.
    def layers(self) -> list[WordLabels]:
        """The annotations one by one."""
        return [WordLabels.of(self.sentences), *self.more] if self.more else [self]

    def for_words(
        self, sentence: int, text: str, words: Sequence[tuple[int, int]]
    ) -> dict[str, list[str]]:
        """Labels of the words of one sentence.

        Parameters
        ----------
        sentence : int
            Row of the corpus.
        text : str
            The sentence.
        words : sequence of (int, int)
            Character spans, as in :class:`neurox_core.models.tokens.Tokens`.

        Returns
        -------
        dict of str to list of str
            One value for each word under every name of :attr:`names`; '' where it does not hold.
        """
        tokens = self.sentences[sentence]
        starts = [token.start for token in tokens]
        owners: list[Mapping[str, str]] = []
        for start, end in words:
            if not 0 <= start < end <= len(text):
                raise CorpusError(
                    f"Word {(start, end)} lies outside {nth(sentence)}, which has "
                    f"{len(text)} characters."
                )
            at = bisect_right(starts, start) - 1
            owners.append(tokens[at].labels if at >= 0 and start < tokens[at].end else {})
        own = self.layers[0].names if self.more else self.names
        found = {
            name: [labels.get(name, "") for labels in owners]
            for name in own
            if name not in COMPUTED
        }
        for other in self.more:
            found = {**other.for_words(sentence, text, words), **found}
        found["position"] = [str(i) for i in range(len(words))]
        found["length"] = [str(len(words))] * len(words)
        return found

    def renamed(self, names: Mapping[str, str]) -> WordLabels:
        """The same labels under other names; those that are not named keep theirs."""
        known: dict[int, Mapping[str, str]] = {}

        def other(labels: Mapping[str, str]) -> Mapping[str, str]:
            if id(labels) not in known:  # Tokens share what they are labelled with.
                known[id(labels)] = {names.get(k, k): value for k, value in labels.items()}
            return known[id(labels)]

        layers = [
            WordLabels.of([
                [token._replace(labels=other(token.labels)) for token in tokens]
                for tokens in layer.sentences
            ])
            for layer in self.layers
        ]  # fmt: skip
        return WordLabels.layered(layers) if len(layers) > 1 else layers[0]

    def take(self, indices: Sequence[int]) -> WordLabels:
        """The labels of some sentences, in the order given."""
        taken = [self.sentences[i] for i in indices]
        return WordLabels(self.names, taken, tuple(other.take(indices) for other in self.more))


def read_conllu(path: Path, texts: Sequence[str]) -> WordLabels:
    """Read the annotation of one side of a corpus.

    Parameters
    ----------
    path : Path
        A CoNLL-U file, UTF-8.
    texts : sequence of str
        The sentences that it annotates.

    Raises
    ------
    CorpusError
        Naming file and line, if the file does not fit CoNLL-U or the sentences.
    """
    return parse_conllu(read_text(path), texts, str(path))


def parse_conllu(content: str, texts: Sequence[str], where: str) -> WordLabels:
    """The same of a file's content; `where` is what errors call the file."""
    sentences: list[Sequence[AnnotatedToken]] = [()] * len(texts)
    known: dict[Key, Mapping[str, str]] = {}
    seen: set[int] = set()
    blocks = list(_blocks(content))
    for row, block in zip(_rows(where, blocks, len(texts)), blocks, strict=True):
        if row in seen:
            raise CorpusError(f"{where}, line {block[0][0]}: {nth(row)} is annotated twice.")
        seen.add(row)
        sentences[row] = _annotated(where, block, texts[row], row, known)
    return WordLabels.of(sentences)


def read_text(path: Path) -> str:
    """A text file without its byte order mark; CorpusError if it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise CorpusError(f"There is no file {path}. Check its name and folder.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path} cannot be read as UTF-8 text: {error}") from error


def _blocks(content: str) -> Iterator[list[tuple[int, str]]]:
    """Numbered lines of one sentence after the other."""
    block: list[tuple[int, str]] = []
    for number, line in enumerate(content.split("\n"), start=1):
        stripped = line.rstrip("\r")
        if stripped:
            block.append((number, stripped))
        elif block:
            yield block
            block = []
    if block:
        yield block


def _rows(where: str, blocks: Sequence[list[tuple[int, str]]], rows: int) -> list[int]:
    """Which row of the corpus each block annotates."""
    identified = [_identifier(block) for block in blocks]
    if any(name is not None and not name.isdecimal() for _, name in identified):
        # A treebank's own names: only the order tells, so nothing may be missing.
        if len(blocks) != rows:
            raise CorpusError(
                f"{where} has {len(blocks)} sentences and the corpus {rows}; they are told by "
                "their order, since not every sent_id is the number of a row. Take the same "
                "sentences for both, or write the row, counted from 0, as sent_id."
            )
        return list(range(rows))
    found = []
    for ordinal, (line, name) in enumerate(identified):
        if name is not None and int(name) >= rows:
            raise CorpusError(
                f"{where}, line {line}: sent_id {name!r} is not a row of the corpus, which has "
                f"rows 0 to {rows - 1}."
            )
        if name is None and ordinal >= rows:
            raise CorpusError(f"{where} annotates more sentences than the {rows} of the corpus.")
        found.append(ordinal if name is None else int(name))
    return found


def _identifier(block: Iterable[tuple[int, str]]) -> tuple[int, str | None]:
    """Line and value of a sentence's ``sent_id``."""
    for number, line in block:
        name, equals, value = line.lstrip("# ").partition("=")
        if line.startswith("#") and equals and name.strip() == "sent_id":
            return number, value.strip()
    return 0, None


def _annotated(
    where: str,
    block: Iterable[tuple[int, str]],
    text: str,
    row: int,
    known: dict[Key, Mapping[str, str]],
) -> list[AnnotatedToken]:
    """Tokens of one sentence, each found in its text."""
    found: list[AnnotatedToken] = []
    cursor, covered, waiting = 0, 0, False
    for number, line in block:
        if line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) != 10:
            raise CorpusError(f"{where}, line {number}: {len(cells)} columns; CoNLL-U has 10.")
        first, dash, last = cells[0].partition("-")
        if not (first + last).isdecimal():
            if "." in cells[0]:
                continue
            raise CorpusError(f"{where}, line {number}: {cells[0]!r} is not a token number.")
        labels = _labels((cells[3], cells[4], cells[5], cells[7]), known)
        if not dash and int(first) <= covered:
            # Part of a multi-word token: only the first part gives its labels.
            if waiting:
                found[-1] = found[-1]._replace(labels=labels)
                waiting = False
            continue
        start = text.find(cells[1], cursor)
        if start < 0 or text[cursor:start].strip():
            raise CorpusError(
                f"{where}, line {number}: {cells[1]!r} is not the next word of {nth(row)}, which "
                f"continues with {text[cursor : cursor + 30]!r}. Annotate the corpus again."
            )
        cursor = start + len(cells[1])
        found.append(AnnotatedToken(start, cursor, labels))
        if dash:
            covered, waiting = int(last), True
    return found


def _labels(key: Key, known: dict[Key, Mapping[str, str]]) -> Mapping[str, str]:
    """Labels as a mapping; equal ones are shared, for there are few and tokens are many."""
    labels = known.get(key)
    if labels is None:
        upos, xpos, features, deprel = key
        given = (("upos", upos), ("xpos", xpos), ("deprel", deprel))
        labels = {name: value for name, value in given if value != "_"}
        for pair in () if features == "_" else features.split("|"):
            name, _, value = pair.partition("=")
            if name not in COMPUTED:
                labels[name] = value
        known[key] = labels
    return labels
