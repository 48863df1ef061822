"""The words of the texts of one side of a corpus, in order, with what can be seen of each.

Words are those that every view of NeuroX counts (:func:`neurox_core.models.tokens.words_of`), so
that value i of a labelling is about word i of an activation store of the same texts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidInputError
from ..models.tokens import words_of

SIDES = ("source", "reference")
_STACKS = {"source": "encoder", "reference": "decoder"}

Found = TypeVar("Found")


class WordStore(Protocol):
    """What is needed of :class:`neurox_core.activations.ActivationStore`."""

    def texts(self, stack: str) -> list[str]: ...
    def words(self, stack: str) -> Any: ...


@dataclass(frozen=True, eq=False)
class Words:
    """Words of texts.

    Attributes
    ----------
    texts : sequence of str
    sentence, index : array (words,) of int64
        Text of each word, and its 0-based place in it.
    start, end : array (words,) of int64
        Characters of the text.
    side : {"source", "reference"}
    """

    texts: Sequence[str]
    sentence: NDArray[np.int64]
    index: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    side: str = "source"

    @classmethod
    def of(cls, given: Sequence[str] | WordStore, side: str = "source") -> Words:
        """The words of texts, or of what a stack of a store read or wrote.

        Parameters
        ----------
        given : sequence of str, or ActivationStore
        side : {"source", "reference"}
            Of a store: the encoder's texts or the decoder's.

        Raises
        ------
        InvalidInputError
            For another side, or for one text that is not in a list.
        """
        if side not in SIDES:
            raise InvalidInputError(f"side is {' or '.join(SIDES)}, not {side!r}.")
        if isinstance(given, str):
            raise InvalidInputError("Give a list of texts, not one text.")
        if not isinstance(given, Sequence):
            table = given.words(_STACKS[side])
            return cls(
                given.texts(_STACKS[side]), table.sentence.astype(np.int64),
                table.index.astype(np.int64), table.start.astype(np.int64),
                table.end.astype(np.int64), side,
            )  # fmt: skip
        spans = [words_of(text) for text in given]
        counts = [len(found) for found in spans]
        flat = np.array([span for found in spans for span in found], np.int64).reshape(-1, 2)
        places = [np.arange(count, dtype=np.int64) for count in counts]
        return cls(
            given, np.repeat(np.arange(len(spans), dtype=np.int64), counts),
            np.concatenate(places) if places else np.zeros(0, np.int64),
            flat[:, 0].copy(), flat[:, 1].copy(), side,
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.sentence)

    @property
    def stack(self) -> str:
        """The stack that reads or writes this side."""
        return _STACKS[self.side]

    @cached_property
    def forms(self) -> list[str]:
        """The words as they are written."""
        bounds = zip(self.sentence.tolist(), self.start.tolist(), self.end.tolist(), strict=True)
        return [self.texts[s][a:b] for s, a, b in bounds]

    @cached_property
    def _kinds(self) -> tuple[list[str], NDArray[np.int64]]:
        kinds, numbers = np.unique(np.array(self.forms, dtype=object), return_inverse=True)
        return [str(kind) for kind in kinds], numbers.astype(np.int64)

    @property
    def types(self) -> NDArray[np.int64]:
        """Number of each word's form among all forms."""
        return self._kinds[1]

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """How often each word's form occurs, case kept."""
        tally = np.bincount(self.types, minlength=len(self._kinds[0]))
        return tally[self.types].astype(np.int64)

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        """Words of each word's text."""
        tally = Counter(self.sentence.tolist())
        return np.array([tally[s] for s in self.sentence.tolist()], np.int64)

    @property
    def from_end(self) -> NDArray[np.int64]:
        """Place of each word counted from the last, which is 0."""
        return self.lengths - 1 - self.index

    def spans(self) -> list[list[tuple[int, int]]]:
        """Character spans of the words, one list a text."""
        found: list[list[tuple[int, int]]] = [[] for _ in self.texts]
        bounds = zip(self.sentence.tolist(), self.start.tolist(), self.end.tolist(), strict=True)
        for s, a, b in bounds:
            found[s].append((a, b))
        return found

    def by_form(self, label: Callable[[str], Found]) -> list[Found]:
        """A label that depends on the form alone, made once for each form."""
        found = [label(form) for form in self._kinds[0]]
        return [found[number] for number in self.types.tolist()]
