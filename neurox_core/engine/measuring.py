"""Scoring a model of any kind on a corpus, clean and changed, in the way of its task.

A translation model is scored on its translations, a language model on how well it predicts the
sources, a classifier on its classes. The gold labels of a classifier stand where a translation
model's references stand: in the corpus' second column (for a token classifier one label a word,
separated by spaces), or they are given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..corpora import Corpus
from ..errors import InvalidInputError
from ..evaluation.metrics import score_outputs
from ..evaluation.scores import CorpusScore
from ..interventions.intervention import Intervention
from ..models.base import TranslationModel

Progress = Callable[[int, int], None]
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

    if model.task == "encoding":
        raise InvalidInputError(f"{model.name} gives activations only; there is nothing to score.")
    clean = outputs(model, corpus.sources, (), beams, moved(0), cancelled)
    changed = clean
    if edits:
        changed = outputs(model, corpus.sources, edits, beams, moved(len(corpus)), cancelled)
    wanted: Any = corpus.references if gold is None else list(gold)
    if model.task == "token-classification" and gold is None:
        wanted = [line.split() for line in corpus.references]
    return score_outputs(
        model.task, changed, wanted, clean if edits else None, metrics=metrics, resamples=resamples
    )


def outputs(
    model: TranslationModel,
    sources: Sequence[str],
    interventions: Sequence[Intervention] = (),
    beams: int = 1,
    on_progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Any:
    """What a model is scored on.

    Returns
    -------
    list
        Texts of a translation model; of a language model a list of log-probabilities for each
        source; of a classifier a label, or a list of labels, one a word, for each.
    """
    edits = list(interventions)
    network: Any = model  # Each kind has a method of its own.
    if model.task == "translation":
        found = model.translate(sources, edits, beams, on_progress=on_progress, cancelled=cancelled)
        return [translation.text for translation in found]
    if model.task == "language-modelling":
        return network.logprobs(sources, edits, on_progress=on_progress, cancelled=cancelled)
    found = network.classify(sources, edits, on_progress=on_progress, cancelled=cancelled)
    if model.task == "classification":
        return [one.label for one in found]
    return [one.word_labels for one in found]
