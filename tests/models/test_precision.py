"""Half precision on the CPU: opening, reading, editing, decoding, extraction, and the laws."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import LlamaForCausalLM

from neurox_core.activations import extract
from neurox_core.corpora import Corpus
from neurox_core.interventions import Intervention, ReferenceValues
from neurox_core.models import check_case
from neurox_core.models.check import check_model
from neurox_core.models.registry import load_model
from tests.models import reading
from tests.models.families import CHOICES

TEXTS = ["He left.", "She reads a book in the garden.", "The men are here today."]
FAMILIES = ["t5", "bart", "nllb", "gpt2", "llama", "gemma2", "bert-classes"]
DTYPES = {"bf16": torch.bfloat16, "fp16": torch.float16}


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half as many tokens are as good a test, in half the time."""
    monkeypatch.setattr(check_case, "LENGTH", 5)


def opened(name: str, dtype: str, open_family: Any) -> tuple[Path, Any]:
    folder = open_family(name)[0]
    return folder, load_model(folder, dtype=dtype, **CHOICES.get(name, {}))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", FAMILIES)
def test_the_laws_hold(name: str, dtype: str, open_family: Any) -> None:
    _, model = opened(name, dtype, open_family)
    report = check_model(model, TEXTS[:2])
    assert report.dtype == str(DTYPES[dtype]).removeprefix("torch.")
    assert not [law for law in report.laws if law.state == "broken"]


@pytest.mark.parametrize("dtype", DTYPES)
def test_values_are_the_librarys_own_in_that_precision(dtype: str, open_family: Any) -> None:
    folder, model = opened("llama", dtype, open_family)
    # Not ``.to``: that would round the angles of the positions, which stay exact at load.
    module: Any = LlamaForCausalLM.from_pretrained(folder, dtype=DTYPES[dtype]).eval()
    seen: list[torch.Tensor] = []
    reading.block(module, "llama", "decoder", 1).register_forward_hook(
        lambda _, __, out: seen.append(out if isinstance(out, torch.Tensor) else out[0])
    )
    text, site = model.tokenize(TEXTS[1]), "decoder.1.resid_post"
    with torch.inference_mode():
        module(input_ids=torch.tensor([text.ids]))
    found = model.forward([text], capture=[site]).activations[site]
    assert found.dtype is DTYPES[dtype] and torch.equal(found, seen[0])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ["t5", "gpt2"])
def test_edits_are_computed_in_single_precision_and_rounded_once(
    name: str, dtype: str, open_family: Any
) -> None:
    """Also where the library keeps a map in single precision, as T5's second one."""
    _, model = opened(name, dtype, open_family)
    site = f"{model.source_stack}.0.ffn_act"
    text = model.tokenize(TEXTS[1])
    clean = model.forward([text], capture=[site]).activations[site]
    scale = Intervention([f"{site}[{u}]" for u in range(24)], "scale", 1.001)
    found = model.forward([text], capture=[site], interventions=[[scale]]).activations[site]
    assert found.dtype is clean.dtype
    assert torch.equal(found, (clean.float() * torch.tensor(1.001)).to(clean.dtype))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ["t5", "gpt2", "bert-classes"])
def test_stores_and_statistics_are_those_of_the_rounded_values(
    name: str, dtype: str, open_family: Any, tmp_path: Path
) -> None:
    _, model = opened(name, dtype, open_family)
    layer = f"{model.source_stack}.1.resid_post"
    corpus = Corpus("texts", TEXTS, TEXTS)
    store = extract(model, corpus, tmp_path / "acts", [layer], dtype="float32")
    values, tokens = store.layer(layer)[:], store.tokens(model.source_stack)
    for number, text in enumerate(TEXTS):
        alone = model.forward([model.tokenize(text)], capture=[layer]).activations[layer][0]
        rows = values[tokens.rows(number)]
        near = 0.3 if dtype == "bf16" else 0.05  # A batch rounds in another order.
        assert np.allclose(rows, alone.float().numpy(), atol=near * max(1, abs(rows).max()))
    values_known = ReferenceValues.measure(model, TEXTS, layers=[layer])
    moments = values_known.moments(layer)
    assert moments is not None and np.isfinite(moments[0]).all()
    model.statistics = values_known
    edits = [
        Intervention([f"{layer}[2]"], "mean"), Intervention([f"{layer}[3]"], "resample"),
        Intervention([f"{layer}[4]"], "set", 2.0, unit="sigma"),
    ]  # fmt: skip
    if model.task == "classification":
        found = model.classify(TEXTS, edits)
        assert all(abs(sum(c.probabilities) - 1) < 1e-3 for c in found)
    else:
        for beams in (1, 2):
            assert all(t.ids for t in model.translate(TEXTS, edits, beams=beams, max_length=5))
