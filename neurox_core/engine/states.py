"""The states that a text is held in, and the tokens of a corpus in states like them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..activations.nearest import Nearest, nearest_states, sentence_state
from ..activations.tables import word_ranges
from ..errors import InvalidInputError, UnknownAddressError
from ..models.base import TranslationModel
from ..models.tokens import Tokens

if TYPE_CHECKING:
    from ..activations import ActivationStore

Side = Literal["source", "target"]


def state_of_word(
    model: TranslationModel,
    text: str,
    word: int,
    layer: str,
    *,
    side: Side = "source",
    beams: int = 1,
    target: Tokens | None = None,
) -> tuple[str, NDArray[np.float32]]:
    """A word of a text, or of what the model writes, and the state of its last token.

    Parameters
    ----------
    model : TranslationModel
    text : str
    word : int
        Its 0-based place in the text, or in the output.
    layer : str
        One that reads this side.
    side : {"source", "target"}
        A word of the text, or of the model's own output.
    beams : int
        Of the search for that output.
    target : Tokens, optional
        The output, if it is known.

    Raises
    ------
    UnknownAddressError, InvalidInputError
    """
    if side not in ("source", "target"):
        raise InvalidInputError(f"A side is source or target, not {side!r}.")
    model.check_layers([layer])
    source = model.checked(text)
    if layer.startswith(f"{model.source_stack}.") != (side == "source"):
        raise InvalidInputError(
            f"{layer} does not hold states of the {side}; choose a layer that does."
        )
    if side == "target" and target is None:
        target = model.tokenize(model.translate([text], (), beams)[0].text, "target")
    tokens = source if side == "source" or target is None else target
    state = word_state(states_of(model, layer, source, target), tokens, word)
    return tokens.word_texts[word], state


def nearest_words(
    model: TranslationModel,
    store: ActivationStore,
    text: str,
    word: int,
    layer: str,
    k: int = 10,
    *,
    side: Side = "source",
    beams: int = 1,
    **options: Any,
) -> Nearest:
    """The tokens of a corpus whose states are nearest to that of a word of a text.

    Parameters
    ----------
    store : ActivationStore
    model, text, word, layer, side, beams
        As for :func:`state_of_word`.
    k : int
    **options
        As :func:`neurox_core.activations.nearest.nearest_states` takes them.

    Raises
    ------
    UnknownAddressError, InvalidInputError, CancelledError
    """
    if layer not in store.layers:
        raise UnknownAddressError(layer, list(store.layers), "it was not recorded")
    _, state = state_of_word(model, text, word, layer, side=side, beams=beams)
    return nearest_states(store, layer, state, k, **options)


def states_of(
    model: TranslationModel, layer: str, source: Tokens, target: Tokens | None = None
) -> NDArray[np.float32]:
    """States of the tokens of a text at a layer, (tokens, width), as a store would hold them.

    Parameters
    ----------
    model : TranslationModel
    layer : str
        Of the stack that reads the source, or of the decoder if `target` is given.
    source : Tokens
    target : Tokens, optional
        What the decoder writes; its rows are the states that produced its tokens.

    Raises
    ------
    UnknownAddressError, InvalidInputError
    """
    reads = layer.startswith(f"{model.source_stack}.")
    if not reads and target is None:
        raise InvalidInputError(f"{layer} does not read the source; choose a word of the output.")
    targets = None if reads or target is None else [target]
    forced = model.forward([source], targets, capture=[layer])
    tokens = source if targets is None else targets[0]
    found = forced.activations[layer][0, : len(tokens.ids)].float().cpu().numpy()
    return np.asarray(found, np.float32)


def word_state(states: NDArray[np.float32], tokens: Tokens, word: int) -> NDArray[np.float32]:
    """The state of a word's last token.

    Raises
    ------
    InvalidInputError
        If there is no such word, or no token belongs to it.
    """
    ranges = word_ranges(tokens)
    if not 0 <= word < len(ranges):
        raise InvalidInputError(f"The text has words 0 to {len(ranges) - 1}, not {word}.")
    first, last = ranges[word]
    if first == last:
        raise InvalidInputError(f"No token of the model belongs to word {word}; choose another.")
    found: NDArray[np.float32] = states[last - 1]
    return found


def mean_state(states: NDArray[np.float32], tokens: Tokens) -> NDArray[np.float32]:
    """Mean of the states of a text's tokens; special ones, which stand for no characters, left out.

    Raises
    ------
    InvalidInputError
        If there is none.
    """
    return sentence_state(states, [span is None for span in tokens.spans])


def mean_state_of(model: TranslationModel, layer: str, text: str) -> NDArray[np.float32]:
    """Mean state of a text at a layer that reads the source."""
    source = model.checked(text)
    return mean_state(states_of(model, layer, source), source)
