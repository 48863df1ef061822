"""From a linear probe's weights to an order of neurons.

Dalvi et al. 2019 call salient for a label the smallest set of neurons that holds a share p of the
sum of the label's |weights|; overall salient are the union of the labels' sets, and neurons are
listed by the least p that lets them in, for p = 0, 1/100, ... 1. That least p needs no steps: with
a label's weights in descending size, a neuron is in its set when the mass before it is less than
p (the first one always). So the mass before a neuron is its *level* for the label, its overall
level is the least of the labels', and the order by level passes through the published sets at
every p. Within a set the published order is that of the numbers; here it is by level. Weights of 0,
which the published list never reaches, have level 1 and stand last; labels without any weight have
no say.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def levels(weights: NDArray[np.floating]) -> Floats:
    """Share of each label's mass that stands before each neuron.

    Parameters
    ----------
    weights : array (labels, neurons)

    Returns
    -------
    array (labels, neurons) of float64
        From 0 to 1; 1 for weights of 0.
    """
    size = np.abs(np.asarray(weights, np.float64))
    found = np.zeros_like(size)
    # A label after the other: each fits into the cache.
    for row, level in zip(size, found, strict=True):
        order = _descending(row)
        mass = row[order].cumsum()
        if mass[-1] > 0:
            level[order[1:]] = mass[:-1] / mass[-1]
    found[size == 0] = 1.0
    return found


def _descending(row: Floats) -> NDArray[np.int64]:
    """Numbers of the largest first, ties by number; no value is negative."""
    single = row.astype(np.float32)
    if not np.array_equal(single, row):
        return np.argsort(-row, kind="stable")
    # Value and number in one integer: several times faster than an indirect sort.
    keys = (np.int32(0x7FFFFFFF) - single.view(np.int32)).astype(np.int64)
    keys <<= 32
    keys |= np.arange(len(keys))
    keys.sort()
    keys &= 0xFFFFFFFF
    return keys


def ordering(weights: NDArray[np.floating]) -> tuple[NDArray[np.int64], Floats]:
    """All neurons by overall level, and the levels.

    Neurons of equal level (the first of each label) stand by their largest share of a label's
    mass, then by number.

    Parameters
    ----------
    weights : array (labels, neurons)

    Returns
    -------
    order : array (neurons,) of int64
    level : array (neurons,) of float64
    """
    size = np.abs(np.asarray(weights, np.float64))
    level = levels(size).min(0)
    total = size.sum(1, keepdims=True)
    share = np.divide(size, total, out=np.zeros_like(size), where=total > 0).max(0)
    order = np.lexsort((-share, level))
    return order.astype(np.int64), level


def salient(weights: NDArray[np.floating], mass: float) -> NDArray[np.int64]:
    """Neurons of the published set at a share of the mass, in order."""
    order, level = ordering(weights)
    inside = (level < mass) | (level == 0)
    found: NDArray[np.int64] = order[inside[order]]
    return found
