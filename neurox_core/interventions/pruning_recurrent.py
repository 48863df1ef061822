"""Recurrent units taken out of NeuroX's own models.

The format has one width, so equally many units are taken out of every layer and direction. A
decoder layer of a translation model starts from the final state of the encoder layer beside it, so
a unit is taken out of both at once; it is as important as the better placed of the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..errors import InvalidInputError

Keep = dict[str, NDArray[np.int64]]
"""Units that stay, in order, by layer address."""


def drop_recurrent(
    config: dict[str, Any], tensors: Mapping[str, Tensor], places: Mapping[str, int], share: float
) -> tuple[Keep, dict[str, Tensor]]:
    """Units out of an encoder-decoder; `config` gets the new width.

    Returns
    -------
    dict of str to array, dict of str to Tensor
        Units that stay, by layer, and the weights.
    """
    hidden, layers = int(config["hidden_size"]), int(config["layers"])
    sides = 2 if config["bidirectional"] else 1
    drop = round(hidden * share / sides)
    if not 0 < drop < hidden // sides:
        raise InvalidInputError(f"{share:g} of {hidden} units leaves nothing to drop or to keep.")
    stay: list[NDArray[np.int64]] = []
    for layer in range(layers):
        rank = [
            min(places.get(f"{stack}.{layer}.rnn_hidden[{u}]", len(places) + 1)
                for stack in ("encoder", "decoder"))
            for u in range(hidden)
        ]  # fmt: skip
        if len(places) + 1 in rank:
            raise InvalidInputError(
                f"The ranking lacks units of encoder.{layer}.rnn_hidden and "
                f"decoder.{layer}.rnn_hidden: all layers lose units, because they have one width."
            )
        half = hidden // sides
        parts = [
            side * half + np.sort(np.argsort(rank[side * half : (side + 1) * half])[: half - drop])
            for side in range(sides)
        ]
        stay.append(np.concatenate(parts).astype(np.int64))
    smaller = dict(tensors)
    for layer in range(layers):
        before = None if layer == 0 else stay[layer - 1]
        half = hidden // sides
        for side in range(sides):
            own = stay[layer][(stay[layer] // half) == side] - side * half
            end = "_reverse" if side else ""
            _cut_lstm(smaller, f"encoder.{layer}.rnn", end, own, half, before)
        _cut_lstm(smaller, f"decoder.{layer}.rnn", "", stay[layer], hidden, before)
    last = torch.from_numpy(stay[-1])
    smaller["attention.weight"] = tensors["attention.weight"][last][:, last]
    smaller["readout.weight"] = tensors["readout.weight"][:, torch.cat([last, last + hidden])]
    config["hidden_size"] = hidden - drop * sides
    keep = {
        f"{stack}.{layer}.{site}": stay[layer]
        for stack in ("encoder", "decoder")
        for layer in range(layers)
        for site in ("rnn_hidden", "rnn_cell")
        if site == "rnn_hidden" or config.get("cell", "lstm") == "lstm"
    }
    keep[f"decoder.{layers - 1}.cross_attn_out"] = stay[-1]
    return keep, smaller


def drop_recurrent_lm(
    config: dict[str, Any], tensors: Mapping[str, Tensor], places: Mapping[str, int], share: float
) -> tuple[Keep, dict[str, Tensor]]:
    """Units out of a language model; as :func:`drop_recurrent`."""
    hidden, layers = int(config["hidden_size"]), int(config["layers"])
    drop = round(hidden * share)
    if not 0 < drop < hidden:
        raise InvalidInputError(f"{share:g} of {hidden} units leaves nothing to drop or to keep.")
    smaller, keep = dict(tensors), Keep()
    own: NDArray[np.int64] | None = None
    for layer in range(layers):
        before, address = own, f"decoder.{layer}.rnn_hidden"
        rank = [places.get(f"{address}[{u}]", -1) for u in range(hidden)]
        if -1 in rank:
            raise InvalidInputError(
                f"The ranking lacks units of {address}: all layers lose units, because they have "
                "one width."
            )
        own = np.sort(np.argsort(rank)[: hidden - drop]).astype(np.int64)
        _cut_lstm(smaller, f"decoder.{layer}.rnn", "", own, hidden, before)
        keep[address] = own
        if config.get("cell", "lstm") == "lstm":
            keep[f"decoder.{layer}.rnn_cell"] = own
    smaller["readout.weight"] = tensors["readout.weight"][:, torch.from_numpy(own)]
    config["hidden_size"] = hidden - drop
    return keep, smaller


def _cut_lstm(
    tensors: dict[str, Tensor],
    name: str,
    end: str,
    own: NDArray[np.int64],
    size: int,
    inputs: NDArray[np.int64] | None,
) -> None:
    """Keep some units of one direction, and the columns of the layer below that are left."""
    # Rows stand gate after gate: four in an LSTM, three in a GRU.
    gates = len(tensors[f"{name}.bias_ih_l0{end}"]) // size
    rows = torch.from_numpy(np.concatenate([gate * size + own for gate in range(gates)]))
    for kind in ("bias_ih_l0", "bias_hh_l0", "weight_ih_l0", "weight_hh_l0"):
        tensors[f"{name}.{kind}{end}"] = tensors[f"{name}.{kind}{end}"][rows]
    key = f"{name}.weight_hh_l0{end}"
    tensors[key] = tensors[key][:, torch.from_numpy(own)]
    if inputs is not None:
        key = f"{name}.weight_ih_l0{end}"
        tensors[key] = tensors[key][:, torch.from_numpy(inputs)]
