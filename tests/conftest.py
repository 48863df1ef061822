"""Fixtures: tiny seeded models of both families with a real vocabulary, made in seconds.

The models are fitted to six sentence pairs for a moment, so that they produce different tokens and
sentences of different lengths; a random model repeats one token, which would hide mistakes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sentencepiece as spm
import torch
from safetensors.torch import save_file
from torch import Tensor

torch.set_num_threads(1)

SENTENCES = [
    "He left.",
    "She reads a book in the garden.",
    "The men are here.",
    "They were not at home yesterday.",
    "The woman sees the two old houses.",
    "I do not know why he left the town so early this morning.",
    "Il est parti.",
    "Elle lit un livre dans le jardin.",
    "Les hommes sont ici.",
    "Ils étaient à la maison hier.",
    "La femme voit les deux vieilles maisons.",
    "Je ne sais pas pourquoi il a quitté la ville si tôt ce matin.",
]
VOCABULARY = 80
PAD, EOS, UNK = VOCABULARY - 1, 0, 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files of slow tests go first: with several workers, none begins a long file at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow") is not None}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``source.spm``, ``target.spm`` and ``vocab.json`` of 79 pieces and padding."""
    folder = tmp_path_factory.mktemp("vocabulary")
    spm.SentencePieceTrainer.train(
        sentence_iterator=iter(SENTENCES * 4), model_prefix=str(folder / "joint"),
        vocab_size=VOCABULARY - 1, eos_id=EOS, unk_id=UNK, bos_id=-1, pad_id=-1, minloglevel=2,
        hard_vocab_limit=True, num_threads=1,
    )  # fmt: skip
    data = (folder / "joint.model").read_bytes()
    for name in ("source.spm", "target.spm"):
        (folder / name).write_bytes(data)
    pieces = spm.SentencePieceProcessor(model_file=str(folder / "source.spm"))
    ids = {pieces.id_to_piece(i): i for i in range(pieces.get_piece_size())} | {"<pad>": PAD}
    (folder / "vocab.json").write_text(json.dumps(ids))
    return folder


def fit(
    module: torch.nn.Module,
    loss: Callable[[Tensor, Tensor, Tensor], Tensor],
    folder: Path,
    rate: float,
) -> None:
    """Fit a tiny model to the six pairs: `loss` of (sources, decoder inputs, labels)."""
    pieces = spm.SentencePieceProcessor(model_file=str(folder / "source.spm"))
    rows = [[*pieces.encode(text), EOS] for text in SENTENCES]
    source, target = rows[:6], rows[6:]
    optimiser = torch.optim.Adam(module.parameters(), lr=rate)
    for step in range(90):
        pair = step % 6
        labels = torch.tensor([target[pair]])
        inputs = torch.tensor([[PAD, *target[pair][:-1]]])
        optimiser.zero_grad()
        loss(torch.tensor([source[pair]]), inputs, labels).backward()
        optimiser.step()


@pytest.fixture(scope="session")
def recurrent_folder(vocabulary: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a two-layer LSTM of 16 units."""
    from neurox_core.models.recurrent import RecurrentConfig, RecurrentSeq2Seq

    torch.manual_seed(3)
    config = RecurrentConfig(
        VOCABULARY,
        embedding_size=12,
        hidden_size=16,
        dropout=0.0,
        pad_id=PAD,
        eos_id=EOS,
        start_id=PAD,
    )
    module = RecurrentSeq2Seq(config)

    def loss(source: Tensor, inputs: Tensor, labels: Tensor) -> Tensor:
        memory, finals = module.encode(source)
        logits = module.logits(module.decode(inputs, memory, finals))
        return torch.nn.functional.cross_entropy(logits[0], labels[0])

    fit(module, loss, vocabulary, 2e-2)
    folder = tmp_path_factory.mktemp("models") / "tiny-recurrent"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(config.to_dict()))
    save_file(
        {k: v.contiguous() for k, v in module.state_dict().items()}, folder / "model.safetensors"
    )
    (folder / "source.spm").write_bytes((vocabulary / "source.spm").read_bytes())
    return folder


@pytest.fixture(scope="session")
def marian_folder(vocabulary: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a Marian Transformer of width 16, as ``save_pretrained`` writes it."""
    from transformers import MarianConfig, MarianMTModel

    torch.manual_seed(5)
    config = MarianConfig(
        vocab_size=VOCABULARY,
        d_model=16,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=24,
        decoder_ffn_dim=24,
        max_position_embeddings=128,
        activation_function="relu",
        scale_embedding=True,
        dropout=0.0,
        share_encoder_decoder_embeddings=True,
        pad_token_id=PAD,
        eos_token_id=EOS,
        decoder_start_token_id=PAD,
        forced_eos_token_id=None,
        init_std=0.1,
        tie_word_embeddings=True,
    )
    module = MarianMTModel(config)

    def loss(source: Tensor, inputs: Tensor, labels: Tensor) -> Tensor:
        found = module(input_ids=source, decoder_input_ids=inputs, labels=labels).loss
        assert isinstance(found, Tensor)
        return found

    fit(module, loss, vocabulary, 1e-2)
    module.generation_config.bad_words_ids = [[PAD]]
    folder = tmp_path_factory.mktemp("models") / "tiny-marian"
    module.save_pretrained(folder)
    for name in ("source.spm", "target.spm", "vocab.json"):
        (folder / name).write_bytes((vocabulary / name).read_bytes())
    settings = {
        "source_lang": "en",
        "target_lang": "fr",
        "tokenizer_class": "MarianTokenizer",
        "model_max_length": 128,
        "separate_vocabs": False,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    return folder


@pytest.fixture(scope="session")
def tiny_recurrent(recurrent_folder: Path):  # type: ignore[no-untyped-def]
    """The tiny LSTM behind the model contract."""
    from neurox_core.models.registry import load_model

    return load_model(recurrent_folder)


@pytest.fixture(scope="session")
def tiny_marian(marian_folder: Path):  # type: ignore[no-untyped-def]
    """The tiny Transformer behind the model contract."""
    from neurox_core.models.registry import load_model

    return load_model(marian_folder)


@pytest.fixture(params=["tiny_recurrent", "tiny_marian"])
def tiny_model(request: pytest.FixtureRequest):  # type: ignore[no-untyped-def]
    """Each family in turn."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def open_family(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    """Opens the tiny model of a Hugging Face family by its name; folder and model, made once."""
    from neurox_core.models.registry import load_model
    from tests.models import families

    made: dict[str, object] = {}

    def opened(name: str):  # type: ignore[no-untyped-def]
        if name not in made:
            folder = families.build(name, tmp_path_factory.mktemp("family"))
            made[name] = folder, load_model(folder, **families.CHOICES.get(name, {}))
        return made[name]

    return opened


@pytest.fixture
def installed_metrics(tmp_path: Path) -> Iterator[None]:
    """A distribution with two metrics, and one that cannot be imported."""
    (tmp_path / "neurox_example_metric.py").write_text(
        "def length_ratio(outputs, references):\n"
        "    return sum(map(len, outputs)) / sum(map(len, references))\n"
        "def errors(outputs, references):\n"
        "    return float(sum(a != b for a, b in zip(outputs, references)))\n"
        "errors.higher_is_better = False\n"
    )
    info = tmp_path / "neurox_example_metric-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: neurox-example-metric\nVersion: 1\n"
    )
    (info / "entry_points.txt").write_text(
        "[neurox.metrics]\nlength_ratio = neurox_example_metric:length_ratio\n"
        "errors = neurox_example_metric:errors\nlost = neurox_example_metric:lost\n"
    )
    sys.path.insert(0, str(tmp_path))
    yield
    sys.path.remove(str(tmp_path))
    sys.modules.pop("neurox_example_metric", None)
