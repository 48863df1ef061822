"""Nested lists of tensors of OpenNMT's time: sentence, token, layer; read only.

NeuroX of 2019 kept activations as ``torch.save`` of a list of sentences, each a list of tokens,
each a list of one vector a layer (a bidirectional layer is forward then backward). The file holds
neither tokens nor names: tokens have to be given. It is read with ``weights_only=True``, which
knows lists and tensors and runs no code; a file that needs more is refused. The whole file is held
in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ...errors import FormatError, nth
from .content import Content, Header, Sentence, Values, checked, stored_dtype
from .hdf5 import same_rows
from .hints import Hints


def read(path: Path, hints: Hints) -> Content:
    """Read a file; it is in memory as a whole."""
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # many kinds for damaged files, and for those that need code
        first = str(error).partition("\n")[0]
        raise FormatError(
            f"it is not a list of plain tensors that can be read without running code ({first})"
        ) from error
    return _Nested(found, hints)


class _Nested(Content):
    """Sentences of tokens of layers, in memory."""

    def __init__(self, found: Any, hints: Hints) -> None:
        if not isinstance(found, list) or not found:
            raise FormatError("it is not a list of sentences")
        self._arrays = [_array(number, sentence) for number, sentence in enumerate(found)]
        shapes = {a.shape[1:] for a in self._arrays if len(a)}
        if len(shapes) != 1:
            raise FormatError(
                "it holds no tokens" if not shapes
                else f"its sentences have different layers: {sorted(shapes)[:4]}"
            )  # fmt: skip
        rows = sum(map(len, self._arrays))
        names = hints.addresses(len(next(a for a in self._arrays if len(a))[0]), "rnn_hidden")
        self._sentences = hints.sentences()
        if len(self._sentences) != len(self._arrays):
            raise FormatError(
                f"it holds {len(self._arrays)} sentences, and {len(self._sentences)} are given"
            )
        for number, length in enumerate(self._sentences.lengths):
            same_rows(number, length, len(self._arrays[number]))
        sample = next(a for a in self._arrays if len(a))
        self.header = checked(Header(
            dict.fromkeys(names, int(sample.shape[2])), stored_dtype(sample.dtype), len(found), rows
        ))  # fmt: skip

    def sentences(self) -> Iterator[Sentence]:
        """Every sentence, in order."""
        yield from self._sentences

    def values(self, layers: Sequence[str] | None = None) -> Iterator[Values]:
        """For every sentence its layers."""
        for array in self._arrays:
            yield {
                address: array[:, place].reshape(len(array), width)
                for place, (address, width) in enumerate(self.header.layers.items())
                if layers is None or address in layers
            }


def _array(number: int, sentence: Any) -> NDArray[Any]:
    """One sentence as (tokens, layers, size); FormatError if it has another form."""
    try:
        if isinstance(sentence, torch.Tensor):
            found = sentence
        else:
            rows = [
                token if isinstance(token, torch.Tensor)
                else torch.stack([layer.reshape(-1) for layer in token])
                for token in sentence
            ]  # fmt: skip
            found = torch.stack(rows) if rows else torch.empty(0, 0, 0)
        if found.ndim != 3:
            raise ValueError(f"{found.ndim} dimensions instead of token, layer and unit")
        array: NDArray[Any] = found.detach().numpy()
    except (AttributeError, TypeError, ValueError, RuntimeError) as error:
        raise FormatError(
            f"{nth(number)} is not a list of tokens, each a list of layers ({error})"
        ) from error
    return np.ascontiguousarray(array)
