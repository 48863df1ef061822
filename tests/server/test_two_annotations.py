"""Two projects of one text and one model that label it differently do not share results."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from neurox_core.engine.threads import ThreadEngine
from neurox_server.app import close, create_app
from neurox_server.frames import decode
from neurox_server.settings import Settings

from .conftest import API, PAIRS, Api

EDIT = {"neurons": ["encoder.1.rnn_hidden[1]"], "operation": "zero"}
TWO = ["encoder.1.rnn_hidden[1]", "encoder.1.rnn_hidden[2]"]
SHARED = {"model": "lstm", "interventions": [EDIT]}


def words(texts: list[str], past: int) -> str:
    """First words are in the past in the first sentences, and in the present in the others."""
    blocks = []
    for row, text in enumerate(texts):
        tense = "Past" if row < past else "Pres"
        lines = [
            f"{i}\t{word}\t_\tX\t_\t{f'Tense={tense}' if i == 1 else '_'}\t_\t_\t_\t_"
            for i, word in enumerate(text.split(), 1)
        ]
        blocks.append(f"# sent_id = {row}\n" + "\n".join(lines) + "\n")
    return "\n".join(blocks) + "\n"


@pytest.fixture(scope="module")
def api(recurrent_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder, files = tmp_path_factory.mktemp("two"), []
    sources, references = [s for _, s, _ in PAIRS], [r for _, _, r in PAIRS]
    (folder / "lstm").symlink_to(recurrent_folder)
    for name, labelled, part in (("one", 3, 3), ("two", 5, 5), ("three", 5, 3)):
        lines = ["source\treference\tpart"]
        lines += [
            f"{s}\t{r}\t{'a' if i < part else 'b'}"
            for i, (s, r) in enumerate(zip(sources, references, strict=True))
        ]
        (folder / f"{name}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        for side, texts in (("source", sources), ("reference", references)):
            (folder / f"{name}.{side}.conllu").write_text(words(texts, labelled), encoding="utf-8")
        file = folder / f"{name}.yaml"
        values = {"id": name, "title": name, "models": ["lstm"], "corpus": f"{name}.tsv"}
        file.write_text(yaml.safe_dump(values), encoding="utf-8")
        files.append(file)
    app = create_app(
        Settings(projects=tuple(files), workspace=folder / "workspace", auto_extract=False),
        ThreadEngine(),
    )
    found = Api(app.test_client())
    for name in ("one", "two", "three"):
        found.extracted(name)
    yield found
    close(app)


def asked(api: Api, path: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    """The jobs of both projects, ended."""
    jobs = [api.post(f"/projects/{name}/{path}", body, 202)["id"] for name in ("one", "two")]
    assert len(set(jobs)) == 2
    return [api.wait(job) for job in jobs]


def test_an_edit_is_tried_where_each_annotation_says(api: Api) -> None:
    holding = {"label": "Tense", "value": "Past", "side": "source"}
    one, two = asked(api, "try", {**SHARED, "word": "il", "wanted": "elle", "holding": holding})
    assert [job["result"]["sentences_holding"] for job in (one, two)] == [3, 5]


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("ablate", {"neurons": TWO, "steps": 2, "directions": ["top"]}),
        ("groups", {"groups": "these", "neurons": EDIT["neurons"]}),
    ],
)
def test_a_part_is_each_corpus_own(api: Api, path: str, more: dict[str, Any]) -> None:
    one, two = asked(api, path, {"model": "lstm", "part": "a", **more})
    assert one["state"] == two["state"] == "done"
    points = [
        job["result"]["curves"][0]["points"][0] if path == "ablate" else job["result"]["baseline"]
        for job in (one, two)
    ]
    assert [point["sentences"] for point in points] == [3, 5]


def test_slices_are_of_each_annotation(api: Api) -> None:
    body = {"model": "lstm", "label": {"name": "Tense"}, "least": 1}
    for name, count in (("one", 3), ("three", 5)):
        job = api.post(f"/projects/{name}/score", {"model": "lstm", "interventions": []}, 202)
        api.wait(job["id"])
        found = api.post(f"/projects/{name}/slices", body)
        assert {s["name"]: s["sentences"] for s in found["slices"]} == {
            "Past": count, "Pres": 8 - count
        }  # fmt: skip


def test_rankings_are_of_each_annotation(api: Api) -> None:
    body = {"model": "lstm", "method": "probeless", "label": {"name": "Tense"}}
    scores = []
    for name in ("one", "three"):
        answer = api.client.post(f"{API}/projects/{name}/rankings", json=body)
        if answer.status_code == 202:
            assert api.wait(answer.get_json()["id"])["state"] == "done"
            answer = api.client.post(f"{API}/projects/{name}/rankings", json=body)
        order = api.client.get(f"{API}/projects/{name}/rankings/{answer.get_json()['id']}/order")
        scores.append(decode(order.data)[0]["scores"])
    assert scores[0].shape == scores[1].shape and not np.allclose(*scores)
