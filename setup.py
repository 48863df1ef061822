"""Which folder installs as which package; everything else is in pyproject.toml.

The folders ``server`` and ``demo`` would land in site-packages under names that belong to nobody,
so they install as ``neurox_server`` and ``neurox_demo``; ``configs`` goes inside the former. A
wheel without the built client is useless, so building one without it is an error.
"""

from __future__ import annotations

from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

FOLDERS = {"neurox_core": "neurox_core", "neurox_server": "server", "neurox_demo": "demo"}


class BuildWithClient(build_py):
    """Refuses to build without the client's files; an editable install does not need them."""

    def run(self) -> None:
        page = Path(__file__).parent / "server" / "static" / "index.html"
        if not self.editable_mode and not page.is_file():
            raise SystemExit(
                "The client is not built: server/static/index.html is missing. Run 'make client' "
                "(it needs Node 20 or later) and build again."
            )
        super().run()


def packages() -> list[str]:
    """Every package under its installed name."""
    found = ["neurox_server.configs"]
    for name, folder in FOLDERS.items():
        found += [name, *(f"{name}.{inner}" for inner in find_packages(folder))]
    return found


setup(
    packages=packages(),
    package_dir={**FOLDERS, "neurox_server.configs": "configs"},
    package_data={
        "neurox_core": ["py.typed"],
        "neurox_server": ["py.typed", "static/**/*"],
        "neurox_server.configs": ["*.yaml"],
        "neurox_demo": [
            "*.json",
            "*.md",
            "models/**/*",
            "corpus/*.test.*",
            "corpus/*.json",
            "corpus/*.md",
            "corpus/licences/*",
        ],
    },
    include_package_data=False,
    cmdclass={"build_py": BuildWithClient},
)
