"""Which tokens and sentences of a corpus a model holds in states like a given one.

Up to :data:`EXACT` values the search is exact: the rows of a layer are read in blocks and compared
with the state one block after the other, so memory is bounded by a block. Beyond, it takes a
:class:`.state_index.StateIndex`, and a search reads the lists whose centres are nearest. That is
approximate: a row of a list that is not read cannot be found, and how many were read is told. Rows
of special tokens are left out.

By the cosine states are compared about the origin, not about their mean.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import CancelledError, InvalidInputError
from .state_index import Floats32, Longs, StateIndex, blocks_of
from .store import ActivationStore
from .tables import TokenTable

EXACT = 100_000_000
"""Values of a layer up to which every row is compared; a second or less."""

METRICS = ("cosine", "euclidean")


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
        blocks = blocks_of(store, layer)
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
    for rows, values in blocks_of(store, layer):
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
