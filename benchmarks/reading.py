"""Reading from a store of 6,000 neurons and a million tokens: one neuron, and one sentence.

The store is written into a temporary folder, with random values and no model; it takes 12 GB and is
deleted in the end. Three readings:

* cold: the files are not in the system's cache (it is asked to drop them, which works on Linux);
* first: they are in the cache, but the store was opened with ``verify=False``, so that this reading
  compares the checksum of every chunk;
* again: other neurons of the same chunks, or another sentence nearby. So is every reading of a
  store that was opened as usual: ``open_store`` compares all checksums, and the server opens so.

"Busy" is the processor's time, which other work on the machine does not add to.

Targets are for medians with the files in the cache, the worse of "first" and "again": one neuron
over all tokens under 50 ms, one sentence over 50 neurons of all layers under 10 ms.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from neurox_core.activations import ActivationStore
from neurox_core.activations.building import TableBuilder
from neurox_core.activations.chunks import chunk_file, write_chunk
from neurox_core.activations.layout import (
    TOKEN_CHUNK,
    UNIT_CHUNK,
    Metadata,
    chunk_grid,
    layer_folder,
    write_arrays,
)
from neurox_core.activations.writer import StackWriter
from neurox_core.models.tokens import Tokens

from .harness import Spread, table, verdict

NEURON_MS, SENTENCE_MS, LENGTH = 50.0, 10.0, 25
KINDS = ("cold", "first", "again", "first, busy", "again, busy")


def make(root: Path, tokens: int, layers: int, width: int) -> Metadata:
    """Write the chunks and the table of tokens; statistics are not needed here."""
    sentences = tokens // LENGTH
    draw = np.random.default_rng(0)
    # Some chunks are written again and again: what is in them does not matter to a read.
    shape = (TOKEN_CHUNK, UNIT_CHUNK)
    pool = [draw.standard_normal(shape).astype(np.float16) for _ in range(16)]
    offsets = np.arange(0, tokens + 1, LENGTH)
    widths = {f"encoder.{i}.resid_post": width for i in range(layers)}
    StackWriter(root, widths, offsets, "float16", 0)
    for address in widths:
        rows, columns = chunk_grid(tokens, width)
        for row in range(rows):
            for column in range(columns):
                content = pool[(row * columns + column) % len(pool)]
                write_chunk(chunk_file(layer_folder(root, address), row, column), [content])
    builder, sentence = TableBuilder(), _sentence()
    for _ in range(sentences):
        builder.add(sentence)
    write_arrays(root / "tokens/encoder.npz", builder.columns())
    os.sync()
    return Metadata(
        "key", "none", "", "made up", "", sentences, widths, "float16", "none",
        {"encoder": tokens}, {"encoder": tokens}, True,
    )  # fmt: skip


def _sentence() -> Tokens:
    """A sentence of 24 words, a piece each, and its end."""
    words = [(2 * i, 2 * i + 1) for i in range(LENGTH - 1)]
    return Tokens(
        "a " * len(words), [5] * LENGTH, ["a"] * LENGTH, [*words, None], words,
        [*range(len(words)), -1],
    )  # fmt: skip


class Bench:
    """One store and what is read of it."""

    def __init__(self, root: Path, metadata: Metadata) -> None:
        self._root, self._metadata = root, metadata
        self._draw = np.random.default_rng(1)
        self._columns = chunk_grid(1, next(iter(metadata.layers.values())))[1]

    def neuron(self) -> dict[str, float]:
        """Milliseconds of each reading of one neuron over all tokens."""
        layer = str(self._draw.choice(list(self._metadata.layers)))
        column = int(self._draw.integers(self._columns))
        files = [chunk_file(layer_folder(self._root, layer), row, column) for row in self._rows()]
        units = [column * UNIT_CHUNK + int(u) for u in self._draw.choice(UNIT_CHUNK, 2, False)]

        def read(store: ActivationStore, which: int) -> object:
            return store.neuron(f"{layer}[{units[which]}]")

        return self._readings(files, read)

    def sentence(self) -> dict[str, float]:
        """Milliseconds of each reading of one sentence over 50 neurons of all layers."""
        names = list(self._metadata.layers)
        width = self._metadata.layers[names[0]]
        units = self._draw.integers(0, width, 50).tolist()
        places = [(names[i % len(names)], unit) for i, unit in enumerate(units)]
        neurons = [f"{layer}[{unit}]" for layer, unit in places]
        number = int(self._draw.integers(self._metadata.sentences - 1))
        row = number * LENGTH // TOKEN_CHUNK
        rows = [r for r in (row, row + 1) if r in self._rows()]
        files = [
            chunk_file(layer_folder(self._root, layer), r, unit // UNIT_CHUNK)
            for layer, unit in places
            for r in rows
        ]

        def read(store: ActivationStore, which: int) -> object:
            return store.sentence(number + which, neurons)

        return self._readings(files, read)

    def _readings(
        self, files: Sequence[Path], read: Callable[[ActivationStore, int], object]
    ) -> dict[str, float]:
        found: dict[str, float] = {}
        if drop(files):
            found |= _timed("cold", read, self._opened(), 0)
        store = self._opened()
        return found | _timed("first", read, store, 0) | _timed("again", read, store, 1)

    def _opened(self) -> ActivationStore:
        """A store that has compared no checksums; its tables are in memory."""
        store = ActivationStore(self._root, self._metadata)
        store.tokens("encoder")
        for layer in store.layers:
            store.layer(layer)
        return store

    def _rows(self) -> range:
        return range(chunk_grid(self._metadata.tokens["encoder"], 1)[0])


def drop(files: Sequence[Path]) -> bool:
    """Ask the system to forget some files; whether it can be asked."""
    if not hasattr(os, "posix_fadvise"):
        return False
    for file in files:
        descriptor = os.open(file, os.O_RDONLY)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)
    return True


def _timed(
    name: str, read: Callable[[ActivationStore, int], object], store: ActivationStore, which: int
) -> dict[str, float]:
    """Milliseconds on the clock and of the processor."""
    began, busy = time.perf_counter(), time.process_time()
    read(store, which)
    return {
        name: (time.perf_counter() - began) * 1000,
        f"{name}, busy": (time.process_time() - busy) * 1000,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tokens", type=int, default=1_000_000)
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--width", type=int, default=500)
    parser.add_argument("--repeats", type=int, default=25)
    parser.add_argument("--folder", help="where the temporary folder is made")
    options = parser.parse_args()
    tokens = options.tokens // LENGTH * LENGTH
    rows, columns = chunk_grid(tokens, options.width)
    size = rows * columns * options.layers * TOKEN_CHUNK * UNIT_CHUNK * 2
    folder = Path(tempfile.mkdtemp(prefix="neurox-benchmark-", dir=options.folder))
    try:
        if shutil.disk_usage(folder).free < size * 1.1:
            sys.exit(f"{size / 1e9:.1f} GB of disk are needed; name another --folder.")
        bench = Bench(folder, make(folder, tokens, options.layers, options.width))
        lines = []
        for name, measure, limit in (
            ("one neuron, all tokens", bench.neuron, NEURON_MS),
            ("one sentence, 50 neurons", bench.sentence, SENTENCE_MS),
        ):
            found = [measure() for _ in range(options.repeats)]
            spreads = {kind: Spread.of([one[kind] for one in found]) for kind in found[0]}
            worst = max(spreads[kind].median for kind in ("first", "again"))
            cells = [spreads[k].text() if k in spreads else "-" for k in KINDS]
            lines.append([name, *cells, f"{limit:.0f}", verdict(worst < limit)])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    title = (
        f"Reading from {options.layers * options.width} neurons, {tokens} tokens "
        f"({size / 1e9:.1f} GB): milliseconds, median [quartiles]"
    )
    table(title, ["what", *KINDS, "at most", "met"], lines)


if __name__ == "__main__":
    main()
