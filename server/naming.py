"""Neurons are named by themselves, in the background, when a model's activations are there.

Once for each model, stack, text and labels; what was made lies on disk, and what was cancelled or
failed is not begun again unasked (see :meth:`.work.Work.ensure_named`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from neurox_core.errors import NeuroXError

from .contracts import Job
from .projects import Projects
from .records import Records
from .stores import Stores
from .work import Work

LOG = logging.getLogger(__name__)


def name_when_recorded(
    projects: Projects, records: Records, stores: Stores, work: Work
) -> Callable[[Job], None]:
    """What is to be called with every job that ends."""

    def ended(job: Job) -> None:
        if job.kind != "extract" or job.state != "done" or job.project not in projects:
            return
        project, record = projects[job.project], records.job(job.id)
        try:
            for model in project.models:
                if record and record.parameters.get("path") == str(stores.path(project, model)):
                    work.ensure_named(project, model)
        except NeuroXError as error:  # The button is still there; whoever presses it is told.
            LOG.warning("the neurons of %s are not named: %s", job.project, error)

    return ended
