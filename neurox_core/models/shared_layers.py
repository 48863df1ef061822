"""Layers that a network applies several times, such as ALBERT's, as layers of their own.

ALBERT has one block (or a few) and runs it twelve times. A neuron of its layer 3 is the block's
unit *at the third application*, so the applications must be told apart, and not by counting calls.
Therefore the stack is written out once, at load: a list with an entry for each application, whose
modules are distinct and whose weights are the very same tensors (nothing is held twice). The
library's own loop then runs through the list.
"""

from __future__ import annotations

import copy
from typing import Any

from torch import nn


def write_out(network: Any) -> None:
    """Give every application of a shared layer a module of its own, in place."""
    for member in network.modules():
        if "albert_layer_groups" in member._modules and hasattr(member, "config"):
            _write_out_albert(member)


def _write_out_albert(stack: Any) -> None:
    config, groups = stack.config, list(stack.albert_layer_groups)
    if getattr(stack, "_written_out", False):
        return
    each = config.num_hidden_layers / len(groups)
    written = []
    for application in range(config.num_hidden_layers):
        group = groups[int(application / each)]
        for layer in range(len(group.albert_layers)):
            # A group may apply several layers in turn; here every layer is a group.
            one = _twin(group)
            one.albert_layers = nn.ModuleList([one.albert_layers[layer]])
            written.append(one)
    stack.albert_layer_groups = nn.ModuleList(written)
    stack.config = copy.deepcopy(config)  # The network's own says what the checkpoint says.
    stack.config.num_hidden_layers = stack.config.num_hidden_groups = len(written)
    stack._written_out = True


def _twin(module: Any) -> Any:
    """The same structure over the same tensors."""
    shared: dict[int, Any] = {id(t): t for t in (*module.parameters(), *module.buffers())}
    return copy.deepcopy(module, shared)
