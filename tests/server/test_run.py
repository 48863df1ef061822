"""The real server, as a process: it starts, serves, survives a kill of its inside, and ends."""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import socketio

from neurox_core.demo import models
from neurox_server.cli.ports import free_port, wait_until_healthy
from neurox_server.run import addresses

pytestmark = pytest.mark.slow

SCRIPT = """
import sys
from pathlib import Path
from neurox_server.run import run
from neurox_server.settings import Settings

if __name__ == "__main__":
    run(Settings(projects=(Path(sys.argv[1]),), workspace=Path(sys.argv[2]), port=int(sys.argv[3])))
"""


class Running:
    """A server process and how to reach it."""

    def __init__(self, script: Path, project: Path, workspace: Path) -> None:
        with socket.socket() as trial:
            trial.bind(("127.0.0.1", 0))
            self.port = trial.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, str(script), str(project), str(workspace), str(self.port)]
        self.log = workspace.parent / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)

    def get(self, path: str, seconds: float = 90) -> Any:
        """GET JSON, trying again while nobody listens."""
        until = time.monotonic() + seconds
        while True:
            try:
                with urllib.request.urlopen(self.url + path, timeout=60) as answer:
                    return json.load(answer)
            except OSError:
                assert time.monotonic() < until, self.log.read_text()
                assert self.process.poll() is None, self.log.read_text()
                time.sleep(0.1)

    def inside(self) -> psutil.Process:
        """The process that holds the models."""
        return psutil.Process(self.process.pid).children()[0]


@pytest.fixture
def running(project_file: Path, tmp_path: Path) -> Iterator[Running]:
    """A server on the tiny project."""
    script = tmp_path / "serve.py"
    script.write_text(SCRIPT)
    made = Running(script, project_file, tmp_path / "workspace")
    yield made
    if made.process.poll() is None:
        made.process.kill()
        made.process.wait()


def test_from_start_to_end(running: Running) -> None:
    assert running.get("/healthz")["status"] == "ok"
    found = running.get("/api/v1/projects/tiny")
    assert [m["name"] for m in found["models"]] == ["lstm", "marian"]
    silent = logging.getLogger("a client that is left behind")
    silent.setLevel(logging.CRITICAL + 1)
    client = socketio.Client(reconnection=False, engineio_logger=silent, handle_sigint=False)
    states: list[str] = []
    client.on("job", lambda job: states.append(job["state"]))
    client.connect(running.url, transports=["websocket"])
    body = {"project": "tiny", "model": "lstm", "texts": ["He left."], "request": 1}
    assert client.call("translate", body, timeout=60)["items"]
    # Opening the project began to record the default model, in a worker process.
    before = running.inside().pid
    until = time.monotonic() + 120
    while running.get("/api/v1/jobs")["jobs"][0]["state"] != "done":
        assert time.monotonic() < until, running.log.read_text()
        time.sleep(0.2)
    while "done" not in states:  # News of it is on its way.
        assert time.monotonic() < until, states
        time.sleep(0.1)
    os.kill(before, signal.SIGKILL)
    again = running.get("/api/v1/projects/tiny")
    assert again["models"][0]["extracted"] and running.inside().pid != before
    kept = {job["kind"]: job["state"] for job in running.get("/api/v1/jobs")["jobs"]}
    assert kept["extract"] == "done"  # Naming neurons may just have begun.
    family = psutil.Process(running.process.pid).children(recursive=True)
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(60) == 0, running.log.read_text()
    client.disconnect()
    psutil.wait_procs(family, timeout=20)
    assert [p for p in family if p.is_running() and p.status() != psutil.STATUS_ZOMBIE] == []
    assert "Traceback" not in running.log.read_text(), running.log.read_text()


@pytest.mark.skipif(not models(), reason="the demo's models are not built")
def test_what_the_demo_started_ends_when_the_demo_is_killed(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "neurox_server.cli", "demo", "--no-browser",
               "--port", str(port), "--workspace", str(tmp_path / "workspace")]  # fmt: skip
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    wait_until_healthy(f"http://127.0.0.1:{port}/", 120, lambda: process.poll() is not None)
    family = psutil.Process(process.pid).children(recursive=True)
    assert len(family) >= 2
    process.kill()
    process.wait()
    _, left = psutil.wait_procs(family, timeout=40)
    for one in left:
        one.kill()
    assert left == []
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_the_addresses_that_are_told_can_be_opened() -> None:
    name = socket.gethostname()
    everywhere = [url for url, _ in addresses("0.0.0.0", 7117)]
    assert everywhere == [f"http://{name}:7117/", "http://127.0.0.1:7117/"]
    assert addresses("::", 80)[1] == ("http://[::1]:80/", " on this machine")
    assert addresses("192.0.2.7", 7117) == [("http://192.0.2.7:7117/", "")]
    assert addresses("2001:db8::7", 7117) == [("http://[2001:db8::7]:7117/", "")]


def test_only_this_machine_can_reach_it(running: Running) -> None:
    running.get("/healthz")
    family = psutil.Process(running.process.pid).children(recursive=True)
    for process in [running.process.pid, *(p.pid for p in family)]:
        for place in psutil.Process(process).net_connections("inet"):
            if place.status == psutil.CONN_LISTEN:
                assert place.laddr.ip == "127.0.0.1"
