"""Where the sites of a Hugging Face encoder-decoder are, found by looking, never by guessing.

A family table names, for a block of each stack, the module whose output or input is a site. A
site exists only if the module is there; its width is read off the weights. Families differ in
whether a module returns a tensor or a tuple (T5's blocks do) and whether the hidden states come as
a keyword (M2M100, mBART), so the hooks handle both everywhere. Post-norm models (Marian, BART) have
``resid_post`` after the layer norm; pre-norm ones (mBART, NLLB, T5) have the plain residual stream
and a ``final_norm`` of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from torch import Tensor, nn

from .taps import tap

Side = Literal["input", "output"]


@dataclass(frozen=True)
class SitePath:
    """A site as a module path within a block, and which end of it."""

    site: str
    path: str
    side: Side


BART_BLOCK = (
    SitePath("self_attn_heads", "self_attn.out_proj", "input"),
    SitePath("self_attn_out", "self_attn", "output"),
    SitePath("cross_attn_heads", "encoder_attn.out_proj", "input"),
    SitePath("cross_attn_out", "encoder_attn", "output"),
    SitePath("ffn_pre", "fc1", "output"),
    SitePath("ffn_act", "fc2", "input"),
    SitePath("ffn_out", "fc2", "output"),
)
T5_BLOCK = (
    SitePath("self_attn_heads", "layer.0.SelfAttention.o", "input"),
    SitePath("self_attn_out", "layer.0.SelfAttention", "output"),
    SitePath("cross_attn_heads", "layer.1.EncDecAttention.o", "input"),
    SitePath("cross_attn_out", "layer.1.EncDecAttention", "output"),
    SitePath("ffn_act", "layer.{last}.DenseReluDense.wo", "input"),
    SitePath("ffn_out", "layer.{last}.DenseReluDense.wo", "output"),
)
_NORMS = ("layer_norm", "final_layer_norm")


def install(stack: str, module: nn.Module, width: int) -> dict[str, int]:
    """Put the permanent, inert hooks into one stack.

    Parameters
    ----------
    stack : str
        ``encoder`` or ``decoder``.
    module : nn.Module
        With its blocks in ``layers`` or ``block``.
    width : int
        The model's hidden size.

    Returns
    -------
    dict of str to int
        Addresses and widths, in order of computation; empty if the blocks were not found.
    """
    blocks, table = _blocks(module)
    sites: dict[str, int] = {}
    for index, block in enumerate(blocks):
        found = {"embed": width} if index == 0 else {}
        _hook(block, f"{stack}.{index}.embed", "input") if index == 0 else None
        for place in table:
            target = _find(block, place.path.format(last=_last(block)))
            size = _width(block, place, target, width)
            if target is not None and size:
                _hook(target, f"{stack}.{index}.{place.site}", place.side)
                found[place.site] = size
        _hook(block, f"{stack}.{index}.resid_post", "output")
        found["resid_post"] = width
        sites |= {f"{stack}.{index}.{site}": size for site, size in found.items()}
    # Only a norm that the stack itself owns; blocks have members of the same names.
    norm = next((m for name, m in module.named_children() if name in _NORMS), None)
    if norm is not None and blocks:
        address = f"{stack}.{len(blocks) - 1}.final_norm"
        _hook(norm, address, "output")
        sites[address] = width
    return sites


def _blocks(module: nn.Module) -> tuple[list[nn.Module], tuple[SitePath, ...]]:
    children = dict(module.named_children())
    for name, table in (("layers", BART_BLOCK), ("block", T5_BLOCK)):
        if isinstance(children.get(name), nn.ModuleList):
            return list(children[name].children()), table
    return [], ()


def _last(block: nn.Module) -> int:
    layer = dict(block.named_children()).get("layer")
    return len(list(layer.children())) - 1 if layer is not None else 0


def _find(block: nn.Module, path: str) -> nn.Module | None:
    try:
        return block.get_submodule(path)
    except AttributeError:
        return None


def _width(block: nn.Module, place: SitePath, target: nn.Module | None, width: int) -> int:
    """Width of a site, from the linear map beside it; 0 if the module is not as expected."""
    if target is None:
        return 0
    if isinstance(target, nn.Linear):
        return target.in_features if place.side == "input" else target.out_features
    return width if place.site.endswith("_attn_out") else 0


def _hook(module: nn.Module, address: str, side: Side) -> None:
    if side == "output":
        module.register_forward_hook(_after(address))
    else:
        module.register_forward_pre_hook(_before(address), with_kwargs=True)


def _after(address: str) -> Callable[..., Any]:
    def hook(module: nn.Module, args: Any, output: Any) -> Any:
        if isinstance(output, Tensor):
            edited = tap(address, output)
            return None if edited is output else edited
        edited = tap(address, output[0])
        return None if edited is output[0] else (edited, *output[1:])

    return hook


def _before(address: str) -> Callable[..., Any]:
    def hook(module: nn.Module, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        if args:
            edited = tap(address, args[0])
            return None if edited is args[0] else ((edited, *args[1:]), dict(kwargs))
        name = "hidden_states" if "hidden_states" in kwargs else next(iter(kwargs))
        edited = tap(address, kwargs[name])
        return None if edited is kwargs[name] else (args, {**kwargs, name: edited})

    return hook


def parameters_of(module: nn.Module) -> int:
    """Number of distinct weights."""
    return sum(p.numel() for p in {id(p): p for p in module.parameters()}.values())
