"""Classes while a person watches: what :mod:`.live` does for text, for a model that classifies.

All texts under all settings, the baseline among them, are rows of as few batches as fit; each row
has its own interventions and equals what it would be alone. A pass is short, so nothing is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

from ..errors import InvalidInputError
from ..interventions.intervention import Intervention
from ..models.encoder_model import Classification, HuggingFaceEncoder

Setting = Sequence[Intervention]


@dataclass(frozen=True)
class ClassItem:
    """One text with its classes clean and under each setting."""

    baseline: Classification
    outputs: list[Classification]

    def changed(self, setting: int) -> list[int]:
        """Words whose class a setting changes.

        Of a classifier of texts: ``[0]`` if the text's class changes, else nothing.
        """
        before, after = self.baseline, self.outputs[setting]
        if _of_tokens(before):
            pairs = zip(before.word_labels, after.word_labels, strict=True)
            return [i for i, (a, b) in enumerate(pairs) if a != b]
        return [] if before.label == after.label else [0]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        tokens = self.baseline.tokens
        return {
            "text": tokens.text, "pieces": tokens.pieces, "words": tokens.words,
            "word_ids": tokens.word_ids, "labels": self.baseline.labels,
            "of_tokens": _of_tokens(self.baseline),
            "baseline": self.baseline.probabilities,
            "outputs": [
                {"probabilities": found.probabilities, "changed": self.changed(i)}
                for i, found in enumerate(self.outputs)
            ],
        }  # fmt: skip


class LiveClassifier:
    """A loaded classifier that answers at once.

    Parameters
    ----------
    model : HuggingFaceEncoder
        With a head that gives classes.

    Raises
    ------
    InvalidInputError
        If it has no classes.
    """

    def __init__(self, model: HuggingFaceEncoder) -> None:
        if not model.labels:
            raise InvalidInputError(f"{model.name} has no head that gives classes.")
        self.model, self._lock = model, Lock()

    def classify(
        self,
        texts: Sequence[str],
        settings: Sequence[Setting] = (),
        cancelled: Callable[[], bool] | None = None,
    ) -> list[ClassItem]:
        """Classes of texts, clean and under each setting.

        Raises
        ------
        InvalidInputError, TextTooLongError, UnknownAddressError, MissingStatisticsError
        CancelledError
        """
        every: list[Setting] = [(), *settings]
        rows = [(text, setting) for text in texts for setting in every]
        if not rows:
            return []
        with self._lock:
            found = self.model.classify(
                [text for text, _ in rows], [list(setting) for _, setting in rows],
                cancelled=cancelled,
            )  # fmt: skip
        step = len(every)
        return [
            ClassItem(found[i], found[i + 1 : i + step]) for i in range(0, len(found), step)
        ]  # fmt: skip


def _of_tokens(found: Classification) -> bool:
    return bool(found.probabilities) and isinstance(found.probabilities[0], list)
