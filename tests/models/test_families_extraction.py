"""Stores of language models and encoders: rows, words and tokens as the model read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from neurox_core.activations import extract
from neurox_core.corpora import Corpus
from tests.models import reading

TEXTS = ["She reads a book in the garden.", "He left.", "Ça coûte 20 €, dit-il: 日本語."]


@pytest.mark.parametrize("name", ["gpt2", "llama", "bert", "xlm-roberta"])
def test_a_store_holds_for_every_token_what_the_library_computes(
    name: str, open_family: Any, tmp_path: Path
) -> None:
    folder, model = open_family(name)
    stack = model.source_stack
    corpus = Corpus("texts", TEXTS, TEXTS)
    layer = f"{stack}.0.resid_post"
    store = extract(model, corpus, tmp_path / "acts", [layer], dtype="float32")
    module = reading.fresh(folder)
    seen: list[torch.Tensor] = []
    reading.block(module, name, stack, 0).register_forward_hook(
        lambda _, __, out: seen.append(out if isinstance(out, torch.Tensor) else out[0])
    )
    values, tokens = store.layer(layer)[:], store.tokens(stack)
    for number, text in enumerate(TEXTS):
        found = model.tokenize(text)
        with torch.inference_mode():
            module.base_model(input_ids=torch.tensor([found.ids]))
        rows = tokens.rows(number)
        assert np.allclose(values[rows], seen[-1][0].numpy(), atol=1e-4)
        # The row of a token is the state that consumed it, and its word is that token's word.
        assert tokens.inputs[rows].tolist() == found.ids == tokens.outputs[rows].tolist()
        assert tokens.word[rows].tolist() == found.word_ids
        assert tokens.special[rows].tolist() == [span is None for span in found.spans]


def test_by_default_the_output_of_every_block_is_kept(open_family: Any, tmp_path: Path) -> None:
    _, model = open_family("gpt2")
    store = extract(model, Corpus("texts", TEXTS, TEXTS), tmp_path / "acts")
    assert set(store.layers) == {"decoder.0.resid_post", "decoder.1.resid_post"}
