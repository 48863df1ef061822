"""Decoding the same sentences again and again under slightly different settings, greedily.

The output under one setting is a good guess at the output under the next. A guess is checked in
one teacher-forced pass, which a decoder does faster than token by token; what stands before the
first token that would not have been chosen is kept, and only the rest is decoded step by step. The
result is exactly that of greedy search, whatever the guess. On top of that:

- the encoder runs once for each sentence if no setting edits it, and if only its output is edited,
  the edit is applied to the states that were kept;
- a recurrent decoder whose own layers are untouched has the same states for the same words;
- scores over the vocabulary are computed only where a certificate (:mod:`.certificates`) does not
  already say which token is best;
- sentences of similar length go together, and what is left to decode is gathered from all
  sentences and all settings into full batches.

Beam search depends on all hypotheses, so it has no guesses: with beams the settings share batches.
So they do where a checkpoint forbids tokens by what stands before them; guesses are drafts then.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field

import torch

from ..errors import CancelledError
from ..models.base import TranslationModel
from ..models.search import SearchOptions
from ..models.tokens import Tokens
from .certificates import Certificates, Head
from .continuing import finish
from .memories import Batch, Memories
from .rest import Rest
from .settings import Setting

Ids = list[int]
Cancelled = Callable[[], bool]
BATCH = 64
_ENOUGH, _WORTH, _WORTH_PLAIN = 400, 0.45, 0.8
"""Tokens after which a line of guesses is judged, and the share that has to have held: to check a
token costs about a third of what it costs to decode it, and with a plain decoder two thirds."""
_BLOCK = 4
"""Positions checked at once: what stands behind the first difference need not be."""


@dataclass
class Redecoder:
    """Greedy or beam search of a fixed list of sentences under many settings.

    Parameters
    ----------
    model : TranslationModel
    sources : sequence of str
    beams : int
        1 is greedy, and fast.
    """

    model: TranslationModel
    sources: Sequence[str]
    beams: int = 1
    tokens: list[Tokens] = field(init=False)

    def __post_init__(self) -> None:
        self.tokens = self.model.all_checked(self.sources)
        self._limits = [self.model.length_limit(t) for t in self.tokens]
        order = sorted(range(len(self.tokens)), key=lambda i: len(self.tokens[i].ids))
        self._batches = [
            Batch(order[i : i + BATCH], *self.model.batch([self.tokens[s].ids for s in part]))
            for i in range(0, len(order), BATCH)
            for part in [order[i : i + BATCH]]
        ]
        self._memories = Memories(self.model)
        self._certificates: dict[int, Certificates] = {}
        self._head: Head | None = None
        self._clean: list[Ids] | None = None
        self._record: dict[Hashable, tuple[int, int]] = {}

    def clean(self, cancelled: Cancelled | None = None) -> list[Ids]:
        """Ids of the translations that nothing changed."""
        if self._clean is None:
            nothing = Setting.everywhere(self.model, [], len(self.sources))
            self._clean = self._fresh(nothing, cancelled)
        return self._clean

    def _fresh(self, setting: Setting, cancelled: Cancelled | None) -> list[Ids]:
        """Outputs under one setting, without a guess."""
        if self.beams > 1 or self.model.rules.depend:
            return self._search([setting], cancelled)[0]
        rest = [
            Rest(batch, row, sentence, 0, [], self._limits[sentence])
            for batch in self._batches
            for row, sentence in enumerate(batch.sentences)
        ]
        finish(self.model, self._memories, self.tokens, [setting], rest, cancelled)
        found: list[Ids] = [[] for _ in self.sources]
        for one in rest:
            found[one.sentence] = one.ids
            self._memories.learn(one.sentence, setting, [], one.ids, one.trail)
        return found

    def run(
        self,
        settings: Sequence[Setting],
        guesses: Sequence[Sequence[Ids]] | None = None,
        cancelled: Cancelled | None = None,
        lines: Sequence[Hashable] | None = None,
    ) -> list[list[Ids]]:
        """Produced ids of every sentence under each setting.

        Parameters
        ----------
        settings : sequence of Setting
        guesses : for each setting the ids of every sentence, optional
            The clean ones if missing.
        lines : for each setting what it goes on from, optional
            Where too little of the guesses of a line has held, they are no longer checked.

        Raises
        ------
        CancelledError
        """
        if self.beams > 1:
            return self._search(settings, cancelled)
        if guesses is None:
            guesses = [self.clean(cancelled)] * len(settings)
        if self.model.rules.depend:  # The best score is then not always the token that is chosen.
            return self._search(settings, cancelled, guesses)
        found: list[list[Ids]] = [[[]] * len(self.sources) for _ in settings]
        rest: list[Rest] = []
        for batch in self._batches:
            for number, setting in enumerate(settings):
                if cancelled is not None and cancelled():
                    raise CancelledError("Decoding was cancelled; what was finished is kept.")
                some = [guesses[number][s] for s in batch.sentences]
                line = None if lines is None else lines[number]
                kept = self._kept_of(batch, setting, some, line)
                for row, (sentence, ids) in enumerate(zip(batch.sentences, kept, strict=True)):
                    found[number][sentence] = ids
                    if not self._ended(sentence, ids):
                        rest.append(Rest(batch, row, sentence, number, ids, self._limits[sentence]))
        finish(self.model, self._memories, self.tokens, settings, rest, cancelled)
        for one in rest:
            found[one.setting][one.sentence] = one.ids
            guess = guesses[one.setting][one.sentence]
            self._memories.learn(one.sentence, settings[one.setting], guess, one.ids, one.trail)
            one.trail.clear()
        return found

    def texts(self, ids: Sequence[Ids]) -> list[str]:
        """Produced ids as text."""
        ends = self.model.ends
        return [self.model.detokenize(r[:-1] if r and r[-1] in ends else r) for r in ids]

    def _ended(self, sentence: int, ids: Ids) -> bool:
        done = bool(ids) and ids[-1] in self.model.ends
        return done or len(ids) >= self._limits[sentence]

    def _kept_of(
        self, batch: Batch, setting: Setting, guesses: list[Ids], line: Hashable
    ) -> list[Ids]:
        """What holds of the guesses; nothing, unlooked at, where looking has not paid."""
        held, looked = self._record.get(line, (0, 0))
        worth = _WORTH if self._memories.plain is None else _WORTH_PLAIN
        if looked > _ENOUGH and held < worth * looked and line is not None:
            return [[] for _ in guesses]
        kept = self._check(batch, setting, guesses)
        self._record[line] = (
            held + sum(map(len, kept)), looked + sum(map(len, guesses))
        )  # fmt: skip
        return kept

    def _check(self, batch: Batch, setting: Setting, guesses: list[Ids]) -> list[Ids]:
        """As much of each guess as greedy search would produce, and its next token."""
        wanted, real = self.model.batch(guesses)
        hidden = self._memories.decoded(batch, setting, wanted, real)
        certificates = self._certificates_of(batch, hidden.shape[-1])
        with torch.inference_mode():
            good = certificates.hold(hidden, wanted) | ~real
            good[:, : len(self.model.forced_start)] = True
            chosen = wanted.clone()
            alive = torch.ones(len(guesses), dtype=torch.bool, device=wanted.device)
            for first in range(0, wanted.shape[1], _BLOCK):
                block = slice(first, first + _BLOCK)
                open_ = torch.zeros_like(good)
                open_[:, block] = ~good[:, block] & alive.unsqueeze(1)
                if not bool(open_.any()):
                    continue
                best = certificates.best(hidden, open_)
                chosen[open_] = best
                good[open_] = best == wanted[open_]
                alive &= good[:, block].all(1)
        firsts = (~good).float().argmax(1).tolist()
        kept = []
        for row, guess in enumerate(guesses):
            if bool(alive[row]):
                kept.append(list(guess))
            else:
                at = firsts[row]
                kept.append([*guess[:at], int(chosen[row, at])])
        return kept

    def _certificates_of(self, batch: Batch, width: int) -> Certificates:
        if self._head is None:
            with torch.inference_mode():
                self._head = Head(self.model, width)
        key = id(batch)
        if key not in self._certificates:
            self._certificates[key] = Certificates(self._head)
        return self._certificates[key]

    def _search(
        self, settings: Sequence[Setting], cancelled: Cancelled | None,
        guesses: Sequence[Sequence[Ids]] | None = None,
    ) -> list[list[Ids]]:  # fmt: skip
        """By the ordinary search, all settings of a sentence in one batch."""
        found: list[list[Ids]] = [[[]] * len(self.sources) for _ in settings]
        rows = [(s, n) for b in self._batches for s in b.sentences for n in range(len(settings))]
        size = max(1, 2 * BATCH // self.beams)
        for first in range(0, len(rows), size):
            part = rows[first : first + size]
            limits = [self._limits[s] for s, _ in part]
            drafts = None if guesses is None else [[guesses[n][s]] for s, n in part]
            options = SearchOptions(
                self.beams, max_length=max(limits), max_lengths=limits, drafts=drafts
            )
            best = self.model.search(
                [self.tokens[s] for s, _ in part], [settings[n].of(s) for s, n in part], options,
                cancelled=cancelled,
            )  # fmt: skip
            for (sentence, number), hypotheses in zip(part, best, strict=True):
                found[number][sentence] = list(hypotheses[0].ids)
        return found
