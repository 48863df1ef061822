"""Taking attention heads out of Transformers of the Marian and BART kind.

A head is as important as its units are on average, by their places in the ranking. Heads of one
kind (self-attention of the encoder, of the decoder, cross-attention) compete over all layers, so
layers may lose different numbers of them; every attention keeps one. Without a head the smaller
model computes what the whole one does with the head's units (``self_attn_heads``,
``cross_attn_heads``) at zero. How such a folder is written and opened is said in
:mod:`neurox_core.models.pruned_heads`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..errors import InvalidInputError
from ..models.pruned_heads import ENTRY, PARTS

SITES = {"self_attn_heads": "self_attn", "cross_attn_heads": "encoder_attn"}
"""Sites and what the attention is called in these formats."""


class _Head(NamedTuple):
    """One head and its mean place in the ranking."""

    place: float
    layer: int
    number: int


def drop_heads(
    config: dict[str, Any], tensors: Mapping[str, Tensor], places: Mapping[str, int], share: float
) -> tuple[dict[str, NDArray[np.int64]], dict[str, Tensor]]:
    """Units that stay at each site that loses some, and the weights that are left.

    Raises
    ------
    InvalidInputError
        If the ranking lacks units of a layer, or nothing can be dropped.
    """
    smaller, keep = dict(tensors), dict[str, NDArray[np.int64]]()
    left = dict(config.get(ENTRY) or {})
    for stack in ("encoder", "decoder"):
        size = int(config["d_model"]) // int(config[f"{stack}_attention_heads"])
        for site, kind in SITES.items():
            if not any(n.startswith(f"{stack}.") and f".{site}[" in n for n in places):
                continue
            prefixes = {
                layer: _prefix(tensors, stack, layer, kind)
                for layer in range(int(config[f"{stack}_layers"]))
            }
            for layer, gone in _chosen(tensors, places, stack, site, prefixes, size, share).items():
                count = tensors[f"{prefixes[layer]}.out_proj.weight"].shape[1] // size
                stay = [head for head in range(count) if head not in gone]
                units = np.concatenate([np.arange(h * size, (h + 1) * size) for h in stay])
                _cut(smaller, prefixes[layer], torch.from_numpy(units))
                keep[f"{stack}.{layer}.{site}"] = units.astype(np.int64)
                left[f"{stack}.{layer}.{kind}"] = len(stay)
    config[ENTRY] = left
    return keep, smaller


def _chosen(
    tensors: Mapping[str, Tensor],
    places: Mapping[str, int],
    stack: str,
    site: str,
    prefixes: Mapping[int, str],
    size: int,
    share: float,
) -> dict[int, set[int]]:
    """Heads to drop, by layer: those that stand last, at most all but one of a layer."""
    heads: list[_Head] = []
    room: dict[int, int] = {}
    for layer, prefix in prefixes.items():
        count = tensors[f"{prefix}.out_proj.weight"].shape[1] // size
        room[layer] = count - 1
        for number in range(count):
            names = [f"{stack}.{layer}.{site}[{u + number * size}]" for u in range(size)]
            if any(name not in places for name in names):
                raise InvalidInputError(
                    f"The ranking lacks units of {stack}.{layer}.{site}: heads of all layers of a "
                    "stack are compared with one another."
                )
            heads.append(_Head(sum(places[n] for n in names) / size, layer, number))
    drop = round(len(heads) * share)
    found: dict[int, set[int]] = {}
    for head in sorted(heads, key=lambda h: -h.place):
        if drop and room[head.layer]:
            found.setdefault(head.layer, set()).add(head.number)
            room[head.layer] -= 1
            drop -= 1
    if not found:
        raise InvalidInputError(
            f"{share:g} of the {len(heads)} heads of {stack}.*.{site} leaves nothing to drop, as "
            "every layer keeps one."
        )
    return found


def _cut(tensors: dict[str, Tensor], prefix: str, units: Tensor) -> None:
    """Keep some units of an attention: rows of what makes them, columns of what reads them."""
    for part in PARTS[:3]:
        for kind in ("weight", "bias"):
            key = f"{prefix}.{part}.{kind}"
            if key in tensors:
                tensors[key] = tensors[key][units]
    key = f"{prefix}.out_proj.weight"
    tensors[key] = tensors[key][:, units]


def _prefix(tensors: Mapping[str, Tensor], stack: str, layer: int, kind: str) -> str:
    end = f"{stack}.layers.{layer}.{kind}.out_proj.weight"
    found = next((name for name in tensors if name.endswith(end)), None)
    if found is None:
        raise InvalidInputError(f"The weights have no {end}, so its heads cannot be taken out.")
    return found.removesuffix(".out_proj.weight")
