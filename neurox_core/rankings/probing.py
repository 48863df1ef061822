"""Training a probe on a sample: parts, penalties, and how good it is.

The penalties are chosen on a path from strong to weak, l1 = l2 = lambda, each probe trained from
none. The strongest penalty wins whose validation loss is within one standard error of the lowest
(Breiman's rule): nearly the same score, on fewer neurons. All numbers shown are of the test part,
which neither training nor any choice has seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from ..corpora.labelling import Labelling, require_classes
from ..errors import InvalidInputError
from .analysis import Scored
from .design import Design, StreamedDesign, design
from .logistic import ROUNDS, Linear, Penalty, Targets, fit
from .sample import Sample
from .splits import TEST, TRAIN, VALIDATION, Parts, split

Longs = NDArray[np.int64]
PATH = (1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 1e-5)
STREAMED_ROUNDS = 15
"""At most so many, where each is two passes over a store that is larger than memory."""

PART_NAMES = {TRAIN: "train", VALIDATION: "validation", TEST: "test"}


@dataclass
class Steps:
    """Progress in fits; a fit that is under way counts by its rounds."""

    sample: Sample
    total: int
    done: int = 0
    message: str = ""
    scored: Callable[[Linear], Scored] | None = None
    """Gives the ranking of a probe, where probes should be told of as preliminary results."""

    def say(self, message: str) -> None:
        """What the next fits are for."""
        self.message = message
        self.inside(0, 1)

    def inside(self, number: int, rounds: int) -> None:
        """Rounds done of the present fit."""
        self.sample.report(self.done * 100 + 100 * number // rounds, self.total * 100, self.message)

    def finished(self) -> None:
        """One fit more is done."""
        self.done = min(self.done + 1, self.total)

    def show(self, linear: Linear, note: str) -> None:
        """Tell the ranking of a probe, if that is wanted."""
        scored = self.scored
        if scored is not None:
            self.sample.preview(
                self.done * 100, self.total * 100, self.message, lambda: scored(linear), note, True
            )  # fmt: skip


@dataclass(frozen=True)
class Probe:
    """A trained probe and what it was trained on.

    Attributes
    ----------
    rows : Design
    targets : Targets
    linear : Linear
    penalty : Penalty
    path : list of dict
        What was tried: ``l1``, ``l2``, ``loss``, its standard ``error`` and ``score`` on the
        validation part, and ``nonzero``, the share of weights that are not 0.
    """

    rows: Design
    targets: Targets
    linear: Linear
    penalty: Penalty
    path: list[dict[str, float]]

    def score(self, part: int) -> float:
        """Accuracy, or R squared, on a part."""
        return masked_scores(self, part, [None])[0]


def targets_of(labelling: Labelling, parts: Parts) -> Targets:
    """What a probe of these labels says; InvalidInputError if there is but one answer."""
    if not labelling.numeric:
        return Targets(labelling.values.astype(np.int64), len(require_classes(labelling)))
    values = labelling.values.astype(np.float64)
    train = values[parts == TRAIN]
    if train.min() == train.max():
        raise InvalidInputError(
            f"{labelling.name} is {train[0]:g} in every sentence that the probe would be trained "
            "on; take more sentences or another label."
        )
    return Targets((values - train.mean()) / train.std(), 1)


def control_of(labelling: Labelling, targets: Targets, random: np.random.Generator) -> Targets:
    """A control task (Hewitt and Liang 2019): each word type has one random answer.

    Answers are drawn from those of the task, so they are distributed alike. Where word types are
    not known, as of an array with plain labels, each row is a type of its own: nothing can then be
    learnt from the answers, and the control tells what the classes' shares alone are worth.
    """
    types = np.arange(len(labelling)) if labelling.types is None else labelling.types
    answers = random.choice(targets.values, int(types.max()) + 1)
    return replace(targets, values=answers[types])


def prepare(sample: Sample, memory: float, validation: float, test: float) -> tuple[Design, Parts]:
    """Rows in parts by sentence."""
    parts = split(sample.labelling, sample.random(), validation, test)
    return design(sample, parts, memory), parts


def train(
    rows: Design, targets: Targets, penalties: Sequence[Penalty], steps: Steps, seed: int
) -> Probe:
    """The probe of the first penalty, from strong to weak, that is as good as the best."""
    path: list[dict[str, float]] = []
    probes = []
    rounds = STREAMED_ROUNDS if isinstance(rows, StreamedDesign) else ROUNDS
    for number, penalty in enumerate(penalties, start=1):
        linear = fit(rows, targets, penalty, seed=seed, rounds=rounds, report=steps.inside)
        steps.finished()
        probe = Probe(rows, targets, linear, penalty, path)
        logits, some = outputs(probe, VALIDATION)
        losses = targets.losses(logits, some)
        path.append({
            "l1": penalty.l1, "l2": penalty.l2, "loss": float(losses.mean()),
            "error": float(losses.std(correction=0)) / len(some) ** 0.5,
            "score": probe.score(VALIDATION),
            "nonzero": float((linear.weights != 0).float().mean()),
        })  # fmt: skip
        probes.append(probe)
        steps.show(linear, f"penalty {number} of {len(penalties)}")
    best = min(path, key=lambda entry: entry["loss"])
    good = [entry["loss"] <= best["loss"] + best["error"] for entry in path]
    return probes[good.index(True)]


def retrained(probe: Probe, neurons: Longs, steps: Steps, seed: int) -> Probe:
    """A probe of the same penalty on some of the neurons."""
    rows = probe.rows.columns(np.sort(neurons))
    return train(rows, probe.targets, [probe.penalty], steps, seed)


def outputs(probe: Probe, part: int) -> tuple[torch.Tensor, Longs]:
    """Outputs on the rows of a part, and which rows those are."""
    found, rows = [], []
    for values, some in probe.rows.batches(part, 4096):
        found.append(probe.linear.logits(values))
        rows.append(some)
    return torch.cat(found), np.concatenate(rows)


def masked_scores(probe: Probe, part: int, kept: Sequence[Longs | None]) -> list[float]:
    """Scores on a part when only some neurons are left and all others are 0.

    Parameters
    ----------
    probe : Probe
    part : int
    kept : sequence of array of int64, or None for all neurons
    """
    targets, weights, bias = probe.targets, probe.linear.weights, probe.linear.bias
    right, squares = np.zeros(len(kept)), np.zeros(len(kept))
    for values, rows in probe.rows.batches(part, 2048):
        wanted = torch.from_numpy(targets.values[rows])
        for number, some in enumerate(kept):
            index = slice(None) if some is None else torch.from_numpy(some)
            logits = torch.addmm(bias, values[:, index], weights[:, index].T)
            if targets.numeric:
                squares[number] += float((logits[:, 0].double() - wanted).square().sum())
            else:
                right[number] += float((logits.argmax(1) == wanted).sum())
    all_rows = targets.values[probe.rows.rows[part]]
    if not targets.numeric:
        return [float(count) / len(all_rows) for count in right]
    spread = float(np.square(all_rows - all_rows.mean()).sum())
    return [1.0 - float(s) / spread if spread > 0 else float("nan") for s in squares]


def scores(probe: Probe) -> dict[str, float]:
    """Scores by the name of the part."""
    return {name: probe.score(part) for part, name in PART_NAMES.items() if part in probe.rows.rows}


def describe_classes(probe: Probe, labelling: Labelling) -> Mapping[str, object]:
    """Recall of each class, confusion matrix and majority baseline, on the test part.

    A class that the test part does not hold has no recall: None.
    """
    logits, rows = outputs(probe, TEST)
    gold, said = labelling.values[rows].astype(np.int64), logits.argmax(1).numpy()
    count = len(labelling.classes)
    confusion = np.bincount(gold * count + said, minlength=count**2).reshape(count, count)
    support = confusion.sum(1)
    recall = {
        name: float(confusion[i, i] / support[i]) if support[i] else None
        for i, name in enumerate(labelling.classes)
    }
    train_rows = labelling.values[probe.rows.rows[TRAIN]].astype(np.int64)
    common = int(np.bincount(train_rows, minlength=count).argmax())
    return {
        "labels": list(labelling.classes), "recall": recall, "confusion": confusion,
        "majority": {"label": labelling.classes[common], "test": float((gold == common).mean())},
    }  # fmt: skip
