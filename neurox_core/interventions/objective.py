"""What a word of the output is measured by: its log-probability after what stands before it.

The question is about one word of a given output, or about two that could stand there: "il" or
"elle". With two, the measure is the difference of their log-probabilities, so that what only makes
the model surer or less sure of everything cancels (Wang et al. 2022). A word of several pieces
counts as the sum over its pieces.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ..errors import InvalidInputError
from ..models.base import TranslationModel
from ..models.tokens import Tokens, words_of
from ..models.unknown import unknown_text
from .intervention import Intervention

NEVER = 1e-9
"""A word below this probability is one that a model would not write at that place."""


@dataclass(frozen=True)
class Objective:
    """The word asked about, and perhaps another in its place.

    Attributes
    ----------
    source : Tokens
    targets : list of Tokens
        The output up to and with the word; the same with the other word.
    places : list of list of int
        Pieces of the word in each.
    word, alternative : str
    prefix : str
        What stands before the word.
    """

    source: Tokens
    targets: list[Tokens]
    places: list[list[int]]
    word: str
    alternative: str | None
    prefix: str

    @classmethod
    def of(
        cls,
        model: TranslationModel,
        source: str,
        target: str | None = None,
        position: int | None = None,
        alternative: str | None = None,
    ) -> Objective:
        """Ask about a word.

        Parameters
        ----------
        source : str
        target : str, optional
            The output; the model's own if missing.
        position : int, optional
            Which of its words, from 0; the last if missing.
        alternative : str, optional
            A word that could stand there.

        Raises
        ------
        InvalidInputError
            If there is no such word, or the alternative is the same.
        """
        text = model.translate([source])[0].text if target is None else target
        words = words_of(text)
        if not words:
            raise InvalidInputError("The output has no word to ask about.")
        index = len(words) - 1 if position is None else position
        if not 0 <= index < len(words):
            raise InvalidInputError(
                f"The output {text!r} has words 0 to {len(words) - 1}; there is no word {index}."
            )
        start, end = words[index]
        word, prefix = text[start:end], text[:start]
        options = [word] if alternative is None else [word, alternative.strip()]
        if alternative is not None and options[1] in ("", word):
            raise InvalidInputError(f"The alternative to {word!r} must be another word.")
        targets = [model.tokenize(prefix + option, "target") for option in options]
        places = [_pieces_from(t, start) for t in targets]
        if any(not p for p in places):
            raise InvalidInputError(f"The model has no pieces of its own for {options}.")
        return cls(model.checked(source), targets, places, word, alternative, prefix)

    def inputs(self, model: TranslationModel) -> tuple[Tensor, Tensor, Tensor]:
        """Decoder inputs, outputs and mask, (targets, positions) each."""
        outputs, mask = model.batch([t.ids for t in self.targets])
        start = outputs.new_full((len(outputs), 1), model.start_id)
        return torch.cat([start, outputs[:, :-1]], 1), outputs, mask

    def measure(self, logprobs: Tensor) -> Tensor:
        """The measure from log-probabilities of the outputs (targets, positions); a scalar."""
        sums = self._sums(logprobs)
        return sums[0] if len(sums) == 1 else sums[0] - sums[1]

    def _sums(self, logprobs: Tensor) -> list[Tensor]:
        return [row[places].sum() for row, places in zip(logprobs, self.places, strict=True)]

    def doubts(self, model: TranslationModel, alternative: float) -> list[str]:
        """What to say of an alternative that the model would not write; mostly nothing.

        Parameters
        ----------
        alternative : float
            Its log-probability in the clean run.
        """
        if self.alternative is None:
            return []
        target, places = self.targets[1], self.places[1]
        if lacking := unknown_text(model, written=[self.alternative]):
            return [f"{lacking[0]} The effects are those on that sign, not on this word."]
        if alternative >= math.log(NEVER):
            return []
        size = round(alternative / math.log(10))
        return [
            f"{model.name} would not write {self.alternative!r} here: for it that is "
            f"{' '.join(target.pieces[i] for i in places)}, with a probability of about 1e{size}. "
            "The effects say what keeps it from that, not what decides between two words that "
            "could stand here."
        ]

    def values(
        self, model: TranslationModel, settings: Sequence[Sequence[Intervention]], rows: int = 64
    ) -> list[float]:
        """The measure under each of several lists of interventions, by real runs."""
        return self.values_apart(model, [[one] * len(self.targets) for one in settings], rows)

    def values_apart(
        self,
        model: TranslationModel,
        settings: Sequence[Sequence[Sequence[Intervention]]],
        rows: int = 64,
    ) -> list[float]:
        """The same where each output has a list of interventions of its own."""
        sums = self.logprobs_apart(model, settings, rows)
        return [one[0] if len(one) == 1 else one[0] - one[1] for one in sums]

    def logprobs_apart(
        self,
        model: TranslationModel,
        settings: Sequence[Sequence[Sequence[Intervention]]],
        rows: int = 64,
    ) -> list[list[float]]:
        """The log-probability of the word, and that of its alternative, under each setting."""
        found: list[list[float]] = []
        count = len(self.targets)
        size = max(1, rows // count)
        for first in range(0, len(settings), size):
            part = settings[first : first + size]
            run = model.forward(
                [self.source] * (count * len(part)), self.targets * len(part),
                interventions=[edits for setting in part for edits in setting], logprobs=True,
            )  # fmt: skip
            assert run.logprobs is not None
            for i in range(len(part)):
                part_sums = self._sums(run.logprobs[i * count : (i + 1) * count])
                found.append([float(s) for s in part_sums])
        return found


def _pieces_from(tokens: Tokens, start: int) -> list[int]:
    """Pieces that cover text from a character on; special ones do not."""
    return [
        i
        for i, span in enumerate(tokens.spans)
        if span is not None and span[1] > start and span[1] > span[0]
    ]
