"""LSTM and GRU language models of our own, behind the language-model contract.

Embedding, recurrent layers with a fused and a stepped path (:mod:`.recurrent`), and a readout tied
to the embedding. The ``model_type`` of a folder (:mod:`.recurrent_files`) is
``neurox_recurrent_lm``. Every text begins with the start token, which is the first
position: so every token of the text is predicted, and an empty prompt would be one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar

import sentencepiece as spm
import torch
from torch import Tensor, nn

from .fingerprint import fingerprint_files
from .language_model import LanguageModel
from .placement import device_of
from .recurrent import RecurrentLayer, State, layer_of
from .recurrent_files import FILES, read_folder
from .spans import sentencepiece_spans
from .taps import tap
from .tokens import Tokens, word_ids, words_of


@dataclass(frozen=True)
class RecurrentLanguageConfig:
    """Everything needed to build the network again.

    Attributes
    ----------
    vocab_size, embedding_size, hidden_size, layers : int
    cell : {"lstm", "gru"}
    dropout : float
        Used in training.
    pad_id, eos_id, unk_id, start_id : int
        Special token ids.
    """

    vocab_size: int
    embedding_size: int = 256
    hidden_size: int = 320
    layers: int = 2
    cell: str = "lstm"
    dropout: float = 0.1
    pad_id: int = 0
    eos_id: int = 0
    unk_id: int = 1
    start_id: int = 0
    language: str = "en"
    model_type: str = "neurox_recurrent_lm"

    def to_dict(self) -> dict[str, object]:
        """Plain values, for ``config.json``."""
        return asdict(self)


class RecurrentLanguageNetwork(nn.Module):
    """The network; `config` says its shape."""

    def __init__(self, config: RecurrentLanguageConfig) -> None:
        super().__init__()
        self.config = config
        width, hidden, layer = config.embedding_size, config.hidden_size, layer_of(config.cell)
        self.embedding = nn.Embedding(config.vocab_size, width)
        nn.init.normal_(self.embedding.weight, std=width**-0.5)
        self.decoder = nn.ModuleList(
            layer("decoder", i, width if i == 0 else hidden, hidden) for i in range(config.layers)
        )
        self.readout = nn.Linear(hidden, width)
        self.output_bias = nn.Parameter(torch.zeros(config.vocab_size))
        self.dropout = nn.Dropout(config.dropout)

    def forward(
        self, ids: Tensor, initial: list[State] | None = None
    ) -> tuple[Tensor, list[State]]:
        """Readout (batch, positions, embedding) and the states after the last position."""
        x = self.embedding(ids) * math.sqrt(self.config.embedding_size)
        x = self.dropout(tap("decoder.0.embed", x))
        finals: list[State] = []
        for index, layer in enumerate(self.decoder):
            start = None if initial is None else initial[index]
            x, final = layer(self.dropout(x) if index else x, start, None)
            finals.append(final)
        return self.readout(self.dropout(x)), finals

    def logits(self, readout: Tensor) -> Tensor:
        """Scores over the vocabulary from the tied embedding."""
        return torch.nn.functional.linear(readout, self.embedding.weight, self.output_bias)


@dataclass
class _State:
    """States of all layers, and the prompt's last token, which the first step consumes."""

    carried: list[State] | None
    last: Tensor | None


class RecurrentLanguageModel(LanguageModel):
    """An LSTM or GRU language model.

    Parameters
    ----------
    module : RecurrentLanguageNetwork
    pieces : SentencePieceProcessor
    name, fingerprint, device : str
    """

    family: ClassVar[str] = "recurrent-language-model"
    can_advance: ClassVar[bool] = True

    def __init__(
        self, module: RecurrentLanguageNetwork, pieces: spm.SentencePieceProcessor, name: str,
        fingerprint: str, device: str = "cpu",
    ) -> None:  # fmt: skip
        config = module.config
        self.name, self._fingerprint, self._pieces = name, fingerprint, pieces
        self.device, self.dtype = device_of(device), torch.float32
        self._module = module.to(self.device).eval().requires_grad_(False)
        for layer in module.decoder:
            assert isinstance(layer, RecurrentLayer)
            layer.prepare()
        self.statistics, self.max_tokens = None, 1000
        self.source_language = self.target_language = config.language
        self.vocabulary_size = config.vocab_size
        self.pad_id, self.eos_id, self.start_id = config.pad_id, config.eos_id, config.start_id
        self.unk_id = config.unk_id
        self.suppressed = sorted({config.pad_id, config.start_id} - {config.eos_id})
        self.sites = {"decoder.0.embed": config.embedding_size}
        for index in range(config.layers):
            self.sites[f"decoder.{index}.rnn_hidden"] = config.hidden_size
            if config.cell == "lstm":
                self.sites[f"decoder.{index}.rnn_cell"] = config.hidden_size

    @classmethod
    def load(cls, folder: Path, name: str, device: str = "cpu") -> RecurrentLanguageModel:
        """Open a model folder; ModelLoadError says what is missing or does not fit."""
        module, pieces = read_folder(
            folder, RecurrentLanguageConfig, RecurrentLanguageNetwork, "recurrent language model"
        )
        model = cls(module, pieces, name, fingerprint_files(folder, FILES), device)
        model.fingerprinted = FILES
        return model

    @property
    def module(self) -> RecurrentLanguageNetwork:
        """The network."""
        return self._module

    @property
    def fingerprint(self) -> str:
        """Hash of weights, configuration and vocabulary."""
        return self._fingerprint

    def tokenize(self, text: str, side: str = "source") -> Tokens:
        """The start token and the text's pieces, or of a continuation its pieces and the end."""
        ids, pieces, spans = sentencepiece_spans(self._pieces, text)
        words = words_of(text)
        if side == "source":
            ids, pieces, spans = [self.start_id, *ids], ["<s>", *pieces], [None, *spans]
        else:
            ids, pieces, spans = [*ids, self.eos_id], [*pieces, "</s>"], [*spans, None]
        return Tokens(text, ids, pieces, spans, words, word_ids(spans, words))

    def detokenize(self, ids: Sequence[int]) -> str:
        """Join pieces; special ids vanish."""
        text: str = self._pieces.decode([i for i in ids if self._is_piece(i)])
        return text

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """Pieces of ids."""
        named = {self.eos_id: "</s>", self.start_id: "<s>", self.pad_id: "<pad>"}
        known = {i: self._pieces.id_to_piece(i) for i in ids if self._is_piece(i)}
        return [known.get(i) or named.get(i, "<pad>") for i in ids]

    def _is_piece(self, token: int) -> bool:
        special = (self.eos_id, self.start_id, self.pad_id)
        return token < self._pieces.get_piece_size() and token not in special

    def begin(self, memory: Tensor) -> _State:
        """States after all but the prompt's last token."""
        carried = None
        if memory.shape[1] > 1:
            _, carried = self._module(memory[:, :-1])
        return _State(carried, memory[:, -1])

    def advance(self, tokens: Tensor, state: _State, position: int) -> tuple[Tensor, _State]:
        """Several tokens, each layer over all of them at once."""
        if state.last is not None:
            tokens = torch.cat([state.last.unsqueeze(1), tokens[:, 1:]], 1)
        readout, carried = self._module(tokens, state.carried)
        return self._module.logits(readout), _State(carried, None)

    def select(self, state: Any, index: Tensor) -> Any:
        """Rows of prompts, or of a state, in a new order."""
        if isinstance(state, Tensor):
            return state[index]
        carried = state.carried
        if carried is not None:
            carried = [(h[index], c[index]) for h, c in carried]
        return _State(carried, None if state.last is None else state.last[index])

    def logits(self, hidden: Tensor) -> Tensor:
        """Tied softmax scores."""
        return self._module.logits(hidden)

    def _states(self, ids: Tensor) -> Tensor:
        """The readout (batch, positions, embedding)."""
        readout: Tensor = self._module(ids)[0]
        return readout
