"""From a model and a corpus to an activation store.

The corpus is read shard by shard; inside a shard, batches of sentences of similar length go through
one teacher-forced pass each (the decoder reads the reference, or texts that the caller gives). The
captured sites are gathered in the order of the corpus, and written while the next shard is computed
(see :mod:`.writer`). When all rows are on disk, the statistics and top words of every unit follow
in one pass over them.

The store keeps a key of all that its content depends on. Extraction into a folder that holds the
finished store of the same key opens it; one that was cut off or cancelled goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, wait
from contextlib import contextmanager
from functools import partial
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from ..errors import CancelledError, InvalidInputError, StoreError
from . import arguments, folders, layout
from .batching import batches as batched
from .batching import gathered_bytes, shards, share_of
from .budget import check_room
from .gathering import Shard
from .layout import Metadata
from .memory import give_back
from .planning import Plan, sampled, widen
from .spreading import Cores, cores
from .store import ActivationStore, open_store
from .summaries import summarize
from .writer import BeyondRangeError, StackWriter

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
    sample: int | None = None,
    seed: int = 0,
    max_bytes: int | None = None,
    on_progress: Progress | None = None,
    on_describe: Progress | None = None,
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
        Most tokens of a batch, padding counted. Where several cores have a batch each, these are
        smaller, so that all of them together hold no more.
    dtype : {"float16", "float32"}
        Or numpy's or torch's type of that name. A layer with values that float16 cannot hold is
        kept in float32, see :attr:`.ActivationStore.wide`; when one is found, recording begins
        again.
    sample : int, optional
        Record only so many sentences, drawn with `seed` and kept in their order;
        :attr:`.ActivationStore.rows` says which.
    seed : int
    max_bytes : int, optional
        Refuse to start if the store would be larger (see :func:`.budget.estimate`). That the disk
        has room is checked in any case.
    on_progress : callable of (done, total), optional
        In sentences.
    on_describe : callable of (done, total), optional
        In layers, while statistics are computed in the end.
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
    DiskBudgetError
        Before anything is written.
    StoreError
        If `path` holds something else, and `overwrite` was not given; or if another process is
        writing there.
    """
    arguments.check_model(model)
    arguments.check_corpus(corpus)
    root = arguments.path_of("path", path)
    chosen = default_layers(model) if layers is None else arguments.addresses(layers)
    model.check_layers(chosen)
    if not chosen or not len(corpus):
        raise InvalidInputError("There is nothing to record: give at least one layer and sentence.")
    dtype = arguments.dtype_of(dtype)
    arguments.whole("batch_tokens", batch_tokens, 1, "a number of tokens")
    arguments.check_budget(max_bytes)
    given = arguments.decoder_text(decoder_text)
    corpus, reads, rows = sampled(corpus, given, sample, seed)
    plan = Plan(model, corpus, chosen, reads, dtype, rows)
    folders.check(root)
    if not overwrite and folders.finished(root, plan.metadata):
        return open_store(root)
    with _told(root), folders.writing(root), folders.staging(root) as tables:
        plan.tokenize(tables)
        check_room(root, plan.metadata, max_bytes, beside=_beside(plan.metadata))
        if overwrite:
            folders.clear(root, but=tables)
        # Somebody else may have finished it in the meantime.
        if not folders.finished(root, plan.metadata):
            metadata = plan.begin(root, tables)
            while True:
                job = _Extraction(model, plan, root, metadata, batch_tokens)
                try:
                    job.run(on_progress, on_describe, cancelled or (lambda: False))
                    break
                except BeyondRangeError as error:
                    widen(root, metadata, error.address)
                    check_room(root, metadata, max_bytes, beside=_beside(metadata))
    return open_store(root, verify=False)


def _beside(metadata: Metadata) -> int:
    """Bytes that are needed beside a store while it is recorded."""
    total = 0
    for address, width in metadata.layers.items():
        itemsize = np.dtype(metadata.dtype_of(address)).itemsize
        total += metadata.tokens[address.partition(".")[0]] * width * itemsize
    return gathered_bytes(total)


@contextmanager
def _told(root: Path) -> Iterator[None]:
    """StoreError, with the way out, where a folder cannot be written."""
    try:
        yield
    except OSError as error:
        begun = (root / layout.META).is_file()
        then = ", and extract again" + "; it goes on where it stopped" * begun
        raise StoreError(f"{root} {folders.unwritable(error)}{then}.") from error


class _Work(NamedTuple):
    """A batch of a shard: sentences, their texts on each side, where the rows go."""

    batch: list[int]
    texts: dict[str, list[Tokens]]
    shards: dict[str, Shard]
    last: bool


class _Extraction:
    """One run: from the first sentence that is not on disk to the finished store."""

    def __init__(
        self, model: TranslationModel, plan: Plan, root: Path, metadata: Metadata, batch_tokens: int
    ) -> None:
        self._model, self._plan, self._root, self._meta = model, plan, root, metadata
        self._batch_tokens = batch_tokens
        self._offsets = plan.offsets
        layers = self._meta.layers
        by_stack = {
            stack: {a: w for a, w in layers.items() if a.startswith(stack)}
            for stack in plan.offsets
        }
        self._row_bytes = {
            stack: sum(w * np.dtype(self._meta.dtype_of(a)).itemsize for a, w in widths.items())
            for stack, widths in by_stack.items()
        }
        self._writers = {
            stack: StackWriter(
                root,
                widths,
                self._offsets[stack],
                self._meta.dtype,
                self._meta.written[stack],
                self._meta.wide,
            )  # fmt: skip
            for stack, widths in by_stack.items()
        }

    def run(
        self, on_progress: Progress | None, on_describe: Progress | None,
        cancelled: Callable[[], bool],
    ) -> None:  # fmt: skip
        """Extract what is missing, then describe it."""
        # On an accelerator one batch fills the device, and the cores write meanwhile.
        host = self._model.device.type == "cpu"
        with cores(max(torch.get_num_threads(), 1 if host else 2)) as some:
            several = some if host else Cores(None, 1)
            self._batch_tokens = share_of(self._batch_tokens, several.workers)
            self._record(several, some, on_progress, cancelled)
            self._plan.ids.clear()
            give_back()
            summarize(self._root, self._meta, some, cancelled, on_describe)

    def _record(
        self, several: Cores, some: Cores, on_progress: Progress | None,
        cancelled: Callable[[], bool],
    ) -> None:  # fmt: skip
        """Compute batch after batch, `several` at a time; `some` write finished shards.

        Where they are the same, rows are written by cores that then compute nothing else: one that
        did both at a time would lose to its cache what it gained.
        """
        total = self._meta.sentences
        todo = list(shards(self._first_missing(), self._offsets, self._row_bytes))
        done = todo[0][0] if todo else total
        writing: Future[None] | None = None
        try:
            for work, _ in several.spread(self._forward, self._work(todo, cancelled)):
                done += len(work.batch)
                if on_progress is not None:
                    on_progress(done, total)
                if not work.last:
                    continue
                if writing is not None:
                    writing.result()
                writing = self._begin_writing(some, work.shards)
        finally:
            # Who stops keeps what was computed.
            if writing is not None:
                wait([writing])
        if writing is not None:
            writing.result()

    def _begin_writing(self, some: Cores, shards: Mapping[str, Shard]) -> Future[None]:
        """Write what a finished shard fills, each layer by itself, and note it in the end."""
        full = [
            (writer, rows)
            for stack, writer in self._writers.items()
            for rows in writer.take(shards[stack])
        ]
        give_back()
        layers = [some.submit(partial(writer.write, [rows])) for writer, rows in full]
        return some.submit(partial(self._note, layers))

    def _work(
        self, todo: Sequence[tuple[int, int]], cancelled: Callable[[], bool]
    ) -> Iterator[_Work]:
        """The batches of shards."""
        for begin, end in todo:
            room = {stack: writer.begin(end) for stack, writer in self._writers.items()}
            texts = {side: ids.reader(begin, end) for side, ids in self._plan.ids.items()}
            batches = self._batches(begin, end)
            for batch in batches:
                if cancelled():
                    raise CancelledError(
                        f"Extraction of {self._meta.sentences} sentences was stopped; start it "
                        "again to go on after the last that was written."
                    )
                sides = {side: [text(i) for i in batch] for side, text in texts.items()}
                yield _Work(batch, sides, room, last=batch is batches[-1])

    def _note(self, layers: Sequence[Future[None]]) -> None:
        # All were begun before this was, so it cannot wait for one that waits for its thread.
        for layer in layers:
            layer.result()
        for stack, writer in self._writers.items():
            self._meta.written[stack] = writer.written
        self._meta.write(self._root)

    def _first_missing(self) -> int:
        """The first sentence that has rows which are not on disk."""
        return min(
            int(np.searchsorted(offsets, self._meta.written[stack], side="right")) - 1
            for stack, offsets in self._offsets.items()
        )

    def _batches(self, first: int, last: int) -> list[list[int]]:
        sides = list(self._plan.ids.values())
        lengths = [[side.length(i) for side in sides] for i in range(first, last)]
        return [[first + i for i in batch] for batch in batched(lengths, self._batch_tokens)]

    def _forward(self, work: _Work) -> None:
        """Run a batch, and gather what was captured."""
        captured = self._model.forward(
            work.texts["source"], work.texts.get("target"), list(self._meta.layers)
        ).activations
        for shard in work.shards.values():
            shard.place(work.batch, captured)
