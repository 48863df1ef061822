"""Endpoints of control, of the gender experiment, and of smaller models."""

from __future__ import annotations

from ..contracts import (
    BiasMaterial,
    BiasRequest,
    ControlRequest,
    Job,
    OpenedModel,
    PrunedModel,
    PruneRequest,
    Removed,
)
from ..control import material
from ..routes import Operation
from ..services import Services


def start_control(services: Services, project: str, body: ControlRequest) -> tuple[Job, int]:
    """Find the neurons that control a property: 202 with the job."""
    return services.control.control(services.projects[project], body), 202


def start_bias(services: Services, project: str, body: BiasRequest) -> tuple[Job, int]:
    """Count the genders that occupations get: 202 with the job."""
    return services.control.bias(services.projects[project], body), 202


def bias_material(services: Services) -> BiasMaterial:
    """Occupations and templates of the gender experiment."""
    return material()


def start_pruning(services: Services, project: str, body: PruneRequest) -> tuple[Job, int]:
    """Write a smaller model: 202 with the job."""
    return services.control.prune(services.projects[project], body), 202


def open_pruned(services: Services, project: str, body: PrunedModel) -> tuple[OpenedModel, int]:
    """Make a smaller model one of the project's: 201 with its name."""
    return services.control.open(services.projects[project], body), 201


def remove_pruned(services: Services, project: str, model: str) -> Removed:
    """Delete a smaller model."""
    services.control.remove(services.projects[project], model)
    return Removed(id=model)


OPERATIONS = (
    Operation(
        "POST", "/projects/<project>/control", start_control, "Control a property", {202: Job},
        body=ControlRequest,
    ),
    Operation(
        "POST", "/projects/<project>/bias", start_bias, "Which gender occupations get", {202: Job},
        body=BiasRequest,
    ),
    Operation("GET", "/bias", bias_material, "Occupations and templates", {200: BiasMaterial}),
    Operation(
        "POST", "/projects/<project>/prune", start_pruning, "Write a smaller model", {202: Job},
        body=PruneRequest,
    ),
    Operation(
        "POST", "/projects/<project>/pruned", open_pruned, "Open a smaller model",
        {201: OpenedModel}, body=PrunedModel,
    ),
    Operation(
        "DELETE", "/projects/<project>/pruned/<model>", remove_pruned, "Delete a smaller model",
        {200: Removed},
    ),
)  # fmt: skip
