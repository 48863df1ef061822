"""Rankings as files: one ``.npz`` of plain arrays, and JSON that says what they are.

The JSON stands in the file as the bytes of an array called ``meta``. Where the details of a ranking
hold an array, the JSON holds ``{"$array": name}`` in its place. Nothing is pickled. Arrays are read
when they are asked for, so a ranking of a hundred labels opens as quickly as one of none.
"""

from __future__ import annotations

import json
import math
import zipfile
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidInputError, StoreError
from ..replacing import replacing
from .ranking import Ranking

VERSION = 1
ARRAY = "$array"
LONGEST = 64
"""Numbers of a list that stay in the JSON; longer lists of numbers become arrays."""

Arrays = dict[str, NDArray[Any]]


def save_ranking(ranking: Ranking, path: str | PathLike[str]) -> None:
    """Write a ranking with its sub-rankings and details; a file that is there is replaced at once.

    Raises
    ------
    InvalidInputError
        If the details hold something that is neither an array nor JSON.
    """
    arrays: Arrays = {}
    meta = {"version": VERSION, "layers": ranking.layers, **_node(ranking, "", arrays)}
    text = json.dumps(meta, ensure_ascii=False, allow_nan=False).encode()
    with replacing(Path(path), ".npz") as partial:
        np.savez(partial, allow_pickle=False, meta=np.frombuffer(text, np.uint8), **arrays)


class RankingFile:
    """A ranking on disk.

    Parameters
    ----------
    path : path

    Attributes
    ----------
    meta : dict
        ``name``, ``parameters``, ``signature``, ``layers``, ``neurons``, ``details`` and
        ``labels``: for each label the same without layers.

    Raises
    ------
    StoreError
        If the file is missing, damaged, or of another version.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self.path = Path(path)
        text = self._read("meta").tobytes()
        try:
            self.meta: dict[str, Any] = json.loads(text)
        except ValueError as error:
            raise self._damaged() from error
        if self.meta.get("version") != VERSION:
            raise StoreError(
                f"The ranking {self.path} was written by another version of NeuroX; delete the "
                "file and make the ranking again."
            )

    def node(self, label: str | None = None) -> dict[str, Any]:
        """The JSON of the whole ranking or of one label; InvalidInputError if there is none."""
        if label is None:
            return self.meta
        for entry in self.meta["labels"]:
            if entry["label"] == label:
                found: dict[str, Any] = entry
                return found
        known = ", ".join(entry["label"] for entry in self.meta["labels"][:20]) or "none"
        raise InvalidInputError(f"This ranking has no label {label!r}; it has: {known}.")

    def order(self, label: str | None = None) -> NDArray[np.int64]:
        """Neurons, best first."""
        return self._read(f"{self.node(label)['place']}order").astype(np.int64)

    def scores(self, label: str | None = None) -> NDArray[np.float64]:
        """Score of each neuron by its index; NaN where there is none."""
        return self._read(f"{self.node(label)['place']}scores").astype(np.float64)

    def details(self, label: str | None = None) -> tuple[dict[str, Any], Arrays]:
        """The details as JSON, and the arrays that its ``{"$array": name}`` stand for."""
        found: dict[str, Any] = self.node(label)["details"]
        return found, {name: self._read(name) for name in _mentioned(found)}

    def ranking(self) -> Ranking:
        """The whole ranking, in memory."""
        layers = self.meta["layers"]
        given = None if layers is None else [(str(a), int(w)) for a, w in layers]
        return self._ranking(None, given)

    def part(self, label: str | None, *, details: bool = False) -> Ranking:
        """The whole ranking without its labels, or one label's; with details only if asked for."""
        node, layers = self.node(label), self.meta["layers"]
        given = None if layers is None else [(str(a), int(w)) for a, w in layers]
        found = _filled(*self.details(label)) if details else {}
        return Ranking(
            self.meta["name"], self.order(label), self.scores(label), given, node["parameters"],
            node["signature"], details=found,
        )  # fmt: skip

    def _ranking(self, label: str | None, layers: list[tuple[str, int]] | None) -> Ranking:
        node = self.node(label)
        details, arrays = self.details(label)
        below = {} if label is not None else {
            entry["label"]: self._ranking(entry["label"], layers) for entry in node["labels"]
        }  # fmt: skip
        return Ranking(
            self.meta["name"], self.order(label), self.scores(label), layers, node["parameters"],
            node["signature"], below, _filled(details, arrays),
        )  # fmt: skip

    def _read(self, name: str) -> NDArray[Any]:
        try:
            # Opened here: of a damaged file np.load leaves its own handle open.
            with self.path.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
                return np.asarray(arrays[name])
        except FileNotFoundError as error:
            raise StoreError(f"There is no ranking {self.path}; make it again.") from error
        except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
            raise self._damaged() from error

    def _damaged(self) -> StoreError:
        return StoreError(
            f"The ranking {self.path} is damaged; delete the file and make the ranking again."
        )


def _node(ranking: Ranking, place: str, arrays: Arrays) -> dict[str, Any]:
    arrays[f"{place}order"] = ranking.order.astype(np.uint32)
    arrays[f"{place}scores"] = np.asarray(ranking.scores, np.float64)
    return {
        "name": ranking.name,
        "place": place,
        "neurons": len(ranking.order),
        "parameters": plain(ranking.parameters),
        "signature": ranking.signature,
        "details": plain(ranking.details, arrays, f"{place}details/"),
        "labels": [
            {"label": str(label), **_node(below, f"{place}{number}/", arrays)}
            for number, (label, below) in enumerate(ranking.labels.items())
        ],
    }


def plain(value: object, arrays: Arrays | None = None, place: str = "") -> Any:
    """A value as JSON; numbers that are not finite become None.

    Parameters
    ----------
    value : object
        Mappings, sequences, numpy values, and what JSON knows.
    arrays : dict, optional
        Takes arrays, and long lists of numbers; without it they become lists.
    place : str
        What the names of the arrays begin with.

    Raises
    ------
    InvalidInputError
        For anything else.
    """
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (np.generic, int, float)) and np.ndim(value) == 0:
        number = value.item() if isinstance(value, np.generic) else value
        return None if isinstance(number, float) and not math.isfinite(number) else number
    if isinstance(value, Mapping):
        return {str(k): plain(v, arrays, f"{place}{k}/") for k, v in value.items()}
    if isinstance(value, np.ndarray):
        if arrays is None or value.dtype.kind not in "fiub":
            return [plain(v, arrays, place) for v in value.tolist()]
        name = place.rstrip("/")
        arrays[name] = value
        return {ARRAY: name}
    if isinstance(value, (list, tuple)):
        if arrays is not None and len(value) > LONGEST and _numbers(value):
            return plain(np.asarray(value, np.float64), arrays, place)
        return [plain(v, arrays, f"{place}{i}/") for i, v in enumerate(value)]
    raise InvalidInputError(
        f"The details of a ranking hold a {type(value).__name__} at {place.rstrip('/') or 'top'}; "
        "they may hold numbers, texts, lists, mappings and arrays."
    )


def _numbers(values: list[Any] | tuple[Any, ...]) -> bool:
    return all(isinstance(v, (int, float, np.number)) and not isinstance(v, bool) for v in values)


def _mentioned(node: object) -> list[str]:
    if isinstance(node, dict):
        if set(node) == {ARRAY}:
            return [str(node[ARRAY])]
        return [name for value in node.values() for name in _mentioned(value)]
    if isinstance(node, list):
        return [name for value in node for name in _mentioned(value)]
    return []


def _filled(node: Any, arrays: Mapping[str, NDArray[Any]]) -> Any:
    if isinstance(node, dict):
        if set(node) == {ARRAY}:
            return arrays[node[ARRAY]]
        return {name: _filled(value, arrays) for name, value in node.items()}
    if isinstance(node, list):
        return [_filled(value, arrays) for value in node]
    return node
