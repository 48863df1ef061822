"""SVCCA: neurons that lie in the directions which the models share come first.

Each model is reduced to the principal components that reach a share of its variance (enough of them
to reach it), and canonical correlation analysis finds the directions in which two models agree. The
method ranks directions. A neuron is ranked by how much of its variance lies in the best of them:
with its loading l (its correlation with the direction) and the canonical correlation r, the score
is the sum of r * l^2 over the best directions, and of several other models the mean.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from ...errors import InvalidInputError
from ..analysis import Analysis, Parameter, Parameters, Scored
from ..correlation import between_models
from ..linear import Directions, canonical, components
from ..partners import partners
from ..sample import Sample

SHOWN = 10
"""Neurons named for each direction."""


def score(sample: Sample, parameters: Parameters) -> Scored:
    """Loadings on the best directions, weighted by their coefficients."""
    share, keep = float(parameters["variance_kept"]), int(parameters["directions"])
    found = between_models(sample, within=True, first_too=True)
    scales = [
        np.where(constant, 0.0, 1.0 if sample.standardized else deviations)
        for constant, deviations in zip(found.constant, found.deviations, strict=True)
    ]
    parts = []
    for number, scale in enumerate(scales):
        sample.report(number, 2 * len(scales), "Principal components")
        parts.append(components(found.matrices[number, number], scale, share, found.digits))
    scores, models = np.zeros(sample.neurons), {}
    for number, name in enumerate(sample.other_names, start=1):
        sample.report(len(scales) + number, 2 * len(scales), f"Directions shared with {name}")
        sizes = len(parts[0].variances), len(parts[number].variances)
        if sum(sizes) >= found.rows - 1:
            raise InvalidInputError(
                f"There are {found.rows} rows, too few for the {sizes[0]} and {sizes[1]} "
                f"components of the model and of {name}: directions would agree by chance. Take "
                "more text, fewer layers, or a smaller variance_kept."
            )
        shared = canonical(
            found.matrices[0, number], (scales[0], scales[number]), parts[0], parts[number], keep
        )
        kept = shared.coefficients[: shared.loadings.shape[1]]
        scores += (np.square(shared.loadings) @ kept).round(found.digits) / len(sample.others)
        models[name] = _details(shared)
        if number < len(sample.others):
            so_far = scores * (len(sample.others) / number)
            sample.preview(
                len(scales) + number, 2 * len(scales), f"Directions shared with {name}",
                partial(Scored, so_far), f"{number} of {len(sample.others)} other models",
                at_once=True,
            )  # fmt: skip
    return Scored(scores, details={"models": models, **partners(sample, found)})


def _details(shared: Directions) -> dict[str, object]:
    strength = np.abs(np.nan_to_num(shared.loadings)).round(9)
    top = np.argsort(-strength, axis=0, kind="stable")[:SHOWN].T
    return {
        "coefficients": shared.coefficients,
        "mean_coefficient": float(shared.coefficients.mean()),
        "components": list(shared.components),
        "directions": shared.weights.astype(np.float32),
        "loadings": shared.loadings.astype(np.float32),
        "top": [[int(i) for i in one] for one in top],
    }


ANALYSIS = Analysis(
    name="svcca",
    title="Shared directions (SVCCA)",
    summary="Neurons that load on the directions which the model shares with the others come "
    "first. The directions themselves, their canonical correlations and the neurons that load on "
    "each stand in the details.",
    formula="mean over other models of Σⱼ ρⱼ·corr(x, zⱼ)² over the best directions zⱼ, ρⱼ their "
    "canonical correlation",
    reference="Raghu et al. 2017, SVCCA; on translation Bau et al. 2019. The neurons' score: "
    "NeuroX",
    score=score,
    parameters={
        "variance_kept": Parameter(0.99, "share of variance that is kept of each model", 0.01, 1.0),
        "directions": Parameter(20, "how many of the best directions count", 1, 10_000),
    },
    standardize=True,
    needs=frozenset({"others"}),
    family="cross-model",
    knows_constant=True,
)
