"""The job of ablation curves: the same points on one process or two, resumed, and cancelled."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from neurox_core.engine.causal import ablate_task
from neurox_core.engine.scoring import Translations
from neurox_core.engine.spread import Spread, WorkerError, deal
from neurox_core.engine.tasks import task
from neurox_core.errors import CancelledError
from neurox_core.interventions import Intervention
from neurox_core.models.base import TranslationModel

PAIRS = [
    ("He left.", "Il est parti."),
    ("She reads a book in the garden.", "Elle lit un livre dans le jardin."),
    ("The men are here.", "Les hommes sont ici."),
    ("They were not at home yesterday.", "Ils étaient à la maison hier."),
    ("The woman sees the two old houses.", "La femme voit les deux vieilles maisons."),
]
NEURONS = [f"encoder.1.rnn_hidden[{u}]" for u in (5, 1, 9, 14, 0, 7)]


class Reporter:
    def __init__(self, stop_after: int | None = None) -> None:
        self.partials: list[Mapping[str, Any]] = []
        self.steps: list[tuple[int, int]] = []
        self._stop_after = stop_after

    def progress(
        self, done: int, total: int, message: str = "", partial: Mapping[str, Any] | None = None
    ) -> None:
        self.steps.append((done, total))
        if partial is not None:
            self.partials.append(partial)

    def cancelled(self) -> bool:
        return self._stop_after is not None and len(self.steps) >= self._stop_after


@pytest.fixture
def parameters(recurrent_folder: Path, tmp_path: Path) -> dict[str, Any]:
    text = tmp_path / "pairs.tsv"
    text.write_text("\n".join("\t".join(pair) for pair in PAIRS), encoding="utf-8")
    return {
        "model": str(recurrent_folder), "corpus": {"path": str(text)}, "neurons": NEURONS,
        "cache": str(tmp_path / "cache"), "steps": 2, "ranking": "mine", "ranking_signature": "s:1",
    }  # fmt: skip


def test_two_processes_give_what_one_gives(parameters: dict[str, Any], tmp_path: Path) -> None:
    one = Reporter()
    alone = ablate_task(parameters, one)
    two = {**parameters, "workers": 2, "cache": str(tmp_path / "other")}
    assert ablate_task(two, Reporter()) == alone
    assert json.loads(json.dumps(alone)) == alone
    assert [len(p["curves"][0]["points"]) for p in one.partials] == [1, 2, 3]
    assert one.steps[-1] == (21, 21)
    assert alone["complete"] and alone["signature"].endswith("|s:1")


def test_points_lead_to_their_translations(
    parameters: dict[str, Any], tiny_recurrent: TranslationModel
) -> None:
    found = ablate_task(parameters, Reporter())
    point = found["curves"][0]["points"][1]
    kept = Translations(Path(parameters["cache"]), point["translations"])
    expected = tiny_recurrent.translate([s for s, _ in PAIRS], [Intervention(NEURONS[:3], "zero")])
    assert kept.of([s for s, _ in PAIRS]) == [t.text for t in expected]


def test_a_cancelled_job_goes_on_where_it_stopped(
    parameters: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("neurox_core.interventions.curve._ROWS_TOGETHER", 1)
    with pytest.raises(CancelledError):
        ablate_task(parameters, Reporter(stop_after=14))
    kept = {path.name for path in Path(parameters["cache"]).iterdir()}
    assert kept
    from neurox_core.interventions import curve

    asked: list[int] = []
    original = curve.LocalDecoder.__call__

    def counting(self: Any, wanted: Any) -> Any:
        asked.extend(sorted({count for _, count in wanted}))
        return original(self, wanted)

    monkeypatch.setattr(curve.LocalDecoder, "__call__", counting)
    found = ablate_task(parameters, Reporter())
    assert asked == [6] and found["complete"], "only the last number was missing"
    asked.clear()
    assert task("ablate")(parameters, Reporter()) == found and asked == []


@pytest.mark.parametrize("operation", ["mean", "resample"])
def test_other_ablations_run_as_jobs(parameters: dict[str, Any], operation: str) -> None:
    changed = {**parameters, "operation": operation, "directions": ["top"], "steps": [2]}
    if operation == "mean":
        from neurox_core.errors import MissingStatisticsError

        with pytest.raises(MissingStatisticsError):
            ablate_task(changed, Reporter())
    else:
        alone = ablate_task(changed, Reporter())
        spread = {**changed, "workers": 2, "cache": parameters["cache"] + "2"}
        assert ablate_task(spread, Reporter()) == alone


def test_parts_hold_every_sentence_once() -> None:
    parts = deal(["a" * (i % 7 + 1) for i in range(23)], 4)
    assert sorted(i for part in parts for i in part) == list(range(23))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_a_child_that_cannot_open_the_model_says_why(tmp_path: Path) -> None:
    with pytest.raises(WorkerError, match="no model"):
        Spread(str(tmp_path / "nothing"), ["a b", "c d"], 2)
