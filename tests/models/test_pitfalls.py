"""Ways in which reading and editing a network of the transformers library goes wrong unnoticed.

Numbers are those of the list of pitfalls that the adapters were written against. Where a pitfall is
about every family, the test is in ``test_families_*.py`` and in the laws (``tests/contracts``);
here are the others, each on the family that it was seen on.

=========  =======================================================================
1, 2, 3    blocks that give tuples, keywords, a norm after the last block: families
7, 8, 9    padding and the composition of a batch: laws, prompts of mixed lengths
10, 11     positions on a cache, rows of beams: laws, positions of continuations
14, 18     embeddings of each stack, start tokens and languages: families
17         off by one: laws, and position t of the language models
25, 30     modules that are not there, norms of the same name: contracts, families
28         threads: laws
33         embeddings and softmax that are not the file's: families
=========  =======================================================================
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from neurox_core.interventions import Intervention
from neurox_core.models.registry import load_model
from neurox_core.models.search import SearchOptions
from neurox_core.models.tokens import Tokens
from tests.models import reading

TEXT, TARGET = "She reads a book in the garden.", "Elle lit un livre."


def forced(model: Any, layers: list[str], edits: list[Intervention] | None = None) -> Any:
    target = None if model.source_stack == "decoder" else [model.tokenize(TARGET, "target")]
    given = None if edits is None else [edits]
    return model.forward([model.tokenize(TEXT)], target, layers, given, logprobs=True)


def test_4_the_librarys_own_capture_does_not_hide_edits(open_family: Any) -> None:
    """Its hooks stay once asked for; ours see the edited value before and after."""
    _, model = open_family("gpt2")
    site = "decoder.0.resid_post"
    put = Intervention([f"{site}[3]"], "set", 2.0)
    before = forced(model, [site, "decoder.1.resid_pre"], [put]).activations
    network: Any = model.module
    with torch.inference_mode():
        network(input_ids=torch.tensor([[5, 6]]), output_hidden_states=True)
    after = forced(model, [site, "decoder.1.resid_pre"], [put]).activations
    for found in (before, after):
        assert (found[site][..., 3] == 2.0).all()
        assert torch.equal(found["decoder.1.resid_pre"], found[site])


@pytest.mark.parametrize("name", ["gpt2", "bart", "bert", "opt"])
def test_5_an_edit_does_not_leak_into_what_was_captured_before_it(
    name: str, open_family: Any
) -> None:
    """What a block gives and what the next reads are one tensor; only the second is edited."""
    _, model = open_family(name)
    stack = model.source_stack
    first, second = f"{stack}.0.resid_post", f"{stack}.1.resid_pre"
    off = Intervention([f"{second}[{u}]" for u in range(16)], "zero")
    layers = [first, second]
    if model.task == "encoding":
        text = [model.tokenize(TEXT)]
        clean, changed = (
            model.forward(text, capture=layers, interventions=[e]).activations for e in ([], [off])
        )
    else:
        clean, changed = (forced(model, layers, e).activations for e in ([], [off]))
    assert torch.equal(changed[first], clean[first])
    assert not changed[second].any() and clean[second].any()


def test_6_fused_attention_agrees_with_the_written_out_one(open_family: Any) -> None:
    folder, model = open_family("bart")
    fused = forced(model, []).logprobs
    again = load_model(folder)
    network: Any = again.module
    network.set_attn_implementation("eager")
    assert torch.allclose(forced(again, []).logprobs, fused, atol=1e-4)


@pytest.mark.parametrize("beams", [1, 3])
@pytest.mark.parametrize("site", ["cross_attn_heads", "cross_attn_out"])
def test_12_cross_attention_is_edited_at_every_step_though_its_keys_are_cached_once(
    site: str, beams: int, open_family: Any
) -> None:
    _, model = open_family("mbart")
    edit = Intervention([f"decoder.0.{site}[{u}]" for u in range(4)], "set", 2.0, positions=[1, 3])
    source = model.tokenize(TEXT)
    found = model.search([source], [[edit]], SearchOptions(beams=beams, max_length=7))[0][0]
    n = len(found.ids)
    target = Tokens("", list(found.ids), [""] * n, [None] * n, [], [-1] * n)
    once = model.forward([source], [target], interventions=[[edit]], logprobs=True).logprobs[0]
    assert once.tolist() == pytest.approx(found.logprobs, abs=1e-3)
    clean = model.forward([source], [target], logprobs=True).logprobs[0]
    assert (once - clean).abs().max() > 1e-3


def test_13_what_the_encoder_gave_is_read_again_and_again_unchanged(open_family: Any) -> None:
    """`generate` widens an encoder's output in place, so that a second call fails."""
    _, model = open_family("bart")
    ids, mask = model.batch([model.tokenize(TEXT).ids])
    with torch.inference_mode():
        memory = model.encode(ids, mask)
        states = memory.states.clone()
        for _ in range(2):
            state = model.select(model.begin(memory), torch.tensor([0, 0, 0]))
            model.step(torch.tensor([2, 2, 2]), state, 0)
    assert torch.equal(memory.states, states)


@pytest.mark.parametrize("name", ["nllb", "gemma", "bart"])
def test_15_embed_is_what_the_first_block_reads_scale_and_positions_included(
    name: str, open_family: Any
) -> None:
    folder, model = open_family(name)
    module, seen = reading.fresh(folder), []
    first = reading.block(module, name, model.source_stack, 0)
    first.register_forward_pre_hook(
        lambda _, args, kwargs: seen.append(args[0] if args else kwargs["hidden_states"]),
        with_kwargs=True,
    )
    text = model.tokenize(TEXT)
    with torch.inference_mode():
        reader = module.get_encoder() if model.source_stack == "encoder" else module
        reader(input_ids=torch.tensor([text.ids]))
    site = f"{model.source_stack}.0.embed"
    assert torch.allclose(model.forward([text], capture=[site]).activations[site], seen[0])


def test_16_the_bias_that_is_added_after_the_softmax_layer_counts(marian_folder: Path) -> None:
    from transformers import MarianMTModel

    module: Any = MarianMTModel.from_pretrained(marian_folder, dtype=torch.float32).eval()
    from neurox_core.models.huggingface import HuggingFaceSeq2Seq

    module.final_logits_bias = torch.linspace(-3, 3, module.config.vocab_size).unsqueeze(0)
    plain: Any = load_model(marian_folder)
    model = HuggingFaceSeq2Seq(module, plain.tokenizer, "biased", "x")
    source, target = model.tokenize(TEXT), model.tokenize(TARGET, "target")
    wanted = reading.logprobs(module, source.ids, [model.start_id, *target.ids[:-1]], target.ids)
    found = model.forward([source], [target], logprobs=True).logprobs[0]
    assert torch.allclose(found, wanted, atol=1e-5)
    assert not torch.allclose(plain.forward([source], [target], logprobs=True).logprobs[0], wanted,
                              atol=1e-2)  # fmt: skip


def test_20_a_checkpoint_in_half_precision_runs_in_single_precision_unless_asked(
    open_family: Any, tmp_path: Path
) -> None:
    folder, _ = open_family("bart")
    module = reading.fresh(folder).to(torch.bfloat16)
    module.save_pretrained(tmp_path)
    for file in folder.iterdir():
        if not (tmp_path / file.name).exists():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    assert load_model(tmp_path).dtype is torch.float32
    assert load_model(tmp_path, dtype="bf16").dtype is torch.bfloat16


@pytest.mark.parametrize("name", ["bart", "gpt2"])
def test_21_captures_never_compute_the_softmax_layer(
    name: str, open_family: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, model = open_family(name)
    head = model.module.get_output_embeddings()

    def never(*_: Any) -> None:
        raise AssertionError("The softmax layer ran.")

    monkeypatch.setattr(head, "forward", never)
    target = None if name == "gpt2" else [model.tokenize(TARGET, "target")]
    layers = [s for s in model.sites if s.startswith("decoder.")]
    assert model.forward([model.tokenize(TEXT)], target, layers).activations


def test_28_gradients_are_off_in_the_thread_that_runs_and_on_again_after(open_family: Any) -> None:
    _, model = open_family("gpt2")
    assert torch.is_grad_enabled() and not torch.is_inference_mode_enabled()
    assert not forced(model, ["decoder.0.embed"]).activations["decoder.0.embed"].requires_grad
    assert torch.is_grad_enabled() and not torch.is_inference_mode_enabled()


def test_31_hooks_of_others_stay_and_ours_are_put_in_once(open_family: Any) -> None:
    _, model = open_family("gpt2")
    network: Any = model.module
    heard: list[int] = []
    handle = network.transformer.h[0].register_forward_hook(lambda *_: heard.append(1))
    counts = [len(m._forward_hooks) + len(m._forward_pre_hooks) for m in network.modules()]
    edit = Intervention(["decoder.0.ffn_act[1]"], "zero")
    model.translate([TEXT], [edit], max_length=3)
    from neurox_core.models.hub_language_model import HuggingFaceLanguageModel

    again = HuggingFaceLanguageModel(network, model.tokenizer, "again", "x")
    assert counts == [
        len(m._forward_hooks) + len(m._forward_pre_hooks) for m in network.modules()
    ]  # fmt: skip
    handle.remove()
    assert heard and again.sites == model.sites


def test_32_a_search_with_beams_is_told_of_and_stopped_at_every_step(open_family: Any) -> None:
    from neurox_core.errors import CancelledError

    _, model = open_family("t5")
    told: list[int] = []
    source, options = [model.tokenize(TEXT)], SearchOptions(beams=3, max_length=6)
    model.search(source, [[]], options, on_token=lambda position, _: told.append(position))
    assert told == list(range(len(told))) and told
    with pytest.raises(CancelledError):
        model.search(source, [[]], options, cancelled=lambda: len(told) > 2)
