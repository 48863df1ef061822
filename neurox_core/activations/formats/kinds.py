"""Which formats there are, and which one a file has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import cast

from ...errors import FormatError, UnknownNameError
from .content import Content
from .hints import Hints


@dataclass(frozen=True)
class Format:
    """One format; its module is loaded when it is used.

    Attributes
    ----------
    name : str
    suffixes : tuple of str
        Ends of file names, the first one for new files.
    module : str
    writable : bool
    """

    name: str
    suffixes: tuple[str, ...]
    module: str
    writable: bool = True

    @property
    def write(self) -> Callable[[Path, Content], None]:
        """Write a content to a file that does not exist."""
        return cast("Callable[[Path, Content], None]", self._module().write)

    @property
    def read(self) -> Callable[[Path, Hints], Content]:
        """Open a file; its values are read when they are asked for."""
        return cast("Callable[[Path, Hints], Content]", self._module().read)

    def _module(self) -> ModuleType:
        return import_module(f".{self.module}", __package__)


FORMATS = {
    one.name: one
    for one in (
        Format("hdf5", (".hdf5", ".h5"), "hdf5"),
        Format("json", (".json", ".jsonl"), "json_lines"),
        Format("pt", (".pt",), "torch_lists", writable=False),
        Format("npz", (".npz",), "npz"),
        Format("npy", (".npy",), "npy"),
        Format("safetensors", (".safetensors",), "tensors"),
        Format("parquet", (".parquet",), "parquet"),
    )
}


def format_of(path: Path, name: str | None, *, writing: bool = False) -> Format:
    """The format that was named, or the one of a file's suffix.

    Parameters
    ----------
    path : Path
    name : str or None
    writing : bool
        Whether the file is to be written, for which some formats do not serve.

    Raises
    ------
    UnknownNameError
    FormatError
        If the suffix says nothing, or the format cannot be written and that is wanted.
    """
    fit = {one.name: one for one in FORMATS.values() if one.writable or not writing}
    if name is not None:
        found = FORMATS.get(name)
        if found is None:
            raise UnknownNameError("format", name, list(fit))
    else:
        suffix = path.suffix.lower()
        found = next((one for one in FORMATS.values() if suffix in one.suffixes), None)
    if found is not None:
        if found.name not in fit:
            raise FormatError(
                f"The format {found.name!r} is only read; write one of {', '.join(fit)}."
            )
        return found
    known = ", ".join(suffix for one in fit.values() for suffix in one.suffixes)
    raise FormatError(
        f"The name {path.name!r} does not tell the format. Use one of the suffixes {known}, or "
        "name one (format, --format)."
    )


def package(module: str, install: str) -> ModuleType:
    """Import an optional package; FormatError says how to install it."""
    try:
        return import_module(module)
    except ImportError as error:
        raise FormatError(
            f"This format needs the package {module.partition('.')[0]!r}, which is not installed. "
            f"Run: pip install {install}"
        ) from error
