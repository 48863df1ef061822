"""Corpora named by plain values, so that a job can be described in JSON and run anywhere.

A corpus is ``{"demo": true}``, or ``{"path": ..., "references": ...}`` with absolute paths; with
``"labels"``, absolute paths of files that :class:`neurox_core.corpora.LabelSet` wrote, its words
have those labels too. A model is what :func:`neurox_core.load_model` takes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from numpy.typing import ArrayLike

from ..errors import InvalidInputError

if TYPE_CHECKING:
    from ..activations import ActivationStore
    from ..corpora import Corpus
    from ..interventions.amounts import Moments
    from ..models.base import TranslationModel

CorpusReference = Mapping[str, Any]

DEVICE, PRECISION = "NEUROX_DEVICE", "NEUROX_PRECISION"
"""Variables that say where models run. A worker process of another machine has its own."""

RECORDED_SITES = ("rnn_hidden", "ffn_act", "resid_post")
"""Sites that are extracted for a project: the ones whose units are known to carry meaning."""


def open_corpus(reference: CorpusReference) -> Corpus:
    """Read a corpus; CorpusError if it cannot be read, InvalidInputError if none is named."""
    corpus = _text(reference)
    for path in reference.get("labels", ()):
        from ..corpora import LabelSet

        given = LabelSet.load(Path(path))
        corpus = corpus.labelled(given.side, given.of(corpus))
    return corpus


def _text(reference: CorpusReference) -> Corpus:
    if reference.get("demo"):
        from .. import demo

        return demo.corpus()
    if not reference.get("path"):
        raise InvalidInputError(f"{dict(reference)} names no corpus: it needs 'path' or 'demo'.")
    from ..corpora import read_corpus

    return read_corpus(reference["path"], references=reference.get("references"))


def placing() -> dict[str, str]:
    """Device and precision of models that are opened by a server and its workers."""
    return {
        "device": os.environ.get(DEVICE) or "cpu", "dtype": os.environ.get(PRECISION) or "float32",
    }  # fmt: skip


def open_placed(
    reference: str, on_download: Callable[[int, int], None] | None = None
) -> TranslationModel:
    """Open a model where, and as precisely, as :func:`placing` says.

    One that knows single precision only, such as a recurrent one, is opened in that.
    """
    from ..models.registry import load_model

    wanted = placing()
    try:
        return load_model(reference, on_download=on_download, **wanted)
    except InvalidInputError:
        if wanted["dtype"] == "float32":
            raise
        return load_model(reference, wanted["device"], on_download=on_download)


def open_model(reference: str, store: ActivationStore | None = None) -> TranslationModel:
    """Open a model; a store lends its statistics to a model that has none of its own."""
    model = open_placed(reference)
    if model.statistics is None and store is not None:
        model.statistics = store
    return model


class LentStatistics:
    """What is known of a model's neurons, and samples of them taken when they are first needed.

    ``resample`` and percentiles need what neurons do on real text. A sample of the whole corpus is
    drawn in the same way wherever this runs, so that a job changes a sentence as the page did.

    Parameters
    ----------
    model : TranslationModel
    corpus : Corpus
    base : Moments, optional
        Whose means, deviations and ranges are used; without it they stay unknown.
    """

    def __init__(self, model: TranslationModel, corpus: Corpus, base: Moments | None) -> None:
        self.base = base
        self._model, self._corpus = model, corpus
        self._tables: dict[str, ArrayLike | None] = {}
        self._lock = Lock()

    def moments(self, layer: str) -> tuple[ArrayLike, ArrayLike] | None:
        """Means and standard deviations of a layer's units, or None."""
        return None if self.base is None else self.base.moments(layer)

    def ranges(self, layer: str) -> tuple[ArrayLike, ArrayLike] | None:
        """Minima and maxima of a layer's units, or None."""
        source = getattr(self.base, "ranges", None)
        found: tuple[ArrayLike, ArrayLike] | None = None if source is None else source(layer)
        return found

    def samples(self, layer: str) -> ArrayLike | None:
        """Activations (tokens, width) in random order; None if the model has no such layer."""
        from ..interventions.reference import ReferenceValues

        with self._lock:
            if layer not in self._tables and layer in self._model.sites:
                read = self._corpus.references if self._corpus.has_references else None
                found = ReferenceValues.measure(self._model, self._corpus.sources, read, [layer])
                self._tables[layer] = found.samples(layer)
            return self._tables.get(layer)

    def digest(self, layer: str) -> str:
        """Hash of a layer's sample: part of what a result depends on."""
        from ..interventions.reference import sample_digest

        return sample_digest(self.samples(layer))


def lend_samples(model: TranslationModel, corpus: Corpus) -> None:
    """Let ``resample`` and percentiles take their values from a corpus."""
    if not isinstance(model.statistics, LentStatistics):
        model.statistics = LentStatistics(model, corpus, model.statistics)


def writes_own(task: str, corpus: Corpus, layers: Iterable[str]) -> bool:
    """Whether the decoder is recorded on the model's own output, for there are no references."""
    decoder = any(address.startswith("decoder.") for address in layers)
    return task == "translation" and decoder and not corpus.has_references


def recorded_layers(layers: Mapping[str, int] | list[str]) -> list[str]:
    """Which of a model's layers are extracted for a project; all if none has a known site."""
    chosen = [a for a in layers if a.rpartition(".")[2] in RECORDED_SITES]
    return chosen or list(layers)
