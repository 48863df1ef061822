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


def test_it_ends_with_one_line_of_counts(tmp_path: Path) -> None:
    command = [sys.executable, str(runner.ROOT / "scripts" / "run_tests.py"), "--only", "imports"]
    # Reports of its own: this test may itself be part of such a run.
    surroundings = {**os.environ, "NEUROX_TEST_RESULTS": str(tmp_path / "reports")}
    done = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1].split(", ")[0].endswith(" passed")
