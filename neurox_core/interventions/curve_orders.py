"""The orders that curves ablate neurons in, and the setting of a model at a point of one."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from .intervention import Intervention
from .settings import Setting

if TYPE_CHECKING:
    from ..models.base import TranslationModel

DIRECTIONS = ("top", "bottom", "random")
_EVERY_SENTENCE = 2**32 - 1
"""In place of a seed, where every sentence has its own."""


class Order:
    """Neurons in the order that they are ablated in.

    Parameters
    ----------
    direction : {"top", "bottom", "random"}
    seed : int or None
    neurons : list of str
    """

    def __init__(self, direction: str, seed: int | None, neurons: Sequence[str]) -> None:
        self.direction, self.seed, self.neurons = direction, seed, list(neurons)

    def interventions(
        self, count: int, operation: str, scope: str, seed: int = 0
    ) -> list[Intervention]:
        """What ablates the first `count`."""
        if count == 0:
            return []
        return [Intervention(self.neurons[:count], operation, scope=scope, seed=seed)]

    def keyed(self, count: int, operation: str, scope: str) -> list[Intervention]:
        """What outputs at a point are kept under.

        ``resample`` has another seed in every sentence, which is not what any one intervention
        does to all of them.
        """
        seed = _EVERY_SENTENCE if operation == "resample" else 0
        return self.interventions(count, operation, scope, seed)


def orders_of(
    neurons: Sequence[str], directions: Sequence[str], seeds: Sequence[int]
) -> list[Order]:
    """The orders of a ranking's neurons that curves are drawn for."""
    found = []
    for direction in directions:
        if direction == "top":
            found.append(Order("top", None, neurons))
        elif direction == "bottom":
            found.append(Order("bottom", None, list(neurons)[::-1]))
        else:
            for seed in seeds:
                mixed = np.random.default_rng(seed).permutation(len(neurons))
                found.append(Order("random", seed, [neurons[i] for i in mixed]))
    return found


def sentence_seed(text: str) -> int:
    """A seed of its own for each sentence, the same in every run."""
    return zlib.crc32(text.encode("utf-8"))


def setting_at(
    model: TranslationModel,
    sources: Sequence[str],
    order: Order,
    count: int,
    operation: str,
    scope: str,
) -> Setting:
    """The setting of an order with so many neurons ablated."""
    if operation == "resample" and count:
        return Setting(model, rows_at(sources, order, count, operation, scope), range(len(sources)))
    one = order.interventions(count, operation, scope)
    return Setting.everywhere(model, one, len(sources))


def rows_at(
    sources: Sequence[str], order: Order, count: int, operation: str, scope: str
) -> list[list[Intervention]]:
    """The interventions of every sentence; one and the same list where they are the same."""
    if operation == "resample" and count:
        return [
            order.interventions(count, operation, scope, sentence_seed(text)) for text in sources
        ]
    return [order.interventions(count, operation, scope)] * len(sources)
