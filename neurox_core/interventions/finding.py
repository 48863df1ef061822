"""What would change it? The fewest neurons, within what is natural for them, that make a word.

The measure is log p(present word) - log p(wanted word) at the word's place (:mod:`.objective`); the
wanted word wins when it is below 0. A neuron is set to one value at all positions of its stack, and
by the gradient its best value is an end of its natural range. The search is greedy: estimate every
neuron's gain by one backward pass under the edits so far, try the best few in real runs, keep the
best, until the word comes out. Then it is made smaller: neurons without which it still comes out
are dropped, and each value is moved back towards the neuron's mean, by halves, as far as possible.

The result is a small set, not surely the smallest: that would need all subsets.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..errors import InvalidInputError, MissingStatisticsError
from ..models.base import TranslationModel
from ..models.tokens import words_of
from ..models.unknown import unknown_text
from .attribution import backward, default_layers
from .intervention import Intervention
from .objective import Objective

_TRIED = 12
"""Candidates that are tried in real runs at each step."""
_HALVINGS = 4


@dataclass(frozen=True)
class FoundEdit:
    """An edit that makes a word.

    Attributes
    ----------
    objective : Objective
    found : bool
        Whether the word comes out; if not, the edit is the best there was.
    interventions : list of Intervention
    steps : list of float
        The measure with no, one, two ... neurons.
    before, after : str
        The output.
    warnings : list of str
        That the model would hardly write the word there, or has no pieces for the sentence.
    """

    objective: Objective
    found: bool
    interventions: list[Intervention]
    steps: list[float]
    before: str
    after: str
    bound: float
    warnings: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "source": self.objective.source.text,
            "prefix": self.objective.prefix,
            "word": self.objective.word,
            "wanted": self.objective.alternative,
            "found": self.found,
            "interventions": [i.to_dict() for i in self.interventions],
            "steps": self.steps,
            "before": self.before,
            "after": self.after,
            "bound": self.bound,
            "warnings": self.warnings,
        }


def find_edit(
    model: TranslationModel,
    source: str,
    position: int,
    wanted: str,
    *,
    layers: Sequence[str] | None = None,
    most: int = 10,
    bound: float = 3.0,
    scope: str = "output",
    beams: int = 1,
    cancelled: Callable[[], bool] | None = None,
) -> FoundEdit:
    """Search for few neurons that turn a word of a sentence's translation into another.

    Parameters
    ----------
    position : int
        Which word of the model's own translation.
    wanted : str
        The word that should come out there.
    layers : sequence of str, optional
        Where to look; all layers of the stack that reads the source, with known means, if missing.
    most : int
        Most neurons.
    bound : float
        A neuron stays within so many standard deviations of its mean, and within its range over
        the corpus if that is known.
    scope : {"output", "recurrence"}
        What of a recurrent layer is set.
    beams : int
        Of the search whose output has the word, and is to have the other.

    Raises
    ------
    InvalidInputError
        Also if the model has no pieces for the wanted word, which can then never come out.
    MissingStatisticsError
    """
    if most < 1 or bound <= 0:
        raise InvalidInputError("most must be 1 or more, and bound above 0.")
    require_writable(model, wanted)
    before = model.translate([source], beams=beams)[0].text
    objective = Objective.of(model, source, before, position, wanted)
    search = _Search(model, objective, layers, bound, scope, position, beams)
    [clean] = objective.logprobs_apart(model, [[[]] * len(objective.targets)])
    told = [*unknown_text(model, [source]), *objective.doubts(model, clean[1])]
    steps = [clean[0] - clean[1]]
    edits: dict[str, float] = {}
    while not search.comes_out(edits) and len(edits) < most:
        if cancelled is not None and cancelled():
            break
        step = search.grow(edits, steps[-1])
        if step is None:
            break
        name, value, measure = step
        edits[name] = value
        steps.append(measure)
    found = search.comes_out(edits)
    if found:
        edits = search.shrunk(edits)
    interventions = search.interventions(edits)
    after = model.translate([source], interventions, beams)[0].text
    return FoundEdit(objective, found, interventions, steps, before, after, bound, told)


def require_writable(model: TranslationModel, wanted: str) -> None:
    """Raise InvalidInputError if a model has no pieces for a word: it can never come out."""
    if lacking := unknown_text(model, written=[wanted]):
        raise InvalidInputError(f"{lacking[0]} No change makes it; name another word.")


class _Search:
    """Candidates, their bounds, and what they do."""

    def __init__(
        self,
        model: TranslationModel,
        objective: Objective,
        layers: Sequence[str] | None,
        bound: float,
        scope: str,
        position: int,
        beams: int,
    ) -> None:
        self._model, self._objective, self._scope, self._beams = model, objective, scope, beams
        self._position, self._bound = position, bound
        wanted = default_layers(model, layers, scope)
        if layers is None:
            wanted = [a for a in wanted if a.startswith(f"{model.source_stack}.")]
        self._ranges = {a: r for a in wanted if (r := self._range(a)) is not None}
        if not self._ranges:
            raise MissingStatisticsError(
                "The search keeps neurons within their natural range, which is not known of this "
                "model. Name a corpus like the text (--like), or in Python: model.statistics = "
                "neurox_core.ReferenceValues.measure(...)."
            )

    def interventions(self, edits: dict[str, float]) -> list[Intervention]:
        """Edits as interventions."""
        return [Intervention([n], "set", v, scope=self._scope) for n, v in edits.items()]

    def comes_out(self, edits: dict[str, float]) -> bool:
        """Whether the wanted word stands at the place in a free translation."""
        text = self._model.translate(
            [self._objective.source.text], self.interventions(edits), self._beams
        )
        words = [text[0].text[a:b] for a, b in words_of(text[0].text)]
        return len(words) > self._position and words[self._position] == self._objective.alternative

    def grow(self, edits: dict[str, float], measure: float) -> tuple[str, float, float] | None:
        """The neuron and value that help most on top of the edits; None if none does."""
        candidates = self._candidates(edits)
        settings = [self.interventions({**edits, name: value}) for name, value in candidates]
        found = self._objective.values(self._model, settings)
        best = int(np.argmin(found))
        if found[best] >= measure - 1e-6:
            return None
        return (*candidates[best], found[best])

    def shrunk(self, edits: dict[str, float]) -> dict[str, float]:
        """As few neurons, as near to their means, as still do it."""
        for name in list(edits):
            without = {n: v for n, v in edits.items() if n != name}
            if without and self.comes_out(without):
                edits = without
        for name in list(edits):
            layer, _, unit = name[:-1].partition("[")
            mean = float(self._ranges[layer][2][int(unit)])
            for _ in range(_HALVINGS):
                nearer = {**edits, name: (edits[name] + mean) / 2}
                if not self.comes_out(nearer):
                    break
                edits = nearer
        return edits

    def _candidates(self, edits: dict[str, float]) -> list[tuple[str, float]]:
        """Neurons with the largest estimated gain, each with the end of its range that gains."""
        _, states, gradients = backward(
            self._model, self._objective, list(self._ranges), self._scope, self.interventions(edits)
        )
        listed: list[tuple[float, str, float]] = []
        for layer, (low, high, _) in self._ranges.items():
            slope = gradients[layer].sum((0, 1))
            now = (gradients[layer] * states[layer]).sum((0, 1))
            # The measure is to fall: what it would change by at either end of the range.
            at = torch.stack([low * slope - now, high * slope - now])
            change, end = at.min(0)
            order = change.argsort()[:_TRIED].tolist()
            listed += [
                (float(change[u]), f"{layer}[{u}]", float((low, high)[int(end[u])][u]))
                for u in order
            ]
        listed.sort()
        return [(name, value) for _, name, value in listed[:_TRIED]]

    def _range(self, layer: str) -> tuple[Tensor, Tensor, Tensor] | None:
        """Lower end, upper end and mean of a layer's units."""
        statistics: Any = self._model.statistics
        known = None if statistics is None else statistics.moments(layer)
        if known is None:
            return None
        mean, deviation = (torch.as_tensor(np.asarray(v), dtype=torch.float32) for v in known)
        low, high = mean - self._bound * deviation, mean + self._bound * deviation
        ranges = getattr(statistics, "ranges", None)
        seen = None if ranges is None else ranges(layer)
        if seen is not None:
            least, largest = (torch.as_tensor(np.asarray(v), dtype=torch.float32) for v in seen)
            low, high = torch.maximum(low, least), torch.minimum(high, largest)
        return low, high, mean
