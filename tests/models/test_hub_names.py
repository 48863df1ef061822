"""Hub names: from the cache without a network, and a plain answer where there is neither."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from huggingface_hub import HfApi, constants
from huggingface_hub.errors import RepositoryNotFoundError

import neurox_core as nx
from neurox_core.errors import ModelLoadError

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any look-up of an address fails, as on a machine without a network."""

    def nowhere(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)  # The tests' own environment sets it.


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of the library."""
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
        if hasattr(constants, name):
            monkeypatch.setattr(constants, name, str(tmp_path))
    return tmp_path


def put(cache: Path, name: str, folder: Path, leave_out: str = "") -> Path:
    """A model's files as a download leaves them."""
    place = cache / f"models--{name.replace('/', '--')}"
    snapshot = place / "snapshots" / COMMIT
    shutil.copytree(folder, snapshot, ignore=shutil.ignore_patterns(leave_out))
    (place / "refs").mkdir()
    (place / "refs" / "main").write_text(COMMIT)
    return snapshot


@pytest.mark.parametrize("family", ["t5", "gpt2", "bert-classes"])
def test_a_name_in_the_cache_opens_without_a_network(
    family: str, cache: Path, open_family: Any
) -> None:
    folder, plain = open_family(family)
    put(cache, "org/tiny", folder)
    model = nx.load_model("org/tiny")
    assert model.name == "tiny" and model.fingerprint == COMMIT
    assert model.tokenize("He left.") == plain.tokenize("He left.")
    site = list(plain.sites)[-1]
    text = [plain.tokenize("He left.")]
    if model.task != "translation":
        a, b = (m.forward(text, capture=[site]).activations[site] for m in (model, plain))
        assert a.equal(b)
    else:
        assert model.translate("He left.")[0] == plain.translate("He left.")[0]


def test_what_is_not_there_and_cannot_be_had_is_said_with_what_to_do(cache: Path) -> None:
    with pytest.raises(ModelLoadError) as caught:
        nx.load_model("org/not-here")
    said = str(caught.value)
    assert "org/not-here is not on this machine" in said and str(cache) in said
    assert "cannot be reached" in said and "hf download org/not-here --local-dir" in said


def test_a_hub_that_is_switched_off_is_not_asked(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(ModelLoadError, match="switched off by HF_HUB_OFFLINE"):
        nx.load_model("org/not-here")


def test_a_name_that_the_hub_does_not_have(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reply: Any = SimpleNamespace(headers={}, request=None, status_code=404)

    def unknown(*_: Any, **__: Any) -> Any:
        raise RepositoryNotFoundError("404", response=reply)

    monkeypatch.setattr(HfApi, "model_info", unknown)
    with pytest.raises(ModelLoadError, match="no model 'org/typo' that you may see"):
        nx.load_model("org/typo")


def test_a_download_that_was_broken_off_is_told_apart(cache: Path, open_family: Any) -> None:
    """Without weights it counts as not there; with weights but no tokenizer it says what lacks."""
    folder, _ = open_family("t5")
    put(cache, "org/no-weights", folder, "*.safetensors")
    with pytest.raises(ModelLoadError, match="org/no-weights is not on this machine"):
        nx.load_model("org/no-weights")
    put(cache, "org/no-words", folder, "tokenizer*")
    with pytest.raises(ModelLoadError, match="org/no-words cannot be opened: it has no tokenizer"):
        nx.load_model("org/no-words")


def test_weights_of_a_cached_model_are_compared_with_the_file_too(
    cache: Path, open_family: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pitfall 33: what the library ties is looked at wherever the files lie."""
    from transformers import T5ForConditionalGeneration

    folder, _ = open_family("t5")
    put(cache, "org/tiny", folder)
    opened = T5ForConditionalGeneration.from_pretrained.__func__

    def wrong(cls: Any, *args: Any, **kwargs: Any) -> Any:
        module, found = opened(cls, *args, **kwargs)
        module.shared.weight.data[3] += 1
        return module, found

    monkeypatch.setattr(T5ForConditionalGeneration, "from_pretrained", classmethod(wrong))
    with pytest.raises(ModelLoadError, match="not those in the file"):
        nx.load_model("org/tiny")
