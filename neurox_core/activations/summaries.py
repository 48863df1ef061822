"""The last step of an extraction: describe every unit, then seal the store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from ..errors import CancelledError, StoreError
from . import array_json, layout
from .blocks import StackRows
from .describing import Describer
from .layout import Metadata
from .memory import give_back
from .reading import LayerArray
from .spreading import Cores
from .statistics import LayerStatistics, concatenate
from .top_words import WordLists

Described = tuple[LayerStatistics, WordLists]


class _Work(NamedTuple):
    """Some units of a layer, from `first` on."""

    address: str
    array: LayerArray
    describer: Describer
    first: int
    last: bool

    def do(self) -> Described:
        """Describe them."""
        return self.describer.describe(self.array, self.first)


def summarize(
    root: Path,
    metadata: Metadata,
    cores: Cores,
    cancelled: Callable[[], bool],
    on_layer: Callable[[int, int], None] | None = None,
) -> None:
    """Write statistics and top words of every layer and mark the store as complete.

    Each thread describes some units at a time (see :mod:`.describing`); while the files of a layer
    are written, the next one is begun. Layers that were described before a run was cut off are left
    as they are.

    Raises
    ------
    CancelledError
        Before a layer; all rows stay on disk.
    """
    stopped = False

    def going() -> bool:
        nonlocal stopped
        stopped = stopped or cancelled()
        return not stopped

    parts: list[Described] = []
    for work, found in cores.spread(_Work.do, _work(root, metadata, going, on_layer)):
        parts.append(found)
        if work.last:
            _write(root, work.address, parts)
            parts = []
            give_back()
    if stopped:
        raise CancelledError("Stopped before the statistics; start it again to go on.")
    metadata.files = {
        file.relative_to(root).as_posix(): layout.file_hash(file) for file in _small_files(root)
    }
    metadata.complete = True
    metadata.write(root)


def _work(
    root: Path, metadata: Metadata, going: Callable[[], bool],
    on_layer: Callable[[int, int], None] | None,
) -> Iterator[_Work]:  # fmt: skip
    """All layers that are not described yet, some units at a time, for as long as it is going."""
    done = 0
    for stack in metadata.tokens:
        # The tables of one stack at a time are in memory, and none while others are built.
        describers: dict[str, Describer] = {}
        for address in (a for a in metadata.layers if a.startswith(stack)):
            if not going():
                return
            done += 1
            if on_layer is not None:
                on_layer(done, len(metadata.layers))
            if _described(root, address):
                continue
            dtype, array = metadata.dtype_of(address), LayerArray(root, address)
            if dtype not in describers:
                describers[dtype] = Describer(StackRows(root, stack), dtype)
            firsts = range(0, metadata.layers[address], describers[dtype].units)
            for first in firsts:
                yield _Work(address, array, describers[dtype], first, first == firsts[-1])


def _write(root: Path, address: str, parts: list[Described]) -> None:
    """Write the files of one layer."""
    statistics = concatenate([part for part, _ in parts])
    lists = WordLists.concatenate([found for _, found in parts])
    for kind, arrays in (("statistics", statistics.arrays()), ("top_words", lists.arrays())):
        layout.write_arrays(root / layout.layer_file(kind, address), arrays)


def _described(root: Path, address: str) -> bool:
    """Whether a layer's files are there and whole."""
    try:
        for kind in ("statistics", "top_words"):
            layout.read_arrays(root, layout.layer_file(kind, address))
    except StoreError:
        return False
    return True


def _small_files(root: Path) -> list[Path]:
    """Everything but the chunks and ``store.json`` itself."""
    folders = ("tokens", "vocabulary", "statistics", "top_words")
    found = [root / layout.TEXTS, *root.glob(f"activations/*/{array_json.NAME}")]
    found += [file for folder in folders for file in (root / folder).iterdir()]
    return sorted(file for file in found if file.suffix in (".json", ".npz"))
