"""Drawing distinct pairs, and the split that keeps whole combinations for the test part.

Every template names the combinations of content words its sentence contains:

- ``("person+adjective", noun, adjective)``, ``("thing+adjective", noun, adjective)``
- ``("verb+object", verb, noun)``, ``("verb+place", verb, place)``, ``("verb+subject", verb, noun)``
- ``("verb+tense+person", verb, tense, person and number)``
- ``("phrase", text)`` for sentences without inner structure

A combination is *held out* if the SHA-256 of its words falls into `HELD_OUT` per cent of the range:
this depends on nothing but the words, so it survives changes of seed and of the tables. The train
and dev parts have no held-out combination; every test pair has at least one. Fixed phrases are
never held out. No English or French sentence of one part occurs in another.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from .notation import Combination, Pair
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

    Pairs with a held-out combination make the test part, of the others the first make dev and the
    rest train; a sentence whose English or French is in an earlier part is left out of later
    ones.

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
        (tests if is_test(drawn) else rest).append(drawn)
        if len(tests) >= 2 * test and len(rest) >= (train + dev) * 1.04:
            break
    test_part = _like(rest, tests, test, Random(seed + 1))
    used = {p.reference for p in test_part}
    dev_part = _distinct(rest, dev, used)
    used |= {p.reference for p in dev_part}
    taken = {p.source for p in dev_part}
    train_part = [p for p in rest if p.reference not in used and p.source not in taken][:train]
    return Parts(train_part, dev_part, test_part)


def _like(rest: list[Pair], tests: list[Pair], n: int, r: Random) -> list[Pair]:
    """Draw ``n`` test pairs whose templates have the shares that they have in ``rest``.

    Without this, a frequent combination ("she" with "hungry") would fill it with one template.
    """
    shares = Counter(p.labels.template for p in rest)
    pool: dict[str, list[Pair]] = {}
    for p in _distinct(r.sample(tests, len(tests)), len(tests), set()):
        pool.setdefault(p.labels.template, []).append(p)
    chosen: list[Pair] = []
    left: list[Pair] = []
    for template, pairs in pool.items():
        quota = round(n * shares[template] / len(rest))
        chosen += pairs[:quota]
        left += pairs[quota:]
    chosen += r.sample(left, min(len(left), max(0, n - len(chosen))))
    return r.sample(chosen, min(n, len(chosen)))


def _distinct(pairs: list[Pair], n: int, used: set[str]) -> list[Pair]:
    """Take the first ``n`` pairs with distinct references that are not in ``used``."""
    out: list[Pair] = []
    seen = set(used)
    for p in pairs:
        if p.reference not in seen and len(out) < n:
            seen.add(p.reference)
            out.append(p)
    return out
