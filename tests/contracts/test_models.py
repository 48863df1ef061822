"""The laws of every model, over one of each family; and that a broken law is seen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import torch

from neurox_core.errors import InvalidInputError
from neurox_core.models import check_case
from neurox_core.models.check import check_model
from neurox_core.models.taps import Run
from tests.models.families import FAMILIES

TEXTS = ("He left.", "She reads a book in the garden.")


@pytest.fixture(autouse=True)
def short() -> Iterator[None]:
    """Half as many tokens are as good a test, in half the time."""
    usual = check_case.LENGTH
    check_case.LENGTH = 6
    yield
    check_case.LENGTH = usual


@pytest.mark.parametrize("name", FAMILIES)
def test_no_law_is_broken(name: str, open_family: Any) -> None:
    _, model = open_family(name)
    report = check_model(model, TEXTS)
    assert not [law for law in report.laws if law.state == "broken"]
    writes = report.task in ("translation", "language-modelling")
    unjudged = {law.name for law in report.laws if law.state == "not judged"}
    assert len(unjudged) == (0 if writes else 3)
    assert {a.name for a in report.abilities if not a.possible} >= (
        set() if report.labels else {"class probabilities"}
    )


def test_our_own_families_hold_them_too(tiny_model: Any) -> None:
    report = check_model(tiny_model, TEXTS)
    assert report.ok, report.laws


def test_the_report_says_what_the_model_is_made_of(open_family: Any) -> None:
    _, model = open_family("nllb")
    report = check_model(model, TEXTS)
    found = json.loads(json.dumps(report.to_dict()))
    assert found["ok"] and found["task"] == "translation" and found["score"] == "BLEU, chrF, TER"
    assert [(s["name"], s["layers"], s["heads"]) for s in found["stacks"]] == [
        ("encoder", 2, 2), ("decoder", 2, 2)
    ]  # fmt: skip
    assert found["stacks"][1]["sites"]["ffn_act"] == 24
    assert found["special_tokens"]["eos_token"] == "</s>"
    assert found["parameters"] == sum(p.numel() for p in model.module.parameters())
    assert "fra_Latn" in found["languages"] and found["target_language"] == "fra_Latn"


def test_a_check_needs_two_sentences(open_family: Any) -> None:
    with pytest.raises(InvalidInputError, match="two sentences"):
        check_model(open_family("bert")[1], TEXTS[:1])


def broken(report: Any) -> set[str]:
    return {law.name for law in report.laws if law.state == "broken"}


@pytest.fixture
def gpt2(open_family: Any) -> Iterator[Any]:
    model = open_family("gpt2")[1]
    yield model
    assert check_model(model, TEXTS).ok  # What a test breaks, it mends.


def test_a_model_that_counts_calls_instead_of_positions_is_caught(
    gpt2: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gpt2, "place_decoder", lambda position, rows: None)
    edits = [check_case.Case(gpt2, []).units("set", 9.0, positions=[3])]
    monkeypatch.setattr(check_case.Case, "units", lambda self, *_, **__: edits[0])
    assert "cached decoding equals one pass" in broken(check_model(gpt2, TEXTS))


def test_a_model_that_forgets_whose_row_is_whose_is_caught(
    gpt2: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = Run.visit

    def first_row_for_all(
        self: Run, address: str, x: torch.Tensor, offset: int = 0, scope: str = "output"
    ) -> torch.Tensor:
        self._rows["decoder"] = torch.zeros(x.shape[0], dtype=torch.int64)
        return visit(self, address, x, offset, scope)

    monkeypatch.setattr(Run, "visit", first_row_for_all)
    assert "a row in a batch equals the row alone" in broken(check_model(gpt2, TEXTS))


def test_a_site_that_reads_a_copy_is_caught(gpt2: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    visit = Run.visit

    def no_effect(
        self: Run, address: str, x: torch.Tensor, offset: int = 0, scope: str = "output"
    ) -> torch.Tensor:
        visit(self, address, x, offset, scope)
        return x

    monkeypatch.setattr(Run, "visit", no_effect)
    assert broken(check_model(gpt2, TEXTS)) >= {"every site reaches the output"}


def test_a_decoder_that_looks_ahead_is_caught(gpt2: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    states = gpt2._states

    def shifted(ids: torch.Tensor) -> torch.Tensor:
        return states(ids.roll(-1, 1))

    monkeypatch.setattr(gpt2, "_states", shifted)
    assert "no position has read a later token" in broken(check_model(gpt2, TEXTS))


def test_a_search_that_differs_from_generate_is_caught(
    gpt2: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    logits = gpt2.logits
    monkeypatch.setattr(gpt2, "logits", lambda hidden: -logits(hidden))
    assert "the search equals the library's generate" in broken(check_model(gpt2, TEXTS))


def test_sites_that_cannot_be_found_are_listed_with_the_reason(open_family: Any) -> None:
    from torch import nn

    from neurox_core.models.sites import install

    class Odd(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.self_attn = nn.Module()
            self.self_attn.o_proj = nn.Linear(8, 8)
            self.mlp = nn.Module()
            self.mlp.experts = nn.Parameter(torch.zeros(2, 8, 4))

    stack = nn.Module()
    stack.layers = nn.ModuleList([Odd(), Odd()])
    found = install("decoder", stack, 8)
    assert found.sites["decoder.1.self_attn_heads"] == 8
    assert found.unresolved["decoder.0.ffn_act"] == "no module mlp.down_proj or mlp.c_proj"
    assert install("decoder", nn.Module(), 8).unresolved == {
        "decoder.0.resid_post": "no list of blocks in Module"
    }
    stack.layers = nn.ModuleList([nn.Linear(8, 8)])
    unknown = install("decoder", stack, 8)
    assert set(unknown.sites) == {
        "decoder.0.embed", "decoder.0.resid_pre", "decoder.0.resid_post"
    }  # fmt: skip
    assert "no style that NeuroX knows" in unknown.unresolved["decoder.0.self_attn_heads"]
