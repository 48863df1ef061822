"""What the screens of the corpus ask: slices, sentences that come out otherwise, nearest states.

Slices and outcomes are read off the translations that a score job has kept (slices of other models
off their labels or log-probabilities); where there are none yet that job is started and told of.
What was counted in them stays in memory for the few latest questions, so that another label is
scored at once.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from neurox_core.activations import ActivationStore
from neurox_core.activations.nearest import nearest_states, needs_index, similar_sentences
from neurox_core.activations.state_index import StateIndex
from neurox_core.corpora import Words
from neurox_core.engine import similar
from neurox_core.engine.kept import loaded
from neurox_core.engine.live import LiveModel, Rendering
from neurox_core.engine.ranking import label_from
from neurox_core.engine.scoring import Translations
from neurox_core.errors import InvalidInputError, StoreError, UnknownAddressError
from neurox_core.evaluation.metrics import higher_is_better
from neurox_core.evaluation.slice_sums import SliceSums
from neurox_core.evaluation.slices import Likeness, SliceScore, SliceScores, groups_of
from neurox_core.interventions import Intervention
from neurox_core.interventions.curve_results import described, flat_signatures
from neurox_core.interventions.outputs import gold_of, scorable, shown
from neurox_core.models.tokens import spaces_before, words_of

from .contracts import MetricInfo
from .contracts.jobs import Job, ScoreResult
from .contracts.slices import (
    Counterpart,
    CounterpartsRequest,
    CounterpartsResult,
    NearestRequest,
    NearestResult,
    NearToken,
    OutcomeCount,
    SliceInfo,
    SliceMetricBody,
    SliceSentence,
    SliceSentences,
    SliceSentencesRequest,
    SlicesRequest,
    SlicesResult,
    _Outputs,
)
from .errors import ApiError, not_found
from .jobs import Jobs, Question
from .projects import Project
from .stores import Stores, digest
from .views import interventions
from .work import Work

ALONE = {"translation": "chrf", "language-modelling": "perplexity"}
"""The metric that says most of one text; accuracy of classifiers."""

KEPT = 6
"""Questions whose counts stay in memory."""

Groups = dict[str, NDArray[np.int64]]
Made = TypeVar("Made")


class Slices:
    """Answers questions about the sentences of a corpus.

    Parameters
    ----------
    jobs : Jobs
    stores : Stores
    work : Work
    cache : Path
        Folder of translations that were made before.
    """

    def __init__(self, jobs: Jobs, stores: Stores, work: Work, cache: Path) -> None:
        self._jobs, self._stores, self._work, self._cache = jobs, stores, work, cache
        self._kept: OrderedDict[str, Any] = OrderedDict()
        self._lock = Lock()

    # --- slices -----------------------------------------------------------------------------------

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
                whole=_slice(scores.score("all sentences", np.arange(len(scores)))),
                slices=[_slice(one) for one in found], left_out=len(groups) - len(found),
                metrics=[MetricInfo(**one) for one in described(signatures)],
                **flat_signatures(signatures),
            )  # fmt: skip

        return self._remembered(make, "slices", project.id, request.model_dump())

    def sentences(self, project: Project, request: SliceSentencesRequest) -> SliceSentences:
        """A window on the sentences of a slice; ApiError (404) if there is no such slice."""
        scores = self._scores(project, request)
        label, groups = self._groups(project, request)
        if request.name not in groups:
            raise not_found("slice", request.name, f"{label} has: {', '.join(groups)[:200]}.")
        rows = groups[request.name]
        task = self._stores.live(project, request.model).model.task
        metric = ALONE.get(task, "accuracy")
        now, before = self._remembered(
            lambda: scores.sentence_scores(metric), "sentences", project.id, _asked(request)
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
                for first in [float((now if before is None else before)[i])]
                for second in [None if before is None else float(now[i])]
            ],
        )  # fmt: skip

    # --- counterparts -----------------------------------------------------------------------------

    def counterparts(self, project: Project, request: CounterpartsRequest) -> CounterpartsResult:
        """The most similar sentences with another outcome."""
        text = _text(project, request.sentence, request.text)
        outcome = similar.Outcome(request.outcome.kind, request.outcome.name)
        clean, changed = self._translations(project, request)
        corpus, number = project.corpus, request.sentence
        values = similar.outcomes(outcome, corpus, clean, changed)
        if number is not None:
            own = values[number]
            said = clean[number], None if changed is None else changed[number]
        else:
            said = self._said(project, request, text)
            own = _own_outcome(project, outcome, said)
        if own == "":
            raise InvalidInputError(
                f"This sentence has no {outcome.name or outcome.kind}; choose another outcome."
            )
        layer, likeness = self._likeness(project, request, text)
        found = similar.counterparts(values, own, likeness, request.count, number)
        tally = Counter(value for value in values if value != "")
        return CounterpartsResult(
            source=text, clean=said[0], changed=said[1], outcome=own, layer=layer,
            outcomes=[OutcomeCount(outcome=v, sentences=n) for v, n in tally.most_common(40)],
            found=[
                Counterpart(
                    sentence=i, similarity=value, outcome=values[i], source=corpus.sources[i],
                    reference=corpus.references[i], clean=clean[i],
                    changed=None if changed is None else changed[i],
                )
                for i, value in found
            ],
        )  # fmt: skip

    def _said(
        self, project: Project, request: CounterpartsRequest, text: str
    ) -> tuple[str, str | None]:
        """What the model makes of a text of the user's own."""
        live = self._stores.live(project, request.model)
        edits = interventions(request.interventions)
        (item,) = live.translate([text], [edits] if edits else [], request.beams)
        return item.baseline.tokens.text, item.outputs[0].tokens.text if edits else None

    def _likeness(
        self, project: Project, request: CounterpartsRequest, text: str
    ) -> tuple[str | None, NDArray[np.float64]]:
        """The layer that was compared, and the similarity of each sentence."""
        if request.similarity == "chrf":
            sources = project.corpus.sources
            table = self._remembered(
                lambda: Likeness(sources), "likeness", project.corpus.fingerprint
            )
            return None, table.scores(text)
        store = self._store(project, request.model)
        live = self._stores.live(project, request.model)
        stack = live.model.source_stack
        layers = [a for a in store.layers if a.startswith(f"{stack}.")]
        if request.layer is not None and request.layer not in layers:
            raise UnknownAddressError(request.layer, layers, "it does not read the source")
        layer = request.layer or layers[-1]
        source = live.checked(text)
        with live.exclusively():
            states = similar.states_of(live.model, layer, source)
        state = similar.mean_state(states, source)
        found = similar_sentences(store, layer, state)
        if store.rows is None:
            return layer, found
        # A store of a sample: the other sentences are not compared.
        whole = np.full(len(project.corpus), np.nan)
        whole[store.rows] = found
        return layer, whole

    # --- nearest states ---------------------------------------------------------------------------

    def nearest(self, project: Project, request: NearestRequest) -> NearestResult:
        """The tokens whose states are nearest to that of a word."""
        text = _text(project, request.sentence, request.text)
        store = self._store(project, request.model)
        live = self._stores.live(project, request.model)
        layer = request.layer
        if layer not in store.layers:
            raise UnknownAddressError(layer, list(store.layers), "it was not recorded")
        tokens, states = _states(live, text, request)
        state = similar.word_state(states, tokens, request.word)
        found = nearest_states(
            store, layer, state, request.count, metric=request.metric,
            index=self._index(project, request.model, store, layer),
            without=_row(store, request.sentence), each_sentence=request.each_sentence,
        )  # fmt: skip
        stack = layer.partition(".")[0]
        texts, rows = store.texts(stack), store.rows
        return NearestResult(
            layer=layer, metric=request.metric, word=tokens.word_texts[request.word],
            compared=found.compared, tokens=found.rows, exact=found.exact,
            found=[
                _near(one.sentence if rows is None else rows[one.sentence], one.word, one.value,
                      texts[one.sentence])
                for one in found.neighbours
            ],
        )  # fmt: skip

    def _index(
        self, project: Project, model: str, store: ActivationStore, layer: str
    ) -> StateIndex | None:
        """The index of a large layer; None for one that is searched row by row."""
        if not needs_index(store, layer):
            return None
        path = store.path.parent.parent / "indexes" / f"{store.path.name}-{layer}"
        try:
            found = StateIndex(path)
            found.check(store, layer)
            return found
        except (StoreError, InvalidInputError):
            job = self._jobs.ask(
                Question(
                    "index", f"Index of the states of {layer}: {project.title(model)}", project.id,
                    digest("index", store.key, layer, str(path)),
                    {"store": str(store.path), "layer": layer, "folder": str(path)}, 1, "tokens",
                )
            )  # fmt: skip
            raise ApiError(
                "not_ready", f"{layer} has so many tokens that an index of them is made first.",
                job=job.id,
            ) from None  # fmt: skip

    # --- what they have in common -----------------------------------------------------------------

    def _translations(
        self, project: Project, request: _Outputs
    ) -> tuple[list[str], list[str] | None]:
        """Translations of the corpus, clean and changed; `not_ready` while they are made."""
        if self._stores.live(project, request.model).model.task != "translation":
            raise InvalidInputError(
                f"{project.title(request.model)} does not translate; outcomes are read off "
                "translations."
            )
        return self._outputs(project, request)

    def _outputs(self, project: Project, request: _Outputs) -> tuple[list[Any], list[Any] | None]:
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

    def _begun(self, project: Project, request: _Outputs, edits: list[Intervention]) -> Job | None:
        """The job that translates, if there is one at work; None if it has ended well."""
        job = self._work.scored(project, request.model, edits, request.beams)
        if job is None or job.state in ("failed", "cancelled"):
            raise ApiError(
                "not_scored", f"The {len(project.corpus)} sentences of the corpus are not "
                "scored with these settings yet.", status=409,
            )  # fmt: skip
        return None if job.state == "done" else job

    def _scores(self, project: Project, request: _Outputs) -> SliceScores | SliceSums:
        clean, changed = self._outputs(project, request)
        corpus, live = project.corpus, self._stores.live(project, request.model).model
        first = clean if changed else None

        def make() -> SliceScores | SliceSums:
            if live.task == "translation":
                return SliceScores(corpus.references, changed or clean, first)
            return SliceSums(live.task, gold_of(live, corpus), changed or clean, first)

        return self._remembered(make, "scores", project.id, _asked(request))

    def _groups(self, project: Project, request: SlicesRequest) -> tuple[str, Groups]:
        corpus, label = project.corpus, request.label
        texts = corpus.sources if label.side == "source" else corpus.references

        def make() -> tuple[str, Groups]:
            words = Words.of(texts, label.side)
            found = label_from(words, corpus, label.model_dump())
            return found.name, groups_of(found, len(corpus))

        return self._remembered(
            make, "groups", corpus.fingerprint, corpus.columns, label.model_dump()
        )

    def _store(self, project: Project, model: str) -> ActivationStore:
        store = self._stores.find(project, model)
        if store is None:
            raise self._work.not_ready(project, model)
        return store

    def _remembered(self, make: Callable[[], Made], kind: str, *parts: Any) -> Made:
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


def _asked(request: _Outputs) -> dict[str, Any]:
    """What translations depend on."""
    return request.model_dump(include={"model", "interventions", "beams"})


def _text(project: Project, sentence: int | None, text: str | None) -> str:
    if (sentence is None) == (text is None):
        raise InvalidInputError("Give either a sentence of the corpus or a text.")
    return text if text is not None else project.sentence_texts([cast(int, sentence)])[0]


def _own_outcome(project: Project, outcome: similar.Outcome, said: tuple[str, str | None]) -> str:
    """The outcome of a text that is not of the corpus."""
    if outcome.kind in ("reference", "column"):
        raise InvalidInputError(
            "A sentence of your own has no reference and no labels; choose another outcome."
        )
    if outcome.kind == "label":
        return similar.labels_of_outputs(outcome.name, project.corpus, [said[0]])[0]
    return outcome.of_sentence("", said[0], said[1] or said[0], "") or ""


def _states(live: LiveModel, text: str, request: NearestRequest) -> tuple[Any, NDArray[np.float32]]:
    """Tokens of the side that was chosen, and their states."""
    source, target = live.checked(text), None
    if request.side == "target":
        written: list[Rendering] = live.baseline([text], request.beams)
        target = written[0].tokens
    reads = request.layer.startswith(f"{live.model.source_stack}.")
    if reads != (request.side == "source"):
        raise InvalidInputError(
            f"{request.layer} does not hold states of the {request.side}; choose a layer that does."
        )
    with live.exclusively():
        states = similar.states_of(live.model, request.layer, source, target)
    return target or source, states


def _row(store: ActivationStore, sentence: int | None) -> int | None:
    """A corpus sentence's place in a store, which may hold a sample."""
    if sentence is None or store.rows is None:
        return sentence
    return store.rows.index(sentence) if sentence in store.rows else None


def _near(sentence: int, word: int, value: float, text: str) -> NearToken:
    spans = words_of(text)
    return NearToken(
        sentence=sentence, word=word, value=value, words=[text[a:b] for a, b in spans],
        spaces=spaces_before(text, spans),
    )  # fmt: skip


def _slice(score: SliceScore) -> SliceInfo:
    metrics = {name: SliceMetricBody(**asdict(one)) for name, one in score.metrics.items()}
    return SliceInfo(
        name=score.name, sentences=score.sentences, changed_sentences=score.changed_sentences,
        metrics=metrics, bleu=metrics.get("bleu"), chrf=metrics.get("chrf"),
    )  # fmt: skip
