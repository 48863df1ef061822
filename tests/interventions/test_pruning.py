"""A pruned model computes what the whole one does with the units held at zero, and is smaller."""

from __future__ import annotations

import errno
import json
import random
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from neurox_core.corpora import Corpus
from neurox_core.engine.measuring import measure
from neurox_core.errors import InvalidInputError, ModelLoadError, UnknownAddressError
from neurox_core.interventions import prune_model
from neurox_core.interventions.pruning_tools import weight_order
from neurox_core.models.base import TranslationModel
from neurox_core.models.recurrent_language_model import (
    RecurrentLanguageConfig,
    RecurrentLanguageNetwork,
)
from neurox_core.models.registry import load_model
from neurox_core.models.sites import parameters_of
from tests.interventions.texts import REFERENCES, SOURCES
from tests.models.test_families_recurrent import SHAPE, write


def order(model: TranslationModel, site: str, stacks: tuple[str, ...]) -> list[str]:
    found = [
        f"{a}[{u}]"
        for a, width in model.sites.items()
        if a.endswith(site) and a.startswith(stacks)
        for u in range(width)
    ]
    random.Random(2).shuffle(found)
    return found


@pytest.mark.parametrize(
    ("family", "site", "stacks", "share"),
    [
        ("recurrent", "rnn_hidden", ("encoder",), 0.25),
        ("recurrent", "rnn_hidden", ("encoder", "decoder"), 0.5),
        ("marian", "ffn_act", ("encoder",), 0.25),
        ("marian", "ffn_act", ("encoder", "decoder"), 0.5),
    ],
)
def test_a_pruned_model_is_the_ablated_one(
    request: pytest.FixtureRequest, tmp_path: Path, family: str, site: str,
    stacks: tuple[str, ...], share: float,
) -> None:  # fmt: skip
    folder: Path = request.getfixturevalue(f"{family}_folder")
    whole = load_model(folder)
    ranking = order(whole, site, stacks)
    found = prune_model(folder, ranking, tmp_path / "small", share)
    small = load_model(tmp_path / "small")
    assert found.parameters[1] < found.parameters[0] and found.bytes[1] < found.bytes[0]
    if family == "recurrent":
        assert parameters_of(small.module) == found.parameters[1]
    for layer, units in found.dropped.items():
        assert small.sites[layer] == whole.sites[layer] - len(units)
    expected = whole.translate(SOURCES, found.equivalent)
    got = small.translate(SOURCES)
    assert [t.ids for t in got] == [t.ids for t in expected]
    assert [t.score for t in got] == pytest.approx([t.score for t in expected], abs=1e-4)
    if stacks == ("encoder",) and family == "marian":
        places = {name: i for i, name in enumerate(ranking)}
        for layer in ("encoder.0.ffn_act", "encoder.1.ffn_act"):
            gone = {f"{layer}[{u}]" for u in found.dropped[layer]}
            stay = {n for n in ranking if n.startswith(layer)} - gone
            assert max(places[n] for n in stay) < min(places[n] for n in gone)
    assert small.fingerprint != whole.fingerprint
    assert json.loads(json.dumps(found.to_dict()))["parameters"] == list(found.parameters)


@pytest.mark.parametrize(
    ("family", "site", "idle"),
    [
        ("recurrent", "rnn_hidden", ("encoder.0.rnn_cell", "encoder.0.embed")),
        ("marian", "ffn_act", ("encoder.1.resid_post", "encoder.0.ffn_pre")),
    ],
)
def test_layers_of_the_ranking_that_decide_nothing_are_told(
    request: pytest.FixtureRequest, tmp_path: Path, family: str, site: str, idle: tuple[str, ...]
) -> None:
    folder: Path = request.getfixturevalue(f"{family}_folder")
    ranking = order(load_model(folder), site, ("encoder",))
    alone = prune_model(folder, ranking, tmp_path / "alone", 0.25)
    assert alone.passed_over == []
    more = [*(f"{layer}[{u}]" for layer in idle for u in (1, 0)), *ranking]
    found = prune_model(folder, more, tmp_path / "more", 0.25)
    assert found.passed_over == list(idle)
    assert found.dropped == alone.dropped


def test_size_speed_and_score_are_told(recurrent_folder: Path, tmp_path: Path) -> None:
    model = load_model(recurrent_folder)
    found = prune_model(
        recurrent_folder, order(model, "rnn_hidden", ("encoder",)), tmp_path / "small", 0.25,
        corpus=Corpus("tiny", SOURCES, REFERENCES),
    )  # fmt: skip
    assert found.scores is not None and found.scores["sentences"] == 5
    assert found.scores["metrics"]["bleu"]["before"] >= 0 and len(found.scores["seconds"]) == 2


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_a_recurrent_language_model_is_pruned_and_scored_by_its_perplexity(
    cell: str, vocabulary: Path, tmp_path: Path
) -> None:
    torch.manual_seed(7)
    config = RecurrentLanguageConfig(**SHAPE, cell=cell)
    folder = write(tmp_path / "whole", RecurrentLanguageNetwork(config), config, vocabulary)
    whole: Any = load_model(folder)
    ranking = order(whole, "rnn_hidden", ("decoder",))
    text = Corpus("tiny", SOURCES, REFERENCES)
    found = prune_model(folder, ranking, tmp_path / "small", 0.25, corpus=text)
    small: Any = load_model(tmp_path / "small")
    assert {small.sites[layer] for layer in found.dropped} == {12}
    assert {len(units) for units in found.dropped.values()} == {4}
    assert parameters_of(small.module) == found.parameters[1] < found.parameters[0]
    expected = whole.logprobs(SOURCES, found.equivalent)
    for one, other in zip(small.logprobs(SOURCES), expected, strict=True):
        assert one == pytest.approx(other, abs=1e-4)
    assert found.scores is not None and list(found.scores["metrics"]) == ["perplexity"]
    score = found.scores["metrics"]["perplexity"]
    wanted = measure(whole, text, found.equivalent).metrics["perplexity"]
    assert score["before"] == pytest.approx(wanted.baseline)
    assert score["after"] == pytest.approx(wanted.value, rel=1e-4) and score["logarithmic"]
    with pytest.raises(InvalidInputError, match=r"lacks units of decoder\.1\.rnn_hidden"):
        prune_model(folder, ranking[:3] + order(whole, "0.rnn_hidden", ("decoder",)),
                    tmp_path / "other", 0.25)  # fmt: skip


def test_what_cannot_be_pruned_is_told(
    recurrent_folder: Path, marian_folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "small"
    one = [f"encoder.1.rnn_hidden[{u}]" for u in range(16)]
    with pytest.raises(InvalidInputError, match=r"lacks units of encoder\.0\.rnn_hidden"):
        prune_model(recurrent_folder, one, out)
    with pytest.raises(InvalidInputError, match="heads"):
        prune_model(marian_folder, ["encoder.0.self_attn_heads[0]"], out)
    with pytest.raises(InvalidInputError, match="between 0 and 1"):
        prune_model(marian_folder, one, out, 1.0)
    with pytest.raises(InvalidInputError, match="already"):
        prune_model(recurrent_folder, one, tmp_path)
    with pytest.raises(ModelLoadError, match="no folder"):
        prune_model(tmp_path / "nothing", one, out)
    every = order(load_model(recurrent_folder), "rnn_hidden", ("encoder",))
    for foreign, said in (
        ("encoder.1.rnn_hidden[16]", r"encoder\.1\.rnn_hidden has 16 units, 0 to 15"),
        ("encoder.7.rnn_hidden[0]", "Did you mean"),
    ):
        with pytest.raises(UnknownAddressError, match=said):
            prune_model(recurrent_folder, [*every, foreign], out)
    assert not out.exists()


def test_a_folder_that_cannot_be_written_is_told_and_nothing_is_left(
    recurrent_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranking = order(load_model(recurrent_folder), "rnn_hidden", ("encoder",))
    (tmp_path / "file").touch()
    with pytest.raises(
        InvalidInputError, match=r"written: Not a directory\. Choose another folder"
    ):
        prune_model(recurrent_folder, ranking, tmp_path / "file" / "small")

    for code, said in (
        (errno.ENOSPC, "No space left on device. Make room, or choose another folder."),
        (errno.EACCES, "Permission denied. Choose another folder."),
    ):

        def fails(*_: Any, code: int = code, **__: Any) -> None:
            raise SafetensorError(f"Error while serializing: I/O error: ... (os error {code}) at x")

        monkeypatch.setattr("neurox_core.interventions.pruning.save_file", fails)
        with pytest.raises(InvalidInputError, match=f"small cannot be written: {re.escape(said)}"):
            prune_model(recurrent_folder, ranking, tmp_path / "small")
        assert not (tmp_path / "small").exists()


def test_units_are_ordered_by_their_weights(marian_folder: Path, recurrent_folder: Path) -> None:
    tensors = load_file(marian_folder / "model.safetensors")
    made = next(t for n, t in tensors.items() if n.endswith("encoder.layers.0.fc1.weight"))
    read = next(t for n, t in tensors.items() if n.endswith("encoder.layers.0.fc2.weight"))
    size = [float(made[u].norm() * read[:, u].norm()) for u in range(len(made))]
    order = weight_order(marian_folder, "feed_forward")
    mine = [n for n in order if n.startswith("encoder.0.")]
    assert mine == [f"encoder.0.ffn_act[{u}]" for u in np.argsort([-s for s in size])]
    heads = weight_order(marian_folder, "heads")
    model = load_model(str(marian_folder))
    sites = {n.partition("[")[0] for n in heads}
    assert sites == {a for a in model.layers if a.endswith("_attn_heads")}
    assert len(heads) == sum(model.sites[a] for a in sites)
    with pytest.raises(InvalidInputError, match="no attention heads"):
        weight_order(recurrent_folder, "heads")
    with pytest.raises(InvalidInputError, match="use a ranking"):
        weight_order(marian_folder, "recurrent")
