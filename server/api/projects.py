"""Endpoints that tell what there is: projects, models, sentences."""

from __future__ import annotations

from collections.abc import Sequence

from neurox_core import demo
from neurox_core.corpora import Corpus
from neurox_core.errors import ModelLoadError, UnknownNameError
from neurox_core.models.tokens import Tokens
from neurox_core.rankings import describe

from ..contracts import (
    CorpusInfo,
    CorpusPart,
    ModelInfo,
    Project,
    ProjectList,
    RankingMethod,
    Sentence,
    SentencePage,
    SentenceQuery,
)
from ..creation import allowed
from ..projects import Project as OpenProject
from ..routes import Operation
from ..services import Services
from ..views import model_info, text_view


def list_projects(services: Services) -> ProjectList:
    """The projects of this server."""
    return ProjectList(
        projects=[project.summary for project in services.projects],
        new=allowed(services.settings),
        demo_models=demo.models(),
    )


def show_project(services: Services, project: str) -> Project:
    """All that the page needs; starts recording the default model if that takes a moment.

    A model that cannot be opened is left out and told of; the others stay usable.
    """
    opened = services.projects[project]
    models, problems = _models(services, opened)
    if not models:
        raise problems[0]
    names = [model.name for model in models]
    default = opened.default_model if opened.default_model in names else names[0]
    if services.settings.auto_extract and not services.work.ensure_extracted(opened, default):
        services.work.ensure_named(opened, default)
    return Project(
        **opened.summary.model_dump(),
        models=models,
        corpus=_corpus_info(opened),
        rankings=[
            RankingMethod.model_validate({k: d[k] for k in RankingMethod.model_fields})
            for d in describe()
        ],
        default_model=default,
        notes=[note for note in opened.notes if note.model in names],
        presets=[preset for preset in opened.presets if preset.model in names],
        warnings=[str(problem) for problem in problems],
    )


def _models(
    services: Services, opened: OpenProject
) -> tuple[list[ModelInfo], list[ModelLoadError]]:
    """The models that can be opened, and why the others cannot."""
    found, problems = [], []
    for name in opened.models:
        try:
            model = opened.card(name)
        except ModelLoadError as error:
            problems.append(error)
            continue
        extracted = services.stores.extracted(opened, name)
        prunable = opened.prunable(name)
        found.append(model_info(model, name, opened.title(name), extracted, prunable))
    return found, problems


def list_sentences(services: Services, project: str, query: SentenceQuery) -> SentencePage:
    """A window on the corpus, or on the sentences of it that match."""
    opened = services.projects[project]
    model = opened.live(query.model or opened.default_model).model
    found = _matching(opened, query)
    window = found[query.offset : query.offset + query.limit]
    sentences = [
        _sentence(
            opened, i, model.tokenize(opened.corpus.sources[i]),
            model.tokenize(opened.corpus.references[i], "target"),
        )
        for i in window
    ]  # fmt: skip
    return SentencePage(total=len(found), offset=query.offset, sentences=sentences)


def _matching(opened: OpenProject, query: SentenceQuery) -> Sequence[int]:
    corpus = opened.corpus
    chosen: Sequence[int] = range(len(corpus))
    if query.part is not None:
        chosen = corpus_part(opened, query.part)
    if not query.query:
        return chosen
    wanted = query.query.casefold()
    return [
        i
        for i in chosen
        if wanted in corpus.sources[i].casefold() or wanted in corpus.references[i].casefold()
    ]


def corpus_part(opened: OpenProject, part: str) -> list[int]:
    """Sentences of a part; UnknownNameError if the corpus has none of that name."""
    parts = opened.parts()
    if part not in parts:
        raise UnknownNameError("part of the corpus", part[:80], list(parts))
    return parts[part]


def _sentence(opened: OpenProject, index: int, source: Tokens, reference: Tokens) -> Sentence:
    corpus = opened.corpus
    return Sentence(
        index=index,
        part=opened.part_of(index),
        source=text_view(source),
        reference=text_view(reference),
        columns={name: values[index] for name, values in corpus.columns.items()},
        source_labels=_labels(corpus, "source", index, source),
        reference_labels=_labels(corpus, "reference", index, reference),
    )


def _labels(corpus: Corpus, side: str, index: int, tokens: Tokens) -> dict[str, list[str]]:
    labels = corpus.source_labels if side == "source" else corpus.reference_labels
    return {} if labels is None else labels.for_words(index, tokens.text, tokens.words)


def _corpus_info(opened: OpenProject) -> CorpusInfo:
    corpus = opened.corpus
    names: dict[str, None] = {}
    for labels in (corpus.source_labels, corpus.reference_labels):
        names |= dict.fromkeys(labels.names if labels is not None else ())
    return CorpusInfo(
        name=corpus.name,
        sentences=len(corpus),
        parts=[CorpusPart(name=n, sentences=len(i)) for n, i in opened.parts().items()],
        labels=list(names),
        columns=list(corpus.columns),
        references=corpus.has_references,
    )


OPERATIONS = (
    Operation("GET", "/projects", list_projects, "List projects", {200: ProjectList}),
    Operation("GET", "/projects/<project>", show_project, "Open a project", {200: Project}),
    Operation(
        "GET", "/projects/<project>/sentences", list_sentences, "A window on the corpus",
        {200: SentencePage}, query=SentenceQuery,
    ),
)  # fmt: skip
