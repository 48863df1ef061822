"""What a change does to the score of a whole corpus.

The corpus is translated twice, clean and changed, in batches of sentences of similar length, taken
in a fixed random order so that a preliminary score is that of a fair sample. Both translations of a
batch are made with the same settings, and are written to disk when made: the clean ones serve every
later question about the same model and text, and a job that was cut off goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..activations.lengths import check_lengths
from ..errors import CancelledError, InvalidInputError
from ..evaluation import CorpusScore, score_corpus
from ..interventions.intervention import Intervention
from ..interventions.outputs import require_references
from ..interventions.placing import placed_rows
from ..interventions.where import asked_forms, asked_labels
from ..models.base import TranslationModel
from ..replacing import replace_text
from .painting import resolve
from .tasks import Reporter

if TYPE_CHECKING:
    from ..corpora import Corpus

BATCH = 48
"""Sentences translated at once."""
SEED = 12345
RESAMPLES = 300
"""Bootstrap resamples of intervals and p-values."""
_SHOWN_EVERY = 2.0
"""Least seconds between preliminary scores; together they take at most a fifth of the time."""


class Translations:
    """Translations of sentences by one model under one setting, kept in a JSON file.

    Parameters
    ----------
    folder : Path
    key : str
        Hash of everything that a translation depends on.
    task : str
        Of a model that does not translate: its outputs are kept as JSON text.
    apart : bool
        Whether sentences of one text are told apart, by their number in the corpus: where an edit
        is limited by labels, equal sentences with other labels come out otherwise.

    Attributes
    ----------
    task : str
        Of the model whose outputs the file holds, if it was made.
    """

    def __init__(
        self, folder: Path, key: str, task: str = "translation", apart: bool = False
    ) -> None:
        self._path = folder / f"{key}.json"
        self._texts: dict[str, str] = {}
        self.task, self._apart = task, apart
        try:
            known = json.loads(self._path.read_text(encoding="utf-8"))
            self._texts = {str(k): str(v) for k, v in known["translations"].items()}
            self.task = str(known.get("task", "translation"))
            self._apart = bool(known.get("apart", False))
        except (OSError, ValueError, KeyError, AttributeError):
            pass  # Not made yet, or damaged: it is made anew.

    def of(self, sources: Sequence[str], numbers: Sequence[int] | None = None) -> list[str] | None:
        """Translations of all of these sources, or None if one is missing.

        Parameters
        ----------
        sources : sequence of str
        numbers : sequence of int, optional
            Which sentences of the corpus they are; its first ones if missing.
        """
        found = [self._texts.get(name) for name in self._names(sources, numbers)]
        return None if None in found else [text for text in found if text is not None]

    def get(self, source: str, number: int) -> str | None:
        """The translation of a source, which is a sentence of the corpus; or None."""
        return self._texts.get(self._names([source], [number])[0])

    def add(
        self, sources: Sequence[str], texts: Sequence[str], numbers: Sequence[int] | None = None
    ) -> None:
        """Keep more of them; the file is replaced in one step."""
        self._texts |= dict(zip(self._names(sources, numbers), texts, strict=True))
        values: dict[str, Any] = {"translations": self._texts}
        if self.task != "translation":
            values["task"] = self.task
        if self._apart:
            values["apart"] = True
        replace_text(self._path, json.dumps(values, ensure_ascii=False))

    def _names(self, sources: Sequence[str], numbers: Sequence[int] | None) -> list[str]:
        if not self._apart:
            return list(sources)
        chosen = range(len(sources)) if numbers is None else numbers
        return [f"{number}\t{source}" for number, source in zip(chosen, sources, strict=True)]


def score_changes(
    model: TranslationModel,
    corpus: Corpus,
    interventions: Sequence[Intervention],
    *,
    name: str,
    beams: int,
    part: str | None,
    part_column: str,
    cache: Path,
    reporter: Reporter,
) -> dict[str, Any]:
    """Scores of every part of a corpus and of all of it.

    Parameters
    ----------
    model : TranslationModel
    corpus : Corpus
    interventions : sequence of Intervention
        None is no change.
    name : str
        The model's name in the result.
    beams : int
    part : str or None
        Only sentences whose label `part_column` has this value.
    part_column : str
    cache : Path
        Folder for translations.
    reporter : Reporter
        Gets progress in sentences, and preliminary results.

    Returns
    -------
    dict
        ``model``, ``complete``, ``scored``, ``parts``, the two signatures, and the names of the
        files of both translations, by the names that the web interface uses.

    Raises
    ------
    TextTooLongError
        Naming all sentences that are too long, before the first is translated.
    CancelledError
        Between batches; what was translated is kept.
    """
    if model.task != "translation":
        raise InvalidInputError(
            f"{name} does not translate ({model.task}); neurox_core.measure scores it."
        )
    chosen = corpus if part is None else corpus.select(part_column, part)
    run = _Run(model, chosen, interventions, name, beams, part_column, cache)
    # Texts are translated batch by batch: one that is too long may be in the last.
    check_lengths(model, chosen, undone="scored")
    began = shown = time.monotonic()
    spent = 0.0
    for batch in run.batches():
        if reporter.cancelled():
            raise CancelledError("Scoring was stopped; the translations made so far are kept.")
        run.translate(batch, reporter.cancelled)
        now, partial = time.monotonic(), None
        if now - shown > _SHOWN_EVERY and spent <= (now - began) / 5:
            partial = run.result()
            shown = time.monotonic()
            spent += shown - now
        reporter.progress(len(run.done), len(chosen), "translating", partial)
    reporter.progress(len(chosen), len(chosen), "computing significance")
    return run.result(complete=True)


class _Run:
    """One scoring: what is translated so far, on both sides."""

    def __init__(
        self,
        model: TranslationModel,
        corpus: Corpus,
        interventions: Sequence[Intervention],
        name: str,
        beams: int,
        part_column: str,
        cache: Path,
    ) -> None:
        require_references(model, corpus)
        self._model, self._corpus, self._name, self._beams = model, corpus, name, beams
        self._changes = [i for i in interventions if i.neurons]
        self._parts = corpus.columns.get(part_column)
        self._baseline: dict[int, str] = {}
        self._changed: dict[int, str] = {}
        self.done: list[int] = []
        labels = needed_labels(corpus, self._changes)
        moments = [*needed_moments(model, self._changes), *labels]
        self._names = [
            translations_key(model, beams, [], []),
            translations_key(model, beams, self._changes, moments),
        ]
        self._clean_cache = Translations(cache, self._names[0])
        self._changed_cache = Translations(cache, self._names[1], apart=bool(labels))

    def batches(self) -> list[list[int]]:
        """Sentences of similar length together, the batches in a fixed random order."""
        lengths = [len(source) for source in self._corpus.sources]
        order = sorted(range(len(lengths)), key=lambda i: (lengths[i], i))
        found = [order[i : i + BATCH] for i in range(0, len(order), BATCH)]
        random.Random(SEED).shuffle(found)
        return found

    def translate(self, batch: Sequence[int], cancelled: Callable[[], bool]) -> None:
        """Translate a batch on both sides, or find that it was done."""
        clean = self._texts(batch, self._clean_cache, [], cancelled)
        changed = clean
        if self._changes:
            changed = self._texts(batch, self._changed_cache, self._changes, cancelled)
        self._baseline |= dict(zip(batch, clean, strict=True))
        self._changed |= dict(zip(batch, changed, strict=True))
        self.done = sorted(self._baseline)

    def result(self, complete: bool = False) -> dict[str, Any]:
        """Scores of what is translated so far, part by part and together."""
        groups: dict[str, list[int]] = {}
        if self._parts is not None:
            for i in self.done:
                groups.setdefault(self._parts[i], []).append(i)
        if len(groups) != 1 or len(set(self._parts or ())) > 1:
            groups["all"] = self.done
        scores = {part: self._score(rows) for part, rows in groups.items()}
        metrics = next(iter(scores.values())).metrics
        return {
            "model": self._name,
            "complete": complete,
            "scored": len(self.done),
            "parts": [_part(part, score) for part, score in scores.items()],
            "bleu_signature": metrics["bleu"].signature,
            "chrf_signature": metrics["chrf"].signature,
            "clean_translations": self._names[0],
            "changed_translations": self._names[1],
        }

    def _texts(
        self,
        batch: Sequence[int],
        cache: Translations,
        changes: Sequence[Intervention],
        cancelled: Callable[[], bool],
    ) -> list[str]:
        sources = [self._corpus.sources[i] for i in batch]
        known = cache.of(sources, batch)
        if known is not None:
            return known
        rows: list[list[Intervention]] = [list(changes)] * len(batch)
        if any(one.where is not None for one in changes):
            tokens = [self._model.checked(source) for source in sources]
            numbered = dict(zip(batch, tokens, strict=True))
            rows = placed_rows(self._model, self._corpus, numbered, changes)
        found = self._model.translate(
            sources, rows, self._beams, batch_size=BATCH, cancelled=cancelled
        )
        texts = [translation.text for translation in found]
        cache.add(sources, texts, batch)
        return texts

    def _score(self, rows: Sequence[int]) -> CorpusScore:
        changed = [self._changed[i] for i in rows]
        references = [self._corpus.references[i] for i in rows]
        baseline = [self._baseline[i] for i in rows] if self._changes else None
        return score_corpus(changed, references, baseline, resamples=RESAMPLES)


def translations_key(
    model: TranslationModel,
    beams: int,
    interventions: Sequence[Intervention],
    moments: Sequence[Any],
) -> str:
    """Hash of everything that a translation of a text depends on."""
    base = ["translate", model.fingerprint, beams]
    if not interventions:
        return _digest(base)
    return _digest([*base, [i.to_dict() for i in interventions], list(moments)])


def needed_moments(
    model: TranslationModel, interventions: Sequence[Intervention]
) -> list[tuple[Any, ...]]:
    """Statistics that some interventions use: part of what their effect depends on.

    Means and deviations of neurons, and for values drawn from a sample the sample's hash.
    """
    found: list[tuple[Any, ...]] = []
    for intervention in interventions:
        if intervention.operation == "resample" or intervention.unit == "percentile":
            digest = getattr(model.statistics, "digest", None)
            layers = sorted({name.partition("[")[0] for name in intervention.neurons})
            found += [(layer, digest(layer) if digest else "") for layer in layers]
            continue
        if intervention.operation != "mean" and intervention.unit == "raw":
            continue
        for name in intervention.neurons:
            layer, unit = resolve(model.sites, name)
            moments = model.statistics.moments(layer) if model.statistics is not None else None
            if moments is not None:
                mean, deviation = (float(np.asarray(values)[unit]) for values in moments)
                found.append((name, mean, deviation))
    return found


def needed_labels(corpus: Corpus, interventions: Sequence[Intervention]) -> list[tuple[str, str]]:
    """The annotation that some interventions are limited by: part of what their effect is."""
    names, others = asked_labels(interventions), asked_forms(interventions)
    asked = {
        # A language model's decoder reads the source.
        "labels": (names or others, corpus.source_labels),
        "output labels": (others, corpus.reference_labels),
    }
    found = []
    for what, (wanted, labels) in asked.items():
        if wanted and labels is not None:
            of = [corpus.fingerprint, labels.fingerprint, "sentence by sentence"]
            found.append((what, _digest(of)))
    return found


def _part(part: str, score: CorpusScore) -> dict[str, Any]:
    """A part's scores by the names that the interface uses."""
    bleu, chrf = score.bleu, score.chrf
    return {
        "part": part,
        "sentences": score.sentences,
        "changed_sentences": score.changed_sentences or 0,
        "bleu": bleu.value,
        "bleu_interval": bleu.interval,
        "bleu_baseline": bleu.value if bleu.baseline is None else bleu.baseline,
        "bleu_p_value": bleu.p_value,
        "chrf": chrf.value,
        "chrf_interval": chrf.interval,
        "chrf_baseline": chrf.value if chrf.baseline is None else chrf.baseline,
        "chrf_p_value": chrf.p_value,
    }


def _digest(values: Any) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:32]
