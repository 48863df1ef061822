"""OpenNMT-py's LSTM and GRU encoder-decoders: the models of Bau et al. (2019) and others.

The encoder's layers run one by one (:class:`.recurrent.RecurrentLayer`), so that each is a site and
its recurrence can be edited. The decoder takes one step after another; with input feeding (Luong et
al. 2015) the attentional state of one step is part of the next one's input, so no other way exists.

    context = sum of attention * memory            <- site cross_attn_out
    attentional = tanh(W [context; hidden])        (no tanh with ``mlp`` attention)
    scores = generator(attentional)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from ..errors import ModelLoadError
from .adapter import ModuleModel
from .opennmt_files import END, START, Checkpoint, OpenNMTText
from .recurrent import RecurrentLayer, State, layer_of
from .taps import observe, tap
from .tokens import Tokens


@dataclass(frozen=True)
class _Memory:
    """What the decoder reads and carries; every tensor has the batch first."""

    states: Tensor
    mask: Tensor
    carried: list[State]
    feed: Tensor


class OpenNMTRecurrentNetwork(nn.Module):
    """The network, with the weights of a checkpoint."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        super().__init__()
        weights, option = checkpoint.weights, checkpoint.option
        kind = str(option("rnn_type")).lower()
        both = bool(option("brnn")) or option("encoder_type") == "brnn"
        self.bidirectional = both
        self.feeds, self.attends = bool(option("input_feed", 1)), str(option("global_attention"))
        self.source = _embedding(weights["encoder.embeddings.make_embedding.emb_luts.0.weight"])
        self.target = _embedding(weights["decoder.embeddings.make_embedding.emb_luts.0.weight"])
        width, layer = int(option("dec_hid_size")), layer_of(kind)
        self.width = width
        self.encoder = nn.ModuleList(
            layer("encoder", i, self.source.embedding_dim if i == 0 else width, width, both)
            for i in range(int(option("enc_layers")))
        )
        first = self.target.embedding_dim + (width if self.feeds else 0)
        self.decoder = nn.ModuleList(
            layer("decoder", i, first if i == 0 else width, width)
            for i in range(int(option("dec_layers")))
        )
        self.bridge = nn.ModuleList(
            _linear(weights, f"encoder.bridge.{i}")
            for i in range(2)
            if f"encoder.bridge.{i}.weight" in weights
        )
        self.attention = nn.ModuleDict({
            name: _linear(weights, f"decoder.attn.{name}")
            for name in ("linear_in", "linear_query", "linear_context", "v", "linear_out")
            if f"decoder.attn.{name}.weight" in weights
        })  # fmt: skip
        self.generator = _linear(weights, "generator")
        self._load_layers(weights)

    def _load_layers(self, weights: dict[str, Tensor]) -> None:
        for stack, layers in (("encoder", self.encoder), ("decoder", self.decoder)):
            for index, layer in enumerate(layers):
                rnn = layer.rnn
                assert isinstance(rnn, nn.Module)
                for name, parameter in rnn.named_parameters():
                    plain = name.replace("_l0", f"_l{index}")
                    cell = f"{stack}.rnn.layers.{index}.{name.replace('_l0', '')}"
                    value = weights.get(f"{stack}.rnn.{plain}", weights.get(cell))
                    if value is None or value.shape != parameter.shape:
                        raise ModelLoadError(
                            f"The checkpoint has no {stack}.rnn.{plain} that fits."
                        )
                    with torch.no_grad():
                        parameter.copy_(value)

    def encode(self, ids: Tensor, mask: Tensor) -> _Memory:
        """Read the sources."""
        lengths = None if bool(mask.all()) else mask.sum(1).cpu()
        x = tap("encoder.0.embed", self.source(ids))
        finals: list[State] = []
        for layer in self.encoder:
            x, final = layer(x, None, lengths)
            finals.append(final)
        if len(self.bridge):
            finals = self._bridged(finals)
        return _Memory(x, mask, finals, x.new_zeros(len(ids), self.width))

    def _bridged(self, finals: list[State]) -> list[State]:
        """The bridge mixes the states of all layers, in OpenNMT-py's own order of rows."""
        directions = 2 if self.bidirectional else 1
        rows = len(finals[0][0])

        def through(linear: nn.Module, states: list[Tensor]) -> list[Tensor]:
            parts = torch.cat(states, -1).view(rows, len(states) * directions, -1)
            mixed = torch.relu(linear(parts.reshape(rows * directions, -1)))
            return list(mixed.view(rows, len(states), -1).unbind(1))

        hidden = through(self.bridge[0], [h for h, _ in finals])
        second = self.bridge[1] if len(self.bridge) > 1 else None
        cells = hidden if second is None else through(second, [c for _, c in finals])
        return list(zip(hidden, cells, strict=True))

    def step(self, tokens: Tensor, state: _Memory) -> tuple[Tensor, _Memory]:
        """One decoder step: scores (rows, vocabulary) and the next state."""
        x = tap("decoder.0.embed", self.target(tokens).unsqueeze(1))
        if self.feeds:
            x = torch.cat([x, state.feed.unsqueeze(1)], -1)
        carried = []
        for layer, before in zip(self.decoder, state.carried, strict=True):
            assert isinstance(layer, RecurrentLayer)
            x, after = layer(x, before, None)
            carried.append(after)
        attended = self._attend(x, state).squeeze(1)
        return self.generator(attended), _Memory(state.states, state.mask, carried, attended)

    def _attend(self, x: Tensor, state: _Memory) -> Tensor:
        if self.attends in ("none", "None"):
            return x
        parts, memory = self.attention, state.states
        if self.attends == "mlp":
            query = parts["linear_query"](x).unsqueeze(2)
            scores = parts["v"](torch.tanh(query + parts["linear_context"](memory).unsqueeze(1)))
            scores = scores.squeeze(-1)
        else:
            query = parts["linear_in"](x) if self.attends == "general" else x
            scores = torch.matmul(query, memory.transpose(1, 2))
        scores = scores.masked_fill(~state.mask.unsqueeze(1), float("-inf"))
        weights = torch.softmax(scores, -1)
        observe(f"decoder.{len(self.decoder) - 1}.cross_attn_map", weights)
        context = torch.matmul(weights, memory)
        context = tap(f"decoder.{len(self.decoder) - 1}.cross_attn_out", context)
        found: Tensor = parts["linear_out"](torch.cat([context, x], -1))
        return found if self.attends == "mlp" else torch.tanh(found)


class OpenNMTRecurrentModel(ModuleModel):
    """An OpenNMT-py LSTM or GRU encoder-decoder."""

    family: ClassVar[str] = "opennmt-recurrent"

    def __init__(self, checkpoint: Checkpoint, name: str, device: str = "cpu") -> None:
        option = checkpoint.option
        checkpoint.refuse(
            rnn_type=str(option("rnn_type")).upper() not in ("LSTM", "GRU"),
            copy_attn=bool(option("copy_attn")), coverage_attn=bool(option("coverage_attn")),
            context_gate=option("context_gate") is not None,
            global_attention_function=option("global_attention_function", "softmax") != "softmax",
            position_encoding=bool(option("position_encoding")),
            feat_merge="encoder.embeddings.make_embedding.emb_luts.1.weight" in checkpoint.weights,
        )  # fmt: skip
        try:
            network = OpenNMTRecurrentNetwork(checkpoint)
        except (KeyError, TypeError, RuntimeError) as error:
            raise ModelLoadError(f"{checkpoint.path} lacks a weight or option: {error}") from error
        # Version 2 has no end token among the source's words, and neither version writes one.
        words = [*checkpoint.source, *([] if END in checkpoint.source else [END])]
        super().__init__(
            network, _sites(network, str(option("rnn_type")).upper()), words,
            checkpoint.target, name=name, device=device, start=START, end=END, max_tokens=500,
        )  # fmt: skip
        if network.attends not in ("none", "None"):
            self.attention_maps = (f"decoder.{len(network.decoder) - 1}.cross_attn_map",)
        self._text, self._mark = OpenNMTText(checkpoint), checkpoint.fingerprint
        self.pad_id, self.unk_id = self._text.pad_id, self._text.unk_id
        self.suppressed = sorted({self.pad_id, self.start_id})
        for layer in (*network.encoder, *network.decoder):
            assert isinstance(layer, RecurrentLayer)
            layer.prepare()

    @property
    def module(self) -> Any:
        """The network."""
        return self._module

    def tokenize(self, text: str, side: str = "source") -> Tokens:
        """Tokens as OpenNMT-py's vocabularies have them; a source has no end token."""
        return self._text.tokenize(text, side)

    def detokenize(self, ids: Any) -> str:
        """Tokens as text, sub-words joined."""
        return self._text.detokenize(ids)

    def encode(self, ids: Tensor, mask: Tensor) -> _Memory:
        """Read the sources."""
        found: _Memory = self.module.encode(ids, mask)
        return found

    def step(self, tokens: Tensor, state: _Memory, position: int) -> tuple[Tensor, _Memory]:
        """One decoder step."""
        found: tuple[Tensor, _Memory] = self.module.step(tokens, state)
        return found


def _sites(network: OpenNMTRecurrentNetwork, kind: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for stack, layers, words in (
        ("encoder", network.encoder, network.source), ("decoder", network.decoder, network.target)
    ):  # fmt: skip
        found[f"{stack}.0.embed"] = words.embedding_dim
        for index in range(len(layers)):
            found[f"{stack}.{index}.rnn_hidden"] = network.width
            if kind == "LSTM":
                found[f"{stack}.{index}.rnn_cell"] = network.width
    if network.attends not in ("none", "None"):
        found[f"decoder.{len(network.decoder) - 1}.cross_attn_out"] = network.width
    return found


def _embedding(weight: Tensor) -> nn.Embedding:
    found = nn.Embedding(*weight.shape)
    with torch.no_grad():
        found.weight.copy_(weight)
    return found


def _linear(weights: dict[str, Tensor], name: str) -> nn.Linear:
    weight, bias = weights[f"{name}.weight"], weights.get(f"{name}.bias")
    found = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None)
    with torch.no_grad():
        found.weight.copy_(weight)
        if bias is not None:
            found.bias.copy_(bias)
    return found
