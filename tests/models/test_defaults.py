"""A checkpoint's own generation settings: followed exactly as ``generate`` does, or named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from neurox_core.interventions import Intervention
from neurox_core.interventions.redecode import Redecoder
from neurox_core.interventions.settings import Setting
from neurox_core.models.check import check_model
from neurox_core.models.hub_language_model import HuggingFaceLanguageModel
from neurox_core.models.huggingface import HuggingFaceSeq2Seq
from neurox_core.models.registry import load_model
from neurox_core.models.search import SearchOptions
from neurox_core.models.search_rules import Rules
from neurox_core.models.tokens import Tokens
from tests.models import reading

TEXTS = ["He left.", "She reads a book in the garden.", "The men are here today."]
LENGTH = 14
KINDS = {"bart": HuggingFaceSeq2Seq, "t5": HuggingFaceSeq2Seq, "gpt2": HuggingFaceLanguageModel}


@pytest.fixture
def own(open_family: Any, marian_folder: Path) -> Any:
    """A model with other generation settings; the checkpoint's tokenizer and weights."""
    plain: dict[str, Any] = {}

    def make(name: str, **settings: Any) -> Any:
        folder = marian_folder if name == "marian" else open_family(name)[0]
        module = reading.fresh(folder)
        for key, value in settings.items():
            setattr(module.generation_config, key, value)
        if name not in plain:
            plain[name] = load_model(folder)
        return KINDS.get(name, HuggingFaceSeq2Seq)(module, plain[name].tokenizer, "own", "x")

    return make


def ours(model: Any, beams: int, **given: Any) -> list[list[int]]:
    sources = [model.tokenize(text) for text in TEXTS]
    options = SearchOptions(beams=beams, max_length=LENGTH, **given)
    return [list(h[0].ids) for h in model.search(sources, [[]] * len(sources), options)]


def theirs(model: Any, beams: int) -> list[list[int]]:
    """What the library's own ``generate`` gives to each text, cut at its end."""
    found = []
    for text in TEXTS:
        ids = model.tokenize(text).ids
        with torch.inference_mode():
            whole = model.module.generate(
                input_ids=torch.tensor([ids]), attention_mask=torch.ones(1, len(ids)).long(),
                num_beams=beams, max_new_tokens=LENGTH, pad_token_id=model.pad_id,
            )[0].tolist()  # fmt: skip
        new = whole[len(ids) :] if model.task == "language-modelling" else whole[1:]
        ends = [i + 1 for i, token in enumerate(new) if token in model.ends]
        found.append(new[: ends[0]] if ends else new)
    return found


def bites(model: Any) -> dict[str, dict[str, Any]]:
    """Settings that change what the model writes, taken from what it writes without them."""
    said = ours(model, 1)
    words = [ids for ids in said if len(ids) > 3]
    often = words[-1][2]
    return {
        "one phrase": {"bad_words_ids": [words[0][1:3], words[-1][:3], [words[-1][3]]]},
        "first": {"begin_suppress_tokens": [ids[0] for ids in said]},
        "repeats": {"no_repeat_ngram_size": 2},
        "single": {"no_repeat_ngram_size": 1},
        "ends": {"eos_token_id": [model.eos_id, often]},
        "later": {"min_length": 9, "eos_token_id": [model.eos_id, often]},
        "new": {"min_new_tokens": 7, "eos_token_id": [often, model.eos_id]},
        "all": {
            "no_repeat_ngram_size": 3, "bad_words_ids": [words[0][1:3]], "min_length": 5,
            "begin_suppress_tokens": [said[0][0]], "eos_token_id": [model.eos_id, often],
        },
    }  # fmt: skip


@pytest.mark.parametrize("name", ["marian", "bart", "gpt2"])
def test_what_is_ruled_out_is_ruled_out_as_generate_does(name: str, own: Any) -> None:
    clean = own(name)
    unruled = {beams: ours(clean, beams) for beams in (1, 3)}
    differ = 0
    for what, settings in bites(clean).items():
        model = own(name, **settings)
        for beams in (1, 3):
            found = ours(model, beams)
            assert found == theirs(model, beams), (what, beams)
            differ += found != unruled[beams]
    assert differ > 8  # The settings do matter.


@pytest.mark.parametrize("name", ["marian", "gpt2"])
def test_drafts_edits_and_neighbours_change_nothing_of_it(name: str, own: Any) -> None:
    clean = own(name)
    model = own(name, **bites(clean)["all"])
    wanted = ours(model, 1)
    for drafts in (wanted, ours(clean, 1), [[], *wanted[1:]]):
        assert ours(model, 1, drafts=[[ids] for ids in drafts]) == wanted
    alone = [
        model.search([model.tokenize(t)], [[]], SearchOptions(max_length=LENGTH)) for t in TEXTS
    ]
    assert [list(h[0][0].ids) for h in alone] == wanted
    one = [model.tokenize(TEXTS[1])]
    drafted = SearchOptions(max_length=LENGTH, drafts=[[ours(clean, 1)[1]]])
    assert list(model.search(one, [[]], drafted)[0][0].ids) == wanted[1]


@pytest.mark.parametrize("beams", [1, 3])
def test_decoding_again_under_many_settings_follows_the_rules(beams: int, own: Any) -> None:
    clean = own("marian")
    model = own("marian", **bites(clean)["all"])
    layer = "decoder.1.ffn_act"
    put = [Intervention([f"{layer}[{u}]" for u in range(6)], "set", 1.5)]
    again = Redecoder(model, TEXTS, beams)
    found = again.run([Setting.everywhere(model, edits, len(TEXTS)) for edits in ([], put)])
    for edits, ids in zip(([], put), found, strict=True):
        each = model.translate(TEXTS, edits, beams=beams)
        assert ids == [t.ids for t in each]
        assert again.texts(ids) == [t.text for t in each]


def test_a_text_that_ends_with_any_end_token_has_ended(own: Any) -> None:
    clean = own("marian")
    settings = bites(clean)["ends"]
    model = own("marian", **settings)
    found = model.translate(TEXTS, max_length=LENGTH)
    other = settings["eos_token_id"][1]
    assert any(t.ids[-1] == other for t in found)
    for one in found:
        if one.ids[-1] == other:
            assert not one.truncated and len(one.tokens) == len(one.ids) - 1
            n = len(one.ids)
            target = Tokens("", one.ids, [""] * n, [None] * n, [], [-1] * n)
            source = model.tokenize(TEXTS[found.index(one)])
            forced = model.forward([source], [target], logprobs=True).logprobs[0]
            assert forced.tolist() == pytest.approx(one.logprobs, abs=1e-4)


def test_what_is_not_taken_over_is_named_and_the_laws_still_hold(own: Any, caplog: Any) -> None:
    model = own(
        "bart", num_beams=4, length_penalty=2.0, max_length=142, repetition_penalty=1.3,
        forced_eos_token_id=2, no_repeat_ngram_size=3, early_stopping=True, min_length=4,
    )  # fmt: skip
    assert set(model.own_settings) == {
        "num_beams = 4", "length_penalty = 2.0", "max_length = 142", "repetition_penalty = 1.3",
        "forced_eos_token_id = 2", "early_stopping = True",
    }  # fmt: skip
    report = check_model(model, TEXTS)
    assert report.ok, [law for law in report.laws if law.state == "broken"]
    said = {a.name: a for a in report.abilities}
    kept = said["the checkpoint's own no_repeat_ngram_size = 3, min_length = 4"]
    assert kept.possible and "generate" in kept.why
    assert "own probabilities" in said["the checkpoint's own repetition_penalty = 1.3"].why
    assert "as you tell it" in said["the checkpoint's own num_beams = 4"].why
    assert "max_new_tokens" not in caplog.text  # The check says nothing beside its report.
    assert model.module.generation_config.num_beams == 4  # And changes nothing.


def test_an_ordinary_checkpoint_has_nothing_to_name(open_family: Any) -> None:
    for name in ("t5", "llama", "nllb"):
        model = open_family(name)[1]
        assert not model.own_settings and not model.rules.depend


def test_forbidden_tokens_by_hand() -> None:
    assert Rules(ngram=3).forbidden([9], [1, 2, 3, 1, 2]) == {3}
    assert Rules(ngram=3).forbidden([1], [2, 3, 1, 2]) == {3}  # What stands before counts.
    assert Rules(ngram=3).forbidden([1], []) == set()
    assert Rules(ngram=1).forbidden([9], [4]) == {4, 9}
    assert Rules(phrases=((4, 5), (4, 6, 7))).forbidden([0], [4]) == {5}
    assert Rules(phrases=((4, 6, 7),)).forbidden([0], [4, 6]) == {7}
    assert Rules(first=(3,), first_at=1).forbidden([0], [8]) == {3}
    assert Rules(first=(3,)).forbidden([0], [8]) == set()
    ends = Rules(ends=(2, 5), least=2)
    assert ends.forbidden([0], [7]) == {2, 5} and ends.forbidden([0], [7, 7]) == set()
    assert Rules(ends=(2,), least_in_all=3).forbidden([0, 0], [7]) == set()
