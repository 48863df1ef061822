"""Transformer rows that take over each other's places write what greedy search writes."""

from __future__ import annotations

import random
from typing import Any

import pytest

from neurox_core.errors import CancelledError
from neurox_core.interventions import Intervention
from neurox_core.interventions.filling import Filling
from neurox_core.interventions.redecode import Redecoder
from neurox_core.interventions.settings import Setting
from neurox_core.models.base import TranslationModel
from neurox_core.models.plain_decoder import PlainDecoder

SOURCES = [
    "He left.",
    "She reads a book in the garden.",
    "The woman sees the two old houses.",
    "They were not at home yesterday.",
    "The men are here.",
    "I do not know why he left the town.",
    "He left.",
]


def settings_of(model: TranslationModel, edits: list[list[Intervention]]) -> list[Setting]:
    return [Setting.everywhere(model, edit, len(SOURCES)) for edit in edits]


def edits_in(model: TranslationModel, *sites: str) -> list[list[Intervention]]:
    pool = [f"{site}[{u}]" for site in sites for u in range(model.sites[site])]
    random.Random(1).shuffle(pool)
    return [[Intervention(pool[:n], "set", 0.7)] for n in (2, 6, 12)]


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Rows of each step from here on."""
    seen: list[int] = []
    step = PlainDecoder.step

    def counted(self: PlainDecoder, words: Any, at: Any, *others: Any) -> Any:
        seen.append(len(words))
        return step(self, words, at, *others)

    monkeypatch.setattr(PlainDecoder, "step", counted)
    return seen


@pytest.mark.parametrize(
    ("size", "known"), [(3, "nothing"), (2, "the clean output"), (256, "the clean output")]
)
@pytest.mark.parametrize(
    "sites",
    [
        ("encoder.1.resid_post",),
        ("encoder.0.ffn_act",),
        ("decoder.0.ffn_act", "decoder.1.cross_attn_heads"),
        ("encoder.1.resid_post", "decoder.1.resid_post"),
    ],
)
def test_outputs_are_those_of_greedy_search(
    tiny_marian: TranslationModel, monkeypatch: pytest.MonkeyPatch, rows: list[int],
    sites: tuple[str, ...], known: str, size: int,
) -> None:  # fmt: skip
    """Few places, so that rows of other sentences, settings and lengths follow in them."""
    monkeypatch.setattr("neurox_core.interventions.filling.ROWS", size)
    monkeypatch.setattr("neurox_core.interventions.filling._PLACES", 1)
    edits = edits_in(tiny_marian, *sites)
    engine = Redecoder(tiny_marian, SOURCES)
    clean = engine.clean()
    settings = settings_of(tiny_marian, edits)
    guesses = None if known == "the clean output" else [[[tiny_marian.eos_id]] * len(SOURCES)] * 3
    del rows[:]
    found = engine.run(settings, guesses)
    assert rows and max(rows) <= size
    changed = 0
    for ids, edit in zip(found, edits, strict=True):
        expected = [t.ids for t in tiny_marian.translate(SOURCES, edit)]
        assert ids == expected
        changed += expected != clean
    assert changed > 1


def test_rows_that_read_the_same_are_decoded_once(
    tiny_marian: TranslationModel, rows: list[int]
) -> None:
    """Two orders end with all neurons gone, where sentences of one length are all alike."""
    site = "encoder.1.resid_post"
    pool = [f"{site}[{u}]" for u in range(tiny_marian.sites[site])]
    edits = [[Intervention(order, "zero")] for order in (pool, pool[::-1])]
    found = Redecoder(tiny_marian, SOURCES).run(
        settings_of(tiny_marian, edits), [[[5]] * len(SOURCES)] * 2
    )
    expected = [t.ids for t in tiny_marian.translate(SOURCES, edits[0])]
    assert found == [expected, expected]
    lengths = {len(tiny_marian.checked(text).ids) for text in SOURCES}
    assert max(rows) == len(lengths) < len(SOURCES)


def test_the_same_memory_under_other_edits_of_the_decoder_is_decoded_again(
    tiny_marian: TranslationModel, rows: list[int]
) -> None:
    edits = edits_in(tiny_marian, "decoder.0.ffn_act")[-2:]
    found = Redecoder(tiny_marian, SOURCES).run(
        settings_of(tiny_marian, edits), [[[tiny_marian.eos_id]] * len(SOURCES)] * 2
    )
    assert found[0] != found[1] and max(rows) == 2 * len(set(SOURCES))


def test_the_output_that_a_model_forces_to_begin_is_kept(
    tiny_marian: TranslationModel, rows: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiny_marian, "forced_start", (9,))
    edits = edits_in(tiny_marian, "encoder.1.resid_post")[:2]
    engine = Redecoder(tiny_marian, SOURCES)
    assert engine.clean() == [t.ids for t in tiny_marian.translate(SOURCES)]
    found = engine.run(settings_of(tiny_marian, edits), [[[9, 5, 6]] * len(SOURCES)] * 2)
    assert rows and found == [[t.ids for t in tiny_marian.translate(SOURCES, e)] for e in edits]
    assert all(ids[0] == 9 for ids in found[0])


def test_cancelling_stops_between_two_steps(tiny_marian: TranslationModel, rows: list[int]) -> None:
    edits = edits_in(tiny_marian, "encoder.1.resid_post")
    engine = Redecoder(tiny_marian, SOURCES)
    engine.clean()
    del rows[:]
    with pytest.raises(CancelledError):
        engine.run(settings_of(tiny_marian, edits), None, lambda: len(rows) >= 3)
    assert len(rows) == 3


def test_edits_tied_to_positions_go_through_the_ordinary_search(
    tiny_marian: TranslationModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows at different positions share none."""
    monkeypatch.setattr(Filling, "run", lambda *_: pytest.fail("not here"))
    engine = Redecoder(tiny_marian, SOURCES)
    engine._clean = [t.ids for t in tiny_marian.translate(SOURCES)]
    edit = [Intervention(["decoder.0.ffn_act[1]"], "set", 9.0, positions=[1, 2])]
    found = engine.run(settings_of(tiny_marian, [edit]))
    assert found == [[t.ids for t in tiny_marian.translate(SOURCES, edit)]]


def test_recurrent_layers_are_computed_once_for_settings_that_only_edit_what_is_attended_to(
    tiny_recurrent: TranslationModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The decoder's own states depend on the sentence and the words alone."""
    module: Any = tiny_recurrent.module
    seen: list[tuple[int, int]] = []
    read = type(module).read

    def counted(self: Any, ids: Any, memory: Any, states: Any, mask: Any, alike: Any = None) -> Any:
        seen.append((len(ids), len(ids) if alike is None else len(alike[0])))
        return read(self, ids, memory, states, mask, alike)

    monkeypatch.setattr(type(module), "read", counted)
    site = "encoder.1.rnn_hidden"
    edits = [[Intervention([f"{site}[{u}]"], "add", 1e-3)] for u in range(4)]
    strong = [[Intervention([f"{site}[{u}]" for u in range(n)], "set", 2.0)] for n in (6, 12)]
    deeper = [[Intervention([f"encoder.0.rnn_hidden[{u}]"], "add", 1e-3)] for u in range(4)]
    engine = Redecoder(tiny_recurrent, SOURCES)
    engine.clean()
    bad = [[tiny_recurrent.eos_id]] * len(SOURCES)
    rows = {}
    for name, some in (("output", edits + strong), ("deeper", deeper)):
        del seen[:]
        found = engine.run(settings_of(tiny_recurrent, some), [bad] * len(some))
        rows[name] = [shared / all_ for all_, shared in seen]
        for ids, edit in zip(found, some, strict=True):
            assert ids == [t.ids for t in tiny_recurrent.translate(SOURCES, edit)]
    assert min(rows["output"]) <= 0.6 and set(rows["deeper"]) == {1.0}
