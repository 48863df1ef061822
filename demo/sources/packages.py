"""Fetch and unpack Debian packages without installing anything.

``apt-get download`` puts a ``.deb`` into a folder and ``dpkg -x`` unpacks it into another one, so
neither root rights nor a change to the machine is needed. Both steps are skipped for a package
whose marker file exists; the marker is written last, so an interrupted run starts that package
again and keeps the others. The packages are those of the suite that the machine's apt is set up
for; the corpus that ships was built from Debian 12 (bookworm).
"""

from __future__ import annotations

import logging
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from .errors import CorpusBuildError

_log = logging.getLogger(__name__)


def _run(command: list[str], folder: Path) -> None:
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise CorpusBuildError(
            f"{command[0]} is not on this machine: the corpus is built from Debian packages, "
            "so run this on Debian 12 (or in its container)"
        ) from error
    except subprocess.CalledProcessError as error:
        raise CorpusBuildError(
            f"`{' '.join(command)}` failed: {error.stderr.strip()[-500:]}; check that apt can "
            "reach a Debian mirror (`apt-get update`) and run this command again to resume"
        ) from error


def _archives(package: str, downloads: Path) -> list[Path]:
    return sorted(downloads.glob(f"{package}_*.deb"))


def fetch(package: str, work: Path) -> Path:
    """Download and unpack one package.

    Parameters
    ----------
    package : str
        Debian package name.
    work : Path
        Build folder; archives go to ``deb/``, unpacked trees to ``root/<package>/``.

    Returns
    -------
    Path
        The folder that stands for ``/`` in the package.

    Raises
    ------
    CorpusBuildError
        If apt or dpkg is missing or fails.
    """
    downloads, root = work / "deb", work / "root" / package
    marker = work / "root" / f"{package}.done"
    if marker.exists():
        return root
    downloads.mkdir(parents=True, exist_ok=True)
    if not _archives(package, downloads):
        _log.info("downloading %s", package)
        _run(["apt-get", "download", package], downloads)
    if root.exists():
        shutil.rmtree(root)
    root.mkdir(parents=True)
    _run(
        ["dpkg", "-x", str(_archives(package, downloads)[-1].resolve()), str(root.resolve())], work
    )
    marker.touch()
    return root


def version(package: str, work: Path) -> str:
    """The version of a downloaded package, from its archive's name.

    Returns
    -------
    str
        Debian version, epoch included; empty if the package was not downloaded.
    """
    archives = _archives(package, work / "deb")
    return archives[-1].name.split("_")[1].replace("%3a", ":") if archives else ""


def fetch_all(packages: Iterable[str], work: Path) -> dict[str, Path]:
    """Fetch several packages; see `fetch`.

    Returns
    -------
    dict of str to Path
        Package name to its unpacked root.
    """
    return {package: fetch(package, work) for package in packages}
