"""Where the sites of a Hugging Face model are, found by looking, never by guessing.

:mod:`.site_tables` names, for a block of each style, the module whose input or output is a site. A
site exists only if the module is there and its width can be read off its weights; and it stays only
if a first forward pass shows that it is visited and has that width (:func:`confirm`). Everything
else of the vocabulary is listed with the reason in ``unresolved``.

Families differ in whether a module returns a tensor or a tuple (T5's blocks do), whether the hidden
states come as a keyword (M2M100, mBART), and whether rows are flattened on the way (OPT's
feed-forward), so hooks handle all of it everywhere. Post-norm models (Marian, BART, BERT) have
``resid_post`` after the layer norm; pre-norm ones (mBART, NLLB, T5, GPT-2, Llama) have the plain
residual stream there and a ``final_norm`` of its own. ``embed`` is what the first block reads, so
scaling, positions and the norm of the embedding are in it whatever the family.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn

from .pruned_heads import heads_left
from .site_tables import LISTS, TABLES, BlockTable, Side, SitePath
from .taps import Run, tap

Unresolved = dict[str, str]

_CROSS = ("cross_attn_heads", "cross_attn_out")
_FEED = ("self_attn_heads", "self_attn_out", "ffn_pre", "ffn_act", "ffn_out")


@dataclass(frozen=True)
class Installed:
    """What was found in one or several stacks.

    Attributes
    ----------
    sites : dict of str to int
        Addresses and widths, in order of computation.
    unresolved : dict of str to str
        Addresses that a model of this kind should have, and why they were not found.
    """

    sites: dict[str, int] = field(default_factory=dict)
    unresolved: Unresolved = field(default_factory=dict)

    def __or__(self, other: Installed) -> Installed:
        return Installed(self.sites | other.sites, self.unresolved | other.unresolved)


def install(stack: str, module: nn.Module, width: int) -> Installed:
    """Put the permanent, inert hooks into one stack.

    Parameters
    ----------
    stack : str
        ``encoder`` or ``decoder``.
    module : nn.Module
        The member that holds the list of blocks, and the norm after them if there is one.
    width : int
        The model's hidden size.

    Returns
    -------
    Installed
        Without any site if there is no list of blocks.
    """
    blocks, table = _blocks(module)
    if not blocks:
        return Installed({}, {f"{stack}.0.resid_post": f"no list of blocks in {_kind(module)}"})
    if len({id(block) for block in blocks}) < len(blocks):
        reason = f"{_kind(blocks[0])} is one module that is applied {len(blocks)} times"
        return Installed({}, {f"{stack}.0.resid_post": reason})
    found = Installed()
    for index, block in enumerate(blocks):
        # In order: `embed` and `resid_pre` of the first block are the same tensor.
        for site in (("embed",) if index == 0 else ()) + ("resid_pre",):
            _hook(block, f"{stack}.{index}.{site}", "input")
            found.sites[f"{stack}.{index}.{site}"] = width
        _install_block(found, f"{stack}.{index}", block, table, width)
        _hook(block, f"{stack}.{index}.resid_post", "output")
        found.sites[f"{stack}.{index}.resid_post"] = width
    norm = _norm(module, table)
    if norm is not None:
        address = f"{stack}.{len(blocks) - 1}.final_norm"
        _hook(norm, address, "output")
        found.sites[address] = width
    return found


def _install_block(
    found: Installed, prefix: str, block: nn.Module, table: BlockTable | None, width: int
) -> None:
    if table is None:
        reason = f"{_kind(block)} is of no style that NeuroX knows; see neurox_core.models"
        found.unresolved.update({f"{prefix}.{site}": reason for site in _FEED})
        return
    for place in table.places:
        paths = [path.format(last=_last(block)) for path in place.alternatives]
        target = next((m for m in map(lambda p: _find(block, p), paths) if m is not None), None)
        if target is None:
            if place.site not in _CROSS:  # A stack without cross-attention lacks nothing.
                found.unresolved[f"{prefix}.{place.site}"] = f"no module {' or '.join(paths)}"
            continue
        size = linear_width(target, place.side)
        if size is None:
            found.unresolved[f"{prefix}.{place.site}"] = (
                f"{_kind(target)} at {paths[0]} is no linear map whose width can be read"
            )
        elif place.site.endswith("_out") and size != width:
            found.unresolved[f"{prefix}.{place.site}"] = (
                f"{paths[0]} gives {size} units where the model has {width}"
            )
        else:
            _hook(target, f"{prefix}.{place.site}", place.side)
            found.sites[f"{prefix}.{place.site}"] = size


def install_once(module: Any, stacks: Mapping[str, nn.Module], width: int) -> Installed:
    """:func:`install` in each stack; a network that is wrapped again keeps the hooks it has."""
    found: Installed | None = getattr(module, "_neurox_sites", None)
    if found is None:
        found = Installed()
        for stack, member in stacks.items():
            found = found | install(stack, member, width)
        module._neurox_sites = found
    return Installed(dict(found.sites), dict(found.unresolved))


def confirm(found: Installed, run: Run, lengths: Mapping[str, int]) -> Installed:
    """Keep the sites that a forward pass of one row visited with the width that was read.

    Parameters
    ----------
    found : Installed
    run : Run
        After the pass; it captured every site.
    lengths : mapping of str to int
        Positions of each stack in that pass.
    """
    kept: dict[str, int] = {}
    unresolved = dict(found.unresolved)
    for address, width in found.sites.items():
        seen = run.captured.get(address)
        expected = (1, lengths[address.partition(".")[0]], width)
        if seen is None:
            unresolved[address] = "the forward pass does not call this module"
        elif tuple(seen.shape) != expected:
            unresolved[address] = f"has shape {tuple(seen.shape)}, not {expected}"
        else:
            kept[address] = width
    return Installed(kept, unresolved)


def stack_of(module: nn.Module) -> nn.Module:
    """The member that holds the blocks: the module itself, or the one inside it that does."""
    for candidate in _inside(module):
        if _blocks(candidate)[0]:
            return candidate
    return module


def attentions_of(stack: str, module: nn.Module) -> dict[str, nn.Module]:
    """The attention modules of a stack by the name of their map, ``decoder.0.cross_attn_map``.

    They are what holds the projection that ``self_attn_heads`` and ``cross_attn_heads`` go into.
    """
    blocks, table = _blocks(module)
    found: dict[str, nn.Module] = {}
    for place in table.places if table is not None else ():
        if not place.site.endswith("_attn_heads"):
            continue
        for index, block in enumerate(blocks):
            # BERT's projection lies in a part of its own, ``attention.output``, beside the heads.
            path = place.path.rpartition(".")[0].removesuffix(".output")
            owner = _find(block, path)
            if owner is not None:
                found[f"{stack}.{index}.{place.site.removesuffix('heads')}map"] = owner
    return found


def _inside(module: nn.Module) -> Iterable[nn.Module]:
    yield module
    for name in ("decoder", "encoder", "transformer", "model"):
        inner = getattr(module, name, None)
        if isinstance(inner, nn.Module):
            yield inner


def linear_width(module: nn.Module, side: Side) -> int | None:
    """Units on one side of a linear map; None for anything that is no linear map."""
    if isinstance(module, nn.Linear):
        return module.in_features if side == "input" else module.out_features
    weight = getattr(module, "weight", None)
    if type(module).__name__ == "Conv1D" and isinstance(weight, Tensor) and weight.ndim == 2:
        return int(weight.shape[0 if side == "input" else 1])  # GPT-2 keeps it transposed.
    return None


def heads_of(config: Any, stack: str) -> int | None:
    """Attention heads of a stack, if the configuration says so and all its layers have as many."""
    if heads_left(config):
        return None
    for name in (f"{stack}_attention_heads", "num_attention_heads", "num_heads", "n_heads"):
        count = getattr(config, name, None)
        if isinstance(count, int) and count > 0:
            return count
    return None


def parameters_of(module: nn.Module) -> int:
    """Number of distinct weights."""
    return sum(p.numel() for p in {id(p): p for p in module.parameters()}.values())


def _blocks(module: nn.Module) -> tuple[list[nn.Module], BlockTable | None]:
    """The blocks and their table; a table only if all blocks have all its anchors."""
    children = dict(module.named_children())
    for table in TABLES:
        members = children.get(table.blocks)
        if isinstance(members, nn.ModuleList) and len(members):
            blocks = list(members)
            if all(_find(b, anchor) is not None for b in blocks for anchor in table.anchors):
                return blocks, table
    for name in LISTS:
        members = children.get(name)
        if isinstance(members, nn.ModuleList) and len(members):
            return list(members), None
    return [], None


def _norm(module: nn.Module, table: BlockTable | None) -> nn.Module | None:
    # Only a norm that the stack itself owns; blocks have members of the same names.
    names = table.norms if table is not None else ()
    return next((m for name, m in module.named_children() if name in names), None)


def _last(block: nn.Module) -> int:
    layer = dict(block.named_children()).get("layer")
    return len(list(layer.children())) - 1 if layer is not None else 0


def _find(block: nn.Module, path: str) -> nn.Module | None:
    try:
        return block.get_submodule(path)
    except AttributeError:
        return None


def _kind(module: nn.Module) -> str:
    return type(module).__name__


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
        given = kwargs["hidden_states"]
        edited = tap(address, given)
        return None if edited is given else (args, {**kwargs, "hidden_states": edited})

    return hook


__all__ = [
    "Installed", "SitePath", "attentions_of", "confirm", "heads_of", "install", "install_once",
    "linear_width", "parameters_of", "stack_of",
]  # fmt: skip
