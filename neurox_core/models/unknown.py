"""What to say of text that a model has no pieces for.

Whoever types a text is told in the same words wherever that is, on the page, in a shell and in
Python: a model sees its sign for the unknown in place of what its vocabulary lacks, and can write
no more than that sign. Models that spell what they do not know (by bytes) lack nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from .tokens import Tokens

if TYPE_CHECKING:
    from .base import TranslationModel

_SHOWN = 5


def unknown_text(
    model: TranslationModel, read: Iterable[str | Tokens] = (), written: Iterable[str] = ()
) -> list[str]:
    """What to say of texts that a model is given, and of words that it is to write.

    Parameters
    ----------
    read : iterable of str or Tokens
        Texts that it reads.
    written : iterable of str
        Words or beginnings of its output.

    Returns
    -------
    list of str
        At most one sentence for either; nothing where the model knows it all.
    """
    told = []
    sources = (t if isinstance(t, Tokens) else model.tokenize(t) for t in read)
    if shown := _unknown(model, sources):
        told.append(
            f"{model.name} does not know {shown}: it was never trained on these characters and "
            "sees an unknown sign in their place, so do not trust what it makes of them."
        )
    if shown := _unknown(model, (model.tokenize(t, "target") for t in written)):
        told.append(
            f"{model.name} cannot write {shown}: its vocabulary lacks these characters, and its "
            "sign for whatever is unknown stands in their place."
        )
    return told


def _unknown(model: TranslationModel, texts: Iterable[Tokens]) -> str:
    """The first few places of texts that are unknown to a model, quoted; empty if there is none."""
    unknown: int = getattr(model, "unk_id", -1)  # The sign for it; -1 if there is none.
    places = [
        text.text[slice(*span)].strip() or piece
        for text in texts
        for token, piece, span in zip(text.ids, text.pieces, text.spans, strict=True)
        if token == unknown and span is not None
    ]
    return ", ".join(repr(p) for p in list(dict.fromkeys(places))[:_SHOWN])
