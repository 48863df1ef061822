"""Which characters of a text each piece covers.

SentencePiece reports spans itself. For other tokenizers without offsets the pieces are laid along
the text one after another, ignoring white space and the marks that stand for it, which is exact as
long as the tokenizer does not rewrite letters; where it does, the piece gets the characters up to
the next one that can be found.
"""

from __future__ import annotations

from collections.abc import Sequence

import sentencepiece as spm

_MARKS = "\u2581\u0120\u010a"
"""SentencePiece's and byte-level BPE's signs for white space."""


def sentencepiece_spans(
    processor: spm.SentencePieceProcessor, text: str
) -> tuple[list[int], list[str], list[tuple[int, int] | None]]:
    """Ids, pieces and character spans of a text."""
    found = processor.encode(text, return_type="offset_mapping")
    return list(found["ids"]), list(found["pieces"]), [(a, b) for a, b in found["offsets"]]


def laid_along(text: str, pieces: Sequence[str]) -> list[tuple[int, int] | None]:
    """Spans by walking through the text."""
    spans: list[tuple[int, int] | None] = []
    at = 0
    for piece in pieces:
        core = piece.strip(_MARKS + " ").removeprefix("##").removesuffix("</w>")
        while at < len(text) and text[at].isspace():
            at += 1
        if not core:
            spans.append((at, at))
            continue
        found = text.find(core, at, at + len(core) + 4)
        start = at if found < 0 else found
        end = min(len(text), start + len(core))
        spans.append((start, end))
        at = end
    return spans
