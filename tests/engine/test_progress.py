"""What a job tells while it works: not every step, but always what begins."""

from __future__ import annotations

from typing import Any

from neurox_core.engine.cluster import _EventReporter


class Listener:
    """Stands where a worker process of Dask does, and keeps what is told."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []

    def log_event(self, topic: str, event: dict[str, Any]) -> None:
        self.told.append(event)


def test_a_phase_that_begins_is_told_though_the_one_before_has_just_ended() -> None:
    listener = Listener()
    reporter = _EventReporter(listener, {"running": set(), "unwanted": set()}, "j", "t")
    for step in range(1, 101):
        reporter.progress(step, 100, "reading")
    reporter.progress(0, 700, "training")  # its first round may take minutes
    for step in range(1, 101):
        reporter.progress(step, 700, "training")
    last = [event["message"] for event in listener.told]
    assert "training" in last and last.index("training") == last.count("reading")
    # Steps of a phase that come within a moment are not all told.
    assert len(listener.told) < 50
