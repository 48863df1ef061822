"""Where the rows and columns of an analysis come from: an array, or layers of a store.

Rows of a store are its tokens (special ones left out) or its words, each by its first or last piece
or the mean of its pieces; any of them can be picked. Columns come a few at a time, rows a few at a
time, so that a store may be larger than memory.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from os import PathLike

import numpy as np
import torch
from numpy.typing import NDArray

from ..activations.statistics import LayerStatistics, concatenate, describe
from ..activations.store import ActivationStore
from ..activations.tables import WORD_VIEWS, mean_matrix
from ..errors import InvalidInputError, UnknownAddressError
from .fingerprint import fingerprint
from .ranking import Layers
from .turning import turned

BLOCK = 32
"""Neurons read together; a column of a store's chunks."""

LARGEST = 1e70
"""Beyond it moments overflow; only double precision goes so far."""

Longs = NDArray[np.int64]


@dataclass(frozen=True)
class Spread:
    """What is needed to standardise neurons; arrays are (neurons,).

    Attributes
    ----------
    mean, deviation : array of float64
    constant : array of bool
        Neurons that never change; their deviation is exactly 0.
    """

    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]
    constant: NDArray[np.bool_]


class Source(ABC):
    """Rows (tokens or words) and columns (neurons).

    Attributes
    ----------
    neurons : int
    tokens : array (neurons,) of int64
        Rows of each neuron: encoder and decoder have their own.
    layers : sequence of (str, int) or None
    origin : str
        Part of the signature.
    """

    neurons: int
    tokens: Longs
    layers: Layers | None
    origin: str

    @property
    def height(self) -> int:
        """How many rows there are; InvalidInputError if stacks differ in it."""
        counts = np.unique(self.tokens)
        if len(counts) > 1:
            raise InvalidInputError(
                "The layers are of two stacks, which read different texts; name layers of one "
                "stack (layers, --layers)."
            )
        return int(counts[0])

    @abstractmethod
    def blocks(self) -> Iterator[tuple[int, NDArray[np.floating]]]:
        """First neuron and values (rows, some neurons) of one block after the other."""

    @abstractmethod
    def rows(self, first: int, last: int) -> NDArray[np.floating]:
        """Rows `first` to `last` - 1 of all neurons."""

    @abstractmethod
    def take(self, rows: Longs) -> Source:
        """The same with some of the rows, in ascending order."""

    def statistics(self) -> LayerStatistics:
        """Statistics of all neurons over the rows."""
        return self._described

    def extent(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Bounds of each neuron's values, below and above; quick, and not always the nearest."""
        ends = [(block.min(0), block.max(0)) for _, block in self.blocks()]
        low, high = (np.concatenate(side).astype(np.float64) for side in zip(*ends, strict=True))
        return low, high

    @cached_property
    def spread(self) -> Spread:
        """Means and deviations: of the statistics if these are at hand, or of a pass of its own.

        The pass takes a third of the time of one that describes everything.
        """
        known = self._known
        if known is not None:
            return Spread(known.mean, known.deviation, np.asarray(known.constant))
        parts = [_spread(block) for _, block in self.blocks()]
        columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
        return Spread(columns[0], columns[1], columns[2].astype(np.bool_))

    @property
    def _known(self) -> LayerStatistics | None:
        """Statistics that take no work."""
        return self.__dict__.get("_described")

    @cached_property
    def _described(self) -> LayerStatistics:
        return concatenate([describe(block) for _, block in self.blocks()])


class ArraySource(Source):
    """An array in memory.

    Parameters
    ----------
    values : array (tokens, neurons), floating
    layers : sequence of (str, int), optional
        Names of the columns.
    """

    def __init__(self, values: NDArray[np.floating], layers: Layers | None) -> None:
        self._values, self.layers = values, layers
        self.neurons = values.shape[1]
        self.tokens = np.full(self.neurons, len(values), np.int64)
        if layers is not None and sum(width for _, width in layers) != self.neurons:
            raise InvalidInputError(
                f"layers name {sum(width for _, width in layers)} neurons; the array has "
                f"{self.neurons} columns."
            )

    @cached_property
    def origin(self) -> str:  # type: ignore[override]
        """Mark of the values, see :func:`.fingerprint.fingerprint`."""
        return f"array:{fingerprint(self._values)}"

    @classmethod
    def of(
        cls, values: object, layers: Layers | None = None, largest: float = np.finfo("f8").max
    ) -> ArraySource:
        """Check what a caller passed; InvalidInputError if it is no matrix of such numbers."""
        if isinstance(values, (str, PathLike)):
            raise InvalidInputError(
                f"Activations are an array of numbers (tokens, neurons) or an opened store, not "
                f"{str(values)!r}; open_store opens a folder with one."
            )
        if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
            raise InvalidInputError(
                "Activations are an array of numbers (tokens, neurons); these are masked in "
                "places. Leave out those rows."
            )
        try:
            array = np.asarray(values)
        except ValueError as error:
            raise InvalidInputError(
                "Activations are an array of numbers (tokens, neurons); these rows differ in "
                f"length or hold something else: {error}."
            ) from error
        if array.ndim != 2 or not array.size or array.dtype.kind not in "fiub":
            raise InvalidInputError(
                "Activations are an array of numbers (tokens, neurons), with at least one of each; "
                f"this one has shape {array.shape} and type {array.dtype}."
            )
        if array.dtype not in (np.float16, np.float32, np.float64):
            array = array.astype(np.float64)
        found = cls(array, layers)
        bad = _unusable(array, largest)
        if len(bad):
            if np.isfinite(array[:, bad[0]]).all():
                raise InvalidInputError(
                    f"Neuron {bad[0]} has values beyond {largest:g}; divide its column by a "
                    "constant."
                )
            raise InvalidInputError(
                f"Neuron {bad[0]} has values that are not finite numbers; leave out its column or "
                "those tokens."
            )
        return found

    def blocks(self) -> Iterator[tuple[int, NDArray[np.floating]]]:
        """Columns of the array."""
        for first in range(0, self.neurons, BLOCK):
            yield first, self._values[:, first : first + BLOCK]

    def rows(self, first: int, last: int) -> NDArray[np.floating]:
        """Rows of the array."""
        return self._values[first:last]

    def take(self, rows: Longs) -> ArraySource:
        """A copy of some rows."""
        return ArraySource(self._values[rows], self.layers)


def _unusable(array: NDArray[np.floating], largest: float) -> Longs:
    """Columns with values that are not finite or too large, looked for some rows at a time."""
    step = max(1, 2**18 // array.shape[1])
    bad = np.zeros(array.shape[1], np.bool_)
    wide = array.dtype == np.float64
    for first in range(0, len(array), step):
        some = array[first : first + step]
        # What is no number is below no bound.
        good = np.abs(some) <= largest if wide else np.isfinite(some)
        if not good.all():
            bad |= ~good.all(0)
    return np.flatnonzero(bad)


class StoreSource(Source):
    """Layers of an activation store, one after the other.

    Parameters
    ----------
    store : ActivationStore
    layers : sequence of str, optional
        All by default.
    view : {"first", "last", "mean"}, optional
        Rows are words, not tokens; the layers must then be of one stack.
    picked : array of int64, optional
        Which of those rows, ascending.
    """

    def __init__(
        self,
        store: ActivationStore,
        layers: Sequence[str] | None,
        view: str | None = None,
        picked: Longs | None = None,
    ) -> None:
        chosen = list(store.layers) if layers is None else list(layers)
        for address in chosen:
            if address not in store.layers:
                raise UnknownAddressError(address, list(store.layers), "it was not recorded")
        if not chosen or len(set(chosen)) < len(chosen):
            raise InvalidInputError("Give at least one layer, and none of them twice.")
        self.store, self._view, self._picked = store, view, picked
        self._chosen = [(address, store.layers[address]) for address in chosen]
        self.layers = self._chosen
        self.stacks = tuple(dict.fromkeys(address.partition(".")[0] for address in chosen))
        if (view is not None or picked is not None) and len(self.stacks) > 1:
            raise InvalidInputError(
                "Words and picked rows are of one stack; name layers of one (layers, --layers)."
            )
        self._bounds = {stack: _bounds(store, stack, view, picked) for stack in self.stacks}
        self.neurons = sum(width for _, width in self.layers)
        self.tokens = np.concatenate(
            [np.full(width, len(self._bounds[_stack(a)]), np.int64) for a, width in self._chosen]
        )
        rows = "" if view is None else f"|words:{view}"
        if picked is not None:
            rows += f"|rows:{hashlib.sha256(picked.tobytes()).hexdigest()[:12]}"
        self.origin = (
            f"model:{store.model}.{store.model_fingerprint[:12]}"
            f"|corpus:{store.corpus}.{store.corpus_fingerprint[:12]}"
            f"|dec:{store.decoder_text[:14]}|dtype:{store.dtype}{rows}"
        )

    def blocks(self) -> Iterator[tuple[int, NDArray[np.floating]]]:
        """Columns of chunks."""
        start = 0
        for address, width in self._chosen:
            bounds = self._bounds[_stack(address)]
            for first in range(0, width, BLOCK):
                last = min(first + BLOCK, width)
                values = self.store.columns(address, first, last, include_special=True)
                yield start + first, _gather(values, bounds)
            start += width

    def rows(self, first: int, last: int) -> NDArray[np.floating]:
        """Rows of all layers; reads only the part of the store that holds them."""
        bounds = self._bounds[self.stacks[0]][first:last]
        if not len(bounds):
            return np.zeros((0, self.neurons), np.float32)
        low, high = int(bounds[:, 0].min()), int(bounds[:, 1].max())
        found, start = np.empty((len(bounds), self.neurons), np.float32), 0
        # All rows of a stretch, none of them a mean of several.
        plain = high - low == len(bounds) and bool((np.diff(bounds[:, 0]) == 1).all())
        for address, width in self._chosen:
            layer, out = self.store.layer(address), found[:, start : start + width]
            if plain:
                layer.copy_rows(low, high, out)
            else:
                _gather(layer[low:high, :], bounds - low, out)
            start += width
        return found

    def take(self, rows: Longs) -> StoreSource:
        """The same store, fewer rows."""
        picked = rows if self._picked is None else self._picked[rows]
        return StoreSource(self.store, [a for a, _ in self._chosen], self._view, picked)

    def statistics(self) -> LayerStatistics:
        """As the store keeps them for its tokens; computed for words and picked rows."""
        return self._known or self._described

    @property
    def _known(self) -> LayerStatistics | None:
        """Those of the store, or those computed before."""
        if self._view is None and self._picked is None:
            return concatenate([self.store.statistics(address) for address, _ in self._chosen])
        return super()._known

    def extent(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Bounds of all tokens, which hold for their means and for some of them too."""
        found = concatenate([self.store.statistics(address) for address, _ in self._chosen])
        return found.minimum, found.maximum

    def only(self, layers: Sequence[str]) -> StoreSource:
        """The same rows of some of the layers."""
        return StoreSource(self.store, layers, self._view, self._picked)

    def row_table(self, field: str) -> Longs:
        """``sentence``, ``position`` or, of words, ``type`` of each row."""
        stack = self.stacks[0]
        if self._view is None:
            table = self.store.tokens(stack)
            values = getattr(table, field)[~table.special]
        else:
            words = self.store.words(stack)
            name = {"position": "index"}.get(field, field)
            values = getattr(words, name)[words.first < words.last]
        found: Longs = values.astype(np.int64)
        return found if self._picked is None else found[self._picked]


def _spread(block: NDArray[np.floating]) -> tuple[NDArray[np.floating], ...]:
    """Mean, deviation, and whether it is constant, of each column."""
    values = turned(block, np.float64)
    low, high = values.min(1), values.max(1)
    constant = low == high
    # A constant's mean is its value: rounding must not give it a deviation.
    mean = np.where(constant, low, values.sum(1) / values.shape[1])
    values -= mean[:, None]
    deviation = np.sqrt(np.square(values, out=values).sum(1) / values.shape[1])
    return mean, deviation, constant


def by_stack(source: Source) -> list[tuple[Source, Longs]]:
    """Sources of one stack each, and where their neurons stand among all."""
    if not isinstance(source, StoreSource) or len(source.stacks) == 1:
        return [(source, np.arange(source.neurons))]
    listed = source.layers or ()
    owner = np.concatenate([[_stack(address)] * width for address, width in listed])
    return [
        (source.only([a for a, _ in listed if _stack(a) == stack]), np.flatnonzero(owner == stack))
        for stack in source.stacks
    ]


def _bounds(
    store: ActivationStore, stack: str, view: str | None, picked: Longs | None
) -> NDArray[np.int64]:
    """Rows of the store, from and to, whose mean each row here is."""
    if view is None:
        at = np.flatnonzero(~store.tokens(stack).special)
        found = np.stack([at, at + 1], 1)
    elif view not in WORD_VIEWS:
        raise InvalidInputError(f"{view!r} is not a view of words: use {', '.join(WORD_VIEWS)}.")
    else:
        table = store.words(stack)
        found = np.stack([table.first, table.last], 1)[table.first < table.last]
        if view == "first":
            found[:, 1] = found[:, 0] + 1
        if view == "last":
            found[:, 0] = found[:, 1] - 1
    return found if picked is None else found[picked]


def _gather(
    values: NDArray[np.floating], bounds: Longs, out: NDArray[np.float32] | None = None
) -> NDArray[np.float32]:
    """Means of the rows within bounds, into `out` if it is given."""
    if out is None:
        out = np.empty((len(bounds), values.shape[1]), np.float32)
    if (bounds[:, 1] - bounds[:, 0] == 1).all():
        picked = values[bounds[:, 0]]
    else:
        picked = mean_matrix(bounds, len(values), np.float32) @ values.astype(
            np.float32, copy=False
        )
    # Much faster than numpy, which widens float16 value by value.
    torch.from_numpy(out).copy_(torch.from_numpy(picked))
    return out


def _stack(address: str) -> str:
    return address.partition(".")[0]
