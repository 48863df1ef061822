"""The token that is chosen is the one with the largest exact score, however it is found."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from neurox_core.interventions.choosing import Choice, linear_map


def model_of(weight: torch.Tensor, bias: torch.Tensor, **given: Any) -> Any:
    """As much of a model as is looked at; `asked` counts the states that it scored."""
    found = SimpleNamespace(
        vocabulary_size=len(weight), device=torch.device("cpu"), dtype=torch.float32,
        suppressed=[0, 5, 9], ends=frozenset([9]), asked=0,
    )  # fmt: skip

    def logits(states: torch.Tensor) -> torch.Tensor:
        found.asked += len(states)
        return states @ weight.T + bias

    found.logits = logits
    found.__dict__.update(given)
    return found


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", ["apart", "close", "equal", "below", "outlier"])
def test_a_rough_look_chooses_what_exact_scores_choose(kind: str, seed: int) -> None:
    draw = torch.Generator().manual_seed(seed)
    weight = torch.randn(700, 24, generator=draw)
    states = torch.randn(65, 24, generator=draw).tanh() * 3
    bias = torch.randn(700, generator=draw)
    if kind == "close":
        # Within what rounding to 8 digits changes, so that order among them is a matter of luck.
        weight[300:] = weight[300] * (1 + 1e-3 * torch.randn(400, 1, generator=draw))
    elif kind == "equal":
        weight[1:] = weight[1]
        bias[:] = 0.0
    elif kind == "below":
        bias -= 1000.0
    elif kind == "outlier":
        weight[7] *= 50
        bias[3] = 1e4
    model = model_of(weight, bias)
    chosen = Choice(model, rough=True).of(states).numpy()
    scores = (states.double() @ weight.double().T + bias.double()).numpy()
    scores[:, [0, 5]] = -np.inf  # Suppressed, and no end.
    rows = np.arange(len(chosen))
    best = scores.max(1)
    np.testing.assert_allclose(scores[rows, chosen], best, rtol=1e-6, atol=1e-5)
    if kind == "equal":
        assert (chosen == 1).all()
    assert model.asked < len(states) + 100  # The map was asked for, not every state's scores.


def test_states_that_are_no_numbers_are_left_to_exact_scores() -> None:
    weight = torch.randn(50, 8)
    model = model_of(weight, torch.zeros(50))
    states = torch.randn(6, 8)
    states[2, 3] = torch.inf
    assert Choice(model, rough=True).of(states).shape == (6,)


def test_scores_that_are_no_linear_map_are_computed() -> None:
    weight = torch.randn(50, 8)
    model = model_of(weight, torch.zeros(50))
    model.logits = lambda states: 3 * torch.tanh(states @ weight.T)
    states = torch.randn(16, 8)
    assert linear_map(model, 8) is None
    scores = model.logits(states)
    scores[:, [0, 5]] = -torch.inf
    assert torch.equal(Choice(model, rough=True).of(states), scores.argmax(1))


def test_a_rough_look_that_tells_little_is_given_up() -> None:
    weight = torch.ones(500, 8) + 1e-4 * torch.randn(500, 8)
    model = model_of(weight, torch.zeros(500))
    choice, states = Choice(model, rough=True), torch.rand(10, 8)
    first, before = choice.of(states), model.asked
    again = choice.of(states)
    assert model.asked == before + 10
    assert torch.equal(first, again)
