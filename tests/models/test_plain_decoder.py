"""A decoder whose rows stand at different positions computes what the library's computes."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from neurox_core.interventions import Intervention
from neurox_core.models.base import TranslationModel
from neurox_core.models.plain_decoder import PlainDecoder, Source
from neurox_core.models.taps import Run, running


def decoder_of(model: TranslationModel) -> PlainDecoder:
    found = PlainDecoder.of(model)
    assert found is not None
    return found


@pytest.mark.parametrize("name", ["bart", "mbart", "pegasus"])
def test_norm_before_and_after_are_both_known(open_family: Any, name: str) -> None:
    _, model = open_family(name)
    decoder_of(model)


@pytest.mark.parametrize("name", ["t5", "m2m100"])
def test_what_computes_otherwise_is_left_to_the_library(open_family: Any, name: str) -> None:
    """T5 has distances for positions, M2M100 a table that is computed."""
    _, model = open_family(name)
    assert PlainDecoder.of(model) is None


def test_a_recurrent_model_has_none(tiny_recurrent: TranslationModel) -> None:
    assert PlainDecoder.of(tiny_recurrent) is None


def test_a_network_that_differs_in_one_thing_is_refused(
    tiny_marian: TranslationModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parts of the right names prove nothing; the numbers have to agree."""
    decoder_of(tiny_marian)
    monkeypatch.setattr(PlainDecoder, "_last", lambda self, norm, x: x)
    assert PlainDecoder.of(tiny_marian) is None


def test_rows_at_different_positions_under_different_edits(tiny_marian: TranslationModel) -> None:
    """Each row against the library's decoder, alone, teacher-forced and edited in the decoder."""
    model: Any = tiny_marian
    plain = decoder_of(model)
    layer = "decoder.0.ffn_act"
    edits = [
        [],
        [Intervention([f"{layer}[{u}]" for u in range(9)], "set", 2.0)],
        [Intervention(["decoder.1.resid_pre[3]", "decoder.1.self_attn_heads[5]"], "scale", -4.0)],
    ]
    texts = torch.tensor([[model.start_id, 5, 9, 3], [model.start_id, 7, 7, 2], [8, 3, 3, 4]])
    sources = [[5, 6, 0], [9, 8, 7, 6, 5, 0], [4, 0]]
    ids, mask = model.batch(sources)
    with running(None):
        memory = model.encode(ids, mask)
        source = plain.source(memory.states, mask)
    expected = []
    for row, edit in enumerate(edits):
        run = Run(model.plan([edit]) or None)
        run.place("decoder", 0, torch.tensor([0]))
        own = model.select(memory, torch.tensor([row]))
        with running(run):
            expected.append(model.decode(own, texts[row : row + 1])[0])
    run = Run(model.plan(edits))
    rows = torch.arange(3)
    run.place("decoder", 0, rows)
    started = torch.tensor([2, 0, 1])
    with running(run):
        _, kept = plain.read(texts, source)
        written = plain.blank(3, 2)
        for row, count in enumerate(started.tolist()):
            part = [(k[row : row + 1, :, :count], v[row : row + 1, :, :count])
                    for k, v in kept.layers]  # fmt: skip
            written.put(rows[row : row + 1], type(written)(part))
        for offset in range(2):
            at = started + offset
            written.make_room(4)
            hidden = plain.step(texts[rows, at], at, written, source)
            for row in range(3):
                torch.testing.assert_close(
                    hidden[row], expected[row][at[row]], atol=1e-4, rtol=1e-4
                )
    assert not torch.allclose(expected[1], expected[0], atol=1e-2)


def test_a_place_that_is_taken_over_reads_only_its_own_source(
    tiny_marian: TranslationModel,
) -> None:
    model: Any = tiny_marian
    plain = decoder_of(model)
    long, short = (model.batch([row]) for row in ([5, 6, 7, 8, 9, 4, 0], [3, 0]))
    with running(None):
        made = [plain.source(model.encode(*one).states, one[1]) for one in (long, short)]
        words, at = torch.tensor([model.start_id]), torch.tensor([0])
        expected = plain.step(words, at, plain.blank(1, 1), made[1])
        table = Source([(k.clone(), v.clone()) for k, v in made[0].layers], made[0].hidden.clone())
        table.put(torch.tensor([0]), made[1])
        found = plain.step(words, at, plain.blank(1, 1), table)
        torch.testing.assert_close(found, expected)
        table.shorten(2)
        torch.testing.assert_close(plain.step(words, at, plain.blank(1, 1), table), expected)
        table.put(torch.tensor([0]), made[0])
        longer = plain.step(words, at, plain.blank(1, 1), table)
        torch.testing.assert_close(longer, plain.step(words, at, plain.blank(1, 1), made[0]))
