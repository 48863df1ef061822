"""One import: from files that are open to the folder of a store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from ...errors import CancelledError, FormatError, InvalidInputError, StoreError, nth
from .. import folders, layout
from ..budget import Ways, check_room, store_bytes
from ..building import TableBuilder
from ..layout import Metadata
from ..spreading import cores
from ..store import ActivationStore, open_store
from ..summaries import summarize
from ..tables import Longs
from ..writer import StackWriter
from .content import Content
from .given import FlatLabels, Row, hash_of, naming
from .hints import Hints
from .rows import BLOCK

Progress = Callable[[int, int], None]


def _ways(dtype: str) -> Ways:
    """What can be done about a store that is too large."""
    less = "import files of fewer layers"
    if dtype != "float16":
        less = f"keep float16 (dtype, --dtype), or {less}"
    return Ways("Allow more (max_bytes, --max-size)", "another folder", less)


class Told(NamedTuple):
    """Who wants to know how far each part of the work is."""

    read: Progress | None
    write: Progress | None
    describe: Progress | None


@dataclass(frozen=True)
class Source:
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


class Import:
    """One run: tables, rows, summaries."""

    def __init__(
        self, sources: Mapping[str, Source], root: Path, dtype: str | None, model: str | None,
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

    @property
    def bytes(self) -> int:
        """What the store will take."""
        found = self.metadata
        return store_bytes(found.layers, found.tokens, found.dtype)

    def run(
        self, max_bytes: int | None, overwrite: bool, told: Told, cancelled: Callable[[], bool]
    ) -> ActivationStore:
        """Make the store, or open the one that was made before."""
        folders.check(self._root)
        if not overwrite and folders.finished(self._root, self.metadata):
            return open_store(self._root)
        with folders.writing(self._root):
            check_room(self._root, self.metadata, max_bytes, _ways(self._dtype))
            if overwrite or not folders.finished(self._root, self.metadata):
                try:
                    self._make(told, cancelled)
                except BaseException as error:
                    folders.clear(self._root)
                    if isinstance(error, OSError):
                        why = folders.unwritable(error)
                        raise StoreError(f"{self._root} {why}.") from error
                    raise
        return open_store(self._root, verify=False)

    def _make(self, told: Told, cancelled: Callable[[], bool]) -> None:
        """Write everything; what an earlier run left is thrown away."""
        folders.clear(self._root)
        self.metadata.write(self._root)
        tables = self._tables(self._counter(told.read, cancelled))
        move = self._counter(told.write, cancelled)
        for stack, source in self._sources.items():
            with naming(source.path):
                for _ in self._rows(stack, source, tables[stack]):
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

    def _rows(self, stack: str, source: Source, offsets: Longs) -> Iterator[None]:
        """Write all rows of a stack, a step after each sentence."""
        content, layers = source.content, source.content.header.layers
        advice = (
            "No store can keep that: put a number there that float32 holds, or leave the sentence "
            f"out of {source.path}."
        )
        writer = StackWriter(self._root, layers, offsets, self._dtype, 0, advice=advice)
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
                        f"{nth(number)} has values of shape {values[address].shape} in "
                        f"{address}; {(rows, width)} was expected"
                    )
            if rows:
                try:
                    with np.errstate(over="raise"):
                        found = {a: torch.from_numpy(v.astype(self._dtype)[None])
                                 for a, v in values.items()}  # fmt: skip
                except FloatingPointError as error:
                    # What is infinite in the file already is no overflow, and the writer tells.
                    raise _beyond(number, values, self._dtype, advice) from error
                shard.place([number], found)
            if number + 1 == end:
                writer.write(writer.take(shard))
            yield
        self.metadata.written[stack] = writer.written
        if writer.written != offsets[-1]:
            raise FormatError("it ends before its last sentence")


def _beyond(
    number: int, values: Mapping[str, NDArray[Any]], dtype: str, advice: str
) -> InvalidInputError:
    """Why the values of a sentence, one of them too large for a type, cannot be kept as such."""
    own, wide = np.finfo(dtype).max, np.finfo(np.float32).max
    with np.errstate(invalid="ignore"):
        most = {
            address: np.abs(found.astype(np.float64)).max() for address, found in values.items()
        }
    # What no type holds comes first, for another type would be refused next.
    address = next((a for a, m in most.items() if not m <= wide), None)
    kind = f"not a number (NaN), infinite, or beyond {wide:g}"
    if address is None:
        address = next(a for a, m in most.items() if not m <= own)
        kind, advice = f"beyond {own:g}", "Use float32 (dtype, --dtype), which holds it."
    return InvalidInputError(
        f"{address} has a value in {nth(number)} that {dtype} cannot hold: {kind}. {advice}"
    )
