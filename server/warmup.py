"""What a server does before anybody asks: open the text and the models, in the background.

Libraries and models take seconds to load, the page less than one. So they are loaded while the
person's browser starts; a request that comes first simply waits at the same locks.
"""

from __future__ import annotations

import logging
from threading import Thread

from flask import Flask

from neurox_core.errors import NeuroXError

from .projects import Project
from .services import Services

LOG = logging.getLogger(__name__)


def warm_up(app: Flask) -> Thread:
    """Open the first project in a thread of its own; errors wait for whoever asks."""
    parts: Services = app.extensions["neurox"]
    thread = Thread(target=_open, args=(parts.projects.first,), name="neurox-warm-up", daemon=True)
    thread.start()
    return thread


def _open(project: Project) -> None:
    names = [project.default_model, *(n for n in project.models if n != project.default_model)]
    for name in names:
        try:
            live = project.live(name)
            if name == project.default_model and len(project.corpus):
                live.translate(project.corpus.sources[:1])
        except NeuroXError as error:
            LOG.warning("%s", error)
