"""Endpoints of jobs: start, look, cancel."""

from __future__ import annotations

from ..contracts import ExtractRequest, Job, JobList, RecordingCost, ScoreRequest
from ..routes import Operation
from ..services import Services
from ..views import interventions
from .projects import corpus_part


def start_extract(services: Services, project: str, body: ExtractRequest) -> tuple[Job, int]:
    """Record a model's activations on the corpus, or find that it was done."""
    return services.work.extract(services.projects[project], body.model), 202


def estimate_recording(services: Services, project: str, model: str) -> RecordingCost:
    """What recording a model's activations takes, and whether it may begin."""
    return services.recording.cost(services.projects[project], model)


def start_score(services: Services, project: str, body: ScoreRequest) -> tuple[Job, int]:
    """Score the corpus, clean and changed, or find that it was done."""
    opened = services.projects[project]
    if body.part is not None:
        corpus_part(opened, body.part)
    changes = interventions(body.interventions)
    return services.work.score(opened, body.model, changes, body.beams, body.part), 202


def list_jobs(services: Services) -> JobList:
    """The newest jobs."""
    return JobList(jobs=list(services.jobs.all()))


def show_job(services: Services, job: str) -> Job:
    """One job."""
    return services.jobs.get(job)


def cancel_job(services: Services, job: str) -> Job:
    """Ask a job to stop."""
    return services.jobs.cancel(job)


OPERATIONS = (
    Operation(
        "POST", "/projects/<project>/extract", start_extract, "Record activations", {202: Job},
        body=ExtractRequest,
    ),
    Operation(
        "GET", "/projects/<project>/models/<model>/recording", estimate_recording,
        "What recording takes", {200: RecordingCost},
    ),
    Operation(
        "POST", "/projects/<project>/score", start_score, "Score the corpus", {202: Job},
        body=ScoreRequest,
    ),
    Operation("GET", "/jobs", list_jobs, "List jobs", {200: JobList}),
    Operation("GET", "/jobs/<job>", show_job, "Look at a job", {200: Job}),
    Operation("DELETE", "/jobs/<job>", cancel_job, "Cancel a job", {200: Job}),
)  # fmt: skip
