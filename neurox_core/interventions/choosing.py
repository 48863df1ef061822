"""The best token of each row, without exact scores for all tokens where a rough look is quicker.

Scores are a linear map of the decoder's last state: z = W h + b. Some processors multiply 16-bit
floats (bfloat16) five times as fast as 32-bit ones. W and h rounded to 8 binary digits give scores
that are wrong by at most

    e = 2^-7 |h| |w| + 2^-8 (|b| + |z|),

as the rounding of a product's factors, of b and of the result. So only tokens whose rough score
comes within 2 e of the largest can be the best; mostly there is one, else theirs are computed
exactly. What is chosen is what exact scores choose.

Whether the map is linear is found out by asking the model, not assumed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..compiled import compiled
from ..models.base import TranslationModel

_MOST_WEIGHTS = 2**25
"""A larger map is not copied."""
_MANY = 64
"""Candidates of a row from which on a rough look is not worth it."""
_ROWS = 32
"""Rows are filled up to a multiple of so many."""
_ROOM = 1.02
"""What sums of rounded products may be off beyond the bound."""
Floats = NDArray[np.float32]
Keys = NDArray[np.int16]


def linear_map(model: TranslationModel, width: int) -> tuple[Tensor, Tensor] | None:
    """Weights (vocabulary, width) and bias of a model's scores; None if they are not linear."""
    zero = torch.zeros(1, width, device=model.device)
    bias = model.logits(zero)
    # So much larger that adding the bias does not round the weights.
    scale = 1024.0
    weight = (model.logits(torch.eye(width, device=model.device) * scale) - bias) / scale
    probe = torch.randn(4, width, generator=torch.Generator().manual_seed(0)) * 3
    probe = probe.to(model.device)
    if not torch.allclose(model.logits(probe), probe @ weight + bias, atol=1e-3, rtol=1e-4):
        return None
    return weight.T.contiguous(), bias[0]


def quick_in_bfloat16() -> bool:
    """Whether this processor multiplies matrices of bfloat16 much faster than of float32."""
    asked: Any = getattr(torch.cpu, "_is_amx_tile_supported", None)
    return bool(asked is not None and asked())


class Choice:
    """Chooses the best token that may be produced.

    Parameters
    ----------
    model : TranslationModel
    rough : bool, optional
        Whether to look roughly first; by default where this is quick.
    """

    def __init__(self, model: TranslationModel, rough: bool | None = None) -> None:
        self._model = model
        self._ruled_out = torch.tensor(
            sorted(set(model.suppressed) - model.ends), dtype=torch.int64, device=model.device
        )
        plain = model.device.type == "cpu" and model.dtype == torch.float32
        self._rough = plain and (quick_in_bfloat16() if rough is None else rough)
        self._table: _Table | None = None
        if self._rough:
            # What is compiled is made ready now, and not when many wait for the first token.
            _Table(torch.zeros(1, 1), torch.zeros(1)).best(torch.zeros(1, 1), torch.zeros(1))

    def of(self, states: Tensor) -> Tensor:
        """Tokens (rows,) for the decoder's last states (rows, width)."""
        if self._rough and self._table is None:
            self._prepare(states.shape[1])
        if self._rough and self._table is not None:
            norms = torch.linalg.vector_norm(states, dim=1)
            if bool(torch.isfinite(norms).all()):
                tokens, looked = self._table.best(states, norms)
                self._rough = looked <= _MANY * len(tokens)
                return tokens
        scores = self._model.logits(states).float()
        scores.index_fill_(1, self._ruled_out, -torch.inf)
        return torch.from_numpy(scores.cpu().numpy().argmax(-1)).to(scores.device)

    def _prepare(self, width: int) -> None:
        found = None
        if self._model.vocabulary_size * width <= _MOST_WEIGHTS:
            found = linear_map(self._model, width)
        self._rough = found is not None
        if found is not None:
            weight, bias = found
            self._table = _Table(weight, bias.index_fill(0, self._ruled_out, -torch.inf))


class _Table:
    """The map from states to scores, exact and rough."""

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        self._weight, self._bias = weight.numpy(), bias.numpy()
        self._halves = weight.bfloat16(), bias.bfloat16()
        allowed = torch.isfinite(bias)
        self._longest = float(torch.linalg.vector_norm(weight[allowed], dim=1).max())
        self._highest = float(bias[allowed].abs().max())

    def best(self, states: Tensor, norms: Tensor) -> tuple[Tensor, int]:
        """Best tokens, and how many scores had to be computed exactly."""
        count = len(states)
        # The library below prepares itself anew for every number of rows that it has not met.
        padded = torch.nn.functional.pad(states.bfloat16(), (0, 0, 0, -count % _ROWS))
        rough = torch.nn.functional.linear(padded, *self._halves)[:count]
        keys: Keys = rough.view(torch.int16).numpy()
        top = np.empty(len(keys), np.int16)
        _order(keys, top)
        largest = (_turned(top).astype(np.int32) << 16).view(np.float32)
        wrong = norms.numpy() * (self._longest / 128) + (self._highest + np.abs(largest)) / 256
        least = largest - 2 * _ROOM * (wrong + wrong / 128)
        tokens = np.empty(len(keys), np.int64)
        # The next rough number below: the order of the keys is that of the numbers.
        bits = least.astype(np.float32).view(np.int32)
        floor = ((bits ^ ((bits >> 31) & 0x7FFFFFFF)) >> 16).astype(np.int16)
        looked = _pick(keys, floor, states.contiguous().numpy(), self._weight, self._bias, tokens)
        return torch.from_numpy(tokens), int(looked)


def _turned(bits: Keys) -> Keys:
    """Integers in the order of the bfloat16 numbers with these bits, and back."""
    found: Keys = bits ^ ((bits >> 15) & 0x7FFF)
    return found


@compiled
def _order(bits: Keys, top: Keys) -> None:
    """Turn bits of bfloat16 into integers of the same order, in place; the largest of each row."""
    for r in range(len(bits)):
        row, largest = bits[r], np.int16(-32768)
        for v in range(row.size):
            key = np.int16(row[v] ^ ((row[v] >> 15) & 0x7FFF))
            row[v] = key
            largest = max(largest, key)
        top[r] = largest


@compiled
def _pick(
    keys: Keys, floor: Keys, states: Floats, weight: Floats, bias: Floats,
    tokens: NDArray[np.int64],
) -> int:  # fmt: skip
    """Fill in the best token of each row, among those whose key is not below the floor.

    Returns
    -------
    int
        Scores that were computed.
    """
    looked, stretch = 0, 64
    for r in range(len(keys)):
        row, state, best, score = keys[r], states[r], -1, np.float32(0)
        for first in range(0, row.size, stretch):
            part = row[first : first + stretch]
            several = 0
            for v in range(part.size):
                several |= part[v] >= floor[r]
            if not several:
                continue
            for v in range(part.size):
                if part[v] < floor[r]:
                    continue
                token = first + v
                total = bias[token]
                for i in range(state.size):
                    total += state[i] * weight[token, i]
                looked += 1
                if best < 0 or total > score:
                    best, score = token, total
        tokens[r] = best
    return looked
