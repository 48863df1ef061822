"""Opening a Hugging Face folder or hub name: configuration, network, tokenizer, fingerprint.

A network counts as opened only if all its weights were in the checkpoint. The library fills what is
missing with random numbers and says so in a warning; a classifier with a random head would give
numbers that mean nothing, so here it is an error. Code from the hub is never run.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import AutoConfig, AutoTokenizer
from transformers.utils import logging as hub_logging

from ..errors import ModelLoadError
from .card import FILE as FILE_OF_CARD
from .fingerprint import fingerprint_files
from .hub_tokens import HubTokenizer
from .statistics_file import FILE as FILE_OF_STATISTICS

_PROBLEMS = (
    OSError, ValueError, KeyError, ImportError, RuntimeError, TypeError, AttributeError,
    IndexError, SafetensorError,
)  # fmt: skip


@dataclass(frozen=True)
class Source:
    """Where a model's files are.

    Attributes
    ----------
    place : str or Path
        A folder, or ``owner/model`` on the hub.
    local : bool
        Never ask the hub.
    """

    place: str | Path
    local: bool = True

    def config(self) -> Any:
        """The configuration."""
        hub_logging.disable_progress_bar()  # type: ignore[no-untyped-call] # One bar a file says nothing to a person.
        try:
            return AutoConfig.from_pretrained(
                self.place, local_files_only=self.local, trust_remote_code=False
            )
        except _PROBLEMS as error:
            raise ModelLoadError(
                f"{self.place} has no configuration that can be read: {_first(error)}"
            ) from error

    def network(
        self, auto: Any, config: Any, dtype: torch.dtype, unused: Sequence[str] = ()
    ) -> Any:
        """The network, with all its weights.

        Parameters
        ----------
        auto : class with ``from_pretrained``
        unused : sequence of str
            Parts of names of weights that may be missing, because nothing here reads them.
        """
        # The fused attention leaves out the cap that Gemma 2 puts on its scores.
        capped = getattr(config, "attn_logit_softcapping", None) is not None
        extra = {"attn_implementation": "eager"} if capped else {}
        try:
            module, found = auto.from_pretrained(
                self.place, config=config, local_files_only=self.local, dtype=dtype,
                trust_remote_code=False, output_loading_info=True, **extra,
            )  # fmt: skip
        except _PROBLEMS as error:
            raise ModelLoadError(
                f"{self.place} cannot be opened as a {config.model_type} model: {_first(error)}"
            ) from error
        missing = [k for k in sorted(found["missing_keys"]) if not any(u in k for u in unused)]
        if missing:
            raise ModelLoadError(
                f"{self.place} lacks {len(missing)} weights that a {type(module).__name__} needs, "
                f"such as {missing[0]}; random numbers would stand in their place."
            )
        _check_tied(module, str(self.place))
        return module

    def tokenizer(self, continues: bool = False) -> HubTokenizer:
        """The tokenizer."""
        try:
            with warnings.catch_warnings():
                # Marian's tokenizer recommends an optional normaliser of punctuation.
                warnings.filterwarnings("ignore", "Recommended: pip install sacremoses")
                tokenizer = AutoTokenizer.from_pretrained(
                    self.place, local_files_only=self.local, trust_remote_code=False
                )
                return HubTokenizer(tokenizer, continues)
        except _PROBLEMS as error:
            raise ModelLoadError(
                f"{self.place} has no tokenizer that can be opened: {_first(error)}"
            ) from error

    def fingerprint(self, config: Any, *choices: str | None) -> tuple[str, list[str]]:
        """What results are keyed by, and the files that it is taken from.

        `choices`, such as languages and precision, are part of the key if there are any.
        """
        folder, files = Path(self.place), []
        if folder.is_dir():
            files = sorted(p.name for p in folder.iterdir() if _makes_the_model(p))
            mark = fingerprint_files(folder, files)
        else:
            commit = getattr(config, "_commit_hash", None)
            mark = str(commit or self.place).replace("/", "-")[:40]
        if any(choices):
            key = "\0".join([mark, *(choice or "" for choice in choices)])
            mark = hashlib.sha256(key.encode()).hexdigest()[:16]
        return mark, files


def _check_tied(module: Any, place: str) -> None:
    """The softmax shares the embedding if, and only if, the configuration says so.

    transformers 5 has loaded translation models with the two apart (its issues 45005 and 48154).
    """
    if not getattr(module.config, "tie_word_embeddings", False):
        return
    head = module.get_output_embeddings()
    reader = module.get_decoder() if module.config.is_encoder_decoder else module
    words = reader.get_input_embeddings()
    if head is None or words is None or head.weight.shape != words.weight.shape:
        return
    if head.weight is not words.weight and not torch.equal(head.weight, words.weight):
        raise ModelLoadError(
            f"{place} says that its softmax and its embedding are the same weights, but the "
            "library has loaded two that differ; its output would be wrong. Try another release "
            "of transformers."
        )


def _makes_the_model(path: Path) -> bool:
    ours = (FILE_OF_CARD, FILE_OF_STATISTICS)
    kinds = {".json", ".safetensors", ".spm", ".model", ".txt", ".bin"}
    return path.suffix in kinds and path.name not in ours


def _first(error: BaseException) -> str:
    """The first lines of a library's message; some go on for pages."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 400 else text[:400] + " ..."
