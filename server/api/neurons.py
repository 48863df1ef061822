"""The endpoint of one neuron: all that is known of it on the corpus."""

from __future__ import annotations

import math
from typing import Literal

from neurox_core.activations import ActivationStore, contexts
from neurox_core.activations import Context as Place
from neurox_core.activations import WordScore as Word
from neurox_core.engine.painting import resolve
from neurox_core.errors import UnknownAddressError
from neurox_core.models.tokens import spaces_before

from ..contracts import Context, Histogram, NeuronInfo, WordScore
from ..errors import ApiError
from ..routes import Operation
from ..services import Services

PLACES = 8


def show_neuron(services: Services, project: str, model: str, address: str) -> NeuronInfo:
    """Statistics, top words and top contexts; 409 with a job if they are not recorded yet."""
    opened = services.projects[project]
    try:
        layer, unit = resolve(opened.card(model).sites, address)
    except UnknownAddressError as error:
        raise ApiError(error.code, str(error), "address", status=404) from error
    store = services.stores.find(opened, model)
    if store is None:
        raise services.work.not_ready(opened, model)
    if layer not in store.layers:
        raise ApiError(
            "not_recorded",
            f"{layer} is not recorded on this corpus, so there is nothing to tell of {address}. "
            f"Recorded are: {', '.join(store.layers)}.",
            status=404,
        )
    return described(store, model, layer, unit)


def _reads_source(store: ActivationStore, layer: str) -> bool:
    """Whether a layer read the source; the only stack of a language model does, too."""
    return layer.startswith("encoder.") or store.decoder_text == "none"


def _text_of(store: ActivationStore, layer: str) -> Literal["source", "reference", "translation"]:
    if _reads_source(store, layer):
        return "source"
    return "reference" if store.decoder_text == "reference" else "translation"


def described(store: ActivationStore, model: str, layer: str, unit: int) -> NeuronInfo:
    """A neuron of a store."""
    address = f"{layer}[{unit}]"
    found = store.statistics(layer)
    edges, counts = found.histogram(unit)
    words = store.top_words(address)
    highest, lowest = contexts(store, address, PLACES)
    return NeuronInfo(
        address=address,
        model=model,
        text=_text_of(store, layer),
        count=found.count,
        mean=float(found.mean[unit]),
        deviation=float(found.deviation[unit]),
        minimum=float(found.minimum[unit]),
        maximum=float(found.maximum[unit]),
        skewness=_known(found.skewness[unit]),
        kurtosis=_known(found.kurtosis[unit]),
        quantiles=found.quantile(unit),
        histogram=Histogram(edges=edges.tolist(), counts=counts.tolist()),
        position_variance=_known(found.position_variance[unit]),
        word_variance=_known(found.word_variance[unit]),
        top_words=[_word(w) for w in words.top],
        bottom_words=[_word(w) for w in words.bottom],
        frequent_words=[_word(w) for w in words.frequent],
        highest=[_context(place) for place in highest],
        lowest=[_context(place) for place in lowest],
    )


def _known(value: float) -> float | None:
    """A number; None where it is not defined (a constant neuron has no skewness)."""
    return float(value) if math.isfinite(value) else None


def _word(word: Word) -> WordScore:
    return WordScore(word=word.word, score=word.score, mean=word.mean, count=word.count)


def _context(place: Place) -> Context:
    return Context(
        sentence=place.sentence,
        word=place.word,
        value=place.value,
        words=[place.text[a:b] for a, b in place.words],
        spaces=spaces_before(place.text, place.words),
        values=[_known(v) for v in place.values],
    )


OPERATIONS = (
    Operation(
        "GET", "/projects/<project>/models/<model>/neurons/<address>", show_neuron,
        "All that is known of a neuron", {200: NeuronInfo},
    ),
)  # fmt: skip
