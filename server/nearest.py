"""The tokens of the corpus in the states nearest to that of a word."""

from __future__ import annotations

from neurox_core.activations import ActivationStore
from neurox_core.activations.nearest import nearest_states, needs_index
from neurox_core.activations.state_index import StateIndex
from neurox_core.engine.live import Rendering
from neurox_core.engine.states import state_of_word
from neurox_core.errors import InvalidInputError, StoreError, UnknownAddressError
from neurox_core.models.tokens import spaces_before, words_of

from .contracts.slices import NearestRequest, NearestResult, NearToken
from .errors import ApiError
from .jobs import Jobs, Question
from .outputs import text_of
from .projects import Project
from .stores import Stores, digest
from .work import Work


class NearestStates:
    """Finds nearest states.

    Parameters
    ----------
    jobs : Jobs
    stores : Stores
    work : Work
    """

    def __init__(self, jobs: Jobs, stores: Stores, work: Work) -> None:
        self._jobs, self._stores, self._work = jobs, stores, work

    def find(self, project: Project, request: NearestRequest) -> NearestResult:
        """The tokens whose states are nearest to that of a word.

        Raises
        ------
        ApiError
            ``not_ready`` with a job, if the store or an index of the layer is to be made first.
        """
        text = text_of(project, request.sentence, request.text)
        store = self._work.store(project, request.model)
        live = self._stores.live(project, request.model)
        layer, target = request.layer, None
        if layer not in store.layers:
            raise UnknownAddressError(layer, list(store.layers), "it was not recorded")
        if request.side == "target":
            written: list[Rendering] = live.baseline([text], request.beams)
            target = written[0].tokens
        index = self._index(project, request.model, store, layer)
        with live.exclusively():
            word, state = state_of_word(
                live.model, text, request.word, layer, side=request.side, target=target
            )
        found = nearest_states(
            store, layer, state, request.count, metric=request.metric, index=index,
            without=_row(store, request.sentence), each_sentence=request.each_sentence,
        )  # fmt: skip
        texts, rows = store.texts(layer.partition(".")[0]), store.rows
        return NearestResult(
            layer=layer, metric=request.metric, word=word, compared=found.compared,
            tokens=found.rows, exact=found.exact,
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
