"""Greedy search: in every row the best token that may be produced (see :mod:`.search`)."""

from __future__ import annotations

import torch
from torch import Tensor

from .beam_tree import chain
from .search_batch import (
    Alternatives,
    Batch,
    Hypothesis,
    OnToken,
    SearchOptions,
    pairs_of,
    require_finite,
    worth_dropping,
)

Record = tuple[list[int], Tensor, tuple[Tensor, Tensor] | None]


class GreedyRun:
    """What has been produced so far.

    Attributes
    ----------
    found : list of list of int
        Ids of each request.
    open : set of int
        Requests that are not finished.
    """

    def __init__(self, rows: int, options: SearchOptions, prefixes: list[list[int]]) -> None:
        self.found: list[list[int]] = [[] for _ in range(rows)]
        self.open = set(range(rows))
        # Log-probabilities stay on the device until the end: one wait for it a step is enough.
        self._record: list[Record] = []
        self._options, self._prefixes = options, prefixes
        self._longest = max(map(len, prefixes))

    def take(
        self, batch: Batch, requests: list[int], logits: Tensor, position: int
    ) -> tuple[list[int], Tensor]:
        """Choose a token in each row of `logits` (requests, vocabulary); the tokens."""
        options = self._options
        early = position < options.min_length
        after = batch.after((request, self.found[request][:position]) for request in requests)
        chosen = batch.best(logits, early, after)
        ids: list[int] = chosen.tolist()
        if position < self._longest:
            for i, request in enumerate(requests):
                if position < len(self._prefixes[request]):
                    ids[i] = self._prefixes[request][position]
            chosen = torch.tensor(ids, device=chosen.device)
        logprobs = torch.log_softmax(logits, dim=-1)
        others = None
        if options.alternatives:
            others = batch.rule_out(logprobs.clone(), early, after).topk(options.alternatives)
        self._record.append((requests, logprobs.gather(1, chosen.unsqueeze(1)).squeeze(1), others))
        for request, token in zip(requests, ids, strict=True):
            if request in self.open:
                self.found[request].append(token)
                if token in batch.ends or position + 1 == options.limit(request):
                    self.open.discard(request)
        return ids, chosen

    def take_all(
        self, batch: Batch, request: int, logits: Tensor, guess: list[int], position: int
    ) -> int:
        """As :meth:`take` after each token of a guess, as far as it holds; how many were taken.

        Parameters
        ----------
        logits : Tensor (guess + 1, vocabulary)
            After what stands before the guess, and after each of its tokens.
        """
        chosen = batch.best(logits, False)
        ids: list[int] = chosen.tolist()
        count = next((i + 1 for i, (a, b) in enumerate(zip(ids, guess, strict=False)) if a != b),
                     len(guess) + 1)  # fmt: skip
        count = next((i + 1 for i, token in enumerate(ids[:count]) if token in batch.ends), count)
        count = min(count, self._options.limit(request) - position)
        logprobs = torch.log_softmax(logits[:count], dim=-1)
        values = logprobs.gather(1, chosen[:count].unsqueeze(1))
        self._record.extend(([request], value, None) for value in values)
        self.found[request].extend(ids[:count])
        last = ids[count - 1]
        if last in batch.ends or position + count == self._options.limit(request):
            self.open.discard(request)
        return count

    def plain(self, position: int) -> bool:
        """Whether tokens from here on are chosen freely and nothing else is recorded."""
        return position >= max(self._longest, self._options.min_length) and not (
            self._options.alternatives
        )

    def reopen(self, rows: list[int], position: int) -> None:
        """Go back to `position` in some open rows; what stood there has to come again."""
        self._prefixes = list(self._prefixes)
        for row in rows:
            if len(self.found[row]) > len(self._prefixes[row]):
                self._prefixes[row] = list(self.found[row])
            del self.found[row][position:]
        self._longest = max(map(len, self._prefixes))
        again = set(rows)
        for place in range(position, len(self._record)):
            requests, values, others = self._record[place]
            kept = [i for i, request in enumerate(requests) if request not in again]
            top = None if others is None else (others[0][kept], others[1][kept])
            self._record[place] = ([requests[i] for i in kept], values[kept], top)

    def results(self) -> list[Hypothesis]:
        """The hypothesis of each request."""
        return _greedy_results(self.found, self._record, self._options)


def greedy(
    batch: Batch, options: SearchOptions, run: GreedyRun, on_token: OnToken | None, first: int = 0
) -> list[Hypothesis]:
    """Decode the batch step by step; for each request its one hypothesis.

    Parameters
    ----------
    run : GreedyRun
        What was produced before the position `first`.
    """
    for position in range(first, options.max_length if run.open else 0):
        _, chosen = run.take(batch, batch.requests, batch.step(position), position)
        if on_token is not None:
            on_token(position, [list(row) for row in run.found])
        batch.tokens = chosen
        if not run.open:
            break
        if worth_dropping(len(batch.requests) - len(run.open), len(batch.requests)):
            kept = [i for i, r in enumerate(batch.requests) if r in run.open]
            batch.tokens = chosen[torch.tensor(kept, device=chosen.device)]
            batch.keep(kept, kept)
    return run.results()


def _greedy_results(
    found: list[list[int]],
    record: list[Record],
    options: SearchOptions,
) -> list[Hypothesis]:
    logprobs: list[list[float]] = [[] for _ in found]
    others: list[list[Alternatives]] = [[] for _ in found]
    for requests, values, top in record:
        listed = [[]] * len(requests) if top is None else pairs_of(*top)
        for request, value, pairs in zip(requests, values.tolist(), listed, strict=True):
            position = len(logprobs[request])
            if position < len(found[request]):  # finished rows stay in the batch for a while
                require_finite(value, request, position)
                logprobs[request].append(value)
                others[request].append(pairs)
    results = []
    for ids, own, listed in zip(found, logprobs, others, strict=True):
        score = sum(own) / len(ids) ** options.length_penalty
        tree = chain(ids, own, score) if options.tree else None
        results.append(Hypothesis(ids, score, own, listed if options.alternatives else None, tree))
    return results
