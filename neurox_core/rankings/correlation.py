"""Correlations between the columns of several sources, all in one pass over their rows.

Rows come a batch at a time. Each batch is centred about its own means, so that large offsets cost
no digits, and is multiplied; what the batches' means contribute is added at the end (Chan, Golub
and LeVeque 1979), with what rounding left of the batch means taken off. Small problems are computed
in float64. Large ones are multiplied in float32, at the speed of the matrix product, and are good
to 1e-5; :attr:`Correlations.digits` says to how many decimals results may be told apart.

Memory is bounded by the matrices asked for (4 bytes a pair of columns where it matters) and a batch
of :data:`BATCH_BYTES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray

from ..errors import InvalidInputError
from .sample import Sample
from .source import Source

BATCH_BYTES = 1 << 25
"""Size of a batch of rows of all sources together, in float32."""

STRIP = 256
"""Columns whose products with themselves and all later ones are computed at once."""

EXACT = 2e9
"""Multiplications up to which float64 is used; about a second."""

Floats = NDArray[np.float64]
Report = Callable[[int, int, str], None]
Largest = Callable[[int], Floats]
"""Largest absolute correlation of each column of source 0 with a source's, so far."""


@dataclass(frozen=True)
class Correlations:
    """Correlations of the columns of some sources, and what is known of each column.

    Attributes
    ----------
    rows : int
    digits : int
        Decimals of a correlation that can be relied on.
    means, deviations : tuple of array of float64
        Of the columns of each source; population deviations.
    constant : tuple of array of bool
        Columns that never change; their correlations are 0.
    matrices : dict of (int, int) to array
        Correlations of the columns of two sources, float32 or float64.
    """

    rows: int
    digits: int
    means: tuple[Floats, ...]
    deviations: tuple[Floats, ...]
    constant: tuple[NDArray[np.bool_], ...]
    matrices: dict[tuple[int, int], NDArray[np.floating]]

    def need_variation(self, names: Sequence[str]) -> None:
        """InvalidInputError if all columns of a source are constant."""
        for name, constant in zip(names, self.constant, strict=True):
            if constant.all():
                raise InvalidInputError(
                    f"No neuron of {name} changes over the {self.rows} rows; nothing can be "
                    "compared with it. Take more text or other layers."
                )


def correlate(
    sources: Sequence[Source],
    pairs: Iterable[tuple[int, int]],
    report: Report = lambda done, total, message: None,
    columns: Sequence[NDArray[np.int64] | None] | None = None,
    watch: Callable[[int, int, Largest], None] | None = None,
) -> Correlations:
    """Pearson correlations (population moments) of the columns of pairs of sources.

    Parameters
    ----------
    sources : sequence of Source
        On the same rows.
    pairs : iterable of (int, int)
        Numbers of sources; twice the same for the correlations within one.
    report : callable
        Called with rows done, all rows and a message after each batch; may raise to stop.
    columns : sequence of array of int64 or None, optional
        Which columns of each source to look at; all if missing.
    watch : callable, optional
        Called each time that the rows done have doubled, with rows done, all rows, and a function
        that gives the largest correlations over these rows. It takes no second matrix.

    Raises
    ------
    InvalidInputError
        If the sources have different numbers of rows.
    """
    rows = sources[0].height
    if any(source.height != rows for source in sources):
        raise InvalidInputError("Only activations of the same rows can be correlated.")
    chosen = [None] * len(sources) if columns is None else list(columns)
    widths = [s.neurons if c is None else len(c) for s, c in zip(sources, chosen, strict=True)]
    wanted = list(pairs)
    exact = rows * sum(float(widths[i]) * widths[j] for i, j in wanted) <= EXACT
    dtype = torch.float64 if exact else torch.float32
    streams = [_Stream(s, c, dtype) for s, c in zip(sources, chosen, strict=True)]
    products = {(i, j): torch.zeros(widths[i], widths[j], dtype=dtype) for i, j in wanted}
    height, shown = batch_rows(sum(source.neurons for source in sources)), 0
    for first in range(0, rows, height):
        last = min(first + height, rows)
        batch = [stream.centred(first, last) for stream in streams]
        for (i, j), product in products.items():
            _add_product(product, batch[i], batch[j], i == j)
        report(last, rows, "Comparing neurons")
        if watch is not None and last >= 2 * shown and last < rows:
            shown = last
            watch(last, rows, partial(_largest, streams, products))
    for stream in streams:
        stream.finish()
    matrices = {
        (i, j): _normalized(product, streams[i], streams[j], i == j)
        for (i, j), product in products.items()
    }
    return Correlations(
        rows, 10 if exact else 6, tuple(s.mean for s in streams),
        tuple(s.deviation for s in streams), tuple(s.constant for s in streams),
        matrices,
    )  # fmt: skip


def batch_rows(width: int) -> int:
    """Rows of a batch of that many columns; never so few that the product is slow."""
    return int(min(max(BATCH_BYTES // (4 * width), 256), 8192))


def between_models(
    sample: Sample,
    within: bool,
    first_too: bool = False,
    watch: Callable[[int, int, Largest], None] | None = None,
) -> Correlations:
    """Correlations of the ranked neurons, source 0, with those of the other models, 1 and on.

    Parameters
    ----------
    within : bool
        Those inside each other model too.
    first_too : bool
        Those of the ranked neurons among themselves too.
    watch : callable, optional
        As for :func:`correlate`.
    """
    count = len(sample.others)
    pairs = [(0, i) for i in range(1, count + 1)]
    if within:
        pairs += [(i, i) for i in range(0 if first_too else 1, count + 1)]
    found = correlate([sample.source, *sample.others], pairs, sample.report, watch=watch)
    found.need_variation(["the ranked model", *sample.other_names])
    return found


def _largest(
    streams: Sequence[_Stream], products: dict[tuple[int, int], torch.Tensor], other: int
) -> Floats:
    """Largest correlation so far of each column of source 0, a strip of them at a time."""
    a, b = streams[0].so_far(), streams[other].so_far()
    product = products[0, other]
    found = np.empty(len(product))
    for first in range(0, len(product), STRIP):
        rows = slice(first, first + STRIP)
        strip = _normalized(product[rows].clone(), a.part(rows), b, False)
        found[rows] = np.abs(strip).max(1)
    return np.where(a.constant, np.nan, found)


class _Stream:
    """Batches of one source, centred, and all that is known of its columns so far."""

    def __init__(
        self, source: Source, columns: NDArray[np.int64] | None, dtype: torch.dtype
    ) -> None:
        self._source, self._columns, self._dtype = source, columns, dtype
        self._scale = _scale(source, columns, 1e6 if dtype == torch.float32 else 1e100)
        self._means: list[Floats] = []
        self._residues: list[Floats] = []
        self._counts: list[int] = []
        self._first: Floats | None = None
        self.squares = np.zeros(0)
        self.mean = np.zeros(0)
        self.deviation = np.zeros(0)
        self.constant = np.zeros(0, np.bool_)

    def centred(self, first: int, last: int) -> torch.Tensor:
        """Rows `first` to `last` - 1 less their means, in the dtype of the product."""
        x = self._read(first, last)
        ones, count = x.new_ones(len(x)), len(x)
        mean = torch.mv(x.T, ones) / count
        start = x[0].double().clone().numpy()
        centred = x.sub_(mean).to(self._dtype)
        residue = torch.mv(centred.T, ones.to(self._dtype)).double().numpy()
        squares = _squares(centred)
        center = mean.double().numpy()
        # Rounding of the mean must not make a constant vary.
        quiet = np.flatnonzero(squares <= count * np.square(3e-5 * center))
        still = quiet[(centred[:, quiet] == centred[0, quiet]).all(0).numpy()]
        centred[:, still] = 0
        residue[still], squares[still], center[still] = 0, 0, start[still]
        if self._first is None:
            self._first = start
            self.squares = np.zeros(len(start))
            self.constant = np.ones(len(start), np.bool_)
        flat = np.zeros(len(start), np.bool_)
        flat[still] = True
        self.constant &= flat & (start == self._first)
        self.squares += squares - np.square(residue) / count
        self._means.append(center + residue / count)
        self._residues.append(residue)
        self._counts.append(count)
        return centred

    def _read(self, first: int, last: int) -> torch.Tensor:
        values = self._source.rows(first, last)
        if self._columns is not None:
            values = values[:, self._columns]
        # Owned: what a caller passed is never written to.
        x = torch.from_numpy(np.require(values, requirements=["C", "W", "O"]))
        if x.dtype == torch.float16 or self._dtype == torch.float64:
            x = x.to(self._dtype)
        return x if self._scale is None else x * self._scale.to(x.dtype)

    def so_far(self) -> _Stream:
        """A copy that is finished with the rows that have come."""
        found = copy(self)
        found.squares, found.constant = self.squares.copy(), self.constant.copy()
        found.finish()
        return found

    def part(self, columns: slice) -> _Stream:
        """A finished stream's factors of some columns."""
        found = copy(self)
        found.between, found.residue = self.between[:, columns], self.residue[:, columns]
        found.inverse = self.inverse[columns]
        return found

    def finish(self) -> None:
        """Means and sums of squares over all batches."""
        counts = np.array(self._counts, np.float64)[:, None]
        means = np.stack(self._means)
        self.mean = (counts * means).sum(0) / counts.sum()
        self.mean[self.constant] = means[0, self.constant]
        #: What the batches' means and the residues of their rounding add to a product.
        self.between = np.sqrt(counts) * (means - self.mean)
        self.residue = np.stack(self._residues) / np.sqrt(counts)
        self.squares += np.square(self.between).sum(0)
        self.squares[self.constant] = 0
        self.constant |= ~(self.squares > 0)
        #: 1 / norm of the centred column, in the scale of the products.
        norms = np.sqrt(np.where(self.constant, 1.0, self.squares))
        self.inverse = np.where(self.constant, 0.0, 1.0 / norms)
        self.deviation = np.where(self.constant, 0.0, norms / np.sqrt(counts.sum()))
        if self._scale is not None:
            scale = self._scale.numpy()
            self.mean, self.deviation = self.mean / scale, self.deviation / scale


def _add_product(product: torch.Tensor, a: torch.Tensor, b: torch.Tensor, same: bool) -> None:
    """Add a'b; of a product with itself little more than the upper half."""
    if not same:
        product.addmm_(a.T, b)
        return
    for first in range(0, len(product), STRIP):
        rows = slice(first, first + STRIP)
        product[rows, first:].addmm_(a[:, rows].T, b[:, first:])


def _normalized(product: torch.Tensor, a: _Stream, b: _Stream, same: bool) -> NDArray[np.floating]:
    """Correlations out of a product of centred batches, in its memory."""

    def tensor(values: Floats) -> torch.Tensor:
        return torch.from_numpy(values).to(product.dtype)

    product.addmm_(tensor(a.between).T, tensor(b.between))
    product.addmm_(tensor(a.residue).T, tensor(b.residue), alpha=-1)
    product.mul_(tensor(a.inverse)[:, None]).mul_(tensor(b.inverse)[None, :])
    if same:
        for first in range(0, len(product), STRIP):
            rows, rest = slice(first, first + STRIP), slice(first + STRIP, None)
            product[rest, rows] = product[rows, rest].T
            block = product[rows, rows]
            block.copy_((block + block.T) / 2)
        product.diagonal().copy_(torch.from_numpy(~a.constant))
    product.clamp_(-1, 1)
    found: NDArray[np.floating] = product.numpy()
    return found


def _squares(x: torch.Tensor) -> Floats:
    """Sum of squares of each column; short stretches are added up in float64."""
    values, found = x.numpy(), np.zeros(x.shape[1])
    for first in range(0, len(values), 256):
        part = values[first : first + 256]
        found += np.einsum("ij,ij->j", part, part)
    return found


def _scale(source: Source, columns: NDArray[np.int64] | None, most: float) -> torch.Tensor | None:
    """Powers of two that bring all columns near 1, if any is beyond `most` or below 1 / `most`."""
    low, high = source.extent()
    reach = np.maximum(np.abs(low), np.abs(high))
    reach = reach if columns is None else reach[columns]
    if ((reach == 0) | ((reach > 1 / most) & (reach < most))).all():
        return None
    _, exponent = np.frexp(np.where(reach == 0, 1.0, reach))
    return torch.from_numpy(np.ldexp(1.0, -exponent.astype(np.int64)))
