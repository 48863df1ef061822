"""Rankings come back from their files as they went in, and go to other programs signed."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import numpy as np
import pytest

from neurox_core.engine.naming import concepts_task, load_names, save_names
from neurox_core.errors import FormatError, InvalidInputError, StoreError
from neurox_core.rankings import Analysis, Ranking, rank
from neurox_core.rankings.concepts import Identified, identify
from neurox_core.rankings.export import FORMATS, export_ranking
from neurox_core.rankings.files import RankingFile, save_ranking

LAYERS = [("encoder.0.rnn_hidden", 4), ("encoder.1.rnn_hidden", 3)]


def ranking() -> Ranking:
    x = np.random.default_rng(0).normal(size=(60, 7))
    x[:, 2] = 1.0  # constant: a score that JSON cannot hold
    labels = ["a", "b", "c"] * 20
    return rank("anova_f", x, labels=labels, layers=LAYERS)


def test_a_ranking_comes_back_from_its_file(tmp_path: Path) -> None:
    made = ranking()
    details: dict[str, Any] = {
        "number": np.float64(0.5), "nothing": float("nan"), "text": "ü", "flag": np.bool_(True),
        "matrix": np.arange(6, dtype=np.int64).reshape(2, 3), "short": [1, 2], "names": ["a", None],
        "long": [0.5] * 100, "deep": {"partner": {"correlation": np.array([0.1, np.nan])}},
    }  # fmt: skip
    made = Ranking(
        made.name, made.order, made.scores, made.layers, made.parameters, made.signature,
        made.labels, details,
    )  # fmt: skip
    path = tmp_path / "deep" / "one.npz"
    save_ranking(made, path)
    back = RankingFile(path).ranking()
    np.testing.assert_array_equal(back.order, made.order)
    np.testing.assert_array_equal(back.scores, made.scores)
    assert np.isnan(back.scores[2])
    assert back.layers == LAYERS and back.signature == made.signature
    assert back.neuron(5) == "encoder.1.rnn_hidden[1]"
    assert list(back.labels) == ["a", "b", "c"]
    np.testing.assert_array_equal(back.labels["b"].order, made.labels["b"].order)
    found = back.details
    assert found["number"] == 0.5 and found["nothing"] is None and found["text"] == "ü"
    assert found["flag"] is True and found["short"] == [1, 2] and found["names"] == ["a", None]
    np.testing.assert_array_equal(found["matrix"], details["matrix"])  # type: ignore[arg-type]
    assert isinstance(found["long"], np.ndarray) and len(found["long"]) == 100
    deep: Any = found["deep"]
    np.testing.assert_array_equal(deep["partner"]["correlation"], [0.1, np.nan])
    assert not list(path.parent.glob("*.partial*"))


def test_one_label_is_read_without_the_others(tmp_path: Path) -> None:
    save_ranking(ranking(), tmp_path / "r.npz")
    file = RankingFile(tmp_path / "r.npz")
    np.testing.assert_array_equal(file.order("c"), ranking().labels["c"].order)
    assert file.part("c").signature.endswith("|label:c") and not file.part("c").labels
    with pytest.raises(InvalidInputError, match="no label 'd'; it has: a, b, c"):
        file.order("d")


def test_what_cannot_be_kept_or_read_is_told(tmp_path: Path) -> None:
    made = ranking()
    bad = Ranking("x", made.order, made.scores, None, {}, "", {}, {"in": {"this": object()}})
    with pytest.raises(InvalidInputError, match="hold a object at details/in/this"):
        save_ranking(bad, tmp_path / "bad.npz")
    with pytest.raises(StoreError, match="There is no ranking"):
        RankingFile(tmp_path / "none.npz")
    save_ranking(made, tmp_path / "r.npz")
    whole = (tmp_path / "r.npz").read_bytes()
    (tmp_path / "r.npz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StoreError, match="damaged; delete the file"):
        RankingFile(tmp_path / "r.npz")
    np.savez(tmp_path / "other.npz", meta=np.frombuffer(b'{"version": 99}', np.uint8))
    with pytest.raises(StoreError, match="another version"):
        RankingFile(tmp_path / "other.npz")


def test_tables_hold_every_neuron_and_the_signature() -> None:
    made = ranking()
    lines = export_ranking(made, "csv").decode().splitlines()
    assert lines[0] == f"# signature: {made.signature}"
    rows = list(csv.DictReader(lines[1:]))
    assert [row["neuron"] for row in rows] == made.neurons()
    assert [int(row["rank"]) for row in rows] == list(range(1, 8))
    assert float(rows[0]["score"]) == made.scores[made.order[0]]
    assert rows[-1]["score"] == "" and rows[-1]["neuron"] == "encoder.0.rnn_hidden[2]"
    found = json.loads(export_ranking(made, "json"))
    assert found["signature"] == made.signature and found["neurons"][-1]["score"] is None
    from pyarrow import parquet

    table = parquet.read_table(io.BytesIO(export_ranking(made, "parquet")))
    assert table["neuron"].to_pylist() == made.neurons()
    assert table["score"].to_pylist()[:-1] == [float(r["score"]) for r in rows[:-1]]
    assert table.schema.metadata[b"signature"].decode() == made.signature
    assert set(FORMATS) == {"csv", "json", "parquet"}


def test_tables_hold_what_was_found_of_each_neuron() -> None:
    from pyarrow import parquet

    draw = np.random.default_rng(5)
    x, y = draw.normal(size=(80, 4)), np.arange(80) % 2
    x[:, 1] -= 5 * y
    x[:, 3] = 2.0
    other = np.stack([-x[:, 1], x[:, 0], draw.normal(size=80)], axis=1)
    cases = {
        "max_correlation": {"partner in model 1", "correlation with model 1"},
        "redundancy": {"cluster", "similarity"}, "anova_f": {"best label", "direction"},
    }  # fmt: skip
    for name, columns in cases.items():
        made = rank(name, x, labels=y, others=other)
        rows = list(csv.DictReader(export_ranking(made, "csv").decode().splitlines()[1:]))
        assert set(rows[0]) == {"rank", "neuron", "score", *columns}
        neurons = json.loads(export_ranking(made, "json"))["neurons"]
        table = parquet.read_table(io.BytesIO(export_ranking(made, "parquet"))).to_pylist()
        assert neurons == table
        one = next(row for row in rows if row["neuron"] == "1")
        if name == "max_correlation":
            assert one["partner in model 1"] == "0"
            assert float(one["correlation with model 1"]) == pytest.approx(-1)
            constant = next(row for row in neurons if row["neuron"] == "3")
            assert constant["correlation with model 1"] is None
        if name == "anova_f":
            assert one["best label"] in ("0", "1")
            assert (one["best label"] == "0") == (one["direction"] == "1")


def test_formats_that_cannot_be_written_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FormatError, match="csv, json, parquet, not as 'xls'"):
        export_ranking(ranking(), "xls")

    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr("neurox_core.rankings.export.importlib.import_module", missing)
    with pytest.raises(FormatError, match="pip install pyarrow"):
        export_ranking(ranking(), "parquet")


def test_names_of_neurons_come_back_from_their_file(tmp_path: Path) -> None:
    generator = np.random.default_rng(1)
    x = generator.normal(size=(400, 7))
    odd = np.arange(400) % 2 == 1
    x[odd, 3] += 4
    bank = {"odd": odd, "first": np.arange(400) < 60}
    found = identify(x, bank, sentences=np.arange(400) // 4, layers=LAYERS)
    save_names(found, tmp_path / "names.npz")
    meta, arrays = load_names(tmp_path / "names.npz")
    assert meta["layers"] == [list(layer) for layer in LAYERS]
    assert meta["concepts"][arrays["best"][3, 0]] == "odd" and arrays["found"][3]
    assert arrays["found"].sum() == 1 and meta["signature"] == found.signature
    np.testing.assert_array_equal(arrays["auc"], found.auc)
    (tmp_path / "names.npz").write_bytes(b"PK")
    with pytest.raises(StoreError, match="have the neurons named again"):
        load_names(tmp_path / "names.npz")


def test_neurons_are_compared_again_only_if_added_labels_make_concepts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    x = np.random.default_rng(1).normal(size=(400, 7))
    bank = {
        "odd": np.arange(400) % 2 == 1,
        "first": np.arange(400) < 60,
        "never": np.arange(400) < 0,
    }
    compared = []

    def identified(_: object, given: dict[str, Any], **__: object) -> Identified:
        compared.append(set(given))
        return identify(x, given, sentences=np.arange(400) // 4, layers=LAYERS)

    module = "neurox_core.engine.naming"
    for name in ("open_store", "open_corpus", "Words"):
        monkeypatch.setattr(f"{module}.{name}", MagicMock())
    monkeypatch.setattr(f"{module}.concepts", lambda *_: bank)
    monkeypatch.setattr(f"{module}.identify", identified)
    first, same, other = (tmp_path / f"{name}.npz" for name in ("first", "same", "other"))

    def name(path: Path, before: Path | None) -> None:
        given = {"store": "s", "path": str(path), "corpus": {}, "side": "source"}
        concepts_task({**given, "before": before and str(before)}, MagicMock())

    name(first, None)
    name(same, first)
    assert len(compared) == 1 and same.read_bytes() == first.read_bytes()
    bank["people"] = np.arange(400) < 30
    name(other, first)
    assert compared[1] == {"odd", "first", "never", "people"}
    assert "people" in load_names(other)[0]["concepts"]
    first.write_bytes(b"PK")
    name(tmp_path / "last.npz", first)
    assert len(compared) == 3


def test_analyses_say_when_they_take_long() -> None:
    from neurox_core.rankings import analysis

    found: Analysis = analysis("redundancy")
    assert found.slow and not analysis("variance").slow
