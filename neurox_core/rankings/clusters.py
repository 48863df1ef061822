"""Groups of neurons that say the same, and one that stands for each (Dalvi et al. 2020).

Neurons are clustered by 1 - |rho| with average linkage, so that a neuron and its mirror image are
alike. Of each cluster the neuron that is closest to all others of it stands for them (the paper
takes one at random).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage

Longs = NDArray[np.int64]


@dataclass(frozen=True)
class Clusters:
    """Clusters of columns, the largest first.

    Attributes
    ----------
    number : array (columns,) of int64
    representatives : array (clusters,) of int64
        The column that stands for each cluster.
    sizes : array (clusters,) of int64
    similarity : array (columns,) of float64
        |rho| of each column with the one that stands for it.
    """

    number: Longs
    representatives: Longs
    sizes: Longs
    similarity: NDArray[np.float64]


def cluster(
    correlations: NDArray[np.floating],
    threshold: float,
    weight: NDArray[np.float64],
    digits: int = 10,
) -> Clusters:
    """Cluster columns by their correlations.

    Parameters
    ----------
    correlations : array (columns, columns)
        Symmetric. It is overwritten with its absolute values, rounded.
    threshold : float
        Clusters are merged while the mean of 1 - |rho| between them is at most this.
    weight : array (columns,)
        Of equally central columns the one with the largest weight represents; then the first.
    digits : int
        Decimals of a correlation that can be relied on.
    """
    alike = np.abs(correlations, out=correlations)
    np.round(alike, digits, out=alike)
    if len(alike) == 1:
        found = np.ones(1, np.int64)
    else:
        found = fcluster(linkage(_distances(alike), "average"), threshold + 1e-12, "distance")
    members = np.split(np.argsort(found, kind="stable"), np.cumsum(np.bincount(found)[1:])[:-1])
    chosen = [_representative(alike, group, weight, digits) for group in members]
    sizes = np.array([len(group) for group in members])
    # Numbered by size, then by weight of the neuron that represents, so that the neurons' order
    # plays no part.
    order = np.lexsort((np.array(chosen), -weight[chosen], -sizes))
    number = np.empty(len(alike), np.int64)
    for new, old in enumerate(order):
        number[members[old]] = new
    representatives = np.array(chosen, np.int64)[order]
    similarity = alike[np.arange(len(alike)), representatives[number]].astype(np.float64)
    return Clusters(number, representatives, sizes[order], similarity)


def _distances(alike: NDArray[np.floating]) -> NDArray[np.float64]:
    """1 - |rho| above the diagonal, row after row."""
    count = len(alike)
    found, start = np.empty(count * (count - 1) // 2), 0
    for row in range(count - 1):
        end = start + count - row - 1
        found[start:end] = 1.0 - alike[row, row + 1 :]
        start = end
    return found


def _representative(
    alike: NDArray[np.floating], group: Longs, weight: NDArray[np.float64], digits: int
) -> int:
    mean = alike[np.ix_(group, group)].mean(1).astype(np.float64).round(digits - 1)
    return int(group[np.lexsort((group, -weight[group], -mean))[0]])
