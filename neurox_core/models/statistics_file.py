"""Means, deviations and ranges of a model's neurons, kept beside its weights.

``mean`` ablation and values in sigma need them before any corpus has been extracted, and a slider
needs the range. The file ``statistics.safetensors`` holds one float32 tensor (4, width) for each
layer address: mean, standard deviation, minimum, maximum.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from ..errors import ModelLoadError
from .folder_faults import is_pointer, pointed

FILE = "statistics.safetensors"


class KnownStatistics:
    """Moments and ranges by layer address.

    Parameters
    ----------
    tables : mapping of str to array (4, width), float32
        Rows: mean, standard deviation, minimum, maximum.
    """

    def __init__(self, tables: Mapping[str, np.ndarray]) -> None:
        self._tables = dict(tables)

    def moments(self, layer: str) -> tuple[np.ndarray, np.ndarray] | None:
        """Means and standard deviations of a layer's units, or None."""
        table = self._table(layer)
        return None if table is None else (table[0], table[1])

    def ranges(self, layer: str) -> tuple[np.ndarray, np.ndarray] | None:
        """Minima and maxima of a layer's units, or None."""
        table = self._table(layer)
        return None if table is None else (table[2], table[3])

    def _table(self, layer: str) -> np.ndarray | None:
        """A layer's table; what a block reads is what the one before it gave."""
        found = self._tables.get(layer)
        stack, _, rest = layer.partition(".")
        number, _, site = rest.partition(".")
        if found is not None or site != "resid_pre":
            return found
        first = int(number) == 0
        return self._tables.get(
            f"{stack}.0.embed" if first else f"{stack}.{int(number) - 1}.resid_post"
        )

    def write(self, folder: Path) -> None:
        """Write the file into a model's folder."""
        save_file({k: np.asarray(v, np.float32) for k, v in self._tables.items()}, folder / FILE)


def read_statistics(folder: Path, sites: Mapping[str, int]) -> KnownStatistics | None:
    """What a model's folder holds, or None; a file that does not fit the model is an error."""
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        tables = load_file(path)
    except (OSError, SafetensorError) as error:
        if is_pointer(path):
            raise ModelLoadError(f"{path} cannot be read: {pointed([FILE])}.") from error
        raise ModelLoadError(f"{path} is damaged ({error}); delete it or restore it.") from error
    for layer, table in tables.items():
        if table.shape != (4, sites.get(layer, -1)):
            raise ModelLoadError(
                f"{path} does not belong to this model: {layer} has shape {table.shape}. Delete it."
            )
    return KnownStatistics(tables)
