"""Scoring a model of any kind on a corpus, clean and changed, in the way of its task.

A translation model is scored on its translations, a language model on how well it predicts the
sources, a classifier on its classes. The gold labels of a classifier stand where a translation
model's references stand: in the corpus' second column (for a token classifier one label a word,
separated by spaces), or they are given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..activations.lengths import told_by_line
from ..corpora import Corpus
from ..evaluation.metrics import score_outputs
from ..evaluation.scores import CorpusScore
from ..evaluation.user_metrics import OnSample
from ..interventions.curve import Kept
from ..interventions.intervention import Intervention
from ..interventions.outputs import Progress, gold_of, outputs, scorable, summed
from ..interventions.placing import corpus_rows, text_rows
from ..models.base import TranslationModel

Gold = Sequence[str] | Sequence[Sequence[str]]


def measure(
    model: TranslationModel,
    corpus: Corpus,
    interventions: Sequence[Intervention] = (),
    *,
    metrics: Sequence[str] | None = None,
    beams: int = 1,
    gold: Gold | None = None,
    resamples: int = 300,
    on_progress: Progress | None = None,
    on_sample: OnSample | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> CorpusScore:
    """Score a model on a corpus, and against its clean run if anything is changed.

    Parameters
    ----------
    model : TranslationModel
        Of any task but ``encoding``.
    corpus : Corpus
        Its sources are what the model reads.
    interventions : sequence of Intervention
    metrics : sequence of str, optional
        As :func:`neurox_core.evaluation.metrics.metrics` lists them for ``model.task``.
    beams : int
        Of a translation model.
    gold : sequence of str, or of sequences of str, optional
        Gold labels; the corpus' references if missing.
    resamples : int
    on_progress : callable of (done, total), optional
        In sentences, those of the changed run after those of the clean one.
    on_sample : callable of (metric, done, total), optional
        Told afterwards how far third parties' metrics are with their samples.
    cancelled : callable, optional

    Returns
    -------
    CorpusScore
        With baseline and p-value if there are interventions.

    Raises
    ------
    InvalidInputError, UnknownNameError, UnknownAddressError, CancelledError
    """
    edits = [i for i in interventions if i.neurons]
    total = len(corpus) * (2 if edits else 1)

    def moved(done: int) -> Progress:
        return lambda now, _: None if on_progress is None else on_progress(done + now, total)

    scorable(model)
    with told_by_line(model, corpus, "scored"):
        clean = outputs(model, corpus.sources, (), beams, moved(0), cancelled)
    changed = clean
    if edits:
        rows = corpus_rows(model, corpus, edits)
        changed = outputs(model, corpus.sources, rows, beams, moved(len(corpus)), cancelled)
    wanted: Any = gold_of(model, corpus) if gold is None else list(gold)
    return score_outputs(
        model.task, changed, wanted, clean if edits else None, metrics=metrics, resamples=resamples,
        on_sample=on_sample, cancelled=cancelled,
    )  # fmt: skip


def both_outputs(
    model: TranslationModel,
    corpus: Corpus,
    interventions: Sequence[Intervention] = (),
    beams: int = 1,
    *,
    labels: Corpus | None = None,
    on_progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[list[Any], list[Any] | None]:
    """What a model gives for a corpus, clean and changed.

    Parameters
    ----------
    labels : Corpus, optional
        Where words get labels from that interventions are limited by; the corpus itself if missing.
    on_progress : callable of (done, total), optional
        In sentences, those of the changed run after those of the clean one.

    Returns
    -------
    list, list or None
        In the form of :func:`neurox_core.interventions.outputs.summed`; no second one if nothing is
        changed.
    """
    scorable(model)
    edits = [i for i in interventions if i.neurons]
    runs: list[Any] = [[]]
    if edits:
        runs.append(
            corpus_rows(model, corpus, edits)
            if labels is None
            else text_rows(model, corpus.sources, edits, labels)
        )
    found = []
    for done, rows in enumerate(runs):

        def moved(now: int, _: int, done: int = done) -> None:
            if on_progress is not None:
                on_progress(done * len(corpus) + now, len(runs) * len(corpus))

        with told_by_line(model, corpus, "translated"):
            given = outputs(model, corpus.sources, rows, beams, moved, cancelled)
        found.append([summed(model.task, one) for one in given])
    return found[0], found[1] if edits else None


def read(
    model: TranslationModel,
    corpus: Corpus,
    settings: Sequence[Sequence[Intervention]],
    keep: Kept,
    *,
    on_progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> list[list[Any]]:
    """Outputs of a model that does not translate, under some settings, as they are kept.

    Parameters
    ----------
    corpus : Corpus
    settings : sequence of sequences of Intervention
    keep : Kept
        Where outputs are looked up, and put.
    on_progress : callable of (done, total), optional
        In sentences of all settings.

    Returns
    -------
    list of list
        For each setting, in the form of :func:`neurox_core.interventions.outputs.summed`.
    """
    found: list[list[Any]] = []
    sources = corpus.sources
    total = len(sources) * len(settings)

    def moved(now: int, _: int) -> None:
        if on_progress is not None:
            on_progress(len(found) * len(sources) + now, total)

    for edits in settings:
        known = keep.get(edits)
        if known is None:
            rows = corpus_rows(model, corpus, edits)
            with told_by_line(model, corpus, "scored"):
                given = outputs(model, sources, rows, on_progress=moved, cancelled=cancelled)
            known = [summed(model.task, one) for one in given]
            keep.put(edits, known)
        found.append(known)
    return found
