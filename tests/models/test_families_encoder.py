"""Encoders of every family against the library alone: sites, edits, classes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from neurox_core.errors import CancelledError, InvalidInputError, ModelLoadError, TextTooLongError
from neurox_core.interventions import Intervention
from neurox_core.models.attention import attention
from neurox_core.models.registry import load_model
from neurox_core.models.search import SearchOptions
from tests.models import reading
from tests.models.families import ENCODERS, SHARED

TEXTS = ["She reads a book in the garden.", "He left.", "The men are here."]
SITES = {"resid_pre": 16, "self_attn_heads": 16, "self_attn_out": 16, "ffn_pre": 24, "ffn_act": 24,
         "ffn_out": 16, "resid_post": 16}  # fmt: skip
WITH_CLASSES = [n for n in ENCODERS if n.endswith("-classes")]


def states(module: Any, ids: list[int]) -> torch.Tensor:
    with torch.inference_mode():
        return module.base_model(input_ids=torch.tensor([ids])).last_hidden_state[0]


@pytest.mark.parametrize("name", ENCODERS)
def test_the_only_stack_has_every_site(name: str, open_family: Any) -> None:
    _, model = open_family(name)
    last = {a.split(".")[2]: w for a, w in model.sites.items() if a.startswith("encoder.1.")}
    assert last == SITES and not model.unresolved
    assert model.sites["encoder.0.embed"] == 16


@pytest.mark.parametrize("name", ENCODERS)
def test_states_and_ablations_are_those_of_the_library_with_weights_cut(
    name: str, open_family: Any
) -> None:
    folder, model = open_family(name)
    text, site = model.tokenize(TEXTS[0]), "encoder.1.resid_post"

    def ours(edits: list[Intervention]) -> torch.Tensor:
        found = model.forward([text], capture=[site], interventions=[edits])
        return found.activations[site][0]

    assert torch.allclose(ours([]), states(reading.fresh(folder), text.ids), atol=1e-4)
    for layer, where, units in ((0, "self_attn_heads", list(range(8))), (1, "ffn_act", [1, 22])):
        module = reading.fresh(folder)
        reading.cut(module, name, "encoder", layer, where, units)
        off = Intervention([f"encoder.{layer}.{where}[{u}]" for u in units], "zero")
        assert torch.allclose(ours([off]), states(module, text.ids), atol=1e-4), where


@pytest.mark.parametrize("name", [*ENCODERS, *SHARED])
def test_attention_is_the_librarys_and_follows_edits(name: str, open_family: Any) -> None:
    folder, model = open_family(name)
    ids = model.tokenize(TEXTS[0]).ids
    module = reading.fresh(folder)
    module.base_model.set_attn_implementation("eager")
    with torch.inference_mode():
        wanted = module.base_model(input_ids=torch.tensor([ids]), output_attentions=True).attentions
    found = attention(model, TEXTS[0])["encoder"]
    assert [place.piece for place in found.keys] == model.pieces(ids)
    assert found.keys == found.queries
    assert list(found.layers) == list(range(len(wanted)))
    for layer, weights in enumerate(wanted):
        assert torch.allclose(found.of(layer), weights[0], atol=1e-5)
    off = Intervention([f"encoder.0.self_attn_heads[{u}]" for u in range(16)], "zero")
    changed = attention(model, TEXTS[0], None, [off], kind="encoder", layer=1)["encoder"].of(1)
    assert torch.equal(
        attention(model, TEXTS[0], layer=1)["encoder"].of(1), found.of(1)
    ) and not torch.allclose(changed, found.of(1), atol=1e-4)  # fmt: skip
    with pytest.raises(InvalidInputError, match="writes none"):
        attention(model, TEXTS[0], "Il")
    with pytest.raises(InvalidInputError, match="does not read a source and write"):
        attention(model, TEXTS[0], kind="cross")


@pytest.mark.parametrize("name", WITH_CLASSES)
def test_classes_are_the_librarys_whatever_the_padding(name: str, open_family: Any) -> None:
    folder, model = open_family(name)
    module = reading.fresh(folder)
    found = model.classify(TEXTS)
    for text, result in zip(TEXTS, found, strict=True):
        with torch.inference_mode():
            logits = module(input_ids=torch.tensor([model.tokenize(text).ids])).logits[0]
        assert result.probabilities == pytest.approx(logits.softmax(-1).tolist(), abs=1e-4)
        assert result.label == ["bad", "good", "plain"][int(logits.argmax())]
        assert result.tokens.text == text


def test_each_text_may_have_its_own_edits_and_moves_its_classes_alone(open_family: Any) -> None:
    _, model = open_family("bert-classes")
    strong = Intervention([f"encoder.1.resid_post[{u}]" for u in range(8)], "set", 3.0)
    clean = model.classify(TEXTS)
    mixed = model.classify(TEXTS, [[], [strong], []])
    for i in (0, 2):
        assert mixed[i].probabilities == pytest.approx(clean[i].probabilities, abs=1e-5)
    assert mixed[1].probabilities != pytest.approx(clean[1].probabilities, abs=1e-3)
    assert model.classify(TEXTS)[1].probabilities == clean[1].probabilities


@pytest.mark.parametrize("name", ["bert-tags", "electra-tags"])
def test_tokens_get_classes_and_words_that_of_their_first_piece(
    name: str, open_family: Any
) -> None:
    folder, model = open_family(name)
    module = reading.fresh(folder)
    for text, result in zip(TEXTS, model.classify(TEXTS), strict=True):
        tokens = model.tokenize(text)
        with torch.inference_mode():
            logits = module(input_ids=torch.tensor([tokens.ids])).logits[0]
        assert torch.allclose(torch.tensor(result.probabilities), logits.softmax(-1), atol=1e-4)
        wanted = ["O", "NAME"]
        first = [tokens.word_ids.index(w) for w in range(len(tokens.words))]
        assert result.word_labels == [wanted[int(logits[i].argmax())] for i in first]
        assert len(result.token_labels) == len(tokens.ids)


def test_classes_that_do_not_exclude_one_another_do_not_sum_to_one(
    open_family: Any, tmp_path: Path
) -> None:
    folder, _ = open_family("bert-classes")
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    config = json.loads((tmp_path / "config.json").read_text())
    config["problem_type"] = "multi_label_classification"
    (tmp_path / "config.json").write_text(json.dumps(config))
    (found,) = load_model(tmp_path).classify(TEXTS[0])
    with torch.inference_mode():
        ids = torch.tensor([found.tokens.ids])
        logits = reading.fresh(folder)(input_ids=ids).logits[0]
    assert found.probabilities == pytest.approx(torch.sigmoid(logits).tolist(), abs=1e-4)


def test_roberta_never_uses_its_first_positions(open_family: Any) -> None:
    _, bert = open_family("bert")
    _, roberta = open_family("roberta")
    assert bert.max_tokens == 64 and roberta.max_tokens == 62
    longest = roberta.tokenize("a" * 60)
    assert len(longest.ids) <= 62 and roberta.forward([longest], capture=["encoder.0.embed"])
    with pytest.raises(TextTooLongError, match="at most 62"):
        roberta.checked("word " * 100)


def test_an_encoder_says_that_it_writes_nothing(open_family: Any) -> None:
    _, plain = open_family("bert")
    _, classes = open_family("bert-classes")
    for call in (
        lambda: plain.translate(["He left."]),
        lambda: plain.search([plain.tokenize("He left.")], [[]], SearchOptions()),
        lambda: plain.forward([plain.tokenize("He left.")], logprobs=True),
    ):
        with pytest.raises(InvalidInputError, match="writes no text"):
            call()
    with pytest.raises(InvalidInputError, match="ask classify"):
        classes.translate(["He left."])
    with pytest.raises(InvalidInputError, match="no head"):
        plain.classify(["He left."])
    with pytest.raises(CancelledError):
        classes.classify(["He left."], cancelled=lambda: True)


def test_a_head_that_was_never_saved_is_not_made_up(open_family: Any, tmp_path: Path) -> None:
    folder, _ = open_family("bert")
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    config = json.loads((tmp_path / "config.json").read_text())
    config["architectures"] = ["BertForSequenceClassification"]
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelLoadError, match="lacks 2 weights .*classifier"):
        load_model(tmp_path)


def test_a_lower_cased_vocabulary_keeps_the_words_as_written(open_family: Any) -> None:
    _, model = open_family("bert")
    tokens = model.tokenize("HOUSES, élan")
    assert tokens.word_texts == ["HOUSES", ",", "élan"]
    covered = ["".join(tokens.text[a:b] for (a, b), w in zip(tokens.spans[1:-1],
               tokens.word_ids[1:-1], strict=True) if w == word) for word in range(3)]  # fmt: skip
    assert covered == ["HOUSES", ",", "élan"]


def test_models_of_other_kinds_are_named(tmp_path: Path) -> None:
    from transformers import ViTConfig

    ViTConfig(architectures=["ViTModel"]).save_pretrained(tmp_path)
    with pytest.raises(ModelLoadError, match="vit model .ViTModel.*docs/adapters.md"):
        load_model(tmp_path)


@pytest.mark.parametrize(("name", "layers"), [("albert", 3), ("albert-groups", 8)])
def test_every_application_of_a_shared_layer_is_a_layer_of_its_own(
    name: str, layers: int, open_family: Any
) -> None:
    folder, model = open_family(name)
    text = model.tokenize(TEXTS[0])
    posts = [f"encoder.{i}.resid_post" for i in range(layers)]
    assert [s for s in model.sites if s.endswith("resid_post")] == posts and not model.unresolved
    module = reading.fresh(folder)
    # The library's own record has the output of every application of a group.
    with torch.inference_mode():
        whole = module.base_model(
            input_ids=torch.tensor([text.ids]), output_hidden_states=True
        ).hidden_states
    ours = model.forward([text], capture=posts).activations
    step = layers // (len(whole) - 1)
    for place, states_of in enumerate(whole[1:]):
        found = ours[posts[step * (place + 1) - 1]]
        assert torch.allclose(found, states_of, atol=1e-5)
    assert sum(p.numel() for p in module.parameters()) == sum(
        p.numel() for p in {id(p): p for p in model.module.parameters()}.values()
    )


def test_an_edit_of_one_application_leaves_the_others_alone(open_family: Any) -> None:
    folder, model = open_family("albert")
    text = model.tokenize(TEXTS[0])
    module: Any = reading.fresh(folder)
    calls: list[int] = []

    def second_only(_: Any, args: Any) -> Any:
        calls.append(1)
        if len(calls) != 2:
            return None
        changed = args[0].clone()
        changed[..., :8] = 0
        return (changed,)

    shared = module.base_model.encoder.albert_layer_groups[0].albert_layers[0]
    shared.ffn_output.register_forward_pre_hook(second_only)
    wanted = states(module, text.ids)
    off = Intervention([f"encoder.1.ffn_act[{u}]" for u in range(8)], "zero")
    site = "encoder.2.resid_post"
    found = model.forward([text], capture=[site], interventions=[[off]]).activations[site][0]
    assert torch.allclose(found, wanted, atol=1e-5)
    clean = model.forward([text], capture=[site]).activations[site][0]
    assert not torch.allclose(found, clean, atol=1e-2)


def test_one_module_at_several_places_is_refused_with_the_reason() -> None:
    from torch import nn

    from neurox_core.models.sites import install

    stack = nn.Module()
    stack.layers = nn.ModuleList([nn.Linear(8, 8)] * 3)
    found = install("encoder", stack, 8)
    assert not found.sites
    assert "one module that is applied 3 times" in found.unresolved["encoder.0.resid_post"]
