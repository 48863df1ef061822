"""From marked text to neurons: which tell the marked tokens from all the others.

A store keeps mean and deviation of every neuron over its tokens, so only the marked tokens have to
be read: the mean of the others follows. Neurons are ordered by the size of the difference of the
two means in standard deviations of all tokens. For the first few, whose columns are then read, the
area under the ROC curve tells how well the neuron parts the two without any assumption on its
distribution.
"""

from __future__ import annotations

import hashlib
from typing import cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..activations.layout import TOKEN_CHUNK
from ..activations.store import ActivationStore
from ..corpora.labelling import Labelling
from ..errors import InvalidInputError
from .inputs import Given, _addresses, _of_one_stack, _widths
from .ranked import Ranked
from .ranking import Layers, Ranking, ordered
from .source import ArraySource, Source, StoreSource

Longs = NDArray[np.int64]
Floats = NDArray[np.float64]


def marked(
    activations: Given,
    rows: ArrayLike,
    *,
    stack: str | None = None,
    layers: list[str] | Layers | None = None,
    unit: str = "words",
    best: int = 20,
) -> Ranking:
    """Neurons that tell some tokens from the rest.

    Parameters
    ----------
    activations : array (tokens, neurons), floating, or ActivationStore
    rows : array of bool or of int
        What is marked: one truth value for each row of the array, or for each word (or token) of
        the stack; or the numbers of those that are.
    stack : str, optional
        Whose words are marked, in a store; by default that of the layers, or the first recorded.
    layers : sequence of str, or of (str, int), optional
        As in :func:`.registry.rank`.
    unit : {"words", "tokens"}
        What `rows` are about, in a store; all tokens of a marked word are marked. Special tokens
        do not count.
    best : int
        For how many neurons the area under the curve is computed.

    Returns
    -------
    Ranking
        Named ``marked``. Scores are the sizes of ``difference``, which `details` hold with
        ``direction`` (1 where the neuron is high on the marked tokens, -1 where it is low),
        ``marked_mean``, ``rest_mean``, ``marked_rows``, ``rows``, and ``best`` and ``auc``: the
        first neurons, and the area of each; below 0.5 if it is low on the marked tokens.

    Raises
    ------
    InvalidInputError
        If nothing or everything is marked, or the rows are not those of the activations.
    UnknownAddressError

    Examples
    --------
    >>> x = np.array([[0.0, 1.0], [0.1, 5.0], [-0.1, 1.5], [0.0, 5.5]])
    >>> marked(x, [1, 3]).order
    array([1, 0])
    """
    if unit not in ("words", "tokens"):
        raise InvalidInputError(f"unit is words or tokens, not {unit!r}.")
    if isinstance(activations, ActivationStore):
        source: Source = StoreSource(
            activations, _of_one_stack(activations, _addresses(layers), stack)
        )
        chosen = _tokens(activations, cast(StoreSource, source).stacks[0], rows, unit)
    else:
        source = ArraySource.of(activations, _widths(layers))
        chosen = _checked(rows, source.height, "row")
    picked = np.flatnonzero(chosen)
    if not 0 < len(picked) < len(chosen):
        many = "Everything" if len(picked) else "Nothing"
        raise InvalidInputError(f"{many} is marked; mark some of the {len(chosen)} tokens.")
    mean, deviation = _moments(source)
    inside = _mean(source, picked)
    count, own = len(chosen), len(picked)
    outside = (count * mean - own * inside) / (count - own)
    with np.errstate(invalid="ignore", divide="ignore"):
        difference = np.where(deviation > 0, (inside - outside) / deviation, np.nan)
    scores = np.abs(difference)
    order = ordered(scores)
    first = order[: max(0, best)][~np.isnan(scores[order[: max(0, best)]])]
    details: dict[str, object] = {
        "difference": difference, "direction": np.where(difference < 0, -1, 1).astype(np.int8),
        "marked_mean": inside, "rest_mean": outside, "marked_rows": own, "rows": count,
        "best": first, "auc": _areas(source, first, chosen),
    }  # fmt: skip
    digest = hashlib.sha256(picked.astype("<i8").tobytes()).hexdigest()[:12]
    signature = f"ranking:marked|marked:{own}.{digest}|tokens:{count}|{source.origin}"
    return Ranking("marked", order, scores, source.layers, {"best": best}, signature, {}, details)


def _tokens(store: ActivationStore, stack: str, rows: ArrayLike, unit: str) -> NDArray[np.bool_]:
    """Which of the stack's tokens (special ones left out) are marked."""
    special = store.tokens(stack).special
    if unit == "tokens":
        return _checked(rows, int((~special).sum()), "token")
    table = store.words(stack)
    words = _checked(rows, len(table), "word")
    found = np.zeros(len(special) + 1, np.int64)
    np.add.at(found, table.first[words], 1)
    np.add.at(found, table.last[words], -1)
    return np.asarray((np.cumsum(found)[:-1] > 0)[~special])


def _checked(rows: ArrayLike, count: int, what: str) -> NDArray[np.bool_]:
    given = np.asarray(rows)
    if given.dtype == np.bool_:
        if given.shape != (count,):
            raise InvalidInputError(f"There are {count} {what}s; the marks have {given.shape}.")
        return given
    numbers = given if given.size else given.astype(np.int64)
    if numbers.ndim != 1 or numbers.dtype.kind not in "iu":
        raise InvalidInputError(f"Marks are a truth value for each {what}, or numbers of {what}s.")
    if len(numbers) and not (numbers.min() >= 0 and numbers.max() < count):
        raise InvalidInputError(f"There are {what}s 0 to {count - 1}; a marked one is outside.")
    found = np.zeros(count, bool)
    found[numbers] = True
    return found


def _moments(source: Source) -> tuple[Floats, Floats]:
    """Mean and deviation of every neuron; 0 for those that never change."""
    if isinstance(source, StoreSource):
        known = source.statistics()
        return known.mean, np.where(known.constant, 0.0, known.deviation)
    mean, deviation = np.empty((2, source.neurons))
    for first, values in source.blocks():
        some = slice(first, first + values.shape[1])
        block = values.astype(np.float64)
        mean[some] = block.mean(0)
        deviation[some] = np.where(block.min(0) < block.max(0), block.std(0), 0.0)
    return mean, deviation


def _mean(source: Source, picked: Longs) -> Floats:
    """Mean of some rows, those of one chunk of a store at a time."""
    part = source.take(picked)
    total = np.zeros(source.neurons)
    edges = np.flatnonzero(np.diff(picked // TOKEN_CHUNK)) + 1
    for first, last in zip([0, *edges], [*edges, len(picked)], strict=True):
        total += part.rows(int(first), int(last)).sum(0, dtype=np.float64)
    return total / len(picked)


def _areas(source: Source, neurons: Longs, chosen: NDArray[np.bool_]) -> Floats:
    """Area under the curve of each neuron."""
    if not len(neurons):
        return np.zeros(0)
    columns = [_column(source, int(neuron)) for neuron in neurons]
    labels = Labelling.of(chosen)
    return Ranked.of(np.stack(columns, axis=1)).grouped(labels).areas()[:, 1]


def _column(source: Source, neuron: int) -> NDArray[np.floating]:
    if not isinstance(source, StoreSource):
        return source.rows(0, source.height)[:, neuron]
    for address, width in source.layers or ():
        if neuron < width:
            return source.store.neuron(f"{address}[{neuron}]")
        neuron -= width
    raise InvalidInputError("There is no such neuron.")
