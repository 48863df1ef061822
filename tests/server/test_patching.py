"""Cells of the comparison of two runs, kept over HTTP."""

from __future__ import annotations

import pytest

from .conftest import Api


def test_a_cell_of_the_comparison_is_kept_as_a_set(api: Api) -> None:
    texts = {"text": "He left.", "counterfactual": "The men are here."}
    layer = api.post("/projects/tiny/compare", {"model": "lstm", **texts, "neurons": 3})["layers"][
        0
    ]
    place = next(i for i, share in enumerate(layer["positions"]) if share is not None)
    body = {"model": "lstm", **texts, "cells": [{"address": layer["layer"], "position": place}]}
    kept = api.post("/projects/tiny/patch", body)
    assert kept["recovered"] == pytest.approx(layer["positions"][place], abs=1e-4)
    (edit,) = kept["interventions"]
    assert (edit["operation"], edit["positions"]) == ("patch", [place])
    assert [len(row) for row in edit["values"]] == [len(edit["neurons"])]

    made = api.post(
        "/projects/tiny/sets", {"name": "kept", "model": "lstm", "interventions": [edit]}, 201
    )
    assert made["interventions"] == [edit]
    ask = {"project": "tiny", "model": "lstm", "texts": [texts["text"]], "request": 1,
           "settings": [{"name": "kept", "interventions": made["interventions"]}]}  # fmt: skip
    item = api.post("/projects/tiny/translate", ask)["items"][0]
    assert item["baseline"]["view"]["text"] == kept["before"]
    assert item["outputs"][0]["view"]["text"] == kept["after"]
    ask = {"model": "lstm", "interventions": made["interventions"]}
    job = api.wait(api.post("/projects/tiny/score", ask, 202)["id"])
    assert job["state"] == "done", job["error"]


def test_a_patch_that_is_not_whole_is_refused(reader: Api) -> None:
    neurons = ["encoder.1.rnn_hidden[0]", "encoder.1.rnn_hidden[1]"]
    edit = {"neurons": neurons, "operation": "patch", "positions": [0, 1],
            "values": [[0.5, 1.0], [0.0, 2.0]]}  # fmt: skip
    ask = {"project": "tiny", "model": "lstm", "texts": ["He left."], "request": 1}
    for change, said in (
        ({"values": [[0.5, 1.0]]}, "1 rows"), ({"values": [[0.5], [1.0]]}, "row of 1"),
        ({"positions": None}, "positions"), ({"positions": [1, 0]}, "ascend"),
        ({"operation": "zero"}, "belong to"), ({"values": None}, "needs values"),
    ):  # fmt: skip
        settings = [{"name": "x", "interventions": [{**edit, **change}]}]
        found = reader.post("/projects/tiny/translate", {**ask, "settings": settings}, 422)
        assert said in str(found["error"]), found
    path, texts = (
        "/projects/tiny/patch",
        {"text": "He left.", "counterfactual": "The men are here."},
    )
    for cells, status in (
        ([], 422), ([{"address": "encoder.0.embed", "position": 90}], 422),
        ([{"address": "encoder.9.embed"}], 422), ([{"address": "nothing"}], 422),
    ):  # fmt: skip
        found = reader.post(path, {"model": "lstm", **texts, "cells": cells}, status)
        assert found["error"]["message"]
