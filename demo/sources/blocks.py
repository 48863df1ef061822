"""Turn two documents with the same structure into sentence pairs.

A document is a flat list of blocks (heading, paragraph, table cell, ...), each of a kind. Nothing
but the structure says which English block belongs to which French one, so a pair of documents is
cut at its headings, and a section counts only if both sides have the same sequence of kinds. Inside
a pair of blocks, sentences are paired one to one only if both sides have equally many and no pair
differs much in length; otherwise the block stays whole (and is usually too long to survive
cleaning). This loses text and keeps alignment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ABBREVIATIONS = (
    "e.g i.e etc cf vs p.ex p ex resp fig no nr approx incl mr mrs dr st c.-à-d env max min al"
).split()
_BOUNDARY = re.compile(r"(?<=[.!?])[\"')\]]*(?:\s*»)?\s+(?=[\"'(\[«“]?\s?[A-ZÀ-ÖØ-ÞŒ0-9])")


@dataclass(frozen=True)
class Block:
    """One block of a document.

    Attributes
    ----------
    kind : str
        What it is (``h2``, ``p``, ``td``...); kinds starting with ``h`` are headings.
    text : str
        Its text with white space as found.
    """

    kind: str
    text: str

    @property
    def heading(self) -> bool:
        """Whether a section starts here."""
        return self.kind.startswith("h")


def split_sentences(text: str) -> list[str]:
    """Split running text at sentence ends.

    Parameters
    ----------
    text : str
        One block.

    Returns
    -------
    list of str
        Sentences, stripped; abbreviations such as "e.g." do not end one.
    """
    pieces: list[str] = []
    start = 0
    for match in _BOUNDARY.finditer(text):
        last = text[start : match.start()].rstrip(".").rsplit(None, 1)[-1:]
        if last and last[0].lstrip("(\"'").casefold() in _ABBREVIATIONS:
            continue
        if last and len(last[0]) == 1 and last[0].isalpha():
            continue
        pieces.append(text[start : match.end()].strip())
        start = match.end()
    pieces.append(text[start:].strip())
    return [piece for piece in pieces if piece]


def pair_sentences(english: str, french: str) -> list[tuple[str, str]]:
    """Pair the sentences of two blocks known to be translations.

    Returns
    -------
    list of (str, str)
        Sentence pairs, or the two blocks as one pair where the sentences do not match one to one.
    """
    english = " ".join(english.split())
    french = " ".join(french.split())
    left, right = split_sentences(english), split_sentences(french)
    total = (len(french) + 1) / (len(english) + 1)
    fits = len(left) == len(right) and all(
        0.6 < (len(f) + 12) / (len(e) + 12) / total < 1.7 for e, f in zip(left, right, strict=True)
    )
    if fits:
        return list(zip(left, right, strict=True))
    return [(english, french)]


def _sections(blocks: list[Block]) -> list[list[Block]]:
    sections: list[list[Block]] = [[]]
    for block in blocks:
        if block.heading:
            sections.append([])
        sections[-1].append(block)
    return sections


def _kinds(blocks: list[Block]) -> list[str]:
    return [block.kind for block in blocks]


def align_blocks(english: list[Block], french: list[Block]) -> Iterator[tuple[str, str]]:
    """Align two documents and yield their sentence pairs.

    Parameters
    ----------
    english, french : list of Block
        Both documents in reading order.

    Yields
    ------
    (str, str)
        English and French text; nothing from sections whose structure differs.
    """
    left, right = _sections(english), _sections(french)
    if [_kinds(s[:1]) for s in left] != [_kinds(s[:1]) for s in right]:
        left, right = [english], [french]
    for ours, theirs in zip(left, right, strict=True):
        if _kinds(ours) != _kinds(theirs):
            continue
        for e, f in zip(ours, theirs, strict=True):
            yield from pair_sentences(e.text, f.text)
