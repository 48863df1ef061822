"""Regression and canonical correlation, from correlation matrices alone.

Neither needs the activations again: what a linear model can explain, and which directions two
models share, is all in the correlations within and between them. Directions whose variance is
below what the matrices' precision can tell from zero are left out, which is the pseudo-inverse.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError, cho_factor, cho_solve, eigh

Floats = NDArray[np.float64]
Matrix = NDArray[np.floating]

BLOCK = 512


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
    """Principal components of a set of columns.

    Attributes
    ----------
    vectors : array (columns, components)
    variances : array (components,)
        Largest first.
    """

    vectors: Floats
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
    square = within.astype(np.float64)
    square.flat[:: len(square) + 1] += ridge
    try:
        factor = cho_factor(square, lower=True, overwrite_a=True, check_finite=False)
        usable = bool((np.square(np.diag(factor[0])) > 100 * limit).all())
    except LinAlgError:
        usable = False
    found = np.empty(len(across))
    if usable:
        for first in range(0, len(across), BLOCK):
            target = across[first : first + BLOCK].T.astype(np.float64)
            weights = cho_solve(factor, target, check_finite=False)
            left = 1.0 - (target * weights).sum(0) - ridge * np.square(weights).sum(0)
            found[first : first + BLOCK] = left
        return np.clip(found, 0.0, 1.0), len(within)
    values, vectors = eigh(within.astype(np.float64), overwrite_a=True, check_finite=False)
    kept = values > limit
    values, vectors = values[kept] + ridge, vectors[:, kept]
    for first in range(0, len(across), BLOCK):
        part = np.square(across[first : first + BLOCK].astype(np.float64) @ vectors)
        found[first : first + BLOCK] = (
            1.0 - part @ (1.0 / values) - ridge * (part @ (1.0 / np.square(values)))
        )
    return np.clip(found, 0.0, 1.0), int(kept.sum())


def components(within: Matrix, deviations: Floats, share: float, digits: int) -> Components:
    """The principal components that together reach a share of the variance.

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
    square = within.astype(np.float64) * scale[:, None] * scale[None, :]
    values, vectors = eigh(square, overwrite_a=True, check_finite=False)
    values, vectors = values[::-1], vectors[:, ::-1]
    real = int((values > noise(len(values), digits) * np.square(scale).mean()).sum())
    reached = np.cumsum(values[:real]) / values[:real].sum()
    count = min(int(np.searchsorted(reached, share * (1 - 1e-12))) + 1, real)
    return Components(vectors[:, :count], values[:count])


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
    white_a = a.vectors / np.sqrt(a.variances)
    white_b = b.vectors / np.sqrt(b.variances)
    middle = (white_a * left[:, None]).T @ across.astype(np.float64, copy=False)
    turned, values, _ = np.linalg.svd(middle @ (white_b * right[:, None]), full_matrices=False)
    turned = turned[:, :keep]
    loadings = (a.vectors * np.sqrt(a.variances)) @ turned
    with np.errstate(invalid="ignore", divide="ignore"):
        loadings /= np.where(left > 0, left, np.nan)[:, None]
    # A direction's sign means nothing; its strongest neuron is given a positive one.
    strongest = np.nanargmax(np.abs(loadings).round(9), axis=0)
    sign = np.where(loadings[strongest, np.arange(loadings.shape[1])] < 0, -1.0, 1.0)
    weights = white_a @ turned * sign / (scales[0].max() or 1.0)
    return Directions(
        np.clip(values, 0.0, 1.0), weights, loadings * sign,
        (len(a.variances), len(b.variances)),
    )  # fmt: skip
