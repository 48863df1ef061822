"""Language models of every family against the library alone: edits, continuations, positions."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from neurox_core.errors import InvalidInputError, TextTooLongError
from neurox_core.interventions import Intervention
from neurox_core.models.search import SearchOptions
from neurox_core.models.tokens import Tokens
from tests.models import reading
from tests.models.families import LANGUAGE_MODELS

TEXT = "She reads a book in the garden."
PROMPTS = ["He left", "She reads a book in", "The men", "They were not at home"]
SHARED = {"resid_pre": 16, "self_attn_out": 16, "ffn_act": 24, "ffn_pre": 24, "ffn_out": 16,
          "resid_post": 16, "final_norm": 16}  # fmt: skip


def by_library(module: Any, ids: list[int]) -> torch.Tensor:
    """Log-probability of each token but the first."""
    with torch.inference_mode():
        logits = module(input_ids=torch.tensor([ids]), use_cache=False).logits[0, :-1]
    wanted = torch.tensor(ids[1:]).unsqueeze(1)
    return torch.log_softmax(logits.float(), -1).gather(1, wanted).squeeze(1)


def ids_of(*ids: int) -> Tokens:
    n = len(ids)
    return Tokens("", list(ids), [""] * n, [None] * n, [], [-1] * n)


@pytest.mark.parametrize("name", LANGUAGE_MODELS)
def test_the_only_stack_has_every_site(name: str, open_family: Any) -> None:
    _, model = open_family(name)
    heads = 12 if name.startswith(("gemma", "qwen3")) else 16
    last = {a.split(".")[2]: w for a, w in model.sites.items() if a.startswith("decoder.1.")}
    assert last == SHARED | {"self_attn_heads": heads}
    assert all(a.startswith("decoder.") for a in model.sites) and not model.unresolved
    assert model.task == "language-modelling" and model.source_stack == "decoder"


@pytest.mark.parametrize("name", LANGUAGE_MODELS)
def test_scores_and_ablations_are_those_of_the_library_with_weights_cut(
    name: str, open_family: Any
) -> None:
    folder, model = open_family(name)
    text = model.tokenize(TEXT)

    def ours(edits: list[Intervention]) -> torch.Tensor:
        return model.forward([text], interventions=[edits], logprobs=True).logprobs[0, :-1]

    assert torch.allclose(ours([]), by_library(reading.fresh(folder), text.ids), atol=1e-4)
    for layer, site, units in ((0, "self_attn_heads", [0, 1, 2, 3]), (1, "ffn_act", [0, 7, 23])):
        module = reading.fresh(folder)
        reading.cut(module, name, "decoder", layer, site, units)
        off = Intervention([f"decoder.{layer}.{site}[{u}]" for u in units], "zero")
        assert torch.allclose(ours([off]), by_library(module, text.ids), atol=1e-4), site


@pytest.mark.parametrize("name", LANGUAGE_MODELS)
def test_blocks_give_what_the_librarys_own_blocks_give(name: str, open_family: Any) -> None:
    folder, model = open_family(name)
    module, text = reading.fresh(folder), model.tokenize(TEXT)
    seen: list[torch.Tensor] = []
    for layer in (0, 1):
        reading.block(module, name, "decoder", layer).register_forward_hook(
            lambda _, __, out: seen.append(out if isinstance(out, torch.Tensor) else out[0])
        )
    by_library(module, text.ids)
    layers = ["decoder.0.resid_post", "decoder.1.resid_post", "decoder.1.final_norm"]
    found = model.forward([text], capture=layers)
    for layer, values in zip(layers, seen, strict=False):
        assert found.activations[layer].shape == (1, len(text.ids), 16)
        assert torch.allclose(found.activations[layer], values, atol=1e-4)
    assert not torch.allclose(found.activations[layers[2]], seen[1], atol=1e-2)


@pytest.mark.parametrize("name", ["gpt2", "opt", "llama", "gemma2", "mistral"])
@pytest.mark.parametrize("beams", [1, 3])
def test_prompts_of_different_lengths_continue_as_generate_continues_each_alone(
    name: str, beams: int, open_family: Any
) -> None:
    """No padding on the left and no position wrong, though the prompts are in one batch."""
    folder, model = open_family(name)
    module = reading.fresh(folder)
    prompts = [model.tokenize(p) for p in PROMPTS]
    options = SearchOptions(beams=beams, max_length=8)
    found = model.search(prompts, [[] for _ in prompts], options)
    for prompt, hypotheses in zip(prompts, found, strict=True):
        with torch.inference_mode():
            theirs = module.generate(
                torch.tensor([prompt.ids]), max_new_tokens=8, num_beams=beams, do_sample=False,
                pad_token_id=model.pad_id, return_dict_in_generate=True, output_scores=True,
                attention_mask=torch.ones(1, len(prompt.ids), dtype=torch.int64),
            )  # fmt: skip
        ids = hypotheses[0].ids
        assert ids == theirs.sequences[0, len(prompt.ids) :][: len(ids)].tolist()
        if beams > 1:
            assert hypotheses[0].score == pytest.approx(float(theirs.sequences_scores[0]), abs=1e-3)


@pytest.mark.parametrize("beams", [1, 3])
@pytest.mark.parametrize("positions", [[0], [2], [5, 6], None])
def test_positions_count_from_the_texts_first_token_through_the_continuation(
    beams: int, positions: list[int] | None, open_family: Any
) -> None:
    """Decoded on the cache under an edit equals one pass over prompt and continuation."""
    _, model = open_family("llama")
    prompts = [model.tokenize(p) for p in PROMPTS[:2]]
    edit = Intervention(["decoder.0.ffn_act[3]", "decoder.0.ffn_act[4]"], "set", 3.0,
                        positions=positions)  # fmt: skip
    clean = model.search(prompts, [[], []], SearchOptions(beams=beams, max_length=6))
    found = model.search(prompts, [[edit], [edit]], SearchOptions(beams=beams, max_length=6))
    for prompt, hypotheses in zip(prompts, found, strict=True):
        for best in hypotheses:
            forced = model.forward([prompt], [ids_of(*best.ids)], interventions=[[edit]],
                                   logprobs=True)  # fmt: skip
            assert forced.target_starts == [len(prompt.ids) - 1]
            assert forced.logprobs[0].tolist() == pytest.approx(best.logprobs, abs=2e-4)
    assert [h[0].logprobs for h in clean] != [h[0].logprobs for h in found]


def test_a_forced_continuation_starts_where_the_prompt_ends(open_family: Any) -> None:
    _, model = open_family("gpt2")
    prompts = [model.tokenize(p) for p in PROMPTS[:2]]
    targets = [model.tokenize(t, "target") for t in (" the old town", " the garden")]
    site = "decoder.1.ffn_act"
    both = model.forward(prompts, targets, [site], logprobs=True)
    for row, (prompt, target) in enumerate(zip(prompts, targets, strict=True)):
        assert target.ids[-1] == model.eos_id and target.spans[-1] is None
        whole = [*prompt.ids, *target.ids]
        start, n = len(prompt.ids) - 1, len(target.ids)
        alone = model.forward([ids_of(*whole)], capture=[site], logprobs=True)
        assert both.target_starts[row] == start
        assert both.target_inputs[row, :n].tolist() == whole[start : start + n]
        assert both.target_outputs[row, :n].tolist() == target.ids
        assert torch.allclose(both.logprobs[row, :n], alone.logprobs[0, start : start + n],
                              atol=1e-5)  # fmt: skip
        assert not both.logprobs[row, n:].any()
        assert torch.allclose(both.activations[site][row, : start + n],
                              alone.activations[site][0, : start + n], atol=1e-5)  # fmt: skip


def test_position_t_read_token_t_and_predicts_the_next(open_family: Any) -> None:
    _, model = open_family("gpt2")
    text = model.tokenize(TEXT)
    found = model.forward([text], capture=["decoder.0.embed"], logprobs=True)
    assert found.target_inputs[0].tolist() == text.ids
    assert found.target_outputs[0, :-1].tolist() == text.ids[1:]
    assert found.target_mask[0].tolist() == [True] * (len(text.ids) - 1) + [False]
    network: Any = model.module
    words = network.transformer.wte.weight[text.ids]
    places = network.transformer.wpe.weight[: len(text.ids)]
    assert torch.allclose(found.activations["decoder.0.embed"][0], words + places, atol=1e-6)


def test_a_continuation_may_be_forced_to_begin_and_is_told_token_by_token(open_family: Any) -> None:
    _, model = open_family("gpt2")
    heard: list[tuple[int, list[list[int]]]] = []
    prompts = PROMPTS[:2]
    found = model.translate(prompts, prefixes=[" the", ""], max_length=5)
    assert found[0].text.startswith(" the") and len(found[0].ids) <= 5
    sources = [model.tokenize(p) for p in prompts]

    def hear(position: int, ids: list[list[int]]) -> None:
        heard.append((position, ids))

    results = model.search(sources, [[], []], SearchOptions(max_length=4), on_token=hear)
    assert heard[-1][1] == [r[0].ids for r in results]
    assert all(len(ids) == 2 for _, ids in heard)


def test_what_does_not_fit_the_models_positions_is_refused_or_ends_there(open_family: Any) -> None:
    _, model = open_family("gpt2")
    assert model.positions == 64
    nearly = ids_of(*[5] * 60)
    found = model.search([nearly], [[]], SearchOptions(max_length=50))[0][0]
    assert len(found.ids) <= 4
    with pytest.raises(TextTooLongError, match="at most 64"):
        model.search([ids_of(*[5] * 64)], [[]], SearchOptions(max_length=5))
    with pytest.raises(TextTooLongError):
        model.checked("word " * 200)
    with pytest.raises(InvalidInputError, match="empty"):
        model.translate([" "])


def test_start_tokens_are_those_that_the_tokenizer_writes(open_family: Any) -> None:
    pieces = {name: open_family(name)[1].tokenize("He left").pieces for name in LANGUAGE_MODELS}
    assert pieces["llama"][0] == "<s>" and pieces["opt"][0] == "</s>"
    assert pieces["gpt2"][0] == "H" or pieces["gpt2"][0] == "He"
    llama = open_family("llama")[1].tokenize("日")
    assert llama.pieces[-3:] == ["<0xE6>", "<0x97>", "<0xA5>"] and llama.word_ids[-3:] == [0, 0, 0]


@pytest.mark.parametrize("name", ["gpt2", "llama", "mistral"])
def test_a_draft_never_changes_the_continuation(name: str, open_family: Any) -> None:
    _, model = open_family(name)
    assert model.can_advance == (name != "mistral")  # Its cache forgets what is out of the window.
    prompts = [model.tokenize(p) for p in PROMPTS[:3]]
    edit = Intervention(["decoder.0.ffn_act[3]"], "set", 3.0, positions=[0, 7, 8])
    rows = [[], [edit], []]
    options = SearchOptions(max_length=10)
    plain = [h[0] for h in model.search(prompts, rows, options)]
    for spoil in (0, 3, 9):
        drafts = [[*h.ids[:spoil], 7, *h.ids[spoil:]] for h in plain]
        drafts[2] = list(plain[2].ids)
        given = SearchOptions(max_length=10, drafts=[[draft] for draft in drafts])
        for found, wanted in zip(model.search(prompts, rows, given), plain, strict=True):
            assert found[0].ids == wanted.ids
            assert found[0].logprobs == pytest.approx(wanted.logprobs, abs=1e-4)


def test_an_edit_may_be_limited_to_words_of_the_prompt(open_family: Any) -> None:
    _, model = open_family("gpt2")
    text = model.tokenize("The houses and the garden")
    places = [i for i, w in enumerate(text.word_ids) if w == 1]
    named = Intervention(["decoder.0.ffn_act[3]"], "set", 3.0, where={"words": ["Houses"]})
    listed = Intervention(["decoder.0.ffn_act[3]"], "set", 3.0, positions=places)
    site = "decoder.0.ffn_act"
    both = model.forward([text, text], capture=[site], interventions=[[named], [listed]])
    assert torch.equal(both.activations[site][0], both.activations[site][1])
    assert (both.activations[site][0, places, 3] == 3.0).all()
    found = model.search([text, text], [[named], [listed]], SearchOptions(max_length=4))
    assert found[0][0].ids == found[1][0].ids
