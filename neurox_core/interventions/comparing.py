"""Two runs compared: which states of one, put into the other, carry the difference over.

Activation patching (Vig et al. 2020, Meng et al. 2022): "She is tired." is run with states taken
from the run of "He is tired.", one layer at one position at a time, and then one neuron at a time.
What is measured is how much of the difference between the two runs comes along:

    recovered = (m(patched) - m(source)) / (m(counterfactual) - m(source)),

with m the difference in log-probability between the two words at the first place where the two
translations part, after what the first of them has written. Which translations these are, and so
where they part, depends on the search. 0 is no effect, 1 the whole difference; it can be negative
or exceed 1. Layers
are patched in real runs. Neurons are too many for that: all are estimated in one backward pass, and
the largest are verified (see :mod:`.attribution`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from ..models.base import TranslationModel
from ..models.unknown import unknown_text
from .attribution import attribute, default_layers
from .intervention import Intervention
from .objective import Objective
from .patching import TwoRuns, patched


@dataclass(frozen=True)
class Comparison:
    """What patching recovers.

    Attributes
    ----------
    objective : Objective
    counterfactual : str
    value, counterfactual_value : float
        The measure in the two clean runs.
    layers : list of dict
        ``layer``, ``whole`` (all positions patched) and ``positions`` (each alone; None where the
        two texts have no counterpart).
    neurons : list of dict
        ``neuron``, ``estimate``, ``effect`` and ``recovered``, the largest estimates first.
    source_pieces, target_pieces : list of str
        What stands at the positions of encoder and decoder layers.
    warnings : list of str
        What the model has no pieces for.
    """

    objective: Objective
    counterfactual: str
    translations: tuple[str, str]
    value: float
    counterfactual_value: float
    layers: list[dict[str, Any]]
    neurons: list[dict[str, Any]]
    source_pieces: list[str]
    target_pieces: list[str]
    warnings: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "source": self.objective.source.text,
            "counterfactual": self.counterfactual,
            "translations": list(self.translations),
            "prefix": self.objective.prefix,
            "word": self.objective.word,
            "alternative": self.objective.alternative,
            "value": self.value,
            "counterfactual_value": self.counterfactual_value,
            "layers": self.layers,
            "neurons": self.neurons,
            "source_pieces": self.source_pieces,
            "target_pieces": self.target_pieces,
            "warnings": self.warnings,
        }


def compare_runs(
    model: TranslationModel,
    source: str,
    counterfactual: str,
    *,
    layers: Sequence[str] | None = None,
    scope: str = "output",
    neurons: int = 20,
    beams: int = 1,
) -> Comparison:
    """Patch states of a counterfactual sentence's run into a sentence's run.

    Parameters
    ----------
    layers : sequence of str, optional
        All that have the scope, if missing.
    neurons : int
        How many single neurons to verify.
    beams : int
        Of the search that translates both sentences: it says at which words they part.

    Raises
    ------
    InvalidInputError
        If both sentences are translated alike: there is no difference to explain.
    """
    runs = TwoRuns.of(model, source, counterfactual, beams)
    objective = runs.objective
    wanted = default_layers(model, layers, scope)
    states = runs.states(model, wanted)
    table = []
    for layer in wanted:
        places = runs.places(layer)
        table.append((layer, places, _patches(layer, places, states[layer], scope)))
    found = objective.values(model, [setting for _, _, settings in table for setting in settings])
    shares = iter([runs.recovered(m) for m in found])
    rows = []
    for layer, places, _ in table:
        whole = next(shares)
        each: list[float | None] = [None] * runs.length(layer)
        for position in places:
            each[position] = next(shares)
        rows.append({"layer": layer, "whole": whole, "positions": each})
    listed = _neurons(model, runs, states, scope, neurons)
    return Comparison(
        objective, counterfactual, runs.translations, runs.value, runs.other_value, rows, listed,
        objective.source.pieces, runs.consumed(model),
        unknown_text(model, [source, counterfactual]),
    )  # fmt: skip


def _neurons(
    model: TranslationModel, runs: TwoRuns, states: dict[str, Tensor], scope: str, count: int
) -> list[dict[str, Any]]:
    """The neurons with the largest estimates, and what each recovers in a real run."""
    objective = runs.objective
    found = attribute(
        model, objective.source.text, runs.translations[0], runs.place, objective.alternative,
        baseline="counterfactual", counterfactual=runs.other.source.text, layers=list(states),
        scope=scope, verify=0,
    ).ranked(count)  # fmt: skip
    layers = [name.partition("[")[0] for name, _ in found]
    settings = [
        [patched([name], states[layer], runs.places(layer), scope)]
        for (name, _), layer in zip(found, layers, strict=True)
    ]
    measured = objective.values(model, settings)
    return [
        {
            "neuron": name, "estimate": estimate, "effect": m - runs.value,
            "recovered": runs.recovered(m),
        }
        for (name, estimate), m in zip(found, measured, strict=True)
    ]  # fmt: skip


def _patches(
    layer: str, places: Sequence[int], states: Tensor, scope: str
) -> list[list[Intervention]]:
    """The whole layer at all places, and at each of them."""
    names = [f"{layer}[{unit}]" for unit in range(states.shape[-1])]
    return [
        [patched(names, states, places, scope)],
        *([patched(names, states, [p], scope)] for p in places),
    ]
