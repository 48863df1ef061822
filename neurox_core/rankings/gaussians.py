"""Greedy choice of neurons by Gaussian classifiers, all candidates at once.

Each class c has a Gaussian over the neurons with maximum a posteriori parameters under a
normal-inverse-Wishart prior (Torroba Hennigen et al. 2020): the class mean, and

    Sigma_c = (diag(variance of all rows) + scatter_c) / (rows_c + 2 d + 4).

A set of neurons has the marginal Gaussians, whose posterior gives the information about the label
in bits, I = mean log2 p(label | values) - mean log2 p(label), on rows that nothing was fitted to.
From no neurons on, the one is added that makes I largest.

To score the candidates j given the chosen S, only their conditional Gaussians are needed: with
L L^T = Sigma_c[S, S], v = L^-1 Sigma_c[S, j] and w = L^-1 (x_S - mean_S), the mean is
mean_j + w v and the variance Sigma_c[j, j] - v v. A chosen neuron adds one row to v of all
candidates and one number to w of all rows: a rank-one update of the Cholesky factor, and never a
covariance of all neurons with all. A round costs (rows * neurons * classes) operations and as many
exponentials.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

Longs = NDArray[np.int64]
Floats = NDArray[np.float64]
TILE = 1 << 20
"""Values of all classes scored together."""


@dataclass(frozen=True)
class Chosen:
    """What the greedy choice found.

    Attributes
    ----------
    neurons : list of int
        In the order in which they were chosen.
    information : list of float
        Bits after each.
    gains : array (neurons,)
        Bits that each candidate would have added at the last step, those of the chosen ones at
        their own step; NaN for neurons that do not vary.
    entropy : float
        Bits that there are to know.
    """

    neurons: list[int]
    information: list[float]
    gains: Floats
    entropy: float


class _Class:
    """The Gaussian of one class, conditioned on the chosen neurons."""

    def __init__(
        self, rows: torch.Tensor, held: torch.Tensor, variance: torch.Tensor, degrees: int
    ) -> None:
        self.mean = rows.mean(0)
        self._centred = rows - self.mean
        self._share = 1.0 / (len(rows) + 2 * degrees + 4)
        scatter = self._centred.double().square().sum(0)
        self.variance = (variance + scatter) * self._share
        self._floor = 1e-9 * self.variance
        self._held = held
        self.factors = torch.zeros(0, rows.shape[1])
        self.whitened = torch.zeros(held.shape[1], 0)
        self.likelihood = torch.zeros(held.shape[1], dtype=torch.float64)

    def add(self, neuron: int) -> None:
        """Condition on one neuron more."""
        own = self.variance[neuron].clone()
        column = self._centred[:, neuron]
        covariance = (column @ self._centred).double() * self._share
        known = self.factors[:, neuron]
        factor = (covariance - (known @ self.factors).double()) / own.sqrt()
        factor[neuron] = own.sqrt()
        rest = self._held[neuron] - self.mean[neuron] - self.whitened @ known
        white = rest.double() / own.sqrt()
        self.likelihood -= white.square() / 2 + own.log() / 2
        self.variance = torch.maximum(self.variance - factor.square(), self._floor)
        self.factors = torch.cat([self.factors, factor[None].float()])
        self.whitened = torch.cat([self.whitened, white[:, None].float()], 1)

    def score(self, some: slice, prior: float, out: torch.Tensor) -> None:
        """Log joint densities of held-out rows with each of some candidates, (candidates, rows)."""
        torch.sub(self._held[some], self.mean[some, None], out=out)
        if len(self.factors):
            out.addmm_(self.factors[:, some].T, self.whitened.T, alpha=-1)
        variance = self.variance[some, None]
        out.mul_((2 * variance).rsqrt_().float()).square_().add_((variance.log() / 2).float())
        torch.sub((self.likelihood + prior).float(), out, out=out)


class Greedy:
    """Scores candidates, given those chosen.

    Parameters
    ----------
    train, held : Tensor (rows, neurons), float32
        Rows that Gaussians are fitted to, and rows on which information is measured; of about unit
        variance.
    train_labels, held_labels : array (rows,) of int64
    classes : int
        Each has a training row.
    degrees : int
        The d of the prior.
    """

    def __init__(
        self, train: torch.Tensor, train_labels: Longs, held: torch.Tensor, held_labels: Longs,
        classes: int, degrees: int,
    ) -> None:  # fmt: skip
        variance = train.double().var(0, correction=0)
        self.varies = (train.amin(0) < train.amax(0)).numpy() & (variance > 0).numpy()
        usable = torch.where(torch.from_numpy(self.varies), variance, 1.0)
        across = held.T.contiguous()  # so that the values of a candidate lie together
        self._classes = [
            _Class(train[torch.from_numpy(train_labels == c)], across, usable, degrees)
            for c in range(classes)
        ]
        counts = np.bincount(train_labels, minlength=classes)
        self._prior = torch.from_numpy(np.log(counts / counts.sum()))
        self._labels = torch.from_numpy(held_labels)
        self._neurons = train.shape[1]
        self.entropy = float(-self._prior[self._labels].mean() / np.log(2))

    def add(self, neuron: int) -> None:
        """Choose a neuron."""
        for one in self._classes:
            one.add(neuron)

    def information(self, report: Callable[[int], None] | None = None) -> Floats:
        """Bits with each candidate in addition, (neurons,); NaN where it does not vary."""
        rows, found = len(self._labels), np.empty(self._neurons)
        step = min(max(1, TILE // (rows * len(self._classes))), self._neurons)
        buffer = torch.empty(len(self._classes), step, rows)
        for first in range(0, self._neurons, step):
            some = slice(first, min(first + step, self._neurons))
            scores = buffer[:, : some.stop - first]
            for number, one in enumerate(self._classes):
                one.score(some, float(self._prior[number]), scores[number])
            index = self._labels.expand(1, some.stop - first, rows)
            scores -= scores.gather(0, index)
            highest = scores.amax(0)
            logs = -(scores.sub_(highest).exp_().sum(0).log_().add_(highest))
            found[some] = logs.double().mean(1).numpy()
            if report is not None:
                report(some.stop)
        return np.where(self.varies, found / np.log(2) + self.entropy, np.nan)


def choose(
    greedy: Greedy, count: int, report: Callable[[int, int, Chosen], None] | None = None
) -> Chosen:  # fmt: skip
    """Add the best neuron again and again.

    Parameters
    ----------
    greedy : Greedy
    count : int
        How many to choose, if so many vary.
    report : callable, optional
        Called with rounds done, all rounds, and what is chosen so far.
    """
    count = min(count, int(greedy.varies.sum()))
    chosen: list[int] = []
    reached: list[float] = []
    gains = np.full(len(greedy.varies), np.nan)
    before = 0.0
    for number in range(count):

        def inside(done: int, number: int = number) -> None:
            if report is not None:
                so_far = Chosen(chosen, reached, gains, greedy.entropy)
                report(number * len(gains) + done, count * len(gains), so_far)

        information = greedy.information(inside)
        free = greedy.varies.copy()
        free[chosen] = False
        gains[free] = information[free] - before
        best = int(np.argmax(np.where(free, information, -np.inf)))
        chosen.append(best)
        before = float(information[best])
        reached.append(before)
        if number + 1 < count:
            greedy.add(best)
    return Chosen(chosen, reached, gains, greedy.entropy)
