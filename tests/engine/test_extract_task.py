"""The job that records activations clears away damage, and nothing that somebody else is making."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from neurox_core.activations import extract, folders, open_store
from neurox_core.activations.layout import META
from neurox_core.engine import tasks
from neurox_core.errors import StoreError
from tests.activations.fake import FakeModel
from tests.activations.test_extraction import SMALL

LAYER = "encoder.0.resid_post"


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    class Reporter:
        def progress(self, *arguments: object, **options: object) -> None: ...

        def cancelled(self) -> bool:
            return False

    monkeypatch.setattr(tasks, "open_model", lambda source: FakeModel())
    monkeypatch.setattr(tasks, "open_corpus", lambda source: SMALL)
    asked = {"model": "", "corpus": "", "path": str(tmp_path / "acts"), "layers": [LAYER]}
    return lambda: tasks.extract(asked, Reporter())


@pytest.mark.parametrize("damage", ["no description", "description", "chunk", "foreign file"])
def test_what_is_damaged_is_made_anew(tmp_path: Path, job: Any, damage: str) -> None:
    path, model = tmp_path / "acts", FakeModel()
    if damage == "foreign file":
        path.mkdir()
        (path / "notes.txt").write_text("left by an older version")
    else:
        extract(model, SMALL, path, [LAYER])  # type: ignore[arg-type]
        file = path / (f"activations/{LAYER}/c/0/0" if damage == "chunk" else META)
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.unlink() if damage == "no description" else file.write_bytes(content)
    assert job() == {"path": str(path)}
    assert open_store(path).sentences == len(SMALL)


def test_what_another_process_writes_is_left_alone(tmp_path: Path, job: Any) -> None:
    path = tmp_path / "acts"
    with folders.writing(path), folders.staging(path) as tables:
        (tables / "tokens.npz").write_bytes(b"just begun")
        (path / "not-yet-a-store").write_bytes(b"x")
        with pytest.raises(StoreError, match="being written"):
            job()
        assert (tables / "tokens.npz").read_bytes() == b"just begun"
    (path / "not-yet-a-store").unlink()
    job()
    assert open_store(path).sentences == len(SMALL)
