"""One Gaussian for each class and neuron: how well a single neuron tells two classes apart.

The classifier of Bau et al. 2019: class k has mean m_k and deviation s_k, and an activation x goes
to the class with the larger -1/2 ((x - m_k) / s_k)^2 - log s_k, with equal priors, because the
classes are seldom equally frequent. Deviations are population ones, bounded from below so that a
constant neuron is no oracle.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_LEAST_DEVIATION = 1e-6


@dataclass(frozen=True)
class Gaussians:
    """Means and deviations of two classes, (2, neurons) each."""

    means: Floats
    deviations: Floats

    @classmethod
    def fit(cls, x: NDArray[np.floating], y: NDArray[np.integer]) -> Gaussians:
        """Fit to activations (words, neurons) and classes 0 and 1 of the words."""
        groups = [np.asarray(x[y == k], np.float64) for k in (0, 1)]
        return cls(
            np.stack([g.mean(0) for g in groups]),
            np.maximum(np.stack([g.std(0) for g in groups]), _LEAST_DEVIATION),
        )

    def accuracy(self, x: NDArray[np.floating], y: NDArray[np.integer]) -> Floats:
        """Balanced accuracy of each neuron, (neurons,): chance is 0.5."""
        predicted = self.predict(x)
        found: Floats = np.mean(
            [(predicted[y == k] == k).mean(0) for k in (0, 1)], axis=0, dtype=np.float64
        )
        return found

    def predict(self, x: NDArray[np.floating]) -> NDArray[np.int64]:
        """The class that each neuron says, (words, neurons)."""
        scores = [
            -0.5 * ((x - m) / s) ** 2 - np.log(s)
            for m, s in zip(self.means, self.deviations, strict=True)
        ]
        found: NDArray[np.int64] = (scores[1] > scores[0]).astype(np.int64)
        return found

    def alpha(self, wanted: int, beta: float) -> Floats:
        """m_wanted + beta (m_wanted - m_other): what a neuron is set to, (neurons,)."""
        found: Floats = self.means[wanted] + beta * (self.means[wanted] - self.means[1 - wanted])
        return found
