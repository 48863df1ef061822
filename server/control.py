"""Control of a property, the gender experiment, and smaller models that join a project.

A pruned model is saved in ``<workspace>/models/<name>``. Opening it writes ``<name>.json`` beside
the folder, which says what project it belongs to; the next server finds it there. Names are of our
own making, so nothing of a request becomes part of a path.
"""

from __future__ import annotations

import json
import logging
import shutil
from pathlib import Path
from typing import Any

from neurox_core import __version__
from neurox_core.errors import InvalidInputError, NeuroXError, UnknownNameError
from neurox_core.interventions.bias import OCCUPATIONS, TEMPLATES, planned
from neurox_core.interventions.gendered import GRAMMARS, grammar_of
from neurox_core.interventions.outputs import gold_of
from neurox_core.interventions.pruning_tools import KINDS as ORDERED
from neurox_core.interventions.pruning_tools import weight_order
from neurox_core.models.registry import languages_of

from .contracts import (
    BiasMaterial,
    BiasRequest,
    ControlRequest,
    Job,
    OpenedModel,
    PrunedModel,
    PruneRequest,
    PruneResult,
)
from .errors import ApiError
from .jobs import Jobs, Question
from .projects import PART_COLUMN, ModelEntry, Project, Projects
from .rankings import Rankings
from .stores import Stores, digest
from .views import check_edits, interventions
from .work import leant_on, members

LOG = logging.getLogger(__name__)

FORM = 2
"""Of the result of pruning; part of what a job is known by."""
KINDS = {"recurrent": (".rnn_hidden[",), "feed_forward": (".ffn_act[",), "heads": ("_heads[",)}
"""Units that a model can lose, by what their addresses hold."""


class Control:
    """Starts such jobs, and opens what they made.

    Parameters
    ----------
    jobs : Jobs
    stores : Stores
    rankings : Rankings
    workspace : Path
    """

    def __init__(self, jobs: Jobs, stores: Stores, rankings: Rankings, workspace: Path) -> None:
        self._jobs, self._stores, self._rankings = jobs, stores, rankings
        self._points, self._models = workspace / "control", workspace / "models"

    def control(self, project: Project, request: ControlRequest) -> Job:
        """The job that looks for neurons that control a property.

        Raises
        ------
        InvalidInputError, UnknownNameError, UnknownAddressError
            At once, not minutes later in the job.
        """
        live = self._stores.live(project, request.model).model
        _translating(live.task, request.model)
        labels = project.corpus.reference_labels
        names = () if labels is None else labels.names
        if request.annotator is None and request.label not in names:
            raise UnknownNameError("label of the references", request.label[:80], list(names))
        if request.layers is not None:
            live.check_layers(request.layers)
        chosen = request.model_dump(exclude={"model"})
        key = digest(
            "control", __version__, live.fingerprint, project.corpus.fingerprint,
            None if labels is None else labels.fingerprint, chosen,
        )  # fmt: skip
        to, of = request.values[request.wanted], request.values[1 - request.wanted]
        title = f"Control {request.label} from {of} to {to}: {project.title(request.model)}"
        return self._jobs.ask(
            Question(
                "control", title[:200], project.id, key,
                {
                    **chosen, "model": project.model_reference(request.model),
                    "name": request.model, "corpus": dict(project.corpus_reference), "store": None,
                    "kept": str(self._points / f"{key}.json"),
                },
                len(request.ks) * len(request.betas) + 1, "cells",
            )
        )  # fmt: skip

    def bias(self, project: Project, request: BiasRequest) -> Job:
        """The job that counts genders.

        Raises
        ------
        InvalidInputError, UnknownAddressError, MissingStatisticsError
            At once.
        """
        live = self._stores.live(project, request.model)
        _translating(live.model.task, request.model)
        if grammar_of(live.model.target_language) is None:
            raise InvalidInputError(
                f"The experiment reads determiners of {', '.join(GRAMMARS)}; "
                f"{project.title(request.model)} writes {live.model.target_language!r}."
            )
        templates = TEMPLATES if request.templates is None else request.templates
        sentences = len(planned(request.occupations, templates, request.sentences)[: request.limit])
        edits = interventions(request.interventions)
        check_edits(project, live, [edits])
        store = self._stores.find(project, request.model)
        chosen = {
            **request.model_dump(exclude={"model", "interventions"}),
            "interventions": [i.to_dict() for i in edits],
        }
        key = digest(
            "bias",
            __version__,
            live.model.fingerprint,
            project.corpus.fingerprint,
            chosen,
            *leant_on(project, live.model, edits),
        )
        count = sum(len(i.neurons) for i in edits)
        what = f"{count} neuron{'s' if count != 1 else ''} changed" if count else "unchanged"
        whose = "people in own sentences" if request.sentences else "occupations"
        return self._jobs.ask(
            Question(
                "bias", f"Gender of {whose}: {project.title(request.model)}, {what}",
                project.id, key,
                {
                    **chosen, "model": project.model_reference(request.model),
                    "name": request.model, "corpus": dict(project.corpus_reference),
                    "store": None if store is None else str(store.path),
                },
                sentences,
            )
        )  # fmt: skip

    def prune(self, project: Project, request: PruneRequest) -> Job:
        """The job that writes a smaller model.

        Raises
        ------
        InvalidInputError, UnknownNameError
            If nothing can be taken out of such a model, the ranking is of another or has no unit
            that can be taken out, or the corpus has not what the model is scored by.
        """
        project.title(request.model)
        kinds, why_not = project.prunable(request.model)
        if not kinds:
            raise InvalidInputError(why_not)
        neurons, title = self._order(project, request, kinds)
        live = self._stores.live(project, request.model).model
        if request.part is not None and request.part not in project.parts():
            raise UnknownNameError("part of the corpus", request.part[:80], list(project.parts()))
        score = request.score and live.task != "encoding"
        if score:
            gold_of(live, project.corpus)
        key = digest(
            "prune", FORM, __version__, live.fingerprint, neurons, request.share, score,
            members(project, request.part) if score else None, request.beams,
            project.corpus.fingerprint if score else "",
        )  # fmt: skip
        name = f"{request.model[:40]}-less-{round(100 * request.share)}-{key[:6]}"
        parameters: dict[str, Any] = {
            "model": project.model_reference(request.model), "name": request.model,
            "neurons": neurons,
            "path": str(self._models / name), "share": request.share, "ranking": title,
            "corpus": dict(project.corpus_reference) if score else None,
            "part": request.part, "part_column": PART_COLUMN, "beams": request.beams,
        }  # fmt: skip
        sentences = len(project.parts()[request.part]) if request.part else len(project.corpus)
        return self._jobs.ask(
            Question(
                "prune",
                f"Prune {round(100 * request.share)} % by {title}: {project.title(request.model)}",
                project.id, key, parameters, 2 * sentences if score else 1,
            )
        )  # fmt: skip

    def _order(
        self, project: Project, request: PruneRequest, kinds: list[str]
    ) -> tuple[list[str], str]:
        """Addresses of the units in question, most important first; what to call them."""
        if request.ranking is None:
            usual = "heads" if "heads" in kinds else "feed_forward"
            kind = usual if request.kind == "any" else request.kind
            order = weight_order(project.model_reference(request.model), kind)
            return order, f"the weights of {ORDERED[kind]}"
        info = self._rankings.get(project.id, request.ranking)
        if info.model != request.model:
            raise InvalidInputError(
                f"This ranking is of {info.model}; prune that model, or rank {request.model}."
            )
        label = request.label or None
        names = [f"{layer.address}[{u}]" for layer in info.layers for u in range(layer.width)]
        places = self._rankings.file(info.id).order(label)
        found = [
            names[i] for i in places.tolist()
            if request.kind == "any" or any(part in names[i] for part in KINDS[request.kind])
        ]  # fmt: skip
        possible = [part for kind in kinds for part in KINDS[kind]]
        if not any(part in name for name in found for part in possible):
            raise InvalidInputError(
                "The ranking has no units of that kind that can be taken out of "
                f"{project.title(request.model)}: rank layers that have them (rnn_hidden of a "
                "recurrent model, ffn_act of a Transformer)."
            )
        return found, info.title if label is None else f"{info.title}, {label}"

    def open(self, project: Project, request: PrunedModel) -> OpenedModel:
        """Make a smaller model one of the project's, now and after a restart.

        Raises
        ------
        ApiError, ModelLoadError
            If the job made none, or its folder is gone.
        """
        job = self._jobs.get(request.job)
        if job.kind != "prune" or job.project != project.id or job.state != "done":
            raise ApiError("not_found", "That job made no smaller model of this project.")
        assert isinstance(job.result, PruneResult)
        name = job.result.name
        folder = self._models / name
        if not folder.is_dir():
            raise ApiError(
                "not_found", "The smaller model is no longer in the workspace; prune again."
            )
        if name in project.models:
            return OpenedModel(name=name, title=project.title(name))
        whole = job.result.model
        known = project.title(whole) if whole in project.models else whole
        title = request.title or f"{known} less {round(100 * job.result.share)} %"
        taken = {project.title(other) for other in project.models}
        if title in taken:
            title = f"{title} ({name.rpartition('-')[2]})"
        # One of many languages is opened for those that the whole one was opened for.
        known_by = project.model_reference(whole) if whole in project.models else ""
        languages = [code for code in languages_of(known_by)[1:] if code]
        path = ":".join([str(folder), *languages])
        project.add_model(ModelEntry(name=name, title=title, path=path))
        try:
            project.live(name)  # What cannot be opened is told now.
        except NeuroXError:
            project.drop_model(name)
            raise
        note = {"project": project.id, "title": title, "languages": languages}
        (self._models / f"{name}.json").write_text(json.dumps(note), encoding="utf-8")
        return OpenedModel(name=name, title=title)

    def remove(self, project: Project, name: str) -> None:
        """Take a smaller model off the project and out of the workspace.

        Raises
        ------
        UnknownNameError, ApiError
            If the project has no such model, or it was not made here.
        """
        project.title(name)
        file = self._models / f"{name}.json"
        if not file.is_file():
            raise ApiError(
                "forbidden", f"Model {name!r} was not made here; it stays.", status=403
            )  # fmt: skip
        project.drop_model(name)
        file.unlink()
        shutil.rmtree(self._models / name, ignore_errors=True)

    def restore(self, projects: Projects) -> None:
        """Give projects the smaller models that were opened before."""
        for file in sorted(self._models.glob("*.json")):
            folder = file.with_suffix("")
            try:
                note = json.loads(file.read_text(encoding="utf-8"))
                project = projects[str(note["project"])]
                if folder.is_dir() and folder.name not in project.models:
                    path = ":".join([str(folder), *note.get("languages", ())])
                    entry = ModelEntry(name=folder.name, title=note["title"], path=path)
                    project.add_model(entry)
            except (ValueError, KeyError, TypeError, NeuroXError) as error:
                LOG.warning("a pruned model is left out: %s: %s", file.name, error)


def material() -> BiasMaterial:
    """What the gender experiment uses if nothing else is given."""
    return BiasMaterial.model_validate(
        {"occupations": OCCUPATIONS, "templates": list(TEMPLATES), "languages": list(GRAMMARS)}
    )


def _translating(task: str, name: str) -> None:
    if task != "translation":
        raise InvalidInputError(f"{name} does not translate, so there is no output to control.")
