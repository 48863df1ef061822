"""``neurox demo`` and ``neurox serve``: start the server.

``demo`` runs ``serve`` as a child process, waits until it answers at ``/healthz``, prints the
address and opens a browser if the machine has a screen. The child ends when the parent does, also
when that was killed.
"""

from __future__ import annotations

import os
import platform
import signal
import subprocess
import sys
import webbrowser
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from neurox_core.errors import InvalidInputError, NeuroXError

from .ports import address, ensure_free, free_port, is_free, wait_until_healthy
from .shared import note, size_option

DEMO_EPILOG = """
\b
Examples:
  neurox demo
  neurox demo --port 9000 --no-browser
"""
SERVE_EPILOG = """
\b
Examples:
  neurox serve
  neurox serve --project my-project.yaml --workspace /srv/neurox --port 8080
  NEUROX_TOKEN=a-long-secret-of-your-own neurox serve --host 0.0.0.0
  neurox serve --config server.yaml --scheduler tcp://head-node:8786
"""


@click.command(epilog=SERVE_EPILOG, short_help="Run a server until it is stopped.")
@click.option("--config", type=click.Path(dir_okay=False), help="A settings file (YAML).")
@click.option("--host", help="Where to listen; beyond this machine only with a token. [127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="0 takes any free one. [7117]")
@click.option(
    "--token",
    envvar="NEUROX_TOKEN",
    help="Access token, 16 characters or more; better given as NEUROX_TOKEN. Other addresses "
    "than this machine's own get one made up if there is none.",
)
@click.option(
    "--project",
    "projects",
    multiple=True,
    type=click.Path(dir_okay=False),
    help="A project file; the demo project if there is none. Several may be given.",
)
@click.option(
    "--workspace",
    type=click.Path(file_okay=False),
    help="Folder of records, activations and results. [the user's data folder]",
)
@click.option("--scheduler", help="A Dask scheduler, such as tcp://host:8786.")
@click.option("--database", help="An SQLAlchemy URL for the records. [SQLite in the workspace]")
@click.option("--threads", type=click.IntRange(1), help="Threads of one live translation. [1]")
@click.option("--device", help="Where models run: cpu, cuda, cuda:1, mps, or auto. [cpu]")
@click.option("--precision", help="In which they run: float32, bf16 or fp16. [float32]")
@click.option("--workers", type=click.IntRange(1), help="Worker processes for jobs. [1]")
@click.option(
    "--max-store-size",
    metavar="SIZE",
    callback=size_option,
    help="Refuse to record activations that would take more disk, such as 10GB. [what is free]",
)
@click.option(
    "--new-projects/--no-new-projects",
    default=None,
    help="Let people make projects on the page, of any folder here. [on this machine only]",
)
@click.option("--announce/--quiet", default=True, hidden=True)
@click.option("--starter", type=int, hidden=True, help="End when this parent process is gone.")
def serve(config: str | None, announce: bool, starter: int | None, **given: Any) -> None:
    """Run the server until it is stopped."""
    from ..settings import LOOPBACK
    from .configuration import read_settings

    settings = read_settings(Path(config) if config else None, given)
    ensure_free(settings.host, settings.port)
    if not (settings.static / "index.html").is_file():
        note(f"The page is not built ({settings.static} is empty): only the interface answers.")
    settings = replace(settings, port=settings.port or free_port(settings.host))
    if announce and settings.host in LOOPBACK:  # otherwise the server tells address and token
        url = address(settings.host, settings.port)
        if settings.token is not None:
            note(f"Open {url}?token={quote(settings.token)} in a browser.")
        note(f"NeuroX serves at {url} (Ctrl-C ends it)")
    from ..run import run

    run(settings, starter)


@click.command(epilog=DEMO_EPILOG, short_help="Open the demo in a browser.")
@click.option("--port", type=click.IntRange(0, 65535), help="[7117, or any free one]")
@click.option("--browser/--no-browser", default=True, help="Open a browser if there is one.")
@click.option("--workspace", type=click.Path(file_okay=False), help="[the user's data folder]")
@click.option("--timeout", type=float, default=120, hidden=True)
def demo(port: int | None, browser: bool, workspace: str | None, timeout: float) -> None:
    """Open the demo: four small English-French translators and their neurons."""
    from neurox_core.demo import models

    from ..settings import DEFAULT_PORT

    if not models():
        raise NeuroXError("The demo's models are missing from the installed package neurox_demo.")
    if port is None:
        port = DEFAULT_PORT if is_free("127.0.0.1", DEFAULT_PORT) else free_port()
    ensure_free("127.0.0.1", port)
    port = port or free_port()
    command = [sys.executable, "-m", "neurox_server.cli", "serve", "--quiet", "--port", str(port)]
    command += ["--starter", str(os.getpid())]
    if workspace is not None:
        command += ["--workspace", workspace]
    # A token of another server of the user's must not lock the demo.
    surroundings = {k: v for k, v in os.environ.items() if k != "NEUROX_TOKEN"}
    server = subprocess.Popen(command, env=surroundings)
    try:
        signal.signal(signal.SIGTERM, _interrupt)
        url = address("127.0.0.1", port)
        wait_until_healthy(url, timeout, lambda: server.poll() is not None)
        click.echo(f"NeuroX is ready at {url} (Ctrl-C ends it)")
        if browser and _has_screen():
            webbrowser.open(url)
        status = server.wait()
    except KeyboardInterrupt:
        status = 0
    finally:
        _end(server)
    if status:
        raise InvalidInputError(f"The server ended with status {status}; its messages are above.")


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _end(server: subprocess.Popen[bytes]) -> None:
    """Stop the child: politely, then not."""
    if server.poll() is None:
        server.terminate()
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _has_screen() -> bool:
    """Whether a graphical browser can show up; a text browser would take over the terminal."""
    if platform.system() == "Linux":
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return True
