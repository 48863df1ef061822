"""Models by their hub name, end to end, from a hub on this machine."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from huggingface_hub import constants
from safetensors.torch import load_file, save_file

import neurox_core as nx
from neurox_core.errors import CancelledError, ModelLoadError
from neurox_core.models.hub_cache import hub_name
from tests.models.hub_server import Hub, serving


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """The only hub that the library knows, with an empty cache."""
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("huggingface_hub.file_download.time.sleep", lambda _: None)
    with serving(Hub()) as made:
        monkeypatch.setattr(constants, "ENDPOINT", made.address)
        template = f"{made.address}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        yield made


def copied(folder: Path, to: Path, *leave_out: str) -> Path:
    return Path(shutil.copytree(folder, to, ignore=shutil.ignore_patterns(*leave_out)))


@pytest.mark.parametrize("family", ["nllb", "gpt2", "bert-classes"])
def test_a_name_is_fetched_once_with_progress_and_then_needs_no_hub(
    family: str, hub: Hub, open_family: Any, tmp_path: Path
) -> None:
    folder, plain = open_family(family)
    served = copied(folder, tmp_path / "served")
    for other in ("modeling_x.py", "flax_model.msgpack", "pytorch_model.bin", "onnx/model.json"):
        (served / other).parent.mkdir(exist_ok=True)
        (served / other).write_text("{}")
    hub.models["org/tiny"] = {"main": served}
    name = "org/tiny:eng_Latn:fra_Latn" if family == "nllb" else "org/tiny"
    told: list[tuple[int, int]] = []
    model = nx.load_model(name, on_download=lambda done, total: told.append((done, total)))
    size = sum(f.stat().st_size for f in folder.iterdir())
    assert told[-1] == (size, size) and [d for d, _ in told] == sorted(d for d, _ in told)
    assert not [a for a in hub.asked if a.endswith((".py", ".msgpack", ".bin", "onnx/model.json"))]
    assert model.name == "tiny"
    assert model.tokenize("He left.").ids == plain.tokenize("He left.").ids
    site = list(plain.sites)[0]
    target = [plain.tokenize("x", "target")] if plain.task == "translation" else None
    text = [plain.tokenize("He left.")]
    a, b = (m.forward(text, target, [site]).activations[site] for m in (model, plain))
    assert a.equal(b)
    hub.asked.clear()
    again = nx.load_model(name)
    assert again.fingerprint == model.fingerprint and hub.asked == []


def test_a_revision_is_another_model(hub: Hub, open_family: Any, tmp_path: Path) -> None:
    folder, _ = open_family("gpt2")
    other = copied(folder, tmp_path / "v2")
    weights = load_file(other / "model.safetensors")
    save_file(
        {k: v * 1.5 for k, v in weights.items()}, other / "model.safetensors", {"format": "pt"}
    )
    hub.models["org/tiny"] = {"main": folder, "v2": other}
    first, second = nx.load_model("org/tiny"), nx.load_model("org/tiny@v2")
    assert first.fingerprint != second.fingerprint == hub.commit("org/tiny", "v2")
    wte = [m.module.get_input_embeddings().weight for m in (first, second)]  # type: ignore[operator]
    assert torch.allclose(wte[0] * 1.5, wte[1])
    assert nx.load_model(f"org/tiny@{second.fingerprint}").fingerprint == second.fingerprint
    with pytest.raises(ModelLoadError, match="no branch, tag or commit 'v3'"):
        nx.load_model("org/tiny@v3")


def test_what_the_hub_refuses_is_said_with_what_to_do(hub: Hub, open_family: Any) -> None:
    folder, _ = open_family("gpt2")
    hub.models = {"org/files": {"main": folder}, "org/page": {"main": folder}}
    hub.gated, hub.closed = {"org/files"}, {"org/page"}
    for name in ("org/files", "org/page"):
        with pytest.raises(ModelLoadError, match=f"{name} is only given to those who asked"):
            nx.load_model(name)
    with pytest.raises(ModelLoadError, match="The hub has no model 'org/typo' that you may see"):
        nx.load_model("org/typo")


def test_a_download_that_breaks_off_says_so_and_goes_on(hub: Hub, open_family: Any) -> None:
    folder, _ = open_family("gpt2")
    hub.models["org/tiny"] = {"main": folder}
    hub.broken.add("org/tiny")
    with pytest.raises(ModelLoadError, match="org/tiny broke off .* Open it again"):
        nx.load_model("org/tiny")
    hub.broken.clear()
    hub.asked.clear()
    assert nx.load_model("org/tiny").task == "language-modelling"
    assert not [a for a in hub.asked if a.startswith("GET") and a.endswith("tokenizer.json")]


def test_a_download_can_be_cancelled(hub: Hub, open_family: Any) -> None:
    hub.models["org/tiny"] = {"main": open_family("gpt2")[0]}

    def stop(*_: int) -> None:
        raise CancelledError("enough")

    with pytest.raises(CancelledError, match="enough"):
        nx.load_model("org/tiny", on_download=stop)
    assert nx.load_model("org/tiny").fingerprint


class _Evil:
    def __reduce__(self) -> Any:
        return os.mkdir, (os.environ["EVIL"],)


def test_pickled_weights_are_read_as_numbers_only_and_nobody_else_is_told(
    hub: Hub, open_family: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library would ask another host to convert them, in a thread of its own."""
    folder, _ = open_family("bert")
    served = copied(folder, tmp_path / "served", "*.safetensors")
    torch.save(load_file(folder / "model.safetensors"), served / "pytorch_model.bin")
    hub.models["org/pickled"] = {"main": served}
    monkeypatch.setattr(
        "transformers.modeling_utils.auto_conversion", lambda *_, **__: pytest.fail("was asked")
    )
    assert nx.load_model("org/pickled").task == "encoding"
    assert not [a for a in hub.asked if "/commits" in a or "discussions" in a]
    monkeypatch.setenv("EVIL", str(tmp_path / "evil"))
    bad = copied(served, tmp_path / "bad")
    torch.save({"x": _Evil()}, bad / "pytorch_model.bin")
    hub.models["org/evil"] = {"main": bad}
    with pytest.raises(
        ModelLoadError, match="org/evil cannot be opened: its weights .* could run code"
    ):
        nx.load_model("org/evil")
    assert not (tmp_path / "evil").exists()


def test_a_model_that_needs_its_own_code_is_refused_with_the_reason(
    hub: Hub, open_family: Any, tmp_path: Path
) -> None:
    served = copied(open_family("gpt2")[0], tmp_path / "served")
    config = json.loads((served / "config.json").read_text())
    config |= {"model_type": "own", "auto_map": {"AutoConfig": "own.Config"}}
    (served / "config.json").write_text(json.dumps(config))
    (served / "own.py").write_text("raise SystemExit('This code has run.')")
    hub.models["org/own"] = {"main": served}
    with pytest.raises(ModelLoadError, match="org/own runs only with the Python code"):
        nx.load_model("org/own")


@pytest.mark.parametrize("lacking", ["config.json", "*.safetensors"])
def test_a_repository_without_a_model_is_told_before_anything_is_fetched(
    lacking: str, hub: Hub, open_family: Any, tmp_path: Path
) -> None:
    served = copied(open_family("gpt2")[0], tmp_path / "served", lacking)
    (served / "model.gguf").write_text("x")
    hub.models["org/other"] = {"main": served}
    with pytest.raises(ModelLoadError, match=r"it has no (config|model)\..*The hub has .*gguf"):
        nx.load_model("org/other")
    assert not [a for a in hub.asked if "resolve" in a]


def test_names() -> None:
    assert hub_name("org/my-model.2") == ("org/my-model.2", "main")
    assert hub_name("org/model@refs/pr/1") == ("org/model", "refs/pr/1")
    assert str(hub_name("org/model@v1")) == "org/model@v1"
    assert hub_name("gpt2") == ("openai-community/gpt2", "main")
    assert hub_name("t5-small@v1") == ("google-t5/t5-small", "v1")
    assert hub_name("bert-base-uncased") == ("google-bert/bert-base-uncased", "main")
    for text in (
        "model",
        "a/b/c",
        "./model",
        "org/",
        "../x",
        "lstm-d",
        "org/model@",
        "gpt2x",
        "ö/x",
    ):
        assert hub_name(text) is None, text
