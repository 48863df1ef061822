"""Sentences with their references, and what is known of them: columns and word labels."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from ..errors import CorpusError, InvalidInputError, UnknownNameError, nth
from .labels import WordLabels


@dataclass(frozen=True)
class Corpus:
    """Parallel text.

    Attributes
    ----------
    name : str
    sources, references : list of str
        Sentence i and its reference translation.
    columns : dict of str to list of str
        Labels of whole sentences, such as ``part`` or ``origin``.
    source_labels, reference_labels : WordLabels or None
        Labels of words, if an annotation stood beside the text.
    has_references : bool
        False where a text without references stands for its own, as language models and encoders
        read it; translations and classes cannot be scored against it.
    lines : sequence of int or None
        Line of the file, from 1, on which each sentence stood; None if it was not read from one.

    Raises
    ------
    CorpusError
        If the lists do not have the same length.
    """

    name: str
    sources: list[str]
    references: list[str]
    columns: dict[str, list[str]] = field(default_factory=dict)
    source_labels: WordLabels | None = None
    reference_labels: WordLabels | None = None
    has_references: bool = True
    lines: Sequence[int] | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        lengths = {"references": len(self.references)}
        lengths |= {f"column {name!r}": len(column) for name, column in self.columns.items()}
        for side in ("source_labels", "reference_labels"):
            labels = getattr(self, side)
            if labels is not None:
                lengths[side] = len(labels.sentences)
        for what, length in lengths.items():
            if length != len(self.sources):
                raise CorpusError(
                    f"Corpus {self.name!r} has {len(self.sources)} sources but {length} {what}; "
                    "line i of one has to belong to line i of the other."
                )

    def __repr__(self) -> str:
        """In a line, so that a notebook that shows a corpus does not show megabytes of text."""
        sides = ("source", "reference")
        labels = [f"{s} labels" for s in sides if getattr(self, f"{s}_labels") is not None]
        known = [*(f"column {name!r}" for name in self.columns), *labels]
        return f"Corpus({', '.join([repr(self.name), f'{len(self)} sentences', *known])})"

    def __len__(self) -> int:
        return len(self.sources)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the sentences and references, which all activations and scores depend on.

        Labels, columns and the name are left out: what is computed from the text stays valid when
        they change.
        """
        # Of both lists as JSON; text by text, so that a long corpus is not copied as a whole.
        found = hashlib.sha256(b"[[")
        for number, texts in enumerate((self.sources, self.references)):
            found.update(b"], [" if number else b"")
            for i, text in enumerate(texts):
                found.update((", " if i else "").encode() + json.dumps(text).encode())
        found.update(b"]]")
        return found.hexdigest()

    @cached_property
    def labels_fingerprint(self) -> str:
        """SHA-256 of the columns and the labels of words, for what depends on them as well."""
        sides = (self.source_labels, self.reference_labels)
        labels = [None if one is None else one.fingerprint for one in sides]
        columns = {name: list(values) for name, values in self.columns.items()}
        return hashlib.sha256(json.dumps([columns, labels]).encode()).hexdigest()

    def labelled(self, side: str, labels: WordLabels) -> Corpus:
        """The same text with more labels of its words.

        Parameters
        ----------
        side : {"source", "reference"}
        labels : WordLabels
            One list of tokens for each sentence; see :func:`neurox_core.read_labels`. A name that
            the corpus has already stays what it was.

        Raises
        ------
        InvalidInputError
            For another side.
        CorpusError
            If there is not one list for each sentence.
        """
        if side not in ("source", "reference"):
            raise InvalidInputError(f"side is source or reference, not {side!r}.")
        before: WordLabels | None = getattr(self, f"{side}_labels")
        found = labels if before is None else WordLabels.layered([before, labels])
        if side == "source":
            return replace(self, source_labels=found)
        return replace(self, reference_labels=found)

    def select(self, column: str, value: str) -> Corpus:
        """The sentences whose `column` has `value`.

        Raises
        ------
        UnknownNameError
            If there is no such column, or no sentence has the value.
        """
        if column not in self.columns:
            raise UnknownNameError("corpus column", column, list(self.columns))
        values = self.columns[column]
        if value not in values:
            raise UnknownNameError(f"{column} of this corpus", value, sorted(set(values)))
        return self.take([i for i, v in enumerate(values) if v == value])

    def take(self, indices: Sequence[int]) -> Corpus:
        """Some sentences, in the order given, with their labels.

        Raises
        ------
        InvalidInputError
            If an index is not one of a sentence.
        """
        for i in indices:
            if not 0 <= i < len(self):
                raise InvalidInputError(
                    f"There is no {nth(i)}: {self.name!r} has {len(self)} sentences."
                )
        return Corpus(
            self.name,
            [self.sources[i] for i in indices],
            [self.references[i] for i in indices],
            {name: [values[i] for i in indices] for name, values in self.columns.items()},
            self.source_labels.take(indices) if self.source_labels else None,
            self.reference_labels.take(indices) if self.reference_labels else None,
            self.has_references,
            None if self.lines is None else [self.lines[i] for i in indices],
        )


def join(parts: Mapping[str, Corpus], name: str, column: str = "part") -> Corpus:
    """Put corpora one after the other.

    Parameters
    ----------
    parts : mapping of str to Corpus
        In the order wanted; the keys become values of a new column.
    name : str
        Name of the whole.
    column : str
        Name of the new column.

    Notes
    -----
    A sentence has '' in columns that its part does not have, and no labels on a side that its part
    has no annotation for.
    """
    columns: dict[str, list[str]] = {column: []}
    for part, corpus in parts.items():
        columns[column] += [part] * len(corpus)
    for other in dict.fromkeys(c for corpus in parts.values() for c in corpus.columns):
        if other != column:
            columns[other] = [
                value for c in parts.values() for value in c.columns.get(other, [""] * len(c))
            ]
    corpora = list(parts.values())
    return Corpus(
        name,
        [text for corpus in corpora for text in corpus.sources],
        [text for corpus in corpora for text in corpus.references],
        columns,
        _joined([(len(c), c.source_labels) for c in corpora]),
        _joined([(len(c), c.reference_labels) for c in corpora]),
        all(c.has_references for c in corpora),
    )


def _joined(sides: Sequence[tuple[int, WordLabels | None]]) -> WordLabels | None:
    layers = [labels.layers if labels else [] for _, labels in sides]
    depth = max(map(len, layers), default=0)
    found = []
    for k in range(depth):
        parts = [
            part[k].sentences if k < len(part) else [()] * size
            for part, (size, _) in zip(layers, sides, strict=True)
        ]
        found.append(WordLabels.of([s for sentences in parts for s in sentences]))
    return WordLabels.layered(found) if len(found) > 1 else next(iter(found), None)
