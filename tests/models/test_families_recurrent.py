"""GRU encoder-decoders and recurrent language models: laws, torch's own modules, edits."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from neurox_core.errors import ModelLoadError
from neurox_core.interventions import Intervention
from neurox_core.models.check import check_model
from neurox_core.models.recurrent import RecurrentConfig, RecurrentSeq2Seq
from neurox_core.models.recurrent_language_model import (
    RecurrentLanguageConfig,
    RecurrentLanguageNetwork,
)
from neurox_core.models.registry import load_model
from tests.conftest import EOS, PAD, VOCABULARY

TEXTS = ["He left.", "She reads a book in the garden."]
SHAPE: dict[str, Any] = {
    "vocab_size": VOCABULARY, "embedding_size": 12, "hidden_size": 16, "dropout": 0.0,
    "pad_id": PAD, "eos_id": EOS, "start_id": PAD,
}  # fmt: skip


def write(folder: Path, module: torch.nn.Module, config: Any, vocabulary: Path) -> Path:
    for weight in module.parameters():
        torch.nn.init.normal_(weight, std=0.5)
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(config.to_dict()))
    save_file(dict(module.state_dict()), folder / "model.safetensors")
    (folder / "source.spm").write_bytes((vocabulary / "source.spm").read_bytes())
    return folder


@pytest.fixture(scope="module", params=["gru-seq2seq", "lstm-lm", "gru-lm"])
def model(
    request: pytest.FixtureRequest, vocabulary: Path, tmp_path_factory: pytest.TempPathFactory
) -> Any:
    torch.manual_seed(7)
    folder = tmp_path_factory.mktemp("recurrent") / request.param
    if request.param == "gru-seq2seq":
        config: Any = RecurrentConfig(**SHAPE, cell="gru")
        return load_model(write(folder, RecurrentSeq2Seq(config), config, vocabulary))
    config = RecurrentLanguageConfig(**SHAPE, cell=request.param.partition("-")[0])
    return load_model(write(folder, RecurrentLanguageNetwork(config), config, vocabulary))


def test_no_law_is_broken(model: Any) -> None:
    report = check_model(model, TEXTS)
    assert not [law for law in report.laws if law.state == "broken"]


def test_a_gru_has_no_cell_and_an_lstm_has(model: Any) -> None:
    cells = [site for site in model.sites if site.endswith("rnn_cell")]
    assert len(cells) == (2 if model.name == "lstm-lm" else 0)


def forced(model: Any, layers: list[str], edits: list[Intervention]) -> Any:
    target = None
    if model.task == "translation":
        target = [model.tokenize("Elle lit un livre.", "target")]
    return model.forward([model.tokenize(TEXTS[1])], target, layers, [edits], logprobs=True)


def test_the_stepped_path_is_the_fused_one(model: Any) -> None:
    """An edit of the recurrence that changes nothing makes every layer go step by step."""
    layers = [site for site in model.sites if site.endswith("rnn_hidden")]
    nothing = [Intervention([f"{site}[1]"], "scale", 1.0, scope="recurrence") for site in layers]
    fused, stepped = forced(model, layers, []), forced(model, layers, nothing)
    for layer in layers:
        assert torch.allclose(fused.activations[layer], stepped.activations[layer], atol=1e-5), (
            layer
        )
    assert torch.allclose(fused.logprobs, stepped.logprobs, atol=1e-4)


def test_the_recurrence_carries_an_edit_on_and_the_output_does_not(model: Any) -> None:
    """A change at position 2 of layer 0: layer 0 later feels it only through its own state."""
    site = "decoder.0.rnn_hidden"
    units = [f"{site}[{u}]" for u in range(8)]
    clean = forced(model, [site], []).activations[site]
    seen, kept = (
        forced(
            model, [site], [Intervention(units, "set", 2.0, positions=[2], scope=scope)]
        ).activations[site]
        for scope in ("output", "recurrence")
    )
    assert (seen[0, 2, :8] == 2.0).all() and (kept[0, 2, :8] == 2.0).all()
    assert torch.allclose(seen[0, 3:], clean[0, 3:], atol=1e-6)
    assert not torch.allclose(kept[0, 3:], clean[0, 3:], atol=1e-3)
    assert torch.allclose(kept[0, :2], clean[0, :2], atol=1e-5)


@pytest.mark.parametrize("scope", ["output", "recurrence"])
@pytest.mark.parametrize("beams", [1, 3])
def test_decoding_under_an_edit_is_the_forced_pass_under_it(
    model: Any, scope: str, beams: int
) -> None:
    edit = Intervention(["decoder.1.rnn_hidden[3]", "decoder.0.rnn_hidden[2]"], "set", 1.5,
                        positions=[1, 8, 9], scope=scope)  # fmt: skip
    found = model.translate(TEXTS, [edit], beams, max_length=7)
    for text, result in zip(TEXTS, found, strict=True):
        n = len(result.ids)
        target = type(model.tokenize(text))("", result.ids, [""] * n, [None] * n, [], [-1] * n)
        once = model.forward([model.tokenize(text)], [target], (), [[edit]], logprobs=True)
        assert once.logprobs[0].tolist() == pytest.approx(result.logprobs, abs=1e-4)


def test_a_language_models_layers_are_torchs_own(model: Any) -> None:
    if model.task != "language-modelling":
        return  # Of the encoder-decoder, test_the_stepped_path_is_the_fused_one says it.
    network, text = model.module, model.tokenize(TEXTS[1])
    assert text.pieces[0] == "<s>" and text.spans[0] is None
    x = network.embedding(torch.tensor([text.ids])) * math.sqrt(12)
    for layer in network.decoder:
        x, _ = layer.rnn(x)
    logits = network.logits(network.readout(x))
    wanted = torch.log_softmax(logits[0, :-1], -1)
    wanted = wanted.gather(1, torch.tensor(text.ids[1:]).unsqueeze(1)).squeeze(1)
    found = model.logprobs([TEXTS[1], TEXTS[0]])[0]
    assert found == pytest.approx(wanted.tolist(), abs=1e-5)
    assert len(found) == len(text.ids) - 1  # every piece of the text is predicted


def test_another_cell_is_refused_with_its_name(vocabulary: Path, tmp_path: Path) -> None:
    config = RecurrentConfig(**SHAPE)
    folder = write(tmp_path / "odd", RecurrentSeq2Seq(config), config, vocabulary)
    values = config.to_dict() | {"cell": "mgu"}
    (folder / "config.json").write_text(json.dumps(values))
    with pytest.raises(ModelLoadError, match="'mgu'"):
        load_model(folder)
