"""Who made this word? Every neuron's effect on it, from one forward and one backward pass.

Attribution patching (Nanda 2023; Syed et al. 2023): what would happen to the measure m (see
:mod:`.objective`) if neuron i had a baseline value instead of its own is, to first order,

    effect_i = sum over positions t of (baseline_it - x_it) * dm / dx_it.

A baseline is the neuron's mean over a corpus, zero, or its value in a counterfactual sentence. The
estimate is linear and so can be wrong where the model is not; therefore the neurons with the
largest estimates are set to the baseline in real runs, and both numbers are given.

For scope ``output`` a recurrent layer's output is followed into what reads it, not into its own
next state; for scope ``recurrence`` the states themselves are followed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..errors import InvalidInputError, MissingStatisticsError
from ..models.base import TranslationModel
from ..models.taps import Run, running
from ..models.tokens import Tokens
from ..models.unknown import unknown_text
from .intervention import Intervention
from .objective import Objective
from .plan import Plan

BASELINES = ("mean", "zero", "counterfactual")
Arrays = Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Attribution:
    """Effects of all neurons on a word.

    Attributes
    ----------
    objective : Objective
    baseline, scope : str
    value : float
        The measure in the clean run.
    effects : dict of str to array (positions, width)
        Estimated change of the measure if a unit had its baseline at a position, by layer.
    verified : list of dict
        ``neuron``, ``estimate`` and ``effect`` (of a real run) of the largest estimates.
    warnings : list of str
        Why the effects say little: the model would not write the alternative, or has no pieces
        for what it reads.
    """

    objective: Objective
    baseline: str
    scope: str
    value: float
    effects: Arrays
    verified: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def ranked(self, count: int | None = None) -> list[tuple[str, float]]:
        """Neurons by the size of their estimated effect over all positions, largest first."""
        layers = list(self.effects)
        sums = [self.effects[layer].sum(0) for layer in layers]
        whole = np.concatenate(sums)
        owner = np.repeat(np.arange(len(layers)), [len(s) for s in sums])
        starts = np.cumsum([0, *(len(s) for s in sums)])
        order = np.argsort(-np.abs(whole), kind="stable")[:count]
        return [
            (f"{layers[owner[i]]}[{i - starts[owner[i]]}]", float(whole[i])) for i in order.tolist()
        ]

    def by_layer(self) -> dict[str, float]:
        """Sum of each layer's estimated effects."""
        return {layer: float(values.sum()) for layer, values in self.effects.items()}

    def to_dict(self, count: int = 100) -> dict[str, Any]:
        """Plain values: the first `count` neurons with their effect at each position."""
        objective = self.objective
        neurons = []
        for name, effect in self.ranked(count):
            layer, _, unit = name[:-1].partition("[")
            positions = self.effects[layer][:, int(unit)]
            neurons.append({"neuron": name, "estimate": effect, "positions": positions.tolist()})
        return {
            "source": objective.source.text,
            "prefix": objective.prefix,
            "word": objective.word,
            "alternative": objective.alternative,
            "baseline": self.baseline,
            "scope": self.scope,
            "value": self.value,
            "neurons": neurons,
            "layers": self.by_layer(),
            "verified": self.verified,
            "correlation": correlation(self.verified),
            "warnings": self.warnings,
        }


def attribute(
    model: TranslationModel,
    source: str,
    target: str | None = None,
    position: int | None = None,
    alternative: str | None = None,
    *,
    baseline: str = "mean",
    counterfactual: str | None = None,
    layers: Sequence[str] | None = None,
    scope: str = "output",
    verify: int = 20,
) -> Attribution:
    """Estimate every neuron's effect on a word of the output, and check the largest.

    Parameters
    ----------
    source, target, position, alternative
        See :meth:`.objective.Objective.of`.
    baseline : {"mean", "zero", "counterfactual"}
    counterfactual : str, optional
        A sentence like the source, for that baseline. Tokens that the two begin and end with are
        matched; what lies between is matched one by one if it is equally long.
    layers : sequence of str, optional
        All that have the scope, if missing; for ``mean``, those whose means are known.
    verify : int
        How many neurons to check by real interventions.

    Raises
    ------
    InvalidInputError, MissingStatisticsError, UnknownAddressError
    """
    if baseline not in BASELINES:
        raise InvalidInputError(f"A baseline is one of {', '.join(BASELINES)}, not {baseline!r}.")
    if (baseline == "counterfactual") != (counterfactual is not None):
        raise InvalidInputError("The baseline 'counterfactual' needs the sentence, others do not.")
    objective = Objective.of(model, source, target, position, alternative)
    wanted = default_layers(model, layers, scope)
    value, states, gradients = backward(model, objective, wanted, scope)
    if counterfactual is not None:
        bases = counterfactual_states(model, objective, counterfactual, wanted, states)
    else:
        bases = _bases(model, baseline, states)
    effects = {
        layer: ((bases[layer] - states[layer]) * gradients[layer]).sum(0).double().numpy()
        for layer in bases
    }
    found = Attribution(objective, baseline, scope, value, effects)
    found.warnings.extend(unknown_text(model, filter(None, [source, counterfactual])))
    names = [name for name, _ in found.ranked(verify)]
    rows = range(len(objective.targets))
    settings = [[[put(n, bases, baseline, scope, row)] for row in rows] for n in names]
    true = objective.values_apart(model, settings)
    if alternative is not None:
        [clean] = objective.logprobs_apart(model, [[[] for _ in rows]])
        found.warnings.extend(objective.doubts(model, clean[1]))
    estimates = dict(found.ranked(verify))
    found.verified.extend(
        {"neuron": n, "estimate": estimates[n], "effect": t - value}
        for n, t in zip(names, true, strict=True)
    )
    return found


def backward(
    model: TranslationModel,
    objective: Objective,
    layers: Sequence[str],
    scope: str = "output",
    interventions: Sequence[Intervention] = (),
) -> tuple[float, dict[str, Tensor], dict[str, Tensor]]:
    """The measure, and each layer's states and gradients, (targets or 1, positions, width).

    States are those after the interventions.
    """
    run = _Gradients(layers, scope, model.plan([interventions]))
    with running(run, gradients=True):
        ids, mask = model.batch([objective.source.ids])
        inputs, outputs, _ = objective.inputs(model)
        only = torch.zeros(len(inputs), dtype=torch.int64, device=inputs.device)
        run.place("decoder", 0, only)
        run.follow(inputs)
        if model.source_stack == "decoder":  # The prompt's last token predicts the first output.
            inputs = torch.cat([ids[:, -1:].expand(len(inputs), 1), inputs[:, 1:]], 1)
            ids, mask = ids[:, :-1], mask[:, :-1]
        memory = model.encode(ids, mask)
        if len(inputs) > 1:
            memory = model.select(memory, only)
        last = max(max(places) for places in objective.places) + 1
        hidden = model.decode(memory, inputs[:, :last])
        scores = torch.log_softmax(model.logits(hidden).float(), dim=-1)
        logprobs = scores.gather(-1, outputs[:, :last].unsqueeze(-1)).squeeze(-1)
        measure = objective.measure(logprobs)
        torch.autograd.backward(measure)
    states, gradients = run.results()
    return float(measure.detach()), states, gradients


class _Gradients(Run):
    """Keeps every wanted activation and its gradient."""

    def __init__(self, layers: Sequence[str], scope: str, plan: Plan) -> None:
        super().__init__(plan or None, ())
        self._layers, self._scope = frozenset(layers), scope
        self._kept: dict[str, list[tuple[int, Tensor]]] = {}

    def touches(self, address: str, scope: str = "output") -> bool:
        """Recurrent layers take their steps one by one if their states are asked for."""
        wanted = scope == "recurrence" == self._scope and address in self._layers
        return wanted or super().touches(address, scope)

    def visit(self, address: str, x: Tensor, offset: int = 0, scope: str = "output") -> Tensor:
        """Let gradients be kept here, after edits."""
        x = super().visit(address, x, offset, scope)
        recurrent = address.rpartition(".")[2].startswith("rnn_")
        if address not in self._layers or scope != (self._scope if recurrent else "output"):
            return x
        x = x if x.requires_grad else x.detach().requires_grad_()
        x.retain_grad()
        self._kept.setdefault(address, []).append((offset, x))
        return x

    def results(self) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """States and gradients; visits of one address at several places are put side by side.

        The two directions of a recurrent layer come one after the other, each zero where the other
        is not, so that they add up.
        """
        states, gradients = {}, {}
        for address, visits in self._kept.items():
            length = max(offset + x.shape[1] for offset, x in visits)
            first = visits[0][1]
            state = first.new_zeros(first.shape[0], length, first.shape[-1])
            gradient = torch.zeros_like(state)
            for offset, x in visits:
                place = slice(offset, offset + x.shape[1])
                state[:, place] += x.detach()
                if x.grad is not None:
                    gradient[:, place] += x.grad
            states[address], gradients[address] = state.cpu(), gradient.cpu()
        return states, gradients


def default_layers(model: TranslationModel, layers: Sequence[str] | None, scope: str) -> list[str]:
    """The layers asked for, or all that have the scope."""
    if layers is not None:
        model.check_layers(layers)
        return list(layers)
    if scope == "recurrence":
        found = [a for a in model.layers if a.rpartition(".")[2].startswith("rnn_")]
        if not found:
            raise InvalidInputError(
                f"{model.name} has no recurrent layers; the scope 'output' is the only one."
            )
        return found
    return [a for a in model.layers if not a.endswith(".rnn_cell")]


def _bases(
    model: TranslationModel, baseline: str, states: Mapping[str, Tensor]
) -> dict[str, Tensor]:
    if baseline == "zero":
        return {layer: torch.zeros_like(x) for layer, x in states.items()}
    found = {}
    for layer, x in states.items():
        known = model.statistics.moments(layer) if model.statistics is not None else None
        if known is not None:
            mean = torch.as_tensor(np.asarray(known[0]), dtype=x.dtype)
            found[layer] = mean.expand_as(x)
    if not found:
        raise MissingStatisticsError(
            "The baseline 'mean' needs means, and none are known of this model. Use 'zero' "
            "or a counterfactual sentence, or name a corpus like the text (--like; in Python "
            "model.statistics = neurox_core.ReferenceValues.measure(...))."
        )
    return found


def counterfactual_states(
    model: TranslationModel,
    objective: Objective,
    counterfactual: str,
    layers: Sequence[str],
    states: Mapping[str, Tensor],
) -> dict[str, Tensor]:
    """States in the run of another sentence, laid along those of the source.

    A position without a counterpart keeps its own state, so that nothing is changed there.
    """
    other = model.checked(counterfactual)
    if other.ids == objective.source.ids:
        raise InvalidInputError("The counterfactual sentence is the source itself.")
    count = len(objective.targets)
    run = model.forward([other] * count, objective.targets, capture=layers)
    pairs = matched(objective.source, other)
    found = {}
    for layer, own in states.items():
        base = own.clone()
        theirs = run.activations[layer].cpu()[: own.shape[0]]
        if layer.startswith("encoder."):
            base[:, [a for a, _ in pairs]] = theirs[:, [b for _, b in pairs]]
        elif model.source_stack == "decoder":  # A prompt, and behind it the same output.
            ends = len(objective.source.ids), len(other.ids)
            behind = range(min(own.shape[1] - ends[0], theirs.shape[1] - ends[1]))
            every = [*pairs, *((ends[0] + i, ends[1] + i) for i in behind)]
            base[:, [a for a, _ in every]] = theirs[:, [b for _, b in every]]
        else:
            base = theirs[:, : own.shape[1]].clone()
        found[layer] = base
    return found


def matched(one: Tokens, other: Tokens) -> list[tuple[int, int]]:
    """Positions of two texts that correspond: a common beginning and end, and an equal middle."""
    a, b = one.ids, other.ids
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    end = 0
    while end < min(len(a), len(b)) - start and a[-1 - end] == b[-1 - end]:
        end += 1
    found = [(i, i) for i in range(start)]
    if len(a) == len(b):
        found += [(i, i) for i in range(start, len(a) - end)]
    return found + [(len(a) - i, len(b) - i) for i in range(end, 0, -1)]


def put(
    name: str, bases: Mapping[str, Tensor], baseline: str, scope: str, row: int = 0
) -> Intervention:
    """The real intervention that the estimate for one neuron is about, for one of the outputs."""
    if baseline != "counterfactual":
        return Intervention([name], baseline, scope=scope)
    layer, _, unit = name[:-1].partition("[")
    # A source is read once; behind a word's first piece a decoder reads what each output has.
    found = bases[layer]
    values = found[min(row, len(found) - 1), :, int(unit)].tolist()
    return Intervention(
        [name], "patch", scope=scope, positions=range(len(values)), values=[[v] for v in values]
    )


def correlation(verified: Sequence[Mapping[str, Any]]) -> float | None:
    """Pearson correlation of estimated and real effects; None for fewer than three."""
    x = np.array([v["estimate"] for v in verified], np.float64)
    y = np.array([v["effect"] for v in verified], np.float64)
    if len(x) < 3 or x.std() == 0 or y.std() == 0:
        return None
    return float(np.corrcoef(x, y)[0, 1])
