"""Writing tokens as CoNLL-U (https://universaldependencies.org/format.html).

Only the columns that the grammar knows are filled: form, part of speech, features and spacing. A
French contraction ("du") is one token that carries the article's features, an English contraction
("don't") two.
"""

from __future__ import annotations

from collections.abc import Iterable

from .notation import Tokens, text


def block(tokens: Tokens, sent_id: str) -> str:
    """Return one sentence, with its blank line.

    Parameters
    ----------
    tokens : Tokens
    sent_id : str
        Goes to ``# sent_id``.
    """
    lines = [f"# sent_id = {sent_id}", f"# text = {text(tokens)}"]
    for i, token in enumerate(tokens, 1):
        misc = "_" if token.space_after or i == len(tokens) else "SpaceAfter=No"
        lines.append(
            "\t".join((str(i), token.form, "_", token.upos, "_", token.feats, "_", "_", "_", misc))
        )
    return "\n".join(lines) + "\n\n"


def document(sentences: Iterable[Tokens]) -> str:
    """Return all sentences, numbered from 0 like the rows of the TSV."""
    return "".join(block(tokens, str(i)) for i, tokens in enumerate(sentences))
