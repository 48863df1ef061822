"""What every translation model can do, written once on top of its primitives.

An adapter brings a tokenizer, its sites and six primitives (:mod:`.contract`). Everything else
lives here: teacher-forced passes with captures, and decoding by the one shared search, both with
another set of interventions in every row. Rows are requests: sentence by setting; the taps learn
from :meth:`neurox_core.models.taps.Run.place` which row of the request a batch row belongs to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from ..errors import InvalidInputError, TextTooLongError, UnknownAddressError
from ..interventions.intervention import Intervention
from ..interventions.plan import Plan
from ..interventions.where import placed
from .checking import each_checked
from .contract import ModelContract
from .results import Forced, Translation
from .search import Hypothesis, SearchOptions, search
from .taps import Run, active, running
from .tokens import Tokens, translatable

Interventions = Sequence[Intervention]


class TranslationModel(ModelContract):
    """A model that reads one language and writes another; see :class:`.contract.ModelContract`."""

    def attending(self) -> TranslationModel:
        """The same model with its :attr:`attention_maps` among what :meth:`forward` captures.

        An adapter lets them be seen with :func:`.taps.observe`; a captured map has the shape
        (batch, queries, keys) or (batch, queries, heads, keys).
        """
        same = copy(self)
        same.sites = {**self.sites, **dict.fromkeys(self.attention_maps, 0)}
        return same

    @property
    def ends(self) -> frozenset[int]:
        """Every token that ends a text."""
        return frozenset({self.eos_id, *self.rules.ends})

    def before(self, request: int) -> Sequence[int]:
        """What stands before the tokens that a request produces; the search's rules look at it."""
        return [self.start_id]

    @property
    def layers(self) -> list[str]:
        """Names of all layer addresses."""
        return list(self.sites)

    def translate(
        self,
        texts: str | Sequence[str],
        interventions: Interventions | Sequence[Interventions] = (),
        beams: int = 1,
        *,
        length_penalty: float = 1.0,
        max_length: int | None = None,
        min_length: int = 0,
        prefixes: Sequence[str] | None = None,
        batch_size: int = 64,
        on_progress: Callable[[int, int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> list[Translation]:
        """Translate texts, each under its interventions.

        Parameters
        ----------
        texts : str or sequence of str
        interventions : sequence of Intervention, or one such sequence for each text
        beams : int
            1 is greedy.
        length_penalty, min_length, max_length
            As in Hugging Face's ``generate``; `max_length` counts produced tokens and defaults to
            twice the source's tokens plus ten.
        prefixes : sequence of str, optional
            What each translation has to begin with.
        on_progress : callable of (done, total), optional
        cancelled : callable, optional
            Asked before every step; True raises CancelledError.

        Returns
        -------
        list of Translation
            In the order of `texts`.

        Raises
        ------
        TextTooLongError, UnknownAddressError, MissingStatisticsError, CancelledError
        """
        texts = [texts] if isinstance(texts, str) else list(texts)
        _at_least_one(batch_size=batch_size, max_length=max_length)
        rows = per_row(interventions, len(texts))
        sources = self.all_checked(texts)
        forced = self._prefixes(prefixes, texts)
        limits = [
            max_length or max(self.length_limit(s) + len(p), min_length)
            for s, p in zip(sources, forced, strict=True)
        ]
        results: list[Translation | None] = [None] * len(texts)
        order = sorted(range(len(texts)), key=lambda i: len(sources[i].ids))
        for first in range(0, len(order), batch_size):
            batch = order[first : first + batch_size]
            options = SearchOptions(
                beams=beams,
                length_penalty=length_penalty,
                max_length=max(limits[i] for i in batch),
                max_lengths=[limits[i] for i in batch],
                min_length=min_length,
                prefixes=[forced[i] for i in batch],
            )
            found = self.search(
                [sources[i] for i in batch], [rows[i] for i in batch], options, cancelled=cancelled
            )
            for i, best in zip(batch, found, strict=True):
                results[i] = self.translation(best[0])
            if on_progress is not None:
                on_progress(first + len(batch), len(order))
        return [r for r in results if r is not None]

    def search(
        self,
        sources: Sequence[Tokens],
        interventions: Sequence[Interventions],
        options: SearchOptions,
        *,
        on_token: Callable[[int, list[list[int]]], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> list[list[Hypothesis]]:
        """Decode one batch: for each row its hypotheses, best first (see :mod:`.search`).

        `interventions` holds one list for each source. Limits beyond the model's positions are
        lowered to them, and what the model forces at the start is put before the prefixes.
        """
        same_length(sources, interventions=interventions)
        options = self._fitted(options, len(sources))
        ids, mask = self.batch([s.ids for s in sources])
        with running(Run(self.planned(interventions, sources))):
            state = self.begin(self.encode(ids, mask))
            return search(
                self, state, len(sources), options, on_token=on_token, cancelled=cancelled
            )

    def forward(
        self,
        sources: Sequence[Tokens],
        targets: Sequence[Tokens] | None = None,
        capture: Sequence[str] = (),
        interventions: Sequence[Interventions] | None = None,
        logprobs: bool = False,
    ) -> Forced:
        """One teacher-forced pass over a batch.

        The decoder runs only if something of it is captured or `logprobs` are asked for; the
        projection to the vocabulary is computed only for `logprobs`.

        Parameters
        ----------
        sources, targets : sequence of Tokens
            As :meth:`tokenize` made them; `targets` end with the end token.
        capture : sequence of str
            Layer addresses.
        interventions : one sequence of Intervention for each row, optional

        Raises
        ------
        UnknownAddressError
            If `capture` or an intervention names what the model does not have.
        """
        self.check_layers(capture)
        same_length(sources, targets=targets, interventions=interventions)
        for target in targets or []:
            if self.max_target is not None and len(target.ids) > self.max_target:
                raise TextTooLongError(
                    f"A target text has {len(target.ids)} tokens; {self.name} takes at most "
                    f"{self.max_target}. It begins: {target.text[:60]!r}"
                )
        ids, mask = self.batch([s.ids for s in sources])
        run = Run(self.planned(interventions, sources), capture)
        decoder = logprobs or any(a.startswith("decoder.") for a in capture)
        if decoder and targets is None:
            raise InvalidInputError("Decoder activations need target texts to force.")
        with running(run):
            memory = self.encode(ids, mask)
            if not decoder or targets is None:
                return Forced(run.captured, mask)
            outputs, target_mask = self.batch([t.ids for t in targets])
            inputs = torch.cat(
                [outputs.new_full((len(targets), 1), self.start_id), outputs[:, :-1]], 1
            )
            run.follow(inputs)
            hidden = self.decode(memory, inputs)
            scores = None
            if logprobs:
                every = torch.log_softmax(self.logits(hidden).float(), dim=-1)
                scores = every.gather(-1, outputs.unsqueeze(-1)).squeeze(-1)
                scores = scores.masked_fill(~target_mask, 0.0)
        return Forced(run.captured, mask, target_mask, inputs, outputs, scores)

    def checked(self, text: str) -> Tokens:
        """Tokenise a source, refusing what the model cannot take."""
        tokens = self.tokenize(translatable(text))
        if len(tokens.ids) > self.max_tokens:
            raise TextTooLongError(
                f"The text has {len(tokens.ids)} tokens; {self.name} takes at most "
                f"{self.max_tokens}. Shorten it, or split it into sentences. It begins: "
                f"{text[:60]!r}",
                len(tokens.ids), self.max_tokens,
            )  # fmt: skip
        return tokens

    def all_checked(self, texts: Sequence[str]) -> list[Tokens]:
        """Tokenise sources; all of those that are too long are named in one error."""
        return each_checked(self.checked, texts, self.name)

    def length_limit(self, source: Tokens) -> int:
        """Most tokens to produce for a source unless told otherwise; the same in any batch."""
        limit = 2 * len(source.ids) + 10
        return limit if self.max_target is None else min(limit, self.max_target)

    def plan(self, rows: Sequence[Interventions]) -> Plan:
        """Compile interventions, one list for each row, for this model."""
        # Half precision is edited in single precision (see Run.visit).
        writes = self.task == "translation"
        spell = self.detokenize if writes else None
        return Plan(rows, self.sites, self.statistics, torch.float32, self.device, spell)

    def planned(
        self, interventions: Sequence[Interventions] | None, sources: Sequence[Tokens]
    ) -> Plan | None:
        """The plan of a batch, one list for each source; None if nothing is edited."""
        if interventions is None:
            return None
        pairs = zip(interventions, sources, strict=True)
        stack = self.source_stack
        return self.plan([placed(some, source, stack=stack) for some, source in pairs]) or None

    def check_layers(self, layers: Sequence[str]) -> None:
        """Raise UnknownAddressError for the first layer that the model does not have."""
        for layer in layers:
            if layer not in self.sites:
                raise UnknownAddressError(layer, self.layers)

    def batch(self, rows: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
        """Right-pad ids: (batch, longest) int64 and the mask of real tokens."""
        longest = max((len(r) for r in rows), default=0)
        ids = torch.full((len(rows), longest), self.pad_id, dtype=torch.int64)
        mask = torch.zeros(len(rows), longest, dtype=torch.bool)
        for i, row in enumerate(rows):
            ids[i, : len(row)] = torch.as_tensor(row, dtype=torch.int64)
            mask[i, : len(row)] = True
        return ids.to(self.device), mask.to(self.device)

    def translation(self, best: Hypothesis) -> Translation:
        """A search result as text."""
        ended = bool(best.ids) and best.ids[-1] in self.ends
        ids = best.ids[:-1] if ended else best.ids
        return Translation(
            self.detokenize(ids),
            self.pieces(ids),
            best.score,
            list(best.ids),
            list(best.logprobs),
            truncated=not ended,
        )

    def place_decoder(self, position: int, rows: Tensor | None) -> None:
        """Tell the active run where the decoder stands; the search calls it before each step."""
        run = active()
        if run is not None:
            run.place("decoder", position, rows)

    def _prefixes(self, prefixes: Sequence[str] | None, texts: Sequence[str]) -> list[list[int]]:
        """Ids that each translation has to begin with."""
        if prefixes is None:
            return [[] for _ in texts]
        if isinstance(prefixes, str) or len(prefixes) != len(texts):
            raise InvalidInputError(f"Give a list of {len(texts)} prefixes, one for each text.")
        found = []
        for text in prefixes:
            ids = self.tokenize(translatable(text), "target").ids if text.strip() else []
            ids = list(ids[:-1]) if ids and ids[-1] in self.ends else list(ids)
            # The tokenizer writes the target language itself; what is forced comes only once.
            forced = list(self.forced_start)
            found.append(ids[len(forced) :] if forced and ids[: len(forced)] == forced else ids)
        return found

    def _fitted(self, options: SearchOptions, rows: int) -> SearchOptions:
        """Options within the model's positions, with what it forces at the start."""
        changes: dict[str, Any] = {}
        if self.forced_start:
            given = options.prefixes or [[] for _ in range(rows)]
            changes["prefixes"] = [[*self.forced_start, *prefix] for prefix in given]
        limit = self.max_target
        if limit is not None and options.max_length > limit:
            changes["max_length"] = limit
            changes["min_length"] = min(options.min_length, limit)
            if options.max_lengths is not None:
                changes["max_lengths"] = [min(n, limit) for n in options.max_lengths]
        return replace(options, **changes) if changes else options


def _at_least_one(**numbers: int | None) -> None:
    for name, number in numbers.items():
        if number is not None and number < 1:
            raise InvalidInputError(f"{name} must be 1 or more, not {number}.")


def same_length(sources: Sequence[Tokens], **others: Sequence[Any] | None) -> None:
    """Raise InvalidInputError unless each of `others` has an entry for each source."""
    for name, values in others.items():
        if values is not None and len(values) != len(sources):
            raise InvalidInputError(
                f"There are {len(sources)} sources but {len(values)} {name}; give one for each."
            )


def per_row(
    interventions: Interventions | Sequence[Interventions], rows: int
) -> list[Interventions]:
    """One list of interventions for each row: one list for all, or one list each."""
    one = isinstance(interventions, Intervention)
    given = [interventions] if one else list(interventions)
    if all(isinstance(i, Intervention) for i in given):
        return [given] * rows  # type: ignore[list-item]
    lists = (isinstance(i, Sequence) and not isinstance(i, str) for i in given)
    if len(given) != rows or not all(lists):
        raise InvalidInputError(
            f"Give one list of interventions, or a list of {rows} such lists, one for each text."
        )
    return given  # type: ignore[return-value]
