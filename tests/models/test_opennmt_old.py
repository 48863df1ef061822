"""Checkpoints of OpenNMT-py 2: read without it, with the numbers that OpenNMT-py 2.3.0 gave.

The files are made here as version 2 pickled them, with vocabularies as objects of torchtext 0.5 (of
stand-in classes of the same names, which exist only while the file is written). Weights come from
the formula of ``test_opennmt.py``; OpenNMT-py 2.3.0's own modules with these weights, on torch
2.13, gave the log-probabilities below for a forced translation.
"""

from __future__ import annotations

import argparse
import functools
import os
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch

from neurox_core.errors import ModelLoadError
from neurox_core.models.check import check_model
from neurox_core.models.registry import load_model
from tests.models.test_opennmt import FORCED, OPTIONS, TARGET, TEXT, shapes, sines, weight

# The source's words have neither start nor end token here.
SOURCE = "<unk> <blank> he left she reads a book in the garden .".split()
GOLD = {
    "lstm": [-2.26955, -2.47868, -3.12586, -3.20353, -3.34658, -2.21506],
    "gru": [-2.26461, -2.46964, -3.11988, -3.20523, -3.36722, -2.23377],
    "transformer-bias": [-2.42539, -2.54928, -3.18128, -3.22472, -4.06171, -2.13281],
}
KINDS: dict[str, dict[str, Any]] = {
    "lstm": {"encoder_type": "brnn", "brnn": True},
    "gru": {"encoder_type": "rnn", "rnn_type": "GRU", "input_feed": 0, "global_attention": "mlp"},
    "transformer-bias": {
        "encoder_type": "transformer", "decoder_type": "transformer", "position_encoding": True,
    },
}  # fmt: skip


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Classes and functions of torchtext and onmt that version 2 pickles."""
    made: dict[str, Any] = {}
    for module, names in (
        ("torchtext.vocab", ["Vocab"]), ("torchtext.data.field", ["Field"]),
        ("onmt.inputters.text_dataset", ["TextMultiField", "_feature_tokenize"]),
        ("torchtext.data.utils", ["_split_tokenizer"]),
    ):  # fmt: skip
        parts = module.split(".")
        for end in range(1, len(parts) + 1):
            name = ".".join(parts[:end])
            if name not in sys.modules:
                monkeypatch.setitem(sys.modules, name, ModuleType(name))
        for name in names:
            if name[0] == "_":
                value: Any = functools.wraps(str.split)(lambda text: text.split())
                value.__name__ = value.__qualname__ = name
                value.__module__ = module
            else:
                value = type(name, (), {"__module__": module})
            setattr(sys.modules[module], name, value)
            made[name] = value
    return made


def field(library: dict[str, Any], words: list[str]) -> Any:
    """A vocabulary as version 2 keeps it: fields of several features, each with its words."""
    vocab, one, many = (library[n]() for n in ("Vocab", "Field", "TextMultiField"))
    vocab.itos, vocab.stoi = words, {w: i for i, w in enumerate(words)}
    vocab.freqs, vocab.vectors = Counter(words), None
    one.vocab, one.dtype = vocab, torch.int64
    one.tokenize = functools.partial(library["_feature_tokenize"], None)
    one.preprocessing = library["_split_tokenizer"]
    many.fields = [("src", one)]
    return many


def write(kind: str, folder: Path, library: dict[str, Any], **options: Any) -> Path:
    """A checkpoint of version 2."""
    named = {name: shape for name, shape in shapes(kind).items() if "bridge" not in name}
    table = "encoder.embeddings.make_embedding.emb_luts.0.weight"
    named[table] = (len(SOURCE), named[table][1])
    weights = {n: weight(n, s) for n, s in named.items() if not n.startswith("generator.")}
    if kind.startswith("transformer"):
        for stack in ("encoder", "decoder"):
            weights[f"{stack}.embeddings.make_embedding.pe.pe"] = sines()
    given = OPTIONS | KINDS[kind] | options
    for new, old in (("enc_hid_size", "enc_rnn_size"), ("dec_hid_size", "dec_rnn_size")):
        given[old] = given.pop(new)
    for unknown in ("layer_norm", "parallel_residual", "num_kv", "num_experts", "norm_eps"):
        del given[unknown]
    content = {
        "model": weights, "optim": {},
        "generator": {
            "0.weight": weight("generator.0.weight", (15, 16)),
            "0.bias": weight("generator.0.bias", (15,)),
        },
        "vocab": {"src": field(library, SOURCE), "tgt": field(library, TARGET)},
        "opt": argparse.Namespace(**given, rnn_size=16),
    }  # fmt: skip
    path = folder / f"{kind}.pt"
    torch.save(content, path)
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_scores_are_opennmt_pys_own(
    kind: str, tmp_path: Path, library: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(kind, tmp_path, library)
    for name in [n for n in sys.modules if n.split(".")[0] in ("onmt", "torchtext")]:
        monkeypatch.delitem(sys.modules, name)  # It has to be read without them.
    model = load_model(path)
    assert model.tokenize("he flew .").ids == [2, 0, 11]
    found = model.forward([model.tokenize(TEXT)], [model.tokenize(FORCED, "target")], logprobs=True)
    assert found.logprobs is not None
    assert found.logprobs[0].tolist() == pytest.approx(GOLD[kind], abs=3e-5)
    report = check_model(model, [TEXT, "he left ."])
    assert not [law for law in report.laws if law.state == "broken"]


class _Runs:
    """Wants a function to be called when it is read."""

    def __init__(self, call: Any, *given: Any) -> None:
        self._call, self._given = call, given

    def __reduce__(self) -> Any:
        return self._call, self._given


def test_nothing_in_such_a_file_is_run(tmp_path: Path, library: dict[str, Any]) -> None:
    """What calls itself a part of the library is never looked up; anything else is refused."""
    ran = tmp_path / "ran"

    def write_it(path: str) -> None:
        Path(path).touch()

    library["_feature_tokenize"].__wrapped__ = write_it
    content = {"model": {}, "generator": {}, "opt": argparse.Namespace()}
    path = tmp_path / "a.pt"
    call = _Runs(library["_feature_tokenize"], str(ran))
    torch.save(content | {"vocab": {"src": call, "tgt": call}}, path)
    with pytest.raises(ModelLoadError, match="no checkpoint of OpenNMT-py 2 or 3"):
        load_model(path)
    torch.save(content | {"vocab": {"src": _Runs(os.mkdir, str(ran)), "tgt": 0}}, path)
    with pytest.raises(ModelLoadError, match="cannot be opened as weights and plain values"):
        load_model(path)
    assert not ran.exists()
