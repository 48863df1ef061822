"""Find misaligned pairs by the words they hold.

IBM model 1 (Brown et al. 1993, section 4.1) learns from all pairs, in both directions, which words
translate each other; a pair whose words explain each other badly is likely no translation. Each
sentence counts as a set of words, words in fewer than `MIN_COUNT` pairs are ignored, and no empty
word is used: words that translate as nothing cost every pair about the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from .cleaning import Pair

MIN_COUNT = 3
ITERATIONS = 5
FLOOR = 1e-4
_WORD = re.compile(r"[^\W\d_]+")

# The least score of a translation, by the number of English words: a short text tells less, and
# titles are translated more freely. Set by reading samples on both sides of each limit.
LEAST_SCORE = ((3, -4.0), (6, -3.4), (1_000_000, -2.6))

Words = list[npt.NDArray[np.int64]]


def _index(texts: Sequence[str]) -> tuple[Words, int]:
    """Each text as the sorted ids of its words; and the number of ids."""
    words = [sorted(set(_WORD.findall(text.casefold()))) for text in texts]
    counts = Counter(word for text in words for word in text)
    ids = {word: n for n, word in enumerate(w for w, c in counts.items() if c >= MIN_COUNT)}
    known = [np.array([ids[w] for w in text if w in ids], dtype=np.int64) for text in words]
    return known, len(ids)


def explained(given: Words, words: Words, sizes: tuple[int, int]) -> npt.NDArray[np.float64]:
    """How well the words of one side are explained by those of the other.

    Parameters
    ----------
    given, words : list of int64 arrays
        Word ids of each pair's explaining and explained side.
    sizes : (int, int)
        Vocabulary sizes of the two.

    Returns
    -------
    array of float64, shape (pairs,)
        Mean over the explained words of log max p(word | given word), natural logarithm, at least
        ``log(FLOOR)``; 0 where a side has no known word.
    """
    left = np.concatenate([np.tile(g, len(w)) for g, w in zip(given, words, strict=True)])
    right = np.concatenate([np.repeat(w, len(g)) for g, w in zip(given, words, strict=True)])
    fan = np.concatenate([np.full(len(w), len(g)) for g, w in zip(given, words, strict=True)])
    fan = fan[fan > 0]
    token = np.repeat(np.arange(len(fan)), fan)
    keys, cell = np.unique(left * sizes[1] + right, return_inverse=True)
    owner = keys // max(sizes[1], 1)
    table = np.ones(len(keys))
    for _ in range(ITERATIONS):
        weight = table[cell]
        counts = np.bincount(cell, weight / np.bincount(token, weight)[token], len(keys))
        table = counts / np.bincount(owner, counts, sizes[0])[owner]
    starts = np.concatenate([[0], np.cumsum(fan)[:-1]]).astype(np.int64)
    best = np.log(np.maximum(np.maximum.reduceat(table[cell], starts), FLOOR))
    tokens = np.array([len(w) if len(g) else 0 for g, w in zip(given, words, strict=True)])
    pair = np.repeat(np.arange(len(tokens)), tokens)
    totals = np.bincount(pair, best, len(tokens))
    return np.asarray(totals / np.maximum(tokens, 1), dtype=np.float64)


def translation_scores(pairs: Sequence[Pair]) -> npt.NDArray[np.float64]:
    """Score every pair by how well its words translate each other.

    Parameters
    ----------
    pairs : sequence of Pair
        All pairs of the corpus: the model learns from them.

    Returns
    -------
    array of float64, shape (pairs,)
        Mean of both directions of `explained`; 0 is best.
    """
    if not pairs:
        return np.zeros(0)
    english, english_size = _index([pair.source for pair in pairs])
    french, french_size = _index([pair.reference for pair in pairs])
    forward = explained(english, french, (english_size, french_size))
    backward = explained(french, english, (french_size, english_size))
    return (forward + backward) / 2


def without_misaligned(pairs: Sequence[Pair]) -> list[Pair]:
    """Drop pairs that score below `LEAST_SCORE`.

    Parameters
    ----------
    pairs : sequence of Pair
        All pairs of the corpus.

    Returns
    -------
    list of Pair
        The others, in order.
    """
    kept = []
    for pair, score in zip(pairs, translation_scores(pairs), strict=True):
        words = len(pair.source.split())
        if score >= next(least for most, least in LEAST_SCORE if words <= most):
            kept.append(pair)
    return kept
