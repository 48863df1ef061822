"""Write constraints.txt: the exact versions of everything that neurox-app[dev] needs here.

Run it with the Python of the virtual environment whose tests have passed.
Only packages in the dependency tree are listed, whatever else is installed beside them.
"""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
HEADER = """\
# The versions that the tests ran with: `make setup` installs exactly these; a user of the wheel has
# what the ranges in pyproject.toml allow. Written by scripts/write_constraints.py.
"""


def canonical(name: str) -> str:
    """A distribution's name in its normal form."""
    return re.sub(r"[-_.]+", "-", name).lower()


def closure(name: str, extras: frozenset[str], found: dict[str, set[str]]) -> None:
    """Collect the installed requirements of a distribution, extras followed, into `found`."""
    seen = found.setdefault(canonical(name), set())
    if seen and extras <= seen:
        return
    seen |= extras | {""}
    try:
        requirements = distribution(name).requires or []
    except PackageNotFoundError:  # for another platform
        del found[canonical(name)]
        return
    environment = {k: str(v) for k, v in default_environment().items()}
    for line in requirements:
        need = Requirement(line)
        wanted = any(
            need.marker is None or need.marker.evaluate({**environment, "extra": extra})
            for extra in seen
        )
        if wanted:
            closure(need.name, frozenset(need.extras), found)


def main() -> None:
    """Write the file."""
    found: dict[str, set[str]] = {}
    closure("neurox-app", frozenset({"dev"}), found)
    # A local version such as 2.13.0+cpu is one build of a release; any build of it will do.
    lines = [f"{n}=={version(n).partition('+')[0]}" for n in sorted(found) if n != "neurox-app"]
    (ROOT / "constraints.txt").write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"constraints.txt: {len(lines)} distributions")


if __name__ == "__main__":
    main()
