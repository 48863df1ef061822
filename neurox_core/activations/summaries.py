"""The last step of an extraction: describe every unit, then seal the store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import torch

from ..errors import CancelledError, StoreError
from . import layout
from .layout import UNIT_CHUNK, Metadata
from .memory import give_back
from .reading import LayerArray
from .spreading import spread
from .statistics import Groups, LayerStatistics, about, concatenate, describe
from .top_words import WordLists, WordScorer

_VALUES = 2**20
_NEEDED = ("token_special", "token_position", "word_type", "word_first", "word_last")


def summarize(
    root: Path,
    metadata: Metadata,
    cancelled: Callable[[], bool],
    on_layer: Callable[[int, int], None] | None = None,
) -> None:
    """Write statistics and top words of every layer and mark the store as complete.

    Each thread looks at all tokens of some units at a time: of 32, or, where that would be more
    than a million values, of fewer, so that memory hardly grows with the corpus. Layers that
    were described before a run was cut off are left as they are.

    Raises
    ------
    CancelledError
        Before a layer; all rows stay on disk.
    """
    done = 0
    for stack, rows in metadata.tokens.items():
        # The tables of one stack at a time are in memory, and none while others are built.
        block: _Block | None = None
        for address in (a for a in metadata.layers if a.startswith(stack)):
            if cancelled():
                raise CancelledError("Stopped before the statistics; start it again to go on.")
            done += 1
            if on_layer is not None:
                on_layer(done, len(metadata.layers))
            if not _described(root, address):
                block = block or _Block(root, stack)
                _describe(root, address, metadata.layers[address], block, _units_at_once(rows))
                give_back()
    metadata.files = {
        file.relative_to(root).as_posix(): layout.file_hash(file) for file in _small_files(root)
    }
    metadata.complete = True
    metadata.write(root)


def _describe(root: Path, address: str, width: int, block: _Block, units: int) -> None:
    """Write the files of one layer."""
    work = partial(block.describe, LayerArray(root, address), units)
    parts = [part for _, part in spread(work, range(0, width, units), torch.get_num_threads())]
    statistics = concatenate([part for part, _ in parts])
    lists = WordLists.concatenate([found for _, found in parts])
    for kind, arrays in (("statistics", statistics.arrays()), ("top_words", lists.arrays())):
        layout.write_arrays(root / layout.layer_file(kind, address), arrays)


def _units_at_once(tokens: int) -> int:
    """A power of two up to a chunk's 32 units."""
    units = UNIT_CHUNK
    while units > 1 and units * tokens > _VALUES:
        units //= 2
    return units


def _described(root: Path, address: str) -> bool:
    """Whether a layer's files are there and whole."""
    try:
        for kind in ("statistics", "top_words"):
            layout.read_arrays(root, layout.layer_file(kind, address))
    except StoreError:
        return False
    return True


class _Block:
    """What is common to all columns of chunks of a stack."""

    def __init__(self, root: Path, stack: str) -> None:
        found = layout.read_arrays(root, f"tokens/{stack}.npz", _NEEDED)
        self._text = np.flatnonzero(~found["token_special"]).astype(np.int32)
        self._positions = Groups(found.pop("token_position")[self._text], self._text)
        give_back()
        first, last = (found.pop(f"word_{end}").astype(np.int32) for end in ("first", "last"))
        self._scorer = WordScorer(found.pop("word_type"), first, last)
        give_back()

    def describe(
        self, array: LayerArray, units: int, first: int
    ) -> tuple[LayerStatistics, WordLists]:
        """Statistics and word lists of some units."""
        x = array[:, first : first + units]
        found = describe(x, self._text)
        centred = about(x, found.mean)
        squares = np.square(found.deviation) * found.count
        by_position = self._positions.shares(self._positions.sums(centred), squares)
        lists, by_word = self._scorer.score(centred, found.mean)
        return replace(
            found, position_variance=by_position, position_chance=self._positions.chance,
            word_variance=np.where(found.constant, np.nan, by_word),
            word_chance=self._scorer.chance,
        ), lists  # fmt: skip


def _small_files(root: Path) -> list[Path]:
    """Everything but the chunks and ``store.json`` itself."""
    folders = ("tokens", "vocabulary", "statistics", "top_words")
    found = [root / "texts.json", *root.glob("activations/*/zarr.json")]
    found += [file for folder in folders for file in (root / folder).iterdir()]
    return sorted(file for file in found if file.suffix in (".json", ".npz"))
