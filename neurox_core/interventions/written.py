"""Edits that hold where the text that a decoder has written so far ends in words that are meant.

The positions of an output are not known before it is decoded, but what a decoder's row has read is
known at every step. At position p it has read p produced tokens (position 0 reads the start token).
The condition is tested on *the word that the last of them belongs to, as far as it is written*: the
last word of the text that these p tokens spell. Where the last token spells nothing (the start
token, a language code, a lone space) there is no word, and the condition does not hold.

So the condition is a function of the tokens that a row has read, and of nothing else. Whoever reads
the same tokens is edited at the same positions: step by step or all at once (teacher forcing), with
or without a cache, alone or in a batch, as a beam that was moved to another row or as a draft that
is taken back. A word of several pieces is tested after each piece, each time as it stands by then:
a pattern such as ``.*s`` may hold after "maison" + "s" and not before, and an elided article is
"l" and an apostrophe until the next word begins.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from ..models.tokens import words_of
from .stages import Stage
from .where import Where

Spell = Callable[[Sequence[int]], str]
"""Ids of produced tokens as text."""


class Words:
    """The word that each row's last token belongs to.

    Parameters
    ----------
    spell : callable
        A model's ``detokenize``.
    """

    def __init__(self, spell: Spell) -> None:
        self._spell = spell
        self._texts: dict[tuple[int, ...], str] = {(): ""}
        self._asked: tuple[Tensor, int, int] | None = None
        self._found: list[list[str | None]] = []

    def of(self, read: Tensor, start: int, length: int) -> list[list[str | None]]:
        """Words at some positions, (batch, length).

        Parameters
        ----------
        read : Tensor (batch, positions), int64
            What the decoder reads at every position from 0 on.
        start, length : int
            Which positions.
        """
        # Every edited layer asks for the same ones.
        if self._asked is None or self._asked[0] is not read or self._asked[1:] != (start, length):
            rows: list[list[int]] = read[:, 1 : start + length].tolist()
            self._found = [
                [self.last(row[:end]) for end in range(start, start + length)] for row in rows
            ]
            self._asked = (read, start, length)
        return self._found

    def last(self, ids: Sequence[int]) -> str | None:
        """The word that the last of some produced tokens belongs to; None if it spells nothing."""
        if not ids:
            return None
        text = self._text(tuple(ids)).rstrip()
        if text == self._text(tuple(ids[:-1])).rstrip():
            return None
        words = words_of(text)
        return text[slice(*words[-1])] if words else None

    def _text(self, ids: tuple[int, ...]) -> str:
        if ids not in self._texts:
            self._texts[ids] = self._spell(list(ids))
        return self._texts[ids]


@dataclass
class Written:
    """A stage that is limited, row by row, by what is written.

    ``conditions`` holds what limits each row; None: the stage does not concern it.
    """

    inner: Stage
    conditions: list[Where | None]
    kind: str
    _said: dict[tuple[int, str], bool] = field(default_factory=dict)

    def apply(self, x: Tensor, start: int, rows: Tensor | None) -> Tensor:
        """Nothing: where it holds is not known without what was read; see :meth:`apply_to`."""
        return x

    def apply_to(
        self, x: Tensor, start: int, rows: Tensor | None, words: Sequence[Sequence[str | None]]
    ) -> Tensor:
        """Edit `x` (batch, positions, width) where the condition of its row holds of the word."""
        owners = range(len(x)) if rows is None else rows.tolist()
        holds = [
            [self._holds(self.conditions[owner], word) for word in row]
            for owner, row in zip(owners, words, strict=True)
        ]
        if not any(map(any, holds)):
            return x
        mask = torch.tensor(holds, device=x.device).unsqueeze(-1)
        return torch.where(mask, self.inner.apply(x, start, rows), x)

    def ready(self, index: Tensor | None, dtype: torch.dtype, device: torch.device) -> Written:
        """The same for other rows."""
        conditions = self.conditions
        if index is not None:
            conditions = [conditions[i] for i in index.tolist()]
        return Written(self.inner.ready(index, dtype, device), conditions, self.kind)

    def _holds(self, where: Where | None, word: str | None) -> bool:
        if where is None or word is None:
            return False
        key = (id(where), word)
        if key not in self._said:
            self._said[key] = bool(where.indices([word]))
        return self._said[key]
