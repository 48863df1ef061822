"""The counts that `make test` ends with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .test_repository import script

runner = script("run_tests")
Counts, Stage = runner.Counts, runner.Stage


def test_junit_counts_each_test_once() -> None:
    cases = [
        "<testcase/>",
        "<testcase><skipped/></testcase>",
        "<testcase><failure/><error/></testcase>",
        "<testcase><error/></testcase>",
    ]
    report = f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>"
    assert runner.read_junit(report) == Counts(1, 2, 1)


def test_a_client_test_file_that_cannot_be_loaded_is_a_failure() -> None:
    report = {
        "numPassedTests": 5,
        "numFailedTests": 1,
        "numPendingTests": 2,
        "testResults": [
            {"status": "failed", "assertionResults": []},
            {"status": "passed", "assertionResults": [{}]},
        ],
    }
    assert runner.read_vitest(json.dumps(report)) == Counts(5, 2, 2)


def test_a_flaky_browser_test_has_failed() -> None:
    stats = {"expected": 3, "unexpected": 1, "flaky": 1, "skipped": 1}
    assert runner.read_playwright(json.dumps({"stats": stats})) == Counts(3, 2, 1)


def test_import_rules_are_counted() -> None:
    assert runner.read_import_linter("...\nContracts: 3 kept, 1 broken.\n") == Counts(3, 1)


@pytest.mark.parametrize(
    ("report", "status", "wanted"),
    [
        ("<testsuite><testcase/></testsuite>", 0, Counts(1, 0)),
        ("<testsuite><testcase/></testsuite>", 2, Counts(1, 1)),  # died after the report
        ("<testsu", 1, Counts(0, 1)),
        (None, 0, Counts(0, 1)),  # wrote nothing
    ],
)
def test_a_stage_without_a_usable_report_has_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, report: str | None, status: int, wanted: object
) -> None:
    monkeypatch.setattr(runner, "RESULTS", tmp_path)
    if report is not None:
        (tmp_path / "r.xml").write_text(report)
    stage = Stage("x", "X", ["true"], 1, "r.xml", runner.read_junit)
    assert runner.count(stage, status) == wanted


def test_a_plain_tool_is_one_check() -> None:
    stage = Stage("x", "X", ["true"], 1)
    assert runner.count(stage, 0) == Counts(passed=1)
    assert runner.count(stage, 3) == Counts(failed=1)


MEET = """
import sys, time
from pathlib import Path

mine, other = map(Path, sys.argv[1:])
mine.touch()
until = time.monotonic() + 60
while not other.exists() and time.monotonic() < until:
    time.sleep(0.02)
print("met" if other.exists() else "alone")
"""


def test_stages_of_one_core_run_beside_each_other_and_the_rest_after_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(runner, "RESULTS", tmp_path)
    monkeypatch.setattr(runner.os, "cpu_count", lambda: 2)
    one, two = str(tmp_path / "one"), str(tmp_path / "two")
    wide = [sys.executable, "-c", "from pathlib import Path; assert Path('x.txt').exists()"]
    monkeypatch.setattr(runner, "ROOT", tmp_path)
    chosen = [
        Stage("wide", "Wide", wide, 2, single=False),
        Stage("x", "X", [sys.executable, "-c", MEET, one, two], 2),
        Stage("y", "Y", [sys.executable, "-c", MEET, two, one], 2),
    ]
    assert runner.run_all(chosen) == [Counts(1), Counts(1), Counts(1)]
    said = capsys.readouterr().out
    assert said.count("met\n--- ") == 2, said
    assert said.index("--- Wide") > max(said.index("--- X"), said.index("--- Y"))


def test_a_stage_that_takes_too_long_has_failed_and_says_what_it_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(runner, "RESULTS", tmp_path)
    code = "import time; print('so far', flush=True); time.sleep(60)"
    assert runner.run(Stage("x", "X", [sys.executable, "-c", code], 0.05)) == Counts(failed=1)
    said = capsys.readouterr().out
    assert "so far\nX did not end within 0.05 minutes.\n--- X: 0 passed, 1 failed" in said
    assert runner.run(Stage("y", "Y", ["no-such-tool"], 1)) == Counts(failed=1)
    assert "no-such-tool is not installed; run 'make setup'." in capsys.readouterr().out


def test_it_ends_with_one_line_of_counts(tmp_path: Path) -> None:
    command = [sys.executable, str(runner.ROOT / "scripts" / "run_tests.py"), "--only", "imports"]
    # Reports of its own: this test may itself be part of such a run.
    surroundings = {**os.environ, "NEUROX_TEST_RESULTS": str(tmp_path / "reports")}
    done = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1].split(", ")[0].endswith(" passed")
