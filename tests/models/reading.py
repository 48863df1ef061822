"""The same numbers from the library alone: a fresh network without a single hook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
import transformers as hf
from torch import Tensor, nn

BLOCKS = {
    # Where blocks are, and within a block the maps after the heads and after the nonlinearity.
    "t5": ("{stack}.block", "layer.0.SelfAttention.o", "layer.{last}.DenseReluDense.wo"),
    "bart": ("model.{stack}.layers", "self_attn.out_proj", "fc2"),
    "gpt2": ("transformer.h", "attn.c_proj", "mlp.c_proj"),
    "opt": ("model.decoder.layers", "self_attn.out_proj", "fc2"),
    "gpt-neox": ("gpt_neox.layers", "attention.dense", "mlp.dense_4h_to_h"),
    "llama": ("model.layers", "self_attn.o_proj", "mlp.down_proj"),
    "bert": ("encoder.layer", "attention.output.dense", "output.dense"),
    "distilbert": ("transformer.layer", "attention.out_lin", "ffn.lin2"),
}


def style(name: str) -> str:
    """Which entry of BLOCKS a family has."""
    if name.startswith(("t5", "mt5")):
        return "t5"
    if name in ("mbart", "m2m100", "nllb", "pegasus"):
        return "bart"
    if name.startswith(("qwen", "gemma", "mistral")):
        return "llama"
    first = name.split("-")[0]
    return "bert" if first in ("roberta", "xlm", "electra") else name if name in BLOCKS else first


def fresh(folder: Path) -> Any:
    """The network of a folder as its class says, in single precision."""
    config = hf.AutoConfig.from_pretrained(folder)
    kind = getattr(hf, config.architectures[0])
    capped = getattr(config, "attn_logit_softcapping", None) is not None
    extra = {"attn_implementation": "eager"} if capped else {}
    return kind.from_pretrained(folder, dtype=torch.float32, **extra).eval()


def block(module: Any, name: str, stack: str, layer: int) -> nn.Module:
    """A block of a fresh network."""
    path = BLOCKS[style(name)][0].format(stack=stack)
    if not hasattr(module, path.split(".")[0]):  # A head keeps the encoder under its own name.
        module = module.base_model
    return module.get_submodule(path)[layer]


def cut(module: Any, name: str, stack: str, layer: int, site: str, units: list[int]) -> None:
    """Ablate units by setting what reads them to zero in the weights."""
    where = block(module, name, stack, layer)
    _, heads, feed = BLOCKS[style(name)]
    path = (heads if site == "self_attn_heads" else feed).format(
        last=2 if stack == "decoder" and style(name) == "t5" else 1
    )
    target = where.get_submodule(path)
    with torch.no_grad():
        if type(target).__name__ == "Conv1D":
            target.weight[units, :] = 0
        else:
            target.weight[:, units] = 0


def logprobs(module: Any, source: list[int], inputs: list[int], outputs: list[int]) -> Tensor:
    """What an encoder-decoder gives to each output, by the library's own forward pass."""
    with torch.inference_mode():
        logits = module(
            input_ids=torch.tensor([source]), decoder_input_ids=torch.tensor([inputs]),
            use_cache=False,
        ).logits[0]  # fmt: skip
    return torch.log_softmax(logits, -1).gather(1, torch.tensor(outputs).unsqueeze(1)).squeeze(1)
