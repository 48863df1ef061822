"""Serving an application with gunicorn: one process that owns the models, with threads.

A thread is held by every open page (its WebSocket), so there are many; they mostly wait. A second
process would hold every model a second time. When a signal ends the server, open pages are told to
go and worker processes are ended at the same time as gunicorn finishes its last answers, so that it
takes a second or two and leaves nothing behind. The same happens, some seconds later, if the
process that started all of it was killed and could tell nobody.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
from collections.abc import Callable
from threading import Thread
from typing import Any
from urllib.parse import quote

import psutil
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import ThreadWorker

from .settings import LOOPBACK, Settings

LONGEST_END = 12
"""Seconds that the server may take to end before it is killed."""


class _Worker(ThreadWorker):  # type: ignore[misc]
    """Gunicorn's process with threads; one that ends closes its application meanwhile."""

    _closing: Thread | None = None

    def _close(self) -> None:
        if self._closing is None:
            self._closing = Thread(target=_close, args=(self.app,), name="neurox-close")
            self._closing.start()

    def handle_exit(self, sig: int, frame: Any) -> None:
        """SIGTERM."""
        self._close()
        super().handle_exit(sig, frame)

    def handle_quit(self, sig: int, frame: Any) -> None:
        """SIGQUIT, which gunicorn sends on Ctrl-C."""
        self.handle_exit(sig, frame)

    def is_parent_alive(self) -> bool:
        """Asked about once a second: without gunicorn's first process, this one ends."""
        alive = bool(super().is_parent_alive())
        if not alive:
            self._close()
        elif self._closing is None and self._is_left_behind():
            os.kill(self.ppid, signal.SIGTERM)  # It ends this process, too.
        return alive

    def _is_left_behind(self) -> bool:
        """Whether who started gunicorn's first process is gone: it has another parent then."""
        starter: int | None = self.app.starter
        try:
            return starter is not None and psutil.Process(self.ppid).ppid() != starter
        except psutil.Error:
            return False

    def closed(self) -> None:
        """Wait for the application; the interpreter must not go before its threads."""
        if self._closing is not None:
            self._closing.join(LONGEST_END)


def _close(server: _Server) -> None:
    from .app import close

    for app in server.made:
        close(app)


class _Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn, told by values and not by the command line."""

    def __init__(
        self, make: Callable[[], Flask], options: dict[str, Any], starter: int | None
    ) -> None:
        self._make, self._options, self.starter = make, options, starter
        self.made: list[Flask] = []
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            if name in self.cfg.settings:  # Older versions know fewer.
                self.cfg.set(name, value)

    def load(self) -> Flask:
        self.made.append(self._make())
        return self.made[-1]


def addresses(host: str, port: int) -> list[tuple[str, str]]:
    """Where a browser finds a server that others may reach, and what browser (words for a person).

    One that listens everywhere has the machine's name, and the address that it has for itself.
    """
    own = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host)
    if own is None:
        name = f"[{host}]" if ":" in host else host
        return [(f"http://{name}:{port}/", "")]
    return [
        (f"http://{socket.gethostname()}:{port}/", ""),
        (f"http://{own}:{port}/", " on this machine"),
    ]


def run(settings: Settings, starter: int | None = None) -> None:
    """Serve until a signal ends it.

    Parameters
    ----------
    settings : Settings
        With a host and a port that can be had.
    starter : int, optional
        Id of the parent process without which the server shall not go on.

    Raises
    ------
    NeuroXError
        If a setting or a project file is wrong.
    """
    from .projects import open_projects

    open_projects(settings.projects)  # Told here, before any process is started.

    def make() -> Flask:
        """In the worker process: the application, and what warms it up."""
        import torch

        from .app import create_app
        from .warmup import warm_up

        torch.set_num_threads(settings.threads)
        app = create_app(settings)
        warm_up(app)
        return app

    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s"
    )
    if settings.host not in LOOPBACK:
        query = f"?token={quote(settings.token or '')}"
        for url, whence in addresses(settings.host, settings.port):
            sys.stderr.write(f"Open {url}{query} in a browser{whence}.\n")
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    _Server(
        make,
        {
            "bind": f"{host}:{settings.port}",
            "workers": 1,
            "worker_class": _Worker,
            "threads": settings.request_threads,
            "timeout": 120,
            "graceful_timeout": LONGEST_END,
            "keepalive": 5,
            # The whole state of a page stands in its address, sentences of the user's own included.
            "limit_request_line": 8190,
            "worker_exit": lambda arbiter, worker: worker.closed(),
            "loglevel": "warning",
            "control_socket_disable": True,
        },
        starter,
    ).run()
