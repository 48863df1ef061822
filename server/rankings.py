"""Rankings that were made: what each came from in the records, its order in a file.

A ranking's id is a hash of everything it depends on, so asking for the same one again finds it.
The order and the scores are kept as plain arrays (``.npz`` without objects).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurox_core import __version__
from neurox_core.activations import ActivationStore
from neurox_core.errors import UnknownAddressError, UnknownNameError
from neurox_core.rankings import describe, rank

from .contracts import RankingInfo
from .errors import not_found
from .records import RankingRecord, Records, now
from .stores import digest
from .views import layer_info

Order = NDArray[np.uint32]
Scores = NDArray[np.float32]


class Rankings:
    """The rankings of a workspace.

    Parameters
    ----------
    records : Records
    folder : Path
    """

    def __init__(self, records: Records, folder: Path) -> None:
        self._records, self._folder = records, folder

    def make(
        self,
        project: str,
        model: str,
        method: str,
        store: ActivationStore,
        layers: list[str] | None,
    ) -> RankingInfo:
        """Rank the neurons of some layers, or find that it was done.

        Raises
        ------
        UnknownNameError, UnknownAddressError
            For a method that there is not, or a layer that was not recorded.
        """
        titles: dict[str, Any] = {d["name"]: d["title"] for d in describe()}
        if method not in titles:
            raise UnknownNameError("ranking", method[:80], list(titles))
        chosen = list(store.layers) if layers is None else list(dict.fromkeys(layers))
        for layer in chosen:
            if layer not in store.layers:
                raise UnknownAddressError(layer, list(store.layers), "it was not recorded")
        identifier = digest(
            __version__, project, model, store.model_fingerprint, store.corpus_fingerprint, method,
            chosen,
        )[:16]  # fmt: skip
        known = self._records.ranking(identifier)
        if known is not None and self._file(identifier).is_file():
            return RankingInfo.model_validate(known.info)
        ranking = rank(method, store, layers=chosen)
        info = RankingInfo(
            id=identifier,
            model=model,
            method=method,
            title=titles[method],
            layers=[layer_info(a, store.layers[a]) for a in chosen],
            neurons=len(ranking.order),
            signature=ranking.signature,
        )
        self._write(identifier, ranking.order, ranking.scores)
        self._records.put(
            RankingRecord(
                id=identifier, project=project, model=model, created=now(), info=info.model_dump()
            )
        )
        return info

    def all(self, project: str, model: str | None) -> list[RankingInfo]:
        """The rankings of a project, or of one of its models."""
        return [RankingInfo.model_validate(r.info) for r in self._records.rankings(project, model)]

    def get(self, project: str, identifier: str) -> RankingInfo:
        """A ranking; ApiError (404) if the project has none of that id."""
        record = self._records.ranking(identifier)
        if record is None or record.project != project or not self._file(record.id).is_file():
            raise not_found("ranking", identifier, f"Project {project!r} lists its rankings.")
        return RankingInfo.model_validate(record.info)

    def order(self, identifier: str) -> tuple[Order, Scores]:
        """Neurons best first, and the score of each neuron by its flat index (may be NaN)."""
        with np.load(self._file(identifier), allow_pickle=False) as arrays:
            return arrays["order"], arrays["scores"]

    def _write(self, identifier: str, order: NDArray[Any], scores: NDArray[Any]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        final = self._file(identifier)
        partial = final.with_suffix(f".{os.getpid()}.npz")
        np.savez(partial, order=order.astype(np.uint32), scores=scores.astype(np.float32))
        partial.replace(final)

    def _file(self, identifier: str) -> Path:
        return self._folder / f"{identifier}.npz"


def rows(info: RankingInfo, order: Order, scores: Scores) -> list[tuple[int, str, float | None]]:
    """Rank, address and score of every neuron, best first; None for a score that is no number."""
    addresses = [f"{layer.address}[{u}]" for layer in info.layers for u in range(layer.width)]
    return [
        (place, addresses[i], float(scores[i]) if np.isfinite(scores[i]) else None)
        for place, i in enumerate(order.tolist(), start=1)
    ]
