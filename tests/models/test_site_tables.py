"""Architectures beyond the families: what is found is right, what is not is said, or refused."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import transformers as hf
from transformers.utils import logging

from neurox_core.errors import ModelLoadError
from neurox_core.interventions import Intervention
from neurox_core.models.encoder_model import HuggingFaceEncoder
from neurox_core.models.hub_language_model import HuggingFaceLanguageModel
from neurox_core.models.search import SearchOptions
from neurox_core.models.tokens import Tokens

SHAPE = {
    "vocab_size": 60, "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2,
    "num_attention_heads": 2, "max_position_embeddings": 64, "pad_token_id": 0, "bos_token_id": 1,
    "eos_token_id": 2,
}  # fmt: skip
OLD = {"vocab_size": 60, "n_embd": 16, "n_layer": 2, "n_head": 2, "n_positions": 64,
       "bos_token_id": 1, "eos_token_id": 2}  # fmt: skip
ALL = {"resid_pre", "self_attn_heads", "self_attn_out", "ffn_pre", "ffn_act", "ffn_out",
       "resid_post"}  # fmt: skip
LANGUAGE: dict[str, tuple[dict[str, Any], set[str]]] = {
    "GPTJ": (OLD | {"rotary_dim": 4}, set()),
    "GPTNeo": ({"vocab_size": 60, "hidden_size": 16, "num_layers": 2, "num_heads": 2,
                "attention_types": [[["global", "local"], 1]], "max_position_embeddings": 64,
                "bos_token_id": 1, "eos_token_id": 2}, set()),
    "GPTBigCode": (OLD, set()),
    "Bloom": ({"vocab_size": 60, "hidden_size": 16, "n_layer": 2, "n_head": 2}, set()),
    "Falcon": ({k: v for k, v in SHAPE.items() if k != "intermediate_size"}, set()),
    "Phi": (SHAPE, set()),
    "Starcoder2": (SHAPE, set()),
    "Cohere": (SHAPE | {"logit_scale": 0.25}, set()),
    "Granite": (SHAPE | {"logits_scaling": 4.0}, set()),
    "Phi3": (SHAPE, {"ffn_pre"}),  # the gate's two halves are one map
    "Mixtral": (SHAPE | {"num_local_experts": 2, "num_key_value_heads": 1},
                {"ffn_pre", "ffn_act", "ffn_out"}),  # experts are no modules
}  # fmt: skip
ENCODERS: dict[str, set[str]] = {
    "DebertaV2": set(), "MPNet": set(), "Camembert": set(), "XLMRobertaXL": set(),
    "ModernBert": {"ffn_pre"},
}  # fmt: skip


def sites_of(model: Any, stack: str) -> set[str]:
    return {a.split(".")[2] for a in model.sites if a.startswith(f"{stack}.0.")} - {"embed"}


@pytest.mark.parametrize("name", LANGUAGE)
def test_other_language_models(name: str) -> None:
    logging.set_verbosity_error()
    torch.manual_seed(0)
    shape, lacking = LANGUAGE[name]
    module = getattr(hf, f"{name}ForCausalLM")(getattr(hf, f"{name}Config")(**shape)).eval()
    model = HuggingFaceLanguageModel(module, None, name, "x")
    assert sites_of(model, "decoder") == ALL - lacking
    assert {a.split(".")[2] for a in model.unresolved} == lacking
    assert "decoder.1.final_norm" in model.sites
    prompt = Tokens("", [5, 9, 7], [""] * 3, [None] * 3, [], [-1] * 3)
    edit = Intervention(["decoder.0.self_attn_out[3]"], "set", 1.0, positions=[2, 4])
    found = model.search([prompt], [[edit]], SearchOptions(max_length=4, beams=2))[0][0]
    n = len(found.ids)
    after = Tokens("", list(found.ids), [""] * n, [None] * n, [], [-1] * n)
    forced = model.forward([prompt], [after], interventions=[[edit]], logprobs=True)
    assert forced.logprobs[0].tolist() == pytest.approx(found.logprobs, abs=1e-4)
    with torch.inference_mode():
        logits = module(input_ids=torch.tensor([[5, 9, 7, *found.ids]])).logits[0, 2:-1]
    clean = model.forward([prompt], [after], logprobs=True).logprobs[0]
    wanted = torch.log_softmax(logits, -1)[torch.arange(n), found.ids]
    assert torch.allclose(clean, wanted, atol=1e-4)


@pytest.mark.parametrize("name", ENCODERS)
def test_other_encoders(name: str) -> None:
    logging.set_verbosity_error()
    extra = {"cls_token_id": 1, "sep_token_id": 2} if name == "ModernBert" else {}
    module = getattr(hf, f"{name}Model")(getattr(hf, f"{name}Config")(**SHAPE, **extra))
    model = HuggingFaceEncoder(module, None, name, "x")
    assert sites_of(model, "encoder") == ALL - ENCODERS[name]
    assert not model.unresolved


def test_a_model_that_carries_a_state_is_refused() -> None:
    logging.set_verbosity_error()
    config = hf.MambaConfig(vocab_size=60, hidden_size=16, num_hidden_layers=1)
    with pytest.raises(ModelLoadError, match="carries a state"):
        HuggingFaceLanguageModel(hf.MambaForCausalLM(config), None, "mamba", "x")
