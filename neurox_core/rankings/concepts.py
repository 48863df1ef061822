"""What is this neuron? The concept of a bank that it answers to, with evidence.

A concept is a truth value for each word. Sentences are cut into two halves. On the first, each
neuron takes the concept with the largest rank correlation in size: the standardised Mann-Whitney
statistic, which counts a concept of many words for more than a rare part of it. On the second half,
which the choice has not seen, that concept's area under the ROC curve and average precision are
measured, and its p-value by the normal approximation of the same statistic, corrected for ties.
P-values of *all* neurons and concepts are corrected together (Benjamini and Hochberg 1995). A
neuron gets a name only if the corrected value is small, the direction is the same in both halves
and the area is far enough from one half; in a large corpus a tiny difference is significant.

The p-values take words as independent. Words of one type are not, so they are too small; the area
that is asked for, not they, keeps weak matches out.

Ranks are computed once a neuron; all concepts then cost one matrix product.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from ..activations.store import ActivationStore
from ..corpora.labelling import text_numbers
from ..errors import InvalidInputError, TooFewError
from .inputs import Given, _addresses, _of_one_stack, _widths
from .ranked import Ranked
from .ranking import Layers
from .sample import Progress, Sample
from .source import ArraySource, Source, StoreSource

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
LEAST = 5
"""Words with and without a concept that each half must have."""


@dataclass(frozen=True)
class Match:
    """What a neuron answers to.

    Attributes
    ----------
    concept : str
    direction : int
        1 if the neuron is high on the concept's words, -1 if it is low on them.
    auc : float
        Share of pairs of a word with the concept and one without that the neuron puts in that
        order, on held-out sentences: 0.5 by chance, 1 at best.
    average_precision : float
        On held-out sentences; `share` by chance.
    share : float
        Held-out words with the concept.
    words : int
        As a number.
    p, q : float
        Before and after correction.
    """

    concept: str
    direction: int
    auc: float
    average_precision: float
    share: float
    words: int
    p: float
    q: float


@dataclass(frozen=True)
class Identified:
    """The best concept of every neuron.

    Attributes
    ----------
    concepts : tuple of str
        Those that were looked at; `left_out` have too few words, or are true of nearly all.
    left_out : tuple of str
    best : array (neurons, up to 3) of int64
        Numbers of the best concepts, best first; only the first is tested.
    auc : array (neurons, up to 3)
        On held-out sentences, above 0.5 in the concept's direction of the first half.
    direction : array (neurons, up to 3) of int8
    average_precision, p, q : array (neurons,)
        Of the best concept.
    found : array (neurons,) of bool
        Whether the best concept may be called the neuron's name.
    shares, words : array (concepts,)
        Held-out words with each concept.
    layers : sequence of (str, int) or None
    signature : str
    """

    concepts: tuple[str, ...]
    left_out: tuple[str, ...]
    best: Longs
    auc: Floats
    direction: NDArray[np.int8]
    average_precision: Floats
    p: Floats
    q: Floats
    found: NDArray[np.bool_]
    shares: Floats
    words: Longs
    layers: Layers | None
    signature: str

    def match(self, neuron: int) -> Match | None:
        """What a neuron answers to; None where nothing was found."""
        if not 0 <= neuron < len(self.best):
            raise InvalidInputError(f"There are neurons 0 to {len(self.best) - 1}, not {neuron}.")
        if not self.found[neuron]:
            return None
        number = int(self.best[neuron, 0])
        return Match(
            self.concepts[number], int(self.direction[neuron, 0]), float(self.auc[neuron, 0]),
            float(self.average_precision[neuron]), float(self.shares[number]),
            int(self.words[number]), float(self.p[neuron]), float(self.q[neuron]),
        )  # fmt: skip


def identify(
    activations: Given,
    bank: Mapping[str, ArrayLike],
    *,
    sentences: ArrayLike | None = None,
    stack: str | None = None,
    layers: Sequence[str] | Layers | None = None,
    words: str = "last",
    seed: int = 0,
    minimum_auc: float = 0.7,
    level: float = 0.01,
    on_progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Identified:
    """Name neurons by the concepts that they answer to.

    Parameters
    ----------
    activations : array (words, neurons), floating, or ActivationStore
    bank : mapping of str to array of bool
        One value for each row of the array, or for each word of the stack (all of them, or those
        that have tokens).
    sentences : array of int, optional
        Sentence of each row of an array; by default each is one of its own.
    stack : str, optional
        Whose words the bank is about; by default that of the layers, or the first recorded.
    layers, words
        As in :func:`.registry.rank`.
    seed : int
        Of the halves.
    minimum_auc : float
        What a neuron must reach on held-out sentences to get a name, from 0.5 to 1.
    level : float
        Corrected p-values up to this count as found.

    Raises
    ------
    InvalidInputError
        If the bank is empty, does not fit, or no concept has words in both halves.
    CancelledError
    """
    source, truth, groups = _inputs(activations, bank, sentences, stack, layers, words)
    sample = Sample(source, seed=seed, on_progress=on_progress, is_cancelled=cancelled)
    first = _halves(groups, seed)
    counts = np.stack([truth[first].sum(0), truth[~first].sum(0)])
    rows = np.array([first.sum(), (~first).sum()])[:, None]
    usable = ((counts >= LEAST) & (rows - counts >= LEAST)).all(0)
    if not usable.any():
        raise TooFewError(
            f"None of the {len(bank)} concepts holds, and fails to hold, for {LEAST} words in both "
            "halves of the sentences; take more sentences or other concepts."
        )
    names = np.array(list(bank), object)
    truth = truth[:, usable]
    search, held = _Half(truth[first]), _Half(truth[~first])
    neurons, top = source.neurons, min(3, int(usable.sum()))
    best = np.empty((neurons, top), np.int64)
    area = np.empty((neurons, top))
    direction = np.empty((neurons, top), np.int8)
    precision, chosen_p = np.empty((2, neurons))
    every = np.empty((neurons, truth.shape[1]), np.float32)
    for start, block in source.blocks():
        some = slice(start, start + block.shape[1])
        z, _ = search.statistics(Ranked.of(block[first]))
        ranked = Ranked.of(block[~first])
        held_z, areas = held.statistics(ranked)
        best[some] = np.argsort(-np.abs(z), axis=1, kind="stable")[:, :top]
        sign = np.where(np.take_along_axis(z, best[some], 1) < 0, -1, 1)
        direction[some] = sign
        own = np.take_along_axis(areas, best[some], 1)
        area[some] = np.where(sign > 0, own, 1 - own)
        precision[some] = held.precision(ranked, best[some][:, 0], sign[:, 0])
        every[some] = np.abs(held_z)
        chosen_p[some] = 2 * ndtr(-np.abs(np.take_along_axis(held_z, best[some], 1)[:, 0]))
        sample.report(some.stop, neurons, "comparing neurons with concepts")
    q = _corrected(every, np.take_along_axis(every, best[:, :1], 1)[:, 0])
    found = (q <= level) & (area[:, 0] >= max(minimum_auc, 0.5))
    signature = (
        f"identify|concepts:{len(names[usable])}|words:{len(groups)}|auc:{minimum_auc:g}"
        f"|level:{level:g}|seed:{seed}|{source.origin}"
    )
    return Identified(
        tuple(names[usable]), tuple(names[~usable]), best, area, direction, precision, chosen_p, q,
        found, held.counts / held.rows, held.counts, source.layers, signature,
    )  # fmt: skip


class _Half:
    """The concepts on one half of the sentences."""

    def __init__(self, truth: NDArray[np.bool_]) -> None:
        self.truth = truth
        self._float = truth.astype(np.float32)
        self.rows, self.counts = len(truth), truth.sum(0).astype(np.int64)

    def statistics(self, ranked: Ranked) -> tuple[Floats, Floats]:
        """Standardised Mann-Whitney statistics and areas, (neurons, concepts)."""
        centred = ranked.middle - (self.rows + 1) / 2
        sums = (centred.astype(np.float32) @ self._float).astype(np.float64)
        pairs = self.counts * (self.rows - self.counts)
        squares = np.square(centred).sum(1, keepdims=True)
        variance = squares * (pairs / (self.rows * (self.rows - 1.0)))
        z = np.divide(sums, np.sqrt(variance), out=np.zeros_like(sums), where=variance > 0)
        return z, 0.5 + sums / pairs

    def precision(self, ranked: Ranked, concept: Longs, sign: NDArray[np.integer]) -> Floats:
        """Average precision of one concept for each neuron, from above or from below."""
        hits = self.truth[ranked.order, concept[:, None]]
        upto = np.zeros((len(hits), self.rows + 1), np.int64)
        np.cumsum(hits, axis=1, out=upto[:, 1:])
        total = upto[:, -1:]
        above = (total - np.take_along_axis(upto, ranked.start, 1)) / (self.rows - ranked.start)
        below = np.take_along_axis(upto, ranked.stop, 1) / ranked.stop
        shares = np.where(sign[:, None] > 0, above, below)
        return np.asarray((shares * hits).sum(1) / total[:, 0])


def _corrected(every: NDArray[np.float32], own: NDArray[np.float32]) -> Floats:
    """Benjamini and Hochberg's corrected p-values of `own`, which are among all statistics."""
    ordered = np.sort(every, axis=None)[::-1].astype(np.float64)
    q = 2 * ndtr(-ordered) * (len(ordered) / np.arange(1.0, len(ordered) + 1))
    q = np.minimum.accumulate(q[::-1])[::-1]
    # The last place of equal statistics, in descending order.
    place = len(ordered) - np.searchsorted(ordered[::-1], own.astype(np.float64), side="left") - 1
    found: Floats = np.minimum(q[place], 1.0)
    return found


def _halves(sentences: Longs, seed: int) -> NDArray[np.bool_]:
    """Rows of a random half of the sentences."""
    names, number = np.unique(sentences, return_inverse=True)
    if len(names) < 2:
        raise TooFewError("Concepts are tested on other sentences; give at least 2.")
    first = np.zeros(len(names), bool)
    first[np.random.default_rng(seed).permutation(len(names))[: len(names) // 2]] = True
    return np.asarray(first[number])


def _inputs(
    activations: Given,
    bank: Mapping[str, ArrayLike],
    sentences: ArrayLike | None,
    stack: str | None,
    layers: Sequence[str] | Layers | None,
    words: str,
) -> tuple[Source, NDArray[np.bool_], Longs]:
    """Rows, which concepts hold for each, (rows, concepts), and the sentence of each."""
    if not bank:
        raise TooFewError("The bank of concepts is empty.")
    if isinstance(activations, ActivationStore):
        chosen = _of_one_stack(activations, _addresses(layers), stack)
        source: Source = StoreSource(activations, chosen, words)
        table = activations.words(chosen[0].partition(".")[0])
        present = table.first < table.last
        # Sentences that occur twice must not be in both halves.
        texts = text_numbers(activations.texts(chosen[0].partition(".")[0]))
        groups = texts[table.sentence[present]]
    else:
        source = ArraySource.of(activations, _widths(layers))
        present = np.ones(source.height, bool)
        groups = np.arange(source.height)
        if sentences is not None:
            groups = np.asarray(sentences, np.int64)
            if groups.shape != present.shape:
                raise InvalidInputError(
                    f"sentences has shape {groups.shape}; there are {source.height} rows."
                )
    truth = np.empty((source.height, len(bank)), bool)
    for number, (name, values) in enumerate(bank.items()):
        given = np.asarray(values)
        if given.dtype.kind != "b" or given.shape not in ((len(present),), (source.height,)):
            raise InvalidInputError(
                f"The concept {name!r} is {given.dtype} of shape {given.shape}; give a truth value "
                f"for each of the {len(present)} words."
            )
        truth[:, number] = given[present] if len(given) == len(present) else given
    return source, truth, groups
