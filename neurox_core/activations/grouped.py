"""Sums over groups of rows: over places in the sentence, and over forms of words.

Rows are looked up and units are what a loop runs over, so that it can do many at once. Arrays are
asked for single values, never for a row: a row is an object to the compiler, which then counts who
holds it.

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
    units = values.shape[1]
    for i in range(len(values)):
        place = np.uint32(places[i])
        for u in range(units):
            sums[place, u] += values[i, u] - means[u]


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
    units = values.shape[1]
    for w in range(first.size):
        begin, end = np.uint32(first[w]), np.uint32(last[w])
        if end - begin == 1:
            for u in range(units):
                totals[u] += values[begin, u]
            continue
        for u in range(units):
            word[u] = values[begin, u]
        for i in range(begin + 1, end):
            for u in range(units):
                word[u] += values[i, u]
        share = 1.0 / (end - begin)
        for u in range(units):
            totals[u] += word[u] * share


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
    units = values.shape[1]
    for w in range(first.size):
        begin, end, form = np.uint32(first[w]), np.uint32(last[w]), np.uint32(types[w])
        if end - begin == 1:
            for u in range(units):
                x = values[begin, u] - means[u]
                sums[form, u] += x
                magnitudes[form, u] += abs(x)
                squares[u] += x * x
            continue
        for u in range(units):
            word[u] = values[begin, u]
        for i in range(begin + 1, end):
            for u in range(units):
                word[u] += values[i, u]
        share = 1.0 / (end - begin)
        for u in range(units):
            x = word[u] * share - means[u]
            sums[form, u] += x
            magnitudes[form, u] += abs(x)
            squares[u] += x * x


def between_groups(sums: Floats, counts: Longs) -> Floats:
    """The part of each unit's total sum of squares that lies between groups: of S_g^2 / n_g.

    Parameters
    ----------
    sums : array (groups, units)
        Sums of a centred x.
    counts : array (groups,)
        Members of each group; the sum of one that has none is 0.
    """
    found: Floats = (1.0 / np.maximum(counts, 1)) @ np.square(sums)
    return found


def share(between: Floats, squares: Floats) -> Floats:
    """1 - E[Var(x | group)] / Var(x) of each unit, NaN where there is no variance.

    Parameters
    ----------
    between, squares : array (units,)
        The sum of squares of a centred x between groups, and all of it.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(squares > 0, np.minimum(between / squares, 1.0), np.nan)


def chance(groups: int, rows: int) -> float:
    """Share of a random variable's variance that lies between groups, in expectation."""
    return (groups - 1) / (rows - 1) if rows > 1 else float("nan")
