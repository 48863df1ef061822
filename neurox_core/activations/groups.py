"""Rows in groups: sums over each, and how much of a variance lies between them.

Sums are in float32, of values about their mean and of at most 128 at a time; those parts are added
up in float64.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_PART = 128


class Groups:
    """Rows put into groups, to tell how much of a variance lies between them.

    Parameters
    ----------
    order : array of int32
        The rows, group after group.
    counts : array of int64
        Rows of each group.
    """

    def __init__(self, order: NDArray[np.int32], counts: NDArray[np.int64]) -> None:
        self.order, self.counts = order, counts
        starts = np.cumsum(self.counts) - self.counts
        # Long groups are summed in parts.
        parts = -(-self.counts // _PART)
        firsts = np.cumsum(parts) - parts
        within = np.arange(parts.sum()) - np.repeat(firsts, parts)
        offsets = np.repeat(starts, parts) + within * _PART
        self._offsets = torch.from_numpy(offsets.astype(np.int32))
        self._firsts = torch.from_numpy(firsts)
        self._long = np.flatnonzero(parts > 1)
        counts = parts[self._long]
        begins = np.cumsum(counts) - counts
        of_long = np.repeat(firsts[self._long] - begins, counts) + np.arange(counts.sum())
        self._of_long, self._long_starts = torch.from_numpy(of_long), torch.from_numpy(begins)
        self._members = torch.from_numpy(self.order)

    @classmethod
    def of(cls, labels: NDArray[np.integer], rows: NDArray[np.integer] | None = None) -> Groups:
        """Groups in the order of their labels.

        Parameters
        ----------
        labels : array of int
            Group of each row.
        rows : array of int, optional
            The rows that `labels` are about; by default the first, second and so on.
        """
        # Row numbers in four bytes: at millions of rows this is most of the memory in use.
        order = np.argsort(labels, kind="stable").astype(np.int32)
        counts = np.unique(labels, return_counts=True)[1]
        return cls(order if rows is None else rows[order].astype(np.int32), counts)

    @property
    def chance(self) -> float:
        """Share of a random variable's variance that lies between the groups, in expectation."""
        return chance(len(self.counts), len(self.order))

    def sums(self, values: torch.Tensor) -> torch.Tensor:
        """Sums over each group, (groups, units), of values (all rows, units) about a mean."""
        # A bag of embeddings is a sum over listed rows, and has the fastest kernel for it.
        parts = torch.nn.functional.embedding_bag(self._members, values, self._offsets, mode="sum")
        if not len(self._long):
            return parts
        found = parts[self._firsts]
        several = parts[self._of_long].double()
        every = torch.arange(len(several))
        whole = torch.nn.functional.embedding_bag(every, several, self._long_starts, mode="sum")
        found[torch.from_numpy(self._long)] = whole.to(found.dtype)
        return found

    def shares(self, sums: torch.Tensor, squares: Floats) -> Floats:
        """What :func:`shares` says of the groups' sums."""
        return shares(sums, self.counts, squares)


def shares(sums: torch.Tensor, counts: NDArray[np.int64], squares: Floats) -> Floats:
    """1 - E[Var(x | group)] / Var(x) of each unit, NaN where there is no variance.

    The part of the total sum of squares that lies between groups is the sum of S_g^2 / n_g.

    Parameters
    ----------
    sums : tensor (groups, units)
        Sums of a centred x.
    counts : array (groups,)
        Members of each group.
    squares : array (units,)
        Sums of squares of x.
    """
    weights = torch.from_numpy(1.0 / counts).to(sums.dtype)
    between = (weights @ (sums * sums)).double().numpy()
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(squares > 0, np.minimum(between / squares, 1.0), np.nan)


def chance(groups: int, rows: int) -> float:
    """Share of a random variable's variance that lies between groups, in expectation."""
    return (groups - 1) / (rows - 1) if rows > 1 else float("nan")
