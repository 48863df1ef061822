"""Decoder-only language models of the Hugging Face library (:mod:`.language_model` says how).

The cache is the library's own. At load the split into states and scores is compared with the
network's own forward pass, so a family with a scale or cap of its own fails loudly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from transformers import AutoModelForCausalLM
from transformers.cache_utils import DynamicCache

from ..errors import ModelLoadError
from .hub_defaults import ends_of
from .hub_model import AGREES, HubModel, first_id, open_parts, other_logits
from .language_model import LanguageModel
from .placement import dtype_of
from .sites import confirm, install_once, stack_of
from .taps import Run, running

_LONGEST = 4096


@dataclass
class _State:
    """A cache of what was consumed, and the prompt's last token, which the first step consumes."""

    cache: Any
    last: Tensor | None  # (rows,)


class HuggingFaceLanguageModel(HubModel, LanguageModel):
    """A language model of the transformers library.

    Parameters
    ----------
    module : PreTrainedModel
        With a language-model head.
    tokenizer : HubTokenizer, PreTrainedTokenizerBase or None
    """

    family: ClassVar[str] = "huggingface-language-model"
    continues: ClassVar[bool] = True

    def __init__(
        self, module: Any, tokenizer: Any, name: str, fingerprint: str, device: str = "cpu"
    ) -> None:
        super().__init__(module, tokenizer, name, fingerprint, device)
        config, generation = module.config, module.generation_config
        raw = None if self._tokenizer is None else self._tokenizer.raw
        ends = ends_of(generation, getattr(raw, "eos_token_id", None))
        if not ends:
            raise ModelLoadError(f"{name} names no end token, so no continuation could end.")
        self.eos_id = ends[0]
        start = config.bos_token_id if config.bos_token_id is not None else self.eos_id
        self.start_id = first_id(start)
        pad = config.pad_token_id
        self.pad_id = self.eos_id if pad is None or int(pad) < 0 else int(pad)
        self._follow(generation, ends)
        positions = getattr(config, "max_position_embeddings", None)
        self.positions = None if positions is None else int(positions)
        self.max_tokens = min(self.positions or _LONGEST, _LONGEST)
        self._cap = getattr(config, "final_logit_softcapping", None)
        self._scale = float(getattr(config, "logit_scale", None) or 1.0)
        self._scale /= float(getattr(config, "logits_scaling", None) or 1.0)
        if getattr(module, "_is_stateful", False):
            raise ModelLoadError(
                f"{name} ({config.model_type}) carries a state of its own from token to token, "
                "which NeuroX cannot reorder for beams or take back."
            )
        # A cache that forgets what is out of the window cannot be taken back.
        self.can_advance = getattr(config, "sliding_window", None) is None  # type: ignore[misc]
        self._resolve_sites()

    @classmethod
    def load(
        cls, source: Path, name: str, device: str = "cpu",
        *, dtype: str = "float32",
    ) -> HuggingFaceLanguageModel:  # fmt: skip
        """Open a folder."""
        module, tokenizer, mark, used, left = open_parts(
            source, dtype_of(dtype), AutoModelForCausalLM, continues=True
        )
        model = cls(module, tokenizer, name, mark, device)
        model.fingerprinted, model.unused_weights = used, left
        return model

    def _resolve_sites(self) -> None:
        stack = stack_of(self._module.base_model)
        found = install_once(self._module, {"decoder": stack}, int(self._module.config.hidden_size))
        probe = Run(capture=list(found.sites))
        ids = torch.full((1, 3), self.eos_id, device=self.device)
        with running(probe):
            ours = self.logits(self._states(ids))
            theirs = self._module(input_ids=ids, use_cache=False).logits
        near = AGREES.get(self.dtype, 1e-3)
        if not torch.allclose(ours.float(), theirs.float(), atol=near, rtol=near):
            raise other_logits(self.name, self._module)
        checked = confirm(found, probe, {"decoder": 3})
        self.sites, self.unresolved = checked.sites, checked.unresolved
        self._find_attention()

    def _stacks(self) -> Mapping[str, Callable[[Any], nn.Module]]:
        return {"decoder": lambda network: stack_of(network.base_model)}

    def begin(self, memory: Tensor) -> _State:
        """A cache of all but the prompt's last token, which the first step consumes."""
        cache = DynamicCache(config=self._module.config)
        if memory.shape[1] > 1:
            self._module.base_model(input_ids=memory[:, :-1], past_key_values=cache, use_cache=True)
        return _State(cache, memory[:, -1])

    def advance(self, tokens: Tensor, state: _State, position: int) -> tuple[Tensor, _State]:
        """Several steps in one pass."""
        if state.last is not None:
            tokens = torch.cat([state.last.unsqueeze(1), tokens[:, 1:]], 1)
        output = self._module.base_model(
            input_ids=tokens, past_key_values=state.cache, use_cache=True
        )
        return self.logits(output.last_hidden_state), _State(state.cache, None)

    def rewind(self, before: _State, after: _State, tokens: Tensor, position: int) -> _State:
        """Cut the cache; `position` counts from the text's first token."""
        length = position + tokens.shape[1]
        after.cache.crop(length - after.cache.get_seq_length())  # a negative number: fewer
        return after

    def select(self, state: Any, index: Tensor) -> Any:
        """Rows of prompts, or of a state in a new order; its cache reorders itself in place."""
        if isinstance(state, Tensor):
            return state[index]
        if state.cache.get_seq_length() > 0:
            state.cache.reorder_cache(index)
        return _State(state.cache, None if state.last is None else state.last[index])

    def logits(self, hidden: Tensor) -> Tensor:
        """The language-model head, with the family's scale (Cohere, Granite) or cap (Gemma 2)."""
        scores: Tensor = self._module.get_output_embeddings()(hidden)
        if self._scale != 1.0:
            scores = scores * self._scale
        return scores if self._cap is None else torch.tanh(scores / self._cap) * self._cap

    def _states(self, ids: Tensor) -> Tensor:
        """States before the head (batch, positions, width), nothing cached."""
        hidden: Tensor = self._module.base_model(input_ids=ids, use_cache=False).last_hidden_state
        return hidden
