"""Rankings that were made: what each came from in the records, the rest in a file.

A ranking's id is a hash of everything it depends on, so asking for the same one again finds it.
What takes long is made by a job, which writes the same file; when the job has ended the ranking is
entered here.
"""

from __future__ import annotations

import logging
import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from pydantic import ValidationError

from neurox_core import __version__
from neurox_core.activations import ActivationStore
from neurox_core.corpora import Words
from neurox_core.corpora.labelling import Labelling
from neurox_core.engine.naming import rank_marked
from neurox_core.engine.ranking import Asked, is_sound, label_from
from neurox_core.errors import InvalidInputError, NeuroXError, UnknownAddressError
from neurox_core.rankings import analysis
from neurox_core.rankings.files import RankingFile, save_ranking

from .contracts import (
    Job,
    LabelBody,
    MarkedRequest,
    RankingInfo,
    RankingMade,
    RankingRequest,
    SubRanking,
)
from .errors import not_found
from .projects import Project
from .records import RankingRecord, Records, now
from .stores import digest
from .views import layer_info

LOG = logging.getLogger(__name__)

AT_ONCE = 300_000_000
"""Activations that a ranking may look at while a request waits; a second or two."""


LABELS_KEPT = 16
"""Labels of all words that are kept; a request for a ranking comes again when its job has ended."""


def label_title(label: LabelBody) -> str:
    """What the page calls a label; its name in a signature also says which classes are left out."""
    options = ", ".join(f"{name} {value}" for name, value in label.parameters.items())
    parts = [
        re.sub("^(column|annotator):", "", label.name).replace("_", " "),
        f"({options})" if options else "",
        "" if label.against is None else f"= {label.against}",
        "of the reference" if label.side == "reference" else "",
    ]
    return " ".join(part for part in parts if part)


@dataclass(frozen=True)
class Plan:
    """A ranking that could be made.

    Attributes
    ----------
    id, project, title : str
    request : RankingRequest
        With its layers filled in.
    asked : Asked
        What the core makes it from.
    path : Path
        Where it belongs.
    label_name : str
        What the label is called; '' if there is none.
    """

    id: str
    project: Project
    title: str
    request: RankingRequest
    asked: Asked
    path: Path
    label_name: str

    @property
    def quick(self) -> bool:
        """Whether it is made while the request waits."""
        needs = analysis(self.request.method)
        return not needs.needs & {"labels", "others"} and not needs.slow \
            and self.asked.values <= AT_ONCE  # fmt: skip

    @property
    def draft(self) -> dict[str, Any]:
        """What is known of the ranking before it is made."""
        request, found = self.request, analysis(self.request.method)
        return {
            "id": self.id, "model": request.model, "method": request.method, "title": found.title,
            "family": found.family,
            "layers": [layer_info(a, self.asked.store.layers[a]).model_dump()
                       for a in request.layers or ()],
            "label": None if request.label is None else request.label.model_dump(),
            "others": request.others, "standardize": request.standardize, "seed": request.seed,
            "words": request.words,
        }  # fmt: skip


class Rankings:
    """The rankings of a workspace.

    Parameters
    ----------
    records : Records
    folder : Path
    """

    def __init__(self, records: Records, folder: Path) -> None:
        self._records, self._folder = records, folder
        self._labels_made: OrderedDict[str, Labelling] = OrderedDict()
        self._lock = Lock()

    def plan(
        self, project: Project, request: RankingRequest, stores: Mapping[str, ActivationStore]
    ) -> Plan:
        """Check a request against what there is.

        Parameters
        ----------
        stores : mapping of str to ActivationStore
            Of the model and the other models.

        Raises
        ------
        UnknownNameError, UnknownAddressError, InvalidInputError
            For a method, option, layer or label that there is not, or that do not go together.
        """
        found, store = analysis(request.method), stores[request.model]
        label, label_name = self._labels(project, request, store)
        layers = _layers(request, store, None if label is None else label.stack)
        request = request.model_copy(update={
            "layers": layers,
            "label": request.label if label is not None else None,
            "others": request.others if "others" in found.needs else [],
        })  # fmt: skip
        others = {name: stores[name] for name in request.others}
        options = request.model_dump(exclude={"model", "method", "label", "others"})
        asked = Asked(request.method, store, label, others, options)
        asked.check()
        identifier = digest(
            __version__, project.id, project.corpus.columns, request.model_dump(),
            found.checked(request.parameters),
            {name: [s.model_fingerprint, s.corpus_fingerprint, s.key]
             for name, s in {request.model: store, **others}.items()},
            None if label is None else digest(label.classes, label.values.tolist()),
        )[:16]  # fmt: skip
        return Plan(
            identifier, project, found.title, request, asked, self._file(identifier), label_name
        )

    def _labels(
        self, project: Project, request: RankingRequest, store: ActivationStore
    ) -> tuple[Labelling | None, str]:
        if "labels" not in analysis(request.method).needs:
            return None, ""
        if request.label is None:
            raise InvalidInputError(
                f"The ranking {request.method!r} needs a label of words, such as upos."
            )
        key = digest(store.key, project.corpus.labels_fingerprint, request.label.model_dump())
        with self._lock:
            label = self._labels_made.get(key)
        if label is None:
            words = Words.of(store, request.label.side)
            label = label_from(words, project.corpus, request.label.model_dump())
            with self._lock:
                self._labels_made[key] = label
                while len(self._labels_made) > LABELS_KEPT:
                    self._labels_made.popitem(last=False)
        return label, label_title(request.label)

    def find(self, plan: Plan) -> RankingInfo | None:
        """The ranking, if it was made before."""
        known = self._info(self._records.ranking(plan.id))
        if known is not None:
            return known
        # Made by a job of a server that was ended before it could enter it.
        return self._enter(plan.project.id, plan.draft) if is_sound(plan.path) else None

    def make(self, plan: Plan) -> RankingInfo:
        """Make it now."""
        save_ranking(plan.asked.rank(), plan.path)
        return self._enter(plan.project.id, plan.draft)

    def adopt(self, job: Job) -> None:
        """Enter the ranking that a job made."""
        if job.state != "done" or not isinstance(job.result, RankingMade):
            return
        record = self._records.job(job.id)
        try:
            if record is not None:
                self._enter(job.project, record.parameters["draft"])
        except (NeuroXError, ValidationError, KeyError) as error:
            LOG.warning("the ranking of job %s cannot be entered: %s", job.id, error)

    def mark(self, project: Project, request: MarkedRequest, store: ActivationStore) -> RankingInfo:
        """Rank neurons by how well they tell marked words from all others."""
        stack = "encoder" if request.side == "source" else "decoder"
        spans = [(s.sentence, s.first, s.last) for s in request.spans]
        layers = [a for a in store.layers if a.startswith(f"{stack}.")]
        chosen = [a for a in request.layers if a in layers] if request.layers else layers
        if not chosen:
            raise InvalidInputError(
                f"The marked words are of the {request.side}, and no chosen layer of the {stack} "
                "is recorded."
            )
        ranking, words = rank_marked(store, request.side, spans, chosen)
        quoted = ", ".join(f"\u201c{word}\u201d" for word in words)
        identifier = digest(__version__, project.id, request.model, ranking.signature)[:16]
        draft = {
            "id": identifier, "model": request.model, "method": "marked",
            "title": f"Marked words: {quoted}", "family": "marked",
            "layers": [layer_info(a, store.layers[a]).model_dump() for a in chosen],
            "label": None, "others": [], "standardize": None, "seed": 0, "words": "last",
        }  # fmt: skip
        save_ranking(ranking, self._file(identifier))
        return self._enter(project.id, draft)

    def all(self, project: str, model: str | None) -> list[RankingInfo]:
        """The rankings of a project, or of one of its models, oldest first."""
        found = (self._info(r) for r in self._records.rankings(project, model))
        return [info for info in found if info is not None]

    def get(self, project: str, identifier: str) -> RankingInfo:
        """A ranking; ApiError (404) if the project has none of that id."""
        record = self._records.ranking(identifier)
        info = None if record is None or record.project != project else self._info(record)
        if info is None:
            raise not_found("ranking", identifier, f"Project {project!r} lists its rankings.")
        return info

    def file(self, identifier: str) -> RankingFile:
        """What was found; StoreError if the file is damaged."""
        return RankingFile(self._file(identifier))

    def remove(self, identifier: str) -> None:
        """Delete a ranking; it can be made again."""
        self._records.remove_ranking(identifier)
        self._file(identifier).unlink(missing_ok=True)

    def _enter(self, project: str, draft: Mapping[str, Any]) -> RankingInfo:
        meta = self.file(draft["id"]).meta
        chosen = {k: v for k, v in meta["parameters"].items() if k not in ("standardize", "seed")}
        info = RankingInfo.model_validate({
            **draft, "neurons": meta["neurons"], "signature": meta["signature"],
            "parameters": chosen, "standardize": meta["parameters"].get("standardize"),
            "labels": [SubRanking(label=e["label"], signature=e["signature"])
                       for e in meta["labels"]],
            "details": list(meta["details"]), "created": now(),
        })  # fmt: skip
        self._records.put(
            RankingRecord(
                id=info.id, project=project, model=info.model, created=info.created,
                info=info.model_dump(),
            )
        )  # fmt: skip
        return info

    def _info(self, record: RankingRecord | None) -> RankingInfo | None:
        """None if there is none, its file is gone, or an earlier version wrote it."""
        if record is None or not self._file(record.id).is_file():
            return None
        try:
            return RankingInfo.model_validate(record.info)
        except ValidationError:
            return None

    def _file(self, identifier: str) -> Path:
        return self._folder / f"{identifier}.ranking.npz"


def _layers(request: RankingRequest, store: ActivationStore, stack: str | None) -> list[str]:
    """The layers asked for; by default all, or those of one stack where words are looked at."""
    recorded = list(store.layers)
    if request.layers is None:
        if stack is None and "others" in analysis(request.method).needs:
            stack = recorded[0].partition(".")[0]
        found = [a for a in recorded if stack is None or a.startswith(f"{stack}.")]
        if not found:
            raise InvalidInputError(
                f"The label is of {stack} words, and no layer of the {stack} is recorded."
            )
        return found
    chosen = list(dict.fromkeys(request.layers))
    for layer in chosen:
        if layer not in store.layers:
            raise UnknownAddressError(layer, recorded, "it was not recorded")
        if stack is not None and not layer.startswith(f"{stack}."):
            raise InvalidInputError(
                f"The label is of {stack} words, but {layer} is not a layer of the {stack}. Choose "
                "layers of one stack, or label the other side."
            )
    if (
        "others" in analysis(request.method).needs
        and len({a.partition(".")[0] for a in chosen}) > 1
    ):
        raise InvalidInputError("Models are compared in one stack; choose layers of one stack.")
    return chosen
