"""The model contract over stock Hugging Face encoder-decoders (transformers 5).

Nothing in the library is patched: hooks are installed once, at load (:mod:`.sites`), and the
decoder is driven by our own search with the library's own key-value cache. The encoder runs once;
the cache is asked to reorder itself when hypotheses move or rows are dropped. At load the split
into decoder state and logits is checked against the model's own forward pass, so a family with an
extra scale or bias fails loudly there and not silently in a score.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoModelForSeq2SeqLM, AutoTokenizer
from transformers.cache_utils import DynamicCache, EncoderDecoderCache
from transformers.modeling_outputs import BaseModelOutput
from transformers.utils import logging as hub_logging

from ..errors import InvalidInputError, ModelLoadError
from .base import TranslationModel
from .fingerprint import fingerprint_files
from .sites import confirm, install_once, stack_of
from .spans import laid_along, sentencepiece_spans
from .statistics_file import FILE as FILE_OF_STATISTICS
from .taps import Run, running
from .tokens import Tokens, word_ids, words_of

FILE_OF_CARD = "card.json"


_Pieces = tuple[list[int], list[str], list[tuple[int, int] | None]]


@dataclass
class _Memory:
    """The encoder's output (rows, source, width), its mask, and the decoder's cache."""

    states: Tensor
    mask: Tensor | None
    cache: Any = None


class HuggingFaceSeq2Seq(TranslationModel):
    """An encoder-decoder of the transformers library.

    Parameters
    ----------
    module : PreTrainedModel
        With ``get_encoder``, ``get_decoder`` and ``lm_head``.
    tokenizer : PreTrainedTokenizerBase or None
        None for tests that pass ids.
    """

    family: ClassVar[str] = "huggingface"

    def __init__(
        self, module: Any, tokenizer: Any, name: str, fingerprint: str, device: str = "cpu"
    ) -> None:
        self.name, self._fingerprint, self._tokenizer = name, fingerprint, tokenizer
        self._module = module.to(device).eval().requires_grad_(False)
        config, generation = module.config, module.generation_config
        self.device, self.dtype = torch.device(device), module.dtype
        self.statistics = None
        self.max_tokens = min(int(getattr(config, "max_position_embeddings", None) or 512), 500)
        self.vocabulary_size = int(config.vocab_size)
        self.pad_id, self.eos_id = int(config.pad_token_id), _first(config.eos_token_id)
        start = generation.decoder_start_token_id
        self.start_id = int(config.decoder_start_token_id if start is None else start)
        self.suppressed = _suppressed(generation)
        positions = getattr(config, "max_position_embeddings", None)
        self.max_target = None if positions is None else int(positions)
        forced = generation.forced_bos_token_id
        self.forced_start = () if forced is None else (int(forced),)
        # A Marian tokenizer switches languages on itself while it works.
        self._tokenizing = Lock()
        self.source_language = getattr(tokenizer, "source_lang", None) or "und"
        self.target_language = getattr(tokenizer, "target_lang", None) or "und"
        self._resolve_sites()

    @classmethod
    def load(
        cls, source: str | Path, name: str, device: str = "cpu", local: bool = True
    ) -> HuggingFaceSeq2Seq:
        """Open a folder or, if `local` is False, a name on the model hub."""
        hub_logging.disable_progress_bar()  # type: ignore[no-untyped-call] # One bar a file says nothing to a person.
        try:
            config = AutoConfig.from_pretrained(source, local_files_only=local)
            if not config.is_encoder_decoder:
                raise ModelLoadError(
                    f"{source} is a {config.model_type} model without an encoder and a decoder; "
                    "NeuroX translates with encoder-decoder models."
                )
            module = AutoModelForSeq2SeqLM.from_pretrained(
                source, local_files_only=local, dtype=torch.float32, attn_implementation="sdpa"
            )
            with warnings.catch_warnings():
                # Marian's tokenizer recommends an optional normaliser of punctuation.
                warnings.filterwarnings("ignore", "Recommended: pip install sacremoses")
                tokenizer = AutoTokenizer.from_pretrained(source, local_files_only=local)
        except (OSError, ValueError, KeyError, ImportError) as error:
            raise ModelLoadError(
                f"{source} cannot be opened as a translation model: {error}"
            ) from error
        folder, files = Path(source), []
        if folder.is_dir():
            files = sorted(p.name for p in folder.iterdir() if _makes_the_model(p))
            mark = fingerprint_files(folder, files)
        else:
            mark = str(getattr(config, "_commit_hash", None) or source).replace("/", "-")[:40]
        model = cls(module, tokenizer, name, mark, device)
        model.fingerprinted = files
        return model

    @property
    def module(self) -> nn.Module:
        """The network."""
        found: nn.Module = self._module
        return found

    @property
    def fingerprint(self) -> str:
        """Hash of the folder's files, or the hub's commit."""
        return self._fingerprint

    def tokenize(self, text: str, side: str = "source") -> Tokens:
        """What the model's own tokenizer makes of a text, with spans and words."""
        found = self._by_sentencepiece(text, side) or self._by_tokenizer(text, side)
        ids, pieces, spans = found
        words = words_of(text)
        return Tokens(text, ids, pieces, spans, words, word_ids(spans, words))

    def _by_sentencepiece(self, text: str, side: str) -> _Pieces | None:
        """What a Marian tokenizer does with plain text, in a sixth of its time.

        Text that may hold a special token or a language tag is left to the tokenizer itself.
        """
        tokenizer = self._tokenizer
        if not hasattr(tokenizer, "spm_target") or "<" in text or ">" in text:
            return None
        target = side == "target"
        processor = tokenizer.spm_target if target else tokenizer.spm_source
        separate = target and getattr(tokenizer, "separate_vocabs", False)
        vocabulary = tokenizer.target_encoder if separate else tokenizer.encoder
        unknown = vocabulary[tokenizer.unk_token]
        _, pieces, spans = sentencepiece_spans(processor, text)
        ids = [vocabulary.get(piece, unknown) for piece in pieces]
        shown = [
            piece if token != unknown else tokenizer.unk_token
            for piece, token in zip(pieces, ids, strict=True)
        ]
        end = tokenizer.eos_token_id
        return [*ids, end], [*shown, tokenizer.eos_token], [*spans, None]

    def _by_tokenizer(self, text: str, side: str) -> _Pieces:
        key = "text" if side == "source" else "text_target"
        with self._tokenizing:
            ids = list(self._tokenizer(**{key: text})["input_ids"])
            pieces = [str(p) for p in self._tokenizer.convert_ids_to_tokens(ids)]
        special = set(self._tokenizer.all_special_ids) - {self._tokenizer.unk_token_id}
        plain = [i for i, token in enumerate(ids) if token not in special]
        spans: list[tuple[int, int] | None] = [None] * len(ids)
        for index, span in zip(plain, self._offsets(text, side, plain, pieces), strict=True):
            spans[index] = span
        return ids, pieces, spans

    def _offsets(
        self, text: str, side: str, plain: list[int], pieces: list[str]
    ) -> list[tuple[int, int] | None]:
        if not getattr(self._tokenizer, "is_fast", False):
            return laid_along(text, [pieces[i] for i in plain])
        key = "text" if side == "source" else "text_target"
        with self._tokenizing:
            offsets = self._tokenizer(**{key: text}, return_offsets_mapping=True)["offset_mapping"]
        return [tuple(offsets[i]) for i in plain]

    def detokenize(self, ids: Sequence[int]) -> str:
        """The tokenizer's own decoding, special tokens left out."""
        text = self._tokenizer.decode(list(ids), skip_special_tokens=True)
        return str(text)

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """Pieces of ids."""
        return [str(p) for p in self._tokenizer.convert_ids_to_tokens(list(ids))]

    @property
    def unk_id(self) -> int:
        """The id of what the vocabulary lacks; -1 if there is none."""
        found = self._tokenizer.unk_token_id
        return -1 if found is None else int(found)

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
        output = self._module.get_decoder()(
            input_ids=tokens.unsqueeze(1), encoder_hidden_states=state.states,
            encoder_attention_mask=state.mask, past_key_values=state.cache, use_cache=True,
        )  # fmt: skip
        return self.logits(output.last_hidden_state[:, -1]), state

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
        return scores if bias is None else scores + bias.view(*[1] * (scores.ndim - 1), -1)

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

    def _check_logits(self) -> None:
        ids = torch.full((1, 3), self.eos_id, device=self.device)
        memory = self.encode(ids, torch.ones_like(ids, dtype=torch.bool))
        inputs = torch.full((1, 2), self.start_id, device=self.device)
        ours = self.logits(self.decode(memory, inputs))
        theirs = self._module(
            encoder_outputs=BaseModelOutput(last_hidden_state=memory.states.clone()),
            decoder_input_ids=inputs, use_cache=False,
        ).logits  # fmt: skip
        if not torch.allclose(ours, theirs, atol=1e-3, rtol=1e-3):
            raise ModelLoadError(
                f"{self.name} ({self._module.config.model_type}) makes its logits in a way that "
                "NeuroX does not know, so scores would be wrong. Please report this model."
            )


def _makes_the_model(path: Path) -> bool:
    ours = (FILE_OF_CARD, FILE_OF_STATISTICS)
    return (
        path.suffix in {".json", ".safetensors", ".spm", ".model", ".txt"} and path.name not in ours
    )


def _first(ids: int | Sequence[int]) -> int:
    """A configuration's end token may be a list; the first is the one that training wrote."""
    return int(ids if isinstance(ids, int) else ids[0])


def _suppressed(generation: Any) -> list[int]:
    """Ids that ``generate`` never produces; sequences of several ids are not supported."""
    words = generation.bad_words_ids or []
    if any(len(w) != 1 for w in words):
        raise InvalidInputError("bad_words_ids with phrases of several tokens are not supported.")
    return sorted({int(w[0]) for w in words} | set(generation.suppress_tokens or []))
