"""The sentences of the corpus that are most like one and come out otherwise."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurox_core.engine.outcomes import Outcome, Outcomes
from neurox_core.engine.similar import gathered, likeness_by_states, reading_layer, said_of
from neurox_core.engine.states import mean_state_of
from neurox_core.evaluation.slices import Likeness

from .contracts.slices import (
    Counterpart,
    CounterpartsRequest,
    CounterpartsResult,
    OutcomeCount,
)
from .outputs import Outputs, text_of
from .projects import Project
from .stores import Stores
from .views import interventions
from .work import Work

SHOWN = 40
"""Outcomes whose sentences are counted in an answer."""


class Counterparts:
    """Finds similar sentences with another outcome.

    Parameters
    ----------
    stores : Stores
    work : Work
    outputs : Outputs
    """

    def __init__(self, stores: Stores, work: Work, outputs: Outputs) -> None:
        self._stores, self._work, self._outputs = stores, work, outputs

    def find(self, project: Project, request: CounterpartsRequest) -> CounterpartsResult:
        """The most similar sentences with another outcome.

        Raises
        ------
        ApiError
            ``not_ready`` with a job, if the corpus has to be translated or read first.
        """
        text = text_of(project, request.sentence, request.text)
        outcome = Outcome(request.outcome.kind, request.outcome.name)
        task = self._stores.live(project, request.model).model.task
        corpus, number = project.corpus, request.sentence
        changes = any(i.neurons for i in request.interventions)
        outcome.check(corpus, task, changes=changes, own=number is None)
        clean: list[Any] = [""] * len(corpus)
        changed: list[Any] | None = None
        if task != "encoding":  # It gives activations only, and sentences have labels all the same.
            clean, changed = self._outputs.of(project, request)
        outcomes = Outcomes(outcome, corpus, clean, changed, task)
        if number is None:
            said = self._said(project, request, text, task)
            own = outcomes.of(*said)
        else:
            said = clean[number], None if changed is None else changed[number]
            own = outcomes.values[number]
        layer, likeness = self._likeness(project, request, text)
        found = gathered(
            outcomes.values, own, likeness, (text, *said), (clean, changed), task, layer,
            request.count, number,
        )  # fmt: skip
        return CounterpartsResult(
            source=text, clean=found.clean, changed=found.changed, outcome=own, layer=layer,
            outcomes=[
                OutcomeCount(outcome=value, sentences=count)
                for value, count in list(found.outcomes.items())[:SHOWN]
            ],
            found=[
                Counterpart(
                    sentence=one.sentence, similarity=one.similarity, outcome=one.outcome,
                    source=corpus.sources[one.sentence],
                    reference=corpus.references[one.sentence], clean=one.clean,
                    changed=one.changed,
                )
                for one in found.found
            ],
        )  # fmt: skip

    def _said(
        self, project: Project, request: CounterpartsRequest, text: str, task: str
    ) -> tuple[Any, Any]:
        """What the model makes of a text of the user's own."""
        live = self._stores.live(project, request.model)
        edits = interventions(request.interventions)
        if task == "translation":
            (item,) = live.translate([text], [edits] if edits else [], request.beams)
            return item.baseline.tokens.text, item.outputs[0].tokens.text if edits else None
        if task == "encoding":
            return "", None
        with live.exclusively():
            return said_of(live.model, text, edits, request.beams, project.corpus)

    def _likeness(
        self, project: Project, request: CounterpartsRequest, text: str
    ) -> tuple[str | None, NDArray[np.float64]]:
        """The layer that was compared, and the similarity of each sentence."""
        corpus = project.corpus
        if request.similarity == "chrf":
            table = self._outputs.remembered(
                lambda: Likeness(corpus.sources), "likeness", corpus.fingerprint
            )
            return None, table.scores(text)
        store = self._work.store(project, request.model)
        live = self._stores.live(project, request.model)
        layer = reading_layer(live.model, store, request.layer)
        live.checked(text)
        with live.exclusively():
            state = mean_state_of(live.model, layer, text)
        return layer, likeness_by_states(store, layer, state, len(corpus))
