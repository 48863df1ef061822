"""Where the names of neurons are kept: another text, label or model has another place.

Of labels only those count that may enter the bank of concepts of a stack, which are those of its
own text: labels of the references say nothing new of an encoder. When labels are added, what was
found without them stays where it was, and is shown until the neurons have been compared again.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from neurox_core import __version__
from neurox_core.corpora.label_sets import Added
from neurox_core.corpora.labels import COMPUTED

from .projects import Project
from .stores import Stores, digest

SIDES = {"encoder": "source", "decoder": "reference"}
"""Which side of the corpus each stack reads or writes."""


class NamePlaces:
    """Files with the names of the neurons of a stack.

    Parameters
    ----------
    stores : Stores
    folder : Path
    """

    def __init__(self, stores: Stores, folder: Path) -> None:
        self._stores, self._folder = stores, folder

    def path(self, project: Project, model: str, stack: str) -> Path:
        """Where the names belong that take account of all labels.

        The store counts by its folder's name, which says what is in it: a workspace that was moved
        keeps its names.
        """
        return self._path(project, model, stack, _added_to(project, stack))

    def before(self, project: Project, model: str, stack: str) -> tuple[Path, list[str]] | None:
        """Names that were found before labels were added, and those labels; None if none were."""
        added = _added_to(project, stack)
        for count in reversed(range(len(added))):
            path = self._path(project, model, stack, added[:count])
            if path.is_file():
                return path, [label for one in added[count:] for label in one.labels]
        return None

    def _path(self, project: Project, model: str, stack: str, added: Sequence[Added]) -> Path:
        corpus = project.corpus
        by_file = {label for one in project.added for label in one.labels}
        known = (getattr(corpus, f"{side}_labels") for side in _sides(project, stack))
        own = [[n for n in (of.names if of else ()) if n not in (*COMPUTED, *by_file)]
               for of in known]  # fmt: skip
        key = digest(
            __version__, self._stores.path(project, model).name, stack, corpus.columns, own,
            [one.path.stem for one in added],
        )  # fmt: skip
        return self._folder / f"{model}-{stack}-{key[:16]}.npz"


def _sides(project: Project, stack: str) -> tuple[str, ...]:
    """The texts whose labels may be concepts for the neurons of a stack."""
    return (SIDES[stack],) if project.corpus.has_references else ("source", "reference")


def _added_to(project: Project, stack: str) -> list[Added]:
    """Files of labels of these texts, oldest first."""
    sides = _sides(project, stack)
    return [one for one in project.added if one.about and one.about.side in sides and one.labels]
