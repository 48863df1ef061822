"""Attention, alternatives, beam trees and forced prefixes, against plain computations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from neurox_core.errors import InvalidInputError, TextTooLongError, UnknownNameError
from neurox_core.interventions import Intervention
from neurox_core.models.adapter import ModuleModel
from neurox_core.models.attention import attention
from neurox_core.models.inspection import Line, alternatives, beam_tree, inspect, prefix_ids
from neurox_core.models.recurrent_language_model import (
    RecurrentLanguageConfig,
    RecurrentLanguageNetwork,
)
from neurox_core.models.registry import load_model
from neurox_core.models.search import SearchOptions, search
from neurox_core.models.taps import observe, tap
from neurox_core.models.tokens import Tokens
from tests.models.families import LANGUAGE_MODELS, SEQ2SEQ
from tests.models.test_families_recurrent import SHAPE
from tests.models.test_families_recurrent import write as write_recurrent
from tests.models.test_opennmt import write
from tests.models.test_search import Table

TEXT, TARGET = "She reads a book in the garden.", "Elle lit un livre."
SITE = {"recurrent": "decoder.1.rnn_hidden", "huggingface": "decoder.1.ffn_act"}


def edit(model: Any) -> list[Intervention]:
    return [Intervention([f"{SITE[model.family]}[{u}]" for u in range(5)], "set", 1.5)]


def softmax(x: np.ndarray) -> np.ndarray:
    e = np.exp(x - x.max(-1, keepdims=True))
    found: np.ndarray = e / e.sum(-1, keepdims=True)
    return found


def test_attention_of_the_lstm_is_the_softmax_of_its_bilinear_scores(tiny_recurrent: Any) -> None:
    model = tiny_recurrent
    for edits in ([], edit(model), [Intervention(["encoder.1.rnn_hidden[2]"], "zero")]):
        source, target = model.tokenize(TEXT), model.tokenize(TARGET, "target")
        sites = ["encoder.1.rnn_hidden", "decoder.1.rnn_hidden"]
        seen = model.forward([source], [target], sites, [edits]).activations
        memory, hidden = (seen[s][0].numpy() for s in sites)
        weights = model.module.attention.weight.detach().numpy()
        wanted = softmax(hidden @ weights.T @ memory.T)
        found = attention(model, TEXT, TARGET, edits)
        assert list(found) == ["cross"] and list(found["cross"].layers) == [1]
        assert np.allclose(found["cross"].of(1)[0], wanted, atol=1e-6)
        assert [p.piece for p in found["cross"].queries] == target.pieces
        assert [p.piece for p in found["cross"].keys] == source.pieces


def test_attention_of_marian_is_computed_from_its_own_weights(tiny_marian: Any) -> None:
    """Scaled dot products of what its projections make of the block's input, head by head."""
    model, edits = tiny_marian, [Intervention(["decoder.0.ffn_act[3]"], "set", 2.0)]
    source, target = model.tokenize(TEXT), model.tokenize(TARGET, "target")
    part = model.module.model.decoder.layers[1]

    def heads(linear: torch.nn.Linear, x: torch.Tensor) -> np.ndarray:
        made: np.ndarray = (x @ linear.weight.T + linear.bias).numpy().reshape(len(x), 2, 8)
        return made.transpose(1, 0, 2)

    sites = ["encoder.1.resid_post", "decoder.1.resid_pre", "decoder.1.self_attn_out"]
    seen = model.forward([source], [target], sites, [edits]).activations
    memory, read, attended = (seen[s][0] for s in sites)
    scores = heads(part.self_attn.q_proj, read) @ heads(part.self_attn.k_proj, read).swapaxes(1, 2)
    scores = np.where(np.tri(len(read), dtype=bool), scores / np.sqrt(8), -np.inf)
    found = attention(model, TEXT, TARGET, edits)
    assert np.allclose(found["decoder"].of(1), softmax(scores), atol=1e-5)

    normed = torch.nn.functional.layer_norm(
        read + attended, (16,), part.self_attn_layer_norm.weight, part.self_attn_layer_norm.bias
    )
    there = part.encoder_attn
    scores = heads(there.q_proj, normed) @ heads(there.k_proj, memory).swapaxes(1, 2) / np.sqrt(8)
    assert np.allclose(found["cross"].of(1), softmax(scores), atol=1e-5)
    assert torch.allclose(
        found["cross"].mean(), torch.stack([found["cross"].mean(i) for i in (0, 1)]).mean(0)
    )
    assert [p.piece for p in found["decoder"].keys][1:] == target.pieces[:-1]
    with pytest.raises(UnknownNameError, match="0, 1"):
        found["cross"].of(7)
    alone = attention(model, TEXT, TARGET, edits, kind="decoder", layer=1)
    assert list(alone) == ["decoder"] and list(alone["decoder"].layers) == [1]
    assert torch.equal(alone["decoder"].of(1), found["decoder"].of(1))


@pytest.mark.parametrize("name", ["t5", "mbart", "nllb", "opt", "llama", "gemma3"])
def test_rows_sum_to_one_in_every_family_and_what_is_served_stays(
    name: str, open_family: Any
) -> None:
    """The network that is served keeps its quick attention, its bits and its weights in memory."""
    _, model = open_family(name)
    served = model.module.config._attn_implementation
    sources, targets = [model.tokenize(TEXT)], [model.tokenize(TARGET, "target")]
    before = model.forward(sources, targets, logprobs=True).logprobs
    found = attention(model, TEXT, TARGET)
    assert set(found) == {"cross", "encoder", "decoder"} if name in SEQ2SEQ else {"decoder"}
    for kind, one in found.items():
        for layer, weights in one.layers.items():
            assert weights.shape == (2, len(one.queries), len(one.keys))
            assert torch.allclose(weights.sum(-1), torch.ones(()), atol=1e-5), (kind, layer)
        if kind == "decoder":  # Nobody looks ahead.
            assert float(one.mean().triu(1).abs().max()) == 0
    if name in LANGUAGE_MODELS:
        read = sources[0].pieces + targets[0].pieces[:-1]
        assert [p.piece for p in found["decoder"].keys] == read
        assert [p.side for p in found["decoder"].queries].count("source") == len(sources[0].ids) - 1
    assert model.module.config._attn_implementation == served
    assert torch.equal(model.forward(sources, targets, logprobs=True).logprobs, before)
    twin = model.attending()
    assert {p.data_ptr() for p in twin.module.parameters()} == {
        p.data_ptr() for p in model.module.parameters()
    }
    slow = twin.forward(sources, targets, logprobs=True).logprobs
    assert torch.allclose(slow, before, atol=1e-3)


@pytest.mark.parametrize("kind", ["lstm", "transformer"])
def test_attention_of_a_checkpoint_of_opennmt(kind: str, tmp_path: Path) -> None:
    from neurox_core.models.registry import load_model

    model = load_model(write(kind, tmp_path))
    found = attention(model, "a b c", beams=2)
    assert "cross" in found
    for weights in found["cross"].layers.values():
        assert torch.allclose(weights.sum(-1), torch.ones(()), atol=1e-5)


class Looking(ModuleModel):
    """An adapter whose decoder looks at the source, and lets that be seen."""

    attention_maps = ("decoder.0.cross_attn_map",)

    def encode(self, ids: torch.Tensor, mask: torch.Tensor) -> Any:
        return self.module(ids), mask

    def step(self, tokens: torch.Tensor, state: Any, position: int) -> Any:
        memory, mask = state
        query = tap("decoder.0.embed", self.module(tokens).unsqueeze(1))
        scores = (query @ memory.mT).masked_fill(~mask.unsqueeze(1), -torch.inf)
        observe("decoder.0.cross_attn_map", scores.softmax(-1))
        return ((scores.softmax(-1) @ memory).squeeze(1)) @ self.module.weight.T, state


def test_an_adapter_shows_its_attention_step_by_step() -> None:
    torch.manual_seed(1)
    letters = ["<pad>", "<s>", "</s>", "a", "b", "c"]
    network = torch.nn.Embedding(6, 4)
    model = Looking(network, {"decoder.0.embed": 4}, letters, letters, name="looking")
    edits = [Intervention(["decoder.0.embed[1]"], "set", 2.0, positions=[1])]
    found = attention(model, "abc", "cab", edits)["cross"].of(0)
    table = network.weight.detach().numpy()
    query = table[[1, 5, 3, 4]].copy()
    query[1, 1] = 2.0
    assert np.allclose(found[0], softmax(query @ table[[3, 4, 5, 2]].T), atol=1e-6)
    model.attention_maps = ("decoder.4.cross_attn_map",)
    with pytest.raises(InvalidInputError, match="has to call"):
        attention(model, "abc", "cab")


@pytest.mark.parametrize("beams", [1, 3])
def test_alternatives_are_the_best_of_the_teacher_forced_distribution(
    tiny_model: Any, beams: int
) -> None:
    model = tiny_model
    for edits in ([], edit(model)):
        made = inspect(model, TEXT, [Line(edits)], alternatives=6, beams=beams)[0]
        plain = model.translate([TEXT], edits, beams)[0]
        assert (made.translation.ids, made.translation.text) == (plain.ids, plain.text)
        ids = made.translation.ids
        # Each alternative in the place of the chosen token, forced.
        tried = [(t, one) for t, s in enumerate(made.steps[:6]) for one in [*s.alternatives, s]]
        forced = model.forward(
            [model.tokenize(TEXT)] * len(tried),
            [Tokens("", [*ids[:place], one.token], [], [], [], []) for place, one in tried],
            (), [edits] * len(tried), logprobs=True,
        ).logprobs  # fmt: skip
        values = [float(forced[row, place]) for row, (place, _) in enumerate(tried)]
        assert values == pytest.approx([one.logprob for _, one in tried], abs=1e-4)
        for step in made.steps:
            assert [a.logprob for a in step.alternatives] == sorted(
                (a.logprob for a in step.alternatives), reverse=True
            )
            assert not {a.token for a in step.alternatives} & (set(model.suppressed) - {0})
            if beams == 1:
                assert step.rank == 0 and step.token == step.alternatives[0].token
            elif step.rank is not None:
                assert step.alternatives[step.rank].token == step.token


@pytest.mark.parametrize("beams", [2, 5])
def test_the_tree_holds_what_the_search_held_and_changes_nothing(
    tiny_model: Any, beams: int
) -> None:
    model, source = tiny_model, tiny_model.tokenize(TEXT)
    for edits in ([], edit(model)):
        options = SearchOptions(beams, max_length=30)
        plain = model.search([source], [edits], options)[0]
        grown = model.search([source], [edits], SearchOptions(beams, max_length=30, tree=True))[0]
        assert [(h.ids, h.score) for h in grown] == [(h.ids, h.score) for h in plain]
        tree = grown[0].tree
        assert tree is not None and tree.beams == beams
        assert [tree.path(i) for i in tree.ends()] == [h.ids for h in plain]
        assert [tree.nodes[i].score for i in tree.ends()] == [h.score for h in plain]
        last = max(n.step for n in tree.nodes)
        assert all(len(tree.live(step)) == beams for step in range(last))
        winner = [n for n in tree.nodes if n.fate == "winner"]
        assert [n.token for n in winner] == plain[0].ids
        for number, node in enumerate(tree.nodes):
            before = 0.0 if node.parent < 0 else tree.nodes[node.parent].total
            assert node.total == pytest.approx(before + node.logprob, abs=1e-5)
            assert node.step == len(tree.path(number)) - 1
            if node.parent >= 0:
                assert tree.nodes[node.parent].score is None, "nothing grows from what has ended"
        parents = {n.parent for n in tree.nodes}
        for number, node in enumerate(tree.nodes):
            if node.fate == "pruned" and number not in parents:
                assert node.score is None and node.step < last


def test_a_tree_tells_displaced_and_abandoned_hypotheses_from_pruned_ones() -> None:
    fates: set[str] = set()
    for seed in range(12):
        table = Table(1, 9, seed=seed)
        options = SearchOptions(3, max_length=8 if seed < 6 else 40, tree=True)
        found = search(table, table.state(), 1, options)[0]
        tree = found[0].tree
        assert tree is not None
        fates |= {n.fate for n in tree.nodes}
        kept = {tuple(h.ids) for h in found}
        for number, node in enumerate(tree.nodes):
            if node.score is not None:
                assert (node.rank is not None) == (tuple(tree.path(number)) in kept)
                assert node.rank is not None or node.score <= found[-1].score
    assert fates == {"winner", "finished", "left", "outranked", "pruned"}


def test_the_tree_of_greedy_search_is_its_one_hypothesis(tiny_model: Any) -> None:
    tree = beam_tree(tiny_model, TEXT, beams=1)
    best = tiny_model.translate([TEXT])[0]
    assert tree.path(len(tree.nodes) - 1) == best.ids
    assert tree.nodes[-1].score == pytest.approx(best.score) and tree.ends() == [len(best.ids) - 1]


def test_forcing_an_alternative_goes_on_from_it(tiny_model: Any) -> None:
    model = tiny_model
    for edits in ([], edit(model)):
        steps = alternatives(model, TEXT, 4, edits)
        place = min(2, len(steps) - 1)
        other = next(a for a in steps[place].alternatives[1:] if a.token != model.eos_id)
        prefix = [*(s.token for s in steps[:place]), other.token]
        made = inspect(model, TEXT, [Line(edits, prefix)], beams=2)[0]
        assert made.translation.ids[: place + 1] == prefix
        assert [s.forced for s in made.steps[: place + 2]] == [True] * (place + 1) + [False]
        assert made.steps[place].logprob == pytest.approx(other.logprob, abs=1e-4)
        # What follows is what teacher forcing of the whole gives.
        target = Tokens("", made.translation.ids, [], [], [], [])
        forced = model.forward([made.source], [target], (), [edits], logprobs=True).logprobs[0]
        assert forced.tolist() == pytest.approx([s.logprob for s in made.steps], abs=1e-4)


def test_a_typed_prefix_is_what_the_tokenizer_makes_of_it(tiny_model: Any) -> None:
    model = tiny_model
    made = inspect(model, TEXT, [Line((), "Les homm")])[0]
    assert made.prefix == model.tokenize("Les homm", "target").ids[:-1]
    assert made.translation.ids[: len(made.prefix)] == made.prefix
    assert made.translation.text.startswith("Les homm")
    same = model.translate([TEXT], prefixes=["Les homm"])[0]
    assert made.translation == same


@pytest.mark.parametrize("name", ["nllb", "mbart"])
def test_what_a_model_forces_itself_is_not_forced_twice(name: str, open_family: Any) -> None:
    _, model = open_family(name)
    steps = alternatives(model, TEXT, 3)
    known = len(model.forced_start)
    again = alternatives(model, TEXT, 3, prefix=[s.token for s in steps[: known + 2]])
    assert [s.token for s in again][: len(steps)] == [s.token for s in steps]
    assert [s.forced for s in again[: known + 3]] == [True] * (known + 2) + [False]


def test_a_language_model_goes_on_from_a_forced_word(open_family: Any) -> None:
    _, model = open_family("gpt2")
    edits = [Intervention(["decoder.0.ffn_act[3]"], "set", 3.0)]
    clean, changed, forced = inspect(
        model, "The men", [Line(), Line(edits), Line(edits, " are")], alternatives=3, tree=True
    )
    assert clean.translation.ids == model.translate(["The men"])[0].ids
    assert changed.translation.ids != clean.translation.ids
    assert forced.translation.text.startswith(" are") and forced.steps[0].forced
    found = attention(model, "The men", " are here", edits)["decoder"]
    assert found.of(0).shape[1] == len(model.tokenize("The men are here").ids)


def test_why_there_is_no_attention_is_said(
    tiny_recurrent: Any, tiny_marian: Any, vocabulary: Path, tmp_path: Path
) -> None:
    for kind in ("encoder", "decoder"):
        with pytest.raises(InvalidInputError, match=r"layers are recurrent.*It has cross"):
            attention(tiny_recurrent, TEXT, TARGET, kind=kind)
    config = RecurrentLanguageConfig(**SHAPE)
    folder = write_recurrent(tmp_path / "lm", RecurrentLanguageNetwork(config), config, vocabulary)
    with pytest.raises(InvalidInputError, match="has no attention: its layers are recurrent"):
        attention(load_model(folder), TEXT)
    # What is within the source needs no output.
    read = attention(tiny_marian, TEXT, kind="encoder")["encoder"]
    forced = attention(tiny_marian, TEXT, TARGET)["encoder"]
    assert torch.allclose(read.of(0), forced.of(0), atol=1e-6) and read.keys == forced.keys


def test_bad_questions_are_refused_in_words(tiny_model: Any, open_family: Any) -> None:
    model = tiny_model
    with pytest.raises(InvalidInputError, match="place 1, which is no id"):
        prefix_ids(model, [3, 5000])
    with pytest.raises(InvalidInputError, match="ends the text"):
        prefix_ids(model, [3, model.eos_id])
    with pytest.raises(InvalidInputError, match="between 0 and 50"):
        inspect(model, TEXT, alternatives=51)
    with pytest.raises(TextTooLongError):
        inspect(model, "house " * 600)
    with pytest.raises(UnknownNameError, match="kind of attention"):
        attention(model, TEXT, TARGET, kind="sideways")
    _, encoder = open_family("bert")
    with pytest.raises(InvalidInputError):
        inspect(encoder, TEXT)
