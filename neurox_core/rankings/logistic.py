"""Linear probes with an elastic net: multinomial logistic regression, and linear regression.

The loss is

    mean cross-entropy (or half the mean squared error) + l1 * sum|W| + l2 * sum W^2

without a penalty on the bias. (The code published with Dalvi et al. 2019 takes sqrt(sum W^2)
instead of the square; ``ridge="norm"`` does so too.) It is minimised by minibatches: a step of Adam
for the smooth part, then the proximal step of the L1 part in the same metric, which makes weights
exactly 0. Adam's second moment is kept for each output, not for each weight: with one a weight,
early steps have the same size for all neurons, and the weights say little about which of them
matter. After every round (an epoch, or some steps if that is more) the loss of the validation part
is taken; when it has not fallen, the best weights so far are restored and the step is made smaller
by a factor of 3, a few times. Without a validation part the penalised training loss decides, so
that the result is the minimum itself.

Everything is deterministic given the seed and the number of threads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from .design import Design
from .splits import TRAIN, VALIDATION

Floats = NDArray[np.float64]
Ridge = Literal["squared", "norm"]

BATCH = 256
ROUNDS = 60
DROPS = {True: 3, False: 8}
"""How often the step is made smaller, with and without a validation part."""
_BETAS, _EPSILON = (0.9, 0.999), 1e-8


@dataclass(frozen=True)
class Penalty:
    """How much weights cost.

    Attributes
    ----------
    l1, l2 : float
    ridge : {"squared", "norm"}
        Whether `l2` goes with the sum of squares or with its root.
    """

    l1: float = 0.0
    l2: float = 0.0
    ridge: Ridge = "squared"

    def value(self, weights: torch.Tensor) -> float:
        """Of (outputs, columns)."""
        squares = float(weights.square().sum())
        return self.l1 * float(weights.abs().sum()) + self.l2 * (
            squares if self.ridge == "squared" else squares**0.5
        )

    def gradient(self, weights: torch.Tensor) -> torch.Tensor | float:
        """Of the smooth part."""
        if self.ridge == "squared":
            return 2 * self.l2 * weights
        norm = float(weights.norm())
        return self.l2 / norm * weights if norm > 0 else 0.0


@dataclass(frozen=True)
class Targets:
    """What the probe should say.

    Attributes
    ----------
    values : array (rows,) of int64 or float64
        Class of each row, or a number (of mean 0 and deviation 1 over the training rows).
    outputs : int
        Classes; 1 for a number.
    """

    values: NDArray[np.int64] | Floats
    outputs: int

    @property
    def numeric(self) -> bool:
        """Whether the target is a number."""
        return self.values.dtype.kind == "f"

    def losses(self, logits: torch.Tensor, rows: NDArray[np.int64]) -> torch.Tensor:
        """Loss of each of some rows, float64."""
        wanted = torch.from_numpy(self.values[rows])
        if self.numeric:
            return (logits[:, 0].double() - wanted).square() / 2
        return torch.nn.functional.cross_entropy(logits.double(), wanted, reduction="none")

    def gradient(self, logits: torch.Tensor, rows: NDArray[np.int64]) -> torch.Tensor:
        """Of the mean loss of some rows, like `logits`."""
        wanted = torch.from_numpy(self.values[rows])
        if self.numeric:
            return (logits - wanted.float()[:, None]) / len(rows)
        found = torch.softmax(logits, 1)
        found[torch.arange(len(rows)), wanted] -= 1
        return found / len(rows)

    def start(self, rows: NDArray[np.int64]) -> torch.Tensor:
        """The bias of a probe without weights: log shares of the classes, or the mean."""
        values = self.values[rows]
        if self.numeric:
            return torch.tensor([float(values.mean())])
        shares = np.bincount(values.astype(np.int64), minlength=self.outputs) / len(rows)
        return torch.from_numpy(np.log(np.maximum(shares, 1e-6))).float()


@dataclass(frozen=True)
class Linear:
    """A trained probe.

    Attributes
    ----------
    weights : Tensor (outputs, columns), float32
    bias : Tensor (outputs,)
    history : list of dict
        Each round's ``step``, ``loss``.
    """

    weights: torch.Tensor
    bias: torch.Tensor
    history: list[dict[str, float]] = field(default_factory=list)

    def logits(self, values: torch.Tensor) -> torch.Tensor:
        """(rows, outputs)."""
        return torch.addmm(self.bias, values, self.weights.T)


def fit(
    rows: Design,
    targets: Targets,
    penalty: Penalty,
    *,
    start: Linear | None = None,
    seed: int = 0,
    rounds: int = ROUNDS,
    report: Callable[[int, int], None] | None = None,
) -> Linear:
    """Train a probe.

    Parameters
    ----------
    rows : Design
        With a training part, and a validation part if the latter should decide when to stop.
    targets : Targets
    penalty : Penalty
    start : Linear, optional
        Where to begin; by default at no weights.
    seed : int
        Of the order of batches.
    rounds : int
        At most so many.
    report : callable, optional
        Called with rounds done and at most to be done.
    """
    trainer = _Trainer(rows, targets, penalty, start, seed)
    best, best_loss = trainer.state(), trainer.validate()
    history = [{"step": 0.0, "loss": best_loss}]
    # Less than that on the validation part is not worth a round.
    validated = VALIDATION in rows.rows
    least, drops = (1e-3 if validated else 1e-6), 0
    for number in range(rounds):
        if report is not None:
            report(number, rounds)
        trainer.round()
        loss = trainer.validate()
        history.append({"step": float(trainer.steps), "loss": loss})
        improved = loss < best_loss - least
        if loss < best_loss:
            best, best_loss = trainer.state(), loss
        if not improved:
            drops += 1
            if drops > DROPS[validated]:
                break
            trainer.restore(best)
    return Linear(best[0], best[1], history)


State = tuple[torch.Tensor, torch.Tensor]


class _Trainer:
    """Weights, Adam's moments, and the step."""

    def __init__(
        self, rows: Design, targets: Targets, penalty: Penalty, start: Linear | None, seed: int
    ) -> None:
        self.design, self.targets, self.penalty = rows, targets, penalty
        shape = (targets.outputs, rows.width)
        self.weights = torch.zeros(shape) if start is None else start.weights.clone()
        self.bias = targets.start(rows.rows[TRAIN]) if start is None else start.bias.clone()
        # So that one step of all weights together moves an output by about a tenth.
        self.rate = min(0.1, 0.1 / rows.width**0.5)
        self.random = np.random.default_rng(seed)
        self.steps = 0
        self.size = BATCH if len(rows.rows[TRAIN]) >= 4 * BATCH else 64
        if VALIDATION not in rows.rows:  # the minimum itself: no noise from batches
            self.size = 4096
        self._forget()

    def _forget(self) -> None:
        outputs = (self.targets.outputs, 1)
        self._moments = [
            (torch.zeros_like(x), torch.zeros(outputs)) for x in (self.weights, self.bias[:, None])
        ]
        self._age = 0

    def state(self) -> State:
        return self.weights.clone(), self.bias.clone()

    def restore(self, state: State) -> None:
        """Go on from a state with smaller steps."""
        self.weights, self.bias = state[0].clone(), state[1].clone()
        self.rate /= 3
        self._forget()

    def round(self) -> None:
        """An epoch, or several if they are short."""
        done = 0
        while done < 15:
            for values, rows in self.design.batches(TRAIN, self.size, self.random):
                self._step(values, rows)
                done += 1
        self.steps += done

    def _step(self, values: torch.Tensor, rows: NDArray[np.int64]) -> None:
        logits = torch.addmm(self.bias, values, self.weights.T)
        error = self.targets.gradient(logits, rows)
        gradient = error.T @ values
        gradient += self.penalty.gradient(self.weights)
        self._age += 1
        metric = self._adam(self.weights, gradient, 0)
        self._adam(self.bias[:, None], error.sum(0)[:, None], 1)
        if self.penalty.l1:
            size = self.weights.abs().sub_(self.rate * self.penalty.l1 * metric).clamp_(min=0)
            self.weights = size.copysign_(self.weights)

    def _adam(self, x: torch.Tensor, gradient: torch.Tensor, which: int) -> torch.Tensor:
        """A step in place; returns the reciprocal of the metric in which it was taken."""
        first, second = self._moments[which]
        first.lerp_(gradient, 1 - _BETAS[0])
        second.lerp_(gradient.square().mean(1, keepdim=True), 1 - _BETAS[1])
        unbiased = second / (1 - _BETAS[1] ** self._age)
        metric = unbiased.sqrt_().add_(_EPSILON).reciprocal_()
        x.sub_(first * (metric * (self.rate / (1 - _BETAS[0] ** self._age))))
        return metric

    def validate(self) -> float:
        """Mean loss of the validation part, or penalised loss of the training part."""
        part = VALIDATION if VALIDATION in self.design.rows else TRAIN
        total = 0.0
        for values, rows in self.design.batches(part, 4096):
            logits = torch.addmm(self.bias, values, self.weights.T)
            total += float(self.targets.losses(logits, rows).sum())
        found = total / len(self.design.rows[part])
        return found if part == VALIDATION else found + self.penalty.value(self.weights)
