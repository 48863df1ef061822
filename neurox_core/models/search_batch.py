"""What greedy and beam search share: options, results, and the batch that shrinks as rows finish.

See :mod:`neurox_core.models.search` for what the search does; import from there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

import torch
from torch import Tensor

from ..errors import CancelledError, InvalidInputError
from .beam_tree import BeamTree
from .search_rules import Rules
from .taps import active

OnToken = Callable[[int, list[list[int]]], None]
Cancelled = Callable[[], bool]
Alternatives = list[tuple[int, float]]
Forbidden = list[set[int]]

RULED_OUT = -math.inf
_GROUP = 32
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
    max_lengths : list of int, optional
        A limit for each request, at most `max_length`, so that a request's limit does not depend
        on the batch it is decoded in.
    drafts : list of list of list of int, optional
        Guesses of each request's ids, such as earlier results, the likeliest first. Greedy search
        is quicker where one is right; the result does not depend on them.
    tree : bool
        Whether to record every hypothesis that was held (:mod:`.beam_tree`).

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
    max_lengths: list[int] | None = None
    drafts: list[list[list[int]]] | None = None
    tree: bool = False

    def limit(self, request: int) -> int:
        """Most tokens that a request may produce."""
        return self.max_length if self.max_lengths is None else self.max_lengths[request]

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
        if any(not 1 <= limit <= self.max_length for limit in self.max_lengths or []):
            raise InvalidInputError(f"max_lengths must lie between 1 and {self.max_length}.")
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
    tree : BeamTree or None
        All that the search of this request held, if it was asked for.
    """

    ids: list[int]
    score: float
    logprobs: list[float]
    alternatives: list[Alternatives] | None = None
    tree: BeamTree | None = field(default=None, repr=False, compare=False)


class Stepper(Protocol):
    """What the search asks of a model.

    Attributes
    ----------
    eos_id, pad_id, start_id : int
        End, padding, and what the decoder reads first.
    suppressed : sequence of int
        Ids never produced unless forced. End tokens are never suppressed.
    rules : Rules
        What else may not be produced, and which tokens end a text beside `eos_id`.
    vocabulary_size : int
    device : torch.device
    """

    eos_id: int
    pad_id: int
    start_id: int
    suppressed: Sequence[int]
    rules: Rules
    vocabulary_size: int
    device: torch.device

    def step(self, tokens: Tensor, state: Any, position: int) -> tuple[Tensor, Any]:
        """Consume ``tokens`` (rows,) at `position`; logits (rows, vocabulary) and new state."""

    def select(self, state: Any, index: Tensor) -> Any:
        """Rows of `state` at `index` (int64), which may drop, reorder and repeat them."""

    def before(self, request: int) -> Sequence[int]:
        """What stands before the tokens that a request produces: start token or prompt."""

    def place_decoder(self, position: int, rows: Tensor | None) -> None:
        """Hear before each step its position and each row's request (None: row is request)."""


class Advancer(Stepper, Protocol):
    """A model that reads several tokens at once in less time than one after the other.

    Attributes
    ----------
    can_advance : bool
        Whether it does.
    """

    can_advance: bool

    def advance(self, tokens: Tensor, state: Any, position: int) -> tuple[Tensor, Any]:
        """Consume ``tokens`` (rows, count) from `position` on; logits (rows, count, vocabulary)."""

    def rewind(self, before: Any, after: Any, tokens: Tensor, position: int) -> Any:
        """The state when ``tokens`` (rows, fewer) of an :meth:`advance` have been consumed."""


class Batch:
    """The rows that the decoder works on, and the requests they belong to.

    Attributes
    ----------
    requests : list of int
        Request of each block of `beams` rows.
    tokens : Tensor (blocks * beams,), int64
        What the next step consumes.
    ends : frozenset of int
        Tokens that end a text.
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
        self._read = self.tokens.new_empty(rows * beams, 0)
        self.ends = frozenset({model.eos_id, *model.rules.ends})
        forbidden = set(model.suppressed) - self.ends
        self._forbidden = (forbidden, forbidden | self.ends)
        self._columns = tuple(self._index(sorted(ids)) for ids in self._forbidden)

    def step(self, position: int) -> Tensor:
        """Logits (rows, vocabulary), float32, after the tokens at `position`."""
        if self._cancelled is not None and self._cancelled():
            raise CancelledError(f"Decoding was cancelled after {position} tokens.")
        self.model.place_decoder(position, self._owners)
        self._follow(self.tokens.unsqueeze(1), position)
        logits, self._state = self.model.step(self.tokens, self._state, position)
        return logits.float()

    def advance(self, tokens: Tensor, position: int) -> Tensor:
        """Logits (rows, count, vocabulary), float32, after each of ``tokens`` (rows, count)."""
        if self._cancelled is not None and self._cancelled():
            raise CancelledError(f"Decoding was cancelled after {position} tokens.")
        self.model.place_decoder(position, self._owners)
        self._follow(tokens, position)
        before, model = self._state, cast(Advancer, self.model)
        logits, self._state = model.advance(tokens, before, position)
        self._advanced = (before, tokens, position)
        return logits.float()

    def rewind(self, count: int) -> None:
        """Take the last :meth:`advance` back to its first `count` tokens."""
        before, tokens, position = self._advanced
        if count < tokens.shape[1]:
            self.model.place_decoder(position, self._owners)
            model = cast(Advancer, self.model)
            self._state = model.rewind(before, self._state, tokens[:, :count], position)

    def after(self, texts: Iterable[tuple[int, Sequence[int]]]) -> Forbidden | None:
        """What may not be produced in rows of these requests after these ids; None if nothing."""
        rules = self.model.rules
        if not rules.depend:
            return None
        return [rules.forbidden(self.model.before(request), ids) for request, ids in texts]

    def rule_out(self, scores: Tensor, early: bool, after: Forbidden | None = None) -> Tensor:
        """Put -inf into `scores` (rows, vocabulary) at tokens that may not be produced.

        `early` rules out the end tokens too, `after` what each row's own text forbids.
        """
        for row, forbidden in enumerate(after or ()):
            if forbidden:
                scores[row, self._index(sorted(forbidden))] = RULED_OUT
        return scores.index_fill_(1, self._columns[early], RULED_OUT)

    def best(self, logits: Tensor, early: bool, after: Forbidden | None = None) -> Tensor:
        """The best token of each row that may be produced, (rows,) int64."""
        chosen = _argmax(logits)
        ids = chosen.tolist()
        if self._forbidden[early].isdisjoint(ids) and not any(
            token in forbidden for token, forbidden in zip(ids, after or (), strict=False)
        ):
            return chosen
        return _argmax(self.rule_out(logits.clone(), early, after))

    def keep(self, blocks: list[int], rows: list[int]) -> None:
        """Go on with the given blocks, made of the given rows, in this order."""
        if rows != list(range(len(self.requests) * self.beams)):
            index = self._index(rows)
            self._state, self._read = self.model.select(self._state, index), self._read[index]
        if len(blocks) < len(self.requests):
            self.requests = [self.requests[b] for b in blocks]
            self._owners = self._index(self.requests).repeat_interleave(self.beams)

    def _follow(self, tokens: Tensor, position: int) -> None:
        """Tell the active run what every row has read, ``tokens`` (rows, count) at last."""
        run = active()
        if run is not None and run.reads:
            # What an advance read beyond `position` was taken back.
            self._read = torch.cat([self._read[:, :position], tokens], 1)
            run.follow(self._read)

    def _index(self, numbers: Sequence[int]) -> Tensor:
        return torch.tensor(numbers, dtype=torch.int64, device=self.model.device)


def _argmax(scores: Tensor) -> Tensor:
    """Argmax over columns; on the CPU by NumPy, which takes a tenth of torch's time."""
    if scores.device.type != "cpu":
        return scores.argmax(-1)
    return torch.from_numpy(scores.numpy().argmax(-1))


def top(scores: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The `count` largest of each row, best first, and their columns, as ``torch.topk`` gives.

    Wide rows are first cut into interleaved groups of 32. The largest `count` numbers lie in the
    `count` groups with the largest maxima, so only those are sorted: two to five times faster.
    """
    rows, width = scores.shape
    groups = width // _GROUP
    if width < 4096 or groups < count:
        values, columns = scores.topk(count)
        return values, columns
    if width % _GROUP:
        groups += 1
        spare = groups * _GROUP - width
        scores = torch.nn.functional.pad(scores, (0, spare), value=RULED_OUT)
    grouped = scores.view(rows, _GROUP, groups)
    best = grouped.amax(1).topk(count, sorted=False).indices
    members = grouped.gather(2, best.unsqueeze(1).expand(rows, _GROUP, count))
    values, places = members.reshape(rows, -1).topk(count)
    columns = (places // count) * groups + best.gather(1, places % count)
    # Padding can only be picked among equals, all of them ruled out.
    return values, columns.clamp_(max=width - 1)


def worth_dropping(done: int, present: int) -> bool:
    """Moving rows costs about as much as stepping them, so some have to have gathered."""
    return 0 < 4 * done and 4 * done >= present


def pairs_of(values: Tensor, ids: Tensor) -> list[Alternatives]:
    """Rows of (id, log-probability), without tokens that are ruled out."""
    return [
        [(i, v) for i, v in zip(row_ids, row, strict=True) if v > RULED_OUT]
        for row_ids, row in zip(ids.tolist(), values.tolist(), strict=True)
    ]


def require_finite(value: float, request: int, position: int) -> None:
    """Raise InvalidInputError for a log-probability that is NaN or infinite."""
    if not math.isfinite(value):
        raise InvalidInputError(
            f"The model gives no finite probability (but {value}) to any token it may produce, or "
            f"to the forced one, at position {position} of row {request} of the batch. If an "
            "intervention is active, use a smaller value; if a prefix is, use other words."
        )
