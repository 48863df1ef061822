"""Decoding while a person watches: one model, one lock, and the baselines already known.

A request asks for some texts under some settings. All rows, the baseline's and the settings', are
decoded in one batch with the same options. A row does not depend on its neighbours (a law of the
model contract) and its length limit follows from its own source, so a baseline that was decoded
before with as many beams is as good as one decoded again: while a slider moves only the changed
rows are computed. The lock is held for one batch at a time, so that a long request lets short ones
in between.
"""

from __future__ import annotations

import math
import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import NamedTuple

from ..corpora.text_labels import UNLABELLED, TextLabels
from ..errors import InvalidInputError, NeuroXError
from ..evaluation import word_diff
from ..interventions.intervention import Intervention
from ..interventions.where import Forms, Labels, anywhere, asked_labels, placed
from ..models.base import TranslationModel
from ..models.checking import each_checked
from ..models.contract import WRITES
from ..models.results import Translation
from ..models.search import SearchOptions
from ..models.spans import laid_along
from ..models.tokens import Tokens, word_ids, words_of
from ..models.unknown import unknown_text
from .classes import says

ROWS = 96
"""Hypotheses decoded at once; more rows gain little on a CPU and hold the lock longer."""

DRAFTS = 6
"""Earlier results of a row that are kept to begin from."""

PLACES = 12
"""Values at which a result came out that are kept with it."""

_UNKNOWN = "\u2047"
"""What SentencePiece writes for an unknown piece."""

Setting = Sequence[Intervention]


@dataclass(frozen=True)
class Rendering:
    """A translation as the screen shows it.

    Attributes
    ----------
    tokens : Tokens
        The produced pieces, laid along the translation's text.
    score : float
    truncated : bool
    changed : list of int
        Words that differ from the baseline.
    """

    tokens: Tokens
    score: float
    truncated: bool
    changed: list[int]


@dataclass(frozen=True)
class Item:
    """One text with its baseline and one output for each setting."""

    source: Tokens
    warnings: list[str]
    baseline: Rendering
    outputs: list[Rendering]


class _Seen(NamedTuple):
    """A result, and the values of the setting at which it came out."""

    ids: list[int]
    values: tuple[tuple[float, ...], ...]


class LiveModel:
    """A loaded model that answers at once.

    Parameters
    ----------
    model : TranslationModel
    remembered : int
        How many baselines are kept.
    """

    def __init__(self, model: TranslationModel, remembered: int = 2000) -> None:
        self.model = model
        self._lock, self._guard = Lock(), Lock()
        self._baselines: OrderedDict[tuple[str, int], Rendering] = OrderedDict()
        self._latest: OrderedDict[tuple[str, int], list[_Seen]] = OrderedDict()
        self._remembered = remembered

    def translate(
        self,
        texts: Sequence[str],
        settings: Sequence[Setting] = (),
        beams: int = 1,
        cancelled: Callable[[], bool] | None = None,
        labels: Callable[[int, Tokens], TextLabels] | None = None,
        forms: Forms | None = None,
    ) -> list[Item]:
        """Translate texts clean and under each setting.

        Parameters
        ----------
        labels : callable, optional
            Labels of the words of a text, by its place among the texts; asked only if a setting
            needs them. Where there are none, interventions that need them change nothing.
        forms : callable, optional
            Forms of output words by label, if a setting needs them.

        Raises
        ------
        InvalidInputError, TextTooLongError, UnknownAddressError, MissingStatisticsError
            Nothing is decoded then.
        """
        sources = self.all_checked(texts)
        if not sources:
            return []
        self.check(settings)
        placed_by, notes = self._placed(sources, settings, labels, forms)
        baselines = [self._known(s.text, beams) for s in sources]
        rows: list[tuple[int, int, Setting]] = []
        for index in range(len(sources)):
            if baselines[index] is None:
                rows.append((index, -1, ()))
            rows += [(index, k, edits) for k, edits in enumerate(placed_by[index]) if edits]
        found = self._decode(sources, rows, beams, cancelled)
        for (index, k, _), rendering in found:
            if k < 0:
                baselines[index] = rendering
                self._remember(sources[index].text, beams, rendering)
        changed = {(index, k): r for (index, k, _), r in found if k >= 0}
        return [
            self._item(
                source, baseline, [changed.get((i, k)) for k in range(len(settings))], notes[i]
            )
            for i, (source, baseline) in enumerate(zip(sources, baselines, strict=True))
            if baseline is not None
        ]

    def check(self, settings: Sequence[Setting]) -> None:
        """Refuse what this model cannot do, before anything is decoded.

        Raises
        ------
        InvalidInputError, UnknownAddressError, MissingStatisticsError
        """
        self.model.plan([anywhere(setting) for setting in settings])

    def placed(
        self,
        source: Tokens,
        setting: Setting,
        labels: Callable[[int, Tokens], TextLabels] | None = None,
        forms: Forms | None = None,
    ) -> tuple[list[Intervention], list[str]]:
        """What a setting does to one text, at which positions; what to say of it."""
        found, notes = self._placed([source], [setting], labels, forms)
        return found[0][0], notes[0]

    def _placed(
        self,
        sources: Sequence[Tokens],
        settings: Sequence[Setting],
        labels: Callable[[int, Tokens], TextLabels] | None,
        forms: Forms | None,
    ) -> tuple[list[list[list[Intervention]]], list[list[str]]]:
        """What each setting does to each text, at which positions; what to say of it.

        A setting that has no place in a text has no intervention there.
        """
        stack = self.model.source_stack
        wanted = asked_labels([one for setting in settings for one in setting], stack)
        found: list[list[list[Intervention]]] = []
        notes: list[list[str]] = []
        for index, source in enumerate(sources):
            known = TextLabels(None, UNLABELLED)
            if wanted and labels is not None:
                known = labels(index, source)
            notes.append([known.note] if wanted and known.note else [])
            found.append([
                _here(setting, source, known.values, forms, stack) for setting in settings
            ])  # fmt: skip
        return found, notes

    def baseline(self, texts: Sequence[str], beams: int = 1) -> list[Rendering]:
        """Clean translations."""
        return [item.baseline for item in self.translate(texts, (), beams)]

    def checked(self, text: str) -> Tokens:
        """Tokenise a source; a refusal begins with the text it is about."""
        try:
            return self.model.checked(text)
        except NeuroXError:
            raise
        except (ValueError, RuntimeError) as error:
            raise InvalidInputError(
                f"The text {text[:60]!r} cannot be tokenised: {error}"
            ) from error

    def all_checked(self, texts: Sequence[str]) -> list[Tokens]:
        """Tokenise sources; all of those that are too long are named in one error."""
        return each_checked(self.checked, texts, self.model.name)

    def exclusively(self) -> Lock:
        """The model's lock, for other work on it; hold it for one batch at a time."""
        return self._lock

    def _decode(
        self,
        sources: Sequence[Tokens],
        rows: Sequence[tuple[int, int, Setting]],
        beams: int,
        cancelled: Callable[[], bool] | None,
    ) -> list[tuple[tuple[int, int, Setting], Rendering]]:
        if self.model.task not in WRITES:
            with self._lock:
                said = says(
                    self.model, [sources[i] for i, _, _ in rows], [s for _, _, s in rows], cancelled
                )
            return [(row, _plain(one)) for row, one in zip(rows, said, strict=True)]
        order = sorted(rows, key=lambda row: len(sources[row[0]].ids))
        size = max(1, ROWS // beams)
        found = []
        for first in range(0, len(order), size):
            batch = order[first : first + size]
            limits = [self.model.length_limit(sources[i]) for i, _, _ in batch]
            options = SearchOptions(
                beams, max_length=max(limits), max_lengths=limits,
                drafts=[self._drafts(sources[i].text, k, setting) for i, k, setting in batch],
            )  # fmt: skip
            with self._lock:
                best = self.model.search(
                    [sources[i] for i, _, _ in batch], [s for _, _, s in batch], options,
                    cancelled=cancelled,
                )  # fmt: skip
            for row, hypotheses in zip(batch, best, strict=True):
                self._expect(sources[row[0]].text, row[1], row[2], hypotheses[0].ids)
                found.append((row, rendering(self.model, self.model.translation(hypotheses[0]))))
        return found

    def _item(
        self,
        source: Tokens,
        baseline: Rendering,
        changed: Sequence[Rendering | None],
        notes: Sequence[str],
    ) -> Item:
        words = baseline.tokens.word_texts
        outputs = []
        for output in changed:
            if output is None:  # A setting without interventions is the baseline itself.
                outputs.append(baseline)
                continue
            differs = word_diff(words, output.tokens.word_texts)
            outputs.append(Rendering(output.tokens, output.score, output.truncated, list(differs)))
        return Item(source, [*unknown_text(self.model, [source]), *notes], baseline, outputs)

    def _known(self, text: str, beams: int) -> Rendering | None:
        with self._guard:
            key = (text, beams)
            if key in self._baselines:
                self._baselines.move_to_end(key)
            return self._baselines.get(key)

    def _drafts(self, text: str, setting: int, edits: Setting) -> list[list[int]]:
        """What a row may read like: its results at the nearest values, then the clean ones."""
        values = _values(edits)
        with self._guard:
            own = list(self._latest.get((text, setting), []))
            clean = list(self._latest.get((text, -1), []))
        own.sort(key=lambda seen: min(_distance(values, at) for at in seen.values))
        return [seen.ids for seen in [*own, *clean]]

    def _expect(self, text: str, setting: int, edits: Setting, ids: list[int]) -> None:
        """Remember a result, the newest first, and at which values it came out."""
        values = _values(edits)
        with self._guard:
            known = self._latest.get((text, setting), [])
            before = next((seen.values for seen in known if seen.ids == ids), ())
            others = [seen for seen in known if seen.ids != ids]
            newest = _Seen(ids, (values, *before)[:PLACES])
            self._latest[text, setting] = [newest, *others][:DRAFTS]
            self._latest.move_to_end((text, setting))
            while len(self._latest) > self._remembered:
                self._latest.popitem(last=False)

    def _remember(self, text: str, beams: int, found: Rendering) -> None:
        with self._guard:
            self._baselines[text, beams] = found
            while len(self._baselines) > self._remembered:
                self._baselines.popitem(last=False)


def _here(
    setting: Setting, source: Tokens, labels: Labels | None, forms: Forms | None, stack: str
) -> list[Intervention]:
    """Interventions that have a place in a text."""
    known = [i for i in setting if labels is not None or not asked_labels([i], stack)]
    made = placed(known, source, labels, forms, stack)
    return [i for i in made if i.neurons and i.positions != ()]


def _values(edits: Setting) -> tuple[float, ...]:
    return tuple(float(edit.value) for edit in edits)


def _distance(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Between the values of two settings; infinite if they change other numbers of things."""
    if len(one) != len(other):
        return math.inf
    return sum(abs(a - b) for a, b in zip(one, other, strict=True))


def _plain(said: Translation) -> Rendering:
    """What a model without a decoder says: its words, which spaces part, are its pieces."""
    words = [match.span() for match in re.finditer(r"\S+", said.text)]
    spans: list[tuple[int, int] | None] = list(words)
    pieces = [said.text[a:b] for a, b in words]
    tokens = Tokens(said.text, [], pieces, spans, words, list(range(len(words))))
    return Rendering(tokens, said.score, False, [])


def rendering(model: TranslationModel, translation: Translation) -> Rendering:
    """A translation with its pieces laid along its words; the end token is the last piece."""
    ended = not translation.truncated
    pieces = [*translation.tokens, *(model.pieces(translation.ids[-1:]) if ended else [])]
    text, words = translation.text, words_of(translation.text)
    written = [_UNKNOWN if p == "<unk>" else p for p in translation.tokens]
    spans = laid_along(text, written) + ([None] if ended else [])
    tokens = Tokens(text, translation.ids, pieces, spans, words, word_ids(spans, words))
    return Rendering(tokens, translation.score, translation.truncated, [])
