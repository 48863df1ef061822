"""T5 and the Llama kind without some heads: the family's own library opens what is left.

It computes what the whole model does with these heads at zero.
"""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers as hf
from safetensors.torch import load_file, save_file

from neurox_core.errors import InvalidInputError
from neurox_core.interventions import prune_model
from neurox_core.interventions.groups import head_groups
from neurox_core.interventions.pruning_tools import kinds_of, weight_order
from neurox_core.models.check import check_model
from neurox_core.models.registry import load_model
from tests.interventions.test_pruning_families import TEXTS, answers, plain

T5 = {"num_heads": 4}
LLAMA = {"num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": 6}
SHAPES: dict[str, dict[str, Any]] = {
    "t5": T5, "t5-gated": T5, "mt5": T5,
    "llama": LLAMA | {"attention_bias": True}, "mistral": LLAMA, "gemma2": LLAMA, "gemma3": LLAMA,
    # One group for all heads; one for each; no head_dim beside the width.
    "gemma": LLAMA | {"num_key_value_heads": 1}, "qwen3": LLAMA | {"num_key_value_heads": 8},
    "qwen2": {"num_attention_heads": 8, "num_key_value_heads": 4},
}  # fmt: skip
READERS = {"SelfAttention.o": "self_attn_heads", "EncDecAttention.o": "cross_attn_heads",
           "self_attn.o_proj": "self_attn_heads"}  # fmt: skip


@pytest.fixture
def wide(open_family: Any, tmp_path: Path) -> Any:
    """Makes a folder of a family's tiny model with more heads; opens it as the family does."""

    def made(name: str, **changes: Any) -> Path:
        source, _ = open_family(name)
        folder = tmp_path / name
        shutil.copytree(source, folder)
        config = hf.AutoConfig.from_pretrained(source)
        for key, value in (SHAPES[name] | changes).items():
            setattr(config, key, value)
        torch.manual_seed(11)
        module = _class(source).from_config(config)
        with torch.no_grad():  # Biases begin at zero, where mixing them up would not be seen.
            for key, weight in module.named_parameters():
                if key.endswith("bias"):
                    weight.normal_()
        module.save_pretrained(folder)
        return folder

    return made


def _class(folder: Path) -> Any:
    seq2seq = json.loads((folder / "config.json").read_text()).get("is_encoder_decoder")
    return hf.AutoModelForSeq2SeqLM if seq2seq else hf.AutoModelForCausalLM


def order(model: Any, seed: int = 7) -> list[str]:
    found = [
        f"{a}[{u}]" for a, w in model.sites.items() if a.endswith("_attn_heads") for u in range(w)
    ]
    random.Random(seed).shuffle(found)
    return found


def logits(module: Any) -> torch.Tensor:
    ids = torch.tensor([[5, 9, 14, 7, 21, 6, 30, 11]])
    more = {"decoder_input_ids": ids[:, :5]} if module.config.is_encoder_decoder else {}
    with torch.no_grad():
        found: torch.Tensor = module.eval()(input_ids=ids, **more).logits
    return found


def silence(module: Any, dropped: dict[str, list[int]]) -> None:
    """Hold units at zero by the library's own hooks."""
    for name, linear in module.named_modules():
        site = next((s for end, s in READERS.items() if name.endswith(end)), None)
        if site is None:
            continue
        stack = "encoder" if name.startswith("encoder.") else "decoder"
        layer = next(part for part in name.split(".") if part.isdigit())
        gone = dropped[f"{stack}.{layer}.{site}"]

        def held(_: Any, args: tuple[Any, ...], gone: list[int] = gone) -> tuple[Any, ...]:
            changed = args[0].clone()
            changed[..., gone] = 0
            return (changed, *args[1:])

        linear.register_forward_pre_hook(held)


@pytest.mark.parametrize("share", [0.25, 0.5])
@pytest.mark.parametrize("name", SHAPES)
def test_the_familys_library_opens_what_computes_the_same(
    name: str, share: float, wide: Any, tmp_path: Path
) -> None:
    folder = wide(name)
    whole = load_model(folder)
    if share == 0.25 and name in ("llama", "gemma2", "gemma3"):
        share = 0.75  # Six of eight heads do not divide the width, 16: these would not open.
    found = prune_model(folder, order(whole), tmp_path / "small", share)
    assert found.bytes[1] < found.bytes[0] and not found.passed_over

    small, said = _class(folder).from_pretrained(tmp_path / "small", output_loading_info=True)
    assert not any(said.values()), said
    raw = _class(folder).from_pretrained(folder)
    before = logits(raw)
    assert (small.num_parameters(), raw.num_parameters()) == found.parameters[::-1]
    silence(raw, found.dropped)
    torch.testing.assert_close(logits(small), logits(raw), atol=1e-4, rtol=1e-4)
    assert not torch.allclose(logits(small), before, atol=1e-2), "the heads did something"

    number = SHAPES[name].get("num_heads") or SHAPES[name]["num_attention_heads"]
    own = load_model(tmp_path / "small")
    assert plain(answers(own)) == answers(whole, found.equivalent)
    for layer, units in found.dropped.items():
        assert len(units) == share * whole.sites[layer] and layer.endswith("_attn_heads")
        assert len(head_groups(own, layer)) == number * (1 - share)
    assert sorted(found.dropped) == sorted(a for a in whole.sites if a.endswith("_attn_heads"))


def test_layers_of_t5_lose_the_heads_that_one_table_of_distances_binds(
    wide: Any, tmp_path: Path
) -> None:
    folder = wide("t5")
    # As old checkpoints have it; nothing reads it.
    old = "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight"
    file = folder / "model.safetensors"
    save_file(load_file(file) | {old: torch.zeros(32, 4)}, file, metadata={"format": "pt"})
    model = load_model(folder)
    found = prune_model(folder, order(model, 3), tmp_path / "small", 0.5)
    for stack in ("encoder", "decoder"):
        same = [found.dropped[f"{stack}.{layer}.self_attn_heads"] for layer in (0, 1)]
        assert same[0] == same[1]
    # The mean over layers decides: head 2 is last in layer 1 only, head 0 nearly last in both.
    size = 6
    lists = {"encoder.0": (2, 1, 3, 0), "encoder.1": (1, 3, 0, 2)}
    heads = [
        f"{layer}.self_attn_heads[{lists[layer][place] * size + u}]"
        for place in range(4) for layer in lists for u in range(size)
    ]  # fmt: skip
    rest = [n for n in order(model) if n not in set(heads)]
    found = prune_model(folder, [*heads, *rest], tmp_path / "one", 0.25)
    for layer in lists:
        assert found.dropped[f"{layer}.self_attn_heads"] == list(range(size))
    cross = [found.dropped[f"decoder.{layer}.cross_attn_heads"] for layer in (0, 1)]
    assert cross[0] != cross[1], "cross-attention has no table: each layer loses its own"
    tables = [n for n in load_file(tmp_path / "one" / "model.safetensors") if "bias" in n]
    before, after = (load_file(f / "model.safetensors") for f in (folder, tmp_path / "one"))
    assert [after[n].shape[1] for n in tables] == [3, 3, 3]
    (table,) = (n for n in tables if n.startswith("encoder"))
    assert torch.equal(after[table], before[table][:, 1:])


def test_heads_that_share_keys_go_in_each_group_or_with_the_whole_group(
    wide: Any, tmp_path: Path
) -> None:
    folder = wide("mistral", num_attention_heads=12)  # Four groups of three.
    model = load_model(folder)
    key = "model.layers.0.self_attn.k_proj.weight"
    for share, left in ((0.33, (8, 4)), (0.25, (9, 3)), (0.5, (6, 2)), (0.66, (4, 4))):
        out = tmp_path / f"less-{share}"
        found = prune_model(folder, order(model), out, share)
        config = json.loads((out / "config.json").read_text())
        assert (config["num_attention_heads"], config["num_key_value_heads"]) == left
        assert load_file(out / "model.safetensors")[key].shape[0] == left[1] * 6
        per_group = [
            sum(u // 18 == group for u in found.dropped["decoder.0.self_attn_heads"])
            for group in range(4)
        ]
        whole_groups = left[1] < 4
        assert sorted(per_group) == ([0] * left[1] + [18] * (4 - left[1]) if whole_groups
                                     else [18 - 6 * left[0] // 4] * 4)  # fmt: skip
    # The lowest of each group: by the order, its last head.
    ranking = [n for h in range(12) for n in order(model) if int(n.split("[")[1][:-1]) // 6 == h]
    found = prune_model(folder, ranking, tmp_path / "last", 0.33)
    wanted = [u for h in (2, 5, 8, 11) for u in range(h * 6, h * 6 + 6)]
    assert set(map(tuple, found.dropped.values())) == {tuple(wanted)}


def test_a_pruned_model_holds_the_laws_and_may_be_pruned_again(wide: Any, tmp_path: Path) -> None:
    for name in ("t5", "qwen2"):
        folder, once = wide(name), tmp_path / f"{name}-once"
        assert kinds_of(folder) == ("feed_forward", "heads")
        whole = load_model(folder)
        both = [*weight_order(folder), *weight_order(folder, "feed_forward")]
        prune_model(folder, both, once, 0.25 if name == "t5" else 0.5)
        small: Any = load_model(once)
        report = check_model(small, TEXTS[:2])
        assert report.ok, [law for law in report.laws if law.state == "broken"]
        assert {s.heads for s in report.stacks} == {3 if name == "t5" else 4}
        again = prune_model(once, order(small), tmp_path / f"{name}-twice", 0.5)
        twice = load_model(tmp_path / f"{name}-twice")
        assert plain(answers(twice)) == answers(small, again.equivalent)
        assert sorted(weight_order(folder)) == sorted(order(whole))


def test_weights_that_heads_share_count_for_each(wide: Any) -> None:
    folder = wide("mistral")
    tensors = load_file(folder / "model.safetensors")
    start = "model.layers.1.self_attn"
    value = tensors[f"{start}.v_proj.weight"].norm(dim=1)
    out = tensors[f"{start}.o_proj.weight"].norm(dim=0)
    # Heads 2 k and 2 k + 1 read the values of group k.
    size = [out[h * 6 + u] * value[h // 2 * 6 + u] for h in range(8) for u in range(6)]
    wanted = torch.stack(size).argsort(descending=True).tolist()
    layer = "decoder.1.self_attn_heads"
    found = [n for n in weight_order(folder) if n.startswith(layer)]
    assert found == [f"{layer}[{u}]" for u in wanted]


def test_what_cannot_be_is_told_with_the_reason(
    wide: Any, open_family: Any, tmp_path: Path
) -> None:
    t5, llama = wide("t5"), wide("llama")
    ranking = order(load_model(t5))
    with pytest.raises(InvalidInputError, match=r"lacks units of decoder.0.cross_attn.*num_heads"):
        prune_model(t5, [n for n in ranking if "cross" not in n], tmp_path / "x", 0.5)
    for share in (0.1, 0.95):
        with pytest.raises(InvalidInputError, match=r"shares that do: 0.25, 0.5, 0.75"):
            prune_model(t5, ranking, tmp_path / "x", share)
    with pytest.raises(InvalidInputError, match=r"has to divide the width.*do: 0.5, 0.75\."):
        prune_model(llama, order(load_model(llama)), tmp_path / "x", 0.2)
    for name in ("gpt2", "opt", "bert", "gpt-neox", "distilbert"):
        folder, model = open_family(name)
        with pytest.raises(InvalidInputError, match="width of the model divided by the number"):
            prune_model(folder, order(model), tmp_path / "x", 0.5)
        assert "heads" not in kinds_of(folder)
    config = json.loads((llama / "config.json").read_text())
    (llama / "config.json").write_text(json.dumps(config | {"model_type": "olmo2"}))
    with pytest.raises(InvalidInputError, match=r"type may compute something else.*known are t5"):
        weight_order(llama)
    (llama / "config.json").write_text(json.dumps(config))
    tensors = load_file(llama / "model.safetensors")
    start = "model.layers.1.self_attn"
    for changed, said in (
        ({f"{start}.sinks": torch.zeros(8)}, f"{start}.sinks as well"),
        ({f"{start}.q_norm.weight": torch.zeros(48)}, r"q_norm.weight has the shape \(48,\)"),
        ({f"{start}.v_proj.weight": torch.zeros(6, 16)}, r"v_proj.weight has the shape \(6, 16\)"),
    ):
        save_file(tensors | changed, llama / "model.safetensors")
        with pytest.raises(InvalidInputError, match=f"decoder.1.self_attn_heads is not.*{said}"):
            weight_order(llama)
        assert kinds_of(llama) == ("feed_forward",)
    assert not (tmp_path / "x").exists()
