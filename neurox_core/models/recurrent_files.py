"""The folder of a recurrent model of our own: what is in it, and opening it.

A folder holds ``config.json``, ``model.safetensors`` and ``source.spm``, one SentencePiece
vocabulary for all text. Weights may be stored in half precision; they run in single precision.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import sentencepiece as spm
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn

from ..errors import ModelLoadError
from .folder_faults import faults

FILES = ("config.json", "model.safetensors", "source.spm")
"""What makes a model; all of it goes into the fingerprint."""
Network = TypeVar("Network", bound=nn.Module)


def read_folder(
    folder: Path, config: type[Any], network: Callable[[Any], Network], what: str
) -> tuple[Network, spm.SentencePieceProcessor]:
    """Network with its weights, and vocabulary.

    Parameters
    ----------
    folder : Path
    config : dataclass
        What ``config.json`` says; entries that it does not have are passed over.
    network : callable of a configuration
    what : str
        The kind of model, for messages.

    Raises
    ------
    ModelLoadError
        It says what is missing or does not fit.
    """
    try:
        values = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        known = {f.name for f in fields(config)}
        module = network(config(**{k: v for k, v in values.items() if k in known}))
        weights = load_file(folder / "model.safetensors")
        module.load_state_dict({k: v.float() for k, v in weights.items()})
        pieces = spm.SentencePieceProcessor(model_file=str(folder / "source.spm"))
    except (OSError, ValueError, TypeError, RuntimeError, SafetensorError) as error:
        told = faults(folder, FILES[2:], FILES[1:2])
        if told is not None:
            raise ModelLoadError(f"{folder} cannot be opened as a {what}: {told}") from error
        raise ModelLoadError(
            f"The folder {folder} does not hold a {what} that can be opened: {error}"
        ) from error
    return module, pieces
