"""Parquet: one row a token, one column of fixed-size lists a layer; for pandas, polars and DuckDB.

Columns: ``sentence``, ``position``, ``token``, ``word`` (its number in the sentence, -1 for none),
``special``, ``label_<name>`` (the label of the token's word), the layers by their addresses, and
``neurox_app``, the description of each sentence at its first row. The header, and descriptions of
sentences without rows, are in the file's own metadata.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...addresses import LayerAddress
from ...errors import FormatError, InvalidInputError
from .content import Content, Header, Sentence, checked, stored_dtype
from .hints import Hints
from .kept import Kept
from .kinds import package
from .rows import ABOUT, BLOCK, RowContent

INSTALL = "'neurox-app[formats]'"
_PLAIN = ("sentence", "position", "token", "word", "special", ABOUT)


def write(path: Path, content: Content) -> None:
    """Write a table."""
    arrow, tables = package("pyarrow", INSTALL), package("pyarrow.parquet", INSTALL)
    empty: dict[int, dict[str, Any]] = {}
    names: dict[str, None] = {}
    for number, sentence in enumerate(content.sentences()):
        names |= dict.fromkeys(sentence.labels)
        if not len(sentence):
            empty[number] = sentence.to_dict()
    labels = list(names)
    schema = _schema(arrow, content.header, labels).with_metadata({
        ABOUT: json.dumps({**content.header.to_dict(), "empty": empty})
    })  # fmt: skip
    options = {
        "compression": "zstd", "use_dictionary": _strings(schema), "write_page_checksum": True,
        "write_statistics": ["sentence"],
    }  # fmt: skip
    with tables.ParquetWriter(path, schema, **options) as writer:
        rows: list[tuple[int, Sentence]] = []
        values: list[Any] = []
        both = zip(content.sentences(), content.values(), strict=True)
        for number, (sentence, found) in enumerate(both):
            rows.append((number, sentence))
            values.append(found)
            if sum(len(s) for _, s in rows) >= BLOCK or number + 1 == content.header.sentences:
                writer.write_table(_table(arrow, schema, rows, values, labels))
                rows, values = [], []


def read(path: Path, hints: Hints) -> Content:
    """Open a table of ours, or one with columns ``sentence``, ``token`` and lists of numbers."""
    arrow, tables = package("pyarrow", INSTALL), package("pyarrow.parquet", INSTALL)
    try:
        file = tables.ParquetFile(path, page_checksum_verification=True)
    except (arrow.ArrowException, OSError) as error:
        raise FormatError(f"it is no Parquet file ({error})") from error
    try:
        return _Table(arrow, file, hints)
    except BaseException:
        file.close()
        raise


def _schema(arrow: Any, header: Header, labels: Sequence[str]) -> Any:
    number = {"float16": arrow.float16(), "float32": arrow.float32()}[header.dtype]
    return arrow.schema([
        ("sentence", arrow.int32()), ("position", arrow.int32()), ("token", arrow.string()),
        ("word", arrow.int32()), ("special", arrow.bool_()),
        *((f"label_{name}", arrow.string()) for name in labels), (ABOUT, arrow.string()),
        *((address, arrow.list_(number, width)) for address, width in header.layers.items()),
    ])  # fmt: skip


def _strings(schema: Any) -> list[str]:
    """Columns whose values recur."""
    return [name for name in schema.names if name == "token" or name.startswith("label_")]


def _table(
    arrow: Any, schema: Any, rows: list[tuple[int, Sentence]], values: list[Any],
    labels: Sequence[str],
) -> Any:  # fmt: skip
    """The rows of some sentences."""
    lengths = [len(s) for _, s in rows]
    columns: dict[str, Any] = {
        "sentence": np.repeat([number for number, _ in rows], lengths),
        "position": [i for n in lengths for i in range(n)],
        "token": [piece for _, s in rows for piece in s.pieces],
        "word": [word for _, s in rows for word in s.word_ids],
        "special": [span is None for _, s in rows for span in s.spans],
        ABOUT: [json.dumps(s.to_dict()) if i == 0 else None
                for _, s in rows for i in range(len(s))],
    }  # fmt: skip
    for name in labels:
        columns[f"label_{name}"] = [
            s.labels[name][word] if word >= 0 and name in s.labels else None
            for _, s in rows for word in s.word_ids
        ]  # fmt: skip
    arrays = []
    for item in schema:
        if item.name in columns:
            arrays.append(arrow.array(columns[item.name], item.type))
        else:
            flat = np.concatenate([found[item.name] for found in values])
            flat = flat.astype(item.type.value_type.to_pandas_dtype()).reshape(-1)
            arrays.append(arrow.FixedSizeListArray.from_arrays(arrow.array(flat), type=item.type))
    return arrow.Table.from_arrays(arrays, schema=schema)


class _Table(RowContent):
    """An open Parquet file."""

    def __init__(self, arrow: Any, file: Any, hints: Hints) -> None:
        self._arrow, self._file = arrow, file
        schema = file.schema_arrow
        about = (schema.metadata or {}).get(ABOUT.encode())
        if about is not None and ABOUT in schema.names and hints == Hints():
            header, sentences = self._own(about)
            self._sources = {address: address for address in header.layers}
            absent = set(header.layers) - set(schema.names)
            if absent or header.rows != file.metadata.num_rows:
                raise FormatError("its description does not fit its columns")
        else:
            header, sentences = self._foreign(schema, hints)
        super().__init__(header, sentences)

    def blocks(self, address: str) -> Iterator[NDArray[Any]]:
        """All rows of a layer."""
        name, width = self._sources[address], self.header.layers[address]
        for column in self._batches(name):
            flat = column.flatten()
            if column.null_count or flat.null_count or len(flat) != len(column) * width:
                raise FormatError(f"column {name!r} has rows that are not {width} numbers")
            yield flat.to_numpy(zero_copy_only=False).reshape(-1, width)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _batches(self, name: str) -> Iterator[Any]:
        try:
            for batch in self._file.iter_batches(BLOCK, columns=[name]):
                yield batch.column(0)
        except (self._arrow.ArrowException, OSError) as error:
            raise FormatError(f"column {name!r} is damaged ({error})") from error

    def _own(self, about: bytes) -> tuple[Header, Kept]:
        """Header and sentences as :func:`write` left them."""
        try:
            values = json.loads(about)
            empty = {int(i): Sentence.of(s) for i, s in values.get("empty", {}).items()}
            header, found = Header.of(values), Kept()
            for column in self._batches(ABOUT):
                for line in column.drop_null().to_pylist():
                    while len(found) in empty:
                        found.append(empty[len(found)])
                    found.append(Sentence.of(json.loads(line)))
            while len(found) in empty:
                found.append(empty[len(found)])
        except (AttributeError, ValueError, RecursionError) as error:
            if isinstance(error, FormatError):
                raise
            raise FormatError(f"its description is not JSON ({error})") from error
        return header, found

    def _foreign(self, schema: Any, hints: Hints) -> tuple[Header, Kept]:
        """Header and sentences from the columns of another program."""
        types = self._arrow.types
        lists = [
            item for item in schema
            if types.is_list(item.type) or types.is_fixed_size_list(item.type)
        ]  # fmt: skip
        if hints.layers is None:
            lists = [item for item in lists if _is_address(item.name)]
        if not lists or not all(types.is_floating(item.type.value_type) for item in lists):
            raise FormatError(
                "it has no columns of lists of floating point numbers named by layer addresses; "
                "name an address for each such column (layers, --layers)"
            )
        names = [item.name for item in lists]
        addresses = names if hints.layers is None else hints.addresses(len(lists))
        self._sources = dict(zip(addresses, names, strict=True))
        widths = {}
        for address, item in zip(addresses, lists, strict=True):
            first = next(self._batches(item.name), None)
            if first is None or not len(first) or first[0].as_py() is None:
                raise FormatError(f"column {item.name!r} is empty")
            widths[address] = len(first[0])
        kinds = {stored_dtype(np.dtype(item.type.value_type.to_pandas_dtype())) for item in lists}
        sentences = hints.sentences(None if hints.tokens is not None else self._tokens(schema))
        header = Header(
            widths, "float16" if kinds == {"float16"} else "float32", len(sentences),
            self._file.metadata.num_rows,
        )  # fmt: skip
        return checked(header), sentences

    def _tokens(self, schema: Any) -> Iterator[list[str]] | None:
        """Tokens by sentence, from columns of those names."""
        if not {"sentence", "token"} <= set(schema.names):
            return None
        numbers, tokens = (
            (value for column in self._batches(name) for value in column.to_pylist())
            for name in ("sentence", "token")
        )
        both = zip(numbers, tokens, strict=True)
        return ([str(token) for _, token in rows] for _, rows in groupby(both, itemgetter(0)))


def _is_address(name: str) -> bool:
    try:
        LayerAddress.parse(name)
    except InvalidInputError:
        return False
    return True
