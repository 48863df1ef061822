"""Scores of slices of a corpus, of a model of any kind that has a score."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..corpora import Corpus, Words, label_words
from ..evaluation.slice_sums import SliceSums
from ..evaluation.slices import SliceScore, SliceScores, groups_of
from ..interventions.intervention import Intervention
from ..interventions.outputs import Progress, gold_of, scorable
from ..models.base import TranslationModel
from .measuring import both_outputs

WHOLE = "all sentences"


@dataclass(frozen=True)
class MeasuredSlices:
    """Scores of the values of a label.

    Attributes
    ----------
    label : str
    whole : SliceScore
        Of all sentences.
    slices : list of SliceScore
    left_out : int
        Slices of too few sentences.
    signatures : dict of str to str
    """

    label: str
    whole: SliceScore
    slices: list[SliceScore]
    left_out: int
    signatures: dict[str, str]


def slice_scorer(
    task: str,
    gold: Sequence[Any],
    clean: Sequence[Any],
    changed: Sequence[Any] | None = None,
    resamples: int = 300,
) -> SliceScores | SliceSums:
    """What scores slices of outputs, by the model's task; of what is changed against what is not.

    Parameters
    ----------
    clean, changed : sequence
        In the form of :func:`neurox_core.interventions.outputs.summed`.
    """
    shown, first = (clean, None) if changed is None else (changed, clean)
    if task == "translation":
        return SliceScores(gold, shown, first, resamples=resamples)
    return SliceSums(task, gold, shown, first, resamples=resamples)


def measure_slices(
    model: TranslationModel,
    corpus: Corpus,
    label: str,
    interventions: Sequence[Intervention] = (),
    *,
    side: str = "source",
    parameters: Mapping[str, Any] | None = None,
    beams: int = 1,
    resamples: int = 300,
    minimum: int = 5,
    on_progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> MeasuredSlices:
    """Score the sentences that have each value of a label, clean and changed.

    Parameters
    ----------
    model : TranslationModel
        Of any task that has a score.
    corpus : Corpus
    label : str
        As :func:`neurox_core.label_words` finds it: an annotation (``upos``), a label of sentences
        (``column:part``) or an annotator (``length``). A number is cut into ranges.
    interventions : sequence of Intervention
    side : {"source", "reference"}
        Whose words have the label.
    parameters : mapping, optional
        Options of an annotator.
    beams, resamples : int
    minimum : int
        Slices of fewer sentences are left out.
    on_progress : callable of (done, total), optional
        In sentences, those of the changed run after those of the clean one.
    cancelled : callable, optional

    Raises
    ------
    InvalidInputError, UnknownNameError, UnknownAddressError, CancelledError
    """
    scorable(model)
    texts = corpus.sources if side == "source" else corpus.references
    # A wrong label is told before anything is decoded.
    found = label_words(Words.of(texts, side), corpus, label, side, **(parameters or {}))
    groups = groups_of(found, len(corpus))
    clean, changed = both_outputs(
        model, corpus, interventions, beams, on_progress=on_progress, cancelled=cancelled
    )
    scores = slice_scorer(model.task, gold_of(model, corpus), clean, changed, resamples)
    kept = scores.of(groups, minimum)
    whole = scores.score(WHOLE, np.arange(len(corpus)))
    return MeasuredSlices(found.name, whole, kept, len(groups) - len(kept), scores.signatures)
