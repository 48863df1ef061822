"""Neurons over words: whose state a word gets, by model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from neurox_core.engine.live import LiveModel
from neurox_core.engine.painting import paint
from neurox_core.errors import InvalidInputError
from tests.models import reading

TEXTS = ["She reads a book in the garden.", "He left."]


def block_values(module: Any, name: str, ids: list[int]) -> np.ndarray:
    """Output of the last block (positions, units) by the library alone."""
    seen: list[torch.Tensor] = []
    handle = reading.block(module, name, "decoder", 1).register_forward_hook(
        lambda _, __, out: seen.append(out if isinstance(out, torch.Tensor) else out[0])
    )
    with torch.inference_mode():
        module(input_ids=torch.tensor([ids]))
    handle.remove()
    return seen[0][0].numpy()


@pytest.mark.parametrize("name", ["gpt2", "llama"])
def test_a_language_models_words_get_the_state_that_read_them(name: str, open_family: Any) -> None:
    folder, model = open_family(name)
    live, module = LiveModel(model), reading.fresh(folder)
    sources = [model.tokenize(t) for t in TEXTS]
    written = [r.tokens for r in live.baseline(TEXTS, 1)]
    neurons = ["decoder.1.resid_post[3]", "decoder.1.resid_post[0]"]
    # The first text itself, and what the model made of the second one.
    found = paint(live, neurons, sources, [None, written[1]], "pieces")
    assert [p.side for p in found] == ["target", "target"]
    assert found[0].tokens == sources[0] and found[1].tokens == written[1]
    own = block_values(module, name, sources[0].ids)
    assert np.allclose(found[0].values, own[:, [3, 0]].T, atol=1e-5)
    start, whole = len(sources[1].ids), [*sources[1].ids, *written[1].ids]
    longer = block_values(module, name, whole)
    assert np.allclose(found[1].values, longer[start:, [3, 0]].T, atol=1e-5)


def test_an_encoder_decoders_words_get_the_state_that_produced_them(open_family: Any) -> None:
    _, model = open_family("bart")
    live = LiveModel(model)
    source, target = model.tokenize(TEXTS[0]), model.tokenize("Elle lit.", "target")
    site = "decoder.1.resid_post"
    both = ["encoder.0.resid_post[1]", f"{site}[2]"]
    read, wrote = paint(live, both, [source], [target], "pieces")
    forced = model.forward([source], [target], [site, "encoder.0.resid_post"]).activations
    assert np.allclose(wrote.values[1], forced[site][0, :, 2].numpy(), atol=1e-6)
    assert np.allclose(read.values[0], forced["encoder.0.resid_post"][0, :, 1].numpy(), atol=1e-6)
    assert np.isnan(wrote.values[0]).all() and np.isnan(read.values[1]).all()
    with pytest.raises(InvalidInputError, match="need a target text"):
        paint(live, both, [source], [None], "pieces")
