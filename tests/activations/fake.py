"""A model that is an independent oracle: its activations are known without running it.

A piece is one character pair of a word; the value of unit u at position p of a text is a
pseudo-random number drawn from the text and the layer alone, so it does not depend on the batch.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
import torch

from neurox_core.errors import UnknownAddressError
from neurox_core.models.results import Forced
from neurox_core.models.tokens import Tokens, word_ids, words_of

END, START, PAD = 0, 1, 2


class FakeModel:
    """Looks like a TranslationModel to :func:`neurox_core.activations.extract`."""

    name, fingerprint = "fake", "f" * 64
    start_id, max_tokens = START, 60
    device = torch.device("cpu")

    task, source_stack = "translation", "encoder"

    def __init__(self, width: int = 5, scale: float = 1.0) -> None:
        self.sites = {
            f"{stack}.{layer}.resid_post": width for stack in ("encoder", "decoder")
            for layer in (0, 1)
        } | {"encoder.0.embed": 3}  # fmt: skip
        self.layers = list(self.sites)
        self.scale, self.calls, self.fail_after = scale, 0, 10**9

    def check_layers(self, layers: Sequence[str]) -> None:
        for layer in layers:
            if layer not in self.sites:
                raise UnknownAddressError(layer, self.layers)

    def tokenize(self, text: str, side: str = "source") -> Tokens:
        words = words_of(text)
        spans: list[tuple[int, int] | None] = [
            (i, min(i + 2, end)) for start, end in words for i in range(start, end, 2)
        ]
        pieces = [text[slice(*span)] for span in spans if span is not None]
        ids = [10 + zlib.crc32(piece.encode()) % 1000 for piece in pieces]
        spans.append(None)
        return Tokens(text, [*ids, END], [*pieces, "</s>"], spans, words, word_ids(spans, words))

    def tokenize_all(self, texts: Sequence[str], side: str = "source") -> list[Tokens]:
        return [self.tokenize(text, side) for text in texts]

    tokenize_each = tokenize_all

    def values(self, address: str, text: str) -> np.ndarray:
        """Activations of a layer on a text, (tokens, width), float32."""
        tokens = len(self.tokenize(text).ids)
        generator = np.random.default_rng(zlib.crc32(f"{address} {text}".encode()))
        found = generator.normal(size=(tokens, self.sites[address])) * self.scale
        return found.astype(np.float32)

    def forward(
        self, sources: Sequence[Tokens], targets: Sequence[Tokens] | None = None,
        capture: Sequence[str] = (),
    ) -> Forced:  # fmt: skip
        self.calls += 1
        if self.calls > self.fail_after:
            raise KeyboardInterrupt
        captured = {}
        for address in capture:
            rows = sources if address.startswith("encoder") else targets
            assert rows is not None
            longest = max(len(r.ids) for r in rows)
            # Padding holds nonsense, as in a real network.
            x = torch.full((len(rows), longest, self.sites[address]), 1e6)
            for i, row in enumerate(rows):
                x[i, : len(row.ids)] = torch.from_numpy(self.values(address, row.text))
            captured[address] = x
        return Forced(captured, torch.ones(1, 1, dtype=torch.bool))
