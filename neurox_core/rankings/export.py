"""Rankings as tables for other programs: CSV, JSON and Parquet, each with the signature."""

from __future__ import annotations

import csv
import importlib
import io
import json
from collections.abc import Mapping, Sequence

import numpy as np

from ..errors import FormatError
from .files import plain
from .ranking import Ranking

FORMATS = {
    "csv": "text/csv",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}
"""Formats and their MIME types."""

Row = tuple[int, str, float | None]


def rows(ranking: Ranking) -> list[Row]:
    """Place (from 1), address and score of every neuron, best first; None for no score.

    Neurons of an array without names are called by their index.
    """
    if ranking.layers is None:
        names = [str(i) for i in range(len(ranking))]
    else:
        names = [f"{address}[{u}]" for address, width in ranking.layers for u in range(width)]
    scores = ranking.scores
    return [
        (place, names[i], float(scores[i]) if np.isfinite(scores[i]) else None)
        for place, i in enumerate(ranking.order.tolist(), start=1)
    ]


def more_columns(ranking: Ranking) -> dict[str, list[object]]:
    """What an analysis found of each neuron beside its score, best first, by the column's name.

    Best partners in other models and their correlations, the group of neurons that say the same,
    the label that a neuron tells best and in which direction, its weight in a probe.
    """
    found: dict[str, list[object]] = {}
    details, order = ranking.details, ranking.order.tolist()
    partners = details.get("partners")
    for name, entry in partners.items() if isinstance(partners, Mapping) else ():
        address = entry["neuron"] if entry["address"] is None else entry["address"]
        found[f"partner in {name}"] = [_value(address[i]) for i in order]
        found[f"correlation with {name}"] = [_value(entry["correlation"][i]) for i in order]
    for name in ("cluster", "similarity", "direction", "weight"):
        values = details.get(name)
        if isinstance(values, np.ndarray) and values.shape == (len(order),):
            found[name] = [_value(values[i]) for i in order]
    best, labels = details.get("best_label"), details.get("labels")
    if isinstance(best, np.ndarray) and isinstance(labels, Sequence):
        found["best label"] = [labels[int(best[i])] for i in order]
    return found


def _value(value: object) -> object:
    """A plain value; None for no number."""
    plain_value = value.item() if isinstance(value, np.generic) else value
    if isinstance(plain_value, float) and not np.isfinite(plain_value):
        return None
    return plain_value


def export_ranking(ranking: Ranking, form: str) -> bytes:
    """A ranking as the content of a file, with what :func:`more_columns` finds.

    Parameters
    ----------
    ranking : Ranking
    form : {"csv", "json", "parquet"}
        CSV begins with a line ``# signature: ...``; JSON has a key, Parquet an entry of its
        metadata for it.

    Raises
    ------
    FormatError
        For another format, or if pyarrow, which writes Parquet, is not installed.
    """
    table, more = rows(ranking), more_columns(ranking)
    if form == "csv":
        stream = io.StringIO()
        stream.write(f"# signature: {ranking.signature}\n")
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["rank", "neuron", "score", *more])
        rest = zip(*more.values(), strict=True) if more else [()] * len(table)
        writer.writerows(
            [r, n, "" if s is None else repr(s), *("" if v is None else v for v in others)]
            for (r, n, s), others in zip(table, rest, strict=True)
        )
        return stream.getvalue().encode()
    if form == "json":
        content = {
            "ranking": ranking.name, "signature": ranking.signature,
            "parameters": plain(ranking.parameters),
            "neurons": [
                {"rank": r, "neuron": n, "score": s, **{name: v[i] for name, v in more.items()}}
                for i, (r, n, s) in enumerate(table)
            ],
        }  # fmt: skip
        return json.dumps(content, ensure_ascii=False, allow_nan=False).encode()
    if form == "parquet":
        return _parquet(ranking, table, more)
    raise FormatError(f"A ranking is written as {', '.join(FORMATS)}, not as {form!r}.")


def _parquet(ranking: Ranking, table: list[Row], more: Mapping[str, list[object]]) -> bytes:
    try:
        arrow = importlib.import_module("pyarrow")
        parquet = importlib.import_module("pyarrow.parquet")
    except ImportError as error:
        raise FormatError(
            "Parquet is written by pyarrow, which is not installed: pip install pyarrow. CSV and "
            "JSON need nothing."
        ) from error
    places, names, scores = zip(*table, strict=True) if table else ((), (), ())
    made = arrow.table(
        {
            "rank": arrow.array(places, arrow.int64()),
            "neuron": arrow.array(names, arrow.string()),
            "score": arrow.array(scores, arrow.float64()),
            **{name: arrow.array(values) for name, values in more.items()},
        }
    ).replace_schema_metadata({"ranking": ranking.name, "signature": ranking.signature})
    sink = io.BytesIO()
    parquet.write_table(made, sink)
    return sink.getvalue()
