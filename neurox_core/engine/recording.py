"""What recording a model on a project's text takes, and why it may not begin.

A server keeps one store for each model and text, all in its workspace, so the ways out of a full
disk are others than those of somebody who calls :func:`neurox_core.extract`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .sources import writes_own

if TYPE_CHECKING:
    from ..activations import Estimate
    from ..corpora import Corpus
    from ..models.base import TranslationModel
    from ..models.card import ModelCard

PROBE = 64
"""Sentences that are tried while somebody waits for the numbers."""

_DOUBT = 0.9
"""Share of an estimate that a sample of sentences makes certain; the job itself counts them all."""


# Of what is begun without a word: nobody minds a minute of work and a corner of the disk.
_MOMENT, _CORNER = 60.0, 500_000_000
# What a laptop does: products a second in a pass, values a second on the disk and in statistics.
# Most tokenizers have a token for every four bytes of text, in any script.
_PRODUCTS, _VALUES, _TOKEN_BYTES = 1e11, 2e7, 4


def is_small(card: ModelCard, corpus: Corpus, layers: list[str]) -> bool:
    """Whether recording is done in a moment, and takes little room, so that nobody need be asked.

    Guessed from the sizes of model and text alone: nothing is loaded or run. Whether there is room
    is told by the job.

    Parameters
    ----------
    card : ModelCard
    corpus : Corpus
    layers : list of str
    """
    from ..activations.budget import store_bytes

    read = {"source": corpus.sources}
    if card.task == "translation":
        own = writes_own(card.task, corpus, layers)
        read["target"] = corpus.sources if own else corpus.references
    tokens = {side: _tokens(texts) for side, texts in read.items()}
    stacks = {layer.partition(".")[0] for layer in layers}
    rows = {stack: tokens.get("target" if stack == "decoder" else "source", tokens["source"])
            for stack in stacks}  # fmt: skip
    widths = {layer: card.sites[layer] for layer in layers}
    values = sum(width * rows[layer.partition(".")[0]] for layer, width in widths.items())
    seconds = 2 * card.parameters * sum(tokens.values()) / _PRODUCTS + values / _VALUES
    return seconds <= _MOMENT and store_bytes(widths, rows, "float16") <= _CORNER


def _tokens(texts: Sequence[str]) -> int:
    return sum(len(text.encode()) for text in texts) // _TOKEN_BYTES + len(texts)


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


def certain_refusal(found: Estimate, path: Path, max_bytes: int | None) -> str | None:
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


def too_much_together(needed: Sequence[int], path: Path) -> str | None:
    """Why not all of some stores can be made, if there is room for each; None if there is for all.

    Parameters
    ----------
    needed : sequence of int
        Bytes of each.
    path : Path
        On their disk.
    """
    from ..activations.budget import free_bytes, size

    there, free = free_bytes(path)
    if sum(needed) <= free or max(needed) > free:
        return None
    return (
        f"The activations of all {len(needed)} models would take {size(sum(needed))}, and "
        f"{size(free)} are free at {there}: not all of them can be recorded. Make room, or take "
        "fewer models or sentences."
    )


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
