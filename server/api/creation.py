"""Endpoints of new projects: check a model, make a project, take one away."""

from __future__ import annotations

from neurox_core import __version__
from neurox_core.engine.sources import placing

from .. import creation
from ..contracts import (
    CheckRequest,
    Job,
    NewProject,
    ProjectSummary,
    RecordingCosts,
    RecordingRequest,
    Removed,
)
from ..jobs import Question
from ..routes import Operation
from ..services import Services
from ..stores import digest

LARGEST_PROJECT = 128 * 1024 * 1024
"""Bytes of a request with texts as long as can be, in any script."""


def check(services: Services, body: CheckRequest) -> tuple[Job, int]:
    """Open a model and put it to the laws: 202 with the job."""
    creation.require_allowed(services.settings)
    reference = creation.known_model(body.model)
    question = Question(
        "check", f"Check {reference}", "", digest("check", __version__, reference, placing()),
        {"model": reference}, 1, "laws",
    )  # fmt: skip
    return services.jobs.ask(question), 202


def create(services: Services, body: NewProject) -> tuple[ProjectSummary, int]:
    """Make a project: 201 with its id."""
    return creation.create(services.settings, services.projects, body).summary, 201


def estimate_new(services: Services, body: RecordingRequest) -> RecordingCosts:
    """What recording the models of a project takes, before the project is made."""
    with creation.tried(services.settings, body) as project:
        return services.recording.costs(project)


def remove(services: Services, project: str) -> Removed:
    """Delete a project that was made on the page."""
    creation.remove(services.settings, services.projects, project)
    services.labels.forget(project)
    return Removed(id=project)


OPERATIONS = (
    Operation("POST", "/check", check, "Check a model", {202: Job}, body=CheckRequest),
    Operation(
        "POST",
        "/projects",
        create,
        "Make a project",
        {201: ProjectSummary},
        body=NewProject,
        largest=LARGEST_PROJECT,
    ),
    Operation(
        "POST",
        "/recording",
        estimate_new,
        "What recording a new project takes",
        {200: RecordingCosts},
        body=RecordingRequest,
        largest=LARGEST_PROJECT,
    ),
    Operation("DELETE", "/projects/<project>", remove, "Delete a project", {200: Removed}),
)
