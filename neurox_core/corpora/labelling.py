"""A label for every row of an array of activations, or for every word of a text.

A labelling has either classes (a number for each row, -1 where the label does not apply) or a
target (a float for each row, NaN where it does not apply). Classes are numbered in sorted order,
2 before 10, so that the same labels always get the same numbers. Beside each label stand the
sentence it is from (resampling goes by sentence) and, where known, which sentences have the same
text (held-out parts go by text, so that no sentence is met in training and in test) and the word
type (control tasks give one random label to each type).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import InvalidInputError

_DIGITS = re.compile("([0-9]+)")
NO_CLASS = -1
"""Class of a row to which the label does not apply."""


@dataclass(frozen=True)
class Labelling:
    """Labels of rows.

    Attributes
    ----------
    name : str
        What is labelled, such as ``upos``.
    values : array (rows,) of int32 or float64
        Classes, or a target.
    classes : tuple of str
        Names of the classes by number; empty for a target.
    sentences : array (rows,) of int64
        Sentence of each row.
    types : array (rows,) of int64 or None
        Word type of each row.
    stack : str or None
        Stack of a model whose words are labelled; None for rows of an array.
    texts : array (rows,) of int64 or None
        Text of each row: sentences of the same words have the same number.
    """

    name: str
    values: NDArray[np.int32] | NDArray[np.float64]
    classes: tuple[str, ...]
    sentences: NDArray[np.int64]
    types: NDArray[np.int64] | None = None
    stack: str | None = None
    texts: NDArray[np.int64] | None = None

    @classmethod
    def of(
        cls,
        values: ArrayLike | Sequence[object] | Labelling,
        *,
        name: str = "label",
        sentences: ArrayLike | None = None,
        types: ArrayLike | None = None,
        stack: str | None = None,
        texts: ArrayLike | None = None,
    ) -> Labelling:
        """A labelling from plain values.

        Parameters
        ----------
        values : sequence of str, int, bool or float
            Floats are a target, NaN where it does not apply; everything else is a class, None, '',
            NaN and -1 where it does not apply. Of numbers alone, one float makes all a target.
        sentences : sequence of int, optional
            By default each row is a sentence of its own.
        types : sequence, optional
            What is the same for words of one form.
        texts : sequence of int, optional
            The same number where sentences have the same text. Where it is missing, sentences of
            the same `types` have the same text.

        Raises
        ------
        InvalidInputError
            If the values are not one for each row, or infinite.
        """
        if isinstance(values, Labelling):
            return values
        array = _plain(values)
        if array.ndim != 1 or not len(array):
            raise InvalidInputError(
                f"Labels are one value for each row; these have the shape {array.shape}."
            )
        found, classes = _target(array) if array.dtype.kind == "f" else _classes(array)
        groups = np.arange(len(found)) if sentences is None else np.asarray(sentences, np.int64)
        kinds = None if types is None else np.unique(np.asarray(types), return_inverse=True)[1]
        known = None if texts is None else np.asarray(texts, np.int64)
        for what, other in (("sentences", groups), ("types", kinds), ("texts", known)):
            if other is not None and other.shape != found.shape:
                raise InvalidInputError(
                    f"{what} has shape {other.shape}; there are {len(found)} labels."
                )
        if known is None and kinds is not None and sentences is not None:
            known = _texts_of(groups, kinds)
        return cls(name, found, classes, groups, kinds, stack, known)

    def __len__(self) -> int:
        return len(self.values)

    @property
    def title(self) -> str:
        """What a person calls it: the name without which classes were left out."""
        return re.sub(r"\[[^\]]*\]", "", self.name)

    @property
    def numeric(self) -> bool:
        """Whether the labels are a target, not classes."""
        return self.values.dtype.kind == "f"

    @property
    def groups(self) -> NDArray[np.int64]:
        """What must not be parted: each row's text, or its sentence where texts are unknown."""
        return self.sentences if self.texts is None else self.texts

    @property
    def applies(self) -> NDArray[np.bool_]:
        """Rows that have a label."""
        return ~np.isnan(self.values) if self.numeric else self.values != NO_CLASS

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """Rows of each class."""
        if self.numeric:
            raise InvalidInputError(f"{self.name} is a number; it has no classes.")
        return np.bincount(self.values[self.applies], minlength=len(self.classes)).astype(np.int64)

    def take(self, rows: NDArray[np.integer] | NDArray[np.bool_]) -> Labelling:
        """The labels of some rows; classes keep their numbers."""
        return replace(
            self, values=self.values[rows], sentences=self.sentences[rows],
            types=None if self.types is None else self.types[rows],
            texts=None if self.texts is None else self.texts[rows],
        )  # fmt: skip

    def used(self) -> Labelling:
        """Only the rows with a label, and only the classes that occur in them."""
        taken = self.take(self.applies)
        if self.numeric:
            return taken
        present = np.flatnonzero(taken.counts)
        number = np.full(len(self.classes), NO_CLASS, np.int32)
        number[present] = np.arange(len(present), dtype=np.int32)
        names = tuple(self.classes[i] for i in present)
        return replace(taken, values=number[taken.values], classes=names)

    def against(self, positive: str) -> Labelling:
        """Two classes: rows of one class, and all the others.

        Raises
        ------
        InvalidInputError
            If there is no such class.
        """
        if positive not in self.classes:
            known = ", ".join(self.classes[:20])
            raise InvalidInputError(f"{self.name} has no class {positive!r}; it has: {known}.")
        is_it = self.values == self.classes.index(positive)
        values = np.where(self.applies, is_it, NO_CLASS).astype(np.int32)
        return replace(
            self, name=f"{self.name}={positive}", values=values, classes=("other", positive)
        )


def text_numbers(texts: Sequence[str]) -> NDArray[np.int64]:
    """A number for each text, the same for texts that differ in white space only."""
    known: dict[str, int] = {}
    found = [known.setdefault(" ".join(text.split()), len(known)) for text in texts]
    return np.array(found, np.int64)


def _texts_of(sentences: NDArray[np.int64], types: NDArray[np.int64]) -> NDArray[np.int64]:
    """Text of each row: the same for sentences of the same types in the same order."""
    order = np.argsort(sentences, kind="stable")
    names, first = np.unique(sentences[order], return_index=True)
    known: dict[bytes, int] = {}
    parts = np.split(types[order], first[1:])
    texts = np.array([known.setdefault(part.tobytes(), len(known)) for part in parts], np.int64)
    return texts[np.searchsorted(names, sentences)]


def _plain(values: object) -> NDArray[Any]:
    """An array of one type: floats, integers, truth values, or texts with '' for no label.

    numpy alone would make the text ``nan`` of a NaN among texts, and nothing of a list of lists.
    """
    if isinstance(values, (str, bytes)):
        raise InvalidInputError(
            f"Labels are one value for each row, not the text {values!r}; label_words makes them "
            "from a name."
        )
    if hasattr(values, "__array__"):
        array = np.asarray(values)
        if array.dtype.kind != "O":
            return array
        values = array.tolist()
    if not isinstance(values, Iterable) or isinstance(values, (set, frozenset, Mapping)):
        raise InvalidInputError(
            f"Labels are one value for each row, in the order of the rows, not {_kind(values)}."
        )
    items = list(values)
    for row, item in enumerate(items):
        if isinstance(item, (list, tuple, set, frozenset, dict)) or np.ndim(item):
            raise InvalidInputError(
                f"Row {row} has several labels ({item!r}); a ranking takes one for each row. Rank "
                "by one of them at a time, as in [name in row for row in labels], or join them to "
                "one name."
            )
    known = [item for item in items if not _missing(item)]
    numbers = all(isinstance(v, (int, float, np.number)) and not isinstance(v, bool) for v in known)
    if known and numbers:
        real = any(isinstance(item, (float, np.floating)) for item in known)
        return np.array([(np.nan if real else NO_CLASS) if _missing(v) else v for v in items])
    if len(known) == len(items):
        return np.asarray(items)
    return np.array(["" if _missing(item) else str(item) for item in items])


def _kind(value: object) -> str:
    """What a value is, in words."""
    kind = type(value).__name__
    return f"an object of the type {kind} ({str(value)[:40]})"


def _missing(value: object) -> bool:
    return value is None or (isinstance(value, (float, np.floating)) and bool(np.isnan(value)))


def natural(text: str) -> tuple[list[str | tuple[int, str]], str]:
    """A key that sorts the numbers in texts as numbers: ``3-9 words`` before ``10-12 words``.

    A number is compared by how many digits it has and then digit by digit, whatever its length.
    """
    parts: list[str | tuple[int, str]] = list(_DIGITS.split(text))
    parts[1::2] = [(len(digits), digits) for digits in (str(d).lstrip("0") for d in parts[1::2])]
    return parts, text


def _target(array: NDArray[np.floating]) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    if np.isinf(array).any():
        raise InvalidInputError("A numeric label is infinite; give a number, or NaN for none.")
    return array.astype(np.float64), ()


def _classes(array: NDArray[np.generic]) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    if array.dtype.kind in "iub":
        names, numbers = np.unique(array, return_inverse=True)
        missing = array == NO_CLASS if array.dtype.kind == "i" else np.zeros(len(array), bool)
        texts = [str(n) for n in names.tolist()]
    else:
        given = ["" if v is None else str(v) for v in array.tolist()]
        texts = sorted(set(given), key=natural)
        number = {text: i for i, text in enumerate(texts)}
        numbers = np.array([number[text] for text in given])
        missing = np.array([text == "" for text in given])
    kept = sorted(set(numbers[~missing].tolist()))
    renumbered = np.full(len(texts), NO_CLASS, np.int32)
    renumbered[kept] = np.arange(len(kept), dtype=np.int32)
    values = np.where(missing, NO_CLASS, renumbered[numbers]).astype(np.int32)
    return values, tuple(texts[i] for i in kept)


def require_classes(labelling: Labelling, minimum: int = 2) -> Sequence[str]:
    """Names of the classes; InvalidInputError if it is a target or has too few of them."""
    if labelling.numeric:
        raise InvalidInputError(
            f"{labelling.name} is a number; this ranking needs classes. Cut it into ranges first, "
            "or use the probe, which takes numbers too."
        )
    if len(labelling.classes) < minimum:
        only = ", ".join(labelling.classes) or "none"
        count = len(labelling.classes)
        raise InvalidInputError(
            f"{labelling.title} has {count} class{'es' * (count != 1)} here ({only}); at least "
            f"{minimum} are needed. Take more sentences or another label."
        )
    return labelling.classes
