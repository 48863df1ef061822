"""What a plan does to one site: stages that apply one after the other.

A stage holds the edits of all rows that can be done in one tensor operation. Rows that it does not
concern pass through it unchanged. Positions are absolute; a mask says False past its end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


class Stage(Protocol):
    """One step of the edits of a site."""

    @property
    def kind(self) -> str:
        """What other edits may share it."""

    def apply(self, x: Tensor, start: int, rows: Tensor | None) -> Tensor:
        """Edit `x` (batch, positions, width), whose first position is `start`."""

    def ready(self, index: Tensor | None, dtype: torch.dtype, device: torch.device) -> Stage:
        """The filled stage, of rows that each do as the row that `index` names (None: itself)."""


@dataclass
class Affine:
    """A map of a site, and where it holds.

    ``maps`` is (2, rows, width): what the units of each row are multiplied by, and what is added.
    ``mask`` is (rows, positions), bool; None holds everywhere.
    """

    maps: Tensor
    mask: Tensor | None = None
    _numbers: NDArray[np.float32] | None = None  # The maps while they are filled.
    _order: Tensor | None = None
    _ordered: tuple[Tensor, Tensor] | None = None  # With an axis for positions.

    @classmethod
    def blank(cls, rows: int, width: int, mask: Tensor | None) -> Affine:
        """A map that changes nothing, on the CPU while it is filled."""
        numbers = np.zeros((2, rows, width), dtype=np.float32)
        numbers[0] = 1.0
        return cls(torch.from_numpy(numbers), mask, numbers)

    @property
    def kind(self) -> str:
        """What other edits may share it."""
        return "everywhere" if self.mask is None else "somewhere"

    def compose(
        self, row: int, units: Sequence[int], factor: float, shift: NDArray[np.floating] | float
    ) -> None:
        """Let another map act on what this one leaves of some units of a row."""
        # NumPy sets a few numbers in a tenth of torch's time, and with an array in half of that.
        places = np.array(units, dtype=np.intp)
        assert self._numbers is not None
        factors, shifts = self._numbers[:, row]
        shifts[places] = shifts[places] * factor + shift
        factors[places] *= factor

    def allow(self, row: int, positions: Sequence[int]) -> None:
        """Let a row be edited at some positions."""
        assert self.mask is not None
        self.mask = allowed(self.mask, row, positions)

    def apply(self, x: Tensor, start: int, rows: Tensor | None) -> Tensor:
        """Edit `x`."""
        if self._ordered is None or self._order is not rows:
            # A decoder asks for one order many times.
            maps = self.maps if rows is None else self.maps[:, rows]
            self._order, self._ordered = rows, (maps[0].unsqueeze(1), maps[1].unsqueeze(1))
        factor, shift = self._ordered
        edited = torch.addcmul(shift, x, factor)
        if self.mask is None:
            return edited
        return torch.where(window(self.mask, start, x.shape[1], rows).unsqueeze(-1), edited, x)

    def ready(self, index: Tensor | None, dtype: torch.dtype, device: torch.device) -> Affine:
        """The same for other rows."""
        mask = None if self.mask is None else _of(self.mask, index).to(device)
        maps = self.maps
        if index is not None:
            maps = maps.expand(2, len(index), -1) if maps.shape[1] == 1 else maps[:, index]
        return Affine(maps.to(device, dtype), mask)


@dataclass
class Resample:
    """Values of random other tokens.

    ``table`` is (tokens, width) in random order. A row takes at position t the token ``offset[row]
    + t``, counted in a circle, for the units that are ``on`` (rows, width).
    """

    table: Tensor
    offset: Tensor
    on: Tensor
    mask: Tensor | None
    kind: str = "resample"

    def apply(self, x: Tensor, start: int, rows: Tensor | None) -> Tensor:
        """Edit `x`."""
        offset = self.offset if rows is None else self.offset[rows]
        on = (self.on if rows is None else self.on[rows]).unsqueeze(1)
        places = torch.arange(start, start + x.shape[1], device=x.device)
        values = self.table[(offset.unsqueeze(1) + places) % len(self.table)]
        if self.mask is not None:
            on = on & window(self.mask, start, x.shape[1], rows).unsqueeze(-1)
        return torch.where(on, values, x)

    def ready(self, index: Tensor | None, dtype: torch.dtype, device: torch.device) -> Resample:
        """The same for other rows."""
        mask = None if self.mask is None else _of(self.mask, index).to(device)
        offset, on = (_of(x, index).to(device) for x in (self.offset, self.on))
        return Resample(self.table.to(device, dtype), offset, on, mask, self.kind)


@dataclass
class Patch:
    """Values from another run: `values` and where they are `on`, (rows, positions, width)."""

    values: Tensor
    on: Tensor
    kind: str = "patch"

    def put(self, row: int, positions: Sequence[int], units: Sequence[int], values: Tensor) -> None:
        """Let a row have `values` (positions, units)."""
        short = max(positions, default=-1) + 1 - self.on.shape[1]
        if short > 0:
            self.values = torch.nn.functional.pad(self.values, (0, 0, 0, short))
            self.on = torch.nn.functional.pad(self.on, (0, 0, 0, short))
        places = torch.tensor(list(positions), dtype=torch.int64).unsqueeze(1)
        self.values[row, places, list(units)] = values
        self.on[row, places, list(units)] = True

    def apply(self, x: Tensor, start: int, rows: Tensor | None) -> Tensor:
        """Edit `x`."""
        on, values = self.on[:, start : start + x.shape[1]], self.values
        values = values[:, start : start + x.shape[1]]
        if rows is not None:
            on, values = on[rows], values[rows]
        edited = torch.where(on, values, x[:, : on.shape[1]])
        return torch.cat([edited, x[:, on.shape[1] :]], dim=1)

    def ready(self, index: Tensor | None, dtype: torch.dtype, device: torch.device) -> Patch:
        """The same for other rows."""
        return Patch(_of(self.values, index).to(device, dtype), _of(self.on, index).to(device))


def _of(rows: Tensor, index: Tensor | None) -> Tensor:
    """Rows at an index; a view if there is but one row to name."""
    if index is None:
        return rows
    return rows.expand(len(index), *rows.shape[1:]) if len(rows) == 1 else rows[index]


def allowed(mask: Tensor, row: int, positions: Sequence[int]) -> Tensor:
    """A mask (rows, positions), grown if need be, that is also True for a row at some positions."""
    short = max(positions, default=-1) + 1 - mask.shape[1]
    if short > 0:
        mask = torch.nn.functional.pad(mask, (0, short))
    mask[row, list(positions)] = True
    return mask


def window(mask: Tensor, start: int, length: int, rows: Tensor | None) -> Tensor:
    """A mask's part from `start`, (batch, length), False where it has ended."""
    here = mask.new_zeros(mask.shape[0], length)
    known = mask[:, start : start + length]
    here[:, : known.shape[1]] = known
    return here if rows is None else here[rows]
