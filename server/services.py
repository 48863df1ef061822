"""What the views work with; one value for each application, no module globals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import current_app

if TYPE_CHECKING:
    from .causal import Causal
    from .control import Control
    from .counterparts import Counterparts
    from .jobs import Jobs
    from .labels import LabelFiles
    from .nearest import NearestStates
    from .projects import Projects
    from .rankings import Rankings
    from .recording import Recording
    from .sets import Sets
    from .settings import Settings
    from .slices import Slices
    from .stores import Stores
    from .work import Work


@dataclass(frozen=True)
class Services:
    """The parts of a running server.

    Attributes
    ----------
    settings : Settings
    projects : Projects
        What can be opened, and what is open.
    jobs : Jobs
        Work in worker processes.
    recording : Recording
        What recording takes.
    rankings : Rankings
        Rankings that were made.
    causal : Causal
        Ablation curves.
    control : Control
        Control of a property, gender, smaller models.
    sets : Sets
        Named manipulation sets.
    labels : LabelFiles
        Files of labels that were added.
    slices : Slices
        Scores of slices of the corpus.
    counterparts : Counterparts
        Similar sentences that come out otherwise.
    nearest : NearestStates
        Tokens of the corpus in states like that of a word.
    document : dict
        The OpenAPI document.
    """

    settings: Settings
    projects: Projects
    stores: Stores
    jobs: Jobs
    work: Work
    recording: Recording
    rankings: Rankings
    causal: Causal
    control: Control
    sets: Sets
    labels: LabelFiles
    slices: Slices
    counterparts: Counterparts
    nearest: NearestStates
    document: dict[str, Any]


def services() -> Services:
    """The parts of the present application."""
    found: Services = current_app.extensions["neurox"]
    return found
