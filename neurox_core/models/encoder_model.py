"""The model contract over Hugging Face encoders, with or without a head that gives classes.

There is one stack, ``encoder``. Activations and edits work as in any model. What comes out is not
text: a model with a head over the whole text gives the probability of every class, one with a head
over tokens gives them for every token, and one without a head gives activations only. Asking an
encoder to write is an error that says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from transformers import (
    AutoModel,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
)

from ..errors import CancelledError, InvalidInputError, ModelLoadError
from .base import Interventions, per_row, same_length
from .hub_model import HubModel, open_parts
from .language_model import require_positions
from .placement import dtype_of
from .results import Forced, Translation
from .search import Hypothesis, SearchOptions
from .shared_layers import write_out
from .sites import confirm, install_once, stack_of
from .taps import Run, running
from .tokens import Tokens

_HEADS = {
    "ForSequenceClassification": ("classification", AutoModelForSequenceClassification),
    "ForTokenClassification": ("token-classification", AutoModelForTokenClassification),
}


@dataclass(frozen=True)
class Classification:
    """What a classifier says of one text.

    Attributes
    ----------
    tokens : Tokens
        The text as the model saw it.
    labels : list of str
        The classes.
    probabilities : list of float, or list of list of float
        One for each class, or of a token classifier one such list for each token. They sum to one,
        except where classes do not exclude one another (``multi_label_classification``).
    """

    tokens: Tokens
    labels: list[str]
    probabilities: list[float] | list[list[float]]

    @property
    def label(self) -> str:
        """The likeliest class of the text."""
        return self.labels[_largest(self.probabilities)]

    @property
    def token_labels(self) -> list[str]:
        """The likeliest class of every token."""
        return [self.labels[_largest(p)] for p in self.probabilities]

    @property
    def word_labels(self) -> list[str]:
        """The likeliest class of every word: that of its first piece; ``""`` if it has none."""
        found = [""] * len(self.tokens.words)
        for word, label in zip(self.tokens.word_ids, self.token_labels, strict=True):
            if word >= 0 and not found[word]:
                found[word] = label
        return found


class HuggingFaceEncoder(HubModel):
    """An encoder of the transformers library.

    Parameters
    ----------
    module : PreTrainedModel
    tokenizer : HubTokenizer, PreTrainedTokenizerBase or None
    task : {"encoding", "classification", "token-classification"}

    Attributes
    ----------
    labels : list of str
        Classes; empty without a head.
    """

    family: ClassVar[str] = "huggingface-encoder"
    suppressed = ()
    max_target = None

    def __init__(
        self, module: Any, tokenizer: Any, name: str, fingerprint: str, device: str = "cpu",
        task: str = "encoding",
    ) -> None:  # fmt: skip
        write_out(module)
        super().__init__(module, tokenizer, name, fingerprint, device)
        config = module.config
        self.task = task  # type: ignore[misc]  # Depends on the head, which is found at load.
        self.pad_id = int(config.pad_token_id or 0)
        raw = None if self._tokenizer is None else self._tokenizer.raw
        end = getattr(raw, "sep_token_id", None) or getattr(raw, "eos_token_id", None)
        self.eos_id = int(end if end is not None else self.pad_id)
        self.start_id = self.pad_id
        names = {int(i): str(label) for i, label in (config.id2label or {}).items()}
        self.labels = [names[i] for i in sorted(names)] if task != "encoding" else []
        self._exclusive = getattr(config, "problem_type", None) != "multi_label_classification"
        self.max_tokens = _positions(module)
        self._resolve_sites()
        self._find_attention()

    def _stacks(self) -> Mapping[str, Callable[[Any], nn.Module]]:
        return {"encoder": lambda module: stack_of(module.base_model)}

    @classmethod
    def load(
        cls, source: Path, name: str, device: str = "cpu",
        *, dtype: str = "float32", architecture: str = "",
    ) -> HuggingFaceEncoder:  # fmt: skip
        """Open a folder.

        Parameters
        ----------
        architecture : str
            Class that the checkpoint was saved from; its ending tells the head.
        """
        task, auto = next(
            (found for end, found in _HEADS.items() if architecture.endswith(end)),
            ("encoding", AutoModel),
        )
        # Nothing here reads the pooler of a model without a head.
        unused = ("pooler",) if task == "encoding" else ()
        module, tokenizer, mark, used, left = open_parts(
            source, dtype_of(dtype), auto, continues=False, unused=unused
        )
        model = cls(module, tokenizer, name, mark, device, task)
        model.fingerprinted, model.unused_weights = used, left
        return model

    def _resolve_sites(self) -> None:
        stack = stack_of(self._module.base_model)
        found = install_once(self._module, {"encoder": stack}, int(self._module.config.hidden_size))
        ids = torch.full((1, 3), self.eos_id, device=self.device)
        probe = Run(capture=list(found.sites))
        with running(probe):
            self.encode(ids, torch.ones_like(ids, dtype=torch.bool))
        checked = confirm(found, probe, {"encoder": 3})
        self.sites, self.unresolved = checked.sites, checked.unresolved
        if not self.sites:
            raise ModelLoadError(f"{self.name} has no list of blocks that NeuroX can find.")

    def encode(self, ids: Tensor, mask: Tensor) -> Tensor:
        """States (batch, source, width); the mask is dropped when nothing is padded."""
        padded = None if bool(mask.all()) else mask.long()
        output = self._module.base_model(input_ids=ids, attention_mask=padded)
        states: Tensor = output.last_hidden_state
        return states

    def forward(
        self,
        sources: Sequence[Tokens],
        targets: Sequence[Tokens] | None = None,
        capture: Sequence[str] = (),
        interventions: Sequence[Interventions] | None = None,
        logprobs: bool = False,
    ) -> Forced:
        """One pass over a batch; there is nothing to force and no text to score."""
        if targets is not None or logprobs:
            raise self._writes_nothing()
        self.check_layers(capture)
        same_length(sources, interventions=interventions)
        require_positions(self.name, [len(s.ids) for s in sources], self.max_tokens)
        ids, mask = self.batch([s.ids for s in sources])
        run = Run(self.planned(interventions, sources), capture)
        with running(run):
            self.encode(ids, mask)
        return Forced(run.captured, mask)

    def scores(
        self, sources: Sequence[Tokens], interventions: Sequence[Interventions] | None = None
    ) -> tuple[Tensor, Tensor]:
        """Probabilities of the classes and the mask of real tokens.

        Returns
        -------
        probabilities : Tensor (batch, classes), or (batch, tokens, classes) of a token classifier
        mask : Tensor (batch, tokens), bool
        """
        if not self.labels:
            raise InvalidInputError(
                f"{self.name} has no head that gives classes; it gives activations only."
            )
        same_length(sources, interventions=interventions)
        require_positions(self.name, [len(s.ids) for s in sources], self.max_tokens)
        ids, mask = self.batch([s.ids for s in sources])
        with running(Run(self.planned(interventions, sources))):
            padded = None if bool(mask.all()) else mask.long()
            logits = self._module(input_ids=ids, attention_mask=padded).logits.float()
            found = logits.softmax(-1) if self._exclusive else logits.sigmoid()
        return found, mask

    def classify(
        self,
        texts: str | Sequence[str],
        interventions: Interventions | Sequence[Interventions] = (),
        *,
        batch_size: int = 32,
        on_progress: Callable[[int, int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> list[Classification]:
        """Classes of texts, each under its interventions.

        Raises
        ------
        InvalidInputError
            If the model has no head, or a text is empty.
        TextTooLongError, UnknownAddressError, MissingStatisticsError, CancelledError
        """
        texts = [texts] if isinstance(texts, str) else list(texts)
        rows = per_row(interventions, len(texts))
        tokens = self.all_checked(texts)
        results: list[Classification | None] = [None] * len(texts)
        order = sorted(range(len(texts)), key=lambda i: len(tokens[i].ids))
        for first in range(0, len(order), max(1, batch_size)):
            if cancelled is not None and cancelled():
                raise CancelledError(f"Stopped after {first} of {len(texts)} texts.")
            batch = order[first : first + batch_size]
            found, _ = self.scores([tokens[i] for i in batch], [rows[i] for i in batch])
            for i, values in zip(batch, found, strict=True):
                kept = values if values.dim() == 1 else values[: len(tokens[i].ids)]
                results[i] = Classification(tokens[i], list(self.labels), kept.tolist())
            if on_progress is not None:
                on_progress(first + len(batch), len(order))
        return [r for r in results if r is not None]

    # --- what an encoder does not do ------------------------------------------------------------

    def _writes_nothing(self) -> InvalidInputError:
        instead = "ask classify for its classes" if self.labels else "it gives activations"
        return InvalidInputError(f"{self.name} is an encoder and writes no text; {instead}.")

    def search(
        self,
        sources: Sequence[Tokens],
        interventions: Sequence[Interventions],
        options: SearchOptions,
        *,
        on_token: Callable[[int, list[list[int]]], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> list[list[Hypothesis]]:
        """Raise InvalidInputError: an encoder writes no text."""
        raise self._writes_nothing()

    def decode(self, memory: Any, ids: Tensor) -> Tensor:
        """Raise InvalidInputError, as :meth:`search` does; so do the four below."""
        raise self._writes_nothing()

    def begin(self, memory: Any) -> Any:
        """See :meth:`decode`."""
        raise self._writes_nothing()

    def step(self, tokens: Tensor, state: Any, position: int) -> tuple[Tensor, Any]:
        """See :meth:`decode`."""
        raise self._writes_nothing()

    def select(self, state: Any, index: Tensor) -> Any:
        """See :meth:`decode`."""
        raise self._writes_nothing()

    def logits(self, hidden: Tensor) -> Tensor:
        """See :meth:`decode`."""
        raise self._writes_nothing()

    def translation(self, best: Hypothesis) -> Translation:
        """See :meth:`decode`."""
        raise self._writes_nothing()


def _positions(module: Any) -> int:
    """Most tokens: of RoBERTa's table of positions, the first ones are never used."""
    known = int(getattr(module.config, "max_position_embeddings", None) or 512)
    embeddings = getattr(module.base_model, "embeddings", None)
    table = getattr(embeddings, "position_embeddings", None)
    if isinstance(table, nn.Embedding):
        unused = 0 if table.padding_idx is None else table.padding_idx + 1
        return min(known, table.num_embeddings) - unused
    return known


def _largest(values: Any) -> int:
    return int(max(range(len(values)), key=lambda i: values[i]))
