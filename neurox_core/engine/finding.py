"""The job behind "What would change it?": search for the few neurons that make a word."""

from __future__ import annotations

from typing import Any

from ..errors import CancelledError
from .sources import open_model
from .tasks import Parameters, Reporter


def find_task(parameters: Parameters, reporter: Reporter) -> dict[str, Any]:
    """Search for an edit (see :func:`neurox_core.find_edit`).

    Parameters
    ----------
    parameters : mapping
        ``model``, ``text``, ``word`` (its place in the model's own translation), ``wanted``,
        ``most``, ``bound``; optional ``layers``, ``scope``, ``beams``, ``store`` (a path whose
        statistics are used if the model has none).
    """
    from ..activations import open_store
    from ..interventions import find_edit

    store = open_store(parameters["store"]) if parameters.get("store") else None
    reporter.progress(0, 1, "searching")
    found = find_edit(
        open_model(parameters["model"], store), parameters["text"], parameters["word"],
        parameters["wanted"], most=parameters["most"], bound=parameters["bound"],
        layers=parameters.get("layers"), scope=parameters.get("scope", "output"),
        beams=int(parameters.get("beams", 1)),
        cancelled=reporter.cancelled,
    ).to_dict()  # fmt: skip
    if reporter.cancelled():
        raise CancelledError("The search was cancelled.")
    kept = ("neurons", "operation", "value", "unit", "positions", "scope")
    found["interventions"] = [{k: edit[k] for k in kept} for edit in found["interventions"]]
    return found
