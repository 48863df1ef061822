"""Projects: what a YAML file says, and the models and text that are open because of it.

A project file names models and one corpus; paths in it are relative to the file itself. It is
checked when the server starts, so a misspelt key is told at once with the file and the key. Models
and text are read when somebody first asks for them, once, each under a lock of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from neurox_core import demo
from neurox_core.engine.sources import CorpusReference, open_corpus, recorded_layers
from neurox_core.errors import InvalidInputError, ModelLoadError, NeuroXError, UnknownNameError, nth

from .contracts import NeuronNote, Preset, ProjectSummary

if TYPE_CHECKING:
    from neurox_core.corpora import Corpus
    from neurox_core.corpora.label_sets import Added
    from neurox_core.corpora.text_labels import OutputForms, SourceLabels
    from neurox_core.engine.live import LiveModel
    from neurox_core.models.card import ModelCard

LOG = logging.getLogger(__name__)

LIGHT = 50_000_000
"""Parameters up to which a model is loaded before anybody asks for it."""

PART_COLUMN = "part"
"""The sentence label that splits a corpus into parts with scores of their own."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ModelEntry(_Strict):
    """A model of a project.

    ``path`` is a folder, a demo model's name or a name on a hub; the name itself if missing.
    """

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,60}$")]
    title: str | None = None
    path: str | None = None


class CorpusEntry(_Strict):
    """A corpus: the demo's, or a file with an optional second file of references."""

    path: str
    references: str | None = None


class NoteEntry(_Strict):
    """A neuron worth looking at."""

    model: str
    address: str
    note: str


class ProjectFile(_Strict):
    """Everything a project file may hold."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,40}$")]
    title: str
    description: str = ""
    models: Annotated[list[str | ModelEntry], Field(min_length=1, max_length=50)]
    corpus: str | CorpusEntry
    default_model: str | None = None
    notes: list[NoteEntry] = Field(default_factory=list)

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        names = [entry.name for entry in self.entries()]
        if doubles := {n for n in names if names.count(n) > 1}:
            raise ValueError(f"models: {sorted(doubles)[0]!r} is named twice; give each a name")
        asked = [("default_model", self.default_model)] if self.default_model else []
        asked += [(f"notes[{i}].model", note.model) for i, note in enumerate(self.notes)]
        for key, name in asked:
            if name not in names:
                raise ValueError(f"{key}: {name!r} is not one of the models {', '.join(names)}")
        return self

    def entries(self) -> list[ModelEntry]:
        """The models; one that is given as a path or hub name is called by its last part."""
        return [
            entry
            if isinstance(entry, ModelEntry)
            else ModelEntry(name=entry.rstrip("/").rpartition("/")[2] or entry, path=entry)
            for entry in self.models
        ]


class Project:
    """One project, and what of it is open.

    Parameters
    ----------
    file : ProjectFile
    folder : Path
        What paths in it are relative to.
    """

    def __init__(self, file: ProjectFile, folder: Path) -> None:
        self.file, self.id = file, file.id
        self.models = {entry.name: entry for entry in file.entries()}
        self.default_model = file.default_model or next(iter(self.models))
        self._text = _corpus_reference(file.corpus, folder)
        self._label_files: tuple[Path, ...] = ()
        self._added: list[Added] = []
        self._folder = folder
        self._live: dict[str, LiveModel] = {}
        self._cards: dict[str, ModelCard] = {}
        self._prunable: dict[str, tuple[list[str], str]] = {}
        self._locks = {name: Lock() for name in self.models}
        self._corpus: Corpus | None = None
        self._corpus_lock = Lock()
        self._source_labels: SourceLabels | None = None
        self._output_forms: OutputForms | None = None

    @property
    def summary(self) -> ProjectSummary:
        """One line of the list of projects."""
        file = self.file
        return ProjectSummary(id=file.id, title=file.title, description=file.description)

    @property
    def corpus(self) -> Corpus:
        """The text; read at first use."""
        with self._corpus_lock:
            if self._corpus is None:
                from neurox_core.corpora.label_sets import add_labels

                self._corpus, self._added = add_labels(open_corpus(self._text), self._label_files)
                for one in self._added:
                    if one.error:
                        LOG.warning("labels of project %s are left out: %s", self.id, one.error)
            return self._corpus

    @property
    def corpus_reference(self) -> CorpusReference:
        """What a job reads as :attr:`corpus`, with the same labels."""
        fitting = [str(one.path) for one in self.added if not one.error]
        return {**self._text, "labels": fitting} if fitting else self._text

    @property
    def added(self) -> list[Added]:
        """Files of labels that were added on the page, and what became of each."""
        if not self._label_files:
            return []
        corpus = self.corpus  # Reading it says which of them fit.
        assert corpus is not None
        return self._added

    def use_labels(self, files: Sequence[Path]) -> None:
        """Label the words by these files too, from now on."""
        with self._corpus_lock:
            self._label_files = tuple(files)
            self._corpus = self._source_labels = self._output_forms = None

    @property
    def notes(self) -> list[NeuronNote]:
        """Neurons worth a look: the file's, and the demo's own with the demo's corpus."""
        own = [NeuronNote(**note.model_dump()) for note in self.file.notes]
        return own + [NeuronNote(**v) for v in self._highlights("notes")]

    @property
    def presets(self) -> list[Preset]:
        """Groups of neurons that are known to work; only the demo has some."""
        return [Preset.model_validate(v) for v in self._highlights("presets")]

    def _highlights(self, kind: str) -> list[dict[str, Any]]:
        if self.file.corpus != "demo":
            return []
        return [v for v in demo.highlights()[kind] if v["model"] in self.models]

    def add_model(self, entry: ModelEntry) -> None:
        """Put a model at the end of the list."""
        self._locks = {**self._locks, entry.name: Lock()}
        self.models = {**self.models, entry.name: entry}

    def drop_model(self, name: str) -> None:
        """Take a model off the list."""
        self.models = {k: v for k, v in self.models.items() if k != name}
        self._live.pop(name, None)
        self._cards.pop(name, None)
        self._prunable.pop(name, None)

    def model_reference(self, name: str) -> str:
        """What the core loads; a path that exists beside the project file is made absolute."""
        entry = self._entry(name)
        reference = entry.path or entry.name
        beside = self._folder / Path(reference).expanduser()
        return str(beside.resolve()) if beside.is_dir() else reference

    def title(self, name: str) -> str:
        """How a model is called on the screen."""
        return self._entry(name).title or name

    def card(self, name: str) -> ModelCard:
        """A model's facts: from its folder if they stand there, else by loading it.

        Raises what :meth:`live` raises.
        """
        if name not in self._cards:
            from neurox_core.models.card import ModelCard

            self._cards[name] = self._written_card(name) or ModelCard.of(self.live(name).model)
        return self._cards[name]

    def prunable(self, name: str) -> tuple[list[str], str]:
        """Kinds of units that can be taken out of a model, and why none can, in words."""
        if name not in self._prunable:
            from neurox_core.interventions.pruning_tools import kinds_of

            try:
                self._prunable[name] = list(kinds_of(self.model_reference(name))), ""
            except NeuroXError as error:
                self._prunable[name] = [], str(error)
        return self._prunable[name]

    def live(self, name: str) -> LiveModel:
        """A model, loaded at first use.

        Raises
        ------
        UnknownNameError
            If the project has no such model.
        ModelLoadError
            If it cannot be opened; the next request tries again.
        """
        reference = self.model_reference(name)
        with self._locks[name]:
            if name not in self._live:
                # The import brings torch; a server that only lists projects does without.
                from neurox_core.engine.live import LiveModel
                from neurox_core.engine.sources import open_model

                try:
                    self._live[name] = LiveModel(open_model(reference))
                except ModelLoadError as error:
                    raise ModelLoadError(
                        f"Model {name!r} of project {self.id!r} cannot be opened. {error}"
                    ) from error
            return self._live[name]

    def is_light(self, name: str) -> bool:
        """Whether a model is known to be small enough to be loaded before anybody asks."""
        card = self._written_card(name)
        return card is not None and card.parameters <= LIGHT

    def layers(self, name: str) -> list[str]:
        """The layers of a model that are recorded on the corpus."""
        return recorded_layers(self.card(name).sites)

    def parts(self) -> dict[str, list[int]]:
        """Sentences of each part of the corpus; empty if it is not split."""
        found: dict[str, list[int]] = {}
        for index, part in enumerate(self.corpus.columns.get(PART_COLUMN, ())):
            found.setdefault(part, []).append(index)
        return found

    def part_of(self, index: int) -> str:
        """The part that a sentence is in; '' if the corpus is not split."""
        column = self.corpus.columns.get(PART_COLUMN)
        return column[index] if column else ""

    @property
    def source_labels(self) -> SourceLabels:
        """Labels of the words of any source text."""
        corpus = self.corpus
        with self._corpus_lock:
            if self._source_labels is None:
                from neurox_core.corpora.text_labels import SourceLabels

                self._source_labels = SourceLabels(corpus)
            return self._source_labels

    @property
    def output_forms(self) -> OutputForms:
        """Forms of the language that is written, by their labels."""
        corpus = self.corpus
        with self._corpus_lock:
            if self._output_forms is None:
                from neurox_core.corpora.text_labels import OutputForms

                self._output_forms = OutputForms(corpus)
            return self._output_forms

    def sentence_texts(self, indices: Sequence[int]) -> list[str]:
        """Sources of sentences; InvalidInputError for an index that there is not."""
        corpus = self.corpus
        for index in indices:
            if not 0 <= index < len(corpus):
                raise InvalidInputError(
                    f"There is no {nth(index)}: the corpus has {len(corpus)} sentences."
                )
        return [corpus.sources[i] for i in indices]

    def _written_card(self, name: str) -> ModelCard | None:
        """The card in a model's folder, if it is there and still true."""
        from neurox_core.engine.sources import placing
        from neurox_core.models.card import read_card

        if placing()["dtype"] != "float32":  # Other numbers, and so another fingerprint.
            return None
        reference = self.model_reference(name)
        return read_card(
            demo.model_folder(reference) if reference in demo.models() else Path(reference)
        )

    def _entry(self, name: str) -> ModelEntry:
        if name not in self.models:
            raise UnknownNameError(f"model in project {self.id!r}", name[:80], list(self.models))
        return self.models[name]


class Projects:
    """All projects of a server.

    Parameters
    ----------
    projects : sequence of Project
        In the order of the list; ids are distinct.
    """

    def __init__(self, projects: Sequence[Project]) -> None:
        self._projects = {project.id: project for project in projects}
        if len(self._projects) < len(projects):
            ids = [p.id for p in projects]
            double = next(i for i in ids if ids.count(i) > 1)
            raise InvalidInputError(f"Two project files have the id {double!r}; change one.")

    def __iter__(self) -> Any:
        return iter(self._projects.values())

    def __contains__(self, identifier: object) -> bool:
        return identifier in self._projects

    def __getitem__(self, identifier: str) -> Project:
        """A project; UnknownNameError if there is none of that id."""
        if identifier not in self._projects:
            raise UnknownNameError("project", identifier[:80], list(self._projects))
        return self._projects[identifier]

    def add(self, project: Project) -> None:
        """Put a project at the end of the list; InvalidInputError if its id is taken."""
        if project.id in self._projects:
            raise InvalidInputError(f"There is a project {project.id!r} already.")
        self._projects = {**self._projects, project.id: project}

    def drop(self, identifier: str) -> None:
        """Take a project off the list."""
        self._projects = {k: v for k, v in self._projects.items() if k != identifier}

    @property
    def first(self) -> Project:
        """The one that is opened first."""
        return next(iter(self._projects.values()))


def open_projects(paths: Sequence[Path]) -> Projects:
    """Read project files; the demo project if there are none."""
    return Projects([read_project(path) for path in paths or [demo_file()]])


def demo_file() -> Path:
    """The demo project's file: beside the package in a wheel, beside the folder in a checkout."""
    here = Path(__file__).resolve().parent
    for folder in (here / "configs", here.parent / "configs"):
        if (folder / "demo.yaml").is_file():
            return folder / "demo.yaml"
    raise InvalidInputError("The demo project's file demo.yaml is missing: install NeuroX again.")


def read_project(path: Path) -> Project:
    """Read one project file.

    Raises
    ------
    InvalidInputError
        Naming the file, and the key or line that is wrong.
    """
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidInputError(
            f"The project file {path} cannot be read: {error.strerror}."
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"The project file {path} is not YAML: {error}") from error
    if not isinstance(values, dict):
        raise InvalidInputError(
            f"The project file {path} must hold keys such as 'id' and 'models'."
        )
    try:
        return Project(ProjectFile.model_validate(values), path.resolve().parent)
    except ValidationError as error:
        told = [
            f"{'.'.join(map(str, p['loc'])) or 'file'}: {p['msg'].removeprefix('Value error, ')}"
            for p in error.errors(include_url=False)
        ]
        raise InvalidInputError(f"The project file {path} is wrong. {'; '.join(told)}.") from error


def _corpus_reference(corpus: str | CorpusEntry, folder: Path) -> CorpusReference:
    if corpus == "demo":
        return {"demo": True}
    entry = CorpusEntry(path=corpus) if isinstance(corpus, str) else corpus
    reference = {"path": str((folder / Path(entry.path).expanduser()).resolve())}
    if entry.references is not None:
        reference["references"] = str((folder / Path(entry.references).expanduser()).resolve())
    return reference
