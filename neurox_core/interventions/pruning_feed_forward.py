"""Taking feed-forward units out of a Transformer.

The formats have one width for all blocks of a stack, some for both stacks, so equally many units
are taken out of each of these. A unit's row goes out of the map that makes it (of both, if it is
gated), its column out of the map that reads it; all else stays as it is. So the smaller model
computes what the whole one does with these units (``ffn_act``) at zero, whatever the nonlinearity.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..errors import InvalidInputError
from .pruning_families import FeedForward


def drop_feed_forward(
    found: FeedForward,
    config: dict[str, Any],
    tensors: Mapping[str, Tensor],
    places: Mapping[str, int],
    share: float,
) -> tuple[dict[str, NDArray[np.int64]], dict[str, Tensor]]:
    """Units that stay, by layer, and the weights; `config` gets the new widths.

    Raises
    ------
    InvalidInputError
        If the ranking lacks units of a layer, or nothing can be dropped.
    """
    smaller, keep = dict(tensors), dict[str, NDArray[np.int64]]()
    asked = {name.partition(".")[0] for name in places if ".ffn_act[" in name}
    losing = {other for stack in found.widths if stack in asked for other in found.beside(stack)}
    for block in found.parts:
        stack, width = block[0], found.widths[block[0]]
        if stack not in losing:
            continue
        layer, drop = f"{stack}.{block[1]}", round(width * share)
        if not 0 < drop < width:
            raise InvalidInputError(
                f"{share:g} of {width} units leaves nothing to drop or to keep."
            )
        rank = [places.get(f"{layer}.ffn_act[{u}]", -1) for u in range(width)]
        if -1 in rank:
            all_of = "both stacks" if len(found.beside(stack)) > 1 else "a stack"
            raise InvalidInputError(
                f"The ranking lacks units of {layer}.ffn_act: every layer of {all_of} loses "
                f"equally many, because the format has one width for them ({found.key(stack)})."
            )
        own = np.sort(np.argsort(rank)[: width - drop]).astype(np.int64)
        index = torch.from_numpy(own)
        for name, axis in (*found.made(block), found.read(block)):
            smaller[name] = tensors[name].index_select(axis, index)
        keep[f"{layer}.ffn_act"] = keep[f"{layer}.ffn_pre"] = own
        config[found.key(stack)] = width - drop
    return keep, smaller
