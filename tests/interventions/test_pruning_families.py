"""Feed-forward units go out of every family: what is left is the whole model with them at zero."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from neurox_core.corpora import Corpus
from neurox_core.errors import InvalidInputError, ModelLoadError
from neurox_core.interventions import prune_model
from neurox_core.interventions.pruning_families import feed_forward
from neurox_core.interventions.pruning_tools import kinds_of, weight_order
from neurox_core.models.registry import load_model
from neurox_core.models.sites import parameters_of
from tests.models.families import CHOICES, ENCODERS, LANGUAGE_MODELS, SEQ2SEQ, SHARED

TEXTS = ["He left.", "She reads a book in the garden.", "The men are here."]
WEIGHTS = "model.safetensors"
KEYS = {
    "gpt2": "n_inner", "opt": "ffn_dim", "t5": "d_ff", "t5-gated": "d_ff", "mt5": "d_ff",
    "distilbert": "hidden_dim", "distilbert-classes": "hidden_dim",
}  # fmt: skip


def order(model: Any, start: str = "") -> list[str]:
    found = [
        f"{address}[{u}]"
        for address, width in model.sites.items()
        if address.endswith(".ffn_act") and address.startswith(start)
        for u in range(width)
    ]
    random.Random(5).shuffle(found)
    return found


def answers(model: Any, edits: Any = ()) -> list[Any]:
    """All that a model computes on the texts, as numbers."""
    if model.task == "translation":
        found = model.translate(TEXTS, list(edits), max_length=12)
        return [([*t.ids], pytest.approx(t.score, abs=1e-3)) for t in found]
    if model.task == "language-modelling":
        return [pytest.approx(list(row), abs=1e-3) for row in model.logprobs(TEXTS, list(edits))]
    if model.task in ("classification", "token-classification"):
        return [
            pytest.approx(np.ravel(one.probabilities).tolist(), abs=1e-4)
            for one in model.classify(TEXTS, list(edits))
        ]
    site = "encoder.1.resid_post"
    return [
        pytest.approx(
            model.forward([model.tokenize(text)], capture=[site], interventions=[list(edits)])
            .activations[site].ravel().tolist(), abs=1e-4,
        )
        for text in TEXTS
    ]  # fmt: skip


def plain(found: list[Any]) -> list[Any]:
    """Without the tolerance, which only one side of a comparison may have."""
    return [(one[0], one[1].expected) if isinstance(one, tuple) else one.expected for one in found]


@pytest.mark.parametrize("name", [*SEQ2SEQ, *LANGUAGE_MODELS, *ENCODERS])
def test_a_pruned_model_of_any_family_is_the_ablated_one(
    name: str, open_family: Any, tmp_path: Path
) -> None:
    folder, whole = open_family(name)
    found = prune_model(folder, order(whole), tmp_path / "small", 0.25)
    small: Any = load_model(tmp_path / "small", **CHOICES.get(name, {}))
    layers = [a for a in whole.sites if a.endswith(".ffn_act")]
    assert sorted(a for a in found.dropped if a.endswith(".ffn_act")) == sorted(layers)
    assert {len(units) for units in found.dropped.values()} == {6}
    assert {small.sites[a] for a in found.dropped} == {18} and not small.unresolved
    assert found.bytes[1] < found.bytes[0] and not found.passed_over
    assert (
        parameters_of(whole.module) - parameters_of(small.module)
        == found.parameters[0] - found.parameters[1]
        > 0
    )
    assert plain(answers(small)) == answers(whole, found.equivalent)
    assert plain(answers(small)) != answers(whole), "the units did something"

    before, after = load_file(folder / WEIGHTS), load_file(tmp_path / "small" / WEIGHTS)
    assert before.keys() == after.keys()
    same = [n for n in before if before[n].shape == after[n].shape]
    assert all(torch.equal(before[n], after[n]) for n in same)
    assert len(before) - len(same) < len(before) / 2
    config = json.loads((tmp_path / "small" / "config.json").read_text())
    was = json.loads((folder / "config.json").read_text())
    keys = [KEYS.get(name, "intermediate_size")]
    if name in SEQ2SEQ and name not in KEYS:
        keys = ["encoder_ffn_dim", "decoder_ffn_dim"]
    assert {k for k in config if config[k] != was.get(k)} == set(keys)
    assert all(config[key] == 18 for key in keys)


@pytest.mark.parametrize("name", ["gpt2", "llama", "bert-classes", "t5"])
def test_half_precision_stays(name: str, open_family: Any, tmp_path: Path) -> None:
    source, _ = open_family(name)
    folder = tmp_path / "half"
    shutil.copytree(source, folder)
    tensors = load_file(source / WEIGHTS)
    save_file({k: t.to(torch.bfloat16) for k, t in tensors.items()}, folder / WEIGHTS)
    whole = load_model(folder)
    found = prune_model(folder, order(whole), tmp_path / "small", 0.5)
    assert {t.dtype for t in load_file(tmp_path / "small" / WEIGHTS).values()} == {torch.bfloat16}
    assert plain(answers(load_model(tmp_path / "small"))) == answers(whole, found.equivalent)


def test_stacks_with_one_width_lose_equally_many(open_family: Any, tmp_path: Path) -> None:
    folder, t5 = open_family("t5")
    with pytest.raises(InvalidInputError, match=r"every layer of both stacks.*\(d_ff\)"):
        prune_model(folder, order(t5, "encoder."), tmp_path / "x", 0.5)
    folder, nllb = open_family("nllb")
    found = prune_model(folder, order(nllb, "encoder."), tmp_path / "small", 0.5)
    assert all(layer.startswith("encoder.") for layer in found.dropped)
    config = json.loads((tmp_path / "small" / "config.json").read_text())
    assert (config["encoder_ffn_dim"], config["decoder_ffn_dim"]) == (12, 24)


def test_a_width_that_is_not_written_is_four_times_the_models(
    open_family: Any, tmp_path: Path
) -> None:
    folder, _ = open_family("gpt2")
    shapes = {n: tuple(t.shape) for n, t in load_file(folder / WEIGHTS).items()}
    config = json.loads((folder / "config.json").read_text())
    wide = {n: tuple(64 if s == 24 else s for s in shape) for n, shape in shapes.items()}
    del config["n_inner"]
    assert feed_forward(config, wide).widths == {"decoder": 64}
    with pytest.raises(InvalidInputError, match=r"has the shape .*n_inner is 64"):
        feed_forward(config, shapes)
    with pytest.raises(InvalidInputError, match="cannot be pruned"):
        feed_forward(config | {"model_type": "gpt_bigcode"}, wide)  # Its maps are not transposed.


def test_what_is_not_just_as_the_table_says_is_refused(open_family: Any, tmp_path: Path) -> None:
    folder, model = open_family("llama")
    shapes = {n: tuple(t.shape) for n, t in load_file(folder / WEIGHTS).items()}
    config = json.loads((folder / "config.json").read_text())
    feed_forward(config, shapes)
    layer = "model.layers.1.mlp."
    for changed, said in (
        ({**shapes, f"{layer}ffn_sub_norm.weight": (24,)}, "ffn_sub_norm.weight as well"),
        ({**shapes, f"{layer}up_proj.weight_scale": (1,)}, "weight_scale as well"),
        ({n: s for n, s in shapes.items() if n != f"{layer}up_proj.weight"}, "no mlp.up_proj"),
        ({**shapes, f"{layer}up_proj.weight": (12, 16)}, r"\(12, 16\).*intermediate_size is 24"),
    ):
        with pytest.raises(InvalidInputError, match=said):
            feed_forward(config, changed)
    with pytest.raises(InvalidInputError, match=r"does not say how wide.*intermediate_size"):
        feed_forward({k: v for k, v in config.items() if k != "intermediate_size"}, shapes)
    for share in (0.01, 0.99):
        with pytest.raises(InvalidInputError, match="nothing to drop or to keep"):
            prune_model(folder, order(model), tmp_path / "x", share)
    for name in SHARED:
        with pytest.raises(InvalidInputError, match="type albert cannot be pruned"):
            kinds_of(open_family(name)[0])
    with pytest.raises(ModelLoadError):
        kinds_of(tmp_path / "none")
    assert not (tmp_path / "x").exists()


def test_what_can_be_taken_out_is_told_beforehand(
    open_family: Any, marian_folder: Path, recurrent_folder: Path, tmp_path: Path
) -> None:
    assert kinds_of(recurrent_folder) == ("recurrent",)
    assert kinds_of(marian_folder) == ("feed_forward", "heads")
    folder, opt = open_family("opt")
    assert kinds_of(folder) == ("feed_forward",)
    heads = [f"decoder.0.self_attn_heads[{u}]" for u in range(16)]
    with pytest.raises(InvalidInputError, match=r"Heads cannot.*Marian, BART"):
        prune_model(folder, heads, tmp_path / "x", 0.5)
    with pytest.raises(InvalidInputError, match="Heads cannot be taken out of this opt model"):
        weight_order(folder, "heads")
    found = prune_model(folder, [*heads, *order(opt)], tmp_path / "small", 0.5)
    assert found.passed_over == ["decoder.0.self_attn_heads"]


@pytest.mark.parametrize("name", ["gpt2", "mistral", "distilbert"])
def test_weights_give_an_order(name: str, open_family: Any) -> None:
    folder, model = open_family(name)
    tensors = load_file(folder / WEIGHTS)
    (first,) = (a for a in model.sites if a.endswith(".0.ffn_act"))
    one = {n.partition(".0.")[2]: t for n, t in tensors.items() if ".0." in n}
    if name == "gpt2":
        size = one["mlp.c_fc.weight"].norm(dim=0) * one["mlp.c_proj.weight"].norm(dim=1)
    elif name == "mistral":
        size = one["mlp.gate_proj.weight"].norm(dim=1) * one["mlp.up_proj.weight"].norm(dim=1)
        size = size * one["mlp.down_proj.weight"].norm(dim=0)
    else:
        size = one["ffn.lin1.weight"].norm(dim=1) * one["ffn.lin2.weight"].norm(dim=0)
    wanted = [f"{first}[{u}]" for u in size.argsort(descending=True).tolist()]
    found = weight_order(folder, "feed_forward")
    assert [n for n in found if n.startswith(first)] == wanted
    assert sorted(found) == sorted(order(model))


@pytest.mark.parametrize(
    ("name", "gold", "metric"),
    [("bert-classes", ["good", "bad", "plain"], "accuracy"), ("gpt2", TEXTS, "perplexity")],
)
def test_the_score_is_that_of_the_models_task(
    name: str, gold: list[str], metric: str, open_family: Any, tmp_path: Path
) -> None:
    folder, _ = open_family(name)
    found = prune_model(
        folder, weight_order(folder, "feed_forward"), tmp_path / "small", 0.5,
        corpus=Corpus("tiny", TEXTS, gold),
    )  # fmt: skip
    assert found.scores is not None and metric in found.scores["metrics"]
