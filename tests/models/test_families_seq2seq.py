"""Encoder-decoders of every family against the library alone: sites, edits, scores, languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from neurox_core.errors import InvalidInputError, ModelLoadError, UnknownNameError
from neurox_core.interventions import Intervention
from neurox_core.models.registry import load_model
from tests.models import reading
from tests.models.families import SEQ2SEQ

SOURCE, TARGET = "She reads a book in the garden.", "Elle lit un livre."
SHARED = {"embed": 16, "resid_pre": 16, "self_attn_out": 16, "ffn_pre": 24, "ffn_act": 24,
          "ffn_out": 16, "resid_post": 16}  # fmt: skip
HEADS = {"t5": 12, "t5-gated": 12, "mt5": 12}  # 2 heads of 6 units; elsewhere 2 of 8


def forced(model: Any, edits: list[Intervention] | None = None) -> torch.Tensor:
    given = None if edits is None else [edits]
    found = model.forward(
        [model.tokenize(SOURCE)], [model.tokenize(TARGET, "target")], (), given, logprobs=True
    )
    return found.logprobs[0]


def by_library(module: Any, model: Any) -> torch.Tensor:
    target = model.tokenize(TARGET, "target").ids
    inputs = [model.start_id, *target[:-1]]
    return reading.logprobs(module, model.tokenize(SOURCE).ids, inputs, target)


@pytest.mark.parametrize("name", SEQ2SEQ)
def test_every_site_of_the_vocabulary_has_its_width(name: str, open_family: Any) -> None:
    _, model = open_family(name)
    heads = {"self_attn_heads": HEADS.get(name, 16)}
    cross = {"cross_attn_out": 16, "cross_attn_heads": HEADS.get(name, 16)}
    norm = {"final_norm": 16} if name != "bart" else {}
    for stack in ("encoder", "decoder"):
        last = {a.split(".")[2]: w for a, w in model.sites.items() if a.startswith(f"{stack}.1.")}
        wanted = SHARED | heads | norm | (cross if stack == "decoder" else {})
        del wanted["embed"]
        assert last == wanted
        assert f"{stack}.0.embed" in model.sites and f"{stack}.0.final_norm" not in model.sites
    assert not model.unresolved


@pytest.mark.parametrize("name", SEQ2SEQ)
def test_scores_and_ablations_are_those_of_the_library_with_weights_cut(
    name: str, open_family: Any
) -> None:
    """An ablated head or unit of the feed-forward is one whose readers' weights are zero."""
    folder, model = open_family(name)
    assert torch.allclose(forced(model), by_library(reading.fresh(folder), model), atol=1e-4)
    for stack, layer, site, units in (
        ("encoder", 0, "self_attn_heads", list(range(6))),
        ("decoder", 1, "self_attn_heads", [6, 7, 9]),
        ("encoder", 1, "ffn_act", [0, 5, 23]),
        ("decoder", 0, "ffn_act", [2, 3]),
    ):
        module = reading.fresh(folder)
        reading.cut(module, name, stack, layer, site, units)
        off = Intervention([f"{stack}.{layer}.{site}[{u}]" for u in units], "zero")
        found = forced(model, [off])
        assert torch.allclose(found, by_library(module, model), atol=1e-4), (stack, site)


@pytest.mark.parametrize("name", SEQ2SEQ)
def test_blocks_give_what_the_librarys_own_blocks_give(name: str, open_family: Any) -> None:
    """Not its hidden_states, whose last entry is the stack's norm in mBART, NLLB and T5."""
    folder, model = open_family(name)
    module = reading.fresh(folder)
    seen: dict[str, torch.Tensor] = {}
    for stack in ("encoder", "decoder"):
        for layer in (0, 1):
            where = reading.block(module, name, stack, layer)
            where.register_forward_hook(
                lambda _, __, out, key=f"{stack}.{layer}": seen.update(
                    {key: out if isinstance(out, torch.Tensor) else out[0]}
                )
            )
    by_library(module, model)
    layers = [f"{key}.resid_post" for key in seen] + ["encoder.1.resid_pre", "decoder.1.resid_pre"]
    found = model.forward(
        [model.tokenize(SOURCE)], [model.tokenize(TARGET, "target")], layers
    ).activations
    for key, values in seen.items():
        assert torch.allclose(found[f"{key}.resid_post"], values, atol=1e-4)
    for stack in ("encoder", "decoder"):
        assert torch.equal(found[f"{stack}.1.resid_pre"], found[f"{stack}.0.resid_post"])


def test_a_model_that_writes_many_languages_has_to_be_told_which(open_family: Any) -> None:
    folder, model = open_family("nllb")
    with pytest.raises(ModelLoadError, match="target_language"):
        load_model(folder)
    with pytest.raises(UnknownNameError, match=r"called 'fra'. Did you mean fra_Latn"):
        load_model(f"{folder}:eng_Latn:fra")
    with pytest.raises(UnknownNameError, match="fra_Latin"):
        load_model(folder, target_language="fra_Latin")
    assert (model.source_language, model.target_language) == ("eng_Latn", "fra_Latn")
    assert "deu_Latn" in model.languages
    named = load_model(f"{folder}:deu_Latn:ron_Latn")
    assert (named.source_language, named.target_language) == ("deu_Latn", "ron_Latn")
    assert named.fingerprint != model.fingerprint
    assert named.tokenize("Ja").pieces[0] == "deu_Latn"


@pytest.mark.parametrize(("name", "tag"), [("nllb", "fra_Latn"), ("m2m100", "__fr__")])
def test_the_language_is_produced_first_and_is_special(
    name: str, tag: str, open_family: Any
) -> None:
    _, model = open_family(name)
    target = model.tokenize(TARGET, "target")
    assert target.pieces[0] == tag and target.pieces[-1] == "</s>"
    assert target.spans[0] is None and target.word_ids[0] == -1 and model.start_id == 2
    assert target.word_texts == ["Elle", "lit", "un", "livre", "."]
    (found,) = model.translate([SOURCE], prefixes=["Elle lit"], max_length=9)
    assert found.tokens[0] == tag and found.tokens.count(tag) == 1
    assert found.ids[: len(target.ids)][1:3] == target.ids[1:3]
    assert tag not in found.text and found.text.replace(" ", "").startswith("Ellelit")


def test_mbart_starts_from_the_language_and_does_not_write_it(open_family: Any) -> None:
    _, model = open_family("mbart")
    assert model.target_language == "ro_RO" and not model.forced_start
    assert model.tokenizer.raw.convert_ids_to_tokens(model.start_id) == "ro_RO"
    assert model.tokenize(SOURCE).pieces[-2:] == ["</s>", "en_XX"]
    target = model.tokenize(TARGET, "target")
    assert target.pieces[-1] == "</s>" and target.spans[-1] is None
    assert "ro_RO" not in target.pieces and "en_XX" not in target.pieces


def test_only_multilingual_models_have_languages_to_choose(open_family: Any) -> None:
    folder, _ = open_family("t5")
    with pytest.raises(ModelLoadError, match="no languages"):
        load_model(folder, target_language="fr")


@pytest.mark.parametrize("name", SEQ2SEQ)
def test_the_softmax_is_tied_where_the_file_holds_one_table(name: str, open_family: Any) -> None:
    _, model = open_family(name)
    head = model.module.get_output_embeddings().weight
    for stack in (model.module.get_encoder(), model.module.get_decoder()):
        assert stack.get_input_embeddings().weight is head


def test_a_softmax_of_its_own_is_kept_and_one_read_from_elsewhere_is_refused(
    open_family: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from safetensors.torch import load_file, save_file

    folder, _ = open_family("t5-gated")
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    weights = load_file(tmp_path / "model.safetensors")
    weights["lm_head.weight"] = weights["shared.weight"].flip(0).contiguous()
    save_file(weights, tmp_path / "model.safetensors", metadata={"format": "pt"})
    module: Any = load_model(tmp_path).module
    assert torch.equal(module.lm_head.weight, weights["lm_head.weight"])
    assert torch.equal(module.encoder.embed_tokens.weight, weights["shared.weight"])

    from transformers import AutoModelForSeq2SeqLM

    opened = AutoModelForSeq2SeqLM.from_pretrained

    def wrong(*args: Any, **kwargs: Any) -> Any:  # What issue 48154 did.
        made, found = opened(*args, **kwargs)
        made.encoder.embed_tokens.weight = made.shared.weight = made.lm_head.weight
        return made, found

    monkeypatch.setattr(AutoModelForSeq2SeqLM, "from_pretrained", wrong)
    with pytest.raises(ModelLoadError, match="not those in the file"):
        load_model(tmp_path)


def test_the_embedding_hook_is_on_the_stack_not_on_the_shared_module(open_family: Any) -> None:
    """`model.shared` is never called; both stacks have an `embed` of their own."""
    _, model = open_family("t5")
    source, target = [model.tokenize(SOURCE)], [model.tokenize(TARGET, "target")]
    off = Intervention([f"encoder.0.embed[{u}]" for u in range(16)], "zero")
    layers = ["encoder.0.embed", "decoder.0.embed"]
    clean = model.forward(source, target, layers).activations
    changed = model.forward(source, target, layers, [[off]]).activations
    assert not changed["encoder.0.embed"].any() and clean["encoder.0.embed"].any()
    assert torch.equal(changed["decoder.0.embed"], clean["decoder.0.embed"])


def test_bytes_are_shown_as_the_characters_they_make(open_family: Any) -> None:
    _, model = open_family("bart")
    tokens = model.tokenize("Ça coûte 日.")
    # A piece is readable text, or a byte of a character that the vocabulary takes apart.
    written = b"".join(
        bytes([int(p[3:5], 16)]) if p.startswith("<0x") else p.replace("Ġ", " ").encode()
        for p in tokens.pieces[1:-1]
    )
    assert written.decode() == "Ça coûte 日."
    words = {w for w in tokens.word_ids if w >= 0}
    assert words == set(range(4)) and tokens.word_texts == ["Ça", "coûte", "日", "."]


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_half_precision_is_loaded_edited_and_decoded_when_asked_for(
    dtype: str, open_family: Any
) -> None:
    folder, exact = open_family("bart")
    model = load_model(folder, dtype=dtype)
    assert str(model.dtype) == f"torch.{dtype}" and exact.dtype is torch.float32
    assert model.fingerprint != exact.fingerprint
    site = "encoder.0.ffn_act"
    edit = Intervention([f"{site}[3]"], "set", 0.5)
    found = model.forward([model.tokenize(SOURCE)], capture=[site], interventions=[[edit]])
    assert (found.activations[site][..., 3] == 0.5).all()
    clean = model.translate([SOURCE], max_length=5)[0]
    assert model.translate([SOURCE], [Intervention([f"{site}[3]"], "scale", 1.0)],
                           max_length=5)[0] == clean  # fmt: skip


def test_places_and_precisions_that_do_not_exist_are_refused(open_family: Any) -> None:
    folder, _ = open_family("bart")
    for wrong in ({"dtype": "int3"}, {"device": "tpu"}, {"device": "cuda:63"}):
        with pytest.raises(InvalidInputError):
            load_model(folder, **wrong)


def test_a_checkpoint_without_some_weights_is_refused(open_family: Any, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    folder, _ = open_family("bart")
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    weights = load_file(tmp_path / "model.safetensors")
    del weights["model.encoder.layers.1.fc2.weight"]
    save_file(weights, tmp_path / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelLoadError, match="lacks 1 weights .*fc2"):
        load_model(tmp_path)
