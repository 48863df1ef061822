"""What an extraction is going to record: ids that the model reads, tables, a description.

Texts are tokenised one after the other, and only numbers are kept of them, in files: in memory
there are two numbers a sentence, whatever the corpus.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import InvalidInputError
from . import arguments, layout
from .building import TableBuilder
from .layout import Metadata
from .lengths import Lengths
from .memory import give_back
from .tables import Ints, Longs

if TYPE_CHECKING:
    from ..corpora import Corpus
    from ..models.base import TranslationModel
    from ..models.tokens import Tokens


@dataclass(frozen=True)
class Ids:
    """The ids of one side of a corpus, in a file until they are needed."""

    texts: Sequence[str]
    read: Callable[[int, int], Ints]
    offsets: Longs

    def length(self, index: int) -> int:
        """Tokens of a text."""
        return int(self.offsets[index + 1] - self.offsets[index])

    def reader(self, first: int, last: int) -> Callable[[int], Tokens]:
        """What gives a text of some neighbours to a model, which looks at nothing but its ids.

        Not to be called by two threads at once.
        """
        from ..models.tokens import Tokens

        start = int(self.offsets[first])
        flat = self.read(start, int(self.offsets[last]))

        def tokens(index: int) -> Tokens:
            begin, end = self.offsets[index : index + 2] - start
            return Tokens(self.texts[index], flat[begin:end].tolist(), [], [], [], [])

        return tokens


class Plan:
    """What is to be recorded.

    Parameters
    ----------
    model, corpus, layers, decoder_text, dtype
        As for :func:`.extraction.extract`; `corpus` and `decoder_text` hold the sample only.
    rows : list of int or None
        Which sentences of the caller's corpus these are; None for all.

    Attributes
    ----------
    metadata : Metadata
        Rows are counted by :meth:`tokenize`; the key does not depend on them.
    ids : dict of str to Ids
        What the model reads, ``source`` and perhaps ``target``, once tokenised.
    offsets : dict of str to array of int64
        First row of each sentence, for each recorded stack, once tokenised.
    """

    def __init__(
        self, model: TranslationModel, corpus: Corpus, layers: Sequence[str],
        decoder_text: str | Sequence[str], dtype: str, rows: list[int] | None,
    ) -> None:  # fmt: skip
        self._model, self._corpus, self._rows = model, corpus, rows
        widths = {address: width for address, width in model.sites.items() if address in layers}
        self._recorded = {address.partition(".")[0] for address in widths}
        self._sides = {"source": (model.source_stack, corpus.sources)}
        kind = "none"
        # A language model reads the source itself in its only stack, with no text to force.
        if "decoder" in self._recorded and model.source_stack != "decoder":
            targets, kind = decoder_texts(corpus, decoder_text)
            self._sides["target"] = ("decoder", targets)
        facts = {
            "model_fingerprint": model.fingerprint, "corpus_fingerprint": corpus.fingerprint,
            "layers": widths, "dtype": dtype, "decoder_text": kind,
        }  # fmt: skip
        self.metadata = Metadata(
            layout.key_of(facts), model.name, model.fingerprint, corpus.name, corpus.fingerprint,
            len(corpus), widths, dtype, kind, {}, {},
        )  # fmt: skip
        self.ids: dict[str, Ids] = {}
        self.offsets: dict[str, Longs] = {}

    def tokenize(self, folder: Path) -> None:
        """Tokenise, count, and write the tables of each recorded stack into a folder.

        Raises
        ------
        TextTooLongError
            Naming all texts that are too long.
        InvalidInputError
            If there are no tokens but special ones.
        """
        lengths = Lengths(self._model, self._corpus, self._rows)
        for side, (stack, lines) in self._sides.items():
            builder = TableBuilder(folder)
            for index, tokens in enumerate(self._model.tokenize_each(lines, side)):
                builder.add(tokens)
                lengths.add(side, index, tokens)
            offsets = builder.offsets
            self.ids[side] = Ids(lines, builder.ids, offsets)
            if stack not in self._recorded:
                continue
            if not builder.visible:
                raise InvalidInputError(
                    f"There is nothing to record: the corpus has no text that the {stack} reads. "
                    "Give sentences that are not empty."
                )
            self.offsets[stack] = offsets
            self.metadata.tokens[stack] = builder.rows
            self.metadata.written[stack] = 0
            # A target's rows produce its tokens, a source's rows consume them.
            start = self._model.start_id if side == "target" else None
            layout.write_arrays(folder / layout.tokens_file(stack), builder.columns(start))
            layout.write_json(folder / f"vocabulary/{stack}.json", builder.vocabulary)
            layout.write_pieces(folder, stack, builder.pieces)
            give_back()
        lengths.judge()

    def begin(self, root: Path, folder: Path) -> Metadata:
        """The description of a store that was begun, or of a new one; tables come from `folder`.

        The description comes first, so that a folder in which a kill left anything is known as
        ours.
        """
        if (root / layout.META).is_file():
            metadata = Metadata.read(root)
        else:
            metadata = self.metadata
            metadata.write(root)
        for file in folder.glob("*/*"):
            place = root / file.relative_to(folder)
            place.parent.mkdir(exist_ok=True)
            os.replace(file, place)
        texts = {s: lines for s, lines in self._sides.values() if s in self._recorded}
        layout.write_texts(root, texts)
        layout.write_rows(root, self._rows)
        give_back()
        return metadata


def widen(root: Path, metadata: Metadata, address: str) -> None:
    """Begin again with a layer in float32.

    The description comes first: what is on disk does not count any more, and arrays of the wrong
    type are replaced when they are opened for writing.
    """
    metadata.wide.append(address)
    metadata.written = dict.fromkeys(metadata.written, 0)
    metadata.write(root)


def sampled(
    corpus: Corpus, decoder_text: str | Sequence[str], sample: int | None, seed: int
) -> tuple[Corpus, str | Sequence[str], list[int] | None]:
    """The sentences drawn from a corpus, what the decoder reads of them, and which they are."""
    rows = chosen_rows(corpus, sample, seed)
    if rows is None:
        return corpus, decoder_text, None
    if not isinstance(decoder_text, str) and len(decoder_text) > rows[-1]:
        decoder_text = [decoder_text[i] for i in rows]
    return corpus.take(rows), decoder_text, rows


def chosen_rows(corpus: Corpus, sample: int | None, seed: int) -> list[int] | None:
    """Sentences drawn from a corpus, in its order; None for all of them."""
    arguments.whole("seed", seed, 0)
    if sample is not None:
        arguments.whole("sample", sample, 1, "a number of sentences")
    if sample is None or sample >= len(corpus):
        return None
    drawn = np.random.default_rng(seed).choice(len(corpus), sample, replace=False)
    return [int(i) for i in np.sort(drawn)]


def decoder_texts(corpus: Corpus, given: str | Sequence[str]) -> tuple[list[str], str]:
    """Texts for the decoder and how the store names them."""
    if isinstance(given, str):
        if given != "reference":
            raise InvalidInputError(
                f"decoder_text is 'reference' or a list of texts, one a sentence; not {given!r}."
            )
        if not corpus.has_references:
            raise InvalidInputError(
                f"The corpus {corpus.name} has no references for the decoder to read. Record "
                "layers of the encoder alone, or let it read the model's own output: decoder_text="
                "[t.text for t in model.translate(corpus.sources)]."
            )
        return corpus.references, "reference"
    texts = list(given)
    if len(texts) != len(corpus):
        raise InvalidInputError(
            f"decoder_text has {len(texts)} texts for {len(corpus)} sentences; give one for each."
        )
    return texts, "given:" + hashlib.sha256("\0".join(texts).encode()).hexdigest()
