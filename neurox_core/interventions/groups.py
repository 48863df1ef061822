"""Groups of neurons that are worth ablating as a whole: layers, heads, and all but a few.

A group becomes a manipulation set that ablates it; :func:`.sets.compare_sets` scores any number of
them side by side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..addresses import LayerAddress
from ..errors import InvalidInputError, UnknownAddressError
from ..models.base import TranslationModel
from ..models.pruned_heads import heads_left
from .intervention import Intervention, canonical
from .pruning_heads import SITES
from .sets import ManipulationSet

_HEADS = {
    "encoder": ("encoder_attention_heads", "num_heads", "num_attention_heads"),
    "decoder": ("decoder_attention_heads", "num_decoder_heads", "num_heads",
                "num_attention_heads"),
}  # fmt: skip


def layer_groups(
    model: TranslationModel, layers: Sequence[str] | None = None
) -> dict[str, list[str]]:
    """All units of each layer, by layer address."""
    wanted = list(model.layers if layers is None else layers)
    model.check_layers(wanted)
    return {a: [f"{a}[{u}]" for u in range(model.sites[a])] for a in wanted}


def head_groups(model: TranslationModel, layer: str) -> dict[str, list[str]]:
    """The units of each head of a layer such as ``encoder.0.self_attn_heads``.

    Raises
    ------
    UnknownAddressError
        If the model has no such layer.
    InvalidInputError
        If the layer does not hold heads, or their number is not known.
    """
    if layer not in model.sites:
        raise UnknownAddressError(layer, model.layers)
    address = LayerAddress.parse(layer)
    if not address.site.endswith("_attn_heads"):
        raise InvalidInputError(f"{layer} does not hold heads; a layer ending in _attn_heads does.")
    config: Any = getattr(model.module, "config", None)
    known = (getattr(config, name, None) for name in _HEADS[address.stack])
    count = next((int(n) for n in known if n), 0)
    # A pruned layer has fewer heads than the configuration says of all.
    count = heads_left(config).get(f"{address.stack}.{address.layer}.{SITES[address.site]}", count)
    width = model.sites[layer]
    if count == 0 or width % count:
        raise InvalidInputError(f"{model.name} does not say how many heads {layer} has.")
    size = width // count
    return {
        f"{layer} head {head}": [f"{layer}[{u}]" for u in range(head * size, (head + 1) * size)]
        for head in range(count)
    }


def all_but(model: TranslationModel, neurons: Sequence[str]) -> list[str]:
    """Every other unit of the layers that the neurons lie in."""
    kept = {canonical(n) for n in neurons}
    model.plan([[Intervention(sorted(kept), "zero")]])  # Says which of them there is not.
    layers = list(dict.fromkeys(name.partition("[")[0] for name in kept))
    every = [n for group in layer_groups(model, sorted(layers)).values() for n in group]
    return [name for name in every if name not in kept]


KINDS = ("these", "others", "layers", "heads")


def chosen_groups(
    model: TranslationModel,
    kind: str,
    neurons: Sequence[str] = (),
    layers: Sequence[str] = (),
) -> dict[str, list[str]]:
    """Groups of a kind, by what a person calls them.

    Parameters
    ----------
    kind : {"these", "others", "layers", "heads"}
        ``these``: exactly `neurons`; ``others``: all other units of their layers; ``layers``: each
        of `layers` whole, all layers if there are none; ``heads``: each head of each of `layers`.

    Raises
    ------
    InvalidInputError
        If what the kind needs is missing.
    UnknownAddressError
        If the model has no such neuron or layer.
    """
    names = list(dict.fromkeys(canonical(n) for n in neurons))
    if kind in ("these", "others"):
        if not names:
            raise InvalidInputError("No neuron is named: give the neurons to ablate or to keep.")
        rest = all_but(model, names)  # Also says which of the neurons does not exist.
        if kind == "these":
            return {"these neurons" if len(names) > 1 else names[0]: names}
        if not rest:
            raise InvalidInputError("These are all neurons of their layers: none is left.")
        return {"all others": rest}
    if kind == "layers":
        return layer_groups(model, list(layers) or None)
    if kind == "heads":
        if not layers:
            raise InvalidInputError("Give a layer of heads, one that ends in _attn_heads.")
        return {k: v for layer in layers for k, v in head_groups(model, layer).items()}
    raise InvalidInputError(f"Groups are one of {', '.join(KINDS)}, not {kind!r}.")


def ablations(
    groups: Mapping[str, Sequence[str]], operation: str = "zero", scope: str = "output"
) -> list[ManipulationSet]:
    """One manipulation set for each group, which ablates it."""
    if operation not in ("zero", "mean", "resample"):
        raise InvalidInputError("An ablation's operation is zero, mean or resample.")
    return [
        ManipulationSet(name, (Intervention(units, operation, scope=scope),))
        for name, units in groups.items()
    ]
