"""Which tokens and sentences of a corpus a model holds in states like a given one.

Up to :data:`EXACT` values the search is exact: the rows of a layer are read in blocks and compared
with the state one block after the other, so memory is bounded by a block. Beyond, it takes a
:class:`StateIndex`: the rows are put into lists by k-means (an inverted file; Jégou et al. 2011,
without the quantisation), copied to disk list by list, and a search reads the lists whose centres
are nearest. That is approximate: a row of a list that is not read cannot be found, and how many
were read is told. Rows of special tokens are left out.

By the cosine states are compared about the origin, not about their mean.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.cluster import MiniBatchKMeans

from ..errors import CancelledError, InvalidInputError, StoreError
from .store import ActivationStore
from .tables import TokenTable

Floats32 = NDArray[np.float32]
Longs = NDArray[np.int64]

EXACT = 100_000_000
"""Values of a layer up to which every row is compared; a second or less."""

BLOCK = 1 << 20
"""Values compared at once."""

METRICS = ("cosine", "euclidean")

SAMPLE = 100_000
"""Rows that the centres of an index are found from."""

MOST_LISTS = 4096

PROBES = 24
"""Lists that a search reads."""

_META = "index.json"


@dataclass(frozen=True)
class Neighbour:
    """A token of the corpus.

    Attributes
    ----------
    row : int
        Of the layer's activations.
    sentence, position : int
        Sentence of the store, and the token's 0-based place in it.
    word : int
        Its word's place in the sentence; -1 for none.
    value : float
        Cosine, or Euclidean distance.
    """

    row: int
    sentence: int
    position: int
    word: int
    value: float


@dataclass(frozen=True)
class Nearest:
    """What a search found.

    Attributes
    ----------
    neighbours : list of Neighbour
        Nearest first; of equal ones the first of the corpus.
    compared, rows : int
        Rows that the state was compared with, and all there are.
    exact : bool
        Whether nothing nearer can have been missed.
    """

    neighbours: list[Neighbour]
    compared: int
    rows: int
    exact: bool


def needs_index(store: ActivationStore, layer: str) -> bool:
    """Whether a layer is too large to be compared row by row while a person waits."""
    rows, width = store.layer(layer).shape
    return rows * width > EXACT


def nearest_states(
    store: ActivationStore,
    layer: str,
    state: ArrayLike,
    k: int = 10,
    *,
    metric: str = "cosine",
    index: StateIndex | None = None,
    without: int | None = None,
    each_sentence: bool = False,
    cancelled: Callable[[], bool] | None = None,
) -> Nearest:
    """The tokens of a corpus whose states are nearest to one.

    Parameters
    ----------
    store : ActivationStore
    layer : str
    state : array (width,)
    k : int
    metric : {"cosine", "euclidean"}
    index : StateIndex, optional
        Search approximately.
    without : int, optional
        A sentence that is left out: that of the state itself.
    each_sentence : bool
        At most one token of each sentence.
    cancelled : callable, optional

    Raises
    ------
    UnknownAddressError, InvalidInputError, CancelledError
    """
    wanted = _state(store, layer, state, metric)
    if k < 1:
        raise InvalidInputError(f"k must be at least 1, not {k}.")
    table = store.tokens(layer.partition(".")[0])
    if index is None:
        blocks = _blocks(store, layer)
    else:
        index.check(store, layer)
        blocks = index.near(wanted, metric)
    kept, keys, compared = np.zeros(0, np.int64), np.zeros(0), 0
    for rows, values in blocks:
        if cancelled is not None and cancelled():
            raise CancelledError("The search was stopped.")
        some = ~table.special[rows]
        if without is not None:
            some &= table.sentence[rows] != without
        compared += int(some.sum())
        rows, found = rows[some], _keys(values[some], wanted, metric)
        kept, keys = np.concatenate([kept, rows]), np.concatenate([keys, found])
        if each_sentence:
            kept, keys = _one_each(kept, keys, table)
        order = np.lexsort((kept, keys))[:k]
        kept, keys = kept[order], keys[order]
    total = int((~table.special).sum())
    shown = -keys if metric == "cosine" else np.sqrt(np.maximum(keys, 0.0))
    pairs = zip(kept[:k].tolist(), shown[:k].tolist(), strict=True)
    return Nearest([_neighbour(table, *pair) for pair in pairs], compared, total, index is None)


def _one_each(
    rows: Longs, keys: NDArray[np.float64], table: TokenTable
) -> tuple[Longs, NDArray[np.float64]]:
    """The nearest row of each sentence."""
    order = np.lexsort((rows, keys))
    _, first = np.unique(table.sentence[rows[order]], return_index=True)
    chosen = order[first]
    return rows[chosen], keys[chosen]


def _neighbour(table: TokenTable, row: int, value: float) -> Neighbour:
    return Neighbour(
        row, int(table.sentence[row]), int(table.position[row]), int(table.word[row]), value
    )


def similar_sentences(store: ActivationStore, layer: str, state: ArrayLike) -> NDArray[np.float64]:
    """Cosine of a state and the mean state of each sentence.

    Parameters
    ----------
    store : ActivationStore
    layer : str
    state : array (width,)
        Such as :func:`sentence_state` gives it.

    Returns
    -------
    array (sentences,) of float64
        NaN for a sentence without tokens.
    """
    wanted = _state(store, layer, state, "cosine")
    table = store.tokens(layer.partition(".")[0])
    count = len(table.offsets) - 1
    # The mean's direction is the sum's: one number a sentence and its length are enough, block by
    # block, but a sentence may lie in two blocks; so sums of the blocks' sentences are carried.
    found = np.full(count, np.nan)
    open_sum, open_sentence = np.zeros(len(wanted)), -1
    for rows, values in _blocks(store, layer):
        some = ~table.special[rows]
        owner, plain = table.sentence[rows[some]], values[some]
        if not len(owner):
            continue
        starts = np.flatnonzero(np.diff(owner, prepend=-1))
        sums = np.add.reduceat(plain.astype(np.float64), starts, axis=0)
        if owner[0] == open_sentence:
            sums[0] += open_sum
        found[owner[starts]] = -_keys(sums, wanted, "cosine")
        open_sum, open_sentence = sums[-1], int(owner[-1])
    return found


def sentence_state(states: ArrayLike, special: ArrayLike) -> Floats32:
    """Mean of the states of a sentence's tokens, special ones left out.

    Parameters
    ----------
    states : array (tokens, width)
    special : array (tokens,) of bool

    Raises
    ------
    InvalidInputError
        If there is no other token.
    """
    values = np.asarray(states, np.float32)[~np.asarray(special, np.bool_)]
    if not len(values):
        raise InvalidInputError("The sentence has no token to compare.")
    found: Floats32 = values.mean(0, dtype=np.float64).astype(np.float32)
    return found


def _state(store: ActivationStore, layer: str, state: ArrayLike, metric: str) -> Floats32:
    if metric not in METRICS:
        raise InvalidInputError(f"metric must be {' or '.join(METRICS)}, not {metric!r}.")
    width = store.layer(layer).shape[1]
    found = np.asarray(state, np.float32)
    if found.shape != (width,) or not np.isfinite(found).all():
        raise InvalidInputError(
            f"A state of {layer} is {width} finite numbers, not an array of shape {found.shape}."
        )
    return found


def _blocks(store: ActivationStore, layer: str) -> Iterator[tuple[Longs, Floats32]]:
    """Row numbers and values of a layer, a block after the other."""
    array = store.layer(layer)
    height = max(1, BLOCK // array.shape[1])
    for first in range(0, len(array), height):
        values = _floats(array[first : first + height])
        yield np.arange(first, first + len(values)), values


def _floats(values: NDArray[np.floating]) -> Floats32:
    """As float32; from half precision several times faster than numpy, value by value."""
    found: Floats32 = torch.from_numpy(np.ascontiguousarray(values)).float().numpy()
    return found


def _keys(values: NDArray[np.floating], wanted: Floats32, metric: str) -> NDArray[np.float64]:
    """What is smallest for the nearest rows."""
    if metric == "euclidean":
        # The differences themselves: of near states the difference of squares has no digits left.
        apart = values - wanted
        return np.asarray(np.einsum("ij,ij->i", apart, apart), np.float64)
    norms = np.sqrt(np.einsum("ij,ij->i", values, values)) * np.linalg.norm(wanted)
    cosine = np.zeros(len(values))
    np.divide((values @ wanted).astype(np.float64), norms, out=cosine, where=norms > 0)
    return -cosine


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
        part = path.with_name(f"{path.name}.{os.getpid()}.partial")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        try:
            lists_of = np.empty(total, np.int32)
            for rows, values in _blocks(store, layer):
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
            for rows, values in _blocks(store, layer):
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
            yield np.array(self._order[some]), _floats(np.array(self._values[some]))


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
