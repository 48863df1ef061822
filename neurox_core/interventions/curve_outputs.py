"""Outputs of a whole corpus at points of curves.

A translation model decodes every point, each order with its last output as the guess (see
:mod:`.redecode`). A language model or a classifier reads the text in one pass; where the corpus is
small, several points share the batches of that pass.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from .curve_orders import Order, rows_at, setting_at
from .outputs import outputs, summed
from .redecode import Redecoder

if TYPE_CHECKING:
    from ..models.base import TranslationModel

Decode = Callable[[Sequence[tuple[Order, int]]], list[list[Any]]]
"""Outputs of all sentences, for each order and number of neurons."""

_REMEMBERED = 24
"""Outputs of an order that are kept as guesses."""
_BATCH = 64
"""Sentences that fill batches alone; fewer are read for several points at once."""


def local_decoder(
    model: TranslationModel,
    sources: Sequence[str],
    operation: str = "zero",
    scope: str = "output",
    beams: int = 1,
    cancelled: Callable[[], bool] | None = None,
) -> Decode:
    """What gives a model's outputs in this process, by the model's task."""
    kind = LocalDecoder if model.task == "translation" else LocalReader
    return kind(model, sources, operation, scope, beams, cancelled)


class LocalDecoder:
    """Decodes orders in this process, each with its own last output as the guess.

    Parameters
    ----------
    model : TranslationModel
    sources : sequence of str
    operation, scope, beams
        As for :func:`ablation_curve`.
    """

    def __init__(
        self,
        model: TranslationModel,
        sources: Sequence[str],
        operation: str,
        scope: str,
        beams: int,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        self._model, self._sources = model, list(sources)
        self._operation, self._scope, self._cancelled = operation, scope, cancelled
        self._engine = Redecoder(model, self._sources, beams)
        self._outputs: dict[tuple[str, int | None], dict[int, list[list[int]]]] = {}

    def __call__(self, asked: Sequence[tuple[Order, int]]) -> list[list[str]]:
        """Translations of all sentences, for each order and number of neurons."""
        if all(count == 0 for _, count in asked):
            clean = self._engine.texts(self._engine.clean(self._cancelled))
            return [clean] * len(asked)
        settings = [
            setting_at(self._model, self._sources, order, count, self._operation, self._scope)
            for order, count in asked
        ]
        guesses = [self._nearest(order, count) for order, count in asked]
        lines = [(order.direction, order.seed) for order, _ in asked]
        found = self._engine.run(settings, guesses, self._cancelled, lines)
        for (order, count), ids in zip(asked, found, strict=True):
            known = self._outputs.setdefault((order.direction, order.seed), {})
            known[count] = ids
            while len(known) > _REMEMBERED:
                del known[min(known)]
        return [self._engine.texts(ids) for ids in found]

    def _nearest(self, order: Order, count: int) -> list[list[int]]:
        """The output at the nearest number that is known."""
        known = self._outputs.get((order.direction, order.seed), {})
        if not known:
            return self._engine.clean(self._cancelled)
        return known[min(known, key=lambda n: (abs(n - count), n))]


class LocalReader:
    """Outputs of a model that reads texts and writes none: one pass for each point.

    A language model's output is the sum of a text's log-probabilities and their number, which is
    all that perplexity needs; a classifier's its label, or those of its words.

    Parameters
    ----------
    model : TranslationModel
        Of another task than translation.
    sources : sequence of str
    operation, scope
        As for :func:`.curve.ablation_curve`.
    beams : int
        Of no meaning here.
    """

    def __init__(
        self,
        model: TranslationModel,
        sources: Sequence[str],
        operation: str,
        scope: str,
        beams: int = 1,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        self._model, self._sources = model, list(sources)
        self._operation, self._scope, self._cancelled = operation, scope, cancelled

    def __call__(self, asked: Sequence[tuple[Order, int]]) -> list[list[Any]]:
        """Outputs of all sentences, for each order and number of neurons."""
        count = len(self._sources)
        together = max(1, _BATCH // count)
        found: list[list[Any]] = []
        for first in range(0, len(asked), together):
            some = asked[first : first + together]
            rows = [
                row
                for order, number in some
                for row in rows_at(self._sources, order, number, self._operation, self._scope)
            ]
            given = outputs(self._model, self._sources * len(some), rows, cancelled=self._cancelled)
            short = [summed(self._model.task, one) for one in given]
            found += [short[i * count : (i + 1) * count] for i in range(len(some))]
        return found
