"""How a server is set up: one value, made from the command line, the environment, or by a test."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from neurox_core.engine.sources import DEVICE, PRECISION
from neurox_core.errors import InvalidInputError

DEFAULT_PORT = 7117
LOOPBACK = ("127.0.0.1", "localhost", "::1")
SHORTEST_TOKEN = 16


def default_workspace(environment: Mapping[str, str] = os.environ) -> Path:
    """Where results are kept: NEUROX_WORKSPACE, or the user's data folder."""
    if given := environment.get("NEUROX_WORKSPACE"):
        return Path(given).expanduser().resolve()
    base = environment.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(base).expanduser() / "neurox"


@dataclass(frozen=True)
class Settings:
    """All that a server can be told.

    Attributes
    ----------
    projects : tuple of Path
        Project files (YAML); the built-in demo project if empty.
    workspace : Path
        Records, activation stores and cached results; made if missing.
    host, port : str, int
        Where to listen. Port 0 is any free one.
    token : str or None
        The access token. None asks for none on a loopback address, and makes one up on any other.
    database : str or None
        An SQLAlchemy URL for the records; a SQLite file in the workspace if None.
    scheduler : str or None
        Address of a Dask scheduler such as ``tcp://host:8786``; a worker process of this machine,
        started when it is first needed, if None.
    workers : int
        Worker processes on this machine.
    idle_seconds : float
        Worker processes without work are ended after this time, to give their memory back.
    threads : int
        Threads that one live decode may use.
    request_threads : int
        Threads that answer requests; an open page holds one.
    device, precision : str
        Where models run and in which precision, as :func:`neurox_core.load_model` takes them.
        Workers of a scheduler of your own look into NEUROX_DEVICE and NEUROX_PRECISION themselves.
    auto_extract : bool
        Start extracting the default model's activations when a project is first opened, if that
        takes a moment, and have neurons named in the background when a model's activations are
        there.
    max_store_size : int or None
        Most bytes that the activations of one model on one text may take on the disk; None allows
        what is free.
    static : Path
        The built client.
    allowed_hosts : tuple of str
        Host names a browser may use beside the loopback ones (a proxy's name), without port.
    new_projects : bool or None
        Whether people may make projects on the page, and so name folders of this machine; None
        allows it on a loopback address only.
    """

    projects: tuple[Path, ...] = ()
    workspace: Path = field(default_factory=default_workspace)
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    token: str | None = None
    database: str | None = None
    scheduler: str | None = None
    workers: int = 1
    idle_seconds: float = 300.0
    threads: int = 1
    request_threads: int = 64
    device: str = "cpu"
    precision: str = "float32"
    auto_extract: bool = True
    max_store_size: int | None = None
    static: Path = Path(__file__).parent / "static"
    allowed_hosts: tuple[str, ...] = ()
    new_projects: bool | None = None

    def __post_init__(self) -> None:
        if self.token is None and self.host not in LOOPBACK:
            # Other machines are let in, so there is a token whether one was given or not.
            object.__setattr__(self, "token", secrets.token_urlsafe(24))
        if self.token is not None and len(self.token) < SHORTEST_TOKEN:
            raise InvalidInputError(
                f"The access token is too short: it needs at least {SHORTEST_TOKEN} characters."
            )
        if not 0 <= self.port <= 65535:
            raise InvalidInputError(f"{self.port} is not a port; ports go from 0 to 65535.")
        if not self.idle_seconds > 0:
            raise InvalidInputError(f"idle_seconds must be above 0, not {self.idle_seconds}.")
        if self.max_store_size is not None and self.max_store_size < 1:
            raise InvalidInputError(
                f"max_store_size must be above 0, such as 10GB, not {self.max_store_size}."
            )
        if (self.device, self.precision) != ("cpu", "float32"):
            from neurox_core.models.placement import device_of, dtype_of

            device_of(self.device)  # What is wrong is told at the start, not with the first model.
            dtype_of(self.precision)
        for name in ("workers", "threads", "request_threads"):
            if getattr(self, name) < 1:
                raise InvalidInputError(f"{name} must be at least 1, not {getattr(self, name)}.")

    @property
    def database_url(self) -> str:
        """Where the records are."""
        return self.database or f"sqlite:///{self.workspace / 'records.sqlite'}"


def settings_from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings of a server that was started without a command line.

    NEUROX_PROJECTS (paths joined by the system's path separator), NEUROX_WORKSPACE, NEUROX_TOKEN,
    NEUROX_DATABASE, NEUROX_SCHEDULER, NEUROX_THREADS, NEUROX_DEVICE, NEUROX_PRECISION and
    NEUROX_HOSTS (names joined by commas).
    """
    projects = [p for p in environment.get("NEUROX_PROJECTS", "").split(os.pathsep) if p]
    hosts = [h.strip() for h in environment.get("NEUROX_HOSTS", "").split(",") if h.strip()]
    return Settings(
        projects=tuple(Path(p).expanduser() for p in projects),
        workspace=default_workspace(environment),
        token=environment.get("NEUROX_TOKEN") or None,
        database=environment.get("NEUROX_DATABASE") or None,
        scheduler=environment.get("NEUROX_SCHEDULER") or None,
        threads=threads_from_environment(environment),
        device=environment.get(DEVICE) or "cpu",
        precision=environment.get(PRECISION) or "float32",
        allowed_hosts=tuple(hosts),
    )


def threads_from_environment(environment: Mapping[str, str] = os.environ) -> int:
    """NEUROX_THREADS, or 1; InvalidInputError if it is no number."""
    text = environment.get("NEUROX_THREADS", "1")
    if not text.isdigit() or int(text) < 1:
        raise InvalidInputError(f"NEUROX_THREADS must be a number of at least 1, not {text!r}.")
    return int(text)
