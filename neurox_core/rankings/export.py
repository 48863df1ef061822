"""Rankings as tables for other programs: CSV, JSON and Parquet, each with the signature."""

from __future__ import annotations

import csv
import importlib
import io
import json

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


def export_ranking(ranking: Ranking, form: str) -> bytes:
    """A ranking as the content of a file.

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
    table = rows(ranking)
    if form == "csv":
        stream = io.StringIO()
        stream.write(f"# signature: {ranking.signature}\n")
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["rank", "neuron", "score"])
        writer.writerows((r, n, "" if s is None else repr(s)) for r, n, s in table)
        return stream.getvalue().encode()
    if form == "json":
        content = {
            "ranking": ranking.name, "signature": ranking.signature,
            "parameters": plain(ranking.parameters),
            "neurons": [{"rank": r, "neuron": n, "score": s} for r, n, s in table],
        }  # fmt: skip
        return json.dumps(content, ensure_ascii=False, allow_nan=False).encode()
    if form == "parquet":
        return _parquet(ranking, table)
    raise FormatError(f"A ranking is written as {', '.join(FORMATS)}, not as {form!r}.")


def _parquet(ranking: Ranking, table: list[Row]) -> bytes:
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
        }
    ).replace_schema_metadata({"ranking": ranking.name, "signature": ranking.signature})
    sink = io.BytesIO()
    parquet.write_table(made, sink)
    return sink.getvalue()
