"""How many units each layer has that pruning touches, read off the weights themselves.

A folder is pruned without being opened as a model: one of many languages could not be, unless they
were named. So what a ranking names is compared with this: a list made for another model would else
do as well as one made for this.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from torch import Tensor

from ..addresses import Neuron
from ..errors import UnknownAddressError
from .pruning_heads import SITES

_MADE = re.compile(r"(?:.*\.)?(encoder|decoder)\.layers\.(\d+)\.(fc1|\w+\.out_proj)\.weight")


def widths_of(config: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> dict[str, int]:
    """Units of every layer that pruning may take some out of, by address."""
    if str(config.get("model_type")).startswith("neurox_recurrent"):
        return _recurrent(config)
    kinds = {f"{kind}.out_proj": site for site, kind in SITES.items()}
    found: dict[str, int] = {}
    for name, tensor in tensors.items():
        match = _MADE.fullmatch(name)
        if match is None:
            continue
        layer = f"{match[1]}.{match[2]}"
        if match[3] == "fc1":
            found[f"{layer}.ffn_act"] = found[f"{layer}.ffn_pre"] = len(tensor)
        elif match[3] in kinds:
            found[f"{layer}.{kinds[match[3]]}"] = tensor.shape[1]
    return found


def _recurrent(config: Mapping[str, Any]) -> dict[str, int]:
    hidden, layers = int(config["hidden_size"]), int(config["layers"])
    translates = config["model_type"] == "neurox_recurrent"
    found = {
        f"{stack}.{layer}.{site}": hidden
        for stack in (("encoder", "decoder") if translates else ("decoder",))
        for layer in range(layers)
        for site in ("rnn_hidden", "rnn_cell")
        if site == "rnn_hidden" or config.get("cell", "lstm") == "lstm"
    }
    if translates:
        found[f"decoder.{layers - 1}.cross_attn_out"] = hidden
    return found


def check_units(widths: Mapping[str, int], neurons: Iterable[str]) -> None:
    """Refuse neurons that the model does not have.

    Sites that nothing can be taken out of are passed over, since a ranking may hold them too; but
    there has to be such a block.

    Raises
    ------
    UnknownAddressError
    """
    sites = {layer.rpartition(".")[2] for layer in widths}
    blocks = {layer.rpartition(".")[0] for layer in widths}
    for name in neurons:
        neuron = Neuron.parse(name)
        layer, address = str(neuron.layer), neuron.layer
        if layer in widths:
            width = widths[layer]
            if neuron.unit >= width:
                raise UnknownAddressError(
                    name, [f"{layer}[{width - 1}]"], f"{layer} has {width} units, 0 to {width - 1}"
                )
        elif address.site in sites or f"{address.stack}.{address.layer}" not in blocks:
            raise UnknownAddressError(name, list(widths), f"the model has no {layer}")
