"""Moments of every neuron under resampled sentences, in one pass over the values.

Sums of powers over each sentence are enough: those of a resample are the sums of its sentences,
each as often as it was drawn, which for all resamples together is a matrix product. Values are
centred about the mean of all rows first, so that the sums keep their digits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .sample import Sample
from .source import Source, by_stack

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]


@dataclass(frozen=True)
class Moments:
    """Population moments; arrays are (resamples, neurons).

    Attributes
    ----------
    count : array of float64
        Rows.
    mean, variance, fourth : array of float64
        The last two are central.
    mean_absolute, mean_square : array of float64
        Of x, not centred.
    minimum, maximum : array of float64
    """

    count: Floats
    mean: Floats
    variance: Floats
    fourth: Floats
    mean_absolute: Floats
    mean_square: Floats
    minimum: Floats
    maximum: Floats


def sentence_numbers(source: Source, given: Longs | None) -> Longs:
    """Sentence of each row: as given, as a store knows it, or each row one of its own."""
    if given is not None:
        return given
    table = getattr(source, "row_table", None)
    return np.arange(source.height) if table is None else np.asarray(table("sentence"), np.int64)


def resampled_moments(sample: Sample, given: Longs | None, drawn: Longs) -> Moments:
    """Moments of all neurons for each resample.

    Parameters
    ----------
    sample : Sample
        Not standardised.
    given : array (rows,) of int64, optional
        Sentence of each row.
    drawn : array (resamples, sentences) of int64
        How often each sentence is in each resample, by its number.
    """
    found = np.full((8, len(drawn), sample.neurons), np.nan)
    for source, at in by_stack(sample.source):
        sentences = sentence_numbers(source, given)
        order = np.argsort(sentences, kind="stable")
        numbers, starts, lengths = np.unique(
            sentences[order], return_index=True, return_counts=True
        )
        weights = drawn[:, numbers].astype(np.float64)
        count = weights @ lengths
        for first, block in source.blocks():
            sample.report(int(at[0]) + first, sample.neurons, "Resampling sentences")
            some = at[first : first + block.shape[1]]
            x = np.ascontiguousarray(block[order].T, dtype=np.float64)
            found[:, :, some] = _block(x, starts, weights, count)
    return Moments(*found)


def _block(x: Floats, starts: Longs, weights: Floats, count: Floats) -> Floats:
    """All moments of some neurons, whose values are (neurons, rows): (8, resamples, neurons)."""

    def mean(values: Floats) -> Floats:
        found: Floats = weights @ np.add.reduceat(values, starts, axis=1).T / count[:, None]
        return found

    low, high = (op.reduceat(x, starts, axis=1) for op in (np.minimum, np.maximum))
    minimum = np.stack([low[:, w > 0].min(1) for w in weights])
    maximum = np.stack([high[:, w > 0].max(1) for w in weights])
    absolute = mean(np.abs(x))
    start = x[:, :1].copy()  # a constant is exactly 0 less its first value
    x -= start
    center = x.mean(1, keepdims=True)
    x -= center
    squares = x * x
    one, two, four = mean(x), mean(squares), mean(squares * squares)
    squares *= x
    three = mean(squares)
    variance = np.where(minimum == maximum, 0.0, np.maximum(two - np.square(one), 0.0))
    fourth = four - 4 * one * three + 6 * np.square(one) * two - 3 * one**4
    whole = one + (center + start).T
    return np.stack([
        np.broadcast_to(count[:, None], whole.shape), whole, variance, fourth, absolute,
        variance + np.square(whole), minimum, maximum,
    ])  # fmt: skip
