"""Where the weights of each family keep feed-forward units, and what its format calls the width.

A family is recognised by the names and shapes of the weights and by the entry of ``config.json``
that says how wide the feed-forward is, never by resemblance: every block has to have just these
weights, as wide as the entry says, and nothing else beside them, such as a norm between the two
maps or the scales of a quantised matrix. What is not recognised cannot be pruned, and why is told.

One entry may hold for two stacks (T5). Then both lose equally many units.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import InvalidInputError

Shapes = Mapping[str, tuple[int, ...]]
Block = tuple[str, int]
"""Stack and layer."""


@dataclass(frozen=True)
class Family:
    """How one family writes its feed-forward.

    Attributes
    ----------
    style : str
        For messages.
    blocks : str
        Pattern of the list of blocks within a name; a group ``stack`` where there are two.
    made : tuple of str
        Modules of a block that make the units; two if they are gated.
    read : str
        The module that reads them.
    key : str
        The width in the configuration, with ``{stack}`` if each has its own.
    stack : str
        The only one, if the pattern names none.
    types : tuple of str
        Only these ``model_type``, where others have the same names for other layouts.
    fourfold : str
        What the width is four times of, if the entry is missing or null.
    transposed : bool
        Whether matrices are (inputs, outputs), as GPT-2's ``Conv1D`` has them.
    heads : bool
        Whether heads are taken out by :mod:`.pruning_heads`; for others, see
        :mod:`.pruning_equal_heads`.
    """

    style: str
    blocks: str
    made: tuple[str, ...]
    read: str
    key: str = "intermediate_size"
    stack: str = "decoder"
    types: tuple[str, ...] = ()
    fourfold: str = ""
    transposed: bool = False
    heads: bool = False


_TWO = r"(?P<stack>encoder|decoder)\."
FAMILIES = (
    Family("Marian, BART, mBART, M2M100, NLLB, Pegasus", rf"{_TWO}layers", ("fc1",), "fc2",
           "{stack}_ffn_dim", heads=True),
    Family("OPT", "layers", ("fc1",), "fc2", "ffn_dim"),
    Family("T5", rf"{_TWO}block", ("DenseReluDense.wi",), "DenseReluDense.wo", "d_ff"),
    Family("mT5", rf"{_TWO}block", ("DenseReluDense.wi_0", "DenseReluDense.wi_1"),
           "DenseReluDense.wo", "d_ff"),
    Family("GPT-2", "h", ("mlp.c_fc",), "mlp.c_proj", "n_inner", types=("gpt2",),
           fourfold="n_embd", transposed=True),
    Family("GPT-NeoX", "layers", ("mlp.dense_h_to_4h",), "mlp.dense_4h_to_h"),
    Family("Llama, Qwen, Mistral, Gemma", "layers", ("mlp.gate_proj", "mlp.up_proj"),
           "mlp.down_proj"),
    Family("BERT, RoBERTa, XLM-R, ELECTRA", r"encoder\.layer", ("intermediate.dense",),
           "output.dense", stack="encoder"),
    Family("DistilBERT", r"transformer\.layer", ("ffn.lin1",), "ffn.lin2", "hidden_dim",
           stack="encoder"),
)  # fmt: skip


@dataclass(frozen=True)
class FeedForward:
    """The feed-forward units of a model.

    Attributes
    ----------
    family : Family
    parts : dict of (str, int) to dict of str to str
        Names of the weights of each block, by what they are called within it: ``fc1.weight``.
    widths : dict of str to int
        Of each stack.
    """

    family: Family
    parts: dict[Block, dict[str, str]]
    widths: dict[str, int] = field(default_factory=dict)

    def key(self, stack: str) -> str:
        """The entry of the configuration that holds for a stack."""
        return self.family.key.format(stack=stack)

    def beside(self, stack: str) -> list[str]:
        """Stacks that have their width by the same entry, this among them."""
        return [other for other in self.widths if self.key(other) == self.key(stack)]

    def made(self, block: Block) -> list[tuple[str, int]]:
        """Weights and biases that make the units, and along which axis the units lie."""
        axis = 1 if self.family.transposed else 0
        return [
            (self.parts[block][f"{module}.{kind}"], axis if kind == "weight" else 0)
            for module in self.family.made
            for kind in ("weight", "bias")
            if f"{module}.{kind}" in self.parts[block]
        ]

    def read(self, block: Block) -> tuple[str, int]:
        """The weights that read the units, and along which axis these lie."""
        name = self.parts[block][f"{self.family.read}.weight"]
        return name, 0 if self.family.transposed else 1


def feed_forward(config: Mapping[str, Any], shapes: Shapes) -> FeedForward:
    """What a model's weights and configuration say.

    Parameters
    ----------
    config : mapping
        As in ``config.json``.
    shapes : mapping of str to tuple of int
        Of all weights.

    Raises
    ------
    InvalidInputError
        If they are of no family of the table, or something in them is not as the table says.
    """
    kind = config.get("model_type")
    lacks: list[str] = []
    for family in FAMILIES:
        if family.types and kind not in family.types:
            continue
        found = FeedForward(family, _parts(family, config, shapes))
        for stack in sorted({stack for stack, _ in found.parts}):
            width = _width(family, config, found.key(stack))
            if width is None:
                lacks.append(found.key(stack))
                break
            found.widths[stack] = width
        else:
            if found.widths:
                for block in found.parts:
                    _check(found, block, shapes, kind)
                return found
    if lacks:
        raise InvalidInputError(
            f"This {kind} model cannot be pruned: its config.json does not say how wide the "
            f"feed-forward is ({' or '.join(dict.fromkeys(lacks))})."
        )
    raise InvalidInputError(
        f"Models of type {kind} cannot be pruned: recurrent models of NeuroX can, and Transformers "
        "whose feed-forward units are kept as in "
        f"{', '.join(family.style for family in FAMILIES)}."
    )


def _parts(
    family: Family, config: Mapping[str, Any], shapes: Iterable[str]
) -> dict[Block, dict[str, str]]:
    """Names of the weights of all blocks; empty if none has such a feed-forward."""
    # T5 counts the layers of a block, and the feed-forward is the last of them.
    within = r"(?P<layer>\d+)\.(?:layer\.\d+\.)?(?P<rest>.+)"
    pattern = re.compile(rf"(?:.*\.)?{family.blocks}\.{within}")
    writes = str((config.get("architectures") or [""])[0]).endswith(("ForCausalLM", "LMHeadModel"))
    only = "decoder" if writes else family.stack
    found: dict[Block, dict[str, str]] = {}
    for name in shapes:
        if match := pattern.fullmatch(name):
            block = match.groupdict().get("stack") or only, int(match["layer"])
            found.setdefault(block, {})[match["rest"]] = name
    wanted = [f"{module}.weight" for module in (*family.made, family.read)]
    if not any(all(w in parts for w in wanted) for parts in found.values()):
        return {}
    return dict(sorted(found.items(), key=lambda one: (one[0][0] == "decoder", one[0][1])))


def _width(family: Family, config: Mapping[str, Any], key: str) -> int | None:
    found = config.get(key)
    if found is None and family.fourfold in config:
        return 4 * int(config[family.fourfold])
    return found if isinstance(found, int) else None


def _check(found: FeedForward, block: Block, shapes: Shapes, kind: Any) -> None:
    """Refuse a block whose feed-forward is not just what the table says."""
    family, parts, width = found.family, found.parts[block], found.widths[block[0]]
    modules = (*family.made, family.read)
    lacking = [m for m in modules if f"{m}.weight" not in parts]
    wrong = [f"no {m}.weight" for m in lacking]
    if not lacking:
        units = [*found.made(block), found.read(block)]
        wrong += [
            f"{name} has the shape {shapes[name]}, and {found.key(block[0])} is {width}"
            for name, axis in units
            if len(shapes[name]) <= axis or shapes[name][axis] != width
        ]
    around = {module.rpartition(".")[0] for module in modules} - {""}
    for rest, name in parts.items():
        module, _, leaf = rest.rpartition(".")
        # BERT's norm lies beside the map that reads the units, and comes after it.
        own = module in modules and leaf in ("weight", "bias")
        if not own and not module.endswith(".LayerNorm") and (
            module.startswith(modules) or any(rest.startswith(f"{one}.") for one in around)
        ):  # fmt: skip
            wrong.append(f"there is {name} as well")
    if wrong:
        raise InvalidInputError(
            f"This {kind} model cannot be pruned: layer {block[1]} of its {block[0]} is not as in "
            f"{family.style}: {wrong[0]}."
        )
