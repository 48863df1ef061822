"""How many units each layer has that pruning touches, read off the weights themselves.

A folder is pruned without being opened as a model: one of many languages could not be, unless they
were named. So what a ranking names is compared with this: a list made for another model would else
do as well as one made for this.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from ..addresses import Neuron
from ..errors import InvalidInputError, UnknownAddressError
from .pruning_equal_heads import equal_heads
from .pruning_families import Shapes, feed_forward
from .pruning_heads import SITES


def widths_of(config: Mapping[str, Any], shapes: Shapes) -> dict[str, int]:
    """Units of every layer that pruning may take some out of, by address.

    Raises
    ------
    InvalidInputError
        If nothing can be taken out of such a model.
    """
    if str(config.get("model_type")).startswith("neurox_recurrent"):
        return _recurrent(config)
    transformer = feed_forward(config, shapes)
    found: dict[str, int] = {}
    for (stack, layer), parts in transformer.parts.items():
        for site in ("ffn_act", "ffn_pre"):
            found[f"{stack}.{layer}.{site}"] = transformer.widths[stack]
        for site, kind in SITES.items():
            name = parts.get(f"{kind}.out_proj.weight")
            if transformer.family.heads and name is not None:
                found[f"{stack}.{layer}.{site}"] = shapes[name][1]
    if not transformer.family.heads:
        # What has none, or none that can be taken out, says why when they are asked for.
        with suppress(InvalidInputError):
            heads = equal_heads(transformer, config, shapes)
            found |= dict.fromkeys(heads.parts, heads.number * heads.size)
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
