"""Activations of a few neurons on a few texts, computed when they are looked at.

One teacher-forced pass over the texts is quicker than finding them in a store, and works for texts
that are in none. Encoder neurons read the source. Decoder neurons read the target, output-aligned:
a target piece gets the state that produced it. A language model reads a text and what it made of it
in one go, and a piece of either gets the state that read it, as it is recorded
(:mod:`neurox_core.models.language_model`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..activations import aggregate, word_ranges
from ..addresses import Neuron
from ..errors import InvalidInputError, UnknownAddressError
from ..models.tokens import Tokens
from .live import LiveModel

WORD_VIEWS = ("first", "last", "mean", "pieces")
TEXTS = 16
"""Texts read at once."""


@dataclass(frozen=True)
class Painting:
    """Values of neurons on one text.

    Attributes
    ----------
    item : int
        Which of the sources.
    side : str
        ``source`` or ``target``.
    tokens : Tokens
    values : ndarray (neurons, units), float32
        Units are words, or pieces; NaN for neurons of the other stack.
    """

    item: int
    side: str
    tokens: Tokens
    values: NDArray[np.float32]


def paint(
    live: LiveModel,
    neurons: Sequence[str],
    sources: Sequence[Tokens],
    targets: Sequence[Tokens | None] | None,
    word: str = "mean",
) -> list[Painting]:
    """Read neurons on texts.

    Parameters
    ----------
    neurons : sequence of str
        Addresses, of either stack.
    sources, targets : sequence of Tokens
        `targets` may be None if no decoder neuron is asked for. Of a language model a target is
        the continuation that is shown; where it is None, the text itself is.
    word : {"first", "last", "mean", "pieces"}
        What stands for a word of several pieces.

    Returns
    -------
    list of Painting
        For each text its source if encoder neurons are asked for, then its target if decoder ones.
    """
    if word not in WORD_VIEWS:
        raise InvalidInputError(f"word must be one of {', '.join(WORD_VIEWS)}, not {word!r}.")
    places = [resolve(live.model.sites, name) for name in neurons]
    layers = sorted({layer for layer, _ in places})
    if live.model.source_stack == "decoder":
        return _read(live, places, sources, targets or [None] * len(sources), word)
    found: list[Painting] = []
    for first in range(0, len(sources), TEXTS):
        chunk = slice(first, first + TEXTS)
        with live.exclusively():
            forced = live.model.forward(
                sources[chunk], None if targets is None else _all(targets[chunk]), capture=layers
            )
        arrays = {layer: x.float().cpu().numpy() for layer, x in forced.activations.items()}
        for row, source in enumerate(sources[chunk]):
            for side, stack in (("source", "encoder"), ("target", "decoder")):
                if not any(layer.startswith(stack) for layer, _ in places):
                    continue
                tokens = source if side == "source" else _all(targets or [])[first + row]
                values = np.full((len(places), len(tokens.ids)), np.nan, np.float32)
                for k, (layer, unit) in enumerate(places):
                    if layer.startswith(stack):
                        values[k] = arrays[layer][row, : len(tokens.ids), unit]
                found.append(Painting(first + row, side, tokens, by_word(values, tokens, word)))
    return found


def _read(
    live: LiveModel,
    places: Sequence[tuple[str, int]],
    sources: Sequence[Tokens],
    targets: Sequence[Tokens | None],
    word: str,
) -> list[Painting]:
    """What a language model's neurons do on texts, or on what follows them."""
    layers = sorted({layer for layer, _ in places})
    found: list[Painting] = []
    for first in range(0, len(sources), TEXTS):
        pairs = list(zip(sources, targets, strict=True))[first : first + TEXTS]
        with live.exclusively():
            forced = live.model.forward([_joined(s, t) for s, t in pairs], capture=layers)
        arrays = {layer: x.float().cpu().numpy() for layer, x in forced.activations.items()}
        for row, (source, target) in enumerate(pairs):
            tokens, start = (source, 0) if target is None else (target, len(source.ids))
            part = slice(start, start + len(tokens.ids))
            values = np.stack([arrays[layer][row, part, unit] for layer, unit in places])
            found.append(Painting(first + row, "target", tokens, by_word(values, tokens, word)))
    return found


def _joined(source: Tokens, target: Tokens | None) -> Tokens:
    """A text and its continuation as one text to read."""
    return source if target is None else replace(source, ids=[*source.ids, *target.ids])


def _all(targets: Sequence[Tokens | None]) -> list[Tokens]:
    """Targets of a model that reads another text than it writes; none may be missing."""
    if any(target is None for target in targets):
        raise InvalidInputError("Decoder neurons need a target text to read.")
    return [target for target in targets if target is not None]


def by_word(values: NDArray[np.float32], tokens: Tokens, word: str) -> NDArray[np.float32]:
    """Values of pieces (neurons, pieces) as values of words; NaN for a word without pieces."""
    if word == "pieces":
        return values
    return np.ascontiguousarray(aggregate(values.T, word_ranges(tokens), word).T)


def resolve(sites: Mapping[str, int], name: str) -> tuple[str, int]:
    """Layer address and unit of a neuron; UnknownAddressError if the model lacks it."""
    neuron = Neuron.parse(name)
    layer = str(neuron.layer)
    if layer not in sites:
        raise UnknownAddressError(name, list(sites))
    width = sites[layer]
    if neuron.unit >= width:
        last = f"{layer}[{width - 1}]"
        raise UnknownAddressError(name, [last], f"{layer} has {width} units, 0 to {width - 1}")
    return layer, neuron.unit
