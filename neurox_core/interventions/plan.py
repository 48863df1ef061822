"""Interventions made ready for one batch: each row its own, all rows in one tensor operation.

Every operation is affine in the activation: ``zero`` is 0*x + 0, ``mean`` 0*x + mean, ``set``
0*x + v, ``add`` x + v, ``scale`` v*x. A list of interventions on one site therefore composes into a
factor and a shift for each row and unit, applied to the whole site by one fused multiply-add, whose
cost hardly depends on how many neurons are edited. Rows and units that nobody edits have factor 1
and shift 0, which leaves them as they were. Interventions limited to positions become stages of
their own, with a mask over absolute positions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from numpy.typing import ArrayLike
from torch import Tensor

from ..addresses import Neuron
from ..errors import MissingStatisticsError, UnknownAddressError
from .intervention import Intervention


class Moments(Protocol):
    """Where a plan finds a neuron's mean and standard deviation."""

    def moments(self, layer: str) -> tuple[ArrayLike, ArrayLike] | None:
        """Means and standard deviations of a layer's units, or None if unknown."""


@dataclass
class _Stage:
    """One affine map of a site: factor and shift (rows, width), and where it holds.

    ``mask`` is (rows, positions), bool; None holds everywhere. Positions past its end are False.
    """

    factor: Tensor
    shift: Tensor
    mask: Tensor | None = None
    _order: Tensor | None = None
    _ordered: tuple[Tensor, Tensor] | None = None

    def allow(self, row: int, positions: Sequence[int]) -> None:
        """Let a row be edited at some positions."""
        assert self.mask is not None
        short = max(positions, default=-1) + 1 - self.mask.shape[1]
        if short > 0:
            self.mask = torch.nn.functional.pad(self.mask, (0, short))
        self.mask[row, list(positions)] = True

    def apply(self, x: Tensor, start: int, rows: Tensor | None) -> Tensor:
        factor, shift = self._in_order(rows)
        edited = torch.addcmul(shift.unsqueeze(1), x, factor.unsqueeze(1))
        if self.mask is None:
            return edited
        here = x.new_zeros(self.mask.shape[0], x.shape[1], dtype=torch.bool)
        known = self.mask[:, start : start + x.shape[1]]
        here[:, : known.shape[1]] = known
        if rows is not None:
            here = here[rows]
        return torch.where(here.unsqueeze(-1), edited, x)

    def _in_order(self, rows: Tensor | None) -> tuple[Tensor, Tensor]:
        """Factor and shift of the batch's rows; a decoder asks for one order many times."""
        if rows is None:
            return self.factor, self.shift
        if self._ordered is None or self._order is not rows:
            self._order, self._ordered = rows, (self.factor[rows], self.shift[rows])
        return self._ordered


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
    ) -> None:
        self._stages: dict[tuple[str, str], list[_Stage]] = {}
        self._last: dict[tuple[str, str, int], int] = {}
        self._sites, self._statistics = sites, statistics
        self._count, self._dtype, self._device = len(rows), dtype, torch.device(device)
        for row, interventions in enumerate(rows):
            for intervention in interventions:
                self._add(row, intervention)

    def __bool__(self) -> bool:
        """Whether anything is edited at all."""
        return bool(self._stages)

    def touches(self, address: str, scope: str) -> bool:
        """Whether any row is edited at this address and scope."""
        return (address, scope) in self._stages

    def apply(self, address: str, scope: str, x: Tensor, start: int, rows: Tensor | None) -> Tensor:
        """Edit `x` (batch, positions, width), whose first position is `start`; a new tensor."""
        for stage in self._stages[address, scope]:
            x = stage.apply(x, start, rows)
        return x

    def _add(self, row: int, intervention: Intervention) -> None:
        by_layer: dict[str, list[int]] = {}
        for name in intervention.neurons:
            layer, unit = self._resolve(name)
            by_layer.setdefault(layer, []).append(unit)
        for layer, units in by_layer.items():
            site = layer.rpartition(".")[2]
            scope = intervention.scope if site.startswith("rnn_") else "output"
            stage = self._stage(
                layer,
                "recurrence" if site == "rnn_cell" else scope,
                row,
                intervention.positions,
            )
            factor, shift = self._affine(intervention, layer, units)
            # Later interventions act on what earlier ones left.
            stage.shift[row, units] = stage.shift[row, units] * factor + shift
            stage.factor[row, units] *= factor

    def _resolve(self, name: str) -> tuple[str, int]:
        neuron = Neuron.parse(name)
        layer = str(neuron.layer)
        if layer not in self._sites:
            raise UnknownAddressError(name, list(self._sites))
        width = self._sites[layer]
        if neuron.unit >= width:
            raise UnknownAddressError(
                name, [f"{layer}[{width - 1}]"], f"{layer} has {width} units, 0 to {width - 1}"
            )
        return layer, neuron.unit

    def _stage(self, layer: str, scope: str, row: int, positions: tuple[int, ...] | None) -> _Stage:
        """The stage an intervention goes into, shared with other rows where order allows.

        Stages apply in turn, so a row may only use the stage it used last, or a later one. It may
        use its last stage again only if that holds everywhere: there maps compose. A masked stage
        takes one intervention of a row.
        """
        stages = self._stages.setdefault((layer, scope), [])
        last = self._last.get((layer, scope, row), -1)
        everywhere = positions is None
        for index in range(max(last, 0) if everywhere else last + 1, len(stages)):
            if (stages[index].mask is None) == everywhere:
                break
        else:
            index = len(stages)
            stages.append(self._blank(self._sites[layer], masked=not everywhere))
        self._last[layer, scope, row] = index
        if positions is not None:
            stages[index].allow(row, positions)
        return stages[index]

    def _blank(self, width: int, masked: bool) -> _Stage:
        """A stage that changes nothing."""
        device = self._device
        return _Stage(
            torch.ones(self._count, width, dtype=self._dtype, device=device),
            torch.zeros(self._count, width, dtype=self._dtype, device=device),
            torch.zeros(self._count, 0, dtype=torch.bool, device=device) if masked else None,
        )

    def _affine(
        self, intervention: Intervention, layer: str, units: list[int]
    ) -> tuple[float, Tensor | float]:
        """Factor and shift of one intervention on some units of one layer."""
        operation, value = intervention.operation, intervention.value
        if operation == "zero":
            return 0.0, 0.0
        if operation == "scale":
            return value, 0.0
        if operation != "mean" and intervention.unit == "raw":
            return (1.0 if operation == "add" else 0.0), value
        mean, deviation = self._moments(layer, units, intervention)
        if operation == "mean":
            return 0.0, mean
        if operation == "set":
            return 0.0, mean + value * deviation
        return 1.0, value * deviation

    def _moments(
        self, layer: str, units: list[int], intervention: Intervention
    ) -> tuple[Tensor, Tensor]:
        found = self._statistics.moments(layer) if self._statistics is not None else None
        if found is None:
            need = "operation 'mean'" if intervention.operation == "mean" else "a value in sigma"
            raise MissingStatisticsError(
                f"{need} needs the mean and deviation of {layer}, which are not known yet. Extract "
                "its activations and pass their statistics, or give a raw value."
            )
        mean, deviation = (
            torch.as_tensor(v, dtype=self._dtype, device=self._device) for v in found
        )
        return mean[units], deviation[units]
