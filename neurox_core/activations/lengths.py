"""Texts that a model cannot take: found all before anything is computed, and named together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from ..errors import TextTooLongError

if TYPE_CHECKING:
    from ..corpora import Corpus
    from ..models.base import TranslationModel
    from ..models.tokens import Tokens

_NAMED, _SHOWN = 5, 40
_SIDES = {"source": "sources", "target": "references"}


class _Long(NamedTuple):
    number: int
    tokens: int
    begins: str


class Lengths:
    """Counts the tokens of a corpus, text by text, and keeps the first few that are too long.

    Parameters
    ----------
    model : TranslationModel
    corpus : Corpus
        What is read.
    rows : sequence of int, optional
        Place of each sentence in the caller's corpus; None if they are the same.
    """

    def __init__(
        self, model: TranslationModel, corpus: Corpus, rows: Sequence[int] | None = None
    ) -> None:
        self._name, self._corpus, self._rows = model.name, corpus, rows
        written = getattr(model, "max_target", None)
        shortest = model.max_tokens if written is None else min(model.max_tokens, written)
        self._limits = {"source": model.max_tokens, "target": shortest}
        self._first: dict[str, list[_Long]] = {}
        self._counts: dict[str, int] = {}

    def add(self, side: str, index: int, tokens: Tokens) -> None:
        """Count a text of the ``source`` or the ``target``."""
        if len(tokens.ids) <= self._limits[side]:
            return
        self._counts[side] = self._counts.get(side, 0) + 1
        first = self._first.setdefault(side, [])
        if len(first) < _NAMED:
            first.append(_Long(index, len(tokens.ids), tokens.text[:_SHOWN]))

    def judge(self, undone: str = "recorded") -> None:
        """TextTooLongError if a text was too long, with all that a person needs to mend them."""
        if not self._counts:
            return
        said = []
        for side, found in self._first.items():
            count, limit = self._counts[side], self._limits[side]
            places = "; ".join(
                f"{self._place(side, one.number)} has {one.tokens} ({one.begins!r} ...)"
                for one in found
            )
            more = f"; and {count - len(found)} more" if count > len(found) else ""
            said.append(
                f"{count} of {len(self._corpus)} {_SIDES[side]} {'has' if count == 1 else 'have'} "
                f"more than the {limit} tokens that {self._name} takes: {places}{more}."
            )
        raise TextTooLongError(
            f"{' '.join(said)} Nothing was {undone}: shorten, split or leave out these sentences."
        )

    def _place(self, side: str, index: int) -> str:
        if self._corpus.lines is not None:
            return f"line {self._corpus.lines[index]}"
        row = index if self._rows is None else self._rows[index]
        return f"sentence {row + 1} ({_SIDES[side]}[{row}])"


def check_lengths(
    model: TranslationModel,
    corpus: Corpus,
    rows: Sequence[int] | None = None,
    *,
    targets: bool = False,
    undone: str = "recorded",
) -> None:
    """Look at all texts of a corpus before anything that takes long.

    Parameters
    ----------
    model : TranslationModel
    corpus : Corpus
    rows : sequence of int, optional
        Only these sentences; all if None.
    targets : bool
        Whether the references are to be read by a decoder, too.
    undone : str
        What has not been done with the corpus then, in the error's words.

    Raises
    ------
    TextTooLongError
        Naming every sentence that is too long.
    """
    some = corpus if rows is None else corpus.take(rows)
    lengths = Lengths(model, some, rows)
    for side, texts in {"source": some.sources, "target": some.references}.items():
        if side == "target" and not targets:
            continue
        for index, tokens in enumerate(model.tokenize_each(texts, side)):
            lengths.add(side, index, tokens)
    lengths.judge(undone)


@contextmanager
def told_by_line(model: TranslationModel, corpus: Corpus, undone: str) -> Iterator[None]:
    """Say in which lines of a corpus the texts stand that a model finds too long.

    For work that looks at all texts before it begins, and knows only their numbers.
    """
    try:
        yield
    except TextTooLongError:
        check_lengths(model, corpus, undone=undone)
        raise
