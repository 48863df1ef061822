"""Checkpoints of OpenNMT-py: numbers and outputs that OpenNMT-py 3.5.1 itself gave.

The checkpoints are made here, with the names and shapes that OpenNMT-py writes and weights from a
formula. The same weights were put into OpenNMT-py's own modules, run on torch 2.13; what came out
stands below: log-probabilities of a forced translation, and greedy outputs.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from neurox_core.errors import InvalidInputError, ModelLoadError
from neurox_core.models.check import check_model
from neurox_core.models.registry import load_model

SOURCE = "<unk> <blank> <s> </s> he left she reads a book in the garden .".split()
TARGET = "<unk> <blank> <s> </s> il est parti elle lit un livre dans le jardin .".split()
TEXT, FORCED = "she reads a book .", "elle lit un livre ."
OPTIONS: dict[str, Any] = {
    "model_task": "seq2seq", "decoder_type": "rnn", "brnn": False, "rnn_type": "LSTM",
    "enc_layers": 2, "dec_layers": 2, "enc_hid_size": 16, "dec_hid_size": 16, "input_feed": 1,
    "global_attention": "general", "global_attention_function": "softmax", "copy_attn": False,
    "coverage_attn": False, "context_gate": None, "position_encoding": False,
    "max_relative_positions": 0, "layer_norm": "standard", "parallel_residual": False, "num_kv": 0,
    "self_attn_type": "scaled-dot-flash", "pos_ffn_activation_fn": "relu", "num_experts": 0,
    "heads": 2, "transformer_ff": 24, "norm_eps": 1e-6,
}  # fmt: skip
TRANSFORMER = {
    "encoder_type": "transformer", "decoder_type": "transformer", "position_encoding": True,
}  # fmt: skip
KINDS: dict[str, dict[str, Any]] = {
    "lstm": {"encoder_type": "brnn", "brnn": True},
    "gru": {"encoder_type": "rnn", "rnn_type": "GRU", "input_feed": 0, "global_attention": "mlp",
            "bridge": True},
    "lstm-bridge": {"encoder_type": "brnn", "brnn": True, "global_attention": "dot",
                    "bridge": True},
    "transformer": TRANSFORMER,
    "transformer-bias": TRANSFORMER | {"add_qkvbias": True, "pos_ffn_activation_fn": "gelu"},
}  # fmt: skip
GOLD: dict[str, tuple[list[float], list[int], list[int]]] = {
    "lstm": (
        [-3.29952, -3.17945, -2.63419, -2.6804, -2.1814, -3.12173],
        [5, 5, 5, 5, 5, 5, 5, 5], [5, 5, 5, 5, 5, 5, 5, 5],
    ),
    "gru": (
        [-3.12865, -3.10046, -2.66928, -2.83455, -2.21313, -3.16789],
        [5, 5, 5, 5, 5, 5, 5, 5], [5, 5, 5, 5, 5, 5, 5, 5],
    ),
    "lstm-bridge": (
        [-3.33444, -3.18882, -2.60953, -2.65268, -2.19275, -3.13272],
        [5, 5, 5, 5, 5, 5, 5, 5], [5, 5, 5, 5, 5, 5, 5, 5],
    ),
    "transformer": (
        [-7.82523, -5.86515, -5.5742, -4.67754, -1.68201, -2.47523],
        [14, 4, 5, 5, 5, 5, 5, 5], [14, 4, 4, 4, 4, 4, 4, 4],
    ),
    "transformer-bias": (
        [-6.31841, -4.7975, -3.91924, -3.30284, -1.52221, -2.60389],
        [14, 14, 14, 14, 14, 14, 14, 14], [14, 14, 14, 14, 14, 14, 14, 14],
    ),
}  # fmt: skip


def shapes(kind: str) -> dict[str, tuple[int, ...]]:
    """Names and shapes of the weights, as OpenNMT-py writes them."""
    option = OPTIONS | KINDS[kind]
    width = 16 if kind.startswith("transformer") else 12
    found: dict[str, tuple[int, ...]] = {
        "generator.weight": (15, 16), "generator.bias": (15,),
        "encoder.embeddings.make_embedding.emb_luts.0.weight": (14, width),
        "decoder.embeddings.make_embedding.emb_luts.0.weight": (15, width),
    }  # fmt: skip
    return found | (_blocks(option) if width == 16 else _recurrent(option))


def _recurrent(option: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    gates, both = (3 if option["rnn_type"] == "GRU" else 4), 2 if option["brnn"] else 1
    own, found = 16 // both, {}
    for layer in range(2):
        reads = 12 if layer == 0 else 16
        for end in ("", "_reverse")[:both]:
            for kind, size in (("ih", reads), ("hh", own)):
                found[f"encoder.rnn.weight_{kind}_l{layer}{end}"] = (gates * own, size)
                found[f"encoder.rnn.bias_{kind}_l{layer}{end}"] = (gates * own,)
        feeds = option["input_feed"]
        name = f"decoder.rnn.layers.{layer}.{{}}" if feeds else f"decoder.rnn.{{}}_l{layer}"
        for kind, size in (("ih", reads + (16 if feeds and layer == 0 else 0)), ("hh", 16)):
            found[name.format(f"weight_{kind}")] = (gates * 16, size)
            found[name.format(f"bias_{kind}")] = (gates * 16,)
    found["decoder.attn.linear_out.weight"] = (16, 32)
    if option["global_attention"] == "general":
        found["decoder.attn.linear_in.weight"] = (16, 16)
    if option["global_attention"] == "mlp":
        found |= {"decoder.attn.linear_out.bias": (16,), "decoder.attn.v.weight": (1, 16),
                  "decoder.attn.linear_query.weight": (16, 16),
                  "decoder.attn.linear_query.bias": (16,),
                  "decoder.attn.linear_context.weight": (16, 16)}  # fmt: skip
    for i in range(2 if option["rnn_type"] == "LSTM" else 1) if option.get("bridge") else ():
        found[f"encoder.bridge.{i}.weight"] = (2 * own, 2 * own)
        found[f"encoder.bridge.{i}.bias"] = (2 * own,)
    return found


def _blocks(option: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    biased, found = option.get("add_qkvbias"), {}
    norms = ["encoder.layer_norm", "decoder.layer_norm"]
    stacks = {
        "encoder.transformer": ["layer_norm"],
        "decoder.transformer_layers": ["layer_norm_1", "layer_norm_2"],
    }
    for stack, inner in stacks.items():
        for layer in range(2):
            block = f"{stack}.{layer}"
            parts = ["self_attn"] + (["context_attn"] if "decoder" in stack else [])
            maps = {f"{block}.{p}.{m}": (16, 16) for p in parts for m in
                    ("linear_keys", "linear_values", "linear_query", "final_linear")}  # fmt: skip
            maps |= {f"{block}.feed_forward.w_1": (24, 16), f"{block}.feed_forward.w_2": (16, 24)}
            for name, shape in maps.items():
                found[f"{name}.weight"] = shape
                if biased:
                    found[f"{name}.bias"] = shape[:1]
            norms += [f"{block}.{n}" for n in (*inner, "feed_forward.layer_norm")]
    return found | {f"{n}.{part}": (16,) for n in norms for part in ("weight", "bias")}


def weight(name: str, shape: tuple[int, ...]) -> Tensor:
    seed = sum(map(ord, name)) % 97
    steps = torch.arange(math.prod(shape), dtype=torch.float64)
    values = torch.sin(steps * (0.7 + seed / 100) + seed).float().view(shape)
    if "layer_norm" not in name:
        return values * 0.5
    return 1 + 0.3 * values if name.endswith("weight") else values


def sines() -> Tensor:
    places = torch.arange(5000).unsqueeze(1).float()
    rates = torch.exp(torch.arange(0, 16, 2).float() * -(math.log(10000.0) / 16))
    table = torch.zeros(5000, 1, 16)
    table[:, 0, 0::2], table[:, 0, 1::2] = torch.sin(places * rates), torch.cos(places * rates)
    return table


def write(kind: str, folder: Path, **options: Any) -> Path:
    """A checkpoint as ``torch.save`` of OpenNMT-py leaves it."""
    weights = {name: weight(name, shape) for name, shape in shapes(kind).items()}
    if kind.startswith("transformer"):
        for stack in ("encoder", "decoder"):
            weights[f"{stack}.embeddings.make_embedding.pe.pe"] = sines()
    generator = {k.partition(".")[2]: v for k, v in weights.items() if k.startswith("generator.")}
    content = {
        "model": {k: v for k, v in weights.items() if not k.startswith("generator.")},
        "generator": generator, "optim": {},
        "vocab": {"src": SOURCE, "tgt": TARGET, "data_task": "seq2seq",
                  "decoder_start_token": "<s>"},
        "opt": argparse.Namespace(**(OPTIONS | KINDS[kind] | options)),
    }  # fmt: skip
    path = folder / f"{kind}_step_10.pt"
    torch.save(content, path)
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_scores_and_greedy_outputs_are_opennmt_pys(kind: str, tmp_path: Path) -> None:
    model = load_model(write(kind, tmp_path))
    scores, short, long = GOLD[kind]
    found = model.forward([model.tokenize(TEXT)], [model.tokenize(FORCED, "target")], logprobs=True)
    assert found.logprobs[0].tolist() == pytest.approx(scores, abs=3e-5)
    results = model.translate(
        ["he left .", "she reads a book in the garden ."], max_length=8
    )  # fmt: skip
    assert [r.ids for r in results] == [short, long]
    assert results[0].text == " ".join(TARGET[i] for i in short if i != 3)


@pytest.mark.parametrize("kind", KINDS)
def test_no_law_is_broken(kind: str, tmp_path: Path) -> None:
    report = check_model(load_model(write(kind, tmp_path)), [TEXT, "he left ."])
    assert not [law for law in report.laws if law.state == "broken"]
    sites = report.stacks[1].sites
    assert sites["cross_attn_out"] == 16
    assert sites.get("rnn_hidden", sites.get("ffn_act")) in (16, 24)
    assert ("rnn_cell" in sites) == kind.startswith("lstm")
    assert "OpenNMT" in report.architecture  # Whatever modules compute it.


def test_a_source_has_no_end_token_and_a_target_has(tmp_path: Path) -> None:
    model = load_model(write("lstm", tmp_path))
    assert model.tokenize("he flew .").pieces == ["he", "flew", "."]
    assert model.tokenize("he flew .").ids == [4, 0, 13]
    target = model.tokenize("il est", "target")
    assert target.ids == [4, 5, 3] and target.spans == [(0, 2), (3, 6), None]


def test_a_folder_with_one_checkpoint_opens_too_and_the_key_is_its_content(tmp_path: Path) -> None:
    path = write("lstm", tmp_path)
    one = load_model(tmp_path)
    assert one.fingerprint == load_model(path).fingerprint
    (tmp_path / "other").mkdir()
    assert load_model(write("gru", tmp_path / "other")).fingerprint != one.fingerprint
    with pytest.raises(InvalidInputError, match="leave out the precision .*--precision"):
        load_model(path, dtype="bf16")
    write("gru", tmp_path)
    with pytest.raises(ModelLoadError, match=r"2 checkpoints .* such as .*lstm_step_10\.pt"):
        load_model(tmp_path)


def test_text_is_cut_by_the_model_that_lies_beside_it(tmp_path: Path, vocabulary: Path) -> None:
    path = write("lstm", tmp_path)
    plain = load_model(path).fingerprint
    (tmp_path / "source.spm").write_bytes((vocabulary / "source.spm").read_bytes())
    model = load_model(path)
    assert "".join(model.tokenize("he left").pieces) == "▁he▁left"
    assert model.fingerprint != plain


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("lstm", {"copy_attn": True}, "copy_attn = True"),
        ("lstm", {"rnn_type": "SRU"}, "rnn_type = 'SRU'"),
        ("lstm", {"encoder_type": "cnn"}, "encoder of type cnn"),
        ("lstm", {"model_task": "lm"}, "model_task = 'lm'"),
        ("lstm", {"dec_hid_size": 32}, "no encoder.rnn.weight_ih_l0 that fits"),
        ("transformer", {"max_relative_positions": 20}, "max_relative_positions = 20"),
        ("transformer", {"enc_layers": 3}, "lacks a weight"),
    ],
)
def test_what_is_not_read_is_named(
    kind: str, options: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises(ModelLoadError, match=message):
        load_model(write(kind, tmp_path, **options))


def test_nothing_in_a_checkpoint_is_run(tmp_path: Path) -> None:
    class Boom:
        def __reduce__(self) -> Any:
            return (Path.touch, (tmp_path / "ran",))

    path = tmp_path / "evil.pt"
    torch.save({"model": {}, "generator": {}, "vocab": Boom(), "opt": None}, path)
    with pytest.raises(ModelLoadError, match="weights and plain values"):
        load_model(path)
    assert not (tmp_path / "ran").exists()
    path.write_bytes(b"no checkpoint")
    with pytest.raises(ModelLoadError):
        load_model(path)
