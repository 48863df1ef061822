"""Bringing a model from the hub into the library's cache: only what is read, and all of it.

The files are fetched here and not by the library while it opens the model, so that one commit is
taken whole, a person sees how far it is, and what goes wrong is said in one place. Weights in
safetensors are preferred to pickled ones; code, and the same weights for other frameworks, stay
where they are. The configuration comes last: a folder of the cache that has it is complete.

A name that the hub does not have is found out by one short question first: without a network the
library's own calls go on trying for minutes.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from huggingface_hub import HfApi, constants, hf_hub_download
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from tqdm import tqdm

from ..errors import ModelLoadError, NeuroXError
from .hub_cache import WEIGHTS, HubName
from .statistics_file import FILE as FILE_OF_STATISTICS

OnBytes = Callable[[int, int], None]

_PATIENCE = 10.0
"""Seconds that the hub has to answer in."""
_KINDS = {".json", ".txt", ".model", ".spm", ".jinja", ".bpe", ".tiktoken"}
"""Endings of configurations and vocabularies."""
_CONFIG = "config.json"


def download(name: HubName, on_bytes: OnBytes | None = None) -> Path:
    """Bring a model to this machine; its folder.

    Parameters
    ----------
    on_bytes : callable, optional
        Called with the bytes that are there and all that are wanted. What it raises ends the
        download.

    Raises
    ------
    ModelLoadError
        If the hub does not give it; the message says why, and what to do.
    """
    with _explained(name):
        found = HfApi().model_info(
            name.model, revision=name.revision, files_metadata=True, timeout=_PATIENCE
        )
    sizes = {file.rfilename: file.size or 0 for file in found.siblings or []}
    files = wanted(name, list(sizes))
    meter = _Meter(on_bytes or (lambda *_: None), sum(sizes[file] for file in files))
    place = Path()
    with _explained(name, begun=True), _quiet():
        for file in files:
            # Asked for by its name, the last one also notes which commit that name means.
            revision = name.revision if file == _CONFIG else found.sha
            place = Path(
                hf_hub_download(
                    name.model, file, revision=revision, cache_dir=constants.HF_HUB_CACHE,
                    tqdm_class=meter.bar(),
                )
            ).parent  # fmt: skip
            meter.whole(sizes[file])
    if place.name != found.sha:
        raise ModelLoadError(f"{name} changed while it was downloaded; open it again.")
    return place


def wanted(name: HubName, files: Sequence[str]) -> list[str]:
    """Which of a model's files are read: small ones, weights, and the configuration last.

    Raises
    ------
    ModelLoadError
        If there is no configuration or none of the weights that can be opened.
    """
    own = [file for file in files if "/" not in file]
    small = [f for f in own if Path(f).suffix in _KINDS and not f.endswith(".index.json")]
    weights = next((first for first in WEIGHTS if first in own), None)
    if _CONFIG not in own or weights is None:
        lacking = _CONFIG if _CONFIG not in own else "model.safetensors or pytorch_model.bin"
        has = ", ".join(sorted(own)[:12]) or "no files"
        raise ModelLoadError(
            f"{name} cannot be opened: it has no {lacking}. The hub has {has}. Look for the same "
            "model in the form of the transformers library."
        )
    stem, ending = weights.split(".")[:2]
    parts = [f for f in own if f.startswith(f"{stem}-") and f.endswith(f".{ending}")]
    small = [*(f for f in sorted(small) if f != _CONFIG), *({FILE_OF_STATISTICS} & {*own})]
    return [*small, weights, *(sorted(parts) if weights.endswith(".index.json") else []), _CONFIG]


class _Meter:
    """Adds up the bytes of files that are fetched one after the other.

    Parameters
    ----------
    on_bytes : callable
    total : int
        Bytes of all files.
    """

    def __init__(self, on_bytes: OnBytes, total: int) -> None:
        self._on_bytes, self._total, self._before = on_bytes, total, 0
        self._bars: list[Any] = []

    def bar(self) -> type[Any]:
        """A class that the library takes for a progress bar of one file; nothing is shown."""
        meter = self

        class Silent(tqdm):  # type: ignore[type-arg]
            """What is counted here goes to the meter."""

            monitor_interval = 0

            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **(kwargs | {"file": io.StringIO()}))
                meter._bars.append(self)

            def update(self, n: float | None = 1) -> bool | None:
                moved = super().update(n)
                meter.tell()
                return moved

        return Silent

    def tell(self) -> None:
        """Say how far it is; one file may have a bar for the network and one for the disk."""
        now = self._before + int(max((bar.n for bar in self._bars), default=0))
        self._on_bytes(min(now, self._total), self._total)

    def whole(self, size: int) -> None:
        """A file is there, whether it was fetched now or before."""
        self._before += size
        self._bars.clear()
        self.tell()


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the library's own lines about what it tries again."""
    log = logging.getLogger("huggingface_hub.file_download")
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(before)


@contextmanager
def _explained(name: HubName, begun: bool = False) -> Iterator[None]:
    """Errors of the hub and of the network as ModelLoadError that says what to do."""
    try:
        yield
    except NeuroXError:
        raise
    except GatedRepoError as error:
        raise ModelLoadError(
            f"{name.model} is only given to those who asked for it: accept its terms on its page, "
            "then run `hf auth login` on this machine."
        ) from error
    except RevisionNotFoundError as error:
        raise ModelLoadError(
            f"{name.model} has no branch, tag or commit {name.revision!r}. Leave out what follows "
            "the @ for its newest version."
        ) from error
    except (RepositoryNotFoundError, HFValidationError) as error:
        raise ModelLoadError(
            f"The hub has no model {name.model!r} that you may see. If it is a folder of this "
            "machine, give its whole path; if it is private, run `hf auth login` first."
        ) from error
    except OfflineModeIsEnabled as error:
        raise _not_here(name, "the hub is switched off by HF_HUB_OFFLINE") from error
    except Exception as error:  # Whatever the network layer of the day raises, or a full disk.
        if begun:
            raise ModelLoadError(
                f"The download of {name} broke off ({_first(error)}). Open it again: the files "
                f"that have arrived whole are kept in {constants.HF_HUB_CACHE}."
            ) from error
        known = isinstance(error, HfHubHTTPError)
        why = "the hub does not give it" if known else "the hub cannot be reached"
        raise _not_here(name, f"{why} ({_first(error)})") from error


def _not_here(name: HubName, why: str) -> ModelLoadError:
    revision = "" if name.revision == "main" else f" --revision {name.revision}"
    return ModelLoadError(
        f"{name} is not on this machine (the cache is {constants.HF_HUB_CACHE}), and {why}. On a "
        f"machine with a network run `hf download {name.model}{revision} --local-dir FOLDER`, "
        "bring the folder here and give its path instead of the name."
    )


def _first(error: BaseException) -> str:
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0][:160]
