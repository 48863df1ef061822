"""The two architectures behind one small training interface."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from transformers import MarianConfig, MarianMTModel

from neurox_core.models.recurrent import RecurrentConfig, RecurrentSeq2Seq

from .alignment import Alignment
from .data import EOS, PAD, UNK, Pair, pad
from .recipes import VOCABULARY, Recipe


class Trainee(Protocol):
    """What the trainer needs of an architecture."""

    module: nn.Module

    def loss(self, batch: list[Pair], progress: float) -> tuple[Tensor, float]:
        """The loss to minimise, and the plain cross entropy per token, for a batch."""

    def greedy(self, sources: list[list[int]], longest: int) -> list[list[int]]:
        """Greedy translations, for the running BLEU."""

    def save(self, folder: Path, vocabulary: Path) -> None:
        """Write the model's own folder: half-precision weights, configuration, vocabulary."""


def build(recipe: Recipe, pairs: list[Pair]) -> Trainee:
    """The architecture a recipe names, with seeded weights."""
    torch.manual_seed(recipe.seed)
    return Recurrent(recipe) if recipe.family == "recurrent" else Marian(recipe, pairs)


def _tensors(batch: list[Pair]) -> tuple[Tensor, Tensor, Tensor]:
    """Source ids, decoder inputs (PAD first) and labels (-100 where padded)."""
    source = torch.from_numpy(pad([p.source for p in batch]))
    inputs = torch.from_numpy(pad([[PAD, *p.target[:-1]] for p in batch]))
    labels = torch.from_numpy(pad([p.target for p in batch]))
    return source, inputs, labels.masked_fill(labels == PAD, -100)


def _until_end(rows: Tensor) -> list[list[int]]:
    return [row[: row.index(EOS)] if EOS in row else row for row in rows.tolist()]


class Recurrent:
    """The LSTM encoder-decoder of :mod:`neurox_core.models.recurrent`."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.config = RecurrentConfig(
            VOCABULARY, dropout=recipe.dropout, pad_id=PAD, eos_id=EOS, unk_id=UNK, start_id=PAD
        )
        self.module = RecurrentSeq2Seq(self.config)

    def loss(self, batch: list[Pair], progress: float) -> tuple[Tensor, float]:
        """Label-smoothed cross entropy over real target tokens only."""
        source, inputs, labels = _tensors(batch)
        memory, finals = self.module.encode(source)
        readout = self.module.decode(inputs, memory, finals)
        real = labels != -100
        logits = self.module.logits(readout[real])
        loss = cross_entropy(logits, labels[real], label_smoothing=self.recipe.label_smoothing)
        with torch.no_grad():
            plain = cross_entropy(logits, labels[real]).item()
        return loss, plain

    @torch.inference_mode()
    def greedy(self, sources: list[list[int]], longest: int) -> list[list[int]]:
        """Step the decoder on the best token; rows end at EOS."""
        lengths = torch.tensor([len(s) for s in sources])
        ids = torch.from_numpy(pad(sources))
        memory, states = self.module.encode(ids, lengths)
        mask = torch.arange(ids.shape[1])[None, :] < lengths[:, None]
        token = torch.full((len(sources),), PAD)
        done = torch.zeros(len(sources), dtype=torch.bool)
        chosen = []
        for _ in range(longest):
            logits, states, _ = self.module.step(token, memory, states, mask)
            token = logits.argmax(-1)
            chosen.append(token)
            done |= token == EOS
            if done.all():
                break
        return _until_end(torch.stack(chosen, dim=1))

    def save(self, folder: Path, vocabulary: Path) -> None:
        """Write ``config.json``, ``model.safetensors`` (float16) and the vocabulary."""
        folder.mkdir(parents=True, exist_ok=True)
        config = json.dumps(self.config.to_dict(), indent=2)
        (folder / "config.json").write_text(config + "\n", encoding="utf-8")
        half = {k: v.half().contiguous() for k, v in self.module.state_dict().items()}
        save_file(half, folder / "model.safetensors", metadata={"format": "pt"})
        for name in ("source.spm", "vocab.json"):
            shutil.copyfile(vocabulary / name, folder / name)


class Marian:
    """A small Transformer in Hugging Face's Marian form, guided early by word alignments."""

    guided_layer = 1

    def __init__(self, recipe: Recipe, pairs: list[Pair]) -> None:
        self.recipe = recipe
        self.config = MarianConfig(
            vocab_size=VOCABULARY, d_model=256, encoder_layers=3, decoder_layers=2,
            encoder_attention_heads=4, decoder_attention_heads=4, encoder_ffn_dim=768,
            decoder_ffn_dim=768, max_position_embeddings=256, activation_function="relu",
            dropout=recipe.dropout, scale_embedding=True, share_encoder_decoder_embeddings=True,
            pad_token_id=PAD, eos_token_id=EOS, decoder_start_token_id=PAD,
            forced_eos_token_id=None, init_std=256**-0.5, tie_word_embeddings=True,
            attn_implementation="eager",
        )  # fmt: skip
        self.module = MarianMTModel(self.config)
        self.align = Alignment(pairs) if recipe.guide else None

    def loss(self, batch: list[Pair], progress: float) -> tuple[Tensor, float]:
        """Label-smoothed cross entropy and, in the first half, the alignment loss."""
        source, inputs, labels = _tensors(batch)
        guide = self.recipe.guide * max(0.0, 1 - 2 * progress) if self.align else 0.0
        output = self.module.model(
            input_ids=source, attention_mask=(source != PAD).long(), decoder_input_ids=inputs,
            use_cache=False, output_attentions=guide > 0,
        )  # fmt: skip
        real = labels != -100
        logits = self.module.lm_head(output.last_hidden_state[real])
        logits = logits + self.module.final_logits_bias
        loss = cross_entropy(logits, labels[real], label_smoothing=self.recipe.label_smoothing)
        with torch.no_grad():
            plain = cross_entropy(logits, labels[real]).item()
        if guide and self.align:
            attention = output.cross_attentions[self.guided_layer].mean(dim=1)
            wanted = np.zeros(attention.shape, dtype=np.float32)
            for row, pair in enumerate(batch):
                posterior = self.align(pair)
                wanted[row, : posterior.shape[0], : posterior.shape[1]] = posterior
            miss = -(torch.from_numpy(wanted) * attention.clamp_min(1e-6).log()).sum(-1)
            loss = loss + guide * miss[real].mean()
        return loss, plain

    @torch.inference_mode()
    def greedy(self, sources: list[list[int]], longest: int) -> list[list[int]]:
        """Hugging Face's own greedy search."""
        ids = torch.from_numpy(pad(sources))
        rows = self.module.generate(
            input_ids=ids, attention_mask=(ids != PAD).long(), num_beams=1, do_sample=False,
            max_new_tokens=longest,
        )  # fmt: skip
        return _until_end(rows[:, 1:])

    def save(self, folder: Path, vocabulary: Path) -> None:
        """Write a folder that ``MarianMTModel.from_pretrained`` and its tokenizer open."""
        folder.mkdir(parents=True, exist_ok=True)
        half = MarianMTModel(self.config).half()
        half.load_state_dict(self.module.state_dict())
        half.config._attn_implementation = "sdpa"
        half.generation_config.max_length = 128
        half.generation_config.bad_words_ids = [[PAD]]
        half.save_pretrained(folder)
        for name, copy in (("source.spm",) * 2, ("source.spm", "target.spm"), ("vocab.json",) * 2):
            shutil.copyfile(vocabulary / name, folder / copy)
        settings = {
            "source_lang": "en",
            "target_lang": "fr",
            "tokenizer_class": "MarianTokenizer",
            "model_max_length": 256,
            "separate_vocabs": False,
        }
        (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n")
