"""What a decoder reads and what it makes of a given text, computed once and reused.

The encoder's memory of a batch is kept. A setting that leaves the encoder alone reads it as it is.
A setting that edits only the site that *is* the encoder's output (found by comparing, not by name)
reads the kept states with the edit applied. Any other edit of the encoder runs it again.

Assumption: a memory is a dataclass with a field ``states`` (rows, source, width), which the decoder
reads; models of another kind run their encoder each time, which costs time and nothing else.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, is_dataclass, replace
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from ..models.base import TranslationModel
from ..models.plain_decoder import PlainDecoder
from ..models.recurrent_adapter import RecurrentModel
from ..models.taps import Run, running
from .choosing import Choice
from .settings import Setting

_KEPT_BYTES = 400_000_000
_KEPT_MEMORIES = 64


@dataclass(eq=False)
class Batch:
    """Sentences that are read together, padded on the right."""

    sentences: list[int]
    ids: Tensor
    mask: Tensor
    memory: Any = None

    @cached_property
    def lengths(self) -> list[int]:
        """Tokens of each sentence."""
        found: list[int] = self.mask.sum(1).tolist()
        return found


class Memories:
    """Encoder memories and decoder states of one model.

    Parameters
    ----------
    model : TranslationModel

    Attributes
    ----------
    choice : Choice
        Which token comes next.
    """

    def __init__(self, model: TranslationModel) -> None:
        self._model = model
        self.choice = Choice(model)
        self._output: str | None = None
        self._looked = False
        self._states: OrderedDict[tuple[int, tuple[int, ...]], Tensor] = OrderedDict()
        self._bytes = 0
        # Batch and setting are kept too, so that their ids stay theirs.
        self._edited: OrderedDict[tuple[int, int], tuple[Batch, Setting, Any]] = OrderedDict()

    @cached_property
    def plain(self) -> PlainDecoder | None:
        """The decoder for rows at different positions; None if the model is of another kind."""
        return PlainDecoder.of(self._model)

    def of(self, batch: Batch, setting: Setting) -> Any:
        """What the decoder reads under a setting."""
        if batch.memory is None:
            self._read(batch)
        edited = setting.stack("encoder")
        if not edited:
            return batch.memory
        key = (id(batch), id(setting))
        if key not in self._edited:
            self._edited[key] = (batch, setting, self._edit(batch, setting))
            if len(self._edited) > _KEPT_MEMORIES:
                self._edited.popitem(last=False)
        return self._edited[key][2]

    def _edit(self, batch: Batch, setting: Setting) -> Any:
        rows = setting.rows(batch.sentences)
        if self._only_output(setting) and self._output is not None:
            with torch.inference_mode():
                states = setting.plan.apply(self._output, "output", batch.memory.states, 0, rows)
            return replace(batch.memory, states=states)
        run = Run(setting.plan)
        run.place("encoder", 0, rows)
        with running(run):
            return self._model.encode(batch.ids, batch.mask)

    def decoded(self, batch: Batch, setting: Setting, wanted: Tensor, real: Tensor) -> Tensor:
        """The decoder's last states (rows, positions, width) when it writes `wanted`."""
        memory = self.of(batch, setting)
        start = wanted.new_full((len(wanted), 1), self._model.start_id)
        inputs = torch.cat([start, wanted[:, :-1]], 1)
        model = self._model
        if isinstance(model, RecurrentModel) and self.same_decoder(setting):
            x = self._recurrent_states(batch, inputs, real.sum(1).tolist())
            with running(None):
                return model.module._attend(x, memory.states, memory.mask)[0]
        run = Run(setting.plan or None)
        run.place("decoder", 0, setting.rows(batch.sentences))
        run.follow(inputs)
        with running(run):
            return model.decode(memory, inputs)

    def learn(
        self,
        sentence: int,
        setting: Setting,
        guess: Sequence[int],
        ids: Sequence[int],
        trail: Sequence[tuple[Tensor, int]],
    ) -> None:
        """Keep a recurrent decoder's states for an output that began like `guess`.

        `trail` holds the states of its last tokens: tensors and the row in each.
        """
        if not isinstance(self._model, RecurrentModel) or not self.same_decoder(setting):
            return
        key = self._key(sentence, ids)
        fresh = [states[place] for states, place in trail]
        if len(fresh) == len(ids):
            self._keep(key, torch.stack(fresh))
            self._trim()
            return
        known = self._states.get(self._key(sentence, guess))
        if known is None or key in self._states:
            return
        begun = known[: len(ids) - len(fresh)]
        self._keep(key, torch.cat([begun, torch.stack(fresh)]) if fresh else begun.clone())
        self._trim()

    def _key(self, sentence: int, ids: Sequence[int]) -> tuple[int, tuple[int, ...]]:
        """A sentence and what the decoder reads while it writes `ids`."""
        return sentence, (self._model.start_id, *ids[:-1])

    def _read(self, batch: Batch) -> None:
        """Run the encoder clean; once, find out which site is its output."""
        last = [a for a in self._model.sites if a.startswith("encoder.")]
        run = Run(None, [] if self._looked else last)
        with running(run):
            batch.memory = self._model.encode(batch.ids, batch.mask)
        states = getattr(batch.memory, "states", None)
        if not self._looked and is_dataclass(batch.memory) and isinstance(states, Tensor):
            for address, x in run.captured.items():
                if x.shape == states.shape and torch.equal(x, states):
                    self._output = address
        self._looked = True

    def _only_output(self, setting: Setting) -> bool:
        return setting.stack("encoder") == {(self._output, "output")}

    def same_decoder(self, setting: Setting) -> bool:
        """Whether the decoder's recurrent states depend on nothing that the setting edits."""
        encoder = setting.stack("encoder")
        return not setting.stack("decoder") and (not encoder or self._only_output(setting))

    def _recurrent_states(self, batch: Batch, inputs: Tensor, lengths: Sequence[int]) -> Tensor:
        """Outputs of the last recurrent layer for given words, from what is kept if it is."""
        keys = [
            (sentence, tuple(row[:length]))
            for sentence, row, length in zip(batch.sentences, inputs.tolist(), lengths, strict=True)
        ]
        missing = [i for i, key in enumerate(keys) if key not in self._states]
        if missing:
            fresh = self._run_recurrent(batch, inputs, missing)
            for place, i in enumerate(missing):
                self._keep(keys[i], fresh[place, : lengths[i]].clone())
        width = self._states[keys[0]].shape[-1]
        x: Tensor = batch.memory.states.new_zeros(len(keys), inputs.shape[1], width)
        for row, key in enumerate(keys):
            x[row, : len(key[1])] = self._states[key]
            self._states.move_to_end(key)
        self._trim()
        return x

    def _run_recurrent(self, batch: Batch, inputs: Tensor, rows: Sequence[int]) -> Tensor:
        model = self._model
        assert isinstance(model, RecurrentModel)
        with running(None):
            memory = model.select(batch.memory, torch.tensor(rows, device=inputs.device))
            x = model.module.embed("decoder", inputs[rows])
            for layer, initial in zip(model.module.decoder, memory.carried, strict=True):
                x, _ = layer(x, initial, None)
        found: Tensor = x
        return found

    def _keep(self, key: tuple[int, tuple[int, ...]], states: Tensor) -> None:
        if key in self._states:
            return
        self._states[key] = states
        self._bytes += states.nbytes

    def _trim(self) -> None:
        while self._bytes > _KEPT_BYTES:
            _, states = self._states.popitem(last=False)
            self._bytes -= states.nbytes
