"""Projects that people make on the page: written to the workspace as the same YAML as any other.

Whoever may make a project may name folders of this machine, so that is for servers that only this
machine reaches, unless the server was told otherwise (``new_projects``). Everything that is
written gets a name of our own making; nothing of a request becomes part of a path.
"""

from __future__ import annotations

import logging
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from neurox_core import demo
from neurox_core.corpora.reader import header
from neurox_core.errors import CorpusError, InvalidInputError, NeuroXError, UnknownNameError
from neurox_core.models.hub_cache import hub_name

from .contracts import NewProject, RecordingRequest
from .errors import ApiError, unwritable
from .projects import Project, Projects, read_project
from .settings import LOOPBACK, Settings

LOG = logging.getLogger(__name__)

FOLDER = "projects"
FILE = "project.yaml"
CORPUS = "corpus.tsv"
CHECKED = 20_000
"""Longest text, in sentences, whose tokens are counted while somebody waits for a new project."""


def allowed(settings: Settings) -> bool:
    """Whether people may make projects here."""
    return settings.host in LOOPBACK if settings.new_projects is None else settings.new_projects


def require_allowed(settings: Settings) -> None:
    """ApiError (403) if people may not make projects here."""
    if not allowed(settings):
        raise ApiError(
            "forbidden",
            "New projects are switched off on this server, since they may name any folder of its "
            "machine. Whoever runs it can allow them with --new-projects, or add a project file.",
            status=403,
        )


def made_before(settings: Settings) -> list[Project]:
    """Projects of the workspace; one that cannot be read is left out, with a line in the log."""
    found = []
    for file in sorted((settings.workspace / FOLDER).glob(f"*/{FILE}")):
        try:
            found.append(read_project(file))
        except NeuroXError as error:
            LOG.warning("a project is left out: %s", error)
    return found


def create(settings: Settings, projects: Projects, wanted: NewProject) -> Project:
    """Write a project and open it.

    Raises
    ------
    InvalidInputError
        If its corpus or its models do not fit, or a model cannot take a sentence.
    ApiError
        If people may not make projects here.
    """
    require_allowed(settings)
    identifier = _free(_slug(wanted.title), {project.id for project in projects})
    folder = settings.workspace / FOLDER / identifier
    about = {
        "id": identifier, "title": wanted.title.strip(), "description": wanted.description.strip(),
    }  # fmt: skip
    try:
        folder.mkdir(parents=True)
        project = _written(folder, about, wanted)
        if wanted.sources is not None:
            _check_lengths(project)
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError):
            raise unwritable(error) from error
        raise
    projects.add(project)
    return project


@contextmanager
def tried(settings: Settings, wanted: RecordingRequest) -> Iterator[Project]:
    """A project as it would be made, of which nothing is left afterwards.

    Raises
    ------
    As :func:`create`.
    """
    require_allowed(settings)
    with tempfile.TemporaryDirectory(prefix="neurox-tried-") as folder:
        yield _written(Path(folder), {"id": "tried", "title": "tried"}, wanted)


def _written(folder: Path, about: dict[str, str], wanted: RecordingRequest) -> Project:
    """Write a project into a folder and read it, text and all, so that what is wrong is told."""
    values = {
        **about, "models": [_entry(reference) for reference in wanted.models],
        "corpus": "demo" if wanted.sources is None else CORPUS,
    }  # fmt: skip
    if wanted.sources is not None:
        text = _table(wanted.sources, wanted.references)
        (folder / CORPUS).write_text(text, encoding="utf-8")
    file = folder / FILE
    file.write_text(yaml.safe_dump(values, allow_unicode=True, sort_keys=False), "utf-8")
    project = read_project(file)
    try:
        project.corpus  # noqa: B018 - read now, so that what is wrong is told now
    except CorpusError as error:
        raise CorpusError(str(error).replace(str(folder / CORPUS), "The text")) from error
    return project


def _check_lengths(project: Project) -> None:
    """TextTooLongError if a model cannot take a sentence, while the text can still be changed.

    A longer text is looked at by the job that records it; a model that cannot be opened is told
    among the warnings of the project.
    """
    from neurox_core.activations.lengths import check_lengths

    corpus = project.corpus
    for name in project.models if len(corpus) <= CHECKED else ():
        try:
            model, layers = project.live(name).model, project.layers(name)
        except NeuroXError:
            continue
        decoder = model.source_stack != "decoder" and any(x.startswith("decoder.") for x in layers)
        check_lengths(model, corpus, targets=decoder and corpus.has_references)


def remove(settings: Settings, projects: Projects, identifier: str) -> None:
    """Delete a project that was made on the page; models and activations stay.

    Raises
    ------
    UnknownNameError, ApiError
        If there is none, or it comes from a file of the server's own.
    """
    require_allowed(settings)
    own = {project.id for project in made_before(settings)}
    if projects[identifier].id not in own:
        raise ApiError(
            "forbidden", f"Project {identifier!r} was not made here; whoever runs the server can "
            "take its file away.", status=403,
        )  # fmt: skip
    projects.drop(identifier)
    shutil.rmtree(settings.workspace / FOLDER / identifier)


def known_model(reference: str) -> str:
    """A model's reference as it was meant: a demo name, an absolute folder or a hub name.

    Raises
    ------
    InvalidInputError, UnknownNameError
    """
    text = reference.strip()
    if not text:
        raise InvalidInputError("Give a model: a folder, a demo model, or a name on a hub.")
    if text in demo.models():
        return text
    # The languages of a multilingual model may stand behind a folder as behind a hub name.
    parts = text.rsplit(":", 2)
    place, languages = (parts[0], parts[1:]) if len(parts) == 3 else (text, [])
    if Path(text).expanduser().exists():
        place, languages = text, []
    path = Path(place).expanduser()
    if path.exists():
        return ":".join([str(path.resolve()), *languages])
    if hub_name(place):
        return text
    raise UnknownNameError("model", text[:200], [*demo.models(), "a folder", "owner/name on a hub"])


def _entry(reference: str) -> dict[str, str]:
    known = known_model(reference)
    last = re.sub(r"[^A-Za-z0-9._-]", "-", known.rstrip("/").rpartition("/")[2])
    return {"name": last.lstrip("._-")[:60] or "model", "title": last[:60], "path": known}


def _slug(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:30] or "project"


def _free(slug: str, taken: set[str]) -> str:
    number = 1
    while (found := slug if number == 1 else f"{slug}-{number}") in taken:
        number += 1
    return found


def _table(sources: str, references: str | None) -> str:
    """Lines as a table with a header; InvalidInputError if they do not fit together.

    A text without any reference, as language models and encoders read it, stands for itself.
    """
    left = sources.strip("\r\n").splitlines()
    if not left:
        raise InvalidInputError("The text is empty: give it one sentence a line.")
    if references is not None and references.strip():
        right = references.strip("\r\n").splitlines()
        if len(left) != len(right):
            raise InvalidInputError(
                f"There are {len(left)} sentences and {len(right)} references; line i of one has "
                "to translate line i of the other."
            )
        pairs = list(zip(left, right, strict=True))
    elif header(left[0]) is not None:
        return "\n".join(left) + "\n"  # A table that names its columns is read as it stands.
    else:
        pairs = [line.partition("\t")[::2] for line in left]
        if not any(reference.strip() for _, reference in pairs):
            alone = [" ".join(source.split()) for source, _ in pairs]
            if empty := [n for n, text in enumerate(alone, start=1) if not text]:
                raise InvalidInputError(f"Line {empty[0]}: the sentence is empty. Remove the line.")
            return _lines("source", alone)
    for number, pair in enumerate(pairs, start=1):
        for what, text in zip(("sentence", "reference"), pair, strict=True):
            if not text.strip():
                raise InvalidInputError(f"Line {number}: the {what} is empty. Remove the line.")
    return _lines(
        "source\treference", ["\t".join(" ".join(text.split()) for text in pair) for pair in pairs]
    )


def _lines(names: str, rows: list[str]) -> str:
    """A table without names, so that its line numbers are those of what was typed.

    Only a first line that would be read as names gets some before it.
    """
    return "\n".join([*([names] if header(rows[0]) is not None else []), *rows]) + "\n"
