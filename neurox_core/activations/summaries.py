"""The last step of an extraction: describe every unit, then seal the store."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import torch

from ..errors import CancelledError
from . import layout
from .layout import UNIT_CHUNK, Metadata
from .reading import LayerArray
from .statistics import Groups, LayerStatistics, concatenate, describe
from .tables import TokenTable, WordTable
from .top_words import WordLists, WordScorer


def summarize(
    root: Path,
    metadata: Metadata,
    tables: Mapping[str, tuple[TokenTable, WordTable, list[str]]],
    cancelled: Callable[[], bool],
) -> None:
    """Write statistics and top words of every layer and mark the store as complete.

    Reads a column of chunks at a time in each thread, so memory holds all tokens of some times 32
    units.

    Raises
    ------
    CancelledError
        Before a layer; all rows stay on disk.
    """
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        for stack, (tokens, words, _) in tables.items():
            block = _Block(root, tokens, WordScorer(words, len(tokens)))
            for address in (a for a in metadata.layers if a.startswith(stack)):
                if cancelled():
                    raise CancelledError("Stopped before the statistics; start it again to go on.")
                array = LayerArray(root, address)
                starts = range(0, metadata.layers[address], UNIT_CHUNK)
                parts = list(pool.map(partial(block.describe, array), starts))
                statistics = concatenate([part for part, _ in parts])
                lists = WordLists.concatenate([found for _, found in parts])
                for kind, arrays in (("statistics", statistics.arrays()),
                                     ("top_words", lists.arrays())):
                    layout.write_arrays(root / layout.layer_file(kind, address), arrays)
    metadata.files = {
        file.relative_to(root).as_posix(): layout.file_hash(file) for file in _small_files(root)
    }
    metadata.complete = True
    metadata.write(root)


class _Block:
    """What is common to all columns of chunks of a stack."""

    def __init__(self, root: Path, tokens: TokenTable, scorer: WordScorer) -> None:
        text = np.flatnonzero(~tokens.special)
        self._positions = Groups(tokens.position[text], text)
        self._scorer = scorer

    def describe(self, array: LayerArray, first: int) -> tuple[LayerStatistics, WordLists]:
        """Statistics and word lists of 32 units."""
        x = array[:, first : first + UNIT_CHUNK]
        statistics = describe(x, self._positions)
        lists, share = self._scorer.score(torch.from_numpy(x).float().numpy())
        share = np.where(statistics.constant, np.nan, share)
        return replace(statistics, word_variance=share, word_chance=self._scorer.chance), lists


def _small_files(root: Path) -> list[Path]:
    """Everything but the chunks and ``store.json`` itself."""
    folders = ("tokens", "vocabulary", "statistics", "top_words")
    found = [root / "texts.json", *root.glob("activations/*/zarr.json")]
    found += [file for folder in folders for file in (root / folder).iterdir()]
    return sorted(file for file in found if file.suffix in (".json", ".npz"))
