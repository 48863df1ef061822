"""An engine of one thread in this process: for tests, and where no process may be started."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any

from .running import Order, Outcome, Progress, run_task


class ThreadEngine:
    """Runs one job after another."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="neurox-job")
        self._unwanted: set[str] = set()
        self._lock = Lock()

    def submit(self, order: Order) -> None:
        """Queue a job."""
        self._pool.submit(self._run, order)

    def cancel(self, job: str) -> None:
        """Ask a job to stop."""
        with self._lock:
            self._unwanted.add(job)

    def close(self) -> None:
        """Stop after the present step; nothing more is started."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _run(self, order: Order) -> None:
        reporter = _Reporter(self, order)
        stopped = Outcome("cancelled")
        outcome = (
            stopped if reporter.cancelled() else run_task(order.kind, order.parameters, reporter)
        )
        with self._lock:
            self._unwanted.discard(order.job)
        order.on_end(outcome)

    def is_unwanted(self, job: str) -> bool:
        """Whether a job was cancelled."""
        with self._lock:
            return job in self._unwanted


class _Reporter:
    def __init__(self, engine: ThreadEngine, order: Order) -> None:
        self._engine, self._order = engine, order

    def progress(
        self, done: int, total: int, message: str = "", partial: Mapping[str, Any] | None = None
    ) -> None:
        self._order.on_progress(Progress(done, total, message, partial))

    def cancelled(self) -> bool:
        return self._engine.is_unwanted(self._order.job)
