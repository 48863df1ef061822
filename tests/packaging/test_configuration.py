"""Settings files, and that the annotated examples say all there is to say."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from neurox_core.errors import InvalidInputError
from neurox_server.cli.configuration import read_settings
from neurox_server.projects import ProjectFile, read_project
from neurox_server.settings import Settings

CONFIGS = Path(__file__).parents[2] / "configs"


def write(folder: Path, text: str) -> Path:
    path = folder / "server.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_command_line_overrides_the_file_and_the_file_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEUROX_THREADS", "3")
    monkeypatch.setenv("NEUROX_WORKSPACE", str(tmp_path / "elsewhere"))
    path = write(tmp_path, "port: 1234\nworkers: 2\nworkspace: here\n")
    found = read_settings(path, {"port": 4321, "token": None, "projects": ()})
    assert (found.port, found.workers, found.threads) == (4321, 2, 3)
    assert found.workspace == tmp_path / "here"


def test_the_budget_is_a_number_or_a_size(tmp_path: Path) -> None:
    for text, wanted in (
        ("10GB", 10_000_000_000), ("2500", 2500), ("1.5 MB", 1_500_000), ("10gb", 10_000_000_000),
        ("2 GiB", 2 * 1024**3), ("300k", 300_000), ("12 B", 12),
    ):  # fmt: skip
        path = write(tmp_path, f"max_store_size: {text}\n")
        assert read_settings(path, {}).max_store_size == wanted
        assert read_settings(path, {"max_store_size": 7}).max_store_size == 7


def test_the_example_documents_every_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NEUROX_WORKSPACE", "NEUROX_TOKEN", "NEUROX_THREADS"):
        monkeypatch.delenv(name, raising=False)
    values = yaml.safe_load((CONFIGS / "server.yaml").read_text(encoding="utf-8"))
    assert set(values) == {field.name for field in fields(Settings)}
    assert read_settings(CONFIGS / "server.yaml", {}) == Settings()


def test_the_example_project_documents_every_key() -> None:
    values = yaml.safe_load((CONFIGS / "example-project.yaml").read_text(encoding="utf-8"))
    assert set(values) == set(ProjectFile.model_fields)
    assert read_project(CONFIGS / "example-project.yaml").default_model == "mine"


def test_the_demo_project_opens() -> None:
    project = read_project(CONFIGS / "demo.yaml")
    assert project.id == "demo"
    assert list(project.models) == ["lstm-a", "lstm-b", "lstm-c", "marian"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("prot: 1\n", "prot"),
        ("port: high\n", "port must be int"),
        ("port: true\n", "port must be int"),
        ("port: 70000\n", "70000"),
        ("- 1\n", "keys"),
        ("a: [\n", "not YAML"),
        ("token: short\n", "too short"),
        ("max_store_size: plenty\n", "'plenty' is not a size such as"),
        ("max_store_size: 0\n", "above 0"),
        ("max_store_size: [1]\n", "max_store_size must be int or str"),
    ],
)
def test_a_wrong_file_is_told_with_what_is_wrong(tmp_path: Path, text: str, names: str) -> None:
    with pytest.raises(InvalidInputError, match=names):
        read_settings(write(tmp_path, text), {})
