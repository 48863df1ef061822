"""A draft never changes what greedy search finds: both families, under edits, alone and batched."""

from __future__ import annotations

import random

import pytest

from neurox_core.interventions import Intervention
from neurox_core.models.base import TranslationModel
from neurox_core.models.search import SearchOptions
from tests.models.test_laws import DECODER_SITE, SITE, TEXTS


def edits(model: TranslationModel) -> list[list[Intervention]]:
    """None, in the encoder, in the decoder at all and at one position, inside the recurrence."""
    here, there = SITE[model.family], DECODER_SITE[model.family]
    found = [
        [],
        [Intervention([f"{here}[{u}]" for u in range(8)], "set", 4.0)],
        [Intervention([f"{there}[{u}]" for u in range(8)], "set", 3.0)],
        [Intervention([f"{there}[2]"], "add", 5.0, positions=(2, 5))],
    ]
    if model.family == "recurrent":
        found.append([Intervention(["decoder.1.rnn_cell[1]"], "set", 2.0, scope="recurrence")])
    return found


def drafts_of(right: list[int], eos: int) -> list[list[int]]:
    """The result itself, nothing, and drafts that differ at the start, within and at the end."""
    changed = list(right)
    changed[len(right) // 2] = right[0] + 1
    return [
        right, [], right[: len(right) // 2], [right[0] + 1, *right[1:]], changed,
        right[: len(right) // 2] + right[len(right) // 2 + 1 :],  # one token fewer
        [*right[:2], 5, *right[2:]], [*right[:-1], *right], [eos], [7] * 60,
    ]  # fmt: skip


@pytest.mark.parametrize("minimum", [0, 12])
def test_the_result_does_not_depend_on_the_draft(
    tiny_model: TranslationModel, minimum: int
) -> None:
    model = tiny_model
    for setting in edits(model):
        for text in TEXTS[:2]:
            source = [model.checked(text)]
            options = {"max_length": 20, "min_length": minimum, "alternatives": 3}
            plain = model.search(source, [setting], SearchOptions(**options))[0][0]
            every = drafts_of(plain.ids, model.eos_id)
            several = [[], every[3:7], every[::-1], [every[4], every[6]]]
            for draft in [*([one] for one in every), *several]:
                told: list[list[int]] = []
                found = model.search(
                    source, [setting], SearchOptions(drafts=[draft], **options),
                    on_token=lambda _, ids, told=told: told.append(ids[0]),
                )[0][0]  # fmt: skip
                assert found.ids == plain.ids, (setting, text, draft)
                assert found.logprobs == pytest.approx(plain.logprobs, abs=1e-4)
                assert found.score == pytest.approx(plain.score, abs=1e-4)
                assert [[i for i, _ in step] for step in found.alternatives or []] == [
                    [i for i, _ in step] for step in plain.alternatives or []
                ]
                assert told[-1] == plain.ids


def test_rows_of_a_batch_keep_their_own_drafts_prefixes_and_limits(
    tiny_model: TranslationModel,
) -> None:
    model = tiny_model
    settings = [edits(model)[i % 3] for i in range(8)]
    sources = [model.checked(TEXTS[i % 4]) for i in range(8)]
    limits = [20, 20, 7, 20, 9, 20, 20, 20]
    prefixes = [[] if i % 3 else [4, 5] for i in range(8)]
    fixed = {"max_length": 20, "max_lengths": limits, "prefixes": prefixes}
    plain = [best[0] for best in model.search(sources, settings, SearchOptions(**fixed))]
    draw = random.Random(0)
    for _ in range(10):
        drafts = [
            draw.sample(drafts_of(best.ids, model.eos_id), draw.randint(0, 3)) for best in plain
        ]
        found = model.search(sources, settings, SearchOptions(drafts=drafts, **fixed))
        assert [best[0].ids for best in found] == [best.ids for best in plain]
        for (ours,), theirs in zip(found, plain, strict=True):
            assert ours.logprobs == pytest.approx(theirs.logprobs, abs=1e-4)
