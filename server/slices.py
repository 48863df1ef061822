"""Slices of the corpus: the score of each value of a label, and the sentences that have it."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from neurox_core.corpora import Words
from neurox_core.engine.ranking import label_from
from neurox_core.engine.slicing import WHOLE, slice_scorer
from neurox_core.evaluation.metrics import higher_is_better
from neurox_core.evaluation.slice_sums import SliceSums
from neurox_core.evaluation.slices import SliceScore, SliceScores, groups_of
from neurox_core.interventions.curve_results import described, flat_signatures
from neurox_core.interventions.outputs import gold_of, shown

from .contracts import MetricInfo
from .contracts.slices import (
    OfOutputs,
    SliceInfo,
    SliceMetricBody,
    SliceSentence,
    SliceSentences,
    SliceSentencesRequest,
    SlicesRequest,
    SlicesResult,
)
from .errors import not_found
from .outputs import Outputs, asked
from .projects import Project
from .stores import Stores

ALONE = {"translation": "chrf", "language-modelling": "perplexity"}
"""The metric that says most of one text; accuracy of classifiers."""

Groups = dict[str, NDArray[np.int64]]


class Slices:
    """Scores slices of a corpus.

    Parameters
    ----------
    stores : Stores
    outputs : Outputs
    """

    def __init__(self, stores: Stores, outputs: Outputs) -> None:
        self._stores, self._outputs = stores, outputs

    def slices(self, project: Project, request: SlicesRequest) -> SlicesResult:
        """Scores of each slice of a label.

        Raises
        ------
        ApiError
            ``not_ready`` with a job, if the corpus has to be translated first.
        """
        scores = self._scores(project, request)
        label, groups = self._groups(project, request)

        def make() -> SlicesResult:
            found = scores.of(groups, request.least)
            signatures = scores.signatures
            return SlicesResult(
                model=request.model, label=label,
                whole=_slice(scores.score(WHOLE, np.arange(len(scores)))),
                slices=[_slice(one) for one in found], left_out=len(groups) - len(found),
                metrics=[MetricInfo(**one) for one in described(signatures)],
                **flat_signatures(signatures),
            )  # fmt: skip

        return self._outputs.remembered(
            make, "slices", project.id, project.corpus.labels_fingerprint, request.model_dump()
        )

    def sentences(self, project: Project, request: SliceSentencesRequest) -> SliceSentences:
        """A window on the sentences of a slice; ApiError (404) if there is no such slice."""
        scores = self._scores(project, request)
        label, groups = self._groups(project, request)
        if request.name not in groups:
            raise not_found("slice", request.name, f"{label} has: {', '.join(groups)[:200]}.")
        rows = groups[request.name]
        task = self._stores.live(project, request.model).model.task
        metric = ALONE.get(task, "accuracy")
        now, before = self._outputs.remembered(
            lambda: scores.sentence_scores(metric), "sentences", *asked(project, request)
        )  # fmt: skip
        sign = 1 if higher_is_better(metric) else -1
        if request.order == "worst":
            rows = rows[np.argsort(sign * now[rows], kind="stable")]
        elif request.order == "change" and before is not None:
            rows = rows[np.argsort(sign * (now - before)[rows], kind="stable")]
        corpus = project.corpus
        clean = scores.outputs if scores.baseline is None else scores.baseline
        flat = metric == "chrf"
        window = rows[request.offset : request.offset + request.limit].tolist()
        return SliceSentences(
            total=len(rows), offset=request.offset, metric=metric,
            sentences=[
                SliceSentence(
                    sentence=i, source=corpus.sources[i], reference=corpus.references[i],
                    clean=shown(task, clean[i]),
                    changed=None if before is None else shown(task, scores.outputs[i]),
                    score=first, score_changed=second, chrf=first if flat else None,
                    chrf_changed=second if flat else None,
                )
                for i in window
                for first in [_number((now if before is None else before)[i])]
                for second in [None if before is None else _number(now[i])]
            ],
        )  # fmt: skip

    def _scores(self, project: Project, request: OfOutputs) -> SliceScores | SliceSums:
        clean, changed = self._outputs.of(project, request)
        corpus, live = project.corpus, self._stores.live(project, request.model).model

        def make() -> SliceScores | SliceSums:
            return slice_scorer(live.task, gold_of(live, corpus), clean, changed or None)

        return self._outputs.remembered(make, "scores", *asked(project, request))

    def _groups(self, project: Project, request: SlicesRequest) -> tuple[str, Groups]:
        corpus, label = project.corpus, request.label
        texts = corpus.sources if label.side == "source" else corpus.references

        def make() -> tuple[str, Groups]:
            words = Words.of(texts, label.side)
            found = label_from(words, corpus, label.model_dump())
            return found.name, groups_of(found, len(corpus))

        return self._outputs.remembered(
            make, "groups", corpus.fingerprint, corpus.labels_fingerprint, label.model_dump()
        )


def _number(score: float) -> float | None:
    """A score of a text alone; None if it has nothing to score, which sorts behind all others."""
    return None if np.isnan(score) else float(score)


def _slice(score: SliceScore) -> SliceInfo:
    metrics = {name: SliceMetricBody(**asdict(one)) for name, one in score.metrics.items()}
    return SliceInfo(
        name=score.name, sentences=score.sentences, changed_sentences=score.changed_sentences,
        metrics=metrics, bleu=metrics.get("bleu"), chrf=metrics.get("chrf"),
    )  # fmt: skip
