"""What an adapter brings: a tokenizer, its sites, and six small primitives with the taps in them.

The primitives (encode, decode, begin, step, select, logits) work on a whole batch. All that can be
written once on top of them is in :mod:`.base`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar

import torch
from torch import Tensor

from ..interventions.amounts import Moments
from .search_rules import Rules
from .taps import active
from .tokens import Tokens, some_texts

TASKS = (
    "translation", "language-modelling", "classification", "token-classification", "encoding",
)  # fmt: skip
WRITES = TASKS[:2]
"""Tasks whose output is a text that is decoded."""


class ModelContract(ABC):
    """What a model brings: a tokenizer, its sites and the primitives that the taps are in.

    Attributes
    ----------
    name, family : str
    sites : dict of str to int
        Every layer address that can be read and edited, with its width, in order of computation.
    statistics : Moments or None
        Means and deviations for ``mean`` and sigma values, if known.
    max_tokens : int
        Longest source, in tokens.
    """

    family: ClassVar[str]
    task: ClassVar[str] = "translation"
    """What it is for, which says what a score of it means: one of :data:`TASKS`."""
    source_stack: ClassVar[str] = "encoder"
    """The stack that reads the source; a language model has only ``decoder``."""

    name: str
    device: torch.device
    dtype: torch.dtype
    sites: Mapping[str, int]
    statistics: Moments | None
    max_tokens: int
    source_language: str
    target_language: str
    vocabulary_size: int
    pad_id: int
    eos_id: int
    start_id: int
    suppressed: Sequence[int]
    """Ids that are never produced."""
    max_target: int | None = None
    """Most tokens the decoder has positions for; None if there is no such limit."""
    rules: Rules = Rules()
    """What the checkpoint's own settings forbid, and which tokens end a text beside `eos_id`."""
    own_settings: Mapping[str, str] = MappingProxyType({})
    """Settings of the checkpoint that are not taken over, with the reason."""
    unused_weights: Sequence[str] = ()
    """Names of weights of the checkpoint that the network has no place for."""
    fingerprinted: Sequence[str] = ()
    """Files of the model's folder that the fingerprint is taken from."""
    forced_start: Sequence[int] = ()
    """Ids every output begins with, such as the language of a multilingual model."""
    architecture: str = ""
    """What the network is called where the name of its class would mislead; "" if it would not."""
    unresolved: Mapping[str, str] = MappingProxyType({})
    """Sites that a model of this kind should have but that were not found, with the reason."""
    attention_maps: Sequence[str] = ()
    """Attention that :meth:`attending` can capture, such as ``decoder.1.cross_attn_map``."""
    languages: Sequence[str] = ()
    """Codes that the source and target language can be chosen from; empty if they are fixed."""

    @property
    @abstractmethod
    def module(self) -> torch.nn.Module:
        """The network itself."""

    @property
    @abstractmethod
    def fingerprint(self) -> str:
        """Hash of weights and configuration: what results are keyed by."""

    @abstractmethod
    def tokenize(self, text: str, side: str = "source") -> Tokens:
        """A text as the model sees it, with the words it belongs to; ends with the end token."""

    def tokenize_all(self, texts: Sequence[str], side: str = "source") -> list[Tokens]:
        """Many texts, each as :meth:`tokenize` gives it; a model may know a faster way."""
        return [self.tokenize(text, side) for text in texts]

    def tokenize_each(self, texts: Sequence[str], side: str = "source") -> Iterator[Tokens]:
        """As :meth:`tokenize_all`, of so many texts that their tokens should not all be kept."""
        for part in some_texts(texts):
            yield from self.tokenize_all(part, side)

    @abstractmethod
    def detokenize(self, ids: Sequence[int]) -> str:
        """Target ids as text; special tokens vanish."""

    @abstractmethod
    def pieces(self, ids: Sequence[int]) -> list[str]:
        """Target ids as the pieces the model sees."""

    @abstractmethod
    def encode(self, ids: Tensor, mask: Tensor) -> Any:
        """Read sources (batch, source), padded right; returns a memory that `select` can index."""

    @abstractmethod
    def decode(self, memory: Any, ids: Tensor) -> Tensor:
        """Teacher-forced decoder pass over inputs (batch, target); the state before the logits."""

    @abstractmethod
    def begin(self, memory: Any) -> Any:
        """The decoder's state before its first step."""

    @abstractmethod
    def step(self, tokens: Tensor, state: Any, position: int) -> tuple[Tensor, Any]:
        """Consume one token (rows,) at an absolute position; logits (rows, vocabulary), state."""

    can_advance: ClassVar[bool] = False
    """Whether :meth:`advance` is quicker than steps and can be taken back."""

    def advance(self, tokens: Tensor, state: Any, position: int) -> tuple[Tensor, Any]:
        """Consume several tokens (rows, count); logits (rows, count, vocabulary), state."""
        found, run = [], active()
        for offset in range(tokens.shape[1]):
            if run is not None:
                run.move("decoder", position + offset)
            logits, state = self.step(tokens[:, offset], state, position + offset)
            found.append(logits)
        return torch.stack(found, 1), state

    def rewind(self, before: Any, after: Any, tokens: Tensor, position: int) -> Any:
        """The state when the first of the tokens of an :meth:`advance` have been consumed.

        Parameters
        ----------
        before, after : object
            The state that it was given, and the one that it returned.
        tokens : Tensor (rows, fewer)
            Those that count.
        """
        return self.advance(tokens, before, position)[1]

    @abstractmethod
    def select(self, state: Any, index: Tensor) -> Any:
        """Rows of a memory or state, in a new order, dropped or repeated."""

    @abstractmethod
    def logits(self, hidden: Tensor) -> Tensor:
        """Scores over the vocabulary from what `decode` returned."""
