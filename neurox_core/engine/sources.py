"""Corpora named by plain values, so that a job can be described in JSON and run anywhere.

A corpus is ``{"demo": true}``, or ``{"path": ..., "references": ...}`` with absolute paths. A
model is what :func:`neurox_core.load_model` takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..errors import InvalidInputError

if TYPE_CHECKING:
    from ..activations import ActivationStore
    from ..corpora import Corpus
    from ..models.base import TranslationModel

CorpusReference = Mapping[str, Any]

RECORDED_SITES = ("rnn_hidden", "ffn_act", "resid_post")
"""Sites that are extracted for a project: the ones whose units are known to carry meaning."""


def open_corpus(reference: CorpusReference) -> Corpus:
    """Read a corpus; CorpusError if it cannot be read, InvalidInputError if none is named."""
    if reference.get("demo"):
        from .. import demo

        return demo.corpus()
    if not reference.get("path"):
        raise InvalidInputError(f"{dict(reference)} names no corpus: it needs 'path' or 'demo'.")
    from ..corpora import read_corpus

    return read_corpus(reference["path"], references=reference.get("references"))


def open_model(reference: str, store: ActivationStore | None = None) -> TranslationModel:
    """Open a model; a store lends its statistics to a model that has none of its own."""
    from ..models.registry import load_model

    model = load_model(reference)
    if model.statistics is None and store is not None:
        model.statistics = store
    return model


def recorded_layers(layers: Mapping[str, int] | list[str]) -> list[str]:
    """Which of a model's layers are extracted for a project; all if none has a known site."""
    chosen = [a for a in layers if a.rpartition(".")[2] in RECORDED_SITES]
    return chosen or list(layers)
