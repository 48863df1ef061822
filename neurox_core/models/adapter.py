"""Everything an adapter for a plain ``torch.nn.Module`` needs but two methods.

A network that writes needs a way to read a source (:meth:`TranslationModel.encode`) and a way to
take one step of its decoder (:meth:`TranslationModel.step`), and in both a call of
:func:`neurox_core.models.taps.tap` wherever an activation is to be read or changed. The rest of the
contract follows and is written here: vocabularies given as lists, forced passes as a row of steps,
rows of a state in a new order, a fingerprint of the weights. It is not the fastest way to run a
network; an adapter that can do better overrides :meth:`decode`. docs/adapters.md builds one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from ..addresses import LayerAddress
from ..errors import ModelLoadError
from .base import TranslationModel
from .placement import device_of
from .spans import laid_along
from .taps import active
from .tokens import Tokens, word_ids, words_of

Split = Callable[[str], list[str]]


class ModuleModel(TranslationModel):
    """Base class of adapters; write :meth:`encode` and :meth:`step`.

    Parameters
    ----------
    module : nn.Module
        With its weights; it is put into evaluation mode.
    sites : mapping of str to int
        Layer addresses that `encode` and `step` tap, with their widths, in order of computation.
    source, target : sequence of str
        Vocabularies: a token's id is its place. Both hold ``</s>`` (or `end`); the target's also
        holds ``<s>`` (or `start`), which the decoder reads first. ``<unk>`` and ``<pad>`` are used
        if they are there.
    name : str
    device : str
    split_source, split_target : callable of str to list of str
        Cut a text into tokens; single characters by default.
    join : str
        What stands between tokens of an output text.
    start, end : str
    max_tokens : int
        Longest source.

    Raises
    ------
    ModelLoadError
        If a vocabulary lacks a token that it has to have.
    """

    family: ClassVar[str] = "adapter"

    def __init__(
        self,
        module: nn.Module,
        sites: Mapping[str, int],
        source: Sequence[str],
        target: Sequence[str],
        *,
        name: str,
        device: str = "cpu",
        split_source: Split = list,
        split_target: Split = list,
        join: str = "",
        start: str = "<s>",
        end: str = "</s>",
        max_tokens: int = 200,
    ) -> None:
        self.name, self.statistics, self.max_tokens = name, None, max_tokens
        self.device, self.dtype = device_of(device), torch.float32
        self._module = module.to(self.device).float().eval().requires_grad_(False)
        self.sites = {str(LayerAddress.parse(site)): int(width) for site, width in sites.items()}
        self.source_language = self.target_language = "und"
        self._join, self._end = join, end
        self._mark: str | None = None
        self._pieces = {"source": list(source), "target": list(target)}
        self._ids = {side: {p: i for i, p in enumerate(v)} for side, v in self._pieces.items()}
        self._split = {"source": split_source, "target": split_target}
        for side, wanted in (("source", (end,)), ("target", (start, end))):
            if missing := [token for token in wanted if token not in self._ids[side]]:
                raise ModelLoadError(f"The {side} vocabulary of {name} has no {missing[0]!r}.")
        known = self._ids["target"]
        self.vocabulary_size = len(target)
        self.start_id, self.eos_id = known[start], known[end]
        self.pad_id = known.get("<pad>", self.eos_id)
        never = {known[t] for t in (start, "<pad>", "<unk>") if t in known}
        self.suppressed = sorted(never - {self.eos_id})

    @property
    def module(self) -> nn.Module:
        """The network."""
        return self._module

    @property
    def fingerprint(self) -> str:
        """Hash of the weights and both vocabularies."""
        if self._mark is None:
            self._mark = self._hashed()
        return self._mark

    def _hashed(self) -> str:
        digest = hashlib.sha256("\0".join(sum(self._pieces.values(), [])).encode())
        for name, value in sorted(self._module.state_dict().items()):
            digest.update(name.encode() + value.cpu().contiguous().numpy().tobytes())
        return digest.hexdigest()[:16]

    def tokenize(self, text: str, side: str = "source") -> Tokens:
        """Tokens of a text and the end token; unknown ones become ``<unk>``, or are left out."""
        known = self._ids[side]
        unknown = known.get("<unk>")
        pieces = self._split[side](text)
        spans, words = laid_along(text, pieces), words_of(text)
        kept = [
            (known.get(p, unknown), p, span) for p, span in zip(pieces, spans, strict=True)
        ]  # fmt: skip
        found = [(i, p, span) for i, p, span in kept if i is not None]
        found.append((known[self._end], self._end, None))
        ids, shown, where = (list(column) for column in zip(*found, strict=True))
        return Tokens(text, ids, shown, where, words, word_ids(where, words))

    def detokenize(self, ids: Sequence[int]) -> str:
        """Target tokens joined; special ones vanish."""
        special = {*self.suppressed, self.eos_id}
        return self._join.join(self._pieces["target"][i] for i in ids if i not in special)

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """Target tokens."""
        return [self._pieces["target"][i] for i in ids]

    def begin(self, memory: Any) -> Any:
        """What `encode` returned is the first state."""
        return memory

    def decode(self, memory: Any, ids: Tensor) -> Tensor:
        """Scores (batch, target, vocabulary) by one :meth:`step` after another."""
        run, state, found = active(), self.begin(memory), []
        seen: dict[str, list[Tensor]] = {}
        for position in range(ids.shape[1]):
            if run is not None:
                run.move("decoder", position)
            scores, state = self.step(ids[:, position], state, position)
            found.append(scores)
            if run is not None:
                for address in [a for a in run.captured if a.startswith("decoder.")]:
                    seen.setdefault(address, []).append(run.captured.pop(address))
        if run is not None:
            run.captured.update({a: torch.cat(parts, 1) for a, parts in seen.items()})
        return torch.stack(found, 1)

    def logits(self, hidden: Tensor) -> Tensor:
        """:meth:`decode` gives scores already."""
        return hidden

    def select(self, state: Any, index: Tensor) -> Any:
        """Rows of every tensor in a state of tuples, lists, dicts and dataclasses."""
        return _rows(state, index)


def last_real(states: Tensor, mask: Tensor) -> Tensor:
    """The state of each row's last real token: (batch, width) of (batch, positions, width)."""
    last = mask.sum(1) - 1
    return states[torch.arange(len(states), device=states.device), last]


def _rows(state: Any, index: Tensor) -> Any:
    if isinstance(state, Tensor):
        return state.index_select(0, index)
    if isinstance(state, Mapping):
        return {key: _rows(value, index) for key, value in state.items()}
    if isinstance(state, tuple) and hasattr(state, "_fields"):
        return type(state)(*(_rows(value, index) for value in state))
    if isinstance(state, tuple | list):
        return type(state)(_rows(value, index) for value in state)
    if is_dataclass(state) and not isinstance(state, type):
        new = {f.name: _rows(getattr(state, f.name), index) for f in fields(state)}
        return replace(state, **new)
    return state
