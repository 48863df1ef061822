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

ENOUGH, ENOUGH_OF_CLASS = 100, 10
"""Held-out rows, in all and of a class, below which scores come with a warning."""
NAMED = 8

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


def few_tested(labelling: Labelling, rows: NDArray[np.integer]) -> list[str]:
    """What has to be said of scores on so few held-out rows; nothing if there are enough.

    Parameters
    ----------
    labelling : Labelling
    rows : array of int
        The held-out rows.

    Returns
    -------
    list of str
        A sentence where there are fewer than :data:`ENOUGH` rows, and one where classes have fewer
        than :data:`ENOUGH_OF_CLASS`.
    """
    found = []
    if len(rows) < ENOUGH:
        # Half the width of a 95 % interval of a share, where it is widest.
        points = min(100, round(98 / max(1, len(rows)) ** 0.5))
        off = (
            "" if labelling.numeric else f", so they may be off by {points} points by chance alone"
        )
        found.append(f"The scores are of {len(rows)} held-out words only{off}. Take more text.")
    if labelling.numeric:
        return found
    counts = np.bincount(labelling.values[rows], minlength=len(labelling.classes)).tolist()
    rare = [(n, c) for n, c in zip(labelling.classes, counts, strict=True) if c < ENOUGH_OF_CLASS]
    if rare:
        some = ", ".join(f"{name} ({count})" for name, count in rare[:NAMED])
        more = f" and {len(rare) - NAMED} more" if len(rare) > NAMED else ""
        found.append(
            f"Classes with fewer than {ENOUGH_OF_CLASS} held-out words: {some}{more}. What is said "
            "of them rests on chance; leave them out, or take more text."
        )
    return found


def _train_on_all(labelling: Labelling, sentence: NDArray[np.integer], parts: Parts) -> None:
    """Move the first sentence of each class that has no row to train on."""
    for number in range(len(labelling.classes)):
        own = sentence[labelling.values == number]
        if len(own) and not (parts[own] == TRAIN).any():
            parts[own[0]] = TRAIN
