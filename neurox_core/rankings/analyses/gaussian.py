"""Gaussian: neurons that together tell most about the label, chosen one after the other."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from ...corpora.labelling import Labelling, require_classes
from ..analysis import Analysis, Parameter, Parameters, Scored
from ..design import Scale
from ..gaussians import Chosen, Greedy, choose
from ..sample import Sample
from ..splits import TEST, TRAIN, few_tested, split

Longs = NDArray[np.int64]


def score(sample: Sample, parameters: Parameters) -> Scored:
    """Bits that a neuron adds at its step; neurons that were not chosen: at the last step.

    The order is that of the choice, then that of the gains at the last step.
    """
    labelling = sample.labelling
    names = list(require_classes(labelling))
    random = sample.random()
    parts = split(labelling, random, 0.0, float(parameters["held_out"]))
    train = np.flatnonzero(parts == TRAIN)
    held = random.permutation(np.flatnonzero(parts == TEST))
    held = np.sort(held[: int(parameters["max_rows"])])
    task = _Task(sample, labelling, train, held, parameters)
    below = {}
    wanted = int(parameters["select_label"])
    each = wanted if len(names) > 2 else 0
    overall = task.run(labelling, int(parameters["select"]), (0, 1 + bool(each)))
    task.overall = overall
    for number, name in enumerate(names if each else []):
        own = labelling.against(name)
        below[name] = task.run(own, each, (len(names) + number, 2 * len(names)))
        task.below[name] = below[name]
    if len(names) == 2 and wanted:
        # What tells one of two labels from the rest tells the other, too.
        below = dict.fromkeys(names, Scored(overall.scores, overall.order))
    return Scored(overall.scores, overall.order, below, overall.details)


class _Task:
    """The values of all candidates, loaded once for all labels."""

    def __init__(
        self, sample: Sample, labelling: Labelling, train: Longs, held: Longs, chosen: Parameters
    ) -> None:
        self._sample, self._train, self._held = sample, train, held
        self._published = chosen["prior"] == "published"
        self.overall: Scored | None = None
        self.below: dict[str, Scored] = {}
        self._degrees = sample.neurons if self._published else int(chosen["select"])
        parts = np.full(len(labelling), TEST, np.int8)
        parts[train] = TRAIN
        # Numbers near 1: the scale of a neuron changes none of its densities' ratios.
        scaled = Sample(sample.source, True, on_progress=sample.on_progress,
                        is_cancelled=sample.is_cancelled)  # fmt: skip
        self._scale = Scale.of(scaled, parts)
        room = int(1e9 * float(chosen["max_memory"]) / (8 * (len(train) + len(held))))
        room = max(room, int(chosen["select"]), int(chosen["select_label"]), 1)
        if sample.neurons <= room:
            self._pool, self._single = np.arange(sample.neurons), np.zeros(0)
        else:
            self._single = self._alone(labelling)
            best = np.argsort(-np.nan_to_num(self._single, nan=-np.inf), kind="stable")
            self._pool = np.sort(best[:room])
        self._values = self._load(self._pool)

    def run(self, labelling: Labelling, select: int, place: tuple[int, int]) -> Scored:
        """Choose, for some labels."""
        values = labelling.values.astype(np.int64)
        degrees = self._degrees if self._published else min(self._degrees, select)
        greedy = Greedy(
            self._values[0], values[self._train], self._values[1], values[self._held],
            len(labelling.classes), degrees,
        )  # fmt: skip

        def report(done: int, total: int, so_far: Chosen) -> None:
            share = (place[0] + done / total) / place[1]
            self._sample.preview(
                int(1000 * share), 1000, f"choosing neurons for {labelling.title}",
                lambda: self._so_far(so_far),
                f"{len(so_far.neurons)} of {select} neurons for {labelling.title}",
            )  # fmt: skip

        return self._scored(choose(greedy, select, report), few_tested(labelling, self._held))

    def _so_far(self, found: Chosen) -> Scored:
        """What is chosen; the labels follow when the whole is done."""
        whole = self.overall
        if whole is None:
            scores = np.full(self._sample.neurons, np.nan)
            scores[self._pool[found.neurons]] = found.gains[found.neurons]
            chosen = self._pool[found.neurons]
            others = np.setdiff1d(np.arange(self._sample.neurons), chosen)
            whole = Scored(scores, np.concatenate([chosen, others]).astype(np.int64))
        return Scored(whole.scores, whole.order, dict(self.below))

    def _scored(self, found: Chosen, warnings: list[str]) -> Scored:
        scores = np.full(self._sample.neurons, np.nan)
        scores[self._pool] = found.gains
        chosen = self._pool[found.neurons]
        outside = np.setdiff1d(np.arange(self._sample.neurons), self._pool)
        others = np.setdiff1d(self._pool, chosen)
        keys = -np.nan_to_num(scores[others], nan=-np.inf)
        rest = others[np.lexsort((others, keys))]
        if len(outside):
            # Left out for lack of memory: last, by what they tell alone.
            outside = outside[np.argsort(-np.nan_to_num(self._single[outside], nan=-np.inf),
                                         kind="stable")]  # fmt: skip
            lowest = np.nanmin(found.gains)
            scores[outside] = lowest - 1e-6 * (1 + np.arange(len(outside)))
        order = np.concatenate([chosen, rest, outside]).astype(np.int64)
        details = {
            "selected": chosen.astype(np.int64), "information": np.array(found.information),
            "label_entropy": found.entropy,
            "normalized": np.array(found.information) / found.entropy if found.entropy else None,
            "train_rows": len(self._train), "held_out_rows": len(self._held),
            "pool": len(self._pool), "warnings": warnings,
        }  # fmt: skip
        return Scored(scores, order, details=details)

    def _alone(self, labelling: Labelling) -> NDArray[np.float64]:
        """Bits of each neuron alone, a block at a time."""
        found = np.empty(self._sample.neurons)
        values = labelling.values.astype(np.int64)
        for first, block in self._sample.source.blocks():
            some = np.arange(first, first + block.shape[1])
            scaled = torch.from_numpy(self._scale.take(some).apply(block))
            greedy = Greedy(
                scaled[torch.from_numpy(self._train)], values[self._train],
                scaled[torch.from_numpy(self._held)], values[self._held],
                len(labelling.classes), self._degrees,
            )  # fmt: skip
            found[some] = greedy.information()
            self._sample.report(int(some[-1]) + 1, self._sample.neurons, "each neuron alone")
        return found

    def _load(self, columns: Longs) -> tuple[torch.Tensor, torch.Tensor]:
        """Scaled values of some neurons, training rows and held-out rows."""
        both = [torch.empty(len(rows), len(columns)) for rows in (self._train, self._held)]
        for first, block in self._sample.source.blocks():
            low, high = np.searchsorted(columns, [first, first + block.shape[1]])
            if low < high:
                some = columns[low:high]
                scaled = self._scale.take(some).apply(block[:, some - first])
                for target, rows in zip(both, (self._train, self._held), strict=True):
                    target[:, low:high] = torch.from_numpy(scaled[rows])
            self._sample.report(first + block.shape[1], self._sample.neurons, "reading")
        return both[0], both[1]


ANALYSIS = Analysis(
    name="gaussian",
    title="Gaussian",
    summary="The neuron that tells most about the label comes first, then the one that tells most "
    "in addition, and so on: a small set without repetition.",
    formula="greedy: argmax_j I(label; S ∪ j), bits on held-out sentences; p(label | values) from "
    "Gaussians with Σ_c = (diag(var) + scatter_c) / (n_c + 2d + 4)",
    reference="Torroba Hennigen et al. 2020, Intrinsic Probing through Dimension Selection",
    score=score,
    parameters={
        "select": Parameter(50, "Neurons to choose; the others follow by their gain then.", 1),
        "select_label": Parameter(
            10, "Neurons to choose for each label against the rest; 0 for no such rankings.", 0
        ),
        "prior": Parameter(
            "selected",
            "The d of the prior: neurons to be chosen (selected), or all there are, as published, "
            "which makes the Gaussians too narrow where neurons are many and words few.",
            choices=("selected", "published"),
        ),
        "held_out": Parameter(
            0.3, "Share of the sentences on which information is measured.", 0.05, 0.9
        ),
        "max_rows": Parameter(2000, "At most so many held-out words, drawn at random.", 10),
        "max_memory": Parameter(
            2.0, "Gigabytes to use; if all neurons need more, those best alone are considered.", 0.0
        ),
    },
    needs=frozenset({"labels", "seed"}),
    family="linguistic",
)
