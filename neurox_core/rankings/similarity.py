"""How alike the layers of one model or of two are: linear CKA (Kornblith et al. 2019).

With centred activations X and Y of two layers on the same rows,

    CKA(X, Y) = |X'Y|^2 / (|X'X| |Y'Y|)

in Frobenius norms: 1 if one is the other turned and scaled, 0 if nothing is shared. The products
come batch by batch out of one pass and are those of all rows together, not means over batches.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from ..activations.store import ActivationStore
from ..errors import CancelledError, InvalidInputError
from .correlation import Correlations, correlate
from .inputs import Given, collect
from .sample import Progress
from .source import ArraySource, Source, StoreSource

Layered = ActivationStore | Mapping[str, NDArray[np.floating]]


@dataclass(frozen=True)
class LayerSimilarity:
    """Linear CKA of every layer of one model with every layer of another, or of the same.

    Attributes
    ----------
    rows, columns : tuple of str
        Layer addresses.
    values : array (rows, columns) of float64
        0 to 1; NaN where a layer never changes.
    tokens : int
        Rows of activations compared.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: NDArray[np.float64]
    tokens: int

    def to_json(self) -> dict[str, Any]:
        """Lists and numbers; None for NaN."""
        cells = [[None if np.isnan(v) else float(v) for v in row] for row in self.values]
        return {"rows": list(self.rows), "columns": list(self.columns), "values": cells,
                "tokens": self.tokens}  # fmt: skip


def layer_similarity(
    a: Layered,
    b: Layered | None = None,
    *,
    layers: Sequence[str] | None = None,
    other_layers: Sequence[str] | None = None,
    words: str = "last",
    on_progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> LayerSimilarity:
    """Linear CKA between layers.

    Parameters
    ----------
    a, b : ActivationStore, or mapping of str to array (rows, units)
        Without `b` the layers of `a` are compared with one another. Of one store, rows are tokens;
        of two stores, the words that both models have.
    layers, other_layers : sequence of str, optional
        Which of them, of one stack; by default all of the first stack.
    words : {"last", "first", "mean"}
        Which of its tokens stand for a word.
    on_progress : callable, optional
        Called with rows done, all rows, a message and None.
    cancelled : callable, optional
        Returns True when the work should stop.

    Returns
    -------
    LayerSimilarity

    Raises
    ------
    InvalidInputError
        If rows do not fit, or both stacks are asked for at once.
    CancelledError
    """
    first, second = _sources(a, b, layers, other_layers, words)
    sources = [*first.values(), *second.values()]
    count = len(first)
    across = [(i, j) for i in range(count) for j in range(count, len(sources))]
    within = [(i, j) for i in range(count) for j in range(i, count)]
    own = [(i, i) for i in range(len(sources))]

    def report(done: int, total: int, message: str) -> None:
        if cancelled is not None and cancelled():
            raise CancelledError("The comparison was cancelled; nothing was changed.")
        if on_progress is not None:
            on_progress(done, total, message, None)

    report(0, 1, "Comparing layers")
    found = correlate(sources, dict.fromkeys([*own, *(across if second else within)]), report)
    names = tuple(first)
    others = tuple(second) or names
    offset = count if second else 0
    values = np.array(
        [[_cka(found, i, offset + j) for j in range(len(others))] for i in range(count)]
    )
    return LayerSimilarity(names, others, values, found.rows)


def _cka(found: Correlations, i: int, j: int) -> float:
    i, j = min(i, j), max(i, j)
    whole = np.sqrt(_square(found, i, i)) * np.sqrt(_square(found, j, j))
    if not whole > 0:
        return float("nan")
    return float(np.clip(round(_square(found, i, j) / whole, found.digits), 0.0, 1.0))


def _square(found: Correlations, i: int, j: int) -> float:
    """Squared Frobenius norm of a covariance matrix, deviations brought near 1."""
    left, right = (found.deviations[k] / (found.deviations[k].max() or 1.0) for k in (i, j))
    squares = np.square(found.matrices[i, j], dtype=np.float64)
    return float(np.square(left) @ squares @ np.square(right))


def _sources(
    a: Layered,
    b: Layered | None,
    layers: Sequence[str] | None,
    others: Sequence[str] | None,
    words: str,
) -> tuple[dict[str, Source], dict[str, Source]]:
    """A source for each layer, all on the same rows."""
    if isinstance(a, ActivationStore) and (b is None or isinstance(b, ActivationStore)):
        return _of_stores(a, b, layers, others, words)
    if isinstance(a, ActivationStore) or isinstance(b, ActivationStore):
        raise InvalidInputError("A store is compared with a store, arrays with arrays.")
    return _of_arrays(a, layers), {} if b is None else _of_arrays(b, others)


def _of_stores(
    a: ActivationStore,
    b: ActivationStore | None,
    layers: Sequence[str] | None,
    others: Sequence[str] | None,
    words: str,
) -> tuple[dict[str, Source], dict[str, Source]]:
    stack = (layers[0] if layers else next(iter(a.layers))).partition(".")[0]
    chosen = list(layers or [x for x in a.layers if x.startswith(f"{stack}.")])
    if strange := next((x for x in chosen if x.partition(".")[0] != stack), None):
        raise InvalidInputError(
            f"{chosen[0]} and {strange} cannot be compared: encoder and decoder read different "
            "texts, so their rows are not the same tokens. Name layers of one stack in `layers`, "
            "only of the encoder or only of the decoder."
        )
    if b is None:
        source = cast(StoreSource, collect((), a, None, None, chosen, words).source)
        return {x: source.only([x]) for x in chosen}, {}
    inputs = collect(("others", "words"), a, None, cast(Given, b), chosen, words)
    source, other = cast(StoreSource, inputs.source), cast(StoreSource, inputs.others[0])
    named = list(others or [x for x, _ in other.layers or ()])
    if any(x.partition(".")[0] != stack for x in named):
        raise InvalidInputError(
            f"Layers of one {stack} can be compared with those of another {stack} only: name such "
            "layers in `other_layers`."
        )
    return {x: source.only([x]) for x in chosen}, {x: other.only([x]) for x in named}


def _of_arrays(
    given: Mapping[str, NDArray[np.floating]], layers: Sequence[str] | None
) -> dict[str, Source]:
    if not given:
        raise InvalidInputError("Give at least one layer's activations.")
    missing = [name for name in layers or () if name not in given]
    if missing:
        raise InvalidInputError(f"There is no layer {missing[0]!r}; there are: {', '.join(given)}.")
    return {str(name): ArraySource.of(given[name]) for name in layers or given}
