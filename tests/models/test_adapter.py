"""docs/adapters.md, as it stands there, opened through the entry point."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch
from safetensors.torch import save_file

from neurox_core.errors import InvalidInputError, ModelLoadError
from neurox_core.interventions import Intervention
from neurox_core.interventions.redecode import Redecoder
from neurox_core.interventions.settings import Setting
from neurox_core.models.adapter import ModuleModel, last_real
from neurox_core.models.check import check_model
from neurox_core.models.registry import load_model

PAGE = Path(__file__).parents[2] / "docs" / "adapters.md"
LETTERS = ["<pad>", "<unk>", "</s>", *"abcdefghijklmnopqrstuvwxyz"]
SOUNDS = ["<pad>", "<unk>", "<s>", "</s>", *"AA AE AH B D EH HH IY K L M N OW P R S T".split()]
WORDS = ["hello", "table", "no", "saddest"]


def example() -> str:
    """The first block of Python on the page."""
    found = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A model folder, and the example installed as a distribution that names its loader."""
    home = tmp_path_factory.mktemp("installed")
    (home / "neurox_example_g2p.py").write_text(example(), encoding="utf-8")
    # The mistake that everybody makes once: the state behind the padding.
    leaky = example().replace("last_real(states, mask)", "states[:, -1]")
    assert leaky != example()
    (home / "neurox_leaky_g2p.py").write_text(leaky, encoding="utf-8")
    info = home / "neurox_example_g2p-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: neurox-example-g2p\nVersion: 1.0\n"
    )
    (info / "entry_points.txt").write_text(
        "[neurox.models]\ngrapheme_to_phoneme = neurox_example_g2p:load\n"
        "broken_example = neurox_example_g2p:nothing\nleaky_example = neurox_leaky_g2p:load\n"
    )
    sys.path.insert(0, str(home))
    try:
        import neurox_example_g2p as written  # type: ignore[import-not-found]

        torch.manual_seed(2)
        network = written.Network(len(LETTERS), len(SOUNDS), 16)
        for weight in network.parameters():
            torch.nn.init.normal_(weight, std=0.5)
        model = tmp_path_factory.mktemp("model") / "g2p"
        model.mkdir()
        save_file(network.state_dict(), model / "model.safetensors")
        config = {"model_type": "grapheme_to_phoneme", "letters": LETTERS, "sounds": SOUNDS,
                  "width": 16}  # fmt: skip
        (model / "config.json").write_text(json.dumps(config))
        yield model
    finally:
        sys.path.remove(str(home))
        sys.modules.pop("neurox_example_g2p", None)
        sys.modules.pop("neurox_leaky_g2p", None)


def test_the_example_holds_every_law(folder: Path) -> None:
    report = check_model(load_model(folder), WORDS)
    assert not [law for law in report.laws if law.state == "broken"]
    assert report.name == "g2p" and [s.layers for s in report.stacks] == [1, 1]


def test_the_adapter_itself_is_short() -> None:
    lines = example().split("class GraphemeToPhoneme")[1].splitlines()
    assert len([line for line in lines if line.strip()]) <= 40


def test_it_decodes_as_the_plain_network_does(folder: Path) -> None:
    model: Any = load_model(folder)
    network, letters = model.module, {c: i for i, c in enumerate(LETTERS)}
    for word, found in zip(WORDS, model.translate(WORDS, max_length=8), strict=True):
        ids = torch.tensor([[*(letters[c] for c in word), 2]])
        with torch.inference_mode():
            state = network.reader(network.letters(ids))[1][0]
            token, produced = 2, []
            while len(produced) < 8 and (not produced or produced[-1] != 3):
                state = network.writer(network.sounds(torch.tensor([token])), state)
                scores = network.choose(state)[0]
                scores[[0, 1, 2]] = -torch.inf
                produced.append(token := int(scores.argmax()))
        assert found.ids == produced
        assert found.text == " ".join(SOUNDS[i] for i in produced if i != 3)


def test_tokens_are_letters_and_what_is_unknown_is_said_so(folder: Path) -> None:
    model = load_model(folder)
    source = model.tokenize("no, Ünal")
    assert source.pieces[:3] == ["n", "o", ","] and source.ids[2] == 1
    assert source.pieces[-1] == "</s>" and source.spans[0] == (0, 1) and source.spans[-1] is None
    assert source.word_texts == ["no", ",", "Ünal"]
    target = model.tokenize("HH AH L OW", "target")
    assert target.pieces == ["HH", "AH", "L", "OW", "</s>"] and target.word_ids == [0, 1, 2, 3, -1]


def test_forced_captures_cover_every_step_and_edits_move_the_output(folder: Path) -> None:
    model = load_model(folder)
    source, target = [model.tokenize("table")], [model.tokenize("T EH B L", "target")]
    site = "decoder.0.rnn_hidden"
    off = Intervention([f"{site}[{u}]" for u in range(8)], "set", 2.0, positions=[1])
    clean = model.forward(source, target, [site], logprobs=True)
    changed = model.forward(source, target, [site], [[off]], logprobs=True)
    assert clean.activations[site].shape == (1, 5, 16)
    assert (changed.activations[site][0, 1, :8] == 2.0).all()
    moved = (changed.logprobs - clean.logprobs)[0].abs() > 1e-6
    assert moved.tolist() == [False, True, False, False, False]  # the output, not the recurrence


def test_what_is_wrong_with_an_adapter_is_said(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="float32 and in its own languages"):
        load_model(folder, dtype="bf16")
    (tmp_path / "config.json").write_text('{"model_type": "broken_example"}')
    with pytest.raises(ModelLoadError, match="neurox_example_g2p:nothing"):
        load_model(tmp_path)
    model: Any = load_model(folder)
    with pytest.raises(ModelLoadError, match="target vocabulary of x has no '<s>'"):
        type(model)(model.module, {}, LETTERS, ["</s>"], name="x")


def test_check_fails_on_an_adapter_that_is_wrong_and_says_where(
    folder: Path, tmp_path: Path
) -> None:
    from click.testing import CliRunner

    from neurox_server.cli import cli

    shutil.copytree(folder, tmp_path / "leaky")
    config = json.loads((folder / "config.json").read_text()) | {"model_type": "leaky_example"}
    (tmp_path / "leaky" / "config.json").write_text(json.dumps(config))
    texts = [argument for word in WORDS for argument in ("--text", word)]
    for path, status in ((folder, 0), (tmp_path / "leaky", 1)):
        result = CliRunner().invoke(cli, ["check", str(path), *texts])
        assert result.exit_code == status, result.output
    lines = result.output.splitlines()
    broken = [line.strip() for line in lines if line.strip().startswith("BROKEN")]
    assert len(broken) == 2  # Decoding in a batch differs from forcing alone, too.
    assert broken[0].startswith("BROKEN  a row in a batch equals the row alone: row ")
    assert "2 laws are broken: do not trust" in lines[-1]


class Pair(NamedTuple):
    """A state as people write them."""

    hidden: torch.Tensor
    others: dict[str, list[torch.Tensor]]
    count: int


def test_rows_of_any_state_are_taken_and_the_last_real_token_is_found(folder: Path) -> None:
    model = load_model(folder)
    assert isinstance(model, ModuleModel)
    rows = torch.arange(6.0).reshape(3, 2)
    state = model.select(Pair(rows, {"a": [rows]}, 7), torch.tensor([2, 2, 0]))
    assert state.hidden.tolist() == [[4, 5], [4, 5], [0, 1]] == state.others["a"][0].tolist()
    assert state.count == 7
    mask = torch.tensor([[True, True, False], [True, True, True]])
    states = torch.arange(6.0).reshape(2, 3, 1)
    assert last_real(states, mask).tolist() == [[1.0], [5.0]]


def test_guesses_are_checked_under_the_edits_of_their_own_sentence(folder: Path) -> None:
    model: Any = load_model(folder)
    site = next(a for a in model.layers if a.startswith("decoder."))
    lists = [
        [Intervention([f"{site}[{u}]" for u in range(8)], "set", value)]
        for value in (-3.0, 3.0, 0.0, 6.0)
    ]
    written = {"pattern": ".*[AEIO].*"}
    named = [[Intervention(one[0].neurons, "set", 3.0, where=written)] for one in lists]
    for some in (lists, named):
        engine = Redecoder(model, WORDS)
        found = engine.run([Setting(model, some, range(4))])[0]
        assert found == [t.ids for t in model.translate(WORDS, some)]
    assert engine.run([Setting.everywhere(model, named[0], 4)])[0] == found
