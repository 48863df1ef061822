"""Questions of cause and effect: what an ablation job is asked, and where its texts are kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from neurox_core import __version__
from neurox_core.engine.kept import said
from neurox_core.engine.scoring import Translations
from neurox_core.errors import InvalidInputError, UnknownNameError
from neurox_core.evaluation.metrics import chosen as chosen_metrics
from neurox_core.interventions import Intervention
from neurox_core.interventions.attribution import default_layers
from neurox_core.interventions.finding import require_writable
from neurox_core.interventions.outputs import scorable

from .contracts import (
    AblationRequest,
    FindRequest,
    Job,
    KeptQuery,
    KeptTranslation,
    KeptTranslations,
)
from .jobs import Jobs, Question
from .projects import PART_COLUMN, Project
from .rankings import Rankings
from .stores import Stores, digest
from .work import leant_on, members

FORM = 3
"""Of the result of a curve; part of what a job is known by."""


class Causal:
    """Starts ablation jobs and finds what they translated.

    Parameters
    ----------
    jobs : Jobs
    stores : Stores
    rankings : Rankings
    cache : Path
        Folder of translations that were made before.
    """

    def __init__(self, jobs: Jobs, stores: Stores, rankings: Rankings, cache: Path) -> None:
        self._jobs, self._stores, self._rankings, self._cache = jobs, stores, rankings, cache

    def ablate(self, project: Project, request: AblationRequest) -> Job:
        """The job that draws ablation curves.

        Raises
        ------
        InvalidInputError, UnknownAddressError, MissingStatisticsError
            At once, not minutes later in the job.
        """
        neurons, title, signature = self._order(project, request)
        live = self._stores.live(project, request.model).model
        scorable(live)
        metrics = chosen_metrics(live.task, request.metrics)
        # What is resampled is drawn by the job.
        operation = "zero" if request.operation == "resample" else request.operation
        edits = [Intervention(neurons, operation, scope=request.scope)]
        live.plan([edits])
        if request.part is not None and request.part not in project.parts():
            raise UnknownNameError("part of the corpus", request.part[:80], list(project.parts()))
        store = self._stores.find(project, request.model)
        steps: int | str | list[int] = request.steps
        if request.most is not None and request.most < len(neurons):
            if isinstance(request.steps, str):
                raise InvalidInputError("Adaptive steps go through all neurons; leave out most.")
            numbers = np.linspace(0, request.most, request.steps + 1).round().astype(int)
            steps = sorted(set(numbers.tolist()))
        chosen: dict[str, Any] = {
            "model": project.model_reference(request.model),
            "corpus": dict(project.corpus_reference),
            "neurons": neurons, "ranking": title, "ranking_signature": signature, "steps": steps,
            "directions": request.directions, "seeds": list(range(request.orders)),
            "operation": request.operation, "scope": request.scope, "beams": request.beams,
            "part": request.part, "part_column": PART_COLUMN, "sentences": request.sentences,
            "store": None if store is None else str(store.path),
        }  # fmt: skip
        if request.metrics is not None:  # Others are known by what they were known by before.
            chosen["metrics"] = metrics
        key = digest(
            "ablate", FORM, __version__, live.fingerprint, project.corpus.fingerprint,
            {k: v for k, v in chosen.items() if k not in ("model", "corpus", "store")},
            members(project, request.part), *leant_on(project, live, edits),
        )  # fmt: skip
        parameters = {**chosen, "cache": str(self._cache), "workers": request.workers}
        places = len(steps) if isinstance(steps, list) else 21
        if isinstance(steps, int):
            places = steps + 1
        orders = sum(request.orders if d == "random" else 1 for d in request.directions)
        return self._jobs.ask(
            Question(
                "ablate", f"Ablate by {title}: {project.title(request.model)}", project.id, key,
                parameters, places * orders, "points",
            )
        )  # fmt: skip

    def find(self, project: Project, request: FindRequest) -> Job:
        """The job that searches for the neurons that would make a word.

        Raises
        ------
        InvalidInputError, UnknownAddressError
            If the sentence cannot be translated, the word cannot be written, or there is no such
            layer to look in; at once.
        """
        live = self._stores.live(project, request.model)
        live.checked(request.text)
        default_layers(live.model, request.layers, request.scope)
        require_writable(live.model, request.wanted)
        store = self._stores.find(project, request.model)
        chosen = request.model_dump(exclude={"model"})
        return self._jobs.ask(
            Question(
                "find", f"Find what would make {request.wanted!r}: {project.title(request.model)}",
                project.id,
                # Bounds are in deviations, which the corpus' activations may have lent.
                digest("find", __version__, live.model.fingerprint, chosen,
                       None if store is None else store.key),
                {
                    **chosen, "model": project.model_reference(request.model),
                    "store": None if store is None else str(store.path),
                },
                1, "searches",
            )
        )  # fmt: skip

    def _order(self, project: Project, request: AblationRequest) -> tuple[list[str], str, str]:
        """Addresses, most important first; what to call them; their signature."""
        if (request.ranking is None) == (request.neurons is None):
            raise InvalidInputError("Give either a ranking or neurons.")
        if request.neurons is not None:
            return list(dict.fromkeys(request.neurons)), "a list of neurons", ""
        assert request.ranking is not None
        info = self._rankings.get(project.id, request.ranking)
        if info.model != request.model:
            raise InvalidInputError(
                f"This ranking is of {info.model}; ablate that model, or rank {request.model}."
            )
        file = self._rankings.file(info.id)
        names = [f"{layer.address}[{u}]" for layer in info.layers for u in range(layer.width)]
        label = request.label or None
        about = info.title if label is None else f"{info.title}, {label}"
        signature = str(file.node(label).get("signature", info.signature))
        return [names[i] for i in file.order(label).tolist()], about, signature

    def kept(self, project: Project, query: KeptQuery) -> KeptTranslations:
        """Translations that a point of a curve was scored by, or what else the model gave."""
        corpus = project.corpus
        texts = Translations(self._cache, query.name)
        window = range(query.first, min(query.first + query.count, len(corpus)))
        return KeptTranslations(
            total=len(corpus),
            items=[
                KeptTranslation(
                    sentence=i, source=corpus.sources[i], reference=corpus.references[i],
                    translation=None if kept is None else said(texts.task, kept),
                )
                for i in window
                for kept in [texts.get(corpus.sources[i], i)]
            ],
        )  # fmt: skip
