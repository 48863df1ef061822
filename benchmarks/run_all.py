"""All benchmarks, one after another, so that none disturbs the next."""

from __future__ import annotations

import subprocess
import sys

from .harness import ROOT

NAMES = ("extraction", "growth", "reading", "decoding", "slider", "page", "memory",
         "rankings_cross", "rankings_linguistic", "causal", "papers")  # fmt: skip


def main() -> int:
    """Run each in a process of its own; 1 if one failed."""
    failed = []
    for name in sys.argv[1:] or NAMES:
        command = [sys.executable, "-m", f"benchmarks.{name}"]
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            failed.append(name)
    if failed:
        print(f"Failed: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
