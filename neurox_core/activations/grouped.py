"""Sums over groups of rows: over places in the sentence, and over forms of words.

Rows are looked up and units are what a loop runs over, so that it can do many at once.

A word's value is the mean over its rows. Everything is summed in double precision, and about the
mean.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..compiled import compiled
from .tables import Ints, Longs

Floats = NDArray[np.float64]
Values = NDArray[np.floating]


@compiled
def add_places(values: Values, means: Floats, places: Ints, sums: Floats) -> None:
    """Add values about a mean to the sums over their places.

    Parameters
    ----------
    values : array (rows, units)
    means : array (units,)
    places : array (rows,) of int32
    sums : array (places, units)
    """
    for i in range(len(values)):
        row, found = values[i], sums[places[i]]
        for u in range(row.size):
            found[u] += row[u] - means[u]


@compiled
def sum_words(values: Values, first: Ints, last: Ints, word: Floats, totals: Floats) -> None:
    """Add up the values of all words.

    Parameters
    ----------
    values : array (rows, units)
    first, last : array (words,) of int32
        Rows ``first`` to ``last - 1`` make up a word; there is at least one.
    word : array (units,)
        Overwritten.
    totals : array (units,)
    """
    for w in range(first.size):
        row, count = values[first[w]], last[w] - first[w]
        if count == 1:
            for u in range(row.size):
                totals[u] += row[u]
            continue
        for u in range(row.size):
            word[u] = row[u]
        for i in range(first[w] + 1, last[w]):
            row = values[i]
            for u in range(row.size):
                word[u] += row[u]
        for u in range(row.size):
            totals[u] += word[u] / count


@compiled
def add_words(
    values: Values, first: Ints, last: Ints, types: Ints, means: Floats,
    word: Floats, sums: Floats, magnitudes: Floats, squares: Floats,
) -> None:  # fmt: skip
    """Add the values of words about a mean, and their magnitudes, to the sums over their forms.

    Parameters
    ----------
    values, first, last, word
        As for :func:`sum_words`.
    types : array (words,) of int32
        The number of each word's form.
    means : array (units,)
    sums, magnitudes : array (forms, units)
    squares : array (units,)
    """
    for w in range(first.size):
        row, count = values[first[w]], last[w] - first[w]
        # Loops over few arrays each: these can be seen not to overlap, and become vectors.
        if count == 1:
            for u in range(row.size):
                word[u] = row[u] - means[u]
        else:
            for u in range(row.size):
                word[u] = row[u]
            for i in range(first[w] + 1, last[w]):
                row = values[i]
                for u in range(row.size):
                    word[u] += row[u]
            for u in range(row.size):
                word[u] = word[u] / count - means[u]
        signed, absolute = sums[types[w]], magnitudes[types[w]]
        for u in range(row.size):
            signed[u] += word[u]
            absolute[u] += abs(word[u])
        for u in range(row.size):
            squares[u] += word[u] * word[u]


def shares(sums: Floats, counts: Longs, squares: Floats) -> Floats:
    """1 - E[Var(x | group)] / Var(x) of each unit, NaN where there is no variance.

    The part of the total sum of squares that lies between groups is the sum of S_g^2 / n_g.

    Parameters
    ----------
    sums : array (groups, units)
        Sums of a centred x.
    counts : array (groups,)
        Members of each group; the sum of one that has none is 0.
    squares : array (units,)
        Sums of squares of x.
    """
    found = (1.0 / np.maximum(counts, 1)) @ np.square(sums)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(squares > 0, np.minimum(found / squares, 1.0), np.nan)


def chance(groups: int, rows: int) -> float:
    """Share of a random variable's variance that lies between groups, in expectation."""
    return (groups - 1) / (rows - 1) if rows > 1 else float("nan")
