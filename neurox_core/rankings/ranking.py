"""The result of an analysis: all neurons in order, with a score each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidInputError

Layers = Sequence[tuple[str, int]]


@dataclass(frozen=True)
class Ranking:
    """All neurons considered, best first.

    A neuron's index is its column: the offset of its layer in :attr:`layers` plus its unit.

    Attributes
    ----------
    name : str
        The analysis.
    order : array of int64
        Every neuron exactly once, best first. Ties stand in the order of their index; neurons
        without a score, such as those that never change, stand last.
    scores : array of float64
        By neuron index; NaN where there is none.
    layers : sequence of (str, int) or None
        Addresses and widths of the layers; None for an array without names.
    parameters : mapping of str to value
        Everything that was chosen.
    signature : str
        What the ranking was made from, in sacreBLEU's form.
    labels : mapping of str to Ranking
        A ranking for each label, if the analysis tells labels apart.
    details : mapping of str to object
        What else the analysis found (see :class:`.analysis.Scored`).
    """

    name: str
    order: NDArray[np.int64]
    scores: NDArray[np.float64]
    layers: Layers | None
    parameters: Mapping[str, object] = field(default_factory=dict)
    signature: str = ""
    labels: Mapping[str, Ranking] = field(default_factory=dict)
    details: Mapping[str, object] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.order)

    def neuron(self, index: int) -> str:
        """Address of a neuron, such as ``encoder.1.rnn_hidden[3]``.

        Raises
        ------
        InvalidInputError
            If the index is out of range, or the ranking is over an array whose columns have no
            names.
        """
        if not 0 <= index < len(self.order):
            raise InvalidInputError(
                f"There is no neuron {index}: the ranking has 0 to {len(self.order) - 1}."
            )
        if self.layers is None:
            raise InvalidInputError(
                "The ranking was made from an array without names; pass layers=[(address, width), "
                "...] to rank()."
            )
        start = 0
        for address, width in self.layers:
            if index < start + width:
                return f"{address}[{index - start}]"
            start += width
        raise InvalidInputError(f"Neuron {index} lies in none of the layers {self.layers}.")

    def neurons(self, first: int = 0, last: int | None = None) -> list[str]:
        """Addresses by rank: the neurons from place `first` to `last` - 1."""
        return [self.neuron(int(index)) for index in self.order[first:last]]


def ordered(scores: NDArray[np.float64]) -> NDArray[np.int64]:
    """Indices by descending score, ties by index, NaN last."""
    missing = np.isnan(scores)
    keys = np.where(missing, 0.0, -scores)
    return np.lexsort((np.arange(len(scores)), keys, missing)).astype(np.int64)
