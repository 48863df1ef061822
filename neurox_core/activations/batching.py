"""How a corpus is cut for extraction: shards in the order of the corpus, batches by length.

A shard is a run of neighbouring sentences. Inside a shard, sentences are sorted by length and put
into batches that pad little, the less the larger it is; the shard's rows are then written in the
order of the corpus. A run that is cut off goes on after the last finished shard.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from .tables import Longs

SHARD_SENTENCES = 2048
SHARD_BYTES = 512 * 2**20
"""More would pad a little less, and a kill of a slow model would lose more."""
_LEAST_TOKENS = 500
"""Batches are not limited to fewer than that; it takes time to begin one."""
_BEGINNING = 50
"""What it takes to begin a batch, in tokens on each side: 53 for the demo Transformer and a small
encoder, 87 for the demo LSTM."""


def batches(lengths: Sequence[Sequence[int]], batch_tokens: int) -> list[list[int]]:
    """Sentences of similar length, longest batch last.

    Of all ways to cut the sentences, sorted by length, the one that takes least time: a batch costs
    its tokens on all sides, padding counted, and as much as :data:`_BEGINNING` more on each side.
    Found by dynamic programming over the ends of batches.

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
    if not lengths:
        return []
    order = sorted(range(len(lengths)), key=lambda i: (max(lengths[i]), tuple(lengths[i]), i))
    sizes = np.array([lengths[i] for i in order], np.int64)
    begins, least = [0], np.zeros(len(order) + 1)
    for end, longest in enumerate(sizes.max(1), 1):
        # Sorted by the longer side, so that of the newest sentence is the batch's longest.
        first = max(end - max(batch_tokens // max(longest, 1), 1), 0)
        padded = np.maximum.accumulate(sizes[first:end][::-1]).sum(1)[::-1]
        costs = least[first:end] + padded * np.arange(end - first, 0, -1)
        best = int(costs.argmin())
        least[end] = costs[best] + _BEGINNING * sizes.shape[1]
        begins.append(first + best)
    found: list[list[int]] = []
    end = len(order)
    while end:
        found.append(order[begins[end] : end])
        end = begins[end]
    return found[::-1]


def share_of(batch_tokens: int, workers: int) -> int:
    """Most tokens of each of the batches that several cores work on at a time.

    Smaller batches pad less and keep one core waiting for a shorter time at the end, down to a size
    where they lose time to Python.
    """
    return max(batch_tokens // workers, min(batch_tokens, _LEAST_TOKENS))


def gathered_bytes(total: int) -> int:
    """What shards take on the disk for as long as they are gathered and written: two at most.

    Parameters
    ----------
    total : int
        Size of all rows of all recorded layers.
    """
    return min(total, 2 * SHARD_BYTES)


def shards(
    first: int, offsets: Mapping[str, Longs], row_bytes: Mapping[str, int]
) -> Iterator[tuple[int, int]]:
    """Runs of sentences, as (first, one past the last), from that which holds `first` on.

    They are the same whatever `first` is: sentences that are resumed stand in the batches in which
    they would have been without a stop, and sums of floating point come out to the last bit.

    Parameters
    ----------
    first : int
    offsets : mapping of str to array of int64, sentences + 1
        First row of each sentence, for each stack.
    row_bytes : mapping of str to int
        Size of one row of all recorded layers of each stack.
    """
    total = np.sum([offsets[stack] * row_bytes[stack] for stack in offsets], axis=0)
    sentences, begin = len(total) - 1, 0
    while begin < sentences:
        end = int(np.searchsorted(total, total[begin] + SHARD_BYTES, side="right")) - 1
        end = min(max(end, begin + 1), begin + SHARD_SENTENCES, sentences)
        if end > first:
            yield begin, end
        begin = end
