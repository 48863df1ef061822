"""Settings of a server from a file, the environment and the command line, the last one first.

The file is YAML with the names of :class:`~neurox_server.settings.Settings` as keys;
``configs/server.yaml`` explains each. Paths in it are relative to the file. A key that is misspelt
is an error, never ignored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import yaml

from neurox_core.errors import InvalidInputError

from ..settings import Settings, settings_from_environment
from .shared import read_size

_PATHS = ("workspace", "static")
_TUPLES = ("projects", "allowed_hosts")
_KINDS: dict[str, tuple[type, ...]] = {
    "projects": (list,), "allowed_hosts": (list,), "workspace": (str,), "static": (str,),
    "host": (str,), "port": (int,), "token": (str,), "database": (str,), "scheduler": (str,),
    "workers": (int,), "idle_seconds": (int, float), "threads": (int,), "request_threads": (int,),
    "device": (str,), "precision": (str,), "auto_extract": (bool,), "max_store_size": (int, str),
    "new_projects": (bool,),
}  # fmt: skip


def read_settings(path: Path | None, given: Mapping[str, Any]) -> Settings:
    """Settings of one server.

    Parameters
    ----------
    path : Path, optional
        A settings file.
    given : mapping
        What the command line says, by the names of the settings; None and () mean nothing.

    Raises
    ------
    InvalidInputError
        If the file cannot be read, has an unknown key, or a value of the wrong kind.
    """
    chosen = _read(path) if path is not None else {}
    for name, value in given.items():
        if value not in (None, ()):
            chosen[name] = _convert(name, value, Path.cwd())
    # The command line and the file are looked at together: a host beyond this machine is fine if
    # the token comes from the other of the two.
    return replace(settings_from_environment(), **chosen)


def _read(path: Path) -> dict[str, Any]:
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidInputError(f"The settings file {path}: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"The settings file {path} is not YAML: {error}") from error
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise InvalidInputError(f"The settings file {path} must hold keys such as 'port'.")
    known = [field.name for field in fields(Settings)]
    for name, value in values.items():
        if name not in known:
            raise InvalidInputError(
                f"The settings file {path} has no setting {name!r}. There are: {', '.join(known)}."
            )
        if value is not None and not _fits(value, _KINDS[name]):
            raise InvalidInputError(
                f"The settings file {path}: {name} must be "
                f"{' or '.join(kind.__name__ for kind in _KINDS[name])}, "
                f"not {value!r}."
            )
    folder = path.resolve().parent
    try:
        return {n: _convert(n, v, folder) for n, v in values.items() if v is not None}
    except InvalidInputError as error:
        raise InvalidInputError(f"The settings file {path}: {error}") from error


def _fits(value: object, kinds: tuple[type, ...]) -> bool:
    """Whether a YAML value is of one of the kinds; true and false are no numbers."""
    return isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool))


def _convert(name: str, value: Any, folder: Path) -> Any:
    """A plain value as the setting's type; paths from `folder`."""
    if name in _PATHS:
        return folder / Path(value).expanduser()
    if name == "max_store_size" and isinstance(value, str):
        return read_size(value)
    if name == "projects":
        return tuple(folder / Path(p).expanduser() for p in value)
    return tuple(map(str, value)) if name in _TUPLES else value
