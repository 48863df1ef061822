"""Mallard pages (``.page``): GNOME's user documentation.

Each French page is generated from the English one, so both have the same blocks in the same order,
apart from translators' credits, which are in ``<info>`` and left out.
"""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

from .blocks import Block, align_blocks

_TEXT = {"p": "p", "title": "h", "desc": "desc", "cite": "p"}
_SKIP = frozenset({"screen", "code", "media", "comment"})


def _local(tag: object) -> str:
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""


def _text(element: ElementTree.Element) -> str:
    parts = [element.text or ""]
    for child in element:
        if _local(child.tag) not in ("media", ""):
            parts.append(_text(child))
        parts.append(child.tail or "")
    return "".join(parts)


def read_page(xml: str) -> list[Block]:
    """Read the text blocks of a page.

    Parameters
    ----------
    xml : str
        A Mallard page.

    Returns
    -------
    list of Block
        Titles, paragraphs and the description, in order.

    Raises
    ------
    xml.etree.ElementTree.ParseError
        If the page is not well-formed.
    """
    blocks: list[Block] = []

    def visit(element: ElementTree.Element, in_info: bool) -> None:
        for child in element:
            name = _local(child.tag)
            if name in _SKIP or not name:
                continue
            if name in _TEXT and (not in_info or name == "desc"):
                blocks.append(Block(_TEXT[name], " ".join(_text(child).split())))
            else:
                visit(child, in_info or name == "info")

    visit(ElementTree.fromstring(xml), False)
    return blocks


def gnome_help(roots: dict[str, Path]) -> Iterator[tuple[str, str]]:
    """Sentence pairs of GNOME's user documentation.

    Parameters
    ----------
    roots : dict of str to Path
        Unpacked packages by name.

    Yields
    ------
    (str, str)
        Raw English and French text.
    """
    base = roots["gnome-user-docs"] / "usr/share/help"
    for path in sorted((base / "C").rglob("*.page")):
        other = base / "fr" / path.relative_to(base / "C")
        if other.exists():
            yield from align_blocks(
                read_page(path.read_text("utf-8")), read_page(other.read_text("utf-8"))
            )
