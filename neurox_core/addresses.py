"""Names of layers and neurons: ``encoder.1.rnn_hidden`` and ``encoder.1.rnn_hidden[3]``."""

from __future__ import annotations

import re
from typing import NamedTuple

from .errors import InvalidInputError

STACKS = ("encoder", "decoder")
SITES = (
    "embed", "resid_pre", "self_attn_heads", "self_attn_out", "cross_attn_heads", "cross_attn_out",
    "ffn_pre", "ffn_act", "ffn_out", "resid_post", "final_norm", "rnn_hidden", "rnn_cell",
)  # fmt: skip

_LAYER = re.compile(r"(encoder|decoder)\.(\d{1,4})\.([a-z_]+)")
_NEURON = re.compile(r"([a-z0-9_.]+)\[(\d{1,7})\]")


class LayerAddress(NamedTuple):
    """A site of one layer of one stack.

    Attributes
    ----------
    stack : str
        ``encoder`` or ``decoder``.
    layer : int
        0-based block.
    site : str
        One of :data:`SITES`.
    """

    stack: str
    layer: int
    site: str

    def __str__(self) -> str:
        return f"{self.stack}.{self.layer}.{self.site}"

    @classmethod
    def parse(cls, text: str) -> LayerAddress:
        """Read ``stack.layer.site``; raises InvalidInputError for anything else."""
        match = _LAYER.fullmatch(text.strip())
        if match is None or match[3] not in SITES:
            raise InvalidInputError(
                f"{text!r} is not a layer address. One looks like 'encoder.1.rnn_hidden': "
                f"a stack ({' or '.join(STACKS)}), a layer number and a site ({', '.join(SITES)})."
            )
        return cls(match[1], int(match[2]), match[3])


class Neuron(NamedTuple):
    """One unit of one layer address."""

    layer: LayerAddress
    unit: int

    def __str__(self) -> str:
        return f"{self.layer}[{self.unit}]"

    @classmethod
    def parse(cls, text: str) -> Neuron:
        """Read ``encoder.1.rnn_hidden[3]``; raises InvalidInputError for anything else."""
        match = _NEURON.fullmatch(text.strip()) if isinstance(text, str) else None
        if match is None:
            raise InvalidInputError(
                f"{text!r} is not a neuron address. One looks like 'encoder.1.rnn_hidden[3]'."
            )
        return cls(LayerAddress.parse(match[1]), int(match[2]))
