"""Where the demo corpus comes from: one entry per source of English-French text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .catalogs import libreoffice_interface
from .help_pages import gimp_help, libreoffice_help
from .mallard import gnome_help
from .man_pages import man_pages

Extract = Callable[[dict[str, Path]], Iterator[tuple[str, str]]]


@dataclass(frozen=True)
class Source:
    """A source of parallel text.

    Attributes
    ----------
    name : str
        The origin written beside each pair.
    packages : tuple of str
        Debian packages to fetch.
    licence : str
        SPDX expression of the text's licence.
    test_share, dev_share : float
        Share of its natural sentences held out; 0 where the text may not ship.
    extract : callable
        Unpacked roots by package name to raw pairs.
    """

    name: str
    packages: tuple[str, ...]
    licence: str
    test_share: float
    dev_share: float
    extract: Extract


SOURCES: tuple[Source, ...] = (
    Source("gnomehelp", ("gnome-user-docs",), "CC-BY-SA-3.0", 0.12, 0.05, gnome_help),
    Source("gimphelp", ("gimp-help-en", "gimp-help-fr"), "GFDL-1.2-no-invariants-or-later",
           0.07, 0.03, gimp_help),
    Source("lohelp", ("libreoffice-help-en-us", "libreoffice-help-fr"), "MPL-2.0", 0.04, 0.015,
           libreoffice_help),
    Source("loui", ("libreoffice-l10n-fr",), "MPL-2.0", 0.1, 0.04, libreoffice_interface),
    Source("man", ("manpages", "manpages-dev", "manpages-fr", "manpages-fr-dev"),
           "GPL-3.0-or-later over mixed", 0.0, 0.0, man_pages),
)  # fmt: skip
