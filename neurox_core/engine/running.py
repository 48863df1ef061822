"""What every engine has in common: an order to run a task, and how it may end."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from ..errors import CancelledError, NeuroXError
from .tasks import Reporter, task

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Progress:
    """How far a job is.

    Attributes
    ----------
    done, total : int
    message : str
    partial : mapping or None
        A preliminary result.
    """

    done: int
    total: int
    message: str = ""
    partial: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Outcome:
    """How a job ended.

    Attributes
    ----------
    state : {"done", "failed", "cancelled"}
    result : mapping or None
        Of a finished job.
    code, message : str
        Of a failed one.
    """

    state: Literal["done", "failed", "cancelled"]
    result: Mapping[str, Any] | None = None
    code: str = ""
    message: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for the way back from a worker."""
        return {"state": self.state, "result": self.result, "code": self.code,
                "message": self.message}  # fmt: skip


@dataclass(frozen=True)
class Order:
    """A task to run, and whom to tell.

    Attributes
    ----------
    job : str
        Id of the job.
    kind : str
        Name of the task.
    parameters : mapping
        JSON values.
    on_progress, on_end : callable
        Called from threads of the engine; `on_end` once, last.
    background : bool
        Orders that somebody waits for go first.
    """

    job: str
    kind: str
    parameters: Mapping[str, Any]
    on_progress: Callable[[Progress], None]
    on_end: Callable[[Outcome], None]
    background: bool = False


class Engine(Protocol):
    """Where jobs run."""

    def submit(self, order: Order) -> None:
        """Start a job soon; returns at once."""

    def cancel(self, job: str) -> None:
        """Ask a job to stop; returns at once. Unknown or finished jobs are left alone."""

    def close(self) -> None:
        """Stop everything."""


def run_task(kind: str, parameters: Mapping[str, Any], reporter: Reporter) -> Outcome:
    """Run a task to its end; never raises.

    Deliberate errors keep their message. Others are bugs: the log of the worker gets the traceback.
    """
    try:
        return Outcome("done", task(kind)(parameters, reporter))
    except CancelledError:
        return Outcome("cancelled")
    except NeuroXError as error:
        return Outcome("failed", code=error.code, message=str(error))
    except Exception as error:
        LOG.exception("%s failed", kind)
        return Outcome("failed", code="internal", message=f"{type(error).__name__}: {error}")
