"""From what a caller passes to what an analysis works on.

Arrays stand for themselves, row by row. Of stores, analyses that need labels or other models look
at words: their places in the text are the same for every model, whatever its pieces are. Rows
without a label, and words that one of the models has no piece for, are left out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from os import PathLike
from typing import cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..activations.store import ActivationStore
from ..corpora.labelling import Labelling, text_numbers
from ..errors import InvalidInputError
from .ranking import Layers
from .source import LARGEST, ArraySource, Source, StoreSource

Given = NDArray[np.floating] | ActivationStore


@dataclass(frozen=True)
class Inputs:
    """Rows that all have a label (if labels are needed) and that all models have."""

    source: Source
    labels: Labelling | None = None
    others: tuple[Source, ...] = ()
    other_names: tuple[str, ...] = ()


def collect(
    needs: Collection[str],
    activations: Given,
    labels: object,
    others: object,
    layers: Sequence[str] | Layers | None,
    words: str,
) -> Inputs:
    """Check and line up what was passed (see :func:`.registry.rank`).

    Raises
    ------
    InvalidInputError, UnknownAddressError
    """
    wanted = labels if "labels" in needs else None
    partners = _named(others) if "others" in needs else {}
    if not isinstance(activations, ActivationStore):
        source = ArraySource.of(activations, _widths(layers), LARGEST)
        found = Inputs(
            source, _array_labels(wanted, source), _array_others(partners, source), tuple(partners)
        )
    else:
        found = _of_store(needs, activations, wanted, partners, _addresses(layers), words)
    if found.labels is None or found.labels.applies.all():
        return found if found.labels is None else replace(found, labels=found.labels.used())
    return _picked(found, np.flatnonzero(found.labels.applies))


def _picked(inputs: Inputs, rows: NDArray[np.int64]) -> Inputs:
    if not len(rows):
        raise InvalidInputError("No row has a label: all are None, '', NaN or -1.")
    return Inputs(
        inputs.source.take(rows),
        None if inputs.labels is None else inputs.labels.take(rows).used(),
        tuple(other.take(rows) for other in inputs.others),
        inputs.other_names,
    )


def _array_labels(labels: object, source: Source) -> Labelling | None:
    if labels is None:
        return None
    found = Labelling.of(cast(ArrayLike, labels))
    if len(found) != source.height:
        raise InvalidInputError(
            f"There are {len(found)} labels for {source.height} rows of activations; give one for "
            "each, None where it does not apply."
        )
    return found


def _array_others(partners: Mapping[str, Given], source: Source) -> tuple[Source, ...]:
    found = []
    for name, given in partners.items():
        if isinstance(given, ActivationStore):
            raise InvalidInputError("An array is compared with arrays, a store with stores.")
        other = ArraySource.of(given, None, LARGEST)
        if other.height != source.height:
            raise InvalidInputError(
                f"The activations of {name} have {other.height} rows, those to be ranked "
                f"{source.height}; the rows must be the same tokens."
            )
        found.append(other)
    return tuple(found)


def _of_store(
    needs: Collection[str],
    store: ActivationStore,
    labels: object,
    partners: Mapping[str, Given],
    layers: list[str] | None,
    words: str,
) -> Inputs:
    if not {"labels", "others", "words"} & set(needs):
        return Inputs(StoreSource(store, layers))
    stack = labels.stack if isinstance(labels, Labelling) and labels.stack else None
    chosen = _of_one_stack(store, layers, stack)
    if stack is not None and not any(a.startswith(f"{stack}.") for a in chosen):
        raise InvalidInputError(
            f"The labels are of {stack} words; name layers of the {stack}, or label the words of "
            "the other text."
        )
    stack = chosen[0].partition(".")[0]
    found = None if labels is None else Labelling.of(cast(ArrayLike, labels))
    view: str | None = words
    table = store.words(stack)
    present = table.first < table.last
    tokens = int((~store.tokens(stack).special).sum())
    if found is not None:
        if len(found) == len(table):
            found = found.take(present)
        elif len(found) == tokens and not partners and found.stack is None:
            view = None
        elif len(found) != int(present.sum()):
            raise InvalidInputError(
                f"There are {len(found)} labels; the {stack} has {len(table)} words and {tokens} "
                "tokens. Give one for each."
            )
    source = StoreSource(store, chosen, view)
    if found is not None and found.stack is None:
        kinds = None if view is None else source.row_table("type")
        found = replace(found, sentences=source.row_table("sentence"), types=kinds, stack=stack)
    if found is not None and found.texts is None:
        numbers = text_numbers(store.texts(stack))
        found = replace(found, texts=numbers[source.row_table("sentence")])
    if not partners:
        return Inputs(source, found)
    everywhere = reduce(
        np.logical_and, (_words_of(other, store, stack) for other in partners.values()), present
    )
    others = tuple(_partner(cast(ActivationStore, p), stack, words, everywhere)
                   for p in partners.values())  # fmt: skip
    if not everywhere.any():
        raise InvalidInputError("The models have no word in common.")
    common = np.flatnonzero(everywhere[present])
    taken = None if found is None else found.take(common)
    return Inputs(source.take(common), taken, others, tuple(partners))


def _of_one_stack(store: ActivationStore, layers: list[str] | None, stack: str | None) -> list[str]:
    """The chosen layers; by default all of the labels' stack, or of the first recorded."""
    if layers is not None:
        return layers
    wanted = stack or next(iter(store.layers)).partition(".")[0]
    found = [address for address in store.layers if address.startswith(f"{wanted}.")]
    if not found:
        raise InvalidInputError(f"The labels are of {wanted} words; the store has no such layer.")
    return found


def _words_of(other: Given, store: ActivationStore, stack: str) -> NDArray[np.bool_]:
    """Which words another model has pieces for; the texts must be the same."""
    if not isinstance(other, ActivationStore):
        raise InvalidInputError("A store is compared with stores, an array with arrays.")
    if other.texts(stack) != store.texts(stack):
        raise InvalidInputError(
            f"{other.model} was recorded on other {stack} texts than {store.model}. Record both on "
            "the same corpus."
        )
    table = other.words(stack)
    return np.asarray(table.first < table.last)


def _partner(
    other: ActivationStore, stack: str, words: str, everywhere: NDArray[np.bool_]
) -> Source:
    table = other.words(stack)
    source = StoreSource(other, _of_one_stack(other, None, stack), words)
    return source.take(np.flatnonzero(everywhere[table.first < table.last]))


def _named(others: object) -> dict[str, Given]:
    """Other models by name: their own, or a number."""
    if isinstance(others, Mapping):
        return {str(name): other for name, other in others.items()}
    several = isinstance(others, (list, tuple)) and not _is_matrix(others)
    given = list(cast("Sequence[object]", others)) if several else [others]
    if not given:
        raise InvalidInputError("others= is empty; give the activations of one or more models.")
    found: dict[str, Given] = {}
    for number, other in enumerate(given, start=1):
        if isinstance(other, (str, PathLike)):
            raise InvalidInputError(
                f"others= are activations: arrays or opened stores, not {str(other)!r}; open_store "
                "opens a folder with one."
            )
        name = other.model if isinstance(other, ActivationStore) else f"model {number}"
        key = name if name not in found else f"{name} ({number})"
        found[key] = cast(Given, other)
    return found


def _is_matrix(given: Sequence[object]) -> bool:
    """Whether a list is the rows of one model, not several models."""
    first = given[0] if len(given) else None
    return isinstance(first, (list, tuple)) and len(first) > 0 and np.ndim(first[0]) == 0


def _addresses(layers: Sequence[str] | Layers | None) -> list[str] | None:
    if layers is None:
        return None
    if isinstance(layers, str):
        raise InvalidInputError(f"layers is a list; write layers=[{layers!r}].")
    if not layers:
        raise InvalidInputError("layers is empty; name at least one, or leave it out for all.")
    if not all(isinstance(item, str) for item in layers):
        raise InvalidInputError("layers of a store are a list of addresses.")
    return list(cast("Sequence[str]", layers))


def _widths(layers: Sequence[str] | Layers | None) -> Layers | None:
    if layers is None:
        return None
    if isinstance(layers, str) or any(isinstance(item, str) for item in layers):
        raise InvalidInputError("layers of an array are a list of (address, width).")
    return cast("Layers", list(layers))
