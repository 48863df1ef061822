"""The laws of every translation model: DESIGN.md section 5, on both families, with beams and cache.

Models of width 16, fitted to six pairs, so that outputs vary in tokens and in length.
"""

from __future__ import annotations

import threading
from typing import Any

import pytest
import torch

from neurox_core.errors import (
    InvalidInputError,
    MissingStatisticsError,
    TextTooLongError,
    UnknownAddressError,
)
from neurox_core.interventions import Intervention
from neurox_core.models.base import TranslationModel
from neurox_core.models.search import SearchOptions

TEXTS = [
    "He left.",
    "She reads a book in the garden.",
    "The woman sees the two old houses.",
    "They were not at home yesterday.",
]
SITE = {"recurrent": "encoder.1.rnn_hidden", "huggingface": "encoder.1.resid_post"}
DECODER_SITE = {"recurrent": "decoder.0.rnn_hidden", "huggingface": "decoder.0.ffn_act"}


class Unit:
    """Statistics of mean 0.5 and deviation 2 everywhere."""

    def __init__(self, model: TranslationModel) -> None:
        self.sites = model.sites

    def moments(self, layer: str) -> tuple[list[float], list[float]]:
        return [0.5] * self.sites[layer], [2.0] * self.sites[layer]


def edit(
    model: TranslationModel, *args: Any, units: tuple[int, ...] = (0, 3, 7), **kwargs: Any
) -> Intervention:
    site = kwargs.pop("site", SITE[model.family])
    return Intervention([f"{site}[{u}]" for u in units], *args, **kwargs)


def outcome(results: Any) -> list[tuple[list[int], float]]:
    return [(r.ids, r.score) for r in results]


def strong(model: TranslationModel) -> Intervention:
    return edit(model, "set", 9.0, units=tuple(range(8)))


@pytest.mark.parametrize("beams", [1, 3])
def test_edits_that_change_nothing_are_bitwise_clean(
    tiny_model: TranslationModel, beams: int
) -> None:
    clean = outcome(tiny_model.translate(TEXTS, beams=beams))
    nothing = [
        [],
        [Intervention([], "zero")],
        [edit(tiny_model, "scale", 1.0)],
        [edit(tiny_model, "add", 0.0)],
        [edit(tiny_model, "zero", positions=[])],
    ]
    for interventions in nothing:
        assert outcome(tiny_model.translate(TEXTS, interventions, beams)) == clean


def test_an_edit_changes_the_output_and_leaves_the_model_clean(
    tiny_model: TranslationModel,
) -> None:
    clean = outcome(tiny_model.translate(TEXTS))
    assert outcome(tiny_model.translate(TEXTS, [strong(tiny_model)])) != clean
    assert outcome(tiny_model.translate(TEXTS)) == clean


def test_every_site_takes_an_edit_that_reaches_the_output(tiny_model: TranslationModel) -> None:
    source, target = (
        [tiny_model.checked(TEXTS[1])],
        [tiny_model.tokenize("Elle lit un livre.", "target")],
    )
    clean = tiny_model.forward(source, target, logprobs=True).logprobs
    for site, width in tiny_model.sites.items():
        off = Intervention([f"{site}[{u}]" for u in range(width)], "set", 3.0)
        changed = tiny_model.forward(source, target, interventions=[[off]], logprobs=True).logprobs
        assert not torch.allclose(clean, changed, atol=1e-4), site


def test_captures_show_the_edited_value_at_the_named_positions_only(
    tiny_model: TranslationModel,
) -> None:
    for site in (SITE[tiny_model.family], DECODER_SITE[tiny_model.family]):
        sources = [tiny_model.checked(t) for t in TEXTS[:2]]
        targets = [tiny_model.tokenize(t, "target") for t in ("Il est parti.", "Elle lit.")]
        put = Intervention([f"{site}[5]"], "set", -4.0, positions=[0, 2])
        clean = tiny_model.forward(sources, targets, [site]).activations[site]
        changed = tiny_model.forward(sources, targets, [site], [[put], []]).activations[site]
        assert (changed[0, [0, 2], 5] == -4.0).all()
        assert torch.equal(changed[0, [1, 3], 5], clean[0, [1, 3], 5])
        assert torch.equal(changed[1], clean[1])


@pytest.mark.parametrize("beams", [1, 3])
def test_each_row_equals_what_it_would_be_alone(tiny_model: TranslationModel, beams: int) -> None:
    model = tiny_model
    rows = [
        [],
        [strong(model)],
        [edit(model, "scale", -2.0, site=DECODER_SITE[model.family])],
        [edit(model, "zero")],
    ]
    together = model.translate(TEXTS, rows, beams)
    for text, row, result in zip(TEXTS, rows, together, strict=True):
        alone = model.translate([text], row, beams)[0]
        assert alone.ids == result.ids
        assert alone.score == pytest.approx(result.score, abs=1e-4)


@pytest.mark.parametrize("beams", [1, 4])
@pytest.mark.parametrize("positions", [None, [0, 2, 3]])
def test_decoded_score_equals_the_teacher_forced_score(
    tiny_model: TranslationModel, beams: int, positions: list[int] | None
) -> None:
    """Cached, step-by-step decoding and one uncached pass agree, edits on both stacks included."""
    model = tiny_model
    rows = [
        edit(model, "set", 2.0, positions=positions),
        edit(model, "set", -2.0, site=DECODER_SITE[model.family], positions=positions),
    ]
    sources = [model.checked(t) for t in TEXTS]
    found = model.search(sources, [rows] * len(TEXTS), SearchOptions(beams=beams, max_length=24))
    for source, hypotheses in zip(sources, found, strict=True):
        for best in hypotheses:
            target = model.tokenize("", "target")
            target = type(target)("", list(best.ids), [], [], [], [])
            forced = model.forward([source], [target], interventions=[rows], logprobs=True).logprobs
            assert forced is not None
            assert float(forced.sum()) / len(best.ids) == pytest.approx(best.score, abs=2e-4)


def test_padding_changes_nothing(tiny_model: TranslationModel) -> None:
    site, deep = SITE[tiny_model.family], DECODER_SITE[tiny_model.family]
    sources = [tiny_model.checked(t) for t in TEXTS]
    targets = [
        tiny_model.tokenize(t, "target")
        for t in ("Il est parti.", "Elle lit.", "La femme voit.", "Ils.")
    ]
    together = tiny_model.forward(sources, targets, [site, deep])
    for row, (source, target) in enumerate(zip(sources, targets, strict=True)):
        alone = tiny_model.forward([source], [target], [site, deep])
        n, m = len(source.ids), len(target.ids)
        assert torch.allclose(
            together.activations[site][row, :n], alone.activations[site][0], atol=1e-5
        )
        assert torch.allclose(
            together.activations[deep][row, :m], alone.activations[deep][0], atol=1e-5
        )


def test_two_threads_never_see_each_others_edits(tiny_model: TranslationModel) -> None:
    clean, changed = (
        outcome(tiny_model.translate(TEXTS)),
        outcome(tiny_model.translate(TEXTS, [strong(tiny_model)])),
    )
    wrong: list[str] = []

    def work(interventions: list[Intervention], expected: Any) -> None:
        for _ in range(8):
            if outcome(tiny_model.translate(TEXTS, interventions)) != expected:
                wrong.append("contaminated")

    threads = [
        threading.Thread(target=work, args=a)
        for a in (([], clean), ([strong(tiny_model)], changed))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_failed_run_leaves_the_model_clean(tiny_model: TranslationModel) -> None:
    clean = outcome(tiny_model.translate(TEXTS))
    with pytest.raises(UnknownAddressError, match="units, 0 to"):
        tiny_model.translate(TEXTS, [edit(tiny_model, "zero", units=(999,))])
    calls = iter([False, True])

    def stop() -> bool:
        return next(calls)

    from neurox_core.errors import CancelledError

    with pytest.raises(CancelledError):
        tiny_model.translate(TEXTS, [strong(tiny_model)], cancelled=stop)
    assert outcome(tiny_model.translate(TEXTS)) == clean


def test_means_and_sigma_need_statistics_and_use_them(tiny_model: TranslationModel) -> None:
    tiny_model.statistics = None
    with pytest.raises(MissingStatisticsError, match="mean and deviation"):
        tiny_model.translate(TEXTS[:1], [edit(tiny_model, "mean")])
    site = SITE[tiny_model.family]
    source = [tiny_model.checked(TEXTS[0])]
    tiny_model.statistics = Unit(tiny_model)
    try:
        rows = [
            edit(tiny_model, "mean"),
            edit(tiny_model, "set", 3.0, unit="sigma", units=(1,)),
            edit(tiny_model, "add", -1.0, unit="sigma", units=(2,)),
        ]
        clean = tiny_model.forward(source, capture=[site]).activations[site][0]
        changed = tiny_model.forward(source, capture=[site], interventions=[rows]).activations[
            site
        ][0]
    finally:
        tiny_model.statistics = None
    assert (changed[:, [0, 3, 7]] == 0.5).all()
    assert (changed[:, 1] == 6.5).all()
    assert torch.allclose(changed[:, 2], clean[:, 2] - 2.0)


def test_interventions_compose_in_their_order(tiny_model: TranslationModel) -> None:
    site = SITE[tiny_model.family]
    source = [tiny_model.checked(TEXTS[0])]
    one = [
        edit(tiny_model, "set", 2.0),
        edit(tiny_model, "scale", 3.0),
        edit(tiny_model, "add", 1.0),
    ]
    two = [
        edit(tiny_model, "add", 1.0),
        edit(tiny_model, "zero", positions=[1]),
        edit(tiny_model, "add", 5.0),
    ]
    clean = tiny_model.forward(source, capture=[site]).activations[site][0]
    first = tiny_model.forward(source, capture=[site], interventions=[one]).activations[site][0]
    second = tiny_model.forward(source, capture=[site], interventions=[two]).activations[site][0]
    assert (first[:, 3] == 7.0).all()
    assert second[1, 3] == 5.0
    assert torch.allclose(second[0, 3], clean[0, 3] + 6.0)


def test_a_batch_needs_one_list_of_interventions_a_row(tiny_model: TranslationModel) -> None:
    sources = [tiny_model.checked(t) for t in TEXTS]
    off = [edit(tiny_model, "zero")]
    with pytest.raises(InvalidInputError, match="4 sources but 1 interventions"):
        tiny_model.search(sources, [off], SearchOptions())
    with pytest.raises(InvalidInputError, match="4 sources but 2 targets"):
        tiny_model.forward(sources, sources[:2], logprobs=True)
    with pytest.raises(InvalidInputError, match="list of 4 such lists"):
        tiny_model.translate(TEXTS, [off, off])


def test_prefixes_begin_the_translation_and_their_limits_are_their_own(
    tiny_model: TranslationModel,
) -> None:
    prefixes = ["Elle lit", "", "La femme", "Ils"]
    found = tiny_model.translate(TEXTS, prefixes=prefixes)
    for prefix, result in zip(prefixes, found, strict=True):
        assert result.text.startswith(prefix)
    assert tiny_model.translate(["He left."], prefixes=["La femme voit les deux vieilles maisons"])
    for wrong in (["Il"], "Ils "):
        with pytest.raises(InvalidInputError, match="list of 4 prefixes"):
            tiny_model.translate(TEXTS, prefixes=wrong)


def test_limits_hold_for_each_text_alone(tiny_model: TranslationModel) -> None:
    both = tiny_model.translate(TEXTS[:2], min_length=40)
    assert [len(r.ids) >= 40 for r in both] == [True, True]
    assert both[0].ids == tiny_model.translate(TEXTS[:1], min_length=40)[0].ids
    short = tiny_model.translate(TEXTS, max_length=2)
    assert all(len(r.ids) <= 2 for r in short) and any(r.truncated for r in short)
    for wrong in ({"max_length": 0}, {"batch_size": 0}):
        with pytest.raises(InvalidInputError, match="1 or more"):
            tiny_model.translate(TEXTS, **wrong)


LONG = "word " * 10_000


def test_bad_text_is_refused_with_its_reason(tiny_model: TranslationModel) -> None:
    with pytest.raises(InvalidInputError, match="empty"):
        tiny_model.translate(["He left.", "  "])
    with pytest.raises(TextTooLongError, match="tokens"):
        tiny_model.translate([LONG])
    # Of many, all are named, before any is decoded.
    many = [LONG if i % 2 else "He left." for i in range(13)]
    said = (
        rf"^6 of 13 texts have more than the {tiny_model.max_tokens} tokens .*: text 2 has \d+ "
        r"\('word word .*; text 10 has .*; and 1 more\. Shorten"
    )
    with pytest.raises(TextTooLongError, match=said):
        tiny_model.translate(many)
    with pytest.raises(InvalidInputError, match="^Text 2 of 2: .* empty"):
        tiny_model.translate(["He left.", "  "])
    with pytest.raises(UnknownAddressError, match="Did you mean"):
        tiny_model.forward(
            [tiny_model.checked("He left.")], capture=[SITE[tiny_model.family] + "s"]
        )


def test_one_intervention_is_a_list_of_one_and_anything_else_is_refused(tiny_model: Any) -> None:
    layer = tiny_model.layers[0]
    off = Intervention([f"{layer}[0]"], "scale", 3.0)
    alone = tiny_model.translate(["He left."], interventions=off)
    assert alone == tiny_model.translate(["He left."], interventions=[off])
    with pytest.raises(InvalidInputError, match="one list of interventions"):
        tiny_model.translate(["He left."], interventions=[f"{layer}[0]"])
