"""Where in the corpus a neuron is most active, and least."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .store import ActivationStore


@dataclass(frozen=True)
class Context:
    """A word at which a neuron is extreme, with its sentence.

    Attributes
    ----------
    sentence, word : int
        Row of the corpus, and the word's place in it.
    value : float
        Mean over the word's pieces.
    text : str
    words : list of (int, int)
        Characters of `text`.
    values : array of float32
        The neuron on each word; NaN where no piece belongs to it.
    """

    sentence: int
    word: int
    value: float
    text: str
    words: list[tuple[int, int]]
    values: NDArray[np.float32]


def contexts(
    store: ActivationStore, neuron: str, n: int = 8
) -> tuple[list[Context], list[Context]]:
    """The places of the highest and of the lowest values of a neuron.

    Parameters
    ----------
    neuron : str
        Neuron address.
    n : int
        At most so many of each; every sentence occurs at most once among the highest, and at most
        once among the lowest.

    Returns
    -------
    highest, lowest : list of Context
        Most extreme first; ties in the order of the corpus.
    """
    layer, _ = store.resolve(neuron)
    stack = layer.partition(".")[0]
    values = store.neuron(neuron, word="mean")
    found = []
    for sign in (-1.0, 1.0):
        order = np.argsort(sign * values.astype(np.float64), kind="stable")
        places = order[~np.isnan(values[order])]
        sentences = store.words(stack).sentence[places]
        _, firsts = np.unique(sentences, return_index=True)
        chosen = places[np.sort(firsts)[:n]]
        found.append([_context(store, stack, values, int(place)) for place in chosen])
    return found[0], found[1]


def _context(
    store: ActivationStore, stack: str, values: NDArray[np.float32], place: int
) -> Context:
    table = store.words(stack)
    sentence = int(table.sentence[place])
    some = table.of(sentence)
    spans = zip(table.start[some].tolist(), table.end[some].tolist(), strict=True)
    return Context(
        sentence, int(table.index[place]), float(values[place]), store.texts(stack)[sentence],
        list(spans), values[some],
    )  # fmt: skip
