"""The weights of a model folder: one file of safetensors, or several that an index lists.

The index, ``model.safetensors.index.json``, says in ``weight_map`` which file has which weight.
Where both are there, the one file counts, as for transformers. What is pruned is always written to
one file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file
from torch import Tensor

from ..errors import ModelLoadError

WEIGHTS, INDEX = "model.safetensors", "model.safetensors.index.json"


def weight_files(folder: Path) -> list[Path]:
    """The files with a folder's weights; none if it has neither form.

    Raises
    ------
    ModelLoadError
        If the index cannot be read, or files that it lists are not beside it.
    """
    if (folder / WEIGHTS).is_file():
        return [folder / WEIGHTS]
    index = folder / INDEX
    if not index.is_file():
        return []
    try:
        listed = json.loads(index.read_text(encoding="utf-8"))["weight_map"]
        names = sorted({str(name) for name in listed.values()})
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        raise ModelLoadError(
            f"{index} does not list the files of the weights ({error}). Copy it again from where "
            "the model was made."
        ) from error
    # A name that leads out of the folder is none that a model is saved with.
    lacking = [n for n in names if Path(n).name != n or not (folder / n).is_file()]
    if lacking or not names:
        raise ModelLoadError(
            f"{index} lists weights in {', '.join(lacking[:3]) or 'no file'}"
            f"{', ...' if len(lacking) > 3 else ''}, which {folder} does not have. Copy the whole "
            "folder."
        )
    return [folder / name for name in names]


def load_weights(folder: Path) -> dict[str, Tensor]:
    """All weights of a folder; ModelLoadError if they cannot be read."""
    found: dict[str, Tensor] = {}
    for file in weight_files(folder):
        try:
            found |= load_file(file)
        except (SafetensorError, OSError) as error:
            raise ModelLoadError(f"{file} cannot be read: {error}") from error
    return found


def shapes_of(tensors: Mapping[str, Tensor]) -> dict[str, tuple[int, ...]]:
    """Of all weights."""
    return {name: tuple(tensor.shape) for name, tensor in tensors.items()}


def shapes_in(folder: Path) -> dict[str, tuple[int, ...]]:
    """As :func:`shapes_of`, of a folder whose weights are not read themselves."""
    found: dict[str, tuple[int, ...]] = {}
    for file in weight_files(folder):
        with safe_open(file, "pt") as content:
            found |= {name: tuple(content.get_slice(name).get_shape()) for name in content.keys()}
    return found


def bytes_in(folder: Path) -> int:
    """Size of the files of the weights."""
    return sum(file.stat().st_size for file in weight_files(folder))
