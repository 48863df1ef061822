"""What an extraction is going to record: ids that the model reads, tables, a description.

Texts are tokenised one after the other and only numbers are kept of them, so that a corpus of
millions of tokens takes a few dozen megabytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import InvalidInputError, TextTooLongError
from . import layout
from .layout import Metadata
from .tables import Ints, Longs, TableBuilder, TokenTable, WordTable, columns_of

if TYPE_CHECKING:
    from ..corpora import Corpus
    from ..models.base import TranslationModel
    from ..models.tokens import Tokens

Tables = dict[str, tuple[TokenTable, WordTable, list[str]]]


@dataclass(frozen=True)
class Ids:
    """The ids of one side of a corpus, one text after the other."""

    texts: Sequence[str]
    flat: Ints
    offsets: Longs

    def length(self, index: int) -> int:
        """Tokens of a text."""
        return int(self.offsets[index + 1] - self.offsets[index])

    def tokens(self, index: int) -> Tokens:
        """A text for a pass through the model, which looks at nothing but its ids."""
        from ..models.tokens import Tokens

        ids = self.flat[self.offsets[index] : self.offsets[index + 1]].tolist()
        return Tokens(self.texts[index], ids, [], [], [], [])


@dataclass
class Plan:
    """What is to be recorded.

    Attributes
    ----------
    ids : dict of str to Ids
        What the model reads, ``source`` and perhaps ``target``.
    tables : dict
        Of each recorded stack.
    texts : dict of str to list of str
        Of each recorded stack.
    pieces : dict
        Of each recorded stack, by id.
    metadata : Metadata
    rows : list of int or None
        Which sentences of the caller's corpus are recorded; None for all.
    """

    ids: dict[str, Ids]
    tables: Tables
    texts: dict[str, list[str]]
    pieces: dict[str, dict[int, str]]
    metadata: Metadata
    rows: list[int] | None

    @classmethod
    def make(
        cls, model: TranslationModel, corpus: Corpus, layers: Sequence[str],
        decoder_text: str | Sequence[str], dtype: str, rows: list[int] | None,
    ) -> Plan:  # fmt: skip
        """Tokenise and count.

        Raises
        ------
        TextTooLongError, InvalidInputError
        """
        widths = {address: width for address, width in model.sites.items() if address in layers}
        recorded = {address.partition(".")[0] for address in widths}
        sides = {"source": (model.source_stack, corpus.sources)}
        kind = "none"
        # A language model reads the source itself in its only stack, with no text to force.
        if "decoder" in recorded and model.source_stack != "decoder":
            targets, kind = decoder_texts(corpus, decoder_text)
            sides["target"] = ("decoder", targets)
        ids, tables, pieces = {}, {}, {}
        for side, (stack, lines) in sides.items():
            builder = TableBuilder()
            for tokens in _tokenized(model, side, lines):
                builder.add(tokens)
            # A target's rows produce its tokens, a source's rows consume them.
            found = builder.tables(model.start_id if side == "target" else None)
            ids[side] = Ids(lines, found[0].outputs, found[0].offsets)
            if stack in recorded:
                tables[stack], pieces[stack] = found, builder.pieces
        facts = {
            "model_fingerprint": model.fingerprint, "corpus_fingerprint": corpus.fingerprint,
            "layers": widths, "dtype": dtype, "decoder_text": kind,
        }  # fmt: skip
        metadata = Metadata(
            layout.key_of(facts), model.name, model.fingerprint, corpus.name, corpus.fingerprint,
            len(corpus), widths, dtype, kind,
            {stack: len(table[0]) for stack, table in tables.items()},
            {stack: 0 for stack in tables},
        )  # fmt: skip
        texts = {stack: list(lines) for stack, lines in sides.values() if stack in tables}
        return cls(ids, tables, texts, pieces, metadata, rows)

    def begin(self, root: Path) -> Metadata:
        """The description of a store that was begun, or of a new one, with its tables written.

        The description comes first, so that a folder in which a kill left anything is known as
        ours.
        """
        if (root / layout.META).is_file():
            metadata = Metadata.read(root)
        else:
            metadata = self.metadata
            metadata.write(root)
        layout.write_json(root / "texts.json", self.texts)
        for stack, (tokens, words, vocabulary) in self.tables.items():
            layout.write_arrays(root / f"tokens/{stack}.npz", columns_of(tokens, words))
            layout.write_json(root / f"vocabulary/{stack}.json", vocabulary)
            layout.write_pieces(root, stack, self.pieces[stack])
        layout.write_rows(root, self.rows)
        return metadata


def chosen_rows(corpus: Corpus, sample: int | None, seed: int) -> list[int] | None:
    """Sentences drawn from a corpus, in its order; None for all of them."""
    if sample is None or sample >= len(corpus):
        return None
    if sample < 1:
        raise InvalidInputError(f"sample is a number of sentences, at least 1, not {sample}.")
    drawn = np.random.default_rng(seed).choice(len(corpus), sample, replace=False)
    return [int(i) for i in np.sort(drawn)]


def decoder_texts(corpus: Corpus, given: str | Sequence[str]) -> tuple[list[str], str]:
    """Texts for the decoder and how the store names them."""
    if isinstance(given, str):
        if given != "reference":
            raise InvalidInputError(
                f"decoder_text is 'reference' or a list of texts, one a sentence; not {given!r}."
            )
        return corpus.references, "reference"
    texts = list(given)
    if len(texts) != len(corpus):
        raise InvalidInputError(
            f"decoder_text has {len(texts)} texts for {len(corpus)} sentences; give one for each."
        )
    return texts, "given:" + hashlib.sha256("\0".join(texts).encode()).hexdigest()


def _tokenized(model: TranslationModel, side: str, texts: Sequence[str]) -> Iterator[Tokens]:
    """Texts as tokens; TextTooLongError before anything was computed in vain."""
    limit, longest = model.max_tokens, getattr(model, "max_target", None)
    if side == "target" and longest is not None:
        limit = min(limit, longest)
    for number, text in enumerate(texts):
        tokens = model.tokenize(text, side)
        if len(tokens.ids) > limit:
            raise TextTooLongError(
                f"Sentence {number} ({side}) has {len(tokens.ids)} tokens; {model.name} takes at "
                f"most {limit}. Split or leave out the sentence. It begins: {text[:60]!r}"
            )
        yield tokens
