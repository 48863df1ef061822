"""The last step of an extraction: describe every unit, then seal the store."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from ..errors import CancelledError, StoreError
from . import layout
from .blocks import StackRows
from .describing import Describer
from .layout import Metadata
from .memory import give_back
from .reading import LayerArray
from .spreading import Cores
from .statistics import concatenate
from .top_words import WordLists


def summarize(
    root: Path,
    metadata: Metadata,
    cores: Cores,
    cancelled: Callable[[], bool],
    on_layer: Callable[[int, int], None] | None = None,
) -> None:
    """Write statistics and top words of every layer and mark the store as complete.

    Each thread describes some units at a time (see :mod:`.describing`). Layers that were described
    before a run was cut off are left as they are.

    Raises
    ------
    CancelledError
        Before a layer; all rows stay on disk.
    """
    done = 0
    for stack in metadata.tokens:
        # The tables of one stack at a time are in memory, and none while others are built.
        describers: dict[str, Describer] = {}
        for address in (a for a in metadata.layers if a.startswith(stack)):
            if cancelled():
                raise CancelledError("Stopped before the statistics; start it again to go on.")
            done += 1
            if on_layer is not None:
                on_layer(done, len(metadata.layers))
            if not _described(root, address):
                dtype = metadata.dtype_of(address)
                if dtype not in describers:
                    describers[dtype] = Describer(StackRows(root, stack), dtype)
                _describe(root, address, metadata.layers[address], describers[dtype], cores)
                give_back()
    metadata.files = {
        file.relative_to(root).as_posix(): layout.file_hash(file) for file in _small_files(root)
    }
    metadata.complete = True
    metadata.write(root)


def _describe(root: Path, address: str, width: int, describer: Describer, cores: Cores) -> None:
    """Write the files of one layer."""
    work = partial(describer.describe, LayerArray(root, address))
    firsts = range(0, width, describer.units)
    parts = [part for _, part in cores.spread(work, firsts)]
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
    found = [root / layout.TEXTS, *root.glob("activations/*/zarr.json")]
    found += [file for folder in folders for file in (root / folder).iterdir()]
    return sorted(file for file in found if file.suffix in (".json", ".npz"))
