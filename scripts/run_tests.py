"""Run every check of the project and end with one line that says how many passed and failed.

Each *stage* is a command and a way to count its results: test runners write a report that is read
afterwards (JUnit XML, or the JSON of vitest and Playwright), a tool that only succeeds or fails
counts as one check. A runner that dies before it writes its report counts as one failure, so that
nothing is lost by a crash. The exit status is 1 if anything failed.

Stages of one process that keep one core busy run two at a time, and the output of each is printed
in one piece when it ends. Those that share the cores among workers of their own run alone, and
their output is streamed.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import TextIO
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(os.environ.get("NEUROX_TEST_RESULTS") or ROOT / "build" / "reports")
BIN = Path(sys.executable).parent
_PRINTING = Lock()


@dataclass(frozen=True)
class Counts:
    """Results of one stage, or of several added up."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped
        )

    def __str__(self) -> str:
        end = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{end}"


@dataclass(frozen=True)
class Stage:
    """One command; `read` turns its report into counts, None counts the command as one check.

    Another stage may run beside one that keeps a `single` core busy; its output goes to a file.
    """

    name: str
    title: str
    command: Sequence[str]
    minutes: float
    report: str = ""
    read: Callable[[str], Counts] | None = None
    single: bool = True


def read_junit(text: str) -> Counts:
    """Counts of a JUnit XML file; a test that fails and then errs at its end is one failure."""
    passed = failed = skipped = 0
    for case in ElementTree.fromstring(text).iter("testcase"):
        kinds = {child.tag for child in case}
        failed += bool(kinds & {"failure", "error"})
        skipped += "skipped" in kinds
        passed += not kinds & {"failure", "error", "skipped"}
    return Counts(passed, failed, skipped)


def read_vitest(text: str) -> Counts:
    """Counts of vitest's JSON report; a file that cannot be loaded is a failure of its own."""
    report = json.loads(text)
    broken = sum(
        1
        for file in report.get("testResults", [])
        if file.get("status") == "failed" and not file.get("assertionResults")
    )
    skipped = report.get("numPendingTests", 0) + report.get("numTodoTests", 0)
    return Counts(report["numPassedTests"], report["numFailedTests"] + broken, skipped)


def read_playwright(text: str) -> Counts:
    """Counts of Playwright's JSON report; a test that passed only when repeated has failed."""
    report = json.loads(text)
    stats = report["stats"]
    broken = len(report.get("errors", []))
    failed = stats["unexpected"] + stats["flaky"] + broken
    return Counts(stats["expected"], failed, stats["skipped"])


def read_import_linter(text: str) -> Counts:
    """Counts of import-linter's last line."""
    found = re.search(r"Contracts: (\d+) kept, (\d+) broken", text)
    if found is None:
        raise ValueError("no summary line")
    return Counts(int(found[1]), int(found[2]))


def stages(pytest_arguments: Sequence[str]) -> list[Stage]:
    """All stages, quick ones first."""
    python, tool = sys.executable, lambda name: str(BIN / name)
    report = {name: str(RESULTS / name) for name in ("pytest.xml", "vitest.json", "e2e.json")}
    return [
        Stage("ruff", "Python style", [tool("ruff"), "check", "."], 2),
        Stage("mypy", "Python types", [tool("mypy")], 8),
        Stage("imports", "Import rules", [tool("lint-imports"), "--no-cache"], 2, "imports.txt",
              read_import_linter),
        Stage("eslint", "Client style", ["npm", "run", "--silent", "lint"], 4),
        Stage("tsc", "Client types", ["npm", "run", "--silent", "check"], 4),
        Stage("vitest", "Client tests",
              ["npm", "run", "--silent", "test", "--", "--reporter=default", "--reporter=json",
               f"--outputFile.json={report['vitest.json']}"], 6, "vitest.json", read_vitest),
        Stage("pytest", "Python tests",
              [python, "-m", "pytest", "-q", "-n", str(min(4, os.cpu_count() or 1)),
               "--dist", "loadfile", "--no-loadscope-reorder",
               f"--junit-xml={report['pytest.xml']}", *pytest_arguments], 25, "pytest.xml",
              read_junit, single=False),
        Stage("e2e", "Browser tests",
              ["npm", "run", "--silent", "e2e", "--", "--reporter=list,json"], 25, "e2e.json",
              read_playwright, single=False),
    ]  # fmt: skip


def link_packages() -> None:
    """Show mypy the folder `server` under the name that it is installed as."""
    types = ROOT / "build" / "types"
    types.mkdir(parents=True, exist_ok=True)
    link = types / "neurox_server"
    if not link.is_symlink():
        link.symlink_to(Path("..") / ".." / "server", target_is_directory=True)


def environment() -> dict[str, str]:
    """One thread for each numerical library: the machine may have two cores and several workers."""
    threads = {name: "1" for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
    return {
        **threads,
        **os.environ,
        "PLAYWRIGHT_JSON_OUTPUT_NAME": str(RESULTS / "e2e.json"),
        "TOKENIZERS_PARALLELISM": "false",
        "HF_HUB_OFFLINE": "1",
        "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}",
    }


def run(stage: Stage) -> Counts:
    """Run one stage and count."""
    title = f"\n=== {stage.title} ({stage.name}): {' '.join(stage.command)}"
    began = time.monotonic()
    if stage.single:
        log = RESULTS / f"{stage.name}.txt"
        with log.open("w", encoding="utf-8") as out:
            status, wrong = call(stage, out)
        said = f"{title}\n{log.read_text(encoding='utf-8', errors='replace').rstrip()}"
    else:
        print(title, flush=True)
        status, wrong = call(stage, None)
        said = ""
    with _PRINTING:
        print(f"{said}\n{wrong}".rstrip(), flush=True)
        counts = count(stage, status)
        print(f"--- {stage.title}: {counts} ({time.monotonic() - began:.0f} s)", flush=True)
    return counts


def call(stage: Stage, out: TextIO | None) -> tuple[int, str]:
    """Exit status of a stage's command, and what to tell if it could not do its work."""
    try:
        done = subprocess.run(
            stage.command, cwd=ROOT, env=environment(), timeout=stage.minutes * 60, check=False,
            stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT if out else None,
        )  # fmt: skip
    except FileNotFoundError:
        return 127, f"{stage.command[0]} is not installed; run 'make setup'."
    except subprocess.TimeoutExpired:
        return 124, f"{stage.title} did not end within {stage.minutes:g} minutes."
    return done.returncode, ""


def run_all(chosen: Sequence[Stage]) -> list[Counts]:
    """Counts of stages: those of one core two at a time, then the others one after another."""
    with ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        beside = {stage.name: pool.submit(run, stage) for stage in chosen if stage.single}
    return [beside[s.name].result() if s.single else run(s) for s in chosen]


def count(stage: Stage, status: int) -> Counts:
    """Counts of a stage that ended with `status`; never clean when the status is not."""
    if stage.read is None:
        return Counts(failed=1) if status else Counts(passed=1)
    try:
        counts = stage.read((RESULTS / stage.report).read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, ElementTree.ParseError) as error:
        print(f"No usable report of {stage.name} (exit status {status}): {error}")
        return Counts(failed=1)
    if status and not counts.failed:
        counts = replace(counts, failed=1)
    return counts


def main() -> int:
    """Run the chosen stages; 1 if anything failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    names = [stage.name for stage in stages([])]
    parser.add_argument("--only", nargs="+", choices=names, help="these stages only")
    parser.add_argument("--skip", nargs="+", choices=names, default=[], help="all but these")
    parser.add_argument("--pytest", nargs=argparse.REMAINDER, default=[], help="passed to pytest")
    options = parser.parse_args()
    shutil.rmtree(RESULTS, ignore_errors=True)
    RESULTS.mkdir(parents=True)
    link_packages()
    chosen = [
        stage
        for stage in stages(options.pytest)
        if stage.name in (options.only or names) and stage.name not in options.skip
    ]
    results = list(zip(chosen, run_all(chosen), strict=True))
    print("\n=== Summary")
    for stage, counts in results:
        print(f"{stage.title:<16} {counts}")
    total = sum((counts for _, counts in results), Counts())
    print(f"\n{total}", flush=True)
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
