"""From a file of another tool to a store like any other.

A file holds the rows of one stack; several files of one model (an encoder's and a decoder's) become
one store. The rows are written as they come, a few thousand at a time; statistics and top words
follow, as after an extraction. Import is quick enough to be started again: what was cut off leaves
nothing that is in the way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from ...errors import CancelledError, FormatError, InvalidInputError, StoreError
from .. import folders, layout
from ..budget import check_room
from ..building import TableBuilder
from ..layout import DTYPES, Metadata
from ..spreading import cores
from ..store import ActivationStore, open_store
from ..summaries import summarize
from ..tables import Longs
from ..writer import StackWriter
from .content import Content
from .given import FlatLabels, Row, Texts, hash_of, lists_of, naming
from .hints import Hints
from .kinds import format_of
from .rows import BLOCK

Progress = Callable[[int, int], None]


def import_activations(
    path: str | PathLike[str] | Sequence[str | PathLike[str]],
    folder: str | PathLike[str],
    *,
    format: str | None = None,
    layers: Sequence[str] | None = None,
    tokens: Texts | None = None,
    labels: Mapping[str, Texts] | None = None,
    dtype: str | None = None,
    model: str | None = None,
    overwrite: bool = False,
    on_open: Progress | None = None,
    on_read: Progress | None = None,
    on_progress: Progress | None = None,
    on_describe: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> ActivationStore:
    """Make a store from activations that another tool wrote.

    Parameters
    ----------
    path : path, or sequence of paths
        One file a stack, of the same sentences.
    folder : path
        Of the store; made if missing.
    format : str, optional
        A name in :data:`neurox_core.activations.formats.FORMATS`; by default the suffix tells.
    layers : sequence of str, optional
        Address of each layer of the file, in its order. If neither this nor the file says it,
        layers are called ``encoder.0.resid_post`` and so on (``rnn_hidden`` in ``pt`` files), so
        that NeuroX's neuron ``layer * size + unit`` is ``encoder.<layer>.resid_post[<unit>]``.
        NeuroX's layer 0 of a Transformer are its embeddings.
    tokens : path or sequence of sequences of str, optional
        The tokens of each sentence, if the file has none: a text file with one sentence a line and
        tokens separated by single spaces, as NeuroX keeps them.
    labels : mapping of str to the same as `tokens`, optional
        One label for each token, by name. They are in the store as :meth:`.ActivationStore.labels`.
    dtype : {"float16", "float32"}, optional
        As in the file by default.
    model : str, optional
        Name of the model; by default what the file says, or ``unknown``.
    overwrite : bool
        Replace another store that lies at `folder`.
    on_open : callable of (done, total), optional
        In bytes of a file, while it is looked through before anything is written; only of formats
        that do not say at their beginning what they hold.
    on_read : callable of (done, total), optional
        In sentences, while their tokens and words are taken in, before their values are.
    on_progress : callable of (done, total), optional
        In sentences, while their values are written.
    on_describe : callable of (done, total), optional
        In layers, while statistics are computed in the end.
    cancelled : callable, optional
        Asked now and then; True raises CancelledError and leaves nothing behind.

    Returns
    -------
    ActivationStore
        The same one at once if it was made before.

    Raises
    ------
    FormatError
        If the file is damaged, is something else, or does not say enough; names the file.
    InvalidInputError
        For values that are not finite, or beyond float16.
    StoreError
        If `folder` holds something else, and `overwrite` was not given.

    Examples
    --------
    >>> store = import_activations("acts.hdf5", "acts")                  # doctest: +SKIP
    >>> nx.rank("variance", store)                                       # doctest: +SKIP
    """
    paths = [Path(p) for p in ([path] if isinstance(path, (str, PathLike)) else path)]
    if not paths:
        raise InvalidInputError("There is nothing to import: give at least one file.")
    if dtype is not None and dtype not in DTYPES:
        raise InvalidInputError(f"dtype is one of {', '.join(DTYPES)}, not {dtype!r}.")
    if isinstance(layers, str):
        raise InvalidInputError(f"layers is a list of addresses; write layers=[{layers!r}].")
    hints = Hints(
        None if layers is None else list(layers), None if tokens is None else lists_of(tokens),
        {name: lists_of(values) for name, values in (labels or {}).items()}, on_open,
    )  # fmt: skip
    if len(paths) > 1 and hints != Hints():
        raise InvalidInputError("layers, tokens and labels can be given for a single file only.")
    with ExitStack() as stack:
        sources = {}
        for file in paths:
            if not file.is_file():
                raise FormatError(f"There is no file {file}.")
            with naming(file):
                content = format_of(file, format).read(file, hints)
            stack.callback(content.close)
            if content.header.stack in sources:
                raise FormatError(f"{file} holds the {content.header.stack} once more.")
            sources[content.header.stack] = _Source(file, content)
        return _Import(sources, Path(folder), dtype, model, hints).run(
            overwrite, _Told(on_read, on_progress, on_describe), cancelled or (lambda: False)
        )


class _Told(NamedTuple):
    """Who wants to know how far each part of the work is."""

    read: Progress | None
    write: Progress | None
    describe: Progress | None


@dataclass(frozen=True)
class _Source:
    """A file and what is in it."""

    path: Path
    content: Content


class _Counter:
    """Tells of each sentence that is done, and stops where that is wanted."""

    def __init__(
        self, total: int, on_progress: Progress | None, cancelled: Callable[[], bool]
    ) -> None:
        self._total, self._on_progress, self._cancelled = total, on_progress, cancelled
        self._done = 0

    def __call__(self) -> None:
        if self._cancelled():
            raise CancelledError("The import was stopped; nothing was kept.")
        self._done += 1
        if self._on_progress is not None:
            self._on_progress(self._done, self._total)


class _Import:
    """One run: tables, rows, summaries."""

    def __init__(
        self, sources: Mapping[str, _Source], root: Path, dtype: str | None, model: str | None,
        hints: Hints,
    ) -> None:  # fmt: skip
        self._sources = {s: sources[s] for s in ("encoder", "decoder") if s in sources}
        self._root = root
        headers = {stack: source.content.header for stack, source in self._sources.items()}
        counts = {header.sentences for header in headers.values()}
        if len(counts) > 1:
            raise FormatError(
                "The files do not belong together: they have "
                + " and ".join(f"{h.sentences}" for h in headers.values()) + " sentences."
            )  # fmt: skip
        self._dtype = dtype or (
            "float16" if all(h.dtype == "float16" for h in headers.values()) else "float32"
        )
        layers = {a: w for header in headers.values() for a, w in header.layers.items()}
        first = next(iter(headers.values()))
        hashes = [hash_of(source.path) for source in self._sources.values()]
        key = layout.key_of({
            "imported": hashes, "layers": layers, "dtype": self._dtype, "model": model,
            "hints": repr(hints),
        })  # fmt: skip
        decoder = headers.get("decoder")
        text = "none" if decoder is None else decoder.decoder_text or f"given:{key}"
        self.metadata = Metadata(
            key, model or first.model or "unknown", first.model_fingerprint or hashes[0],
            first.corpus or next(iter(self._sources.values())).path.stem,
            first.corpus_fingerprint or key, first.sentences, layers, self._dtype, text,
            {stack: header.rows for stack, header in headers.items()},
            {stack: 0 for stack in headers},
        )  # fmt: skip

    def run(self, overwrite: bool, told: _Told, cancelled: Callable[[], bool]) -> ActivationStore:
        """Make the store, or open the one that was made before."""
        folders.check(self._root)
        if not overwrite and folders.finished(self._root, self.metadata.key):
            return open_store(self._root)
        with folders.writing(self._root):
            check_room(self._root, self.metadata, None)
            if overwrite or not folders.finished(self._root, self.metadata.key):
                try:
                    self._make(told, cancelled)
                except BaseException as error:
                    folders.clear(self._root)
                    if isinstance(error, OSError):
                        raise StoreError(
                            f"{self._root} cannot be written: {error.strerror or error}. Make "
                            "room or choose another folder."
                        ) from error
                    raise
        return open_store(self._root, verify=False)

    def _make(self, told: _Told, cancelled: Callable[[], bool]) -> None:
        """Write everything; what an earlier run left is thrown away."""
        folders.clear(self._root)
        self.metadata.write(self._root)
        tables = self._tables(self._counter(told.read, cancelled))
        move = self._counter(told.write, cancelled)
        for stack, source in self._sources.items():
            with naming(source.path):
                for _ in self._rows(stack, source.content, tables[stack]):
                    move()
        with cores(torch.get_num_threads()) as some:
            summarize(self._root, self.metadata, some, cancelled, told.describe)

    def _counter(self, on_progress: Progress | None, cancelled: Callable[[], bool]) -> _Counter:
        return _Counter(self.metadata.sentences * len(self._sources), on_progress, cancelled)

    def _tables(self, move: _Counter) -> dict[str, Longs]:
        """Write what the rows are; the first row of each sentence, for each stack."""
        found: dict[str, Longs] = {}
        texts: dict[str, list[str]] = {}
        for stack, source in self._sources.items():
            numbers: dict[str, int] = {}
            builder, labels = TableBuilder(), FlatLabels()
            texts[stack] = []
            with naming(source.path):
                for sentence in source.content.sentences():
                    builder.add(Row.of(sentence, numbers))
                    texts[stack].append(sentence.text)
                    labels.add(sentence)
                    move()
            header = source.content.header
            if builder.rows != header.rows:
                raise FormatError(f"{source.path}: its tokens are not as many as its rows.")
            if not builder.visible:
                raise FormatError(f"{source.path}: it has no tokens but special ones.")
            found[stack] = builder.offsets
            tokens = self._root / layout.tokens_file(stack)
            layout.write_arrays(tokens, builder.columns(header.start_id))
            layout.write_json(self._root / f"vocabulary/{stack}.json", builder.vocabulary)
            layout.write_pieces(self._root, stack, builder.pieces)
            layout.write_labels(self._root, stack, labels.values)
        layout.write_texts(self._root, texts)
        return found

    def _rows(self, stack: str, content: Content, offsets: Longs) -> Iterator[None]:
        """Write all rows of a stack, a step after each sentence."""
        layers = content.header.layers
        writer = StackWriter(self._root, layers, offsets, self._dtype, 0)
        end = 0
        for number, values in enumerate(content.values()):
            if number == end:
                end = int(np.searchsorted(offsets, offsets[number] + BLOCK, side="right")) - 1
                end = min(max(end, number + 1), len(offsets) - 1)
                shard = writer.begin(end)
            rows = int(offsets[number + 1] - offsets[number])
            for address, width in layers.items():
                if values[address].shape != (rows, width):
                    raise FormatError(
                        f"sentence {number} has values of shape {values[address].shape} in "
                        f"{address}; {(rows, width)} was expected"
                    )
            if rows:
                # Beyond the range is infinite, which the writer tells.
                with np.errstate(over="ignore"):
                    found = {a: torch.from_numpy(v.astype(self._dtype)[None])
                             for a, v in values.items()}  # fmt: skip
                shard.place([number], found)
            if number + 1 == end:
                writer.write(writer.take(shard))
            yield
        self.metadata.written[stack] = writer.written
        if writer.written != offsets[-1]:
            raise FormatError("it ends before its last sentence")
