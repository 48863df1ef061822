"""Opening a Hugging Face folder: configuration, network, tokenizer, fingerprint.

A network counts as opened only if all its weights were in the checkpoint. The library fills what is
missing with random numbers and says so in a warning; a classifier with a random head would give
numbers that mean nothing, so here it is an error. Code from the hub is never run.
"""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from transformers import CONFIG_MAPPING, AutoConfig, AutoTokenizer, PreTrainedTokenizerFast
from transformers.models.auto.tokenization_auto import (
    TOKENIZER_MAPPING_NAMES,
    tokenizer_class_from_name,
)
from transformers.utils import logging as hub_logging

from ..errors import ModelLoadError
from .card import FILE as FILE_OF_CARD
from .fingerprint import fingerprint_files
from .folder_faults import faults
from .hub_cache import commit_of, said
from .hub_tokens import HubTokenizer
from .pruned_heads import heads_left, put_in
from .statistics_file import FILE as FILE_OF_STATISTICS

_VOCABULARY = (
    "shared.weight", "embed_tokens.weight", "lm_head.weight", "wte.weight", "embed_in.weight",
    "word_embeddings.weight", "embed_out.weight",
)  # fmt: skip
_ROWS = 64


@dataclass(frozen=True)
class Source:
    """A model's folder, which may be one of the library's cache. The hub is never asked.

    Attributes
    ----------
    folder : Path
    """

    folder: Path

    def __str__(self) -> str:
        return said(self.folder)

    def config(self) -> Any:
        """The configuration."""
        hub_logging.disable_progress_bar()  # type: ignore[no-untyped-call] # One bar a file says nothing to a person.
        try:
            return AutoConfig.from_pretrained(
                self.folder, local_files_only=True, trust_remote_code=False
            )
        except Exception as error:  # Damaged files make the libraries raise anything.
            if "trust_remote_code" in str(error):
                raise ModelLoadError(
                    f"{self} runs only with the Python code that comes with it, and NeuroX never "
                    "runs code out of a model's folder. Look for the same model in a form that "
                    "the transformers library knows, or write an adapter (docs/adapters.md)."
                ) from error
            if kind := self._unknown_kind():
                raise ModelLoadError(
                    f"{self} is a model of type {kind!r}, which neither the installed transformers "
                    "library nor an installed adapter knows. Install the package that has its "
                    "adapter, a newer transformers library, or write one (docs/adapters.md)."
                ) from error
            if self._says("model_type") is None:
                raise ModelLoadError(
                    f"{self}: config.json does not say which kind of model it is (model_type). Get "
                    "the whole file from where the model comes from."
                ) from error
            raise ModelLoadError(
                f"{self} has no configuration that can be read: {_first(error)}"
            ) from error

    def _unknown_kind(self) -> str | None:
        """The type that the configuration names, if the library has no such type."""
        kind = self._says("model_type")
        return None if kind in CONFIG_MAPPING else kind

    def _says(self, key: str, file: str = "config.json") -> str | None:
        """What one of the folder's files says of something."""
        try:
            found = json.loads((self.folder / file).read_text(encoding="utf-8"))[key]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return found if isinstance(found, str) else None

    def _faults(self) -> str | None:
        """What the folder lacks, in words."""
        kind = self._says("tokenizer_class", "tokenizer_config.json")
        kind = kind or TOKENIZER_MAPPING_NAMES.get(self._says("model_type") or "")
        found = tokenizer_class_from_name(kind) if kind else None
        wanted = {*getattr(found, "vocab_files_names", {}).values()}
        if found is not None and issubclass(found, PreTrainedTokenizerFast):
            wanted.add("tokenizer.json")
        return faults(self.folder, sorted(map(str, wanted)))

    def network(
        self, auto: Any, config: Any, dtype: torch.dtype, unused: Sequence[str] = ()
    ) -> tuple[Any, list[str]]:
        """The network, with all its weights, and names of weights that it has no place for.

        Parameters
        ----------
        auto : class with ``from_pretrained``
        unused : sequence of str
            Parts of names of weights that may be missing, because nothing here reads them.
        """
        # The fused attention leaves out the cap that Gemma 2 puts on its scores.
        capped = getattr(config, "attn_logit_softcapping", None) is not None
        extra: dict[str, Any] = {"attn_implementation": "eager"} if capped else {}
        pruned = bool(heads_left(config))
        try:
            # Shapes are looked at below: of pruned heads, which the library does not know, some
            # are put in there, and of any other it says only that they differ.
            with _silent():
                module, found = auto.from_pretrained(
                    self.folder, config=config, local_files_only=True, dtype=dtype,
                    trust_remote_code=False, output_loading_info=True,
                    ignore_mismatched_sizes=True, **extra,
                )  # fmt: skip
        except Exception as error:  # Damaged files make the libraries raise anything.
            if told := self._faults():
                raise ModelLoadError(f"{self} cannot be opened: {told}") from error
            if "weights_only" in str(error):
                # torch's own words advise to run whatever code the file holds.
                raise ModelLoadError(
                    f"{self} cannot be opened: its weights (pytorch_model.bin) are damaged, or "
                    "the file holds more than weights, which could run code. Download or copy it "
                    "again, or save the model as safetensors where its source is trusted."
                ) from error
            raise ModelLoadError(
                f"{self} cannot be opened as a {config.model_type} model: "
                f"{_first(error).rstrip('.')}. If its weights are not whole, download or copy them "
                "again."
            ) from error
        put = set(put_in(module, config, self.folder) if pruned else ())
        if wrong := sorted(tuple(key) for key in found["mismatched_keys"] if key[0] not in put):
            name, has, wanted = wrong[0]
            raise ModelLoadError(
                f"{self}: {len(wrong)} weights do not have the shapes that config.json asks for, "
                f"such as {name}, which is {tuple(has)} and should be {tuple(wanted)}. The "
                "configuration belongs to another model."
            )
        lacking = set(found["missing_keys"]) - put
        missing = [k for k in sorted(lacking) if not any(u in k for u in unused)]
        if missing:
            raise ModelLoadError(
                f"{self} lacks {len(missing)} weights that a {type(module).__name__} needs, "
                f"such as {missing[0]}; random numbers would stand in their place."
            )
        self._check_vocabulary(module)
        return module, sorted(set(found["unexpected_keys"]) - put)

    def tokenizer(self, continues: bool = False) -> HubTokenizer:
        """The tokenizer."""
        try:
            with warnings.catch_warnings():
                # Marian's tokenizer recommends an optional normaliser of punctuation.
                warnings.filterwarnings("ignore", "Recommended: pip install sacremoses")
                tokenizer = AutoTokenizer.from_pretrained(
                    self.folder, local_files_only=True, trust_remote_code=False
                )
            self._require_vocabulary(tokenizer)
            return HubTokenizer(tokenizer, continues)
        except Exception as error:  # Damaged files make the libraries raise anything.
            if told := self._faults():
                raise ModelLoadError(f"{self} cannot be opened: {told}") from error
            why = _first(error).rstrip(".")
            raise ModelLoadError(
                f"{self} has no tokenizer that can be opened: {why}. Copy the tokenizer's "
                "files into the model's folder."
            ) from error

    def _require_vocabulary(self, tokenizer: Any) -> None:
        """Without files the library makes a tokenizer that knows no words, and says nothing."""
        wanted = {*getattr(tokenizer, "vocab_files_names", {}).values()}
        if not wanted:
            return
        wanted |= {"tokenizer.json", "tekken.json"}
        if not any((self.folder / str(name)).is_file() for name in wanted):
            raise ValueError(f"none of {', '.join(sorted(map(str, wanted)))} is there")

    def fingerprint(self, *choices: str | None) -> tuple[str, list[str]]:
        """What results are keyed by, and the files that it is taken from.

        `choices`, such as languages and precision, are part of the key if there are any.
        """
        commit, files = commit_of(self.folder), []
        if commit is None:
            files = sorted(p.name for p in self.folder.iterdir() if _makes_the_model(p))
        mark = commit or fingerprint_files(self.folder, files)
        if any(choices):
            key = "\0".join([mark, *(choice or "" for choice in choices)])
            mark = hashlib.sha256(key.encode()).hexdigest()[:16]
        return mark, files

    def _check_vocabulary(self, module: Any) -> None:
        """What was loaded as embeddings and softmax is what the files hold.

        Which of them share their weights is decided by the library at load, and transformers 5 has
        got it wrong for translation models (its issues 45005 and 48154): an embedding read from the
        softmax gives garbage without any error. Only the first rows are compared.
        """
        loaded = module.state_dict()
        names = [name for name in loaded if name.endswith(_VOCABULARY)]
        for file in sorted(self.folder.glob("*.safetensors")):
            if file.name == FILE_OF_STATISTICS:
                continue
            with safe_open(file, "pt") as content:
                stored = set(content.keys())
                for name in names:
                    if name not in stored:
                        continue
                    rows = content.get_slice(name)[:_ROWS]
                    if not torch.equal(rows.to(loaded[name].dtype), loaded[name][:_ROWS].cpu()):
                        raise ModelLoadError(
                            f"{self}: the library has loaded {name} with weights that are not "
                            "those in the file, so the output would be wrong. Try another release "
                            "of transformers."
                        )


@contextmanager
def _silent() -> Iterator[None]:
    """Without the library's page-long table of weights that lack or differ, which is said here."""
    before = hub_logging.get_verbosity()
    hub_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        hub_logging.set_verbosity(before)


def _makes_the_model(path: Path) -> bool:
    ours = (FILE_OF_CARD, FILE_OF_STATISTICS)
    kinds = {".json", ".safetensors", ".spm", ".model", ".txt", ".bin"}
    return path.suffix in kinds and path.name not in ours


def _first(error: BaseException) -> str:
    """The first lines of a library's message; some go on for pages."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 400 else text[:400] + " ..."
