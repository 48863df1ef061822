"""Labels of words, read from CoNLL-U and carried over to the words that NeuroX shows.

An annotator cuts text into tokens in its own way ("do" and "n't"), NeuroX in another ("don't").
Both are places in the same text, so labels travel by characters: every annotated token is found in
the sentence, in order, and a word takes the labels of the token that holds its first character.

Assumptions: the annotation holds every character of the sentence that is not white space, in
order; one CoNLL-U sentence stands for one row of the corpus, named by a 0-based ``# sent_id``, or
by its place in the file where that comment is missing. A multi-word token (``3-4``) is one place
in the text and takes the labels of its first part. Empty nodes (``5.1``) are not in the text and
are left out.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ..errors import CorpusError

COMPUTED = ("position", "length")
"""Labels that need no annotation: a word's 0-based place, and the words of its sentence."""


class AnnotatedToken(NamedTuple):
    """A stretch of a sentence and what an annotator said of it.

    Attributes
    ----------
    start, end : int
        Characters of the sentence.
    labels : mapping of str to str
        ``upos`` and the keys of the FEATS column.
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
        Labels that occur: ``upos``, FEATS keys in alphabetical order, ``position``, ``length``.
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
        features = sorted(found - {"upos", *COMPUTED})
        first = ("upos",) if "upos" in found or not found else ()
        return cls((*first, *features, *COMPUTED), sentences)

    @classmethod
    def layered(cls, parts: Sequence[WordLabels]) -> WordLabels:
        """Several annotations of the same sentences as one."""
        first, *others = parts
        names = dict.fromkeys(n for part in parts for n in part.names if n not in COMPUTED)
        return cls((*names, *COMPUTED), first.sentences, (*first.more, *others))

    @property
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
                    f"Word {(start, end)} lies outside sentence {sentence}, which has "
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
    sentences: list[Sequence[AnnotatedToken]] = [()] * len(texts)
    known: dict[tuple[str, str], Mapping[str, str]] = {}
    seen: set[int] = set()
    for ordinal, block in enumerate(_blocks(path)):
        row = _row(path, block, ordinal, len(texts))
        if row in seen:
            raise CorpusError(f"{path}, line {block[0][0]}: sentence {row} is annotated twice.")
        seen.add(row)
        sentences[row] = _annotated(path, block, texts[row], row, known)
    return WordLabels.of(sentences)


def _blocks(path: Path) -> Iterator[list[tuple[int, str]]]:
    """Numbered lines of one sentence after the other."""
    block: list[tuple[int, str]] = []
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path} cannot be read as UTF-8 text: {error}") from error
    for number, line in enumerate(lines, start=1):
        stripped = line.rstrip("\r")
        if stripped:
            block.append((number, stripped))
        elif block:
            yield block
            block = []
    if block:
        yield block


def _row(path: Path, block: Iterable[tuple[int, str]], ordinal: int, rows: int) -> int:
    """Which row of the corpus a block annotates."""
    for number, line in block:
        name, equals, value = line.lstrip("# ").partition("=")
        if line.startswith("#") and equals and name.strip() == "sent_id":
            if value.strip().isdecimal() and int(value) < rows:
                return int(value)
            raise CorpusError(
                f"{path}, line {number}: sent_id {value.strip()!r} is not a row of the corpus, "
                f"which has rows 0 to {rows - 1}."
            )
    if ordinal >= rows:
        raise CorpusError(f"{path} annotates more sentences than the {rows} of the corpus.")
    return ordinal


def _annotated(
    path: Path,
    block: Iterable[tuple[int, str]],
    text: str,
    row: int,
    known: dict[tuple[str, str], Mapping[str, str]],
) -> list[AnnotatedToken]:
    """Tokens of one sentence, each found in its text."""
    found: list[AnnotatedToken] = []
    cursor, covered, waiting = 0, 0, False
    for number, line in block:
        if line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) != 10:
            raise CorpusError(f"{path}, line {number}: {len(cells)} columns; CoNLL-U has 10.")
        first, dash, last = cells[0].partition("-")
        if not (first + last).isdecimal():
            if "." in cells[0]:
                continue
            raise CorpusError(f"{path}, line {number}: {cells[0]!r} is not a token number.")
        labels = _labels(cells[3], cells[5], known)
        if not dash and int(first) <= covered:
            # Part of a multi-word token: only the first part gives its labels.
            if waiting:
                found[-1] = found[-1]._replace(labels=labels)
                waiting = False
            continue
        start = text.find(cells[1], cursor)
        if start < 0 or text[cursor:start].strip():
            raise CorpusError(
                f"{path}, line {number}: {cells[1]!r} is not the next word of row {row}, which "
                f"continues with {text[cursor : cursor + 30]!r}. Annotate the corpus again."
            )
        cursor = start + len(cells[1])
        found.append(AnnotatedToken(start, cursor, labels))
        if dash:
            covered, waiting = int(last), True
    return found


def _labels(
    upos: str, features: str, known: dict[tuple[str, str], Mapping[str, str]]
) -> Mapping[str, str]:
    """Labels as a mapping; equal ones are shared, for there are few and tokens are many."""
    labels = known.get((upos, features))
    if labels is None:
        labels = {} if upos == "_" else {"upos": upos}
        for pair in () if features == "_" else features.split("|"):
            name, _, value = pair.partition("=")
            if name not in COMPUTED:
                labels[name] = value
        known[upos, features] = labels
    return labels
