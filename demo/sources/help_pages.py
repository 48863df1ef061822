"""HTML manuals: LibreOffice's help (aligned by ids) and GIMP's (aligned by block sequence).

LibreOffice builds every language from one source and keeps the paragraph ids (``par_id...``,
``hd_id...``), so a pair is exact. A ``switchinline`` span holds one variant per operating system
or module; only the default one (or the first, if there is none) is text that a reader sees.
GIMP's manual is DocBook rendered per language; its ids are numbered anew in each language, so
blocks are matched by `align_blocks`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from .blocks import Block, align_blocks, pair_sentences

_BLOCKS = frozenset("p h1 h2 h3 h4 h5 h6 dt dd li td th caption".split())
_VOID = frozenset("br hr img input meta link col area base source".split())
_SKIP_TAGS = frozenset("script style pre head noscript nav header footer aside textarea".split())
_SKIP_CLASSES = frozenset(
    "navheader navfooter toc index programlisting screen literallayout MAC bibliography".split()
)


@dataclass
class _Switch:
    """An open ``switchinline``: its depth, where its text starts, whether a variant was read."""

    depth: int
    start: int
    chosen: bool = False


class _Reader(HTMLParser):
    """Collects ``(tag, id, text)`` of every innermost block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[tuple[str, str, str]] = []
        self._stack: list[tuple[str, bool]] = []
        self._skipping = 0
        self._switches: list[_Switch] = []
        self._kind = ""
        self._id = ""
        self._parts: list[str] = []

    def _flush(self) -> None:
        text = " ".join("".join(self._parts).split())
        if self._kind and text:
            self.blocks.append((self._kind, self._id, text))
        self._kind, self._id, self._parts = "", "", []

    def _variant_to_skip(self, identifier: str) -> bool:
        """Whether this element is a variant, inside a switch, that is not the one to read."""
        if not self._switches or self._switches[-1].depth != len(self._stack):
            return False
        switch = self._switches[-1]
        if identifier.startswith("MAC"):
            return True
        if identifier.startswith("default"):
            del self._parts[switch.start :]
            switch.chosen = True
            return False
        skip = switch.chosen
        switch.chosen = True
        return skip

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            self._parts.append(" ")
            return
        attributes = dict(attrs)
        classes = set((attributes.get("class") or "").split())
        skip = tag in _SKIP_TAGS or bool(classes & _SKIP_CLASSES)
        skip = skip or self._variant_to_skip(attributes.get("id") or "")
        self._stack.append((tag, skip))
        self._skipping += skip
        if "switchinline" in classes:
            self._switches.append(_Switch(len(self._stack), len(self._parts)))
        if self._skipping:
            return
        if tag in _BLOCKS:
            self._flush()
            self._kind, self._id = tag, attributes.get("id") or ""

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._parts.append(" " if tag == "br" else "")

    def handle_endtag(self, tag: str) -> None:
        if not any(tag == name for name, _ in self._stack):
            return
        while self._stack:
            name, skip = self._stack.pop()
            self._skipping -= skip
            if self._switches and self._switches[-1].depth > len(self._stack):
                self._switches.pop()
            if name in _BLOCKS and not self._skipping:
                self._flush()
            if name == tag:
                break

    def handle_data(self, data: str) -> None:
        if not self._skipping:
            self._parts.append(data)


def read_blocks(html: str) -> list[tuple[str, str, str]]:
    """Read the text blocks of a page.

    Parameters
    ----------
    html : str
        A page, well-formed or not.

    Returns
    -------
    list of (str, str, str)
        Tag, id (may be empty) and text of each block, in order; listings, navigation and
        variants for another operating system left out.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.blocks


def _page(path: Path) -> list[tuple[str, str, str]]:
    return read_blocks(path.read_text("utf-8", errors="replace"))


def _page_pairs(english: Path, french: Path) -> Iterator[tuple[Path, Path]]:
    for path in sorted(english.rglob("*.html")):
        other = french / path.relative_to(english)
        if other.exists():
            yield path, other


def align_by_id(
    english: list[tuple[str, str, str]], french: list[tuple[str, str, str]]
) -> Iterator[tuple[str, str]]:
    """Pair the blocks of two pages by their ids.

    A page may embed parts of others, whose ids can collide with its own: blocks of the same id are
    paired in order if both pages hold equally many, and left out otherwise.

    Parameters
    ----------
    english, french : list of (str, str, str)
        Results of `read_blocks`.

    Yields
    ------
    (str, str)
        English and French sentences.
    """
    translated: dict[str, list[str]] = {}
    for _, key, text in french:
        translated.setdefault(key, []).append(text)
    count = Counter(key for _, key, _ in english)
    for _, key, text in english:
        others = translated.get(key, [])
        if key.startswith(("par_", "hd_")) and len(others) == count[key]:
            count[key] -= 1
            yield from pair_sentences(text, others.pop(0))


def libreoffice_help(roots: dict[str, Path]) -> Iterator[tuple[str, str]]:
    """Sentence pairs of LibreOffice's help.

    Parameters
    ----------
    roots : dict of str to Path
        Unpacked packages by name.

    Yields
    ------
    (str, str)
        Raw English and French text.
    """
    base = "usr/share/libreoffice/help"
    english = roots["libreoffice-help-en-us"] / base / "en-US" / "text"
    french = roots["libreoffice-help-fr"] / base / "fr" / "text"
    for path, other in _page_pairs(english, french):
        yield from align_by_id(_page(path), _page(other))


def gimp_help(roots: dict[str, Path]) -> Iterator[tuple[str, str]]:
    """Sentence pairs of GIMP's manual; parameters and result as in `libreoffice_help`."""
    base = "usr/share/gimp/2.0/help"
    for path, other in _page_pairs(
        roots["gimp-help-en"] / base / "en", roots["gimp-help-fr"] / base / "fr"
    ):
        yield from align_blocks(
            [Block(tag, text) for tag, _, text in _page(path)],
            [Block(tag, text) for tag, _, text in _page(other)],
        )
