"""What is particular to Hugging Face models: positions, forced starts, hooks installed once."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import MBartConfig, MBartForConditionalGeneration

from neurox_core.errors import ModelLoadError, TextTooLongError
from neurox_core.interventions import Intervention
from neurox_core.models.base import TranslationModel
from neurox_core.models.check import check_model
from neurox_core.models.huggingface import HuggingFaceSeq2Seq
from neurox_core.models.registry import load_model
from neurox_core.models.search import SearchOptions
from neurox_core.models.tokens import Tokens


def text(*ids: int) -> Tokens:
    """A text given by its ids alone."""
    return Tokens("", list(ids), [], [None] * len(ids), [], [-1] * len(ids))


@pytest.fixture(scope="module")
def mbart() -> HuggingFaceSeq2Seq:
    """A random pre-norm model whose attention takes its input as a keyword."""
    torch.manual_seed(1)
    config = MBartConfig(
        vocab_size=40,
        d_model=16,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=24,
        decoder_ffn_dim=24,
        max_position_embeddings=32,
        pad_token_id=1,
        eos_token_id=0,
        decoder_start_token_id=0,
        forced_eos_token_id=None,
        dropout=0.0,
        init_std=0.5,
    )
    return HuggingFaceSeq2Seq(MBartForConditionalGeneration(config), None, "mbart", "x")


def test_a_source_that_never_ends_stops_at_the_models_last_position(
    mbart: HuggingFaceSeq2Seq,
) -> None:
    mbart.module.lm_head.weight.data[0] *= 0
    found = mbart.search([text(*[5] * 30, 0)], [[]], SearchOptions(max_length=100))
    assert len(found[0][0].ids) <= 32
    with pytest.raises(TextTooLongError, match="at most 32"):
        mbart.forward([text(5, 0)], [text(*[5] * 40, 0)], logprobs=True)


def test_the_forced_language_comes_first_as_in_generate(mbart: HuggingFaceSeq2Seq) -> None:
    generation = mbart.module.generation_config
    generation.forced_bos_token_id = 7
    again = HuggingFaceSeq2Seq(mbart.module, None, "mbart", "x")
    ids = torch.tensor([[3, 4, 0]])
    theirs = mbart.module.generate(input_ids=ids, max_new_tokens=6, num_beams=1, do_sample=False)
    ours = again.search([text(3, 4, 0)], [[]], SearchOptions(max_length=6))[0][0].ids
    assert ours == theirs[0, 1 : 1 + len(ours)].tolist() and ours[0] == 7
    generation.forced_bos_token_id = None


def test_a_network_wrapped_twice_is_edited_once(mbart: HuggingFaceSeq2Seq) -> None:
    again = HuggingFaceSeq2Seq(mbart.module, None, "mbart", "x")
    site = "encoder.1.resid_post"
    add = Intervention([f"{site}[2]"], "add", 1.0)
    clean = again.forward([text(3, 4, 0)], capture=[site]).activations[site]
    changed = again.forward([text(3, 4, 0)], capture=[site], interventions=[[add]]).activations[
        site
    ]
    assert torch.allclose(changed[..., 2], clean[..., 2] + 1.0, atol=1e-6)


def test_a_stack_norm_is_a_site_of_its_own_where_there_is_one(
    mbart: HuggingFaceSeq2Seq, tiny_marian: TranslationModel
) -> None:
    assert "encoder.1.final_norm" in mbart.sites and "decoder.1.final_norm" in mbart.sites
    assert not any(site.endswith("final_norm") for site in tiny_marian.sites)
    last: list[torch.Tensor] = []
    handle = (
        mbart.module.get_encoder()
        .layers[1]
        .register_forward_hook(lambda _, __, given: last.append(given))
    )
    found = mbart.forward([text(3, 4, 0)], capture=["encoder.1.resid_post", "encoder.1.final_norm"])
    handle.remove()
    resid, norm = found.activations.values()
    assert torch.equal(resid, last[0]) and not torch.allclose(resid, norm, atol=1e-3)
    assert torch.allclose(mbart.module.get_encoder().layer_norm(resid), norm, atol=1e-6)


def test_tokens_carry_their_words(tiny_marian: TranslationModel) -> None:
    tokens = tiny_marian.tokenize("She reads, he left.")
    assert tokens.word_texts == ["She", "reads", ",", "he", "left", "."]
    assert tokens.word_ids[-1] == -1 and tokens.spans[-1] is None
    assert [w for w in sorted(set(tokens.word_ids)) if w >= 0] == list(range(6))
    for piece, span, word in zip(tokens.pieces, tokens.spans, tokens.word_ids, strict=True):
        if word >= 0 and span is not None:
            assert tokens.words[word][0] <= max(span[0], tokens.words[word][0]) < span[1], piece


def test_missing_and_broken_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelLoadError, match="no-such"):
        load_model(tmp_path / "no-such")
    with pytest.raises(ModelLoadError, match="is empty.*config.json"):
        load_model(tmp_path)
    (tmp_path / "adapter_config.json").write_text('{"peft_type": "LORA"}')
    with pytest.raises(ModelLoadError, match="an adapter of another model .*merge_and_unload"):
        load_model(tmp_path)
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(ModelLoadError, match="not readable JSON"):
        load_model(tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "neurox_recurrent", "vocab_size": 9}')
    with pytest.raises(ModelLoadError, match=r"no model\.safetensors.*no source\.spm"):
        load_model(tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "gpt2"}')
    with pytest.raises(
        ModelLoadError, match=r"it has no weights .*no tokenizer \(no .*vocab\.json, nor tok"
    ):
        load_model(tmp_path)


def test_a_type_that_nobody_knows_asks_for_its_adapter(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "my_own_gru"}')
    with pytest.raises(ModelLoadError, match=r"'my_own_gru', which neither .*docs/adapters\.md"):
        load_model(tmp_path)


def test_a_configuration_of_another_model_and_damaged_weights_are_told_apart(
    open_family: Any, tmp_path: Path
) -> None:
    folder, _ = open_family("gpt2")
    other, damaged = tmp_path / "other", tmp_path / "damaged"
    shutil.copytree(folder, other)
    config = json.loads((other / "config.json").read_text())
    (other / "config.json").write_text(json.dumps(config | {"n_inner": 32}))
    with pytest.raises(ModelLoadError, match=r"h\.0\.mlp\.c_fc\.bias, which is \(24,\) and should"):
        load_model(other)
    shutil.copytree(folder, damaged)
    weights = load_file(damaged / "model.safetensors")
    weights["transformer.h.1.mlp.c_fc.weight"][0, 0] = float("nan")
    save_file(weights, damaged / "model.safetensors", {"format": "pt"})
    with pytest.raises(ModelLoadError, match=r"weight transformer\.h\.1\.mlp\.c_fc\.weight holds"):
        load_model(damaged)
    (damaged / "model.safetensors").unlink()
    (damaged / "pytorch_model.bin").write_bytes(b"no weights")
    with pytest.raises(ModelLoadError, match="could run code") as told:
        load_model(damaged)
    assert "weights_only" not in str(told.value)


def test_layers_beyond_those_of_the_configuration_are_said_to_be_unused(
    open_family: Any, tmp_path: Path
) -> None:
    for name, setting, part, size in (
        ("gpt2", "n_layer", "transformer.h.1", 11),  # The library passes over *attn.bias.
        ("bert-classes", "num_hidden_layers", "bert.encoder.layer.1", 16),
        ("t5", "num_decoder_layers", "decoder.block.1", 13),
    ):
        folder, whole = open_family(name)
        assert check_model(whole).unused_weights == {}, name
        cut = tmp_path / name
        shutil.copytree(folder, cut)
        config = json.loads((cut / "config.json").read_text())
        (cut / "config.json").write_text(json.dumps(config | {setting: 1}))
        assert check_model(load_model(cut)).unused_weights == {part: size}, name


def test_a_file_is_no_model(tmp_path: Path) -> None:
    file = tmp_path / "model.safetensors"
    file.write_text("weights")
    with pytest.raises(ModelLoadError, match="is a file, not a model.*name the folder"):
        load_model(file)
