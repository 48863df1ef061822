"""Endpoints of labels: what labels words, what a label says, and files of labels."""

from __future__ import annotations

from neurox_core.corpora import label_sources
from neurox_core.engine.ranking import describe_label

from ..contracts import (
    AddedLabels,
    AddedLabelsList,
    LabelBody,
    LabelFile,
    LabelInfo,
    LabelList,
    LabelSource,
    LabelsQuery,
    Removed,
)
from ..routes import Operation
from ..services import Services

LARGEST_FILES = 64 * 1024 * 1024
"""Bytes of a request with two files as long as can be, in any script, and what JSON adds."""


def list_labels(services: Services, project: str, query: LabelsQuery) -> LabelList:
    """Everything that labels the words of one side of the corpus."""
    opened = services.projects[project]
    corpus = opened.corpus
    # Where a text stands for its own references, its words are not what a decoder writes.
    there = query.side == "source" or corpus.has_references
    found = label_sources(corpus, query.side) if there else []
    files = {label: added.file for added in services.labels.all(opened)
             if added.side == query.side for label in added.labels}  # fmt: skip
    for entry in found:
        if entry["kind"] == "annotation" and entry["name"] in files:
            file = files[entry["name"]]
            entry["summary"] = f"{entry['title']} of the word, from the file {file}."
    return LabelList(labels=[LabelSource.model_validate(entry) for entry in found])


def show_label(services: Services, project: str, body: LabelBody) -> LabelInfo:
    """What a label says of the words: its classes, how many words, and which."""
    corpus = services.projects[project].corpus
    return LabelInfo.model_validate(describe_label(corpus, body.model_dump()))


def list_label_files(services: Services, project: str) -> AddedLabelsList:
    """The files of labels that were added."""
    return AddedLabelsList(files=services.labels.all(services.projects[project]))


def add_label_file(services: Services, project: str, body: LabelFile) -> tuple[AddedLabels, int]:
    """Add a file of labels: 201."""
    return services.labels.add(services.projects[project], body), 201


def remove_label_file(services: Services, project: str, identifier: str) -> Removed:
    """Take a file of labels away."""
    services.labels.remove(services.projects[project], identifier)
    return Removed(id=identifier)


OPERATIONS = (
    Operation(
        "GET", "/projects/<project>/labels", list_labels, "What labels words", {200: LabelList},
        query=LabelsQuery,
    ),
    Operation(
        "POST", "/projects/<project>/labels", show_label, "What a label says", {200: LabelInfo},
        body=LabelBody,
    ),
    Operation(
        "GET", "/projects/<project>/label-files", list_label_files, "List added files of labels",
        {200: AddedLabelsList},
    ),
    Operation(
        "POST", "/projects/<project>/label-files", add_label_file, "Add a file of labels",
        {201: AddedLabels}, body=LabelFile, largest=LARGEST_FILES,
    ),
    Operation(
        "DELETE", "/projects/<project>/label-files/<identifier>", remove_label_file,
        "Remove an added file of labels", {200: Removed},
    ),
)  # fmt: skip
