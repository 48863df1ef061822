"""Scores of parts of a corpus, for models that do not translate: as :mod:`.slices` has them.

Perplexity, accuracy and F1 are made of numbers that add up over texts (see :mod:`.repeated_sums`),
so the numbers of every text are counted once and a slice adds up its rows. Texts without a gold
label, or without a predicted token, have no score: they count in no slice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..errors import InvalidInputError
from .repeated_sums import Floats, Value, sums
from .resampling import draws, half_width, paired
from .slices import SliceMetric, SliceScore


class SliceSums:
    """Outputs of a corpus, ready to be scored slice by slice.

    Parameters
    ----------
    task : str
        As ``model.task``; not translation.
    gold : sequence
        As for :func:`.scorers.scorer`.
    outputs, baseline : sequence
        As :meth:`.repeated_sums.Sums.score` takes them.
    resamples : int

    Raises
    ------
    InvalidInputError
        If the task has no such score, or the lists do not fit.
    """

    def __init__(
        self,
        task: str,
        gold: Sequence[Any],
        outputs: Sequence[Any],
        baseline: Sequence[Any] | None = None,
        *,
        resamples: int = 300,
    ) -> None:
        self.outputs, self.baseline = list(outputs), None if baseline is None else list(baseline)
        self._sums = sums(task, gold, resamples)
        self._tables = self._sums.tables(self.outputs, *([self.baseline] if self.baseline else []))
        self._counted = self._sums.counted(self._tables[0])

    def __len__(self) -> int:
        return len(self.outputs)

    @property
    def signatures(self) -> dict[str, str]:
        """How each metric is made."""
        return self._sums.signatures(self._tables[0])

    def sentence_scores(self, metric: str) -> tuple[Floats, Floats | None]:
        """A metric of each text alone, (texts,), of the outputs and of the baseline.

        NaN where there is nothing to score.
        """
        value = self._sums.values[metric]
        found = [np.where(self._counted, value(table), np.nan) for table in self._tables]
        return found[0], found[1] if len(found) > 1 else None

    def score(self, name: str, rows: ArrayLike) -> SliceScore:
        """Score some texts; InvalidInputError if none of them has anything to score."""
        chosen = np.asarray(rows, np.int64)
        if not self._counted[chosen].any():
            raise InvalidInputError(
                f"None of the {len(chosen)} texts of {name!r} has a gold label or a predicted "
                "token, so there is nothing to score."
            )
        samples = draws(len(chosen), self._sums.resamples)
        weights = np.stack([np.bincount(s, minlength=len(chosen)) for s in samples]).astype(float)
        changed = None
        if self.baseline is not None:
            changed = sum(self.outputs[i] != self.baseline[i] for i in chosen.tolist())
        tables = [table[chosen] for table in self._tables]
        found = {m: _metric(value, tables, weights) for m, value in self._sums.values.items()}
        return SliceScore(name, len(chosen), changed, found)

    def of(self, groups: Mapping[str, ArrayLike], minimum: int = 1) -> list[SliceScore]:
        """Score every group of at least so many texts that have a score, in the order given."""
        sized = [(name, np.asarray(rows, np.int64)) for name, rows in groups.items()]
        return [
            self.score(name, rows)
            for name, rows in sized
            if self._counted[rows].sum() >= max(minimum, 1)
        ]


def _metric(value: Value, tables: Sequence[Floats], weights: Floats) -> SliceMetric:
    now, *first = [float(value(table.sum(0))) for table in tables]
    drawn, *others = [value(weights @ table) for table in tables]
    if not first:
        return SliceMetric(now, half_width(drawn))
    return SliceMetric(
        now, half_width(drawn), first[0], now - first[0], half_width(drawn - others[0]),
        paired(now, first[0], drawn, others[0]),
    )  # fmt: skip
