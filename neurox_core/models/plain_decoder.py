"""A Transformer's decoder for rows that stand at different positions.

The library's decoder takes one position for the whole batch. Here every row has its own, so that a
row that ends can give its place to the next and nothing is computed for rows that wait. Keys and
values lie in tables that are written in place; those of the source are made once for each row.

Linear maps, norms and activations are the network's own modules, called in the order that BART,
Marian (norm after each part) and mBART (norm before it) call them, so that taps see and edit what
they would see there; only attention, positions and the cache are written anew. Whether a network is
of this kind is not looked up: one short text is decoded both ways, and if the states or any site
differ, there is no such decoder (:meth:`PlainDecoder.of` gives None).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from .huggingface import HuggingFaceSeq2Seq
from .sites import stack_of
from .taps import Run, running, tap

Pair = tuple[Tensor, Tensor]
_Attend = Callable[[int, Any, Tensor], Tensor]
"""A layer's attention to what was written: its number, its module, what it reads."""
_ATTENTION = ("q_proj", "k_proj", "v_proj", "out_proj", "head_dim", "scaling")
_BLOCK = ("self_attn_layer_norm", "encoder_attn_layer_norm", "final_layer_norm", "fc1", "fc2",
          "activation_fn")  # fmt: skip
_NEAR = 1e-3
_MORE = 32
"""Places by which tables grow."""


@dataclass
class Source:
    """What rows read: keys and values of each layer, (rows, heads, source, width of a head).

    ``hidden`` is added to the scores, (rows, 1, source): 0, or -inf where there is only padding.
    """

    layers: list[Pair]
    hidden: Tensor

    def put(self, rows: Tensor, fresh: Source) -> None:
        """Let `rows` read something else."""
        short = fresh.hidden.shape[-1] - self.hidden.shape[-1]
        if short > 0:
            self.layers = _longer(self.layers, short)
            self.hidden = nn.functional.pad(self.hidden, (0, short), value=-torch.inf)
        _put(self.layers, rows, fresh.layers)
        self.hidden[rows] = -torch.inf
        self.hidden[rows, :, : fresh.hidden.shape[-1]] = fresh.hidden

    def shorten(self, length: int) -> None:
        """Leave out what lies behind the longest source."""
        self.layers = [(k[:, :, :length], v[:, :, :length]) for k, v in self.layers]
        self.hidden = self.hidden[..., :length]

    def keep(self, rows: Tensor) -> None:
        """Go on with these rows."""
        self.layers = [(k[rows], v[rows]) for k, v in self.layers]
        self.hidden = self.hidden[rows]


@dataclass
class Written:
    """Keys and values of what rows have written, (rows, heads, places, width of a head)."""

    layers: list[Pair]

    @property
    def places(self) -> int:
        """Tokens there is room for."""
        return self.layers[0][0].shape[2]

    def put(self, rows: Tensor, fresh: Written) -> None:
        """Let `rows` have written something else."""
        self.make_room(fresh.places)
        _put(self.layers, rows, fresh.layers)

    def make_room(self, places: int) -> None:
        """See to it that there is room for so many tokens."""
        if places > self.places:
            self.layers = _longer(self.layers, max(places, self.places + _MORE) - self.places)

    def keep(self, rows: Tensor, places: int) -> None:
        """Go on with these rows, of which so many places are in use or soon will be."""
        self.layers = [(k[rows, :, :places], v[rows, :, :places]) for k, v in self.layers]


def _put(layers: list[Pair], rows: Tensor, fresh: list[Pair]) -> None:
    for table, new in zip(layers, fresh, strict=True):
        for room, values in zip(table, new, strict=True):
            room[rows, :, : values.shape[2]] = values


def _longer(layers: list[Pair], places: int) -> list[Pair]:
    more = (0, 0, 0, places)
    return [(nn.functional.pad(k, more), nn.functional.pad(v, more)) for k, v in layers]


class PlainDecoder:
    """Blocks, embeddings and positions of a decoder; made by :meth:`of`.

    Parameters
    ----------
    stack : nn.Module
        With ``layers``, ``embed_tokens`` and ``embed_positions``.
    before : bool
        Whether norms stand before the parts of a block.
    """

    def __init__(self, stack: Any, before: bool) -> None:
        self._stack, self._layers, self._before = stack, list(stack.layers), before
        self._offset = int(getattr(stack.embed_positions, "offset", 0))
        # Where the embedding does not scale by itself the stack does.
        plain = type(stack.embed_tokens) is nn.Embedding
        self._scale = float(getattr(stack, "embed_scale", 1.0)) if plain else 1.0

    @classmethod
    def of(cls, model: object) -> PlainDecoder | None:
        """A model's decoder, or None if it does not compute what is computed here."""
        if not isinstance(model, HuggingFaceSeq2Seq) or model.dtype != torch.float32:
            return None
        network: Any = model.module
        stack: Any = stack_of(network.get_decoder())
        if not _has_parts(stack):
            return None
        found = cls(stack, isinstance(getattr(stack, "layer_norm", None), nn.Module))
        try:
            return found if _agrees(found, model) else None
        except (AttributeError, IndexError, RuntimeError, TypeError, ValueError):
            return None  # Some other kind of network, whose parts only have the same names.

    def source(self, states: Tensor, mask: Tensor) -> Source:
        """Keys and values of the encoder's output.

        Parameters
        ----------
        states : Tensor (rows, source, width)
        mask : Tensor (rows, source), bool
        """
        layers = [_keys_and_values(layer.encoder_attn, states) for layer in self._layers]
        return Source(layers, _hidden(mask).unsqueeze(1))

    def blank(self, rows: int, places: int) -> Written:
        """Room for what rows will write."""
        device = self._stack.embed_tokens.weight.device
        layers = []
        for layer in self._layers:
            attention = layer.self_attn
            heads = attention.k_proj.out_features // attention.head_dim
            shape = (rows, heads, places, attention.head_dim)
            layers.append((torch.zeros(shape, device=device), torch.zeros(shape, device=device)))
        return Written(layers)

    def read(self, ids: Tensor, source: Source) -> tuple[Tensor, Written]:
        """Decoder states (rows, count, width) of texts from their beginning, and their keys."""
        places = torch.arange(ids.shape[1], device=ids.device)
        causal = _hidden(places <= places.unsqueeze(1))
        written: list[Pair] = []

        def attend(index: int, attention: Any, x: Tensor) -> Tensor:
            written.append(_keys_and_values(attention, x))
            return _attended(attention, x, written[index], causal)

        return self._blocks(self._embedded(ids, places), source, attend), Written(written)

    def step(self, words: Tensor, at: Tensor, written: Written, source: Source) -> Tensor:
        """Decoder states (rows, width) after one more word of each row.

        Parameters
        ----------
        words, at : Tensor (rows,), int64
            What is read next and its position, which may differ from row to row.
        written : Written
            Takes up the new keys and values.
        """
        length = int(at.max()) + 1
        places = torch.arange(length, device=at.device)
        seen = _hidden(places <= at.unsqueeze(1)).unsqueeze(1)
        every = torch.arange(len(at), device=at.device)

        def attend(index: int, attention: Any, x: Tensor) -> Tensor:
            fresh = _keys_and_values(attention, x)
            for kept, new in zip(written.layers[index], fresh, strict=True):
                kept[every, :, at] = new[:, :, 0]
            keys, values = (kept[:, :, :length] for kept in written.layers[index])
            return _attended(attention, x, (keys, values), seen)

        x = self._embedded(words.unsqueeze(1), at.unsqueeze(1))
        return self._blocks(x, source, attend)[:, 0]

    def _embedded(self, ids: Tensor, places: Tensor) -> Tensor:
        stack = self._stack
        x: Tensor = stack.embed_tokens(ids) * self._scale
        x = x + nn.functional.embedding(places + self._offset, stack.embed_positions.weight)
        norm = getattr(stack, "layernorm_embedding", None)
        return x if norm is None else norm(x)

    def _blocks(self, x: Tensor, source: Source, attend: _Attend) -> Tensor:
        x = tap("decoder.0.embed", x)
        for index, layer in enumerate(self._layers):
            x = tap(f"decoder.{index}.resid_pre", x)
            part = attend(index, layer.self_attn, self._first(layer.self_attn_layer_norm, x))
            x = self._last(layer.self_attn_layer_norm, x + part)
            asked = self._first(layer.encoder_attn_layer_norm, x)
            part = _attended(layer.encoder_attn, asked, source.layers[index], source.hidden)
            x = self._last(layer.encoder_attn_layer_norm, x + part)
            asked = self._first(layer.final_layer_norm, x)
            part = layer.fc2(layer.activation_fn(layer.fc1(asked)))
            x = self._last(layer.final_layer_norm, x + part)
            x = tap(f"decoder.{index}.resid_post", x)
        return self._first(self._stack.layer_norm, x) if self._before else x

    def _first(self, norm: nn.Module, x: Tensor) -> Tensor:
        return norm(x) if self._before else x

    def _last(self, norm: nn.Module, x: Tensor) -> Tensor:
        return x if self._before else norm(x)


def _hidden(seen: Tensor) -> Tensor:
    return torch.zeros(seen.shape, device=seen.device).masked_fill_(~seen, -torch.inf)


def _split(x: Tensor, attention: Any) -> Tensor:
    """(rows, places, width) to (rows, heads, places, width of a head)."""
    return x.view(*x.shape[:2], -1, attention.head_dim).transpose(1, 2)


def _keys_and_values(attention: Any, x: Tensor) -> Pair:
    keys, values = attention.k_proj(x), attention.v_proj(x)
    return _split(keys, attention).contiguous(), _split(values, attention).contiguous()


def _attended(attention: Any, x: Tensor, pair: Pair, hidden: Tensor) -> Tensor:
    """Attention of `x` (rows, count, width); `hidden` ([rows,] count or 1, places) is added."""
    rows, count, _ = x.shape
    keys, values = pair
    heads, places = keys.shape[1], keys.shape[2]
    asked = _split(attention.q_proj(x) * attention.scaling, attention)
    scores = torch.bmm(asked.reshape(rows * heads, count, -1),
                       keys.reshape(rows * heads, places, -1).transpose(1, 2))  # fmt: skip
    scores = scores.view(rows, heads, count, places) + hidden.unsqueeze(-3)
    weights = scores.softmax(-1).view(rows * heads, count, places)
    read = torch.bmm(weights, values.reshape(rows * heads, places, -1))
    joined = read.view(rows, heads, count, -1).transpose(1, 2).reshape(rows, count, -1)
    found: Tensor = attention.out_proj(joined)
    return found


def _has_parts(stack: Any) -> bool:
    layers = getattr(stack, "layers", None)
    if not isinstance(layers, nn.ModuleList) or not len(layers):
        return False
    weight = getattr(getattr(stack, "embed_positions", None), "weight", None)
    return (
        isinstance(weight, Tensor)
        and hasattr(stack, "embed_tokens")
        and all(hasattr(layer, name) for layer in layers for name in _BLOCK)
        and all(
            hasattr(getattr(layer, part, None), name)
            for layer in layers for part in ("self_attn", "encoder_attn") for name in _ATTENTION
        )
    )  # fmt: skip


def _agrees(found: PlainDecoder, model: HuggingFaceSeq2Seq) -> bool:
    """Whether a text comes out the same, read at once and word by word, at every site."""
    generator = torch.Generator().manual_seed(0)
    texts = torch.randint(model.vocabulary_size, (2, 12), generator=generator).to(model.device)
    mask = torch.ones(2, 5, dtype=torch.bool, device=model.device)
    mask[1, 3:] = False
    sites = [a for a in model.sites if a.startswith("decoder.")]
    with running(None):
        memory = model.encode(texts[:, :5], mask)
    ids = texts[:, 5:]
    with running(Run(None, sites)) as run:
        expected = model.decode(memory, ids)
    with running(Run(None, sites)) as ours:
        source = found.source(memory.states, mask)
        at_once, kept = found.read(ids, source)
    assert run is not None and ours is not None
    with running(None):
        written = found.blank(2, 7)
        # The first row stands three words before the second.
        for table, known in zip(written.layers, kept.layers, strict=True):
            for room, pair in zip(table, known, strict=True):
                room[1, :, :3] = pair[1, :, :3]
        every, stepped = torch.arange(2, device=model.device), []
        for offset in range(4):
            at = torch.tensor([offset, offset + 3], device=model.device)
            stepped.append(found.step(ids[every, at], at, written, source))
    pairs = [(at_once, expected), *((ours.captured.get(a), run.captured[a]) for a in sites)]
    pairs += [(x[0], expected[0, i]) for i, x in enumerate(stepped)]
    pairs += [(x[1], expected[1, i + 3]) for i, x in enumerate(stepped)]
    return all(a is not None and torch.allclose(a, b, atol=_NEAR, rtol=_NEAR) for a, b in pairs)
