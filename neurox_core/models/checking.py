"""Many texts that a model is to read: those that it cannot are all named, not only the first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..errors import InvalidInputError, TextTooLongError
from .tokens import Tokens

_NAMED, _SHOWN = 5, 40


def each_checked(check: Callable[[str], Tokens], texts: Sequence[str], name: str) -> list[Tokens]:
    """Tokenise texts, refusing what cannot be read.

    Parameters
    ----------
    check : callable
        Tokenises one text, or refuses it.
    texts : sequence of str
    name : str
        The model's.

    Raises
    ------
    TextTooLongError
        Naming all texts that are too long, after all were looked at.
    InvalidInputError
        For the first that cannot be read at all, with its number.
    """
    found: list[Tokens] = []
    long: list[tuple[int, TextTooLongError]] = []
    for number, text in enumerate(texts, start=1):
        try:
            found.append(check(text))
        except TextTooLongError as error:
            long.append((number, error))
        except InvalidInputError as error:
            if len(texts) == 1:
                raise
            raise InvalidInputError(f"Text {number} of {len(texts)}: {error}") from error
    if not long:
        return found
    if len(texts) == 1:
        raise long[0][1]
    places = "; ".join(
        f"text {number} has {error.tokens} ({texts[number - 1][:_SHOWN]!r} ...)"
        for number, error in long[:_NAMED]
    )
    more = f"; and {len(long) - _NAMED} more" if len(long) > _NAMED else ""
    raise TextTooLongError(
        f"{len(long)} of {len(texts)} texts {'has' if len(long) == 1 else 'have'} more than the "
        f"{long[0][1].limit} tokens that {name} takes: {places}{more}. Shorten, split or leave "
        "out these texts."
    )
