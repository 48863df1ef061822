"""What every Hugging Face adapter shares: the network, its key, its tokenizer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import torch
from torch import nn

from ..errors import InvalidInputError, ModelLoadError
from .base import TranslationModel
from .hub_attention import twin_of
from .hub_defaults import not_applied, rules_of, suppressed_ids
from .hub_files import Source
from .hub_tokens import HubTokenizer
from .placement import device_of
from .sites import attentions_of
from .tokens import Tokens

AGREES = {torch.float32: 1e-3, torch.float16: 2e-2, torch.bfloat16: 1e-1}
"""How near our logits have to come to the model's own, by precision."""


class HubModel(TranslationModel):
    """A network and a tokenizer of the transformers library.

    Parameters
    ----------
    module : PreTrainedModel
    tokenizer : HubTokenizer, PreTrainedTokenizerBase or None
        None for tests that pass ids.
    """

    continues: ClassVar[bool] = False
    """Whether a target text continues the source, as in a language model."""

    def __init__(
        self, module: Any, tokenizer: Any, name: str, fingerprint: str, device: str = "cpu"
    ) -> None:
        if tokenizer is not None and not isinstance(tokenizer, HubTokenizer):
            tokenizer = HubTokenizer(tokenizer, self.continues)
        self.name, self._fingerprint, self._tokenizer = name, fingerprint, tokenizer
        self.device = device_of(device)
        self._module = module.to(self.device).eval().requires_grad_(False)
        self.dtype = module.dtype
        self.statistics = None
        self.vocabulary_size = int(module.config.vocab_size)
        self.source_language = self.target_language = "und"
        self._twin: Any = None

    @property
    def module(self) -> nn.Module:
        """The network."""
        found: nn.Module = self._module
        return found

    @property
    def fingerprint(self) -> str:
        """Hash of the folder's files, or the hub's commit, and of what was chosen at load."""
        return self._fingerprint

    def _stacks(self) -> Mapping[str, Callable[[Any], nn.Module]]:
        """How to find the stacks whose attention can be shown."""
        return {}

    def _find_attention(self) -> None:
        """Name what :meth:`attending` shows: self-attention, and attention to the source."""
        self.attention_maps = [
            address
            for stack, find in self._stacks().items()
            for address in attentions_of(stack, find(self._module))
        ]

    def attending(self) -> TranslationModel:
        """This model on a twin of its network, which shares its weights (:mod:`.hub_attention`)."""
        if self._twin is None:
            self._twin = twin_of(self._module, self._stacks())
        same = super().attending()
        same._module = self._twin  # type: ignore[attr-defined]
        return same

    @property
    def tokenizer(self) -> HubTokenizer:
        """The tokenizer."""
        if self._tokenizer is None:
            raise InvalidInputError(f"{self.name} was made without a tokenizer; it takes ids.")
        found: HubTokenizer = self._tokenizer
        return found

    @property
    def unk_id(self) -> int:
        """The id of what the vocabulary lacks; -1 if there is none."""
        return self.tokenizer.unk_id

    def _follow(self, generation: Any, ends: tuple[int, ...]) -> None:
        """Take over what the checkpoint's own settings forbid, and note what is not taken over."""
        self.suppressed = suppressed_ids(generation)
        self.rules = rules_of(generation, ends, bool(self.forced_start))
        self.own_settings = not_applied(generation, self.continues)

    def tokenize(self, text: str, side: str = "source") -> Tokens:
        """What the model's own tokenizer makes of a text, with spans and words."""
        return self.tokenizer.tokenize(text, side)

    def tokenize_all(self, texts: Sequence[str], side: str = "source") -> list[Tokens]:
        """Many texts, each as :meth:`tokenize` gives it."""
        return self.tokenizer.tokenize_all(texts, side)

    def tokenize_each(self, texts: Sequence[str], side: str = "source") -> Iterator[Tokens]:
        """As :meth:`tokenize_all`, of so many texts that their tokens should not all be kept."""
        return self.tokenizer.tokenize_each(texts, side)

    def detokenize(self, ids: Sequence[int]) -> str:
        """The tokenizer's own decoding, special tokens left out."""
        return self.tokenizer.detokenize(ids)

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """Pieces of ids."""
        return self.tokenizer.pieces(ids)


class Parts(NamedTuple):
    """What a folder holds; the last two as :class:`TranslationModel` has them."""

    module: Any
    tokenizer: HubTokenizer
    fingerprint: str
    fingerprinted: list[str]
    unused_weights: list[str]


def open_parts(
    source: Path, dtype: torch.dtype, auto: Any, continues: bool,
    unused: Sequence[str] = (),
) -> Parts:  # fmt: skip
    """What a model that has no languages to choose is made from."""
    files = Source(source)
    config = files.config()
    tokenizer = files.tokenizer(continues)
    module, left = files.network(auto, config, dtype, unused)
    mark, used = files.fingerprint(None if dtype is torch.float32 else str(dtype))
    return Parts(module, tokenizer, mark, used, left)


def first_id(ids: int | Sequence[int]) -> int:
    """A configuration's end token may be a list; the first is the one that training wrote."""
    return int(ids if isinstance(ids, int) else ids[0])


def other_logits(name: str, module: Any) -> ModelLoadError:
    """Why the logits that are made here are not the model's own: damaged weights, or its kind."""
    for weight, values in module.named_parameters():
        if not bool(torch.isfinite(values).all()):
            return ModelLoadError(
                f"{name}: its weight {weight} holds values that are not numbers (NaN or infinite), "
                "and so would all that is computed. The file may be damaged: get it again."
            )
    return ModelLoadError(
        f"{name} ({module.config.model_type}) makes its logits in a way that NeuroX does not "
        "know, so scores would be wrong. Please report this model."
    )
