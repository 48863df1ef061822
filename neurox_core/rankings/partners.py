"""Each neuron's best partner in every other model: the one that it correlates with most."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .analysis import Scored
from .correlation import Correlations, Largest, between_models
from .sample import Sample
from .source import Source

Details = dict[str, Any]


def best_correlations(
    sample: Sample, over: Callable[[NDArray[np.float64]], NDArray[np.float64]]
) -> tuple[NDArray[np.float64], Details]:
    """Largest \\|rho\\| of every neuron in each other model, and who that is.

    Parameters
    ----------
    sample : Sample
    over : callable
        Takes the (models, neurons) to the (neurons,) scores, for preliminary results.

    Returns
    -------
    array (models, neurons)
        NaN for a constant neuron.
    dict
        As :func:`partners` gives it.
    """

    def watch(done: int, rows: int, largest: Largest) -> None:
        def make() -> Scored:
            return Scored(over(np.stack([largest(i + 1) for i in range(len(sample.others))])))

        sample.preview(done, rows, "Comparing neurons", make, f"{done} of {rows} words")

    found = between_models(sample, within=False, watch=watch)
    details = partners(sample, found)
    best = np.abs(np.stack([entry["correlation"] for entry in details["partners"].values()]))
    return best, details


def partners(sample: Sample, found: Correlations) -> Details:
    """What a ranking shows of the best partners.

    Returns
    -------
    dict
        ``rows`` compared, and ``partners``: by model a dict of ``neuron`` (array (neurons,) of
        int64, columns of the other model, -1 for a constant neuron), ``correlation`` (array
        (neurons,) of float64, signed, rounded to the decimals that can be relied on) and
        ``address`` (list of addresses of those neurons, or None if the columns have no names).
    """
    entries = {
        name: _partner(found, number, other)
        for number, (name, other) in enumerate(
            zip(sample.other_names, sample.others, strict=True), start=1
        )
    }
    return {"rows": found.rows, "partners": entries}


def _partner(found: Correlations, number: int, other: Source) -> Mapping[str, object]:
    matrix, nothing = found.matrices[0, number], found.constant[0]
    index = np.empty(len(matrix), np.int64)
    for first in range(0, len(matrix), 256):  # without a second matrix of absolute values
        # Rounded, so that of copies the one with the lowest index is named.
        block = np.abs(matrix[first : first + 256]).round(found.digits)
        index[first : first + 256] = block.argmax(1)
    value = matrix[np.arange(len(matrix)), index].astype(np.float64).round(found.digits)
    value[nothing], index[nothing] = np.nan, -1
    names = None
    if other.layers is not None:
        listed = [f"{address}[{unit}]" for address, width in other.layers for unit in range(width)]
        names = [None if i < 0 else listed[i] for i in index.tolist()]
    return {"neuron": index, "correlation": value, "address": names}
