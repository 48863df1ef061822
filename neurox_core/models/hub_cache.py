"""Models by their hub name: where this machine's cache has their files, and how names are written.

A model that was downloaded once is opened from the library's cache and the hub is not asked again:
results stay those of the files that are there, and no network is needed. :mod:`.hub_download`
brings what is missing.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

WEIGHTS = (
    "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin",
    "pytorch_model.bin.index.json",
)  # fmt: skip
"""Files that hold a network's weights or list those that do, the ones to prefer first."""
_OWNERS = {
    "albert": "albert", "bert": "google-bert", "distilbert": "distilbert",
    "distilgpt2": "distilbert", "gpt2": "openai-community", "roberta": "FacebookAI",
    "t5": "google-t5", "xlm-roberta": "FacebookAI",
}  # fmt: skip
"""Whose the models are that the hub and its papers call by a name alone."""
_PART = r"[A-Za-z0-9_][\w.-]*"
_NAME = re.compile(rf"({_PART}/{_PART})(?:@([\w./-]+))?", re.ASCII)
_ALONE = re.compile(rf"({'|'.join(_OWNERS)})(-[\w.-]+)?(@[\w./-]+)?", re.ASCII)


class HubName(NamedTuple):
    """A model on the hub.

    Attributes
    ----------
    model : str
        ``owner/model``.
    revision : str
        A branch, a tag or a commit.
    """

    model: str
    revision: str = "main"

    def __str__(self) -> str:
        return self.model if self.revision == "main" else f"{self.model}@{self.revision}"


def hub_name(text: str) -> HubName | None:
    """What ``owner/model`` or ``owner/model@revision`` names; None if the text is no such name.

    The first models of the hub have no owner in what people write: ``gpt2``, ``t5-small``.
    """
    if alone := _ALONE.fullmatch(text):
        text = f"{_OWNERS[alone[1]]}/{text}"
    found = _NAME.fullmatch(text)
    return HubName(found[1], found[2] or "main") if found else None


def cached_folder(name: HubName) -> Path | None:
    """Where the cache has a model's files; None if configuration or weights are not there."""
    config = _cached(name, "config.json")
    if config is None or all(_cached(name, file) is None for file in WEIGHTS):
        return None
    return config.parent


def commit_of(folder: Path) -> str | None:
    """The commit that a folder of the cache holds; None for any other folder."""
    if folder.parent.name == "snapshots" and re.fullmatch(r"[0-9a-f]{40}", folder.name):
        return folder.name
    return None


def said(folder: Path) -> str:
    """How a person calls a folder: a hub name if it is one of the cache, else its path."""
    if commit_of(folder) is None:
        return str(folder)
    return folder.parent.parent.name.removeprefix("models--").replace("--", "/", 1)


def _cached(name: HubName, file: str) -> Path | None:
    # Half a second, which a server that only reads names need not wait for.
    from huggingface_hub import constants, try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        found = try_to_load_from_cache(
            name.model, file, cache_dir=constants.HF_HUB_CACHE, revision=name.revision
        )
    except HFValidationError:
        return None
    return Path(found) if isinstance(found, str) else None
