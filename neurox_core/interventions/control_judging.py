"""The second half of the control protocol: settings tried on sentences, and what came of them.

See :mod:`.control_protocol` for the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..errors import InvalidInputError
from ..evaluation import RepeatedScores, word_diff
from ..models.tokens import words_of
from .control_fit import LEAST, Fitted
from .control_results import ControlPoint
from .control_words import texts_of
from .redecode import Redecoder
from .settings import Setting

SHOWN = 12
"""Sentences whose outputs every cell of the sweep keeps."""
Cancelled = Callable[[], bool]


class Judge:
    """Sentences that settings are tried on, with what they are translated as unedited."""

    def __init__(self, work: Fitted, sentences: Sequence[int], cancelled: Cancelled | None) -> None:
        self._work, self._sentences, self._cancelled = work, sentences, cancelled
        sources = [work.corpus.sources[i] for i in sentences]
        self._engine = Redecoder(work.model, sources)
        self._clean = self._engine.texts(self._engine.clean(cancelled)) if sources else []
        other = 1 - work.wanted
        self._places = [
            sorted(w for w, value in classes.items() if value == other)
            for classes, _ in work.classes(sentences, self._clean)
        ]
        self._kept = [row for row, words in enumerate(self._places) if words]
        if len(self._kept) < LEAST:
            raise InvalidInputError(
                f"Only {len(self._kept)} sentences are translated with {work.name}="
                f"{work.names[other]} at present; at least {LEAST} are needed."
            )
        references = [work.corpus.references[sentences[r]] for r in self._kept]
        self._scores = RepeatedScores(references, resamples=10)

    def shown(self) -> list[dict[str, Any]]:
        """The first sentences, as they are without an edit."""
        return [self._sentence(row) for row in self._kept[:SHOWN]]

    def _sentence(self, row: int) -> dict[str, Any]:
        """A sentence without an edit; `places` are the characters of its edited words."""
        source, words = self._work.corpus.sources[self._sentences[row]], self._places[row]
        spans = words_of(source)
        return {
            "source": source, "before": self._clean[row], "words": list(words),
            "places": [list(spans[w]) for w in words],
        }  # fmt: skip

    def points(
        self, settings: Sequence[tuple[int, float]]
    ) -> list[tuple[ControlPoint, list[dict[str, Any]]]]:
        """Edit words whose translation has the other value, translate, and tag again."""
        if not settings:
            return []
        work, rows = self._work, range(len(self._sentences))
        positions = [
            [at for at, word in enumerate(self._engine.tokens[r].word_ids) if word in words]
            for r, words in enumerate(self._places)
        ]
        edits = [
            Setting(work.model, [work.edit(positions[r], k, beta) for r in rows], rows)
            for k, beta in settings
        ]
        found = self._engine.run(edits, None, self._cancelled)
        return [
            self._point(k, beta, self._engine.texts(ids))
            for (k, beta), ids in zip(settings, found, strict=True)
        ]

    def _point(
        self, k: int, beta: float, outputs: Sequence[str]
    ) -> tuple[ControlPoint, list[dict[str, Any]]]:
        work = self._work
        texts = [outputs[r] for r in self._kept]
        sentences = [self._sentences[r] for r in self._kept]
        turned = untold = words = elsewhere = length = 0
        examples = []
        judged = zip(self._kept, texts, work.classes(sentences, texts), strict=True)
        for row, after, (classes, links) in judged:
            places, before = self._places[row], self._clean[row]
            good = [w for w in places if classes.get(w) == work.wanted]
            turned, words = turned + len(good), words + len(places)
            untold += sum(classes.get(w) is None for w in places)
            new = texts_of(after)
            mine = {b for a, b in links if a in places}
            changed = word_diff(texts_of(before), new)
            elsewhere += sum(i not in mine for i in changed)
            length += len(new)
            made = {"after": after, "turned": good, "changed": list(changed)}
            examples.append({**self._sentence(row), **made})
        score = self._scores.score(texts, [self._clean[r] for r in self._kept])
        assert score.bleu.baseline is not None and score.chrf.baseline is not None
        point = ControlPoint(
            k, beta, turned / max(words, 1), untold / max(words, 1), words, len(texts),
            score.bleu.value, score.bleu.value - score.bleu.baseline,
            score.chrf.value - score.chrf.baseline,
            elsewhere / max(length, 1),
            tuple({n: e[n] for n in ("after", "turned", "changed")} for e in examples[:SHOWN]),
        )  # fmt: skip
        return point, examples
