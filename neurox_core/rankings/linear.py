"""Regression and canonical correlation, from correlation matrices alone.

Neither needs the activations again: what a linear model can explain, and which directions two
models share, is all in the correlations within and between them. What is below the precision of the
matrices is left out: neurons that follow from others, and components without variance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.linalg.lapack import dpstrf

Floats = NDArray[np.float64]
Matrix = NDArray[np.floating]

BLOCK = 512
SINGLE = 1e-5
"""Eigenvalues below this share of the largest are left to double precision."""


@dataclass(frozen=True)
class Directions:
    """Canonical directions of the first of two sets of columns, most correlated first.

    Attributes
    ----------
    coefficients : array (all directions,)
        Canonical correlations, 0 to 1.
    weights : array (columns, directions)
        A direction is the sum of its weights times the centred columns; it has variance 1.
    loadings : array (columns, directions)
        Correlations of the columns with the directions; NaN for constant columns.
    components : (int, int)
        Principal components kept of each set.
    """

    coefficients: Floats
    weights: Floats
    loadings: Floats
    components: tuple[int, int]


@dataclass(frozen=True)
class Components:
    """The span of some principal components of a set of columns, with a basis of variance 1.

    Attributes
    ----------
    white : array (columns, components)
        The basis: sums of so much of each column, uncorrelated and of variance 1.
    loads : array (columns, components)
        Covariances of the columns with the basis.
    variances : array (components,)
        Of the principal components, largest first.
    """

    white: Floats
    loads: Floats
    variances: Floats


def noise(columns: int, digits: int) -> float:
    """Eigenvalues of a correlation matrix that cannot be told from zero.

    Rounding of the entries moves eigenvalues by about its size times the root of their number.
    """
    return float(10.0 ** (-digits) * np.sqrt(columns) * (1.0 if digits < 8 else 0.01))


def unexplained(
    within: Matrix, across: Matrix, digits: int, ridge: float = 0.0
) -> tuple[Floats, int]:
    """Share of each column's variance that a linear regression on other columns leaves.

    Parameters
    ----------
    within : array (predictors, predictors)
        Correlations of the predictors; rows of zeros for constant ones.
    across : array (columns, predictors)
        Correlations of the columns to be predicted with the predictors.
    digits : int
        Decimals of the correlations that can be relied on.
    ridge : float
        Added to the diagonal. The error is that of the fit so found, on the same rows.

    Returns
    -------
    array (columns,)
        1 - R^2, that is the mean squared error for standardised columns; 0 to 1.
    int
        Independent predictors.
    """
    limit = noise(len(within), digits)
    if not ridge:
        return _independent(within, across, 10 * limit)
    square = torch.from_numpy(within.astype(np.float64))
    square.diagonal().add_(ridge)
    factor, failed = torch.linalg.cholesky_ex(square)
    if not failed and bool((factor.diagonal().square() > 100 * limit).all()):
        left = _left(across, factor, None, ridge)
        return left, len(within)
    square.diagonal().sub_(ridge)
    values, vectors = torch.linalg.eigh(square)
    kept = values > limit
    left = _left(across, vectors[:, kept], values[kept] + ridge, ridge)
    return left, int(kept.sum())


def _independent(within: Matrix, across: Matrix, limit: float) -> tuple[Floats, int]:
    """Regression on as many predictors as do not follow from the others.

    Pivoted Cholesky takes the predictor of which the others say least next, until what is left of
    each is below the limit; the fit is that of the pseudo-inverse, without its eigenvectors.
    """
    square = np.asfortranarray(within.astype(np.float64))
    factor, pivots, rank, _ = dpstrf(square, tol=limit, lower=1, overwrite_a=True)
    basis = torch.from_numpy(np.tril(factor[:rank, :rank]))
    return _left(across[:, pivots[:rank] - 1], basis, None, 0.0), int(rank)


def _left(across: Matrix, basis: torch.Tensor, values: torch.Tensor | None, ridge: float) -> Floats:
    """1 - 2 c'w + w'Rw with w = (R + ridge)^-1 c, that is 1 - c'w - ridge w'w, of each row c.

    Parameters
    ----------
    basis, values
        Cholesky factor of R + ridge and None, or its eigenvectors and eigenvalues.
    """
    found = np.empty(len(across))
    for first in range(0, len(across), BLOCK):
        target = torch.from_numpy(across[first : first + BLOCK].astype(np.float64)).T
        if values is None:
            part = torch.linalg.solve_triangular(basis, target, upper=False)
            left = 1.0 - part.square().sum(0)
            if ridge:
                part = torch.linalg.solve_triangular(basis.T, part, upper=True)
                left -= ridge * part.square().sum(0)
        else:
            part = (basis.T @ target).square()
            left = 1.0 - (part / values[:, None]).sum(0)
            left -= ridge * (part / values.square()[:, None]).sum(0)
        found[first : first + BLOCK] = left.numpy()
    return np.clip(found, 0.0, 1.0)


def components(within: Matrix, deviations: Floats, share: float, digits: int) -> Components:
    """The principal components that together reach a share of the variance.

    Eigenvectors of correlations in single precision are computed in single precision too, which
    takes half the time, unless components are kept that it cannot tell from noise. The basis is
    then made white in double precision, so that only the span itself is that of single precision.

    Parameters
    ----------
    within : array (columns, columns)
        Correlations.
    deviations : array (columns,)
        What to scale the columns by; ones for standardised columns.
    share : float
        0 to 1; as many components are kept as are needed to reach it.
    """
    scale = deviations / (deviations.max() or 1.0)
    square = within.astype(np.float64)
    square *= scale[:, None]
    square *= scale[None, :]
    least = noise(len(square), digits) * float(np.square(scale).mean())
    if within.dtype == np.float32:
        values, vectors = _eigen(square, np.float32)
        count = _enough(values, share, least)
        if values[count - 1] > SINGLE * values[0]:
            return _whitened(square, vectors[:, :count], values[:count])
    values, vectors = _eigen(square, np.float64)
    count = _enough(values, share, least)
    roots = np.sqrt(values[:count])
    return Components(vectors[:, :count] / roots, vectors[:, :count] * roots, values[:count])


def _eigen(square: Floats, dtype: type[np.floating]) -> tuple[Floats, Floats]:
    """Eigenvalues and eigenvectors, largest first, computed in a precision."""
    found = torch.linalg.eigh(torch.from_numpy(square.astype(dtype, copy=False)))
    values, vectors = (part.double().numpy() for part in found)
    return values[::-1], vectors[:, ::-1]


def _enough(values: Floats, share: float, least: float) -> int:
    """How many of the eigenvalues reach a share of their sum; those up to `least` count as 0."""
    real = max(int((values > least).sum()), 1)
    reached = np.cumsum(values[:real]) / values[:real].sum()
    return min(int(np.searchsorted(reached, share * (1 - 1e-12))) + 1, real)


def _whitened(square: Floats, vectors: Floats, variances: Floats) -> Components:
    """A white basis of the span of `vectors`, by the Cholesky factor of its covariances."""
    basis, whole = torch.from_numpy(vectors.copy()), torch.from_numpy(square)
    product = whole @ basis
    factor = torch.linalg.cholesky(basis.T @ product)
    white, loads = (
        torch.linalg.solve_triangular(factor, part.T, upper=False).T.numpy()
        for part in (basis, product)
    )
    return Components(white, loads, variances)


def canonical(
    across: Matrix, scales: tuple[Floats, Floats], a: Components, b: Components, keep: int
) -> Directions:
    """Canonical correlation analysis of the principal components of two sets of columns.

    Parameters
    ----------
    across : array (columns, other columns)
        Correlations.
    scales : (array, array)
        The deviations that :func:`components` was given, of each set.
    a, b : Components
    keep : int
        Directions to return, at most.
    """
    left, right = (s / (s.max() or 1.0) for s in scales)
    middle = (a.white * left[:, None]).T @ across.astype(np.float64, copy=False)
    middle = middle @ (b.white * right[:, None])
    # Singular values and left vectors; much quicker than the whole decomposition, and good to the
    # root of the precision where a correlation is near 0.
    squares, turned = (v.numpy() for v in torch.linalg.eigh(torch.from_numpy(middle @ middle.T)))
    count = min(middle.shape)
    values = np.sqrt(np.clip(squares[::-1][:count], 0.0, 1.0))
    turned = turned[:, ::-1][:, : min(keep, count)]
    loadings = a.loads @ turned
    with np.errstate(invalid="ignore", divide="ignore"):
        loadings /= np.where(left > 0, left, np.nan)[:, None]
    # A direction's sign means nothing; its strongest neuron is given a positive one.
    strongest = np.nanargmax(np.abs(loadings).round(9), axis=0)
    sign = np.where(loadings[strongest, np.arange(loadings.shape[1])] < 0, -1.0, 1.0)
    weights = a.white @ turned * sign / (scales[0].max() or 1.0)
    return Directions(values, weights, loadings * sign, (len(a.variances), len(b.variances)))
