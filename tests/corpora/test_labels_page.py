"""docs/labels.md, as it stands there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs" / "labels.md"


def test_the_pages_code_runs_and_gives_what_it_says() -> None:
    names: dict[str, Any] = {}
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    assert len(blocks) == 2
    for block in blocks:
        exec(compile(block, str(PAGE), "exec"), names)
    assert names["case"].classes == ("Capitalised", "lower", "none")
    assert names["ending"].counts.tolist() == [2, 15]
    assert names["place"].numeric and names["place"].values.max() == 6
    assert "first word" in names["bank"] and len(names["own"]) == 17
    assert set(names["vowels"].classes) == {"0", "1", "2"}
