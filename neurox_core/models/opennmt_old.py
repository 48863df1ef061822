"""What checkpoints of OpenNMT-py 2 write differently: vocabularies as objects, other option names.

Version 2 pickled its vocabularies as objects of torchtext, so a file names classes of ``torchtext``
and ``onmt``. They are not imported, and nothing of theirs is run: while the file is opened (with
``weights_only``, as always) an inert class of our own stands for each of these names, which keeps
the values that it is given and does nothing. A file that names anything else is refused.
The weights have the names and shapes of version 3.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

_OURS = ("torchtext.", "onmt.")
_PARTIAL = "functools.partial"
_OPTIONS = {
    "rnn_size": "hidden_size", "enc_rnn_size": "enc_hid_size", "dec_rnn_size": "dec_hid_size",
}  # fmt: skip


class Inert:
    """Stands for an object of a library that is not there."""

    def __init__(self, *_: Any, **__: Any) -> None:
        self.values: dict[str, Any] = {}

    def __setstate__(self, state: Any) -> None:
        self.values = dict(state) if isinstance(state, Mapping) else {}


def stand_ins(path: Path) -> list[Any]:
    """Inert classes for the names of a version 2 file, for ``torch.serialization.safe_globals``."""
    names = torch.serialization.get_unsafe_globals_in_checkpoint(str(path))
    return [
        (type(name.rpartition(".")[2], (Inert,), {}), name)
        for name in names
        if name.startswith(_OURS) or name == _PARTIAL
    ]


def is_old(content: Any) -> bool:
    """Whether the vocabularies are objects."""
    vocab = content.get("vocab") if isinstance(content, Mapping) else None
    return isinstance(vocab, Mapping) and isinstance(vocab.get("src"), Inert)


def words_of_field(field: Any) -> list[str]:
    """The words of a vocabulary object; KeyError if it is another kind of object."""
    values = field.values
    if "fields" in values:  # Several features; the first are the words themselves.
        return words_of_field(values["fields"][0][1])
    return list(values["vocab"].values["itos"])


def renamed(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options under the names of version 3."""
    return {_OPTIONS.get(name, name): value for name, value in options.items()}
