"""The four demo models: what each is, what it is trained on, and for how long.

The three recurrent models have one architecture and three seeds, and each leaves out another third
of the training text (a pair's third is a hash of its English side), so that no two have read the
same data: the setting in which Bau et al. 2019 look for neurons that several models share.
Everyday sentences are many, short and easy; each epoch draws only a part of them.
"""

from __future__ import annotations

from dataclasses import dataclass

VOCABULARY = 6000
"""Entries of the joint vocabulary: 5,999 SentencePiece pieces and the padding token."""


@dataclass(frozen=True)
class Recipe:
    """How one model is made.

    Attributes
    ----------
    family : str
        ``recurrent`` or ``marian``.
    seed : int
        Seeds the weights, the dropout and the order of the batches.
    leave_out : int or None
        Which third of the training text the model never reads; None reads all.
    steps, warmup : int
        Updates in all, and those of the linear warm-up; the rate then falls linearly to 2 %.
    batch_tokens : int
        Target tokens in a batch, padding included.
    everyday : float
        Part of the everyday pairs drawn in each epoch.
    guide : float
        Weight of the alignment loss at the first step (it falls to zero half-way); 0 for none.
    """

    family: str
    seed: int
    steps: int
    learning_rate: float
    batch_tokens: int
    leave_out: int | None = None
    warmup: int = 200
    everyday: float = 0.5
    label_smoothing: float = 0.1
    dropout: float = 0.1
    guide: float = 0.0


RECIPES = {
    "lstm-a": Recipe("recurrent", 11, 3000, 2e-3, 1000, leave_out=0),
    "lstm-b": Recipe("recurrent", 22, 2000, 2e-3, 1000, leave_out=1),
    "lstm-c": Recipe("recurrent", 33, 2000, 2e-3, 1000, leave_out=2),
    "marian": Recipe("marian", 44, 5000, 1e-3, 1000, warmup=600, guide=1.0),
}
