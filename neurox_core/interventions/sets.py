"""Named sets of manipulations side by side: each sentence under each set, and what each set costs.

As on the screen of 2019, but with words compared in order, with values in raw, sigma or percentile,
limited to words by name, pattern or label if wanted, and never without the score and the number of
sentences that changed. A language model shows the perplexity of each text, a classifier the class
of each text or word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..corpora import Corpus
from ..errors import InvalidInputError
from ..evaluation import CorpusScore, word_diff
from ..evaluation.scorers import scorer
from ..evaluation.user_metrics import OnSample
from ..models.base import TranslationModel
from ..models.tokens import words_of
from .intervention import Intervention
from .outputs import gold_of, outputs, scorable, shown, summed
from .placing import corpus_rows, setting_of
from .redecode import Redecoder
from .where import anywhere


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
        Or what else the model gives, as a person reads it: a text's perplexity, classes.
    changed : list of list of int
        Words of each translation (or classes) that differ from the baseline's.
    score : CorpusScore
    outputs : list
        What was scored, in the form of :func:`.outputs.summed`.
    """

    name: str
    translations: list[str]
    changed: list[list[int]]
    score: CorpusScore
    outputs: list[Any] = field(default_factory=list, repr=False)


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
    metrics: Sequence[str] | None = None,
    resamples: int = 300,
    on_progress: Callable[[int, int], None] | None = None,
    on_sample: OnSample | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> SetComparison:
    """Run a model on a corpus under several sets and score each against no manipulation.

    Parameters
    ----------
    model : TranslationModel
        Of any task that has a score.
    corpus : Corpus
        Gold labels of a classifier stand in place of its references.
    sets : sequence of ManipulationSet, or mapping of name to interventions
    beams : int
        Of a translation model.
    metrics : sequence of str, optional
        As :func:`neurox_core.evaluation.metrics.metrics` lists them for ``model.task``.
    resamples : int
    on_progress : callable of (done, total), optional
        In sets, the clean run being the first.
    on_sample : callable of (metric, done, total), optional
        Told afterwards how far third parties' metrics are with the samples of a set.
    cancelled : callable, optional

    Raises
    ------
    InvalidInputError
        If there is no set, or two have one name, or a label is asked for that the corpus lacks, or
        the model has no score.
    UnknownAddressError, UnknownNameError, MissingStatisticsError, CancelledError
    """
    if isinstance(sets, Mapping):
        sets = [ManipulationSet(name, tuple(edits)) for name, edits in sets.items()]
    if not sets or len({s.name for s in sets}) < len(sets):
        raise InvalidInputError("Give at least one manipulation set, each with a name of its own.")
    scorable(model)
    scores = scorer(
        model.task, gold_of(model, corpus), resamples, metrics,
        on_sample=on_sample, cancelled=cancelled,
    )  # fmt: skip
    # A wrong address is told before anything is decoded.
    model.plan([anywhere(s.interventions) for s in sets])
    runs = _translated if model.task == "translation" else _read
    every = []
    for done, given in enumerate(
        runs(model, corpus, [s.interventions for s in sets], beams, cancelled), 1
    ):
        every.append(given)
        if on_progress is not None:
            on_progress(done, len(sets) + 1)
    base, *others = every
    outcomes = []
    for one, given in zip(sets, others, strict=True):
        changed = [_differ(model.task, a, b) for a, b in zip(base, given, strict=True)]
        texts = [shown(model.task, output) for output in given]
        outcomes.append(SetOutcome(one.name, texts, changed, scores.score(given, base), given))
    return SetComparison(
        list(corpus.sources), [shown(model.task, output) for output in base], outcomes
    )


def _translated(
    model: TranslationModel,
    corpus: Corpus,
    settings: Sequence[Sequence[Intervention]],
    beams: int,
    cancelled: Callable[[], bool] | None,
) -> Iterator[list[Any]]:
    """Translations, the clean ones first; all settings share batches."""
    engine = Redecoder(model, corpus.sources, beams)
    wanted = [setting_of(model, corpus, engine.tokens, one) for one in settings]
    yield engine.texts(engine.clean(cancelled))
    yield from (engine.texts(ids) for ids in engine.run(wanted, None, cancelled))


def _read(
    model: TranslationModel,
    corpus: Corpus,
    settings: Sequence[Sequence[Intervention]],
    beams: int,
    cancelled: Callable[[], bool] | None,
) -> Iterator[list[Any]]:
    """What a model that does not translate gives, the clean outputs first."""
    for edits in [[], *settings]:
        rows = corpus_rows(model, corpus, edits)
        given = outputs(model, corpus.sources, rows, beams, cancelled=cancelled)
        yield [summed(model.task, one) for one in given]


def _differ(task: str, clean: Any, changed: Any) -> list[int]:
    """Words of an output that differ: of text in order, of classes one by one."""
    if task == "language-modelling":
        clean, changed = shown(task, clean), shown(task, changed)
    if isinstance(changed, str):
        return word_diff(_words(clean), _words(changed))
    return [i for i, (a, b) in enumerate(zip(clean, changed, strict=True)) if a != b]


def _words(text: str) -> list[str]:
    return [text[a:b] for a, b in words_of(text)]
