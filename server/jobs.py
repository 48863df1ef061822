"""Jobs: started once for each question, told to whoever watches, remembered over a restart.

A job is keyed by everything its result depends on. Asking the same question again finds the
running job, or the finished one with its result. One that is being cancelled answers nothing any
more: who asks then gets a new job, which begins when the other has stopped, for both would write
the same files. While a job runs its state lives here and is written to the records about once a
second; every change is published, at most some times a second.

A background job, which nobody waits for, gives way: when another job is asked for, it is stopped
and starts again when there is nothing else to do.

When a server starts it looks for jobs that an earlier one left unfinished. Tasks are idempotent and
resume from disk, so such a job is simply started again under its old id, unless it was being
cancelled. Jobs of another server that is still alive on the same records are left to it.
"""

from __future__ import annotations

import logging
import os
import socket
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

import psutil
from pydantic import ValidationError

from neurox_core.engine.running import Engine, Order, Outcome, Progress

from .contracts import (
    AblationResult,
    BiasResult,
    CheckResult,
    Contract,
    ControlResult,
    ErrorDetail,
    FindResult,
    GroupsResult,
    Job,
    PruneResult,
    RankingMade,
    ScoreResult,
    SimilarityResult,
    StabilityResult,
    TryResult,
)
from .errors import not_found
from .records import ACTIVE, JobRecord, Records, now

LOG = logging.getLogger(__name__)

WAITING = "waiting for a worker process"
"""Message of a job that has not begun."""

STOPPING = "stopping"
"""Message of a job that was cancelled and has not stopped yet."""

AFTER_STOPPED = "waiting until the one that was cancelled has stopped"
"""Message of a job that was asked for while its like was being cancelled."""

GIVING_WAY = "waiting until other work is done"
"""Message of a background job that another job has pushed aside."""

BACKGROUND = "background"
"""Parameter of a background job; tasks do not look at it."""

_TOLD_EVERY = 0.2
_WRITTEN_EVERY = 1.0


@dataclass(frozen=True)
class Question:
    """What a job is asked.

    Attributes
    ----------
    kind, title, project : str
    key : str
        Hash of everything that the result depends on.
    parameters : mapping
        Plain values for the task.
    total : int
        How much there is to do.
    unit : str
        What progress counts.
    result : mapping, optional
        Preliminary result that the job begins with.
    background : bool
        Nobody waits for it: other jobs go first, also those that are asked for later.
    """

    kind: str
    title: str
    project: str
    key: str
    parameters: Mapping[str, Any]
    total: int
    unit: str = "sentences"
    result: Mapping[str, Any] | None = None
    background: bool = False


class _Running:
    """An unfinished job of this server: its record, and when it was last told and written."""

    def __init__(self, record: JobRecord) -> None:
        self.record = record
        self.began: float | None = None
        self.at_start = 0
        self.told = self.written = 0.0
        self.gives_way = self.unwanted = False
        self.submitted = False
        self.next: str | None = None
        """Id of the job that begins when this one, which was cancelled, has stopped."""

    def eta(self) -> float | None:
        """Seconds that the rest will take at the speed so far."""
        record = self.record
        if self.began is None or record.done <= self.at_start:
            return None
        speed = (record.done - self.at_start) / max(time.monotonic() - self.began, 1e-3)
        return round((record.total - record.done) / speed, 1)


class Jobs:
    """All jobs of a server.

    Parameters
    ----------
    records : Records
    engine : Engine
    publish : callable of Job
        Called with every change.
    reusable : callable of JobRecord, optional
        Whether the result of a finished job is still there; True if missing.
    """

    def __init__(
        self,
        records: Records,
        engine: Engine,
        publish: Callable[[Job], None],
        reusable: Callable[[JobRecord], bool] = lambda record: True,
    ) -> None:
        self._records, self._engine, self._publish = records, engine, publish
        self._reusable = reusable
        self._running: dict[str, _Running] = {}
        self._ended: list[Callable[[Job], None]] = []
        self._lock = Lock()
        self._owner = owner_name()

    def on_end(self, listener: Callable[[Job], None]) -> None:
        """Have `listener` called with every job that ends."""
        self._ended.append(listener)

    def ask(self, question: Question) -> Job:
        """The job that answers a question: a running one, a finished one, or a new one."""
        with self._lock:
            same = [r for r in self._running.values() if r.record.key == question.key]
            for running in same:
                if not running.unwanted:
                    return _job(running.record, running.eta())
            for record in self._records.jobs_with(question.key):
                if record.state == "done" and self._reusable(record):
                    return _job(record)
                # Another server on the same records runs it.
                if record.state in ACTIVE and record.id not in self._running:
                    return _job(record)
            record = JobRecord(
                id=uuid.uuid4().hex[:12], key=question.key, owner=self._owner, kind=question.kind,
                title=question.title, project=question.project,
                parameters={**question.parameters, BACKGROUND: True} if question.background
                else dict(question.parameters),
                state="queued", done=0, total=question.total, unit=question.unit, message=WAITING,
                created=now(),
                finished=None,
                result=None if question.result is None else dict(question.result), error=None,
            )  # fmt: skip
            if not question.background:
                self._make_room()
            return self._begin(record, after=same[0] if same else None)

    def _make_room(self) -> None:
        """Have background jobs give way to the job that is about to begin; the lock is held."""
        for identifier, running in self._running.items():
            # One that waits for another to stop has nothing to give way with yet.
            background = running.submitted and running.record.parameters.get(BACKGROUND)
            if background and not running.gives_way:
                running.gives_way = True
                self._engine.cancel(identifier)

    def last(self, key: str) -> Job | None:
        """The newest job that was asked a question, however it went."""
        found = self._records.jobs_with(key)
        return self.get(found[0].id) if found else None

    def get(self, identifier: str) -> Job:
        """A job; ApiError (404) if there is none."""
        with self._lock:
            running = self._running.get(identifier)
            if running is not None:
                return _job(running.record, running.eta())
        record = self._records.job(identifier)
        if record is None:
            raise not_found("job", identifier, "GET /api/v1/jobs lists what there is.")
        return _job(record)

    def all(self) -> Sequence[Job]:
        """Jobs, newest first."""
        with self._lock:
            live = {i: _job(r.record, r.eta()) for i, r in self._running.items()}
        return [live.get(r.id) or _job(r) for r in self._records.jobs()]

    def cancel(self, identifier: str) -> Job:
        """Ask a job to stop; one that has ended stays as it is."""
        submitted = False
        with self._lock:
            running = self._running.get(identifier)
            if running is not None:
                # Whoever is unwanted is not submitted any more, so this stays as it is.
                running.unwanted, submitted = True, running.submitted
                running.record.message = STOPPING
                self._records.put(running.record)
                self._publish(_job(running.record, running.eta()))
        if submitted:
            self._engine.cancel(identifier)
        elif running is not None:
            self._end(identifier, Outcome("cancelled"))
        return self.get(identifier)

    def recover(self) -> None:
        """Start again what an earlier server left unfinished."""
        for record in self._records.unfinished():
            if record.owner != self._owner and is_alive(record.owner):
                continue
            if record.message == STOPPING:
                record.state, record.finished, record.message = "cancelled", now(), ""
                self._records.put(record)
                continue
            LOG.info("resuming job %s: %s", record.id, record.title)
            record.owner, record.state = self._owner, "queued"
            record.message = "started again after a restart"
            with self._lock:
                self._begin(record)

    def close(self) -> None:
        """Stop running jobs without ending them; the next server starts them again."""
        with self._lock:
            self._running.clear()
        self._engine.close()
        self._records.close()

    def _begin(self, record: JobRecord, after: _Running | None = None) -> Job:
        """Write, publish and submit, or have it wait for one that stops; the lock is held."""
        running = self._running[record.id] = _Running(record)
        if after is not None:
            after.next, record.message = record.id, AFTER_STOPPED
        self._records.put(record)
        if after is None:
            self._submit(running)
        job = _job(record)
        self._publish(job)
        return job

    def _submit(self, running: _Running) -> None:
        """Give a job to the engine; the lock is held."""
        record, identifier = running.record, running.record.id
        running.submitted = True
        self._engine.submit(
            Order(
                identifier, record.kind, record.parameters,
                lambda progress: self._progressed(identifier, progress),
                lambda outcome: self._end(identifier, outcome),
                background=bool(record.parameters.get(BACKGROUND)),
            )
        )  # fmt: skip

    def _progressed(self, identifier: str, progress: Progress) -> None:
        with self._lock:
            running = self._running.get(identifier)
            if running is None:
                return
            record, moment = running.record, time.monotonic()
            if running.began is None or progress.done < record.done:
                running.began, running.at_start = moment, progress.done
            record.state, record.done, record.total = "running", progress.done, progress.total
            if record.message != STOPPING:
                record.message = progress.message
            if progress.partial is not None:
                record.result = dict(progress.partial)
            tell, write = (
                moment - running.told > _TOLD_EVERY,
                moment - running.written > _WRITTEN_EVERY,
            )
            if tell:
                running.told = moment
            if write:
                running.written = moment
                self._records.put(record)
            job = _job(record, running.eta())
        if tell:
            self._publish(job)

    def _end(self, identifier: str, outcome: Outcome) -> None:
        with self._lock:
            running = self._running.pop(identifier, None)
            if running is None:
                return
            record = running.record
            if outcome.state == "cancelled" and running.gives_way and not running.unwanted:
                record.state, record.done, record.message = "queued", 0, GIVING_WAY
                self._begin(record)
                return
            record.state, record.finished, record.message = outcome.state, now(), ""
            if outcome.state == "done":
                record.result, record.done = outcome.result, record.total
            if outcome.state == "failed":
                detail = ErrorDetail(
                    code=outcome.code, message=outcome.message, where=None, job=None
                )
                record.error = detail.model_dump()
            self._records.put(record)
            job = _job(record)
            following = self._running.get(running.next) if running.next else None
            if following is not None and not following.unwanted:
                following.record.message = WAITING
                self._records.put(following.record)
                self._submit(following)
                self._publish(_job(following.record))
        for listener in self._ended:
            listener(job)
        self._publish(job)


def _job(record: JobRecord, eta: float | None = None) -> Job:
    error = None if record.error is None else ErrorDetail.model_validate(record.error)
    return Job.model_validate(
        {
            "id": record.id, "kind": record.kind, "title": record.title, "project": record.project,
            "state": record.state, "done": record.done, "total": record.total, "unit": record.unit,
            "message": record.message, "eta_seconds": eta, "created": record.created,
            "finished": record.finished, "error": error,
            "cancelling": record.state in ACTIVE and record.message == STOPPING,
            "result": _result(record),
        }
    )  # fmt: skip


_RESULTS: Mapping[str, type[Contract]] = {
    "score": ScoreResult, "rank": RankingMade, "stability": StabilityResult,
    "similarity": SimilarityResult, "ablate": AblationResult,
    "check": CheckResult,
    "find": FindResult, "groups": GroupsResult, "try": TryResult,
    "control": ControlResult, "bias": BiasResult, "prune": PruneResult,
}  # fmt: skip


def _result(record: JobRecord) -> Contract | None:
    """The result of a job whose kind has one; None if it is not of this version's form."""
    contract = _RESULTS.get(record.kind)
    if contract is None or record.result is None:
        return None
    try:
        return contract.model_validate(record.result)
    except ValidationError:
        return None


def owner_name() -> str:
    """This server process: machine, process id, and when it began (ids are used again)."""
    return f"{socket.gethostname()}|{os.getpid()}|{psutil.Process().create_time():.2f}"


def is_alive(owner: str) -> bool:
    """Whether the server of that name still runs; on another machine that cannot be seen: True."""
    host, pid, began = owner.split("|")
    if host != socket.gethostname():
        return True
    try:
        return abs(psutil.Process(int(pid)).create_time() - float(began)) < 0.05
    except psutil.Error:
        return False
