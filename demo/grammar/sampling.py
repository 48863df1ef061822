"""Drawing distinct pairs, and the split that keeps whole combinations for the test part.

Every template names the combinations of content words its sentence contains:

- ``("person+adjective", noun, adjective)``, ``("thing+adjective", noun, adjective)``
- ``("verb+object", verb, noun)``, ``("verb+place", verb, place)``, ``("verb+subject", verb, noun)``
- ``("verb+tense+person", verb, tense, person and number)``
- ``("phrase", text)`` for sentences without inner structure

A combination is *held out* if the SHA-256 of its words falls into `HELD_OUT` per cent of the range: this depends on nothing
but the words, so it survives changes of seed and of the tables. The train and dev parts have no held-out combination; every
test pair has at least one. Fixed phrases are never held out. No English or French sentence of one part occurs in another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from .notation import Combination
from .notation import Pair
from .templates import TEMPLATES

HELD_OUT = 4.0
_PATIENCE = 200_000


class Parts(NamedTuple):
    """The three parts of the everyday corpus."""

    train: list[Pair]
    dev: list[Pair]
    test: list[Pair]


def held_out(combination: Combination) -> bool:
    """Say whether a combination belongs to the test part only."""
    if combination[0] == "phrase":
        return False
    digest = hashlib.sha256("|".join(combination).encode()).digest()
    return int.from_bytes(digest[:4], "big") < HELD_OUT / 100 * 2**32


def is_test(pair: Pair) -> bool:
    """Say whether a pair contains a held-out combination."""
    return any(held_out(c) for c in pair.combinations)


def stream(seed: int) -> Iterator[Pair]:
    """Yield pairs with distinct English sentences, for ever or until nothing new turns up.

    Parameters
    ----------
    seed : int

    Yields
    ------
    Pair
    """
    r = Random(seed)
    functions = [t for t, _ in TEMPLATES]
    weights = [w for _, w in TEMPLATES]
    seen: set[str] = set()
    idle = 0
    while idle < _PATIENCE:
        drawn = r.choices(functions, weights)[0](r)
        idle += 1
        if drawn is None or drawn.source in seen:
            continue
        seen.add(drawn.source)
        idle = 0
        yield drawn


def generate(n: int, seed: int = 0) -> list[Pair]:
    """Draw ``n`` pairs with distinct English sentences.

    Parameters
    ----------
    n : int
    seed : int

    Returns
    -------
    list of Pair
        Fewer than ``n`` only if the grammar is exhausted.
    """
    out = []
    for drawn in stream(seed):
        out.append(drawn)
        if len(out) == n:
            break
    return out


def everyday_parts(train: int = 40_000, dev: int = 400, test: int = 500, seed: int = 0) -> Parts:
    """Draw the train, dev and test parts.

    Test pairs are collected first among those with a held-out combination, then dev, then train; a sentence whose English or
    French is in an earlier part is dropped from a later one.

    Parameters
    ----------
    train, dev, test : int
        Numbers of pairs.
    seed : int

    Returns
    -------
    Parts
    """
    tests: list[Pair] = []
    rest: list[Pair] = []
    for drawn in stream(seed):
        if is_test(drawn):
            tests.append(drawn)
        else:
            rest.append(drawn)
        if len(tests) >= test * 4 and len(rest) >= (train + dev) * 1.04:
            break
    # the test part is drawn evenly from all that is held out, one reference each
    test_part = _distinct(Random(seed + 1).sample(tests, len(tests)), test, set())
    used = {p.reference for p in test_part}
    dev_part = _distinct(rest, dev, used)
    used |= {p.reference for p in dev_part}
    taken = {p.source for p in dev_part}
    train_part = [p for p in rest if p.reference not in used and p.source not in taken][:train]
    return Parts(train_part, dev_part, test_part)


def _distinct(pairs: list[Pair], n: int, used: set[str]) -> list[Pair]:
    """Take the first ``n`` pairs with distinct references that are not in ``used``."""
    out: list[Pair] = []
    seen = set(used)
    for p in pairs:
        if p.reference not in seen and len(out) < n:
            seen.add(p.reference)
            out.append(p)
    return out
