"""The work that jobs do: plain functions of JSON values that report as they go.

A task must give the same result whenever and wherever it runs, and must find what an earlier,
interrupted run of itself left on disk; then a job may be killed and started again at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ..errors import DiskBudgetError, StoreError, UnknownNameError
from .recording import refused
from .sources import lend_samples, open_corpus, open_model, writes_own

if TYPE_CHECKING:
    from ..corpora import Corpus
    from ..interventions import Intervention
    from ..models.base import TranslationModel

Parameters = Mapping[str, Any]
_AT_ONCE = 128
"""Sentences that are translated and kept together."""


class Reporter(Protocol):
    """How a running task talks to whoever asked for it."""

    def progress(
        self, done: int, total: int, message: str = "", partial: Mapping[str, Any] | None = None
    ) -> None:
        """Say how far the work is; `partial` is a preliminary result."""

    def cancelled(self) -> bool:
        """Whether the work is no longer wanted."""


def extract(parameters: Parameters, reporter: Reporter) -> dict[str, Any]:
    """Record activations of a model on a corpus.

    The folder belongs to this job alone: what is damaged in it is thrown away and made anew.

    Parameters
    ----------
    parameters : mapping
        ``model`` and ``corpus`` (see :mod:`.sources`), ``path`` of the store, ``layers``; optional
        ``cache`` (a folder of translations) and ``max_bytes``. Without references a translation
        model's decoder is recorded while it writes the model's own translations.

    Raises
    ------
    DiskBudgetError
        If the store would take more than ``max_bytes``, or than is free.
    """
    from ..activations import extract as extract_store
    from ..activations.lengths import check_lengths

    model, corpus = open_model(parameters["model"]), open_corpus(parameters["corpus"])
    path = Path(parameters["path"])
    _clear_damage(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    reads: str | list[str] = "reference"
    if writes_own(model.task, corpus, parameters["layers"]):
        check_lengths(model, corpus)
        reads = own_output(model, corpus, parameters.get("cache"), reporter)
    most = parameters.get("max_bytes")
    try:
        store = extract_store(
            model, corpus, path, parameters["layers"], decoder_text=reads, max_bytes=most,
            on_progress=reporter.progress, cancelled=reporter.cancelled,
        )  # fmt: skip
    except DiskBudgetError as error:
        told = refused(error.needed, path, most)
        raise DiskBudgetError(told or str(error), error.needed) from error
    return {"path": str(store.path)}


def own_output(
    model: TranslationModel, corpus: Corpus, cache: str | None, reporter: Reporter
) -> list[str]:
    """The model's greedy translations, kept in a folder as they are made.

    Raises
    ------
    CancelledError
    """
    from .kept import KeptTranslations

    found: list[str] = []
    for first in range(0, len(corpus), _AT_ONCE):
        part = corpus.sources[first : first + _AT_ONCE]
        keep = None if cache is None else KeptTranslations(Path(cache), model, part, 1)
        texts = None if keep is None else keep.get([])
        if texts is None:
            reporter.progress(len(found), len(corpus), "translating, for there are no references")
            texts = [t.text for t in model.translate(part, cancelled=reporter.cancelled)]
            if keep is not None:
                keep.put([], texts)
        found += texts
    return found


def _clear_damage(path: Path) -> None:
    """Empty the folder of a store that cannot be used or gone on with.

    Under the lock that writers of a store hold, so that what another process has just begun is
    left alone.

    Raises
    ------
    StoreError
        If another process is writing there.
    """
    from ..activations import folders

    if path.is_dir() and not _usable(path):
        with folders.writing(path):
            # It may have been mended in the meantime.
            if not _usable(path):
                folders.clear(path)


def _usable(path: Path) -> bool:
    """Whether a folder holds a store, whole or begun, or nothing that is in the way."""
    from ..activations import folders, open_store
    from ..activations.layout import META, Metadata

    try:
        folders.check(path)
        if (path / META).is_file() and Metadata.read(path).complete:
            open_store(path)
    except StoreError:
        return False
    return True


def score(parameters: Parameters, reporter: Reporter) -> dict[str, Any]:
    """Score a corpus, clean and changed (see :func:`neurox_core.engine.scoring.score_changes`).

    Parameters
    ----------
    parameters : mapping
        ``model``, ``corpus``, ``name`` (of the model, for the result), ``interventions``,
        ``beams``, ``part`` (or None), ``part_column``, ``cache`` (a folder), ``store`` (a path
        whose statistics are used if the model has none, or None).
    """
    from ..activations import open_store
    from ..interventions import Intervention
    from .scoring import score_changes

    store = open_store(parameters["store"]) if parameters.get("store") else None
    model, corpus = open_model(parameters["model"], store), open_corpus(parameters["corpus"])
    lend_samples(model, corpus)
    interventions = [Intervention.from_dict(values) for values in parameters["interventions"]]
    if model.task != "translation":
        return _measured(model, corpus, interventions, parameters, reporter)
    return score_changes(
        model,
        corpus,
        interventions,
        name=parameters["name"],
        beams=parameters["beams"],
        part=parameters.get("part"),
        part_column=parameters["part_column"],
        cache=Path(parameters["cache"]),
        reporter=reporter,
    )


def _measured(
    model: TranslationModel,
    corpus: Corpus,
    interventions: list[Intervention],
    parameters: Parameters,
    reporter: Reporter,
) -> dict[str, Any]:
    """Scores in the way of another task, under the names that the web interface uses."""
    from ..evaluation.scorers import scorer
    from ..interventions.outputs import gold_of, scorable
    from .kept import kept_outputs
    from .measuring import read

    scorable(model)
    if parameters.get("part") is not None:
        corpus = corpus.select(parameters["part_column"], parameters["part"])
    edits = [i for i in interventions if i.neurons]
    keep = kept_outputs(Path(parameters["cache"]), model, corpus.sources, 1, corpus)
    clean, *changed = read(
        model, corpus, [[], *([edits] if edits else [])], keep,
        on_progress=reporter.progress, cancelled=reporter.cancelled,
    )  # fmt: skip
    scores = scorer(model.task, gold_of(model, corpus))
    found = scores.score(changed[0], clean) if edits else scores.score(clean)
    return {
        "clean_translations": keep.key([]), "changed_translations": keep.key(edits),
        "model": parameters["name"], "complete": True, "scored": found.sentences, "parts": [],
        "bleu_signature": "", "chrf_signature": "", "changed_sentences": found.changed_sentences,
        "metrics": [{"name": name, **asdict(score)} for name, score in found.metrics.items()],
    }  # fmt: skip


Task = Callable[[Parameters, Reporter], dict[str, Any]]

TASKS = {
    "extract": "tasks:extract",
    "score": "tasks:score",
    "ablate": "causal:ablate_task",
    "control": "causes:control_task",
    "sets": "causes:sets_task",
    "try": "causes:try_task",
    "groups": "groups:groups_task",
    "bias": "causes:bias_task",
    "prune": "causes:prune_task",
    "check": "checking:check_task",
    "find": "finding:find_task",
    "rank": "ranking:rank_task",
    "stability": "ranking:stability_task",
    "similarity": "ranking:similarity_task",
    "concepts": "naming:concepts_task",
    "index": "indexing:index_task",
}
"""Kinds of jobs: the module of this package and the function in it, imported when first run."""


def task(kind: str) -> Task:
    """The task of a kind; UnknownNameError if there is none."""
    if kind not in TASKS:
        raise UnknownNameError("kind of job", kind, list(TASKS))
    module, _, name = TASKS[kind].partition(":")
    found: Task = getattr(import_module(f".{module}", __package__), name)
    return found
