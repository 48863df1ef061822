"""Fast re-decoding is greedy search, word for word; curves are what their definition says."""

from __future__ import annotations

import json
import random
from functools import partial
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from neurox_core.corpora import Corpus
from neurox_core.errors import InvalidInputError, MissingStatisticsError, UnknownAddressError
from neurox_core.evaluation import score_corpus
from neurox_core.interventions import Intervention, ReferenceValues, ablation_curve, prune_model
from neurox_core.interventions.curve import sentence_seed
from neurox_core.interventions.curve_steps import counts
from neurox_core.interventions.redecode import Redecoder
from neurox_core.interventions.settings import Setting
from neurox_core.models.base import TranslationModel
from neurox_core.models.recurrent import RecurrentConfig, RecurrentSeq2Seq
from neurox_core.models.registry import load_model

SOURCES = [
    "He left.",
    "She reads a book in the garden.",
    "The woman sees the two old houses.",
    "They were not at home yesterday.",
    "The men are here.",
    "I do not know why he left the town.",
]
REFERENCES = [
    "Il est parti.",
    "Elle lit un livre dans le jardin.",
    "La femme voit les deux vieilles maisons.",
    "Ils étaient à la maison hier.",
    "Les hommes sont ici.",
    "Je ne sais pas pourquoi il a quitté la ville.",
]
CORPUS = Corpus("tiny", SOURCES, REFERENCES)


def neurons(model: TranslationModel, stack: str, *, last: bool = True) -> list[str]:
    sites = [a for a in model.layers if a.startswith(stack) and not a.endswith("rnn_cell")]
    site = sites[-1] if last else sites[1]
    return [f"{site}[{u}]" for u in range(model.sites[site])]


@pytest.mark.parametrize("where", ["encoder", "encoder first", "decoder", "both"])
def test_redecoding_equals_greedy_search(tiny_model: TranslationModel, where: str) -> None:
    """Settings in a chain, each the guess of the next, several in one call."""
    model = tiny_model
    pool = {
        "encoder": neurons(model, "encoder"),
        "encoder first": neurons(model, "encoder", last=False),
        "decoder": neurons(model, "decoder", last=False),
        "both": neurons(model, "encoder") + neurons(model, "decoder"),
    }[where]
    random.Random(0).shuffle(pool)
    engine = Redecoder(model, SOURCES)
    clean = [t.ids for t in model.translate(SOURCES)]
    assert engine.clean() == clean
    guesses = [clean, clean, clean]
    changed = 0
    for count, scope in ((4, "output"), (12, "recurrence")):
        edits = [
            [Intervention(pool[:count], "zero", scope=scope)],
            [Intervention(pool[-count:], "set", 1.5, scope=scope)],
            [Intervention(pool[:count], "set", -2.0, positions=[0, 1, 3], scope=scope)],
        ]
        settings = [Setting.everywhere(model, e, len(SOURCES)) for e in edits]
        found = engine.run(settings, guesses)
        for ids, edit in zip(found, edits, strict=True):
            expected = [t.ids for t in model.translate(SOURCES, edit)]
            assert ids == expected
            changed += expected != clean
        guesses = found
    assert changed > 1, "the edits were strong enough to try the engine"


@pytest.mark.parametrize("guess", ["empty", "wrong", "too long"])
def test_a_bad_guess_costs_time_but_changes_nothing(
    tiny_model: TranslationModel, guess: str
) -> None:
    clean = [t.ids for t in tiny_model.translate(SOURCES)]
    end = tiny_model.eos_id
    bad = {
        "empty": [[end]] * len(SOURCES),
        "wrong": [[5, 6, 7, end]] * len(SOURCES),
        "too long": [[*ids[:-1], 9, 9, 9, end][:20] for ids in clean],
    }[guess]
    nothing = Setting.everywhere(tiny_model, [], len(SOURCES))
    assert Redecoder(tiny_model, SOURCES).run([nothing], [bad])[0] == clean


def test_guesses_that_do_not_hold_are_no_longer_checked(
    tiny_model: TranslationModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("neurox_core.interventions.redecode._ENOUGH", 5)
    engine = Redecoder(tiny_model, SOURCES)
    checked = []
    original = engine._check
    monkeypatch.setattr(engine, "_check", lambda *a: checked.append(1) or original(*a))
    pool = neurons(tiny_model, "encoder")
    edits = [[Intervention(pool[:n], "set", 3.0)] for n in (15, 12, 14)]
    bad = [[7, 8, 9, 7, 8, 9, 7, 8, 9, tiny_model.eos_id]] * len(SOURCES)
    for edit in edits:
        setting = Setting.everywhere(tiny_model, edit, len(SOURCES))
        (ids,) = engine.run([setting], [bad], lines=["line"])
        assert ids == [t.ids for t in tiny_model.translate(SOURCES, edit)]
    assert len(checked) == 1, "one look was enough"


def test_redecoding_with_beams_equals_beam_search(tiny_model: TranslationModel) -> None:
    edit = [Intervention(neurons(tiny_model, "encoder")[:6], "zero")]
    settings = [Setting.everywhere(tiny_model, e, len(SOURCES)) for e in ([], edit)]
    found = Redecoder(tiny_model, SOURCES, beams=3).run(settings)
    for ids, interventions in zip(found, ([], edit), strict=True):
        assert ids == [t.ids for t in tiny_model.translate(SOURCES, interventions, 3)]


def test_every_point_equals_decoding_and_scoring_from_scratch(
    tiny_recurrent: TranslationModel,
) -> None:
    tiny_model = tiny_recurrent
    order = neurons(tiny_model, "encoder")
    seen: list[tuple[str, int]] = []
    result = ablation_curve(
        tiny_model, CORPUS, order, steps=2, resamples=40,
        on_point=lambda curve, point, _: seen.append((curve.direction, point.ablated)),
    )  # fmt: skip
    clean = [t.text for t in tiny_model.translate(SOURCES)]
    assert [c.direction for c in result.curves] == ["top", "bottom", *["random"] * 5]
    for curve in result.curves:
        ranks = {"top": order, "bottom": order[::-1]}.get(curve.direction)
        if ranks is None:
            mixed = np.random.default_rng(curve.seed).permutation(len(order))
            ranks = [order[i] for i in mixed]
        for point in curve.points:
            edit = [Intervention(ranks[: point.ablated], "zero")]
            texts = [t.text for t in tiny_model.translate(SOURCES, edit)]
            assert curve.translations[point.ablated] == texts
            score = score_corpus(texts, REFERENCES, clean, resamples=40)
            assert point.bleu == score.bleu.value and point.chrf == score.chrf.value
            assert point.bleu_p_value == score.bleu.p_value
            assert point.bleu_interval == pytest.approx(score.bleu.interval, abs=1e-6)
            assert point.changed_sentences == score.changed_sentences
    assert [p.ablated for p in result.curve("top").points] == [0, 8, 16]
    assert len(seen) == 7 * 3 and result.complete
    last = {tuple(c.translations[16]) for c in result.curves}
    assert len(last) == 1, "all orders end with all neurons gone"
    plain = result.to_dict()
    assert plain["curves"][0]["points"][0]["ablated"] == 0 and len(plain["random_bleu"]) == 3
    assert result.signature.startswith("curve:given|op:zero") and "seeds:0+1+2+3+4" in (
        result.signature
    )


def test_areas_and_bands_by_hand(tiny_recurrent: TranslationModel) -> None:
    result = ablation_curve(
        tiny_recurrent, CORPUS, neurons(tiny_recurrent, "encoder"), steps=[2, 10], resamples=20
    )
    for curve in result.curves:
        a, b, c = (p.bleu for p in curve.points)
        assert curve.area() == pytest.approx(((a + b) / 2 * 2 + (b + c) / 2 * 8) / 10)
    random_ = [c.points[2].chrf for c in result.curves if c.direction == "random"]
    assert result.band("chrf")[2] == {
        "ablated": 10, "mean": pytest.approx(sum(random_) / 5),
        "low": min(random_), "high": max(random_),
    }  # fmt: skip


def test_adaptive_steps_go_where_the_score_falls(tiny_recurrent: TranslationModel) -> None:
    result = ablation_curve(
        tiny_recurrent, CORPUS, neurons(tiny_recurrent, "encoder"), steps="adaptive",
        directions=["top"], resamples=10,
    )  # fmt: skip
    counts = [p.ablated for p in result.curves[0].points]
    assert set(range(0, 17, 2)) <= set(counts) and len(counts) > 10 and counts == sorted(counts)


def test_adaptive_steps_do_not_halve_one_jump_again_and_again() -> None:
    def height(ablated: int) -> float:
        return 50 - ablated / 40 if ablated < 700 else 5 - ablated / 400

    points: list[Any] = []
    result: Any = SimpleNamespace(curves=[SimpleNamespace(points=points)])
    for group in counts("adaptive", 1280, result).groups(4):
        points += [SimpleNamespace(ablated=n, height=partial(height, n)) for n in group]
        points.sort(key=lambda point: point.ablated)
    found = [point.ablated for point in points]
    gaps = [b - a for a, b in pairwise(found)]
    assert len(found) == 21 and found[0] == 0 and found[-1] == 1280
    assert min(gaps) > 1, "a jump is not followed down to single neurons"
    assert max(b - a for a, b in pairwise(found) if b < 700) <= 80, "the fall before it is seen too"


def test_resampling_differs_between_sentences_but_not_between_runs(
    tiny_recurrent: TranslationModel,
) -> None:
    model = tiny_recurrent
    order = neurons(model, "encoder")
    arguments: dict[str, Any] = {
        "steps": [8], "directions": ["top"], "operation": "resample", "resamples": 10,
    }  # fmt: skip
    with pytest.raises(MissingStatisticsError, match="ReferenceValues"):
        ablation_curve(model, CORPUS, order, **arguments)
    model.statistics = ReferenceValues.measure(model, SOURCES)
    try:
        first, again = (ablation_curve(model, CORPUS, order, **arguments) for _ in range(2))
        texts = first.curves[0].translations[8]
        assert texts == again.curves[0].translations[8]
        for source, text in zip(SOURCES, texts, strict=True):
            edit = Intervention(order[:8], "resample", seed=sentence_seed(source))
            assert model.translate([source], [edit])[0].text == text
    finally:
        model.statistics = None


def test_a_cancelled_curve_keeps_its_points(
    tiny_recurrent: TranslationModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("neurox_core.interventions.curve._ROWS_TOGETHER", 1)
    seen: list[int] = []
    result = ablation_curve(
        tiny_recurrent, CORPUS, neurons(tiny_recurrent, "encoder"), steps=16, resamples=10,
        on_point=lambda curve, point, _: seen.append(point.ablated),
        cancelled=lambda: len(seen) >= 14,
    )  # fmt: skip
    counts = [len(c.points) for c in result.curves]
    assert not result.complete and counts == [2] * 7


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"steps": 0}, "steps must be 1 or more"),
        ({"steps": [99]}, "between 0 and the 16"),
        ({"steps": "fine"}, "'adaptive'"),
        ({"directions": ["up"]}, "direction is one of"),
        ({"seeds": [1, 2]}, "needs 5 seeds"),
        ({"operation": "set"}, "operation is one of"),
    ],
)
def test_bad_calls_are_refused(
    tiny_recurrent: TranslationModel, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidInputError, match=message):
        ablation_curve(tiny_recurrent, CORPUS, neurons(tiny_recurrent, "encoder"), **changes)


def test_unknown_neurons_are_refused_before_anything_is_decoded(
    tiny_recurrent: TranslationModel,
) -> None:
    with pytest.raises(UnknownAddressError):
        ablation_curve(tiny_recurrent, CORPUS, ["encoder.7.rnn_hidden[0]"])


def test_a_gru_is_decoded_again_as_it_is_decoded_once(
    recurrent_folder: Path, tmp_path: Path
) -> None:
    """A GRU has no cell state; its weights are random here, so outputs run to their limit."""
    torch.manual_seed(1)
    config = json.loads((recurrent_folder / "config.json").read_text())
    module = RecurrentSeq2Seq(RecurrentConfig(**{**config, "cell": "gru"}))
    folder = tmp_path / "gru"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({**config, "cell": "gru"}))
    save_file({k: v.contiguous() for k, v in module.state_dict().items()},
              folder / "model.safetensors")  # fmt: skip
    (folder / "source.spm").write_bytes((recurrent_folder / "source.spm").read_bytes())
    model = load_model(folder)
    engine = Redecoder(model, SOURCES)
    pool = neurons(model, "encoder")
    edits = [[Intervention(pool[:n], "set", 2.0)] for n in (2, 9)]
    settings = [Setting.everywhere(model, e, len(SOURCES)) for e in edits]
    for ids, edit in zip(engine.run(settings), edits, strict=True):
        assert ids == [t.ids for t in model.translate(SOURCES, edit)]
    ranking = [f"encoder.{layer}.rnn_hidden[{u}]" for layer in (0, 1) for u in range(16)]
    pruned = prune_model(folder, ranking, tmp_path / "small", 0.25)
    small = load_model(tmp_path / "small")
    expected = model.translate(SOURCES, pruned.equivalent)
    assert [t.ids for t in small.translate(SOURCES)] == [t.ids for t in expected]
