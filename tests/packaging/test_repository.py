"""The repository as a whole: what the documents promise exists, and nothing private is written."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from neurox_server.cli import cli

ROOT = Path(__file__).parents[2]
TEXT = {".py", ".md", ".toml", ".yaml", ".yml", ".json", ".ts", ".tsx", ".css", ".html", ".sh",
        ".js", ".mjs", ".txt", ".cfg", ".npmrc", ""}  # fmt: skip


def script(name: str) -> ModuleType:
    """One of the scripts, which are not installed."""
    spec = spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def tracked() -> list[Path]:
    """Files of the checkout that git knows; all of them where there is no git."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / n for n in done.stdout.decode().split("\0") if n and (ROOT / n).is_file()]


def test_the_dockerfile_keeps_the_rules() -> None:
    assert script("check_dockerfile").problems(ROOT) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("USER neurox", "USER root", "runs as root"),
        ("/healthz", "/", "/healthz"),
        ("python:3.11-slim-bookworm\nRUN", "python:latest\nRUN", "no version"),
        ("VOLUME /workspace", "VOLUME /workspace /tmp", "more than one volume"),
        ("COPY --from=wheel /opt", "COPY --from=other /opt", "no such stage"),
        ("COPY client client", "COPY tests tests", "keeps it out"),
        (
            'CMD ["neurox", "serve", "--host", "0.0.0.0", "--port", "7117"]',
            "CMD neurox serve",
            "no shell",
        ),
        ("ENV PATH", "ENV NEUROX_TOKEN=abc PATH", "secret"),
        ("RUN useradd", "RUN pip install x && useradd", "build tools"),
    ],
)
def test_a_broken_dockerfile_is_noticed(tmp_path: Path, old: str, new: str, told: str) -> None:
    for path in ROOT.iterdir():
        if path.name not in ("Dockerfile", ".git"):
            (tmp_path / path.name).symlink_to(path)
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "Dockerfile").write_text(text.replace(old, new), encoding="utf-8")
    found = script("check_dockerfile").problems(tmp_path)
    assert any(told in problem for problem in found), found


def test_commands_in_the_documents_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    for name in ("README.md", "CONTRIBUTING.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        blocks = re.findall(r"^    (.+)", text, re.MULTILINE)
        code = "\n".join([*re.findall(r"`([^`]+)`", text), *blocks])
        for target in re.findall(r"(?:^|\s)make ([a-z-]+)", code, flags=re.MULTILINE):
            assert target in targets, f"{name}: make {target}"
        for line in re.findall(r"neurox ([a-z]+[^\n]*)", code):
            command = cli.commands.get(line.split()[0])
            assert command is not None, f"{name}: neurox {line}"
            known = {o for p in command.params for o in (*p.opts, *p.secondary_opts)} | {"--help"}
            used = set(re.findall(r"(?<=\s)(--[a-z-]+)", line))
            assert used <= known, f"{name}: neurox {line}"


def test_the_version_is_the_same_everywhere() -> None:
    import tomllib

    import neurox_core

    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert neurox_core.__version__ == version
    assert json.loads((ROOT / "package.json").read_text())["version"] == version
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text()


def test_constraints_satisfy_the_ranges() -> None:
    import tomllib

    from packaging.requirements import Requirement

    lines = (ROOT / "constraints.txt").read_text().splitlines()
    exact = dict(line.split("==") for line in lines if line and not line.startswith("#"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for text in project["dependencies"] + project["optional-dependencies"]["dev"]:
        need = Requirement(text)
        if need.name != "neurox-app":
            assert need.specifier.contains(exact[need.name.lower()]), text


def test_no_private_path_or_host_is_written() -> None:
    # Written in two parts, so that this file does not find itself.
    parts = [("/work", "/main"), ("/work", "/shared"), ("/ro", "ot/"), ("registry", ".npmjs.org"),
             ("files", ".pythonhosted.org"), ("/tmp", "/nx")]  # fmt: skip
    forbidden = ["".join(p) for p in parts]
    for path in tracked():
        if path.suffix in TEXT and path.stat().st_size < 2_000_000:
            text = path.read_text(encoding="utf-8", errors="replace")
            found = [word for word in forbidden if word in text]
            assert not found, f"{path.relative_to(ROOT)}: {found}"


def test_nothing_is_loaded_from_pickle_or_foreign_code() -> None:
    forbidden = re.compile(
        r"\bimport pickle|trust_remote_code\s*=\s*True|innerHTML\s*=|(?<![.\w])(?:eval|exec)\("
    )
    for path in tracked():
        if path.suffix in (".py", ".ts", ".tsx") and "tests" not in path.parts:
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                assert not forbidden.search(line), f"{path.relative_to(ROOT)}:{number}: {line}"
