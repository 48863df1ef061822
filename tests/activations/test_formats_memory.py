"""Files of activations are written and read in memory that does not grow with their tokens."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from neurox_core.activations.formats.content import Header, Sentence
from neurox_core.activations.formats.given import FlatLabels
from neurox_core.activations.formats.hints import Hints
from neurox_core.activations.formats.kinds import format_of
from neurox_core.activations.formats.rows import RowContent

SENTENCES, LONG = 600, 30
BOUND = 5e6
"""Bytes; as objects, the tokens of these sentences take 12 million."""


class _Made(RowContent):
    """Sentences that are made when they are asked for."""

    def __init__(self) -> None:
        rows = SENTENCES * LONG
        header = Header({"encoder.0.resid_post": 2}, "float16", SENTENCES, rows)
        super().__init__(header, None, [LONG] * SENTENCES)

    def sentences(self) -> Iterator[Sentence]:
        for number in range(SENTENCES):
            tokens = [f"w{number}-{i}" for i in range(LONG)]
            yield Sentence.of_tokens(tokens, {"pos": ["NOUN", "VERB"] * (LONG // 2)})

    def blocks(self, address: str) -> Iterator[NDArray[Any]]:
        for number in range(SENTENCES):
            yield np.full((LONG, 2), number % 100, np.float16)


@pytest.mark.parametrize("name", ["npy", "npz", "safetensors", "parquet", "hdf5", "json"])
def test_tokens_are_not_kept_in_memory(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"acts.{name}"
    form = format_of(path, None)
    form.write(path, _Made())  # Once for what the libraries keep.
    tracemalloc.start()
    try:
        form.write(path, _Made())
        written = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        content = form.read(path, Hints())
        rows, labels = 0, FlatLabels()
        for sentence, values in zip(content.sentences(), content.values(), strict=True):
            assert values["encoder.0.resid_post"].shape == (len(sentence), 2)
            rows += len(sentence)
            labels.add(sentence)
        content.close()
        read = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert rows == SENTENCES * LONG
    assert len(labels.values["pos"]) == rows and set(labels.values["pos"]) == {"NOUN", "VERB"}
    assert written < BOUND and read < BOUND, (written, read)
