"""An engine on dask.distributed: worker processes of this machine, or a lab's cluster.

The processes of this machine are started when the first job comes, in the background, and ended
when there has been no job for a while, to give their memory back. A job is one Dask task, so a
worker that is killed is started again and its job with it; tasks resume from what they left on
disk. A worker that does not come back in time Dask gives up, as on a computer that sleeps
meanwhile: if jobs have no worker for a while, the processes are made anew and the jobs begin
again. Progress comes back as Dask events under a topic of this engine's own. To cancel, every
worker is told the job's id, which the task looks up between its batches; a job that has not
started, or does not listen, is withdrawn.

Assumptions: the workers of another machine see the same files under the same paths and have
neurox_core installed. Dask's own messages on the wire between its processes are its own format; on
this machine they stay on the loopback interface.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from threading import Lock, Timer
from typing import Any

from .running import Order, Outcome, Progress, run_task

LOG = logging.getLogger(__name__)

GRACE = 15.0
"""Seconds a cancelled job has to stop by itself."""
LEAVING = 3.0
"""Seconds that jobs have to leave when the engine is closed."""
_NO_PAGES = {"dashboard": False, "dashboard_address": "127.0.0.1:0"}
"""No web pages of Dask's own; without an address its server would still ask for port 8787."""
CONNECTING = 10.0
"""Seconds that a lab's scheduler has to answer."""
_PACE = 0.15
"""Seconds between two reports of the same job."""


class DaskEngine:
    """Runs jobs as Dask tasks.

    Parameters
    ----------
    scheduler : str, optional
        Address of a running scheduler, such as ``tcp://host:8786``; own processes if missing.
    workers : int
        Own worker processes, of one thread each.
    idle_seconds : float
        Own worker processes end after so long without a job.
    patience : float
        Seconds that jobs wait for Dask to bring back own workers that are gone.
    """

    def __init__(
        self,
        scheduler: str | None = None,
        workers: int = 1,
        idle_seconds: float = 300.0,
        patience: float = 30.0,
    ) -> None:
        self._scheduler, self._workers, self._idle_seconds = scheduler, workers, idle_seconds
        self._patience = patience
        self._alone: float | None = None
        self._watch: Timer | None = None
        self._hands = ThreadPoolExecutor(1, thread_name_prefix="neurox-engine")
        self._lock = Lock()
        self._orders: dict[str, tuple[Order, Any]] = {}
        self._client: Any = None
        self._cluster: Any = None
        self._timer: Timer | None = None
        self._closed = False

    def submit(self, order: Order) -> None:
        """Start a job soon; the first one also starts the worker processes."""
        with self._lock:
            self._orders[order.job] = (order, None)
            self._rest(None)
        self._hands.submit(self._guarded, order.job, lambda: self._start(order))

    def cancel(self, job: str) -> None:
        """Ask a job to stop."""
        with self._lock:
            known = job in self._orders
        if known:
            self._hands.submit(self._guarded, job, lambda: self._withdraw(job))

    def close(self) -> None:
        """End the worker processes; running jobs stop at their next batch, unfinished."""
        with self._lock:
            self._closed = True
            if self._watch is not None:
                self._watch.cancel()
            running = {job: future for job, (_, future) in self._orders.items() if future}
            self._orders.clear()
            self._rest(None)
        self._hands.submit(self._abandon, running)
        self._hands.shutdown(wait=True)

    def worker_pids(self) -> list[int]:
        """Process ids of the workers; empty before the first job and after a rest."""
        client = self._client
        try:
            return [] if client is None else list(client.run(_pid).values())
        except OSError:  # They are just being ended.
            return []

    # --- all that follows runs on the engine's own thread, but for what Dask calls back ----------

    def _guarded(self, job: str, act: Callable[[], None]) -> None:
        try:
            act()
        except Exception as error:
            LOG.exception("the engine failed at job %s", job)
            where = f"the scheduler {self._scheduler}" if self._scheduler else "a worker process"
            self._end(
                job,
                Outcome("failed", code="engine", message=f"The job could not be given to {where}: "
                        f"{type(error).__name__}: {str(error).rstrip('.')}. Start it again."),
            )  # fmt: skip
            self._stop()

    def _start(self, order: Order) -> None:
        if self._closed:
            return
        client = self._connected()
        with self._lock:
            if order.job not in self._orders:
                return
        topic = f"neurox-{client.id}"
        future = client.submit(
            _on_worker, order.job, order.kind, dict(order.parameters), topic,
            key=f"neurox-{order.job}-{time.time_ns()}", pure=False,
            priority=-1 if order.background else 0,
        )  # fmt: skip
        with self._lock:
            self._orders[order.job] = (order, future)
        future.add_done_callback(lambda ended: self._came_back(order.job, ended))
        if self._cluster is not None and self._watch is None:
            self._watch_on()

    def _watch_on(self) -> None:
        """Look after the workers again in a while."""
        with self._lock:
            self._watch = None
            if self._closed or not self._orders:
                self._alone = None
                return
            self._watch = Timer(self._patience / 4, lambda: self._later(self._look_after))
            self._watch.daemon = True
            self._watch.start()

    def _later(self, act: Callable[[], Any]) -> None:
        with suppress(RuntimeError):  # The engine was closed meanwhile.
            self._hands.submit(act)

    def _look_after(self) -> None:
        """Make the processes anew if jobs have been without any for too long."""
        try:
            if self._cluster is None or self._cluster.scheduler.workers:
                self._alone = None
            elif self._alone is None:
                self._alone = time.monotonic()
            elif time.monotonic() - self._alone > self._patience:
                self._alone = None
                self._begin_again()
        finally:
            self._watch_on()

    def _begin_again(self) -> None:
        """Give every job to new processes."""
        LOG.warning("the worker processes are gone; starting others")
        with self._lock:
            orders = [order for order, _ in self._orders.values()]
            # What Dask says of the old futures from here on is about no job any more.
            self._orders.update({order.job: (order, None) for order in orders})
        self._stop()
        for order in orders:
            self._guarded(order.job, partial(self._start, order))

    def _connected(self) -> Any:
        if self._client is not None and self._client.status == "running":
            return self._client
        import dask
        from distributed import Client, LocalCluster

        # Dask tells of every connection, and of processes of ours that miss each other when all of
        # them end; what concerns a person is told by the job.
        quiet = logging.ERROR if self._scheduler else logging.CRITICAL
        logging.getLogger("distributed").setLevel(quiet)
        if self._scheduler:
            self._client = Client(self._scheduler, timeout=CONNECTING, set_as_default=False)
        else:
            with dask.config.set({"distributed.worker.daemon": True}):
                self._cluster = LocalCluster(
                    n_workers=self._workers, threads_per_worker=1, processes=True,
                    host="127.0.0.1", silence_logs=quiet, scheduler_kwargs=_NO_PAGES,
                )  # fmt: skip
            self._client = Client(self._cluster, set_as_default=False)
        self._client.subscribe_topic(f"neurox-{self._client.id}", self._heard)
        return self._client

    def _withdraw(self, job: str) -> None:
        with self._lock:
            _, future = self._orders.get(job, (None, None))
        if future is None:
            self._end(job, Outcome("cancelled"))
            return
        running = self._client.run(_unwanted, job, on_error="ignore")
        if any(running.values()):
            timer = Timer(GRACE, self._drop, (job, future))
            timer.daemon = True
            timer.start()
        else:
            self._drop(job, future)

    def _abandon(self, running: Mapping[str, Any]) -> None:
        """Have running jobs leave their workers, which then end at once."""
        try:
            if self._client is not None:
                for job in running:
                    self._client.run(_unwanted, job, on_error="ignore")
                until = time.monotonic() + LEAVING
                while time.monotonic() < until and not all(f.done() for f in running.values()):
                    time.sleep(0.05)
        except Exception:
            LOG.exception("running jobs could not be told to stop")
        self._stop()

    def _drop(self, job: str, future: Any) -> None:
        if self._is_now(job, future):
            self._end(job, Outcome("cancelled"))  # First, or Dask's own word on it comes before.
            future.cancel()

    def _heard(self, event: tuple[float, Mapping[str, Any]]) -> None:
        told = event[1]
        with self._lock:
            order, _ = self._orders.get(str(told.get("job")), (None, None))
        if order is not None:
            order.on_progress(
                Progress(told["done"], told["total"], told["message"], told["partial"])
            )

    def _is_now(self, job: str, future: Any) -> bool:
        """Whether a future is a job's newest: one that gave way is started again."""
        with self._lock:
            return self._orders.get(job, (None, None))[1] is future

    def _came_back(self, job: str, future: Any) -> None:
        if not self._is_now(job, future):
            return
        if future.status == "finished":
            outcome = Outcome(**future.result())
        elif future.status in ("cancelled", "lost"):
            with self._lock:
                if self._closed:
                    return
            outcome = Outcome("failed", code="engine", message=_LOST)
        else:
            outcome = Outcome("failed", code="engine", message=_told(future.exception()))
        self._end(job, outcome)

    def _end(self, job: str, outcome: Outcome) -> None:
        with self._lock:
            order, _ = self._orders.pop(job, (None, None))
            if not self._orders and not self._closed:
                self._rest(self._idle_seconds)
        if order is not None:
            order.on_end(outcome)

    def _rest(self, seconds: float | None) -> None:
        """Stop waiting for idleness, or begin to; the lock is held."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if seconds is not None:
            self._timer = Timer(seconds, lambda: self._later(self._stop_if_idle))
            self._timer.daemon = True
            self._timer.start()

    def _stop_if_idle(self) -> None:
        with self._lock:
            if self._orders:
                return
        self._stop()

    def _stop(self) -> None:
        client, cluster = self._client, self._cluster
        self._client = self._cluster = None
        for part in (client, cluster):
            if part is not None:
                try:
                    part.close(timeout=5)
                except Exception:
                    LOG.exception("a part of the engine did not close")


_LOST = "The connection to the scheduler was lost. What was finished is kept; start the job again."


def _told(error: BaseException | None) -> str:
    """Why Dask gave a job up, for a person."""
    if type(error).__name__ == "KilledWorker":
        return (
            "The worker process that ran this was killed several times, perhaps for want of "
            "memory. What was finished is kept; close other programs and start the job again."
        )
    return f"The job was given up: {type(error).__name__}: {error}. Start it again."


# --- on the worker -------------------------------------------------------------------------------


def _on_worker(job: str, kind: str, parameters: dict[str, Any], topic: str) -> dict[str, Any]:
    """The Dask task: run a job's task and hand its outcome back as plain values."""
    from distributed import get_worker

    _give_way()
    board = _board(get_worker())
    reporter = _EventReporter(get_worker(), board, job, topic)
    board["running"].add(job)
    try:
        return run_task(kind, parameters, reporter).to_dict()
    finally:
        board["running"].discard(job)
        board["unwanted"].discard(job)


def _give_way() -> None:
    """Let whoever moves a slider go first: jobs run at low priority, threads they start too."""
    if hasattr(os, "nice") and os.nice(0) < 10:
        os.nice(10 - os.nice(0))


class _EventReporter:
    """Progress as Dask events, at most a few a second."""

    def __init__(self, worker: Any, board: dict[str, set[str]], job: str, topic: str) -> None:
        self._worker, self._board, self._job, self._topic = worker, board, job, topic
        self._last, self._message = 0.0, ""

    def progress(
        self, done: int, total: int, message: str = "", partial: Mapping[str, Any] | None = None
    ) -> None:
        moment = time.monotonic()
        # What begins is told at once: its first step may take long, and until then the page would
        # go on to show the end of what was before.
        same = message == self._message and partial is None
        if same and done < total and moment - self._last < _PACE:
            return
        self._last, self._message = moment, message
        event = {"job": self._job, "done": int(done), "total": int(total), "message": message,
                 "partial": None if partial is None else dict(partial)}  # fmt: skip
        self._worker.log_event(self._topic, event)

    def cancelled(self) -> bool:
        return self._job in self._board["unwanted"]


def _board(worker: Any) -> dict[str, set[str]]:
    """Which jobs run on a worker, and which are no longer wanted; kept on the worker itself."""
    found = getattr(worker, "neurox_jobs", None)
    if found is None:
        found = worker.neurox_jobs = {"running": set(), "unwanted": set()}
    return found


def _unwanted(job: str, dask_worker: Any = None) -> bool:
    """Mark a job as cancelled on a worker; whether it runs there."""
    board = _board(dask_worker)
    if job in board["running"]:
        board["unwanted"].add(job)
        return True
    return False


def _pid() -> int:
    import os

    return os.getpid()
