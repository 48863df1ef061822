"""Bars on the standard error: quiet where nobody looks, and cheap where somebody does."""

from __future__ import annotations

import io

import pytest

from neurox_server.cli.shared import progress


class Terminal(io.StringIO):
    """A standard error that somebody looks at."""

    def isatty(self) -> bool:
        return True


def put(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal in place of the standard error; in a fixture, pytest would put its own after."""
    found = Terminal()
    monkeypatch.setattr("sys.stderr", found)
    return found


def test_a_bar_is_drawn_now_and_then_and_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = put(monkeypatch)
    with progress("Recording", "sentence") as move:
        assert "Recording" in terminal.getvalue()
        for done in range(1, 5001):
            move(done, 5000)
        drawn = terminal.getvalue()
    assert "5000/5000" in drawn
    assert drawn.count("Recording") < 1000  # Not once a sentence.
    assert terminal.getvalue().endswith("\r")  # And it is wiped.


def test_what_may_not_begin_at_all_shows_no_bar_before(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = put(monkeypatch)
    with progress("Downloading", "MB", late=True):
        pass
    assert terminal.getvalue() == ""
    with progress("Downloading", "MB", late=True) as move:
        move(3, 7)
        assert "3/7" in terminal.getvalue()


def test_nothing_is_written_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("Recording", "sentence") as move:
        move(1, 2)
        move(2, 2)
    assert capsys.readouterr() == ("", "")
