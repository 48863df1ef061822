"""Greedy search that reads a guess instead of writing it anew: the same result in fewer passes.

While a slider moves, most of a translation stays as it was. An earlier translation is a *draft*:
one pass over all of its tokens tells what the model would have chosen after each of them. Up to the
first difference that is what greedy search would have produced, one token after the other; it is
accepted, and the decoder's state is taken back to there. From there another draft may go on that
begins with the same tokens (a slider that moves back and forth comes by the same translations);
otherwise the search goes step by step, until its last tokens stand side by side in a draft, and
tries what follows them there, a few tokens at a time (Leviathan et al. 2023, Fast inference from
transformers via speculative decoding, with drafts looked up, not computed).

Several rows are checked in one pass; those whose drafts hold are finished, and the others go on
together, step by step, from the first position at which one of them differs.
"""

from __future__ import annotations

import torch

from .search_batch import Batch, OnToken, SearchOptions
from .search_greedy import GreedyRun

GUESS = 8
"""Most tokens guessed at once where a draft seems to be met again."""
EVIDENCE = 2
"""Tokens that have to agree with a draft before what follows them is guessed."""
_BEHIND, _AHEAD = 3, 8
"""How far from its place a token of the draft is looked for."""


def drafted(
    batch: Batch, run: GreedyRun, drafts: list[list[list[int]]], options: SearchOptions,
    on_token: OnToken | None,
) -> int:  # fmt: skip
    """Accept what holds of the drafts.

    Parameters
    ----------
    batch : Batch
        Before its first step.
    run : GreedyRun
        Takes up what is produced.
    drafts : list of list of list of int
        Some for each request, prefix included, the likeliest first; there may be none.

    Returns
    -------
    int
        The position from which the batch has to go on stepping, if rows are open still.
    """
    guesses = [
        _consumable(some[0][: options.limit(r) - 1], batch.ends) if some else []
        for r, some in enumerate(drafts)
    ]
    if not any(guesses):
        return 0
    accepted = _check(batch, run, guesses, options, 0)
    if on_token is not None:
        on_token(max(map(len, run.found)) - 1, [list(row) for row in run.found])
    if not run.open:
        return 0
    rows = sorted(run.open)
    if len(rows) > 1:
        position = min(accepted[r] for r in rows)
        run.reopen(rows, position)
        _go_on(batch, run, rows, position)
        return position
    row = rows[0]
    _go_on(batch, run, rows, accepted[row])
    while run.open:
        found = run.found[row]
        position = len(found)
        guess = _consumable(_continuation(found, drafts[row]), batch.ends)
        guess = guess[: options.limit(row) - position - 1]
        if guess:
            taken = _check(batch, run, [guess], options, position)[row]
            if run.open:
                _go_on(batch, run, rows, position + taken, taken)
        else:
            batch.tokens = run.take(batch, rows, batch.step(position), position)[1]
        if on_token is not None:
            on_token(len(found) - 1, [list(ids) for ids in run.found])
    return len(run.found[row])


def _check(
    batch: Batch, run: GreedyRun, guesses: list[list[int]], options: SearchOptions, position: int
) -> dict[int, int]:
    """Read guesses in one pass; tokens accepted of each request, the one after them included."""
    longest = max(map(len, guesses))
    device = batch.tokens.device
    padded = [guess + [batch.model.pad_id] * (longest - len(guess)) for guess in guesses]
    following = torch.tensor(padded, dtype=torch.int64, device=device).reshape(len(guesses), -1)
    logits = batch.advance(torch.cat([batch.tokens.unsqueeze(1), following], 1), position)
    if len(guesses) == 1 and run.plain(position) and not batch.model.rules.depend:
        request = batch.requests[0]
        return {request: run.take_all(batch, request, logits[0], guesses[0], position)}
    accepted = dict.fromkeys(batch.requests, 0)
    for offset in range(longest + 1):
        rows = [
            i
            for i, request in enumerate(batch.requests)
            if request in run.open
            and accepted[request] == offset
            and guesses[i][:offset] == run.found[request][position : position + offset]
            and offset <= len(guesses[i])
        ]
        if not rows:
            break
        index = torch.tensor(rows, device=device)
        run.take(batch, [batch.requests[i] for i in rows], logits[index, offset], position + offset)
        for i in rows:
            accepted[batch.requests[i]] += 1
    return accepted


def _go_on(
    batch: Batch, run: GreedyRun, rows: list[int], position: int, taken: int | None = None
) -> None:
    """Take the state back to the accepted tokens and keep the open rows."""
    batch.rewind(position if taken is None else taken)
    places = [batch.requests.index(r) for r in rows]
    last = [run.found[r][position - 1] for r in rows]
    batch.tokens = torch.tensor(last, dtype=torch.int64, device=batch.tokens.device)
    batch.keep(places, places)


def _continuation(found: list[int], drafts: list[list[int]]) -> list[int]:
    """What may follow: the rest of a draft that began alike, or of one that is met again."""
    for draft in drafts:
        if len(draft) > len(found) and draft[: len(found)] == found:
            return draft[len(found) :]
    place = len(found) - 1
    near = sorted(range(place - _BEHIND, place + _AHEAD + 1), key=lambda j: (abs(j - place), -j))
    last = found[-EVIDENCE:]
    for draft in drafts:
        for j in near:
            if EVIDENCE - 1 <= j < len(draft) and draft[j - EVIDENCE + 1 : j + 1] == last:
                return draft[j + 1 : j + 1 + GUESS]
    return []


def _consumable(ids: list[int], ends: frozenset[int]) -> list[int]:
    """Without the end token, which is never consumed, and what follows it."""
    return ids[: next((i for i, token in enumerate(ids) if token in ends), len(ids))]
