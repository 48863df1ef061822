"""Which word of a translation stands for which word of its source.

IBM Model 1 (Brown et al. 1993) is fitted to the corpus' own sentence pairs in both directions by
expectation maximisation; a mild preference for the diagonal, as in fast_align (Dyer et al. 2013),
decides among words that occur together always. Each direction links a word to the best word of the
other side; the two are symmetrised by grow-diag (Och and Ney 2003): links that both make, and then
neighbours of those that one makes, as long as they reach a word that has no link yet.

Words are compared without case. A word that was never seen, or that no word explains better than
chance, has no link, unless it is spelt the same on both sides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidInputError

Links = list[tuple[int, int]]
Words = Sequence[str]
_NULL = ""
_TENSION = 4.0
_NEIGHBOURS = ((-1, 0), (0, -1), (1, 0), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1))


class Aligner:
    """A word aligner fitted to sentence pairs.

    Parameters
    ----------
    sources, targets : sequence of sequences of str
        Words of both sides, sentence by sentence.
    rounds : int
        Of expectation maximisation.

    Examples
    --------
    >>> a = Aligner([["the", "cat"], ["the", "dog"]], [["le", "chat"], ["le", "chien"]])
    >>> a.align(["the", "dog"], ["le", "chien"])
    [(0, 0), (1, 1)]
    """

    def __init__(self, sources: Sequence[Words], targets: Sequence[Words], rounds: int = 5) -> None:
        if len(sources) != len(targets) or not sources:
            raise InvalidInputError("An aligner needs as many sources as targets, at least one.")
        one = [[w.casefold() for w in words] for words in sources]
        two = [[w.casefold() for w in words] for words in targets]
        self._there = _fit(one, two, rounds)
        self._back = _fit(two, one, rounds)

    def align(self, source: Words, target: Words) -> Links:
        """Links (source word, target word), in order."""
        one, two = [w.casefold() for w in source], [w.casefold() for w in target]
        there = {(i, j) for j, i in _best(self._there, one, two)}
        back = set(_best(self._back, two, one))
        return sorted(_grown(there, back))


def _fit(
    sources: Sequence[Words], targets: Sequence[Words], rounds: int
) -> Mapping[str, Mapping[str, float]]:
    """t(target word | source word), the empty source word included."""
    known: dict[str, int] = {_NULL: 0}
    other: dict[str, int] = {}
    s, t, token, count = [], [], [], 0
    for source, target in zip(sources, targets, strict=True):
        left = np.array([0, *(known.setdefault(w, len(known)) for w in source)])
        right = np.array([other.setdefault(w, len(other)) for w in target], np.int64)
        s.append(np.tile(left, len(right)))
        t.append(np.repeat(right, len(left)))
        token.append(np.repeat(np.arange(count, count + len(right)), len(left)))
        count += len(right)
    width = max(len(other), 1)
    keys, slot = np.unique(
        np.concatenate(s).astype(np.int64) * width + np.concatenate(t), return_inverse=True
    )
    tokens = np.concatenate(token)
    owner = keys // width
    chance = np.ones(len(keys))
    for _ in range(rounds):
        share = chance[slot]
        share = share / np.bincount(tokens, share)[tokens]
        counts = np.bincount(slot, share)
        chance = counts / np.bincount(owner, counts, minlength=len(known))[owner]
    names, others = list(known), list(other)
    table: dict[str, dict[str, float]] = defaultdict(dict)
    for key, value in zip(keys.tolist(), chance.tolist(), strict=True):
        if value > 1e-6:
            table[names[key // width]][others[key % width]] = value
    return dict(table)


def _best(table: Mapping[str, Mapping[str, float]], source: Words, target: Words) -> Links:
    """The best source word of each target word, (target, source); none where none is likelier."""
    found = []
    for j, word in enumerate(target):
        chances = np.array([_chance(table, s, word) for s in source])
        if not len(chances) or chances.max() <= 0:
            continue
        scores: NDArray[np.float64] = chances * _diagonal(j, len(target), len(source))
        i = int(scores.argmax())
        # A word of every sentence is explained by no word just as well; then its place decides.
        if chances[i] >= 0.9 * table.get(_NULL, {}).get(word, 0.0):
            found.append((j, i))
    return found


def _chance(table: Mapping[str, Mapping[str, float]], source: str, target: str) -> float:
    if source == target and not (source in table and target in table[source]):
        return 0.5
    return table.get(source, {}).get(target, 0.0)


def _diagonal(j: int, targets: int, sources: int) -> NDArray[np.float64]:
    where = np.arange(sources) / max(sources, 1)
    found: NDArray[np.float64] = np.exp(-_TENSION * np.abs(where - j / max(targets, 1)))
    return found


def _grown(there: set[tuple[int, int]], back: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """grow-diag: from what both say towards what one says."""
    found, union = there & back, there | back
    rows, columns = {i for i, _ in found}, {j for _, j in found}
    grown = True
    while grown:
        grown = False
        for i, j in sorted(found):
            for a, b in ((i + di, j + dj) for di, dj in _NEIGHBOURS):
                new = (a, b) in union and (a, b) not in found
                if new and (a not in rows or b not in columns):
                    found.add((a, b))
                    rows.add(a)
                    columns.add(b)
                    grown = True
    return found
