"""Two runs compared: which states of one, put into the other, carry the difference over.

Activation patching (Vig et al. 2020, Meng et al. 2022): "She is tired." is run with states taken
from the run of "He is tired.", one layer at one position at a time, and then one neuron at a time.
What is measured is how much of the difference between the two runs comes along:

    recovered = (m(patched) - m(source)) / (m(counterfactual) - m(source)),

with m the difference in log-probability between the two words at the first place where the two
translations part. 0 is no effect, 1 the whole difference; it can be negative or exceed 1. Layers
are patched in real runs. Neurons are too many for that: all are estimated in one backward pass, and
the largest are verified (see :mod:`.attribution`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from ..errors import InvalidInputError
from ..models.base import TranslationModel
from ..models.tokens import words_of
from .attribution import attribute, counterfactual_states, default_layers, matched
from .intervention import Intervention
from .objective import Objective


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
        }


def compare_runs(
    model: TranslationModel,
    source: str,
    counterfactual: str,
    *,
    layers: Sequence[str] | None = None,
    scope: str = "output",
    neurons: int = 20,
) -> Comparison:
    """Patch states of a counterfactual sentence's run into a sentence's run.

    Parameters
    ----------
    layers : sequence of str, optional
        All that have the scope, if missing.
    neurons : int
        How many single neurons to verify.

    Raises
    ------
    InvalidInputError
        If both sentences are translated alike: there is no difference to explain.
    """
    one, two = (t.text for t in model.translate([source, counterfactual]))
    place, alternative = _parting(one, two)
    objective = Objective.of(model, source, one, place, alternative)
    other = Objective(
        model.checked(counterfactual), objective.targets, objective.places, objective.word,
        objective.alternative, objective.prefix,
    )  # fmt: skip
    value, theirs = objective.values(model, [[]])[0], other.values(model, [[]])[0]
    if abs(theirs - value) < 1e-6:
        raise InvalidInputError("The counterfactual sentence makes no difference to this word.")
    wanted = default_layers(model, layers, scope)
    run = model.forward(
        [objective.source] * len(objective.targets), objective.targets, capture=wanted
    )
    states = {layer: x.cpu() for layer, x in run.activations.items()}
    bases = counterfactual_states(model, objective, counterfactual, wanted, states)
    pairs = matched(objective.source, other.source)
    length = objective.places[0][0] + 1
    table = []
    for layer in wanted:
        places = [i for i, _ in pairs] if layer.startswith("encoder.") else list(range(length))
        table.append((layer, places, _patches(layer, places, bases, scope)))
    found = objective.values(model, [setting for _, _, settings in table for setting in settings])
    shares = iter([(m - value) / (theirs - value) for m in found])
    rows = []
    for layer, places, _ in table:
        whole = next(shares)
        count = len(objective.source.ids) if layer.startswith("encoder.") else length
        each: list[float | None] = [None] * count
        for position in places:
            each[position] = next(shares)
        rows.append({"layer": layer, "whole": whole, "positions": each})
    single = attribute(
        model, source, one, place, alternative, baseline="counterfactual",
        counterfactual=counterfactual, layers=wanted, scope=scope, verify=neurons,
    )  # fmt: skip
    listed = [{**v, "recovered": v["effect"] / (theirs - value)} for v in single.verified]
    consumed = [*model.pieces([model.start_id]), *objective.targets[0].pieces][:length]
    return Comparison(
        objective, counterfactual, (one, two), value, theirs, rows, listed,
        objective.source.pieces, consumed,
    )  # fmt: skip


def _parting(one: str, two: str) -> tuple[int, str]:
    """Where two translations part: the word's place in the first, and the second's word there."""
    a = [one[i:j] for i, j in words_of(one)]
    b = [two[i:j] for i, j in words_of(two)]
    for place, (mine, other) in enumerate(zip(a, b, strict=False)):
        if mine != other:
            return place, other
    raise InvalidInputError(
        f"Both sentences are translated as {one!r}, or one translation begins the other; "
        "take a sentence that the model translates differently."
    )


def _patches(
    layer: str, places: Sequence[int], bases: Mapping[str, Tensor], scope: str
) -> list[list[Intervention]]:
    """The whole layer at all places, and at each of them."""
    values = bases[layer][0]
    names = [f"{layer}[{u}]" for u in range(values.shape[-1])]

    def at(positions: Sequence[int]) -> list[Intervention]:
        rows = values[list(positions)].tolist()
        return [Intervention(names, "patch", positions=positions, values=rows, scope=scope)]

    return [at(places), *(at([p]) for p in places)]
