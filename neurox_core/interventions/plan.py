"""Interventions made ready for one batch: each row its own, all rows in one tensor operation.

Every operation is affine in the activation: ``zero`` is 0*x + 0, ``mean`` 0*x + mean, ``set``
0*x + v, ``add`` x + v, ``scale`` v*x. A list of interventions on one site therefore composes into a
factor and a shift for each row and unit, applied to the whole site by one fused multiply-add, whose
cost hardly depends on how many neurons are edited. Rows and units that nobody edits have factor 1
and shift 0, which leaves them as they were. Interventions limited to positions become stages of
their own, with a mask over absolute positions; so do those whose value differs from position to
position (``resample`` and ``patch``), and those of a decoder that hold at some written words. See
:mod:`.stages` and :mod:`.written`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import torch
from torch import Tensor

from ..addresses import Neuron
from ..errors import InvalidInputError, UnknownAddressError
from .amounts import Amounts, Moments
from .intervention import Intervention
from .stages import Affine, Patch, Resample, Stage, allowed
from .written import Spell, Words, Written

_WRITTEN = "written, "


class Plan:
    """Compiled interventions of a batch; implements :class:`neurox_core.models.taps.Editor`.

    Parameters
    ----------
    rows : sequence of sequences of Intervention
        The interventions of each row of the request, in the order they apply.
    sites : mapping of str to int
        The model's layer addresses and widths.
    statistics : Moments, optional
        Needed by ``mean`` and by values in sigma.
    spell : callable, optional
        A translation model's ``detokenize``, for edits at words that its decoder writes.

    Raises
    ------
    UnknownAddressError
        If a neuron is not one of the model's.
    MissingStatisticsError
        If means are needed and there are none.
    """

    def __init__(
        self,
        rows: Sequence[Sequence[Intervention]],
        sites: Mapping[str, int],
        statistics: Moments | None = None,
        dtype: torch.dtype = torch.float32,
        device: torch.device | str = "cpu",
        spell: Spell | None = None,
    ) -> None:
        # By scope, then by layer: a decode asks for every site at every step.
        self._stages: dict[str, dict[str, list[Stage]]] = {"output": {}, "recurrence": {}}
        self._last: dict[tuple[str, str, int], int] = {}
        self._sites, self._amounts = sites, Amounts(statistics)
        settings, which = _distinct(rows)
        self._count, self._device = len(settings), torch.device(device)
        self._words = None if spell is None else Words(spell)
        self.reads = False
        for row, interventions in enumerate(settings):
            for intervention in interventions:
                self._add(row, intervention)
        index = torch.tensor(which, dtype=torch.int64) if len(settings) < len(rows) else None
        for layers in self._stages.values():
            for layer, stages in layers.items():
                layers[layer] = [stage.ready(index, dtype, self._device) for stage in stages]

    def __bool__(self) -> bool:
        """Whether anything is edited at all."""
        return any(self._stages.values())

    @property
    def addresses(self) -> set[tuple[str, str]]:
        """Layer addresses that any row is edited at, with the scope."""
        return {(layer, scope) for scope, some in self._stages.items() for layer in some}

    def touches(self, address: str, scope: str) -> bool:
        """Whether any row is edited at this address and scope."""
        return address in self._stages[scope]

    def apply(
        self, address: str, scope: str, x: Tensor, start: int, rows: Tensor | None,
        read: Tensor | None = None,
    ) -> Tensor:  # fmt: skip
        """Edit `x` (batch, positions, width), whose first position is `start`; a new tensor.

        ``read`` (batch, positions from 0 on) is what the decoder reads, if :attr:`reads` asks it.
        """
        for stage in self._stages[scope][address]:
            if isinstance(stage, Written):
                assert read is not None and self._words is not None
                x = stage.apply_to(x, start, rows, self._words.of(read, start, x.shape[1]))
            else:
                x = stage.apply(x, start, rows)
        return x

    def _add(self, row: int, intervention: Intervention) -> None:
        if intervention.where is not None and not self._condition(intervention):
            raise InvalidInputError(
                f"{intervention.where.to_dict()} is not yet a list of positions; "
                "neurox_core.interventions.placed makes it one for a given text."
            )
        by_layer: dict[str, list[tuple[int, int]]] = {}
        for place, name in enumerate(intervention.neurons):
            layer, unit = self._resolve(name)
            by_layer.setdefault(layer, []).append((place, unit))
        for layer, members in by_layer.items():
            site = layer.rpartition(".")[2]
            scope = intervention.scope if site.startswith("rnn_") else "output"
            key = (layer, "recurrence" if site == "rnn_cell" else scope)
            places, units = [p for p, _ in members], [u for _, u in members]
            if intervention.operation == "resample":
                self._add_resample(key, row, intervention, units)
            elif intervention.operation == "patch":
                self._add_patch(key, row, intervention, places, units)
            else:
                self._add_affine(key, row, intervention, units)

    def _add_affine(
        self, key: tuple[str, str], row: int, intervention: Intervention, units: list[int]
    ) -> None:
        somewhere = intervention.positions is not None
        kind = "somewhere" if somewhere else "everywhere"
        stage = self._limited(key, row, kind, intervention)
        assert isinstance(stage, Affine)
        if intervention.positions is not None:
            stage.allow(row, intervention.positions)
        stage.compose(row, units, *self._amounts.affine(intervention, key[0], units))

    def _add_resample(
        self, key: tuple[str, str], row: int, intervention: Intervention, units: list[int]
    ) -> None:
        somewhere = intervention.positions is not None
        kind = "resample somewhere" if somewhere else "resample"
        stage = self._limited(key, row, kind, intervention)
        assert isinstance(stage, Resample)
        # Neighbouring seeds begin far apart (Knuth's multiplicative hash).
        stage.offset[row] = intervention.seed * 2654435761 % 2**32 % len(stage.table)
        stage.on[row, units] = True
        if stage.mask is not None and intervention.positions is not None:
            stage.mask = allowed(stage.mask, row, intervention.positions)

    def _add_patch(
        self,
        key: tuple[str, str],
        row: int,
        intervention: Intervention,
        places: list[int],
        units: list[int],
    ) -> None:
        stage = self._stage(key, row, "patch")
        assert isinstance(stage, Patch)
        values = torch.tensor(intervention.values, dtype=torch.float32)
        positions = intervention.positions or ()
        stage.put(row, positions, units, values.reshape(len(positions), -1)[:, places])

    def _resolve(self, name: str) -> tuple[str, int]:
        layer, unit = _split(name)
        if layer not in self._sites:
            raise UnknownAddressError(name, list(self._sites))
        width = self._sites[layer]
        if unit >= width:
            raise UnknownAddressError(
                name, [f"{layer}[{width - 1}]"], f"{layer} has {width} units, 0 to {width - 1}"
            )
        return layer, unit

    def _condition(self, intervention: Intervention) -> bool:
        """Whether its ``where`` can be asked of what a decoder writes."""
        where = intervention.where
        if self._words is None or where is None or where.label:
            return False
        held = all(name.startswith("decoder.") for name in intervention.neurons)
        self.reads = self.reads or held
        return held

    def _limited(
        self, key: tuple[str, str], row: int, kind: str, intervention: Intervention
    ) -> Stage:
        """The stage to fill: within one that tests words, if the intervention has a ``where``."""
        if intervention.where is None:
            return self._stage(key, row, kind)
        outer = self._stage(key, row, f"{_WRITTEN}{kind}")
        assert isinstance(outer, Written)
        outer.conditions[row] = intervention.where
        return outer.inner

    def _stage(self, key: tuple[str, str], row: int, kind: str) -> Stage:
        """The stage an intervention goes into, shared with other rows where order allows.

        Stages apply in turn, so a row may only use the stage it used last, or a later one. It may
        use its last stage again only if that holds everywhere: there maps compose. Other stages
        take one intervention of a row.
        """
        stages = self._stages[key[1]].setdefault(key[0], [])
        last = self._last.get((*key, row), -1)
        for index in range(max(last, 0) if kind == "everywhere" else last + 1, len(stages)):
            if stages[index].kind == kind:
                break
        else:
            index = len(stages)
            stages.append(self._blank(key[0], kind))
        self._last[(*key, row)] = index
        return stages[index]

    def _blank(self, layer: str, kind: str) -> Stage:
        """A stage that changes nothing, on the CPU while it is filled."""
        count, width = self._count, self._sites[layer]
        if kind.startswith(_WRITTEN):
            return Written(self._blank(layer, kind.removeprefix(_WRITTEN)), [None] * count, kind)

        def flags(*shape: int) -> Tensor:
            return torch.zeros(*shape, dtype=torch.bool)

        mask = flags(count, 0) if kind.endswith("somewhere") else None
        if kind in ("everywhere", "somewhere"):
            return Affine.blank(count, width, mask)
        if kind == "patch":
            return Patch(torch.zeros(count, 0, width), flags(count, 0, width))
        offsets = torch.zeros(count, dtype=torch.int64)
        return Resample(self._amounts.samples(layer), offsets, flags(count, width), mask, kind)


def _distinct(
    rows: Sequence[Sequence[Intervention]],
) -> tuple[list[Sequence[Intervention]], list[int]]:
    """The settings that differ, and which of them each row has.

    A batch under one setting names the same interventions in every row; they are compiled once.
    """
    settings: list[Sequence[Intervention]] = []
    numbers: dict[tuple[int, ...], int] = {}
    which: list[int] = []
    for row in rows:
        number = numbers.setdefault(tuple(map(id, row)), len(settings))
        if number == len(settings):
            settings.append(row)
        which.append(number)
    return settings, which


@lru_cache(maxsize=65536)
def _split(name: str) -> tuple[str, int]:
    """Layer and unit of an address; a curve asks for the same ones thousands of times."""
    neuron = Neuron.parse(name)
    return str(neuron.layer), neuron.unit
