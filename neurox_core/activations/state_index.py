"""Rows of a layer in lists by k-means, so that a search reads but some of them.

An inverted file (Jégou et al. 2011, without the quantisation): rows are put into the list of their
nearest centre and copied to disk list by list, in half precision. Lists are by direction, which
serves the cosine exactly and the distance well.
"""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.cluster import MiniBatchKMeans

from ..errors import CancelledError, InvalidInputError, StoreError
from .store import ActivationStore

Floats32 = NDArray[np.float32]
Longs = NDArray[np.int64]

BLOCK = 1 << 20
"""Values compared at once."""

SAMPLE = 100_000
"""Rows that the centres of an index are found from."""

MOST_LISTS = 4096

PROBES = 24
"""Lists that a search reads."""

_META = "index.json"


class StateIndex:
    """A layer's rows in lists by k-means, on disk.

    Attributes
    ----------
    path : Path
    layer, key : str
        What it is of; `key` is the store's.
    rows : int
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            meta = json.loads((path / _META).read_text(encoding="utf-8"))
            self.layer, self.key = str(meta["layer"]), str(meta["key"])
            self._centres = np.load(path / "centres.npy", allow_pickle=False)
            self._bounds = np.load(path / "bounds.npy", allow_pickle=False)
            self._order = np.load(path / "rows.npy", mmap_mode="r", allow_pickle=False)
            self._values = np.load(path / "values.npy", mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise StoreError(f"{path} is no sound index of states; have it made again.") from error
        if len(self._order) != len(self._values) or self._bounds[-1] != len(self._order):
            raise StoreError(f"{path} is cut off; have the index of states made again.")
        self.rows = len(self._order)

    @classmethod
    def build(
        cls,
        store: ActivationStore,
        layer: str,
        path: Path,
        *,
        lists: int | None = None,
        seed: int = 0,
        on_progress: Callable[[int, int, str], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> StateIndex:
        """Make an index; it takes as much disk as the layer, in half precision.

        Parameters
        ----------
        store : ActivationStore
        layer : str
        path : Path
            A folder that is not there yet, or is replaced.
        lists : int, optional
            About the square root of the rows if missing.
        seed : int
            Of the sample and of k-means.
        on_progress : callable, optional
            Called with rows done, all rows (each is read twice) and what is done.
        cancelled : callable, optional

        Raises
        ------
        UnknownAddressError, CancelledError
        """

        def told(done: int, message: str) -> None:
            if cancelled is not None and cancelled():
                raise CancelledError("The index was not made; nothing is left of it.")
            if on_progress is not None:
                on_progress(done, 2 * total, message)

        total, width = store.layer(layer).shape
        special = store.tokens(layer.partition(".")[0]).special
        told(0, "finding centres")
        centres = _centres(store, layer, special, lists, seed)
        part = path.with_name(f"{path.name}.{uuid.uuid4().hex}.partial")
        part.mkdir(parents=True)
        try:
            lists_of = np.empty(total, np.int32)
            for rows, values in blocks_of(store, layer):
                lists_of[rows] = centres.predict(_unit(values))
                told(int(rows[-1]) + 1, "putting tokens into lists")
            lists_of[special] = -1
            kept = np.flatnonzero(lists_of >= 0)
            order = kept[np.argsort(lists_of[kept], kind="stable")]
            places = np.full(total, -1, np.int64)
            places[order] = np.arange(len(order))
            held = np.lib.format.open_memmap(
                part / "values.npy", "w+", np.float16, (len(order), width)
            )
            for rows, values in blocks_of(store, layer):
                some = places[rows] >= 0
                limit = float(np.finfo(np.float16).max)
                held[places[rows][some]] = np.clip(values[some], -limit, limit)
                told(total + int(rows[-1]) + 1, "writing the lists")
            held.flush()
            del held
            count = np.bincount(lists_of[order], minlength=len(centres.cluster_centers_))
            np.save(part / "bounds.npy", np.concatenate([[0], np.cumsum(count)]).astype(np.int64))
            np.save(part / "rows.npy", order.astype(np.int64))
            np.save(part / "centres.npy", centres.cluster_centers_.astype(np.float32))
            meta = {"layer": layer, "key": store.key, "rows": len(order), "seed": seed}
            (part / _META).write_text(json.dumps(meta), encoding="utf-8")
            shutil.rmtree(path, ignore_errors=True)
            part.replace(path)
        finally:
            shutil.rmtree(part, ignore_errors=True)
        return cls(path)

    def check(self, store: ActivationStore, layer: str) -> None:
        """InvalidInputError if the index is of something else."""
        if (self.key, self.layer) != (store.key, layer):
            raise InvalidInputError(
                f"This index is of {self.layer} of another store, not of {layer} of {store.path}; "
                "have it made for this one."
            )

    def near(
        self, state: Floats32, metric: str = "cosine", probes: int = PROBES
    ) -> Iterator[tuple[Longs, Floats32]]:
        """Row numbers and values of the lists whose centres are nearest."""
        wanted = _unit(state[None])[0]
        nearest = np.argsort(np.square(self._centres - wanted).sum(1), kind="stable")[:probes]
        for number in nearest.tolist():
            some = slice(int(self._bounds[number]), int(self._bounds[number + 1]))
            yield np.array(self._order[some]), as_floats(np.array(self._values[some]))


def _unit(values: Floats32) -> Floats32:
    """Rows of length 1: lists by direction serve the cosine exactly, and the distance well."""
    norms = np.linalg.norm(values, axis=1, keepdims=True)
    found: Floats32 = (values / np.where(norms > 0, norms, 1.0)).astype(np.float32)
    return found


def _centres(
    store: ActivationStore, layer: str, special: NDArray[np.bool_], lists: int | None, seed: int
) -> MiniBatchKMeans:
    """k-means of a sample, which is drawn in runs of rows so that few chunks are read."""
    array = store.layer(layer)
    total = len(array)
    run = 64
    starts = np.arange(0, total, run)
    chosen = np.random.default_rng(seed).permutation(starts)[: max(1, SAMPLE // run)]
    parts = []
    for first in np.sort(chosen).tolist():
        some = ~special[first : first + run]
        parts.append(array[first : min(first + run, total)].astype(np.float32)[some])
    sample = _unit(np.concatenate(parts))
    if not len(sample):
        raise InvalidInputError(f"{layer} has no tokens to be put into an index.")
    count = int(np.sqrt(total)) if lists is None else lists
    count = max(1, min(count, MOST_LISTS, len(sample) // 4 or 1))
    made = MiniBatchKMeans(
        count, random_state=seed, batch_size=4096, n_init=1, max_iter=20, init="random",
        reassignment_ratio=0.0,
    )  # fmt: skip
    return made.fit(sample)


def blocks_of(store: ActivationStore, layer: str) -> Iterator[tuple[Longs, Floats32]]:
    """Row numbers and values of a layer, a block after the other."""
    array = store.layer(layer)
    height = max(1, BLOCK // array.shape[1])
    for first in range(0, len(array), height):
        values = as_floats(array[first : first + height])
        yield np.arange(first, first + len(values)), values


def as_floats(values: NDArray[np.floating]) -> Floats32:
    """As float32; from half precision several times faster than numpy, value by value."""
    found: Floats32 = torch.from_numpy(np.ascontiguousarray(values)).float().numpy()
    return found
