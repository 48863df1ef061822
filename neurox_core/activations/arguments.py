"""What a caller asks of an extraction, looked at before anything is done.

Each argument is judged by itself, so that the message names the one that is wrong and what may be
given in its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from pathlib import Path

import numpy as np

from ..errors import InvalidInputError
from .layout import DTYPES


def check_model(model: object) -> None:
    """InvalidInputError for what is no opened model, such as the name of one."""
    if not hasattr(model, "check_layers"):
        raise InvalidInputError(
            f"What records activations is an opened model, not {model!r}; load_model opens one."
        )


def check_corpus(corpus: object) -> None:
    """InvalidInputError for what is no corpus, such as the path of a file or a list of texts."""
    from ..corpora import Corpus

    if not isinstance(corpus, Corpus):
        raise InvalidInputError(
            f"What a model reads is a corpus, not {corpus!r:.60}; read_corpus opens a file, "
            "Corpus(name, sources, references) holds lists of texts."
        )


def path_of(name: str, given: object) -> Path:
    """A path; InvalidInputError for what is none."""
    if not isinstance(given, (str, PathLike)):
        raise InvalidInputError(f"{name} is the path of a folder, not {given!r}.")
    return Path(given)


def addresses(layers: object) -> list[str]:
    """Layers as a list; whether a model has them is not asked here."""
    if isinstance(layers, str):
        raise InvalidInputError(f"layers is a list of addresses; write layers=[{layers!r}].")
    if not isinstance(layers, Iterable):
        raise InvalidInputError(f"layers is a list of addresses, not {layers!r}.")
    found = list(layers)
    for one in found:
        if not isinstance(one, str):
            raise InvalidInputError(
                f"layers is a list of addresses such as 'encoder.0.resid_post', and {one!r} is "
                "none; the model's own are in model.layers."
            )
    return found


def decoder_text(given: object) -> str | list[str]:
    """What the decoder reads: a word for it, or a text for each sentence."""
    if isinstance(given, str):
        return given
    texts = []
    for text in given if isinstance(given, Iterable) else [given]:
        if not isinstance(text, str):
            raise InvalidInputError(
                "decoder_text is 'reference' or a list of texts, one a sentence; "
                f"{text!r:.60} is no text."
            )
        texts.append(text)
    return texts


def dtype_of(given: object) -> str:
    """The name of a type: as a string, or numpy's or torch's type of that name."""
    name = str(getattr(given, "__name__", given)).removeprefix("torch.")
    if name not in DTYPES:
        raise InvalidInputError(f"dtype is one of {', '.join(DTYPES)}, not {given!r}.")
    return name


def whole(name: str, given: object, least: int, what: str = "a whole number") -> int:
    """A whole number of at least `least`; `what` it is of, for the message."""
    if isinstance(given, bool) or not isinstance(given, (int, np.integer)) or given < least:
        raise InvalidInputError(f"{name} is {what}, at least {least}, not {given!r}.")
    return int(given)


def check_budget(max_bytes: object) -> None:
    """InvalidInputError for what is no number of bytes."""
    if max_bytes is None:
        return
    number = isinstance(max_bytes, (int, float, np.number)) and not isinstance(max_bytes, bool)
    if not number or not max_bytes >= 0:  # type: ignore[operator]
        raise InvalidInputError(
            f"max_bytes is a number of bytes, such as 10 * 10**9 for 10 GB, not {max_bytes!r}."
        )
