"""OpenNMT-py's Transformer, as the pre-norm encoder-decoder of the Hugging Face library that it is.

The two compute the same: layer norm before each part, sinusoidal positions added to embeddings
scaled by the root of their width, a norm after the last block, a softmax with a bias. So the
weights go into a stock mBART (whose norm after the embedding is taken out, and whose table of
positions holds OpenNMT-py's sines), and sites, cache, search and edits are those of that family.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from transformers import MBartConfig, MBartForConditionalGeneration
from transformers.models.mbart.modeling_mbart import MBartScaledWordEmbedding

from ..errors import ModelLoadError
from .huggingface import HuggingFaceSeq2Seq
from .opennmt_files import Checkpoint, OpenNMTText
from .tokens import Tokens

POSITIONS = 1024
_OFFSET = 2
"""mBART's table of positions begins with two rows that are never read."""
_ATTENTION = {
    "linear_query": "q_proj", "linear_keys": "k_proj", "linear_values": "v_proj",
    "final_linear": "out_proj",
}  # fmt: skip


class OpenNMTTransformer(HuggingFaceSeq2Seq):
    """An OpenNMT-py Transformer; made by :meth:`open`."""

    family: ClassVar[str] = "opennmt-transformer"
    architecture = "OpenNMT-py Transformer (computed by MBart's modules)"
    _text: OpenNMTText

    @classmethod
    def open(cls, checkpoint: Checkpoint, name: str, device: str = "cpu") -> OpenNMTTransformer:
        """Build the network of a checkpoint.

        Raises
        ------
        ModelLoadError
            If it was trained with something that mBART does not compute.
        """
        _check(checkpoint)
        text = OpenNMTText(checkpoint)
        try:
            network = _network(checkpoint, text)
        except (KeyError, TypeError, RuntimeError, ValueError) as error:
            raise ModelLoadError(f"{checkpoint.path} lacks a weight or option: {error}") from error
        model = cls(network, None, name, checkpoint.fingerprint, device)
        model._text = text
        model.suppressed = sorted({text.pad_id, text.start_id})
        return model

    def tokenize(self, text: str, side: str = "source") -> Tokens:
        """Tokens as OpenNMT-py's vocabularies have them; a source has no end token."""
        return self._text.tokenize(text, side)

    def detokenize(self, ids: Sequence[int]) -> str:
        """Tokens as text, sub-words joined."""
        return self._text.detokenize(ids)

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """Target tokens."""
        return self._text.pieces(ids)

    @property
    def unk_id(self) -> int:
        """The id of what the vocabulary lacks."""
        return self._text.unk_id


def _check(checkpoint: Checkpoint) -> None:
    option, weights = checkpoint.option, checkpoint.weights
    checkpoint.refuse(
        max_relative_positions=bool(option("max_relative_positions")),
        layer_norm=option("layer_norm", "standard") != "standard",
        parallel_residual=bool(option("parallel_residual")), num_kv=bool(option("num_kv")),
        copy_attn=bool(option("copy_attn")), self_attn_type=option("self_attn_type") == "average",
        pos_ffn_activation_fn=any(".w_3." in name for name in weights)
        or option("pos_ffn_activation_fn", "relu") not in ("relu", "gelu", "silu"),
        num_experts=bool(option("num_experts")), position_encoding=not option("position_encoding"),
        feat_merge="encoder.embeddings.make_embedding.emb_luts.1.weight" in weights,
    )  # fmt: skip


def _network(checkpoint: Checkpoint, text: OpenNMTText) -> Any:
    option, weights = checkpoint.option, checkpoint.weights
    width = int(option("enc_hid_size", option("hidden_size")))
    heads, feed = int(option("heads")), int(option("transformer_ff"))
    config = MBartConfig(
        vocab_size=len(checkpoint.target), d_model=width, scale_embedding=True,
        encoder_layers=int(option("enc_layers")), decoder_layers=int(option("dec_layers")),
        encoder_attention_heads=heads, decoder_attention_heads=heads, encoder_ffn_dim=feed,
        decoder_ffn_dim=feed, max_position_embeddings=POSITIONS, tie_word_embeddings=False,
        activation_function=str(option("pos_ffn_activation_fn", "relu")),
        pad_token_id=text.pad_id, bos_token_id=text.start_id, eos_token_id=text.eos_id,
        decoder_start_token_id=text.start_id, forced_eos_token_id=None,
        dropout=0.0, attention_dropout=0.0,
    )  # fmt: skip
    network: Any = MBartForConditionalGeneration(config)
    for stack in ("encoder", "decoder"):
        member = getattr(network.model, stack)
        table = weights[f"{stack}.embeddings.make_embedding.emb_luts.0.weight"]
        member.embed_tokens = MBartScaledWordEmbedding(
            table.shape[0], width, text.pad_id, embed_scale=math.sqrt(width)
        )
        member.layernorm_embedding = nn.Identity()
        _put(member.embed_tokens.weight, table)
        places = weights[f"{stack}.embeddings.make_embedding.pe.pe"][:POSITIONS, 0]
        _put(member.embed_positions.weight[_OFFSET : _OFFSET + len(places)], places)
        _load_norm(member.layer_norm, weights, f"{stack}.layer_norm")
        prefix = "encoder.transformer" if stack == "encoder" else "decoder.transformer_layers"
        for index, block in enumerate(member.layers):
            _load_block(block, weights, f"{prefix}.{index}", stack == "decoder")
    _put(network.lm_head.weight, weights["generator.weight"])
    _put(network.final_logits_bias, weights["generator.bias"].unsqueeze(0))
    for module in network.modules():
        if isinstance(module, nn.LayerNorm):
            module.eps = float(option("norm_eps", 1e-6))
    return network


def _load_block(block: Any, weights: dict[str, Tensor], prefix: str, decoder: bool) -> None:
    parts = [(block.self_attn, "self_attn")]
    norms = [(block.final_layer_norm, "feed_forward.layer_norm")]
    if decoder:
        parts.append((block.encoder_attn, "context_attn"))
        norms.append((block.self_attn_layer_norm, "layer_norm_1"))
        norms.append((block.encoder_attn_layer_norm, "layer_norm_2"))
    else:
        norms.append((block.self_attn_layer_norm, "layer_norm"))
    for attention, name in parts:
        for theirs, ours in _ATTENTION.items():
            _load_linear(getattr(attention, ours), weights, f"{prefix}.{name}.{theirs}")
    for norm, name in norms:
        _load_norm(norm, weights, f"{prefix}.{name}")
    _load_linear(block.fc1, weights, f"{prefix}.feed_forward.w_1")
    _load_linear(block.fc2, weights, f"{prefix}.feed_forward.w_2")


def _load_linear(linear: nn.Linear, weights: dict[str, Tensor], name: str) -> None:
    """A linear map; OpenNMT-py 3 leaves biases out unless told otherwise."""
    _put(linear.weight, weights[f"{name}.weight"])
    bias = weights.get(f"{name}.bias")
    _put(linear.bias, torch.zeros_like(linear.bias) if bias is None else bias)


def _load_norm(norm: nn.LayerNorm, weights: dict[str, Tensor], name: str) -> None:
    _put(norm.weight, weights[f"{name}.weight"])
    _put(norm.bias, weights[f"{name}.bias"])


def _put(place: Tensor, value: Tensor) -> None:
    if place.shape != value.shape:
        raise ValueError(f"a weight has shape {tuple(value.shape)}, not {tuple(place.shape)}")
    with torch.no_grad():
        place.copy_(value)
