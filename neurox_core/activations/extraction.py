"""From a model and a corpus to an activation store.

The corpus is read shard by shard; inside a shard, batches of sentences of similar length go through
one teacher-forced pass each (the decoder reads the reference, or texts that the caller gives). The
captured sites are gathered in the order of the corpus and written by a second thread while the next
shard is computed (see :mod:`.writer`). When all rows are on disk, the statistics and top words of
every unit follow in one pass over them.

The store keeps a key of all that its content depends on. Extraction into a folder that holds the
finished store of the same key opens it; one that was cut off or cancelled goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from ..errors import CancelledError, InvalidInputError, StoreError, TextTooLongError
from . import layout
from .batching import batches as batched
from .batching import shards
from .layout import Metadata
from .spreading import spread
from .store import ActivationStore, open_store
from .summaries import summarize
from .tables import TokenTable, WordTable, build
from .writer import Rows, StackWriter

if TYPE_CHECKING:
    from ..corpora import Corpus
    from ..models.base import TranslationModel
    from ..models.tokens import Tokens

_BLOCK_OUTPUTS = (".rnn_hidden", ".resid_post")

Progress = Callable[[int, int], None]


def default_layers(model: TranslationModel) -> list[str]:
    """The output of every block, encoder and decoder: what is recorded if nothing is asked for."""
    found = [address for address in model.sites if address.endswith(_BLOCK_OUTPUTS)]
    return found or list(model.sites)


def extract(
    model: TranslationModel,
    corpus: Corpus,
    path: str | PathLike[str],
    layers: Sequence[str] | None = None,
    *,
    decoder_text: str | Sequence[str] = "reference",
    batch_tokens: int = 2000,
    dtype: str = "float16",
    on_progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    overwrite: bool = False,
) -> ActivationStore:
    """Record activations of a model on a corpus.

    Parameters
    ----------
    model : TranslationModel
    corpus : Corpus
    path : path
        Folder of the store; made if missing.
    layers : sequence of str, optional
        Layer addresses, kept in the model's order; by default :func:`default_layers`.
    decoder_text : "reference" or sequence of str
        What the decoder reads and has to write, one text a sentence. Not used, and not part of the
        key, when no decoder layer is recorded.
    batch_tokens : int
        Most tokens of a batch, padding counted.
    dtype : {"float16", "float32"}
    on_progress : callable of (done, total), optional
        In sentences.
    cancelled : callable, optional
        Asked before every batch; True raises CancelledError and keeps what was written.
    overwrite : bool
        Delete another or damaged store that lies at `path`.

    Returns
    -------
    ActivationStore
        Opened; the same one at once if it was made before.

    Raises
    ------
    UnknownAddressError, TextTooLongError, InvalidInputError, CancelledError
    StoreError
        If `path` holds something else, and `overwrite` was not given.
    """
    if isinstance(layers, str):
        raise InvalidInputError(f"layers is a list of addresses; write layers=[{layers!r}].")
    chosen = default_layers(model) if layers is None else list(layers)
    model.check_layers(chosen)
    if not chosen or not len(corpus):
        raise InvalidInputError("There is nothing to record: give at least one layer and sentence.")
    if dtype not in layout.DTYPES or batch_tokens < 1:
        raise InvalidInputError(
            f"dtype is one of {', '.join(layout.DTYPES)} and batch_tokens at least 1, "
            f"not {dtype!r} and {batch_tokens}."
        )
    plan = _Plan.make(model, corpus, chosen, decoder_text, dtype)
    root = Path(path)
    if _finished(root, plan.metadata.key, overwrite):
        return open_store(root)
    job = _Extraction(model, plan, root, batch_tokens)
    job.run(on_progress, cancelled or (lambda: False))
    return open_store(root, verify=False)


@dataclass
class _Plan:
    """What is to be recorded: texts as tokens, tables, and the description of the store."""

    texts: dict[str, list[str]]
    tokens: dict[str, list[Tokens]]
    tables: dict[str, tuple[TokenTable, WordTable, list[str]]]
    metadata: Metadata

    @classmethod
    def make(
        cls, model: TranslationModel, corpus: Corpus, layers: Sequence[str],
        decoder_text: str | Sequence[str], dtype: str,
    ) -> _Plan:  # fmt: skip
        widths = {address: width for address, width in model.sites.items() if address in layers}
        # A language model reads the source itself in its only stack, with no text to force.
        reader = model.source_stack
        decoder = reader == "encoder" and any(a.startswith("decoder.") for a in widths)
        texts = {reader: corpus.sources}
        kind = "none"
        if decoder:
            texts["decoder"], kind = _decoder_texts(corpus, decoder_text)
        tokens = {stack: _tokenize(model, stack, lines) for stack, lines in texts.items()}
        recorded = {address.partition(".")[0] for address in widths}
        tables = {
            stack: build(tokens[stack], model.start_id if stack != reader else None)
            for stack in tokens
            if stack in recorded
        }
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
        return cls({s: texts[s] for s in tables}, tokens, tables, metadata)


class _Extraction:
    """One run: from the first sentence that is not on disk to the finished store."""

    def __init__(self, model: TranslationModel, plan: _Plan, root: Path, batch_tokens: int) -> None:
        self._model, self._plan, self._root = model, plan, root
        self._batch_tokens = batch_tokens
        # On an accelerator one batch fills the device.
        self._workers = torch.get_num_threads() if model.device.type == "cpu" else 1
        self._meta = _begun(root, plan)
        self._offsets = {stack: table[0].offsets for stack, table in plan.tables.items()}
        layers = self._meta.layers
        by_stack = {
            stack: {a: w for a, w in layers.items() if a.startswith(stack)} for stack in plan.tables
        }
        self._row_bytes = {
            stack: sum(widths.values()) * np.dtype(self._meta.dtype).itemsize
            for stack, widths in by_stack.items()
        }
        self._writers = {
            stack: StackWriter(
                root, widths, self._offsets[stack], self._meta.dtype, self._meta.written[stack]
            )
            for stack, widths in by_stack.items()
        }

    def run(self, on_progress: Progress | None, cancelled: Callable[[], bool]) -> None:
        """Extract what is missing, then describe it."""
        try:
            with ThreadPoolExecutor(1) as disk:
                self._record(disk, on_progress, cancelled)
            summarize(self._root, self._meta, self._plan.tables, cancelled)
        except OSError as error:
            raise StoreError(
                f"{self._root} cannot be written: {error.strerror or error}. Make room or choose "
                "another folder, and extract again; it goes on where it stopped."
            ) from error

    def _record(
        self, disk: ThreadPoolExecutor, on_progress: Progress | None, cancelled: Callable[[], bool]
    ) -> None:
        """Compute shard after shard while the one before is written by `disk`."""
        total = self._meta.sentences
        writing: Future[None] | None = None
        for first, last in shards(self._first_missing(), self._offsets, self._row_bytes):
            for writer in self._writers.values():
                writer.begin(last)
            done = first
            wanted = self._wanted(self._batches(first, last), cancelled)
            for batch, _ in spread(self._forward, wanted, self._workers):
                done += len(batch)
                if on_progress is not None:
                    on_progress(done, total)
            if writing is not None:
                writing.result()
            full = {stack: writer.take() for stack, writer in self._writers.items()}
            writing = disk.submit(self._write, full)
        if writing is not None:
            writing.result()

    def _wanted(
        self, batches: list[list[int]], cancelled: Callable[[], bool]
    ) -> Iterator[list[int]]:
        for batch in batches:
            if cancelled():
                raise CancelledError(
                    f"Extraction of {self._meta.sentences} sentences was stopped; start it again "
                    "to go on after the last that was written."
                )
            yield batch

    def _write(self, full: Mapping[str, Sequence[Rows]]) -> None:
        for stack, writer in self._writers.items():
            writer.write(full[stack])
            self._meta.written[stack] = writer.written
        self._meta.write(self._root)

    def _first_missing(self) -> int:
        """The first sentence that has rows which are not on disk."""
        return min(
            int(np.searchsorted(offsets, self._meta.written[stack], side="right")) - 1
            for stack, offsets in self._offsets.items()
        )

    def _batches(self, first: int, last: int) -> list[list[int]]:
        sides = list(self._plan.tokens.values())
        lengths = [[len(side[i].ids) for side in sides] for i in range(first, last)]
        return [[first + i for i in batch] for batch in batched(lengths, self._batch_tokens)]

    def _forward(self, batch: Sequence[int]) -> None:
        tokens = self._plan.tokens
        reader = self._model.source_stack
        forced = reader == "encoder" and "decoder" in tokens
        targets = [tokens["decoder"][i] for i in batch] if forced else None
        captured = self._model.forward(
            [tokens[reader][i] for i in batch], targets, list(self._meta.layers)
        ).activations
        for writer in self._writers.values():
            writer.place(batch, captured)


def _decoder_texts(corpus: Corpus, given: str | Sequence[str]) -> tuple[list[str], str]:
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


def _tokenize(model: TranslationModel, stack: str, texts: Sequence[str]) -> list[Tokens]:
    side = "source" if stack == model.source_stack else "target"
    found = []
    for number, text in enumerate(texts):
        tokens = model.tokenize(text, side)
        if len(tokens.ids) > model.max_tokens:
            raise TextTooLongError(
                f"Sentence {number} ({side}) has {len(tokens.ids)} tokens; {model.name} takes at "
                f"most {model.max_tokens}. Split or leave out the sentence. It begins: "
                f"{text[:60]!r}"
            )
        found.append(tokens)
    return found


def _finished(root: Path, key: str, overwrite: bool) -> bool:
    """Whether the finished store of this key lies here; makes way for it if it may."""
    if not root.exists() or (root.is_dir() and not any(_kept(root))):
        return False
    if not (root / layout.META).is_file():
        raise StoreError(
            f"{root} exists and is not an activation store. Nothing was changed; choose another "
            "folder."
        )
    if not overwrite:
        found = Metadata.read(root)
        if found.key == key:
            return found.complete
        raise StoreError(
            f"{root} holds activations of {found.model} on {found.corpus} "
            f"({', '.join(found.layers)}; {found.dtype}; decoder text {found.decoder_text[:13]}), "
            "which is not what was asked for. Choose another folder, or overwrite=True."
        )
    shutil.rmtree(root)
    return False


def _kept(root: Path) -> Iterator[Path]:
    """What lies in a folder, apart from files that a kill left half-written."""
    return (file for file in root.iterdir() if file.suffix != ".partial")


def _begun(root: Path, plan: _Plan) -> Metadata:
    """The description of a store that was begun, or of a new one, with its tables written.

    The description comes first, so that a folder in which a kill left anything is known as ours.
    """
    root.mkdir(parents=True, exist_ok=True)
    if (root / layout.META).is_file():
        metadata = Metadata.read(root)
    else:
        metadata = plan.metadata
        metadata.write(root)
    layout.write_json(root / "texts.json", plan.texts)
    for stack, (tokens, words, vocabulary) in plan.tables.items():
        columns = {f"token_{k}": v for k, v in _columns(tokens)}
        columns |= {f"word_{k}": v for k, v in _columns(words)}
        layout.write_arrays(root / f"tokens/{stack}.npz", columns)
        layout.write_json(root / f"vocabulary/{stack}.json", vocabulary)
    return metadata


def _columns(table: TokenTable | WordTable) -> list[tuple[str, np.ndarray]]:
    return list(asdict(table).items())
