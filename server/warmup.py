"""What a server does before anybody asks: open the text and the models of its first project.

Libraries and models take seconds to load, the page less than one. The default model is loaded
before the server says that it is healthy, so that the first screen has something to show at once;
the other models follow in the background if they are small. A request that comes first simply waits
at the same locks.
"""

from __future__ import annotations

import logging
from threading import Event, Thread

from flask import Flask

from neurox_core.errors import NeuroXError

from .projects import Project
from .services import Services

LOG = logging.getLogger(__name__)

LONGEST = 20.0
"""Seconds that the default model may hold up the start of the server."""


def warm_up(app: Flask) -> Thread:
    """Open the first project; returns when its default model is ready, or takes too long.

    A model that cannot be opened is logged; whoever asks for it is told.
    """
    parts: Services = app.extensions["neurox"]
    ready = Event()
    thread = Thread(
        target=_open, args=(parts.projects.first, ready), name="neurox-warm-up", daemon=True
    )
    thread.start()
    ready.wait(LONGEST)
    return thread


def _open(project: Project, ready: Event) -> None:
    try:
        live = project.live(project.default_model)
        live.translate(project.corpus.sources[:1])
    except NeuroXError as error:
        LOG.warning("%s", error)
    except Exception:
        LOG.exception("opening %s in advance failed", project.default_model)
    finally:
        ready.set()
    for name in project.models:
        try:
            if project.is_light(name):
                project.live(name)
        except Exception as error:  # Whoever asks for the model is told; so is the log.
            LOG.warning("%s", error)
