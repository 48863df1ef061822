"""A server of its own for a benchmark: a fresh workspace, a free port, ended afterwards."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

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
        settings = Path(folder) / "server.yaml"
        settings.write_text(
            f"workspace: workspace\nport: {port}\nthreads: {threads}\n"
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
