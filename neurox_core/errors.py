"""Every error that NeuroX raises on purpose.

Each message says what was wrong, where, and what to do about it. The web server turns any
:class:`NeuroXError` into a 4xx answer with the same text, so a message must make sense to a person
who has never seen the code; anything else that escapes is a bug.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches


class NeuroXError(Exception):
    """Base of all deliberate errors.

    Attributes
    ----------
    code : str
        Stable, machine-readable name, used by the HTTP interface.
    """

    code = "error"


class InvalidInputError(NeuroXError, ValueError):
    """A value that the caller passed cannot be used."""

    code = "invalid_input"


class TooFewError(InvalidInputError):
    """There is too little text for what was asked; it is no mistake, and more text mends it."""


class UnknownAddressError(InvalidInputError):
    """A layer or neuron address that the model does not have.

    Parameters
    ----------
    address : str
        What was asked for.
    available : sequence of str
        What there is; the nearest names are suggested.
    """

    code = "unknown_address"

    def __init__(self, address: str, available: Sequence[str], reason: str = "") -> None:
        self.address = address
        self.available = list(available)
        near = get_close_matches(address, self.available, n=3, cutoff=0.5)
        hint = f"Did you mean {', '.join(near)}?" if near else f"There are: {_some(available)}."
        super().__init__(f"Unknown address {address!r}{': ' + reason if reason else ''}. {hint}")


class UnknownNameError(InvalidInputError):
    """A registry (rankings, models, corpora, ...) has no entry of that name."""

    code = "unknown_name"

    def __init__(self, kind: str, name: str, available: Sequence[str]) -> None:
        near = get_close_matches(name, available, n=1, cutoff=0.6)
        # The beginning of a name is far from it in letters, and what one remembers: eng_Latn.
        near = near or [one for one in available if name and one.lower().startswith(name.lower())]
        hint = f" Did you mean {', '.join(near[:3])}?" if near else ""
        super().__init__(
            f"There is no {kind} called {name!r}.{hint} There are: {_some(available)}."
        )


class ModelLoadError(NeuroXError):
    """A model folder or name cannot be opened."""

    code = "model_load"


class CorpusError(InvalidInputError):
    """A corpus file cannot be read as parallel text or labels."""

    code = "corpus"


class TextTooLongError(InvalidInputError):
    """A sentence has more tokens than the model or the server takes.

    Parameters
    ----------
    message : str
    tokens, limit : int, optional
        What it has, and what it may have, if it is about one text.
    """

    code = "text_too_long"

    def __init__(self, message: str, tokens: int | None = None, limit: int | None = None) -> None:
        super().__init__(message)
        self.tokens, self.limit = tokens, limit


class StoreError(NeuroXError):
    """An activation store is missing, incomplete or damaged."""

    code = "store"


class DiskBudgetError(StoreError, InvalidInputError):
    """A store would take more bytes than it may, or than there are.

    Parameters
    ----------
    message : str
    needed : int
        Bytes that it would take.
    """

    code = "disk_budget"

    def __init__(self, message: str, needed: int) -> None:
        super().__init__(message)
        self.needed = needed


class FormatError(InvalidInputError):
    """A file of activations cannot be read, or cannot be written as it was asked for."""

    code = "format"


class MissingStatisticsError(NeuroXError):
    """An operation needs the mean or deviation of a neuron, and none was given."""

    code = "missing_statistics"


class CancelledError(NeuroXError):
    """The caller asked for the work to stop; what was finished is kept."""

    code = "cancelled"


def nth(index: int, what: str = "sentence") -> str:
    """One of many, as messages name it: counted from 1, with the index for whoever writes Python.

    Examples
    --------
    >>> nth(2)
    'sentence 3 (index 2)'
    """
    return f"{what} {index + 1} (index {index})"


def _some(names: Sequence[str], limit: int = 12) -> str:
    """The first few names, and how many more there are."""
    shown = ", ".join(map(str, names[:limit]))
    return shown if len(names) <= limit else f"{shown} and {len(names) - limit} more"
