"""Files of labels that people add to a project on the page.

Each is one JSON file, ``<workspace>/labels/<project>/<id>.json``, whose id is a hash of what is in
it; nothing of a request becomes part of a path. A project reads them with its text, and names them
to its jobs, so what was added is used like any annotation that stands beside the text.
"""

from __future__ import annotations

import shutil
from dataclasses import asdict, replace
from pathlib import Path
from threading import Lock

from neurox_core.corpora import LabelSet, label_names
from neurox_core.corpora.label_sets import Added
from neurox_core.corpora.labels import COMPUTED
from neurox_core.errors import CorpusError, InvalidInputError

from .contracts import AddedLabels, LabelFile
from .errors import not_found
from .projects import Project, Projects
from .stores import digest

MOST = 50
"""Files of one project."""

NAMED = ("pairs", "words")
"""Forms that do not name their labels."""


class LabelFiles:
    """The added labels of a workspace.

    Parameters
    ----------
    folder : Path
        Made when the first file is added.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock()

    def restore(self, projects: Projects) -> None:
        """Give projects the labels that were added before."""
        for project in projects:
            project.use_labels(self._files(project.id))

    def all(self, project: Project) -> list[AddedLabels]:
        """What was added, oldest first."""
        return [_info(one) for one in project.added]

    def add(self, project: Project, given: LabelFile) -> AddedLabels:
        """Check a file against the text, keep it, and use it.

        Raises
        ------
        CorpusError
            Naming file and line, if it does not have its form or does not fit the sentences.
        InvalidInputError
            If its name is taken, or there are too many.
        """
        with self._lock:
            if len(self._files(project.id)) >= MOST:
                raise InvalidInputError(
                    f"The project has {MOST} files of labels already; remove one first."
                )
            named = given.form in NAMED
            taken = {*COMPUTED, *_plain(label_names(project.corpus, given.side))}
            if named and given.name in taken:
                raise InvalidInputError(
                    f"There is a label {given.name!r} already; choose another name."
                )
            made = LabelSet(
                given.form, given.side, given.name, given.content, given.file,
                given.words or "", given.words_file or "the file of words",
            )  # fmt: skip
            # Before labels get other names: a file that comes twice would stand beside itself.
            path = self._folder / project.id / f"{digest(asdict(made))[:16]}.json"
            if path.exists():
                raise InvalidInputError("This file was added already.")
            _beside(made, made.of(project.corpus).names, taken).save(path)
            project.use_labels(self._files(project.id))
            (added,) = (one for one in project.added if one.path == path)
            return _info(added)

    def remove(self, project: Project, identifier: str) -> None:
        """Forget a file; ApiError (404) if there is none of that id."""
        with self._lock:
            known = {path.stem: path for path in self._files(project.id)}
            if identifier not in known:
                raise not_found("file of labels", identifier, "The project lists those added.")
            known[identifier].unlink(missing_ok=True)
            project.use_labels(self._files(project.id))

    def forget(self, project: str) -> None:
        """Delete all that was added to a project that is gone."""
        shutil.rmtree(self._folder / project, ignore_errors=True)

    def _files(self, project: str) -> list[Path]:
        found = (self._folder / project).glob("*.json")
        return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name))


def _beside(made: LabelSet, found: tuple[str, ...], taken: set[str]) -> LabelSet:
    """With other names for labels that the corpus has already; CorpusError if those are taken."""
    others = {n: f"{made.name}/{n}" for n in found if n in taken and n not in COMPUTED}
    if double := [name for name in others.values() if name in taken or name in found]:
        raise CorpusError(
            f"{made.file}: there is a label {double[0]!r} already; give the file another name."
        )
    return replace(made, names=others)


def _plain(names: list[str]) -> list[str]:
    return [name.removeprefix("column:") for name in names]


def _info(one: Added) -> AddedLabels:
    about = one.about
    return AddedLabels.model_validate({
        "id": one.path.stem, "form": about and about.form, "side": about and about.side,
        "name": about.name if about else "", "file": about.file if about else one.path.name,
        "labels": list(one.labels), "words": one.words, "error": one.error,
    })  # fmt: skip
