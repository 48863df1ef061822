"""Sentences of a corpus that are like one and come out otherwise.

A counterpart of a sentence is the most similar one of another outcome (:mod:`.outcomes`; in the
manner of the What-If tool, Wexler et al. 2020). Similarity is the cosine of mean states, or the
chrF of the sources.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..activations.nearest import similar_sentences
from ..corpora import Corpus
from ..errors import InvalidInputError, UnknownAddressError, nth
from ..evaluation.slices import Likeness
from ..interventions.outputs import Progress, shown
from ..models.base import TranslationModel
from .measuring import both_outputs
from .outcomes import Outcome, Outcomes
from .states import mean_state_of

if TYPE_CHECKING:
    from ..activations import ActivationStore
    from ..interventions.intervention import Intervention


@dataclass(frozen=True)
class Counterpart:
    """A similar sentence with another outcome.

    Attributes
    ----------
    sentence : int
        Of the corpus.
    similarity : float
        Cosine, or chrF from 0 to 100.
    outcome, clean : str
    changed : str or None
        What the model gives, clean and under interventions, as a person reads it.
    """

    sentence: int
    similarity: float
    outcome: str
    clean: str
    changed: str | None


@dataclass(frozen=True)
class Counterparts:
    """What a search for sentences that come out otherwise found.

    Attributes
    ----------
    source, outcome, clean : str
        Of the sentence that was asked about.
    changed : str or None
    layer : str or None
        Whose states were compared; None by characters.
    outcomes : dict of str to int
        How many sentences of the corpus come out so, the most first.
    found : list of Counterpart
        The most similar first.
    """

    source: str
    outcome: str
    clean: str
    changed: str | None
    layer: str | None
    outcomes: dict[str, int]
    found: list[Counterpart]


def find_counterparts(
    model: TranslationModel,
    corpus: Corpus,
    sentence: int | str,
    outcome: Outcome,
    interventions: Sequence[Intervention] = (),
    *,
    store: ActivationStore | None = None,
    layer: str | None = None,
    beams: int = 1,
    k: int = 8,
    on_progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Counterparts:
    """The sentences of a corpus that are most like one and come out otherwise.

    Parameters
    ----------
    model : TranslationModel
    corpus : Corpus
    sentence : int or str
        Its number in the corpus, or a text of one's own.
    outcome : Outcome
    interventions : sequence of Intervention
        What "changed" is about.
    store : ActivationStore, optional
        Of the corpus: similar is the cosine of mean states; without it the sources' chrF.
    layer : str, optional
        Of the store; the last that reads the source if missing.
    beams, k : int
    on_progress : callable of (done, total), optional
        In sentences, those of the changed run after those of the clean one.
    cancelled : callable, optional

    Raises
    ------
    InvalidInputError, UnknownNameError, UnknownAddressError, CancelledError
    """
    if isinstance(sentence, int) and not 0 <= sentence < len(corpus):
        raise InvalidInputError(
            f"There is no {nth(sentence)}: the corpus has {len(corpus)} sentences."
        )
    number = None if isinstance(sentence, str) else sentence
    changes = any(i.neurons for i in interventions)
    outcome.check(corpus, model.task, changes=changes, own=number is None)
    text = sentence if isinstance(sentence, str) else corpus.sources[sentence]
    compared: str | None = None
    if store is None:
        likeness = Likeness(corpus.sources).scores(text)
    else:  # Before what takes long: a wrong layer is told at once.
        compared = reading_layer(model, store, layer)
        state = mean_state_of(model, compared, text)
        likeness = likeness_by_states(store, compared, state, len(corpus))
    clean: list[Any] = [""] * len(corpus)
    changed: list[Any] | None = None
    said: tuple[Any, Any] = ("", None)
    if model.task != "encoding":  # It gives activations only.
        clean, changed = both_outputs(
            model, corpus, interventions, beams, on_progress=on_progress, cancelled=cancelled
        )
    outcomes = Outcomes(outcome, corpus, clean, changed, model.task)
    if number is not None:
        said = clean[number], None if changed is None else changed[number]
    elif model.task != "encoding":
        said = said_of(model, text, interventions, beams, corpus)
    own = outcomes.of(*said) if number is None else outcomes.values[number]
    return gathered(
        outcomes.values, own, likeness, (text, *said), (clean, changed), model.task, compared, k,
        number,
    )  # fmt: skip


def said_of(
    model: TranslationModel,
    text: str,
    interventions: Sequence[Intervention],
    beams: int,
    labels: Corpus,
) -> tuple[Any, Any]:
    """What a model gives for a text of one's own, clean and changed; None if nothing is changed."""
    alone = Corpus("one", [text], [text])
    clean, changed = both_outputs(model, alone, interventions, beams, labels=labels)
    return clean[0], None if changed is None else changed[0]


def gathered(
    values: Sequence[str],
    own: str,
    likeness: NDArray[np.float64],
    said: tuple[str, Any, Any],
    outputs: tuple[Sequence[Any], Sequence[Any] | None],
    task: str,
    layer: str | None = None,
    k: int = 8,
    without: int | None = None,
) -> Counterparts:
    """Counterparts from the outcomes and similarities of a corpus.

    Parameters
    ----------
    values : sequence of str
        Outcome of every sentence.
    own : str
        That of the sentence asked about.
    likeness : array (sentences,)
    said : tuple
        Its source, and what the model gives for it, clean and changed (or None).
    outputs : tuple
        What it gives for the corpus, clean and changed (or None).
    task : str
    layer : str, optional
    k : int
    without : int, optional
        The sentence itself.

    Raises
    ------
    InvalidInputError
        If the sentence has no outcome.
    """
    if own == "":
        raise InvalidInputError("This sentence has no such outcome; choose another outcome.")
    clean, changed = outputs
    text, first, second = said
    ranked = ranked_counterparts(values, own, likeness, k, without)
    return Counterparts(
        text, own, shown(task, first), None if second is None else shown(task, second), layer,
        dict(Counter(value for value in values if value != "").most_common()),
        [
            Counterpart(
                i, value, values[i], shown(task, clean[i]),
                None if changed is None else shown(task, changed[i]),
            )
            for i, value in ranked
        ],
    )  # fmt: skip


def reading_layer(model: TranslationModel, store: ActivationStore, layer: str | None) -> str:
    """A layer of a store that reads the source: the one named, or the last.

    Raises
    ------
    UnknownAddressError
        If it was not recorded, or does not read the source.
    InvalidInputError
        If none was recorded.
    """
    layers = [a for a in store.layers if a.startswith(f"{model.source_stack}.")]
    if not layers:
        raise InvalidInputError("No layer that reads the source was recorded.")
    if layer is not None and layer not in layers:
        raise UnknownAddressError(layer, layers, "it does not read the source")
    return layer or layers[-1]


def likeness_by_states(
    store: ActivationStore, layer: str, state: ArrayLike, sentences: int
) -> NDArray[np.float64]:
    """The cosine of a state and the mean state of each sentence of a corpus.

    Parameters
    ----------
    sentences : int
        Of the corpus; NaN for those that a store of a sample has not.

    Raises
    ------
    InvalidInputError
        If the store is of another corpus.
    """
    found = similar_sentences(store, layer, state)
    rows = range(len(found)) if store.rows is None else store.rows
    if max(rows, default=-1) >= sentences:
        raise InvalidInputError(
            f"The store has more sentences than the {sentences} of the corpus: name the corpus "
            "that it was extracted from."
        )
    whole = np.full(sentences, np.nan)
    whole[list(rows)] = found
    return whole


def ranked_counterparts(
    values: Sequence[str],
    own: str,
    similarity: NDArray[np.float64],
    k: int = 10,
    without: int | None = None,
) -> list[tuple[int, float]]:
    """The most similar sentences with another outcome.

    Parameters
    ----------
    values : sequence of str
        Outcome of each sentence, '' where there is none.
    own : str
        The outcome that is not wanted.
    similarity : array (sentences,)
        NaN where there is none.
    k : int
    without : int, optional
        The sentence itself.

    Returns
    -------
    list of (int, float)
        Sentences and similarities, the most similar first; ties in the order of the corpus.
    """
    usable = np.array([value not in ("", own) for value in values])
    usable &= np.isfinite(similarity)
    if without is not None:
        usable[without] = False
    rows = np.flatnonzero(usable)
    order = rows[np.lexsort((rows, -similarity[rows]))][:k]
    return [(int(i), float(similarity[i])) for i in order]
