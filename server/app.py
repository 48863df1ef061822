"""The application: every part made, connected, and handed to Flask.

Nothing here is global: two applications in one process (tests do that) share nothing. Models are
not loaded here but when somebody first asks for them.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify
from flask_socketio import SocketIO

from neurox_core import __version__
from neurox_core.engine.cluster import DaskEngine
from neurox_core.engine.running import Engine
from neurox_core.engine.sources import DEVICE, PRECISION

from . import errors, security, sockets
from .api import causal as causal_api
from .api import control as control_api
from .api import creation as creation_api
from .api import decoding as decoding_api
from .api import jobs as jobs_api
from .api import labels as labels_api
from .api import live as live_api
from .api import neurons as neurons_api
from .api import projects as projects_api
from .api import rankings as rankings_api
from .api import sets as sets_api
from .api import slices as slices_api
from .causal import Causal
from .contracts import (
    ActivationsMeta,
    AttentionMeta,
    ConceptsMeta,
    Contract,
    Health,
    RankingDetails,
    ScoreResult,
)
from .control import Control
from .counterparts import Counterparts
from .creation import made_before
from .jobs import Jobs
from .labels import LabelFiles
from .naming import name_when_recorded
from .nearest import NearestStates
from .outputs import Outputs
from .pages import pages
from .projects import open_projects
from .rankings import Rankings
from .recording import Recording
from .records import JobRecord, Records
from .routes import Operation, blueprint, openapi
from .services import Services, services
from .sets import Sets
from .settings import Settings, settings_from_environment
from .slices import Slices
from .stores import Stores
from .work import Work

LARGEST_BODY = 2 * 1024 * 1024
API = "/api/v1"
OPERATIONS = (
    *projects_api.OPERATIONS, *live_api.OPERATIONS, *rankings_api.OPERATIONS,
    *labels_api.OPERATIONS,
    *neurons_api.OPERATIONS, *jobs_api.OPERATIONS, *causal_api.OPERATIONS,
    *creation_api.OPERATIONS, *control_api.OPERATIONS,
    *sets_api.OPERATIONS, *decoding_api.OPERATIONS, *slices_api.OPERATIONS,
)  # fmt: skip


def healthz(services: Services) -> Health:
    """Whether the server answers."""
    return Health(status="ok", version=__version__)


ROOT_OPERATIONS = (Operation("GET", "/healthz", healthz, "Is the server up?", {200: Health}),)


def create_app(settings: Settings | None = None, engine: Engine | None = None) -> Flask:
    """Make an application.

    Parameters
    ----------
    settings : Settings, optional
        From the environment if missing.
    engine : Engine, optional
        Where jobs run; Dask if missing.

    Returns
    -------
    Flask
        ``app.extensions["neurox"]`` holds its :class:`~.services.Services`, and
        ``app.extensions["socketio"]`` the Socket.IO server.

    Raises
    ------
    NeuroXError
        If a setting, a project file or the records cannot be used.
    """
    settings = settings or settings_from_environment()
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.json.sort_keys = False  # type: ignore[attr-defined]
    socketio = SocketIO(
        app, async_mode="threading", max_http_buffer_size=LARGEST_BODY, manage_session=False,
        serve_client=False,
    )  # fmt: skip
    parts = _services(settings, socketio, engine)
    app.extensions["neurox"] = parts
    errors.install(app)
    security.install(app, settings)
    app.register_blueprint(blueprint("api", OPERATIONS, API))
    app.register_blueprint(blueprint("root", ROOT_OPERATIONS))
    app.add_url_rule("/openapi.json", "openapi", _document)
    app.register_blueprint(pages(settings.static))
    sockets.connect(socketio, parts)
    parts.jobs.recover()
    return app


def document() -> dict[str, Any]:
    """The OpenAPI document, which needs no running server."""
    groups = {API: OPERATIONS, "": ROOT_OPERATIONS}
    extra: list[type[Contract]] = [
        ActivationsMeta, ScoreResult, RankingDetails, ConceptsMeta, AttentionMeta,
    ]  # fmt: skip
    return openapi(groups, extra, __version__)


def close(app: Flask) -> None:
    """End an application's connections and worker processes; its jobs resume next time."""
    parts: Services = app.extensions["neurox"]
    app.extensions["socketio"].server.eio.disconnect()
    parts.jobs.close()


def _services(settings: Settings, socketio: SocketIO, engine: Engine | None) -> Services:
    settings.workspace.mkdir(parents=True, exist_ok=True)
    # Worker processes are started with the environment of the server.
    os.environ[DEVICE], os.environ[PRECISION] = settings.device, settings.precision
    projects = open_projects(settings.projects)
    for project in made_before(settings):
        if project.id not in projects:
            projects.add(project)
    records = Records(settings.database_url)
    stores = Stores(settings.workspace / "stores")
    jobs = Jobs(
        records,
        engine or DaskEngine(settings.scheduler, settings.workers, settings.idle_seconds),
        lambda job: sockets.publish(socketio, job),
        lambda record: _is_there(stores, record),
    )
    rankings = Rankings(records, settings.workspace / "rankings")
    jobs.on_end(rankings.adopt)
    work = Work(jobs, stores, settings.workspace / "translations", settings.max_store_size)
    if settings.auto_extract:
        jobs.on_end(name_when_recorded(projects, records, stores, work))
    outputs = Outputs(stores, work, settings.workspace / "translations")
    control = Control(jobs, stores, rankings, settings.workspace)
    control.restore(projects)
    labels = LabelFiles(settings.workspace / "labels")
    labels.restore(projects)
    return Services(
        settings=settings,
        projects=projects,
        stores=stores,
        jobs=jobs,
        work=work,
        recording=Recording(stores, settings.workspace, settings.max_store_size),
        rankings=rankings,
        causal=Causal(jobs, stores, rankings, settings.workspace / "translations"),
        control=control,
        sets=Sets(
            settings.workspace / "sets", jobs, stores, work, settings.workspace / "translations"
        ),
        labels=labels,
        slices=Slices(stores, outputs),
        counterparts=Counterparts(stores, work, outputs),
        nearest=NearestStates(jobs, stores, work),
        document=document(),
    )


def _is_there(stores: Stores, record: JobRecord) -> bool:
    """Whether what a finished job wrote is still on disk."""
    path = record.parameters.get("path")
    if record.kind == "extract":
        return stores.is_sound(Path(record.parameters["path"]))
    if record.kind == "score":  # Slices are read off what it kept.
        cache = Path(record.parameters["cache"])
        names = [(record.result or {}).get(f"{side}_translations") for side in ("clean", "changed")]
        return all(name and (cache / f"{name}.json").is_file() for name in names)
    return path is None or Path(path).exists()


def _document() -> Response:
    return jsonify(services().document)
