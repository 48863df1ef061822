"""Where the activation stores of a project lie, and what is known of its neurons.

A store's folder is named after everything its content depends on: the model's and the corpus's
fingerprints and the layers. So a changed model or text never meets an old store, and two servers
that share a workspace share their stores.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from neurox_core.activations import ActivationStore, open_store
from neurox_core.activations.layout import META, Metadata
from neurox_core.engine.live import LiveModel
from neurox_core.engine.sources import LentStatistics, lend_samples, writes_own
from neurox_core.errors import StoreError
from neurox_core.models.base import TranslationModel

from .projects import Project

Numbers = list[float | None]


class Table(NamedTuple):
    """Four numbers for each of some neurons; None where one is not known."""

    mean: Numbers
    deviation: Numbers
    minimum: Numbers
    maximum: Numbers


class Stores:
    """The stores of a workspace.

    Parameters
    ----------
    folder : Path
        Made when the first store is written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[Path, tuple[int, ActivationStore]] = {}
        # Opening compares checksums, a second a gigabyte: who wants another store does not wait.
        self._opening: dict[Path, Lock] = {}
        self._lock = Lock()

    def path(self, project: Project, model: str) -> Path:
        """Where a model's activations on the project's corpus belong."""
        card = project.card(model)
        layers = project.layers(model)
        parts = [card.fingerprint, project.corpus.fingerprint, layers]
        if writes_own(card.task, project.corpus, layers):
            parts.append("own output")
        key = digest(*parts)
        return self._folder / f"{model}-{key[:16]}"

    def find(self, project: Project, model: str) -> ActivationStore | None:
        """The store, or None if it was not finished yet.

        Raises
        ------
        StoreError
            If it is there and damaged; the message names the file and the way out.
        """
        return self.at(self.path(project, model))

    def live(self, project: Project, model: str) -> LiveModel:
        """A loaded model; one without statistics of its own is lent the store's.

        Samples, which few interventions need, are drawn from the project's text.
        """
        live = project.live(model)
        lend_samples(live.model, project.corpus)
        lent = live.model.statistics
        assert isinstance(lent, LentStatistics)
        if lent.base is None and self.extracted(project, model):
            lent.base = self.find(project, model)
        return live

    def at(self, path: Path) -> ActivationStore | None:
        """The finished store of a folder, opened once for each time that it was written."""
        found = self._known(path)
        if found is not None:
            return found[1]
        with self._lock:
            opening = self._opening.setdefault(path, Lock())
        with opening:
            found = self._known(path)  # Whoever held the lock may have opened it.
            if found is None:
                written = _written(path)
                if written is None or not Metadata.read(path).complete:
                    return None
                found = written, open_store(path)
                with self._lock:
                    self._open[path] = found
        return found[1]

    def _known(self, path: Path) -> tuple[int, ActivationStore] | None:
        """The open store of a folder, unless it was written since."""
        written = _written(path)
        with self._lock:
            found = self._open.get(path)
        return found if found is not None and found[0] == written else None

    def is_sound(self, path: Path) -> bool:
        """Whether a folder holds a finished store whose every file is as it was written."""
        with self._lock:
            self._open.pop(path, None)
        try:
            return self.at(path) is not None
        except StoreError:
            return False

    def extracted(self, project: Project, model: str) -> list[str]:
        """Layers of a model that have activations and statistics on disk."""
        try:
            store = self.at(self.path(project, model))
        except StoreError:  # Told in full by the endpoints that need the store.
            return []
        return [] if store is None else list(store.layers)

    def known(self, project: Project, model: str, places: Sequence[tuple[str, int]]) -> Table:
        """Moments and ranges of neurons (layer address, unit), from the store or the model."""
        network = project.live(model).model
        extracted = set(self.extracted(project, model))
        rows = []
        for layer, unit in places:
            if layer in extracted:
                store = self.find(project, model)
                assert store is not None
                found = store.statistics(layer)
                row = [found.mean, found.deviation, found.minimum, found.maximum]
            else:
                row = _of_model(network, layer)
            rows.append([None if values is None else float(values[unit]) for values in row])
        columns = list(zip(*rows, strict=True))
        return Table(*(list(column) for column in columns))


def _written(path: Path) -> int | None:
    """When a store was last written; None if it is not begun, or a job has just cleared it."""
    try:
        return (path / META).stat().st_mtime_ns
    except FileNotFoundError:
        return None


def _of_model(network: TranslationModel, layer: str) -> list[Any]:
    statistics = network.statistics
    moments = statistics.moments(layer) if statistics is not None else None
    ranges = getattr(statistics, "ranges", None)
    limits = ranges(layer) if ranges is not None else None
    return [*(moments or (None, None)), *(limits or (None, None))]


def digest(*parts: Any) -> str:
    """A SHA-256 over JSON values: what results are keyed by."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
