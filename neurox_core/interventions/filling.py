"""A batch of Transformer rows, each at its own position, whose places waiting rows take over.

Rows of all sentences and settings step together (:mod:`neurox_core.models.plain_decoder`); what is
known of a row is read in one pass when it comes in. A row whose decoder is edited like another's
and reads the very same numbers, and of which the same is known, will write the same: it is not
decoded but copied. So it is with all sentences of one length once nothing is left of the encoder's
last layer, and at the end of every order of the same neurons.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from ..errors import CancelledError
from ..models.base import TranslationModel
from ..models.plain_decoder import PlainDecoder, Source, Written
from ..models.taps import Run, running
from .memories import Memories
from .rest import ROWS, Rest, edit_of, edits_of
from .settings import Setting

_PLACES, _AHEAD = 64, 8
"""Tokens there is room for at first, and beyond those that are there when rows move up."""


class Filling:
    """Complete the ids of rows.

    Parameters
    ----------
    decoder : PlainDecoder
    memories : Memories
    settings : sequence of Setting
    rest : sequence of Rest
        Those with the longest source last; they come first, so that the batch does not end with a
        few long rows.
    """

    def __init__(
        self,
        model: TranslationModel,
        decoder: PlainDecoder,
        memories: Memories,
        settings: Sequence[Setting],
        rest: Sequence[Rest],
    ) -> None:
        self._model, self._decoder, self._memories = model, decoder, memories
        self._settings, self._waiting = settings, list(rest)
        lists, self._list_of = edits_of(settings, rest)
        self._run = Run(model.plan(lists) or None)
        self._first: dict[object, Rest] = {}
        self._copies: list[tuple[Rest, Rest]] = []
        self._open: list[Rest | None] = []
        self._words = self._at = self._goes_on = self._owners = self._index([])
        self._source: Source | None = None
        self._written: Written | None = None

    def run(self, cancelled: Callable[[], bool] | None) -> None:
        """Step until no row is open."""
        with running(self._run):
            self._start()
            while any(one is not None for one in self._open):
                if cancelled is not None and cancelled():
                    raise CancelledError("Decoding was cancelled; what was finished is kept.")
                self._step()
                free = [place for place, one in enumerate(self._open) if one is None]
                if self._waiting and 8 * len(free) >= len(self._open):
                    self._fill(free)
                elif 5 * len(free) >= len(self._open) > len(free):
                    self._compact()
        for one, same in self._copies:
            one.ids = list(same.ids)

    def _start(self) -> None:
        count = min(ROWS, len(self._waiting))
        self._open = [None] * count
        self._words, self._at, self._goes_on, self._owners = (
            self._index([0] * count) for _ in range(4)
        )
        self._written = self._decoder.blank(count, _PLACES)
        self._fill(list(range(count)))

    def _step(self) -> None:
        assert self._source is not None and self._written is not None
        self._written.make_room(int(self._at.max()) + 1)
        self._run.place("decoder", 0, self._owners)
        hidden = self._decoder.step(self._words, self._at, self._written, self._source)
        self._words = self._memories.choice.of(hidden)
        self._at += self._goes_on
        ends = self._model.ends
        for place, token in enumerate(self._words.tolist()):
            one = self._open[place]
            if one is not None:
                one.ids.append(token)
                if token in ends or len(one.ids) >= one.limit:
                    self._open[place] = None
                    # It stays unread, at as little cost as can be.
                    self._at[place] = self._goes_on[place] = 0

    def _compact(self) -> None:
        """Move the open rows up."""
        assert self._source is not None and self._written is not None
        kept = self._index([place for place, one in enumerate(self._open) if one is not None])
        self._open = [one for one in self._open if one is not None]
        self._words, self._at, self._goes_on, self._owners = (
            x[kept] for x in (self._words, self._at, self._goes_on, self._owners)
        )
        self._source.keep(kept)
        self._written.keep(kept, int(self._at.max()) + _AHEAD)
        self._shorten()

    def _fill(self, free: Sequence[int]) -> None:
        """Let waiting rows in."""
        fresh: list[Rest] = []
        states: list[Tensor] = []
        while self._waiting and len(fresh) < len(free):
            one = self._waiting.pop()
            read = self._read_by(one)
            if not self._copied(one, read):
                fresh.append(one)
                states.append(read)
        if not fresh:
            return
        places = self._index(free[: len(fresh)])
        for place, one in zip(free, fresh, strict=False):
            self._open[place] = one
        owners = self._index([self._list_of[edit_of(self._settings, one)] for one in fresh])
        start = self._model.start_id
        self._owners[places] = owners
        self._words[places] = self._index([one.ids[-1] if one.ids else start for one in fresh])
        self._at[places] = self._index([len(one.ids) for one in fresh])
        self._goes_on[places] = 1
        source = self._decoder.source(
            torch.nn.utils.rnn.pad_sequence(states, batch_first=True), self._mask(states)
        )
        self._arrive(fresh, places, owners, source)
        if self._source is None:
            self._source = source
            if len(fresh) < len(free):
                self._compact()
        else:
            self._source.put(places, source)
            self._shorten()

    def _arrive(
        self, fresh: Sequence[Rest], places: Tensor, owners: Tensor, source: Source
    ) -> None:
        """Read all known words but the last."""
        known = [i for i, one in enumerate(fresh) if one.ids]
        if not known:
            return
        assert self._written is not None
        some = self._index(known)
        ids, _ = self._model.batch([[self._model.start_id, *fresh[i].ids[:-1]] for i in known])
        part = Source([(k[some], v[some]) for k, v in source.layers], source.hidden[some])
        self._run.place("decoder", 0, owners[some])
        _, written = self._decoder.read(ids, part)
        self._written.put(places[some], written)

    def _read_by(self, one: Rest) -> Tensor:
        """What a row's decoder reads, (source, width), without padding."""
        memory = self._memories.of(one.batch, self._settings[one.setting])
        found: Tensor = memory.states[one.row, : one.batch.lengths[one.row]]
        return found

    def _copied(self, one: Rest, read: Tensor) -> bool:
        """Whether another row, which came before, will write the same."""
        mark = hashlib.blake2b(read.contiguous().cpu().numpy().tobytes()).digest()
        key = (mark, len(read), edit_of(self._settings, one), one.limit, tuple(one.ids))
        same = self._first.setdefault(key, one)
        if same is not one:
            self._copies.append((one, same))
        return same is not one

    def _shorten(self) -> None:
        """Long sources have gone with their rows."""
        assert self._source is not None
        longest = max((o.batch.lengths[o.row] for o in self._open if o is not None), default=1)
        self._source.shorten(longest)

    def _mask(self, states: Sequence[Tensor]) -> Tensor:
        lengths = self._index([len(x) for x in states]).unsqueeze(1)
        return torch.arange(int(lengths.max()), device=lengths.device) < lengths

    def _index(self, numbers: Sequence[int]) -> Tensor:
        return torch.tensor(numbers, dtype=torch.int64, device=self._model.device)
