"""How much an intervention changes neurons, in the units of their activations.

A value may be raw, in a neuron's own standard deviations, or a percentile of its own activations;
``mean`` and ``resample`` need what the neuron does on real text as well. All that is known of that
comes from the model's statistics, which may lack it: the error then says what to measure.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from ..errors import MissingStatisticsError
from .intervention import Intervention

Values = NDArray[np.floating]


class Moments(Protocol):
    """Where a plan finds a neuron's mean and standard deviation."""

    def moments(self, layer: str) -> tuple[ArrayLike, ArrayLike] | None:
        """Means and standard deviations of a layer's units, or None if unknown."""


class Samples(Moments, Protocol):
    """Where a plan finds what a layer's units do on real text."""

    def samples(self, layer: str) -> ArrayLike | None:
        """Activations (tokens, width) in random order, or None if unknown."""


class Amounts:
    """Values of interventions on a model.

    Parameters
    ----------
    statistics : Moments, optional
        Needed by ``mean`` and by values in sigma; with samples, by ``resample`` and percentiles.
    """

    def __init__(self, statistics: Moments | None) -> None:
        self._statistics = statistics
        self._tables: dict[str, Tensor] = {}

    def samples(self, layer: str) -> Tensor:
        """Activations of a layer in random order."""
        if layer not in self._tables:
            source = getattr(self._statistics, "samples", None)
            found = None if source is None else source(layer)
            if found is None:
                raise MissingStatisticsError(
                    f"'resample' and percentiles need activations of {layer} on real text, which "
                    "are not known. Name a corpus like the text (--like), or in Python: "
                    "model.statistics = neurox_core.ReferenceValues.measure(model, corpus.sources)."
                )
            self._tables[layer] = torch.as_tensor(np.asarray(found), dtype=torch.float32)
        return self._tables[layer]

    def affine(
        self, intervention: Intervention, layer: str, units: list[int]
    ) -> tuple[float, Values | float]:
        """Factor and shift of one intervention on some units of one layer."""
        operation, value = intervention.operation, intervention.value
        if operation == "zero":
            return 0.0, 0.0
        if operation == "scale":
            return value, 0.0
        if operation == "set" and intervention.unit == "percentile":
            return 0.0, np.quantile(self.samples(layer).numpy()[:, units], value / 100, axis=0)
        if operation != "mean" and intervention.unit == "raw":
            return (1.0 if operation == "add" else 0.0), value
        mean, deviation = self._moments(layer, units, intervention)
        if operation == "mean":
            return 0.0, mean
        if operation == "set":
            return 0.0, mean + value * deviation
        return 1.0, value * deviation

    def _moments(
        self, layer: str, units: list[int], intervention: Intervention
    ) -> tuple[Values, Values]:
        found = self._statistics.moments(layer) if self._statistics is not None else None
        if found is None:
            need = "operation 'mean'" if intervention.operation == "mean" else "a value in sigma"
            raise MissingStatisticsError(
                f"{need} needs the mean and deviation of {layer}, which are not known yet. "
                "Record activations first (the page does, or has a button for it; in a shell, name "
                "a corpus like the text with --like; in Python, set model.statistics to an "
                "activation store), or give a raw value."
            )
        mean, deviation = found
        return np.asarray(mean)[units], np.asarray(deviation)[units]
