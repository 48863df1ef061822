"""Attention weights of Hugging Face models, without touching the network that is served.

The library's quick attention gives no weights, and switching a served network to the slow one would
change what others decode at that moment. So the weights are read off a *twin*: a copy of the
network's structure that shares every parameter and buffer with it (nothing is held twice), keeps
its hooks, and computes attention the slow way. The two agree to rounding. Hooks on the twin's
attention modules hand the weights to :func:`.taps.observe`; with no run that wants them they do
nothing, like every tap.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from torch import Tensor, nn

from .sites import attentions_of
from .taps import observe


def twin_of(module: Any, stacks: Mapping[str, Callable[[Any], nn.Module]]) -> Any:
    """A copy that shares all weights and shows its attention.

    Parameters
    ----------
    module : PreTrainedModel
    stacks : mapping of str to callable
        How to find each stack (see :func:`.sites.stack_of`) in a network of this kind.
    """
    shared: dict[int, Any] = {id(t): t for t in (*module.parameters(), *module.buffers())}
    twin = deepcopy(module, shared)
    for part in twin.modules():
        config = getattr(part, "config", None)
        if config is not None and hasattr(config, "_attn_implementation"):
            config._attn_implementation = "eager"
    for stack, find in stacks.items():
        for address, attention in attentions_of(stack, find(twin)).items():
            attention.register_forward_hook(_shows(address))
    return twin


def _shows(address: str) -> Callable[..., None]:
    def hook(module: nn.Module, args: Any, output: Any) -> None:
        weights = output[-1] if isinstance(output, tuple) else None
        if isinstance(weights, Tensor) and weights.ndim == 4:
            observe(address, weights.transpose(1, 2))  # (batch, queries, heads, keys)

    return hook
