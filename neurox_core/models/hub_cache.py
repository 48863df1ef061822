"""Whether a hub name is on this machine already, and a quick, plain answer when it cannot be had.

A model that was downloaded once is opened from the library's cache and the hub is not asked again:
results stay those of the files that are there, and no network is needed. Only a name that is not in
the cache is looked for on the hub, by one short question first: without a network the library's own
calls go on trying for minutes.
"""

from __future__ import annotations

from pathlib import Path

from huggingface_hub import HfApi, constants, try_to_load_from_cache
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
)

from ..errors import ModelLoadError

_WEIGHTS = (
    "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin",
    "pytorch_model.bin.index.json",
)  # fmt: skip
_PATIENCE = 10.0
"""Seconds that the hub has to answer in."""


def cached_folder(name: str) -> Path | None:
    """Where the cache has a model's files; None if configuration or weights are not there."""
    config = _cached(name, "config.json")
    if config is None or all(_cached(name, file) is None for file in _WEIGHTS):
        return None
    return config.parent


def require_on_hub(name: str) -> None:
    """Raise ModelLoadError, which says what to do, unless the hub has a model of this name."""
    try:
        HfApi().model_info(name, timeout=_PATIENCE)
    except GatedRepoError as error:
        raise ModelLoadError(
            f"{name} is only given to those who asked for it: accept its terms on its page, then "
            "run `hf auth login` on this machine."
        ) from error
    except (RepositoryNotFoundError, HFValidationError) as error:
        raise ModelLoadError(
            f"The hub has no model {name!r} that you may see. If it is a folder of this machine, "
            "give its whole path; if it is private, run `hf auth login` first."
        ) from error
    except OfflineModeIsEnabled as error:
        raise ModelLoadError(
            _not_here(name, "the hub is switched off by HF_HUB_OFFLINE")
        ) from error
    except HfHubHTTPError as error:
        raise ModelLoadError(
            _not_here(name, f"the hub does not give it ({_first(error)})")
        ) from error
    except Exception as error:  # Whatever the network layer of the day raises.
        raise ModelLoadError(
            _not_here(name, f"the hub cannot be reached ({_first(error)})")
        ) from error


def _not_here(name: str, why: str) -> str:
    return (
        f"{name} is not on this machine (the cache is {constants.HF_HUB_CACHE}), and {why}. On a "
        f"machine with a network run `hf download {name} --local-dir FOLDER`, bring the folder "
        "here and give its path instead of the name."
    )


def _cached(name: str, file: str) -> Path | None:
    try:
        found = try_to_load_from_cache(name, file, cache_dir=constants.HF_HUB_CACHE)
    except HFValidationError:
        return None
    return Path(found) if isinstance(found, str) else None


def _first(error: BaseException) -> str:
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0][:160]
