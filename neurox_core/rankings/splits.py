"""Sentences for training, validation and test.

Words of one sentence are alike, and those of a sentence that occurs twice are the same; a probe
that is tested on the neighbours of its training words looks better than it is. So whole sentences
go to one part, and all sentences of the same text to the same (see
:attr:`neurox_core.corpora.labelling.Labelling.groups`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..corpora.labelling import Labelling
from ..errors import InvalidInputError

TRAIN, VALIDATION, TEST = 0, 1, 2

Parts = NDArray[np.int8]


def split(
    labelling: Labelling, random: np.random.Generator, validation: float = 0.1, test: float = 0.2
) -> Parts:
    """Part of each row, all rows of a sentence, and of its repetitions, in one.

    Every class has a row in the training part: sentences are moved there until it is so.

    Parameters
    ----------
    labelling : Labelling
        Every row has a label.
    random : Generator
    validation, test : float
        Shares of the different sentences; `validation` may be 0.

    Returns
    -------
    array (rows,) of int8
        :data:`TRAIN`, :data:`VALIDATION` or :data:`TEST`.

    Raises
    ------
    InvalidInputError
        If there are too few sentences for a sentence in each part.
    """
    names, sentence = np.unique(labelling.groups, return_inverse=True)
    shares = {VALIDATION: validation, TEST: test}
    least = 1 + sum(share > 0 for share in shares.values())
    if len(names) < least:
        raise InvalidInputError(
            f"{labelling.name} is given in {len(names)} different sentence(s); at least {least} "
            "are needed, to train and to test on different ones. Take more sentences."
        )
    parts = np.full(len(names), TRAIN, np.int8)
    order = random.permutation(len(names))
    first = 0
    for part, share in shares.items():
        count = max(1, round(share * len(names))) if share > 0 else 0
        parts[order[first : first + count]] = part
        first += count
    if first >= len(names):
        raise InvalidInputError(
            f"validation and test take all {len(names)} sentences; lower one of the shares."
        )
    if not labelling.numeric:
        _train_on_all(labelling, sentence, parts)
    if len(np.unique(parts)) < least:
        raise InvalidInputError(
            f"{labelling.name} has classes that occur in very few of {len(names)} sentences, which "
            "are all needed for training; take more sentences or leave out those classes."
        )
    return parts[sentence]


def _train_on_all(labelling: Labelling, sentence: NDArray[np.integer], parts: Parts) -> None:
    """Move the first sentence of each class that has no row to train on."""
    for number in range(len(labelling.classes)):
        own = sentence[labelling.values == number]
        if len(own) and not (parts[own] == TRAIN).any():
            parts[own[0]] = TRAIN
