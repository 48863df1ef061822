"""Translations and activations: what the page gets is what the core computes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from neurox_core import Intervention
from neurox_core.engine.live import LiveModel
from neurox_server.contracts import ActivationsMeta, TranslateResponse
from neurox_server.frames import decode

from .conftest import API, PAIRS, Api

STRONG = {
    "neurons": ["encoder.1.rnn_hidden[3]", "encoder.0.rnn_hidden[2]"],
    "operation": "set",
    "value": 30.0,
}


def translated(reader: Api, **body: Any) -> TranslateResponse:
    """A translate request, answered."""
    values = {"project": "tiny", "model": "lstm", **body}
    return TranslateResponse.model_validate(reader.post("/projects/tiny/translate", values))


def painted(reader: Api, **body: Any) -> tuple[np.ndarray, ActivationsMeta]:
    """An activations request, answered."""
    answer = reader.client.post(f"{API}/projects/tiny/activations", json={"model": "lstm", **body})
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/octet-stream"
    arrays, meta = decode(answer.data)
    return arrays["values"], ActivationsMeta.model_validate(meta)


@pytest.mark.parametrize("model", ["lstm", "marian"])
@pytest.mark.parametrize("beams", [1, 3])
def test_translations_are_the_models_own(reader: Api, model: str, beams: int, request: Any) -> None:
    core = request.getfixturevalue("tiny_recurrent" if model == "lstm" else "tiny_marian")
    layer = "encoder.1.rnn_hidden" if model == "lstm" else "encoder.1.ffn_act"
    change = STRONG | {"neurons": [f"{layer}[3]"]}
    own = "She sees the town."
    found = translated(
        reader, model=model, sentences=[6, 0], texts=[own], beams=beams,
        settings=[{"name": "a", "interventions": [change]}, {"name": "none", "interventions": []}],
    )  # fmt: skip
    texts = [PAIRS[6][1], PAIRS[0][1], own]
    assert [i.sentence for i in found.items] == [6, 0, None]
    assert [i.source.text for i in found.items] == texts
    clean = core.translate(texts, beams=beams)
    edit = Intervention([f"{layer}[3]"], "set", 30.0)
    changed = core.translate(texts, [edit], beams)
    for item, expected, other in zip(found.items, clean, changed, strict=True):
        assert item.baseline.view.text == expected.text
        assert item.baseline.score == pytest.approx(expected.score, abs=1e-4)
        assert item.outputs[0].view.text == other.text
        assert item.outputs[0].score == pytest.approx(other.score, abs=1e-4)
        assert item.outputs[1] == item.baseline
        assert item.baseline.changed == []


def test_changed_words_are_those_that_differ(reader: Api) -> None:
    item = translated(reader, sentences=[1], settings=[{"interventions": [STRONG]}]).items[0]
    words, changed = item.outputs[0].view.words, item.outputs[0].changed
    assert item.outputs[0].view.text != item.baseline.view.text
    kept = [w for i, w in enumerate(words) if i not in changed]
    # What is kept stands in the baseline in the same order.
    rest = iter(item.baseline.view.words)
    assert all(word in rest for word in kept)
    assert changed or len(words) < len(item.baseline.view.words)


def test_a_view_holds_together(reader: Api) -> None:
    item = translated(reader, sentences=[5]).items[0]
    for view in (item.source, item.baseline.view):
        assert len(view.words) == len(view.spaces)
        assert len(view.pieces) == len(view.piece_words)
        rebuilt = "".join(" " * s + w for w, s in zip(view.words, view.spaces, strict=True))
        assert rebuilt.split() == view.text.split()
    ended = not item.baseline.truncated
    assert (item.baseline.view.pieces[-1] == "</s>") == ended


def test_a_baseline_is_decoded_once(tiny_recurrent: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    live = LiveModel(tiny_recurrent)
    rows: list[int] = []
    search = type(tiny_recurrent).search

    def counted(self: Any, sources: Any, *rest: Any, **options: Any) -> Any:
        rows.append(len(sources))
        return search(self, sources, *rest, **options)

    monkeypatch.setattr(type(tiny_recurrent), "search", counted)
    off = [Intervention(["encoder.1.rnn_hidden[3]"], "zero")]
    first = live.translate(["He left."], [off])
    second = live.translate(["He left."], [off])
    assert rows == [2, 1]
    for one, other in zip(first, second, strict=True):
        assert one.baseline == other.baseline
        assert one.outputs[0].tokens == other.outputs[0].tokens
        assert one.outputs[0].score == pytest.approx(other.outputs[0].score, abs=1e-5)
    live.translate(["He left."], [off], beams=2)
    assert rows == [2, 1, 2]


def test_encoder_activations_are_the_models_own(reader: Api, tiny_recurrent: Any) -> None:
    neurons = ["encoder.1.rnn_hidden[3]", "encoder.0.rnn_hidden[0]"]
    values, meta = painted(
        reader, neurons=neurons, sentences=[0, 4], texts=["The town."], word="pieces"
    )
    texts = [PAIRS[0][1], PAIRS[4][1], "The town."]
    assert [(t.sentence, t.side, t.text) for t in meta.texts] == [
        (0, "source", "source"), (4, "source", "source"), (None, "source", "source"),
    ]  # fmt: skip
    assert values.dtype == np.float16
    for text, entry in zip(texts, meta.texts, strict=True):
        assert entry.view.text == text
        assert entry.count == len(entry.view.pieces)
        alone = tiny_recurrent.forward(
            [tiny_recurrent.tokenize(text)],
            capture=["encoder.1.rnn_hidden", "encoder.0.rnn_hidden"],
        ).activations
        rows = [alone["encoder.1.rnn_hidden"][0, :, 3], alone["encoder.0.rnn_hidden"][0, :, 0]]
        expected = np.stack([row.numpy() for row in rows])
        part = values[:, entry.start : entry.start + entry.count]
        np.testing.assert_allclose(part, expected, atol=2e-3)


@pytest.mark.parametrize("word", ["first", "last", "mean"])
def test_words_are_made_of_their_pieces(reader: Api, word: str) -> None:
    neurons = ["encoder.1.rnn_hidden[5]"]
    pieces, fine = painted(reader, neurons=neurons, sentences=[6], word="pieces")
    words, coarse = painted(reader, neurons=neurons, sentences=[6], word=word)
    view = fine.texts[0].view
    assert coarse.texts[0].count == len(view.words)
    for number in range(len(view.words)):
        own = [float(pieces[0, i]) for i, w in enumerate(view.piece_words) if w == number]
        expected = {"first": own[0], "last": own[-1], "mean": np.mean(own)}[word]
        assert float(words[0, number]) == pytest.approx(expected, abs=2e-3)


def test_decoder_activations_belong_to_the_piece_they_produce(
    reader: Api, tiny_recurrent: Any
) -> None:
    neuron, layer = "decoder.1.rnn_hidden[2]", "decoder.1.rnn_hidden"
    values, meta = painted(reader, neurons=[neuron], sentences=[2], text="reference", word="pieces")
    assert [(t.side, t.text) for t in meta.texts] == [("target", "reference")]
    assert meta.texts[0].view.text == PAIRS[2][2]
    source = tiny_recurrent.tokenize(PAIRS[2][1])
    target = tiny_recurrent.tokenize(PAIRS[2][2], "target")
    forced = tiny_recurrent.forward([source], [target], capture=[layer])
    # Position t consumed the piece before and predicts piece t.
    assert forced.target_outputs[0].tolist() == target.ids
    np.testing.assert_allclose(values[0], forced.activations[layer][0, :, 2].numpy(), atol=2e-3)


def test_both_stacks_stand_on_their_own_sides(reader: Api) -> None:
    neurons = ["encoder.1.rnn_hidden[0]", "decoder.1.rnn_hidden[0]"]
    values, meta = painted(reader, neurons=neurons, sentences=[3], texts=["He left."])
    assert [(t.item, t.side) for t in meta.texts] == [
        (0, "source"), (0, "target"), (1, "source"), (1, "target"),
    ]  # fmt: skip
    assert values.shape[1] == sum(t.count for t in meta.texts)
    for entry in meta.texts:
        part = values[:, entry.start : entry.start + entry.count]
        own, other = (0, 1) if entry.side == "source" else (1, 0)
        assert np.isfinite(part[own]).all() and np.isnan(part[other]).all()
    clean = translated(reader, texts=["He left."]).items[0].baseline.view
    assert meta.texts[3].text == "translation" and meta.texts[3].view == clean


@pytest.mark.parametrize(
    ("change", "status", "word"),
    [
        ({"neurons": []}, 422, "neurons"),
        ({"neurons": ["encoder.1.rnn_hidden[99]"]}, 422, "16 units"),
        ({"neurons": ["encoder.1.rnn_hidden[1]"] * 65}, 422, "neurons"),
        ({"sentences": [99]}, 422, "no sentence 100 (index 99)"),
        ({"sentences": []}, 422, "nothing to read"),
        ({"word": "middle"}, 422, "word"),
        ({"texts": ["\0"]}, 422, "null"),
        ({"model": "none"}, 404, "'none'"),
    ],
)
def test_wrong_activation_requests(
    reader: Api, change: dict[str, Any], status: int, word: str
) -> None:
    body = {"model": "lstm", "neurons": ["encoder.1.rnn_hidden[1]"], "sentences": [0], **change}
    error = reader.post("/projects/tiny/activations", body, status)["error"]
    assert word in error["message"]
