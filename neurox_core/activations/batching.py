"""How a corpus is cut for extraction: shards in the order of the corpus, batches by length.

A shard is a run of neighbouring sentences whose activations fit in memory. Inside a shard,
sentences are sorted by length and put into batches that pad little; the shard's rows are then
written in the order of the corpus.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from .tables import Longs

SHARD_SENTENCES = 384
SHARD_BYTES = 128 * 2**20
_LEAST_TOKENS = 500
"""Batches are not made smaller than that; it takes time to begin one."""


def batches(lengths: Sequence[Sequence[int]], batch_tokens: int) -> list[list[int]]:
    """Sentences of similar length, longest batch last.

    Parameters
    ----------
    lengths : sequence of sequences of int
        For each sentence its tokens on each side that is read.
    batch_tokens : int
        Most tokens of a batch, padding counted, on the longer side. A longer sentence is alone.

    Returns
    -------
    list of list of int
        Indices into `lengths`; every sentence once.
    """
    order = sorted(range(len(lengths)), key=lambda i: (max(lengths[i]), tuple(lengths[i]), i))
    found: list[list[int]] = []
    current: list[int] = []
    for i in order:
        # Sorted by the longer side, so that of the newest sentence is the batch's longest.
        if current and max(lengths[i]) * (len(current) + 1) > batch_tokens:
            found.append(current)
            current = []
        current.append(i)
    return [*found, current] if current else found


def share_of(batch_tokens: int, workers: int) -> int:
    """Most tokens of each of the batches that several cores work on at a time.

    Smaller batches pad less and keep one core waiting for a shorter time at the end, down to a size
    where they lose time to Python.
    """
    return max(batch_tokens // workers, min(batch_tokens, _LEAST_TOKENS))


def shards(
    first: int, offsets: Mapping[str, Longs], row_bytes: Mapping[str, int]
) -> Iterator[tuple[int, int]]:
    """Runs of sentences from `first` on, as (first, one past the last).

    Parameters
    ----------
    offsets : mapping of str to array of int64, sentences + 1
        First row of each sentence, for each stack.
    row_bytes : mapping of str to int
        Size of one row of all recorded layers of each stack.
    """
    sizes = sum(np.diff(offsets[stack]) * row_bytes[stack] for stack in offsets)
    total = np.concatenate([[0], np.cumsum(sizes)])
    sentences = len(total) - 1
    while first < sentences:
        last = int(np.searchsorted(total, total[first] + SHARD_BYTES, side="right")) - 1
        last = min(max(last, first + 1), first + SHARD_SENTENCES, sentences)
        yield first, last
        first = last
