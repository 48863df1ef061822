"""Worker processes: jobs run there, report, stop when told, and come back after a kill."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from neurox_core.engine import cluster
from neurox_core.engine.cluster import DaskEngine
from neurox_core.engine.running import Order, Outcome, Progress
from neurox_server.settings import Settings

from .conftest import PAIRS, Api

pytestmark = [
    pytest.mark.slow,
    # Dask's own connections are closed when its processes end, not before.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
BIG = 1500


@pytest.fixture(scope="module")
def engine() -> Iterator[DaskEngine]:
    """One worker process for all tests here."""
    made = DaskEngine(idle_seconds=600)
    yield made
    made.close()


class Watched:
    """An order whose news are kept."""

    def __init__(self, job: str, kind: str, parameters: dict[str, Any]) -> None:
        self.progress: list[Progress] = []
        self.ended: list[Outcome] = []
        self.order = Order(job, kind, parameters, self.progress.append, self.ended.append)

    def failed(self) -> bool:
        """Whether it ended badly."""
        return any(outcome.state == "failed" for outcome in self.ended)

    def wait(self, until: Callable[[], Any], seconds: float = 90) -> None:
        """Wait for something to be so."""
        end = time.monotonic() + seconds
        while not until():
            assert time.monotonic() < end and not self.failed(), (self.progress[-3:], self.ended)
            time.sleep(0.02)


def extraction(folder: Path, model: Path, job: str, sentences: int) -> Watched:
    """An order to record activations on so many sentences."""
    rows = (PAIRS * (sentences // len(PAIRS) + 1))[:sentences]
    text = folder / "text.tsv"
    text.write_text(
        "".join(f"{s} {i}\t{r} {i}\n" for i, (_, s, r) in enumerate(rows)), encoding="utf-8"
    )
    layers = [f"{stack}.{i}.rnn_{kind}" for stack in ("encoder", "decoder") for i in (0, 1)
              for kind in ("hidden", "cell")]  # fmt: skip
    return Watched(
        job, "extract",
        {"model": str(model), "corpus": {"path": str(text)}, "path": str(folder / "store"),
         "layers": layers},
    )  # fmt: skip


def test_a_job_runs_in_a_process_of_its_own(
    engine: DaskEngine, tmp_path: Path, recurrent_folder: Path
) -> None:
    assert engine.worker_pids() == []  # Nothing is started before it is needed.
    job = extraction(tmp_path, recurrent_folder, "one", 50)
    before = time.monotonic()
    engine.submit(job.order)
    assert time.monotonic() - before < 1  # The page does not wait for processes to start.
    job.wait(lambda: job.ended)
    assert job.ended == [Outcome("done", {"path": str(tmp_path / "store")})]
    assert job.progress[-1].done == job.progress[-1].total == 50
    (pid,) = engine.worker_pids()
    assert pid != os.getpid()


def test_deliberate_errors_keep_their_words(engine: DaskEngine, tmp_path: Path) -> None:
    job = Watched("gone", "extract", {"model": str(tmp_path / "gone"), "corpus": {"demo": True}})
    engine.submit(job.order)
    job.wait(lambda: job.ended)
    assert job.ended[0].state == "failed" and job.ended[0].code == "model_load"
    assert str(tmp_path / "gone") in job.ended[0].message


def test_a_running_job_stops_when_told_and_what_it_did_is_kept(
    engine: DaskEngine, tmp_path: Path, recurrent_folder: Path
) -> None:
    job = extraction(tmp_path, recurrent_folder, "stopped", BIG)
    engine.submit(job.order)
    job.wait(lambda: job.progress)
    engine.cancel("stopped")
    job.wait(lambda: job.ended)
    assert job.ended == [Outcome("cancelled")]
    assert job.progress[-1].done < BIG


def test_a_waiting_job_is_withdrawn(
    engine: DaskEngine, tmp_path: Path, recurrent_folder: Path
) -> None:
    (tmp_path / "first").mkdir()
    (tmp_path / "second").mkdir()
    first = extraction(tmp_path / "first", recurrent_folder, "first", BIG)
    second = extraction(tmp_path / "second", recurrent_folder, "second", 10)
    engine.submit(first.order)
    engine.submit(second.order)
    first.wait(lambda: first.progress)
    engine.cancel("second")
    second.wait(lambda: second.ended)
    assert second.ended == [Outcome("cancelled")] and not second.progress
    assert not first.ended
    engine.cancel("first")
    first.wait(lambda: first.ended)


def test_a_killed_worker_is_replaced_and_its_job_ends_well(
    engine: DaskEngine, tmp_path: Path, recurrent_folder: Path
) -> None:
    job = extraction(tmp_path, recurrent_folder, "killed", BIG)
    engine.submit(job.order)
    job.wait(lambda: job.progress)
    (pid,) = engine.worker_pids()
    os.kill(pid, signal.SIGKILL)
    job.wait(lambda: job.ended, 150)
    assert job.ended[0].state == "done"
    (fresh,) = engine.worker_pids()
    assert fresh != pid


def test_workers_that_dask_gives_up_are_made_anew(tmp_path: Path, recurrent_folder: Path) -> None:
    """As after a sleep of the computer: Dask waits only so long for a process to come back."""
    own = DaskEngine(patience=0.5)
    (tmp_path / "first").mkdir()
    (tmp_path / "second").mkdir()
    first = extraction(tmp_path / "first", recurrent_folder, "first", BIG)
    second = extraction(tmp_path / "second", recurrent_folder, "second", 10)
    own.submit(first.order)
    own.submit(second.order)
    first.wait(lambda: first.progress)
    (pid,) = own.worker_pids()
    own._cluster.sync(next(iter(own._cluster.workers.values())).close, timeout=5)
    for job in (first, second):
        job.wait(lambda job=job: job.ended, 150)
        assert [outcome.state for outcome in job.ended] == ["done"]
    assert own.worker_pids() and own.worker_pids() != [pid]
    own.close()


def test_processes_without_work_are_ended(tmp_path: Path, recurrent_folder: Path) -> None:
    own = DaskEngine(idle_seconds=0.2)
    job = extraction(tmp_path, recurrent_folder, "short", 10)
    own.submit(job.order)
    job.wait(lambda: job.ended)
    job.wait(lambda: own.worker_pids() == [], 30)
    own.close()


def test_a_scheduler_that_is_not_there_fails_the_job(
    tmp_path: Path, recurrent_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "CONNECTING", 0.5)
    own = DaskEngine(scheduler="tcp://127.0.0.1:9")
    job = extraction(tmp_path, recurrent_folder, "alone", 10)
    own.submit(job.order)
    job.wait(lambda: job.ended)
    assert job.ended[0].state == "failed" and "tcp://127.0.0.1:9" in job.ended[0].message
    own.close()


def test_the_server_scores_in_a_worker_and_keeps_serving_when_it_is_killed(
    serve: Callable[..., Flask], settings: Settings
) -> None:
    engine = DaskEngine()
    api = Api(serve(engine=engine).test_client())
    change = {"neurons": ["encoder.1.rnn_hidden[3]"], "operation": "set", "value": 20.0}
    job = api.post("/projects/tiny/score", {"model": "lstm", "interventions": [change]}, 202)
    while not (pids := engine.worker_pids()):
        time.sleep(0.05)
    os.kill(pids[0], signal.SIGKILL)
    body = {"project": "tiny", "model": "lstm", "texts": ["He left."]}
    assert api.post("/projects/tiny/translate", body)["items"]
    ended = api.wait(job["id"], seconds=150)
    assert ended["state"] == "done" and ended["result"]["complete"]
