"""What recording a model takes, told before it begins.

A few sentences are recorded into a temporary folder of the workspace and thrown away again, so the
numbers are those of this machine, this model and this disk. They are kept by the store's folder,
which is named after all that they depend on; how much is free is looked up each time.
"""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from neurox_core.engine.recording import certain_refusal, expected, too_much_together
from neurox_core.errors import StoreError

from .contracts import RecordingCost, RecordingCosts
from .errors import unwritable
from .projects import Project
from .stores import Stores

if TYPE_CHECKING:
    from neurox_core.activations import Estimate

_KEPT = 64
"""Numbers that are remembered."""


class Recording:
    """Says what recording takes.

    Parameters
    ----------
    stores : Stores
    workspace : Path
    max_store_size : int, optional
        Most bytes that a store may take.
    """

    def __init__(self, stores: Stores, workspace: Path, max_store_size: int | None) -> None:
        self._stores, self._workspace, self._most = stores, workspace, max_store_size
        self._known: OrderedDict[Path, Estimate] = OrderedDict()
        # One at a time: two that are measured at once would slow each other.
        self._lock = Lock()

    def cost(self, project: Project, model: str) -> RecordingCost:
        """What recording a model of a project takes, and whether it may begin.

        Raises
        ------
        UnknownNameError, ModelLoadError, TextTooLongError
        ApiError
            If nothing can be written to the workspace.
        """
        from neurox_core.activations.budget import free_bytes

        path = self._stores.path(project, model)
        found = self._expected(project, model, path)
        return RecordingCost(
            model=model, title=project.title(model), sentences=found.sentences,
            neurons=found.neurons, tokens=found.tokens, bytes=found.bytes, seconds=found.seconds,
            exact=found.exact, recorded=self._is_recorded(path),
            free_bytes=free_bytes(path)[1], max_bytes=self._most,
            refused=certain_refusal(found, path, self._most),
        )  # fmt: skip

    def costs(self, project: Project) -> RecordingCosts:
        """What recording each model of a project takes, and whether there is room for all.

        Raises
        ------
        As :meth:`cost`.
        """
        models = [self.cost(project, name) for name in project.models]
        needed = [one.bytes for one in models if not one.recorded]
        together = too_much_together(needed, self._workspace) if len(needed) > 1 else None
        return RecordingCosts(models=models, together=together)

    def _expected(self, project: Project, model: str, path: Path) -> Estimate:
        with self._lock:
            if path not in self._known:
                network, layers = project.live(model).model, project.layers(model)
                try:
                    found = expected(network, project.corpus, layers, self._workspace)
                except StoreError as error:
                    # What it was told of, and no ways out that are the server's alone.
                    cause = error.__cause__
                    raise unwritable(
                        cause if isinstance(cause, OSError) else None,
                        "What recording takes cannot be tried: the server's workspace",
                    ) from error
                self._known[path] = found
            self._known.move_to_end(path)
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
            return self._known[path]

    def _is_recorded(self, path: Path) -> bool:
        try:
            return self._stores.at(path) is not None
        except StoreError:  # A damaged store is recorded again.
            return False
