"""A model with the sentences that the laws are tried on, and the ways to ask it.

Every law is stated over what a model answers with: the log-probabilities of a forced text for one
that writes, the probabilities of its classes for one that classifies, its last activations for one
that only encodes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from ..errors import NeuroXError
from ..interventions.intervention import Intervention
from .base import Interventions, TranslationModel
from .search import SearchOptions
from .tokens import Tokens

LENGTH = 12
"""Tokens produced at most, so that a check takes seconds."""
_NOISE = {torch.float32: 2e-3, torch.float16: 0.05, torch.bfloat16: 0.3}


class LawBrokenError(NeuroXError):
    """A law does not hold; the message says where."""

    code = "law_broken"


class NotJudged(Exception):  # noqa: N818 - no error: the law has nothing to say about this model
    """A law that does not apply, with the reason."""


@dataclass
class Case:
    """A model with the sentences it is checked on.

    Attributes
    ----------
    model : TranslationModel
    sources : list of Tokens
        Of different lengths.
    """

    model: TranslationModel
    sources: list[Tokens]

    @property
    def writes(self) -> bool:
        """Whether the model produces text."""
        return self.model.task in ("translation", "language-modelling")

    @property
    def reads_its_output(self) -> bool:
        """Whether the text itself is what the decoder is forced to (a language model)."""
        return self.model.source_stack == "decoder"

    @property
    def noise(self) -> float:
        """How far apart two ways to compute the same may be."""
        return _NOISE.get(self.model.dtype, 2e-3)

    @cached_property
    def targets(self) -> list[Tokens] | None:
        """What is forced: the model's own greedy outputs, ended."""
        if not self.writes or self.reads_its_output:
            return None
        found = self.decode(self.sources, [[] for _ in self.sources])
        return [as_text([*(i for i in ids if i != self.model.eos_id), self.model.eos_id])
                for ids, _ in found]  # fmt: skip

    @cached_property
    def site(self) -> str:
        """A block's output in the first stack, where a change matters for everything after."""
        sites = [s for s in self.model.sites if s.endswith((".resid_post", ".rnn_hidden"))]
        return (sites or list(self.model.sites))[0]

    def units(self, operation: str, value: float = 0.0, **where: Any) -> list[Intervention]:
        """An intervention on the first three units of :attr:`site`."""
        count = min(3, self.model.sites[self.site])
        neurons = [f"{self.site}[{unit}]" for unit in range(count)]
        return [Intervention(neurons, operation, value, **where)]

    def answer(
        self, rows: Sequence[int] | None = None, edits: Sequence[Interventions] | None = None
    ) -> list[Tensor]:
        """What the model answers for some sentences in one batch: a tensor each, unpadded."""
        rows = list(range(len(self.sources))) if rows is None else rows
        sources = [self.sources[r] for r in rows]
        if self.writes:
            targets = None if self.targets is None else [self.targets[r] for r in rows]
            forced = self.model.forward(sources, targets, (), edits, logprobs=True)
            assert forced.logprobs is not None and forced.target_mask is not None
            return [p[m] for p, m in zip(forced.logprobs, forced.target_mask, strict=True)]
        if getattr(self.model, "labels", ()):
            found, mask = self.model.scores(sources, edits)  # type: ignore[attr-defined]
            return [p if p.dim() == 1 else p[m] for p, m in zip(found, mask, strict=True)]
        last = list(self.model.sites)[-1]
        passed = self.model.forward(sources, capture=[last], interventions=edits)
        pairs = zip(passed.activations[last], passed.source_mask, strict=True)
        return [values[mask] for values, mask in pairs]

    def captured(
        self,
        rows: Sequence[int],
        layers: Sequence[str],
        edits: Sequence[Interventions] | None = None,
    ) -> dict[str, Tensor]:
        """Activations of some sentences in one batch."""
        targets = None if self.targets is None else [self.targets[r] for r in rows]
        sources = [self.sources[r] for r in rows]
        return self.model.forward(sources, targets, layers, edits).activations

    def decode(
        self, sources: Sequence[Tokens], edits: Sequence[Interventions], beams: int = 1
    ) -> list[tuple[list[int], float]]:
        """Ids and score of each best hypothesis."""
        options = SearchOptions(beams=beams, max_length=LENGTH)
        found = self.model.search(sources, edits, options)
        return [(list(h[0].ids), h[0].score) for h in found]


def as_text(ids: Sequence[int]) -> Tokens:
    """Ids as a text to force."""
    n = len(ids)
    return Tokens("", list(ids), [""] * n, [None] * n, [], [-1] * n)
