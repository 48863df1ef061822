"""LinReg: neurons that every other model can express as a mixture of its own come first."""

from __future__ import annotations

import numpy as np

from ...errors import InvalidInputError
from ..analysis import Analysis, Parameter, Parameters, Scored
from ..correlation import between_models
from ..linear import unexplained
from ..partners import partners
from ..sample import Sample


def score(sample: Sample, parameters: Parameters) -> Scored:
    """The largest mean squared error over the other models, turned round."""
    ridge = float(parameters["ridge"])
    found = between_models(sample, within=True)
    errors, ranks = {}, {}
    unit = np.ones(sample.neurons) if sample.standardized else np.square(found.deviations[0])
    for number, name in enumerate(sample.other_names, start=1):
        sample.report(number - 1, len(sample.others), f"Regression on {name}")
        left, rank = unexplained(
            found.matrices[number, number], found.matrices[0, number], found.digits, ridge
        )
        if rank >= found.rows - 1 and not ridge:
            raise InvalidInputError(
                f"There are {found.rows} rows, and {name} has {rank} independent neurons: they can "
                "fit anything. Take more text, fewer layers, or ridge=0.1."
            )
        left = np.where(found.constant[0], np.nan, left.round(found.digits))
        errors[name], ranks[name] = left * unit, rank
        if number < len(sample.others):
            sample.preview(
                number, len(sample.others), f"Regression on {name}",
                lambda: Scored(-np.stack(list(errors.values())).max(0)),
                f"{number} of {len(sample.others)} other models", at_once=True,
            )  # fmt: skip
    worst = np.stack(list(errors.values())).max(0)
    return Scored(-worst, details={"mse": errors, "rank": ranks, **partners(sample, found)})


ANALYSIS = Analysis(
    name="linear_regression",
    title="Regression on the other models (LinReg)",
    summary="Neurons that can be predicted best from all neurons of every other model together "
    "come first: what they hold is found in each of the models, if not in one neuron. The score "
    "is minus the mean squared error in the model where that is worst.",
    formula="-max over other models m of min over w of mean((z - wᵀzᵐ)²), standardised activations",
    reference="Bau et al. 2019, Identifying and Controlling Important Neurons in Neural Machine "
    "Translation",
    score=score,
    parameters={
        "ridge": Parameter(0.0, "added to the diagonal of the correlation matrix", 0.0, 1e6),
    },
    standardize=True,
    needs=frozenset({"others"}),
    family="cross-model",
    knows_constant=True,
)
