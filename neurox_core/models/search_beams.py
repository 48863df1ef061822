"""Beam search (see :mod:`.search`).

The model's part of a step, over all rows, is tensor work; choosing among the 2k candidates of a
request is a few comparisons and is done in Python, which at the batch sizes of a screen is faster
than tensor operations and is easier to read. Hypotheses are linked from their last token back.
"""

from __future__ import annotations

from typing import NamedTuple

import torch

from .beam_tree import Growth
from .search_batch import (
    RULED_OUT,
    Alternatives,
    Batch,
    Hypothesis,
    OnToken,
    SearchOptions,
    pairs_of,
    require_finite,
    top,
    worth_dropping,
)


class _Beam(NamedTuple):
    """The last token of a partial hypothesis; `before` leads back to the first."""

    before: _Beam | None
    token: int
    total: float
    logprob: float
    others: Alternatives | None

    def path(self) -> list[_Beam]:
        """All tokens, first to last."""
        nodes: list[_Beam] = []
        node: _Beam | None = self
        while node is not None and node.before is not None:
            nodes.append(node)
            node = node.before
        return nodes[::-1]


class _Candidate(NamedTuple):
    """A continuation of the beam numbered `parent`, with the running total and its own share."""

    parent: int
    token: int
    total: float
    logprob: float


class _Request:
    """Beams and finished hypotheses of one request."""

    def __init__(
        self, number: int, options: SearchOptions, prefix: list[int], ends: frozenset[int]
    ) -> None:
        self.number, self.options, self.prefix, self.ends = number, options, prefix, ends
        root = _Beam(None, -1, 0.0, 0.0, None)
        # Only the first beam is alive, or all beams would produce the same sequences.
        self.running = [root] + [root._replace(total=RULED_OUT)] * (options.beams - 1)
        self.finished: list[tuple[float, _Beam]] = []
        self.done = self.cut = False
        self.growth = Growth(options.beams) if options.tree else None

    def forced(self, position: int) -> int | None:
        """The id that has to stand at `position`, if one has to."""
        return self.prefix[position] if position < len(self.prefix) else None

    def force(self, logprob: float, others: list[Alternatives] | None) -> list[int]:
        """Append the forced token to the only beam alive; returns every new beam's parent."""
        only = self.running[0]
        position = len(only.path())
        require_finite(logprob, self.number, position)
        node = _Beam(only, self.prefix[position], only.total + logprob, logprob,
                     None if others is None else others[0])  # fmt: skip
        count = self.options.beams
        self.running = [node] + [node._replace(total=RULED_OUT)] * (count - 1)
        if self.growth is not None:
            self.growth.held(position, [node])
        return [0] * count

    def advance(
        self, candidates: list[_Candidate], length: int, others: list[Alternatives] | None
    ) -> list[int]:
        """Take the best candidates, best first; returns every new beam's parent."""
        require_finite(candidates[0].total, self.number, length - 1)
        beams, last = self.options.beams, length == self.options.limit(self.number)
        running: list[_Beam] = []
        parents: list[int] = []
        for rank, (parent, token, total, logprob) in enumerate(candidates):
            ends = last or token in self.ends
            # What ends below the best k is neither a hypothesis nor goes on.
            if (ends and (rank >= beams or total == RULED_OUT)) or len(running) == beams:
                continue
            node = _Beam(self.running[parent], token, total, logprob,
                         None if others is None else others[parent])  # fmt: skip
            if ends:
                score = total / length**self.options.length_penalty
                self.finished.append((score, node))
                if self.growth is not None:
                    self.growth.ended(length - 1, score, node)
            else:
                running.append(node)
                parents.append(parent)
        self.finished.sort(key=lambda scored: -scored[0])
        del self.finished[beams:]
        if not last:
            self.running = running
            if self.growth is not None:
                self.growth.held(length - 1, _alive(running))
        self.cut = last
        self.done = last or self._cannot_improve(length)
        return list(range(beams)) if self.done else parents

    def _cannot_improve(self, length: int) -> bool:
        if len(self.finished) < self.options.beams:
            return False
        best = self.running[0].total / length**self.options.length_penalty
        return self.options.early_stopping or not best > self.finished[-1][0]

    def best(self) -> list[int]:
        """Ids of what leads at present."""
        return self.ids(self.finished[0][1] if self.done else self.running[0])

    def ids(self, beam: _Beam) -> list[int]:
        """Ids of a beam, first to last."""
        return [node.token for node in beam.path()]

    def hypotheses(self) -> list[Hypothesis]:
        """The finished ones, best first."""
        paths = [(score, node.path()) for score, node in self.finished]
        tree = None
        if self.growth is not None:
            running = [] if self.cut else _alive(self.running)
            tree = self.growth.tree([node for _, node in self.finished], running)
        return [
            Hypothesis(
                [n.token for n in path],
                score,
                [n.logprob for n in path],
                [n.others or [] for n in path] if self.options.alternatives else None,
                tree,
            )
            for score, path in paths
        ]


def _alive(beams: list[_Beam]) -> list[_Beam]:
    """Without the stand-ins for beams that hold nothing."""
    return [beam for beam in beams if beam.total > RULED_OUT]


def beam_search(
    batch: Batch, options: SearchOptions, prefixes: list[list[int]], on_token: OnToken | None
) -> list[list[Hypothesis]]:
    """Decode the batch; for each request its hypotheses, best first."""
    beams = options.beams
    requests = [_Request(i, options, prefixes[i], batch.ends) for i in batch.requests]
    for position in range(options.max_length):
        present = [requests[i] for i in batch.requests]
        candidates, others = _expand(batch, present, position, options)
        rows: list[int] = []
        for block, request in enumerate(present):
            parents = list(range(beams))
            alternatives = others[block] if others is not None else None
            if request.forced(position) is not None:
                parents = request.force(candidates[block][0].logprob, alternatives)
            elif not request.done:
                parents = request.advance(candidates[block], position + 1, alternatives)
            rows += [block * beams + parent for parent in parents]
        if on_token is not None:
            on_token(position, [request.best() for request in requests])
        kept = [block for block, request in enumerate(present) if not request.done]
        if not kept:
            break
        if not worth_dropping(len(present) - len(kept), len(present)):
            kept = list(range(len(present)))
        batch.keep(kept, [rows[b * beams + i] for b in kept for i in range(beams)])
        tokens = [beam.token for b in kept for beam in present[b].running]
        batch.tokens = torch.tensor(tokens, device=batch.tokens.device)
    return [request.hypotheses() for request in requests]


def _expand(
    batch: Batch, present: list[_Request], position: int, options: SearchOptions
) -> tuple[list[list[_Candidate]], list[list[Alternatives]] | None]:
    """One step of the model: of each block the best candidates, and each row's alternatives.

    There are twice as many as beams, or more where several tokens end a text, so that enough of
    them go on.

    The first candidate of a request that is still in its prefix has the forced token's
    log-probability; its others mean nothing.
    """
    blocks, beams = len(present), options.beams
    logprobs = torch.log_softmax(batch.step(position), dim=-1)
    early = position < options.min_length
    vocabulary = logprobs.shape[-1]
    totals = torch.tensor([[b.total for b in r.running] for r in present], device=logprobs.device)
    after = batch.after((r.number, r.ids(b)) for r in present for b in r.running)
    summed = batch.rule_out(logprobs + totals.view(-1, 1), early, after)
    count = max(2, 1 + len(batch.ends)) * beams
    values, picks = top(summed.view(blocks, -1), min(count, summed.shape[-1] * beams))
    for block, request in enumerate(present):
        token = request.forced(position)
        if token is not None:
            picks[block, 0] = token
    own = logprobs.view(blocks, -1).gather(1, picks)
    numbers, places = torch.stack((values, own), -1).tolist(), picks.tolist()
    candidates = [
        [_Candidate(*divmod(p, vocabulary), *pair) for p, pair in zip(ps, pairs, strict=True)]
        for ps, pairs in zip(places, numbers, strict=True)
    ]
    if not options.alternatives:
        return candidates, None
    listed = pairs_of(*batch.rule_out(logprobs, early, after).topk(options.alternatives))
    return candidates, [listed[i : i + beams] for i in range(0, len(listed), beams)]
