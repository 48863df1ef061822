"""The last step of an extraction: describe every unit, then seal the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..errors import CancelledError
from . import layout
from .layout import UNIT_CHUNK, Metadata
from .reading import LayerArray
from .statistics import Groups, concatenate, describe
from .tables import TokenTable, WordTable
from .top_words import WordLists, WordScorer


def summarize(
    root: Path,
    metadata: Metadata,
    tables: Mapping[str, tuple[TokenTable, WordTable, list[str]]],
    cancelled: Callable[[], bool],
) -> None:
    """Write statistics and top words of every layer and mark the store as complete.

    Reads one column of chunks after the other, so memory holds all tokens of 32 units.

    Raises
    ------
    CancelledError
        Before a column of chunks; all rows stay on disk.
    """
    for stack, (tokens, words, _) in tables.items():
        text = np.flatnonzero(~tokens.special)
        groups = Groups(tokens.position[text])
        scorer = WordScorer(words, len(tokens))
        for address in (a for a in metadata.layers if a.startswith(stack)):
            array = LayerArray(root, address)
            parts, lists = [], []
            for unit in range(0, metadata.layers[address], UNIT_CHUNK):
                if cancelled():
                    raise CancelledError("Stopped before the statistics; start it again to go on.")
                x = array[:, unit : unit + UNIT_CHUNK].astype(np.float32)
                found, share = scorer.score(x)
                part = describe(x[text], groups)
                share = np.where(part.constant, np.nan, share)
                parts.append(replace(part, word_variance=share, word_chance=scorer.chance))
                lists.append(found)
            layout.write_arrays(
                root / layout.layer_file("statistics", address), concatenate(parts).arrays()
            )
            layout.write_arrays(
                root / layout.layer_file("top_words", address), _joined(lists).arrays()
            )
    metadata.files = {
        file.relative_to(root).as_posix(): layout.file_hash(file) for file in _small_files(root)
    }
    metadata.complete = True
    metadata.write(root)


def _joined(lists: list[WordLists]) -> WordLists:
    return WordLists(
        np.concatenate([part.types for part in lists], axis=1),
        np.concatenate([part.scores for part in lists], axis=1),
        np.concatenate([part.means for part in lists], axis=1),
    )


def _small_files(root: Path) -> list[Path]:
    """Everything but the chunks and ``store.json`` itself."""
    folders = ("tokens", "vocabulary", "statistics", "top_words")
    found = [root / "texts.json", *root.glob("activations/*/zarr.json")]
    found += [file for folder in folders for file in (root / folder).iterdir()]
    return sorted(file for file in found if file.suffix in (".json", ".npz"))
