"""Ways in which reading and editing a network of the transformers library goes wrong unnoticed.

Numbers are those of the list of pitfalls that the adapters were written against. What is about one
of them alone stands here, named by its number; the rest is tested where it belongs, which this table
says (``here`` is this file, a path is below ``tests/``). Each of these tests fails if its mistake is
made; a number stands twice where there are several ways of making it.

1   tensors and tuples    models/test_families_seq2seq.py::test_blocks_give_what_the_librarys_own_blocks_give
1   edits of tuples       here::test_1_an_edited_block_gives_the_next_what_its_kind_gives
2   keyword arguments     here::test_2_states_that_come_as_a_keyword_are_read_and_edited
3   norm after the last   models/test_huggingface.py::test_a_stack_norm_is_a_site_of_its_own_where_there_is_one
4   order of hooks        here::test_4_the_librarys_own_capture_does_not_hide_edits
5   in-place edits        here::test_5_an_edit_does_not_leak_into_what_was_captured_before_it
6   fused attention       here::test_6_fused_attention_agrees_with_the_written_out_one
6   weights of attention  models/test_inspection.py::test_rows_sum_to_one_in_every_family_and_what_is_served_stays
7   values at padding     here::test_7_padding_is_in_no_statistic_and_moves_no_value
8   side of padding       models/test_families_language.py::test_prompts_of_different_lengths_continue_as_generate_continues_each_alone
8   padding on the right  here::test_7_padding_is_in_no_statistic_and_moves_no_value
9   who shares a batch    models/test_laws.py::test_each_row_equals_what_it_would_be_alone
10  positions on a cache  models/test_families_language.py::test_positions_count_from_the_texts_first_token_through_the_continuation
10  positions of drafts   models/test_drafts.py::test_the_result_does_not_depend_on_the_draft
11  rows of beams         models/test_search.py::test_beams_equal_generate
11  whose row it is       models/test_laws.py::test_each_row_equals_what_it_would_be_alone
11  what a row has read   interventions/test_written.py::test_a_row_is_what_it_would_be_alone_and_scores_as_when_forced
12  cached keys           here::test_12_cross_attention_is_edited_at_every_step_though_its_keys_are_cached_once
13  reuse of the encoder  here::test_13_what_the_encoder_gave_is_read_again_and_again_unchanged
13  reuse under an edit   interventions/test_curve.py::test_redecoding_equals_greedy_search
14  shared embedding      models/test_families_seq2seq.py::test_the_embedding_hook_is_on_the_stack_not_on_the_shared_module
15  scale of embeddings   here::test_15_embed_is_what_the_first_block_reads_scale_and_positions_included
16  bias of the logits    here::test_16_the_bias_that_is_added_after_the_softmax_layer_counts
17  off by one            here::test_17_a_decoder_position_consumed_one_token_and_predicts_the_next
17  continuations         models/test_families_language.py::test_a_forced_continuation_starts_where_the_prompt_ends
17  texts read            models/test_families_language.py::test_position_t_read_token_t_and_predicts_the_next
18  start and languages   here::test_18_special_tokens_have_no_span_no_word_and_no_part_in_statistics
18  ends of outputs       here::test_18_what_a_decoder_writes_around_the_words_has_no_part_in_samples
19  words of pieces       models/test_tokens.py::test_a_piece_belongs_to_the_word_of_its_first_letter
19  values of words       activations/test_tables.py::test_views_of_words
20  silent half precision here::test_20_a_checkpoint_in_half_precision_runs_in_single_precision_unless_asked
20  range of float16      activations/test_extraction.py::test_layers_beyond_float16_are_kept_in_float32
21  the softmax layer     here::test_21_captures_never_compute_the_softmax_layer
22  size of stores        activations/test_extraction_limits.py::test_a_long_corpus_is_described_block_by_block_with_the_same_result
23  fused recurrence      models/test_recurrent.py::test_stepped_path_equals_fused_path
23  edits of the output   models/test_recurrent.py::test_output_scope_spares_the_recurrence_and_recurrence_scope_does_not
24  modules never called  here::test_24_a_site_on_a_module_that_is_never_called_is_found_out
25  fused modules         contracts/test_models.py::test_sites_that_cannot_be_found_are_listed_with_the_reason
25  widths                here::test_25_a_site_of_another_shape_than_was_read_is_listed_and_not_offered
26  compiled networks     here::test_26_a_compiled_network_is_read_and_edited_like_the_plain_one
27  going past hooks      models/test_plain_decoder.py::test_norm_before_and_after_are_both_known
28  threads               models/test_laws.py::test_two_threads_never_see_each_others_edits
28  gradients in threads  here::test_28_gradients_are_off_in_the_thread_that_runs_and_on_again_after
29  gradients             interventions/test_attribution.py::test_gradients_equal_small_real_changes
30  names that mean two   here::test_30_a_norm_inside_a_block_is_not_taken_for_the_stacks
31  hooks of others       here::test_31_hooks_of_others_stay_and_ours_are_put_in_once
32  streaming with beams  here::test_32_a_search_with_beams_is_told_of_and_stopped_at_every_step
33  tied weights          models/test_families_seq2seq.py::test_a_softmax_of_its_own_is_kept_and_one_read_from_elsewhere_is_refused
33  golden translations   demo/test_models.py::test_a_person_recognises_a_translator
33  tied where they are   models/test_families_seq2seq.py::test_the_softmax_is_tied_where_the_file_holds_one_table
34  fitting classifiers   rankings/test_probe.py::test_logistic_regression_reaches_the_minimum_that_scikit_learn_finds
35  claims of ablation    interventions/test_curve.py::test_areas_and_bands_by_hand
35  zero and mean         interventions/test_curve_tasks.py::test_other_values_than_zero
35  controls of ablation  interventions/test_curve.py::test_every_point_equals_decoding_and_scoring_from_scratch
36  bare scores           evaluation/test_scores.py::test_values_equal_sacrebleu_itself
36  p-values              evaluation/test_scores.py::test_a_clear_loss_is_significant_and_no_change_is_not
"""  # noqa: E501

from __future__ import annotations

import inspect
import re
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from neurox_core.interventions import Intervention, ReferenceValues
from neurox_core.models.adapter import ModuleModel
from neurox_core.models.check import check_model
from neurox_core.models.registry import load_model
from neurox_core.models.search import SearchOptions
from neurox_core.models.tokens import Tokens
from tests.models import reading

TEXT, TARGET = "She reads a book in the garden.", "Elle lit un livre."


def test_every_pitfall_has_its_test() -> None:
    """The table above names a test that is there for each number."""
    rows = re.findall(r"^(\d+) .* (\S+)::(test_\w+)$", __doc__ or "", re.MULTILINE)
    assert list(dict.fromkeys(int(number) for number, _, _ in rows)) == list(range(1, 37))
    for _, file, name in rows:
        path = Path(__file__) if file == "here" else Path(__file__).parents[1] / file
        assert f"\ndef {name}(" in path.read_text(encoding="utf-8"), name


def forced(model: Any, layers: list[str], edits: list[Intervention] | None = None) -> Any:
    target = None if model.source_stack == "decoder" else [model.tokenize(TARGET, "target")]
    given = None if edits is None else [edits]
    return model.forward([model.tokenize(TEXT)], target, layers, given, logprobs=True)


@pytest.mark.parametrize("name", ["t5", "bart", "gpt2"])
def test_1_an_edited_block_gives_the_next_what_its_kind_gives(name: str, open_family: Any) -> None:
    """T5's blocks return tuples and go on doing so when edited; the others return tensors."""
    folder, model = open_family(name)
    module = reading.fresh(folder)

    def halved(_: nn.Module, __: Any, given: Any) -> Any:
        return given * 0.5 if isinstance(given, torch.Tensor) else (given[0] * 0.5, *given[1:])

    stacks = ("decoder",) if name == "gpt2" else ("encoder", "decoder")
    for stack in stacks:
        reading.block(module, name, stack, 0).register_forward_hook(halved)
    edits = [
        Intervention([f"{stack}.0.resid_post[{u}]" for u in range(16)], "scale", 0.5)
        for stack in stacks
    ]
    source, target = model.tokenize(TEXT), model.tokenize(TARGET, "target")
    if name == "gpt2":  # It is scored on the text that it reads; nothing is predicted at its end.
        ids = torch.tensor([source.ids])
        with torch.inference_mode():
            every = torch.log_softmax(module(input_ids=ids).logits[0], -1)
        wanted = torch.cat([every[:-1].gather(1, ids[0, 1:, None])[:, 0], torch.zeros(1)])
    else:
        inputs = [model.start_id, *target.ids[:-1]]
        wanted = reading.logprobs(module, source.ids, inputs, target.ids)
    found, clean = forced(model, [], edits).logprobs[0], forced(model, []).logprobs[0]
    assert torch.allclose(found, wanted, atol=1e-4)
    assert not torch.allclose(found, clean, atol=1e-3)


def test_2_states_that_come_as_a_keyword_are_read_and_edited(open_family: Any) -> None:
    """The library hands them to mBART's attention so, and may hand them to any block so."""
    folder, plain = open_family("bart")
    model: Any = load_model(folder)

    def by_keyword(block: nn.Module, args: Any, kwargs: Any) -> Any:
        given = inspect.signature(block.forward).bind(*args, **kwargs).arguments
        return (), {**{k: v for k, v in given.items() if k != "kwargs"}, **given.get("kwargs", {})}

    for stack in ("encoder", "decoder"):
        for layer in (0, 1):
            reading.block(model.module, "bart", stack, layer).register_forward_pre_hook(
                by_keyword, with_kwargs=True, prepend=True
            )
    for site in ("encoder.0.embed", "encoder.1.resid_pre", "decoder.1.resid_pre"):
        edit = Intervention([f"{site}[3]"], "set", 2.0)
        found, wanted = (forced(m, [site], [edit]) for m in (model, plain))
        assert (found.activations[site][..., 3] == 2.0).all()
        assert torch.equal(found.activations[site], wanted.activations[site])
        assert torch.equal(found.logprobs, wanted.logprobs)


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


@pytest.mark.parametrize("name", ["t5", "gpt2", "bert"])
def test_7_padding_is_in_no_statistic_and_moves_no_value(name: str, open_family: Any) -> None:
    """A row of padding has values, and large ones; they must not be seen by anybody."""
    _, model = open_family(name)
    site = f"{model.source_stack}.1.resid_post"
    texts = [TEXT, "He left."]
    both = [model.tokenize(t) for t in texts]
    together = model.forward(both, capture=[site])
    rows = []
    for row, text in enumerate(both):
        alone = model.forward([text], capture=[site]).activations[site][0]
        real = together.source_mask[row]
        assert torch.allclose(together.activations[site][row][real], alone, atol=1e-5)
        rows.append(alone[[span is not None for span in text.spans]].numpy())
    assert together.activations[site][~together.source_mask].abs().max() > 0
    wanted = np.concatenate(rows)
    known = ReferenceValues.measure(model, texts, layers=[site])
    found = known.moments(site)
    assert found is not None
    assert np.allclose(found[0], wanted.mean(0), atol=1e-5)
    assert np.allclose(found[1], wanted.std(0), atol=1e-4)


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


@pytest.mark.parametrize("name", ["t5", "bart", "mbart", "pegasus"])
def test_17_a_decoder_position_consumed_one_token_and_predicts_the_next(
    name: str, open_family: Any
) -> None:
    _, model = open_family(name)
    target = model.tokenize(TARGET, "target")
    site = "decoder.1.resid_post"
    run = model.forward([model.tokenize(TEXT)], [target], [site], logprobs=True)
    assert run.target_outputs[0].tolist() == target.ids
    assert run.target_inputs[0].tolist() == [model.start_id, *target.ids[:-1]]
    # The state at t makes the score of output t, and knows nothing of it: another output there
    # leaves the state alone and takes another of the same scores.
    place = len(target.ids) - 2
    ids = list(target.ids)
    ids[place] = (ids[place] + 1) % model.vocabulary_size
    other = Tokens("", ids, target.pieces, target.spans, target.words, target.word_ids)
    again = model.forward([model.tokenize(TEXT)], [other], [site], logprobs=True)
    a, b = run.activations[site][0], again.activations[site][0]
    assert torch.equal(a[: place + 1], b[: place + 1]) and not torch.equal(
        a[place + 1], b[place + 1]
    )
    with torch.inference_mode():
        memory = model.encode(*model.batch([model.tokenize(TEXT).ids]))
        states = model.decode(memory, run.target_inputs)
        scores = torch.log_softmax(model.logits(states[0, place]), -1)
    assert scores[target.ids[place]] == pytest.approx(float(run.logprobs[0, place]), abs=1e-4)
    assert scores[ids[place]] == pytest.approx(float(again.logprobs[0, place]), abs=1e-4)


@pytest.mark.parametrize("name", ["t5", "bart", "nllb", "m2m100", "mbart", "bert", "llama"])
def test_18_special_tokens_have_no_span_no_word_and_no_part_in_statistics(
    name: str, open_family: Any
) -> None:
    _, model = open_family(name)
    raw, text = model.tokenizer.raw, model.tokenize(TEXT)
    special = {*raw.all_special_ids, *model.tokenizer.codes.values()} - {model.unk_id}
    marked = [token in special for token in text.ids]
    assert any(marked)
    assert [span is None for span in text.spans] == marked
    assert all(word == -1 for word, is_special in zip(text.word_ids, marked) if is_special)  # noqa: B905
    site = f"{model.source_stack}.0.resid_post"
    known = ReferenceValues.measure(model, [TEXT], layers=[site])
    values = model.forward([text], capture=[site]).activations[site][0].numpy()
    moments = known.moments(site)
    assert moments is not None
    assert np.allclose(moments[0], values[~np.array(marked)].mean(0), atol=1e-5)


def test_18_what_a_decoder_writes_around_the_words_has_no_part_in_samples(
    open_family: Any,
) -> None:
    """The rows that produce the language and the end, as the store leaves them out."""
    _, model = open_family("nllb")
    site, target = "decoder.1.resid_post", model.tokenize(TARGET, "target")
    known = ReferenceValues.measure(model, [TEXT], [TARGET], layers=[site])
    values = forced(model, [site]).activations[site][0].numpy()
    words = values[[span is not None for span in target.spans]]
    assert len(words) == len(values) - 2
    found = known.samples(site)
    assert found is not None and found.shape == words.shape
    assert np.allclose(found.mean(0), words.mean(0), atol=1e-5)


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

    kept: list[Any] = []
    stack: Any = model.module.get_decoder() if name == "bart" else model.module.base_model
    handle = stack.register_forward_hook(lambda _, __, out: kept.append(out.past_key_values))
    monkeypatch.setattr(head, "forward", never)
    target = None if name == "gpt2" else [model.tokenize(TARGET, "target")]
    layers = [s for s in model.sites if s.startswith("decoder.")]
    assert model.forward([model.tokenize(TEXT)], target, layers).activations
    handle.remove()
    assert kept == [None]  # Nor keeps it keys and values that nobody asks for.


class _Attending(nn.Module):
    """A reader with torch's own attention, which never calls its ``out_proj``."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(8, 6)
        self.attention = nn.MultiheadAttention(6, 2, batch_first=True)
        self.choose = nn.Linear(6, 8)


class _Hooked(ModuleModel):
    """An adapter that hangs its site on that module."""

    def encode(self, ids: torch.Tensor, mask: torch.Tensor) -> Any:
        x = self.module.words(ids)  # type: ignore[operator]
        found = self.module.attention(x, x, x, key_padding_mask=~mask)[0]  # type: ignore[operator]
        return (found * mask.unsqueeze(-1)).sum(1) / mask.sum(1, keepdim=True)

    def step(self, tokens: torch.Tensor, state: Any, position: int) -> Any:
        state = torch.tanh(state + self.module.words(tokens))  # type: ignore[operator]
        return self.module.choose(state), state  # type: ignore[operator]


def test_24_a_site_on_a_module_that_is_never_called_is_found_out() -> None:
    from neurox_core.models.taps import tap

    torch.manual_seed(4)
    network = _Attending()
    words = ["<pad>", "<s>", "</s>", *"abcde"]

    def checked(module: nn.Module) -> Any:
        site = "encoder.0.self_attn_out"
        handle = module.register_forward_hook(
            lambda _, __, out: (tap(site, out[0]), *out[1:]) if isinstance(out, tuple)
            else tap(site, out)
        )  # fmt: skip
        try:
            model = _Hooked(network, {site: 6}, words, words, name="hooked")
            return check_model(model, ["ab", "cadbe"])
        finally:
            handle.remove()

    wrong = checked(network.attention.out_proj)
    law = next(law for law in wrong.laws if law.name == "every site is visited")
    assert law.state == "broken" and "encoder.0.self_attn_out was not visited" in law.detail
    assert checked(network.attention).ok  # The whole attention is a module that is called.


def test_25_a_site_of_another_shape_than_was_read_is_listed_and_not_offered(
    open_family: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The width is that of the weights, and has to be that of a first pass as well."""
    from neurox_core.models import sites

    folder, _ = open_family("bart")
    width = sites.linear_width
    monkeypatch.setattr(
        sites, "linear_width",
        lambda module, side: 3 if width(module, side) == 24 else width(module, side),
    )  # fmt: skip
    model = load_model(folder)
    wrong = {a for a in model.unresolved if a.endswith(("ffn_pre", "ffn_act"))}
    assert len(wrong) == 8 and not wrong & set(model.sites)
    assert model.unresolved["encoder.0.ffn_act"] == "has shape (1, 3, 24), not (1, 3, 3)"
    # What is added to the residual stream is as wide as that is.
    stack, block = nn.Module(), nn.Module()
    block.self_attn, block.fc1, block.fc2 = nn.Module(), nn.Linear(8, 8), nn.Linear(8, 6)
    block.self_attn.out_proj = nn.Linear(8, 8)
    stack.layers = nn.ModuleList([block])
    found = sites.install("decoder", stack, 8)
    assert "decoder.0.ffn_out" not in found.sites and "decoder.0.ffn_act" in found.sites
    assert found.unresolved["decoder.0.ffn_out"] == "fc2 gives 6 units where the model has 8"


def test_26_a_compiled_network_is_read_and_edited_like_the_plain_one(open_family: Any) -> None:
    """Hooks break its graph, and nothing else."""
    folder, plain = open_family("gpt2")
    from neurox_core.models.hub_language_model import HuggingFaceLanguageModel

    network = reading.fresh(folder)
    model = HuggingFaceLanguageModel(network, plain.tokenizer, "compiled", "x")
    network.transformer.compile(backend="eager")
    site = "decoder.0.ffn_act"
    for edits in ([], [Intervention([f"{site}[1]", f"{site}[5]"], "set", 2.0)], []):
        found, wanted = (forced(m, [site, "decoder.1.resid_post"], edits) for m in (model, plain))
        for layer, values in wanted.activations.items():
            assert torch.allclose(found.activations[layer], values, atol=1e-5)
        assert torch.allclose(found.logprobs, wanted.logprobs, atol=1e-4)


def test_28_gradients_are_off_in_the_thread_that_runs_and_on_again_after(open_family: Any) -> None:
    """The mode is each thread's own; a network whose weights want gradients makes it visible."""
    folder, _ = open_family("gpt2")
    model: Any = load_model(folder)
    model.module.requires_grad_(True)
    seen: list[bool] = []

    def run() -> None:
        for _ in range(2):
            found = forced(model, ["decoder.0.embed"])
            seen.append(found.activations["decoder.0.embed"].requires_grad)
            seen.append(found.logprobs.requires_grad)
        seen.append(not torch.is_grad_enabled() or torch.is_inference_mode_enabled())

    run()
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert seen == [False] * 10


@pytest.mark.parametrize("name", ["bart", "mbart", "t5", "pegasus"])
def test_30_a_norm_inside_a_block_is_not_taken_for_the_stacks(name: str, open_family: Any) -> None:
    """BART's blocks have a ``final_layer_norm`` of their own; T5's stack has one of that name."""
    folder, model = open_family(name)
    sites = {s for s in model.sites if s.endswith("final_norm")}
    wanted = set() if name == "bart" else {"encoder.1.final_norm", "decoder.1.final_norm"}
    assert sites == wanted
    if sites:
        text = model.tokenize(TEXT)
        with torch.inference_mode():
            last = reading.fresh(folder).get_encoder()(input_ids=torch.tensor([text.ids]))[0]
        found = model.forward([text], capture=["encoder.1.final_norm"]).activations
        assert torch.allclose(found["encoder.1.final_norm"], last, atol=1e-5)


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
