"""Weights that are split over several files are pruned like those in one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from neurox_core import load_model, prune_model
from neurox_core.errors import ModelLoadError
from neurox_core.interventions.pruning_tools import kinds_of, weight_order

WEIGHTS, INDEX = "model.safetensors", "model.safetensors.index.json"


def split(folder: Path, out: Path) -> Path:
    """The folder with its weights in three files and an index, as transformers writes them."""
    shutil.copytree(folder, out)
    tensors = load_file(out / WEIGHTS)
    (out / WEIGHTS).unlink()
    names = [f"model-0000{part}-of-00003.safetensors" for part in (1, 2, 3)]
    places = {name: names[i % 3] for i, name in enumerate(tensors)}
    for file in names:
        part = {n: t.contiguous() for n, t in tensors.items() if places[n] == file}
        save_file(part, out / file, metadata={"format": "pt"})
    (out / INDEX).write_text(json.dumps({"metadata": {}, "weight_map": places}))
    return out


@pytest.mark.parametrize("name", ["gpt2", "t5"])
def test_split_weights_are_pruned_like_whole_ones(
    name: str, open_family: Any, tmp_path: Path
) -> None:
    folder, _ = open_family(name)
    parts = split(folder, tmp_path / "parts")
    assert kinds_of(parts) == kinds_of(folder)
    order = weight_order(parts, "feed_forward")
    assert order == weight_order(folder, "feed_forward")
    one = prune_model(folder, order, tmp_path / "one", 0.25)
    several = prune_model(parts, order, tmp_path / "several", 0.25)
    assert several.dropped == one.dropped and several.parameters == one.parameters
    assert several.bytes[1] < several.bytes[0]
    # All in one file, and nothing of the whole model beside it.
    left = {file.name for file in (tmp_path / "several").iterdir()}
    assert left == {file.name for file in (tmp_path / "one").iterdir()}
    a, b = (load_file(tmp_path / made / WEIGHTS) for made in ("one", "several"))
    assert a.keys() == b.keys() and all(torch.equal(a[n], b[n]) for n in a)
    assert not load_model(tmp_path / "several").unresolved


def test_an_index_that_lists_what_is_not_there_is_told(open_family: Any, tmp_path: Path) -> None:
    folder = split(open_family("gpt2")[0], tmp_path / "parts")
    (folder / "model-00002-of-00003.safetensors").rename(tmp_path / "elsewhere.safetensors")
    with pytest.raises(ModelLoadError, match="model-00002-of-00003.safetensors, which .* Copy"):
        kinds_of(folder)
    (folder / INDEX).write_text(json.dumps({"weight_map": {"a": "../elsewhere.safetensors"}}))
    with pytest.raises(ModelLoadError, match="elsewhere"):
        kinds_of(folder)
    for broken in ("{", "[]", '{"weight_map": 3}'):
        (folder / INDEX).write_text(broken)
        with pytest.raises(ModelLoadError, match="does not list"):
            kinds_of(folder)
