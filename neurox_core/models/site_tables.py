"""Where each architecture keeps its sites: data only, read by :mod:`.sites`.

A table holds for one style of block. It is taken only if every block of a stack has all of the
table's anchors, so an architecture that merely resembles another is not mistaken for it. What the
names mean is the same everywhere:

``self_attn_heads``, ``cross_attn_heads``
    Concatenated outputs of the heads, before the output projection; head h has the units
    ``h*d`` to ``(h+1)*d - 1`` with d units a head.
``self_attn_out``, ``cross_attn_out``
    What the output projection gives, before it is added to the residual stream (and before a norm
    that some families put in between: Gemma 2 and 3).
``ffn_pre``
    What goes into the nonlinearity; of a gated feed-forward (T5 1.1, Llama) the gate's half.
``ffn_act``
    What the second linear map reads: after the nonlinearity and, if gated, after the product.
``ffn_out``
    What the second linear map gives, before it is added.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Side = Literal["input", "output"]


@dataclass(frozen=True)
class SitePath:
    """A site as a module within a block, and which end of it.

    Attributes
    ----------
    site : str
    path : str
        Module path; alternatives are separated by ``|``, the first that exists counts.
        ``{last}`` is the number of the last sub-layer (T5).
    side : {"input", "output"}
    """

    site: str
    path: str
    side: Side

    @property
    def alternatives(self) -> list[str]:
        """The paths to look for, in order."""
        return self.path.split("|")


@dataclass(frozen=True)
class BlockTable:
    """One style of block.

    Attributes
    ----------
    style : str
        For messages.
    blocks : str
        Name of the list of blocks in the stack.
    anchors : tuple of str
        Module paths that every block must have.
    places : tuple of SitePath
        In order of computation.
    norms : tuple of str
        Names that a norm after the last block has, as a member of the stack itself.
    """

    style: str
    blocks: str
    anchors: tuple[str, ...]
    places: tuple[SitePath, ...]
    norms: tuple[str, ...] = ()


def _attention(heads: str, out: str, kind: str = "self") -> tuple[SitePath, SitePath]:
    return (
        SitePath(f"{kind}_attn_heads", heads, "input"),
        SitePath(f"{kind}_attn_out", out, "output"),
    )


def _feed_forward(first: str, second: str) -> tuple[SitePath, SitePath, SitePath]:
    return (
        SitePath("ffn_pre", first, "output"),
        SitePath("ffn_act", second, "input"),
        SitePath("ffn_out", second, "output"),
    )


TABLES = (
    BlockTable(
        "BART, Marian, mBART, M2M100, NLLB, Pegasus, OPT", "layers",
        ("self_attn.out_proj", "fc1", "fc2"),
        (
            *_attention("self_attn.out_proj", "self_attn.out_proj"),
            *_attention("encoder_attn.out_proj", "encoder_attn.out_proj", "cross"),
            *_feed_forward("fc1", "fc2"),
        ),
        ("layer_norm", "final_layer_norm"),
    ),
    BlockTable(
        "T5, mT5", "block", ("layer.0.SelfAttention.o",),
        (
            *_attention("layer.0.SelfAttention.o", "layer.0.SelfAttention.o"),
            *_attention("layer.1.EncDecAttention.o", "layer.1.EncDecAttention.o", "cross"),
            *_feed_forward(
                "layer.{last}.DenseReluDense.wi|layer.{last}.DenseReluDense.wi_0",
                "layer.{last}.DenseReluDense.wo",
            ),
        ),
        ("final_layer_norm",),
    ),
    BlockTable(
        "GPT-2", "h", ("attn.c_proj", "mlp.c_fc", "mlp.c_proj"),
        (*_attention("attn.c_proj", "attn.c_proj"), *_feed_forward("mlp.c_fc", "mlp.c_proj")),
        ("ln_f",),
    ),
    BlockTable(
        "GPT-Neo", "h", ("attn.attention.out_proj", "mlp.c_fc", "mlp.c_proj"),
        (
            *_attention("attn.attention.out_proj", "attn.attention.out_proj"),
            *_feed_forward("mlp.c_fc", "mlp.c_proj"),
        ),
        ("ln_f",),
    ),
    BlockTable(
        "GPT-J", "h", ("attn.out_proj", "mlp.fc_in", "mlp.fc_out"),
        (*_attention("attn.out_proj", "attn.out_proj"), *_feed_forward("mlp.fc_in", "mlp.fc_out")),
        ("ln_f",),
    ),
    BlockTable(
        "BLOOM, Falcon", "h", ("self_attention.dense", "mlp.dense_4h_to_h"),
        (
            *_attention("self_attention.dense", "self_attention.dense"),
            *_feed_forward("mlp.dense_h_to_4h", "mlp.dense_4h_to_h"),
        ),
        ("ln_f",),
    ),
    BlockTable(
        "GPT-NeoX", "layers", ("attention.dense", "mlp.dense_4h_to_h"),
        (
            *_attention("attention.dense", "attention.dense"),
            *_feed_forward("mlp.dense_h_to_4h", "mlp.dense_4h_to_h"),
        ),
        ("final_layer_norm",),
    ),
    BlockTable(
        "Llama, Qwen, Gemma, Mistral", "layers", ("self_attn.o_proj",),
        (
            *_attention("self_attn.o_proj", "self_attn.o_proj"),
            *_feed_forward("mlp.gate_proj|mlp.c_fc", "mlp.down_proj|mlp.c_proj"),
        ),
        ("norm",),
    ),
    BlockTable(
        "Phi", "layers", ("self_attn.dense", "mlp.fc1", "mlp.fc2"),
        (*_attention("self_attn.dense", "self_attn.dense"), *_feed_forward("mlp.fc1", "mlp.fc2")),
        ("final_layernorm",),
    ),
    BlockTable(
        "BERT, RoBERTa, XLM-R, ELECTRA", "layer",
        ("attention.output.dense", "intermediate.dense", "output.dense"),
        (
            *_attention("attention.output.dense", "attention.output.dense"),
            *_feed_forward("intermediate.dense", "output.dense"),
        ),
    ),
    BlockTable(
        "ALBERT, written out", "albert_layer_groups",
        ("albert_layers.0.attention.dense", "albert_layers.0.ffn", "albert_layers.0.ffn_output"),
        (
            *_attention("albert_layers.0.attention.dense", "albert_layers.0.attention.dense"),
            *_feed_forward("albert_layers.0.ffn", "albert_layers.0.ffn_output"),
        ),
    ),
    BlockTable(
        "MPNet", "layer", ("attention.attn.o", "intermediate.dense", "output.dense"),
        (
            *_attention("attention.attn.o", "attention.attn.o"),
            *_feed_forward("intermediate.dense", "output.dense"),
        ),
    ),
    BlockTable(
        "ModernBERT", "layers", ("attn.Wo", "mlp.Wo"),
        (
            *_attention("attn.Wo", "attn.Wo"),
            # Its first map gives both halves of the gate at once, so there is no `ffn_pre`.
            SitePath("ffn_act", "mlp.Wo", "input"), SitePath("ffn_out", "mlp.Wo", "output"),
        ),
        ("final_norm",),
    ),
    BlockTable(
        "DistilBERT", "layer", ("attention.out_lin", "ffn.lin1", "ffn.lin2"),
        (
            *_attention("attention.out_lin", "attention.out_lin"),
            *_feed_forward("ffn.lin1", "ffn.lin2"),
        ),
    ),
)  # fmt: skip
"""Sequence matters only where two tables fit; the first is taken."""

LISTS = ("layers", "block", "h", "layer")
"""Where the blocks of an unknown architecture are looked for; only their ends become sites."""
