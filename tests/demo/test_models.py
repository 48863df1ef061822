"""The shipped models: they open, translate, agree with the library, and can be turned."""

from __future__ import annotations

import pytest
import sacrebleu
import torch

import neurox_core as nx
from neurox_core.models.base import TranslationModel
from neurox_core.models.card import ModelCard, read_card
from neurox_core.models.search import SearchOptions

NAMES = ["lstm-a", "lstm-b", "lstm-c", "marian"]


@pytest.fixture(scope="module")
def opened() -> dict[str, TranslationModel]:
    """All shipped models."""
    return {name: nx.load_model(name) for name in NAMES}


def test_four_models_and_a_labelled_corpus_are_shipped() -> None:
    assert nx.demo.models() == NAMES
    corpus = nx.demo.corpus()
    parts = corpus.columns["part"]
    assert 1000 <= parts.count("natural") <= 2000 and parts.count("everyday") == 500
    for side, texts in (("source", corpus.sources), ("reference", corpus.references)):
        labels = getattr(corpus, f"{side}_labels")
        words = [(0, len(texts[700].split()[0]))]
        found = labels.for_words(700, texts[700], words)
        assert found["upos"][0] and found["position"] == ["0"]


@pytest.mark.parametrize("name", NAMES)
def test_a_card_tells_what_loading_tells(name: str, opened: dict[str, TranslationModel]) -> None:
    assert read_card(nx.demo.model_folder(name)) == ModelCard.of(opened[name])


@pytest.mark.parametrize("name", NAMES)
def test_statistics_come_with_the_model(name: str, opened: dict[str, TranslationModel]) -> None:
    model = opened[name]
    edits = [nx.Intervention([f"{layer}[0]"], "mean") for layer in model.layers]
    assert model.translate(["He left."], edits)


@pytest.mark.parametrize("name", NAMES)
def test_a_person_recognises_a_translator(name: str, opened: dict[str, TranslationModel]) -> None:
    """Below the scores of demo/README.md, far above chance, on 60 sentences of each part."""
    corpus = nx.demo.corpus()
    for part, least in (("everyday", 45.0), ("natural", 22.0)):
        chosen = corpus.select("part", part)
        sources, references = list(chosen.sources)[::8][:60], list(chosen.references)[::8][:60]
        texts = [t.text for t in opened[name].translate(sources)]
        assert sacrebleu.corpus_bleu(texts, [references]).score > least


@pytest.mark.parametrize("beams", [1, 2, 5])
@pytest.mark.parametrize("penalty", [0.0, 1.0, 2.0])
def test_search_equals_generate_on_the_transformer(
    beams: int, penalty: float, opened: dict[str, TranslationModel]
) -> None:
    model = opened["marian"]
    corpus = nx.demo.corpus()
    sources = [model.checked(corpus.sources[i]) for i in (3, 40, 600, 900, 1300)]
    found = model.search(sources, [[]] * 5, SearchOptions(beams, penalty, max_length=60))
    ids, mask = model.batch([s.ids for s in sources])
    theirs = model.module.generate(
        input_ids=ids,
        attention_mask=mask.long(),
        num_beams=beams,
        length_penalty=penalty,
        max_new_tokens=60,
        max_length=None,
        do_sample=False,
        early_stopping=False,
        output_scores=True,
        return_dict_in_generate=True,
    )
    for row, (hypotheses, sequence) in enumerate(zip(found, theirs.sequences, strict=True)):
        best = hypotheses[0]
        assert best.ids == sequence[1 : 1 + len(best.ids)].tolist()
        if beams > 1:
            assert best.score == pytest.approx(float(theirs.sequences_scores[row]), abs=1e-4)


def test_presets_turn_the_sentences_that_they_show(opened: dict[str, TranslationModel]) -> None:
    presets = nx.demo.highlights()["presets"]
    assert {p["model"] for p in presets} >= {"lstm-a"}
    for preset in presets:
        model = opened[preset["model"]]
        edits = [nx.Intervention.from_dict(values) for values in preset["interventions"]]
        clean = model.translate(preset["sentences"])
        turned = model.translate(preset["sentences"], edits)
        assert all(a.text != b.text for a, b in zip(clean, turned, strict=True)), preset["name"]
        assert 0 < preset["turned"] <= preset["of"]


def test_notes_name_neurons_that_there_are(opened: dict[str, TranslationModel]) -> None:
    for note in nx.demo.highlights()["notes"]:
        neuron = nx.Neuron.parse(note["address"])
        assert neuron.unit < opened[note["model"]].sites[str(neuron.layer)]


def test_weights_are_small_and_in_half_precision() -> None:
    from safetensors import safe_open

    size = 0
    for name in NAMES:
        path = nx.demo.model_folder(name) / "model.safetensors"
        size += path.stat().st_size
        with safe_open(path, "pt") as weights:
            assert weights.get_tensor(next(iter(weights.keys()))).dtype == torch.float16
    assert size < 80e6
