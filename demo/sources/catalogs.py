"""Message catalogues (``.mo``): LibreOffice's user interface.

A catalogue maps an English message (with a context before a ``\\x04``) to its translation, so pairs
are exact. Menu texts carry a mark before the letter of their keyboard shortcut, ``~`` or ``_``,
which is no part of the text.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator
from pathlib import Path

from .blocks import pair_sentences

_SHORTCUT = re.compile(r"[~_](?=\w)")


def read_catalogue(path: Path) -> Iterator[tuple[str, str]]:
    """Read the singular messages of one compiled catalogue.

    Parameters
    ----------
    path : Path
        A ``.mo`` file.

    Yields
    ------
    (str, str)
        English message without context, and its translation.
    """
    with path.open("rb") as handle:
        catalogue = gettext.GNUTranslations(handle)
    # The standard library offers no public way to list the messages it has read.
    messages: dict[object, str] = catalogue._catalog  # type: ignore[attr-defined]
    for key, translation in messages.items():
        message = key[0] if isinstance(key, tuple) and key[1] == 0 else key
        if isinstance(message, str) and message:
            yield message.rsplit("\x04", 1)[-1], translation


def without_shortcut(text: str) -> str:
    """Remove one shortcut mark from a menu text; text with several keeps them (not a menu)."""
    return _SHORTCUT.sub("", text) if len(_SHORTCUT.findall(text)) == 1 else text


def libreoffice_interface(roots: dict[str, Path]) -> Iterator[tuple[str, str]]:
    """Sentence pairs of LibreOffice's interface.

    Parameters
    ----------
    roots : dict of str to Path
        Unpacked packages by name.

    Yields
    ------
    (str, str)
        Raw English and French text.
    """
    for path in sorted(roots["libreoffice-l10n-fr"].rglob("LC_MESSAGES/*.mo")):
        for english, french in read_catalogue(path):
            yield from pair_sentences(without_shortcut(english), without_shortcut(french))
