"""Named sets of manipulations side by side: each sentence under each set, and what each set costs.

As on the screen of 2019, but with words compared in order, with values in raw, sigma or percentile,
limited to words by name, pattern or label if wanted, and never without the score and the number of
sentences that changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..corpora import Corpus
from ..corpora.text_labels import OutputForms
from ..errors import InvalidInputError
from ..evaluation import CorpusScore, RepeatedScores, word_diff
from ..models.base import TranslationModel
from ..models.tokens import Tokens, words_of
from .intervention import Intervention
from .redecode import Redecoder
from .settings import Setting
from .where import Labels, asked_labels, placed


@dataclass(frozen=True)
class ManipulationSet:
    """Interventions under a name."""

    name: str
    interventions: tuple[Intervention, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"name": self.name, "interventions": [i.to_dict() for i in self.interventions]}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> ManipulationSet:
        """Read what :meth:`to_dict` wrote."""
        if set(values) != {"name", "interventions"}:
            raise InvalidInputError("A manipulation set has a name and interventions.")
        return cls(
            str(values["name"]),
            tuple(Intervention.from_dict(i) for i in values["interventions"]),
        )


@dataclass(frozen=True)
class SetOutcome:
    """What one set does to a corpus.

    Attributes
    ----------
    translations : list of str
    changed : list of list of int
        Words of each translation that differ from the baseline's.
    score : CorpusScore
    """

    name: str
    translations: list[str]
    changed: list[list[int]]
    score: CorpusScore


@dataclass(frozen=True)
class SetComparison:
    """Sentences, their baseline, and every set's outcome."""

    sources: list[str]
    baseline: list[str]
    outcomes: list[SetOutcome]

    def to_dict(self, limit: int | None = None) -> dict[str, Any]:
        """Plain values for JSON; sentences up to a limit, scores always of all."""
        return {
            "sentences": [
                {
                    "source": source,
                    "baseline": base,
                    "outputs": [
                        {"text": o.translations[i], "changed": o.changed[i]} for o in self.outcomes
                    ],
                }
                for i, (source, base) in enumerate(
                    list(zip(self.sources, self.baseline, strict=True))[:limit]
                )
            ],
            "sets": [
                {
                    "name": o.name,
                    "sentences": o.score.sentences,
                    "changed_sentences": o.score.changed_sentences,
                    **{
                        metric: {
                            "value": m.value, "interval": m.interval, "baseline": m.baseline,
                            "p_value": m.p_value, "signature": m.signature,
                        }
                        for metric, m in o.score.metrics.items()
                    },
                }
                for o in self.outcomes
            ],
        }  # fmt: skip


def compare_sets(
    model: TranslationModel,
    corpus: Corpus,
    sets: Sequence[ManipulationSet] | Mapping[str, Sequence[Intervention]],
    *,
    beams: int = 1,
    resamples: int = 300,
    cancelled: Callable[[], bool] | None = None,
) -> SetComparison:
    """Translate a corpus under several sets and score each against no manipulation.

    Parameters
    ----------
    sets : sequence of ManipulationSet, or mapping of name to interventions

    Raises
    ------
    InvalidInputError
        If there is no set, or two have one name, or a label is asked for that the corpus lacks.
    """
    if isinstance(sets, Mapping):
        sets = [ManipulationSet(name, tuple(edits)) for name, edits in sets.items()]
    if not sets or len({s.name for s in sets}) < len(sets):
        raise InvalidInputError("Give at least one manipulation set, each with a name of its own.")
    engine = Redecoder(model, corpus.sources, beams)
    settings = [setting_of(model, corpus, engine.tokens, s.interventions) for s in sets]
    base = engine.texts(engine.clean(cancelled))
    scores = RepeatedScores(corpus.references, resamples=resamples)
    outcomes = []
    for one, ids in zip(sets, engine.run(settings, None, cancelled), strict=True):
        texts = engine.texts(ids)
        changed = [word_diff(_words(a), _words(b)) for a, b in zip(base, texts, strict=True)]
        outcomes.append(SetOutcome(one.name, texts, changed, scores.score(texts, base)))
    return SetComparison(list(corpus.sources), base, outcomes)


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


def _words(text: str) -> list[str]:
    return [text[a:b] for a, b in words_of(text)]
