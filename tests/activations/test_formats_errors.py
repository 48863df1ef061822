"""Files that are damaged, hostile or something else: an error with the file's name, no trace."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from neurox_core.activations import export_activations, extract, import_activations
from neurox_core.errors import FormatError, InvalidInputError
from tests.activations.fake import FakeModel
from tests.activations.test_extraction import made_up

FORMATS = ("hdf5", "json", "npz", "npy", "safetensors", "parquet")
TOKENS = [["a", "b"], ["c"]]
LAYER = "encoder.0.resid_post"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small export in every format."""
    folder, model = tmp_path_factory.mktemp("files"), FakeModel(width=3)
    store = extract(model, made_up(4), folder / "a", [LAYER])  # type: ignore[arg-type]
    for form in FORMATS:
        export_activations(store, folder / f"x.{form}", model=model)
    return folder


def damaged(content: bytes, draw: random.Random) -> bytes:
    """Cut off, or with some bytes changed, or with some put in."""
    kind, place, found = draw.randrange(3), draw.randrange(len(content)), bytearray(content)
    if kind == 0:
        return content[:place]
    if kind == 1:
        for _ in range(draw.choice([1, 5, 30])):
            found[draw.randrange(len(found))] = draw.randrange(256)
    else:
        found[place : place + draw.randrange(20)] = draw.randbytes(draw.randrange(20))
    return bytes(found)


@pytest.mark.parametrize("form", FORMATS)
def test_damage_is_an_error_that_names_the_file(files: Path, tmp_path: Path, form: str) -> None:
    draw, content = random.Random(f"2 {form}"), (files / f"x.{form}").read_bytes()
    file, told = tmp_path / f"bad.{form}", 0
    if form == "npy":
        about = (files / "x.npy.json").read_bytes()
        (tmp_path / "bad.npy.json").write_bytes(about)
    # The HDF5 library may take seconds over a damaged length before it gives up.
    tries = 6 if form == "hdf5" else 20
    for _ in range(tries):
        file.write_bytes(damaged(content, draw))
        try:
            shutil.rmtree(import_activations(file, tmp_path / "out").path)
        except FormatError as error:
            assert str(file) in str(error)
            assert not (tmp_path / "out").exists()
            told += 1
        except InvalidInputError as error:  # changed values that are no numbers any more
            assert LAYER in str(error)
    # safetensors and npy have no checksums, so that a changed value goes unnoticed.
    assert told >= tries // (4 if form in ("npy", "safetensors") else 2)


@pytest.mark.parametrize("form", [*FORMATS, "pt"])
@pytest.mark.parametrize("content", [b"", b"hello\n", b"{}\n", bytes(300)])
def test_something_else_is_told(tmp_path: Path, form: str, content: bytes) -> None:
    (tmp_path / f"x.{form}").write_bytes(content)
    with pytest.raises(FormatError, match=f"x.{form} cannot be read"):
        import_activations(tmp_path / f"x.{form}", tmp_path / "a", tokens=TOKENS)
    assert not (tmp_path / "a").exists()
    with pytest.raises(FormatError, match="There is no file"):
        import_activations(tmp_path / f"missing.{form}", tmp_path / "a")


class Code:
    """Runs when it is unpickled without care."""

    def __reduce__(self) -> Any:
        return Path.touch, (Path("neurox-was-here"),)


def test_no_code_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    torch.save([[Code()]], "x.pt")
    np.save("x.npy", np.array([Code()], object), allow_pickle=True)
    np.savez("x.npz", **{LAYER: np.array([Code()], object)})
    for form in ("pt", "npy", "npz"):
        with pytest.raises(FormatError):
            import_activations(f"x.{form}", "a", tokens=TOKENS)
    assert not Path("neurox-was-here").exists()


def test_hdf5_that_points_elsewhere_is_refused(files: Path, tmp_path: Path) -> None:
    import h5py

    raw = tmp_path / "secret.bin"
    raw.write_bytes(bytes(24))
    for how in ("link", "external", "virtual"):
        path = tmp_path / f"{how}.h5"
        with h5py.File(path, "w") as file:
            if how == "link":
                file["0"] = h5py.ExternalLink(str(files / "x.hdf5"), "/0")
            elif how == "external":
                file.create_dataset("0", (1, 2, 3), "f4", external=[(str(raw), 0, 24)])
            else:
                layout = h5py.VirtualLayout((1, 2, 3), "f4")
                layout[:] = h5py.VirtualSource(str(files / "x.hdf5"), "0", (1, 2, 3), "f4")
                file.create_virtual_dataset("0", layout)
            index = file.create_dataset("sentence_to_index", (1,), h5py.string_dtype())
            index[0] = '{"a b": "0"}'
        with pytest.raises(FormatError, match="not a dataset within this file"):
            import_activations(path, tmp_path / "a")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (np.zeros((3, 2), np.int64), "int64"),
        (np.zeros(3), "matrix"),
        (np.zeros((4, 2)), r"4 rows of 2 sentences.*3 tokens"),
        (np.full((3, 2), np.nan, np.float32), "not a number"),
        (np.full((3, 2), 1e300), "beyond 3.4.*No store can keep that"),
    ],
)  # fmt: skip
def test_values_that_no_store_can_hold(tmp_path: Path, value: Any, message: str) -> None:
    np.save(tmp_path / "x.npy", value)
    message = "matrix" if value.dtype.kind != "f" else message
    with pytest.raises(InvalidInputError, match=message):
        import_activations(tmp_path / "x.npy", tmp_path / "a", tokens=TOKENS)
    assert not (tmp_path / "a").exists()


def test_files_of_one_store_belong_together(files: Path, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="holds the encoder once more"):
        import_activations([files / "x.npz", files / "x.hdf5"], tmp_path / "a")
    np.save(tmp_path / "d.npy", np.zeros((3, 2), np.float32))
    with pytest.raises(InvalidInputError, match="single file only"):
        import_activations([files / "x.npz", tmp_path / "d.npy"], tmp_path / "a", tokens=TOKENS)
    with pytest.raises(InvalidInputError, match="at least one file"):
        import_activations([], tmp_path / "a")
