"""Networks from which attention heads were taken out: how their folders are written and opened.

The formats of Marian, BART and their like derive the size of a head from the width and the number
of heads, so a network with fewer heads of the same size cannot be written in them. NeuroX writes it
all the same: the matrices in ``model.safetensors`` are smaller, and ``config.json`` has one entry
more, ``neurox_heads``, which says how many heads each attention that lost some has left, as in
``{"encoder.0.self_attn": 6}``. The library's attention reads the number of heads off its matrices,
so only these have to be put in at load. (Without NeuroX such a folder does not open.)
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import nn

from ..errors import ModelLoadError

ENTRY = "neurox_heads"
WEIGHTS = "model.safetensors"
PARTS = ("q_proj", "k_proj", "v_proj", "out_proj")


def heads_left(config: Any) -> Mapping[str, int]:
    """Heads of every attention that lost some, by ``stack.layer.attention``."""
    found = getattr(config, ENTRY, None) or {}
    return {str(name): int(count) for name, count in found.items()}


def put_in(network: Any, config: Any, folder: Path) -> list[str]:
    """Give a network the smaller matrices of a folder, in place; names of the weights replaced.

    Raises
    ------
    ModelLoadError
        If the folder does not hold them, or they do not fit.
    """
    put: list[str] = []
    try:
        with safe_open(folder / WEIGHTS, "pt") as content:
            stored = set(content.keys())
            for name in heads_left(config):
                stack, layer, kind = name.split(".")
                end = f"{stack}.layers.{layer}.{kind}"
                path = next(k for k in stored if k.endswith(f"{end}.out_proj.weight"))
                prefix = path.removesuffix(".out_proj.weight")
                attention = network.get_submodule(prefix)
                for part in PARTS:
                    old = getattr(attention, part)
                    weight = content.get_tensor(f"{prefix}.{part}.weight").to(old.weight.dtype)
                    linear = nn.Linear(weight.shape[1], weight.shape[0], bias=old.bias is not None)
                    linear.weight = nn.Parameter(weight)
                    if old.bias is not None:
                        bias = content.get_tensor(f"{prefix}.{part}.bias")
                        linear.bias = nn.Parameter(bias.to(old.bias.dtype))
                        put.append(f"{prefix}.{part}.bias")
                    setattr(attention, part, linear)
                    put.append(f"{prefix}.{part}.weight")
                _require_fit(attention, name, heads_left(config)[name])
    except (OSError, SafetensorError, StopIteration, AttributeError, ValueError) as error:
        raise ModelLoadError(
            f"{folder} says that heads were taken out, but its weights do not fit: "
            f"{error or 'an attention is missing'}"
        ) from error
    return put


def _require_fit(attention: Any, name: str, heads: int) -> None:
    width = attention.head_dim * heads
    shapes = {attention.out_proj.in_features, *(getattr(attention, p).out_features
              for p in PARTS[:3])}  # fmt: skip
    if shapes != {width} or not torch.isfinite(attention.out_proj.weight).all():
        raise ValueError(f"{name} should have {heads} heads of {attention.head_dim} units")
