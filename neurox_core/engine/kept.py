"""What models made of a corpus under some interventions, kept in files.

Translations lie in the files that scores use, too. What a language model or a classifier gave (see
:class:`neurox_core.interventions.curve_outputs.LocalReader`) lies in files of the same form, each
output as JSON text, under names of their own.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..interventions.intervention import Intervention
from ..interventions.outputs import shown
from .scoring import Translations, needed_labels, needed_moments, translations_key

if TYPE_CHECKING:
    from ..corpora import Corpus
    from ..models.base import TranslationModel


class KeptTranslations:
    """Translations of one list of sentences by one model, in files.

    Parameters
    ----------
    folder : Path
    model : TranslationModel
    sources : sequence of str
        The first ones of the corpus, if there is one.
    beams : int
    corpus : Corpus, optional
        Whose labels interventions may be limited by.
    """

    def __init__(
        self,
        folder: Path,
        model: TranslationModel,
        sources: Sequence[str],
        beams: int,
        corpus: Corpus | None = None,
    ) -> None:
        self._folder, self._model, self._beams = folder, model, beams
        self._sources, self._corpus = list(sources), corpus

    def key(self, interventions: Sequence[Intervention]) -> str:
        """Name of the file of some interventions."""
        moments = needed_moments(self._model, interventions)
        moments += self._labels(interventions)
        return translations_key(self._model, self._beams, interventions, moments)

    def get(self, interventions: Sequence[Intervention]) -> list[Any] | None:
        """What is kept, or None."""
        return self._file(interventions).of(self._sources)

    def put(self, interventions: Sequence[Intervention], texts: Sequence[Any]) -> None:
        """Keep translations."""
        self._file(interventions).add(self._sources, texts)

    def _labels(self, interventions: Sequence[Intervention]) -> list[tuple[str, str]]:
        return [] if self._corpus is None else needed_labels(self._corpus, interventions)

    def _file(self, interventions: Sequence[Intervention]) -> Translations:
        return Translations(
            self._folder, self.key(interventions), self._model.task,
            apart=bool(self._labels(interventions)),
        )  # fmt: skip


class KeptOutputs(KeptTranslations):
    """Outputs of a model of another task, in files of their own."""

    def key(self, interventions: Sequence[Intervention]) -> str:
        """Name of the file: a language model's continuations have another one."""
        return f"{super().key(interventions)}00"

    def get(self, interventions: Sequence[Intervention]) -> list[Any] | None:
        """What is kept, or None."""
        texts = self._file(interventions).of(self._sources)
        return None if texts is None else [json.loads(text) for text in texts]

    def put(self, interventions: Sequence[Intervention], texts: Sequence[Any]) -> None:
        """Keep outputs."""
        written = [json.dumps(text, ensure_ascii=False) for text in texts]
        self._file(interventions).add(self._sources, written)


def kept_outputs(
    folder: Path,
    model: TranslationModel,
    sources: Sequence[str],
    beams: int,
    corpus: Corpus | None = None,
) -> KeptTranslations:
    """Where the outputs of a model belong, by its task."""
    kind = KeptTranslations if model.task == "translation" else KeptOutputs
    return kind(folder, model, sources, beams, corpus)


def said(task: str, kept: str) -> str:
    """A kept output as a person reads it: a translation, a text's perplexity, labels."""
    return shown(task, kept if task == "translation" else loaded(kept))


def loaded(kept: str) -> Any:
    """An output of a model that does not translate, from the text that is kept of it."""
    return json.loads(kept)
