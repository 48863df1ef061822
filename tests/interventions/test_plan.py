"""Compiled interventions: rows apart, order kept, few stages, and values that survive a journey."""

from __future__ import annotations

import json
import random

import pytest
import torch

from neurox_core.errors import InvalidInputError, UnknownAddressError
from neurox_core.interventions import Intervention, Plan

SITES = {"encoder.0.rnn_hidden": 6, "decoder.0.ffn_act": 4}
SITE = "encoder.0.rnn_hidden"


class Statistics:
    """Means 0, 1, 2, ... and deviations of 2."""

    def moments(self, layer: str) -> tuple[list[float], list[float]]:
        width = SITES[layer]
        return [float(i) for i in range(width)], [2.0] * width


def by_hand(x: torch.Tensor, rows: list[list[Intervention]]) -> torch.Tensor:
    """The definition of each operation, one neuron and one position at a time."""
    x = x.clone()
    for row, interventions in enumerate(rows):
        for i in interventions:
            for name in i.neurons:
                unit = int(name[len(SITE) + 1 : -1])
                mean, deviation = float(unit), 2.0
                for t in range(x.shape[1]) if i.positions is None else i.positions:
                    if t >= x.shape[1]:
                        continue
                    old = float(x[row, t, unit])
                    x[row, t, unit] = {
                        "zero": 0.0,
                        "mean": mean,
                        "set": i.value if i.unit == "raw" else mean + i.value * deviation,
                        "add": old + i.value * (1.0 if i.unit == "raw" else deviation),
                        "scale": old * i.value,
                    }[i.operation]
    return x


@pytest.mark.parametrize("seed", range(20))
def test_random_programs_equal_the_definition(seed: int) -> None:
    rng = random.Random(seed)

    def one() -> Intervention:
        units = rng.sample(range(6), rng.randint(0, 3))
        positions = None if rng.random() < 0.5 else rng.sample(range(6), rng.randint(0, 3))
        return Intervention(
            [f"{SITE}[{u}]" for u in units],
            rng.choice(["zero", "mean", "set", "add", "scale"]),
            round(rng.uniform(-2, 2), 2),
            rng.choice(["raw", "sigma"]),
            positions,
        )

    rows = [[one() for _ in range(rng.randint(0, 4))] for _ in range(4)]
    torch.manual_seed(seed)
    x = torch.randn(4, 5, 6)
    plan = Plan(rows, SITES, Statistics())
    expected = by_hand(x, rows)
    found = plan.apply(SITE, "output", x, 0, None) if plan.touches(SITE, "output") else x
    assert torch.allclose(found, expected, atol=1e-5)
    # In chunks, with rows in another order, as a decoder with beams sees them.
    order = torch.tensor([2, 2, 0, 3, 1])
    if plan.touches(SITE, "output"):
        chunks = [plan.apply(SITE, "output", x[order, t : t + 1], t, order) for t in range(5)]
        assert torch.allclose(torch.cat(chunks, dim=1), expected[order], atol=1e-5)


def test_the_input_is_never_changed() -> None:
    x = torch.randn(1, 3, 6)
    before = x.clone()
    Plan([[Intervention([f"{SITE}[1]"], "zero")]], SITES).apply(SITE, "output", x, 0, None)
    assert torch.equal(x, before)


def test_rows_share_stages() -> None:
    """One positional edit in each of many rows costs one stage, not one a row."""
    rows = [[Intervention([f"{SITE}[1]"], "zero", positions=[r % 3])] for r in range(40)]
    assert len(Plan(rows, SITES)._stages["output"][SITE]) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((["nonsense"], "zero"), "not a neuron address"),
        (([f"{SITE}[1]"], "mask"), "operation must be one of"),
        (([f"{SITE}[1]"], "set", float("nan")), "finite"),
        (([f"{SITE}[1]"], "set", float("inf")), "finite"),
        (([f"{SITE}[1]"], "set", "high"), "finite number of at most a million, not 'high'"),
        (([f"{SITE}[1]"], "set", None), "finite number of at most a million, not None"),
        (([1], "zero"), "1 is not a neuron address"),
        (([f"{SITE}[1]"], "set", 1.0, "volts"), "unit must be one of"),
        (([f"{SITE}[1]"], "set", 1.0, "raw", [-1]), "count tokens from 0"),
        (([f"{SITE}[1]"], "set", 1.0, "raw", None, "nowhere"), "scope must be one of"),
    ],
)
def test_bad_values_are_refused_by_name(arguments: tuple, message: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(InvalidInputError, match=message):
        Intervention(*arguments)


def test_unknown_neurons_are_told_what_there_is() -> None:
    for name in ("encoder.7.rnn_hidden[0]", f"{SITE}[6]"):
        with pytest.raises(UnknownAddressError, match="encoder.0.rnn_hidden"):
            Plan([[Intervention([name], "zero")]], SITES)


def test_an_intervention_survives_json() -> None:
    one = Intervention([f"{SITE}[3]"], "set", 1.5, "sigma", [4, 2], "recurrence")
    again = Intervention.from_dict(json.loads(json.dumps(one.to_dict())))
    assert again == one and hash(again) == hash(one) and again.positions == (2, 4)
    with pytest.raises(InvalidInputError, match="'valeu'"):
        Intervention.from_dict({**one.to_dict(), "valeu": 3})
