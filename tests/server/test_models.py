"""Models of other kinds behind the page: how their texts are written, and what the check says."""

from __future__ import annotations

from typing import Any

import pytest

from neurox_server.views import direction_of

from .conftest import Api


@pytest.mark.parametrize(
    ("language", "direction"),
    [
        ("en", "ltr"), ("fra_Latn", "ltr"), ("zh", "ltr"), ("ar", "rtl"), ("ar_AR", "rtl"),
        ("arb_Arab", "rtl"), ("heb_Hebr", "rtl"), ("fa-IR", "rtl"), ("und", "auto"), ("", "auto"),
    ],
)  # fmt: skip
def test_the_direction_of_writing_follows_script_or_language(language: str, direction: str) -> None:
    assert direction_of(language) == direction


def test_a_check_names_the_settings_that_are_not_taken_over(
    api: Api, open_family: Any, tmp_path: Any
) -> None:
    import json
    import shutil

    folder, _ = open_family("t5")
    shutil.copytree(folder, tmp_path / "own")
    file = tmp_path / "own" / "generation_config.json"
    settings = json.loads(file.read_text()) | {"num_beams": 4, "no_repeat_ngram_size": 3}
    file.write_text(json.dumps(settings))
    job = api.post("/check", {"model": str(tmp_path / "own")}, 202)
    found = api.wait(job["id"])
    assert found["state"] == "done", found["error"]
    report = found["result"]
    assert report["ok"] and list(report["own_settings"]) == ["num_beams = 4"]
    kept = [a for a in report["abilities"] if "no_repeat_ngram_size = 3" in a["name"]]
    assert kept and kept[0]["possible"]
