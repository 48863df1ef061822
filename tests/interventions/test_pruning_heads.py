"""A model without some heads computes what the whole one does with their units at zero."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from transformers.utils import logging

from neurox_core.errors import InvalidInputError, ModelLoadError
from neurox_core.interventions import prune_model
from neurox_core.interventions.groups import head_groups
from neurox_core.models.check import check_model
from neurox_core.models.registry import load_model
from neurox_core.models.sites import parameters_of
from tests.models.families import CHOICES

TEXTS = ["He left.", "She reads a book in the garden.", "The men are here."]


def order(model: Any, *sites: str) -> list[str]:
    found = [
        f"{a}[{u}]" for a, width in model.sites.items() if a.endswith(sites) for u in range(width)
    ]
    random.Random(7).shuffle(found)
    return found


@pytest.fixture(params=["marian", "bart", "mbart", "nllb"])
def whole(request: pytest.FixtureRequest, open_family: Any, marian_folder: Path) -> Any:
    """Folder, model, and what has to be said to open it."""
    chosen = CHOICES.get(request.param, {})
    if request.param == "marian":
        return marian_folder, load_model(marian_folder), chosen
    return *open_family(request.param), chosen


def test_a_model_without_heads_is_the_ablated_one(whole: Any, tmp_path: Path) -> None:
    folder, model, chosen = whole
    ranking = order(model, "self_attn_heads", "cross_attn_heads")
    found = prune_model(folder, ranking, tmp_path / "small", 0.4)
    small = load_model(tmp_path / "small", **chosen)
    assert found.parameters[1] < found.parameters[0] and found.bytes[1] < found.bytes[0]
    assert parameters_of(model.module) - parameters_of(small.module) == (
        found.parameters[0] - found.parameters[1]
    )
    # Two of the four heads of each kind at 0.4: layers may lose none, one, but never both.
    for layer, units in found.dropped.items():
        assert len(units) == 8 and small.sites[layer] == model.sites[layer] - len(units)
    expected = model.translate(TEXTS, found.equivalent, max_length=12)
    got = small.translate(TEXTS, max_length=12)
    assert [t.ids for t in got] == [t.ids for t in expected]
    assert [t.score for t in got] == pytest.approx([t.score for t in expected], abs=1e-3)
    assert [t.ids for t in model.translate(TEXTS, max_length=12)] != [t.ids for t in got]


def test_the_lowest_heads_go_and_every_attention_keeps_one(
    marian_folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    model = load_model(marian_folder)
    # Layer 1 is better throughout, so layer 0 loses first, but keeps its better head.
    ranking = [
        f"encoder.{layer}.self_attn_heads[{head * 8 + u}]"
        for layer, head in ((1, 0), (1, 1), (0, 1), (0, 0))
        for u in range(8)
    ]
    found = prune_model(marian_folder, ranking, tmp_path / "one", 0.25)
    assert found.dropped == {"encoder.0.self_attn_heads": list(range(8))}
    assert found.passed_over == [], "a layer that keeps its heads was asked as well"
    two = prune_model(marian_folder, ranking, tmp_path / "two", 0.5)
    assert two.dropped == {
        "encoder.0.self_attn_heads": list(range(8)),
        "encoder.1.self_attn_heads": list(range(8, 16)),
    }
    config = json.loads((tmp_path / "one" / "config.json").read_text())
    assert config["neurox_heads"] == {"encoder.0.self_attn": 1}
    capfd.readouterr()
    logging.set_verbosity_warning()
    try:
        small = load_model(tmp_path / "one")
        assert logging.get_verbosity() == logging.WARNING
    finally:
        logging.set_verbosity_error()
    said = capfd.readouterr()
    assert "MISMATCH" not in said.out + said.err
    assert small.sites["encoder.0.self_attn_heads"] == 8
    assert small.sites["encoder.1.self_attn_heads"] == 16
    (left,) = head_groups(small, "encoder.0.self_attn_heads").values()
    assert left == [f"encoder.0.self_attn_heads[{u}]" for u in range(8)]
    assert small.sites["encoder.0.self_attn_out"] == model.sites["encoder.0.self_attn_out"]


def test_a_pruned_model_holds_the_laws_and_may_be_pruned_again(
    marian_folder: Path, tmp_path: Path
) -> None:
    model = load_model(marian_folder)
    own = order(model, "decoder.0.self_attn_heads", "decoder.1.self_attn_heads")
    prune_model(marian_folder, own, tmp_path / "a", 0.25)
    once: Any = load_model(tmp_path / "a")
    report = check_model(once, TEXTS[:2])
    assert report.ok, [law for law in report.laws if law.state == "broken"]
    assert [s.heads for s in report.stacks] == [None, None]  # Layers differ.
    again = prune_model(tmp_path / "a", order(once, "ffn_act", "cross_attn_heads"), tmp_path / "b",
                        0.25)  # fmt: skip
    twice = load_model(tmp_path / "b")
    wanted = once.translate(TEXTS, again.equivalent)
    assert [t.ids for t in twice.translate(TEXTS)] == [t.ids for t in wanted]
    assert len(json.loads((tmp_path / "b" / "config.json").read_text())["neurox_heads"]) > 1


def test_what_does_not_fit_is_told(marian_folder: Path, open_family: Any, tmp_path: Path) -> None:
    model = load_model(marian_folder)
    heads = order(model, "encoder.0.self_attn_heads", "encoder.1.self_attn_heads")
    with pytest.raises(InvalidInputError, match="lacks units of encoder.1.self_attn_heads"):
        prune_model(marian_folder, [n for n in heads if n.startswith("encoder.0")],
                    tmp_path / "x", 0.5)  # fmt: skip
    with pytest.raises(InvalidInputError, match="leaves nothing to drop"):
        prune_model(marian_folder, heads, tmp_path / "x", 0.1)
    folder, opt = open_family("opt")
    with pytest.raises(InvalidInputError, match=r"Heads cannot.*\(OPT\)"):
        prune_model(folder, order(opt, "self_attn_heads"), tmp_path / "x", 0.5)
    assert not (tmp_path / "x").exists()
    prune_model(marian_folder, heads, tmp_path / "small", 0.25)
    broken = tmp_path / "broken"
    shutil.copytree(tmp_path / "small", broken)
    config = json.loads((broken / "config.json").read_text())
    config["neurox_heads"] = {name: 2 for name in config["neurox_heads"]}
    (broken / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelLoadError, match="weights do not fit"):
        load_model(broken)
    del config["neurox_heads"]
    (broken / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelLoadError):
        load_model(broken)
