"""Taking attention heads out of T5 and the Llama kind, whose format says how large a head is.

There the size of a head stands in the configuration beside the width of the model, and one number
of heads for all layers. So every attention loses equally many, and the family's own library opens
what is left. It computes what the whole model does with the units of these heads
(``self_attn_heads``, ``cross_attn_heads``) at zero. Which heads go is bound by two things:

- In T5 one table holds what distance adds to the scores, a column for every head, and all layers of
  a stack use it by the number of the head. So the same heads go out of the self-attention of all
  layers of a stack, those that are least important on average over the layers. Cross-attention has
  no such table: each layer loses its own. All three have one number, so all have to be ranked.
- In the Llama kind several heads may share keys and values. Either equally many go out of each of
  these groups, or whole groups, whichever is nearer to the share asked for; each layer its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..errors import InvalidInputError
from .pruning_families import Block, FeedForward, Shapes

_BIAS = "relative_attention_bias.weight"


@dataclass(frozen=True)
class Format:
    """How some types of models write attention.

    Attributes
    ----------
    types : tuple of str
        The ``model_type``; others may have the same names and compute something else.
    modules : dict of str to str
        The attention of each site, within a block.
    parts : tuple of str
        What makes queries, keys and values, and what reads the heads.
    number, size, groups : str
        Entries of the configuration; `groups` is empty if no heads share keys and values.
    divides : bool
        Whether the library opens only numbers of heads that divide the width of the model.
    """

    types: tuple[str, ...]
    modules: Mapping[str, str]
    parts: tuple[str, str, str, str]
    number: str
    size: str
    groups: str = ""
    divides: bool = False


_LLAMA = ({"self_attn_heads": "self_attn"}, ("q_proj", "k_proj", "v_proj", "o_proj"),
          "num_attention_heads", "head_dim", "num_key_value_heads")  # fmt: skip
FORMATS = (
    Format(("t5", "mt5"), {"self_attn_heads": "SelfAttention",
                           "cross_attn_heads": "EncDecAttention"},
           ("q", "k", "v", "o"), "num_heads", "d_kv"),
    Format(("mistral", "qwen2", "qwen3", "gemma"), *_LLAMA),
    Format(("llama", "gemma2", "gemma3_text"), *_LLAMA, divides=True),
)  # fmt: skip
TYPES = tuple(kind for one in FORMATS for kind in one.types)


@dataclass(frozen=True)
class Heads:
    """The attention heads of a model.

    Attributes
    ----------
    format : Format
    parts : dict of str to dict of str to str
        Names of the weights of each attention, by address and by what they are called within it.
    number, size, groups : int
        Of every attention: heads, units of a head, and groups that share keys and values.
    """

    format: Format
    parts: dict[str, dict[str, str]]
    number: int
    size: int
    groups: int

    def weighed(self, block: Block) -> dict[str, list[tuple[str, int]]]:
        """Weights that make and read the units of each attention of a block, and their axis."""
        _, _, value, out = self.format.parts
        stack, layer = block
        return {
            site: [(own[f"{value}.weight"], 0), (own[f"{out}.weight"], 1)]
            for site in self.format.modules
            if (own := self.parts.get(f"{stack}.{layer}.{site}"))
        }

    def for_each(self, lengths: Tensor) -> Tensor:
        """What holds for units of values, for the units of all heads that share them."""
        per_group = lengths.view(-1, self.size)
        return per_group.repeat_interleave(self.number // len(per_group), dim=0).flatten()


def equal_heads(found: FeedForward, config: Mapping[str, Any], shapes: Shapes) -> Heads:
    """The heads of a model, read off its weights.

    Raises
    ------
    InvalidInputError
        If they cannot be taken out; the message says why.
    """
    kind = config.get("model_type")
    how = next((one for one in FORMATS if kind in one.types), None)
    if how is None:
        alike = any(
            f"{module}.{one.parts[3]}.weight" in block
            for one in FORMATS for module in one.modules.values() for block in found.parts.values()
        )  # fmt: skip
        raise InvalidInputError(
            f"Heads cannot be taken out of this {kind} model ({found.family.style}). " + (
                "Its weights have the names of a format out of which they can, but its type may "
                f"compute something else with them; known are {', '.join(TYPES)}."
                if alike
                else "In its format the size of a head is the width of the model divided by the "
                "number of heads, so with fewer of them each would have to be larger. They can "
                f"where the size stands by itself ({', '.join(TYPES)}), and in Marian, BART and "
                "their like, which NeuroX writes and opens in its own way."
            )
        )  # fmt: skip
    parts = {
        f"{stack}.{layer}.{site}": own
        for (stack, layer), block in found.parts.items()
        for site, module in how.modules.items()
        if (own := _within(block, f"{module}."))
    }
    number = config.get(how.number)
    first = next(iter(parts.values()), {})
    rows = [shapes[first[f"{p}.weight"]][0] for p in how.parts[:2] if f"{p}.weight" in first]
    if not isinstance(number, int) or len(rows) < 2 or number < 1 or rows[0] % number:
        raise InvalidInputError(
            f"Heads cannot be taken out of this {kind} model: its config.json and its weights do "
            f"not say how large a head is ({how.number} is {number})."
        )
    size = rows[0] // number
    heads = Heads(how, parts, number, size, rows[1] // size)
    for address, own in parts.items():
        _check(heads, address, own, config, shapes)
    return heads


def drop_equal_heads(
    heads: Heads,
    config: dict[str, Any],
    tensors: Mapping[str, Tensor],
    places: Mapping[str, int],
    share: float,
) -> tuple[dict[str, NDArray[np.int64]], dict[str, Tensor]]:
    """Units that stay, by layer, and the weights; `config` gets the new numbers.

    Raises
    ------
    InvalidInputError
        If the ranking lacks units of an attention, or so many heads cannot be dropped.
    """
    order = {address: _places(heads, address, places) for address in heads.parts}
    groups, each = _left(heads, int(config.get("hidden_size") or 0), share)
    # Old checkpoints have a table for cross-attention as well, which the library passes over.
    tables = {
        _without_layer(a)
        for a, parts in heads.parts.items()
        if _BIAS in parts and a.endswith(".self_attn_heads")
    }
    smaller, keep = dict(tensors), dict[str, NDArray[np.int64]]()
    for address, parts in heads.parts.items():
        alike = [address]
        if _without_layer(address) in tables:
            alike = [a for a in heads.parts if _without_layer(a) == _without_layer(address)]
        mean = np.mean([order[a] for a in alike], axis=0).reshape(heads.groups, -1)
        rows = np.sort(np.argsort(mean.mean(axis=1), kind="stable")[:groups])
        within = np.sort(np.argsort(mean[rows], axis=1, kind="stable")[:, :each], axis=1)
        stay = (rows[:, None] * mean.shape[1] + within).ravel()
        units, values = _units(stay, heads.size), _units(rows, heads.size)
        query, key, value, out = heads.format.parts
        for part, index in ((query, units), (key, values), (value, values)):
            for name in (f"{part}.weight", f"{part}.bias"):
                if name in parts:
                    smaller[parts[name]] = tensors[parts[name]][index]
        name = parts[f"{out}.weight"]
        smaller[name] = tensors[name][:, units]
        if _BIAS in parts:
            smaller[parts[_BIAS]] = tensors[parts[_BIAS]][:, stay]
        keep[address] = units.numpy()
    config[heads.format.number], config[heads.format.size] = groups * each, heads.size
    if heads.format.groups:
        config[heads.format.groups] = groups
    return keep, smaller


def _within(block: Mapping[str, str], start: str) -> dict[str, str]:
    return {rest[len(start) :]: name for rest, name in block.items() if rest.startswith(start)}


def _left(heads: Heads, width: int, share: float) -> tuple[int, int]:
    """Groups that stay, and heads of each: the numbers that come nearest to the share."""
    every = heads.number // heads.groups
    # Of two that are equally near, the first: what is least important is then chosen more freely.
    ways = [(heads.groups, each) for each in range(every, 0, -1)]
    ways += [(groups, every) for groups in range(heads.groups - 1, 0, -1)]
    if heads.format.divides:
        ways = [way for way in ways if width % (way[0] * way[1]) == 0]
    wanted = heads.number * (1 - share)
    found = min(ways, key=lambda way: abs(way[0] * way[1] - wanted), default=(heads.groups, every))
    if found == (heads.groups, every) or round(wanted) == 0:
        counts = sorted({groups * each for groups, each in ways} - {heads.number}, reverse=True)
        bound = ", which has to divide the width of the model" if heads.format.divides else ""
        shares = ", ".join(f"{1 - count / heads.number:.3g}" for count in counts[:8])
        raise InvalidInputError(
            f"{share:g} of {heads.number} heads leaves nothing to drop or to keep. Every layer "
            f"loses equally many, because the format has one number for them{bound}; shares that "
            f"do: {shares or 'none, as there are too few'}."
        )
    return found


def _places(heads: Heads, address: str, places: Mapping[str, int]) -> NDArray[np.float64]:
    """Mean place of the units of each head of an attention."""
    found = [places.get(f"{address}[{unit}]", -1) for unit in range(heads.number * heads.size)]
    if -1 in found:
        sites = " and ".join(heads.format.modules)
        raise InvalidInputError(
            f"The ranking lacks units of {address}: every attention loses equally many heads, "
            f"because the format has one number for them ({heads.format.number}), so the ranking "
            f"has to hold {sites} of all layers."
        )
    per_head = np.array(found, dtype=np.float64).reshape(heads.number, heads.size)
    mean: NDArray[np.float64] = per_head.mean(axis=1)
    return mean


def _units(heads: NDArray[np.int64], size: int) -> Tensor:
    return torch.from_numpy((heads[:, None] * size + np.arange(size)).ravel())


def _without_layer(address: str) -> tuple[str, str]:
    stack, _, site = address.split(".")
    return stack, site


def _check(
    heads: Heads,
    address: str,
    own: Mapping[str, str],
    config: Mapping[str, Any],
    shapes: Shapes,
) -> None:
    """Refuse an attention that is not just what the format says."""
    how, units, values = heads.format, heads.number * heads.size, heads.groups * heads.size
    query, key, value, out = how.parts
    wanted = {
        f"{query}.weight": (0, units), f"{key}.weight": (0, values), f"{value}.weight": (0, values),
        f"{out}.weight": (1, units),
    }  # fmt: skip
    beside = {
        f"{query}.bias": (0, units), f"{key}.bias": (0, values), f"{value}.bias": (0, values),
        "q_norm.weight": (0, heads.size), "k_norm.weight": (0, heads.size),
        _BIAS: (1, heads.number),
    }  # fmt: skip
    wrong = [f"there is no {name}" for name in wanted if name not in own]
    for name, weight in own.items():
        axis, length = (wanted | beside).get(name, (0, -1))
        if length < 0 and name != f"{out}.bias":
            wrong.append(f"there is {weight} as well")
        elif length >= 0 and (len(shapes[weight]) <= axis or shapes[weight][axis] != length):
            wrong.append(f"{weight} has the shape {shapes[weight]}")
    for entry, count in ((how.size, heads.size), (how.groups, heads.groups)):
        if config.get(entry) not in (None, count):
            wrong.append(f"{entry} is {config[entry]}")
    if heads.groups < 1 or heads.number % heads.groups or (
        not how.groups and heads.groups != heads.number
    ):  # fmt: skip
        wrong.append(f"its {heads.number} heads do not share {heads.groups} keys evenly")
    if wrong:
        raise InvalidInputError(
            f"Heads cannot be taken out of this {config.get('model_type')} model: {address} is not "
            f"as {how.number} ({heads.number}) and heads of {heads.size} units say: {wrong[0]}."
        )
