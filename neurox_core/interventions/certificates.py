"""Knowing the best token without computing all scores.

Scores are a linear map of the decoder's last state: z = W h + b. If token a is best at h0, it stays
best for every h with

    |h - h0| < r,   r = min over v of (z_a - z_v) / |w_a - w_v|,

because the difference of two scores changes by (w_a - w_v) (h - h0) at most. So the radius r, which
costs one pass over the scores where they are computed anyway, answers for all states nearby: under
a small edit most positions need no scores at all. The statement is exact; a margin is left for
rounding. Whether the map is linear is found out by asking the model, not assumed.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ..models.base import TranslationModel
from .choosing import linear_map

_MOST_VOCABULARY = 20_000
"""Beyond this the table of distances between tokens would not fit."""
_SLACK = 1e-3


class Certificates:
    """The last checked state, its token and its radius, at each position of some rows.

    Parameters
    ----------
    head : Head
    """

    def __init__(self, head: Head) -> None:
        self._head = head
        self._states = self._radius = torch.empty(0, 0)
        self._tokens = torch.empty(0, 0, dtype=torch.int64)

    def hold(self, hidden: Tensor, tokens: Tensor) -> Tensor:
        """Where `tokens` (rows, positions) are known to be best at `hidden`; bool."""
        self._grow(hidden)
        length = hidden.shape[1]
        distance = torch.linalg.vector_norm(hidden - self._states[:, :length], dim=-1)
        near = distance * (1 + _SLACK) + _SLACK < self._radius[:, :length]
        held: Tensor = near & (self._tokens[:, :length] == tokens)
        return held

    def best(self, hidden: Tensor, where: Tensor) -> Tensor:
        """The best tokens at the places `where` (rows, positions), computed and kept."""
        states = hidden[where]
        tokens, radius = self._head.best(states)
        row, position = where.nonzero(as_tuple=True)
        self._states[row, position] = states
        self._tokens[row, position] = tokens
        self._radius[row, position] = radius
        return tokens

    def _grow(self, hidden: Tensor) -> None:
        rows, length, width = hidden.shape
        have = self._radius.shape[1]
        if self._radius.shape[0] == 0:
            self._states = hidden.new_zeros(rows, length, width)
            self._radius = hidden.new_zeros(rows, length)
            self._tokens = self._radius.new_zeros(rows, length, dtype=torch.int64)
        elif length > have:
            more = length - have
            self._states = torch.nn.functional.pad(self._states, (0, 0, 0, more))
            self._radius = torch.nn.functional.pad(self._radius, (0, more))
            self._tokens = torch.nn.functional.pad(self._tokens, (0, more))


class Head:
    """A model's map from states to scores, and how far its tokens lie apart.

    Parameters
    ----------
    model : TranslationModel
    width : int
        Of the decoder's last state.
    """

    def __init__(self, model: TranslationModel, width: int) -> None:
        self._model = model
        self._ruled_out = torch.tensor(
            sorted(set(model.suppressed) - model.ends), dtype=torch.int64, device=model.device
        )
        small = model.vocabulary_size <= _MOST_VOCABULARY and model.dtype == torch.float32
        found = linear_map(model, width) if small else None
        self._weight = None if found is None else found[0]
        self._far: dict[int, float] = {}

    def best(self, states: Tensor) -> tuple[Tensor, Tensor]:
        """Best tokens that may be produced and their radii, (places,) each."""
        scores = self._model.logits(states).float()
        scores.index_fill_(1, self._ruled_out, -torch.inf)
        tokens = torch.from_numpy(scores.cpu().numpy().argmax(-1)).to(scores.device)
        if self._weight is None:
            return tokens, scores.new_zeros(len(tokens))
        best = scores.gather(1, tokens.unsqueeze(1)).squeeze(1)
        # The exact radius to the second best; a bound to all others by the token farthest off.
        top, second, third = _three(scores, tokens)
        apart = torch.linalg.vector_norm(self._weight[tokens] - self._weight[second], dim=-1)
        radius = torch.minimum((best - top) / apart, (best - third) / self._farthest(tokens))
        return tokens, radius.nan_to_num(0.0)

    def _farthest(self, tokens: Tensor) -> Tensor:
        """Largest distance of each token to any other, (places,)."""
        assert self._weight is not None
        wanted: list[int] = tokens.tolist()
        fresh = sorted(set(wanted) - set(self._far))
        for first in range(0, len(fresh), 64):
            some = fresh[first : first + 64]
            far = torch.cdist(self._weight[some], self._weight).amax(1).tolist()
            self._far |= dict(zip(some, far, strict=True))
        return torch.tensor([self._far[t] for t in wanted], device=tokens.device)


def _three(scores: Tensor, tokens: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The second best score, its token, and the third best score; `scores` is used up."""
    scores.scatter_(1, tokens.unsqueeze(1), -torch.inf)
    second = torch.from_numpy(scores.cpu().numpy().argmax(-1)).to(scores.device).unsqueeze(1)
    top = scores.gather(1, second)
    scores.scatter_(1, second, -torch.inf)
    return top.squeeze(1), second.squeeze(1), scores.amax(1)
