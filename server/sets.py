"""Named manipulation sets of the workspace, and the jobs that say what they do to a corpus.

A set is a JSON file of its own, ``<workspace>/sets/<project>/<id>.json``, replaced in one step; so
several servers may share a workspace. Its scores are not kept with it: they are the job that scored
the corpus with these very interventions, which is found again by its key. A set that is edited has
therefore no score until it is scored again, and one that becomes what it was has its old score.
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from pydantic import ValidationError

from neurox_core import __version__
from neurox_core.corpora.holding import Holding
from neurox_core.errors import InvalidInputError
from neurox_core.evaluation.metrics import chosen as chosen_metrics
from neurox_core.interventions import Intervention
from neurox_core.interventions.groups import chosen_groups
from neurox_core.interventions.outputs import scorable
from neurox_core.replacing import replace_text

from .contracts import (
    Contract,
    GroupsRequest,
    ImportedSet,
    InterventionBody,
    Job,
    PlaceShown,
    PresetEdit,
    SetBody,
    SetInfo,
    SetsImport,
    TryRequest,
)
from .errors import not_found
from .jobs import Jobs, Question
from .projects import PART_COLUMN, Project
from .stores import Stores, digest
from .views import check_edits, interventions
from .work import Work, leant_on, members

LOG = logging.getLogger(__name__)

MOST = 200
"""Sets of one project."""
FORM = 2
"""Of the result of ablated groups; part of what a job is known by."""


class KeptSet(Contract):
    """What a set's file holds."""

    id: str
    created: str
    body: SetBody


class Sets:
    """The sets of a workspace.

    Parameters
    ----------
    folder : Path
        Made when the first set is kept.
    jobs : Jobs
    stores : Stores
    work : Work
    cache : Path
        Folder of translations that were made before.
    """

    def __init__(self, folder: Path, jobs: Jobs, stores: Stores, work: Work, cache: Path) -> None:
        self._folder, self._jobs, self._stores, self._work = folder, jobs, stores, work
        self._cache = cache
        # Between the look at what names are taken and the file of a set no other is kept.
        self._lock = Lock()

    def all(self, project: Project, model: str, beams: int) -> list[SetInfo]:
        """The sets of a model, oldest first, each with its score if there is one."""
        project.title(model)  # A model that the project lacks is told.
        found = [s for s in self._kept(project) if s.body.model == model]
        return [self._info(project, s, beams) for s in found]

    def keep(self, project: Project, body: SetBody, identifier: str | None = None) -> SetInfo:
        """Keep a new set, or put another in the place of one.

        Raises
        ------
        InvalidInputError
            If the model cannot do it, its name is taken, or there are too many sets.
        ApiError
            404 if there is no set of that identifier.
        """
        self._check(project, body)
        with self._lock:
            before = None if identifier is None else self._get(project, identifier)
            others = [s for s in self._kept(project) if before is None or s.id != before.id]
            self._check_names(others, [body])
            made = KeptSet(
                id=uuid.uuid4().hex[:12] if before is None else before.id,
                created=_moment() if before is None else before.created, body=body,
            )  # fmt: skip
            self._write(project, made)
        return self._info(project, made, 1)

    def keep_all(self, project: Project, given: SetsImport) -> list[SetInfo]:
        """Keep several sets, or none of them if one is wrong."""
        bodies = [_body(one, given.model) for one in given.sets]
        for body in bodies:
            self._check(project, body)
        with self._lock:
            self._check_names(self._kept(project), bodies)
            made = [KeptSet(id=uuid.uuid4().hex[:12], created=_moment(), body=b) for b in bodies]
            for one in made:
                self._write(project, one)
        return [self._info(project, one, 1) for one in made]

    def drop(self, project: Project, identifier: str) -> None:
        """Delete a set; ApiError (404) if there is none."""
        self._path(project, self._get(project, identifier).id).unlink(missing_ok=True)

    def score(self, project: Project, identifier: str, beams: int) -> Job:
        """The job that scores the corpus under a set, clean and changed."""
        body = self._get(project, identifier).body
        return self._work.score(project, body.model, interventions(body.interventions), beams, None)

    def attempt(self, project: Project, request: TryRequest) -> Job:
        """The job that tries an edit on the whole corpus."""
        edits = interventions(request.interventions)
        live = self._stores.live(project, request.model)
        check_edits(project, live, [edits])
        chosen: dict[str, Any] = {
            "interventions": [edit.to_dict() for edit in edits], "word": request.word.strip(),
            "wanted": request.wanted.strip(), "limit": request.sentences,
        }  # fmt: skip
        if request.beams > 1:  # Greedy ones are known by what they were known by before.
            chosen["beams"] = request.beams
        title = f"Try {request.word!r} to {request.wanted!r} on {project.corpus.name}"
        held: list[bool] | None = None
        if request.holding is not None:
            holding = Holding.from_dict(request.holding.model_dump())
            holding.check(project.corpus)
            chosen["holding"], held = holding.to_dict(), holding.sentences(project.corpus)
            title += f" where {holding.label}={holding.value}"
        return self._jobs.ask(
            Question(
                "try", f"{title}: {project.title(request.model)}", project.id,
                digest("try", FORM, __version__, live.model.fingerprint, project.corpus.fingerprint,
                       chosen, held, *leant_on(project, live.model, edits)),
                {**chosen, **self._corpus_of(project, request.model)}, len(project.corpus),
            )
        )  # fmt: skip

    def groups(self, project: Project, request: GroupsRequest) -> Job:
        """The job that ablates groups of neurons, each as a whole."""
        live = self._stores.live(project, request.model)
        scorable(live.model)
        found = chosen_groups(live.model, request.groups, request.neurons, request.layers)
        everything = [n for names in found.values() for n in names]
        edits = [Intervention(everything, request.operation, scope=request.scope)]
        check_edits(project, live, [edits])
        if request.part is not None and request.part not in project.parts():
            raise not_found("part", request.part, f"There are {', '.join(project.parts())}.")
        chosen: dict[str, Any] = {
            **request.model_dump(exclude={"model", "metrics"}), "part_column": PART_COLUMN,
            "title": _title(request, found), "name": request.model,
        }  # fmt: skip
        metrics = chosen_metrics(live.model.task, request.metrics)
        if request.metrics is not None:  # Others are known by what they were known by before.
            chosen["metrics"] = metrics
        return self._jobs.ask(
            Question(
                "groups", f"Ablate {chosen['title']}: {project.title(request.model)}", project.id,
                digest("groups", FORM, __version__, live.model.fingerprint,
                       project.corpus.fingerprint, chosen, members(project, request.part),
                       *leant_on(project, live.model, edits)),
                {**chosen, **self._corpus_of(project, request.model)}, len(found), "groups",
            )
        )  # fmt: skip

    def _corpus_of(self, project: Project, model: str) -> dict[str, Any]:
        store = self._stores.find(project, model)
        return {
            "model": project.model_reference(model), "corpus": dict(project.corpus_reference),
            "cache": str(self._cache), "store": None if store is None else str(store.path),
        }  # fmt: skip

    def _check(self, project: Project, body: SetBody) -> None:
        live = self._stores.live(project, body.model)
        check_edits(project, live, [interventions(body.interventions)])

    def _check_names(self, known: Sequence[KeptSet], bodies: Sequence[SetBody]) -> None:
        taken = {(s.body.model, s.body.name) for s in known}
        for body in bodies:
            if (body.model, body.name) in taken:
                raise InvalidInputError(
                    f"There is a set {body.name!r} of {body.model} already; change the name."
                )
            taken.add((body.model, body.name))
        if len(known) + len(bodies) > MOST:
            raise InvalidInputError(f"A project keeps {MOST} sets at most; delete some first.")

    def _info(self, project: Project, kept: KeptSet, beams: int) -> SetInfo:
        body = kept.body
        job = self._work.scored(project, body.model, interventions(body.interventions), beams)
        return SetInfo(
            id=kept.id, name=body.name, model=body.model, created=kept.created,
            neurons=len({n for i in body.interventions for n in i.neurons}),
            interventions=[_shown(i) for i in body.interventions],
            score=None if job is None else job.id,
        )  # fmt: skip

    def _kept(self, project: Project) -> list[KeptSet]:
        """Every set that can be read; a damaged file is left alone, with a line in the log."""
        found = []
        for path in (self._folder / project.id).glob("*.json"):
            try:
                found.append(KeptSet.model_validate_json(path.read_bytes()))
            except (OSError, ValidationError) as error:
                LOG.warning("the manipulation set %s is left out: %s", path, error)
        return sorted(found, key=lambda s: (s.created, s.id))

    def _get(self, project: Project, identifier: str) -> KeptSet:
        for one in self._kept(project):
            if one.id == identifier:
                return one
        raise not_found("manipulation set", identifier, "It may have been deleted; reload.")

    def _path(self, project: Project, identifier: str) -> Path:
        return self._folder / project.id / f"{identifier}.json"

    def _write(self, project: Project, kept: KeptSet) -> None:
        text = json.dumps(kept.model_dump(mode="json"), ensure_ascii=False)
        replace_text(self._path(project, kept.id), text)


def _body(one: ImportedSet, model: str) -> SetBody:
    return SetBody(name=one.name, model=model, interventions=one.interventions)


def _shown(body: InterventionBody) -> PresetEdit:
    """An intervention as it is answered."""
    where = None if body.where is None else PlaceShown(**body.where.model_dump())
    return PresetEdit(**body.model_dump(exclude={"where"}), where=where)


def _title(request: GroupsRequest, found: dict[str, list[str]]) -> str:
    """What is ablated, in words."""
    count = len(request.neurons)
    if request.groups == "these":
        return f"exactly {count} neuron{'s' if count != 1 else ''}"
    if request.groups == "others":
        return f"everything but {count} neuron{'s' if count != 1 else ''}"
    if request.groups == "layers":
        return f"{len(found)} layer{'s' if len(found) != 1 else ''}, each whole"
    return f"{len(found)} heads of {', '.join(request.layers)}, one by one"


def _moment() -> str:
    """The present moment, fine enough to tell the sets of one file apart."""
    return datetime.now(UTC).isoformat(timespec="microseconds")
