"""What neurons do on real text: the values that ``resample`` and percentiles take.

A sample of tokens, in a fixed random order, stands for the distribution of a layer. It is a table
(tokens, width), so that neurons that are resampled together keep what they have to do with each
other. Special tokens are left out: an end token's state is nothing a word's should become.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import InvalidInputError

if TYPE_CHECKING:
    from torch import Tensor

    from ..models.base import TranslationModel
    from ..models.tokens import Tokens
    from .amounts import Moments

Table = NDArray[np.float32]
TOKENS = 2000
"""Tokens in a sample unless told otherwise."""


class ReferenceValues:
    """Samples of layers, with the moments of another source or of the samples themselves.

    Parameters
    ----------
    tables : mapping of str to array (tokens, width)
    base : Moments, optional
        Whose means, deviations and ranges are used where it has them.
    """

    def __init__(self, tables: Mapping[str, Table], base: Moments | None = None) -> None:
        self._tables = dict(tables)
        self._base = base

    @classmethod
    def measure(
        cls,
        model: TranslationModel,
        sources: Sequence[str],
        references: Sequence[str] | None = None,
        layers: Sequence[str] | None = None,
        *,
        tokens: int = TOKENS,
        seed: int = 0,
    ) -> ReferenceValues:
        """Run a model on some sentences.

        Parameters
        ----------
        references : sequence of str, optional
            What the decoder is made to read; without them it reads the model's own translations.
            A language model's decoder reads the sources.
        layers : sequence of str, optional
            All layers if missing; without references those that read the source.
        tokens : int
            About how many tokens are drawn; the text is gone through in a random order until there
            are enough.
        """
        own = model.source_stack
        if model.task != "translation":  # There is nothing to force on it.
            references = None
        wanted = list(layers or model.layers)
        if not references and layers is None:
            wanted = [a for a in wanted if a.startswith(f"{own}.")]
        written = model.task == "translation" and any(a.startswith("decoder.") for a in wanted)
        if not wanted or not sources:
            raise InvalidInputError("Give sentences, and references to measure the decoder.")
        order = np.random.default_rng(seed).permutation(len(sources))
        parts: dict[str, list[Table]] = {layer: [] for layer in wanted}
        seen = 0
        for first in range(0, len(order), 32):
            if seen >= tokens:
                break
            rows = order[first : first + 32].tolist()
            texts = [model.checked(sources[i]) for i in rows]
            targets = None
            if references:
                targets = [model.tokenize(references[i], "target") for i in rows]
            elif written:
                made = model.translate([sources[i] for i in rows])
                targets = [model.tokenize(one.text, "target") for one in made]
            run = model.forward(texts, targets, capture=wanted)
            masks = {own: _words_only(run.source_mask, texts)}
            if targets is not None and run.target_mask is not None:
                masks["decoder"] = _words_only(run.target_mask, targets)
            for layer in wanted:
                mask = masks[layer.partition(".")[0]]
                parts[layer].append(run.activations[layer][mask].float().cpu().numpy())
            seen += int(masks[own].sum())
        found = {layer: _shuffled(np.concatenate(p), tokens, seed) for layer, p in parts.items()}
        return cls(found, model.statistics)

    def samples(self, layer: str) -> Table | None:
        """Activations (tokens, width) in random order, or None."""
        return self._tables.get(layer)

    def moments(self, layer: str) -> tuple[ArrayLike, ArrayLike] | None:
        """Means and standard deviations of a layer's units, or None."""
        known = self._base.moments(layer) if self._base is not None else None
        if known is not None:
            return known
        table = self.samples(layer)
        return None if table is None else (table.mean(0), table.std(0))

    def ranges(self, layer: str) -> tuple[ArrayLike, ArrayLike] | None:
        """Minima and maxima of a layer's units, or None."""
        source = getattr(self._base, "ranges", None)
        known: tuple[ArrayLike, ArrayLike] | None = None if source is None else source(layer)
        if known is not None:
            return known
        table = self.samples(layer)
        return None if table is None else (table.min(0), table.max(0))

    def digest(self, layer: str) -> str:
        """Hash of a layer's sample: part of what a result depends on."""
        return sample_digest(self.samples(layer))


def sample_digest(table: ArrayLike | None) -> str:
    """Hash of a sample; '' if there is none."""
    if table is None:
        return ""
    return hashlib.sha256(np.asarray(table, np.float32).tobytes()).hexdigest()[:16]


def _words_only(mask: Tensor, texts: Sequence[Tokens]) -> Tensor:
    """A mask of real tokens without the special ones, which stand for no characters."""
    found = mask.clone()
    for row, text in enumerate(texts):
        found[row, [place for place, span in enumerate(text.spans) if span is None]] = False
    return found


def _shuffled(values: NDArray[np.floating], tokens: int, seed: int) -> Table:
    """At most `tokens` rows in random order."""
    order = np.random.default_rng(seed).permutation(len(values))[:tokens]
    return np.ascontiguousarray(values[order], dtype=np.float32)
