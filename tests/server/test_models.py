"""Models of other kinds behind the page: how their texts are written, and what the check says."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from neurox_server.views import direction_of

from .conftest import Api


@pytest.mark.parametrize(
    ("language", "direction"),
    [
        ("en", "ltr"), ("fra_Latn", "ltr"), ("zh", "ltr"), ("ar", "rtl"), ("ar_AR", "rtl"),
        ("arb_Arab", "rtl"), ("heb_Hebr", "rtl"), ("fa-IR", "rtl"), ("und", "auto"), ("", "auto"),
        ("heb", "rtl"), ("ara", "rtl"), ("arb_Latn", "ltr"), ("pa_Arab_PK", "rtl"),
    ],
)  # fmt: skip
def test_the_direction_of_writing_follows_script_or_language(language: str, direction: str) -> None:
    assert direction_of(language) == direction


def test_checks_of_other_kinds_of_models(api: Api, open_family: Any, tmp_path: Path) -> None:
    """Settings that are not taken over are named; languages stand behind a folder's name."""
    folder, _ = open_family("t5")
    shutil.copytree(folder, tmp_path / "own")
    file = tmp_path / "own" / "generation_config.json"
    settings = json.loads(file.read_text()) | {"num_beams": 4, "no_repeat_ngram_size": 3}
    file.write_text(json.dumps(settings))
    many, _ = open_family("nllb")
    reference = f"{many}:eng_Latn:fra_Latn"
    asked = [
        api.post("/check", {"model": m}, 202)["id"]
        for m in (str(tmp_path / "own"), reference, str(many))
    ]
    own, chosen, alone = (api.wait(job) for job in asked)
    report = own["result"]
    assert report["ok"] and list(report["own_settings"]) == ["num_beams = 4"]
    kept = [a for a in report["abilities"] if "no_repeat_ngram_size = 3" in a["name"]]
    assert kept and kept[0]["possible"]
    report = chosen["result"]
    assert (report["source_language"], report["target_language"]) == ("eng_Latn", "fra_Latn")
    assert alone["state"] == "failed" and "NAME:SOURCE:TARGET" in alone["error"]["message"]
    body = {"title": "Many tongues", "models": [reference], "sources": "He left.\n"}
    made = api.post("/projects", body, 201)
    (model,) = api.get(f"/projects/{made['id']}")["models"]
    assert model["target_language"] == "fra_Latn" and model["target_direction"] == "ltr"
    answer = api.post(f"/projects/{made['id']}/translate", {
        "project": made["id"], "model": model["name"], "texts": ["He left."], "request": 1,
        "settings": [],
    })  # fmt: skip
    assert answer["items"][0]["baseline"]["view"]["pieces"][0] == "fra_Latn"
