"""A folder that lacks something says what, in words that are no library's."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from neurox_core.errors import ModelLoadError
from neurox_core.models.registry import load_model

WEIGHTS = "model.safetensors"
POINTER = (
    "version https://git-lfs.github.com/spec/v1\n"
    "oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"
)


@pytest.fixture(params=["gpt2", "marian", "recurrent"])
def folder(request: pytest.FixtureRequest, tmp_path: Path, open_family: Any) -> Path:
    """A copy of a sound folder, which opens."""
    kind = request.param
    found = open_family("gpt2")[0] if kind == "gpt2" else None
    found = found or request.getfixturevalue(f"{kind}_folder")
    copy = tmp_path / kind
    shutil.copytree(found, copy)
    load_model(copy)
    return copy


def without(*names: str) -> Callable[[Path], None]:
    """Take files away."""

    def change(folder: Path) -> None:
        for name in names:
            for file in folder.glob(name):
                file.unlink()

    return change


def half(folder: Path) -> None:
    """Weights whose download broke off."""
    content = (folder / WEIGHTS).read_bytes()
    (folder / WEIGHTS).write_bytes(content[: len(content) // 2])


def begun(folder: Path) -> None:
    """Weights of which only the first bytes came."""
    (folder / WEIGHTS).write_bytes((folder / WEIGHTS).read_bytes()[:20])


def pointer(name: str) -> Callable[[Path], None]:
    """What a clone without Git LFS has in a file's place."""

    def change(folder: Path) -> None:
        (folder / name).write_text(POINTER)

    return change


def other_library(folder: Path) -> None:
    """Weights for TensorFlow alone."""
    (folder / WEIGHTS).rename(folder / "tf_model.h5")


def moved(folder: Path) -> None:
    """The model lies one folder further in."""
    (folder / "inner").mkdir()
    for file in list(folder.iterdir()):
        if file.is_file():
            file.rename(folder / "inner" / file.name)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (without(WEIGHTS), f"it has no weights ({{}}{WEIGHTS}"),
        (other_library, "tf_model.h5 is for another library"),
        (without("config.json"), f"weights ({WEIGHTS}) but no config.json"),
        (without("*"), "is empty. A model is a folder with config.json"),
        (without("*.spm", "vocab.json", "merges.txt", "tok*.json"), "it has no tokenizer (no "),
        (half, f"its weights are not whole: {WEIGHTS} has "),
        (begun, f"{WEIGHTS} ends after 20 bytes"),
        (pointer(WEIGHTS), f"{WEIGHTS} is only a pointer of Git LFS, not the file: run 'git lfs"),
        (pointer("config.json"), "config.json is only a pointer of Git LFS"),
        (moved, "inner: name that folder"),
    ],
)
def test_what_a_folder_lacks_is_told(
    folder: Path, change: Callable[[Path], None], said: str
) -> None:
    change(folder)
    with pytest.raises(ModelLoadError) as caught:
        load_model(folder)
    message = str(caught.value)
    assert any(said.format(way) in message for way in ("none of ", "no ")), message
    assert str(folder) in message and message.endswith(".")
    assert not any(word in message for word in ("NoneType", "deserializing", "NOT_FOUND", "Error"))


def test_all_that_is_missing_is_told_at_once(marian_folder: Path, tmp_path: Path) -> None:
    shutil.copy(marian_folder / "config.json", tmp_path)
    with pytest.raises(ModelLoadError, match=r"no weights .*no source\.spm, target\.spm and vocab"):
        load_model(tmp_path)


def test_a_part_of_the_weights_that_an_index_lists_is_named(
    marian_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(marian_folder, folder)
    parts = [f"model-0000{i}-of-00002.safetensors" for i in (1, 2)]
    (folder / WEIGHTS).rename(folder / parts[0])
    index = {"metadata": {}, "weight_map": dict(zip("ab", parts, strict=True))}
    (folder / f"{WEIGHTS}.index.json").write_text(json.dumps(index))
    with pytest.raises(ModelLoadError, match=f"of the 2 files .* it lacks {parts[1]}"):
        load_model(folder)


def test_damaged_files_of_a_tokenizer_and_an_empty_configuration_are_named(
    marian_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(marian_folder, folder)
    for name, said in (
        ("source.spm", r"source\.spm of its tokenizer is damaged \(it is no SentencePiece model"),
        ("vocab.json", r"vocab\.json of its tokenizer is damaged \(it is no JSON"),
        ("config.json", r"does not say which kind of model it is \(model_type\)"),
    ):
        whole = (folder / name).read_bytes()
        (folder / name).write_text("{}" if name == "config.json" else "{")
        with pytest.raises(ModelLoadError, match=said):
            load_model(folder)
        (folder / name).write_bytes(whole)
    load_model(folder)


def test_a_checkpoint_that_is_a_pointer_is_told(tmp_path: Path) -> None:
    (tmp_path / "model.pt").write_text(POINTER)
    for place in (tmp_path, tmp_path / "model.pt"):
        with pytest.raises(ModelLoadError, match=r"model\.pt is only a pointer of Git LFS"):
            load_model(place)
