"""Activations as an analysis sees them: columns, a few at a time, and their statistics.

A sample stands for an array in memory or for layers of an activation store, which may be larger
than memory: analyses either use the statistics, which a store keeps, or go through :meth:`blocks`.
Special tokens of a store are left out.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..activations.statistics import LayerStatistics, concatenate, describe
from ..activations.store import ActivationStore
from ..errors import InvalidInputError, UnknownAddressError
from .ranking import Layers

BLOCK = 32
"""Neurons read together; a column of a store's chunks."""


class Source(ABC):
    """Where columns come from.

    Attributes
    ----------
    neurons : int
    tokens : array (neurons,) of int64
        Tokens of each neuron: encoder and decoder have their own.
    layers : sequence of (str, int) or None
    origin : str
        Part of the signature.
    """

    neurons: int
    tokens: NDArray[np.int64]
    layers: Layers | None
    origin: str

    @abstractmethod
    def blocks(self) -> Iterator[tuple[int, NDArray[np.floating]]]:
        """First neuron and values (tokens, some neurons) of one block after the other."""

    @abstractmethod
    def statistics(self) -> LayerStatistics:
        """Statistics of all neurons."""


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
        for first, block in self.blocks():
            bad = np.flatnonzero(~np.isfinite(block).all(0))
            if len(bad):
                raise InvalidInputError(
                    f"Neuron {first + int(bad[0])} has values that are not finite numbers; "
                    "leave out its column or those tokens."
                )
        digest = hashlib.sha256(np.ascontiguousarray(values).data).hexdigest()
        self.origin = f"array:{digest[:12]}"

    @classmethod
    def of(cls, values: object, layers: Layers | None) -> ArraySource:
        """Check what a caller passed; InvalidInputError if it is no matrix of numbers."""
        array = np.asarray(values)
        if array.ndim != 2 or not array.size or array.dtype.kind not in "fiu":
            raise InvalidInputError(
                "Activations are an array of numbers (tokens, neurons), with at least one of each; "
                f"this one has shape {array.shape} and type {array.dtype}."
            )
        if array.dtype not in (np.float16, np.float32, np.float64):
            array = array.astype(np.float64)
        return cls(array, layers)

    def blocks(self) -> Iterator[tuple[int, NDArray[np.floating]]]:
        """Columns of the array."""
        for first in range(0, self.neurons, BLOCK):
            yield first, self._values[:, first : first + BLOCK]

    def statistics(self) -> LayerStatistics:
        """Computed now."""
        return concatenate([describe(block) for _, block in self.blocks()])


class StoreSource(Source):
    """Layers of an activation store, one after the other."""

    def __init__(self, store: ActivationStore, layers: Sequence[str] | None) -> None:
        chosen = list(store.layers) if layers is None else list(layers)
        for address in chosen:
            if address not in store.layers:
                raise UnknownAddressError(address, list(store.layers), "it was not recorded")
        if not chosen or len(set(chosen)) < len(chosen):
            raise InvalidInputError("Give at least one layer, and none of them twice.")
        self._store = store
        self.layers = [(address, store.layers[address]) for address in chosen]
        self.neurons = sum(width for _, width in self.layers)
        self.tokens = np.concatenate(
            [np.full(width, store.statistics(a).count, np.int64) for a, width in self.layers]
        )
        self.origin = (
            f"model:{store.model}.{store.model_fingerprint[:12]}"
            f"|corpus:{store.corpus}.{store.corpus_fingerprint[:12]}"
            f"|dec:{store.decoder_text[:14]}|dtype:{store.dtype}"
        )

    def blocks(self) -> Iterator[tuple[int, NDArray[np.floating]]]:
        """Columns of chunks, special tokens left out."""
        start = 0
        for address, width in self.layers or ():
            for first in range(0, width, BLOCK):
                last = min(first + BLOCK, width)
                yield start + first, self._store.columns(address, first, last)
            start += width

    def statistics(self) -> LayerStatistics:
        """As the store keeps them."""
        return concatenate([self._store.statistics(address) for address, _ in self.layers or ()])


@dataclass(frozen=True)
class Sample:
    """What an analysis works on.

    Attributes
    ----------
    source : Source
    standardized : bool
        Whether statistics and blocks are those of (x - mean) / deviation.
    labels, others : object
        What the caller passed: labels of tokens, activations of other models.
    seed : int
    """

    source: Source
    standardized: bool = False
    labels: object = None
    others: object = None
    seed: int = 0

    @cached_property
    def raw_statistics(self) -> LayerStatistics:
        """Statistics of all neurons, as recorded."""
        return self.source.statistics()

    @cached_property
    def statistics(self) -> LayerStatistics:
        """Statistics of all neurons; standardised if the sample is."""
        return self.raw_statistics.standardized() if self.standardized else self.raw_statistics

    @property
    def neurons(self) -> int:
        """How many there are."""
        return self.source.neurons

    @property
    def tokens(self) -> NDArray[np.int64]:
        """Tokens of each neuron."""
        return self.source.tokens

    @property
    def constant(self) -> NDArray[np.bool_]:
        """Neurons that never change, or too little for a deviation in float64."""
        found = self.raw_statistics
        return np.logical_or(found.constant, ~(found.deviation > 0))

    def blocks(self) -> Iterator[tuple[int, NDArray[np.float64]]]:
        """First neuron and values (tokens, up to 32 neurons) of one block after the other."""
        for first, block in self.source.blocks():
            values = block.astype(np.float64)
            if self.standardized:
                some = slice(first, first + values.shape[1])
                deviation = self.raw_statistics.deviation[some]
                values -= self.raw_statistics.mean[some]
                values /= np.where(deviation > 0, deviation, 1.0)
            yield first, values
