"""The model contract over our own recurrent encoder-decoder.

The ``model_type`` of its folder (:mod:`.recurrent_files`) is ``neurox_recurrent``; both languages
have one vocabulary.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import sentencepiece as spm
import torch
from torch import Tensor

from .base import TranslationModel
from .fingerprint import fingerprint_files
from .recurrent import RecurrentConfig, RecurrentSeq2Seq, State
from .recurrent_files import FILES, read_folder
from .spans import sentencepiece_all
from .tokens import Tokens, word_ids, words_of


@dataclass
class _Memory:
    """What the encoder left for the decoder; also the decoder's state between steps."""

    states: Tensor  # (rows, source, hidden)
    carried: list[State]
    mask: Tensor | None  # (rows, source); None when nothing is padded


class RecurrentModel(TranslationModel):
    """LSTM or GRU encoder-decoder with attention.

    Parameters
    ----------
    module : RecurrentSeq2Seq
    pieces : SentencePieceProcessor
    name : str
    fingerprint : str
    """

    family: ClassVar[str] = "recurrent"
    can_advance: ClassVar[bool] = True

    def __init__(
        self,
        module: RecurrentSeq2Seq,
        pieces: spm.SentencePieceProcessor,
        name: str,
        fingerprint: str,
        device: str = "cpu",
    ) -> None:
        config = module.config
        self.name, self._fingerprint, self._pieces = name, fingerprint, pieces
        self._module = module.to(device).eval().requires_grad_(False)
        self._module.prepare()
        self.device, self.dtype = torch.device(device), torch.float32
        self.statistics = None
        self.max_tokens = 500
        self.source_language, self.target_language = config.source_language, config.target_language
        self.vocabulary_size = config.vocab_size
        self.pad_id, self.eos_id, self.start_id = config.pad_id, config.eos_id, config.start_id
        self.unk_id = config.unk_id
        self.suppressed = sorted({config.pad_id, config.start_id} - {config.eos_id})
        self.sites = _sites(config)
        self.attention_maps = (f"decoder.{config.layers - 1}.cross_attn_map",)

    @classmethod
    def load(cls, folder: Path, name: str, device: str = "cpu") -> RecurrentModel:
        """Open a model folder; ModelLoadError says what is missing or does not fit."""
        module, pieces = read_folder(folder, RecurrentConfig, RecurrentSeq2Seq, "recurrent model")
        model = cls(module, pieces, name, fingerprint_files(folder, FILES), device)
        model.fingerprinted = FILES
        return model

    @property
    def module(self) -> RecurrentSeq2Seq:
        """The network."""
        return self._module

    @property
    def fingerprint(self) -> str:
        """Hash of weights, configuration and vocabulary."""
        return self._fingerprint

    def tokenize(self, text: str, side: str = "source") -> Tokens:
        """Pieces of the joint vocabulary and the end token; both sides are cut alike."""
        return self.tokenize_all([text], side)[0]

    def tokenize_all(self, texts: Sequence[str], side: str = "source") -> list[Tokens]:
        """Many texts, each as :meth:`tokenize` gives it."""
        found = []
        for text, parts in zip(texts, sentencepiece_all(self._pieces, texts), strict=True):
            ids, pieces, spans = parts
            words = words_of(text)
            ids.append(self.eos_id)
            pieces.append("</s>")
            spans.append(None)
            found.append(Tokens(text, ids, pieces, spans, words, word_ids(spans, words)))
        return found

    def detokenize(self, ids: Sequence[int]) -> str:
        """Join pieces; ids outside the vocabulary's pieces vanish."""
        size = self._pieces.get_piece_size()
        text: str = self._pieces.decode([i for i in ids if i < size and i != self.eos_id])
        return text

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """Pieces of ids."""
        size = self._pieces.get_piece_size()
        return [self._pieces.id_to_piece(i) if i < size else "<pad>" for i in ids]

    def encode(self, ids: Tensor, mask: Tensor) -> _Memory:
        """Read the sources; padding is skipped, not merely masked."""
        padded = not bool(mask.all())
        lengths = mask.sum(1).cpu() if padded else None
        states, finals = self._module.encode(ids, lengths)
        return _Memory(states, finals, mask if padded else None)

    def decode(self, memory: _Memory, ids: Tensor) -> Tensor:
        """The readout (batch, target, embedding)."""
        return self._module.decode(ids, memory.states, memory.carried, memory.mask)

    def begin(self, memory: _Memory) -> _Memory:
        """The encoder's final states start the decoder."""
        return memory

    def step(self, tokens: Tensor, state: _Memory, position: int) -> tuple[Tensor, _Memory]:
        """Advance every row by one token."""
        readout, carried, _ = self._module.read(tokens, state.states, state.carried, state.mask)
        return self._module.scores(readout), _Memory(state.states, carried, state.mask)

    def advance(self, tokens: Tensor, state: _Memory, position: int) -> tuple[Tensor, _Memory]:
        """Advance every row by several tokens, each layer over all of them at once."""
        hidden, carried = self._module.advance(tokens, state.states, state.carried, state.mask)
        return self._module.logits(hidden), _Memory(state.states, carried, state.mask)

    def select(self, state: _Memory, index: Tensor) -> _Memory:
        """Rows in a new order."""
        return _Memory(
            state.states[index],
            [(h[index], c[index]) for h, c in state.carried],
            None if state.mask is None else state.mask[index],
        )

    def logits(self, hidden: Tensor) -> Tensor:
        """Tied softmax scores."""
        return self._module.logits(hidden)


def _sites(config: RecurrentConfig) -> dict[str, int]:
    """Layer addresses and widths, in order of computation."""
    sites: dict[str, int] = {}
    for stack in ("encoder", "decoder"):
        sites[f"{stack}.0.embed"] = config.embedding_size
        for layer in range(config.layers):
            sites[f"{stack}.{layer}.rnn_hidden"] = config.hidden_size
            if config.cell == "lstm":
                sites[f"{stack}.{layer}.rnn_cell"] = config.hidden_size
    sites[f"decoder.{config.layers - 1}.cross_attn_out"] = config.hidden_size
    return sites
