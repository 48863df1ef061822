"""What models gave for the whole corpus, read off the files that a score job has kept.

Where there is nothing yet, that job is started and told of. What was counted in the outputs stays
in memory for the few latest questions, so that another label is scored at once.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar, cast

from neurox_core.engine.kept import loaded
from neurox_core.engine.scoring import Translations, needed_labels
from neurox_core.errors import InvalidInputError
from neurox_core.interventions import Intervention
from neurox_core.interventions.outputs import scorable

from .contracts.jobs import Job, ScoreResult
from .contracts.slices import OfOutputs
from .errors import ApiError
from .projects import Project
from .stores import Stores, digest
from .views import interventions
from .work import Work

KEPT = 6
"""Questions whose counts stay in memory."""

Made = TypeVar("Made")


class Outputs:
    """Outputs of a corpus, and what was made of them.

    Parameters
    ----------
    stores : Stores
    work : Work
    cache : Path
        Folder of translations that were made before.
    """

    def __init__(self, stores: Stores, work: Work, cache: Path) -> None:
        self._stores, self._work, self._cache = stores, work, cache
        self._kept: OrderedDict[str, Any] = OrderedDict()
        self._lock = Lock()

    def of(self, project: Project, request: OfOutputs) -> tuple[list[Any], list[Any] | None]:
        """What was scored of the corpus, clean and changed; `not_ready` while it is made."""
        live = self._stores.live(project, request.model)
        scorable(live.model)
        translates = live.model.task == "translation"
        edits = [i for i in interventions(request.interventions) if i.neurons]
        job = None if request.start else self._begun(project, request, edits)
        job = job or self._work.score(project, request.model, edits, request.beams, None)
        if job.state != "done" or not isinstance(job.result, ScoreResult):
            raise ApiError(
                "not_ready", "The corpus is being translated; this is read off its translations."
                if translates else "The corpus is being scored; this is read off what it gave.",
                job=job.id,
            )  # fmt: skip
        sources = project.corpus.sources
        found = [
            Translations(self._cache, name).of(sources)
            for name in (job.result.clean_translations, job.result.changed_translations)
        ]
        if found[0] is None or found[1] is None:
            raise ApiError(
                "store", "The translations of this score are gone from the workspace. Score the "
                "corpus with other beams, or empty the workspace's list of jobs.", status=409,
            )  # fmt: skip
        made = [list(one) if translates else [loaded(text) for text in one] for one in found if one]
        return made[0], made[1] if edits else None

    def _begun(self, project: Project, request: OfOutputs, edits: list[Intervention]) -> Job | None:
        """The job that translates, if there is one at work; None if it has ended well."""
        job = self._work.scored(project, request.model, edits, request.beams)
        if job is None or job.state in ("failed", "cancelled"):
            raise ApiError(
                "not_scored", f"The {len(project.corpus)} sentences of the corpus are not "
                "scored with these settings yet.", status=409,
            )  # fmt: skip
        return None if job.state == "done" else job

    def remembered(self, make: Callable[[], Made], kind: str, *parts: Any) -> Made:
        """What `make` gives, or gave lately for the same parts; a few of each kind are kept."""
        key = f"{kind} {digest(*parts)}"
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return cast(Made, self._kept[key])
        made = make()
        with self._lock:
            self._kept[key] = made
            same = [k for k in self._kept if k.startswith(f"{kind} ")]
            for old in same[:-KEPT]:
                del self._kept[old]
        return made


def asked(project: Project, request: OfOutputs) -> list[Any]:
    """What outputs depend on; labels, which may come and go, where interventions ask for them."""
    chosen = request.model_dump(include={"model", "interventions", "beams"})
    labels = needed_labels(project.corpus, interventions(request.interventions))
    return [project.id, chosen, labels]


def text_of(project: Project, sentence: int | None, text: str | None) -> str:
    """A sentence of the corpus by its number, or a text; InvalidInputError for both or neither."""
    if (sentence is None) == (text is None):
        raise InvalidInputError("Give either a sentence of the corpus or a text.")
    return text if text is not None else project.sentence_texts([cast(int, sentence)])[0]
