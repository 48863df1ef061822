"""One way of changing a model, for every sentence of a corpus, compiled once.

A curve asks the same question of thousands of rows; writing their neurons into a plan row by row
would cost more than decoding. A setting therefore compiles each different list of interventions
once, and says for every sentence which of them is its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import torch

from .intervention import Intervention
from .plan import Plan

if TYPE_CHECKING:
    from ..models.base import TranslationModel


class Setting:
    """Interventions of each sentence.

    Parameters
    ----------
    model : TranslationModel
    lists : sequence of sequences of Intervention
        The different lists there are.
    owner : sequence of int
        Which list each sentence has.
    """

    def __init__(
        self,
        model: TranslationModel,
        lists: Sequence[Sequence[Intervention]],
        owner: Sequence[int],
    ) -> None:
        self.lists, self.owner = [list(one) for one in lists], list(owner)
        self.plan: Plan = model.plan(self.lists)
        self._device = model.device

    @classmethod
    def everywhere(
        cls, model: TranslationModel, interventions: Sequence[Intervention], sentences: int
    ) -> Setting:
        """The same interventions in all sentences."""
        return cls(model, [interventions], [0] * sentences)

    @property
    def clean(self) -> bool:
        """Whether nothing is changed."""
        return not self.plan

    @cached_property
    def addresses(self) -> set[tuple[str, str]]:
        """Layers that are edited, with the scope."""
        return self.plan.addresses

    def stack(self, name: str) -> set[tuple[str, str]]:
        """Those of one stack."""
        return {(layer, scope) for layer, scope in self.addresses if layer.startswith(name)}

    def of(self, sentence: int) -> list[Intervention]:
        """The interventions of a sentence."""
        return self.lists[self.owner[sentence]]

    def rows(self, sentences: Sequence[int]) -> torch.Tensor:
        """Rows of the plan for some sentences, (sentences,) int64."""
        owners = [self.owner[s] for s in sentences]
        return torch.tensor(owners, dtype=torch.int64, device=self._device)
