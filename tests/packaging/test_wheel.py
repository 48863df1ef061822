"""The wheel: what is in it, and that it works where there is no checkout."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import sysconfig
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.packaging

ROOT = Path(__file__).parents[2]
PACKED = (
    "neurox_core",
    "server",
    "demo",
    "configs",
    "pyproject.toml",
    "setup.py",
    "README.md",
    "LICENSE",
)


def copy_of_sources(folder: Path) -> Path:
    """The files that a build reads, without what other builds left behind."""
    folder.mkdir()
    out = shutil.ignore_patterns("__pycache__", "work", "*.egg-info")
    for name in PACKED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=out)
        else:
            shutil.copy(source, folder / name)
    return folder


def build(sources: Path, out: Path) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(out),
        ".",
    ]
    return subprocess.run(command, cwd=sources, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not (ROOT / "server" / "static" / "index.html").is_file():
        pytest.skip("the client is not built; run 'make client'")
    folder = tmp_path_factory.mktemp("wheel")
    done = build(copy_of_sources(folder / "src"), folder)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands of an environment with the wheel and this one's dependencies."""
    folder = tmp_path_factory.mktemp("installed") / "env"
    venv.create(folder, with_pip=False)
    site = next(folder.glob("lib/python*/site-packages"))
    # The .pth files of the other environment are not read, so its editable install is not seen.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    command = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(folder),
        "install",
        "--no-deps",
        "--no-index",
        "--quiet",
        "--disable-pip-version-check",
        "--ignore-installed",
        str(wheel),
    ]
    subprocess.run(command, check=True)
    return folder / "bin"


def test_a_build_without_the_client_is_refused(tmp_path: Path) -> None:
    sources = copy_of_sources(tmp_path / "src")
    shutil.rmtree(sources / "server" / "static", ignore_errors=True)
    done = build(sources, tmp_path)
    assert done.returncode != 0
    assert "make client" in done.stdout + done.stderr


def test_the_wheel_carries_page_models_corpus_and_settings(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "neurox_server/static/index.html" in names
    assert any(n.startswith("neurox_server/static/assets/") and n.endswith(".js") for n in names)
    assert "neurox_server/configs/demo.yaml" in names
    assert "neurox_demo/corpus/natural.test.tsv" in names
    assert "neurox_demo/corpus/LICENSES.md" in names
    shipped = [p.relative_to(ROOT / "demo") for p in (ROOT / "demo" / "models").glob("*/*")]
    assert {f"neurox_demo/{p.as_posix()}" for p in shipped} <= set(names)
    for package in ("neurox_core", "neurox_server"):
        assert f"{package}/py.typed" in names
    for path in (ROOT / "demo").glob("*.json"):
        assert f"neurox_demo/{path.name}" in names


def test_the_wheel_claims_no_name_that_is_not_its_own(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {t for t in tops if not t.endswith(".dist-info")} == {
        "neurox_core",
        "neurox_server",
        "neurox_demo",
    }


def test_every_module_of_the_checkout_is_in_the_wheel(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    folders = {"neurox_core": "neurox_core", "server": "neurox_server", "demo": "neurox_demo"}
    for folder, package in folders.items():
        for path in (ROOT / folder).rglob("*.py"):
            inner = path.relative_to(ROOT / folder).as_posix()
            assert f"{package}/{inner}" in names or inner.startswith("work/"), path


def test_the_packages_import_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    code = (
        "import neurox_core, neurox_server.cli, neurox_demo.recipes, importlib.util as u\n"
        "print(neurox_core.__file__, neurox_server.cli.__file__, neurox_demo.recipes.__file__)\n"
        "print([n for n in ('server', 'tests', 'demo') if u.find_spec(n)])"
    )
    done = subprocess.run(
        [installed / "python", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    places, generic = done.stdout.splitlines()
    assert all(str(installed.parent) in place for place in places.split())
    assert generic == "[]"


def test_the_demo_runs_from_the_wheel_and_ends_when_told(installed: Path, tmp_path: Path) -> None:
    if not list((ROOT / "demo" / "models").glob("*/model.safetensors")):
        pytest.skip("this checkout has no demo weights")
    command = [
        installed / "neurox",
        "demo",
        "--no-browser",
        "--port",
        "0",
        "--workspace",
        str(tmp_path / "workspace"),
    ]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            assert line.startswith("NeuroX is ready at http://127.0.0.1:"), line
            url = line.split()[4]
            with urllib.request.urlopen(url, timeout=20) as answer:
                assert "<!doctype html" in answer.read().decode().lower()
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    with pytest.raises(OSError):
        urllib.request.urlopen(url, timeout=2)


def test_an_editable_install_sees_the_checkout_from_anywhere(tmp_path: Path) -> None:
    code = (
        "import neurox_server.cli, neurox_demo.recipes\n"
        "print(neurox_server.cli.__file__)\nprint(neurox_demo.recipes.__file__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [
        str(ROOT / "server" / "cli" / "__init__.py"),
        str(ROOT / "demo" / "recipes.py"),
    ]
