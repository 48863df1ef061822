"""Split pairs into train, dev and test without overlap.

Whether a sentence is held out depends on nothing but a hash of its English text and of `SEED`, so
the same sentence stays in the same part when sources are added or cleaning changes. Only natural,
complete sentences of sources whose licence lets their text ship are held out; those among them
whose French side is no such sentence are dropped. A training pair is
removed if either of its sides is near a held-out sentence: the same words, or word trigrams (with
sentence boundaries) of which a Jaccard share above `NEAR_JACCARD` agree, or that contain more than
`NEAR_CONTAINED` of the held-out sentence's.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from .cleaning import Pair, key

SEED = "neurox-demo-1"
NEAR_JACCARD = 0.6
NEAR_CONTAINED = 0.8
TEST_WORDS = (4, 22)


@dataclass(frozen=True)
class Splits:
    """The parts of the corpus, each sorted by the hash of its English text."""

    train: list[Pair]
    dev: list[Pair]
    test: list[Pair]


def position(text: str) -> float:
    """Where a text falls in [0, 1), from SHA-256 of the seed and its words."""
    digest = hashlib.sha256(f"{SEED}\t{key(text)}".encode()).digest()
    return int.from_bytes(digest[:7], "big") / 2**56


def _natural(text: str, limit: int) -> bool:
    words = text.split()
    return (
        TEST_WORDS[0] <= len(words) <= limit
        and not re.search(r'[\d"()/:;+]|\.\.\.', text)
        and text[0].isupper()
        and text[-1] in ".?!"
    )


def is_natural_source(text: str) -> bool:
    """Whether an English text is a natural full sentence.

    It has 4 to 22 words, starts with a capital, ends in ``.``, ``?`` or ``!``, holds no digits,
    quotation or bracket, and is mostly lower-case words.
    """
    words = text.split()
    lower = sum(word[0].islower() for word in words)
    return _natural(text, TEST_WORDS[1]) and lower >= 0.6 * len(words)


def is_sentence(pair: Pair) -> bool:
    """Whether a pair is a natural full sentence on both sides; the French one up to 26 words."""
    return is_natural_source(pair.source) and _natural(pair.reference, TEST_WORDS[1] + 4)


def _trigrams(text: str) -> frozenset[str]:
    words = ["<", *key(text).split(), ">"]
    return frozenset(" ".join(words[i : i + 3]) for i in range(max(1, len(words) - 2)))


class NearDuplicates:
    """Finds texts near any of a set of held-out ones.

    Parameters
    ----------
    texts : list of str
        The held-out texts.
    """

    def __init__(self, texts: list[str]) -> None:
        self._keys = {key(text) for text in texts}
        self._sizes: list[int] = []
        self._index: dict[str, list[int]] = defaultdict(list)
        for text in texts:
            self.add(text)

    def add(self, text: str) -> None:
        """Add one held-out text."""
        grams = _trigrams(text)
        for gram in grams:
            self._index[gram].append(len(self._sizes))
        self._sizes.append(len(grams))
        self._keys.add(key(text))

    def near(self, text: str) -> bool:
        """Whether a text is near one of the held-out texts."""
        if key(text) in self._keys:
            return True
        grams = _trigrams(text)
        shared: Counter[int] = Counter()
        for gram in grams:
            shared.update(self._index.get(gram, ()))
        return any(
            count > NEAR_JACCARD * (len(grams) + self._sizes[index] - count)
            or count > NEAR_CONTAINED * self._sizes[index]
            for index, count in shared.items()
        )


def _distinct(pairs: list[Pair], sources: NearDuplicates, targets: NearDuplicates) -> list[Pair]:
    """Drop pairs near an earlier one of the list or already in the indexes; adds to these."""
    kept = []
    for pair in pairs:
        if not sources.near(pair.source) and not targets.near(pair.reference):
            sources.add(pair.source)
            targets.add(pair.reference)
            kept.append(pair)
    return kept


def split(pairs: list[Pair], shares: Mapping[str, tuple[float, float]]) -> Splits:
    """Split pairs into train, dev and test.

    Parameters
    ----------
    pairs : list of Pair
        Distinct pairs.
    shares : mapping of str to (float, float)
        For each origin, the share of its natural sentences that goes to test and to dev; an origin
        that is not named is all train.

    Returns
    -------
    Splits
        Parts without overlap or near-duplicates between held-out parts and train.
    """
    ordered = sorted(pairs, key=lambda pair: (position(pair.source), pair.source))
    test: list[Pair] = []
    dev: list[Pair] = []
    rest: list[Pair] = []
    for pair in ordered:
        for_test, for_dev = shares.get(pair.origin, (0.0, 0.0))
        where = position(pair.source)
        if where >= for_test + for_dev or not is_natural_source(pair.source):
            rest.append(pair)
        elif is_sentence(pair):
            (test if where < for_test else dev).append(pair)
    sources, targets = NearDuplicates([]), NearDuplicates([])
    test = _distinct(test, sources, targets)
    dev = _distinct(dev, sources, targets)
    train = [p for p in rest if not sources.near(p.source) and not targets.near(p.reference)]
    return Splits(train, dev, test)
