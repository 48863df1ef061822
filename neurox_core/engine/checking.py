"""The job behind the screen where a model is added: open it and put it to the laws."""

from __future__ import annotations

from typing import Any

from ..errors import CancelledError
from .tasks import Parameters, Reporter


def check_task(parameters: Parameters, reporter: Reporter) -> dict[str, Any]:
    """Check a model (see :func:`neurox_core.models.check.check_model`).

    Parameters
    ----------
    parameters : mapping
        ``model``: what :func:`neurox_core.load_model` takes.
    """
    from ..models.check import check_model
    from .sources import open_placed

    def move(done: int, total: int, of: str = "laws") -> None:
        if reporter.cancelled():
            raise CancelledError("The check was cancelled.")
        reporter.progress(done, total, of)

    def fetched(done: int, total: int) -> None:
        move(done, total, f"loading, {total / 1e6:,.0f} MB")

    reporter.progress(0, 1, "loading")
    model = open_placed(parameters["model"], fetched)
    return check_model(model, on_progress=move).to_dict()
