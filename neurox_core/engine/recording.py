"""What recording a model on a project's text takes, and why it may not begin.

A server keeps one store for each model and text, all in its workspace, so the ways out of a full
disk are others than those of somebody who calls :func:`neurox_core.extract`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .sources import writes_own

if TYPE_CHECKING:
    from ..activations import Estimate
    from ..corpora import Corpus
    from ..models.base import TranslationModel

PROBE = 64
"""Sentences that are tried while somebody waits for the numbers."""

_DOUBT = 0.9
"""Share of an estimate that a sample of sentences makes certain; the job itself counts them all."""


def expected(model: TranslationModel, corpus: Corpus, layers: list[str], folder: Path) -> Estimate:
    """What recording takes, from a few sentences.

    Nothing is translated: where the decoder would read the model's own output, that is taken to be
    as long as the text.

    Parameters
    ----------
    model : TranslationModel
    corpus : Corpus
    layers : list of str
    folder : Path
        On the disk that is meant.

    Raises
    ------
    As :func:`neurox_core.extract`.
    """
    from ..activations import estimate

    reads = corpus.sources if writes_own(model.task, corpus, layers) else "reference"
    return estimate(model, corpus, layers, decoder_text=reads, folder=folder, probe=PROBE)


def unlikely(found: Estimate, path: Path, max_bytes: int | None) -> str | None:
    """Why recording would be refused for certain; None if it may begin.

    Parameters
    ----------
    found : Estimate
    path : Path
        Folder of the store.
    max_bytes : int or None
        The server's budget.
    """
    needed = found.bytes if found.exact else round(found.bytes * _DOUBT)
    if refused(needed, path, max_bytes) is None:
        return None
    return refused(found.bytes, path, max_bytes)


def refused(needed: int, path: Path, max_bytes: int | None) -> str | None:
    """Why a server makes no store of so many bytes, in words for its users; None if it may.

    Parameters
    ----------
    needed : int
        Bytes of the store.
    path : Path
        Its folder.
    max_bytes : int or None
        The server's budget.
    """
    from ..activations.budget import Ways, refusal

    ways = Ways(
        "Have whoever runs the server allow more (max_store_size in its settings, or "
        "--max-store-size)",
        "another workspace for the server", "make a project of fewer sentences",
    )  # fmt: skip
    return refusal(needed, path, max_bytes, ways)
