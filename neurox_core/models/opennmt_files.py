"""Checkpoints of OpenNMT-py 2 and 3, read without OpenNMT-py.

A checkpoint is one ``.pt`` file: weights, both vocabularies as plain lists, and the options of its
training. It is opened with ``weights_only``, so nothing in it is ever run; of Python objects only
the plain namespace of options is let in. (Version 2 wrote its vocabularies as objects of a library;
:mod:`.opennmt_old` says how they are read all the same.)

Text is cut with the SentencePiece models that lie beside the checkpoint: ``source.spm`` and
``target.spm``, or files with the names that the training options give. Without them texts are taken
as the training data was: tokens separated by spaces.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sentencepiece as spm
import torch
from torch import Tensor

from ..errors import ModelLoadError
from .fingerprint import fingerprint_files
from .folder_faults import is_pointer, pointed
from .opennmt_old import is_old, renamed, stand_ins, words_of_field
from .spans import Span, laid_along, sentencepiece_spans
from .tokens import Tokens, word_ids, words_of

PAD, START, END, UNKNOWN = "<blank>", "<s>", "</s>", "<unk>"
_JOINER, _SPLIT = "\uffed", "@@"


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint holds.

    Attributes
    ----------
    path : Path
    weights : dict of str to Tensor
        By OpenNMT-py's names; those of the generator begin with ``generator.``.
    source, target : list of str
        Vocabularies.
    options : mapping
        Of the training.
    """

    path: Path
    weights: dict[str, Tensor]
    source: list[str]
    target: list[str]
    options: Mapping[str, Any]

    @property
    def fingerprint(self) -> str:
        """Hash of the checkpoint and of the files that cut its text."""
        cutters = [p.name for p in (_cutter_file(self, s) for s in ("source", "target")) if p]
        return fingerprint_files(self.path.parent, [self.path.name, *cutters])

    def option(self, name: str, default: Any = None) -> Any:
        """An option, or its default in releases that did not have it."""
        return self.options.get(name, default)

    def refuse(self, **wrong: bool) -> None:
        """Raise ModelLoadError for the first feature that is on and not supported."""
        for name, on in wrong.items():
            if on:
                raise ModelLoadError(
                    f"{self.path} was trained with {name} = {self.option(name)!r}, which NeuroX "
                    "does not read."
                )


def find_checkpoint(place: Path) -> Path | None:
    """The checkpoint that a path means: itself, or the only one in a folder."""
    if place.is_file():
        return place if place.suffix == ".pt" else None
    found = sorted(place.glob("*.pt"))
    return found[0] if len(found) == 1 else None


def read_checkpoint(path: Path) -> Checkpoint:
    """Open a checkpoint.

    Raises
    ------
    ModelLoadError
        If it is none, or needs code to be run to be opened.
    """
    try:
        with torch.serialization.safe_globals([argparse.Namespace, *stand_ins(path)]):
            content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # A file that is no checkpoint may fail in any way.
        if is_pointer(path):
            raise ModelLoadError(f"{path} cannot be opened: {pointed([path.name])}.") from error
        raise ModelLoadError(
            f"{path} cannot be opened as weights and plain values: "
            f"{' '.join(str(error).split())[:200]}."
        ) from error
    try:
        weights = dict(content["model"])
        generator = {k.removeprefix("0."): v for k, v in content["generator"].items()}
        source, target = content["vocab"]["src"], content["vocab"]["tgt"]
        options = vars(content["opt"])
        if is_old(content):
            source, target = words_of_field(source), words_of_field(target)
            options = renamed(options)
        source, target = list(source), list(target)
    except (KeyError, TypeError, AttributeError) as error:
        raise ModelLoadError(
            f"{path} is no checkpoint of OpenNMT-py 2 or 3: no {error}."
        ) from error
    weights |= {f"generator.{k}": v for k, v in generator.items()}
    found = Checkpoint(path, weights, source, target, options)
    if found.option("model_task", "seq2seq") != "seq2seq":
        found.refuse(model_task=True)
    return found


class OpenNMTText:
    """Text as OpenNMT-py reads and writes it."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._pieces = {"source": checkpoint.source, "target": checkpoint.target}
        self._ids = {side: {p: i for i, p in enumerate(v)} for side, v in self._pieces.items()}
        self._cutters = {
            side: _cutter(checkpoint, side) for side in ("source", "target")
        }  # fmt: skip
        known = self._ids["target"]
        if missing := [t for t in (PAD, START, END, UNKNOWN) if t not in known]:
            raise ModelLoadError(f"The target vocabulary of {checkpoint.path} has no {missing[0]}.")
        self.pad_id, self.start_id = known[PAD], known[START]
        self.eos_id, self.unk_id = known[END], known[UNKNOWN]

    def tokenize(self, text: str, side: str) -> Tokens:
        """Tokens; a target ends with the end token, a source does not."""
        cutter = self._cutters[side]
        spans: list[Span]
        if cutter is not None:
            _, pieces, spans = sentencepiece_spans(cutter, text)
        else:
            pieces = text.split()
            spans = laid_along(text, [p.replace(_JOINER, "").removesuffix(_SPLIT) for p in pieces])
        known = self._ids[side]
        ids = [known.get(p, known[UNKNOWN]) for p in pieces]
        if side == "target":
            ids, pieces, spans = [*ids, self.eos_id], [*pieces, END], [*spans, None]
        words = words_of(text)
        return Tokens(text, ids, pieces, spans, words, word_ids(spans, words))

    def detokenize(self, ids: Sequence[int]) -> str:
        """Tokens as text, sub-words joined."""
        special = {self.pad_id, self.start_id, self.eos_id}
        pieces = [self._pieces["target"][i] for i in ids if i not in special]
        cutter = self._cutters["target"]
        if cutter is not None:
            return str(cutter.decode_pieces(pieces))
        text = " ".join(pieces)
        return text.replace(f"{_JOINER} ", "").replace(f" {_JOINER}", "").replace("@@ ", "")

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """Target tokens."""
        return [self._pieces["target"][i] for i in ids]


def _cutter_file(checkpoint: Checkpoint, side: str) -> Path | None:
    """The SentencePiece model of a side, if it lies beside the checkpoint."""
    short = {"source": "src", "target": "tgt"}[side]
    named = checkpoint.option(f"{short}_subword_model") or ""
    for name in (f"{side}.spm", Path(str(named)).name):
        path = checkpoint.path.parent / name
        if name and path.suffix in (".spm", ".model") and path.is_file():
            return path
    return None


def _cutter(checkpoint: Checkpoint, side: str) -> spm.SentencePieceProcessor | None:
    path = _cutter_file(checkpoint, side)
    try:
        return None if path is None else spm.SentencePieceProcessor(model_file=str(path))
    except (OSError, RuntimeError) as error:
        raise ModelLoadError(f"{path} is no SentencePiece model: {error}") from error
