"""States of one sentence's run, put into another's: a patch as interventions that can be kept.

:func:`.comparing.compare_runs` shows what each layer and position of a counterfactual sentence's
run carries over. What it tries there is made here: some cells of its map (a layer, or one neuron,
at one position or at all that have a counterpart) become interventions with the operation
``patch``, which any sentence can then be translated under. Their positions are those of the
sentence that was compared, and they hold at the same positions of every other.

A decoder's states are those that it has while it reads what stands before the word where the two
translations part; at later positions nothing is patched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from torch import Tensor

from ..addresses import Neuron
from ..errors import InvalidInputError
from ..models.base import TranslationModel
from ..models.tokens import words_of
from ..models.unknown import unknown_text
from .attribution import counterfactual_states, matched
from .intervention import Intervention
from .objective import Objective


@dataclass(frozen=True)
class Cell:
    """A layer or a neuron, at one position or (None) at all that have a counterpart."""

    address: str
    position: int | None = None

    @property
    def layer(self) -> str:
        """The layer's address."""
        return self.address.partition("[")[0]


@dataclass(frozen=True)
class TwoRuns:
    """A sentence, its counterfactual, and the word where their translations part.

    Attributes
    ----------
    objective, other : Objective
        The measure in the run of each sentence, over the same outputs.
    translations : tuple of str
    place : int
        Which word of the first translation it is.
    value, other_value : float
        The measure in the two clean runs.
    reads : str
        The stack that reads the source; a language model's decoder reads it and its own words.
    """

    objective: Objective
    other: Objective
    translations: tuple[str, str]
    place: int
    value: float
    other_value: float
    reads: str = "encoder"

    @classmethod
    def of(
        cls, model: TranslationModel, source: str, counterfactual: str, beams: int = 1
    ) -> TwoRuns:
        """Translate both, by a search of so many beams, and find where they part.

        Raises
        ------
        InvalidInputError
            If both are translated alike: there is no difference to explain.
        """
        one, two = (t.text for t in model.translate([source, counterfactual], beams=beams))
        place, alternative = _parting(one, two)
        mine = Objective.of(model, source, one, place, alternative)
        theirs = Objective(
            model.checked(counterfactual), mine.targets, mine.places, mine.word, mine.alternative,
            mine.prefix,
        )  # fmt: skip
        value, other_value = mine.values(model, [[]])[0], theirs.values(model, [[]])[0]
        if abs(other_value - value) < 1e-6:
            raise InvalidInputError("The counterfactual sentence makes no difference to this word.")
        reads = model.source_stack
        return cls(mine, theirs, (one, two), place, value, other_value, reads)

    def states(self, model: TranslationModel, layers: Sequence[str]) -> dict[str, Tensor]:
        """The other run's states, (positions, width), laid along the sentence's own."""
        targets = self.objective.targets
        run = model.forward([self.objective.source] * len(targets), targets, capture=layers)
        own = {layer: x.cpu() for layer, x in run.activations.items()}
        text = self.other.source.text
        found = counterfactual_states(model, self.objective, text, layers, own)
        return {layer: states[0] for layer, states in found.items()}

    def places(self, layer: str) -> list[int]:
        """Positions of a layer that can be patched."""
        written = range(self.objective.places[0][0] + 1)
        if not layer.startswith(f"{self.reads}."):
            return list(written)
        found = [i for i, _ in matched(self.objective.source, self.other.source)]
        if self.reads == "decoder":  # What it has written stands behind the prompt.
            found += [len(self.objective.source.ids) + i for i in written[:-1]]
        return found

    def length(self, layer: str) -> int:
        """Positions of a layer that are read before the word."""
        read = len(self.objective.source.ids)
        written = self.objective.places[0][0]
        if not layer.startswith(f"{self.reads}."):
            return written + 1
        return read + written if self.reads == "decoder" else read

    def consumed(self, model: TranslationModel) -> list[str]:
        """Pieces that the decoder reads before the word."""
        target = self.objective.targets[0].pieces[: self.objective.places[0][0]]
        if self.reads == "decoder":
            return [*self.objective.source.pieces, *target]
        return [*model.pieces([model.start_id]), *target]

    def recovered(self, measure: float) -> float:
        """How much of the difference a measure has: 0 nothing, 1 all."""
        return (measure - self.value) / (self.other_value - self.value)


@dataclass(frozen=True)
class KeptPatch:
    """Cells as interventions, and what they do together.

    Attributes
    ----------
    recovered : float
        The part of the difference between the two runs that they carry over.
    before, after : str
        The sentence's translation without and with them, freely decoded.
    warnings : list of str
        What the model has no pieces for.
    """

    interventions: list[Intervention]
    recovered: float
    before: str
    after: str
    warnings: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "interventions": [i.to_dict() for i in self.interventions],
            "recovered": self.recovered, "before": self.before, "after": self.after,
            "warnings": self.warnings,
        }  # fmt: skip


def patch_from(
    model: TranslationModel,
    source: str,
    counterfactual: str,
    cells: Sequence[Cell | str | tuple[str, int | None]],
    *,
    scope: str = "output",
    beams: int = 1,
) -> KeptPatch:
    """Make interventions of some cells of the comparison of two runs, and try them.

    Parameters
    ----------
    cells : sequence of Cell, str or (str, int or None)
        Addresses of layers or neurons, each with a position or without: all.
    scope : {"output", "recurrence"}
    beams : int
        Of the search that translates both sentences, and this one under the patch; 1 is greedy.

    Returns
    -------
    KeptPatch
        One intervention for each layer or neuron that is named.

    Raises
    ------
    InvalidInputError, UnknownAddressError
        If both sentences are translated alike, or a cell has no counterpart.

    Examples
    --------
    ``patch_from(model, "He is tired.", "She is tired.", [("encoder.1.rnn_hidden", 0)])``
    """
    wanted = [_cell(one) for one in cells]
    if not wanted:
        raise InvalidInputError("Name at least one layer or neuron to patch.")
    layers = list(dict.fromkeys(cell.layer for cell in wanted))
    model.check_layers(layers)
    names = {cell.address: _names(model, cell) for cell in wanted}
    runs = TwoRuns.of(model, source, counterfactual, beams)
    states = runs.states(model, layers)
    chosen: dict[str, set[int]] = {}
    for cell in wanted:
        chosen.setdefault(cell.address, set()).update(_positions(runs, cell))
    edits = [
        _short(patched(names[address], states[address.partition("[")[0]], sorted(places), scope))
        for address, places in chosen.items()
    ]
    measure = runs.objective.values(model, [edits])[0]
    after = model.translate([source], edits, beams)[0].text
    told = unknown_text(model, [source, counterfactual])
    return KeptPatch(edits, runs.recovered(measure), runs.translations[0], after, told)


def patched(
    names: Sequence[str], states: Tensor, places: Sequence[int], scope: str
) -> Intervention:
    """Put states (positions, width) of a layer into some of its neurons at some positions."""
    units = [Neuron.parse(name).unit for name in names]
    rows = states[list(places)][:, units].float().tolist()
    return Intervention(names, "patch", positions=places, values=rows, scope=scope)


def _short(edit: Intervention) -> Intervention:
    """The same with the fewest decimals that still say the same float32: to be written down."""
    rows = np.array(edit.values, dtype=np.float32)
    return replace(edit, values=tuple(tuple(float(str(x)) for x in row) for row in rows))


def _cell(one: Cell | str | tuple[str, int | None]) -> Cell:
    if isinstance(one, Cell):
        return one
    return Cell(one) if isinstance(one, str) else Cell(*one)


def _names(model: TranslationModel, cell: Cell) -> list[str]:
    """The neurons of a cell; UnknownAddressError if it names none of the model's."""
    if cell.address == cell.layer:
        return [f"{cell.layer}[{unit}]" for unit in range(model.sites[cell.layer])]
    model.plan([[Intervention([cell.address], "zero")]])
    return [cell.address]


def _positions(runs: TwoRuns, cell: Cell) -> list[int]:
    places = runs.places(cell.layer)
    if cell.position is None:
        return places
    if cell.position not in places:
        known = ", ".join(map(str, places)) or "none"
        raise InvalidInputError(
            f"Position {cell.position} of {cell.layer} has no counterpart in "
            f"{runs.other.source.text!r}; those that have one are {known}."
        )
    return [cell.position]


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
