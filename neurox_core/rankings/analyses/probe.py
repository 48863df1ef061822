"""Probe: neurons that a linear probe of the labels gives the largest weights come first."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np

from ...errors import InvalidInputError
from ..analysis import Analysis, Parameter, Parameters, Scored
from ..logistic import Linear, Penalty, Ridge
from ..probing import (
    PART_NAMES,
    PATH,
    Probe,
    Steps,
    control_of,
    describe_classes,
    prepare,
    scores,
    targets_of,
    train,
)  # fmt: skip
from ..sample import Sample
from ..selection import HALVINGS, by_layer, by_mass, curve, keep, minimal, percentages, sizes
from ..splits import TEST, few_tested
from ..weights import ordering


def score(sample: Sample, parameters: Parameters) -> Scored:
    """Linguistic Correlation Analysis: 1 - level by weight mass; per label |weight|."""
    labelling, seed = sample.labelling, sample.seed
    percents = percentages(str(parameters["keep"]))
    if sample.constant.all():
        raise InvalidInputError(
            "No neuron changes over the labelled rows; there is nothing to train a probe on. Take "
            "more text or other layers."
        )
    rows, parts = prepare(
        sample, 1e9 * float(parameters["max_memory"]), float(parameters["validation"]),
        float(parameters["test"]),
    )  # fmt: skip
    targets = targets_of(labelling, parts)
    penalties = _penalties(parameters)
    control = bool(parameters["control"])
    more = 3 * len(percents) * bool(parameters["retrain"])
    few = (len(sizes(sample.neurons)) + HALVINGS) * bool(parameters["minimal"])
    steps = Steps(sample, len(penalties) + control + more + few)
    names = list(labelling.classes) if not labelling.numeric else [labelling.name]
    steps.scored = lambda linear: _scored(linear, names, labelling.numeric)
    steps.say("training")
    probe = train(rows, targets, penalties, steps, seed)
    steps.show(probe.linear, "penalty chosen, being evaluated")
    steps.scored = None
    weights = probe.linear.weights.numpy().astype(np.float64)
    found = _scored(probe.linear, names, labelling.numeric)
    order, level = ordering(weights)
    moving = order[~sample.constant[order]]
    details: dict[str, object] = {
        "metric": "r2" if labelling.numeric else "accuracy",
        "rows": {name: len(rows.rows[part]) for part, name in PART_NAMES.items()},
        "warnings": few_tested(labelling, rows.rows[TEST]),
        "score": scores(probe), "penalties": probe.path,
        "chosen": {"l1": probe.penalty.l1, "l2": probe.penalty.l2, "ridge": probe.penalty.ridge},
        "level": level, **by_mass(weights, names, sample.source.layers),
    }  # fmt: skip
    if not labelling.numeric:
        details |= describe_classes(probe, labelling)
    details |= _control(sample, probe, steps) if control else {"control": None, "selectivity": None}
    details["keep"] = keep(probe, moving, percents, steps, seed, bool(parameters["retrain"]))
    details["curve"] = curve(probe, moving, seed)
    if parameters["minimal"]:
        details["minimal"] = minimal(probe, moving, steps, seed)
    top = max(1, round(0.1 * len(moving)))
    details["layers"] = {"top": top, "neurons": by_layer(moving, top, sample.source.layers)}
    return replace(found, details=details)


def _scored(linear: Linear, names: list[str], numeric: bool) -> Scored:
    """What the weights say, overall and for each label."""
    weights = linear.weights.numpy().astype(np.float64)
    order, level = ordering(weights)
    below = {} if numeric else {
        name: Scored(np.abs(row), details={"weight": row})
        for name, row in zip(names, weights, strict=True)
    }  # fmt: skip
    return Scored(1.0 - level, order, below)


def _penalties(parameters: Parameters) -> list[Penalty]:
    ridge = cast("Ridge", parameters["ridge"])
    if parameters["penalty"] == "path":
        return [Penalty(size, size, ridge) for size in PATH]
    return [Penalty(float(parameters["l1"]), float(parameters["l2"]), ridge)]


def _control(sample: Sample, probe: Probe, steps: Steps) -> dict[str, object]:
    """The same probe on random answers, and what the task has over it."""
    steps.say("control task")
    targets = control_of(sample.labelling, probe.targets, np.random.default_rng(sample.seed))
    found = scores(train(probe.rows, targets, [probe.penalty], steps, sample.seed))
    return {"control": found, "selectivity": scores(probe)["test"] - found["test"]}


_SHARE = "Share of the sentences for {}."

ANALYSIS = Analysis(
    name="probe",
    title="Linear probe",
    summary="A linear classifier, or regression for a number, is trained to tell the label from "
    "all neurons; those with the largest weights come first, the best of each label before the "
    "second best of any.",
    formula="min over labels of the share of Σ|w| on larger weights; W: cross-entropy (of a number "
    "half the squared error) + λ₁ Σ|W| + λ₂ ΣW²",
    reference="Dalvi et al. 2019, What Is One Grain of Sand in the Desert?; control tasks: Hewitt "
    "and Liang 2019",
    score=score,
    parameters={
        "penalty": Parameter(
            "path", "Try several sizes of both penalties and take the best (path), or use l1 and "
            "l2 (given).", choices=("path", "given"),
        ),
        "l1": Parameter(1e-5, "λ₁, with penalty=given; sets weights to 0.", 0.0),
        "l2": Parameter(1e-5, "λ₂, with penalty=given; spreads weight over like neurons.", 0.0),
        "ridge": Parameter(
            "squared", "λ₂ times the sum of squares, or its root as in the published code (norm).",
            choices=("squared", "norm"),
        ),
        "keep": Parameter("10,15,20", "Percentages of the neurons to keep in the evaluation."),
        "retrain": Parameter(True, "Train new probes on the kept neurons, too."),
        "minimal": Parameter(True, "Find how few neurons hold 95 % of the score."),
        "control": Parameter(
            True, "Train on a control task, too: a random answer for each word type, or for each "
            "row where word types are not known."
        ),
        "validation": Parameter(0.1, _SHARE.format("the choice of penalties"), 0.01, 0.45),
        "test": Parameter(0.2, _SHARE.format("the scores that are shown"), 0.01, 0.45),
        "max_memory": Parameter(2.0, "Gigabytes of activations to hold; more are streamed.", 0.0),
    },
    standardize=True,
    needs=frozenset({"labels", "targets", "seed"}),
    family="linguistic",
)  # fmt: skip
