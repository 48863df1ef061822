"""Manual pages in man(7) macros.

The French pages are made by po4a from the English ones: paragraph macros stay in place, and font
macros become font escapes inside the paragraph. So a page is read as a sequence of blocks (heading,
tag of a list entry, paragraph, listing), fonts dropped, and matched by `align_blocks`. Pages in
mdoc(7) macros are left out. An escape that is not known becomes U+FFFD, which cleaning rejects.
"""

from __future__ import annotations

import gzip
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from .blocks import Block, align_blocks

_CHARACTERS = {
    "aq": "'", "dq": '"', "lq": '"', "rq": '"', "oq": "'", "cq": "'", "Fo": '"', "Fc": '"',
    "em": " - ", "en": "-", "hy": "-", "mi": "-", "bu": "", "co": "(c)", "rg": "", "tm": "",
    "ga": "`", "ha": "^", "ti": "~", "rs": "\ufffd", "mu": "x", "+-": "+/-", "de": " degrees",
    "'e": "é", "`e": "è", "^e": "ê", "`a": "à", ":u": "ü", ":o": "ö", ":a": "ä", "/o": "ø",
}  # fmt: skip
_ESCAPE = re.compile(
    r"\\(?:f(?:\[[^\]]*\]|\(..|.)"  # font
    r"|s[-+]?\d"  # size
    r"|\((?P<two>..)|\[(?P<long>[^\]]*)\]"  # special characters
    r"|(?P<one>.))"
)
_SINGLE = {"-": "-", " ": " ", "~": " ", "0": " ", "'": "'", "`": "`", "|": "", "^": "",
           "&": "", ":": "", "%": "", "/": "", ",": "", "c": "", ")": ""}  # fmt: skip
_FONTS = frozenset("B I R SM SB BR RB BI IB IR RI".split())
_PARAGRAPHS = frozenset("PP LP P HP RS RE sp ti in".split())
_OPEN_LISTING = {"nf": "fi", "EX": "EE", "TS": "TE", "de": ".", "ig": ".", "EQ": "EN"}


def _special(match: re.Match[str]) -> str:
    name = match["two"] or match["long"]
    if name is not None:
        code = re.fullmatch(r"u([0-9A-F]{4,5})", name)
        return chr(int(code[1], 16)) if code else _CHARACTERS.get(name, "\ufffd")
    if match["one"] is not None:
        return _SINGLE.get(match["one"], "\ufffd")
    return ""


def plain(text: str) -> str:
    """Replace roff escapes by the characters they stand for."""
    return _ESCAPE.sub(_special, text)


def _arguments(text: str) -> list[str]:
    """Split macro arguments at spaces outside double quotes, as roff does."""
    text = re.sub(r'\s*\\".*$', "", text).replace("\\ ", "\u00a0")
    lexer = shlex.shlex(text, posix=True)
    lexer.whitespace_split, lexer.commenters, lexer.quotes, lexer.escape = True, "", '"', ""
    try:
        return list(lexer)
    except ValueError:
        return text.replace('"', "").split()


class _Page:
    """Reads lines into blocks."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._parts: list[str] = []
        self._kind = "p"

    def flush(self, next_kind: str = "p") -> None:
        text = " ".join(" ".join(self._parts).split())
        if text:
            self.blocks.append(Block(self._kind, text))
        self._parts, self._kind = [], next_kind

    def text(self, line: str) -> None:
        self._parts.append(plain(line))
        if self._kind != "p":
            self.flush()

    def macro(self, name: str, rest: str) -> None:
        if name in _FONTS:
            glue = " " if name in ("B", "I", "R", "SM", "SB") else ""
            self.text(glue.join(_arguments(rest)))
        elif name in ("SH", "SS"):
            self.flush("h" + name)
            if rest:
                self.text(" ".join(_arguments(rest)))
        elif name in ("TP", "TQ"):
            self.flush("tag")
        elif name == "IP":
            self.flush()
            tag = _arguments(rest)[:1]
            self.blocks.append(Block("tag", plain(tag[0]) if tag else ""))
        elif name in _PARAGRAPHS:
            self.flush()
        elif name in ("UR", "MT"):
            self._parts.append("\ufffd")


def read_man_page(source: str) -> list[Block]:
    """Read the text blocks of a page.

    Parameters
    ----------
    source : str
        A page in man(7) macros.

    Returns
    -------
    list of Block
        Kinds ``hSH``, ``hSS``, ``tag``, ``p`` and ``listing`` (whose text is empty); empty list
        for a page in other macros.
    """
    if not re.search(r"^\.TH ", source, re.MULTILINE):
        return []
    page = _Page()
    closing = ""
    for line in source.splitlines():
        macro = re.match(r"[.']\s*(\\\"|[A-Za-z.]+)\s*(.*)", line)
        name, rest = (macro[1], macro[2]) if macro else ("", line)
        if closing:
            closing = "" if name == closing else closing
        elif name in _OPEN_LISTING:
            closing = _OPEN_LISTING[name]
            page.flush()
            page.blocks.append(Block("listing", ""))
        elif macro:
            page.macro(name, rest)
        elif not line.strip():
            page.flush()
        elif not line.startswith((".", "'")):
            page.text(line)
    page.flush()
    return page.blocks


def without_credits(blocks: list[Block]) -> list[Block]:
    """Drop the translators' section that po4a adds at the end of a French page."""
    for index, block in enumerate(blocks):
        if block.kind == "hSH" and block.text.casefold().startswith("traduction"):
            return blocks[:index]
    return blocks


def man_pages(roots: dict[str, Path]) -> Iterator[tuple[str, str]]:
    """Sentence pairs of the Linux manual pages.

    Parameters
    ----------
    roots : dict of str to Path
        Unpacked packages by name.

    Yields
    ------
    (str, str)
        Raw English and French text.
    """
    for package in ("manpages", "manpages-dev"):
        base = roots[package] / "usr/share/man"
        for path in sorted(base.glob("man*/*.gz")):
            for translated in ("manpages-fr", "manpages-fr-dev"):
                other = roots[translated] / "usr/share/man/fr" / path.relative_to(base)
                if other.is_file() and path.is_file():
                    yield from align_blocks(_read(path), without_credits(_read(other)))


def _read(path: Path) -> list[Block]:
    return read_man_page(gzip.decompress(path.read_bytes()).decode("utf-8", errors="replace"))
