"""From a store to files of other tools.

A file holds one stack, whose tokens its rows are; a store of both becomes two files, whose names
get ``.encoder`` and ``.decoder``. Values are read a few thousand rows at a time. Files appear under
their names when all of them are whole.
"""

from __future__ import annotations

import os
import tempfile
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from ...corpora.labels import COMPUTED, WordLabels
from ...errors import CancelledError, FormatError, InvalidInputError
from ..folders import unwritable
from ..layout import DTYPES
from ..store import ActivationStore
from ..tables import WORD_VIEWS, WordTable, aggregate
from .content import Header, Sentence, Span
from .kinds import format_of
from .npy import about_file
from .rows import BLOCK, RowContent

if TYPE_CHECKING:
    from ...corpora import Corpus

Progress = Callable[[int, int], None]


class _Tokenizer(Protocol):
    """What is needed of a model: its pieces of a text."""

    source_stack: ClassVar[str]

    @property
    def fingerprint(self) -> str: ...
    def tokenize(self, text: str, side: str = "source") -> Any: ...


def export_activations(
    store: ActivationStore,
    path: str | PathLike[str],
    *,
    format: str | None = None,
    layers: Sequence[str] | None = None,
    words: str | None = None,
    dtype: str | None = None,
    corpus: Corpus | None = None,
    model: _Tokenizer | None = None,
    overwrite: bool = False,
    on_progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> list[Path]:
    """Write activations for another tool.

    Parameters
    ----------
    store : ActivationStore
    path : path
        Its suffix tells the format, if `format` does not. Its folder is made if it is missing.
    format : str, optional
        A name in :data:`neurox_core.activations.formats.FORMATS`.
    layers : sequence of str, optional
        Layer addresses, in the order wanted; all by default.
    words : {"first", "last", "mean"}, optional
        Rows are words instead of tokens: a value of one of a word's pieces, or their mean (which is
        always float32). Special tokens, and words without pieces, have no row. NeuroX's own files
        have words, by default the last piece.
    dtype : {"float16", "float32"}, optional
        As stored by default; float32 if one of the layers is.
    corpus : Corpus, optional
        What the store was made from; its word labels go along.
    model : TranslationModel, optional
        Needed for the pieces of stores that were made before stores kept them.
    overwrite : bool
        Replace files.
    on_progress : callable of (done, total), optional
        In sentences.
    cancelled : callable, optional
        Asked every few thousand rows; True raises CancelledError and leaves nothing behind.

    Returns
    -------
    list of Path
        The files that were written; one a stack.

    Raises
    ------
    FormatError
        If a file is there, or cannot be written, or the format cannot hold the layers.
    UnknownAddressError, UnknownNameError, InvalidInputError, StoreError, CancelledError

    Examples
    --------
    >>> export_activations(store, "acts.hdf5", words="last")            # doctest: +SKIP
    [PosixPath('acts.encoder.hdf5'), PosixPath('acts.decoder.hdf5')]
    """
    if not isinstance(store, ActivationStore):
        raise InvalidInputError(
            f"What is exported is an opened store, not {str(store)!r}; open_store opens a folder "
            "with one."
        )
    target = Path(path)
    form = format_of(target, format, writing=True)
    chosen = _chosen(store, layers)
    if words is not None and words not in WORD_VIEWS:
        raise InvalidInputError(f"words is one of {', '.join(WORD_VIEWS)}, not {words!r}.")
    if dtype is not None and dtype not in DTYPES:
        raise InvalidInputError(f"dtype is one of {', '.join(DTYPES)}, not {dtype!r}.")
    names = {
        stack: target if len(chosen) == 1 else target.with_suffix(f".{stack}{target.suffix}")
        for stack in chosen
    }
    for name in names.values():
        if not overwrite and (name.exists() or (form.name == "npy" and about_file(name).exists())):
            raise FormatError(
                f"{name} is there already. Choose another name, or have it replaced "
                "(overwrite=True, --overwrite)."
            )
    steps = _Steps(store.sentences * len(chosen), on_progress, cancelled)
    with _gathered(target) as folder:
        for stack, addresses in chosen.items():
            labels = None if corpus is None else _labels_of(store, stack, corpus)
            try:
                content = _StoreContent(store, addresses, words, dtype, labels, model, steps)
                form.write(folder / names[stack].name, content)
            except FormatError as error:
                raise FormatError(f"{names[stack]} cannot be written: {error}.") from error
    return list(names.values())


def _chosen(store: ActivationStore, layers: Sequence[str] | None) -> dict[str, list[str]]:
    """Layers by stack."""
    if isinstance(layers, str):
        raise InvalidInputError(f"layers is a list of addresses; write layers=[{layers!r}].")
    found: dict[str, list[str]] = {}
    for address in dict.fromkeys(store.layers if layers is None else layers):
        store.layer(address)
        found.setdefault(address.partition(".")[0], []).append(address)
    if not found:
        raise InvalidInputError("There is nothing to export: give at least one layer.")
    return found


@contextmanager
def _gathered(target: Path) -> Iterator[Path]:
    """A folder beside the place, whose files move there when all of them are whole."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".neurox-", dir=target.parent) as folder:
            yield Path(folder)
            for file in sorted(Path(folder).iterdir(), reverse=True):
                os.replace(file, target.with_name(file.name))
    except OSError as error:
        raise FormatError(f"{target} {unwritable(error)}.") from error


class _Steps:
    """Progress over all layers of all files, in sentences."""

    def __init__(
        self, total: int, on_progress: Progress | None, cancelled: Callable[[], bool] | None
    ) -> None:
        self._total, self._on_progress, self._cancelled = total, on_progress, cancelled
        self._done = 0.0

    def move(self, sentences: float) -> None:
        """So many more are done; CancelledError if the caller wants to stop."""
        if self._cancelled is not None and self._cancelled():
            raise CancelledError("The export was stopped; nothing was written.")
        self._done = min(self._done + sentences, self._total)
        if self._on_progress is not None:
            self._on_progress(round(self._done), self._total)


class _StoreContent(RowContent):
    """Rows of one stack of a store, as tokens or as words."""

    def __init__(
        self, store: ActivationStore, layers: Sequence[str], view: str | None, dtype: str | None,
        labels: WordLabels | None, model: _Tokenizer | None, steps: _Steps,
    ) -> None:  # fmt: skip
        stack = layers[0].partition(".")[0]
        self._store, self._stack, self._view, self._steps = store, stack, view, steps
        self._tokens, self._words = store.tokens(stack), store.words(stack)
        self._given, self._kept = labels, store.labels(stack)
        if view is None:
            lengths = np.diff(self._tokens.offsets)
            self._pieces = _pieces(store, stack, model)
        else:
            present = self._words.first < self._words.last
            lengths = np.bincount(self._words.sentence[present], minlength=store.sentences)
        # A decoder that reads the text itself consumes what its rows stand for.
        moved = view is None and not np.array_equal(self._tokens.inputs, self._tokens.outputs)
        wide = any(address in store.wide for address in layers)
        header = Header(
            {address: store.layers[address] for address in layers},
            "float32" if view == "mean" or (not dtype and wide) else dtype or store.dtype,
            store.sentences, int(lengths.sum()),
            int(self._tokens.inputs[0]) if moved else None, view, store.model,
            store.model_fingerprint, store.corpus, store.corpus_fingerprint,
            store.decoder_text,
        )  # fmt: skip
        if not header.rows:
            raise FormatError("the store has no words")
        super().__init__(header, None, array("q", lengths.tolist()))

    def sentences(self) -> Iterator[Sentence]:
        """Every sentence, in order."""
        for number, text in enumerate(self._store.texts(self._stack)):
            some = self._words.of(number)
            words = list(zip(self._words.start[some].tolist(), self._words.end[some].tolist(),
                             strict=True))  # fmt: skip
            labels: dict[str, list[str]] = {}
            if self._given is not None:
                found = self._given.for_words(number, text, words)
                labels = {name: v for name, v in found.items() if name not in COMPUTED}
            elif self._kept is not None:
                labels = {name: values[some] for name, values in self._kept.items()}
            if self._view is not None:
                yield _of_words(text, words, self._words, some, labels)
            else:
                yield self._of_pieces(number, text, words, labels)

    def blocks(self, address: str) -> Iterator[NDArray[Any]]:
        """All rows of a layer."""
        for first, last in _runs(self._tokens.offsets):
            rows = slice(int(self._tokens.offsets[first]), int(self._tokens.offsets[last]))
            block = self._store.layer(address)[rows, :]
            if self._view is not None:
                block = self._words_of(block, rows.start, first, last)
            self._steps.move((last - first) / len(self.header.layers))
            if len(block):
                yield block

    def _words_of(self, block: NDArray[Any], start: int, first: int, last: int) -> NDArray[Any]:
        table = self._words
        some = slice(int(table.offsets[first]), int(table.offsets[last]))
        ranges = np.stack([table.first[some], table.last[some]], axis=1)
        ranges = ranges[ranges[:, 0] < ranges[:, 1]] - start
        assert self._view is not None
        return aggregate(block, ranges, self._view)

    def _of_pieces(
        self, number: int, text: str, words: list[Span], labels: dict[str, list[str]]
    ) -> Sentence:
        rows = self._tokens.rows(number)
        ids = self._tokens.outputs[rows].tolist()
        word_ids = self._tokens.word[rows].tolist()
        special = self._tokens.special[rows].tolist()
        # Where a piece begins within its word is not kept; what matters is which words it covers.
        spans: list[Span | None] = [None if end else (0, 0) for end in special]
        some = self._words.of(number)
        for word, first, last in zip(
            words, self._words.first[some].tolist(), self._words.last[some].tolist(), strict=True
        ):
            for row in range(first - rows.start, last - rows.start):
                old = spans[row]
                spans[row] = (old[0], word[1]) if old is not None and old[1] else word
        return Sentence(text, self._pieces(number, ids), spans, words, word_ids, ids, labels)


def _of_words(
    text: str, words: list[Span], table: WordTable, some: slice, labels: dict[str, list[str]]
) -> Sentence:
    """A sentence whose rows are the words that have pieces."""
    present = np.flatnonzero(table.first[some] < table.last[some]).tolist()
    spans: list[Span | None] = [words[i] for i in present]
    return Sentence(
        text, [text[words[i][0] : words[i][1]] for i in present], spans, words, present, [], labels
    )


def _pieces(
    store: ActivationStore, stack: str, model: _Tokenizer | None
) -> Callable[[int, list[int]], list[str]]:
    """How to name the pieces of a sentence: by the store's list, or by the model."""
    known = store.pieces(stack)
    if known is not None:
        return lambda number, ids: [known[i] for i in ids]
    if model is None:
        raise FormatError(
            "the store was made before stores kept their pieces; name the model that it was "
            "made with (model, --model), take a row a word (words, --words), or extract again"
        )
    if model.fingerprint != store.model_fingerprint:
        raise FormatError(
            f"the model given is not the one that the store was made with, {store.model}"
        )
    texts, side = store.texts(stack), "source" if stack == model.source_stack else "target"

    def tokenized(number: int, ids: list[int]) -> list[str]:
        return list(model.tokenize(texts[number], side).pieces)

    return tokenized


def _labels_of(store: ActivationStore, stack: str, corpus: Corpus) -> WordLabels | None:
    """The corpus' labels for the words of a stack; InvalidInputError if it has other texts.

    Of a corpus that the store holds only some sentences of, those are taken.
    """
    rows = range(store.sentences) if store.rows is None else store.rows
    if store.sentences < len(corpus) and max(rows) < len(corpus):
        corpus = corpus.take(rows)
    encoder, texts = stack == "encoder", store.texts(stack)
    if store.decoder_text == "none" and texts == corpus.sources:
        encoder = True  # The decoder of a language model, which reads the sources.
    if not encoder and store.decoder_text != "reference":
        return None
    if texts != (corpus.sources if encoder else corpus.references):
        raise InvalidInputError(
            f"The corpus {corpus.name!r} has other texts than the store, which was made from "
            f"{store.corpus!r}; its labels do not belong to it."
        )
    return corpus.source_labels if encoder else corpus.reference_labels


def _runs(offsets: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Sentences whose rows together make up about a block."""
    first, total = 0, len(offsets) - 1
    while first < total:
        last = int(np.searchsorted(offsets, offsets[first] + BLOCK, side="right")) - 1
        last = min(max(last, first + 1), total)
        yield first, last
        first = last
