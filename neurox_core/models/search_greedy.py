"""Greedy search: in every row the best token that may be produced (see :mod:`.search`)."""

from __future__ import annotations

import torch
from torch import Tensor

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


def greedy(
    batch: Batch, options: SearchOptions, prefixes: list[list[int]], on_token: OnToken | None
) -> list[Hypothesis]:
    """Decode the batch; for each request its one hypothesis."""
    rows = len(batch.requests)
    found: list[list[int]] = [[] for _ in range(rows)]
    open_rows = set(range(rows))
    # Log-probabilities stay on the device until the end: one wait for the device a step is enough.
    record: list[tuple[list[int], Tensor, tuple[Tensor, Tensor] | None]] = []
    longest_prefix = max(map(len, prefixes))
    eos = batch.model.eos_id
    for position in range(options.max_length):
        logits = batch.step(position)
        early = position < options.min_length
        chosen = batch.best(logits, early)
        ids: list[int] = chosen.tolist()
        if position < longest_prefix:
            for i, request in enumerate(batch.requests):
                if position < len(prefixes[request]):
                    ids[i] = prefixes[request][position]
            chosen = torch.tensor(ids, device=chosen.device)
        logprobs = torch.log_softmax(logits, dim=-1)
        others = None
        if options.alternatives:
            others = batch.rule_out(logprobs.clone(), early).topk(options.alternatives)
        record.append((batch.requests, logprobs.gather(1, chosen.unsqueeze(1)).squeeze(1), others))
        for request, token in zip(batch.requests, ids, strict=True):
            if request in open_rows:
                found[request].append(token)
                if token == eos or position + 1 == options.limit(request):
                    open_rows.discard(request)
        if on_token is not None:
            on_token(position, [list(row) for row in found])
        if not open_rows:
            break
        batch.tokens = chosen
        if worth_dropping(len(batch.requests) - len(open_rows), len(batch.requests)):
            kept = [i for i, r in enumerate(batch.requests) if r in open_rows]
            batch.tokens = chosen[torch.tensor(kept, device=chosen.device)]
            batch.keep(kept, kept)
    return _greedy_results(found, record, options)


def _greedy_results(
    found: list[list[int]],
    record: list[tuple[list[int], Tensor, tuple[Tensor, Tensor] | None]],
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
    return [
        Hypothesis(
            ids,
            sum(values) / len(ids) ** options.length_penalty,
            values,
            alternatives if options.alternatives else None,
        )
        for ids, values, alternatives in zip(found, logprobs, others, strict=True)
    ]
