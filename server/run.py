"""Serving an application with gunicorn: one process that owns the models, with threads.

A thread is held by every open page (its WebSocket), so there are many; they mostly wait. A second
process would hold every model a second time. Port 0 takes any free port.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from .settings import LOOPBACK, Settings

_ENDING = 3
"""Seconds that open connections have when the server ends; a WebSocket never ends by itself."""


class _Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn, told by values and not by the command line."""

    def __init__(self, make: Callable[[], Flask], options: dict[str, Any]) -> None:
        self._make, self._options = make, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            if name in self.cfg.settings:  # Older versions know fewer.
                self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._make()


def run(settings: Settings) -> None:
    """Serve until a signal ends it.

    Parameters
    ----------
    settings : Settings
        With a host and a port that can be had.

    Raises
    ------
    NeuroXError
        If a setting or a project file is wrong.
    """
    from .projects import open_projects

    open_projects(settings.projects)  # Told here, before any process is started.
    made: list[Flask] = []

    def make() -> Flask:
        """In the worker process: the application, and what warms it up."""
        import torch

        from .app import create_app
        from .warmup import warm_up

        torch.set_num_threads(settings.threads)
        app = create_app(settings)
        made.append(app)
        warm_up(app)
        return app

    def ended(server: Any, worker: Any) -> None:
        from .app import close

        for app in made:
            close(app)

    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s"
    )
    if settings.host not in LOOPBACK:
        sys.stderr.write(
            f"Open http://<this machine>:{settings.port}/?token={settings.token} in a browser.\n"
        )
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    _Server(
        make,
        {
            "bind": f"{host}:{settings.port}",
            "workers": 1,
            "worker_class": "gthread",
            "threads": settings.request_threads,
            "timeout": 120,
            "graceful_timeout": _ENDING,
            "keepalive": 5,
            "worker_exit": ended,
            "loglevel": "warning",
            "control_socket_disable": True,
        },
    ).run()
