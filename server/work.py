"""The questions that jobs answer: each kind's parameters, key and title."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from neurox_core import __version__
from neurox_core.activations import ActivationStore
from neurox_core.engine.recording import is_small
from neurox_core.engine.scoring import needed_labels, needed_moments
from neurox_core.errors import InvalidInputError, StoreError
from neurox_core.interventions import Intervention
from neurox_core.models.base import TranslationModel

from .contracts import Job, SimilarityRequest
from .errors import ApiError
from .jobs import Jobs, Question
from .named import SIDES, NamePlaces
from .projects import PART_COLUMN, Project
from .rankings import Plan
from .stores import Stores, digest
from .views import check_edits


class Work:
    """Starts jobs.

    Parameters
    ----------
    jobs : Jobs
    stores : Stores
    cache : Path
        Folder of translations that were made before.
    max_store_size : int, optional
        Most bytes of a store.
    """

    def __init__(
        self, jobs: Jobs, stores: Stores, cache: Path, max_store_size: int | None = None
    ) -> None:
        self._jobs, self._stores, self._cache = jobs, stores, cache
        self._max_bytes = max_store_size
        self.names = NamePlaces(stores, cache.parent / "concepts")

    def extract(self, project: Project, model: str) -> Job:
        """The job that records a model's activations on the corpus; a damaged store is replaced."""
        return self._jobs.ask(self._extraction(project, model))

    def ensure_extracted(self, project: Project, model: str) -> Job | None:
        """Start recording, unless there is a store already, or it takes more than a moment.

        What takes time and disk is for somebody to agree to: :meth:`extract`. A recording that
        failed or was cancelled is not started again unasked; its job is returned.
        """
        question = self._extraction(project, model)
        try:
            if self._stores.find(project, model) is not None:
                return None
        except StoreError:  # A damaged store: the way out is told where it is needed.
            return None
        last = self._jobs.last(question.key)
        if last is not None and last.state != "done":
            return last
        if not is_small(project.card(model), project.corpus, project.layers(model)):
            return None
        return self._jobs.ask(question)

    def store(self, project: Project, model: str) -> ActivationStore:
        """The activations of a model; ApiError (``not_ready``) with a job if there are none."""
        found = self._stores.find(project, model)
        if found is None:
            raise self.not_ready(project, model)
        return found

    def not_ready(self, project: Project, model: str) -> ApiError:
        """What a view raises that needs activations.

        Recording them has been started, or, with the code ``unrecorded``, waits for somebody's
        word; ``where`` is the model then.
        """
        job = self.ensure_extracted(project, model)
        title = project.title(model)
        if job is None:
            return ApiError(
                "unrecorded",
                f"The activations of {title} on this text are not recorded yet. That takes more "
                "than a moment, so it is not begun unasked.", where=model,
            )  # fmt: skip
        text = f"The activations of {title} are being recorded; this can be shown when they are."
        if job.state in ("failed", "cancelled"):
            text = (
                f"The activations of {title} were not recorded: the job {job.state}"
                f"{f' ({job.error.message})' if job.error else ''}. Start it again."
            )
        return ApiError("not_ready", text, job=job.id)

    def _extraction(self, project: Project, model: str) -> Question:
        path = self._stores.path(project, model)
        return Question(
            "extract",
            f"Record activations of {project.title(model)} on {project.corpus.name}",
            project.id,
            digest("extract", str(path)),
            {
                "model": project.model_reference(model),
                "corpus": dict(project.corpus_reference),
                "path": str(path),
                "layers": project.layers(model),
                "cache": str(self._cache),
                "max_bytes": self._max_bytes,
            },
            len(project.corpus),
        )

    def rank(self, plan: Plan) -> Job:
        """The job that makes a ranking."""
        parameters = {**_parameters(plan), "path": str(plan.path), "draft": plan.draft}
        return self._jobs.ask(
            Question(
                "rank", self._title(plan), plan.project.id, digest("rank", plan.id), parameters, 1,
                "steps", result={"ranking": plan.id, "preview": None},
            )
        )  # fmt: skip

    def ranking_job(self, ranking: str) -> Job | None:
        """The newest job that was to make a ranking."""
        return self._jobs.last(digest("rank", ranking))

    def stability(self, plan: Plan, resamples: int, k: int | None) -> Job:
        """The job that makes a ranking again on resampled sentences."""
        return self._jobs.ask(
            Question(
                "stability", f"Stability of {self._title(plan)}", plan.project.id,
                digest("stability", plan.id, resamples, k),
                {**_parameters(plan), "resamples": resamples, "k": k}, resamples, "resamples",
            )
        )  # fmt: skip

    def similarity(self, project: Project, request: SimilarityRequest) -> Job:
        """The job that compares layers; the activations of both models must be there."""
        names = [request.model, *([] if request.other is None else [request.other])]
        paths = [str(self._stores.path(project, name)) for name in names]
        layers = [
            [a for a in self._stores.extracted(project, name) if a.startswith(f"{request.stack}.")]
            for name in names
        ]
        if not all(layers):
            raise InvalidInputError(
                f"{' or '.join(n for n, x in zip(names, layers, strict=True) if not x)} has no "
                f"recorded layer in the {request.stack}."
            )
        title = " and ".join(project.title(name) for name in names)
        return self._jobs.ask(
            Question(
                "similarity", f"Similarity of {request.stack} layers: {title}", project.id,
                digest("similarity", __version__, paths, layers, request.words),
                {
                    "store": paths[0], "other": paths[1] if len(paths) > 1 else None,
                    "layers": layers[0], "other_layers": layers[1] if len(layers) > 1 else None,
                    "words": request.words,
                },
                1, "words",
            )
        )  # fmt: skip

    def concepts(self, project: Project, model: str, stack: str) -> Job:
        """The job that names the neurons of a stack."""
        return self._jobs.ask(self._naming(project, model, stack, False))

    def ensure_named(self, project: Project, model: str) -> None:
        """Have the neurons of a model named in the background, once it is recorded.

        What was named, or tried to be and failed or was cancelled, is not started again unasked.
        """
        layers = self._stores.extracted(project, model)
        for stack in dict.fromkeys(a.partition(".")[0] for a in layers):
            question = self._naming(project, model, stack, True)
            known = self._jobs.last(question.key)
            if known is None and not self.names.path(project, model, stack).is_file():
                self._jobs.ask(question)

    def naming_job(self, project: Project, model: str, stack: str) -> Job | None:
        """The newest job that was to name the neurons of a stack."""
        return self._jobs.last(self._naming(project, model, stack, False).key)

    def _naming(self, project: Project, model: str, stack: str, background: bool) -> Question:
        path = self.names.path(project, model, stack)
        before = self.names.before(project, model, stack)
        return Question(
            "concepts", f"Name the {stack} neurons of {project.title(model)}", project.id,
            digest("concepts", str(path)),
            {
                "store": str(self._stores.path(project, model)), "path": str(path),
                "corpus": dict(project.corpus_reference), "side": SIDES[stack],
                "before": str(before[0]) if before else None,
            },
            1, "neurons", background=background,
        )  # fmt: skip

    def _title(self, plan: Plan) -> str:
        about = f" for {plan.label_name}" if plan.label_name else ""
        return f"{plan.title}{about}: {plan.project.title(plan.request.model)}"

    def score(
        self,
        project: Project,
        model: str,
        interventions: list[Intervention],
        beams: int,
        part: str | None,
    ) -> Job:
        """The job that scores the corpus, clean and changed.

        Raises
        ------
        UnknownAddressError, MissingStatisticsError
            At once, not minutes later in the job.
        """
        live = self._stores.live(project, model)
        check_edits(project, live, [interventions])
        return self._jobs.ask(self._scoring(project, model, interventions, beams, part))

    def scored(
        self, project: Project, model: str, interventions: list[Intervention], beams: int
    ) -> Job | None:
        """The newest job that scored the whole corpus with these interventions, or None."""
        return self._jobs.last(self._scoring(project, model, interventions, beams, None).key)

    def _scoring(
        self,
        project: Project,
        model: str,
        interventions: list[Intervention],
        beams: int,
        part: str | None,
    ) -> Question:
        store = self._stores.find(project, model)
        network = self._stores.live(project, model).model
        values = [i.to_dict() for i in interventions]
        count = sum(len(i.neurons) for i in interventions)
        what = f"{count} neuron{'s' if count != 1 else ''} changed" if count else "unchanged"
        return Question(
            "score",
            f"Score {part or project.corpus.name}: {project.title(model)}, {what}",
            project.id,
            digest(
                "score",
                __version__,
                network.fingerprint,
                project.corpus.fingerprint,
                values,
                *leant_on(project, network, interventions),
                beams,
                part,
                project.corpus.columns.get(PART_COLUMN),
            ),
            {
                "model": project.model_reference(model),
                "corpus": dict(project.corpus_reference),
                "name": model,
                "interventions": values,
                "beams": beams,
                "part": part,
                "part_column": PART_COLUMN,
                "cache": str(self._cache),
                "store": None if store is None else str(store.path),
            },
            len(project.parts()[part]) if part is not None else len(project.corpus),
        )


def leant_on(
    project: Project, network: TranslationModel, interventions: Sequence[Intervention]
) -> list[Any]:
    """What edits take from statistics and annotation: part of what their results are known by."""
    return [
        needed_moments(network, interventions), needed_labels(project.corpus, interventions),
    ]  # fmt: skip


def members(project: Project, part: str | None) -> list[int] | None:
    """Which sentences are in a part: two corpora of one text may be split in different ways."""
    return None if part is None else project.parts()[part]


def _parameters(plan: Plan) -> dict[str, Any]:
    """A ranking as a task takes it."""
    request = plan.request
    return {
        "id": plan.id,
        "store": str(plan.asked.store.path),
        "others": {name: str(s.path) for name, s in plan.asked.others.items()},
        "corpus": dict(plan.project.corpus_reference),
        "label": None if request.label is None else request.label.model_dump(),
        "method": request.method,
        **plan.asked.options,
    }
