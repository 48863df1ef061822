"""Scores of a corpus as jobs: values, partial results, what is used again, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from neurox_core import Intervention
from neurox_core.errors import CancelledError
from neurox_server.contracts import ScoreResult
from neurox_server.settings import Settings

from .conftest import PAIRS, Api

OFF: dict[str, Any] = {
    "neurons": ["encoder.1.rnn_hidden[3]", "encoder.0.rnn_hidden[1]"],
    "operation": "set",
    "value": 20.0,
}


def test_scores_are_sacrebleus_of_the_models_translations(
    api: Api, tiny_recurrent: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF

    job = api.post("/projects/tiny/score", {"model": "lstm", "interventions": [OFF]}, 202)
    ended = api.wait(job["id"])
    assert ended["state"] == "done", ended
    result = ScoreResult.model_validate(ended["result"])
    assert result.complete and result.scored == 8 and result.model == "lstm"
    edit = Intervention(OFF["neurons"], "set", 20.0)
    for part in result.parts:
        pairs = [(s, r) for p, s, r in PAIRS if part.part in (p, "all")]
        assert part.sentences == len(pairs)
        references = [[r for _, r in pairs]]
        clean = [t.text for t in tiny_recurrent.translate([s for s, _ in pairs])]
        changed = [t.text for t in tiny_recurrent.translate([s for s, _ in pairs], [edit])]
        assert part.changed_sentences == sum(a != b for a, b in zip(clean, changed, strict=True))
        assert part.bleu == pytest.approx(BLEU().corpus_score(changed, references).score)
        assert part.bleu_baseline == pytest.approx(BLEU().corpus_score(clean, references).score)
        assert part.chrf == pytest.approx(CHRF().corpus_score(changed, references).score)
        assert part.chrf_baseline == pytest.approx(CHRF().corpus_score(clean, references).score)
        assert part.bleu_p_value is not None and 0 < part.bleu_p_value <= 1
    assert {p.part for p in result.parts} == {"everyday", "natural", "all"}
    assert "version:" in result.bleu_signature and "bs:" in result.bleu_signature


def test_a_score_without_changes_has_no_difference(api: Api) -> None:
    job = api.post(
        "/projects/tiny/score", {"model": "marian", "interventions": [], "part": "natural"}, 202
    )
    result = ScoreResult.model_validate(api.wait(job["id"])["result"])
    (part,) = result.parts
    assert (part.part, part.sentences, part.changed_sentences) == ("natural", 4, 0)
    assert part.bleu == part.bleu_baseline and part.bleu_p_value is None


def test_translations_on_disk_are_used_again(
    serve: Callable[..., Flask],
    tiny_recurrent: Any,
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
) -> None:
    monkeypatch.setattr("neurox_core.engine.scoring.BATCH", 3)
    translated: list[int] = []
    translate = type(tiny_recurrent).translate

    def counted(self: Any, texts: Any, changes: Any = (), *rest: Any, **options: Any) -> Any:
        if len(translated) == 3:
            raise CancelledError("killed")
        translated.append(len(texts))
        return translate(self, texts, changes, *rest, **options)

    monkeypatch.setattr(type(tiny_recurrent), "translate", counted)
    body = {"model": "lstm", "interventions": [OFF]}
    api = Api(serve().test_client())
    cut = api.wait(api.post("/projects/tiny/score", body, 202)["id"])
    assert cut["state"] == "cancelled" and len(translated) == 3
    monkeypatch.setattr(type(tiny_recurrent), "translate", translate)
    resumed: list[Any] = []

    def watched(self: Any, texts: Any, changes: Any = (), *rest: Any, **options: Any) -> Any:
        resumed.append(int(any(changes)))
        return translate(self, texts, changes, *rest, **options)

    monkeypatch.setattr(type(tiny_recurrent), "translate", watched)
    again = api.wait(api.post("/projects/tiny/score", body, 202)["id"])
    assert again["state"] == "done"
    assert sorted(resumed) == [0, 1, 1]  # Six batches in all, three of which were done.
    resumed.clear()
    other = body | {"interventions": [OFF | {"value": -20.0}]}
    assert api.wait(api.post("/projects/tiny/score", other, 202)["id"])["state"] == "done"
    assert resumed == [1, 1, 1]  # The clean side is known.
    kept = next((settings.workspace / "translations").iterdir())
    kept.write_text("not json")
    third = body | {"interventions": [OFF | {"value": -10.0}]}
    assert api.wait(api.post("/projects/tiny/score", third, 202)["id"])["state"] == "done"


def test_partial_scores_are_shown(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("neurox_core.engine.scoring.BATCH", 1)
    monkeypatch.setattr("neurox_core.engine.scoring._SHOWN_EVERY", -1.0)
    seen: list[Any] = []
    monkeypatch.setattr(
        "neurox_server.sockets.publish", lambda socketio, job: seen.append(job.result)
    )
    job = api.post("/projects/tiny/score", {"model": "lstm", "interventions": [OFF]}, 202)
    api.wait(job["id"])
    partial = [r for r in seen if r is not None and not r.complete]
    assert partial and 0 < partial[0].scored < 8
    assert seen[-1].complete


@pytest.mark.parametrize(
    ("change", "status", "word"),
    [
        ({"part": "none"}, 404, "'none'"),
        ({"interventions": [OFF | {"operation": "mean"}]}, 409, "mean"),
        ({"interventions": [OFF | {"neurons": ["encoder.1.rnn_hidden[99]"]}]}, 422, "16 units"),
        ({"interventions": None}, 422, "interventions"),
        ({"beams": 11}, 422, "beams"),
    ],
)
def test_wrong_score_requests(api: Api, change: dict[str, Any], status: int, word: str) -> None:
    body = {"model": "lstm", "interventions": [OFF], **change}
    assert word in api.post("/projects/tiny/score", body, status)["error"]["message"]
