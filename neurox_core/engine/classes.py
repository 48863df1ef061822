"""What a classifier says, as a text: so that it is shown, compared and marked like a translation.

A text classifier's likeliest classes stand first, each with its probability in per cent; a token
classifier's text has one class for each word. An encoder without a head says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..errors import CancelledError
from ..interventions.intervention import Intervention
from ..models.base import TranslationModel
from ..models.results import Translation
from ..models.tokens import Tokens

SHOWN = 5
"""Classes shown of each text."""


def says(
    model: TranslationModel,
    sources: Sequence[Tokens],
    settings: Sequence[Sequence[Intervention]],
    cancelled: Callable[[], bool] | None = None,
) -> list[Translation]:
    """The output of a model that writes no text, in the form of one that does.

    Parameters
    ----------
    model : TranslationModel
        Of the task ``classification``, ``token-classification`` or ``encoding``.
    sources : sequence of Tokens
    settings : sequence of sequences of Intervention
        One list for each source.
    """
    if cancelled is not None and cancelled():
        raise CancelledError("Decoding was cancelled.")
    if model.task == "encoding":
        return [Translation("", [], 0.0, [], []) for _ in sources]
    network: Any = model
    found = network.classify([s.text for s in sources], list(settings))
    return [_of_tokens(c) if model.task == "token-classification" else _of_text(c) for c in found]


def _of_text(found: Any) -> Translation:
    pairs = sorted(
        zip(found.labels, found.probabilities, strict=True), key=lambda p: p[1], reverse=True
    )
    said = [(label, f"{100 * value:.1f}%") for label, value in pairs[:SHOWN]]
    words = [word for pair in said for word in pair]
    return Translation(" ".join(words), words, float(pairs[0][1]), [], [])


def _of_tokens(found: Any) -> Translation:
    words = [label or "-" for label in found.word_labels]
    best = [max(p) for p in found.probabilities]
    return Translation(" ".join(words), words, float(sum(best) / max(1, len(best))), [], [])
