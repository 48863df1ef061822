"""The search against full enumeration, against Hugging Face's generate, and row by row alone."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest
import torch
from torch import Tensor
from transformers import MarianConfig, MarianMTModel
from transformers.cache_utils import DynamicCache, EncoderDecoderCache

from neurox_core.errors import CancelledError, InvalidInputError
from neurox_core.models.search import Hypothesis, SearchOptions, search
from neurox_core.models.search_batch import top
from neurox_core.models.search_rules import Rules

EOS = 0


class Table:
    """Logits from request, position and last token; the state is the request of each row.

    `seen` holds what the search said at each step: position, rows, and the true requests.
    """

    eos_id, pad_id, start_id = EOS, 1, 1
    rules = Rules()
    device = torch.device("cpu")

    def __init__(
        self, requests: int, vocabulary: int, suppressed: tuple[int, ...] = (1,), seed: int = 0
    ) -> None:
        draw = torch.Generator().manual_seed(seed)
        self.table = 2 * torch.randn(requests, 40, vocabulary, vocabulary, generator=draw)
        self.vocabulary_size, self.suppressed = vocabulary, suppressed
        self.seen: list[tuple[int, list[int] | None, list[int]]] = []
        self.rows: Tensor | None = None

    def state(self) -> Tensor:
        return torch.arange(self.table.shape[0])

    def place_decoder(self, position: int, rows: Tensor | None) -> None:
        self.rows = rows

    def step(self, tokens: Tensor, state: Tensor, position: int) -> tuple[Tensor, Tensor]:
        rows = None if self.rows is None else self.rows.tolist()
        self.seen.append((position, rows, state.tolist()))
        return self.table[state, position, tokens], state

    def select(self, state: Tensor, index: Tensor) -> Tensor:
        return state[index]

    def logprobs(self, request: int, ids: list[int]) -> list[float]:
        every = torch.log_softmax(self.table[request], -1)
        inputs = [self.start_id, *ids]
        return [float(every[t, inputs[t], token]) for t, token in enumerate(ids)]


class Marian:
    """The smallest stepper around a Marian model: cache, no interventions."""

    device = torch.device("cpu")
    rules = Rules()

    def __init__(self, model: MarianMTModel) -> None:
        self.model = model
        self.eos_id, self.pad_id = EOS, model.config.pad_token_id
        self.start_id, self.vocabulary_size = (
            model.config.decoder_start_token_id,
            model.config.vocab_size,
        )
        self.suppressed = [self.pad_id]

    def state(self, ids: Tensor, mask: Tensor) -> Any:
        with torch.inference_mode():
            memory = self.model.model.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        return memory, mask, EncoderDecoderCache(DynamicCache(), DynamicCache())

    def place_decoder(self, position: int, rows: Tensor | None) -> None:
        pass

    def step(self, tokens: Tensor, state: Any, position: int) -> tuple[Tensor, Any]:
        memory, mask, cache = state
        assert cache.get_seq_length() == position
        out = self.model(
            encoder_outputs=(memory,), attention_mask=mask, decoder_input_ids=tokens.unsqueeze(1),
            past_key_values=cache, use_cache=True,
        )  # fmt: skip
        return out.logits[:, -1], state

    def select(self, state: Any, index: Tensor) -> Any:
        memory, mask, cache = state
        cache.reorder_cache(index)
        return memory[index], mask[index], cache


@pytest.fixture(scope="module")
def marian() -> MarianMTModel:
    """Random weights, spread so that tokens vary with position and some sentences end early."""
    torch.manual_seed(6)
    vocabulary = 48
    config = MarianConfig(
        vocab_size=vocabulary, d_model=16, encoder_layers=2, decoder_layers=2,
        encoder_attention_heads=2, decoder_attention_heads=2, encoder_ffn_dim=32,
        decoder_ffn_dim=32, max_position_embeddings=64,
        pad_token_id=vocabulary - 1, eos_token_id=EOS, decoder_start_token_id=vocabulary - 1,
        bos_token_id=None, forced_eos_token_id=None, init_std=0.3, tie_word_embeddings=False,
    )  # fmt: skip
    model = MarianMTModel(config).eval()
    with torch.no_grad():
        model.model.decoder.embed_tokens.weight.normal_(0, 2.4)
        model.model.decoder.embed_positions.weight.normal_(0, 2.5)
        model.model.encoder.embed_tokens.weight.normal_(0, 2.0)
        for layer in model.model.decoder.layers:
            layer.encoder_attn.v_proj.weight.mul_(4)
            layer.encoder_attn.q_proj.weight.mul_(4)
        model.lm_head.weight.normal_(0, 0.5)
        model.final_logits_bias[0, EOS] = 2.5
    return model


def sources(rows: int, vocabulary: int = 48) -> tuple[Tensor, Tensor]:
    """Ids and mask of random sentences of 3 to 8 tokens, padded on the right."""
    draw = torch.Generator().manual_seed(rows)
    lengths = [3 + i % 6 for i in range(rows)]
    ids = torch.full((rows, max(lengths)), vocabulary - 1)
    for i, n in enumerate(lengths):
        ids[i, :n] = torch.randint(1, vocabulary - 1, (n,), generator=draw)
        ids[i, n - 1] = EOS
    return ids, (ids != vocabulary - 1).long()


def run_marian(
    model: MarianMTModel, ids: Tensor, mask: Tensor, **options: Any
) -> list[list[Hypothesis]]:
    stepper = Marian(model)
    return search(stepper, stepper.state(ids, mask), len(ids), SearchOptions(**options))


def generate(model: MarianMTModel, ids: Tensor, mask: Tensor, **options: Any) -> Any:
    return model.generate(
        input_ids=ids, attention_mask=mask, do_sample=False,
        bad_words_ids=[[model.config.pad_token_id]],
        return_dict_in_generate=True, output_scores=True, output_logits=True, **options,
    )  # fmt: skip


def cut(row: list[int], prompt: int = 1) -> list[int]:
    """Generated ids up to and including the end token."""
    ids = row[prompt:]
    return ids[: ids.index(EOS) + 1] if EOS in ids else ids


def assert_consistent(found: list[list[Hypothesis]], penalty: float) -> None:
    for hypotheses in found:
        assert [h.score for h in hypotheses] == sorted((h.score for h in hypotheses), reverse=True)
        for h in hypotheses:
            assert len(h.ids) == len(h.logprobs)
            assert h.score == pytest.approx(sum(h.logprobs) / len(h.ids) ** penalty, abs=1e-5)


# --- against Hugging Face ------------------------------------------------------------------------


@pytest.mark.parametrize("penalty", [0.0, 0.6, 1.0, 2.0])
@pytest.mark.parametrize("beams", [2, 3, 4, 5])
@pytest.mark.parametrize(("rows", "longest"), [(1, 14), (3, 6), (9, 14)])
def test_beams_equal_generate(
    marian: MarianMTModel, beams: int, penalty: float, rows: int, longest: int
) -> None:
    ids, mask = sources(rows)
    theirs = generate(
        marian,
        ids,
        mask,
        num_beams=beams,
        num_return_sequences=beams,
        length_penalty=penalty,
        max_new_tokens=longest,
    )
    ours = run_marian(marian, ids, mask, beams=beams, length_penalty=penalty, max_length=longest)
    flat = [h for hypotheses in ours for h in hypotheses]
    assert [h.ids for h in flat] == [cut(r) for r in theirs.sequences.tolist()]
    assert [h.score for h in flat] == pytest.approx(theirs.sequences_scores.tolist(), abs=1e-4)
    assert_consistent(ours, penalty)


@pytest.mark.parametrize(("rows", "longest"), [(1, 14), (9, 14), (9, 3)])
def test_greedy_equals_generate(marian: MarianMTModel, rows: int, longest: int) -> None:
    ids, mask = sources(rows)
    theirs = generate(marian, ids, mask, num_beams=1, max_new_tokens=longest)
    expected = [cut(r) for r in theirs.sequences.tolist()]
    ours = run_marian(marian, ids, mask, max_length=longest)
    assert [h[0].ids for h in ours] == expected
    logprobs = torch.stack(theirs.logits, 1).log_softmax(-1)
    for row, (best,) in enumerate(ours):
        teacher = [float(logprobs[row, t, token]) for t, token in enumerate(best.ids)]
        assert best.logprobs == pytest.approx(teacher, abs=1e-4)
    assert_consistent(ours, 1.0)


def test_the_sentences_end_at_different_lengths(marian: MarianMTModel) -> None:
    """Otherwise the comparisons above would say little."""
    for beams in (1, 4):
        lengths = {
            len(h[0].ids) for h in run_marian(marian, *sources(9), beams=beams, max_length=14)
        }
        assert len(lengths) >= 3


@pytest.mark.parametrize("options", [{"early_stopping": True}, {"min_length": 5}])
@pytest.mark.parametrize("beams", [1, 3])
def test_other_settings_equal_generate(
    marian: MarianMTModel, beams: int, options: dict[str, int]
) -> None:
    ids, mask = sources(9)
    names = {"min_length": "min_new_tokens"}
    given = {names.get(k, k): v for k, v in options.items() if beams > 1 or k != "early_stopping"}
    theirs = generate(marian, ids, mask, num_beams=beams, max_new_tokens=12, **given)
    ours = run_marian(marian, ids, mask, beams=beams, max_length=12, **options)
    assert [h[0].ids for h in ours] == [cut(r) for r in theirs.sequences.tolist()]


@pytest.mark.parametrize("beams", [1, 2, 4])
def test_a_prefix_equals_a_decoder_prompt(marian: MarianMTModel, beams: int) -> None:
    ids, mask = sources(5)
    prefix = [7, 30, 12]
    prompt = torch.tensor([[marian.config.decoder_start_token_id, *prefix]] * 5)
    theirs = generate(
        marian, ids, mask, num_beams=beams, max_new_tokens=9, decoder_input_ids=prompt,
        **({"length_penalty": 0.0} if beams > 1 else {}),
    )  # fmt: skip
    ours = run_marian(
        marian, ids, mask, beams=beams, length_penalty=0.0, max_length=12, prefixes=[prefix] * 5
    )
    assert [h[0].ids for h in ours] == [cut(r) for r in theirs.sequences.tolist()]
    assert_consistent(ours, 0.0)
    with torch.inference_mode():
        for row, hypotheses in enumerate(ours):
            for h in hypotheses:
                inputs = torch.tensor([[marian.config.decoder_start_token_id, *h.ids[:-1]]])
                logits = marian(
                    ids[row : row + 1], mask[row : row + 1], decoder_input_ids=inputs
                ).logits[0]
                teacher = logits.log_softmax(-1)[range(len(h.ids)), h.ids].tolist()
                assert h.logprobs == pytest.approx(teacher, abs=1e-4)


@pytest.mark.parametrize("beams", [1, 3])
def test_a_row_of_a_batch_equals_the_row_alone(marian: MarianMTModel, beams: int) -> None:
    ids, mask = sources(9)
    prefixes: list[list[int]] = [[5] * (i % 4) for i in range(9)]
    together = run_marian(marian, ids, mask, beams=beams, max_length=14, prefixes=prefixes)
    for i in range(9):
        n = int(mask[i].sum())
        (alone,) = run_marian(
            marian,
            ids[i : i + 1, :n],
            mask[i : i + 1, :n],
            beams=beams,
            max_length=14,
            prefixes=[prefixes[i]],
        )
        assert [h.ids for h in together[i]] == [h.ids for h in alone]
        assert [h.score for h in together[i]] == pytest.approx([h.score for h in alone], abs=1e-4)
        assert all(h.ids[: i % 4] == prefixes[i] for h in alone)


# --- against enumeration -------------------------------------------------------------------------


@pytest.mark.parametrize("penalty", [0.0, 0.6, 1.0, 2.0])
@pytest.mark.parametrize("prefix", [[], [2]])
def test_wide_beams_find_every_sequence(penalty: float, prefix: list[int]) -> None:
    """With as many beams as there are sequences, the search is exhaustive."""
    model, words, longest = Table(2, 5), (2, 3, 4), 3
    every = [[*w, EOS] for n in range(longest) for w in itertools.product(words, repeat=n)]
    every += [list(w) for w in itertools.product(words, repeat=longest)]
    every = [ids for ids in every if ids[: len(prefix)] == prefix]
    options = SearchOptions(len(every), penalty, longest, prefixes=[prefix, prefix])
    for request, found in enumerate(search(model, model.state(), 2, options)):
        scored = [(sum(model.logprobs(request, ids)) / len(ids) ** penalty, ids) for ids in every]
        scored.sort(reverse=True)
        assert [h.ids for h in found] == [ids for _, ids in scored]
        assert [h.score for h in found] == pytest.approx([s for s, _ in scored], abs=1e-5)
        for h in found:
            assert h.logprobs == pytest.approx(model.logprobs(request, h.ids), abs=1e-5)


def test_greedy_takes_the_best_allowed_token_at_every_step() -> None:
    model = Table(6, 7, suppressed=(1, 3))
    for request, (best,) in enumerate(
        search(model, model.state(), 6, SearchOptions(max_length=10, min_length=2))
    ):
        token, expected = model.start_id, []
        while token != EOS and len(expected) < 10:
            scores = model.table[request, len(expected), token].clone()
            scores[[1, 3] if len(expected) >= 2 else [1, 3, EOS]] = -math.inf
            token = int(scores.argmax())
            expected.append(token)
        assert best.ids == expected
        assert best.logprobs == pytest.approx(model.logprobs(request, expected), abs=1e-5)


# --- rows, prefixes, streaming, cancelling -------------------------------------------------------


@pytest.mark.parametrize("beams", [1, 3])
def test_the_model_hears_whose_rows_it_steps(beams: int) -> None:
    model = Table(12, 9, seed=3)
    search(model, model.state(), 12, SearchOptions(beams, max_length=30))
    sizes = []
    for step, (position, rows, true) in enumerate(model.seen):
        assert position == step
        assert true == (list(range(len(true))) if rows is None else rows)
        assert [r for r in true[::beams] for _ in range(beams)] == true
        sizes.append(len(true))
    assert sizes[0] == 12 * beams
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) > 2
    assert sizes[-1] < sizes[0] / 2


def test_one_greedy_batch_without_dropped_rows_is_placed_as_identity() -> None:
    model = Table(1, 9)
    search(model, model.state(), 1, SearchOptions())
    assert all(rows is None for _, rows, _ in model.seen)


@pytest.mark.parametrize("beams", [1, 2, 3])
def test_prefixes_of_different_lengths(beams: int) -> None:
    model = Table(4, 8, seed=1)
    prefixes = [[], [5], [3, 3, 3], [7, 2]]
    found = search(model, model.state(), 4, SearchOptions(beams, max_length=12, prefixes=prefixes))
    for request, hypotheses in enumerate(found):
        assert len(hypotheses) == beams
        assert len({tuple(h.ids) for h in hypotheses}) == beams
        for h in hypotheses:
            assert h.ids[: len(prefixes[request])] == prefixes[request]
            assert h.logprobs == pytest.approx(model.logprobs(request, h.ids), abs=1e-5)
    assert_consistent(found, 1.0)


def test_a_suppressed_token_can_be_forced_but_is_never_chosen() -> None:
    model = Table(3, 6, suppressed=(4,))
    free = search(model, model.state(), 3, SearchOptions(3, max_length=15))
    assert all(4 not in h.ids for hypotheses in free for h in hypotheses)
    forced = search(model, model.state(), 3, SearchOptions(3, max_length=15, prefixes=[[4]] * 3))
    assert all(h.ids[0] == 4 and 4 not in h.ids[1:] for hypotheses in forced for h in hypotheses)


@pytest.mark.parametrize("beams", [1, 3])
def test_streaming_ends_with_the_result(beams: int) -> None:
    model = Table(5, 9, seed=2)
    heard: list[tuple[int, list[list[int]]]] = []
    options = SearchOptions(beams, max_length=20)
    found = search(model, model.state(), 5, options, on_token=lambda p, ids: heard.append((p, ids)))
    assert [p for p, _ in heard] == list(range(len(model.seen)))
    assert heard[-1][1] == [h[0].ids for h in found]
    assert all(len(ids) == 1 for ids in heard[0][1])
    if beams == 1:
        for position, rows in heard:
            assert rows == [h[0].ids[: position + 1] for h in found]


@pytest.mark.parametrize("beams", [1, 3])
def test_cancelling_stops_before_the_next_step(beams: int) -> None:
    model = Table(3, 9)
    answers = iter([False, False, True])
    with pytest.raises(CancelledError, match="after 2 tokens"):
        search(
            model,
            model.state(),
            3,
            SearchOptions(beams, min_length=9),
            cancelled=lambda: next(answers),
        )
    assert len(model.seen) == 2


@pytest.mark.parametrize("beams", [1, 3])
def test_alternatives_are_the_best_tokens_of_each_step(beams: int) -> None:
    model = Table(4, 9, seed=5)
    prefixes: list[list[int]] = [[], [2], [], [3, 8]]
    options = SearchOptions(beams, max_length=10, min_length=2, alternatives=4, prefixes=prefixes)
    for request, hypotheses in enumerate(search(model, model.state(), 4, options)):
        best = hypotheses[0]
        assert best.alternatives is not None
        assert len(best.alternatives) == len(best.ids)
        for t, pairs in enumerate(best.alternatives):
            logprobs = torch.log_softmax(
                model.table[request, t, [model.start_id, *best.ids][t]], -1
            )
            logprobs[[1, EOS] if t < 2 else [1]] = -math.inf
            values, ids = logprobs.topk(4)
            assert [i for i, _ in pairs] == ids.tolist()
            assert [v for _, v in pairs] == pytest.approx(values.tolist(), abs=1e-5)
    plain = search(model, model.state(), 4, SearchOptions(beams, max_length=10))
    assert all(h.alternatives is None for hypotheses in plain for h in hypotheses)


@pytest.mark.parametrize("beams", [1, 3])
def test_each_request_may_have_its_own_limit(beams: int) -> None:
    model = Table(4, 9, seed=7)
    limits = [3, 12, 1, 6]
    options = SearchOptions(beams, max_length=12, max_lengths=limits)
    together = search(model, model.state(), 4, options)
    for request, limit in enumerate(limits):
        alone = search(
            model, model.state()[request : request + 1], 1, SearchOptions(beams, max_length=limit)
        )
        assert together[request] == alone[0]
        assert max(len(h.ids) for h in alone[0]) <= limit


# --- bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "bad",
    [{"beams": 0}, {"max_length": 0}, {"min_length": -1}, {"min_length": 9, "max_length": 8},
     {"length_penalty": math.nan}, {"length_penalty": math.inf}, {"alternatives": -1},
     {"max_lengths": [9], "max_length": 8}],
)  # fmt: skip
def test_options_out_of_range_are_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(InvalidInputError, match=next(iter(bad))):
        SearchOptions(**bad)


@pytest.mark.parametrize(
    ("prefixes", "message"),
    [([[2]], "1 prefixes for 2 texts"),
     ([[], [2] * 5], r"prefix of text 2 \(index 1\) has 5 tokens"),
     ([[EOS], []], r"prefix of text 1 \(index 0\) holds the end token"),
     ([[], [99]], "outside the vocabulary")],
)  # fmt: skip
def test_prefixes_that_do_not_fit_are_refused(prefixes: list[list[int]], message: str) -> None:
    model = Table(2, 6)
    with pytest.raises(InvalidInputError, match=message):
        search(model, model.state(), 2, SearchOptions(max_length=5, prefixes=prefixes))


@pytest.mark.parametrize("beams", [1, 3])
@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_scores_that_are_no_numbers_are_reported(beams: int, number: float) -> None:
    model = Table(3, 8)
    model.table[1, 1] = number
    with pytest.raises(InvalidInputError, match="position 1 of row 1 of the batch"):
        search(model, model.state(), 3, SearchOptions(beams, min_length=3))


@pytest.mark.parametrize("width", [40, 4096, 5003, 8000])
@pytest.mark.parametrize("count", [2, 10, 40])
def test_the_grouped_top_equals_torchs(width: int, count: int) -> None:
    scores = torch.randn(3, width, generator=torch.Generator().manual_seed(width))
    scores[1, ::3] = -math.inf
    scores[2, 30:] = -math.inf  # fewer numbers than are asked for
    values, columns = top(scores, count)
    expected = scores.topk(count)
    assert torch.equal(values, expected.values)
    assert torch.equal(columns[:2], expected.indices[:2])
    assert torch.equal(scores.gather(1, columns), values)


def test_no_requests_give_no_results() -> None:
    assert search(Table(0, 6), torch.arange(0), 0, SearchOptions()) == []
