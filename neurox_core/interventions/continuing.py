"""Going on with greedy decoding from words that are already known, in full batches.

Rows come from different sentences and settings and stand at different positions. A decoder is
brought to each row's place in one pass over the known words; then all rows step together, and a row
that ends gives its place in the batch to the next, so that the batch stays full: recurrent decoders
here, those of Transformers in :mod:`.filling`. Decoders of other kinds go through the model's own
search with the known words as its prefix.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from ..errors import CancelledError
from ..models.base import TranslationModel
from ..models.recurrent_adapter import RecurrentModel
from ..models.search import SearchOptions, search
from ..models.taps import Run, running
from ..models.tokens import Tokens
from .filling import Filling
from .memories import Memories
from .rest import ROWS, Rest, edit_of, edits_of
from .settings import Setting


def finish(
    model: TranslationModel,
    memories: Memories,
    tokens: Sequence[Tokens],
    settings: Sequence[Setting],
    rest: Sequence[Rest],
    cancelled: Callable[[], bool] | None,
) -> None:
    """Complete the ids of all rows."""
    order = sorted(rest, key=lambda r: (len(tokens[r.sentence].ids), r.limit))
    if order and _no_places(settings, rest):
        with running(None):
            if isinstance(model, RecurrentModel):
                return _Stepping(model, memories, settings, order).run(cancelled)
            if memories.plain is not None:
                for one in order:
                    one.ids = one.ids or list(model.forced_start)
                return Filling(model, memories.plain, memories, settings, order).run(cancelled)
    for first in range(0, len(order), ROWS):
        _by_search(model, memories, tokens, settings, order[first : first + ROWS], cancelled)


def _no_places(settings: Sequence[Setting], part: Sequence[Rest]) -> bool:
    """Whether no edit of the decoder is tied to positions or words, which rows do not share."""
    return not any(
        one.positions is not None or one.where is not None or one.operation == "resample"
        for number in {r.setting for r in part}
        if settings[number].stack("decoder")
        for interventions in settings[number].lists
        for one in interventions
    )


def _by_search(
    model: TranslationModel,
    memories: Memories,
    tokens: Sequence[Tokens],
    settings: Sequence[Setting],
    part: Sequence[Rest],
    cancelled: Callable[[], bool] | None,
) -> None:
    limits = [r.limit for r in part]
    forced = len(model.forced_start)
    options = SearchOptions(
        max_length=max(limits), max_lengths=limits, prefixes=[r.ids[forced:] for r in part]
    )
    memory = _padded_memory(model, memories, settings, part)
    if memory is None or forced:
        found = model.search(
            [tokens[r.sentence] for r in part], [settings[r.setting].of(r.sentence) for r in part],
            options, cancelled=cancelled,
        )  # fmt: skip
    else:
        lists, places = edits_of(settings, part)
        plan = model.plan([lists[places[edit_of(settings, r)]] for r in part])
        with running(Run(plan or None)):
            found = search(model, model.begin(memory), len(part), options, cancelled=cancelled)
    for one, hypotheses in zip(part, found, strict=True):
        one.ids = list(hypotheses[0].ids)


def _padded_memory(
    model: TranslationModel,
    memories: Memories,
    settings: Sequence[Setting],
    part: Sequence[Rest],
) -> Any:
    """Memories of a Transformer's rows, padded to one length; None for other kinds of memory."""
    groups: dict[tuple[int, int], list[int]] = {}
    for place, one in enumerate(part):
        groups.setdefault((id(one.batch), one.setting), []).append(place)
    longest = max(r.batch.ids.shape[1] for r in part)
    states, masks = [], []
    kind: Any = None
    for places in groups.values():
        first = part[places[0]]
        whole = memories.of(first.batch, settings[first.setting])
        if set(getattr(whole, "__dict__", {})) != {"states", "mask", "cache"}:
            return None
        index = torch.tensor([part[p].row for p in places], device=model.device)
        kind = model.select(whole, index)
        short = longest - kind.states.shape[1]
        states.append(torch.nn.functional.pad(kind.states, (0, 0, 0, short)))
        masks.append(torch.nn.functional.pad(first.batch.mask[index].long(), (0, short)))
    back = torch.tensor([p for places in groups.values() for p in places], device=model.device)
    order = back.argsort()
    mask = torch.cat(masks)[order]
    padded = None if bool(mask.all()) else mask
    return replace(kind, states=torch.cat(states)[order], mask=padded, cache=None)


class _Stepping:
    """A batch of a recurrent decoder whose places are taken over by waiting rows."""

    def __init__(
        self,
        model: RecurrentModel,
        memories: Memories,
        settings: Sequence[Setting],
        rest: Sequence[Rest],
    ) -> None:
        self._model, self._memories, self._settings = model, memories, settings
        # The longest first, so that the batch does not end with a few long rows.
        self._waiting = list(rest)
        lists, self._list_of = edits_of(settings, rest)
        self._run = Run(model.plan(lists) or None)
        self._untouched = [memories.same_decoder(setting) for setting in settings]
        self._places: list[Rest | None] = []
        self._words = torch.empty(0, dtype=torch.int64, device=model.device)
        self._owners = self._words
        self._memory: Any = None

    def run(self, cancelled: Callable[[], bool] | None) -> None:
        """Step until no row is open."""
        with running(self._run):
            self._fill([])
            while any(one is not None for one in self._places):
                if cancelled is not None and cancelled():
                    raise CancelledError("Decoding was cancelled; what was finished is kept.")
                self._step()
                free = [place for place, one in enumerate(self._places) if one is None]
                if 8 * len(free) < len(self._places):
                    continue
                if len(self._waiting) >= len(free):
                    self._fill(free)
                else:
                    self._compact()
                    self._fill([])

    def _step(self) -> None:
        memory, ends = self._memory, self._model.ends
        self._run.place("decoder", 0, self._owners)
        readout, memory.carried, _ = self._model.module.read(
            self._words, memory.states, memory.carried, memory.mask, self._alike()
        )
        self._words = self._memories.choice.of(readout)
        last = memory.carried[-1][0]
        for place, token in enumerate(self._words.tolist()):
            one = self._places[place]
            if one is not None:
                one.trail.append((last, place))
                one.ids.append(token)
                if token in ends or len(one.ids) >= one.limit:
                    self._places[place] = None

    def _alike(self) -> tuple[Tensor, Tensor] | None:
        """Rows of one sentence that have written the same, under settings that differ elsewhere."""
        if self._run.editor is not None:
            return None
        first: dict[object, int] = {}
        whose = []
        for place, one in enumerate(self._places):
            key: object = place
            if one is not None and self._untouched[one.setting]:
                key = (one.sentence, *one.ids)
            whose.append(first.setdefault(key, place))
        if 8 * len(first) > 7 * len(whose):  # Not worth the moving.
            return None
        number = {place: i for i, place in enumerate(first.values())}
        device = self._model.device
        rows = torch.tensor(list(number), dtype=torch.int64, device=device)
        return rows, torch.tensor([number[place] for place in whose], device=device)

    def _compact(self) -> None:
        """Move the open rows up."""
        kept = [place for place, one in enumerate(self._places) if one is not None]
        index = torch.tensor(kept, dtype=torch.int64, device=self._model.device)
        self._memory = self._model.select(self._memory, index)
        if kept:
            self._shorten()
        self._places = [self._places[place] for place in kept]
        self._words, self._owners = self._words[index], self._owners[index]

    def _fill(self, free: Sequence[int]) -> None:
        """Let waiting rows in, at free places or, if there are none, below."""
        count = len(free) or min(ROWS - len(self._places), len(self._waiting))
        if count < 1:
            return
        fresh = [self._waiting.pop() for _ in range(count)]
        device = self._model.device
        owners = torch.tensor([self._list_of[edit_of(self._settings, r)] for r in fresh]).to(device)
        start = self._model.start_id
        words = torch.tensor([r.ids[-1] if r.ids else start for r in fresh]).to(device)
        self._run.place("decoder", 0, owners)
        memory = _arrived(self._model, _gathered(self._model, self._memories, self._settings,
                                                 fresh), fresh)  # fmt: skip
        if free:
            places = torch.tensor(free, dtype=torch.int64, device=device)
            self._memory = _put(self._memory, places, memory)
            self._words[places], self._owners[places] = words, owners
            for place, one in zip(free, fresh, strict=True):
                self._places[place] = one
            self._shorten()
            return
        self._memory = memory if not self._places else _joined(self._memory, memory)
        self._places += fresh
        self._words = torch.cat([self._words, words])
        self._owners = torch.cat([self._owners, owners])

    def _shorten(self) -> None:
        """Long sources have gone with their rows."""
        longest = int(self._memory.mask.sum(1).max())
        self._memory.states = self._memory.states[:, :longest]
        self._memory.mask = self._memory.mask[:, :longest]


def _gathered(
    model: RecurrentModel, memories: Memories, settings: Sequence[Setting], part: Sequence[Rest]
) -> Any:
    """The encoder's memories of rows of different batches, in the rows' order."""
    groups: dict[tuple[int, int], list[int]] = {}
    for place, one in enumerate(part):
        groups.setdefault((id(one.batch), one.setting), []).append(place)
    joined: Any = None
    for places in groups.values():
        first = part[places[0]]
        index = torch.tensor([part[p].row for p in places], device=model.device)
        memory = model.select(memories.of(first.batch, settings[first.setting]), index)
        if memory.mask is None:
            memory.mask = first.batch.mask[index]
        joined = memory if joined is None else _joined(joined, memory)
    back = torch.tensor([p for places in groups.values() for p in places], device=model.device)
    return model.select(joined, back.argsort())


def _joined(above: Any, below: Any) -> Any:
    """Rows of two memories or states, one below the other, padded to the longer source."""
    length = max(above.states.shape[1], below.states.shape[1])

    def padded(x: Tensor) -> Tensor:
        short = length - x.shape[1]
        return torch.nn.functional.pad(x, (0, 0, 0, short) if x.ndim == 3 else (0, short))

    carried = [
        (torch.cat([h, k]), torch.cat([c, d]))
        for (h, c), (k, d) in zip(above.carried, below.carried, strict=True)
    ]
    return replace(
        above, carried=carried,
        states=torch.cat([padded(above.states), padded(below.states)]),
        mask=torch.cat([padded(above.mask), padded(below.mask)]),
    )  # fmt: skip


def _put(memory: Any, places: Tensor, fresh: Any) -> Any:
    """A memory whose rows at some places are others, whose sources are no longer than the longest.

    States that were carried are told apart from those before, which rows still refer to.
    """
    length = min(fresh.states.shape[1], memory.states.shape[1])
    memory.states[places] = 0.0
    memory.states[places, :length] = fresh.states[:, :length]
    memory.mask[places] = False
    memory.mask[places, :length] = fresh.mask[:, :length]
    carried = [
        (h.index_copy(0, places, k), c.index_copy(0, places, d))
        for (h, c), (k, d) in zip(memory.carried, fresh.carried, strict=True)
    ]
    return replace(memory, carried=carried)


def _arrived(model: RecurrentModel, memory: Any, part: Sequence[Rest]) -> Any:
    """The decoder after it has read all known words but the last."""
    if not any(r.ids for r in part):
        return memory
    inputs, real = model.batch([[model.start_id, *r.ids[:-1]] for r in part])
    lengths = real.sum(1).cpu()
    new = torch.tensor([not r.ids for r in part], device=model.device).unsqueeze(1)
    x, carried = model.module.embed("decoder", inputs), []
    for layer, initial in zip(model.module.decoder, memory.carried, strict=True):
        x, final = layer(x, initial, lengths)
        # Rows of which nothing is known stay where the encoder left them.
        h, c = (torch.where(new, a, b) for a, b in zip(initial, final, strict=True))
        carried.append((h, c))
    return replace(memory, carried=carried)
