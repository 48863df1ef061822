"""An index of states as a job; see :mod:`neurox_core.activations.state_index`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..activations import open_store
from ..activations.state_index import StateIndex
from ..errors import StoreError
from .tasks import Parameters, Reporter


def index_task(parameters: Parameters, reporter: Reporter) -> dict[str, Any]:
    """Make an index, unless a sound one is there.

    Parameters
    ----------
    parameters : mapping
        ``store`` (a path), ``layer``, and ``folder`` of the index.
    """
    path = Path(parameters["folder"])
    try:
        StateIndex(path)
    except StoreError:
        path.parent.mkdir(parents=True, exist_ok=True)
        StateIndex.build(
            open_store(parameters["store"], verify=False), parameters["layer"], path,
            on_progress=reporter.progress, cancelled=reporter.cancelled,
        )  # fmt: skip
    return {"folder": str(path)}
