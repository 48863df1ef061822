"""Training text: reading, the joint vocabulary, thirds, and batches of similar lengths.

Batches hold rows of one source length, so the recurrent encoder needs no padding; the order of
rows and batches depends on the seed and the epoch alone, so a run that was cut off goes on with the
batch it would have seen.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import sentencepiece as spm

from .recipes import VOCABULARY, Recipe

EOS, UNK, PAD = 0, 1, VOCABULARY - 1
"""Special ids, placed as Marian places them; the decoder starts from PAD."""


@dataclass(frozen=True)
class Pair:
    """One training pair as ids, ended by EOS, and whether the grammar wrote it."""

    source: list[int]
    target: list[int]
    everyday: bool


def read_pairs(path: Path) -> list[tuple[str, str]]:
    """English and French of a tab-separated file with a header."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(row["source"], row["reference"]) for row in rows]


def third(source: str) -> int:
    """Which third of the training text a pair belongs to: a hash of its English side."""
    return int.from_bytes(hashlib.sha256(source.encode()).digest()[:4], "big") % 3


def make_vocabulary(corpus: Path, folder: Path) -> spm.SentencePieceProcessor:
    """Train the joint vocabulary once; later calls read what is there.

    Writes ``source.spm`` and ``vocab.json`` (piece to id, as Marian's tokenizer wants it).
    """
    model = folder / "source.spm"
    if not model.exists():
        folder.mkdir(parents=True, exist_ok=True)
        text = [
            side
            for part in ("natural", "everyday")
            for pair in read_pairs(corpus / f"{part}.train.tsv")
            for side in pair
        ]
        spm.SentencePieceTrainer.train(
            sentence_iterator=iter(text),
            model_prefix=str(folder / "joint"),
            vocab_size=VOCABULARY - 1,
            model_type="unigram",
            character_coverage=0.9998,
            eos_id=EOS,
            unk_id=UNK,
            bos_id=-1,
            pad_id=-1,
            num_threads=1,
            input_sentence_size=120_000,
            shuffle_input_sentence=True,
            minloglevel=2,
        )
        (folder / "joint.vocab").unlink()
        (folder / "joint.model").rename(model)
    pieces = spm.SentencePieceProcessor(model_file=str(model))
    ids = {pieces.id_to_piece(i): i for i in range(pieces.get_piece_size())} | {"<pad>": PAD}
    (folder / "vocab.json").write_text(json.dumps(ids, ensure_ascii=False), encoding="utf-8")
    return pieces


def load_training(
    corpus: Path, pieces: spm.SentencePieceProcessor, recipe: Recipe, longest: int = 60
) -> list[Pair]:
    """The pairs a recipe reads, as ids; pairs of more than `longest` pieces are left out."""
    pairs = []
    for part in ("natural", "everyday"):
        texts = [
            p
            for p in read_pairs(corpus / f"{part}.train.tsv")
            if recipe.leave_out is None or third(p[0]) != recipe.leave_out
        ]
        sources = pieces.encode([s for s, _ in texts])
        targets = pieces.encode([t for _, t in texts])
        pairs += [
            Pair([*s, EOS], [*t, EOS], part == "everyday")
            for s, t in zip(sources, targets, strict=True)
            if 0 < len(s) < longest and 0 < len(t) < longest
        ]
    return pairs


def batches(pairs: list[Pair], recipe: Recipe, epoch: int) -> Iterator[list[Pair]]:
    """One epoch: rows of equal source length, cut to `recipe.batch_tokens` target tokens."""
    random = np.random.default_rng([recipe.seed, epoch])
    drawn = [p for p in pairs if not p.everyday or random.random() < recipe.everyday]
    order = random.permutation(len(drawn))
    by_length: dict[int, list[Pair]] = {}
    cut: list[list[Pair]] = []
    for index in order:
        pair = drawn[index]
        bucket = by_length.setdefault(len(pair.source), [])
        bucket.append(pair)
        if max(len(p.target) for p in bucket) * len(bucket) >= recipe.batch_tokens:
            cut.append(bucket)
            by_length[len(pair.source)] = []
    cut += [rest for rest in by_length.values() if rest]
    for index in random.permutation(len(cut)):
        yield cut[index]


def pad(rows: list[list[int]]) -> np.ndarray:
    """Right-pad ids to one array of shape (rows, longest), int64."""
    array = np.full((len(rows), max(map(len, rows))), PAD, dtype=np.int64)
    for i, row in enumerate(rows):
        array[i, : len(row)] = row
    return array
