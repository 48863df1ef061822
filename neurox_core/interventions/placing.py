"""Interventions on every sentence of a corpus, or on other texts, words and labels resolved.

An intervention may be limited to words by their form or their label. Which tokens that is differs
from text to text, so there is a list of interventions for each. Labels of a corpus' own sentences
are its annotation; of other texts what the corpus says of the same forms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..corpora import Corpus
from ..corpora.text_labels import OutputForms, SourceLabels
from ..models.base import TranslationModel
from ..models.tokens import Tokens
from .intervention import Intervention
from .settings import Setting
from .where import Labels, asked_labels, placed

Rows = list[Intervention] | list[list[Intervention]]
"""The same for all texts, or a list for each."""


def corpus_rows(
    model: TranslationModel, corpus: Corpus, interventions: Sequence[Intervention]
) -> Rows:
    """Interventions on a whole corpus: where they name words, a list for each sentence."""
    if all(i.where is None for i in interventions):
        return list(interventions)
    tokens = dict(enumerate(model.all_checked(corpus.sources)))
    return placed_rows(model, corpus, tokens, interventions)


def setting_of(
    model: TranslationModel,
    corpus: Corpus,
    tokens: Sequence[Tokens],
    interventions: Sequence[Intervention],
) -> Setting:
    """Interventions of every sentence of a corpus, words and labels resolved."""
    if all(i.where is None for i in interventions):
        return Setting.everywhere(model, interventions, len(corpus))
    rows = placed_rows(model, corpus, dict(enumerate(tokens)), interventions)
    return Setting(model, rows, range(len(rows)))


def placed_rows(
    model: TranslationModel,
    corpus: Corpus,
    tokens: Mapping[int, Tokens],
    interventions: Sequence[Intervention],
) -> list[list[Intervention]]:
    """Interventions of some sentences of a corpus, by their number, words and labels resolved."""
    forms, stack = OutputForms(corpus).of, model.source_stack
    named = bool(asked_labels(interventions, stack))
    return [
        placed(interventions, t, labels_of(corpus, i, t) if named else None, forms, stack)
        for i, t in tokens.items()
    ]


def labels_of(corpus: Corpus, sentence: int, tokens: Tokens) -> Labels | None:
    """Labels of a source's words, if the corpus has any."""
    if corpus.source_labels is None:
        return None
    return corpus.source_labels.for_words(sentence, tokens.text, tokens.words)


def text_rows(
    model: TranslationModel,
    texts: Sequence[str],
    interventions: Sequence[Intervention],
    corpus: Corpus | None,
) -> Rows:
    """Interventions on texts that are not of a corpus, whose labels come from one like them.

    Raises
    ------
    InvalidInputError
        If a label is asked for that the corpus does not have.
    """
    if all(i.where is None for i in interventions):
        return list(interventions)
    stack = model.source_stack
    names = asked_labels(interventions, stack)
    known = None if corpus is None else SourceLabels(corpus)
    forms = None if corpus is None else OutputForms(corpus).of
    found = []
    for tokens in model.all_checked(texts):
        labels = known.of(None, tokens, names).values if known and names else None
        found.append(placed(interventions, tokens, labels, forms, stack))
    return found
