"""What a model gives back: a translation, and a teacher-forced pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from torch import Tensor


@dataclass(frozen=True)
class Translation:
    """What a model made of one text.

    Attributes
    ----------
    text : str
        The translation as text.
    tokens : list of str
        Its pieces, as the model sees them, without the end token.
    score : float
        Sum of log-probabilities over length ** length_penalty, end token included.
    ids : list of int
        Produced ids, end token included if it was produced.
    logprobs : list of float
        Natural-log probability of each produced id.
    truncated : bool
        True if the length limit cut it.
    """

    text: str
    tokens: list[str]
    score: float
    ids: list[int] = field(repr=False)
    logprobs: list[float] = field(repr=False)
    truncated: bool = False


@dataclass(frozen=True)
class Forced:
    """A teacher-forced pass over a batch, padded on the right.

    Attributes
    ----------
    activations : dict of str to Tensor (batch, positions, width)
        Captured sites, after edits.
    source_mask, target_mask : Tensor (batch, positions), bool
        True at real tokens. Decoder position t consumed ``target_inputs[t]`` and predicts
        ``target_outputs[t]``.
    target_inputs, target_outputs : Tensor (batch, positions), int64, or None
    logprobs : Tensor (batch, positions) or None
        Log-probability of each target output, if asked for; 0 at padding.
    target_starts : sequence of int or None
        Decoder position that predicts each row's first target output; None means 0, as in an
        encoder-decoder. Of a language model it is where the source ends.
    """

    activations: dict[str, Tensor]
    source_mask: Tensor
    target_mask: Tensor | None = None
    target_inputs: Tensor | None = None
    target_outputs: Tensor | None = None
    logprobs: Tensor | None = None
    target_starts: Sequence[int] | None = None
