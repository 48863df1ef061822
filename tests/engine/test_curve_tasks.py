"""The job of curves for a model that does not translate: on one process or two, and resumed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from neurox_core.engine.causal import ablate_task
from neurox_core.engine.kept import said
from neurox_core.engine.scoring import Translations
from tests.models.families import build

TEXTS = ["He left.", "She reads a book in the garden.", "The men are here.", "They left the town."]
GOLD = ["good", "bad", "plain", "bad"]


class Reporter:
    """Nobody listens."""

    def progress(self, *values: Any) -> None:
        """See :class:`neurox_core.engine.tasks.Reporter`."""

    def cancelled(self) -> bool:
        """Never."""
        return False


@pytest.mark.parametrize("name", ["gpt2", "bert-classes"])
def test_two_processes_give_what_one_gives_and_nothing_is_done_twice(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(name, tmp_path)
    text = tmp_path / "text.tsv"
    text.write_text("\n".join("\t".join(pair) for pair in zip(TEXTS, GOLD, strict=True)))
    stack = "decoder" if name == "gpt2" else "encoder"
    asked = {
        "model": str(tmp_path / name), "corpus": {"path": str(text)}, "steps": 2,
        "neurons": [f"{stack}.0.resid_post[{u}]" for u in range(6)], "directions": ["top"],
        "cache": str(tmp_path / "one"),
    }  # fmt: skip
    alone = ablate_task(asked, Reporter())
    two = ablate_task({**asked, "workers": 2, "cache": str(tmp_path / "two")}, Reporter())
    for one, other in zip(alone["curves"][0]["points"], two["curves"][0]["points"], strict=True):
        assert one["translations"] == other["translations"]
        for metric, score in one["metrics"].items():
            # Other sentences share a batch, so the last digits of a log-probability may differ.
            assert other["metrics"][metric]["value"] == pytest.approx(score["value"], rel=1e-5)
    monkeypatch.setattr("neurox_core.interventions.curve_outputs.outputs", None)
    assert ablate_task(asked, Reporter()) == alone
    file = Translations(Path(asked["cache"]), alone["curves"][0]["points"][1]["translations"])
    shown = said(file.task, file.get(TEXTS[0], 0) or "")
    assert shown.startswith("perplexity ") if name == "gpt2" else shown in GOLD
