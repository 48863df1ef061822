"""The model contract over stock Hugging Face encoder-decoders (transformers 5).

Nothing in the library is patched: hooks are installed once, at load (:mod:`.sites`), and the
decoder is driven by our own search with the library's own key-value cache. The encoder runs once;
the cache is asked to reorder itself when hypotheses move or rows are dropped. At load the split
into decoder state and logits is checked against the model's own forward pass, so a family with an
extra scale or bias fails loudly there and not silently in a score.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from transformers import AutoModelForSeq2SeqLM
from transformers.cache_utils import DynamicCache, EncoderDecoderCache
from transformers.modeling_outputs import BaseModelOutput

from ..errors import ModelLoadError
from .hub_defaults import ends_of
from .hub_files import Source
from .hub_model import AGREES, HubModel, first_id, other_logits
from .hub_tokens import HubTokenizer
from .placement import dtype_of
from .sites import confirm, install_once, stack_of
from .taps import Run, running


@dataclass
class _Memory:
    """The encoder's output (rows, source, width), its mask, and the decoder's cache."""

    states: Tensor
    mask: Tensor | None
    cache: Any = None


class HuggingFaceSeq2Seq(HubModel):
    """An encoder-decoder of the transformers library.

    Parameters
    ----------
    module : PreTrainedModel
        With ``get_encoder``, ``get_decoder`` and ``lm_head``.
    tokenizer : HubTokenizer, PreTrainedTokenizerBase or None
        None for tests that pass ids.

    Notes
    -----
    A multilingual model reads and writes the languages that its tokenizer is set to. Where the
    tokenizer puts the target language first (NLLB, M2M100, mBART-50) every output begins with it;
    where it puts it last (mBART) the decoder starts from it.
    """

    family: ClassVar[str] = "huggingface"
    can_advance: ClassVar[bool] = True

    def __init__(
        self, module: Any, tokenizer: Any, name: str, fingerprint: str, device: str = "cpu"
    ) -> None:
        super().__init__(module, tokenizer, name, fingerprint, device)
        config, generation = module.config, module.generation_config
        self.max_tokens = min(int(getattr(config, "max_position_embeddings", None) or 512), 500)
        ends = ends_of(generation, config.eos_token_id)
        own = first_id(config.eos_token_id)
        # What the tokenizer writes, and any text that is forced ends with.
        self.eos_id = own if own in ends else ends[0]
        self.pad_id = int(config.pad_token_id)
        start = generation.decoder_start_token_id
        self.start_id = int(config.decoder_start_token_id if start is None else start)
        positions = getattr(config, "max_position_embeddings", None)
        self.max_target = None if positions is None else int(positions)
        forced = generation.forced_bos_token_id
        self.forced_start = () if forced is None else (int(forced),)
        if self._tokenizer is not None:
            self._resolve_languages(self._tokenizer)
        self._follow(generation, ends)
        self._resolve_sites()

    @classmethod
    def load(
        cls,
        source: Path,
        name: str,
        device: str = "cpu",
        *,
        dtype: str = "float32",
        source_language: str | None = None,
        target_language: str | None = None,
    ) -> HuggingFaceSeq2Seq:
        """Open a folder.

        Raises
        ------
        ModelLoadError
            If it is no encoder-decoder, lacks weights, or writes several languages and none was
            chosen.
        UnknownNameError
            If it does not have a language.
        """
        kind = dtype_of(dtype)
        files = Source(source)
        config = files.config()
        if not config.is_encoder_decoder:
            raise ModelLoadError(f"{files} is a {config.model_type} model without an encoder.")
        tokenizer = files.tokenizer()
        if (source_language or target_language) and not tokenizer.codes:
            raise ModelLoadError(
                f"{files} has no languages to choose from; its text goes in as it is."
            )
        tokenizer.choose(source_language, target_language)
        module, left = files.network(AutoModelForSeq2SeqLM, config, kind)
        precision = None if kind is torch.float32 else str(kind)
        mark, used = files.fingerprint(source_language, target_language, precision)
        model = cls(module, tokenizer, name, mark, device)
        model.fingerprinted, model.unused_weights = used, left
        return model

    def _resolve_languages(self, tokenizer: HubTokenizer) -> None:
        """What the decoder starts from and has to write first, from the chosen languages."""
        self.languages = sorted(tokenizer.codes)
        tags = {i: code for code, i in tokenizer.codes.items()}
        chosen = tokenizer.target_language
        if tags and chosen == "und":
            given = (*self.forced_start, self.start_id)
            chosen = next((tags[i] for i in given if i in tags), "und")
            if chosen == "und":
                raise ModelLoadError(
                    f"{self.name} writes {len(tags)} languages and none is chosen, such as "
                    f"{', '.join(list(tokenizer.codes)[:5])}: write both languages behind the "
                    "name, as NAME:SOURCE:TARGET, or give the one to write (target_language, "
                    "--target-language)."
                )
            tokenizer.choose(None, chosen)
        if tags:
            frame = tokenizer.target_frame()
            if frame and frame[0] == tokenizer.codes[chosen]:
                self.forced_start = (frame[0],)
            else:
                self.start_id = tokenizer.codes[chosen]
        self.source_language, self.target_language = tokenizer.source_language, chosen

    def encode(self, ids: Tensor, mask: Tensor) -> _Memory:
        """Run the encoder; the mask is dropped when nothing is padded, which saves time."""
        padded = None if bool(mask.all()) else mask.long()
        output = self._module.get_encoder()(input_ids=ids, attention_mask=padded)
        return _Memory(output.last_hidden_state, padded)

    def decode(self, memory: _Memory, ids: Tensor) -> Tensor:
        """Teacher-forced decoder states (batch, target, width), without the softmax."""
        output = self._module.get_decoder()(
            input_ids=ids, encoder_hidden_states=memory.states,
            encoder_attention_mask=memory.mask, use_cache=False,
        )  # fmt: skip
        hidden: Tensor = output.last_hidden_state
        return hidden

    def begin(self, memory: _Memory) -> _Memory:
        """A fresh cache over the encoder's output."""
        return _Memory(
            memory.states, memory.mask, EncoderDecoderCache(DynamicCache(), DynamicCache())
        )

    def step(self, tokens: Tensor, state: _Memory, position: int) -> tuple[Tensor, _Memory]:
        """One decoder step on the cache."""
        logits, state = self.advance(tokens.unsqueeze(1), state, position)
        return logits[:, -1], state

    def advance(self, tokens: Tensor, state: _Memory, position: int) -> tuple[Tensor, _Memory]:
        """Several decoder steps in one pass."""
        output = self._module.get_decoder()(
            input_ids=tokens, encoder_hidden_states=state.states,
            encoder_attention_mask=state.mask, past_key_values=state.cache, use_cache=True,
        )  # fmt: skip
        return self.logits(output.last_hidden_state), state

    def rewind(self, before: _Memory, after: _Memory, tokens: Tensor, position: int) -> _Memory:
        """Cut the decoder's own cache; what it keeps of the encoder stays."""
        own = after.cache.self_attention_cache
        own.crop(position + tokens.shape[1] - own.get_seq_length())  # a negative number: fewer
        return after

    def select(self, state: _Memory, index: Tensor) -> _Memory:
        """Rows in a new order; the cache reorders itself in place."""
        if state.cache is not None and state.cache.get_seq_length() > 0:
            state.cache.reorder_cache(index)
        mask = None if state.mask is None else state.mask[index]
        return _Memory(state.states[index], mask, state.cache)

    def logits(self, hidden: Tensor) -> Tensor:
        """The language-model head with the family's scale and bias."""
        if getattr(self._module.config, "scale_decoder_outputs", False):
            hidden = hidden * (self._module.config.d_model**-0.5)
        scores: Tensor = self._module.lm_head(hidden)
        bias = getattr(self._module, "final_logits_bias", None)
        # In place: a copy of all scores would cost as much as a fifth of making them.
        return scores if bias is None else scores.add_(bias.view(*[1] * (scores.ndim - 1), -1))

    def _resolve_sites(self) -> None:
        """Find the sites, and let one pass confirm them and the way that logits are made."""
        stacks = {
            "encoder": stack_of(self._module.get_encoder()),
            "decoder": stack_of(self._module.get_decoder()),
        }
        found = install_once(self._module, stacks, int(self._module.config.d_model))
        probe = Run(capture=list(found.sites))
        with running(probe):
            self._check_logits()
        checked = confirm(found, probe, {"encoder": 3, "decoder": 2})
        self.sites, self.unresolved = checked.sites, checked.unresolved
        self._find_attention()

    def _stacks(self) -> Mapping[str, Callable[[Any], nn.Module]]:
        return {
            "encoder": lambda network: stack_of(network.get_encoder()),
            "decoder": lambda network: stack_of(network.get_decoder()),
        }

    def _check_logits(self) -> None:
        ids = torch.full((1, 3), self.eos_id, device=self.device)
        memory = self.encode(ids, torch.ones_like(ids, dtype=torch.bool))
        inputs = torch.full((1, 2), self.start_id, device=self.device)
        ours = self.logits(self.decode(memory, inputs))
        theirs = self._module(
            encoder_outputs=BaseModelOutput(last_hidden_state=memory.states.clone()),
            decoder_input_ids=inputs, use_cache=False,
        ).logits  # fmt: skip
        near = AGREES.get(self.dtype, 1e-3)
        if not torch.allclose(ours.float(), theirs.float(), atol=near, rtol=near):
            raise other_logits(self.name, self._module)
