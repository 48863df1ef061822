"""A server of its own for a benchmark: a fresh workspace, a free port, ended afterwards."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from neurox_core.demo import models
from neurox_core.errors import NeuroXError
from neurox_server.cli.ports import address, free_port, wait_until_healthy

from .harness import ROOT


@dataclass(frozen=True)
class Served:
    """A running server: its address, and the process that started the others."""

    url: str
    process: int


@contextmanager
def demo_server(
    threads: int = 1, auto_extract: bool = False, idle_seconds: float = 300
) -> Iterator[Served]:
    """The demo project on a server that does nothing else."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="neurox-benchmark-") as folder:
        # The demo project with those models that this checkout has.
        project = Path(folder) / "demo.yaml"
        project.write_text(
            f"id: demo\ntitle: Demo\ncorpus: demo\nmodels: [{', '.join(models())}]\n",
            encoding="utf-8",
        )
        settings = Path(folder) / "server.yaml"
        settings.write_text(
            f"projects: [demo.yaml]\nworkspace: workspace\nport: {port}\nthreads: {threads}\n"
            f"auto_extract: {str(auto_extract).lower()}\nidle_seconds: {idle_seconds}\n",
            encoding="utf-8",
        )
        command = [sys.executable, "-m", "neurox_server.cli", "serve", "--config", str(settings)]
        log = Path(folder) / "log"
        with log.open("w") as told:
            server = subprocess.Popen(command, cwd=ROOT, stderr=told)
        try:
            url = address("127.0.0.1", port)
            try:
                wait_until_healthy(url, 120, lambda: server.poll() is not None)
            except NeuroXError as error:
                raise SystemExit(f"{error}\n{log.read_text()[-3000:]}") from error
            yield Served(url, server.pid)
        finally:
            server.terminate()
            server.wait(30)


def ask(url: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """A JSON answer; None for a binary one or an error that only says 'not ready'."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{url}{path}", data=data, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=300) as answer:
            content = answer.read()
            return json.loads(content) if "json" in answer.headers["Content-Type"] else None
    except urllib.error.HTTPError as error:
        if error.code == 409:
            return None
        raise


def wait_for_jobs(url: str, seconds: float) -> None:
    """Until no job waits or runs."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if all(
            job["state"] not in ("queued", "running") for job in ask(url, "api/v1/jobs")["jobs"]
        ):
            return
        time.sleep(1)
    raise SystemExit(f"Jobs still run after {seconds:g} seconds.")


def extract_all(url: str) -> None:
    """Record the activations of every model, so that no page starts a job later."""
    for model in ask(url, "api/v1/projects/demo")["models"]:
        ask(url, "api/v1/projects/demo/extract", {"model": model["name"]})
    wait_for_jobs(url, 1800)
