"""Endpoints of manipulation sets, tried edits, and groups ablated as a whole."""

from __future__ import annotations

from ..contracts import (
    GroupsRequest,
    Job,
    Removed,
    SetBody,
    SetInfo,
    SetList,
    SetsImport,
    SetsQuery,
    TryRequest,
)
from ..routes import Operation
from ..services import Services


def list_sets(services: Services, project: str, query: SetsQuery) -> SetList:
    """The sets of a model."""
    opened = services.projects[project]
    return SetList(sets=services.sets.all(opened, query.model, query.beams))


def keep_set(services: Services, project: str, body: SetBody) -> tuple[SetInfo, int]:
    """Keep a new set: 201."""
    return services.sets.keep(services.projects[project], body), 201


def replace_set(services: Services, project: str, identifier: str, body: SetBody) -> SetInfo:
    """Put another set in the place of one."""
    return services.sets.keep(services.projects[project], body, identifier)


def remove_set(services: Services, project: str, identifier: str) -> Removed:
    """Delete a set."""
    services.sets.drop(services.projects[project], identifier)
    return Removed(id=identifier)


def import_sets(services: Services, project: str, body: SetsImport) -> tuple[SetList, int]:
    """Keep the sets of a file: 201."""
    return SetList(sets=services.sets.keep_all(services.projects[project], body)), 201


def try_edit(services: Services, project: str, body: TryRequest) -> tuple[Job, int]:
    """Try an edit on the whole corpus: 202 with the job."""
    return services.sets.attempt(services.projects[project], body), 202


def ablate_groups(services: Services, project: str, body: GroupsRequest) -> tuple[Job, int]:
    """Ablate groups of neurons, each as a whole: 202 with the job."""
    return services.sets.groups(services.projects[project], body), 202


OPERATIONS = (
    Operation(
        "GET", "/projects/<project>/sets", list_sets, "List manipulation sets", {200: SetList},
        query=SetsQuery,
    ),
    Operation(
        "POST", "/projects/<project>/sets", keep_set, "Keep a manipulation set", {201: SetInfo},
        body=SetBody,
    ),
    Operation(
        "POST", "/projects/<project>/sets/import", import_sets, "Keep the sets of a file",
        {201: SetList}, body=SetsImport,
    ),
    Operation(
        "POST", "/projects/<project>/sets/<identifier>", replace_set,
        "Change a manipulation set", {200: SetInfo}, body=SetBody,
    ),
    Operation(
        "DELETE", "/projects/<project>/sets/<identifier>", remove_set,
        "Delete a manipulation set", {200: Removed},
    ),
    Operation(
        "POST", "/projects/<project>/try", try_edit, "Try an edit on the whole corpus",
        {202: Job}, body=TryRequest,
    ),
    Operation(
        "POST", "/projects/<project>/groups", ablate_groups,
        "Ablate groups of neurons, each as a whole", {202: Job}, body=GroupsRequest,
    ),
)  # fmt: skip
