"""What an activation store looks like on disk.

::

    store.json                    what it was made from, how far it got, hashes of the small files
    texts.json                    the texts of each stack, one a sentence
    tokens/<stack>.npz            one row a token, one row a word, the words' types and counts
    tokens/<stack>.pieces.json    the pieces that occur, by id
    tokens/rows.json              which sentences of the corpus were drawn, if not all
    tokens/<stack>.labels.json    one label a word by name; only in stores that were imported
    vocabulary/<stack>.json       word types, most frequent first
    activations/<layer>/          Zarr 3 array (tokens, units), in the order of the corpus
    statistics/<layer>.npz        one row a unit
    top_words/<layer>.npz         word types and scores, three lists a unit

Chunks of 4096 tokens by 32 units are a quarter of a megabyte: one neuron over all tokens reads one
column of chunks, one sentence over some neurons one chunk for each 32 units. Chunks are not
compressed (activations hardly shrink), so their size is known beforehand, and each ends with its
CRC-32C, which is checked whenever it is read. The small files are covered by SHA-256 in
``store.json``, and ``store.json`` by a hash of itself; they are replaced in one step, so a kill
leaves the old one or the new one.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import IO, Any

import numpy as np

from ..errors import StoreError
from .columns import Parts

VERSION = 1
META = "store.json"
TOKEN_CHUNK = 4096
UNIT_CHUNK = 32
CHECKSUM_BYTES = 4
DTYPES = ("float16", "float32")
_SMALL = 2**20


@dataclass
class Metadata:
    """Contents of ``store.json``.

    Attributes
    ----------
    key : str
        Hash of everything that the activations depend on.
    layers : dict of str to int
        Widths, in the model's order.
    tokens : dict of str to int
        Rows of each stack.
    written : dict of str to int
        Rows that are on disk; less than `tokens` in an unfinished store.
    files : dict of str to str
        SHA-256 of the finished small files by relative path.
    wide : list of str
        Layers of a float16 store that are in float32, because float16 cannot hold their values.
    """

    key: str
    model: str
    model_fingerprint: str
    corpus: str
    corpus_fingerprint: str
    sentences: int
    layers: dict[str, int]
    dtype: str
    decoder_text: str
    tokens: dict[str, int]
    written: dict[str, int]
    complete: bool = False
    version: int = VERSION
    files: dict[str, str] = field(default_factory=dict)
    wide: list[str] = field(default_factory=list)

    def dtype_of(self, address: str) -> str:
        """In which type the values of a layer are stored."""
        return "float32" if address in self.wide else self.dtype

    def write(self, root: Path) -> None:
        """Replace ``store.json``."""
        values = asdict(self)
        write_json(root / META, {**values, "hash": _hash(values)})

    @classmethod
    def read(cls, root: Path) -> Metadata:
        """Read ``store.json``; StoreError if it is missing, damaged or of another version."""
        path = root / META
        if not root.exists():
            raise StoreError(
                f"There is no folder {root}. An activation store is made by extraction "
                "(neurox extract) or from a file (neurox import)."
            )
        if not path.is_file():
            raise StoreError(
                f"{root} is not an activation store: it has no {META}. Extract into it first."
            )
        values = read_json(root, META)
        if isinstance(values, dict) and values.get("version", VERSION) != VERSION:
            raise StoreError(
                f"{path} has version {values['version']}, this program reads {VERSION}. "
                f"{_again(root)}."
            )
        given = values.pop("hash", None) if isinstance(values, dict) else None
        if given is None or given != _hash(values):
            raise damaged(root, path, "its hash does not fit its content")
        # Stores from before a field was added do not have it.
        return cls(**{f.name: values[f.name] for f in fields(cls) if f.name in values})


def damaged(root: Path, file: Path, reason: str) -> StoreError:
    """The error for a file that cannot be trusted, with the way out."""
    return StoreError(
        f"{file} of the activation store is damaged: {reason}. {_again(root)}; nothing else is "
        "lost."
    )


def _again(root: Path) -> str:
    """The way out of a store that is of no use any more."""
    return (
        f"Extract or import it again, and have it replaced (overwrite=True, --overwrite), or "
        f"delete the folder {root} before"
    )


def key_of(values: Mapping[str, object]) -> str:
    """Hash of what a store depends on."""
    return _hash({"version": VERSION, **values})


def layer_folder(root: Path, address: str) -> Path:
    """Where the Zarr array of a layer lies."""
    return root / "activations" / address


def layer_file(kind: str, address: str) -> str:
    """Relative path of a layer's ``statistics`` or ``top_words``."""
    return f"{kind}/{address}.npz"


def chunk_grid(tokens: int, units: int) -> tuple[int, int]:
    """Number of chunks along tokens and units."""
    return -(-tokens // TOKEN_CHUNK), -(-units // UNIT_CHUNK)


def write_json(path: Path, value: object) -> None:
    """Replace a JSON file in one step."""
    _replace(path, json.dumps(value, ensure_ascii=False).encode())


def write_texts(root: Path, texts: Mapping[str, Sequence[str]]) -> None:
    """Replace ``texts.json``, a text after the other, so that they are not twice in memory."""
    path = root / TEXTS
    partial = path.with_name(path.name + ".partial")
    with partial.open("w", encoding="utf-8", newline="\n") as stream:
        for number, (stack, lines) in enumerate(texts.items()):
            stream.write(("{" if number == 0 else ", ") + json.dumps(stack) + ": [")
            for i, line in enumerate(lines):
                stream.write((", " if i else "") + json.dumps(line, ensure_ascii=False))
            stream.write("]")
        stream.write("}" if texts else "{}")
    os.replace(partial, path)


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray | Parts]) -> None:
    """Replace an npz file of plain arrays in one step; columns in parts go there part by part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                if isinstance(array, Parts):
                    _write_parts(entry, array)
                else:
                    _write_array(entry, np.asarray(array, order="C"))
    os.replace(partial, path)


def tokens_file(stack: str) -> str:
    """Relative path of the tables of a stack."""
    return f"tokens/{stack}.npz"


def pieces_file(stack: str) -> str:
    """Relative path of the pieces of a stack."""
    return f"tokens/{stack}.pieces.json"


def labels_file(stack: str) -> str:
    """Relative path of the labels of a stack's words."""
    return f"tokens/{stack}.labels.json"


ROWS = "tokens/rows.json"
TEXTS = "texts.json"


def write_rows(root: Path, rows: list[int] | None) -> None:
    """Keep which sentences of the corpus were drawn, if not all."""
    if rows is not None:
        write_json(root / ROWS, rows)


def write_pieces(root: Path, stack: str, pieces: Mapping[int, str]) -> None:
    """Keep the pieces of a stack by their ids."""
    write_json(root / pieces_file(stack), {str(i): pieces[i] for i in sorted(pieces)})


def write_labels(root: Path, stack: str, labels: Mapping[str, list[str]]) -> None:
    """Keep labels of a stack's words, one a word by name, if there are any."""
    if labels:
        write_json(root / labels_file(stack), labels)


def read_json(root: Path, name: str) -> Any:
    """Read a JSON file of the store."""
    path = root / name
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise damaged(root, path, f"it cannot be read ({error})") from error


def _write_array(entry: IO[bytes], values: np.ndarray) -> None:
    """As numpy does, which makes copies of large arrays on the way into an archive."""
    if values.dtype.hasobject:
        raise TypeError("arrays of Python objects are not kept")
    header = np.lib.format.header_data_from_array_1_0(values)
    np.lib.format.write_array_header_1_0(entry, header)
    entry.write(values.tobytes() if values.nbytes < _SMALL else values.data.cast("B"))


def _write_parts(entry: IO[bytes], column: Parts) -> None:
    descr = np.lib.format.dtype_to_descr(column.dtype)
    header = {"descr": descr, "fortran_order": False, "shape": (column.length,)}
    np.lib.format.write_array_header_1_0(entry, header)
    written = 0
    for part in column.make():
        written += len(part)
        entry.write(np.asarray(part, column.dtype).tobytes())
    if written != column.length:
        raise ValueError(f"a column of {column.length} entries got {written}")


def read_arrays(
    root: Path, name: str, wanted: Collection[str] | None = None
) -> dict[str, np.ndarray]:
    """Read an npz file of the store, or some arrays of it; its own checksums are verified."""
    path = root / name
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {key: archive[key] for key in archive.files if wanted is None or key in wanted}
    except Exception as error:  # zipfile and numpy raise many kinds for a damaged archive
        raise damaged(root, path, f"it cannot be read ({error})") from error


def file_hash(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(content)
    os.replace(partial, path)


def _hash(values: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
