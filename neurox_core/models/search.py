"""Greedy and beam search over a step function, shared by every model that generates.

The search knows a model only as a :class:`Stepper`: consume one token in every row at an absolute
position, give scores over the vocabulary; reorder, drop or repeat rows of a state. It makes the
choices of Hugging Face's ``generate`` (transformers 5, ``generation/utils.py``):

- Scores come from the log-softmax of all logits in float32. Tokens that may not be produced are
  ruled out afterwards, so what they would have taken is not given to the others.
- Beam search keeps, of each request, the 2k best continuations of its k beams. Those that end and
  stand among the best k become finished hypotheses, with score
  ``sum of log-probabilities / length ** length_penalty``; the best k of the others run on.
- A request is done when it has k finished hypotheses and its best running beam, scored at its
  present length, does not beat the worst of them; with ``early_stopping`` as soon as it has k.
- At ``max_length`` the best k candidates count as finished, though they have not ended.

Length counts produced tokens: the end token and a forced prefix are counted, the start token is
not. The score of a hypothesis covers exactly its ``ids``, forced ones too, so it equals the score
of the same ids teacher-forced. (Hugging Face leaves a prompt out of both score and length; without
a prefix the two agree.)

Batch rows stand in blocks of k, one block for each request. Finished requests stay in the batch,
unread, until they are at least a quarter of it; then the rest moves up. The model is told before
each step to which request each row belongs, so interventions on single requests stay on them.
Requests never influence one another.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import torch
from torch import Tensor

from ..errors import CancelledError, InvalidInputError

OnToken = Callable[[int, list[list[int]]], None]
Cancelled = Callable[[], bool]
Alternatives = list[tuple[int, float]]

_DEAD = -math.inf
"""Running score of a beam that holds no hypothesis of its own."""


@dataclass(frozen=True)
class SearchOptions:
    """How to search.

    Parameters
    ----------
    beams : int
        Hypotheses kept for each request; 1 is greedy.
    length_penalty : float
        Exponent of the length by which the summed log-probability is divided; above 0 favours
        long hypotheses, 0 compares plain sums.
    max_length : int
        Most tokens to produce, end token included (``max_new_tokens`` of ``generate``).
    min_length : int
        Tokens that must have been produced before the end token may be (``min_new_tokens``).
    prefixes : list of list of int, optional
        Ids that each request has to begin with; they may differ in length and be empty.
    early_stopping : bool
        Stop a request at its k-th finished hypothesis.
    alternatives : int
        How many of the best tokens to record at each step.

    Raises
    ------
    InvalidInputError
        If a number is out of range.
    """

    beams: int = 1
    length_penalty: float = 1.0
    max_length: int = 128
    min_length: int = 0
    prefixes: list[list[int]] | None = None
    early_stopping: bool = False
    alternatives: int = 0

    def __post_init__(self) -> None:
        for name, least in (("beams", 1), ("max_length", 1), ("min_length", 0),
                            ("alternatives", 0)):  # fmt: skip
            if getattr(self, name) < least:
                raise InvalidInputError(
                    f"{name} must be {least} or more, not {getattr(self, name)}."
                )
        if self.min_length > self.max_length:
            raise InvalidInputError(
                f"min_length ({self.min_length}) must not exceed max_length ({self.max_length})."
            )
        if not math.isfinite(self.length_penalty) or abs(self.length_penalty) > 100:
            raise InvalidInputError(
                f"length_penalty must lie between -100 and 100, not {self.length_penalty}."
            )


@dataclass(frozen=True)
class Hypothesis:
    """One decoded sequence.

    Attributes
    ----------
    ids : list of int
        Produced ids, forced prefix included, end token included if it was produced.
    score : float
        ``sum(logprobs) / len(ids) ** length_penalty``.
    logprobs : list of float
        Natural-log probability of each id given those before it.
    alternatives : list of list of (int, float), or None
        For each id the tokens that the model held best there, with their log-probabilities, best
        first, tokens that are never produced left out.
    """

    ids: list[int]
    score: float
    logprobs: list[float]
    alternatives: list[Alternatives] | None = None


class Stepper(Protocol):
    """What the search asks of a model.

    Attributes
    ----------
    eos_id, pad_id, start_id : int
        End, padding, and what the decoder reads first.
    suppressed : sequence of int
        Ids never produced unless forced. The end token is never suppressed.
    vocabulary_size : int
    device : torch.device
    """

    eos_id: int
    pad_id: int
    start_id: int
    suppressed: Sequence[int]
    vocabulary_size: int
    device: torch.device

    def step(self, tokens: Tensor, state: Any, position: int) -> tuple[Tensor, Any]:
        """Consume ``tokens`` (rows,) at `position`; logits (rows, vocabulary) and new state."""

    def select(self, state: Any, index: Tensor) -> Any:
        """Rows of `state` at `index` (int64), which may drop, reorder and repeat them."""

    def place_decoder(self, position: int, rows: Tensor | None) -> None:
        """Hear, before each step, its position and the request of each row (None: row = request)."""


def search(
    model: Stepper,
    state: Any,
    rows: int,
    options: SearchOptions,
    *,
    on_token: OnToken | None = None,
    cancelled: Cancelled | None = None,
) -> list[list[Hypothesis]]:
    """Decode a batch of requests.

    Parameters
    ----------
    model : Stepper
    state : object
        The model's state before the decoder's first step, one row a request.
    rows : int
        Number of requests.
    options : SearchOptions
    on_token : callable of (position, ids of each request), optional
        Called after each step with what there is of every request: with beams, the best running
        one until the request is done, then its best hypothesis.
    cancelled : callable, optional
        Asked before each step.

    Returns
    -------
    list of list of Hypothesis
        For each request its hypotheses, best first: `beams` of them (fewer only if the vocabulary
        does not have as many sequences).

    Raises
    ------
    InvalidInputError
        If a prefix does not fit, or the model's scores are not finite numbers.
    CancelledError
        If `cancelled` said so.
    """
    prefixes = _checked(options, rows, model)
    if rows == 0:
        return []
    with torch.inference_mode():
        if options.beams == 1:
            batch = _Batch(model, state, rows, 1, cancelled)
            return [[best] for best in _greedy(batch, options, prefixes, on_token)]
        batch = _Batch(model, state, rows, options.beams, cancelled)
        return _beam_search(batch, options, prefixes, on_token)


class _Batch:
    """The rows that the decoder works on, and the requests they belong to.

    Attributes
    ----------
    requests : list of int
        Request of each block of `beams` rows.
    tokens : Tensor (blocks * beams,), int64
        What the next step consumes.
    """

    def __init__(
        self, model: Stepper, state: Any, rows: int, beams: int, cancelled: Cancelled | None
    ) -> None:
        self.model, self.beams = model, beams
        self.requests = list(range(rows))
        self.tokens = torch.full((rows * beams,), model.start_id, device=model.device)
        self._state, self._cancelled = state, cancelled
        self._owners: Tensor | None = None
        if beams > 1:
            self._owners = torch.arange(rows, device=model.device).repeat_interleave(beams)
            self._state = model.select(state, self._owners)
        forbidden = sorted(set(model.suppressed) - {model.eos_id})
        self._forbidden = self._index(forbidden)
        self._forbidden_early = self._index([*forbidden, model.eos_id])

    def step(self, position: int) -> Tensor:
        """Logits (rows, vocabulary), float32, after the tokens at `position`."""
        if self._cancelled is not None and self._cancelled():
            raise CancelledError(f"Decoding was cancelled after {position} tokens.")
        self.model.place_decoder(position, self._owners)
        logits, self._state = self.model.step(self.tokens, self._state, position)
        return logits.float()

    def allowed(self, scores: Tensor, early: bool) -> Tensor:
        """A copy of `scores` with -inf at tokens that may not be produced.

        `early` rules out the end token too.
        """
        forbidden = self._forbidden_early if early else self._forbidden
        return scores if forbidden.numel() == 0 else scores.index_fill(1, forbidden, _DEAD)

    def keep(self, blocks: list[int], rows: list[int]) -> None:
        """Go on with the given blocks, made of the given rows, in this order."""
        if rows != list(range(len(self.requests) * self.beams)):
            self._state = self.model.select(self._state, self._index(rows))
        if len(blocks) < len(self.requests):
            self.requests = [self.requests[b] for b in blocks]
            self._owners = self._index(self.requests).repeat_interleave(self.beams)

    def _index(self, numbers: Sequence[int]) -> Tensor:
        return torch.tensor(numbers, dtype=torch.int64, device=self.model.device)


def _worth_dropping(done: int, present: int) -> bool:
    """Moving rows costs about as much as stepping them, so some have to have gathered."""
    return 0 < 4 * done and 4 * done >= present


def _greedy(
    batch: _Batch, options: SearchOptions, prefixes: list[list[int]], on_token: OnToken | None
) -> list[Hypothesis]:
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
        chosen = batch.allowed(logits, early).argmax(-1)
        ids: list[int] = chosen.tolist()
        if position < longest_prefix:
            for i, request in enumerate(batch.requests):
                if position < len(prefixes[request]):
                    ids[i] = prefixes[request][position]
            chosen = torch.tensor(ids, device=chosen.device)
        logprobs = torch.log_softmax(logits, dim=-1)
        others = None
        if options.alternatives:
            others = batch.allowed(logprobs, early).topk(options.alternatives)
        record.append((batch.requests, logprobs.gather(1, chosen.unsqueeze(1)).squeeze(1), others))
        for request, token in zip(batch.requests, ids, strict=True):
            if request in open_rows:
                found[request].append(token)
                if token == eos:
                    open_rows.discard(request)
        if on_token is not None:
            on_token(position, [list(row) for row in found])
        if not open_rows:
            break
        batch.tokens = chosen
        if _worth_dropping(len(batch.requests) - len(open_rows), len(batch.requests)):
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
        listed = [[]] * len(requests) if top is None else _pairs(*top)
        for request, value, pairs in zip(requests, values.tolist(), listed, strict=True):
            position = len(logprobs[request])
            if position < len(found[request]):  # finished rows stay in the batch for a while
                _require_finite(value, request, position)
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

    def __init__(self, number: int, options: SearchOptions, prefix: list[int], eos: int) -> None:
        self.number, self.options, self.prefix, self.eos = number, options, prefix, eos
        root = _Beam(None, -1, 0.0, 0.0, None)
        # Only the first beam is alive, or all beams would produce the same sequences.
        self.running = [root] + [root._replace(total=_DEAD)] * (options.beams - 1)
        self.finished: list[tuple[float, _Beam]] = []
        self.done = False

    def forced(self, position: int) -> int | None:
        """The id that has to stand at `position`, if one has to."""
        return self.prefix[position] if position < len(self.prefix) else None

    def force(self, logprob: float, others: list[Alternatives] | None) -> list[int]:
        """Append the forced token to the only beam alive; returns every new beam's parent."""
        only = self.running[0]
        position = len(only.path())
        _require_finite(logprob, self.number, position)
        node = _Beam(only, self.prefix[position], only.total + logprob, logprob,
                     None if others is None else others[0])  # fmt: skip
        count = self.options.beams
        self.running = [node] + [node._replace(total=_DEAD)] * (count - 1)
        return [0] * count

    def advance(
        self, candidates: list[_Candidate], length: int, others: list[Alternatives] | None
    ) -> list[int]:
        """Take the best 2k candidates, best first; returns every new beam's parent."""
        _require_finite(candidates[0].total, self.number, length - 1)
        beams, last = self.options.beams, length == self.options.max_length
        running, parents = [], []
        for rank, (parent, token, total, logprob) in enumerate(candidates):
            ends = last or token == self.eos
            # What ends below the best k is neither a hypothesis nor goes on.
            if (ends and (rank >= beams or total == _DEAD)) or len(running) == beams:
                continue
            node = _Beam(self.running[parent], token, total, logprob,
                         None if others is None else others[parent])  # fmt: skip
            if ends:
                self.finished.append((total / length**self.options.length_penalty, node))
            else:
                running.append(node)
                parents.append(parent)
        self.finished.sort(key=lambda scored: -scored[0])
        del self.finished[beams:]
        if not last:
            self.running = running
        self.done = last or self._cannot_improve(length)
        return list(range(beams)) if self.done else parents

    def _cannot_improve(self, length: int) -> bool:
        if len(self.finished) < self.options.beams:
            return False
        best = self.running[0].total / length**self.options.length_penalty
        return self.options.early_stopping or not best > self.finished[-1][0]

    def best(self) -> list[int]:
        """Ids of what leads at present."""
        leader = self.finished[0][1] if self.done else self.running[0]
        return [node.token for node in leader.path()]

    def hypotheses(self) -> list[Hypothesis]:
        """The finished ones, best first."""
        paths = [(score, node.path()) for score, node in self.finished]
        return [
            Hypothesis(
                [n.token for n in path],
                score,
                [n.logprob for n in path],
                [n.others or [] for n in path] if self.options.alternatives else None,
            )
            for score, path in paths
        ]


def _beam_search(
    batch: _Batch, options: SearchOptions, prefixes: list[list[int]], on_token: OnToken | None
) -> list[list[Hypothesis]]:
    beams, eos = options.beams, batch.model.eos_id
    requests = [_Request(i, options, prefixes[i], eos) for i in batch.requests]
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
        if not _worth_dropping(len(present) - len(kept), len(present)):
            kept = list(range(len(present)))
        batch.keep(kept, [rows[b * beams + i] for b in kept for i in range(beams)])
        tokens = [beam.token for b in kept for beam in present[b].running]
        batch.tokens = torch.tensor(tokens, device=batch.tokens.device)
    return [request.hypotheses() for request in requests]


def _expand(
    batch: _Batch, present: list[_Request], position: int, options: SearchOptions
) -> tuple[list[list[_Candidate]], list[list[Alternatives]] | None]:
    """One step of the model: of each block the best 2k candidates, and each row's alternatives.

    The first candidate of a request that is still in its prefix has the forced token's
    log-probability; its others mean nothing.
    """
    blocks, beams = len(present), options.beams
    logprobs = torch.log_softmax(batch.step(position), dim=-1)
    allowed = batch.allowed(logprobs, position < options.min_length)
    vocabulary = logprobs.shape[-1]
    totals = torch.tensor([[b.total for b in r.running] for r in present], device=logprobs.device)
    summed = (allowed.view(blocks, beams, -1) + totals.unsqueeze(-1)).view(blocks, -1)
    values, picks = summed.topk(2 * beams)
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
    listed = _pairs(*allowed.topk(options.alternatives))
    return candidates, [listed[i : i + beams] for i in range(0, len(listed), beams)]


def _pairs(values: Tensor, ids: Tensor) -> list[Alternatives]:
    """Rows of (id, log-probability), without tokens that are ruled out."""
    return [
        [(i, v) for i, v in zip(row_ids, row, strict=True) if v > _DEAD]
        for row_ids, row in zip(ids.tolist(), values.tolist(), strict=True)
    ]


def _require_finite(value: float, request: int, position: int) -> None:
    if not math.isfinite(value):
        raise InvalidInputError(
            f"The model gives no finite probability (but {value}) to any token it may produce, or "
            f"to the forced one, at position {position} of text {request}. If an intervention is "
            "active, use a smaller value; if a prefix is, use other words."
        )


def _checked(options: SearchOptions, rows: int, model: Stepper) -> list[list[int]]:
    """The prefix of each request, made sure of."""
    if options.alternatives > model.vocabulary_size:
        raise InvalidInputError(
            f"{options.alternatives} alternatives were asked for, but the vocabulary has only "
            f"{model.vocabulary_size} tokens."
        )
    if options.prefixes is None:
        return [[]] * rows
    if len(options.prefixes) != rows:
        raise InvalidInputError(
            f"There are {len(options.prefixes)} prefixes for {rows} texts; give one for each."
        )
    for row, prefix in enumerate(options.prefixes):
        if len(prefix) >= options.max_length:
            raise InvalidInputError(
                f"The prefix of text {row} has {len(prefix)} tokens, which leaves nothing of the "
                f"{options.max_length} that may be produced. Shorten it or raise the maximum."
            )
        if any(i == model.eos_id or not 0 <= i < model.vocabulary_size for i in prefix):
            raise InvalidInputError(
                f"The prefix of text {row} holds the end token or an id outside the vocabulary "
                f"(0 to {model.vocabulary_size - 1})."
            )
    return options.prefixes
